//! `WebVTT` captions (W3C, `WebVTT`: The Web Video Text Tracks Format).
//!
//! Word-level time stamps inside a cue are used. Captions that roll (each cue repeats the line above the new one, as
//! automatic captions of video sites do) are read once.

use super::cues::{Cue, assemble, collect, timing};
use super::{Format, ImportError, Imported};

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let mut lines: Vec<&str> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        let block = ["NOTE", "STYLE", "REGION", "WEBVTT"]
            .iter()
            .any(|name| line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])));
        let at_start = lines.last().is_none_or(|last| last.trim().is_empty());
        if line.trim().is_empty() || timing(line).is_some() {
            skipping = false;
        } else if block && at_start {
            skipping = true;
        }
        if !skipping {
            lines.push(line);
        }
    }
    let mut cues = collect(&lines);
    if cues.is_empty() {
        return Err(ImportError::NoCues);
    }
    if text.contains("<c>") {
        unroll(&mut cues);
    }
    Ok(assemble(&cues, Format::Vtt))
}

/// Takes the lines out that a cue repeats from the one before it.
fn unroll(cues: &mut [Cue]) {
    let mut last = String::new();
    for cue in cues {
        cue.lines.retain(|line| {
            let plain = plain(line);
            let repeats = !plain.is_empty() && plain == last && !line.contains("<c>");
            if !plain.is_empty() {
                last = plain;
            }
            !repeats
        });
    }
}

fn plain(line: &str) -> String {
    let mut depth = false;
    let text: String = line
        .chars()
        .filter(|&c| {
            if c == '<' {
                depth = true;
            }
            let shown = !depth;
            if c == '>' {
                depth = false;
            }
            shown
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
