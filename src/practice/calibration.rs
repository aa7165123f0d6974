//! Calibration: how well fillers are heard in one voice, on one microphone, with one model.
//!
//! The speaker reads eight lines with scripted fillers and decoys (words that look like fillers and are none). What is heard is
//! laid beside the script by edit distance over words; a scripted filler counts as found when a filler finding
//! covers a word that stands in its place, and every finding that covers no scripted filler is a false alarm.
//!
//! Limits: read speech is clearer than thinking aloud, so the recall of a real answer is lower rather than higher, and with
//! some ten fillers one more or less is ten points.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::document::Calibration;
use crate::transcript::{Transcript, bare};

/// What was found last, kept in `file`; `None` where nothing was, or the file cannot be read.
#[must_use]
pub fn kept(file: &Path) -> Option<Calibration> {
    serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

/// A word of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scripted {
    text: String,
    /// Which filler it belongs to, if any.
    filler: Option<usize>,
    is_decoy: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lines: Vec<String>,
}

static FILE: LazyLock<File> = builtin!("calibration.toml");

/// How a reading went.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Fillers in the script.
    pub scripted: usize,
    /// Of these, how many were found.
    pub found: usize,
    /// Those that were not, in their words.
    pub missed: Vec<String>,
    /// Findings that are no scripted filler, in their words.
    pub false_alarms: Vec<String>,
    /// Decoys in the script.
    pub decoys: usize,
    /// Share of the script's words that were heard as they stand: under a half, something else was read.
    pub read_share: f64,
}

/// The lines as they are read.
#[must_use]
pub fn lines() -> Vec<String> {
    FILE.lines.iter().map(|line| line.replace(['{', '}', '[', ']'], "")).collect()
}

fn script() -> Vec<Scripted> {
    let mut out: Vec<Scripted> = Vec::new();
    let (mut fillers, mut inside, mut decoy) = (0, false, false);
    for token in FILE.lines.iter().flat_map(|line| line.split_whitespace()) {
        if token.contains('{') {
            inside = true;
            fillers += 1;
        }
        decoy |= token.contains('[');
        out.push(Scripted { text: bare(token), filler: inside.then(|| fillers - 1), is_decoy: decoy });
        inside &= !token.contains('}');
        decoy &= !token.contains(']');
    }
    out
}

/// Scores a reading: `findings` are the runs of words that were taken for fillers.
#[must_use]
pub fn score(transcript: &Transcript, findings: &[std::ops::Range<usize>]) -> Score {
    let script = script();
    let heard: Vec<String> = transcript.words.iter().map(crate::transcript::Word::bare).collect();
    let pairs = align(&script, &heard);
    let count = script.iter().filter_map(|word| word.filler).max().map_or(0, |last| last + 1);
    let mut is_found = vec![false; count];
    let mut false_alarms = Vec::new();
    for finding in findings {
        let hits: Vec<usize> = pairs
            .iter()
            .filter(|(_, heard)| finding.contains(heard))
            .filter_map(|(scripted, _)| script[*scripted].filler)
            .collect();
        for hit in &hits {
            is_found[*hit] = true;
        }
        if hits.is_empty() {
            let words: Vec<&str> = finding.clone().filter_map(|i| heard.get(i).map(String::as_str)).collect();
            false_alarms.push(words.join(" "));
        }
    }
    let filler_text = |number: usize| {
        let words: Vec<&str> =
            script.iter().filter(|word| word.filler == Some(number)).map(|word| word.text.as_str()).collect();
        words.join(" ")
    };
    let same = pairs.iter().filter(|(s, h)| script[*s].text == heard[*h]).count();
    Score {
        scripted: count,
        found: is_found.iter().filter(|found| **found).count(),
        missed: (0..count).filter(|i| !is_found[*i]).map(filler_text).collect(),
        false_alarms,
        decoys: script.iter().filter(|word| word.is_decoy).count(),
        read_share: same as f64 / script.len().max(1) as f64,
    }
}

