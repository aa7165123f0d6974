//! Metrics that the speaker names without a number: "conversion rate improved".

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::lexicon::{Lexicon, Tokens};
use crate::span::WordRange;
use crate::transcript::Transcript;

/// A named metric that changed by no stated amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Unquantified {
    /// The words, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// "By how much, from what?"
    pub question: String,
}

/// Those named in a sentence that carries no figure.
pub(super) fn find(items: &[Metric], tokens: &Tokens, transcript: &Transcript, lexicon: &Lexicon) -> Vec<Unquantified> {
    let measured = |words: WordRange| {
        let sentence = transcript.sentence_of(words.lo);
        items.iter().any(|item| item.sentence == sentence && sentence.is_some() || item.words.overlaps(words))
    };
    lexicon
        .matches(tokens, |class| class == "unquantified")
        .into_iter()
        .map(|hit| (tokens.words(hit.lo, hit.hi), &lexicon.rules()[hit.rule]))
        .filter(|(words, _)| !measured(*words))
        .map(|(words, rule)| Unquantified {
            text: transcript.text(words).trim_end_matches([',', '.', ';', '?', '!']).to_owned(),
            words,
            sentence: transcript.sentence_of(words.lo),
            question: rule.question.clone(),
        })
        .collect()
}
