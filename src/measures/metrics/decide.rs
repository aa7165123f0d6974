//! Whether a number measures something or merely counts, dates or names it: the rules of `metric_rules.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::text::{REACH, Text};
use super::words::{LISTS, is_stop};
use crate::builtin::builtin;
use crate::english::Words;
use crate::measures::numbers::{Kind, Number, is_time_unit, number_at};

/// The decision list, read from the top.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rule: Vec<Rule>,
}

/// One rule; several may bear one name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) id: String,
    #[serde(default = "yes")]
    pub(super) measures: bool,
    #[serde(default)]
    when: Condition,
    #[serde(default)]
    any: Vec<Condition>,
    #[serde(default)]
    unless: Vec<Condition>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples, which the tests run"))]
    flag: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// What must hold of a number; all that is given.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Condition {
    is: Vec<Fact>,
    not: Vec<Fact>,
    above: Option<f64>,
    least: Option<f64>,
    most: Option<f64>,
    below: Option<f64>,
    at: BTreeMap<Place, Words>,
    not_at: BTreeMap<Place, Words>,
    before: Option<Within>,
    not_before: Option<Within>,
    clause: Option<Within>,
    not_clause: Option<Within>,
    head_clause: Option<Within>,
}

/// A place beside a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    First,
    Next,
    Second,
    Third,
    Previous,
    WordBefore,
    TwoBefore,
    Head,
}

/// One of some words, so many tokens back at most.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Within {
    reach: usize,
    words: Words,
}

/// What may be true of a number.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fact {
    /// An ordinal, a year, a time of day.
    OrdinalOrTime,
    Percent,
    Money,
    Factor,
    Share,
    /// A share said as two numbers: "one in five".
    Ratio,
    /// A ratio of a pair.
    OfTwo,
    /// The word "half" alone.
    Half,
    /// "3x".
    WrittenX,
    /// A clause begins with it.
    OpensClause,
    Fractional,
    /// No word after it could be what it counts.
    NothingCounted,
    /// The same, and no verb begins there either ("one to watch").
    Bare,
    /// A unit of time follows.
    Timed,
    /// A metric stands close by.
    Near,
    /// Words that soften or bound it stand before it.
    Led,
    /// It is the first of two numbers: "59 to 82".
    Paired,
    /// A limit stands before it: "under", "at least".
    Bounded,
    /// "About", "only".
    Softened,
    /// A word of change stands right before it.
    Changes,
    /// The same, further away.
    ChangesFar,
    /// Somebody waits, loses or pays.
    Costly,
    /// The word after its unit belongs to the measure: "weeks late".
    Qualified,
    /// "Ten a week".
    Rated,
    CountsPeople,
    /// It counts what is counted because its number is the outcome: complaints, errors.
    MeasuredThing,
    /// A time frame follows.
    Framed,
    /// A pause follows.
    Closes,
    /// Its sentence is about pay.
    AboutPay,
}

static RULES: LazyLock<Rules> = builtin!("../../lexicon/en/metric_rules.toml");

/// Whether a rule of this name finds metrics.
#[must_use]
pub fn has_rule(id: &str) -> bool {
    RULES.rule.iter().any(|rule| rule.measures && rule.id == id)
}

impl Text<'_> {
    /// The first rule that holds for a number, if one does. `near` says that a mention stands close by.
    pub(super) fn decide(&self, number: &Number, near: bool) -> Option<&'static Rule> {
        let beside = Beside { text: self, number, near, head: self.head(number.lo) };
        RULES.rule.iter().find(|rule| {
            beside.meets(&rule.when)
                && (rule.any.is_empty() || rule.any.iter().any(|condition| beside.meets(condition)))
                && !rule.unless.iter().any(|condition| beside.meets(condition))
        })
    }
}

/// A number and what stands beside it.
struct Beside<'a> {
    text: &'a Text<'a>,
    number: &'a Number,
    near: bool,
    head: usize,
}

