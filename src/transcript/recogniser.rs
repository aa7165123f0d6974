//! The border between cutlist and whatever turns sound into words.

use std::time::Duration;

use super::RATE_HZ;

/// What the recogniser is asked to do with one stretch of sound.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Mono samples at [`RATE_HZ`], at most 30 s of them.
    pub samples: &'a [f32],
    /// Where the stretch starts in the recording, in seconds.
    pub start_s: f64,
    /// Ask for every um and every repetition (verbatim prompt). Costs reliability: see
    /// [`super::verbatim`].
    pub verbatim: bool,
    /// Give up after this long and hand back [`RecogniserError::OutOfTime`].
    pub budget: Duration,
}

impl Request<'_> {
    /// Length of the stretch in seconds.
    #[must_use]
    pub fn len_s(&self) -> f64 {
        crate::units::Seconds::of_samples(self.samples.len(), RATE_HZ).0
    }
}

/// A word as the recogniser heard it. Times are seconds from the start of the recording.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardWord {
    /// The word with its punctuation.
    pub text: String,
    /// Where the word starts, as well as the recogniser can tell.
    pub start_s: f64,
    /// Where it ends; may swallow the silence behind it.
    pub end_s: f64,
    /// Probability, 0 to 1.
    pub confidence: f32,
    /// How many times as likely as this word the recogniser held a filled pause to be, from 0; 0 where it
    /// was not asked.
    pub filled_pause_odds: f32,
}

/// Why a stretch could not be recognised.
#[derive(Debug, thiserror::Error)]
pub enum RecogniserError {
    /// The stretch used up its budget; shorter stretches or another prompt may work.
    #[error("the recogniser ran out of time on {len_s:.1} s of sound")]
    OutOfTime {
        /// Length of the stretch.
        len_s: f64,
    },
    /// The engine failed.
    #[error("the recogniser failed: {0}")]
    Engine(String),
}

/// Something that turns a stretch of sound into words. One is loaded once and shared by threads.
pub trait Recogniser: Sync {
    /// Recognises one stretch.
    fn recognise(&self, request: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError>;
}
