//! A sentence, and an answer, in fewer of the speaker's own words.
//!
//! Nothing is rewritten: words are left out, the rest stay in order. What may go is what was found
//! to carry nothing (fillers, repetitions, restarts, and in a trimmed sentence hedges as well).

use crate::span::WordRange;
use crate::transcript::Word;

/// The words of `range` that are in none of the `dropped` runs, as indices.
#[must_use]
pub fn kept_words(range: WordRange, dropped: &[WordRange]) -> Vec<usize> {
    range.indices().filter(|i| !dropped.iter().any(|drop| drop.contains(*i))).collect()
}

/// Joins words, given by index, to a readable sentence: a dropped word's full stop moves to the word
/// before it, a comma left at the start or doubled goes, the first letter is a capital.
#[must_use]
pub fn text(words: &[Word], range: WordRange, kept: &[usize]) -> String {
    let mut out: Vec<String> = Vec::with_capacity(kept.len());
    for &i in kept {
        let Some(word) = words.get(i) else { continue };
        // A comma before a dropped word belonged to it ("it was, um, slow").
        let next_dropped = range.contains(i + 1) && !kept.contains(&(i + 1));
        let text = if next_dropped { word.text.trim_end_matches(',') } else { &word.text };
        out.push(text.to_owned());
    }
    let last_dropped = range.hi.checked_sub(1).filter(|last| !kept.contains(last));
    let stop = last_dropped
        .and_then(|last| words.get(last))
        .and_then(|word| word.text.chars().last())
        .filter(|c| matches!(c, '.' | '?' | '!'));
    if let (Some(stop), Some(last)) = (stop, out.last_mut()) {
        let bare = last.trim_end_matches([',', ';', ':']).len();
        last.truncate(bare);
        if !last.ends_with(['.', '?', '!']) {
            last.push(stop);
        }
    }
    let joined = out.join(" ");
    let mut chars = joined.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        text.split_whitespace().map(Word::imported).collect()
    }

    fn tightened(sentence: &str, dropped: &[(usize, usize)]) -> String {
        let words = words(sentence);
        let range = WordRange::new(0, words.len());
        let dropped: Vec<WordRange> = dropped.iter().map(|(lo, hi)| WordRange::new(*lo, *hi)).collect();
        text(&words, range, &kept_words(range, &dropped))
    }

    #[test]
    fn a_dropped_filler_takes_its_commas_along() {
        assert_eq!(tightened("It was, um, slow.", &[(2, 3)]), "It was slow.");
        assert_eq!(tightened("So yeah, I cut it.", &[(0, 2)]), "I cut it.");
    }

    #[test]
    fn the_full_stop_outlives_its_word() {
        assert_eq!(tightened("I put it first, you know.", &[(4, 6)]), "I put it first.");
        assert_eq!(tightened("Was it right, you know?", &[(3, 5)]), "Was it right?");
    }

    #[test]
    fn a_sentence_with_nothing_left_is_empty() {
        assert_eq!(tightened("Um.", &[(0, 1)]), "");
    }

    #[test]
    fn a_first_word_of_several_bytes_is_no_trouble() {
        assert_eq!(tightened("um élan vital", &[(0, 1)]), "Élan vital");
    }
}
