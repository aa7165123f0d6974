//! # Metric mentions
//!
//! A span that measures a problem, an outcome, a target, a guardrail or a cost with a number, and what it measures:
//! "from 59 percent to 82 percent in six weeks", "one in five of them", "doubled". Each is a `delta` (a change),
//! a `level` (a value) or a `target` (a goal or guardrail not reached yet).
//!
//! **Unit.** Mentions; seconds from the first speech to the first mention.
//!
//! **Why it matters.** Evidence, not enthusiasm: a listener can check a number, compare it, and remember it.
//!
//! **Undefined when.** `first_s` is absent without a metric or without times. `value`, `unit`, `baseline`, `result`
//! and `timeframe` are absent where the words do not give them.
//!
//! **Limits.** Whether a bare number measures or merely counts is decided by the words around it; a count of people or things
//! without a rate, a share, a change or a cost is taken as a count and left out. Salary figures
//! without a currency are seen only next to another figure.
//!
//! **Source.** RUBRIC.md section 5.

#![allow(clippy::float_cmp, reason = "whole numbers are exact in f64")]

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::metric_words::{
    BOUNDS, CHANGES, COMPARATORS, COSTS, INSERTS, MEASURED, PERIODS, QUALIFIERS, STATED, STOPS, TARGETS,
};
use super::numbers::{Kind, Number, TIME_UNITS, number_at, numbers};
use crate::lexicon::{Lexicon, Token, tokens, tokens_of, words_of};
use crate::span::WordRange;
use crate::transcript::Transcript;
use crate::units::Seconds;

/// The class of a metric mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A change: baseline to result, "by N", "doubled".
    Delta,
    /// A value.
    Level,
    /// A goal or guardrail not reached yet.
    Target,
}

/// What a mention leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// From what?
    Baseline,
    /// In what time?
    Timeframe,
}

/// One metric mention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metric {
    /// Its class.
    pub class: Class,
    /// The words, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// The main number: the result of a change, the value of a level. Percent as percent, a share as a part of 1.
    pub value: Option<f64>,
    /// What the value counts: "percent", "euros", "weeks", "share", "times", or the noun that follows.
    pub unit: Option<String>,
    /// Where a change began.
    pub baseline: Option<f64>,
    /// Where a change ended.
    pub result: Option<f64>,
    /// The time it took or refers to, in the speaker's words.
    pub timeframe: Option<String>,
    /// What a change or a target leaves open; always empty for a level, which is complete in itself.
    pub missing: Vec<Missing>,
}

/// A named metric that changed by no stated amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Unquantified {
    /// The words, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// "By how much, from what?"
    pub question: String,
}

/// The metrics of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metrics {
    /// How many mentions.
    pub count: usize,
    /// Seconds from the first speech to the first mention.
    pub first_s: Option<Seconds>,
    /// Every mention, in order.
    pub items: Vec<Metric>,
    /// Metrics named without a number.
    pub unquantified: Vec<Unquantified>,
}

