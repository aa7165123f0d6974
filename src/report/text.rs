//! The report for a terminal: what a candidate reads at midnight.
//!
//! The glance first, then the cut list in the order it was said, then the answer that is left.
//! Colour is written as ANSI codes; the printer strips them where there is no terminal.

use anstyle::{AnsiColor, Style};

use super::sheet::{self, Row};
use crate::document::Report;
use crate::judge::{Reason, Verdict};
use crate::verdicts::bands::{Bands, Mark};

/// Columns that the glance's figures and notes start at.
const FIGURE_AT: usize = 14;
const NOTE_AT: usize = 32;
/// Columns before a sentence of the cut list: number, time and verdict.
const SENTENCE_AT: usize = 17;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

fn style(mark: Mark) -> Style {
    match mark {
        Mark::Good => AnsiColor::Green.on_default(),
        Mark::Fair => AnsiColor::Yellow.on_default(),
        Mark::Bad => AnsiColor::Red.on_default().bold(),
        Mark::Neutral => Style::new(),
    }
}

fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Keep => AnsiColor::Green.on_default(),
        Verdict::Trim => AnsiColor::Yellow.on_default(),
        Verdict::Cut => AnsiColor::Red.on_default(),
    }
}

/// The report in at most `width` columns (40 at least).
#[must_use]
pub fn render(report: &Report, bands: &Bands, width: usize) -> String {
    let width = width.clamp(40, 110);
    let mut out = String::new();
    head(&mut out, report, width);
    for row in sheet::rows(report, bands) {
        glance(&mut out, &row, width);
    }
    stretches(&mut out, report, width);
    cut_list(&mut out, report, width);
    tightened(&mut out, report, width);
    warnings(&mut out, report, width);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

/// Text that cannot steer a terminal: control characters (a file name may hold any) become spaces.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) { ' ' } else { c }).collect()
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Wraps `text` to `width` columns with a hanging indent; the first line has `first` before it.
fn wrapped(out: &mut String, first: &str, first_columns: usize, indent: usize, text: &str, style: Style, width: usize) {
    let room = width.saturating_sub(indent).max(20);
    let text = printable(text);
    let lines = textwrap::wrap(&text, room);
    for (i, piece) in lines.iter().enumerate() {
        let lead = if i == 0 {
            format!("{first}{}", " ".repeat(indent.saturating_sub(first_columns)))
        } else {
            " ".repeat(indent)
        };
        line(out, &format!("{lead}{}", styled(style, piece)));
    }
    if lines.is_empty() {
        line(out, first);
    }
}

fn head(out: &mut String, report: &Report, width: usize) {
    let name = if report.source.path == "-" { "standard input".into() } else { printable(&report.source.path) };
    line(out, &styled(BOLD, &name));
    let kind = match report.question.kind {
        Some(kind) if report.question.kind_guessed => format!("{kind} question (guessed; set it with --kind)"),
        Some(kind) => format!("{kind} question"),
        None => "kind of question not known; set it with --kind or --question".into(),
    };
    let text = report.question.text.as_ref().map_or(kind.clone(), |text| format!("{text} — {kind}"));
    wrapped(out, "", 0, 0, &text, DIM, width);
    out.push('\n');
}

fn glance(out: &mut String, row: &Row, width: usize) {
    let sign = match row.mark {
        Mark::Good => "✓",
        Mark::Fair => "~",
        Mark::Bad => "✗",
        Mark::Neutral => " ",
    };
    let name = format!("{} {:<width$}", styled(style(row.mark), sign), row.name, width = FIGURE_AT - 2);
    let figure_columns = row.figure.chars().count();
    let first = format!("{name}{}", styled(style(row.mark).bold(), &row.figure));
    let note_at = NOTE_AT.max(FIGURE_AT + figure_columns + 2);
    if width >= NOTE_AT + 24 {
        wrapped(out, &first, FIGURE_AT + figure_columns, note_at, &row.note, DIM, width);
    } else {
        line(out, &first);
        if !row.note.is_empty() {
            wrapped(out, "", 0, 4, &row.note, DIM, width);
        }
    }
}

fn cut_list(out: &mut String, report: &Report, width: usize) {
    out.push('\n');
    line(out, &styled(BOLD, "The cut list"));
    line(out, &sheet::summary(report));
    out.push('\n');
    let conclusion = report.measures.time_to_conclusion.sentence;
    for cut in &report.cuts {
        let Some(sentence) = report.transcript.sentences.get(cut.sentence) else { continue };
        let at = sentence.start_s.map_or_else(String::new, super::super::units::Seconds::clock);
        let first = format!(
            "{:>3}  {:>5}  {} ",
            cut.sentence + 1,
            at,
            styled(verdict_style(cut.verdict).bold(), cut.verdict.name())
        );
        let text_style = if cut.verdict == Verdict::Cut { DIM } else { Style::new() };
        wrapped(out, &first, SENTENCE_AT, SENTENCE_AT, &sentence.text, text_style, width);
        if let Some(tightened) = &cut.tightened {
            wrapped(
                out,
                &format!("{}→ ", " ".repeat(SENTENCE_AT - 2)),
                SENTENCE_AT,
                SENTENCE_AT,
                tightened,
                Style::new(),
                width,
            );
        }
        let name = capitalised(&cut.reason.words());
        let also =
            if conclusion == Some(cut.sentence) && cut.reason != Reason::Conclusion { "Conclusion. " } else { "" };
        let why = match (cut.verdict, cut.saves_s) {
            // What stays needs no defence; the JSON has it.
            (Verdict::Keep, _) => format!("{also}{name}."),
            (_, None) => format!("{also}{name}: {}", cut.why),
            (_, Some(seconds)) => format!("{also}{name}: {} Saves {seconds}.", cut.why),
        };
        wrapped(out, "", 0, SENTENCE_AT, &why, verdict_style(cut.verdict), width);
    }
}

/// What became of the answer after each interruption.
fn stretches(out: &mut String, report: &Report, width: usize) {
    if report.stretches.is_empty() {
        return;
    }
    out.push('\n');
    line(out, &styled(BOLD, "Under interruption"));
    for stretch in &report.stretches {
        let at = format!("{:>5}  ", stretch.start_s.clock());
        let asked = stretch.asked.as_deref().unwrap_or("The question");
        wrapped(out, &at, 7, 7, asked, BOLD, width);
        for (style, text) in sheet::stretch(stretch) {
            wrapped(out, "", 0, 9, &text, self::style(style), width);
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn tightened(out: &mut String, report: &Report, width: usize) {
    out.push('\n');
    let tight = &report.tightened;
    let title = match (tight.duration_s, tight.saved_s) {
        (Some(length), Some(saved)) => {
            format!("The tightened answer ({:.0} s, {:.0} s shorter)", length.0, saved.0)
        }
        _ => format!("The tightened answer ({})", sheet::words(tight.words)),
    };
    line(out, &styled(BOLD, &title));
    if let Some(order) = sheet::order(report) {
        wrapped(out, "", 0, 0, &order, AnsiColor::Cyan.on_default(), width);
    }
    if tight.text.is_empty() {
        line(out, "Nothing is left: no sentence of this answer changes the judgment.");
    } else {
        wrapped(out, "", 0, 0, &tight.text, Style::new(), width);
    }
    for (i, text) in sheet::fitting(report).iter().enumerate() {
        if i == 0 {
            out.push('\n');
        }
        let indent = text.len() - text.trim_start().len();
        let style = if indent == 0 { AnsiColor::Cyan.on_default() } else { Style::new() };
        wrapped(out, &" ".repeat(indent), indent, indent, text.trim_start(), style, width);
    }
    if let Some(fit) = tight.fit.as_ref().filter(|fit| !fit.drops.is_empty()) {
        out.push('\n');
        wrapped(out, "", 0, 0, &fit.text, Style::new(), width);
    }
    let questions: Vec<&str> = report.measures.layers.missing().iter().map(|layer| layer.question()).collect();
    if !questions.is_empty() {
        out.push('\n');
        line(out, &styled(BOLD, "The interviewer will ask"));
        for question in questions {
            wrapped(out, "  ", 2, 2, question, Style::new(), width);
        }
    }
}

fn warnings(out: &mut String, report: &Report, width: usize) {
    if report.warnings.is_empty() {
        return;
    }
    out.push('\n');
    line(out, &styled(BOLD, "Mind"));
    for warning in &report.warnings {
        wrapped(out, "  ", 2, 2, &warning.message, AnsiColor::Yellow.on_default(), width);
    }
}
