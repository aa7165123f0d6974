//! Runs of words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A half-open run of words, `[lo, hi)`, counted from 0 into the transcript's words.
///
/// Serialised as a pair `[lo, hi]`, as the JSON report has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(with = "(usize, usize)")]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct WordRange {
    /// The first word.
    pub lo: usize,
    /// One past the last word; never less than `lo`.
    pub hi: usize,
}

impl WordRange {
    /// The run from `lo` up to, not including, `hi`; empty when `hi` is not after `lo`.
    #[must_use]
    pub fn new(lo: usize, hi: usize) -> Self {
        Self { lo, hi: hi.max(lo) }
    }

    /// How many words.
    #[must_use]
    pub fn len(self) -> usize {
        self.hi - self.lo
    }

    /// Whether there is no word in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.lo == self.hi
    }

    /// Whether the word at `index` is in it.
    #[must_use]
    pub fn contains(self, index: usize) -> bool {
        (self.lo..self.hi).contains(&index)
    }

    /// Whether the two share a word.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.lo.max(other.lo) < self.hi.min(other.hi)
    }

    /// The indices, in order.
    #[must_use]
    pub fn indices(self) -> std::ops::Range<usize> {
        self.lo..self.hi
    }
}

impl From<(usize, usize)> for WordRange {
    fn from((lo, hi): (usize, usize)) -> Self {
        Self::new(lo, hi)
    }
}

impl From<WordRange> for (usize, usize) {
    fn from(range: WordRange) -> Self {
        (range.lo, range.hi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_runs_do_not_overlap() {
        assert!(!WordRange::new(0, 2).overlaps(WordRange::new(2, 3)));
        assert!(WordRange::new(0, 3).overlaps(WordRange::new(2, 3)));
        assert!(!WordRange::new(1, 1).overlaps(WordRange::new(0, 3)));
    }

    #[test]
    fn a_run_turned_round_is_empty() {
        assert!(WordRange::new(5, 2).is_empty());
    }

    #[test]
    fn json_is_a_pair() {
        assert_eq!(serde_json::to_string(&WordRange::new(1, 4)).unwrap(), "[1,4]");
        assert_eq!(serde_json::from_str::<WordRange>("[1,4]").unwrap(), WordRange::new(1, 4));
    }
}
