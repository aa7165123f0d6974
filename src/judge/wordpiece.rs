//! BERT's uncased `WordPiece`, one whitespace-free word at a time.
//!
//! Hand-written because the judge needs nothing else of a tokeniser, and because tags are counted in whitespace words: a
//! word's pieces have to be known word by word. `models/judge/wordpiece.py` is the same in Python, and the parity test
//! keeps the two equal.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::JudgeError;

/// BERT's limit, in characters: a longer part of a word is unknown.
const LONGEST_PART: usize = 100;
/// Pieces after which the rest of a word is dropped, so that a line of dots cannot fill the network's input.
const MOST_PIECES: usize = 24;

pub(super) struct WordPiece {
    ids: HashMap<String, u32>,
    unknown: u32,
    /// The id that opens the input.
    pub(super) open: u32,
    /// The id that closes the question and each sentence.
    pub(super) close: u32,
}

impl WordPiece {
    pub(super) fn from_vocabulary(bytes: &[u8]) -> Result<Self, JudgeError> {
        let text = std::str::from_utf8(bytes).map_err(|_| JudgeError::Vocabulary("it is not UTF-8"))?;
        let ids: HashMap<String, u32> = text.lines().map(str::to_owned).zip(0..).collect();
        let special =
            |name: &str| ids.get(name).copied().ok_or(JudgeError::Vocabulary("[UNK], [CLS] or [SEP] is missing"));
        Ok(Self { unknown: special("[UNK]")?, open: special("[CLS]")?, close: special("[SEP]")?, ids })
    }

    /// One past the highest id.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Appends the pieces of `word`: always at least one, so that every word has a place for its tag.
    pub(super) fn push(&self, word: &str, out: &mut Vec<u32>) {
        let start = out.len();
        let mut part = String::new();
        for c in word.to_lowercase().nfd().map(plain) {
            if is_combining_mark(c) || c.is_control() || is_invisible(c) {
                continue;
            }
            if splits_alone(c) {
                self.push_part(&part, out);
                part.clear();
                self.push_part(c.encode_utf8(&mut [0; 4]), out);
            } else {
                part.push(c);
            }
        }
        self.push_part(&part, out);
        if out.len() == start {
            out.push(self.unknown);
        }
        out.truncate(start + MOST_PIECES);
    }

    /// Longest match first, as BERT's vocabulary was made for; a part with any unmatched rest is unknown as a whole.
    fn push_part(&self, part: &str, out: &mut Vec<u32>) {
        if part.is_empty() {
            return;
        }
        let (start, mut at) = (out.len(), 0);
        if part.chars().count() > LONGEST_PART {
            out.push(self.unknown);
            return;
        }
        let mut piece = String::new();
        while at < part.len() {
            let found = part[at..].char_indices().rev().find_map(|(i, c)| {
                let end = at + i + c.len_utf8();
                piece.clear();
                piece.push_str(if at > 0 { "##" } else { "" });
                piece.push_str(&part[at..end]);
                self.ids.get(&piece).map(|&id| (id, end))
            });
            let Some((id, end)) = found else {
                out.truncate(start);
                out.push(self.unknown);
                return;
            };
            out.push(id);
            at = end;
        }
    }
}

/// Typographic quotes and dashes as the typewriter ones, which are what the labelled answers hold.
fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        _ => c,
    }
}

/// Zero-width characters and the byte-order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Characters that are a part of their own: ASCII symbols, and the punctuation of Latin text.
fn splits_alone(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2016}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(word: &str) -> Vec<u32> {
        let tiny = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##want\n##ed\n,\n'\ncafe\n%\n41";
        let mut out = Vec::new();
        WordPiece::from_vocabulary(tiny.as_bytes()).unwrap().push(word, &mut out);
        out
    }

    #[test]
    fn takes_the_longest_piece_first_and_splits_punctuation_off() {
        assert_eq!(pieces("Unwanted,"), [4, 5, 6, 7]);
        assert_eq!(pieces("41%"), [11, 10]);
    }

    #[test]
    fn accents_and_typographic_quotes_are_folded() {
        assert_eq!(pieces("Café’"), [9, 8]);
    }

    #[test]
    fn what_it_does_not_know_is_one_unknown_and_never_nothing() {
        assert_eq!(pieces("unknown"), [1]);
        assert_eq!(pieces("🙂"), [1]);
        assert_eq!(pieces("\u{200b}"), [1]);
        assert_eq!(pieces(""), [1]);
        assert_eq!(pieces(&"x".repeat(5000)), [1]);
    }

    #[test]
    fn a_line_of_dots_stays_short() {
        assert_eq!(pieces(&",".repeat(5000)).len(), MOST_PIECES);
    }

    #[test]
    fn a_vocabulary_without_its_special_words_is_refused() {
        assert!(WordPiece::from_vocabulary(b"a\nb").is_err());
        assert!(WordPiece::from_vocabulary(b"\xff").is_err());
    }
}
