//! Takes whose header is broken, found and mended without ever touching their sound.
//!
//! - Lengths that do not fit the file (a kill, a full disk, a copy that was cut off) are set right in place: eight bytes
//!   of the header change.
//! - A header that is destroyed is written anew in a copy, with the shape that the sidecar remembers; the original stays.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::source::Format;
use super::{CaptureError, Sidecar, takes};

/// Length of a plain PCM header, which is what `hound` writes for one or two channels of 16 bits.
const HEADER: u64 = 44;
/// Chunks looked at before the sound; recorders write two or three.
const MOST_CHUNKS: usize = 64;
/// Sound that may follow the last flush without the header knowing, in bytes, before it is worth a repair: a frame.
const SLACK: u64 = 4;

/// How a take is.
#[derive(Debug, Clone, PartialEq)]
pub enum Health {
    /// In order.
    Sound {
        /// Length in seconds.
        seconds: f64,
    },
    /// Playable up to a point; the file holds more, or less, than its header says.
    WrongLengths {
        /// Length by the header, in seconds.
        stated_s: f64,
        /// Length of what is there, in seconds.
        true_s: f64,
    },
    /// No header, but a sidecar that knows the shape of the sound.
    NoHeader {
        /// The shape.
        format: Format,
        /// Length of what is there, in seconds.
        true_s: f64,
    },
    /// No header, and nobody knows the shape of the sound.
    Unknown,
    /// There is no sound in it.
    Empty,
    /// It cannot be read.
    Unreadable(String),
}

/// Where the parts of a WAV file are.
struct Layout {
    format: Format,
    frame_bytes: u64,
    /// Where the sound starts.
    data_at: u64,
    /// Length of the sound by the header.
    stated: u64,
    /// Length of the sound that is there, whole frames.
    there: u64,
    /// What the RIFF header says, less than the file by 8.
    riff: u32,
    length: u64,
}

impl Layout {
    fn seconds(&self, bytes: u64) -> f64 {
        self.format.seconds(bytes / self.frame_bytes)
    }

    /// Whether chunks follow the sound (cues), so that the file is rightly longer than it.
    fn has_tail(&self) -> bool {
        self.stated > 0 && self.data_at + self.stated + 8 <= self.length && u64::from(self.riff) + 8 == self.length
    }

    fn is_right(&self) -> bool {
        self.has_tail() || (self.stated <= self.there && self.there - self.stated < SLACK && self.stated > 0)
    }
}

fn layout(file: &mut File) -> io::Result<Option<Layout>> {
    let length = file.metadata()?.len();
    file.rewind()?;
    let mut head = [0; 12];
    if length < HEADER || file.read_exact(&mut head).is_err() || &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Ok(None);
    }
    let riff = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let (mut at, mut format) = (12, None);
    for _ in 0..MOST_CHUNKS {
        let mut chunk = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        if file.read_exact(&mut chunk).is_err() {
            break;
        }
        let size = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
        if &chunk[..4] == b"fmt " {
            let mut body = [0; 16];
            if size < 16 || file.read_exact(&mut body).is_err() {
                return Ok(None);
            }
            let channels = u16::from_le_bytes([body[2], body[3]]);
            let rate_hz = u32::from_le_bytes([body[4], body[5], body[6], body[7]]);
            let frame = u16::from_le_bytes([body[12], body[13]]);
            format = (channels > 0 && rate_hz > 0 && frame > 0).then_some((Format { rate_hz, channels }, frame));
        } else if &chunk[..4] == b"data" {
            let Some((format, frame)) = format else { return Ok(None) };
            let (frame_bytes, data_at) = (u64::from(frame), at + 8);
            let there = length.saturating_sub(data_at) / frame_bytes * frame_bytes;
            return Ok(Some(Layout { format, frame_bytes, data_at, stated: size, there, riff, length }));
        }
        at += 8 + size + size % 2;
    }
    Ok(None)
}

