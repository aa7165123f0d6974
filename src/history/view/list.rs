//! Takes as a table for a terminal.

use jiff::tz::TimeZone;

use super::{day, shortened};
use crate::history::Take;

/// The takes, a line each, in at most `width` columns, under a header.
#[must_use]
pub fn render(takes: &[Take], zone: &TimeZone, width: usize) -> String {
    let room = width.clamp(60, 120).saturating_sub(67).max(8);
    let mut out = format!(
        "{:>5}  {:<11}  {:<13}  {:<13}  {:>7}  {:>5}  {}\n",
        "TAKE", "RECORDED", "STORY", "KIND", "CONCL.", "CUT", "FILE"
    );
    for take in takes {
        let figures = &take.figures;
        let conclusion = figures.conclusion("w");
        let corrected = if take.corrections > 0 { "*" } else { " " };
        let line = format!(
            "{:>5}{corrected} {:<11}  {:<13}  {:<13}  {conclusion:>7}  {:>2}/{:<2}  {}",
            take.id,
            day(take.at_ms, zone),
            shortened(take.story.as_deref().unwrap_or("–"), 13),
            take.kind.as_deref().unwrap_or("–"),
            figures.cut,
            figures.sentences,
            file_name(&take.path, room),
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The end of a path tells files apart, not its beginning.
fn file_name(path: &str, room: usize) -> String {
    if path == "-" {
        return "(standard input)".into();
    }
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    shortened(name, room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Figures;
    use crate::measures::descriptor::Measured;

    #[test]
    fn a_table_of_takes_fits_the_terminal() {
        let take = Take {
            id: 12,
            key: "ab".into(),
            at_ms: 1_793_000_000_000,
            saved_ms: 0,
            path: "/home/me/takes/a-very-long-name-of-a-recording-that-goes-on-and-on.wav".into(),
            sha256: String::new(),
            kind: Some("product-sense".into()),
            question: None,
            story: Some("the-tax-form-and-the-sellers".into()),
            instrument: crate::history::Instrument::default(),
            cutlist_version: String::new(),
            figures: Figures { sentences: 17, cut: 7, ..Figures::default() }.with("conclusion", Measured::Value(38.8)),
            corrections: 1,
        };
        let text = render(&[take], &TimeZone::UTC, 80);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let line = text.lines().nth(1).unwrap();
        for part in ["12*", "26 Oct 2026", "the-tax-form…", "product-sense", "38.8 s", "7/17"] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
}
