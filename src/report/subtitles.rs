//! The answer as subtitles on the recording's own times: `SubRip` (srt) and `WebVTT`.

use super::document::Report;
use crate::transcript::Word;

/// Longest cue in characters: two lines of 42, what broadcasters hold readable.
const CUE_CHARS: usize = 84;

struct Cue {
    start_s: f64,
    end_s: f64,
    text: String,
}

/// As `SubRip`.
#[must_use]
pub fn srt(report: &Report) -> String {
    let cue = |(i, cue): (usize, Cue)| {
        format!("{}\n{} --> {}\n{}\n\n", i + 1, time(cue.start_s, ','), time(cue.end_s, ','), cue.text)
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

fn cues(report: &Report) -> Vec<Cue> {
    let mut out = Vec::new();
    for sentence in &report.transcript.sentences {
        let words = report.transcript.words.get(sentence.words.indices()).unwrap_or_default();
        let mut from = 0;
        let mut length = 0;
        for (i, word) in words.iter().enumerate() {
            let chars = word.text.chars().count() + 1;
            if length + chars > CUE_CHARS && i > from {
                out.extend(cue(&words[from..i]));
                (from, length) = (i, 0);
            }
            length += chars;
        }
        out.extend(cue(&words[from..]));
    }
    out
}

fn cue(words: &[Word]) -> Option<Cue> {
    let start_s = words.iter().find_map(|word| word.start_s)?.0;
    let end_s = words.iter().rev().find_map(|word| word.end_s)?.0.max(start_s);
    let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    Some(Cue { start_s, end_s, text: text.replace(char::is_control, " ") })
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
}