/// Looks at a take.
#[must_use]
pub fn examine(path: &Path) -> Health {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return Health::Unreadable(error.to_string()),
    };
    match layout(&mut file) {
        Err(error) => Health::Unreadable(error.to_string()),
        Ok(Some(layout)) if layout.there == 0 => Health::Empty,
        Ok(Some(layout)) if layout.is_right() => Health::Sound { seconds: layout.seconds(layout.stated) },
        Ok(Some(layout)) => Health::WrongLengths {
            stated_s: layout.seconds(layout.stated.min(layout.there)),
            true_s: layout.seconds(layout.there),
        },
        Ok(None) => {
            let length = file.metadata().map_or(0, |meta| meta.len());
            match Sidecar::read(path).map(|s| Format { rate_hz: s.rate_hz, channels: s.channels }) {
                _ if length <= HEADER => Health::Empty,
                Some(format) if format.rate_hz > 0 && (1..=2).contains(&format.channels) => {
                    let frames = (length - HEADER) / (2 * u64::from(format.channels));
                    Health::NoHeader { format, true_s: format.seconds(frames) }
                }
                _ => Health::Unknown,
            }
        }
    }
}

/// Frames of sound that the header promises and the file holds; `None` without a readable header.
#[must_use]
pub fn frames_in(path: &Path) -> Option<u64> {
    let layout = layout(&mut File::open(path).ok()?).ok()??;
    Some(layout.stated.min(layout.there) / layout.frame_bytes)
}

/// Sets the lengths in the header to what the file holds. The sound is not touched. Returns whether anything was wrong.
pub fn mend_lengths(path: &Path) -> io::Result<bool> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let Some(layout) = layout(&mut file)? else { return Ok(false) };
    if layout.is_right() {
        return Ok(false);
    }
    let too_long = |_| io::Error::other("the file is longer than a WAV file can be");
    let data = u32::try_from(layout.there).map_err(too_long)?;
    let riff = u32::try_from(layout.data_at + layout.there - 8).map_err(too_long)?;
    file.seek(SeekFrom::Start(layout.data_at - 4))?;
    file.write_all(&data.to_le_bytes())?;
    file.seek(SeekFrom::Start(4))?;
    file.write_all(&riff.to_le_bytes())?;
    file.sync_data()?;
    Ok(true)
}

/// Mends a take: in place where only lengths are wrong, into a copy beside it where the header is gone. Returns the file that plays.
pub fn repair(path: &Path) -> Result<PathBuf, CaptureError> {
    let failed = |why: String| CaptureError::Repair { path: path.display().to_string(), why };
    match examine(path) {
        Health::Sound { .. } => Ok(path.to_path_buf()),
        Health::WrongLengths { .. } => {
            mend_lengths(path).map_err(|error| failed(error.to_string()))?;
            Ok(path.to_path_buf())
        }
        Health::NoHeader { format, .. } => rebuild(path, format),
        Health::Unknown => Err(failed(
            "its header is gone, and there is no sidecar that knows its rate and channels; an audio editor can import it as raw 16-bit PCM".into(),
        )),
        Health::Empty => Err(failed("there is no sound in it".into())),
        Health::Unreadable(why) => Err(failed(why)),
    }
}

fn rebuild(path: &Path, format: Format) -> Result<PathBuf, CaptureError> {
    let failed = |error: io::Error| CaptureError::Repair {
        path: path.display().to_string(),
        why: format!("{error}; the original is as it was"),
    };
    let stem = path.file_stem().and_then(std::ffi::OsStr::to_str).unwrap_or("take");
    let copy = path.with_file_name(format!("{stem}-repaired.wav"));
    let mut out = takes::create(&copy)?;
    let mut original = File::open(path).map_err(failed)?;
    let sound = original.metadata().map_err(failed)?.len() - HEADER;
    let frame = 2 * format.channels;
    let bytes = u32::try_from(sound / u64::from(frame) * u64::from(frame)).unwrap_or(u32::MAX - 64);
    let mut head = b"RIFF".to_vec();
    head.extend_from_slice(&(bytes + 36).to_le_bytes());
    head.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0");
    head.extend_from_slice(&format.channels.to_le_bytes());
    head.extend_from_slice(&format.rate_hz.to_le_bytes());
    head.extend_from_slice(&(format.rate_hz * u32::from(frame)).to_le_bytes());
    head.extend_from_slice(&frame.to_le_bytes());
    head.extend_from_slice(b"\x10\0data");
    head.extend_from_slice(&bytes.to_le_bytes());
    let written = out.write_all(&head).and_then(|()| {
        original.seek(SeekFrom::Start(HEADER))?;
        io::copy(&mut original.take(u64::from(bytes)), &mut out)?;
        out.sync_data()
    });
    if let Err(error) = written {
        // A copy that is not whole is no copy.
        let _ = std::fs::remove_file(&copy);
        return Err(failed(error));
    }
    Ok(copy)
}

