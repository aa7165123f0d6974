//! Phrases that cannot be checked.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure, plain};
use super::finding::{Finding, per_hundred};
use super::metrics;
use crate::builtin::builtin;
use crate::english::Words;
use crate::lexicon::{Lexicon, Tokens};
use crate::span::WordRange;
use crate::transcript::Transcript;

measure! {
    /// # Vague phrasing
    ///
    /// A phrase that sounds like content and cannot be checked, in six classes: `hedge` (I think,
    /// kind of, maybe), `weasel_quantity` (a lot of, various, significantly: where a number
    /// belongs), `jargon` (aligned stakeholders, move the needle), `diffuse_ownership` (we decided,
    /// it was agreed, I was involved in), `empty_enthusiasm` (passionate about, super excited) and
    /// `empty_outcome` (it went well, everyone was happy).
    ///
    /// **Unit.** Items; items per 100 words. Each item carries the question it begs.
    ///
    /// **Why it matters.** The listener has to ask the question or, more often, does not and
    /// remembers nothing.
    ///
    /// **Undefined when.** Never; an answer without words has none.
    ///
    /// **Limits.** Word rules with contexts. An empty outcome with a figure in its sentence is not
    /// vague, since the figure is the measure. A phrase no rule knows is not seen; "some" and
    /// "many" are flagged even where no number could be had.
    ///
    /// **Source.** RUBRIC.md section 4.
    name: "vague",
    aliases: &[],
    key: "vague_per_100_words",
    label: "Vague",
    title: "Vague phrases in 100 words",
    unit: Unit::plain("in 100 words", 1),
    better: Better::Lower,
    figure: Figure::Rate {
        count: |answer| answer.measures.vague.count,
        per: |answer| Some(said(answer.transcript) as f64 / 100.0),
    },
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    let found = &answer.measures.vague;
    let mut shown: Vec<String> = Vec::new();
    for item in &found.items {
        let text = format!("\"{}\"", plain(&item.text));
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    let more = shown.len().saturating_sub(4);
    shown.truncate(4);
    let mut note = shown.join(", ");
    if more > 0 {
        note.push_str(&format!(" and {more} more"));
    }
    Told::new(format!("{} ({:.1} per 100 words)", found.count, found.per_100_words), note)
}

/// Words said: a dash that stands alone is none.
fn said(transcript: &Transcript) -> usize {
    transcript.words.iter().filter(|word| word.text.chars().any(char::is_alphanumeric)).count()
}

/// The class of a vague phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// kind of, I think, maybe.
    Hedge,
    /// a lot of, various, significantly.
    WeaselQuantity,
    /// aligned stakeholders, move the needle.
    Jargon,
    /// we decided, it was agreed, I was involved in.
    DiffuseOwnership,
    /// passionate about, super excited.
    EmptyEnthusiasm,
    /// it went well, everyone was happy.
    EmptyOutcome,
}

impl Class {
    /// The class of this name, as RUBRIC.md spells it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "hedge" => Self::Hedge,
            "weasel_quantity" => Self::WeaselQuantity,
            "jargon" => Self::Jargon,
            "diffuse_ownership" => Self::DiffuseOwnership,
            "empty_enthusiasm" => Self::EmptyEnthusiasm,
            "empty_outcome" => Self::EmptyOutcome,
            _ => return None,
        })
    }

    /// The question any phrase of this class begs, for phrases no rule knows.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Hedge => "Is it so or not?",
            Self::WeaselQuantity => "How many, or how much?",
            Self::Jargon => "What does that mean here, in plain words?",
            Self::DiffuseOwnership => "Who did it, and what was your part?",
            Self::EmptyEnthusiasm => "What have you done that shows it?",
            Self::EmptyOutcome => "By what measure?",
        }
    }
}

/// One vague phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VaguePhrase {
    /// Its class.
    pub class: Class,
    /// The words, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// The question it begs.
    pub question: String,
}

/// The vague phrases of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Vague {
    /// How many.
    pub count: usize,
    /// How many per 100 words.
    pub per_100_words: f64,
    /// Every one, in order.
    pub items: Vec<VaguePhrase>,
}

impl Vague {
    /// The words of the jargon.
    #[must_use]
    pub fn jargon(&self) -> Vec<WordRange> {
        self.items.iter().filter(|item| item.class == Class::Jargon).map(|item| item.words).collect()
    }
}

/// The vague phrases that rules find, in order and without overlap; `figures` are the metric mentions.
#[must_use]
pub fn find(tokens: &Tokens, lexicon: &Lexicon, figures: &[Finding<metrics::Class>]) -> Vec<Finding<Class>> {
    let measured: HashSet<usize> = figures
        .iter()
        .map(|figure| tokens.under(figure.words))
        .flat_map(|(lo, hi)| tokens[lo..hi].iter().map(|token| token.sentence))
        .collect();
    lexicon
        .matches(tokens, |class| Class::named(class).is_some())
        .into_iter()
        .filter_map(|hit| {
            let rule = &lexicon.rules()[hit.rule];
            let words = tokens.words(hit.lo, hit.hi);
            let innocent = rule.unless_measured && measured.contains(&tokens[hit.lo].sentence);
            let is_figure = figures.iter().any(|figure| figure.words.overlaps(words));
            let class = Class::named(&rule.class)?;
            (!innocent && (class == Class::Hedge || !is_figure)).then(|| Finding::new(words, class, rule.id.clone()))
        })
        .collect()
}