/// The metric mentions that rules find, in order and without overlap.
#[must_use]
pub fn find(transcript: &Transcript, _lexicon: &Lexicon) -> Vec<Finding<Class>> {
    let tokens = tokens(transcript);
    let text = Text { tokens: &tokens };
    let all = numbers(&tokens);
    let mut spans: Vec<(usize, usize, &'static str)> = Vec::new();
    for number in &all {
        if spans.last().is_some_and(|last| number.lo < last.1) {
            continue;
        }
        let near = spans.last().is_some_and(|last| text.close_to(last.0, number.lo));
        if let Some(rule) = text.why_metric(number, near) {
            let (lo, hi) = text.extent(number);
            let lo = spans.last().map_or(lo, |last| lo.max(last.1));
            spans.push((lo, hi, rule));
        }
    }
    spans
        .into_iter()
        .filter(|(lo, hi, _)| lo < hi)
        .map(|(lo, hi, rule)| Finding::new(words_of(&tokens, lo, hi), text.class(lo, hi), rule))
        .fold(Vec::new(), |mut found: Vec<Finding<Class>>, finding| {
            if found.last().is_none_or(|last| last.words.hi <= finding.words.lo) {
                found.push(finding);
            }
            found
        })
}

/// Read value, unit, baseline, result and time frame out of any span, a rule's or a model's.
#[must_use]
pub fn read(transcript: &Transcript, words: WordRange) -> Metric {
    let words = WordRange::new(words.lo.min(transcript.words.len()), words.hi.min(transcript.words.len()));
    let tokens = tokens(transcript);
    let (lo, hi) = tokens_of(&tokens, words);
    let text = Text { tokens: &tokens };
    let class = text.class(lo, hi);
    let frame = text.timeframe(lo, hi);
    let in_frame = |at: usize| frame.is_some_and(|(from, to)| (from..to).contains(&at));
    let inside: Vec<Number> = numbers(&tokens[lo..hi])
        .into_iter()
        .map(|number| Number { lo: number.lo + lo, hi: number.hi + lo, ..number })
        .filter(|number| !matches!(number.kind, Kind::Ordinal | Kind::Year | Kind::Clock))
        .collect();
    let mut figures: Vec<&Number> = inside.iter().filter(|number| !in_frame(number.lo)).collect();
    // "three weeks" alone is the value, not the time it took.
    let frame = if figures.is_empty() { None } else { frame };
    if figures.is_empty() {
        figures = inside.iter().collect();
    }
    let said = |at: usize| text.word(at);
    let (first, second) = (figures.first(), figures.get(1));
    let from_to = second.is_some_and(|second| {
        (first.map_or(lo, |first| first.hi)..second.lo).any(|at| matches!(said(at), "to" | "until" | "down" | "before"))
            || first.is_some_and(|first| first.lo > lo && said(first.lo - 1) == "from")
    });
    let instead = second
        .filter(|second| (lo..second.lo).any(|at| matches!(said(at), "instead" | "against" | "versus" | "rather")));
    let (value, baseline, result) = match (first, second, instead) {
        (Some(result), Some(before), Some(_)) => (Some(result.value), Some(before.value), Some(result.value)),
        (Some(before), Some(after), None) if class != Class::Level && from_to => {
            (Some(after.value), Some(before.value), Some(after.value))
        }
        (Some(only), _, _) => {
            let reached = class == Class::Delta && lo < only.lo + 1 && (lo..only.lo).any(|at| said(at) == "to");
            (Some(only.value), None, reached.then_some(only.value))
        }
        _ => (None, None, None),
    };
    let class = if baseline.is_some() && class == Class::Level { Class::Delta } else { class };
    let timeframe = frame.map(|(from, to)| {
        transcript.text(words_of(&tokens, from, to)).trim_end_matches([',', '.', ';', '?', '!']).to_owned()
    });
    let mut missing = Vec::new();
    let relative = first.is_some_and(|first| first.kind == Kind::Times);
    if class != Class::Level && baseline.is_none() && !(relative && class == Class::Delta && second.is_some()) {
        missing.push(Missing::Baseline);
    }
    if class != Class::Level && timeframe.is_none() {
        missing.push(Missing::Timeframe);
    }
    Metric {
        class,
        text: transcript.text(words).trim_end_matches([',', '.', ';', '?', '!']).to_owned(),
        words,
        sentence: transcript.sentence_of(words.lo),
        value,
        unit: figures.iter().rev().find_map(|number| text.unit(number, hi)),
        baseline,
        result,
        timeframe,
        missing,
    }
}

/// Read and count the metrics found, and list those named without a number.
#[must_use]
pub fn summarise(spans: &[Finding<Class>], transcript: &Transcript, lexicon: &Lexicon) -> Metrics {
    let mut items: Vec<Metric> = spans
        .iter()
        .filter(|span| !span.words.is_empty() && span.words.hi <= transcript.words.len())
        .map(|span| read(transcript, span.words))
        .collect();
    items.sort_by_key(|item| item.words);
    let tokens = tokens(transcript);
    let measured = |words: WordRange| {
        let sentence = transcript.sentence_of(words.lo);
        items.iter().any(|item| item.sentence == sentence && sentence.is_some() || item.words.overlaps(words))
    };
    let unquantified = lexicon
        .matches(&tokens, |class| class == "unquantified")
        .into_iter()
        .map(|hit| (words_of(&tokens, hit.lo, hit.hi), &lexicon.rules()[hit.rule]))
        .filter(|(words, _)| !measured(*words))
        .map(|(words, rule)| Unquantified {
            text: transcript.text(words).trim_end_matches([',', '.', ';', '?', '!']).to_owned(),
            words,
            sentence: transcript.sentence_of(words.lo),
            question: rule.question.clone(),
        })
        .collect();
    let first = items.first().and_then(|item| transcript.words.get(item.words.lo)?.start_s);
    let first_s = first.zip(transcript.first_speech()).map(|(start, speech)| start - speech);
    Metrics { count: items.len(), first_s, items, unquantified }
}

struct Text<'a> {
    tokens: &'a [Token],
}

/// How many tokens before a number can say what it is.
const REACH: usize = 6;

