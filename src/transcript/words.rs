//! What was said: words, sentences and silences, with their times.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::english;
use crate::span::WordRange;
use crate::units::Seconds;

/// Where a word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The recogniser heard it.
    Heard,
    /// The recogniser missed it and the sound shows it (filled pauses only).
    Recovered,
    /// It stood in a transcript the user gave.
    Imported,
}

/// One word as it was said, punctuation attached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Word {
    /// The word with its punctuation, free of white space: `"percent,"`.
    pub text: String,
    /// Start, if the source has times.
    pub start_s: Option<Seconds>,
    /// End, if the source has times; never before the start.
    pub end_s: Option<Seconds>,
    /// The recogniser's probability of this word, 0 to 1.
    pub confidence: Option<f32>,
    /// Where the word comes from.
    pub origin: Origin,
}

impl Word {
    /// A word of a written transcript: no times, no confidence.
    #[must_use]
    pub fn imported(text: impl Into<String>) -> Self {
        Self { text: text.into(), start_s: None, end_s: None, confidence: None, origin: Origin::Imported }
    }

    /// The word in lower case without the punctuation around it, for matching: `"Percent,"` is `percent`.
    #[must_use]
    pub fn bare(&self) -> String {
        bare(&self.text)
    }
}

/// Lower case, with the punctuation around the word taken off and typographic apostrophes made plain.
/// Signs that are part of a figure (`$`, `%`) stay.
#[must_use]
pub fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !(c.is_alphanumeric() || c == '$' || c == '%' || c == '€' || c == '£'))
        .replace(['\u{2019}', '\u{2018}'], "'")
        .to_lowercase()
}

/// Whether a word is a filled pause as recognisers and people write them.
#[must_use]
pub fn is_filled_pause(text: &str) -> bool {
    english::is_filled_pause(&bare(text))
}

/// A sentence: a run of words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sentence {
    /// Its number, from 0.
    pub index: usize,
    /// Its words.
    pub words: WordRange,
    /// Start of its first word that has one.
    pub start_s: Option<Seconds>,
    /// End of its last word that has one.
    pub end_s: Option<Seconds>,
    /// Its words joined by spaces.
    pub text: String,
    /// The same with its numbers in figures ("41 %" for "forty one percent"); absent where that changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised: Option<String>,
}

/// A stretch in which nobody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Silence {
    /// Start.
    pub start_s: Seconds,
    /// End.
    pub end_s: Seconds,
}

/// A whole answer in words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Transcript {
    /// Every word, in order.
    pub words: Vec<Word>,
    /// The sentences; together they hold every word once.
    pub sentences: Vec<Sentence>,
    /// The silences of the recording; for captions, the gaps between them.
    pub silences: Vec<Silence>,
}

impl Transcript {
    /// Whether the words have times, so that measures in seconds exist.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.words.iter().any(|word| word.start_s.is_some())
    }

    /// The text of a run of words, joined by spaces.
    #[must_use]
    pub fn text(&self, range: WordRange) -> String {
        let words: Vec<&str> =
            self.words.get(range.indices()).unwrap_or_default().iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// The sentence that holds the word at `index`.
    #[must_use]
    pub fn sentence_of(&self, index: usize) -> Option<usize> {
        let after = self.sentences.partition_point(|sentence| sentence.words.lo <= index);
        after.checked_sub(1).filter(|&i| self.sentences[i].words.contains(index))
    }

    /// Rounds every time as it will be written down, so that what is computed now and what is
    /// computed from the written report are the same.
    pub fn round_times(&mut self) {
        let round = |time: &mut Option<Seconds>| *time = time.map(Seconds::to_the_millisecond);
        for word in &mut self.words {
            round(&mut word.start_s);
            round(&mut word.end_s);
        }
        for sentence in &mut self.sentences {
            round(&mut sentence.start_s);
            round(&mut sentence.end_s);
        }
        for silence in &mut self.silences {
            silence.start_s = silence.start_s.to_the_millisecond();
            silence.end_s = silence.end_s.to_the_millisecond();
        }
    }

    /// The start of the first speech.
    #[must_use]
    pub fn first_speech(&self) -> Option<Seconds> {
        self.words.iter().find_map(|word| word.start_s)
    }
}
