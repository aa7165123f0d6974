//! Two takes of a story side by side, and what its earlier takes say about them.
//!
//! - **Moved**: each figure, then and now.
//! - **Came back**: sentences that the cut list cut before and that are said again, with how many takes said them.
//! - **Word for word**: sentences that are the same as last time, and the share of the answer said in the same words (in
//!   runs of six or more). With a pace that has flattened (the sentences' speeds vary much less than before) that is over-rehearsal: it
//!   sounds recited.
//! - **Ledger**: every figure the story gives, take by take. Two figures of one unit, in sentences that say the same, that differ
//!   are a contradiction; an interviewer who hears both believes neither.

use serde::Serialize;

use super::meaning::{Meaning, SETTINGS, in_order, longest_run, plain_words};
use super::take::Take;
use crate::document::Report;
use crate::judge::Verdict;
use crate::measures::descriptor::Measured;
use crate::measures::metrics::Metric;
use crate::measures::{MEASURES, Measure};

/// A take with its report.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Its record.
    pub take: &'a Take,
    /// Its report, as corrected.
    pub report: &'a Report,
}

/// The version of the document's keys.
pub const SCHEMA_VERSION: u32 = 1;

/// Two takes side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of the keys.
    pub schema_version: u32,
    /// The earlier take.
    pub before: i64,
    /// The later take.
    pub after: i64,
    /// Takes of the story that were looked at, these two among them.
    pub takes: Vec<i64>,
    /// Whether other models, judges, word lists or rules measured the two, so that figures may
    /// differ for that alone.
    pub unlike: bool,
    /// What moved.
    pub moved: Vec<Moved>,
    /// Cuts that came back.
    pub returned: Vec<Returned>,
    /// Sentences said word for word as before; numbers from 0 in the later and the earlier take.
    pub verbatim: Vec<Verbatim>,
    /// Share of the later take's words that stand in runs said before, 0 to 1.
    pub same_words_share: f64,
    /// How the speed of the sentences varies; `null` without times.
    pub pace: Option<PaceVariation>,
    /// Every figure of the story.
    pub ledger: Vec<LedgerLine>,
}

/// One measure, then and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Which.
    pub measure: &'static Measure,
    /// Then; `null` for no conclusion.
    pub before: Option<f64>,
    /// Now.
    pub after: Option<f64>,
}

/// A cut sentence that is said again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Returned {
    /// The sentence of the later take, from 0.
    pub sentence: usize,
    /// Its text.
    pub text: String,
    /// The words it shares with the earlier cut.
    pub shared: String,
    /// How many takes of the story said it, this one among them.
    pub times: usize,
}

/// A sentence said as before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verbatim {
    /// In the later take, from 0.
    pub sentence: usize,
    /// In the earlier take, from 0.
    pub was: usize,
    /// Its text in the later take.
    pub text: String,
}

/// Variation of the sentences' speeds: standard deviation over mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PaceVariation {
    /// Then.
    pub before: f64,
    /// Now.
    pub after: f64,
    /// Whether it has flattened.
    pub is_flat: bool,
}

/// One thing that the story puts a number on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LedgerLine {
    /// What it counts: percent, euros, weeks.
    pub unit: String,
    /// What each take says.
    pub entries: Vec<LedgerEntry>,
    /// Whether takes differ.
    pub is_contradicted: bool,
}

/// A figure in a take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LedgerEntry {
    /// The take.
    pub take: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The figure's words.
    pub text: String,
    /// Its main number.
    pub value: Option<f64>,
    /// Where it began.
    pub baseline: Option<f64>,
    /// The sentence around it.
    pub sentence: String,
}

