//! The house's own rules, kept by a test.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// The stages, left to right. A stage imports only stages to its left.
const STAGES: [&str; 11] = [
    "question",
    "capture",
    "decode",
    "transcript",
    "lexicon",
    "judge",
    "measures",
    "verdicts",
    "report",
    "history",
    "practice",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The stage names that a source file imports by `crate::NAME`, comments left out.
fn imports(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn data_flows_one_way() {
    let mut seen = 0;
    for (index, stage) in STAGES.iter().enumerate() {
        let mut files = Vec::new();
        let folder = repository("src").join(stage);
        if folder.is_dir() {
            sources(&folder, &mut files);
        } else if repository("src").join(format!("{stage}.rs")).is_file() {
            files.push(repository("src").join(format!("{stage}.rs")));
        }
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for import in imports(&text) {
                let Some(from) = STAGES.iter().position(|other| *other == import) else {
                    let is_shared = ["units", "span", "paths", "hash"].contains(&import.as_str());
                    assert!(is_shared || import.is_empty(), "{} imports crate::{import}", file.display());
                    continue;
                };
                seen += 1;
                assert!(from <= index, "{} imports {import}, which is to its right", file.display());
            }
        }
    }
    assert!(seen > 20, "the test reads imports at all: {seen}");
}

#[test]
fn only_one_file_names_the_recogniser_crate() {
    let mut files = Vec::new();
    sources(&repository("src"), &mut files);
    let naming: Vec<String> = files
        .iter()
        .filter(|file| {
            let text = fs::read_to_string(file).unwrap();
            text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("whisper_rs::"))
        })
        .map(|file| file.display().to_string())
        .collect();
    assert_eq!(naming.len(), 1, "{naming:?}");
    assert!(naming[0].ends_with("whisper.rs"));
}

#[test]
fn main_stays_thin() {
    let lines = fs::read_to_string(repository("src/main.rs")).unwrap().lines().count();
    assert!(lines <= 40, "{lines} lines");
}
