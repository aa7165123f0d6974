//! Words → sentences, for speech.
//!
//! Where the transcript is punctuated, its full stops decide, less those of abbreviations, initials and figures. Where it
//! is not (some captions, some dictation), there is no certain answer: a silent gap of 0.7 s, words that open a
//! sentence in speech ("so", "but", "looking back"), words that cannot end one ("the", "of") and usual lengths are weighed
//! against each other over the whole stretch. On labelled answers stripped of punctuation, and without times, that finds
//! 36 % of the borders, and 32 % of those it sets are right (fourfold cross-validation): little more than a
//! reading aid, which the pauses of a timed transcript improve. Both ways no stretch of more than 40 words without any mark
//! stays whole, for a verdict on a longer one says nothing.

use super::borders::{AFTER, BASE, BEFORE};
use super::{Sentence, Word, bare};
use crate::english::is_filled_pause;
use crate::span::WordRange;

/// The longest stretch without any punctuation that stays one sentence. 19 in 20 labelled sentences have fewer words.
const MAX_UNMARKED: usize = 40;
/// Words a sentence of the labelled answers has in the middle, and the spread of their logarithm.
const USUAL_LENGTH: f64 = 22.0;
const LENGTH_SPREAD: f64 = 0.55;
/// With fewer sentence ends than one in this many words, a text counts as unpunctuated.
const SPARSE: usize = 60;
/// And with fewer marks of any kind than one in this many; the labelled answers have one in six.
const SPARSE_MARKS: usize = 20;
/// A silent pause, by RUBRIC.md section 8.
const PAUSE_S: f64 = 0.7;
/// Half of it: a breath.
const BREATH_S: f64 = 0.35;
/// What they are worth in log odds: a pause outweighs any word, a breath a weak opener.
const PAUSE_WORTH: f64 = 4.0;
const BREATH_WORTH: f64 = 1.5;

/// Titles and the like: a name or number follows, so the full stop never ends a sentence.
const TITLES: [&str; 16] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "no", "fig", "gen", "rep", "sen", "e.g", "i.e"];
/// Abbreviations that may stand last; they end a sentence if a word follows that opens one.
const ABBREVIATIONS: [&str; 22] = [
    "a.m", "p.m", "u.s", "u.k", "e.u", "u.n", "etc", "inc", "ltd", "co", "corp", "dept", "approx", "est", "min", "max",
    "ave", "ph.d", "b.a", "m.d", "d.c", "al",
];
/// Words that open a sentence, and are not part of a name; filled pauses do too.
const STARTERS: [&str; 42] = [
    "i", "we", "he", "she", "they", "it", "you", "the", "a", "an", "this", "that", "these", "those", "there", "so",
    "and", "but", "or", "because", "then", "now", "when", "what", "where", "who", "why", "how", "if", "in", "on", "at",
    "by", "my", "our", "his", "her", "their", "no", "yes", "nobody", "everyone",
];
/// Splits words into sentences that together hold every word once, in order.
#[must_use]
pub fn split(words: &[Word]) -> Vec<Sentence> {
    split_with_breaks(words, &[])
}

/// The same, with places where a sentence must begin: indices of words that start a paragraph or a speaker's turn.
#[must_use]
pub fn split_with_breaks(words: &[Word], breaks: &[usize]) -> Vec<Sentence> {
    let mut starts: Vec<usize> = breaks.iter().copied().filter(|&at| at > 0 && at < words.len()).collect();
    let ends: Vec<usize> = (0..words.len().saturating_sub(1)).filter(|&i| ends_sentence(words, i)).collect();
    let marks = words.iter().filter(|word| word.text.ends_with([',', ';', ':', '.', '?', '!', '…', '—'])).count();
    let sparse =
        words.len() > MAX_UNMARKED && (ends.len() + 1) * SPARSE < words.len() && marks * SPARSE_MARKS < words.len();
    starts.extend(ends.iter().map(|end| end + 1));
    starts.push(0);
    starts.sort_unstable();
    starts.dedup();
    let mut borders = Vec::new();
    for (i, &lo) in starts.iter().enumerate() {
        let hi = starts.get(i + 1).copied().unwrap_or(words.len());
        borders.push(lo);
        for (lo, hi) in unmarked(words, lo, hi, sparse) {
            borders.extend(divide(&words[lo..hi]).into_iter().map(|at| lo + at));
        }
    }
    borders
        .iter()
        .enumerate()
        .map(|(index, &lo)| sentence(words, index, lo, borders.get(index + 1).copied().unwrap_or(words.len())))
        .filter(|sentence| !sentence.words.is_empty())
        .collect()
}