/// Compares `after` with `before`; `story` is every take of the story in time, the two among them.
pub fn compare(before: Told<'_>, after: Told<'_>, story: &[Told<'_>], meaning: &mut Meaning<'_>) -> Comparison {
    let (old, new) = (before.take, after.take);
    Comparison {
        schema_version: SCHEMA_VERSION,
        before: old.id,
        after: new.id,
        takes: story.iter().map(|told| told.take.id).collect(),
        unlike: old.instrument != new.instrument,
        moved: MEASURES
            .iter()
            .filter_map(|measure| {
                let (was, is) = (old.figures.in_weeks(measure), new.figures.in_weeks(measure));
                let number =
                    |measured: Option<Measured>| measured.map(Measured::value).filter(|value| value.is_finite());
                (was.is_some() || is.is_some()).then(|| Moved { measure, before: number(was), after: number(is) })
            })
            .collect(),
        returned: returned(before, after, story),
        verbatim: verbatim(before.report, after.report),
        same_words_share: same_words(before.report, after.report),
        pace: pace(before.report, after.report),
        ledger: ledger(story, meaning),
    }
}

fn cut_sentences(report: &Report) -> Vec<(usize, &str, Vec<String>)> {
    report
        .cuts
        .iter()
        .filter(|cut| cut.verdict == Verdict::Cut)
        .filter_map(|cut| {
            let text = report.transcript.sentences.get(cut.sentence)?.text.as_str();
            Some((cut.sentence, text, plain_words(text)))
        })
        .collect()
}

/// Whether a sentence is the cut sentence again: most of its words, or a run that gives it away.
fn shared(words: &[String], cut: &[String]) -> Option<String> {
    let (at, run) = longest_run(words, cut);
    let shorter = words.len().min(cut.len());
    let is_known = run >= SETTINGS.returned_run_words || (run >= 2 && run == shorter);
    is_known.then(|| words[at..at + run].join(" "))
}

fn returned(before: Told<'_>, after: Told<'_>, story: &[Told<'_>]) -> Vec<Returned> {
    let agreed = cut_sentences(before.report);
    cut_sentences(after.report)
        .into_iter()
        .filter_map(|(sentence, text, words)| {
            let shared_words =
                agreed.iter().filter_map(|(.., cut)| shared(&words, cut)).max_by_key(|run| run.split(' ').count())?;
            let times = story
                .iter()
                .filter(|told| told.take.at_ms <= after.take.at_ms)
                .filter(|told| {
                    let said = told.report.transcript.sentences.iter();
                    told.take.id == after.take.id
                        || said.map(|said| plain_words(&said.text)).any(|said| shared(&words, &said).is_some())
                })
                .count();
            Some(Returned { sentence, text: text.to_owned(), shared: shared_words, times: times.max(2) })
        })
        .collect()
}

fn verbatim(before: &Report, after: &Report) -> Vec<Verbatim> {
    let olds: Vec<Vec<String>> =
        before.transcript.sentences.iter().map(|sentence| plain_words(&sentence.text)).collect();
    after
        .transcript
        .sentences
        .iter()
        .filter_map(|sentence| {
            let words = plain_words(&sentence.text);
            if words.len() < SETTINGS.verbatim_least_words {
                return None;
            }
            let was = olds.iter().position(|old| {
                let longer = words.len().max(old.len()) as f64;
                in_order(&words, old) as f64 / longer >= SETTINGS.verbatim_share
            })?;
            Some(Verbatim { sentence: sentence.index, was, text: sentence.text.clone() })
        })
        .collect()
}

fn same_words(before: &Report, after: &Report) -> f64 {
    let all = |report: &Report| -> Vec<String> {
        report.transcript.sentences.iter().flat_map(|sentence| plain_words(&sentence.text)).collect()
    };
    let (old, new) = (all(before), all(after));
    let n = SETTINGS.run_words;
    let runs: std::collections::HashSet<&[String]> = old.windows(n).collect();
    let mut covered = vec![false; new.len()];
    for (at, run) in new.windows(n).enumerate() {
        if runs.contains(run) {
            covered[at..at + n].fill(true);
        }
    }
    if new.is_empty() { 0.0 } else { covered.iter().filter(|is| **is).count() as f64 / new.len() as f64 }
}

/// Standard deviation over mean of the sentences' words a second.
fn variation(report: &Report) -> Option<f64> {
    let speeds: Vec<f64> = report
        .transcript
        .sentences
        .iter()
        .filter(|sentence| sentence.words.len() >= SETTINGS.verbatim_least_words)
        .filter_map(|sentence| {
            let length = sentence.end_s?.0 - sentence.start_s?.0;
            (length > 0.0).then(|| sentence.words.len() as f64 / length)
        })
        .collect();
    if speeds.len() < 4 {
        return None;
    }
    let mean = speeds.iter().sum::<f64>() / speeds.len() as f64;
    let variance = speeds.iter().map(|speed| (speed - mean).powi(2)).sum::<f64>() / (speeds.len() - 1) as f64;
    Some(variance.sqrt() / mean)
}

fn pace(before: &Report, after: &Report) -> Option<PaceVariation> {
    let (before, after) = (variation(before)?, variation(after)?);
    Some(PaceVariation { before, after, is_flat: after < before * SETTINGS.flat_ratio })
}

/// A figure's unit and value as the ledger compares them: a share is a percentage.
#[must_use]
pub fn comparable(metric: &Metric) -> (String, Option<f64>, Option<f64>) {
    let unit = metric.unit.clone().unwrap_or_default();
    if unit == "share" {
        let percent = |value: Option<f64>| value.map(|value| value * 100.0);
        return ("percent".into(), percent(metric.value), percent(metric.baseline));
    }
    (unit, metric.value, metric.baseline)
}

/// Whether two numbers are the same as people round them: within one part in fifty.
#[must_use]
pub fn is_same_number(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.02 * a.abs().max(b.abs())
}

fn ledger(story: &[Told<'_>], meaning: &mut Meaning<'_>) -> Vec<LedgerLine> {
    let mut lines: Vec<LedgerLine> = Vec::new();
    for told in story {
        let mut taken = Vec::new();
        for metric in &told.report.measures.metrics.items {
            let (unit, value, baseline) = comparable(metric);
            let sentence = metric.sentence.and_then(|index| told.report.transcript.sentences.get(index));
            let entry = LedgerEntry {
                take: told.take.id,
                at_ms: told.take.at_ms,
                text: metric.text.clone(),
                value,
                baseline,
                sentence: sentence.map_or_else(|| metric.text.clone(), |sentence| sentence.text.clone()),
            };
            // The line of the same unit whose sentence is nearest; the same number needs less likeness.
            let mut best: Option<(usize, f32)> = None;
            for (i, line) in lines.iter().enumerate() {
                if line.unit != unit || taken.contains(&i) {
                    continue;
                }
                for other in &line.entries {
                    let same = other.value.zip(value).is_some_and(|(a, b)| is_same_number(a, b));
                    let near = meaning.likeness(&other.sentence, &entry.sentence) + if same { 0.2 } else { 0.0 };
                    if near >= SETTINGS.same && best.is_none_or(|(_, most)| near > most) {
                        best = Some((i, near));
                    }
                }
            }
            if let Some((i, _)) = best {
                lines[i].entries.push(entry);
                taken.push(i);
            } else {
                taken.push(lines.len());
                lines.push(LedgerLine { unit, entries: vec![entry], is_contradicted: false });
            }
        }
    }
    for line in &mut lines {
        let differs = |read: fn(&LedgerEntry) -> Option<f64>| {
            let values: Vec<f64> = line.entries.iter().filter_map(read).collect();
            values.first().is_some_and(|first| values.iter().any(|value| !is_same_number(*first, *value)))
        };
        line.is_contradicted = differs(|entry| entry.value) || differs(|entry| entry.baseline);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        plain_words(text)
    }

    #[test]
    fn a_cut_that_comes_back_is_known_by_its_run_of_words() {
        let cut = words("So, just to give you some context, we were a small team.");
        let again = words("And just to give you some context, it was a spring of cutbacks.");
        assert_eq!(shared(&again, &cut).as_deref(), Some("just to give you some context"));
        assert!(shared(&words("I moved the tax form."), &cut).is_none());
        assert!(shared(&words("Great question."), &words("That's a great question.")).is_some());
    }

    #[test]
    fn rounding_is_no_contradiction() {
        assert!(is_same_number(31.0, 31.4) && is_same_number(1200.0, 1210.0) && is_same_number(0.0, 0.0));
        assert!(!is_same_number(31.0, 35.0));
    }
}
