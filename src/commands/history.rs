//! `cutlist history`: the takes that are kept.

use std::fs::File;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Status, analyze, output};
use crate::cli::history::{CorrectArgs, ExportFormat, HistoryCommand, HistoryListArgs, ListFormat, VerdictArg};
use crate::history::{Entry, Ruled, Store, Take, TakeName, exchange, view};
use crate::judge::Verdict;
use crate::paths::Paths;
use crate::report::Report;
use crate::report::redact::redact as redacted;

/// What an empty history is met with.
const NOTHING_YET: &str = "No take is kept yet; `cutlist analyze FILE` keeps each one.\n";

/// Runs a subcommand of `history`.
pub fn run(command: HistoryCommand) -> Result<Status> {
    match command {
        HistoryCommand::List(args) => list(&args),
        HistoryCommand::Show { take, format, uncorrected, redact } => {
            let (store, id) = found(&take)?;
            // The stored text itself, so that keys of other versions are not lost on the way.
            let text = if redact {
                analyze::render(&redacted(&store.corrected_report(id)?)?, format, 0)?
            } else if uncorrected && format == crate::cli::Format::Json {
                store.report_json(id)? + "\n"
            } else {
                let report = if uncorrected { store.report(id)? } else { store.corrected_report(id)? };
                analyze::render(&report, format, 0)? + &corrections(&store, id, format)?
            };
            output::print(&text)?;
            Ok(Status::Done)
        }
        HistoryCommand::Correct(args) => correct(&args),
        HistoryCommand::Remove { takes, yes } => remove(&takes, yes),
        HistoryCommand::Export { format, output } => export(format, output.as_deref()),
        HistoryCommand::Import { file } => import(&file),
    }
}

/// The history, which is there.
pub(super) fn store() -> Result<Option<Store>> {
    Ok(Store::open_existing(&Paths::of_environment()?.history())?)
}

/// The history and the number of a take in it.
pub(super) fn found(name: &str) -> Result<(Store, i64)> {
    let name: TakeName = name.parse().map_err(anyhow::Error::msg)?;
    let store = store()?.with_context(|| NOTHING_YET.trim_end().to_owned())?;
    let id = store.find(&name)?;
    Ok((store, id))
}

/// Keeps a report, with the whole path of its recording and with the user's say on it where there is one; its number.
pub(super) fn keep(report: &Report, said: Option<Ruled>) -> Result<i64> {
    let now_ms = Timestamp::now().as_millisecond();
    let mut kept = report.clone();
    // As given it is right only in the folder of today.
    if kept.source.path != "-"
        && let Some(path) = std::path::absolute(&kept.source.path).ok().and_then(|path| Some(path.to_str()?.to_owned()))
    {
        kept.source.path = path;
    }
    let entry = Entry::of_json(serde_json::to_string(&kept)?, now_ms, true)?;
    let mut store = Store::open(&Paths::of_environment()?.history())?;
    let (id, _) = store.keep(&entry, &[])?;
    if let Some(said) = said {
        store.correct(id, said, now_ms)?;
    }
    Ok(id)
}

fn list(args: &HistoryListArgs) -> Result<Status> {
    let mut takes = match store()? {
        Some(store) => store.takes()?,
        None => Vec::new(),
    };
    let none_at_all = takes.is_empty();
    takes.retain(|take| {
        let same = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        same(&args.story, &take.story) && same(&args.kind, &take.kind)
    });
    let text = match args.format {
        ListFormat::Json => takes.iter().map(|take| Ok(serde_json::to_string(take)? + "\n")).collect::<Result<_>>()?,
        ListFormat::Csv => exchange::csv(&takes)?,
        ListFormat::Text if none_at_all => NOTHING_YET.to_owned(),
        ListFormat::Text if takes.is_empty() => "No take is of that story and kind.\n".to_owned(),
        ListFormat::Text => {
            let starred = if takes.iter().any(|take| take.corrections > 0) { "* corrected by you.  " } else { "" };
            let note = store()?.map(|store| store.hit_rate()).transpose()?.unwrap_or_default().words();
            let note = textwrap::fill(&format!("{starred}{note}"), analyze::columns().clamp(60, 100));
            format!("{}\n{note}\n", view::list::render(&takes, &TimeZone::system(), analyze::columns()))
        }
    };
    output::print(&text)?;
    Ok(Status::Done)
}

/// What the user said of a take, under its report.
fn corrections(store: &Store, id: i64, format: crate::cli::Format) -> Result<String> {
    let said = store.corrections(id)?;
    if said.is_empty() || format != crate::cli::Format::Text {
        return Ok(String::new());
    }
    let zone = TimeZone::system();
    let mut text = String::from("\nYour corrections\n");
    for correction in said {
        text.push_str(&format!("  {}: {}\n", view::day(correction.at_ms, &zone), correction.words()));
    }
    Ok(text)
}

fn correct(args: &CorrectArgs) -> Result<Status> {
    let counted = |number: usize| number.checked_sub(1).context("sentences count from 1, as the report shows them");
    let ruled = match (args.conclusion, args.sentence, args.verdict) {
        (Some(0), ..) => Ruled::Conclusion { sentence: None },
        (Some(number), ..) => Ruled::Conclusion { sentence: Some(number - 1) },
        (None, Some(number), Some(verdict)) => {
            let verdict = match verdict {
                VerdictArg::Keep => Verdict::Keep,
                VerdictArg::Trim => Verdict::Trim,
                VerdictArg::Cut => Verdict::Cut,
            };
            Ruled::Verdict { sentence: counted(number)?, verdict }
        }
        _ => {
            ensure!(
                args.agree,
                "say what is wrong: --conclusion N, or --sentence N --verdict keep|trim|cut; or --agree"
            );
            Ruled::Agreed
        }
    };
    let (mut store, id) = found(&args.take)?;
    let correction = store.correct(id, ruled, Timestamp::now().as_millisecond())?;
    output::print(&format!("Take {id}: {}.\n{}\n", correction.words(), store.hit_rate()?.words()))?;
    Ok(Status::Done)
}

fn remove(names: &[String], yes: bool) -> Result<Status> {
    let mut takes: Vec<Take> = Vec::new();
    let mut open = None;
    for name in names {
        let (store, id) = found(name)?;
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
        output::ask(&format!("Remove take {numbers} for good? Type yes: "));
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).context("cannot read your answer")?;
        ensure!(answer.trim() == "yes", "nothing is removed");
    }
    let ids: Vec<i64> = takes.iter().map(|take| take.id).collect();
    store.remove(&ids)?;
    for id in &ids {
        super::open::remove_pages(*id)?;
    }
    let mut text = format!("Removed take {numbers}.\n");
    for take in takes.iter().filter(|take| Path::new(&take.path).is_file()) {
        text.push_str(&format!("Its recording stays: {}\n", view::printable(&take.path)));
    }
    output::print(&text)?;
    Ok(Status::Done)
}

fn export(format: ExportFormat, file: Option<&Path>) -> Result<Status> {
    let store = store()?;
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
        Some(path) => output::write(path, &text)?,
        None => output::print(&text)?,
    }
    Ok(Status::Done)
}

fn import(file: &Path) -> Result<Status> {
    let mut store = Store::open(&Paths::of_environment()?.history())?;
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
    output::print(&format!("Kept {} takes{known}.\n", done.kept))?;
    std::io::stdout().flush().ok();
    Ok(Status::Done)
}
