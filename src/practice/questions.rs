//! The question bank: questions by kind and leadership principle, and follow-ups that change the angle.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::question::Kind;

/// A question of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankQuestion {
    /// Its kind.
    pub kind: Kind,
    /// The leadership principle it tests.
    pub principle: &'static str,
    /// Its words.
    pub text: &'static str,
}

/// What an answer to a follow-up has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the conclusion and the six layers, documented on `Layer`")]
pub enum Shows {
    Conclusion,
    CustomerProblem,
    Metric,
    Decision,
    Conflict,
    Consequence,
    Reflection,
}

/// When a follow-up comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// At any moment.
    #[default]
    Any,
    /// When the conclusion is overdue.
    NoConclusion,
}

/// A follow-up: one angle, several wordings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// Its name.
    pub angle: String,
    /// What an answer has to show; any of these will do.
    pub shows: Vec<Shows>,
    /// When it comes.
    #[serde(default)]
    pub when: When,
    /// Kinds it suits; all when empty.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Its wordings.
    pub ask: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowUps {
    follow_up: Vec<FollowUp>,
}

type Questions = BTreeMap<KindName, BTreeMap<String, Vec<String>>>;

/// A kind as a key of the bank, in the order of its name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
struct KindName(String);

static QUESTIONS: LazyLock<Questions> = builtin!("questions.toml");

static FOLLOW_UPS: LazyLock<FollowUps> = builtin!("follow_ups.toml");

/// Every question, by kind and principle.
#[must_use]
pub fn questions() -> Vec<BankQuestion> {
    QUESTIONS
        .iter()
        .flat_map(|(kind, principles)| {
            let kind = kind.0.parse::<Kind>().ok();
            principles.iter().flat_map(move |(principle, texts)| {
                texts.iter().filter_map(move |text| kind.map(|kind| BankQuestion { kind, principle, text }))
            })
        })
        .collect()
}

/// The questions of a kind, of a principle (a part of its name will do), or both.
#[must_use]
pub fn fitting(kind: Option<Kind>, principle: Option<&str>) -> Vec<BankQuestion> {
    let part = principle.map(str::to_lowercase);
    questions()
        .into_iter()
        .filter(|question| kind.is_none_or(|kind| question.kind == kind))
        .filter(|question| part.as_ref().is_none_or(|part| question.principle.to_lowercase().contains(part)))
        .collect()
}

/// The principles of the bank, by name.
#[must_use]
pub fn principles() -> Vec<&'static str> {
    let mut names: Vec<&str> = questions().iter().map(|question| question.principle).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Every follow-up.
#[must_use]
pub fn follow_ups() -> &'static [FollowUp] {
    &FOLLOW_UPS.follow_up
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_sixty_questions_and_no_two_alike() {
        let all = questions();
        assert!(all.len() >= 60, "{}", all.len());
        let mut texts: Vec<&str> = all.iter().map(|question| question.text).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), all.len());
        let in_file: usize = QUESTIONS.values().flat_map(BTreeMap::values).map(Vec::len).sum();
        assert_eq!(all.len(), in_file, "every kind of the file is a kind");
    }

    #[test]
    fn every_kind_can_be_asked_and_is_not_taken_for_another_story() {
        for kind in Kind::ALL {
            assert!(fitting(Some(kind), None).len() >= 3, "{kind}");
        }
        assert!(!fitting(None, Some("backbone")).is_empty());
        assert!(fitting(Some(Kind::Compensation), Some("backbone")).is_empty());
    }

    #[test]
    fn follow_ups_change_the_angle() {
        let angles: Vec<&str> = follow_ups().iter().map(|follow_up| follow_up.angle.as_str()).collect();
        for wanted in
            ["decision", "second-order effect", "what would break", "priority of metrics", "differently", "trade-off"]
        {
            assert!(angles.contains(&wanted), "{wanted}");
        }
        assert!(follow_ups().iter().all(|follow_up| follow_up.ask.len() >= 2 && !follow_up.shows.is_empty()));
        assert_eq!(follow_ups().iter().filter(|follow_up| follow_up.when == When::NoConclusion).count(), 1);
    }
}
