//! What a recogniser writes that nobody said: sound descriptions, endless vowels, loops, its own prompt.

use super::recogniser::HeardWord;
use super::words::bare;

/// Stands, between the steps, for what the recogniser describes instead of writing down ("*laughs*",
/// "(laughter)").
pub const SOUND: &str = "\u{266a}";

/// Words in a sound description at most: "(upbeat music plays in the background)".
const LONGEST_DESCRIPTION: usize = 7;

/// Takes out what is no word: lone punctuation is joined to the word before, sound descriptions
/// become one [`SOUND`] each, and a vowel written endlessly ("ummmmmm") gets its usual spelling.
pub fn tidy(words: &mut Vec<HeardWord>) {
    let mut out: Vec<HeardWord> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let mut word = words[at].clone();
        if let Some(close) = closing(&word.text) {
            if let Some(more) = words_to_close(&words[at..], close) {
                word.text = SOUND.into();
                word.end_s = words[at + more].end_s.max(word.end_s);
                out.push(word);
                at += more + 1;
                continue;
            }
            // A bracket that nothing closes is a slip; its words were said.
            let said = word.text.trim_start_matches(['[', '(', '*', '\u{266a}']).to_owned();
            word.text = said;
        }
        at += 1;
        if bare(&word.text).is_empty() {
            let stop = word.text.chars().next().filter(|c| matches!(c, '.' | ',' | '?' | '!'));
            if let (Some(stop), Some(last)) = (stop, out.last_mut())
                && last.text != SOUND
                && !last.text.ends_with(['.', ',', '?', '!'])
            {
                last.text.push(stop);
            }
            continue;
        }
        word.text = without_drawl(&word.text);
        out.push(word);
    }
    *words = out;
}

/// What closes the description that a word opens.
fn closing(text: &str) -> Option<char> {
    match text.chars().next()? {
        '[' => Some(']'),
        '(' => Some(')'),
        '*' => Some('*'),
        '\u{266a}' => Some('\u{266a}'),
        _ => None,
    }
}

/// How many words behind the first the description closes; descriptions are short.
fn words_to_close(words: &[HeardWord], close: char) -> Option<usize> {
    if words.first()?.text.chars().skip(1).any(|c| c == close) {
        return Some(0);
    }
    words.iter().take(LONGEST_DESCRIPTION).skip(1).position(|word| word.text.contains(close)).map(|i| i + 1)
}

/// "ummmmmm" is "um": letters written more than three times in a row are written once.
fn without_drawl(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let run = chars[i..].iter().take_while(|c| **c == chars[i] && c.is_alphabetic()).count().max(1);
        let times = if run > 3 { 1 } else { run };
        out.extend(std::iter::repeat_n(chars[i], times));
        i += run;
    }
    out
}

/// Whether the same one to eight words come four times in a row (eight times for a single word: people
/// do say "no, no, no, no").
pub fn is_looping(words: &[HeardWord]) -> bool {
    loop_start(words).is_some()
}

fn loop_start(words: &[HeardWord]) -> Option<(usize, usize)> {
    let bare: Vec<String> = words.iter().map(|word| bare(&word.text)).collect();
    for n in 1..=8_usize {
        let times = if n == 1 { 8 } else { 4 };
        for at in 0..bare.len().saturating_sub(n * times - 1) {
            let unit = &bare[at..at + n];
            if (1..times).all(|k| &bare[at + k * n..at + (k + 1) * n] == unit) {
                return Some((at, n));
            }
        }
    }
    None
}

/// The words up to the end of the first round of a loop.
pub fn without_loop(mut words: Vec<HeardWord>) -> Vec<HeardWord> {
    if let Some((at, n)) = loop_start(&words) {
        words.truncate(at + n);
    }
    words
}

/// Whether five words in a row are the prompt's own.
pub fn leaks_prompt(words: &[HeardWord]) -> bool {
    let prompt: Vec<String> = super::whisper::VERBATIM_PROMPT.split_whitespace().map(bare).collect();
    let said: Vec<String> = words.iter().map(|word| bare(&word.text)).collect();
    said.windows(5).any(|five| prompt.windows(5).any(|p| p == five))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Vec<HeardWord> {
        let word = |text: &str| HeardWord {
            text: text.into(),
            start_s: 0.0,
            end_s: 0.1,
            confidence: 1.0,
            filled_pause_odds: 0.0,
        };
        text.split_whitespace().map(word).collect()
    }

    fn tidied(text: &str) -> String {
        let mut words = heard(text);
        tidy(&mut words);
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn descriptions_of_any_length_become_one_mark() {
        assert_eq!(tidied("[BLANK_AUDIO] I quit. (upbeat music plays) So."), format!("{SOUND} I quit. {SOUND} So."));
    }

    #[test]
    fn a_bracket_that_nothing_closes_hides_no_words() {
        assert_eq!(tidied("(and then we shipped it to all of them"), "and then we shipped it to all of them");
    }

    #[test]
    fn lone_punctuation_joins_the_word_before() {
        assert_eq!(tidied("I quit . So"), "I quit. So");
        assert_eq!(tidied("- I quit"), "I quit");
    }

    #[test]
    fn people_say_no_four_times_and_recognisers_loop() {
        assert!(!is_looping(&heard("no no no no I said")));
        assert!(!is_looping(&heard("I was, I was, I was going")));
        assert!(is_looping(&heard(&"and then ".repeat(4))));
        assert_eq!(without_loop(heard("so we and then and then and then and then")).len(), 4);
    }

    #[test]
    fn the_prompt_is_told_from_speech() {
        assert!(
            leaks_prompt(&heard("okay here's what I'm like"))
                || leaks_prompt(&heard("okay, here's what I'm, um, like"))
        );
        assert!(!leaks_prompt(&heard("let me think about that")));
    }
}
