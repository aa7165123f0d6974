//! Stories and plan for a terminal. Computes nothing.

use super::bank::Bank;
use super::check::{Finding, Weight};
use super::plan::Plan;
use crate::history::view::{printable, shortened};

fn hanging(out: &mut String, lead: &str, text: &str, width: usize) {
    let indent = " ".repeat(lead.chars().count());
    let options = textwrap::Options::new(width).initial_indent(lead).subsequent_indent(&indent);
    out.push_str(textwrap::fill(&printable(text), options).trim_end());
    out.push('\n');
}

/// The stories, two lines each.
#[must_use]
pub fn stories(bank: &Bank, width: usize) -> String {
    let width = width.clamp(60, 100);
    let mut out = String::new();
    for story in &bank.stories {
        let kind = story.kind.map_or("no kind", crate::question::Kind::name);
        let shown =
            [&story.principle, &story.backup].map(|name| name.trim()).into_iter().filter(|name| !name.is_empty());
        let head = format!("{} ({kind}) {}", story.id, shown.collect::<Vec<_>>().join(" / "));
        out.push_str(&format!("{}\n", shortened(head.trim_end(), width)));
        hanging(&mut out, "  ", if story.line.trim().is_empty() { "(no line yet)" } else { &story.line }, width);
    }
    out
}

/// What to mend, story by story.
#[must_use]
pub fn findings(findings: &[Finding], stories: usize, width: usize) -> String {
    let width = width.clamp(60, 100);
    if findings.is_empty() {
        return format!("{stories} stories, nothing missing, nothing weak.\n");
    }
    let mut out = String::new();
    let mut last: Option<&Option<String>> = None;
    for finding in findings {
        if last != Some(&finding.story) {
            let title = finding.story.as_deref().map_or("The bank".into(), printable);
            out.push_str(&format!("{}{title}\n", if last.is_some() { "\n" } else { "" }));
            last = Some(&finding.story);
        }
        let sign = match finding.weight {
            Weight::Missing => "  ✗ ",
            Weight::Weak => "  ~ ",
        };
        hanging(&mut out, sign, &finding.message, width);
    }
    out
}

/// The plan as a checklist.
#[must_use]
pub fn plan(plan: &Plan, width: usize) -> String {
    let width = width.clamp(60, 100);
    let mut out = String::new();
    let mut week = None;
    for item in &plan.items {
        if week != Some(item.week) {
            week = Some(item.week);
            let title = if item.week == 0 { "Any week".into() } else { format!("Week {}", item.week) };
            out.push_str(&format!("{}{title}\n", if out.is_empty() { "" } else { "\n" }));
        }
        let sign = if item.done { "  ✓ " } else { "  ☐ " };
        hanging(&mut out, sign, &format!("{} ({})", item.what, item.have), width);
        if let Some(next) = &item.next {
            hanging(&mut out, "      → ", next, width);
        }
    }
    out.push('\n');
    match &plan.today {
        Some(today) => hanging(&mut out, "Today: ", today, width),
        None => out.push_str("Every line holds. Keep it warm: a cold take of one story a day.\n"),
    }
    out
}