impl Beside<'_> {
    fn meets(&self, condition: &Condition) -> bool {
        let Number { lo, value, .. } = *self.number;
        let before = |within: &Within| self.text.any_before(lo, within.reach, &within.words);
        let clause = |within: &Within| self.text.in_clause_before(lo, within.reach, &within.words);
        let head_clause = |within: &Within| self.text.in_clause_before(self.head, within.reach, &within.words);
        condition.above.is_none_or(|bound| value > bound)
            && condition.least.is_none_or(|bound| value >= bound)
            && condition.most.is_none_or(|bound| value <= bound)
            && condition.below.is_none_or(|bound| value < bound)
            && condition.at.iter().all(|(place, words)| words.has(self.word(*place)))
            && !condition.not_at.iter().any(|(place, words)| words.has(self.word(*place)))
            && condition.is.iter().all(|fact| self.is(*fact))
            && !condition.not.iter().any(|fact| self.is(*fact))
            && condition.before.as_ref().is_none_or(before)
            && !condition.not_before.as_ref().is_some_and(before)
            && condition.clause.as_ref().is_none_or(clause)
            && !condition.not_clause.as_ref().is_some_and(clause)
            && condition.head_clause.as_ref().is_none_or(head_clause)
    }

    fn word(&self, place: Place) -> &str {
        let (text, Number { lo, hi, .. }) = (self.text, *self.number);
        let after = |nth: usize| if (hi..=hi + nth).all(|at| text.runs_on(at)) { text.word(hi + nth) } else { "" };
        match place {
            Place::First => text.word(lo),
            Place::Next => after(0),
            Place::Second => after(1),
            Place::Third => after(2),
            Place::Previous => {
                if text.runs_on(lo) {
                    text.before(lo, 1)
                } else {
                    ""
                }
            }
            Place::WordBefore => text.before(lo, 1),
            Place::TwoBefore => text.before(lo, 2),
            Place::Head => text.word(self.head),
        }
    }

    #[allow(clippy::float_cmp, reason = "whole numbers are exact in f64")]
    fn is(&self, fact: Fact) -> bool {
        let (text, Number { lo, hi, value, kind, out_of }) = (self.text, *self.number);
        let mut led_by = (self.head..lo).map(|at| text.word(at));
        match fact {
            Fact::OrdinalOrTime => matches!(kind, Kind::Ordinal | Kind::Year | Kind::Clock),
            Fact::Percent => kind == Kind::Percent,
            Fact::Money => matches!(kind, Kind::Money(_)),
            Fact::Factor => kind == Kind::Times,
            Fact::Share => kind == Kind::Share,
            Fact::Ratio => out_of.is_some(),
            Fact::OfTwo => out_of.is_some_and(|whole| whole <= 2.0),
            Fact::Half => text.word(lo) == "half" && hi == lo + 1,
            Fact::WrittenX => text.word(hi - 1).ends_with('x'),
            Fact::OpensClause => {
                self.word(Place::Previous) == "and" || text.get(lo).is_some_and(|token| token.pause_before)
            }
            Fact::Fractional => value.fract() != 0.0,
            Fact::NothingCounted => !text.runs_on(hi) || is_stop(text.word(hi)) && text.word(hi) != "of",
            Fact::Bare => {
                let to_verb = self.word(Place::Next) == "to" && number_at(text, hi + 1).is_none();
                self.is(Fact::NothingCounted) && !to_verb
            }
            Fact::Timed => is_time_unit(self.word(Place::Next)),
            Fact::Near => self.near,
            Fact::Led => self.head < lo,
            Fact::Paired => text
                .linked(text.tail(hi, self.number))
                .is_some_and(|second| matches!(second.kind, Kind::Count | Kind::Percent | Kind::Money(_))),
            Fact::Bounded => led_by.any(|word| LISTS.comparators.has(word)),
            Fact::Softened => led_by.any(|word| LISTS.bounds.has(word)),
            Fact::Changes => text.in_clause_before(self.head, 4, &LISTS.changes),
            Fact::ChangesFar => text.in_clause_before(self.head, REACH, &LISTS.changes),
            Fact::Costly => text.any_before(self.head, REACH, &LISTS.costs),
            Fact::Qualified => LISTS.qualifiers.has(self.word(Place::Second)),
            Fact::Rated => self.is_rated(),
            Fact::CountsPeople => (hi..hi + 3).any(|at| matches!(text.word(at), "people" | "times")),
            Fact::MeasuredThing => {
                let next = self.word(Place::Next);
                LISTS.measured.has(next) || !is_stop(next) && LISTS.measured.has(self.word(Place::Second))
            }
            Fact::Framed => {
                let end = if self.is(Fact::Bare) { hi } else { text.tail(hi, self.number) };
                text.frame_at(end, lo).is_some_and(|frame| !LISTS.parts_of_day.has(text.word(frame - 1)))
            }
            Fact::Closes => text.get(hi - 1).is_some_and(|token| token.pause_after),
            Fact::AboutPay => {
                let sentence = text.get(lo).map(|token| token.sentence);
                text.iter().any(|token| Some(token.sentence) == sentence && LISTS.pay.has(&token.text))
            }
        }
    }

    /// "Ten drops a day", "4 euros a drop", "eleven a week".
    fn is_rated(&self) -> bool {
        let (text, hi) = (self.text, self.number.hi);
        (hi..hi + 3).any(|at| {
            let (link, period) = (text.word(at), text.word(at + 1));
            (at > hi || self.word(Place::Previous) != "at")
                && (hi..=at + 1).all(|i| text.runs_on(i))
                && LISTS.each.has(link)
                && (link == "per" || period == "drop" || LISTS.periods.has(period))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Tokens;
    use crate::measures::numbers::numbers;

    /// The rules that decide the numbers of a text, by their place in the list, each with its number's words.
    fn deciding(text: &str) -> Vec<(Option<usize>, String)> {
        let tokens = Tokens::of_text(text);
        let text = Text(&tokens);
        let mut near = false;
        let mut out = Vec::new();
        for number in numbers(&tokens) {
            let rule = text.decide(&number, near);
            near |= rule.is_some_and(|rule| rule.measures);
            let place = rule.and_then(|rule| RULES.rule.iter().position(|one| std::ptr::eq(one, rule)));
            let said: Vec<&str> = (number.lo..number.hi).map(|at| tokens.word(at)).collect();
            out.push((place, said.join(" ")));
        }
        out
    }

    #[test]
    fn every_rule_decides_the_numbers_that_its_examples_mark() {
        let mut wrong = Vec::new();
        for (place, rule) in RULES.rule.iter().enumerate() {
            assert!(!rule.flag.is_empty(), "{} (rule {place}) has no example", rule.id);
            for example in &rule.flag {
                let marked: Vec<String> = example
                    .split('{')
                    .skip(1)
                    .map(|part| {
                        let said = part.split('}').next().unwrap_or_default();
                        let tokens = Tokens::of_text(said);
                        let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
                        words.join(" ")
                    })
                    .collect();
                let found = deciding(&example.replace(['{', '}'], ""));
                let own: Vec<String> =
                    found.iter().filter(|(by, _)| *by == Some(place)).map(|(_, said)| said.clone()).collect();
                if marked.is_empty() || own != marked {
                    wrong.push(format!("{} (rule {place}): `{example}` gives {found:?}", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
