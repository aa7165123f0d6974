//! Rule data and the matcher that runs it. `README.md` in this folder is the specification.

mod file;
mod matcher;
mod number_words;
mod pattern;
mod token;
mod user;

pub use file::LexiconError;
pub use matcher::{Context, Match, Rule, Rules};
pub use number_words::{NUMBERS, NumberWords, is_number};
pub use pattern::{Pattern, PatternError, Sets};
pub use token::{Token, Tokens, plain_transcript};

pub use user::{Added, Silenced, UserRules};

use file::{RuleFile, SetsFile};
use sha2::{Digest as _, Sha256};

use crate::english;
use crate::files::hex;

/// Every English rule file, by name: what the binary holds, and, with the user's own phrases, what `engine.lexicon_sha256` is the
/// hash of.
pub const ENGLISH: &[(&str, &str)] = &[
    ("sets.toml", include_str!("en/sets.toml")),
    ("filled_pauses.toml", include_str!("en/filled_pauses.toml")),
    ("discourse.toml", include_str!("en/discourse.toml")),
    ("repeats.toml", include_str!("en/repeats.toml")),
    ("vague_hedge.toml", include_str!("en/vague_hedge.toml")),
    ("vague_quantity.toml", include_str!("en/vague_quantity.toml")),
    ("vague_jargon.toml", include_str!("en/vague_jargon.toml")),
    ("vague_ownership.toml", include_str!("en/vague_ownership.toml")),
    ("vague_enthusiasm.toml", include_str!("en/vague_enthusiasm.toml")),
    ("vague_outcome.toml", include_str!("en/vague_outcome.toml")),
    ("metrics.toml", include_str!("en/metrics.toml")),
    ("frame.toml", include_str!("en/frame.toml")),
];

/// The word lists and the rules that the measures read themselves: part of what a finding depends on, and so of the hash.
pub const LISTS: [(&str, &str); 6] = [
    ("stumbles.toml", include_str!("en/stumbles.toml")),
    ("ownership.toml", include_str!("en/ownership.toml")),
    ("numbers.toml", include_str!("en/numbers.toml")),
    ("vague_words.toml", include_str!("en/vague_words.toml")),
    ("metric_words.toml", include_str!("en/metric_words.toml")),
    ("metric_rules.toml", include_str!("en/metric_rules.toml")),
];

/// All the rules of one language, compiled.
#[derive(Debug, Clone)]
pub struct Lexicon {
    rules: Vec<Rule>,
    index: Rules,
    silenced: Vec<Silenced>,
    sha256: String,
}

impl Lexicon {
    /// The English lexicon that is built in.
    ///
    /// An error here is a mistake in the rule data, and a test loads it; callers pass it on all the same.
    pub fn english() -> Result<Self, LexiconError> {
        Self::load(ENGLISH)
    }

    /// The built-in lexicon with the user's own word list.
    pub fn english_with(user: &UserRules) -> Result<Self, LexiconError> {
        // Most users add nothing, and compiling the rules twice is most of a start-up.
        let own = if user.add.is_empty() { Vec::new() } else { user.files(Self::english()?.rules())? };
        let files: Vec<(&str, &str)> =
            ENGLISH.iter().copied().chain(own.iter().map(|(name, text)| (name.as_str(), text.as_str()))).collect();
        let mut lexicon = Self::load(&files)?;
        user.check(&lexicon.rules)?;
        lexicon.silenced.clone_from(&user.silence);
        if !lexicon.silenced.is_empty() {
            let names: Vec<&str> = user.silence.iter().map(Silenced::name).collect();
            let text = format!("{} without {}", lexicon.sha256, names.join("\n"));
            lexicon.sha256 = hex(&Sha256::digest(text.as_bytes()));
        }
        Ok(lexicon)
    }

