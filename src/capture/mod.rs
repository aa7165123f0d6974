//! A microphone → a take on disk, and the same sound to whoever listens along.
//!
//! ```text
//! audio callback ──► ring ──► writer thread ──► WAV file, flushed every second
//! (never waits)               (may wait)   ├──► level meter
//!                                          └──► live tap (dropped, and told, when nobody keeps up)
//! ```
//!
//! The callback neither locks nor allocates: it copies into a lock-free ring of [`RING_S`] seconds, and what finds no
//! room is counted. All waiting (a slow disk, a sync) is the writer thread's. The file's header is true after every
//! second, so a killed process, a power cut or a full disk leaves a take that plays up to there.
//!
//! Takes are 16-bit PCM at the device's own rate: 96 dB between the loudest and the softest, where a room with a
//! microphone in it has 60, and every player and recogniser reads it.

pub mod device;
mod error;
pub mod level;
pub mod marks;
pub mod playback;
pub mod recorder;
pub mod repair;
pub mod source;
pub mod takes;
mod writer;

pub use error::CaptureError;
pub use marks::{Mark, MarkKind, Sidecar};
pub use recorder::{Ended, Recording, Take};
pub use source::{Format, Sink, Source};
pub use writer::Storage;

/// Seconds of sound that wait for a slow disk before any is lost.
pub const RING_S: usize = 20;
/// The longest take: two hours of stereo at 48 kHz are 1.4 GB, well under the 4 GiB that a WAV file holds.
pub const LONGEST_S: u32 = 2 * 3600;

/// What a device's name starts with when a recording stands in for a microphone.
const FILE: &str = "file:";

/// The default input, the one named, or a recording that stands in for one.
pub fn open(wanted: Option<&str>, channels: Option<u16>) -> Result<Box<dyn Source>, CaptureError> {
    Ok(match wanted.and_then(|wanted| wanted.strip_prefix(FILE)) {
        Some(path) => Box::new(playback::Scripted::of_file(std::path::Path::new(path))?),
        None => Box::new(device::open(wanted, channels)?),
    })
}
