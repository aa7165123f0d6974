//! Bytes → text → words; what every format shares.

use super::ImportError;
use crate::transcript::{Word, bare};
use crate::units::Seconds;

/// The text of a file: UTF-8, or UTF-16 if a byte order mark says so.
pub(super) fn decode(bytes: &[u8]) -> Result<String, ImportError> {
    let text = match utf16(bytes) {
        Some(text) => text,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
                if let Some(line) = binary_line(&good) {
                    return Err(ImportError::Binary { line });
                }
                let offset = error.valid_up_to();
                let column = good.chars().rev().take_while(|&c| c != '\n').count() + 1;
                return Err(ImportError::NotUtf8 { line: good.matches('\n').count() + 1, column, offset });
            }
        },
    };
    if let Some(line) = binary_line(&text) {
        return Err(ImportError::Binary { line });
    }
    Ok(text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n"))
}

/// The text of a file whatever is in it.
pub(super) fn decode_lossy(bytes: &[u8]) -> String {
    let text = utf16(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    text.trim_start_matches('\u{FEFF}').to_owned()
}

/// Whether there are control characters that no text editor writes.
pub(super) fn looks_binary(text: &str) -> bool {
    binary_line(text).is_some()
}

fn binary_line(text: &str) -> Option<usize> {
    // Escape occurs in transcripts copied from a coloured terminal, form feeds in ones copied from a PDF.
    let odd = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{1b}');
    text.find(odd).map(|at| text[..at].matches('\n').count() + 1)
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (body, is_little) = match bytes {
        [0xFF, 0xFE, body @ ..] => (body, true),
        [0xFE, 0xFF, body @ ..] => (body, false),
        _ => return None,
    };
    let unit = |pair: [u8; 2]| if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    let units: Vec<u16> = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

/// The words of a text. A dash or dots standing alone go with the word before them: they are not words.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for piece in text.split_whitespace() {
        let piece: String = piece.chars().filter(|c| !is_invisible(*c)).collect();
        if !bare(&piece).is_empty() {
            words.push(piece);
        } else if let Some(last) = words.last_mut()
            && last.len() < 200
        {
            last.push_str(&piece);
        }
    }
    words
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

/// Words with times spread over a stretch in proportion to their letters: speech gives a long word more time, and
/// captions say nothing finer.
pub(super) fn spread(words: Vec<String>, start: Seconds, end: Seconds) -> Vec<Word> {
    let length = |word: &str| word.chars().count() as f64 + 1.0;
    let total: f64 = words.iter().map(|word| length(word)).sum();
    let span = (end.0 - start.0).max(0.0);
    let mut done = 0.0;
    words
        .into_iter()
        .map(|text| {
            let from = start.0 + span * done / total;
            done += length(&text);
            let to = start.0 + span * done / total;
            Word { start_s: Some(Seconds(from)), end_s: Some(Seconds(to)), ..Word::imported(text) }
        })
        .collect()
}

/// A speaker's label at the start of a line, and the rest: `Interviewer: So tell me` gives both.
///
/// Only shapes that are labels without doubt: role words and numbered speakers. Names are known by their coming back,
/// which `txt` looks at.
pub(super) fn role_label(line: &str) -> Option<(&str, &str)> {
    const ROLES: [&str; 14] = [
        "interviewer",
        "interviewee",
        "candidate",
        "applicant",
        "recruiter",
        "moderator",
        "host",
        "guest",
        "me",
        "you",
        "q",
        "a",
        "question",
        "answer",
    ];
    let (label, rest) = line.split_once(':')?;
    let plain = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let numbered = ["speaker", "person", "participant"].iter().any(|kind| {
        plain.strip_prefix(kind).is_some_and(|tail| {
            let tail = tail.trim_matches(|c: char| c == ' ' || c == '_' || c == '#');
            tail.len() <= 2 && tail.chars().all(|c| c.is_ascii_alphanumeric())
        })
    });
    let is_label = label.len() <= 24 && (numbered || ROLES.contains(&plain.as_str()));
    (is_label && (rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with('*')))
        .then(|| (label.trim_matches(|c: char| c == '*' || c.is_whitespace()), rest.trim_start_matches('*')))
}

/// A label that may be a name: one to three capitalised words before a colon.
pub(super) fn name_label(line: &str) -> Option<(&str, &str)> {
    let (label, rest) = line.split_once(':')?;
    let label = label.trim_matches(|c: char| c == '*' || c.is_whitespace());
    let names = label.split_whitespace().count();
    let capitalised = label.split_whitespace().all(|name| name.starts_with(char::is_uppercase));
    let plain = label.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '.' | '-' | '_' | '\''));
    ((1..=3).contains(&names)
        && capitalised
        && plain
        && label.len() <= 40
        && (rest.starts_with([' ', '*']) || rest.is_empty()))
    .then_some((label, rest.trim_start_matches('*')))
}
