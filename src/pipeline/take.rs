//! The report on a take: what was heard, judged, and held against what the user keeps beside it.

use anyhow::{Context as _, Result};

use super::analyze::{self, Given};
use super::hear::Heard;
use super::stretches;
use crate::capture::Mark;
use crate::document::{Calibration, Engine, Report, Warning};
use crate::history::meaning::Meaning;
use crate::practice::{Bank, calibration, reached};
use crate::question::Question;
use crate::tools::Tools;
use crate::verdicts::rules;

/// What the user keeps that a report is held against.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The stories.
    pub bank: Bank,
    /// What `calibrate` found last.
    pub calibration: Option<Calibration>,
}

impl Beside {
    /// Reads what there is. A calibration that cannot be read counts as none.
    pub fn read(paths: &crate::paths::Paths) -> Result<Self, crate::practice::BankError> {
        Ok(Self { bank: Bank::read(&paths.stories_file())?, calibration: calibration::kept(&paths.calibration()) })
    }
}

/// The report on what was heard, live or in a file: the one place that every take goes through.
pub fn judged(tools: &Tools, beside: &Beside, heard: Heard, question: Question, marks: &[Mark]) -> Result<Report> {
    let given = Given {
        source: heard.source,
        engine: Engine {
            lexicon_sha256: tools.lexicon.sha256().to_owned(),
            judge: tools.judge.name().to_owned(),
            judge_sha256: Some(tools.judge.sha256().to_owned()),
            rules: Some(rules::identity().to_owned()),
            cutlist_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..heard.engine
        },
        question,
        warnings: heard.warnings,
    };
    let mut report = analyze::analyze(tools, heard.transcript, given).context("the judge failed")?;
    hold_against_story(&mut report, tools, &beside.bank);
    stretches::add(&mut report, tools, marks)?;
    report.calibration =
        beside.calibration.clone().filter(|kept| kept.model.is_some() && kept.model == report.engine.model);
    Ok(report)
}

/// Says in a report whether it got to the point of the story it names; a story that the bank does not
/// have is warned about. Nothing without `--story`, or without a bank.
fn hold_against_story(report: &mut Report, tools: &Tools, bank: &Bank) {
    let Some(id) = report.question.story.clone() else { return };
    if bank.stories.is_empty() {
        return;
    }
    if let Some(story) = bank.story(&id) {
        let told = reached::reached(story, report, &mut Meaning::new(&tools.judge));
        report.story = Some(told);
    } else {
        let ids: Vec<&str> = bank.stories.iter().map(|story| story.id.as_str()).collect();
        let text = format!(
            "there is no story \"{id}\" in your bank, which has {}; the take is kept under that name",
            ids.join(", ")
        );
        report.warnings.push(Warning::new("unknown_story", text));
    }
}
