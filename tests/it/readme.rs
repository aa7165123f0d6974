//! The documents keep their word: what they show is printed, what they name is there, what they link to exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::history::Home;
use crate::support::repository;

/// Everything that a newcomer reads.
fn documents() -> Vec<PathBuf> {
    let named = ["README.md", "CONTRIBUTING.md", "RUBRIC.md", "models/README.md", "models/judge/README.md"];
    let folders = ["recordings/README.md", "tests/eval/README.md", "tests/fixtures/README.md"];
    let mut out: Vec<PathBuf> = named.into_iter().chain(folders).map(repository).collect();
    out.extend(std::fs::read_dir(repository("docs")).unwrap().map(|entry| entry.unwrap().path()));
    out.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    out.sort();
    out
}

fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The indented blocks of a document.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.lines() {
        let block = out.last_mut().unwrap();
        match line.strip_prefix("    ") {
            Some(code) => block.push(code.trim_end().to_owned()),
            None if line.trim().is_empty() && !block.is_empty() => block.push(String::new()),
            None => out.push(Vec::new()),
        }
    }
    out.retain(|block| !block.is_empty());
    out
}

/// Every command of a document: lines of its blocks, and what stands between backticks.
fn code(text: &str) -> Vec<String> {
    let mut out: Vec<String> = blocks(text).into_iter().flatten().collect();
    let prose: Vec<&str> = text.lines().filter(|line| !line.starts_with("    ")).collect();
    out.extend(prose.join(" ").split('`').skip(1).step_by(2).map(str::to_owned));
    out
}

/// A command line's words, as a shell parts them.
fn words(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (i, part) in line.split(['"', '\'']).enumerate() {
        if i % 2 == 1 {
            out.push(part.to_owned());
        } else {
            let part = part.split(" #").next().unwrap_or_default();
            out.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    out
}

#[test]
fn the_readme_can_be_read_in_one_go() {
    let lines = text_of(&repository("README.md")).lines().count();
    assert!(lines <= 200, "README.md has {lines} lines; move what a stranger need not know to docs/");
}

/// The name that a heading has as a target of links.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    for document in documents() {
        let text = text_of(&document);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") {
                continue;
            }
            seen += 1;
            let (path, part) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            assert!(file.exists(), "{}: {target} is not there", document.display());
            if !part.is_empty() {
                let text = text_of(&file);
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                let is_there = headings.any(|line| slug(line.trim_start_matches('#').trim()) == part);
                assert!(is_there, "{}: {target} has no such heading", document.display());
            }
        }
    }
    assert!(seen > 20, "the test sees links at all: {seen}");
}

/// Shown output is printed: each run of lines between marks of omission (`…`) stands in the output as it is shown.
#[test]
fn what_a_document_shows_is_printed() {
    let weeks = Home::new();
    let four_weeks = repository("tests/fixtures/history/four-weeks.jsonl");
    weeks.prints(&["history", "import", four_weeks.to_str().unwrap()]);
    let mut shown = BTreeSet::new();
    for document in documents() {
        for block in blocks(&text_of(&document)) {
            let Some(line) = block[0].strip_prefix("$ cutlist ") else { continue };
            let arguments = words(line);
            let own = Home::new();
            let home = if arguments[0] == "analyze" { &own } else { &weeks };
            let output = home.cutlist().current_dir(repository("")).env("TZ", "UTC").args(&arguments).output().unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            let printed = String::from_utf8(output.stdout).unwrap();
            let printed = printed.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n");
            for run in block[1..].split(|line| line.trim() == "…") {
                let run = run.join("\n");
                let is_printed = format!("\n{printed}").contains(&format!("\n{}\n", run.trim_matches('\n')));
                assert!(
                    is_printed || run.trim().is_empty(),
                    "{}: `cutlist {line}` does not print\n{run}\n\nbut\n{printed}",
                    document.display()
                );
            }
            shown.insert(arguments[0].clone());
        }
    }
    assert_eq!(shown.into_iter().collect::<Vec<_>>(), ["analyze", "compare", "plan", "trends"]);
}

#[test]
fn every_command_that_a_document_names_is_there() {
    let manifest = text_of(&repository("Cargo.toml"));
    let (mut scripts, mut calls) = (BTreeSet::new(), BTreeSet::new());
    for document in documents() {
        let is_named = |line: &str| format!("{}: {line}", document.display());
        for line in code(&text_of(&document)) {
            let words = words(line.trim_start_matches("$ "));
            for word in &words {
                let is_script = Path::new(word).extension().is_some_and(|ending| ending == "py") && word.contains('/')
                    || word.starts_with(".ci/");
                if is_script && !word.contains(['{', '*']) {
                    let is_beside = document.parent().unwrap().join(word).is_file();
                    assert!(is_beside || repository(word).is_file(), "{}", is_named(&line));
                    scripts.insert(word.clone());
                }
            }
            for pair in words.windows(2).filter(|_| words[0] == "cargo") {
                let section = match pair[0].as_str() {
                    "--bench" => "bench",
                    "--example" => "example",
                    "--test" => "test",
                    _ => continue,
                };
                let entry = format!("[[{section}]]\nname = \"{}\"", pair[1]);
                assert!(manifest.contains(&entry), "{}", is_named(&line));
            }
            if let Some(at) = words.iter().position(|word| word == "cutlist" || word.ends_with("/cutlist")) {
                calls.insert((words[at + 1..].to_vec(), is_named(&line)));
            }
        }
    }
    assert!(scripts.len() > 8 && calls.len() > 30, "{} scripts, {} calls", scripts.len(), calls.len());
    for (call, named) in &calls {
        takes_what_is_said(call, named);
    }
    let has_python = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_python {
        eprintln!("skipped: the scripts' --help, which needs python3");
    }
    for script in scripts.iter().filter(|script| has_python && script.starts_with("tests/eval/")) {
        let output = Command::new("python3").arg(repository(script)).arg("--help").output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Whether the help of a call's subcommand knows every option of it.
#[track_caller]
fn takes_what_is_said(call: &[String], named: &str) {
    let is_name = |word: &&String| word.chars().all(|c| c.is_ascii_lowercase());
    let depth = if matches!(call.first().map(String::as_str), Some("history" | "models" | "stories")) { 2 } else { 1 };
    let command: Vec<&String> = call.iter().take(depth).take_while(is_name).collect();
    if command.is_empty() {
        return;
    }
    let output = crate::support::cutlist().args(&command).arg("--help").output().unwrap();
    assert!(output.status.success(), "{named}");
    let help = String::from_utf8_lossy(&output.stdout);
    for option in call.iter().filter(|word| word.starts_with("--") && word.len() > 2) {
        let option = option.split('=').next().unwrap_or_default();
        assert!(help.contains(option), "{named}: `{option}` is not in the help");
    }
}
