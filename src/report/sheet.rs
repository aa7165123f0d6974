//! What the readable formats (text, markdown) show of a report: the same rows in the same words,
//! so that they differ in dress only. Formats, computes nothing.

use crate::document::stretches::Stretch;
use crate::document::{MetricNamed, Report};
use crate::judge::Verdict;
use crate::measures::frame::Check;
use crate::measures::layers::Layer;
use crate::measures::metrics::{Class, Metric, Missing};
use crate::verdicts::bands::{Bands, Mark};
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
    let frame = report.measures.frame.as_deref().map(frame);
    [conclusion(report, bands), fillers(report, bands), vague(report, bands), metrics(report), layers(report)]
        .into_iter()
        .chain(frame)
        .chain([ownership(report, bands), length(report, bands), pace(report, bands)])
        .chain(story(report))
        .collect()
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

fn conclusion(report: &Report, bands: &Bands) -> Row {
    let measure = &report.measures.time_to_conclusion;
    let target = bands.conclusion_s.high;
    let (figure, note, mark) = match (measure.sentence, measure.seconds) {
        (None, _) => ("none".to_owned(), format!("no sentence gives the answer: {}", conclusion_is(report)), Mark::Bad),
        (Some(i), Some(seconds)) => (
            seconds.to_string(),
            format!("sentence {}, after {}; target ≤ {target:.0} s", i + 1, words(measure.words_before.unwrap_or(0))),
            bands.conclusion_s.mark(seconds.0),
        ),
        (Some(i), None) => {
            let before = measure.words_before.unwrap_or(0);
            let note = format!("sentence {}; no times in this transcript, so no seconds", i + 1);
            // 2.5 words a second is the middle of a comfortable pace.
            (format!("after {}", words(before)), note, bands.conclusion_s.mark(before as f64 / 2.5))
        }
    };
    Row { name: "Conclusion", figure, note, mark }
}

fn conclusion_is(report: &Report) -> &'static str {
    report.question.kind.map_or("what you decided, or how it came out", |kind| kind.conclusion_is())
}

fn fillers(report: &Report, bands: &Bands) -> Row {
    let measure = &report.measures.fillers;
    let by = &measure.by_class;
    let classes = [
        (by.filled_pause, "um/uh"),
        (by.discourse_marker, "like/you know"),
        (by.repetition, "repeated"),
        (by.restart, "restarted"),
    ];
    let parts: Vec<String> = classes.iter().filter(|(n, _)| *n > 0).map(|(n, name)| format!("{n} {name}")).collect();
    let recovered = measure.items.iter().filter(|item| item.origin == crate::transcript::Origin::Recovered).count();
    let mut note = parts.join(", ");
    if recovered > 0 {
        note.push_str(&format!(" ({recovered} recovered from the sound)"));
    }
    if let Some(kept) = &report.calibration {
        note.push_str(&format!("; in your calibration {} of {} were heard", kept.found, kept.scripted));
        if kept.false_alarms > 0 {
            note.push_str(&format!(", with {} false", kept.false_alarms));
        }
    }
    let (figure, mark) = match measure.per_minute {
        Some(rate) => (format!("{} ({rate:.1}/min)", measure.count), bands.fillers_per_minute.mark(rate)),
        None => (
            format!("{} ({:.1} per 100 words)", measure.count, measure.per_100_words),
            // 150 words a minute: a rate per 100 words is two thirds of one per minute.
            bands.fillers_per_minute.mark(measure.per_100_words * 1.5),
        ),
    };
    Row { name: "Fillers", figure, note, mark }
}

