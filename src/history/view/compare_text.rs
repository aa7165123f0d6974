//! Two takes side by side, for a terminal.

use jiff::tz::TimeZone;

use super::{day, printable, shortened};
use crate::history::compare::Comparison;
use crate::measures::descriptor::Better;

fn title(out: &mut String, text: &str) {
    out.push_str(&format!("\n{text}\n"));
}

fn filled(out: &mut String, text: &str, width: usize) {
    let options = textwrap::Options::new(width).initial_indent("  ").subsequent_indent("    ");
    out.push_str(&textwrap::fill(&printable(text), options));
    out.push('\n');
}

fn times(n: usize) -> String {
    match n {
        2 => "second".into(),
        3 => "third".into(),
        4 => "fourth".into(),
        n => format!("{n}th"),
    }
}

/// The comparison in at most `width` columns.
#[must_use]
pub fn render(comparison: &Comparison, zone: &TimeZone, width: usize) -> String {
    let width = width.clamp(60, 100);
    let mut out = format!("Take {} against take {}\n", comparison.after, comparison.before);
    if comparison.unlike {
        filled(
            &mut out,
            "Mind: another model, judge, word list or version of the rules measured the earlier one; analyze its recording again to compare like with like.",
            width,
        );
    }
    title(&mut out, "What moved");
    for moved in &comparison.moved {
        let word = |value: Option<f64>| moved.measure.words(value.unwrap_or(f64::INFINITY));
        let better = match (moved.before, moved.after, moved.measure.better) {
            // What reads the same did not move.
            (Some(a), Some(b), _) if moved.measure.words(a) == moved.measure.words(b) => "",
            (Some(a), Some(b), Better::Lower) => {
                if b < a {
                    "better"
                } else {
                    "worse"
                }
            }
            (Some(a), Some(b), Better::Higher) => {
                if b > a {
                    "better"
                } else {
                    "worse"
                }
            }
            _ => "",
        };
        let line =
            format!("  {:<26} {:>9} → {:<9} {better}", moved.measure.title, word(moved.before), word(moved.after));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    title(&mut out, "Cuts that came back");
    if comparison.returned.is_empty() {
        out.push_str("  None: what was cut last time is gone.\n");
    }
    for returned in &comparison.returned {
        let text = format!(
            "{} time: \"{}\" (sentence {})",
            times(returned.times),
            shortened(&returned.shared, 90),
            returned.sentence + 1,
        );
        filled(&mut out, &text, width);
    }
    title(&mut out, "Word for word");
    filled(
        &mut out,
        &format!(
            "{:.0} % of the answer is in the same words as in take {}; {} sentences are the same.",
            comparison.same_words_share * 100.0,
            comparison.before,
            comparison.verbatim.len()
        ),
        width,
    );
    for verbatim in &comparison.verbatim {
        filled(&mut out, &format!("{}. {}", verbatim.sentence + 1, verbatim.text), width);
    }
    if let Some(pace) = comparison.pace.filter(|pace| pace.is_flat) {
        filled(
            &mut out,
            &format!(
                "The pace has flattened: the speed of your sentences varies by {:.0} %, before by {:.0} %. It starts to sound recited; tell it from the figures, not from the text.",
                pace.after * 100.0,
                pace.before * 100.0
            ),
            width,
        );
    }
    title(&mut out, "The story's figures");
    if comparison.ledger.is_empty() {
        out.push_str("  No take gives one.\n");
    }
    let mut lines: Vec<_> = comparison.ledger.iter().collect();
    lines.sort_by_key(|line| !line.is_contradicted);
    for line in lines {
        let said: Vec<String> = line
            .entries
            .iter()
            .map(|entry| {
                format!("\"{}\" (take {}, {})", shortened(&entry.text, 48), entry.take, day(entry.at_ms, zone))
            })
            .collect();
        let lead = if line.is_contradicted { "✗ they differ: " } else { "" };
        filled(&mut out, &format!("{lead}{}", said.join("; ")), width);
    }
    out
}
