//! Where names and figures stand in a text.
//!
//! A figure is what [`numbers`] reads, and every word with a digit. A name is a run of capitalised words that do not begin a sentence;
//! at its beginning a word that answers do not use in lower case; a first name or an employer of the lists in any case of letters; a
//! word after "at", "called" or a title that no list knows. The pronoun, the calendar, common abbreviations and the names of leadership
//! principles stay.

use super::lists::{NAMES, WORDS};
use crate::english::is_filled_pause;
use crate::lexicon::{Tokens, is_number, plain_transcript};
use crate::measures::numbers::{Kind as Counts, numbers};
use crate::span::WordRange;
use crate::transcript::Transcript;

/// What was found; the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Person,
    Company,
    Product,
    /// A name before "said": mostly a person's, but a company says things too, so that other signs come first.
    Speaker,
    Name,
    Link,
    Figure,
}

impl Kind {
    /// As the placeholder says it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Person | Self::Speaker => "person",
            Self::Company => "company",
            Self::Product => "product",
            Self::Name => "name",
            Self::Link => "link",
            Self::Figure => "figure",
        }
    }
}

/// A name or a figure in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its words.
    pub(super) words: WordRange,
    /// What it is.
    pub(super) kind: Kind,
    /// The same for the same name or figure.
    pub(super) key: String,
}

