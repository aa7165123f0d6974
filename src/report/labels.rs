//! Labels for Audacity: a line a label, `start<TAB>end<TAB>text`, times in seconds.

use super::document::Report;

/// Every timed sentence with its verdict.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for cut in &report.cuts {
        let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { continue };
        let (Some(start), Some(end)) = (sentence.start_s, sentence.end_s) else { continue };
        let verdict = cut.verdict.name();
        let text = sentence.text.replace(char::is_control, " ");
        out.push_str(&format!("{:.3}\t{:.3}\t{verdict} {}: {text}\n", start.0, end.0, cut.sentence + 1));
    }
    out
}
