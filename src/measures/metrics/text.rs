//! The words around a number, and how far one may look.

use super::words::INSERTS;
use crate::lexicon::Token;

pub(super) struct Text<'a> {
    pub(super) tokens: &'a [Token],
}

/// How many tokens before a number can say what it is.
pub(super) const REACH: usize = 6;

impl Text<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    pub(super) fn runs_on(&self, at: usize) -> bool {
        at > 0
            && self
                .tokens
                .get(at)
                .is_some_and(|token| token.sentence == self.tokens[at - 1].sentence && !self.tokens[at - 1].pause_after)
    }

    pub(super) fn same_sentence(&self, one: usize, other: usize) -> bool {
        matches!((self.tokens.get(one), self.tokens.get(other)), (Some(one), Some(other)) if one.sentence == other.sentence)
    }

    /// Whether a number stands in the sentence of an earlier mention or in the next.
    pub(super) fn close_to(&self, earlier: usize, at: usize) -> bool {
        match (self.tokens.get(earlier), self.tokens.get(at)) {
            (Some(earlier), Some(here)) => here.sentence.checked_sub(earlier.sentence).is_some_and(|apart| apart <= 1),
            _ => false,
        }
    }

    /// The word `back` places before `at`, in the same sentence.
    pub(super) fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).filter(|&there| self.same_sentence(there, at)).map_or("", |there| self.word(there))
    }

    pub(super) fn any_before(&self, at: usize, reach: usize, list: &[&str]) -> bool {
        (1..=reach).any(|back| list.contains(&self.before(at, back)))
    }

    /// As `any_before`, but a pause ends the search unless only fillers stand behind it.
    pub(super) fn in_clause_before(&self, at: usize, reach: usize, list: &[&str]) -> bool {
        for back in 1..=reach {
            let Some(there) = at.checked_sub(back).filter(|&there| self.same_sentence(there, at)) else {
                return false;
            };
            let follows_pause = self.tokens[there].pause_after;
            if follows_pause
                && !INSERTS.contains(&self.word(there))
                && !(there + 1..at).all(|i| INSERTS.contains(&self.word(i)))
            {
                return false;
            }
            if list.contains(&self.word(there)) {
                return true;
            }
        }
        false
    }
}
