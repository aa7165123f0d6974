//! The question behind the answer: its kind decides what counts as the conclusion.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::builtin::builtin;

/// A kind of interview question (RUBRIC section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Tell me about a time you led without authority.
    Leadership,
    /// Tell me about a time you used data to make a decision.
    Analytical,
    /// Tell me about a time you failed.
    Failure,
    /// Tell me about a time you disagreed.
    Conflict,
    /// How would you improve X? Design Y for Z.
    ProductSense,
    /// How would you launch, fix or onboard X?
    Execution,
    /// What are your salary expectations?
    Compensation,
    /// Why this company? Why this role?
    Motivation,
}

impl Kind {
    /// Every kind, in the rubric's order.
    pub const ALL: [Self; 8] = [
        Self::Leadership,
        Self::Analytical,
        Self::Failure,
        Self::Conflict,
        Self::ProductSense,
        Self::Execution,
        Self::Compensation,
        Self::Motivation,
    ];

    /// The name on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Leadership => "leadership",
            Self::Analytical => "analytical",
            Self::Failure => "failure",
            Self::Conflict => "conflict",
            Self::ProductSense => "product-sense",
            Self::Execution => "execution",
            Self::Compensation => "compensation",
            Self::Motivation => "motivation",
        }
    }

    /// What a conclusion is for this kind, as the report tells the candidate.
    #[must_use]
    pub fn conclusion_is(self) -> &'static str {
        match self {
            Self::Leadership => "what you decided or changed, or how it came out",
            Self::Analytical => "what you decided from the data, or how it came out",
            Self::Failure => "what you got wrong, or what it cost, said as a verdict",
            Self::Conflict => "the position you took, or how it was settled",
            Self::ProductSense => "the primary metric or the customer problem you bet on, before any feature",
            Self::Execution => "your first move and the metric that defines progress",
            Self::Compensation => "the level and scope you aim at, before any number",
            Self::Motivation => "the reason, said as a position with a stake in it",
        }
    }

    /// The kind that the wording of a question asks for, or `None` where no cue is found.
    #[must_use]
    pub fn of_question(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        CUES.kind.iter().find(|entry| entry.cues.iter().any(|cue| text.contains(cue))).map(|entry| entry.name)
    }
}

/// The cues of one kind, in `question.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cues {
    name: Kind,
    cues: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    kind: Vec<Cues>,
}

static CUES: LazyLock<CueFile> = builtin!("question.toml");

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no kind's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of question: \"{0}\"; the kinds are {names}", names = Kind::ALL.map(Kind::name).join(", "))]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// What the answer answers, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Its kind; `null` when neither given nor clear from the question's words or the answer.
    pub kind: Option<Kind>,
    /// Its words.
    pub text: Option<String>,
    /// The story of the user's bank that the answer tells.
    pub story: Option<String>,
    /// Whether `kind` was guessed, from the words of the question or of the answer.
    pub kind_guessed: bool,
}

impl Question {
    /// A question as the user gave it; a missing kind is guessed from the text.
    #[must_use]
    pub fn new(kind: Option<Kind>, text: Option<String>, story: Option<String>) -> Self {
        let guess = text.as_deref().and_then(Kind::of_question);
        Self { kind: kind.or(guess), kind_guessed: kind.is_none() && guess.is_some(), text, story }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse::<Kind>(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert!("sales".parse::<Kind>().unwrap_err().to_string().contains("product-sense"));
    }

    #[test]
    fn the_rubrics_own_questions_are_recognised() {
        for (text, kind) in [
            ("Tell me about a time you led without authority.", Kind::Leadership),
            ("Tell me about a time you used data to make a decision.", Kind::Analytical),
            ("Tell me about a time you failed.", Kind::Failure),
            ("Tell me about a time you disagreed.", Kind::Conflict),
            ("How would you improve maps for cyclists?", Kind::ProductSense),
            ("How would you launch same day delivery in a new city?", Kind::Execution),
            ("What are your salary expectations?", Kind::Compensation),
            ("Why this company?", Kind::Motivation),
        ] {
            assert_eq!(Kind::of_question(text), Some(kind), "{text}");
        }
        assert_eq!(Kind::of_question("Hello there."), None);
    }

    #[test]
    fn a_given_kind_wins_over_the_text() {
        let question = Question::new(Some(Kind::Failure), Some("What are your salary expectations?".into()), None);
        assert_eq!(question.kind, Some(Kind::Failure));
        assert!(!question.kind_guessed);
    }
}
