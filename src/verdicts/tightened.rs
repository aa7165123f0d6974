//! The tightened answer: what is left when the cut list is followed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cuts::{Cut, Marks, drops, time_of};
use super::fit::Fit;
use super::tighten;
use crate::judge::Verdict;
use crate::transcript::Transcript;
use crate::units::Seconds;

/// What is left of the answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tightened {
    /// The kept and trimmed sentences, fillers left out, in the order they were said.
    pub text: String,
    /// How long it takes to say, from the times of the words; `null` without times.
    pub duration_s: Option<Seconds>,
    /// How much shorter than the answer as given; `null` without times.
    pub saved_s: Option<Seconds>,
    /// Words left.
    pub words: usize,
    /// The sentence to say first, when the conclusion is not first in what is left.
    pub move_to_front: Option<usize>,
    /// The answer cut further to the length asked for; `null` when none was.
    #[serde(default)]
    pub fit: Option<Fit>,
}

/// Follows the cut list.
#[must_use]
pub fn tightened(transcript: &Transcript, cuts: &[Cut], marks: &Marks, conclusion: Option<usize>) -> Tightened {
    let mut texts = Vec::new();
    let mut words = 0;
    let mut saved = Seconds::ZERO;
    for (sentence, cut) in transcript.sentences.iter().zip(cuts) {
        let drops = drops(sentence, cut.verdict, marks);
        let kept = tighten::kept_words(sentence.words, &drops);
        words += kept.len();
        let text = tighten::text(&transcript.words, sentence.words, &kept);
        if !text.is_empty() {
            texts.push(text);
        }
        saved += match cut.verdict {
            // Fillers go from kept sentences too, though the cut list does not count them there.
            Verdict::Keep => time_of(transcript, sentence.words, &drops),
            Verdict::Cut | Verdict::Trim => cut.saves_s.unwrap_or_default(),
        };
    }
    let first = transcript.words.iter().find_map(|word| word.start_s);
    let last = transcript.words.iter().rev().find_map(|word| word.end_s);
    let length = first.zip(last).map(|(first, last)| last - first);
    let first_kept = cuts.iter().find(|cut| cut.verdict != Verdict::Cut).map(|cut| cut.sentence);
    Tightened {
        text: texts.join(" "),
        duration_s: length.map(|length| (length - saved).max(Seconds::ZERO)),
        saved_s: length.map(|length| saved.min(length)),
        words,
        move_to_front: conclusion.filter(|i| first_kept.is_some_and(|first| first < *i)),
        fit: None,
    }
}
