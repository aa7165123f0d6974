//! Sentences with their numbers in figures, beside the words as they were said: "forty one percent" reads "41 %".
//!
//! Only what a number says by itself is rewritten: counts, percentages, money, factors and years. Ratios, fractions,
//! ordinals and clock times stay in words, and so do lone numbers up to ten, which read better so.

use super::numbers::{Kind, Number, numbers};
use crate::lexicon::Tokens;
use crate::transcript::Transcript;

/// The highest lone number that stays a word.
const IN_WORDS: f64 = 10.0;

/// Writes the normalised text of every sentence that has one.
pub fn fill(tokens: &Tokens, transcript: &mut Transcript) {
    let found = numbers(tokens);
    for sentence in &mut transcript.sentences {
        let words = sentence.words;
        let mut out: Vec<String> = Vec::new();
        let mut at = words.lo;
        for number in &found {
            let (Some(first), Some(last)) = (tokens.get(number.lo), tokens.get(number.hi - 1)) else { continue };
            if first.word < at || last.word >= words.hi || !stands_alone(tokens, *number) {
                continue;
            }
            let Some(figures) = figures(*number) else { continue };
            let text = |index: usize| transcript.words.get(index).map_or("", |word| word.text.as_str());
            out.extend((at..first.word).map(|index| text(index).to_owned()));
            let opening: String =
                text(first.word).chars().take_while(|c| matches!(c, '"' | '(' | '\u{201c}')).collect();
            let mut closing: Vec<char> = text(last.word).chars().rev().take_while(|c| is_mark(*c)).collect();
            closing.reverse();
            out.push(format!("{opening}{figures}{}", closing.into_iter().collect::<String>()));
            at = last.word + 1;
        }
        if out.is_empty() {
            continue;
        }
        out.extend((at..words.hi).filter_map(|index| transcript.words.get(index)).map(|word| word.text.clone()));
        let normalised = out.join(" ");
        sentence.normalised = (normalised != sentence.text).then_some(normalised);
    }
}

const fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | '?' | '!' | ';' | ':' | '"' | ')' | '\u{201d}' | '\u{2026}')
}

/// Whether the number begins and ends with whole words: "twenty-minute" is one word and stays.
fn stands_alone(tokens: &Tokens, number: Number) -> bool {
    let word = |at: usize| tokens.get(at).map(|token| token.word);
    let before = number.lo.checked_sub(1).and_then(word);
    before != word(number.lo) && word(number.hi) != word(number.hi - 1)
}

fn figures(number: Number) -> Option<String> {
    let plain = plain(number.value);
    match number.kind {
        Kind::Percent => Some(format!("{plain} %")),
        Kind::Money("dollars") => Some(format!("${plain}")),
        Kind::Money("euros") => Some(format!("\u{20ac}{plain}")),
        Kind::Money("pounds") => Some(format!("\u{a3}{plain}")),
        Kind::Money("money") => Some(plain),
        Kind::Money(unit) => Some(format!("{plain} {unit}")),
        Kind::Times if number.hi - number.lo > 1 => Some(format!("{plain}\u{d7}")),
        Kind::Year => Some(format!("{:.0}", number.value)),
        Kind::Count if number.value > IN_WORDS || number.value.fract() != 0.0 => Some(plain),
        Kind::Count | Kind::Times | Kind::Share | Kind::Ordinal | Kind::Clock => None,
    }
}

/// A value with its thousands set apart and no more decimals than it has: 1234567.0 is "1,234,567", 2.30 "2.3".
fn plain(value: f64) -> String {
    for (scale, name) in [(1e9, "billion"), (1e6, "million")] {
        let scaled = value / scale;
        if scaled >= 1.0 && (scaled * 100.0 - (scaled * 100.0).round()).abs() < 1e-6 {
            return format!("{} {name}", trimmed(scaled));
        }
    }
    let text = trimmed(value);
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 && c.is_ascii_digit() {
            out.push(',');
        }
        out.push(c);
    }
    rest.map_or(out.clone(), |rest| format!("{out}.{rest}"))
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;

    fn normalised(text: &str) -> Option<String> {
        let mut transcript = plain_transcript(text);
        fill(&Tokens::of(&transcript), &mut transcript);
        transcript.sentences.first().and_then(|sentence| sentence.normalised.clone())
    }

    #[test]
    fn numbers_in_words_become_figures_and_keep_their_punctuation() {
        assert_eq!(normalised("It fell to forty one percent, um, in May.").unwrap(), "It fell to 41 %, um, in May.");
        assert_eq!(normalised("We spent two point three million dollars.").unwrap(), "We spent $2.3 million.");
        assert_eq!(normalised("About forty thousand dollars a year.").unwrap(), "About $40,000 a year.");
    }

    #[test]
    fn small_counts_and_what_is_no_number_stay() {
        assert_eq!(normalised("One of three people left at seven thirty."), None);
        assert_eq!(normalised("It was the first time, and I quit."), None);
    }

    #[test]
    fn figures_stay_figures() {
        assert_eq!(normalised("It rose from 59 to 82."), None);
    }
}
