//! The words around a number, and how far one may look.

use std::ops::Deref;

use super::words::is_insert;
use crate::english::Words;
use crate::lexicon::Tokens;

/// The tokens of an answer, as metrics look at them.
pub(super) struct Text<'a>(pub(super) &'a Tokens);

/// How many tokens before a number can say what it is.
pub(super) const REACH: usize = 6;

impl Deref for Text<'_> {
    type Target = Tokens;

    fn deref(&self) -> &Tokens {
        self.0
    }
}

impl Text<'_> {
    /// Whether a number stands in the sentence of an earlier mention or in the next.
    pub(super) fn close_to(&self, earlier: usize, at: usize) -> bool {
        match (self.get(earlier), self.get(at)) {
            (Some(earlier), Some(here)) => here.sentence.checked_sub(earlier.sentence).is_some_and(|apart| apart <= 1),
            _ => false,
        }
    }

    pub(super) fn any_before(&self, at: usize, reach: usize, list: &Words) -> bool {
        (1..=reach).any(|back| list.has(self.before(at, back)))
    }

    /// As `any_before`, but a pause ends the search unless only fillers stand behind it.
    pub(super) fn in_clause_before(&self, at: usize, reach: usize, list: &Words) -> bool {
        for back in 1..=reach {
            let Some(there) = at.checked_sub(back).filter(|&there| self.same_sentence(there, at)) else {
                return false;
            };
            let only_inserts = is_insert(self.word(there)) || (there + 1..at).all(|i| is_insert(self.word(i)));
            if self[there].pause_after && !only_inserts {
                return false;
            }
            if list.has(self.word(there)) {
                return true;
            }
        }
        false
    }
}
