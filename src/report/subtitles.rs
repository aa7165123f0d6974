//! The answer as subtitles on the recording's own times: `SubRip` (srt) and `WebVTT`.

use crate::document::Report;
use crate::transcript::Word;

/// Characters of a line, and lines of a cue: what broadcasters hold readable.
const LINE_CHARS: usize = 42;
const LINES: usize = 2;

struct Cue {
    start_s: f64,
    end_s: f64,
    text: String,
}

/// As `SubRip`.
#[must_use]
pub fn srt(report: &Report) -> String {
    let cue = |(i, cue): (usize, Cue)| {
        // The format has no escapes; an arrow on a line of its own would be read as times.
        let text = cue.text.replace("-->", "->");
        format!("{}\n{} --> {}\n{text}\n\n", i + 1, time(cue.start_s, ','), time(cue.end_s, ','))
    };
    cues(report).into_iter().enumerate().map(cue).collect()
}

/// As `WebVTT`.
#[must_use]
pub fn vtt(report: &Report) -> String {
    let cue = |cue: Cue| {
        // The format's own three escapes; an arrow in a cue would end it.
        let text = cue.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("{} --> {}\n{text}\n\n", time(cue.start_s, '.'), time(cue.end_s, '.'))
    };
    "WEBVTT\n\n".to_owned() + &cues(report).into_iter().map(cue).collect::<String>()
}

/// The sentences, each in as many cues as its length asks for, of about the same length.
fn cues(report: &Report) -> Vec<Cue> {
    let mut out = Vec::new();
    for sentence in &report.transcript.sentences {
        let words = report.transcript.words.get(sentence.words.indices()).unwrap_or_default();
        let mut rest = words;
        while !rest.is_empty() {
            let (taken, lines) = fill(rest, LINES);
            // The last two share their words evenly, so that no cue is a word or two.
            let (after, _) = fill(&rest[taken..], LINES);
            let (taken, lines) = if taken < rest.len() && taken + after == rest.len() {
                even(rest).unwrap_or((taken, lines))
            } else {
                (taken, lines)
            };
            out.extend(cue(&rest[..taken], &lines));
            rest = &rest[taken..];
        }
    }
    out
}

/// As many words as fit on so many lines, one at least, and the lines.
fn fill(words: &[Word], most: usize) -> (usize, Vec<String>) {
    let mut lines: Vec<String> = Vec::new();
    let mut taken = 0;
    for word in words {
        let mut now = lines.clone();
        // A word that is longer than a line (nobody says such a word, a file may hold one) goes over several.
        for piece in pieces(&word.text) {
            match now.last_mut() {
                Some(line) if line.chars().count() + 1 + piece.chars().count() <= LINE_CHARS => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                _ => now.push(piece),
            }
        }
        if now.len() > most && taken > 0 {
            break;
        }
        lines = now;
        taken += 1;
    }
    (taken, lines)
}

fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    chars.chunks(LINE_CHARS).map(|piece| piece.iter().collect()).collect()
}

/// The first half of words that fill two cues, cut where the halves are most alike and both fit.
fn even(words: &[Word]) -> Option<(usize, Vec<String>)> {
    let length = |words: &[Word]| words.iter().map(|word| word.text.chars().count() + 1).sum::<usize>();
    let uneven = |at: &usize| length(&words[..*at]).abs_diff(length(&words[*at..]));
    let at = (1..words.len())
        .filter(|at| fill(&words[..*at], LINES).0 == *at && fill(&words[*at..], LINES).0 == words.len() - at)
        .min_by_key(uneven)?;
    Some((at, fill(&words[..at], LINES).1))
}

fn cue(words: &[Word], lines: &[String]) -> Option<Cue> {
    let start_s = words.iter().find_map(|word| word.start_s)?.0;
    let end_s = words.iter().rev().find_map(|word| word.end_s)?.0.max(start_s);
    Some(Cue { start_s, end_s, text: lines.join("\n") })
}

/// `HH:MM:SS` and milliseconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
fn time(at_s: f64, point: char) -> String {
    let ms = (at_s * 1000.0).round().max(0.0) as u64;
    format!("{:02}:{:02}:{:02}{point}{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_into_minutes_and_hours() {
        assert_eq!(time(3661.2345, ','), "01:01:01,235");
        assert_eq!(time(59.9996, '.'), "00:01:00.000");
        assert_eq!(time(-1.0, '.'), "00:00:00.000");
    }

    fn words(text: &str) -> Vec<Word> {
        text.split(' ').map(Word::imported).collect()
    }

    #[test]
    fn lines_hold_42_characters_and_long_sentences_are_shared_out_evenly() {
        let sentence = words(
            "I went through two months of no shows by hand and two thirds of them were booked after three in the afternoon.",
        );
        let (first, lines) = even(&sentence).unwrap();
        assert!((8..=14).contains(&first), "{first}");
        assert!(lines.len() <= LINES && lines.iter().all(|line| line.chars().count() <= LINE_CHARS), "{lines:?}");
        let (taken, lines) = fill(&words(&"x".repeat(100)), LINES);
        assert_eq!((taken, lines.len()), (1, 3));
        assert!(lines.iter().all(|line| line.chars().count() <= LINE_CHARS));
    }
}
