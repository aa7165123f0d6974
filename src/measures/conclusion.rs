//! How long the answer takes to its conclusion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure, words};
use super::pace::USUAL_WORDS_PER_MINUTE;
use crate::question::Question;
use crate::transcript::Transcript;
use crate::units::Seconds;

measure! {
    /// # Time to conclusion
    ///
    /// Seconds from the first speech to the start of the **conclusion**: the first sentence which,
    /// heard alone, tells the interviewer the answer. Also the number of words spoken before it.
    ///
    /// Why it matters: until the conclusion comes the listener cannot judge anything else that is
    /// said.
    ///
    /// What counts depends on the kind of question. In a story it is the speaker's own decision or
    /// change, or the final outcome; for product-sense the primary metric or the customer problem;
    /// for execution the first move and the metric; for compensation the level and scope; for
    /// motivation a position with a stake in it. A problem statement, the setting, or a promise to
    /// answer is not one.
    ///
    /// Undefined (every field `null`) when the answer has no such sentence: reported as "no
    /// conclusion", never as a number. Without times the words before it are still counted.
    ///
    /// Limits: which sentence it is, is judged by a small model that finds the same sentence as a
    /// person in most answers, not in all (its card in `models/judge` has the figures);
    /// `--conclusion N` corrects it.
    ///
    /// Source: RUBRIC section 2.
    name: "conclusion",
    aliases: &[],
    key: "conclusion_s",
    label: "Conclusion",
    title: "Time to conclusion",
    unit: Unit::SECONDS,
    better: Better::Lower,
    figure: Figure::Value(|answer| {
        let found = &answer.measures.time_to_conclusion;
        if found.sentence.is_none() { Some(f64::INFINITY) } else { found.seconds.map(|seconds| seconds.0) }
    }),
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, target: &str) -> Told {
    let found = &answer.measures.time_to_conclusion;
    let before = found.words_before.unwrap_or(0);
    match (found.sentence, found.seconds) {
        (None, _) => {
            let what = answer.question.kind.map_or("what you decided, or how it came out", |kind| kind.conclusion_is());
            Told::new("none", format!("no sentence gives the answer: {what}"))
        }
        (Some(i), Some(seconds)) => {
            Told::new(seconds.to_string(), format!("sentence {}, after {}; {target}", i + 1, words(before)))
        }
        (Some(i), None) => Told {
            figure: format!("after {}", words(before)),
            note: format!("sentence {}; no times in this transcript, so no seconds", i + 1),
            like: Some(before as f64 * 60.0 / USUAL_WORDS_PER_MINUTE),
        },
    }
}

/// When the conclusion came. All `None` when it never did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TimeToConclusion {
    /// The sentence that is the conclusion.
    pub sentence: Option<usize>,
    /// From the first speech to its start; also `None` without times.
    pub seconds: Option<Seconds>,
    /// Words spoken before it.
    pub words_before: Option<usize>,
    /// Why this sentence, in plain words.
    pub why: Option<String>,
}

/// Measures how long the answer took to reach the sentence numbered `conclusion`.
///
/// A number past the last sentence is no conclusion.
#[must_use]
pub fn measure(
    transcript: &Transcript,
    question: &Question,
    conclusion: Option<usize>,
    chosen_by_user: bool,
) -> TimeToConclusion {
    let Some(sentence) = conclusion.and_then(|i| transcript.sentences.get(i)) else {
        return TimeToConclusion::default();
    };
    let seconds = sentence.start_s.zip(transcript.first_speech()).map(|(at, first)| (at - first).max(Seconds::ZERO));
    let why = if chosen_by_user {
        "You said that this is the conclusion.".to_owned()
    } else {
        let what = question.kind.map_or("the decision or the outcome", |kind| kind.conclusion_is());
        format!("The first sentence which, heard alone, gives the answer: {what}.")
    };
    TimeToConclusion { sentence: Some(sentence.index), seconds, words_before: Some(sentence.words.lo), why: Some(why) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::WordRange;
    use crate::transcript::{Origin, Sentence, Word};

    fn two_sentences() -> Transcript {
        let word = |text: &str, at: f64| Word {
            text: text.into(),
            start_s: Some(Seconds(at)),
            end_s: Some(Seconds(at + 0.3)),
            confidence: None,
            origin: Origin::Heard,
        };
        let sentence = |index: usize, lo: usize, hi: usize, at: f64| Sentence {
            index,
            words: WordRange::new(lo, hi),
            start_s: Some(Seconds(at)),
            end_s: Some(Seconds(at + 1.0)),
            text: String::new(),
            normalised: None,
        };
        Transcript {
            words: vec![word("Well.", 1.5), word("I", 4.0), word("quit.", 4.5)],
            sentences: vec![sentence(0, 0, 1, 1.5), sentence(1, 1, 3, 4.0)],
            silences: Vec::new(),
        }
    }

    #[test]
    fn seconds_count_from_the_first_speech() {
        let got = measure(&two_sentences(), &Question::default(), Some(1), false);
        assert_eq!((got.seconds, got.words_before), (Some(Seconds(2.5)), Some(1)));
    }

    #[test]
    fn no_conclusion_is_no_number() {
        assert_eq!(measure(&two_sentences(), &Question::default(), None, false), TimeToConclusion::default());
        assert_eq!(measure(&two_sentences(), &Question::default(), Some(9), false), TimeToConclusion::default());
    }
}
