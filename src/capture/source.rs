//! Where sound comes from: a device, or for tests a script or a file. The far side is always a [`Sink`].

use std::any::Any;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::{CaptureError, RING_S};

/// The shape of a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Frames a second: the device's own rate.
    pub rate_hz: u32,
    /// Samples in a frame, 1 or 2.
    pub channels: u16,
}

impl Format {
    /// Seconds that `frames` last.
    #[must_use]
    pub fn seconds(self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.rate_hz)
    }
}

/// Something that sound can be had from.
pub trait Source {
    /// What the user calls it.
    fn name(&self) -> &str;
    /// The shape of its sound.
    fn format(&self) -> Format;
    /// Lets the sound flow into `sink` until what is returned is dropped.
    fn start(&mut self, sink: Sink) -> Result<Box<dyn Any>, CaptureError>;
}

/// Why a source stopped by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A recording that stands in for a microphone has played to its end.
    PlayedOut,
    /// The device is gone or its stream broke; in the system's words.
    Lost(String),
}

/// What the callback side counts, for the other threads to read.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Frames that came from the device, lost ones included.
    pub(super) arrived: AtomicU64,
    /// Frames that found no room in the ring.
    pub(super) lost: AtomicU64,
    /// Times the system itself says that it dropped sound.
    pub(super) overruns: AtomicU32,
    /// Times the system moved the stream to another device.
    pub(super) moves: AtomicU32,
    /// Set once, when the source stops by itself.
    pub(super) trouble: OnceLock<Trouble>,
}

/// Where a source puts its sound. Made for an audio callback: nothing here locks, allocates or waits.
pub struct Sink {
    ring: rtrb::Producer<i16>,
    counts: Arc<Counts>,
    channels: usize,
}

/// A way to report trouble from beside the sound, such as a device's error callback.
#[derive(Clone)]
pub struct Alarm {
    counts: Arc<Counts>,
}

impl Sink {
    /// A sink and the far end of its ring.
    pub(super) fn new(format: Format, counts: Arc<Counts>) -> (Self, rtrb::Consumer<i16>) {
        let channels = usize::from(format.channels);
        let (ring, far) = rtrb::RingBuffer::new(format.rate_hz as usize * RING_S * channels);
        (Self { ring, counts, channels }, far)
    }

    /// An alarm for the same take.
    #[must_use]
    pub fn alarm(&self) -> Alarm {
        Alarm { counts: Arc::clone(&self.counts) }
    }

    /// Takes `frames` whole frames, interleaved. Those for which there is no room are counted as lost; returns how many.
    pub fn take(&mut self, frames: usize, samples: impl Iterator<Item = i16>) -> usize {
        let room = self.ring.slots() / self.channels;
        let fits = frames.min(room);
        if fits > 0
            && let Ok(chunk) = self.ring.write_chunk_uninit(fits * self.channels)
        {
            chunk.fill_from_iter(samples);
        }
        self.counts.arrived.fetch_add(frames as u64, Ordering::Relaxed);
        let lost = frames - fits;
        if lost > 0 {
            self.counts.lost.fetch_add(lost as u64, Ordering::Relaxed);
        }
        lost
    }
}

impl Alarm {
    /// The source stops by itself.
    pub fn stopped(&self, trouble: Trouble) {
        // The first reason is the true one; the others follow from it.
        let _ = self.counts.trouble.set(trouble);
    }

    /// The system dropped sound before it reached us.
    pub fn overrun(&self) {
        self.counts.overruns.fetch_add(1, Ordering::Relaxed);
    }

    /// The system moved the stream to another device.
    pub fn moved(&self) {
        self.counts.moves.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_without_room_are_counted_and_never_torn() {
        let format = Format { rate_hz: 10, channels: 2 };
        let counts = Arc::new(Counts::default());
        let (mut sink, mut far) = Sink::new(format, Arc::clone(&counts));
        assert_eq!(sink.take(150, 0..300), 0);
        assert_eq!(sink.take(100, 300..500), 50);
        assert_eq!(counts.lost.load(Ordering::Relaxed), 50);
        assert_eq!(counts.arrived.load(Ordering::Relaxed), 250);
        let got: Vec<i16> = far.read_chunk(400).unwrap().into_iter().collect();
        assert_eq!(got, (0..400).collect::<Vec<i16>>());
    }

    #[test]
    fn the_first_trouble_is_the_one_that_is_told() {
        let counts = Arc::new(Counts::default());
        let (sink, _far) = Sink::new(Format { rate_hz: 10, channels: 1 }, Arc::clone(&counts));
        sink.alarm().stopped(Trouble::Lost("unplugged".into()));
        sink.alarm().stopped(Trouble::PlayedOut);
        assert_eq!(counts.trouble.get(), Some(&Trouble::Lost("unplugged".into())));
    }
}