/// The takes (`*.wav`) of a folder, by name.
pub fn takes_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) && path.is_file())
        .collect();
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Question;

    fn take(folder: &Path, frames: i16) -> PathBuf {
        let path = folder.join("take.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 1000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        (0..frames).for_each(|i| {
            writer.write_sample(i).unwrap();
            writer.write_sample(-i).unwrap();
        });
        writer.finalize().unwrap();
        path
    }

    fn patch(path: &Path, at: u64, bytes: &[u8]) {
        let mut file = File::options().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(bytes).unwrap();
    }

    #[track_caller]
    fn plays(path: &Path, frames: u32) {
        let mut reader = hound::WavReader::open(path).unwrap();
        assert_eq!(reader.duration(), frames);
        assert!(reader.samples::<i16>().all(|sample| sample.is_ok()));
    }

    #[test]
    fn a_take_in_order_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = take(folder.path(), 2000);
        let before = std::fs::read(&path).unwrap();
        assert_eq!(examine(&path), Health::Sound { seconds: 2.0 });
        assert!(!mend_lengths(&path).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn lengths_are_mended_in_place_and_the_sound_is_not_touched() {
        for stated in [0_u32, 400, 1_000_000, u32::MAX] {
            let folder = tempfile::tempdir().unwrap();
            let path = take(folder.path(), 2000);
            let before = std::fs::read(&path).unwrap();
            patch(&path, 40, &stated.to_le_bytes());
            patch(&path, 4, &stated.to_le_bytes());
            assert!(matches!(examine(&path), Health::WrongLengths { true_s: 2.0, .. }), "{stated}");
            assert_eq!(repair(&path).unwrap(), path);
            assert_eq!(std::fs::read(&path).unwrap(), before, "{stated}");
        }
    }

    #[test]
    fn a_torn_frame_at_the_end_costs_that_frame_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = take(folder.path(), 2000);
        File::options().write(true).open(&path).unwrap().set_len(44 + 4 * 1500 + 3).unwrap();
        repair(&path).unwrap();
        plays(&path, 1500);
    }

    #[test]
    fn a_destroyed_header_is_rebuilt_in_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = take(folder.path(), 2000);
        let whole = std::fs::read(&path).unwrap();
        patch(&path, 0, &[0; 44]);
        let destroyed = std::fs::read(&path).unwrap();
        assert_eq!(examine(&path), Health::Unknown);
        assert!(repair(&path).unwrap_err().to_string().contains("raw 16-bit PCM"));
        let now: jiff::Zoned = "2026-11-23T09:15:02[UTC]".parse().unwrap();
        let format = Format { rate_hz: 1000, channels: 2 };
        Sidecar::new(format, "USB", Question::default(), &now).write(&path).unwrap();
        let copy = repair(&path).unwrap();
        assert!(copy.ends_with("take-repaired.wav"));
        assert_eq!(std::fs::read(&copy).unwrap(), whole);
        assert_eq!(std::fs::read(&path).unwrap(), destroyed, "the original stays");
        assert!(repair(&path).is_err(), "and a second copy does not overwrite the first");
    }

    #[test]
    fn cues_behind_the_sound_are_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = take(folder.path(), 2000);
        let mark = super::super::Mark {
            kind: super::super::MarkKind::Interruption,
            at_s: 1.0,
            until_s: 1.0,
            text: "Why?".into(),
            angle: None,
            why: None,
        };
        super::super::marks::write_cues(&path, 1000, &[mark]).unwrap();
        assert_eq!(examine(&path), Health::Sound { seconds: 2.0 });
    }

    #[test]
    fn any_truncation_is_survived() {
        let folder = tempfile::tempdir().unwrap();
        let path = take(folder.path(), 20);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let _ = examine(&path);
            let _ = mend_lengths(&path);
        }
    }
}
