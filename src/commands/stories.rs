//! `cutlist stories` and `cutlist plan`: the bank, and how far practice is.

use std::io::{BufRead, IsTerminal as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::Status;
use crate::cli::history::{PlainFormat, PlanArgs, StoriesCommand};
use crate::env::Env;
use crate::files;
use crate::history::Store;
use crate::paths::make_private;
use crate::practice::check::{Weight, check, check_story};
use crate::practice::{Bank, Story, plan, view};
use crate::question::Kind;
use crate::terminal::{self, columns, print, tell};
use crate::tools::Tools;

/// Runs a subcommand of `stories`.
pub fn run(command: &StoriesCommand, env: &Env) -> Result<Status> {
    let file = env.paths.stories_file();
    let bank = env.stories()?;
    match command {
        StoriesCommand::List { format } => {
            let text = match format {
                PlainFormat::Json => serde_json::to_string(&bank)? + "\n",
                PlainFormat::Text if bank.stories.is_empty() => {
                    format!("No story yet; `cutlist stories add` asks for one. They are kept in {}.\n", file.display())
                }
                PlainFormat::Text => view::stories(&bank, columns()),
            };
            print(&text)?;
            Ok(Status::Done)
        }
        StoriesCommand::Add => add(&file, &bank),
        StoriesCommand::Check { format } => {
            let tools = Tools::bundled()?;
            let findings = check(&bank, &tools)?;
            let text = match format {
                PlainFormat::Json => serde_json::to_string(&findings)? + "\n",
                PlainFormat::Text => view::findings(&findings, bank.stories.len(), columns()),
            };
            print(&text)?;
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
    print(&text)?;
    Ok(Status::Done)
}

/// Asks one question at a time, on standard error; answers come from standard input, a line each.
fn ask(input: &mut impl BufRead, question: &str) -> Result<String> {
    terminal::ask(&format!("{question}\n> "));
    let mut line = String::new();
    let read = input.read_line(&mut line).context("cannot read your answer")?;
    ensure!(read > 0, "the answers ended before the story did; nothing is added");
    if !std::io::stdin().is_terminal() {
        tell("");
    }
    Ok(line.trim().to_owned())
}

fn add(file: &Path, bank: &Bank) -> Result<Status> {
    let input = &mut std::io::stdin().lock();
    let id = loop {
        let id = ask(input, "A short name for it, for --story (such as tax-form):")?;
        let is_plain = !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !is_plain {
            tell("Letters, figures and hyphens, please.");
        } else if bank.story(&id).is_some() {
            tell(&format!("There is a story \"{id}\" already; another name, please."));
        } else {
            break id;
        }
    };
    let kind = loop {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        match ask(input, &format!("Which kind of question does it answer ({})?", names.join(", ")))?.parse::<Kind>() {
            Ok(kind) => break kind,
            Err(unknown) => tell(&unknown.to_string()),
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
    files::write(file, &(before + &story.to_toml()?))?;
    let tools = Tools::bundled()?;
    let findings = check_story(&story, bank, &tools)?;
    let found = view::findings(&findings, 1, columns());
    let look = if findings.is_empty() { String::new() } else { format!("\n{found}") };
    print(&format!("Added \"{}\" to {}.\n{look}", story.id, file.display()))?;
    Ok(Status::Done)
}

/// Runs `plan`.
pub fn run_plan(args: &PlanArgs, env: &Env) -> Result<Status> {
    let takes = env.history()?.as_ref().map(Store::takes).transpose()?.unwrap_or_default();
    let measured = plan::measured(&env.stories()?, &takes, &Tools::bundled()?)?;
    let text = match args.format {
        PlainFormat::Json => serde_json::to_string(&measured)? + "\n",
        PlainFormat::Text => view::plan(&measured, columns()),
    };
    print(&text)?;
    Ok(Status::Done)
}
