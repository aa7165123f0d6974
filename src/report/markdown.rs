//! The report as Markdown that pastes well into notes.

use super::document::Report;
use super::sheet;
use crate::units::Seconds;
use crate::verdicts::bands::{Bands, Mark};

/// The report as Markdown.
#[must_use]
pub fn render(report: &Report, bands: &Bands) -> String {
    let mut out = format!("# {}\n\n", escaped(&report.source.path));
    if let Some(text) = &report.question.text {
        out.push_str(&format!("> {}\n\n", escaped(text)));
    }
    out.push_str("| | Measure | Figure | |\n|---|---|---|---|\n");
    for row in sheet::rows(report, bands) {
        let sign = match row.mark {
            Mark::Good => "✓",
            Mark::Fair => "~",
            Mark::Bad => "✗",
            Mark::Neutral => "",
        };
        out.push_str(&format!("| {sign} | {} | {} | {} |\n", row.name, escaped(&row.figure), escaped(&row.note)));
    }
    out.push_str(&format!("\n## The cut list\n\n{}\n\n", sheet::summary(report)));
    out.push_str("| # | Time | Verdict | Sentence | Why |\n|---:|---:|---|---|---|\n");
    for cut in &report.cuts {
        let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { continue };
        let at = sentence.start_s.map_or_else(String::new, Seconds::clock);
        let text = match &cut.tightened {
            Some(tightened) => format!("{} **→ {}**", escaped(&sentence.text), escaped(tightened)),
            None => escaped(&sentence.text),
        };
        out.push_str(&format!(
            "| {} | {at} | **{}** | {text} | {}: {} |\n",
            cut.sentence + 1,
            cut.verdict.name(),
            cut.reason.words(),
            escaped(&cut.why)
        ));
    }
    out.push_str("\n## The tightened answer\n\n");
    if let Some(order) = sheet::order(report) {
        out.push_str(&format!("*{}*\n\n", escaped(&order)));
    }
    out.push_str(&escaped(&report.tightened.text));
    out.push('\n');
    for (i, text) in sheet::fitting(report).iter().enumerate() {
        let bullet = if text.starts_with(' ') { "- " } else { "\n" };
        out.push_str(&format!(
            "{}{bullet}{}\n",
            if i == 1 && bullet == "- " { "\n" } else { "" },
            escaped(text.trim())
        ));
    }
    if !report.warnings.is_empty() {
        out.push_str("\n## Mind\n\n");
        for warning in &report.warnings {
            out.push_str(&format!("- {}\n", escaped(&warning.message)));
        }
    }
    out
}

/// Text in which no character is Markdown or HTML markup, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escaped("a|b\n<script>*x*"), "a\\|b &lt;script&gt;\\*x\\*");
    }
}
