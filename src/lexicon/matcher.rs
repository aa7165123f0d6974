//! Rules, their contexts, and the index that finds them.
//!
//! Phrases are looked up by their first word. An Aho-Corasick automaton over the text was considered: it finds
//! literals only, and every hit would be matched again for gaps, sets and pauses. With some 300 words to an
//! answer the look-up costs less than reading the file.

use std::collections::HashMap;

use super::pattern::Pattern;
use super::token::Token;

/// A compiled rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: unique, and what the report and `explain` show.
    pub id: String,
    /// The class of its findings, as RUBRIC.md names it.
    pub class: String,
    /// The phrases as written.
    pub phrase: Vec<String>,
    /// The question the phrase begs, or for fillers what to know about it.
    pub question: String,
    /// Where the rule comes from.
    pub source: String,
    /// Sentences that show it, with the finding in braces.
    pub flag: Vec<String>,
    /// Sentences in which the same words are innocent.
    pub dont_flag: Vec<String>,
    /// Whether a figure in the same sentence makes the phrase innocent.
    pub unless_measured: bool,
    pub(super) patterns: Vec<Pattern>,
    pub(super) only: Vec<Context>,
    pub(super) unless: Vec<Context>,
}

/// A condition on the surroundings of a match. All that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Context {
    pub(super) before: Vec<Pattern>,
    pub(super) after: Vec<Pattern>,
    pub(super) starts: Option<bool>,
    pub(super) ends: Option<bool>,
    pub(super) pause_before: Option<bool>,
    pub(super) pause_after: Option<bool>,
    pub(super) capitals: Option<bool>,
}

/// A rule's phrase found at the tokens `[lo, hi)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// First token.
    pub lo: usize,
    /// One past the last token.
    pub hi: usize,
    /// Number of the rule in [`super::Lexicon::rules`].
    pub rule: usize,
}

impl Context {
    fn holds(&self, tokens: &[Token], lo: usize, hi: usize) -> bool {
        let (Some(first), Some(last)) = (tokens.get(lo), hi.checked_sub(1).and_then(|i| tokens.get(i))) else {
            return false;
        };
        let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        agrees(self.starts, first.starts)
            && agrees(self.ends, last.ends)
            && agrees(self.pause_before, first.pause_before)
            && agrees(self.pause_after, last.pause_after)
            && agrees(self.capitals, first.capitals)
            && (self.before.is_empty() || self.before.iter().any(|pattern| pattern.precedes(tokens, lo)))
            && (self.after.is_empty() || self.after.iter().any(|pattern| pattern.follows(tokens, hi)))
    }
}

impl Rule {
    /// The ends of this rule's matches that begin at token `lo`, contexts weighed.
    #[must_use]
    pub fn matches_at(&self, tokens: &[Token], lo: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = self.patterns.iter().flat_map(|pattern| pattern.ends(tokens, lo)).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|&hi| self.allows(tokens, lo, hi));
        ends
    }

    fn allows(&self, tokens: &[Token], lo: usize, hi: usize) -> bool {
        (self.only.is_empty() || self.only.iter().any(|context| context.holds(tokens, lo, hi)))
            && !self.unless.iter().any(|context| context.holds(tokens, lo, hi))
    }
}

/// Which patterns can begin with which word.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    by_word: HashMap<String, Vec<(usize, usize)>>,
    by_number: Vec<(usize, usize)>,
}

impl Rules {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (number, rule) in rules.iter().enumerate() {
            for (nth, pattern) in rule.patterns.iter().enumerate() {
                let entry = (number, nth);
                let (words, number) = pattern.first_words();
                if number {
                    index.by_number.push(entry);
                }
                for word in words {
                    let entries = index.by_word.entry(word.to_owned()).or_default();
                    if entries.last() != Some(&entry) {
                        entries.push(entry);
                    }
                }
            }
        }
        index
    }

    /// Every match of every rule of a class, overlaps and all; none twice.
    pub(super) fn all(&self, rules: &[Rule], tokens: &[Token], of_class: impl Fn(&str) -> bool) -> Vec<Match> {
        let mut found = Vec::new();
        for (lo, token) in tokens.iter().enumerate() {
            let by_word = self.by_word.get(&token.text).into_iter().flatten();
            for &(number, nth) in by_word.chain(&self.by_number) {
                let rule = &rules[number];
                if of_class(&rule.class) {
                    let ends = rule.patterns[nth].ends(tokens, lo).into_iter();
                    found.extend(ends.filter(|&hi| rule.allows(tokens, lo, hi)).map(|hi| Match {
                        lo,
                        hi,
                        rule: number,
                    }));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The leftmost matches, the longest of those that begin together, the earlier rule of equals; none overlap.
pub(super) fn disjoint(mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by_key(|hit| (hit.lo, usize::MAX - hit.hi, hit.rule));
    let mut out: Vec<Match> = Vec::new();
    for hit in found {
        if out.last().is_none_or(|last| last.hi <= hit.lo) {
            out.push(hit);
        }
    }
    out
}