fn sentence(words: &[Word], index: usize, lo: usize, hi: usize) -> Sentence {
    let own = &words[lo..hi];
    let texts: Vec<&str> = own.iter().map(|word| word.text.as_str()).collect();
    Sentence {
        index,
        words: WordRange::new(lo, hi),
        start_s: own.iter().find_map(|word| word.start_s),
        end_s: own.iter().rev().find_map(|word| word.end_s),
        text: texts.join(" "),
        normalised: None,
    }
}

/// Whether a sentence ends with word `i`, by its punctuation.
fn ends_sentence(words: &[Word], i: usize) -> bool {
    let text = words[i].text.as_str();
    let plain = text.trim_end_matches(['"', '\'', '”', '’', ')', ']', '»']);
    let quoted = plain.len() < text.len();
    let next = words[i + 1].text.trim_start_matches(['"', '\'', '“', '‘', '(', '[', '«']);
    let lower = next.starts_with(char::is_lowercase);
    if plain.ends_with("...") || plain.ends_with('…') {
        return !lower;
    }
    if plain.ends_with(['?', '!']) {
        // `he asked "why?" and left` goes on.
        return !(quoted && lower);
    }
    let Some(stem) = plain.strip_suffix('.') else { return false };
    if quoted && lower {
        return false;
    }
    let stem = stem.trim_start_matches(|c: char| !c.is_alphanumeric());
    let small = stem.to_lowercase();
    let follows = bare(next);
    if TITLES.contains(&small.as_str()) {
        // "No." is an abbreviation before a figure only, and an answer everywhere else.
        return small == "no" && !next.starts_with(|c: char| c.is_ascii_digit());
    }
    let first = follows.split('\'').next().unwrap_or_default();
    let opens = !lower && (STARTERS.contains(&first) || is_filled_pause(first));
    if ABBREVIATIONS.contains(&small.as_str()) || is_dotted(stem) {
        return opens;
    }
    let mut letters = stem.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_uppercase()
        && letter != 'I'
    {
        return opens || lower;
    }
    true
}

