//! The sentences on the page: runs of words under the findings that they belong to.

use super::class;
use crate::document::Report;
use crate::edit::choices::{self, Stretch};
use crate::judge::{Reason, Verdict};
use crate::span::WordRange;

/// A word, and whether the verdict leaves it out.
pub(super) struct Said {
    pub index: usize,
    pub text: String,
    pub is_gone: bool,
}

/// Words that belong to the same findings.
pub(super) struct Run {
    /// `f`, `v`, `m` for filler, vague, metric; several, or none.
    pub class: String,
    /// What a pointer is told.
    pub title: String,
    /// What a screen reader is told behind the words.
    pub aloud: &'static str,
    pub words: Vec<Said>,
}

/// A verdict that may be chosen.
pub(super) struct Option_ {
    pub name: &'static str,
    pub label: &'static str,
    pub is_chosen: bool,
}

/// A sentence of the list.
pub(super) struct Sentence {
    pub number: usize,
    pub index: usize,
    pub at: Option<String>,
    pub from: String,
    pub is_conclusion: bool,
    pub verdict: &'static str,
    pub verdict_label: &'static str,
    pub options: Vec<Option_>,
    pub runs: Vec<Run>,
    pub why: String,
}

fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Keep => "Keep",
        Verdict::Trim => "Trim",
        Verdict::Cut => "Cut",
    }
}

/// The sentences, each with its verdict; `edges` says for each word where playing starts and stops around it.
pub(super) fn sentences(report: &Report, edges: &[Option<Stretch>]) -> Vec<Sentence> {
    report
        .transcript
        .sentences
        .iter()
        .zip(&report.cuts)
        .zip(choices::choices(report))
        .map(|((sentence, cut), choices)| {
            let kept: &[usize] =
                choices.iter().find(|choice| choice.verdict == cut.verdict).map_or(&[], |choice| &choice.kept);
            let from = edges.get(sentence.words.lo).copied().flatten();
            Sentence {
                number: sentence.index + 1,
                index: sentence.index,
                at: sentence.start_s.map(crate::units::Seconds::clock),
                from: from.map_or_else(String::new, |edge| format!("{:.3}", edge.start_s.0)),
                is_conclusion: report.measures.time_to_conclusion.sentence == Some(sentence.index),
                verdict: class(cut.verdict),
                verdict_label: label(cut.verdict),
                options: choices
                    .iter()
                    .map(|choice| Option_ {
                        name: class(choice.verdict),
                        label: label(choice.verdict),
                        is_chosen: choice.verdict == cut.verdict,
                    })
                    .collect(),
                runs: runs(report, sentence.words, |i| cut.verdict != Verdict::Cut && !kept.contains(&i)),
                why: why(report, sentence.index),
            }
        })
        .collect()
}

fn why(report: &Report, index: usize) -> String {
    let Some(cut) = report.cuts.get(index) else { return String::new() };
    let name = capitalised(&cut.reason.words());
    match (cut.verdict, cut.saves_s) {
        // The flag above the sentence says it already.
        (Verdict::Keep, _) if cut.reason == Reason::Conclusion => String::new(),
        // What stays needs no defence.
        (Verdict::Keep, _) => format!("{name}."),
        (_, None) => format!("{name}: {}", cut.why),
        (_, Some(seconds)) => format!("{name}: {} Saves {seconds}.", cut.why),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Splits a sentence where its findings begin and end.
fn runs(report: &Report, words: WordRange, is_gone: impl Fn(usize) -> bool) -> Vec<Run> {
    let measures = &report.measures;
    let mut out: Vec<Run> = Vec::new();
    let mut last = None;
    for index in words.indices() {
        let Some(word) = report.transcript.words.get(index) else { continue };
        let filler = measures.fillers.items.iter().find(|item| item.words.contains(index));
        let vague = measures.vague.items.iter().find(|item| item.words.contains(index));
        let metric = measures.metrics.items.iter().find(|item| item.words.contains(index));
        let key = (filler.map(|x| x.words), vague.map(|x| x.words), metric.map(|x| x.words));
        if last != Some(key) {
            last = Some(key);
            let parts = [
                filler.map(|_| ("f", "filler".to_owned())),
                vague.map(|item| ("v", format!("vague: {}", item.question))),
                metric.map(|_| ("m", "metric".to_owned())),
            ];
            out.push(Run {
                class: parts.iter().flatten().map(|part| part.0).collect::<Vec<_>>().join(" "),
                title: parts.iter().flatten().map(|part| part.1.as_str()).collect::<Vec<_>>().join("; "),
                aloud: match (filler, vague, metric) {
                    (Some(_), ..) => "filler",
                    (None, Some(_), _) => "vague",
                    (None, None, Some(_)) => "metric",
                    (None, None, None) => "",
                },
                words: Vec::new(),
            });
        }
        if let Some(run) = out.last_mut() {
            run.words.push(Said { index, text: word.text.clone(), is_gone: is_gone(index) });
        }
    }
    out
}

/// The tightened answer, a paragraph a sentence.
pub(super) fn tightened(report: &Report) -> Vec<String> {
    choices::choices(report)
        .into_iter()
        .zip(&report.cuts)
        .filter_map(|(choices, cut)| choices.into_iter().find(|choice| choice.verdict == cut.verdict))
        .map(|choice| choice.text)
        .filter(|text| !text.is_empty())
        .collect()
}
