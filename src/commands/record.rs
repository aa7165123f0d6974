//! `cutlist record`: a microphone in, a take and a report out.

use anyhow::{Context as _, Result};

use super::session::{Companion, Glance, Session};
use super::{Status, analyze, history, output};
use crate::analysis::Tools;
use crate::capture::Recording;
use crate::cli::RecordArgs;
use crate::config::Config;
use crate::listening::Ears;
use crate::paths::Paths;
use crate::question::{Kind, Question};

/// Nobody interrupts.
struct Alone;

impl Companion for Alone {
    fn tick(&mut self, _: &mut Recording, _: &Glance) -> Option<String> {
        None
    }
}

/// Runs `record`.
pub fn run(args: RecordArgs) -> Result<Status> {
    let kind = args.kind.as_deref().map(str::parse::<Kind>).transpose().map_err(anyhow::Error::msg)?;
    let question = Question::new(kind, args.question, args.story);
    let config = Config::read(&Paths::of_environment()?.config_file())?;
    let tools = Tools::with(&config.lexicon)?;
    let ears = Ears::new(args.capture.model.clone().or_else(|| config.model.clone()), None);
    if let Some(text) = &question.text {
        output::tell(&format!("\n  {text}\n"));
    }
    output::tell("Recording. Enter stops.");
    let session = Session { tools: &tools, ears: &ears, question, capture: &args.capture, config: &config, suffix: "" };
    let report = session.run(&mut Alone)?;
    output::print(&analyze::render(&report, args.capture.format, 0)?)?;
    if !args.capture.no_save {
        history::keep(&report, None).context("the take is on the disk, but its report is not kept in the history")?;
    }
    Ok(Status::Done)
}
