//! `cutlist history`: the takes that are kept.

use std::fs::File;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;

use super::Status;
use crate::cli::history::{CorrectArgs, ExportFormat, HistoryCommand, HistoryListArgs, ListFormat};
use crate::env::{Env, NOTHING_YET};
use crate::files;
use crate::history::{Ruled, Store, Take, exchange, pages, view};
use crate::pipeline::show::render;
use crate::report::Format;
use crate::report::redact::redact as redacted;
use crate::terminal::{self, columns, print};

/// Runs a subcommand of `history`.
pub fn run(command: HistoryCommand, env: &Env) -> Result<Status> {
    match command {
        HistoryCommand::List(args) => list(&args, env),
        HistoryCommand::Show { take, format, uncorrected, redact } => {
            let (store, id) = env.take(&take)?;
            // The stored text itself, so that keys of other versions are not lost on the way.
            let text = if redact {
                render(&redacted(&store.corrected_report(id)?)?, format, 0)?
            } else if uncorrected && format == Format::Json {
                store.report_json(id)? + "\n"
            } else {
                let report = if uncorrected { store.report(id)? } else { store.corrected_report(id)? };
                render(&report, format, 0)? + &corrections(&store, id, format, env)?
            };
            print(&text)?;
            Ok(Status::Done)
        }
        HistoryCommand::Correct(args) => correct(&args, env),
        HistoryCommand::Remove { takes, yes } => remove(&takes, yes, env),
        HistoryCommand::Export { format, output } => export(format, output.as_deref(), env),
        HistoryCommand::Import { file } => import(&file, env),
    }
}

fn list(args: &HistoryListArgs, env: &Env) -> Result<Status> {
    let mut takes = match env.history()? {
        Some(store) => store.takes()?,
        None => Vec::new(),
    };
    let none_at_all = takes.is_empty();
    takes.retain(|take| {
        let is_of_story = args.story.is_none() || args.story == take.story;
        is_of_story && args.kind.is_none_or(|kind| take.kind.as_deref() == Some(kind.name()))
    });
    let text = match args.format {
        ListFormat::Json => takes.iter().map(|take| Ok(serde_json::to_string(take)? + "\n")).collect::<Result<_>>()?,
        ListFormat::Csv => exchange::csv(&takes)?,
        ListFormat::Text if none_at_all => NOTHING_YET.to_owned(),
        ListFormat::Text if takes.is_empty() => "No take is of that story and kind.\n".to_owned(),
        ListFormat::Text => {
            let starred = if takes.iter().any(|take| take.corrections > 0) { "* corrected by you.  " } else { "" };
            let note = env.history()?.map(|store| store.hit_rate()).transpose()?.unwrap_or_default().words();
            let note = textwrap::fill(&format!("{starred}{note}"), columns().clamp(60, 100));
            format!("{}\n{note}\n", view::list::render(&takes, env.zone(), columns()))
        }
    };
    print(&text)?;
    Ok(Status::Done)
}

/// What the user said of a take, under its report.
fn corrections(store: &Store, id: i64, format: Format, env: &Env) -> Result<String> {
    let said = store.corrections(id)?;
    if said.is_empty() || format != Format::Text {
        return Ok(String::new());
    }
    let mut text = String::from("\nYour corrections\n");
    for correction in said {
        text.push_str(&format!("  {}: {}\n", view::day(correction.at_ms, env.zone()), correction.words()));
    }
    Ok(text)
}

fn correct(args: &CorrectArgs, env: &Env) -> Result<Status> {
    let counted = |number: usize| number.checked_sub(1).context("sentences count from 1, as the report shows them");
    let ruled = match (args.conclusion, args.sentence, args.verdict) {
        (Some(0), ..) => Ruled::Conclusion { sentence: None },
        (Some(number), ..) => Ruled::Conclusion { sentence: Some(number - 1) },
        (None, Some(number), Some(verdict)) => Ruled::Verdict { sentence: counted(number)?, verdict },
        _ => {
            ensure!(
                args.agree,
                "say what is wrong: --conclusion N, or --sentence N --verdict keep|trim|cut; or --agree"
            );
            Ruled::Agreed
        }
    };
    let (mut store, id) = env.take(&args.take)?;
    let correction = store.correct(id, ruled, Timestamp::now().as_millisecond())?;
    print(&format!("Take {id}: {}.\n{}\n", correction.words(), store.hit_rate()?.words()))?;
    Ok(Status::Done)
}

fn remove(names: &[String], yes: bool, env: &Env) -> Result<Status> {
    let mut takes: Vec<Take> = Vec::new();
    let mut open = None;
    for name in names {
        let (store, id) = env.take(name)?;
        if !takes.iter().any(|take| take.id == id) {
            takes.push(store.take(id)?);
        }
        open = Some(store);
    }
    let Some(mut store) = open else { return Ok(Status::Done) };
    let numbers: Vec<String> = takes.iter().map(|take| take.id.to_string()).collect();
    let numbers = numbers.join(", ");
    if !yes {
        ensure!(std::io::stdin().is_terminal(), "removing cannot be undone; say --yes to remove take {numbers}");
        terminal::ask(&format!("Remove take {numbers} for good? Type yes: "));
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).context("cannot read your answer")?;
        ensure!(answer.trim() == "yes", "nothing is removed");
    }
    let ids: Vec<i64> = takes.iter().map(|take| take.id).collect();
    store.remove(&ids)?;
    for id in &ids {
        pages::remove(&env.paths.pages(), *id).map_err(|(path, error)| {
            let said = format!("the take is removed, but not its page \"{}\"; remove it yourself", path.display());
            anyhow::Error::new(error).context(said)
        })?;
    }
    let mut text = format!("Removed take {numbers}.\n");
    for take in takes.iter().filter(|take| Path::new(&take.path).is_file()) {
        text.push_str(&format!("Its recording stays: {}\n", view::printable(&take.path)));
    }
    print(&text)?;
    Ok(Status::Done)
}

fn export(format: ExportFormat, file: Option<&Path>, env: &Env) -> Result<Status> {
    let store = env.history()?;
    let takes = store.as_ref().map(Store::takes).transpose()?.unwrap_or_default();
    let mut text = String::new();
    match (format, &store) {
        (ExportFormat::Csv, _) => text = exchange::csv(&takes)?,
        (ExportFormat::Json, Some(store)) => {
            for take in &takes {
                text.push_str(&serde_json::to_string(&store.export(take)?)?);
                text.push('\n');
            }
        }
        (ExportFormat::Json, None) => {}
    }
    match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => files::write(path, &text)?,
        None => print(&text)?,
    }
    Ok(Status::Done)
}

fn import(file: &Path, env: &Env) -> Result<Status> {
    let mut store = Store::open(&env.paths.history())?;
    let now_ms = Timestamp::now().as_millisecond();
    let done = if file.as_os_str() == "-" {
        exchange::import(&mut store, std::io::stdin().lock(), now_ms)
    } else {
        let open = File::open(file).with_context(|| format!("cannot open {}; check the path", file.display()))?;
        ensure!(!open.metadata().is_ok_and(|about| about.is_dir()), "{} is a folder; name a file", file.display());
        exchange::import(&mut store, BufReader::new(open), now_ms)
    }
    .with_context(|| format!("cannot import {}", file.display()))?;
    let known = if done.known > 0 { format!("; {} were here already", done.known) } else { String::new() };
    print(&format!("Kept {} takes{known}.\n", done.kept))?;
    std::io::stdout().flush().ok();
    Ok(Status::Done)
}
