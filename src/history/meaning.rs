//! Whether two sentences say the same: in meaning, by the judge's encoder, or in words.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::judge::Judge;
use crate::transcript::{bare, is_filled_pause};

/// The thresholds of `meaning.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Cosine from which two sentences say the same.
    pub same: f32,
    /// Words in a row that count as the same words.
    pub run_words: usize,
    /// Share of a sentence's words, in order, that makes it word for word.
    pub verbatim_share: f64,
    /// Words that such a sentence has at least.
    pub verbatim_least_words: usize,
    /// Words in a row that make a cut sentence known again.
    pub returned_run_words: usize,
    /// Part of the variation of pace under which it has flattened.
    pub flat_ratio: f64,
    /// Words that every story has.
    pub common: Vec<String>,
}

/// The settings compiled in.
pub static SETTINGS: LazyLock<Settings> = builtin!("meaning.toml");

/// Sentences by their meaning; each is read once.
pub struct Meaning<'a> {
    judge: &'a Judge,
    known: HashMap<String, Vec<f32>>,
}

impl<'a> Meaning<'a> {
    /// With the judge's encoder.
    #[must_use]
    pub fn new(judge: &'a Judge) -> Self {
        Self { judge, known: HashMap::new() }
    }

    /// The cosine of two sentences, -1 to 1; fillers are left out of both.
    pub fn similarity(&mut self, a: &str, b: &str) -> f32 {
        for text in [a, b] {
            if !self.known.contains_key(text) {
                let words: Vec<&str> = text.split_whitespace().filter(|word| !is_filled_pause(word)).collect();
                self.known.insert(text.to_owned(), self.judge.embed(&words));
            }
        }
        self.known[a].iter().zip(&self.known[b]).map(|(x, y)| x * y).sum()
    }

    /// How much alike two sentences are, 0 to 1: their cosine where they share a word that is not common, else 0.
    pub fn likeness(&mut self, a: &str, b: &str) -> f32 {
        if shares_a_word(a, b) { self.similarity(a, b).max(0.0) } else { 0.0 }
    }

    /// Whether two sentences say the same.
    pub fn is_same(&mut self, a: &str, b: &str) -> bool {
        self.likeness(a, b) >= SETTINGS.same
    }

    /// Of several sentences, the one most like `line`, with its likeness; `None` of none.
    pub fn nearest<'t>(&mut self, line: &str, texts: impl Iterator<Item = &'t str>) -> Option<(usize, f32)> {
        texts.enumerate().map(|(i, text)| (i, self.likeness(line, text))).fold(
            None,
            |best: Option<(usize, f32)>, one| if best.is_some_and(|best| best.1 >= one.1) { best } else { Some(one) },
        )
    }
}

/// Whether two texts share a word that is not common; endings are passed over ("seller", "sellers").
fn shares_a_word(a: &str, b: &str) -> bool {
    let stems = |text: &str| -> Vec<String> {
        let is_telling = |word: &String| word.chars().count() >= 3 && !SETTINGS.common.contains(word);
        plain_words(text).into_iter().filter(is_telling).map(|word| word.chars().take(5).collect()).collect()
    };
    let b = stems(b);
    stems(a).iter().any(|stem| b.contains(stem))
}

/// The words of a text for comparison: lower case, no punctuation, no filled pauses.
#[must_use]
pub fn plain_words(text: &str) -> Vec<String> {
    text.split_whitespace().filter(|word| !is_filled_pause(word)).map(bare).filter(|word| !word.is_empty()).collect()
}

/// The longest run of words that both have: where it begins in `a`, and how long it is.
#[must_use]
pub fn longest_run(a: &[String], b: &[String]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut row = vec![0_usize; b.len() + 1];
    for (i, word) in a.iter().enumerate() {
        for j in (0..b.len()).rev() {
            row[j + 1] = if *word == b[j] { row[j] + 1 } else { 0 };
            if row[j + 1] > best.1 {
                best = (i + 1 - row[j + 1], row[j + 1]);
            }
        }
    }
    best
}

/// How many words both have in the same order, with gaps: the longest common subsequence.
#[must_use]
pub fn in_order(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0_usize; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for j in 0..b.len() {
            let above = row[j + 1];
            row[j + 1] = if *word == b[j] { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Story {
        line: String,
        same: Vec<String>,
        other: Vec<String>,
    }

    #[derive(Deserialize)]
    struct Stories {
        story: Vec<Story>,
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "how well it does, for meaning.toml")]
    fn conclusions_in_other_words_are_found_and_other_sentences_are_not() {
        let file: Stories = toml::from_str(include_str!("../../tests/fixtures/meaning/stories.toml")).unwrap();
        let judge = Judge::bundled().unwrap();
        let mut meaning = Meaning::new(&judge);
        for (half, name) in [(0, "chosen on"), (1, "measured on")] {
            let (mut found, mut of, mut alarms, mut others) = (0, 0, 0, 0);
            for story in file.story.iter().skip(half).step_by(2) {
                found += story.same.iter().filter(|text| meaning.is_same(&story.line, text)).count();
                of += story.same.len();
                alarms += story.other.iter().filter(|text| meaning.is_same(&story.line, text)).count();
                others += story.other.len();
            }
            println!("{name}: {found} of {of} conclusions found, {alarms} of {others} others taken for one");
            assert!(found * 4 >= of * 3, "{name}: {found} of {of}");
            assert!(alarms * 10 <= others, "{name}: {alarms} of {others}");
        }
        let (mut crossed, mut pairs) = (0, 0);
        for (i, story) in file.story.iter().enumerate() {
            for (_, other) in file.story.iter().enumerate().filter(|(j, _)| *j != i) {
                crossed += other.same.iter().filter(|text| meaning.is_same(&story.line, text)).count();
                pairs += other.same.len();
            }
        }
        println!("across stories: {crossed} of {pairs} conclusions taken for another story's");
        assert!(crossed * 20 <= pairs, "{crossed} of {pairs}");
    }

    fn words(text: &str) -> Vec<String> {
        plain_words(text)
    }

    #[test]
    fn runs_and_orders_are_counted_without_fillers() {
        let (a, b) = (words("Just to give you some, mhm, context here."), words("So, just to give you some context."));
        assert_eq!(longest_run(&a, &b), (0, 6));
        assert_eq!(in_order(&words("a b c d"), &words("a x c d")), 3);
        assert_eq!((longest_run(&[], &b), in_order(&a, &[])), ((0, 0), 0));
    }
}
