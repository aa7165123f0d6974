//! Nothing lost, nothing invented: a prompted decode, checked against the speech map.
//!
//! Whisper drops um and uh; with [`super::whisper::VERBATIM_PROMPT`] it keeps most of them, but then
//! now and then skips clear speech, invents words over laughter, or loops. So a prompted decode is
//! never trusted alone. For each chunk:
//!
//! 1. decode with the prompt; when that runs out of time, loops, or repeats the prompt, decode
//!    without it;
//! 2. drop words where nobody speaks;
//! 3. fit word times to the speech map;
//! 4. speech that no word covers is decoded again, unprompted, and what was lost is put back; what
//!    sounds like a filled pause becomes one, marked `recovered`; what remains is marked
//!    `[inaudible]`, never silently skipped.

use std::time::Duration;

use super::chunks::Chunk;
use super::filled_pause;
use super::recogniser::{HeardWord, Recogniser, RecogniserError, Request};
use super::voice::{RATE_HZ, Stretch};
use super::words::{Origin, bare};
use crate::units::Seconds;

/// Seconds allowed for a decode, for each second of sound, and on top of that. A decode takes about
/// a tenth of the sound's length on two cores; fifteen times that is a loop, or a machine on which
/// waiting longer does not help.
const BUDGET_PER_S: f64 = 1.5;
const BUDGET_BASE: Duration = Duration::from_secs(20);
/// Speech that no word covers is worth a second look from this length on (DESIGN, hard part 2).
const UNCOVERED_S: f64 = 0.3;
/// Uncovered speech in which nothing can be understood is marked from this length on; shorter than
/// this it is a breath or a tail the map took for speech.
const INAUDIBLE_S: f64 = 1.5;
/// Sound around an uncovered stretch that the second decode gets, so that first and last phones are
/// whole.
const AROUND_S: f64 = 0.2;
/// A word whose time overlaps no speech and of which the recogniser itself is unsure was invented.
const UNSURE: f32 = 0.6;
/// Behind the last speech a word has to be this sure: loops end there.
const SURE: f32 = 0.9;
/// A word that starts this soon after its stretch of speech starts with it: alignment by
/// cross-attention finds the middle of a word's first syllable, not its onset.
const ONSET_S: f64 = 0.5;
/// Text that stands for speech nobody can understand.
pub const INAUDIBLE: &str = "[inaudible]";

/// Stands, between the steps, for what the recogniser describes instead of writing down ("*laughs*",
/// "[`BLANK_AUDIO`]").
const SOUND: &str = "\u{266a}";

/// A word of a chunk after the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedWord {
    /// The word and its times.
    pub word: HeardWord,
    /// Heard by the recogniser or recovered from the sound.
    pub origin: Origin,
}

/// Recognises a chunk and checks the result against its speech.
///
/// Fails only when the engine itself fails; a chunk that cannot be decoded in time comes back as
/// `[inaudible]`.
pub fn listen(recogniser: &dyn Recogniser, chunk: &Chunk) -> Result<Vec<CheckedWord>, RecogniserError> {
    let mut words = first_pass(recogniser, chunk)?;
    drop_unspoken(&mut words, &chunk.speech);
    fit(&mut words, &chunk.speech);
    // A sound description covers its stretch (laughter is no lost speech) and is no word.
    let mut checked: Vec<CheckedWord> = Vec::with_capacity(words.len());
    let gaps = uncovered(&words, &chunk.speech);
    words.retain(|word| word.text != SOUND);
    checked.extend(words.into_iter().map(|word| CheckedWord { word, origin: Origin::Heard }));
    for gap in gaps {
        checked.extend(second_look(recogniser, chunk, gap)?);
    }
    checked.sort_by(|a, b| a.word.start_s.total_cmp(&b.word.start_s));
    Ok(checked)
}

