//! The report as one page to look at and listen to. It loads nothing: style, script, drawing and, where it is
//! short enough, sound are in the file, and its policy lets a browser fetch nothing else.

mod policy;
mod script;
mod sound;
mod template;
mod timeline;
mod transcript;

pub use policy::digest;
pub use sound::{INSIDE_UP_TO_S, Outline, PEAKS_PER_S, Sound};

use askama::Template as _;

use super::sheet;
use crate::document::Report;
use crate::edit::{choices, joints};
use crate::judge::Verdict;
use crate::verdicts::bands::{Bands, Mark};

/// The type, colours and spacing that all pages share.
pub const BASE_STYLE: &str = include_str!("base.css");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A measure on the page.
struct Measure {
    name: &'static str,
    figure: String,
    note: String,
    grade: &'static str,
    class: &'static str,
}

/// A phrase, and what it leaves open.
struct Phrase {
    text: String,
    asks: String,
}

/// A stretch of an interrupted answer.
struct Interrupted {
    at: String,
    asked: String,
    lines: Vec<String>,
}

/// Writes the page.
///
/// # Errors
/// When the page cannot be put together; no report is known that does it.
pub fn render(report: &Report, bands: &Bands, sound: &Sound) -> Result<String, PageError> {
    let style = format!("\n{BASE_STYLE}{STYLE}");
    let script = format!("\n{SCRIPT}");
    let outline = sound.outline();
    let edges = outline.map_or_else(
        || choices::edges(&report.transcript, report.source.duration_s),
        |outline| joints::edges(report, &outline.loudness),
    );
    let page = template::Page {
        policy: policy::policy(&[&style], &[&script]),
        style,
        script,
        answer: script::answer(report, &edges)?,
        title: title(report),
        about: about(report),
        gist: gist(report, bands),
        sound_source: sound.source(),
        sound_note: sound.note(),
        timeline: timeline::timeline(report, outline.map_or(&[], |outline| &outline.peaks)),
        sentences: transcript::sentences(report, &edges),
        length: length(report),
        tightened: transcript::tightened(report),
        fitting: sheet::fitting(report),
        measures: measures(report, bands),
        questions: report.measures.layers.missing().iter().map(|layer| layer.question()).collect(),
        vague: report
            .measures
            .vague
            .items
            .iter()
            .map(|item| Phrase { text: sheet::plain(&item.text).to_owned(), asks: item.question.clone() })
            .collect(),
        metrics: metrics(report),
        stretches: report
            .stretches
            .iter()
            .map(|stretch| Interrupted {
                at: stretch.start_s.clock(),
                asked: stretch.asked.clone().unwrap_or_else(|| "The question".into()),
                lines: sheet::stretch(stretch).into_iter().map(|(_, text)| text).collect(),
            })
            .collect(),
        warnings: report.warnings.iter().map(|warning| warning.message.clone()).collect(),
        foot: foot(report),
    };
    Ok(page.render()? + "\n")
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The template.
    #[error("the page could not be filled in")]
    Template(#[from] askama::Error),
    /// What the script reads.
    #[error("the page's figures could not be written")]
    Figures(#[from] serde_json::Error),
}

fn file_name(report: &Report) -> String {
    if report.source.path == "-" {
        return "standard input".into();
    }
    std::path::Path::new(&report.source.path)
        .file_name()
        .map_or_else(|| report.source.path.clone(), |name| name.to_string_lossy().into_owned())
}

fn title(report: &Report) -> String {
    report.question.text.clone().unwrap_or_else(|| file_name(report))
}

fn about(report: &Report) -> String {
    let kind = match report.question.kind {
        Some(kind) if report.question.kind_guessed => format!("{kind} question (guessed)"),
        Some(kind) => format!("{kind} question"),
        None => "kind of question not known".into(),
    };
    let day = report.source.recorded_at.as_deref().and_then(|at| at.get(..10));
    [Some(kind), report.question.text.is_some().then(|| file_name(report)), day.map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The three things to take away: when the point came, what goes, what to say first.
fn gist(report: &Report, bands: &Bands) -> Vec<String> {
    let conclusion = &report.measures.time_to_conclusion;
    let target = bands.conclusion_s.high;
    let first = match (conclusion.sentence, conclusion.seconds) {
        (None, _) => "No sentence gives the answer.".to_owned(),
        (Some(_), Some(seconds)) if seconds.0 <= target => {
            format!("Your conclusion comes after {seconds}. That is soon enough.")
        }
        (Some(_), Some(seconds)) => format!("Your conclusion comes after {seconds}; aim for {target:.0} s."),
        (Some(i), None) => format!("Your conclusion is sentence {}.", i + 1),
    };
    [Some(first), Some(sheet::summary(report)), sheet::order(report)].into_iter().flatten().collect()
}

fn length(report: &Report) -> String {
    match (report.tightened.duration_s, report.tightened.saved_s) {
        (Some(left), Some(saved)) => format!("{:.0} s of {:.0} s", left.0, left.0 + saved.0),
        _ => format!("{} of {}", report.tightened.words, sheet::words(report.transcript.words.len())),
    }
}

fn measures(report: &Report, bands: &Bands) -> Vec<Measure> {
    sheet::rows(report, bands)
        .into_iter()
        .map(|row| {
            let (grade, class) = match row.mark {
                Mark::Good => ("good", "good"),
                Mark::Fair => ("fair", "fair"),
                Mark::Bad => ("work on it", "bad"),
                Mark::Neutral => ("", ""),
            };
            Measure { name: row.name, figure: row.figure, note: row.note, grade, class }
        })
        .collect()
}

fn metrics(report: &Report) -> Vec<Phrase> {
    use crate::measures::metrics::Missing;
    let named = report.measures.metrics.items.iter().map(|item| {
        let open: Vec<&str> = item
            .missing
            .iter()
            .map(|missing| match missing {
                Missing::Baseline => "From what?",
                Missing::Timeframe => "In what time?",
            })
            .collect();
        Phrase { text: sheet::plain(&item.text).to_owned(), asks: open.join(" ") }
    });
    let unquantified = report
        .measures
        .metrics
        .unquantified
        .iter()
        .map(|item| Phrase { text: sheet::plain(&item.text).to_owned(), asks: item.question.clone() });
    named.chain(unquantified).collect()
}

fn foot(report: &Report) -> String {
    let model = report.engine.model.as_deref().map_or_else(String::new, |model| format!(", heard with {model}"));
    format!(
        "Made by cutlist {}{model}. This page holds your words{}; it loads nothing and sends nothing.",
        report.engine.cutlist_version,
        if report.source.duration_s.is_some() { " and perhaps your voice" } else { "" }
    )
}

/// The class of a verdict, in style sheet, script and document alike.
fn class(verdict: Verdict) -> &'static str {
    verdict.name()
}

#[cfg(test)]
mod tests;
