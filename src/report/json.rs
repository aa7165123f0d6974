//! The report as JSON: one object on one line, so that several reports are JSON Lines.

use crate::document::Report;

/// The report and a newline.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(&report.printed())? + "\n")
}
