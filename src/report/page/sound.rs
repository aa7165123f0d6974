//! The answer's sound in the page: inside where it is short, beside where it is long, or left out.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::edit::joints::Loudness;

/// Seconds of sound that a page holds at most: ten minutes make 26 MB of text, which browsers still open at once.
pub const INSIDE_UP_TO_S: f64 = 600.0;

/// Peaks a second that the drawing is made of: finer than its columns for any answer over four seconds.
pub const PEAKS_PER_S: usize = 100;

/// What the drawing and the player know of the sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The loudest sample, 0 to 1, of each hundredth of a second.
    pub peaks: Vec<f32>,
    /// Where the dips are in which the player may skip.
    pub loudness: Loudness,
}

/// Where the page has its sound from.
#[derive(Debug, Clone, PartialEq)]
pub enum Sound {
    /// In the page.
    Inside {
        /// The recording as a WAV file.
        wav: Vec<u8>,
        /// Its outline.
        outline: Outline,
    },
    /// In a file that the page names; it plays while the file stays there.
    Beside {
        /// The file's URL.
        url: String,
        /// Its outline.
        outline: Outline,
    },
    /// Nowhere, and why, as a sentence.
    Absent(String),
}

impl Sound {
    /// Mono samples, −1 to 1, that go into the page as 16-bit PCM, and their outline.
    ///
    /// # Errors
    /// When the samples are more than a WAV file holds, 4 GiB.
    pub fn inside(samples: &[f32], rate_hz: u32, outline: Outline) -> Result<Self, hound::Error> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
        let mut writer = hound::WavWriter::new(&mut wav, spec)?;
        for sample in samples {
            #[allow(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
            let value = (sample.clamp(-1.0, 1.0) * 32767.0).round() as i16;
            writer.write_sample(value)?;
        }
        writer.finalize()?;
        Ok(Self::Inside { wav: wav.into_inner(), outline })
    }

    pub(super) fn outline(&self) -> Option<&Outline> {
        match self {
            Self::Inside { outline, .. } | Self::Beside { outline, .. } => Some(outline),
            Self::Absent(_) => None,
        }
    }

    pub(super) fn source(&self) -> Option<String> {
        match self {
            Self::Inside { wav, .. } => Some(format!("data:audio/wav;base64,{}", STANDARD.encode(wav))),
            Self::Beside { url, .. } => Some(url.clone()),
            Self::Absent(_) => None,
        }
    }

    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Inside { .. } => None,
            Self::Beside { .. } => {
                Some("The recording is too long for the page and plays from its file; leave it where it is.".into())
            }
            Self::Absent(why) => Some(why.clone()),
        }
    }
}