impl Text<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn runs_on(&self, at: usize) -> bool {
        at > 0
            && self
                .tokens
                .get(at)
                .is_some_and(|token| token.sentence == self.tokens[at - 1].sentence && !self.tokens[at - 1].pause_after)
    }

    fn same_sentence(&self, one: usize, other: usize) -> bool {
        matches!((self.tokens.get(one), self.tokens.get(other)), (Some(one), Some(other)) if one.sentence == other.sentence)
    }

    /// Whether a number stands in the sentence of an earlier mention or in the next.
    fn close_to(&self, earlier: usize, at: usize) -> bool {
        match (self.tokens.get(earlier), self.tokens.get(at)) {
            (Some(earlier), Some(here)) => here.sentence.checked_sub(earlier.sentence).is_some_and(|apart| apart <= 1),
            _ => false,
        }
    }

    /// The word `back` places before `at`, in the same sentence.
    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).filter(|&there| self.same_sentence(there, at)).map_or("", |there| self.word(there))
    }

    fn any_before(&self, at: usize, reach: usize, list: &[&str]) -> bool {
        (1..=reach).any(|back| list.contains(&self.before(at, back)))
    }

    /// As `any_before`, but a pause ends the search unless only fillers stand behind it.
    fn in_clause_before(&self, at: usize, reach: usize, list: &[&str]) -> bool {
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

    /// The first token of the words that soften or bound a number: "about", "more than", "from".
    fn head(&self, number_lo: usize) -> usize {
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
    fn extent(&self, number: &Number) -> (usize, usize) {
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
    fn linked(&self, hi: usize) -> Option<Number> {
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
    fn tail(&self, hi: usize, number: &Number) -> usize {
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
    fn frame_at(&self, at: usize, lo: usize) -> Option<usize> {
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
    fn timeframe(&self, lo: usize, hi: usize) -> Option<(usize, usize)> {
        (lo + 1..hi).find_map(|at| self.frame_at(at, lo).map(|end| (at, end.min(hi))))
    }

    /// What a number counts, looking no further than `hi`.
    fn unit(&self, number: &Number, hi: usize) -> Option<String> {
        match number.kind {
            Kind::Percent => Some("percent".to_owned()),
            Kind::Money(name) => Some(name.to_owned()),
            Kind::Share => Some("share".to_owned()),
            Kind::Times => Some("times".to_owned()),
            Kind::Count => {
                let mut at = number.hi;
                while at < hi && matches!(self.word(at), "more" | "fewer" | "extra" | "less" | "bad" | "key" | "a") {
                    at += 1;
                }
                let word = self.word(at);
                (at < hi && self.runs_on(at) && !STOPS.contains(&word) && number_at(self.tokens, at).is_none())
                    .then(|| word.to_owned())
            }
            Kind::Ordinal | Kind::Year | Kind::Clock => None,
        }
    }

    /// Change, value or goal.
    fn class(&self, lo: usize, hi: usize) -> Class {
        let inside = |list: &[&str]| (lo..hi).any(|at| list.contains(&self.word(at)));
        if self.any_before(lo, REACH, TARGETS) || self.any_before(lo, 2, &["until", "unless", "limit"]) {
            return Class::Target;
        }
        let numbers_inside = (lo..hi).filter(|&at| number_at(self.tokens, at).is_some()).count();
        let from_to = self.word(lo) == "from" && numbers_inside >= 2;
        let comparison = inside(&["instead", "against", "versus"]) && numbers_inside >= 2;
        let factor = inside(&[
            "doubled",
            "tripled",
            "halved",
            "quadrupled",
            "x",
            "faster",
            "slower",
            "fewer",
            "longer",
            "shorter",
            "lower",
            "higher",
        ]);
        let moved = self.in_clause_before(lo, REACH, CHANGES) || inside(CHANGES);
        if from_to || comparison || factor || self.word(lo) == "by" || moved { Class::Delta } else { Class::Level }
    }

    /// The rule by which a number measures something, if one does. `near` says that a mention stands close by.
    #[allow(clippy::too_many_lines, reason = "one decision list, read from the top; cut in pieces its order is lost")]
    fn why_metric(&self, number: &Number, near: bool) -> Option<&'static str> {
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
        // Rates: "ten drops a day", "4 euros a drop".
        let rated = (hi + 1..hi + 3).any(|at| {
            (hi..=at + 1).all(|i| self.runs_on(i))
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
        if matches!(previous, "by" | "down" | "up" | "nearly" | "almost" | "than" | "barely")
            && !matches!(next, "the" | "a" | "an" | "past" | "built" | "asleep")
        {
            return Some("share");
        }
        let split = previous == "in"
            && self.any_before(
                number.lo,
                5,
                &["cut", "cuts", "went", "dropped", "fell", "chopped", "reduced", "brought"],
            );
        let whole_of_them = half
            && self.tokens.get(number.lo).is_some_and(|token| token.pause_before)
            && matches!(next, "were" | "had" | "have" | "said" | "didn't" | "never" | "left" | "came");
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

    /// Whether the number names or orders a thing: "week two", "version 3", "one of my managers", "at five".
    fn is_name(&self, number: &Number, previous: &str, next: &str) -> bool {
        const LABELS: [&str; 30] = [
            "version", "page", "week", "phase", "year", "line", "number", "chapter", "level", "stage", "step", "mile",
            "month", "day", "ward", "gate", "room", "floor", "grade", "quarter", "route", "platform", "act", "tier",
            "section", "unit", "bus", "airbus", "covid", "area",
        ];
        let (lo, value) = (number.lo, number.value);
        LABELS.contains(&previous)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;
    use proptest::prelude::*;

    /// One lexicon for all tests: loading it for each would be most of the run.
    fn lexicon() -> &'static Lexicon {
        static ENGLISH: std::sync::LazyLock<Lexicon> = std::sync::LazyLock::new(|| Lexicon::english().unwrap());
        &ENGLISH
    }

    fn metrics(text: &str) -> Vec<Metric> {
        let (transcript, lexicon) = (plain_transcript(text), lexicon());
        summarise(&find(&transcript, lexicon), &transcript, lexicon).items
    }

    fn texts(text: &str) -> Vec<String> {
        metrics(text).into_iter().map(|metric| metric.text).collect()
    }

    #[test]
    fn reads_a_change_from_baseline_to_result() {
        let found = metrics("Onboarding completion went from 59 percent to 82 percent in six weeks.");
        assert_eq!(found.len(), 1);
        let metric = &found[0];
        assert_eq!(metric.text, "from 59 percent to 82 percent in six weeks");
        assert_eq!((metric.class, metric.baseline, metric.result), (Class::Delta, Some(59.0), Some(82.0)));
        assert_eq!((metric.unit.as_deref(), metric.timeframe.as_deref()), (Some("percent"), Some("in six weeks")));
        assert_eq!(metric.missing, []);
    }

    #[test]
    fn reads_numbers_in_words() {
        assert_eq!(texts("I lost forty one percent of them"), ["forty one percent of them"]);
        assert_eq!(texts("it cost us seven months of runway"), ["seven months of runway"]);
        assert_eq!(metrics("that's two point three million dollars")[0].value, Some(2.3e6));
    }

    #[test]
    fn a_change_without_a_start_says_what_is_missing() {
        let found = metrics("it cut refunds by half");
        assert_eq!(found[0].missing, [Missing::Baseline, Missing::Timeframe]);
        assert_eq!(found[0].class, Class::Delta);
    }

    #[test]
    fn a_goal_is_a_target() {
        assert_eq!(metrics("I want it under 60 percent by Christmas")[0].class, Class::Target);
    }

    #[test]
    fn does_not_flag_counts_years_ages_and_versions() {
        for text in [
            "I did two things",
            "there were three reasons",
            "one of my managers",
            "in 2021 I left",
            "in nineteen seventy four",
            "she is seventy one",
            "I worked there for nine years",
            "version 3 of the export",
            "the first two were broken",
            "a team of six",
            "it starts at half past seven",
            "we climbed at four in the morning",
            "phase two is rollout",
        ] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn lists_a_named_metric_without_a_number_apart() {
        let (transcript, lexicon) =
            (plain_transcript("Conversion rate improved.\nSales went up by 12 percent."), lexicon());
        let metrics = summarise(&find(&transcript, lexicon), &transcript, lexicon);
        assert_eq!(metrics.unquantified.len(), 1);
        assert_eq!(metrics.unquantified[0].question, "By how much, from what?");
        assert_eq!(metrics.count, 1);
    }

    #[test]
    fn the_first_metric_is_timed_from_the_first_speech() {
        let mut transcript = plain_transcript("we lost 41% of them");
        for (nth, word) in transcript.words.iter_mut().enumerate() {
            word.start_s = Some(Seconds(f64::from(u32::try_from(nth).unwrap()) + 2.0));
        }
        let lexicon = lexicon();
        assert_eq!(summarise(&find(&transcript, lexicon), &transcript, lexicon).first_s, Some(Seconds(2.0)));
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_in_range(text in "(\\PC|\n|[0-9]|from |to |half |of |in |one |percent |weeks |a ){0,80}") {
            let (transcript, lexicon) = (plain_transcript(&text), lexicon());
            let found = find(&transcript, lexicon);
            for pair in found.windows(2) {
                prop_assert!(pair[0].words.hi <= pair[1].words.lo);
            }
            let count = transcript.words.len();
            for lo in 0..count {
                let _ = read(&transcript, WordRange::new(lo, (lo + 5).min(count + 2)));
            }
            prop_assert_eq!(summarise(&found, &transcript, lexicon).count, found.len());
        }
    }
}
