//! Whose actions they were.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use super::finding::Finding;
use crate::builtin::builtin;
use crate::english::{Words, is_filled_pause};
use crate::lexicon::Tokens;
use crate::span::WordRange;
use crate::transcript::Transcript;

measure! {
    /// # Ownership
    ///
    /// Who does what in the answer: clauses with the speaker as the subject ("I decided") against
    /// clauses with a group ("we decided"), and clauses that name no one ("it was decided", "got
    /// fixed").
    ///
    /// Also the **lever**: the sentence in which the speaker makes the choice and says what was
    /// moved, so that a listener could pull it too.
    ///
    /// **Unit.** Clauses. `owned_share` is the part of the actions the speaker owns: i / (i + we +
    /// passive), 0 to 1.
    ///
    /// **Why it matters.** The listener hires one person. What no one did, or everyone, is no
    /// evidence for the speaker.
    ///
    /// **Undefined when.** `owned_share` is absent when the answer has none of the three. The lever
    /// is missing (`null`) when no sentence shows a decision, when the speaker does nothing in that
    /// sentence, or when all it names is jargon ("I leveraged synergies").
    ///
    /// **Limits.** Word rules: a subject is "I" or "we" in front of a verb. "I think", "I guess",
    /// "I mean" and "I feel" are stance, not action, and are not counted; neither are "I was a
    /// nurse" nor "I've been there five years", where the speaker is but does nothing. A passive
    /// with its doer ("by me", "by the board") is not agentless and is not counted. Irregular
    /// participles outside the list are missed.
    ///
    /// **Source.** RUBRIC.md section 7.
    name: "owned",
    aliases: &["ownership"],
    key: "owned_share",
    label: "Ownership",
    title: "Actions that are yours",
    unit: Unit::SHARE,
    better: Better::Higher,
    figure: Figure::Value(|answer| answer.measures.ownership.owned_share),
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    let found = &answer.measures.ownership;
    let lever = match found.lever {
        Some(i) => format!("; the lever is in sentence {}", i + 1),
        None => "; no lever: what did you change yourself?".into(),
    };
    let note = format!("I {}, we {}, passive {}", found.i, found.we, found.passive);
    match found.owned_share {
        Some(share) => {
            Told::new(format!("{:.0} %", share * 100.0), format!("of the actions are yours ({note}){lever}"))
        }
        None => Told::new("–", note),
    }
}

/// Who acts in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The speaker.
    I,
    /// A group the speaker belongs to.
    We,
    /// No one the clause names.
    Passive,
}

/// How the actions of an answer are owned.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ownership {
    /// Actions of the speaker.
    pub i: usize,
    /// Actions of a group.
    pub we: usize,
    /// Passive clauses without a doer.
    pub passive: usize,
    /// The part of the actions that the speaker owns, 0 to 1; absent when there are none.
    pub owned_share: Option<f64>,
    /// Every action, in order.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// The sentence that names the lever the speaker pulled; absent when none does.
    #[serde(default)]
    pub lever: Option<usize>,
}

/// A clause in which somebody, or nobody, does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Action {
    /// Who acts.
    pub owner: Class,
    /// Subject and verb, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence.
    pub sentence: Option<usize>,
}

/// The clauses that show who acts, in order; each finding covers the subject or auxiliary and its verb.
#[must_use]
pub fn find(tokens: &Tokens) -> Vec<Finding<Class>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let hit = action(tokens, at)
            .map(|(hi, class)| (hi, class, if class == Class::I { "first-person" } else { "first-person-plural" }))
            .or_else(|| passive(tokens, at).map(|hi| (hi, Class::Passive, "agentless")));
        if let Some((hi, class, rule)) = hit {
            found.push(Finding::new(tokens.words(at, hi), class, rule));
        }
        at = hit.map_or(at + 1, |(hi, ..)| hi);
    }
    found
}

/// Counts the clauses found, and looks for the lever in the sentence that shows the `decision`; `jargon` are the jargon phrases
/// of the answer.
#[must_use]
pub fn summarise(
    spans: &[Finding<Class>],
    transcript: &Transcript,
    decision: Option<usize>,
    jargon: &[WordRange],
) -> Ownership {
    let count = |class: Class| spans.iter().filter(|span| span.class == class).count();
    let (i, we, passive) = (count(Class::I), count(Class::We), count(Class::Passive));
    let all = i + we + passive;
    let actions: Vec<Action> = spans
        .iter()
        .map(|span| Action {
            owner: span.class,
            text: transcript.text(span.words),
            words: span.words,
            sentence: transcript.sentence_of(span.words.lo),
        })
        .collect();
    let lever = lever(&actions, decision, jargon);
    Ownership { i, we, passive, owned_share: (all > 0).then(|| i as f64 / all as f64), actions, lever }
}

/// The sentence that shows the `decision`, if the speaker does something there that names a lever.
#[must_use]
pub fn lever(actions: &[Action], decision: Option<usize>, jargon: &[WordRange]) -> Option<usize> {
    // What the speaker does there must be something other than a phrase that means nothing.
    let names_a_lever = |action: &Action| {
        action.owner == Class::I
            && !jargon.iter().any(|phrase| phrase.overlaps(action.words) || phrase.lo == action.words.hi)
    };
    decision.filter(|at| actions.iter().any(|action| action.sentence == Some(*at) && names_a_lever(action)))
}

