//! Where a mention begins and ends around its number.

use super::text::Text;
use super::words::{LISTS, is_stop};
use crate::measures::numbers::{Kind, Number, is_time_unit, number_at};

impl Text<'_> {
    /// The first token of the words that soften or bound a number: "about", "more than", "from".
    pub(super) fn head(&self, number_lo: usize) -> usize {
        let mut lo = number_lo;
        for _ in 0..4 {
            if !self.runs_on(lo) {
                break;
            }
            let one = self.before(lo, 1);
            let two = self.before(lo, 2);
            let compares = one == "than" && LISTS.compared.has(two);
            let bounds = matches!((two, one), ("up", "to") | ("at", "least" | "most") | ("something", "like"));
            if (compares || bounds) && self.runs_on(lo - 1) || one == "bit" && two == "a" {
                lo -= 2;
            } else if LISTS.bounds.has(one)
                || LISTS.prepositions.has(one)
                || one == "no" && matches!(self.word(lo), "more" | "less" | "fewer")
            {
                lo -= 1;
            } else {
                break;
            }
        }
        lo
    }

    /// The tokens of a mention around its number.
    pub(super) fn extent(&self, number: &Number) -> (usize, usize) {
        let mut lo = self.head(number.lo);
        let mut hi = self.tail(number.hi, number);
        // "cut unplanned stops by half", "down to 4": the verb is part of the change.
        if self.before(lo, 1) == "down" && self.word(lo) == "to" && self.runs_on(lo) {
            lo -= 1;
        }
        // "from A to B", "A instead of B", "forty to fifty".
        for _ in 0..3 {
            let Some(next) = self.linked(hi) else { break };
            hi = self.tail(next.hi, &next);
        }
        while let Some(end) = self.frame_at(hi, lo) {
            hi = end;
        }
        (lo, hi)
    }

    /// The second number of a pair that begins at `hi` with its link.
    pub(super) fn linked(&self, hi: usize) -> Option<Number> {
        let mut at = hi;
        let link = self.word(at);
        let pause = !self.runs_on(at);
        if !self.same_sentence(hi.checked_sub(1)?, at) {
            return None;
        }
        match link {
            _ if LISTS.links.has(link) && !pause => at += 1,
            "instead" if self.word(at + 1) == "of" && !pause => at += 2,
            "rather" if self.word(at + 1) == "than" && !pause => at += 2,
            // "five, six weeks"
            _ if pause
                && number_at(self, at)
                    .is_some_and(|next| is_time_unit(self.word(next.hi)) && next.kind == Kind::Count)
                && number_at(self, hi - 1).is_some() => {}
            _ => return None,
        }
        for _ in 0..3 {
            if LISTS.linked.has(self.word(at)) && number_at(self, at).is_none() {
                at += 1;
            }
        }
        number_at(self, at).filter(|number| {
            self.same_sentence(hi - 1, number.hi - 1)
                && !matches!(number.kind, Kind::Clock | Kind::Year | Kind::Ordinal)
        })
    }

    /// Past a number's unit, its "of them", its "late", its rate.
    pub(super) fn tail(&self, hi: usize, number: &Number) -> usize {
        let mut hi = hi;
        let plain = matches!(number.kind, Kind::Count);
        for _ in 0..2 {
            if plain && self.runs_on(hi) && (is_time_unit(self.word(hi)) || LISTS.unit_modifiers.has(self.word(hi))) {
                hi += 1;
            }
        }
        if self.runs_on(hi)
            && (self.word(hi) == "and" && self.word(hi + 1) == "a" && matches!(self.word(hi + 2), "half" | "quarter"))
        {
            hi += 3;
        }
        if plain && self.runs_on(hi) && hi == number.hi && !is_stop(self.word(hi)) && !self.word(hi).ends_with("ing") {
            hi += 1;
        }
        // "one in eight cells", "145% cover", "half the desk"
        if number.kind == Kind::Share && self.word(hi) == "the" && self.runs_on(hi) && self.runs_on(hi + 1) {
            hi += 2;
        } else if self.runs_on(hi)
            && (number.out_of.is_some() && self.word(hi).ends_with('s')
                || number.kind == Kind::Percent && LISTS.percent_of.has(self.word(hi)))
            && !is_stop(self.word(hi))
        {
            hi += 1;
        }
        if self.runs_on(hi) && number.kind == Kind::Times && self.word(hi) == "again" {
            hi += 1;
        }
        if matches!(number.kind, Kind::Money(_))
            && self.runs_on(hi)
            && number_at(self, hi)
                .is_some_and(|cents| cents.kind == Kind::Count && (10.0..100.0).contains(&cents.value))
        {
            hi = number_at(self, hi).map_or(hi, |cents| cents.hi);
        }
        if self.runs_on(hi) && self.word(hi) == "of" {
            let mut end = hi + 1;
            while end < hi + 5 && self.runs_on(end) {
                let word = self.word(end);
                end += 1;
                if !LISTS.of_whom.has(word) {
                    break;
                }
            }
            if end > hi + 1 {
                hi = end;
            }
        }
        if self.runs_on(hi) && LISTS.qualifiers.has(self.word(hi)) {
            hi += 1;
        }
        if self.runs_on(hi) && LISTS.each.has(self.word(hi)) && self.runs_on(hi + 1) {
            hi += 2;
        }
        hi
    }

    /// The end of a time frame that begins at `at`.
    pub(super) fn frame_at(&self, at: usize, lo: usize) -> Option<usize> {
        if at <= lo || !self.runs_on(at) {
            return None;
        }
        let word = self.word(at);
        if LISTS.frame_namers.has(word) && self.runs_on(at + 1) && LISTS.periods.has(self.word(at + 1)) {
            return Some(at + 2);
        }
        if word == "on" && self.word(at + 1) == "average" || word == "straight" {
            return Some(if word == "on" { at + 2 } else { at + 1 });
        }
        if !LISTS.frame_openers.has(word) {
            return None;
        }
        let mut end = at + 1;
        let mut period = None;
        while end < at + 8 && self.runs_on(end) {
            let word = self.word(end);
            if LISTS.periods.has(word) {
                period = Some(end + 1);
                if self.word(end + 1) != "of" {
                    if number_at(self, end + 1).is_some() && LISTS.numbered_periods.has(word) && self.runs_on(end + 1) {
                        period = Some(end + 2);
                    }
                    break;
                }
            } else if !LISTS.in_frame.has(word) && number_at(self, end).is_none() && !self.inside_number(end) {
                break;
            }
            end += 1;
        }
        if self.word(at + 1) == "half" && matches!(self.word(at + 2), "term" | "time") {
            period = Some(at + 3);
        }
        let mut end = period?;
        if self.runs_on(end) && matches!(self.word(end), "straight" | "running") {
            end += 1;
        }
        Some(end)
    }

    fn inside_number(&self, at: usize) -> bool {
        (1..=3).any(|back| {
            at.checked_sub(back).and_then(|from| number_at(self, from)).is_some_and(|number| number.hi > at)
        })
    }

    /// The time frame within a span.
    pub(super) fn timeframe(&self, lo: usize, hi: usize) -> Option<(usize, usize)> {
        (lo + 1..hi).find_map(|at| self.frame_at(at, lo).map(|end| (at, end.min(hi))))
    }
}
