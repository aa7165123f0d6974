//! What the readable formats (text, markdown) show of a report: the same rows in the same words,
//! so that they differ in dress only. Formats, computes nothing.

use crate::document::stretches::Stretch;
use crate::document::{MetricNamed, Report};
use crate::judge::Verdict;
use crate::measures::descriptor::{Measured, RowText, Told};
pub use crate::measures::descriptor::{plain, words};
use crate::measures::{MEASURES, Measure, fillers};
use crate::verdicts::bands::{Band, Bands, Mark};
use crate::verdicts::fit::Drop;

/// A row of the glance: a measure, its figure, and how good it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The measure's name.
    pub name: &'static str,
    /// Its figure.
    pub figure: String,
    /// What it is held against, or what it means.
    pub note: String,
    /// How it stands against its band.
    pub mark: Mark,
}

/// The rows of the glance, in the order a candidate asks for them.
#[must_use]
pub fn rows(report: &Report, bands: &Bands) -> Vec<Row> {
    MEASURES.iter().filter_map(|measure| row(report, measure, bands.of(measure))).chain(story(report)).collect()
}

fn row(report: &Report, measure: &Measure, band: Option<&Band>) -> Option<Row> {
    let answer = report.answer();
    let value = measure.of(&answer).map(Measured::value);
    let target = band.map_or_else(String::new, |band| band.words(measure));
    let Told { figure, mut note, like } = match measure.row {
        RowText::Told(row) => row(&answer, &target),
        RowText::Sometimes(row) => row(&answer, &target)?,
    };
    if let Some(kept) = report.calibration.as_ref().filter(|_| *measure == fillers::MEASURE) {
        note.push_str(&format!("; in your calibration {} of {} were heard", kept.found, kept.scripted));
        if kept.false_alarms > 0 {
            note.push_str(&format!(", with {} false", kept.false_alarms));
        }
    }
    let mark = band.zip(value.or(like)).map_or(Mark::Neutral, |(band, value)| band.mark(value));
    Some(Row { name: measure.label, figure, note, mark })
}

/// Whether the take got to the point of its story.
fn story(report: &Report) -> Option<Row> {
    let story = report.story.as_ref()?;
    let metric = match story.metric {
        MetricNamed::Named => "its metric is named",
        MetricNamed::OtherFigure => "its metric is named with another figure",
        MetricNamed::WithoutFigure => "its metric is named without the figure",
        MetricNamed::Missing => "its metric is not named",
        MetricNamed::NotInStory => "the story has no metric",
    };
    let (figure, mark) = match (story.conclusion_sentence, story.metric) {
        (None, _) => ("not reached", Mark::Bad),
        (Some(_), MetricNamed::Named | MetricNamed::NotInStory) => ("reached", Mark::Good),
        (Some(_), _) => ("reached", Mark::Fair),
    };
    let at = match (story.conclusion_sentence, story.conclusion_s) {
        (None, _) => format!("no sentence says the conclusion of \"{}\"", story.id),
        (Some(i), None) => format!("the conclusion of \"{}\" is sentence {}", story.id, i + 1),
        (Some(i), Some(seconds)) => format!("the conclusion of \"{}\" is sentence {}, at {seconds}", story.id, i + 1),
    };
    Some(Row { name: "Story", figure: figure.into(), note: format!("{at}; {metric}"), mark })
}

/// One line that says what the cut list comes to.
#[must_use]
pub fn summary(report: &Report) -> String {
    let count = |verdict| report.cuts.iter().filter(|cut| cut.verdict == verdict).count();
    let (cut, trim) = (count(Verdict::Cut), count(Verdict::Trim));
    let total = report.cuts.len();
    let sentences = if total == 1 { "sentence" } else { "sentences" };
    let saved = match (report.tightened.saved_s, report.measures.pace.answer_s) {
        (Some(saved), Some(answer)) if answer.0 > 0.0 => {
            format!(", saving {:.0} of {:.0} s", saved.0, answer.0)
        }
        _ => format!(", leaving {} of {}", report.tightened.words, words(report.transcript.words.len())),
    };
    match (cut, trim) {
        (0, 0) if total == 1 => "Its one sentence changes the judgment; nothing to cut.".into(),
        (0, 0) => format!("All {total} sentences change the judgment; nothing to cut."),
        (cut, 0) => format!("Cut {cut} of {total} {sentences}{saved}."),
        (cut, trim) => format!("Cut {cut} of {total} {sentences} and trim {trim}{saved}."),
    }
}

/// The lines about one stretch of an interrupted answer.
#[must_use]
pub fn stretch(stretch: &Stretch) -> Vec<(Mark, String)> {
    let mut out = Vec::new();
    let from = if stretch.asked.is_some() { "after the question" } else { "after the first word" };
    out.push(match (stretch.words, stretch.conclusion_s) {
        (0, _) => (Mark::Bad, "Nothing was said.".to_owned()),
        (_, Some(after)) => (Mark::Neutral, format!("Conclusion {after} {from}; {}.", words(stretch.words))),
        (_, None) => (Mark::Bad, format!("No conclusion; {}.", words(stretch.words))),
    });
    match (stretch.is_answered, &stretch.answered_by) {
        (Some(true), Some(by)) => out.push((Mark::Good, format!("Answered: \"{by}\""))),
        (Some(false), _) if stretch.words > 0 => {
            out.push((Mark::Bad, "Not answered: no sentence shows what was asked for.".to_owned()));
        }
        _ => {}
    }
    for lost in stretch.lost.iter().filter(|_| stretch.words > 0) {
        out.push((Mark::Fair, format!("Lost {lost}.")));
    }
    out
}

/// Advice on order: which sentence to say first.
#[must_use]
pub fn order(report: &Report) -> Option<String> {
    let index = report.tightened.move_to_front?;
    let sentence = report.transcript.sentences.get(index)?;
    Some(format!("Say sentence {} first: \"{}\"", index + 1, sentence.text))
}

/// What fitting the answer into the time asked for comes to, a line each; none when no time was.
#[must_use]
pub fn fitting(report: &Report) -> Vec<String> {
    let Some(fit) = &report.tightened.fit else { return Vec::new() };
    let about = if fit.estimated { "about " } else { "" };
    let (target, length) = (fit.target_s.0, fit.duration_s.0);
    let mut lines = vec![match (fit.fits, fit.drops.len()) {
        (true, 0) => {
            format!("It fits {target:.0} s as it is, with {about}{:.0} s to spare.", (target - length).max(0.0))
        }
        (true, n) => format!(
            "To fit {target:.0} s, drop {n} more {}; {about}{length:.0} s are left:",
            if n == 1 { "sentence" } else { "sentences" }
        ),
        (false, _) => format!(
            "It does not fit {target:.0} s: the conclusion, the decision and a metric alone take {about}{length:.0} s. Say them shorter."
        ),
    }];
    let cost = |drop: &Drop| format!("sentence {} ({:.1} s): costs {}", drop.sentence + 1, drop.saves_s.0, drop.costs);
    lines.extend(fit.drops.iter().map(|drop| format!("  {}", cost(drop))));
    lines.extend(fit.next.iter().map(|drop| format!("Next to go would be {}", cost(drop))));
    lines
}