/// `U.S`, `J.R.R`: single letters between full stops.
fn is_dotted(stem: &str) -> bool {
    stem.contains('.') && stem.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

/// The stretches within a sentence that have to be divided: all of it in an unpunctuated text, else runs of more than
/// [`MAX_UNMARKED`] words without a single mark.
fn unmarked(words: &[Word], lo: usize, hi: usize, sparse: bool) -> Vec<(usize, usize)> {
    if sparse {
        return vec![(lo, hi)];
    }
    let mut runs = Vec::new();
    let mut from = lo;
    for (i, word) in words.iter().enumerate().take(hi).skip(lo) {
        let marked = word.text.ends_with([',', ';', ':', '—', '–', '-', '…', '.']);
        if marked || i + 1 == hi {
            if i + 1 - from > MAX_UNMARKED {
                runs.push((from, i + 1));
            }
            from = i + 1;
        }
    }
    runs
}

/// The best places to divide a stretch, found over all divisions into pieces of at most [`MAX_UNMARKED`] words.
fn divide(words: &[Word]) -> Vec<usize> {
    let n = words.len();
    let mut best = vec![f64::NEG_INFINITY; n + 1];
    let mut from = vec![0; n + 1];
    best[0] = 0.0;
    let worth: Vec<f64> = (0..=n).map(|i| if i == 0 || i == n { 0.0 } else { border(words, i) }).collect();
    for hi in 1..=n {
        for lo in hi.saturating_sub(MAX_UNMARKED)..hi {
            let value = best[lo] - length_cost(hi - lo) + worth[hi];
            if value > best[hi] {
                best[hi] = value;
                from[hi] = lo;
            }
        }
    }
    let mut places = Vec::new();
    let mut at = n;
    while at > 0 {
        at = from[at];
        if at > 0 {
            places.push(at);
        }
    }
    places.reverse();
    places
}

/// How far a length is from the usual one, as the exponent of a log-normal distribution.
fn length_cost(length: usize) -> f64 {
    // Half the weight of a true prior: the words' evidence is not independent of the length.
    0.25 * ((length as f64 / USUAL_LENGTH).ln() / LENGTH_SPREAD).powi(2)
}

/// What speaks for a border before word `i`.
fn border(words: &[Word], i: usize) -> f64 {
    let word = |at: Option<usize>| at.and_then(|at| words.get(at)).map(|word| bare(&word.text)).unwrap_or_default();
    let (before, next) = (word(i.checked_sub(1)), word(Some(i)));
    let pair_before = format!("{} {before}", word(i.checked_sub(2)));
    let pair_next = format!("{next} {}", word(Some(i + 1)));
    let weight = |table: &[(&str, f64)], key: &str| {
        table.binary_search_by(|(entry, _)| (*entry).cmp(key)).map_or(0.0, |found| table[found].1)
    };
    let spoken =
        weight(&BEFORE, &before) + weight(&BEFORE, &pair_before) + weight(&AFTER, &next) + weight(&AFTER, &pair_next);
    let comma = if words[i - 1].text.ends_with([',', ';', ':']) { 0.5 } else { 0.0 };
    let gap_s = words[i].start_s.zip(words[i - 1].end_s).map_or(0.0, |(start, end)| (start - end).0);
    let pause = if gap_s >= PAUSE_S {
        PAUSE_WORTH
    } else if gap_s >= BREATH_S {
        BREATH_WORTH
    } else {
        0.0
    };
    BASE + spoken + comma + pause
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Seconds;

    fn words(text: &str) -> Vec<Word> {
        text.split_whitespace().map(Word::imported).collect()
    }

    fn texts(text: &str) -> Vec<String> {
        split(&words(text)).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn full_stops_question_and_exclamation_marks_end_sentences() {
        assert_eq!(
            texts("I shipped it. Did it work? Yes! It did."),
            ["I shipped it.", "Did it work?", "Yes!", "It did."]
        );
    }

    #[test]
    fn figures_and_abbreviations_do_not() {
        for whole in [
            "It rose 2.3 percent to 4.1 in a year.",
            "I asked Dr. Rao and Mr. Okoye about it.",
            "We tried tools, e.g. Slack and Jira, for a week.",
            "The U.S. Army asked J. R. Hale to stay.",
            "We met at 5 p.m. Sunday to look at it.",
            "I was… not sure... about it.",
            "She asked \"why?\" and left.",
            "It was No. 5 on the list.",
        ] {
            assert_eq!(texts(whole).len(), 1, "{whole}");
        }
    }

    #[test]
    fn abbreviations_at_the_end_do() {
        assert_eq!(texts("We launched in the U.S. The team was small.").len(), 2);
        assert_eq!(texts("We met at 5 p.m. I was late.").len(), 2);
        assert_eq!(texts("Did I agree? No. I left.").len(), 3);
    }

    #[test]
    fn a_long_sentence_with_commas_stays_whole() {
        let clause = "and we looked at the numbers of that week again, ".repeat(6);
        assert_eq!(texts(&format!("{clause} done.")).len(), 1);
    }

    #[test]
    fn a_filled_pause_opens_a_sentence_however_it_is_written() {
        for pause in ["Um", "Er", "Hmm", "Ahh"] {
            assert_eq!(texts(&format!("We met at 5 p.m. {pause}, nobody came.")).len(), 2, "{pause}");
        }
    }

    #[test]
    fn a_run_on_is_split_where_speech_starts_again() {
        let run = "i was in charge of the night shift at a large hospital and nobody there knew who had taken the pills \
                   and then i sat down with the head nurse and we drew up one sheet for all of the wards in the house";
        let parts = texts(run);
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert!(parts[1].starts_with("and then i sat"), "{parts:?}");
    }

    #[test]
    fn a_pause_ends_a_sentence_where_nothing_else_does() {
        let mut timed = words(&"alpha beta gamma delta epsilon zeta eta theta iota kappa ".repeat(5));
        for (i, word) in timed.iter_mut().enumerate() {
            let start = i as f64 * 0.3 + if i >= 23 { 1.0 } else { 0.0 };
            (word.start_s, word.end_s) = (Some(Seconds(start)), Some(Seconds(start + 0.3)));
        }
        let sentences = split(&timed);
        assert!(sentences.iter().any(|sentence| sentence.words.lo == 23), "{sentences:?}");
        assert_eq!(sentences[0].start_s, Some(Seconds(0.0)));
    }

    #[test]
    fn a_turn_always_starts_a_sentence() {
        assert_eq!(split_with_breaks(&words("tell me about it well I did"), &[4]).len(), 2);
    }

    proptest! {
        #[test]
        fn every_word_is_in_exactly_one_sentence(text in "([a-zA-Z.,?!… ]|and then |so i ){0,60}", at in 0..80_usize) {
            let words = words(&text);
            let sentences = split_with_breaks(&words, &[at, 3, 3]);
            let mut next = 0;
            for (i, sentence) in sentences.iter().enumerate() {
                prop_assert_eq!(sentence.index, i);
                prop_assert_eq!(sentence.words.lo, next);
                prop_assert!(!sentence.words.is_empty());
                next = sentence.words.hi;
            }
            prop_assert_eq!(next, words.len());
        }
    }
}
