//! Whether a number measures something or merely counts, dates or names it.

#![allow(clippy::float_cmp, reason = "whole numbers are exact in f64")]

use super::text::{REACH, Text};
use super::words::{BOUNDS, CHANGES, COMPARATORS, COSTS, MEASURED, PERIODS, QUALIFIERS, STATED, STOPS};
use crate::measures::numbers::{Kind, Number, TIME_UNITS, number_at};

impl Text<'_> {
    /// The rule by which a number measures something, if one does. `near` says that a mention stands close by.
    #[allow(clippy::too_many_lines, reason = "one decision list, read from the top; cut in pieces its order is lost")]
    pub(super) fn why_metric(&self, number: &Number, near: bool) -> Option<&'static str> {
        let (lo, hi) = (number.lo, number.hi);
        let next = if self.runs_on(hi) { self.word(hi) } else { "" };
        let second = if self.runs_on(hi) && self.runs_on(hi + 1) { self.word(hi + 1) } else { "" };
        let previous = if self.runs_on(lo) { self.before(lo, 1) } else { "" };
        match number.kind {
            Kind::Ordinal | Kind::Year | Kind::Clock => return None,
            Kind::Percent => {
                let slogan = matches!(
                    next,
                    "sure"
                        | "communication"
                        | "committed"
                        | "behind"
                        | "honest"
                        | "certain"
                        | "perspiration"
                        | "inspiration"
                        | "technology"
                        | "people"
                        | "mental"
                        | "focused"
                        | "agree"
                        | "on"
                        | "transparent"
                ) || number.value > 100.0
                    && next != "cover"
                    && matches!(next, "" | "effort")
                    && matches!(previous, "give" | "gave" | "given" | "a");
                return (!slogan).then_some("percent");
            }
            Kind::Money(_) => return Some("money"),
            Kind::Times => {
                let verb = matches!(
                    self.word(lo),
                    "doubled"
                        | "tripled"
                        | "halved"
                        | "quadrupled"
                        | "doubling"
                        | "halving"
                        | "twice"
                        | "tripling"
                        | "trebled"
                        | "twofold"
                        | "threefold"
                        | "tenfold"
                );
                let compared = matches!(
                    next,
                    "as" | "more"
                        | "faster"
                        | "higher"
                        | "too"
                        | "lower"
                        | "longer"
                        | "better"
                        | "cheaper"
                        | "the"
                        | "slower"
                        | "larger"
                        | "bigger"
                        | "fewer"
                );
                let figure = matches!(self.word(hi - 1), "x") || self.word(hi - 1).ends_with('x');
                return (verb || compared && number.value > 1.0 || figure).then_some("factor");
            }
            Kind::Share => return self.share(number, next, second, previous),
            Kind::Count => {}
        }
        if self.is_name(number, previous, next) {
            return None;
        }
        let timed = TIME_UNITS.contains(&next);
        let head = self.head(lo);
        let to_verb = next == "to" && number_at(self.tokens, hi + 1).is_none();
        let bare = (!self.runs_on(hi) || STOPS.contains(&next) && next != "of") && !to_verb;
        let bounded = (head..lo).any(|at| COMPARATORS.contains(&self.word(at)));
        let softened = (head..lo).any(|at| BOUNDS.contains(&self.word(at)));
        let qualified = QUALIFIERS.contains(&second);
        let opens_frame =
            timed && !qualified && matches!(previous, "in" | "over" | "for" | "after" | "within" | "every");
        if self.any_before(lo, 4, &["notice"]) {
            return None;
        }
        if number.value.fract() != 0.0 && (bare || to_verb) && !timed {
            return Some("figure");
        }
        // Changes.
        let paired = self
            .linked(self.tail(hi, number))
            .is_some_and(|second| matches!(second.kind, Kind::Count | Kind::Percent | Kind::Money(_)));
        if paired
            && self.word(head) == "from"
            && (timed
                || self.in_clause_before(head, REACH, CHANGES)
                || number.value.fract() != 0.0
                || number.value >= 1000.0)
        {
            return Some("from-to");
        }
        if paired && bare && (next == "down" || number.value > 12.0 && matches!(next, "to" | "or" | "until")) {
            return Some("from-to");
        }
        let changed = self.in_clause_before(head, 4, CHANGES);
        let to_place = !bare && !timed && number.value < 13.0 && self.word(head) == "to";
        if changed
            && !to_place
            && matches!(self.word(head), "by" | "to" | "from" | "down" | "under" | "below" | "a" | "up")
            && head < lo
            && !matches!(next, "people" | "different")
        {
            return Some("changed");
        }
        if matches!(next, "more" | "fewer" | "less")
            && matches!(
                second,
                "minutes"
                    | "hours"
                    | "days"
                    | "weeks"
                    | "schools"
                    | "admissions"
                    | "calls"
                    | "than"
                    | "orders"
                    | "customers"
                    | "clients"
            )
        {
            return Some("changed");
        }
        if self.word(lo) == "half"
            && next == "a"
            && (QUALIFIERS.contains(&self.word(hi + 2)) || matches!(second, "percent" | "point"))
        {
            return Some("changed");
        }
        // Rates: "ten drops a day", "4 euros a drop", "eleven a week".
        let rated = (hi..hi + 3).any(|at| {
            (at > hi || previous != "at")
                && (hi..=at + 1).all(|i| self.runs_on(i))
                && matches!(self.word(at), "a" | "per" | "every" | "each" | "an")
                && (PERIODS.contains(&self.word(at + 1)) || self.word(at) == "per" || self.word(at + 1) == "drop")
        });
        let own_time = timed && self.any_before(lo, 5, &["i'm", "i've", "freelance", "worked", "i", "years"]);
        let counted_people = (hi..hi + 3).any(|at| matches!(self.word(at), "people" | "times"));
        if rated && !own_time && !counted_people {
            return Some("rate");
        }
        let long = matches!(next, "days" | "weeks" | "weekends" | "months" | "years" | "quarters");
        if opens_frame && (!bounded || previous == "over" && long) {
            return self.costly(head).then_some("cost");
        }
        if timed {
            return self.duration(number, head, bounded, next, second, near);
        }
        if self.in_clause_before(head, 4, &["cost", "costs", "lost", "lose", "loses", "losing", "saved"])
            && number.value > 2.0
        {
            return Some("cost");
        }
        if matches!(
            previous,
            "up" | "down" | "gained" | "added" | "grew" | "rose" | "fell" | "dropped" | "lost" | "won"
        ) && number.value >= 10.0
            && next != "people"
        {
            return Some("changed");
        }
        let scored =
            matches!(self.before(lo, 2), "score" | "rate" | "nps" | "average" | "median" | "target" | "rating")
                && previous == "of";
        let stuck = previous == "at"
            && matches!(
                self.before(lo, 2),
                "sat" | "stuck" | "stood" | "held" | "hovering" | "capped" | "hovered" | "plateaued"
            );
        if (scored || stuck) && bare {
            return Some("stated-figure");
        }
        if (number.value >= 2.0 || number.value == 0.0)
            && (hi..hi + 2).any(|at| {
                self.runs_on(at)
                    && MEASURED.contains(&self.word(at))
                    && (hi..at).all(|i| self.runs_on(i) && !STOPS.contains(&self.word(i)))
            })
        {
            return Some("measured-thing");
        }
        if bounded && (number.value >= 20.0 && !matches!(previous, "over" | "under") || bare && number.value > 2.0) {
            return Some("bound");
        }
        if next == "of" && number.value >= 12.0 && matches!(second, "them" | "those" | "it" | "these" | "our" | "my") {
            return Some("part-of");
        }
        // A count within a time or of a whole: "612 cases in six weeks", "2 thousand clients that year".
        let end = if bare { hi } else { self.tail(hi, number) };
        let framed = self
            .frame_at(end, lo)
            .is_some_and(|frame| !matches!(self.word(frame - 1), "morning" | "afternoon" | "evening" | "night"));
        if number.value > 3.0 && framed && !counted_people && next != "years" {
            return Some("count-in-time");
        }
        if bare {
            return self.bare_figure(number, near, softened);
        }
        if number.value >= 500.0 && self.in_clause_before(lo, 2, &["was", "were", "it's", "had", "that's"]) {
            return Some("stated-count");
        }
        if number.value >= 30.0
            && self.talks_pay(lo)
            && matches!(next, "base" | "plus" | "total" | "all" | "basic" | "gross" | "net" | "ote")
        {
            return Some("pay");
        }
        let gone = |at: usize| {
            matches!(
                self.word(at),
                "walked"
                    | "left"
                    | "quit"
                    | "cancelled"
                    | "canceled"
                    | "signed"
                    | "complained"
                    | "died"
                    | "owed"
                    | "returned"
                    | "churned"
                    | "lapsed"
                    | "reordered"
                    | "switched"
                    | "bounced"
                    | "failed"
            )
        };
        if number.value >= 10.0 && self.runs_on(hi) && self.runs_on(hi + 1) && gone(hi + 1) {
            return Some("count-gone");
        }
        None
    }

    /// A number with nothing after it to count: "it was 58", "the contract said 50", "I'm on one point three".
    fn bare_figure(&self, number: &Number, near: bool, softened: bool) -> Option<&'static str> {
        let lo = number.lo;
        let fractional = number.value.fract() != 0.0;
        if fractional && number.value > 0.0 || number.value >= 1000.0 {
            return Some("figure");
        }
        let of_day_or_age = self.before(lo, 1) == "at"
            && (number.value <= 12.0 || self.any_before(lo, 4, &["i", "was", "feeling"]))
            || matches!(
                self.before(lo, 1),
                "till" | "until" | "of" | "a" | "since" | "by" | "and" | "or" | "he's" | "she's" | "i'm" | "gone"
            );
        if of_day_or_age {
            return None;
        }
        let stated = self.in_clause_before(lo, 3, STATED);
        if near && (stated || softened) && (number.value > 12.0 || number.value == 0.0) {
            return Some("figure-near-figure");
        }
        if near
            && self.tokens.get(number.hi - 1).is_some_and(|token| token.pause_after)
            && self.in_clause_before(lo, 1, &["was", "were", "got", "been"])
            && number.value > 1.0
        {
            return Some("figure-near-figure");
        }
        if number.value >= 30.0 && self.talks_pay(lo) {
            return Some("pay");
        }
        let level = self.in_clause_before(lo, 2, &["was", "were", "scored", "hit", "reached", "score"]);
        let person = self.in_clause_before(lo, 3, &["i", "he", "she", "who", "mother", "father", "aunt"]);
        (level && !person && (number.value > 30.0 || number.value == 0.0)).then_some("stated-figure")
    }

    /// Whether the sentence is about pay, where a bare number is an amount.
    fn talks_pay(&self, at: usize) -> bool {
        let sentence = self.tokens.get(at).map(|token| token.sentence);
        let mut words = self.tokens.iter().filter(|token| Some(token.sentence) == sentence);
        words.any(|token| {
            matches!(
                token.text.as_str(),
                "salary"
                    | "offer"
                    | "base"
                    | "pay"
                    | "paid"
                    | "comp"
                    | "compensation"
                    | "package"
                    | "bonus"
                    | "range"
                    | "bracket"
                    | "earn"
                    | "earning"
            )
        })
    }

    fn share(&self, number: &Number, next: &str, second: &str, previous: &str) -> Option<&'static str> {
        if let Some(out_of) = number.out_of {
            let pair = out_of <= 2.0 && number.value >= 0.5 && matches!(next, "" | "halves");
            return (!pair).then_some("ratio");
        }
        let half = self.word(number.lo) == "half" && number.hi == number.lo + 1;
        if matches!(
            previous,
            "by" | "down" | "up" | "nearly" | "almost" | "than" | "barely" | "about" | "around" | "roughly" | "lost"
        ) && !matches!(next, "the" | "a" | "an" | "past" | "built" | "asleep" | "of" | "way")
        {
            return Some("share");
        }
        let split = previous == "in"
            && self.any_before(
                number.lo,
                5,
                &["cut", "cuts", "went", "dropped", "fell", "chopped", "reduced", "brought"],
            );
        let opens_clause = previous == "and" || self.tokens.get(number.lo).is_some_and(|token| token.pause_before);
        let whole_of_them = opens_clause
            && matches!(next, "were" | "weren't" | "had" | "have" | "didn't" | "never" | "left")
            || half && opens_clause && matches!(next, "said" | "came");
        if split || whole_of_them || half && next == "as" {
            return Some("share");
        }
        if next == "of" {
            return (!matches!(second, "it" | "this" | "that" | "what's" | "me" | "one")).then_some("share");
        }
        if half {
            let whole = matches!(next, "the" | "our" | "my")
                && !matches!(
                    second,
                    "reason"
                        | "size"
                        | "battle"
                        | "time"
                        | "catalogue"
                        | "fun"
                        | "job"
                        | "story"
                        | "problem"
                        | "point"
                        | "answer"
                        | "price"
                        | "world"
                        | "day"
                        | "night"
                        | "way"
                        | "room"
                );
            let degree = next == "a" && matches!(second, "star" | "point" | "percent");
            return (whole || degree).then_some("share");
        }
        matches!(next, "fewer" | "less" | "more" | "lower" | "higher" | "off" | "longer" | "shorter").then_some("share")
    }

    /// A length of time that someone waits, loses or pays, as opposed to one that passes.
    fn duration(
        &self,
        number: &Number,
        head: usize,
        bounded: bool,
        next: &str,
        second: &str,
        near: bool,
    ) -> Option<&'static str> {
        let short = matches!(next, "second" | "seconds" | "minute" | "minutes" | "ms" | "milliseconds");
        let costly = self.costly(head);
        let qualified = QUALIFIERS.contains(&second)
            || matches!(second, "instead" | "without" | "more" | "with")
            || second == "of"
                && matches!(
                    self.word(number.hi + 2),
                    "work"
                        | "runway"
                        | "cash"
                        | "money"
                        | "delay"
                        | "downtime"
                        | "waiting"
                        | "overtime"
                        | "inbox"
                        | "lead"
                );
        let quoted =
            self.any_before(number.lo, 3, &["i'm", "i've", "been", "did", "working", "worked", "years"]) && !short;
        if quoted || matches!(second, "ago" | "later" | "earlier" | "old" | "before") && !short {
            return None;
        }
        let stated = self.in_clause_before(head, 2, &["was", "were", "is", "it's", "that's"])
            && matches!(next, "hours" | "days" | "weeks");
        let passing = self.any_before(
            number.lo,
            4,
            &[
                "gave", "give", "got", "get", "i", "had", "first", "last", "next", "past", "spent", "every", "been",
                "or", "norm", "notice", "notice", "agenda", "used",
            ],
        );
        let after = if self.runs_on(number.hi + 1) { second } else { "" };
        let stands_alone = matches!(next, "hour" | "hours" | "day" | "days" | "week" | "weeks")
            && (after.is_empty()
                || matches!(
                    after,
                    "and" | "because" | "so" | "but" | "for" | "on" | "i" | "before" | "when" | "we" | "it" | "that"
                ))
            && !passing
            && number.value > 1.0;
        if stands_alone {
            return Some("duration");
        }
        if costly || qualified || short || bounded && (near || matches!(next, "hours" | "hour")) || stated {
            return Some("duration");
        }
        None
    }

    fn costly(&self, at: usize) -> bool {
        self.any_before(at, REACH, COSTS)
    }

    /// Whether a bare number is how old someone is: "children under five", "I was 23,", "she turned forty".
    fn is_age(&self, number: &Number, previous: &str, next: &str) -> bool {
        const PEOPLE: [&str; 14] = [
            "children", "child", "kids", "kid", "babies", "adults", "adult", "women", "men", "girls", "boys", "people",
            "patients", "anyone",
        ];
        let bare = next.is_empty() || STOPS.contains(&next) && next != "of";
        let of_a_group = matches!(previous, "under" | "over" | "below" | "above")
            && PEOPLE.contains(&self.before(number.lo, 2))
            && number.value < 100.0;
        let of_a_person = matches!(previous, "was" | "turned" | "am")
            && matches!(self.before(number.lo, 2), "i" | "he" | "she")
            && (2.0..100.0).contains(&number.value);
        bare && number.value.fract() == 0.0 && (of_a_group || of_a_person)
    }

    /// Whether the number names or orders a thing: "week two", "version 3", "one of my managers", "at five".
    fn is_name(&self, number: &Number, previous: &str, next: &str) -> bool {
        const LABELS: [&str; 30] = [
            "version", "page", "week", "phase", "year", "line", "number", "chapter", "level", "stage", "step", "mile",
            "month", "day", "ward", "gate", "room", "floor", "grade", "quarter", "route", "platform", "act", "tier",
            "section", "unit", "bus", "airbus", "covid", "area",
        ];
        let (lo, value) = (number.lo, number.value);
        self.is_age(number, previous, next)
            || LABELS.contains(&previous)
            || matches!(previous, "the" | "these" | "those" | "both" | "all" | "other") && next != "percent"
            || next == "of"
                && value < 12.0
                && matches!(self.word(lo + 2), "us" | "them" | "my" | "our" | "the" | "those" | "these")
            || matches!(next, "tier" | "page" | "year" | "day" | "person" | "man") && previous == "a"
            || value == 1.0 && !TIME_UNITS.contains(&next)
            || matches!(previous, "since" | "aged" | "age")
            || matches!(
                next,
                "things"
                    | "thing"
                    | "reasons"
                    | "ways"
                    | "people"
                    | "persons"
                    | "phases"
                    | "steps"
                    | "times"
                    | "questions"
                    | "parts"
                    | "engineers"
                    | "years"
            ) && !matches!(previous, "by" | "to")
                && !self.any_before(lo, 4, &["lost", "cost"])
    }
}
