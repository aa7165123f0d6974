//! The cut list as CSV: a row a sentence, for a spreadsheet.

use crate::document::Report;
use crate::units::Seconds;

const HEADER: [&str; 10] =
    ["file", "sentence", "start_s", "end_s", "verdict", "reason", "conclusion", "saves_s", "text", "tightened"];

/// The rows of a report, with a header when `with_header`.
pub fn render(report: &Report, with_header: bool) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if with_header {
        writer.write_record(HEADER)?;
    }
    let number = |seconds: Option<Seconds>| seconds.map_or_else(String::new, |s| format!("{:.3}", s.0));
    for cut in &report.cuts {
        let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { continue };
        let is_conclusion = report.measures.time_to_conclusion.sentence == Some(cut.sentence);
        writer.write_record([
            defused(&report.source.path),
            (cut.sentence + 1).to_string(),
            number(sentence.start_s),
            number(sentence.end_s),
            cut.verdict.name().into(),
            cut.reason.name().into(),
            is_conclusion.to_string(),
            number(cut.saves_s),
            defused(&sentence.text),
            defused(cut.tightened.as_deref().unwrap_or_default()),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text that a spreadsheet does not take for a formula.
fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_text() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("I cut it."), "I cut it.");
    }
}
