//! Where a mention begins and ends around its number.

use super::text::Text;
use super::words::{BOUNDS, PERIODS, QUALIFIERS, STOPS};
use crate::measures::numbers::{Kind, Number, TIME_UNITS, number_at};

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
            let compares =
                one == "than" && matches!(two, "more" | "less" | "fewer" | "better" | "worse" | "higher" | "lower");
            let bounds = matches!((two, one), ("up", "to") | ("at", "least" | "most") | ("something", "like"));
            if (compares || bounds) && self.runs_on(lo - 1) || one == "bit" && two == "a" {
                lo -= 2;
            } else if BOUNDS.contains(&one)
                || matches!(one, "from" | "to" | "by" | "a" | "no" | "another" | "extra" | "at")
                    && lo < self.tokens.len()
                    && self.keeps_preposition(one, lo)
            {
                lo -= 1;
            } else {
                break;
            }
        }
        lo
    }

    fn keeps_preposition(&self, one: &str, lo: usize) -> bool {
        match one {
            "from" | "to" | "by" => true,
            "no" => matches!(self.word(lo), "more" | "less" | "fewer"),
            _ => false,
        }
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
            "to" | "until" | "or" | "down" | "against" | "versus" if !pause => at += 1,
            "instead" if self.word(at + 1) == "of" && !pause => at += 2,
            "rather" if self.word(at + 1) == "than" && !pause => at += 2,
            // "five, six weeks"
            _ if pause
                && number_at(self.tokens, at)
                    .is_some_and(|next| TIME_UNITS.contains(&self.word(next.hi)) && next.kind == Kind::Count)
                && number_at(self.tokens, hi - 1).is_some() => {}
            _ => return None,
        }
        for _ in 0..3 {
            if matches!(
                self.word(at),
                "to" | "at"
                    | "about"
                    | "under"
                    | "over"
                    | "a"
                    | "bit"
                    | "just"
                    | "around"
                    | "roughly"
                    | "nearly"
                    | "almost"
                    | "below"
                    | "above"
                    | "only"
                    | "less"
                    | "than"
                    | "inside"
            ) && number_at(self.tokens, at).is_none()
            {
                at += 1;
            }
        }
        number_at(self.tokens, at).filter(|number| {
            self.same_sentence(hi - 1, number.hi - 1)
                && !matches!(number.kind, Kind::Clock | Kind::Year | Kind::Ordinal)
        })
    }

    /// Past a number's unit, its "of them", its "late", its rate.
    pub(super) fn tail(&self, hi: usize, number: &Number) -> usize {
        let mut hi = hi;
        let plain = matches!(number.kind, Kind::Count);
        for _ in 0..2 {
            if plain
                && self.runs_on(hi)
                && (TIME_UNITS.contains(&self.word(hi))
                    || matches!(self.word(hi), "extra" | "more" | "fewer" | "less" | "key"))
            {
                hi += 1;
            }
        }
        if self.runs_on(hi)
            && (self.word(hi) == "and" && self.word(hi + 1) == "a" && matches!(self.word(hi + 2), "half" | "quarter"))
        {
            hi += 3;
        }
        if plain
            && self.runs_on(hi)
            && hi == number.hi
            && !STOPS.contains(&self.word(hi))
            && !self.word(hi).ends_with("ing")
        {
            hi += 1;
        }
        // "one in eight cells", "145% cover", "half the desk"
        if number.kind == Kind::Share && self.word(hi) == "the" && self.runs_on(hi) && self.runs_on(hi + 1) {
            hi += 2;
        } else if self.runs_on(hi)
            && (number.out_of.is_some() && self.word(hi).ends_with('s')
                || number.kind == Kind::Percent
                    && matches!(self.word(hi), "cover" | "fee" | "discount" | "margin" | "share" | "rate"))
            && !STOPS.contains(&self.word(hi))
        {
            hi += 1;
        }
        if self.runs_on(hi) && number.kind == Kind::Times && self.word(hi) == "again" {
            hi += 1;
        }
        if matches!(number.kind, Kind::Money(_))
            && self.runs_on(hi)
            && number_at(self.tokens, hi)
                .is_some_and(|cents| cents.kind == Kind::Count && (10.0..100.0).contains(&cents.value))
        {
            hi = number_at(self.tokens, hi).map_or(hi, |cents| cents.hi);
        }
        if self.runs_on(hi) && matches!(self.word(hi), "of") {
            let mut end = hi + 1;
            while end < hi + 5 && self.runs_on(end) {
                let word = self.word(end);
                end += 1;
                if !matches!(
                    word,
                    "the"
                        | "those"
                        | "these"
                        | "our"
                        | "my"
                        | "your"
                        | "their"
                        | "his"
                        | "her"
                        | "every"
                        | "all"
                        | "two"
                        | "what"
                        | "they"
                        | "repeat"
                        | "first"
                ) {
                    break;
                }
            }
            if end > hi + 1 {
                hi = end;
            }
        }
        if self.runs_on(hi) && QUALIFIERS.contains(&self.word(hi)) {
            hi += 1;
        }
        if self.runs_on(hi) && matches!(self.word(hi), "a" | "an" | "per" | "each" | "every") && self.runs_on(hi + 1) {
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
        if matches!(word, "last" | "this" | "that" | "every" | "each")
            && self.runs_on(at + 1)
            && PERIODS.contains(&self.word(at + 1))
        {
            return Some(at + 2);
        }
        if word == "on" && self.word(at + 1) == "average" || word == "straight" {
            return Some(if word == "on" { at + 2 } else { at + 1 });
        }
        if !matches!(
            word,
            "in" | "within" | "over" | "by" | "for" | "after" | "before" | "during" | "until" | "through" | "since"
        ) {
            return None;
        }
        let mut end = at + 1;
        let mut period = None;
        while end < at + 8 && self.runs_on(end) {
            let word = self.word(end);
            if PERIODS.contains(&word) {
                period = Some(end + 1);
                if !matches!(self.word(end + 1), "of") {
                    if number_at(self.tokens, end + 1).is_some()
                        && matches!(word, "week" | "day" | "month" | "q")
                        && self.runs_on(end + 1)
                    {
                        period = Some(end + 2);
                    }
                    break;
                }
            } else if !matches!(
                word,
                "the"
                    | "a"
                    | "an"
                    | "about"
                    | "around"
                    | "under"
                    | "less"
                    | "than"
                    | "just"
                    | "only"
                    | "my"
                    | "our"
                    | "first"
                    | "second"
                    | "third"
                    | "next"
                    | "end"
                    | "start"
                    | "middle"
                    | "of"
                    | "half"
                    | "whole"
                    | "one"
                    | "last"
                    | "that"
                    | "roughly"
                    | "half-term"
                    | "and"
                    | "other"
                    | "fourth"
                    | "following"
            ) && number_at(self.tokens, end).is_none()
                && !self.inside_number(end)
            {
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
            at.checked_sub(back).and_then(|from| number_at(self.tokens, from)).is_some_and(|number| number.hi > at)
        })
    }

    /// The time frame within a span.
    pub(super) fn timeframe(&self, lo: usize, hi: usize) -> Option<(usize, usize)> {
        (lo + 1..hi).find_map(|at| self.frame_at(at, lo).map(|end| (at, end.min(hi))))
    }
}