fn first_pass(recogniser: &dyn Recogniser, chunk: &Chunk) -> Result<Vec<HeardWord>, RecogniserError> {
    let mut fallback = None;
    for verbatim in [true, false] {
        match recogniser.recognise(request(chunk, &chunk.samples, chunk.start_s, verbatim)) {
            Ok(mut words) => {
                tidy(&mut words);
                if !is_looping(&words) && !leaks_prompt(&words) {
                    return Ok(words);
                }
                fallback = Some(words);
            }
            Err(RecogniserError::OutOfTime { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    // Both ways failed: keep what came before the loop; the rest is uncovered and looked at again.
    Ok(fallback.map(without_loop).unwrap_or_default())
}

fn request<'a>(chunk: &Chunk, samples: &'a [f32], start_s: f64, verbatim: bool) -> Request<'a> {
    debug_assert!(start_s >= chunk.start_s - 1e-6);
    let len_s = Seconds::of_samples(samples.len(), RATE_HZ).0;
    Request { samples, start_s, verbatim, budget: BUDGET_BASE + Duration::from_secs_f64(len_s * BUDGET_PER_S) }
}

/// Takes out what is no word: lone punctuation is joined to the word before, sound descriptions
/// become one [`SOUND`] each, and a vowel written endlessly ("ummmmmm") gets its usual spelling.
fn tidy(words: &mut Vec<HeardWord>) {
    let mut out: Vec<HeardWord> = Vec::with_capacity(words.len());
    let mut inside: Option<char> = None;
    for mut word in words.drain(..) {
        if let Some(close) = inside {
            if word.text.contains(close) {
                inside = None;
            }
            if let Some(last) = out.last_mut() {
                last.end_s = word.end_s;
            }
            continue;
        }
        let close = match word.text.chars().next() {
            Some('[') => Some(']'),
            Some('(') => Some(')'),
            Some('*') => Some('*'),
            Some('\u{266a}') => Some('\u{266a}'),
            _ => None,
        };
        if let Some(close) = close {
            if !word.text.chars().skip(1).any(|c| c == close) {
                inside = Some(close);
            }
            word.text = SOUND.into();
            out.push(word);
            continue;
        }
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
fn is_looping(words: &[HeardWord]) -> bool {
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
fn without_loop(mut words: Vec<HeardWord>) -> Vec<HeardWord> {
    if let Some((at, n)) = loop_start(&words) {
        words.truncate(at + n);
    }
    words
}

/// Whether five words in a row are the prompt's own.
fn leaks_prompt(words: &[HeardWord]) -> bool {
    let prompt: Vec<String> = super::whisper::VERBATIM_PROMPT.split_whitespace().map(bare).collect();
    let said: Vec<String> = words.iter().map(|word| bare(&word.text)).collect();
    said.windows(5).any(|five| prompt.windows(5).any(|p| p == five))
}

/// Drops words that lie outside all speech and of which the recogniser is unsure. A sure word is
/// kept and moved to speech by [`fit`]: its time may be wrong, the word is not.
fn drop_unspoken(words: &mut Vec<HeardWord>, speech: &[Stretch]) {
    words.retain(|word| {
        let spoken: f64 = speech.iter().map(|stretch| stretch.overlap_s(word.start_s - 0.2, word.end_s)).sum();
        let behind_all = speech.last().is_none_or(|last| word.start_s > last.end_s + 0.3);
        spoken > 0.05 || word.confidence >= if behind_all { SURE } else { UNSURE }
    });
}

/// Fits word times to the speech map: a word that starts in a silence starts with the speech behind
/// it (or in the tail of the speech before, when that is nearer), and ends at the end of its speech
/// at the latest. Starts stay in order.
fn fit(words: &mut [HeardWord], speech: &[Stretch]) {
    let mut floor = f64::NEG_INFINITY;
    let mut last_start = f64::NEG_INFINITY;
    let n = words.len();
    for i in 0..n {
        let next = words.get(i + 1).map_or(f64::INFINITY, |next| next.start_s);
        let word = &mut words[i];
        let holder = speech.iter().find(|stretch| word.start_s >= stretch.start_s && word.start_s < stretch.end_s);
        if holder.is_none_or(|h| h.end_s - word.start_s < 0.06 && next > h.end_s) {
            let behind = speech.iter().find(|stretch| stretch.start_s > word.start_s);
            let before = speech.iter().rev().find(|stretch| stretch.end_s <= word.start_s + 0.06);
            let to_behind = behind.map_or(f64::INFINITY, |stretch| stretch.start_s - word.start_s);
            let to_before = before.map_or(f64::INFINITY, |stretch| word.start_s - stretch.end_s);
            // A word that runs on into the next speech belongs there.
            let runs_on = behind.is_some_and(|stretch| stretch.start_s < word.end_s.min(next) - 0.05);
            match (behind, before) {
                (Some(stretch), _) if runs_on || to_behind < to_before => word.start_s = stretch.start_s,
                (_, Some(stretch)) => word.start_s = (stretch.end_s - 0.15).max(stretch.start_s),
                _ => {}
            }
        }
        if let Some(holder) = speech.iter().find(|s| word.start_s >= s.start_s && word.start_s < s.end_s)
            && word.start_s - holder.start_s <= ONSET_S
            && last_start < holder.start_s
        {
            word.start_s = holder.start_s;
        }
        word.start_s = word.start_s.max(floor);
        floor = word.start_s + 0.01;
        last_start = word.start_s;
    }
    for i in 0..n {
        let next = words.get(i + 1).map_or(f64::INFINITY, |next| next.start_s);
        let word = &mut words[i];
        let limit = speech
            .iter()
            .find(|stretch| word.start_s >= stretch.start_s - 1e-6 && word.start_s < stretch.end_s)
            .map_or(word.start_s + 0.3, |stretch| stretch.end_s);
        word.end_s = limit.min(next).max(word.start_s + 0.02);
    }
}

/// The longest that a word of this spelling plausibly lasts, in seconds: drawn-out monosyllables
/// reach about half a second (Crystal & House 1990, J. Acoust. Soc. Am. 88).
fn longest_s(text: &str) -> f64 {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    // A digit is a spoken word of its own.
    let digits = text.chars().filter(char::is_ascii_digit).count();
    0.09f64.mul_add(letters as f64, 0.35 + 0.4 * digits as f64)
}

/// Stretches of speech of [`UNCOVERED_S`] or more that no word covers.
fn uncovered(words: &[HeardWord], speech: &[Stretch]) -> Vec<Stretch> {
    let mut out = Vec::new();
    for stretch in speech {
        let mut at = stretch.start_s;
        for word in words {
            let end = word.end_s.min(word.start_s + longest_s(&word.text));
            if end <= at || word.start_s >= stretch.end_s {
                continue;
            }
            if word.start_s - at >= UNCOVERED_S {
                out.push(Stretch { start_s: at, end_s: word.start_s });
            }
            at = end;
        }
        if stretch.end_s - at >= UNCOVERED_S {
            out.push(Stretch { start_s: at, end_s: stretch.end_s });
        }
    }
    out
}

/// What is in a stretch that no word covers.
fn second_look(recogniser: &dyn Recogniser, chunk: &Chunk, gap: Stretch) -> Result<Vec<CheckedWord>, RecogniserError> {
    let cut = |from_s: f64, to_s: f64| {
        let lo = Seconds(from_s - chunk.start_s).to_samples(RATE_HZ).min(chunk.samples.len());
        let hi = Seconds(to_s - chunk.start_s).to_samples(RATE_HZ).clamp(lo, chunk.samples.len());
        (Seconds::of_samples(lo, RATE_HZ).0 + chunk.start_s, &chunk.samples[lo..hi])
    };
    let (start_s, sound) = cut(gap.start_s, gap.end_s);
    if let Some(found) = filled_pause::find(sound) {
        let word = HeardWord {
            text: "um".into(),
            start_s: start_s + found.start_s,
            end_s: start_s + found.end_s,
            confidence: found.confidence,
        };
        return Ok(vec![CheckedWord { word, origin: Origin::Recovered }]);
    }
    let (start_s, samples) = cut(gap.start_s - AROUND_S, gap.end_s + AROUND_S);
    let mut words = match recogniser.recognise(request(chunk, samples, start_s, false)) {
        Ok(words) => words,
        Err(RecogniserError::OutOfTime { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    tidy(&mut words);
    if is_looping(&words) {
        words.clear();
    }
    words.retain(|word| word.text != SOUND);
    let inside = [gap];
    words.retain(|word| word.confidence >= UNSURE && gap.overlap_s(word.start_s, word.end_s) > 0.05);
    fit(&mut words, &inside);
    if words.is_empty() && gap.len_s() >= INAUDIBLE_S {
        words.push(HeardWord { text: INAUDIBLE.into(), start_s: gap.start_s, end_s: gap.end_s, confidence: 0.0 });
    }
    Ok(words.into_iter().map(|word| CheckedWord { word, origin: Origin::Heard }).collect())
}
