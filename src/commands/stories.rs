//! `cutlist stories` and `cutlist plan`: the bank, and how far practice is.

use std::io::{BufRead, IsTerminal as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::{Status, analyze, history, output};
use crate::cli::history::{PlainFormat, PlanArgs, StoriesCommand};
use crate::history::meaning::Meaning;
use crate::history::trends::newest_records;
use crate::history::{Store, Take};
use crate::judge::Judge;
use crate::lexicon::Lexicon;
use crate::paths::{Paths, make_private};
use crate::practice::check::{Tools, Weight, check, check_story};
use crate::practice::{Bank, Story, plan, reached, view};
use crate::question::Kind;
use crate::report::{Report, Warning};

/// Runs a subcommand of `stories`.
pub fn run(command: &StoriesCommand) -> Result<Status> {
    let file = Paths::of_environment()?.stories_file();
    let bank = Bank::read(&file)?;
    match command {
        StoriesCommand::List { format } => {
            let text = match format {
                PlainFormat::Json => serde_json::to_string(&bank)? + "\n",
                PlainFormat::Text if bank.stories.is_empty() => {
                    format!("No story yet; `cutlist stories add` asks for one. They are kept in {}.\n", file.display())
                }
                PlainFormat::Text => view::stories(&bank, analyze::columns()),
            };
            output::print(&text)?;
            Ok(Status::Done)
        }
        StoriesCommand::Add => add(&file, &bank),
        StoriesCommand::Check { format } => {
            let (judge, lexicon) = (Judge::bundled()?, Lexicon::english()?);
            let findings = check(&bank, &Tools { judge: &judge, lexicon: &lexicon })?;
            let text = match format {
                PlainFormat::Json => serde_json::to_string(&findings)? + "\n",
                PlainFormat::Text => view::findings(&findings, bank.stories.len(), analyze::columns()),
            };
            output::print(&text)?;
            let is_missing = findings.iter().any(|finding| finding.weight == Weight::Missing);
            Ok(if is_missing { Status::LimitMissed } else { Status::Done })
        }
        StoriesCommand::Principles => principles(&bank),
    }
}

fn principles(bank: &Bank) -> Result<Status> {
    let list = bank.principles().context("your stories name a company without a list; add it under [[principles]]")?;
    let mut text = String::new();
    for name in &list.names {
        let of = |story: &&Story| [&story.principle, &story.backup].iter().any(|p| p.trim().eq_ignore_ascii_case(name));
        let shown: Vec<&str> = bank.stories.iter().filter(of).map(|story| story.id.as_str()).collect();
        text.push_str(format!("{name:<44} {}", shown.join(", ")).trim_end());
        text.push('\n');
    }
    output::print(&text)?;
    Ok(Status::Done)
}

/// Asks one question at a time, on standard error; answers come from standard input, a line each.
fn ask(input: &mut impl BufRead, question: &str) -> Result<String> {
    output::ask(&format!("{question}\n> "));
    let mut line = String::new();
    let read = input.read_line(&mut line).context("cannot read your answer")?;
    ensure!(read > 0, "the answers ended before the story did; nothing is added");
    if !std::io::stdin().is_terminal() {
        output::tell("");
    }
    Ok(line.trim().to_owned())
}

fn add(file: &Path, bank: &Bank) -> Result<Status> {
    let input = &mut std::io::stdin().lock();
    let id = loop {
        let id = ask(input, "A short name for it, for --story (such as tax-form):")?;
        let is_plain = !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !is_plain {
            output::tell("Letters, figures and hyphens, please.");
        } else if bank.story(&id).is_some() {
            output::tell(&format!("There is a story \"{id}\" already; another name, please."));
        } else {
            break id;
        }
    };
    let kind = loop {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        match ask(input, &format!("Which kind of question does it answer ({})?", names.join(", ")))?.parse::<Kind>() {
            Ok(kind) => break kind,
            Err(message) => output::tell(&message),
        }
    };
    let conclusion = kind.conclusion_is();
    let mut story = Story { id, kind: Some(kind), ..Story::default() };
    story.line = ask(input, &format!("The whole of it in one line, starting with {conclusion}:"))?;
    story.problem = ask(input, "The problem: who hurt, and how?")?;
    story.action = ask(input, "The action: what did you decide and do yourself?")?;
    story.metric = ask(input, "The metric: what moved, from what to what, in what time?")?;
    story.reflection = ask(input, "The reflection: what would you do differently?")?;
    story.principle = ask(input, "The leadership principle it shows (`cutlist stories principles` lists them):")?;
    story.backup = ask(input, "A backup principle, for when that one is taken:")?;
    if let Some(folder) = file.parent() {
        make_private(folder, "CUTLIST_CONFIG")?;
    }
    let before = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "# Your stories. `cutlist stories check` says what is missing or weak.\n".to_owned()
        }
        Err(error) => bail!("cannot read {}: {error}; nothing is added", file.display()),
    };
    output::write(file, &(before + &story.to_toml()?))?;
    let (judge, lexicon) = (Judge::bundled()?, Lexicon::english()?);
    let findings = check_story(&story, bank, &Tools { judge: &judge, lexicon: &lexicon })?;
    let found = view::findings(&findings, 1, analyze::columns());
    let look = if findings.is_empty() { String::new() } else { format!("\n{found}") };
    output::print(&format!("Added \"{}\" to {}.\n{look}", story.id, file.display()))?;
    Ok(Status::Done)
}

/// Runs `plan`.
pub fn run_plan(args: &PlanArgs) -> Result<Status> {
    let takes = history::store()?.as_ref().map(Store::takes).transpose()?.unwrap_or_default();
    let measured = plan_of(&takes)?;
    let text = match args.format {
        PlainFormat::Json => serde_json::to_string(&measured)? + "\n",
        PlainFormat::Text => view::plan(&measured, analyze::columns()),
    };
    output::print(&text)?;
    Ok(Status::Done)
}

/// The plan, measured from the bank and these takes.
pub(super) fn plan_of(takes: &[Take]) -> Result<plan::Plan> {
    let bank = Bank::read(&Paths::of_environment()?.stories_file())?;
    let (judge, lexicon) = (Judge::bundled()?, Lexicon::english()?);
    let findings = check(&bank, &Tools { judge: &judge, lexicon: &lexicon })?;
    let (newest, _) = newest_records(takes);
    Ok(plan::plan(&bank, &newest, &findings, &lexicon))
}

/// Says in a report whether it got to the point of the story it names; a story that the bank does not have is warned
/// about. Nothing without `--story`, or without a bank.
pub(super) fn hold_against_story(report: &mut Report, judge: &Judge, lexicon: &Lexicon) -> Result<()> {
    let Some(id) = report.question.story.clone() else { return Ok(()) };
    let bank = Bank::read(&Paths::of_environment()?.stories_file())?;
    if bank.stories.is_empty() {
        return Ok(());
    }
    if let Some(story) = bank.story(&id) {
        let told = reached::reached(story, report, lexicon, &mut Meaning::new(judge));
        report.story = Some(told);
    } else {
        let ids: Vec<&str> = bank.stories.iter().map(|story| story.id.as_str()).collect();
        let text = format!(
            "there is no story \"{id}\" in your bank, which has {}; the take is kept under that name",
            ids.join(", ")
        );
        report.warnings.push(Warning::new("unknown_story", text));
    }
    Ok(())
}
