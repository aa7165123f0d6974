//! The house's own rules, kept by a test.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// Every room of `src`, left to right. A room imports only itself and rooms to its left.
const ROOMS: [&str; 27] = [
    "units",
    "span",
    "paths",
    "files",
    "terminal",
    "builtin",
    "english",
    "question",
    "capture",
    "decode",
    "transcript",
    "models",
    "lexicon",
    "judge",
    "tools",
    "measures",
    "verdicts",
    "document",
    "edit",
    "report",
    "history",
    "practice",
    "config",
    "pipeline",
    "env",
    "cli",
    "session",
];
/// What sits on top of them all, and may import any.
const TOP: [&str; 3] = ["commands", "lib", "main"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
    out
}

/// The module that a file of `src` is, from the root: `src/report/page/mod.rs` is `["report", "page"]`.
fn module_of(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(repository("src")).unwrap().with_extension("");
    let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// `a::{b::c, d}` as `a::b::c` and `a::d`; groups may hold groups.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else { return vec![tree.to_owned()] };
    let close = tree.rfind('}').unwrap_or(tree.len());
    let (prefix, inside) = (&tree[..open], &tree[open + 1..close]);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expanded(&format!("{prefix}{}", part.trim()))).collect()
}

/// The rooms that a file imports: by `use` with groups and relative paths, or by a path in the code.
fn imported_rooms(text: &str, module: &[String]) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for (at, keyword) in code.match_indices("use ") {
        let is_word = code[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ')');
        if is_word && let Some(end) = code[at..].find(';') {
            paths.extend(expanded(&code[at + keyword.len()..at + end].replace('\n', " ")));
        }
    }
    for (at, _) in code.match_indices("crate::") {
        let path: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
        paths.push(path);
    }
    let room = |path: String| {
        let mut parts = path.split("::").map(str::trim);
        match parts.next()? {
            "crate" => return parts.next().map(|part| part.trim_end_matches(':').to_owned()),
            "super" => {}
            _ => return None,
        }
        let up = 1 + parts.clone().take_while(|part| *part == "super").count();
        // A test module in the file adds a level that the path of the file does not have.
        if up > module.len() {
            return parts.find(|part| *part != "super").map(str::to_owned);
        }
        None
    };
    let mut rooms: Vec<String> = paths.into_iter().filter_map(room).filter(|room| !room.is_empty()).collect();
    rooms.sort();
    rooms.dedup();
    rooms
}

#[test]
fn data_flows_one_way() {
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    let mut seen = 0;
    for file in sources(&repository("src")) {
        let module = module_of(&file);
        let here = place(&module[0]);
        assert!(here.is_some() || TOP.contains(&module[0].as_str()), "{} is in no room of the plan", file.display());
        let text = fs::read_to_string(&file).unwrap();
        for room in imported_rooms(&text, &module) {
            let Some(from) = place(&room) else {
                let is_macro =
                    room.chars().all(|c| c.is_lowercase() || c == '_') && text.contains(&format!("crate::{room}!"));
                assert!(is_macro || here.is_none(), "{} imports crate::{room}, which is no room", file.display());
                continue;
            };
            seen += 1;
            assert!(here.is_none_or(|here| from <= here), "{} imports {room}, to its right", file.display());
        }
    }
    assert!(seen > 300, "the test reads imports at all: {seen}");
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let module = ["report".to_owned(), "page".to_owned()];
    let text = "use crate::{history::X, units::{A, B}};\nuse super::super::super::verdicts::cuts;\n// use crate::cli::X;\nlet x = crate::span::WordRange::new(1, 2);\nuse super::sheet;";
    assert_eq!(imported_rooms(text, &module), ["history", "span", "units", "verdicts"]);
}

#[test]
fn no_command_imports_another() {
    for file in sources(&repository("src/commands")).iter().filter(|file| !file.ends_with("mod.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains("crate::commands"), "{}", file.display());
        for line in code.lines().filter(|line| line.contains("super::")) {
            assert_eq!(line, "use super::Status;", "{} imports a sibling", file.display());
        }
    }
}

#[test]
fn only_one_file_names_the_recogniser_crate() {
    let names = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("whisper_rs::"))
    };
    let naming: Vec<PathBuf> = sources(&repository("src")).into_iter().filter(names).collect();
    assert_eq!(naming.len(), 1, "{naming:?}");
    assert!(naming[0].ends_with("whisper.rs"));
}

#[test]
fn main_stays_thin() {
    let lines = fs::read_to_string(repository("src/main.rs")).unwrap().lines().count();
    assert!(lines <= 40, "{lines} lines");
}

/// The flow as `lib.rs` draws it.
fn flow() -> Vec<String> {
    let text = fs::read_to_string(repository("src/lib.rs")).unwrap();
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    lines.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```").map(str::to_owned).collect()
}

#[test]
fn there_is_one_map_and_it_is_the_house() {
    let flow = flow();
    let rooms = flow.iter().flat_map(|row| row.split_whitespace().skip(1).filter(|room| *room != "→"));
    let places: Vec<Option<usize>> = rooms.map(|room| ROOMS.iter().position(|other| *other == room)).collect();
    assert!(places.len() > 8 && places.iter().all(Option::is_some), "a room that is not there: {flow:?}");
    assert!(places.is_sorted(), "the rooms are in another order than the house's: {flow:?}");
    for document in ["README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(repository(document)).unwrap();
        let drawn = flow.iter().fold(String::new(), |drawn, row| drawn + "    " + row + "\n");
        assert!(text.contains(&drawn), "{document} does not show the flow of lib.rs:\n{drawn}");
    }
}