    /// Compile rule files, given as name and text. `sets.toml` may stand anywhere among them.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, LexiconError> {
        let filled = english::filled_pauses().map(str::to_owned).collect();
        let mut sets = Sets::from([("filled".to_owned(), filled)]);
        for (name, text) in files.iter().filter(|(name, _)| *name == "sets.toml") {
            sets.extend(SetsFile::parse(name, text)?.sets);
        }
        let mut rules: Vec<Rule> = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| *name != "sets.toml") {
            RuleFile::parse(name, text)?.compile(name, &sets, &mut rules)?;
        }
        let index = Rules::new(&rules);
        let mut hash = Sha256::new();
        for (name, text) in files.iter().chain(&LISTS) {
            hash.update(name.as_bytes());
            hash.update(text.as_bytes());
        }
        let sha256 = hex(&hash.finalize());
        Ok(Self { rules, index, silenced: Vec::new(), sha256 })
    }

    /// What the user's settings leave alone.
    #[must_use]
    pub fn silenced(&self) -> &[Silenced] {
        &self.silenced
    }

    /// Hash of the rule data, the user's own included: two reports with the same hash were held to the same rules.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Every rule, in the order of the files.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this name.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The matches of the rules of one class group, leftmost first, longest first among those that begin
    /// together; no two share a token.
    #[must_use]
    pub fn matches(&self, tokens: &[Token], of_class: impl Fn(&str) -> bool) -> Vec<Match> {
        matcher::disjoint(self.index.all(&self.rules, tokens, of_class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// One lexicon for all tests: loading it for each would be most of the run.
    fn english() -> &'static Lexicon {
        static ENGLISH: std::sync::LazyLock<Lexicon> =
            std::sync::LazyLock::new(|| Lexicon::english().unwrap_or_else(|error| panic!("{error}")));
        &ENGLISH
    }

    /// The text with `{…}` taken off, and the marked runs of words.
    fn marked(example: &str) -> (String, Vec<(usize, usize)>) {
        let (mut words, mut spans, mut open) = (Vec::new(), Vec::new(), None);
        for word in example.split_whitespace() {
            if word.starts_with('{') {
                open = Some(words.len());
            }
            words.push(word.replace(['{', '}'], ""));
            if word.contains('}')
                && let Some(lo) = open.take()
            {
                spans.push((lo, words.len()));
            }
        }
        (words.join(" "), spans)
    }

    #[test]
    fn every_rule_flags_its_examples_and_nothing_else() {
        let lexicon = english();
        let mut wrong = Vec::new();
        for rule in lexicon.rules() {
            assert!(!rule.flag.is_empty(), "{} has no example", rule.id);
            for example in &rule.flag {
                let (text, expected) = marked(example);
                assert!(!expected.is_empty(), "{}: `{example}` marks nothing with braces", rule.id);
                let seen = Tokens::of_text(&text);
                let found: Vec<(usize, usize)> = lexicon
                    .matches(&seen, |class| class == rule.class)
                    .into_iter()
                    .filter(|hit| lexicon.rules()[hit.rule].id == rule.id)
                    .map(|hit| seen.words(hit.lo, hit.hi).into())
                    .collect();
                if found != expected {
                    wrong.push(format!("{}: `{example}` gives {found:?}", rule.id));
                }
            }
            for example in &rule.dont_flag {
                let seen = Tokens::of_text(example);
                let found = lexicon.matches(&seen, |class| class == rule.class);
                let own = found.iter().find(|hit| lexicon.rules()[hit.rule].id == rule.id);
                if own.is_some() {
                    wrong.push(format!("{} must not flag `{example}`", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_two_rules_share_a_name_or_a_phrase() {
        let lexicon = english();
        let (mut ids, mut phrases) = (BTreeSet::new(), BTreeSet::new());
        for rule in lexicon.rules() {
            assert!(ids.insert(&rule.id), "rule {} twice", rule.id);
            for phrase in &rule.phrase {
                assert!(phrases.insert((&rule.class, phrase)), "`{phrase}` twice in {}", rule.class);
            }
        }
    }

    #[test]
    fn every_vague_rule_asks_its_question() {
        for rule in english().rules() {
            let vague =
                ["hedge", "weasel_quantity", "jargon", "diffuse_ownership", "empty_enthusiasm", "empty_outcome"];
            assert!(!vague.contains(&rule.class.as_str()) || rule.question.ends_with('?'), "{}: no question", rule.id);
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        let lexicon = english();
        let mut vocabulary: BTreeSet<String> = BTreeSet::new();
        for rule in lexicon.rules() {
            for example in rule.flag.iter().chain(&rule.dont_flag) {
                vocabulary.extend(example.replace(['{', '}'], "").split_whitespace().map(str::to_owned));
            }
        }
        let vocabulary: Vec<String> = vocabulary.into_iter().chain(["—".into(), "\n".into()]).collect();
        prop::collection::vec(prop::sample::select(vocabulary), 0..60).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_index_finds_what_a_naive_scan_finds(text in any_text()) {
            let lexicon = english();
            let seen = Tokens::of_text(&text);
            let mut naive = Vec::new();
            for (number, rule) in lexicon.rules().iter().enumerate() {
                for lo in 0..seen.len() {
                    naive.extend(rule.matches_at(&seen, lo).into_iter().map(|hi| Match { rule: number, lo, hi }));
                }
            }
            let mut indexed = lexicon.index.all(&lexicon.rules, &seen, |_| true);
            naive.sort();
            naive.dedup();
            indexed.sort();
            prop_assert_eq!(indexed, naive);
        }

        #[test]
        fn no_text_makes_the_matcher_panic(text in "\\PC{0,200}") {
            let seen = Tokens::of_text(&text);
            let hits = english().matches(&seen, |_| true);
            for pair in hits.windows(2) {
                prop_assert!(pair[0].hi <= pair[1].lo);
            }
        }
    }
}
