//! The judgment on answers that nothing learned from: floors under every figure, and a snapshot that shows
//! what a change of a rule or of the weights does.

use std::fmt::Write as _;

use cutlist::document::Report;
use cutlist::pipeline::analyze::{Given, analyze};
use cutlist::tools::Tools;

use crate::labelled::{self, CLASSES, Labelled};
use crate::score::Score;
use crate::support::repository;

/// Every kept-out answer with its analysis.
fn analyzed() -> Vec<(Labelled, Report)> {
    let tools = Tools::bundled().unwrap();
    labelled::read_folder(&repository("tests/fixtures/kept-out"))
        .into_iter()
        .map(|answer| {
            let given = Given { question: answer.question.clone(), ..Given::default() };
            let report = analyze(&tools, answer.transcript.clone(), given).unwrap();
            (answer, report)
        })
        .collect()
}

/// Lines of `tests/fixtures/findings.snap`: what is found in an answer, in the order it is said.
fn findings(answer: &Labelled, report: &Report) -> String {
    let mut out = format!("== {}\n", answer.id);
    let conclusion = report.measures.time_to_conclusion.sentence;
    let measures = &report.measures;
    for cut in &report.cuts {
        let star = if conclusion == Some(cut.sentence) { "*" } else { "" };
        let label = &answer.verdicts[cut.sentence];
        let note = if label == cut.verdict.name() { String::new() } else { format!(" (labelled {label})") };
        writeln!(out, "{} {} {}{star}{note}", cut.sentence + 1, cut.verdict.name(), cut.reason.name()).unwrap();
        let mut spans: Vec<(usize, String)> = Vec::new();
        let inside = |sentence: Option<usize>| sentence == Some(cut.sentence);
        for item in measures.fillers.items.iter().filter(|item| inside(item.sentence)) {
            spans.push((item.words.lo, format!("{:?} {}", item.class, item.text)));
        }
        for item in measures.vague.items.iter().filter(|item| inside(item.sentence)) {
            spans.push((item.words.lo, format!("{:?} {}", item.class, item.text)));
        }
        for item in measures.metrics.items.iter().filter(|item| inside(item.sentence)) {
            spans.push((item.words.lo, format!("Metric {:?} {}", item.class, item.text)));
        }
        spans.sort();
        for (_, span) in spans {
            writeln!(out, "    {span}").unwrap();
        }
    }
    out
}

#[test]
fn the_judgment_keeps_its_level_on_answers_nothing_learned_from() {
    let analyzed = analyzed();
    assert_eq!(analyzed.len(), 18);
    let mut score = Score::default();
    for (answer, report) in &analyzed {
        score.add(answer, report);
    }
    let mut figures = vec![
        ("cuts", score.cuts.f1(), 0.85),
        ("keeps not harmed", 1.0 - score.keeps_harmed(), 0.93),
        ("conclusion", score.conclusion_exact(), 0.6),
        ("layers", score.layers.f1(), 0.85),
    ];
    for ((tally, (_, _, name)), floor) in score.spans.iter().zip(CLASSES).zip([0.97, 0.85, 0.7, 0.7, 0.75]) {
        figures.push((name, tally.f1(), floor));
    }
    let low: Vec<_> = figures.iter().filter(|(_, figure, floor)| figure < floor).collect();
    assert!(low.is_empty(), "under their floors: {low:?}; all: {figures:.3?}");
}

/// What every rule and the weights find, so that a change shows what it does. CONTRIBUTING.md has the command that writes
/// snapshots anew; read the difference before you commit it.
#[test]
fn snapshot_of_the_findings_that_were_looked_at() {
    let found: String = analyzed().iter().map(|(answer, report)| findings(answer, report)).collect();
    insta::with_settings!({ snapshot_path => "../fixtures", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("findings", found);
    });
}