/// Filled pauses are written in many ways; for the alignment they are one word.
fn same_sound(a: &str, b: &str) -> bool {
    use crate::transcript::is_filled_pause;
    a == b || (is_filled_pause(a) && is_filled_pause(b))
}

/// Pairs of script and heard words that stand in the same place, by least edits (Wagner & Fischer 1974, J. ACM 21). A
/// substitution costs as much as leaving one out and putting one in, less a little, so that a misheard word still has a place.
fn align(script: &[Scripted], heard: &[String]) -> Vec<(usize, usize)> {
    const GAP: u32 = 2;
    const OTHER: u32 = 3;
    let (n, m) = (script.len(), heard.len());
    let mut cost = vec![vec![0; m + 1]; n + 1];
    for (i, row) in cost.iter_mut().enumerate() {
        row[0] = GAP * u32::try_from(i).unwrap_or(u32::MAX / 8);
    }
    for (j, cell) in cost[0].iter_mut().enumerate() {
        *cell = GAP * u32::try_from(j).unwrap_or(u32::MAX / 8);
    }
    let swap = |i: usize, j: usize| if same_sound(&script[i].text, &heard[j]) { 0 } else { OTHER };
    for i in 1..=n {
        for j in 1..=m {
            cost[i][j] = (cost[i - 1][j - 1] + swap(i - 1, j - 1)).min(cost[i - 1][j] + GAP).min(cost[i][j - 1] + GAP);
        }
    }
    let (mut i, mut j) = (n, m);
    let mut pairs = Vec::new();
    while i > 0 && j > 0 {
        if cost[i][j] == cost[i - 1][j - 1] + swap(i - 1, j - 1) {
            pairs.push((i - 1, j - 1));
            (i, j) = (i - 1, j - 1);
        } else if cost[i][j] == cost[i - 1][j] + GAP {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Word;

    fn read(text: &str) -> Transcript {
        let words = text.split_whitespace().map(Word::imported).collect();
        Transcript { words, ..Transcript::default() }
    }

    /// The findings on words that are a filled pause, as a perfect ear would have them.
    fn pauses(transcript: &Transcript) -> Vec<std::ops::Range<usize>> {
        let is = |i: &usize| crate::transcript::is_filled_pause(&transcript.words[*i].text);
        (0..transcript.words.len()).filter(is).map(|i| i..i + 1).collect()
    }

    #[test]
    fn there_are_eight_lines_with_fillers_and_decoys() {
        assert_eq!(lines().len(), 8);
        assert!(lines().iter().all(|line| !line.contains(['{', '[', ']', '}'])));
        let score = score(&read(&lines().join(" ")), &[]);
        assert!(score.scripted >= 10 && score.decoys >= 6, "{score:?}");
        assert!((score.read_share - 1.0).abs() < 1e-9);
        assert_eq!(score.missed.len(), score.scripted);
    }

    #[test]
    fn fillers_that_are_heard_count_however_they_are_spelt() {
        let text = lines().join(" ").replace("um", "umm").replace("uh,", "er,");
        let transcript = read(&text);
        let score = score(&transcript, &pauses(&transcript));
        assert_eq!(score.found, score.scripted - 2, "all but \"so, you know\" and \"I mean\": {score:?}");
        assert_eq!(score.false_alarms, Vec::<String>::new());
    }

    #[test]
    fn a_filler_that_was_not_heard_is_a_miss_and_a_decoy_that_was_is_a_false_alarm() {
        let text = lines().join(" ").replacen("Um, I", "I", 1);
        let transcript = read(&text);
        let like = transcript.words.iter().position(|word| word.text == "like").unwrap();
        let mut findings = pauses(&transcript);
        findings.push(like..like + 1);
        let score = score(&transcript, &findings);
        assert_eq!(score.found, score.scripted - 3);
        assert_eq!(score.false_alarms, ["like"]);
        assert!(score.missed.contains(&"um".to_owned()));
    }

    #[test]
    fn another_text_is_told_from_the_lines() {
        assert!(score(&read("The quick brown fox jumps over the lazy dog."), &[]).read_share < 0.5);
    }
}
