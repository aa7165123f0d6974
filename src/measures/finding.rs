//! What a rule, or a model, found: a run of words and what is wrong with it.

use crate::span::WordRange;

/// A run of words of one class.
///
/// Rules and the tagging model both speak in findings, so that their spans can be merged before they are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<C> {
    /// The words.
    pub words: WordRange,
    /// The class, as RUBRIC.md names it.
    pub class: C,
    /// The rule's name, for `cutlist explain`; empty when no rule knows the words.
    pub rule: String,
}

impl<C> Finding<C> {
    /// A finding of a named rule.
    pub fn new(words: WordRange, class: C, rule: impl Into<String>) -> Self {
        Self { words, class, rule: rule.into() }
    }
}

/// How many things there are for each hundred words; 0 where there are no words.
#[must_use]
pub fn per_hundred(count: usize, words: usize) -> f64 {
    if words == 0 { 0.0 } else { 100.0 * count as f64 / words as f64 }
}
