//! What each verdict would leave of each sentence, and where playing may start and stop.
//!
//! Asks the verdicts' own rules three times a sentence, so that a page can switch a verdict and an
//! export can follow the cut list without rules of their own.

use serde::Serialize;

use crate::document::Report;
use crate::judge::Verdict;
use crate::transcript::{Sentence, Transcript};
use crate::units::Seconds;
use crate::verdicts::cuts::{Marks, drops, saves, time_of};
use crate::verdicts::tighten;

/// Seconds of a pause that stay on each side of a join: together about the breath between two
/// sentences, so that a joined answer neither hurries nor stops.
const BREATH_S: f64 = 0.15;

/// A stretch of the recording, in seconds from its start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stretch {
    /// Where it starts.
    pub start_s: Seconds,
    /// Where it ends; after the start.
    pub end_s: Seconds,
}

/// One verdict on one sentence, followed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// The verdict.
    pub verdict: Verdict,
    /// What is left of the sentence; empty for a cut.
    pub text: String,
    /// Seconds that go.
    pub saves_s: Option<Seconds>,
    /// Words that stay, by index.
    pub kept: Vec<usize>,
}

/// The choices for each sentence in order: keep, trim, cut. Fillers go from whatever stays, so that keeping and trimming
/// are often one; then only the one that is the tool's verdict is offered.
#[must_use]
pub fn choices(report: &Report) -> Vec<Vec<Choice>> {
    let transcript = &report.transcript;
    let marks = Marks::of(&report.measures);
    let choice = |sentence: &Sentence, verdict| {
        let drops = drops(sentence, verdict, &marks);
        let kept = tighten::kept_words(sentence.words, &drops);
        // The cut list counts fillers of kept sentences elsewhere; here the choice says all that goes.
        let saves_s = match verdict {
            Verdict::Keep => sentence.start_s.map(|_| time_of(transcript, sentence.words, &drops)),
            Verdict::Trim | Verdict::Cut => saves(transcript, sentence, verdict, &drops),
        };
        Choice { verdict, text: tighten::text(&transcript.words, sentence.words, &kept), saves_s, kept }
    };
    transcript
        .sentences
        .iter()
        .map(|sentence| {
            let own = report.cuts.get(sentence.index).map(|cut| cut.verdict);
            let [keep, trim, cut] =
                [Verdict::Keep, Verdict::Trim, Verdict::Cut].map(|verdict| choice(sentence, verdict));
            let is_same = keep.kept == trim.kept;
            let offers_keep = own != Some(Verdict::Trim) || !is_same;
            let offers_trim = own == Some(Verdict::Trim) || (!is_same && !trim.kept.is_empty());
            [offers_keep.then_some(keep), offers_trim.then_some(trim), Some(cut)].into_iter().flatten().collect()
        })
        .collect()
}

/// For each word, where playing starts when the word before is left out, and where it stops when the
/// word behind is: half-way to the neighbour, at most a breath from the word. `None` without times.
#[must_use]
pub fn edges(transcript: &Transcript, duration_s: Option<Seconds>) -> Vec<Option<Stretch>> {
    let words = &transcript.words;
    let mut before = 0.0_f64;
    let mut out = Vec::with_capacity(words.len());
    for (i, word) in words.iter().enumerate() {
        let (Some(start), Some(end)) = (word.start_s, word.end_s) else {
            out.push(None);
            continue;
        };
        let next = words.get(i + 1..).unwrap_or_default().iter().find_map(|word| word.start_s);
        let after = next.or(duration_s).map_or(end.0, |next| next.0);
        let from = f64::midpoint(before, start.0).max(start.0 - BREATH_S).min(start.0);
        let to = f64::midpoint(end.0, after).min(end.0 + BREATH_S).max(end.0);
        before = end.0;
        out.push(Some(Stretch { start_s: Seconds(from.max(0.0)), end_s: Seconds(to.max(from)) }));
    }
    out
}

/// The words that stay when the cut list is followed, by index, in order.
#[must_use]
pub fn kept_words(report: &Report) -> Vec<usize> {
    choices(report)
        .into_iter()
        .zip(&report.cuts)
        .filter_map(|(choices, cut)| choices.into_iter().find(|choice| choice.verdict == cut.verdict))
        .flat_map(|choice| choice.kept)
        .collect()
}

/// The stretches that are played when the cut list is followed, in order, none overlapping.
#[must_use]
pub fn kept_stretches(report: &Report) -> Vec<Stretch> {
    let edges = edges(&report.transcript, report.source.duration_s);
    let mut out: Vec<Stretch> = Vec::new();
    let mut last: Option<usize> = None;
    for i in kept_words(report) {
        let Some(edge) = edges.get(i).copied().flatten() else { continue };
        match out.last_mut() {
            Some(stretch) if last.is_some_and(|last| last + 1 == i) => stretch.end_s = edge.end_s.max(stretch.end_s),
            Some(stretch) => {
                let start_s = edge.start_s.max(stretch.end_s);
                out.push(Stretch { start_s, end_s: edge.end_s.max(start_s) });
            }
            None => out.push(edge),
        }
        last = Some(i);
    }
    out.retain(|stretch| stretch.end_s > stretch.start_s);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::WordRange;

    /// A report in which the third word of the first sentence is a filler, and its fourth, where asked for, a hedge.
    fn report(own: Verdict, has_hedge: bool) -> Report {
        let mut report: Report =
            serde_json::from_str(include_str!("../../tests/fixtures/history/report-1.json")).unwrap();
        report.cuts[0].verdict = own;
        let lo = report.transcript.sentences[0].words.lo;
        report.measures.fillers.items.truncate(1);
        report.measures.fillers.items[0].words = WordRange::new(lo + 2, lo + 3);
        report.measures.vague.items.truncate(1);
        report.measures.vague.items[0].words = WordRange::new(lo + 3, lo + 4);
        report.measures.vague.items[0].class =
            if has_hedge { crate::measures::vague::Class::Hedge } else { crate::measures::vague::Class::Jargon };
        report
    }

    fn offered(report: &Report) -> Vec<Verdict> {
        choices(report)[0].iter().map(|choice| choice.verdict).collect()
    }

    #[test]
    fn keeping_and_trimming_are_offered_where_they_differ() {
        assert_eq!(offered(&report(Verdict::Keep, true)), [Verdict::Keep, Verdict::Trim, Verdict::Cut]);
        assert_eq!(offered(&report(Verdict::Keep, false)), [Verdict::Keep, Verdict::Cut]);
        assert_eq!(offered(&report(Verdict::Trim, false)), [Verdict::Trim, Verdict::Cut]);
        assert_eq!(offered(&report(Verdict::Cut, false)), [Verdict::Keep, Verdict::Cut]);
    }

    #[test]
    fn the_tools_own_verdict_is_always_followed() {
        for own in [Verdict::Keep, Verdict::Trim] {
            let report = report(own, false);
            let (words, kept) = (report.transcript.sentences[0].words, kept_words(&report));
            assert_eq!(words.indices().filter(|i| kept.contains(i)).count(), words.len() - 1);
        }
    }
}
