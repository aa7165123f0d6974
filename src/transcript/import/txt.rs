//! Plain text: words without times, a segment a paragraph or a turn.
//!
//! A label at the start of a line is a speaker's if it is a role (`Interviewer:`, `Speaker 2:`) or if it is a name that
//! starts at least two lines. `The result: we shipped` therefore stays what it is: words.

use std::collections::BTreeMap;

use super::text::{name_label, role_label, words};
use super::{Format, Imported, Segment};
use crate::span::WordRange;
use crate::transcript::Word;

/// Lines a name must start to count as a speaker.
const NAME_TURNS: usize = 2;

pub(super) fn read(text: &str) -> Imported {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in text.lines().filter_map(|line| name_label(untimed(line))) {
        *names.entry(name).or_default() += 1;
    }
    let mut imported = Imported { format: Format::Txt, words: Vec::new(), segments: Vec::new() };
    let mut speaker = None;
    let mut lo = 0;
    let mut close = |imported: &mut Imported, speaker: &Option<String>| {
        if imported.words.len() > lo {
            let words = WordRange::new(lo, imported.words.len());
            imported.segments.push(Segment { words, start_s: None, end_s: None, speaker: speaker.clone() });
            lo = imported.words.len();
        }
    };
    for line in text.lines() {
        let mut line = untimed(line);
        if line.is_empty() {
            close(&mut imported, &speaker);
            continue;
        }
        let name = || name_label(line).filter(|(name, _)| names.get(name).is_some_and(|&turns| turns >= NAME_TURNS));
        if let Some((label, rest)) = role_label(line).or_else(name) {
            close(&mut imported, &speaker);
            speaker = Some(label.to_owned());
            line = rest;
        }
        imported.words.extend(words(line).into_iter().map(Word::imported));
    }
    close(&mut imported, &speaker);
    imported
}

/// A line without the time that meeting tools put before it: `[00:12] So I` or `(1:02:03) So I`.
fn untimed(line: &str) -> &str {
    let line = line.trim();
    let Some(inner) = line.strip_prefix(['[', '(']) else { return line };
    let Some((time, rest)) = inner.split_once([']', ')']) else { return line };
    let is_time = time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ','));
    if is_time { rest.trim_start() } else { line }
}