/// "I" or "we" with a verb of doing: the end of the verb, and who.
fn action(tokens: &Tokens, at: usize) -> Option<(usize, Class)> {
    let subject = tokens.word(at);
    let (head, _) = subject.split_once('\'').unwrap_or((subject, ""));
    let class = match head {
        "i" => Class::I,
        "we" => Class::We,
        _ => return None,
    };
    let verb = past_modifiers(tokens, at + 1, |_| false);
    if !tokens.runs_on(verb) {
        return None;
    }
    let word = tokens.word(verb);
    let contracted_be = subject.ends_with("'m") || subject.ends_with("'re");
    let state = LISTS.states.has(word) || contracted_be && !word.ends_with("ing");
    let not_a_verb = word.chars().any(|c| c.is_ascii_digit()) || LISTS.not_verbs.has(word) || is_filled_pause(word);
    let passive = LISTS.be.has(word) || subject.ends_with("'m") && is_participle(word);
    (!state && !not_a_verb && !passive).then_some((verb + 1, class))
}

/// "was decided", "got fixed": the end of the participle, where no doer follows.
fn passive(tokens: &Tokens, at: usize) -> Option<usize> {
    let auxiliary = tokens.word(at);
    if !LISTS.be.has(auxiliary) && !LISTS.get.has(auxiliary) {
        return None;
    }
    let verb = past_modifiers(tokens, at + 1, |word| word == "being");
    let person = tokens.runs_on(at) && LISTS.people.has(tokens.word(at - 1));
    if !tokens.runs_on(verb) || !is_participle(tokens.word(verb)) || person {
        return None;
    }
    let by = (verb + 1..verb + 4)
        .any(|at| tokens.runs_on(at) && tokens.word(at) == "by" && (verb + 1..at).all(|i| tokens.runs_on(i)));
    (!by).then_some(verb + 1)
}

/// The first token that is neither a modifier nor an adverb, nor one `also` passed over.
fn past_modifiers(tokens: &Tokens, mut at: usize, also: fn(&str) -> bool) -> usize {
    let is_passed = |word: &str| LISTS.modifiers.has(word) || word.ends_with("ly") || also(word);
    while tokens.runs_on(at) && is_passed(tokens.word(at)) {
        at += 1;
    }
    at
}

/// Whether a word looks like a past participle.
fn is_participle(word: &str) -> bool {
    LISTS.irregular_participles.has(word) || word.len() > 4 && word.ends_with("ed") && !LISTS.adjectives.has(word)
}

/// `ownership.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    modifiers: Words,
    be: Words,
    get: Words,
    states: Words,
    not_verbs: Words,
    people: Words,
    irregular_participles: Words,
    adjectives: Words,
}

static LISTS: LazyLock<Lists> = builtin!("../lexicon/en/ownership.toml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;
    use proptest::prelude::*;

    fn counts(text: &str) -> Ownership {
        let transcript = plain_transcript(text);
        summarise(&find(&Tokens::of(&transcript)), &transcript, Some(0), &[])
    }

    #[test]
    fn the_lever_is_what_the_speaker_moved_and_never_jargon() {
        let transcript = plain_transcript("I moved the tax form to the last page.");
        let found = find(&Tokens::of(&transcript));
        assert_eq!(summarise(&found, &transcript, Some(0), &[]).lever, Some(0));
        assert_eq!(summarise(&found, &transcript, None, &[]).lever, None);
        let transcript = plain_transcript("I leveraged synergies.");
        let found = find(&Tokens::of(&transcript));
        assert_eq!(summarise(&found, &transcript, Some(0), &[WordRange::new(1, 3)]).lever, None);
        let transcript = plain_transcript("We decided to stop.");
        let found = find(&Tokens::of(&transcript));
        assert_eq!(summarise(&found, &transcript, Some(0), &[]).lever, None);
    }

    #[test]
    fn counts_who_acts() {
        let seen =
            counts("I decided to stop.\nThen we rolled it out and I'd written the sheet.\nIt was agreed to wait.");
        assert_eq!((seen.i, seen.we, seen.passive), (2, 1, 1));
        assert_eq!(seen.owned_share, Some(0.5));
    }

    #[test]
    fn does_not_count_stance_or_being_as_action() {
        let seen = counts("I think I was a nurse and I know it.\nI'm happy.");
        assert_eq!((seen.i, seen.we), (0, 0));
        assert_eq!(seen.owned_share, None);
    }

    #[test]
    fn does_not_count_a_passive_with_its_doer() {
        assert_eq!(counts("It was signed off by the board.").passive, 0);
        assert_eq!(counts("It was signed off.").passive, 1);
    }

    proptest! {
        #[test]
        fn the_share_stays_between_zero_and_one(text in "(\\PC|\n|I |we |was |done ){0,80}") {
            let share = counts(&text).owned_share;
            prop_assert!(share.is_none_or(|share| (0.0..=1.0).contains(&share)));
        }
    }
}
