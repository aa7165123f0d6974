//! The report as Markdown that pastes well into notes.

use super::sheet;
use crate::document::Report;
use crate::judge::Verdict;
use crate::verdicts::bands::{Bands, Mark};
use crate::verdicts::cuts::Cut;

/// The report as Markdown.
#[must_use]
pub fn render(report: &Report, bands: &Bands) -> String {
    let mut out = format!("# {}\n\n", escaped(title(report)));
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
    stretches(&mut out, report);
    out.push_str(&format!("\n## The cut list\n\n{}\n\n", sheet::summary(report)));
    for cut in &report.cuts {
        out.push_str(&line(report, cut));
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
    let missing = report.measures.layers.missing();
    if !missing.is_empty() {
        out.push_str("\n## The interviewer will ask\n\n");
        for layer in missing {
            out.push_str(&format!("- {}\n", escaped(layer.question())));
        }
    }
    if !report.warnings.is_empty() {
        out.push_str("\n## Mind\n\n");
        for warning in &report.warnings {
            out.push_str(&format!("- {}\n", escaped(&warning.message)));
        }
    }
    out
}

/// The recording's name; its folders mean nothing in somebody's notes.
fn title(report: &Report) -> &str {
    match report.source.path.as_str() {
        "-" => "Standard input",
        path => path.rsplit(['/', '\\']).find(|name| !name.is_empty()).unwrap_or(path),
    }
}

/// A sentence as an item of a numbered list, which any notes take, unlike a table with long cells: struck through where it is cut,
/// with what to say instead where it is trimmed.
fn line(report: &Report, cut: &Cut) -> String {
    let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { return String::new() };
    let number = format!("{}. ", cut.sentence + 1);
    let indent = " ".repeat(number.len());
    let text = escaped(&sentence.text);
    let text = if cut.verdict == Verdict::Cut { format!("~~{text}~~") } else { text };
    let at = sentence.start_s.map_or_else(String::new, |at| format!(" ({})", at.clock()));
    let is_conclusion = report.measures.time_to_conclusion.sentence == Some(cut.sentence);
    let conclusion = if is_conclusion { " **The conclusion.**" } else { "" };
    let mut out = format!("{number}{text}{at}{conclusion}\n");
    if let Some(tightened) = &cut.tightened {
        out.push_str(&format!("{indent}→ **{}**\n", escaped(tightened)));
    }
    // What stays needs no defence.
    if cut.verdict != Verdict::Keep {
        let saves = cut.saves_s.map_or_else(String::new, |saves| format!(" Saves {saves}."));
        let (verdict, reason) = (cut.verdict.name(), cut.reason.words());
        out.push_str(&format!("{indent}*{verdict}, {reason}:* {}{saves}\n", escaped(&cut.why)));
    }
    out
}

/// What became of the answer after each interruption.
fn stretches(out: &mut String, report: &Report) {
    if report.stretches.is_empty() {
        return;
    }
    out.push_str("\n## Under interruption\n\n");
    for stretch in &report.stretches {
        let asked = stretch.asked.as_deref().unwrap_or("The question");
        out.push_str(&format!("- **{}** ({})\n", escaped(asked), stretch.start_s.clock()));
        for (_, text) in sheet::stretch(stretch) {
            out.push_str(&format!("  - {}\n", escaped(&text)));
        }
    }
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
