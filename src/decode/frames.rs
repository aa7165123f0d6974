//! A recording as it is: its own sampling rate, its own channels, decoded as it is read.
//!
//! For what is cut out of a recording to be listened to; everything that is measured reads [`super::AudioReader`]. Both
//! count from the same first sample, so times of the one are times of the other.

use std::path::Path;

use super::{AudioReader, DecodeError, Source};

/// An iterator over interleaved samples, −1 to 1, whole frames at a time; no more than a packet is held.
#[derive(Debug)]
pub struct Frames {
    reader: AudioReader,
}

impl Frames {
    /// Opens a file, hashes it, and decodes as far as the first sound.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        Ok(Self { reader: AudioReader::open_as_is(path)? })
    }

    /// What is being read.
    #[must_use]
    pub fn source(&self) -> &Source {
        self.reader.source()
    }
}

impl Iterator for Frames {
    type Item = Result<Vec<f32>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next_frames().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
    }

    /// The second at which the loudest sample stands.
    fn loudest_s(samples: &[f32], rate_hz: u32, channels: usize) -> f64 {
        let at = (0..samples.len()).max_by(|&a, &b| samples[a].abs().total_cmp(&samples[b].abs())).unwrap();
        (at / channels) as f64 / f64::from(rate_hz)
    }

    #[test]
    fn sound_as_it_is_keeps_the_times_of_the_sound_that_is_measured() {
        for name in ["pulse.flac", "pulse.m4a", "pulse.mp3", "pulse.ogg", "pulse.aiff"] {
            let mut frames = Frames::open(&fixture(name)).unwrap();
            let source = frames.source().clone();
            let samples: Vec<f32> = frames.by_ref().flat_map(Result::unwrap).collect();
            assert!(frames.next().is_none());
            let measured = super::super::decode_all(&fixture(name)).unwrap();
            let length_s = samples.len() as f64 / source.channels as f64 / f64::from(source.sample_rate_hz);
            assert!((length_s - measured.duration().0).abs() < 0.001, "{name}");
            let (here, there) = (
                loudest_s(&samples, source.sample_rate_hz, source.channels),
                loudest_s(&measured.samples, super::super::RATE_HZ, 1),
            );
            assert!((here - there).abs() < 0.004, "{name}: {here} {there}");
        }
    }

    #[test]
    fn what_is_no_sound_is_refused_as_elsewhere() {
        assert!(matches!(Frames::open(Path::new("/no/such.wav")), Err(DecodeError::NotFound { .. })));
    }
}
