//! What a mention says: value, unit, baseline, result, time frame, and what it leaves open.

use super::text::{REACH, Text};
use super::words::{LISTS, is_stop};
use super::{Class, Metric, Missing};
use crate::english::Words;
use crate::lexicon::Tokens;
use crate::measures::numbers::{Kind, Number, number_at, numbers};
use crate::span::WordRange;
use crate::transcript::Transcript;

/// Read value, unit, baseline, result and time frame out of any span, a rule's or a model's.
#[must_use]
pub fn read(tokens: &Tokens, transcript: &Transcript, words: WordRange) -> Metric {
    let words = WordRange::new(words.lo.min(transcript.words.len()), words.hi.min(transcript.words.len()));
    let (lo, hi) = tokens.under(words);
    let text = Text(tokens);
    let class = text.class(lo, hi);
    let frame = text.timeframe(lo, hi);
    let in_frame = |at: usize| frame.is_some_and(|(from, to)| (from..to).contains(&at));
    let inside: Vec<Number> = numbers(&tokens.part(lo, hi))
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
        (first.map_or(lo, |first| first.hi)..second.lo).any(|at| LISTS.from_to.has(said(at)))
            || first.is_some_and(|first| first.lo > lo && said(first.lo - 1) == "from")
    });
    let instead = second.filter(|second| (lo..second.lo).any(|at| LISTS.instead.has(said(at))));
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
        transcript.text(tokens.words(from, to)).trim_end_matches([',', '.', ';', '?', '!']).to_owned()
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
impl Text<'_> {
    /// What a number counts, looking no further than `hi`.
    fn unit(&self, number: &Number, hi: usize) -> Option<String> {
        match number.kind {
            Kind::Percent => Some("percent".to_owned()),
            Kind::Money(name) => Some(name.to_owned()),
            Kind::Share => Some("share".to_owned()),
            Kind::Times => Some("times".to_owned()),
            Kind::Count => {
                let mut at = number.hi;
                while at < hi && LISTS.unit_adjectives.has(self.word(at)) {
                    at += 1;
                }
                let word = self.word(at);
                (at < hi && self.runs_on(at) && !is_stop(word) && number_at(self, at).is_none())
                    .then(|| word.to_owned())
            }
            Kind::Ordinal | Kind::Year | Kind::Clock => None,
        }
    }

    /// Change, value or goal.
    pub(super) fn class(&self, lo: usize, hi: usize) -> Class {
        let inside = |list: &Words| (lo..hi).any(|at| list.has(self.word(at)));
        if self.any_before(lo, REACH, &LISTS.targets) || self.any_before(lo, 2, &LISTS.targets_close) {
            return Class::Target;
        }
        let numbers_inside = (lo..hi).filter(|&at| number_at(self, at).is_some()).count();
        let from_to = self.word(lo) == "from" && numbers_inside >= 2;
        let comparison = inside(&LISTS.comparison) && numbers_inside >= 2;
        let factor = inside(&LISTS.factors);
        let moved = self.in_clause_before(lo, REACH, &LISTS.changes) || inside(&LISTS.changes);
        if from_to || comparison || factor || self.word(lo) == "by" || moved { Class::Delta } else { Class::Level }
    }
}
