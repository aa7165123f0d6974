//! The stretches of an interrupted answer, in the document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Seconds;

/// What was said from one question of the interviewer to the next, as an answer of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Stretch {
    /// Where it starts: for the first, the start of the recording; else the end of the interviewer's question.
    pub start_s: Seconds,
    /// Where the interviewer's next question comes, or the recording ends.
    pub end_s: Seconds,
    /// The interviewer's question; `null` for the first stretch, which answers `question.text`.
    pub asked: Option<String>,
    /// The angle of that question.
    pub angle: Option<String>,
    /// Why the interviewer interrupted just then.
    pub why: Option<String>,
    /// Words said in it.
    pub words: usize,
    /// From its start to the first word.
    pub first_word_s: Option<Seconds>,
    /// Recovery time: from the interviewer's question (for the first stretch, from the first word) to the conclusion;
    /// `null` when none came.
    pub conclusion_s: Option<Seconds>,
    /// The sentence that is the conclusion.
    pub conclusion: Option<String>,
    /// Whether it shows what the question asks for, as the judge sees it; `null` for the first stretch.
    pub is_answered: Option<bool>,
    /// The sentence that answers it.
    pub answered_by: Option<String>,
    /// Fillers a minute of speech.
    pub fillers_per_minute: Option<f64>,
    /// Share of the actions that are the speaker's own.
    pub owned_share: Option<f64>,
    /// What was there before the interruption and is not any more, in plain words.
    pub lost: Vec<String>,
}
