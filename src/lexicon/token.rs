//! The matcher's view of a transcript: bare words, their pauses, their sentence.

use std::ops::Deref;

use crate::span::WordRange;
use crate::transcript::{Sentence, Transcript, Word, bare};

/// A word or a part of a hyphenated word, as rules see it.
///
/// "end-to-end" and "end to end" are the same three tokens, so that no rule needs both spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "five independent facts that contexts ask about by name")]
pub struct Token {
    /// Lower case, no punctuation around it.
    pub text: String,
    /// The word it comes from.
    pub word: usize,
    /// The sentence that holds it; words outside every sentence share `usize::MAX`.
    pub sentence: usize,
    /// Whether punctuation (a comma, a dash, a full stop) stands between it and the token before.
    pub pause_before: bool,
    /// Whether punctuation stands between it and the token after.
    pub pause_after: bool,
    /// Whether it opens its sentence.
    pub starts: bool,
    /// Whether it closes its sentence.
    pub ends: bool,
    /// Whether it was written in capitals throughout: ER is a place, er is a pause.
    pub capitals: bool,
}

const DASHES: [char; 6] = ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '/'];

/// The tokens of a transcript, and what stands beside what: made once for an answer, and shared by whatever reads it.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Vec<Token>);

impl Deref for Tokens {
    type Target = [Token];

    fn deref(&self) -> &[Token] {
        &self.0
    }
}

impl Tokens {
    /// Those of a transcript.
    #[must_use]
    pub fn of(transcript: &Transcript) -> Self {
        Self(tokens(transcript))
    }

    /// Those of a written text, one sentence a line.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of(&plain_transcript(text))
    }

    /// The tokens `[lo, hi)` alone, as if nothing stood around them.
    #[must_use]
    pub fn part(&self, lo: usize, hi: usize) -> Self {
        Self(self.get(lo..hi).unwrap_or_default().to_vec())
    }

    /// The word of a token; empty where there is none.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.get(at).map_or("", |token| token.text.as_str())
    }

    /// Whether a token goes on from the one before it: in the same sentence, without a pause.
    #[must_use]
    pub fn runs_on(&self, at: usize) -> bool {
        at > 0 && self.same_sentence(at - 1, at) && !self[at - 1].pause_after
    }

    /// Whether both are there, in one sentence.
    #[must_use]
    pub fn same_sentence(&self, one: usize, other: usize) -> bool {
        matches!((self.get(one), self.get(other)), (Some(one), Some(other)) if one.sentence == other.sentence)
    }

    /// The word `back` places before a token, in the same sentence; else empty.
    #[must_use]
    pub fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).filter(|&there| self.same_sentence(there, at)).map_or("", |there| self.word(there))
    }

    /// The words of the transcript under the tokens `[lo, hi)`.
    #[must_use]
    pub fn words(&self, lo: usize, hi: usize) -> WordRange {
        match (self.get(lo), hi.checked_sub(1).and_then(|last| self.get(last))) {
            (Some(first), Some(last)) if lo < hi => WordRange::new(first.word, last.word + 1),
            _ => WordRange::default(),
        }
    }

    /// The tokens under a run of words, as `[lo, hi)`.
    #[must_use]
    pub fn under(&self, words: WordRange) -> (usize, usize) {
        let lo = self.partition_point(|token| token.word < words.lo);
        let hi = self.partition_point(|token| token.word < words.hi);
        (lo, hi.max(lo))
    }
}

/// Every token of a transcript, in order. Words without a letter or figure (a lone dash) are pauses, not tokens.
fn tokens(transcript: &Transcript) -> Vec<Token> {
    let count = transcript.words.len();
    let mut sentence_of = vec![usize::MAX; count];
    for (number, sentence) in transcript.sentences.iter().enumerate() {
        let (lo, hi) = (sentence.words.lo.min(count), sentence.words.hi.min(count));
        sentence_of[lo..hi.max(lo)].fill(number);
    }
    let mut out: Vec<Token> = Vec::with_capacity(count);
    let mut pause = false;
    for (index, word) in transcript.words.iter().enumerate() {
        let plain = bare(&word.text);
        if !plain.chars().any(char::is_alphanumeric) {
            pause = true;
            if let Some(last) = out.last_mut() {
                last.pause_after = true;
            }
            continue;
        }
        let starts_paused = word.text.chars().take_while(|c| !c.is_alphanumeric()).any(is_pause);
        let ends_paused = word.text.chars().rev().take_while(|c| !c.is_alphanumeric() && *c != '%').any(is_pause);
        let capitals = plain.chars().count() > 1 && word.text.chars().all(|c| !c.is_lowercase());
        let parts: Vec<&str> = plain.split(DASHES).filter(|part| part.chars().any(char::is_alphanumeric)).collect();
        for (nth, part) in parts.iter().enumerate() {
            let first = nth == 0;
            let last = nth + 1 == parts.len();
            let pause_before = first && (pause || starts_paused);
            if pause_before && let Some(before) = out.last_mut() {
                before.pause_after = true;
            }
            out.push(Token {
                text: (*part).to_owned(),
                word: index,
                sentence: sentence_of[index],
                pause_before,
                pause_after: last && ends_paused,
                starts: false,
                ends: false,
                capitals,
            });
        }
        pause = ends_paused;
    }
    for index in 0..out.len() {
        let before = index.checked_sub(1).map(|i| out[i].sentence);
        let after = out.get(index + 1).map(|token| token.sentence);
        out[index].starts = before != Some(out[index].sentence);
        out[index].ends = after != Some(out[index].sentence);
        if out[index].starts {
            out[index].pause_before = true;
        }
        if out[index].ends {
            out[index].pause_after = true;
        }
    }
    out
}

fn is_pause(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | '(' | ')' | '…' | '-' | '–' | '—' | '،' | '。' | '、')
}

/// A transcript of written text: words split at white space, one sentence a line.
///
/// For rules' examples and for scripted tests; reading real transcript files is the importer's work.
#[must_use]
pub fn plain_transcript(text: &str) -> Transcript {
    let mut transcript = Transcript::default();
    for line in text.lines() {
        let lo = transcript.words.len();
        transcript.words.extend(line.split_whitespace().map(Word::imported));
        let words = WordRange::new(lo, transcript.words.len());
        if !words.is_empty() {
            let text = transcript.text(words);
            let index = transcript.sentences.len();
            transcript.sentences.push(Sentence { index, words, start_s: None, end_s: None, text, normalised: None });
        }
    }
    transcript
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphenated_word_is_its_parts() {
        let seen = Tokens::of_text("An end-to-end, twenty-four hour job.");
        let texts: Vec<&str> = seen.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["an", "end", "to", "end", "twenty", "four", "hour", "job"]);
        assert!(seen[3].pause_after && seen[4].pause_before && !seen[2].pause_after);
        assert_eq!(seen.words(1, 4), WordRange::new(1, 2));
        assert_eq!(seen.under(WordRange::new(1, 2)), (1, 4));
    }

    #[test]
    fn a_lone_dash_is_a_pause() {
        let seen = Tokens::of_text("we — you know — left");
        assert!(seen[0].pause_after && seen[1].pause_before && seen[2].pause_after);
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn sentences_bound_pauses() {
        let seen = Tokens::of_text("so yeah\nit went up");
        assert!(seen[0].starts && seen[1].ends && seen[2].starts && seen[2].pause_before);
    }
}
