//! Labels for Audacity: a line a label, `start<TAB>end<TAB>text`, times in seconds.

use crate::document::Report;
use crate::span::WordRange;

/// Every timed sentence with its verdict, every finding with its class, and the conclusion, in the order of their times. They
/// overlap, which a label track allows; their first word tells the kinds apart.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut labels: Vec<(f64, f64, String)> = Vec::new();
    for cut in &report.cuts {
        let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { continue };
        let (Some(start), Some(end)) = (sentence.start_s, sentence.end_s) else { continue };
        let number = cut.sentence + 1;
        if report.measures.time_to_conclusion.sentence == Some(cut.sentence) {
            labels.push((start.0, start.0, format!("CONCLUSION: sentence {number}")));
        }
        labels.push((start.0, end.0, format!("{} {number}: {}", cut.verdict.name(), sentence.text)));
    }
    let measures = &report.measures;
    let fillers = measures.fillers.items.iter().map(|item| ("filler", item.words, &item.text));
    let vague = measures.vague.items.iter().map(|item| ("vague", item.words, &item.text));
    let metrics = measures.metrics.items.iter().map(|item| ("metric", item.words, &item.text));
    for (what, words, text) in fillers.chain(vague).chain(metrics) {
        if let Some((start, end)) = times(report, words) {
            labels.push((start, end, format!("{what}: {text}")));
        }
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    labels.into_iter().fold(String::new(), |mut out, (start, end, text)| {
        out.push_str(&format!("{start:.3}\t{end:.3}\t{}\n", text.replace(char::is_control, " ")));
        out
    })
}

fn times(report: &Report, words: WordRange) -> Option<(f64, f64)> {
    let words = report.transcript.words.get(words.indices())?;
    let start = words.iter().find_map(|word| word.start_s)?.0;
    Some((start, words.iter().rev().find_map(|word| word.end_s)?.0.max(start)))
}