fn vague(report: &Report, bands: &Bands) -> Row {
    let measure = &report.measures.vague;
    let mut shown: Vec<String> = Vec::new();
    for item in &measure.items {
        let text = format!("\"{}\"", plain(&item.text));
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    let more = shown.len().saturating_sub(4);
    shown.truncate(4);
    let mut note = shown.join(", ");
    if more > 0 {
        note.push_str(&format!(" and {more} more"));
    }
    Row {
        name: "Vague",
        figure: format!("{} ({:.1} per 100 words)", measure.count, measure.per_100_words),
        note,
        mark: bands.vague_per_100_words.mark(measure.per_100_words),
    }
}

fn metrics(report: &Report) -> Row {
    let measure = &report.measures.metrics;
    let mut notes: Vec<String> = Vec::new();
    if let Some(first) = measure.first_s {
        notes.push(format!("first after {first}"));
    }
    if measure.count > 0 {
        // Asked of what is missing, not of the numbers: a redacted report has none.
        let from_somewhere = |item: &Metric| item.class != Class::Level && !item.missing.contains(&Missing::Baseline);
        let baseline = measure.items.iter().any(from_somewhere);
        let timeframe = measure.items.iter().any(|item| item.timeframe.is_some());
        notes.push(
            match (baseline, timeframe) {
                (true, true) => "with a baseline and a time frame",
                (true, false) => "a baseline, but no time frame",
                (false, true) => "a time frame, but no baseline",
                (false, false) => "no baseline, no time frame",
            }
            .into(),
        );
    } else {
        notes.push("by how much, from what, in what time?".into());
    }
    if !measure.unquantified.is_empty() {
        notes.push(format!("{} named without a number", measure.unquantified.len()));
    }
    let mark = if measure.count == 0 { Mark::Bad } else { Mark::Good };
    Row { name: "Metrics", figure: measure.count.to_string(), note: notes.join("; "), mark }
}

fn layers(report: &Report) -> Row {
    let layers = &report.measures.layers;
    let missing = layers.missing();
    let note = if missing.is_empty() {
        "problem, metric, decision, conflict, consequence and reflection are all there".into()
    } else {
        format!("missing: {}", missing.iter().map(|layer| layer.words()).collect::<Vec<_>>().join(", "))
    };
    let mark = match missing.len() {
        0 | 1 => Mark::Good,
        2 | 3 => Mark::Fair,
        _ => Mark::Bad,
    };
    Row { name: "Layers", figure: format!("{} of 6", Layer::ALL.len() - missing.len()), note, mark }
}

fn frame(checks: &[Check]) -> Row {
    // A rule that hears nothing is no proof that nothing was said; an order that is broken is.
    let failed: Vec<String> = checks
        .iter()
        .filter(|check| check.holds == Some(false))
        .map(|check| match check.sentence {
            Some(i) => format!("no {} (sentence {})", check.name.words(), i + 1),
            None => format!("{} not heard", check.name.words()),
        })
        .collect();
    let held: Vec<&str> =
        checks.iter().filter(|check| check.holds == Some(true)).map(|check| check.name.words()).collect();
    let counted = failed.len() + held.len();
    let note = if failed.is_empty() { held.join(", ") } else { failed.join(", ") };
    let mark = match (failed.len(), held.len()) {
        (0, 0) => Mark::Neutral,
        (0, _) => Mark::Good,
        (_, 0) => Mark::Bad,
        _ => Mark::Fair,
    };
    Row { name: "Frame", figure: format!("{} of {counted}", held.len()), note, mark }
}

fn ownership(report: &Report, bands: &Bands) -> Row {
    let measure = &report.measures.ownership;
    let lever = match measure.lever {
        Some(i) => format!("; the lever is in sentence {}", i + 1),
        None => "; no lever: what did you change yourself?".into(),
    };
    let note = format!("I {}, we {}, passive {}", measure.i, measure.we, measure.passive);
    match measure.owned_share {
        Some(share) => Row {
            name: "Ownership",
            figure: format!("{:.0} %", share * 100.0),
            note: format!("of the actions are yours ({note}){lever}"),
            mark: bands.owned_share.mark(share),
        },
        None => Row { name: "Ownership", figure: "–".into(), note, mark: Mark::Neutral },
    }
}

fn length(report: &Report, bands: &Bands) -> Row {
    let words_said = report.transcript.words.len();
    match report.measures.pace.answer_s {
        Some(answer) => Row {
            name: "Length",
            figure: format!("{:.0} s", answer.0),
            note: format!(
                "{}; comfortable is {:.0}–{:.0} s",
                words(words_said),
                bands.length_s.low,
                bands.length_s.high
            ),
            mark: bands.length_s.mark(answer.0),
        },
        None => Row {
            name: "Length",
            figure: words(words_said),
            note: "no times in this transcript".into(),
            mark: Mark::Neutral,
        },
    }
}

fn pace(report: &Report, bands: &Bands) -> Row {
    let pace = &report.measures.pace;
    let Some(rate) = pace.words_per_minute else {
        return Row { name: "Pace", figure: "–".into(), note: "needs times".into(), mark: Mark::Neutral };
    };
    let mut note = format!("comfortable is {:.0}–{:.0}", bands.words_per_minute.low, bands.words_per_minute.high);
    if let (Some(count @ 1..), Some(longest)) = (pace.pauses.count, pace.pauses.longest_s) {
        note.push_str(&format!(
            "; {count} pause{} of 0.7 s or more, longest {longest}",
            if count == 1 { "" } else { "s" }
        ));
    }
    Row { name: "Pace", figure: format!("{rate:.0} words/min"), note, mark: bands.words_per_minute.mark(rate) }
}

/// "1 word", "7 words".
#[must_use]
pub fn words(n: usize) -> String {
    if n == 1 { "1 word".into() } else { format!("{n} words") }
}

/// A phrase without the punctuation around it.
#[must_use]
pub fn plain(text: &str) -> &str {
    text.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?'))
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
