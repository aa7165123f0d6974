//! Which earlier sentence a restatement says again, so that the report can point at it.

use std::collections::{BTreeMap, BTreeSet};

use crate::transcript::Transcript;

/// Letters from which a word counts as one that carries content; shorter English words are mostly grammar.
const CONTENT_LETTERS: usize = 4;
/// Content words that two sentences must share: one alone may be the topic of the whole answer.
const SHARED_WORDS: usize = 2;

/// The sentence before `index` that shares most with it: content words in common, each worth the less the more sentences it is
/// in (Spärck Jones 1972, inverse document frequency). `None` where nothing earlier shares two.
#[must_use]
pub fn restated(transcript: &Transcript, index: usize) -> Option<usize> {
    let sentences: Vec<BTreeSet<String>> =
        transcript.sentences.iter().map(|sentence| content_words(&sentence.text)).collect();
    let mut sentences_with: BTreeMap<&str, usize> = BTreeMap::new();
    for word in sentences.iter().flatten() {
        *sentences_with.entry(word).or_default() += 1;
    }
    let own = sentences.get(index)?;
    let weight = |word: &String| (1.0 + sentences.len() as f64 / sentences_with[word.as_str()] as f64).ln();
    let mut best: Option<(usize, f64)> = None;
    for (earlier, words) in sentences.iter().enumerate().take(index) {
        let shared: Vec<&String> = words.intersection(own).collect();
        let score: f64 = shared.iter().map(|word| weight(word)).sum();
        if shared.len() >= SHARED_WORDS && best.is_none_or(|(_, most)| score > most) {
            best = Some((earlier, score));
        }
    }
    best.map(|(earlier, _)| earlier)
}

fn content_words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= CONTENT_LETTERS || word.chars().any(|c| c.is_ascii_digit()))
        .filter(|word| !word.contains(['\'', '’']))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;

    #[test]
    fn a_restatement_points_at_what_it_restates() {
        let answer = plain_transcript(
            "My manager was away.\nI moved the tax form to the last page.\nLegal was against it.\nSo the tax form, I moved it to the end.",
        );
        assert_eq!(restated(&answer, 3), Some(1));
    }

    #[test]
    fn one_shared_word_is_no_echo_and_nothing_comes_before_the_first() {
        let answer = plain_transcript("The form was long.\nPeople hated that form.\nIt was so.");
        assert_eq!(restated(&answer, 1), None);
        assert_eq!(restated(&answer, 0), None);
        assert_eq!(restated(&answer, 99), None);
    }
}
