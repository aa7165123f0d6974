//! The stretches of an interrupted answer, judged one by one and put into its report.

use anyhow::{Context as _, Result};

use super::analyze::{self, Given};
use crate::capture::Mark;
use crate::document::Report;
use crate::practice::stretches::{divide, sum_up};
use crate::question::Question;
use crate::tools::Tools;

/// Adds the stretches between `marks` to a report; nothing where nobody interrupted.
pub(super) fn add(report: &mut Report, tools: &Tools, marks: &[Mark]) -> Result<()> {
    let duration_s = report.source.duration_s.map_or(0.0, |duration| duration.0);
    let pieces = divide(&report.transcript, marks, duration_s);
    let mut reports = Vec::new();
    for piece in &pieces {
        if piece.transcript.words.is_empty() {
            reports.push(None);
            continue;
        }
        // A follow-up is about the same story: the kind stays, the words of the question change.
        let mut question = report.question.clone();
        if let Some(mark) = &piece.mark {
            question = Question { text: Some(mark.text.clone()), ..question };
        }
        let given = Given { question, ..Given::default() };
        reports.push(Some(analyze::analyze(tools, piece.transcript.clone(), given).context("the judge failed")?));
    }
    report.stretches = sum_up(&pieces, &reports);
    Ok(())
}