/// A word as lead, core and tail: punctuation and a possessive are no part of a name.
pub(super) fn split(word: &str) -> (&str, &str, &str) {
    let is_core = |c: char| c.is_alphanumeric() || matches!(c, '$' | '€' | '£' | '@' | '#' | '+' | '%');
    let Some(from) = word.find(is_core) else { return (word, "", "") };
    let to = word.rfind(is_core).map_or(from, |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    let mut core = &word[from..to];
    for possessive in ["'s", "\u{2019}s", "'S", "\u{2019}S"] {
        core = core.strip_suffix(possessive).unwrap_or(core);
    }
    (&word[..from], core, &word[from + core.len()..])
}

/// Whether a sentence, or a quotation, ends with a word.
pub(super) fn ends(word: &str) -> bool {
    split(word).2.contains(['.', '?', '!', ':', '…', '"', '\u{201c}', '\u{201d}'])
}

/// Everything in a transcript, in order, none overlapping.
pub(super) fn find(transcript: &Transcript) -> Vec<Found> {
    let words: Vec<&str> = transcript.words.iter().map(|word| word.text.as_str()).collect();
    let mut starts = vec![false; words.len()];
    for sentence in &transcript.sentences {
        if let Some(start) = starts.get_mut(sentence.words.lo) {
            *start = true;
        }
    }
    let figures = figures(transcript, &words);
    let mut found = Finder { words: &words, starts, figures: &figures }.names();
    found.extend(figures);
    found.sort_by_key(|one| one.words);
    found
}

/// The same for a text, by its words.
pub(super) fn find_in(text: &str) -> Vec<Found> {
    find(&plain_transcript(&text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn figures(transcript: &Transcript, words: &[&str]) -> Vec<Found> {
    let tokens = Tokens::of(transcript);
    let mut out: Vec<Found> = Vec::new();
    for number in numbers(&tokens) {
        let range = tokens.words(number.lo, number.hi);
        let has_digit = range.indices().any(|i| words[i].contains(|c: char| c.is_ascii_digit()));
        // "first" and "second" count nothing that could be recognised, and "one" is mostly a pronoun.
        let is_one = range.len() == 1 && split(words[range.lo]).1.eq_ignore_ascii_case("one");
        if range.is_empty() || is_one || number.kind == Counts::Ordinal && !has_digit {
            continue;
        }
        if out.last().is_some_and(|last| last.words.overlaps(range)) {
            continue;
        }
        out.push(Found { words: range, kind: Kind::Figure, key: format!("{:?} {}", number.kind, number.value) });
    }
    for (i, word) in words.iter().enumerate() {
        let core = split(word).1.to_lowercase();
        let is_figure = core.contains(|c: char| c.is_numeric()) || core.split(['-', '/']).any(is_number);
        if is_figure && !WORDS.abbreviations.contains(&core) && !is_link(&core) {
            let range = WordRange::new(i, i + 1);
            if !out.iter().any(|one| one.words.overlaps(range)) {
                out.push(Found { words: range, kind: Kind::Figure, key: format!("word {core}") });
            }
        }
    }
    out.sort_by_key(|one| one.words);
    out
}

/// An address of the web or of mail.
fn is_link(core: &str) -> bool {
    let host = core.split('/').next().unwrap_or_default();
    core.contains("://")
        || core.starts_with("www.")
        || core.find('@').is_some_and(|at| at > 0 && at + 1 < core.len())
        || host.rsplit_once('.').is_some_and(|(name, end)| {
            WORDS.link_ends.contains(end) && name.chars().count() > 1 && name.chars().any(char::is_alphabetic)
        })
}

struct Finder<'a> {
    words: &'a [&'a str],
    starts: Vec<bool>,
    figures: &'a [Found],
}

impl Finder<'_> {
    fn names(&self) -> Vec<Found> {
        let mut is_name: Vec<bool> = (0..self.words.len()).map(|i| self.is_name(i)).collect();
        for (i, principle) in (0..self.words.len()).filter_map(|i| Some((i, self.principle_at(i)?))) {
            is_name[i..i + principle].fill(false);
        }
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            if !is_name[at] {
                at += 1;
                continue;
            }
            let lo = at;
            at += 1;
            while at < self.words.len() && self.runs_on(at) {
                let over = WORDS.connectors.contains(split(self.words[at]).1)
                    && is_name.get(at + 1).copied().unwrap_or(false)
                    && self.runs_on(at + 1);
                if is_name[at] {
                    at += 1;
                } else if over {
                    at += 2;
                } else {
                    break;
                }
            }
            let words = WordRange::new(lo, at);
            out.push(Found { words, kind: self.kind(words), key: self.key(words) });
        }
        out
    }

    fn core(&self, at: usize) -> String {
        self.words.get(at).map_or_else(String::new, |word| split(word).1.replace('\u{2019}', "'").to_lowercase())
    }

    fn key(&self, words: WordRange) -> String {
        words.indices().map(|i| self.core(i)).collect::<Vec<_>>().join(" ")
    }

    /// Whether nothing stands between a word and the one before.
    fn runs_on(&self, at: usize) -> bool {
        at > 0
            && at < self.words.len()
            && split(self.words[at - 1]).2.is_empty()
            && split(self.words[at]).0.is_empty()
            && !self.starts[at]
    }

    /// Whether a word opens a sentence, or what is quoted.
    fn opens(&self, at: usize) -> bool {
        if at == 0 || self.starts[at] {
            return true;
        }
        let before = self.words[at - 1];
        let is_title = WORDS.person_before.contains(&before.to_lowercase());
        !is_title && ends(before) || self.words[at].starts_with(['"', '\u{201c}'])
    }

    /// The words of a principle's name that begins here.
    fn principle_at(&self, at: usize) -> Option<usize> {
        WORDS.principles.iter().find_map(|name| {
            let parts: Vec<&str> = name.split(' ').collect();
            let same = parts.iter().enumerate().all(|(k, part)| self.core(at + k) == part.trim_end_matches(','));
            (same && (parts.len() > 1 || self.words[at].starts_with(char::is_uppercase))).then_some(parts.len())
        })
    }

    fn is_name(&self, at: usize) -> bool {
        if self.figures.iter().any(|one| one.words.contains(at)) {
            return false;
        }
        let (_, core, _) = split(self.words[at]);
        let lower = self.core(at);
        if core.chars().all(|c| !c.is_alphabetic()) {
            return false;
        }
        if is_link(&lower) {
            return true;
        }
        if WORDS.calendar.contains(&lower) || WORDS.abbreviations.contains(&lower) {
            return false;
        }
        let before = at.checked_sub(1).map_or_else(String::new, |before| self.words[before].to_lowercase());
        // "Acme dot com".
        if self.core(at + 1) == "dot" && WORDS.link_ends_spoken.contains(&self.core(at + 2)) {
            return true;
        }
        let first = NAMES.people.contains(&lower);
        // "Dr.", "Captain": a title names nobody.
        if WORDS.person_before.contains(&lower) && !first {
            return false;
        }
        let employer = NAMES.employers.contains(&lower);
        let is_word = WORDS.common.contains(&lower)
            || NAMES.people_that_are_words.contains(&lower)
            || NAMES.employers_that_are_words.contains(&lower);
        let is_capital = core.starts_with(char::is_uppercase);
        let is_mixed = core.chars().skip(1).any(char::is_uppercase);
        if is_mixed {
            return true;
        }
        if !is_capital {
            let cued = WORDS.before_any_name.contains(&before) && !self.starts[at];
            return (first || employer) && !is_word
                || cued && !WORDS.common.contains(&lower) && !is_function_word(&lower)
                || cued && before == "at" && employer;
        }
        if is_function_word(&lower) {
            return false;
        }
        if !self.opens(at) {
            return true;
        }
        if first && NAMES.people_that_are_words.contains(&lower) {
            let next = self.core(at + 1);
            return !WORDS.no_surname.contains(&next);
        }
        if first || employer && !is_word {
            return true;
        }
        // A capital behind it makes it the first word of a longer name ("New York"), unless it merely stands before one ("The Acme team").
        let begins_name = self.runs_on(at + 1)
            && split(self.words[at + 1]).1.starts_with(char::is_uppercase)
            && !WORDS.calendar.contains(&self.core(at + 1))
            && !WORDS.abbreviations.contains(&self.core(at + 1));
        !WORDS.common.contains(&lower) && !is_derived(&lower) || begins_name && employer
    }

    fn kind(&self, words: WordRange) -> Kind {
        let cores: Vec<String> = words.indices().map(|i| self.core(i)).collect();
        if cores.iter().any(|core| is_link(core)) {
            return Kind::Link;
        }
        let before = words.lo.checked_sub(1).map_or_else(String::new, |i| self.words[i].to_lowercase());
        let after = self.core(words.hi);
        let bare_before = before.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        let holds = |list: &std::collections::HashSet<String>, word: &str| list.contains(word);
        if cores.iter().any(|core| holds(&NAMES.people, core) && !holds(&NAMES.employers, core)) {
            return Kind::Person;
        }
        if cores.iter().any(|core| holds(&NAMES.employers, core))
            || cores.last().is_some_and(|last| cores.len() > 1 && holds(&WORDS.company_after, last))
        {
            return Kind::Company;
        }
        if holds(&WORDS.person_before, bare_before) {
            return Kind::Person;
        }
        // "At" a company, but "look at" anything; "in" a place, which says nothing.
        let is_looked_at = words.lo > 1 && self.core(words.lo - 2).starts_with("look");
        if holds(&WORDS.company_before, bare_before) && !is_looked_at {
            return Kind::Company;
        }
        if bare_before == "in" {
            return Kind::Name;
        }
        if holds(&WORDS.product_before, bare_before) || holds(&WORDS.product_after, &after) {
            return Kind::Product;
        }
        if holds(&WORDS.person_after, &after) { Kind::Speaker } else { Kind::Name }
    }
}

/// Whether a recogniser capitalises a word in the middle of a sentence, where it heard another begin.
fn is_function_word(lower: &str) -> bool {
    WORDS.function.contains(lower) || is_filled_pause(lower)
}

/// Whether a word is made as English makes adverbs, verbs and nouns: at the start of a sentence it is no name.
fn is_derived(lower: &str) -> bool {
    lower.chars().count() > 4 && WORDS.derived_ends.iter().any(|end| lower.ends_with(end))
}
