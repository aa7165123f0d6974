//! One short file a subcommand. Each takes checked options and returns how the program ends.

mod analyze;
mod calibrate;
mod devices;
mod doctor;
mod explain;
mod history;
mod mock;
mod models;
mod open;
mod record;
mod stories;
mod trends;

use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory as _;

use crate::cli::{Cli, Command};
use crate::document::json_schema;
use crate::env::Env;
use crate::terminal::{print, tell};

/// How the program ends when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All is well.
    Done,
    /// A limit of `--fail-on` was missed.
    LimitMissed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::SUCCESS,
            Status::LimitMissed => Self::from(1),
        }
    }
}

/// Runs a parsed command line.
pub fn run(cli: Cli) -> Result<Status> {
    let env = Env::of_system;
    match cli.command {
        Command::Analyze(args) => analyze::run(args, &env()?),
        Command::Open(args) => open::run(&args, &env()?),
        Command::History(command) => history::run(command, &env()?),
        Command::Trends(args) => trends::run(args, &env()?),
        Command::Compare(args) => trends::run_compare(&args, &env()?),
        Command::Stories(command) => stories::run(&command, &env()?),
        Command::Plan(args) => stories::run_plan(&args, &env()?),
        Command::Record(args) => record::run(args, &env()?),
        Command::Mock(args) => mock::run(&args, &env()?),
        Command::Devices { test, seconds } => devices::run(test.as_ref().map(Option::as_deref), seconds),
        Command::Calibrate(args) => calibrate::run(args, &env()?),
        Command::Doctor(args) => doctor::run(&args, &env()?),
        Command::Models(command) => models::run(command, &env()?),
        Command::Explain { rule } => explain::run(rule.as_deref(), &env()?),
        Command::Schema => {
            print(&(serde_json::to_string_pretty(&json_schema())? + "\n"))?;
            Ok(Status::Done)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "cutlist", &mut script);
            print(&String::from_utf8_lossy(&script))?;
            Ok(Status::Done)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            print(&String::from_utf8_lossy(&page))?;
            Ok(Status::Done)
        }
    }
}

/// Tells the user what went wrong, in one message, and gives the exit status of a failure.
#[must_use]
pub fn complain(error: &anyhow::Error) -> ExitCode {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    // An error that already quotes its cause is not followed by it again.
    let mut text = causes.first().cloned().unwrap_or_default();
    for cause in causes.iter().skip(1).filter(|cause| !causes[0].contains(cause.as_str())) {
        text.push_str(": ");
        text.push_str(cause);
    }
    tell(&format!("cutlist: {text}"));
    ExitCode::from(2)
}