/// Count and rate the vague phrases found.
#[must_use]
pub fn summarise(spans: &[Finding<Class>], transcript: &Transcript, lexicon: &Lexicon) -> Vague {
    let mut items: Vec<VaguePhrase> = spans
        .iter()
        .filter(|span| !span.words.is_empty() && span.words.hi <= transcript.words.len())
        .map(|span| {
            let known = lexicon.rule(&span.rule).map(|rule| rule.question.clone()).filter(|asks| !asks.is_empty());
            VaguePhrase {
                class: span.class,
                text: transcript.text(span.words),
                words: span.words,
                sentence: transcript.sentence_of(span.words.lo),
                question: known.unwrap_or_else(|| span.class.question().to_owned()),
            }
        })
        .collect();
    items.sort_by_key(|item| item.words);
    Vague { count: items.len(), per_100_words: per_hundred(items.len(), said(transcript)), items }
}

/// The class and question of a phrase that a model marked: by the rule that knows it, contexts aside, or by its words.
#[must_use]
pub fn classify(words: &str, lexicon: &Lexicon) -> (Class, String) {
    let seen = Tokens::of_text(&words.replace(['\n', '\r'], " "));
    let known =
        lexicon.matches(&seen, |class| Class::named(class).is_some()).into_iter().max_by_key(|hit| hit.hi - hit.lo);
    if let Some(rule) = known.map(|hit| &lexicon.rules()[hit.rule])
        && let Some(class) = Class::named(&rule.class)
    {
        return (class, rule.question.clone());
    }
    let holds = |group: &&Group| seen.iter().any(|token| group.words.has(&token.text));
    let class = GROUPS.class.iter().find(holds).map_or(Class::Jargon, |group| group.name);
    (class, class.question().to_owned())
}

/// `vague_words.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Groups {
    class: Vec<Group>,
}

/// Words that show a class.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: Class,
    words: Words,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples, which the tests run"))]
    flag: Vec<String>,
}

static GROUPS: LazyLock<Groups> = builtin!("../lexicon/en/vague_words.toml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;
    use proptest::prelude::*;

    /// One lexicon for all tests: loading it for each would be most of the run.
    fn lexicon() -> &'static Lexicon {
        static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::english().unwrap());
        &ENGLISH
    }

    fn by_rules(transcript: &Transcript) -> Vec<Finding<Class>> {
        let tokens = Tokens::of(transcript);
        find(&tokens, lexicon(), &metrics::find(&tokens))
    }

    fn found(text: &str) -> Vec<(Class, String)> {
        let transcript = plain_transcript(text);
        let spans = by_rules(&transcript);
        spans.into_iter().map(|finding| (finding.class, transcript.text(finding.words))).collect()
    }

    #[test]
    fn flags_an_outcome_without_a_measure() {
        assert_eq!(found("It was a huge success."), [(Class::EmptyOutcome, "It was a huge success.".to_owned())]);
    }

    #[test]
    fn does_not_flag_an_outcome_whose_sentence_carries_the_measure() {
        assert_eq!(found("It went really well, opens doubled by Christmas."), []);
        assert_eq!(found("It went really well.\nOpens doubled by Christmas.").len(), 1);
    }

    #[test]
    fn does_not_flag_plain_words() {
        for text in [
            "I like it",
            "the right call",
            "it worked",
            "you know the answer",
            "how many of them",
            "my general manager was not happy",
            "the kind of work I want",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn every_item_asks_a_question() {
        let lexicon = lexicon();
        let transcript = plain_transcript("We decided to leverage a lot of data, I think.");
        let vague = summarise(&by_rules(&transcript), &transcript, lexicon);
        assert_eq!(vague.count, 4);
        assert!(vague.items.iter().all(|item| item.question.ends_with('?')));
        assert_eq!(serde_json::to_value(&vague).unwrap()["items"][0]["class"], "diffuse_ownership");
    }

    #[test]
    fn a_model_s_phrase_gets_a_class() {
        let lexicon = lexicon();
        assert_eq!(classify("a lot of", lexicon).0, Class::WeaselQuantity);
        for group in &GROUPS.class {
            for example in &group.flag {
                assert_eq!(classify(example, lexicon).0, group.name, "{example}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\PC|\n){0,200}") {
            let (transcript, lexicon) = (plain_transcript(&text), lexicon());
            let spans = by_rules(&transcript);
            prop_assert_eq!(summarise(&spans, &transcript, lexicon).count, spans.len());
            let _ = classify(&text, lexicon);
        }
    }
}
