//! `cutlist record`: a microphone in, a take and a report out.

use anyhow::{Context as _, Result};

use super::Status;
use crate::capture::Recording;
use crate::cli::RecordArgs;
use crate::env::Env;
use crate::pipeline::show::render;
use crate::question::Question;
use crate::session::{Companion, Glance, Session};
use crate::terminal::{print, tell};
use crate::tools::Tools;

/// Nobody interrupts.
struct Alone;

impl Companion for Alone {
    fn tick(&mut self, _: &mut Recording, _: &Glance) -> Option<String> {
        None
    }
}

/// Runs `record`.
pub fn run(args: RecordArgs, env: &Env) -> Result<Status> {
    let question = Question::new(args.kind, args.question, args.story);
    let settings = env.settings()?;
    let tools = Tools::with(&settings.lexicon)?;
    let ears = env.ears(args.capture.model.clone(), &settings, None);
    if let Some(text) = &question.text {
        tell(&format!("\n  {text}\n"));
    }
    tell("Recording. Enter stops.");
    let session =
        Session { env, tools: &tools, ears: &ears, question, capture: &args.capture, settings: &settings, suffix: "" };
    let report = session.run(&mut Alone)?;
    print(&render(&report, args.capture.format, 0)?)?;
    if !args.capture.no_save {
        env.keep(&report, None).context("the take is on the disk, but its report is not kept in the history")?;
    }
    Ok(Status::Done)
}
