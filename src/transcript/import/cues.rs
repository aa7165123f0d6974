//! What the two caption formats share: timing lines, tags, and cues → words.

use super::text::{name_label, role_label, spread, words};
use super::{Format, Imported, Segment};
use crate::span::WordRange;
use crate::transcript::Word;
use crate::units::Seconds;

/// A caption as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) start: Seconds,
    pub(super) end: Seconds,
    pub(super) lines: Vec<String>,
}

/// Longest time that is believed: a hundred hours.
const MAX_S: f64 = 360_000.0;

/// Start and end of a timing line; what follows the end (`WebVTT`'s settings) is left alone.
pub(super) fn timing(line: &str) -> Option<(Seconds, Seconds)> {
    let (from, to) = line.split_once("-->")?;
    Some((clock(from.trim())?, clock(to.split_whitespace().next()?)?))
}

/// Whether any line is a timing line.
pub(super) fn has_timing(text: &str) -> bool {
    text.lines().any(|line| timing(line).is_some())
}

/// `01:02:03,456`, `02:03.456`: hours are optional, comma and full stop are the same.
pub(super) fn clock(text: &str) -> Option<Seconds> {
    if text.len() > 20 {
        return None;
    }
    let mut total = 0.0;
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in &parts {
        let part = part.replace(',', ".");
        if part.is_empty() || !part.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return None;
        }
        total = total * 60.0 + part.parse::<f64>().ok()?;
    }
    (total <= MAX_S).then_some(Seconds(total))
}

/// Collects the cues of a file: a timing line, then text up to an empty line or the next timing line.
pub(super) fn collect(lines: &[&str]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut open = false;
    for (i, line) in lines.iter().enumerate() {
        if let Some((start, end)) = timing(line) {
            cues.push(Cue { start, end: end.max(start), lines: Vec::new() });
            open = true;
        } else if line.is_empty() {
            open = false;
        } else if line.trim().is_empty() {
            // A line of spaces is part of a cue: rolling captions begin with one.
        } else if open && let Some(cue) = cues.last_mut() {
            // The number of the next cue, where the empty line before it is missing.
            let number = line.trim().chars().all(|c| c.is_ascii_digit());
            if !(number && lines.get(i + 1).is_some_and(|next| timing(next).is_some())) {
                cue.lines.push((*line).to_owned());
            }
        }
    }
    cues.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    cues
}

/// Cues → words, in the order of their starts; time stamps within a line divide its time.
pub(super) fn assemble(cues: &[Cue], format: Format) -> Imported {
    let mut imported = Imported { format, words: Vec::new(), segments: Vec::new() };
    let mut speaker: Option<String> = None;
    let mut latest = Seconds::ZERO;
    for cue in cues {
        let mut said = Vec::new();
        let mut pieces: Vec<(Option<Seconds>, String)> = Vec::new();
        for line in &cue.lines {
            let (voice, mut stamped) = stamps(line);
            if voice.is_some() {
                speaker = voice;
            }
            if let Some((_, first)) = stamped.first_mut() {
                let trimmed = first.trim_start().trim_start_matches(['-', '–', '>']).trim_start().to_owned();
                let label = role_label(&trimmed).or_else(|| name_label(&trimmed).filter(|(name, _)| is_shouted(name)));
                if let Some((label, rest)) = label {
                    speaker = Some(label.to_owned());
                    rest.clone_into(first);
                } else {
                    *first = trimmed;
                }
            }
            pieces.extend(stamped);
        }
        let ends: Vec<Seconds> = (0..pieces.len())
            .map(|i| pieces[i + 1..].iter().find_map(|(stamp, _)| *stamp).unwrap_or(cue.end).min(cue.end))
            .collect();
        let mut from = cue.start;
        let mut run: Vec<String> = Vec::new();
        for (i, (stamp, text)) in pieces.iter().enumerate() {
            if let Some(stamp) = stamp {
                said.extend(spread(std::mem::take(&mut run), from, stamp.max(from)));
                from = stamp.max(cue.start).min(cue.end);
            }
            run.extend(words(&without_sounds(text)));
            if i + 1 == pieces.len() {
                said.extend(spread(std::mem::take(&mut run), from, ends[i].max(from)));
            }
        }
        // Cues that overlap are read one after the other; no word starts before the one said before it.
        for word in &mut said {
            word.start_s = word.start_s.map(|start| start.max(latest));
            word.end_s = word.end_s.zip(word.start_s).map(|(end, start)| end.max(start));
            latest = word.start_s.unwrap_or(latest);
        }
        push_segment(&mut imported, said, Some(cue.start), Some(cue.end), speaker.clone());
    }
    imported
}

/// Adds a segment and its words, unless there are none.
pub(super) fn push_segment(
    imported: &mut Imported,
    words: Vec<Word>,
    start_s: Option<Seconds>,
    end_s: Option<Seconds>,
    speaker: Option<String>,
) {
    if words.is_empty() {
        return;
    }
    let lo = imported.words.len();
    imported.words.extend(words);
    imported.segments.push(Segment { words: WordRange::new(lo, imported.words.len()), start_s, end_s, speaker });
}

/// Captions write speakers in capitals: `ANNA: So`.
fn is_shouted(name: &str) -> bool {
    name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)
}

/// A line cut at its inner time stamps, tags and entities resolved; and the voice it names.
fn stamps(line: &str) -> (Option<String>, Vec<(Option<Seconds>, String)>) {
    let mut voice = None;
    let mut pieces = vec![(None, String::new())];
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some((tag, after)) = tag(rest) {
            if let Some(stamp) = clock(tag) {
                pieces.push((Some(stamp), String::new()));
            } else if let Some(name) = tag
                .strip_prefix("v ")
                .or_else(|| tag.strip_prefix("v.").and_then(|t| t.split_once(' ')).map(|(_, n)| n))
            {
                voice = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            }
            rest = after;
        } else {
            if let Some((_, text)) = pieces.last_mut() {
                text.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    for (_, text) in &mut pieces {
        *text = entities(text);
    }
    (voice, pieces)
}

/// The tag a text starts with, without its brackets: `<i>`, `</c>`, `<00:01.000>`, `{\an8}`.
fn tag(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix("{\\") {
        return inner.split_once('}');
    }
    let inner = text.strip_prefix('<')?;
    let (tag, after) = inner.split_once('>')?;
    let opens = tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    (opens && tag.len() <= 200 && !tag.contains('<')).then_some((tag, after))
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // `&amp;` last: `&amp;lt;` stands for `&lt;`.
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&lrm;", ""),
        ("&rlm;", ""),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// A text without what is described and not said: `[Music]`, `♪`.
pub(super) fn without_sounds(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once('[') {
        out.push_str(before);
        if let Some((_, after)) = inner.split_once(']') {
            out.push(' ');
            rest = after;
        } else {
            out.push('[');
            rest = inner;
        }
    }
    out.push_str(rest);
    out.replace(['♪', '♫'], " ")
}
