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

use super::align::align;
use super::chunks::Chunk;
use super::filled_pause;
use super::recogniser::{HeardWord, Recogniser, RecogniserError, Request};
use super::tidy::{SOUND, is_looping, leaks_prompt, tidy, without_loop};
use super::voice::{RATE_HZ, Stretch};
use super::words::{Origin, bare, is_filled_pause};
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
/// Uncovered speech is decoded again from this length on; shorter than this it holds no word, though it
/// may hold a filled pause.
const LOST_S: f64 = 0.5;
/// Sound before a gap in which a filled pause must not have begun yet.
const ONSET_S: f64 = 0.12;
/// A filled pause that the recogniser wrote this close to one in the sound is the same one.
const BESIDE_S: f64 = 0.3;
/// No filled pause is shorter than this.
const SQUEEZED_S: f64 = 0.12;
/// Short words that are written for a filled pause, and the confidence under which they are doubted.
const MISHEARD_AS: [&str; 9] = ["i'll", "a", "or", "her", "are", "all", "oh", "hi", "eh"];
const MISHEARD: f32 = 0.72;
/// A word is a filled pause where the recogniser held one to be this many times as likely or more. Of 23 that it
/// wrote as words (`tests/bench/spoken_ums`) that finds seven, and takes no word for one; at a hundredth, where
/// the next ones lie, it takes as many words as it finds.
const RIVALLED: f32 = 0.15;
/// Sound around an uncovered stretch that the second decode gets, so that first and last phones are
/// whole.
const AROUND_S: f64 = 0.2;
/// A word whose time overlaps no speech and of which the recogniser itself is unsure was invented.
const UNSURE: f32 = 0.6;
/// Behind the last speech a word has to be this sure: loops end there.
const SURE: f32 = 0.9;
/// A word under this confidence says little about the sound it stands for.
const BADLY_HEARD: f32 = 0.4;
/// Text that stands for speech nobody can understand.
pub const INAUDIBLE: &str = "[inaudible]";

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
    align(&mut words, &chunk.speech);
    let gaps = uncovered(&words, &chunk.speech);
    let mut found = Vec::new();
    for gap in gaps {
        found.extend(second_look(recogniser, chunk, &words, gap)?);
    }
    // A sound description covers its stretch (laughter is no lost speech) and is no word.
    words.retain(|word| word.text != SOUND);
    join_endings(chunk, &mut words);
    let mut checked: Vec<CheckedWord> = (0..words.len()).map(|i| as_said(chunk, &words, i)).collect();
    checked.extend(found);
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
                if !leaks_prompt(&words) {
                    fallback = Some(words);
                }
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

/// Drops words that lie outside all speech and of which the recogniser is unsure. A sure word is
/// kept and moved to speech by [`align`]: its time may be wrong, the word is not.
fn drop_unspoken(words: &mut Vec<HeardWord>, speech: &[Stretch]) {
    words.retain(|word| {
        let spoken: f64 = speech.iter().map(|stretch| stretch.overlap_s(word.start_s - 0.2, word.end_s)).sum();
        let behind_all = speech.last().is_none_or(|last| word.start_s > last.end_s + 0.3);
        spoken > 0.05 || word.confidence >= if behind_all { SURE } else { UNSURE }
    });
}

/// The longest that a word of this spelling usually lasts, in seconds: a fifth of a second and 65 ms a
/// letter, which is half as long again as the average word (Crystal & House 1990, J. Acoust. Soc. Am. 88).
fn longest_s(text: &str) -> f64 {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    // A digit is a spoken word of its own.
    let digits = text.chars().filter(char::is_ascii_digit).count();
    0.065f64.mul_add(letters as f64, 0.2 + 0.4 * digits as f64)
}

/// Stretches of speech of [`UNCOVERED_S`] or more that no word covers.
fn uncovered(words: &[HeardWord], speech: &[Stretch]) -> Vec<Stretch> {
    let mut out = Vec::new();
    for stretch in speech {
        let mut at = stretch.start_s;
        for word in words {
            let end =
                if word.text == SOUND { word.end_s } else { word.end_s.min(word.start_s + longest_s(&word.text)) };
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

/// The sound of a chunk between two times of the recording, and where it really starts.
fn sound(chunk: &Chunk, from_s: f64, to_s: f64) -> (f64, &[f32]) {
    let lo = Seconds(from_s - chunk.start_s).to_samples(RATE_HZ).min(chunk.samples.len());
    let hi = Seconds(to_s - chunk.start_s).to_samples(RATE_HZ).clamp(lo, chunk.samples.len());
    (Seconds::of_samples(lo, RATE_HZ).0 + chunk.start_s, &chunk.samples[lo..hi])
}

/// What is in a stretch that no word covers.
fn second_look(
    recogniser: &dyn Recogniser,
    chunk: &Chunk,
    heard: &[HeardWord],
    gap: Stretch,
) -> Result<Vec<CheckedWord>, RecogniserError> {
    let Some(word) = recovered(chunk, heard, gap) else { return decode_again(recogniser, chunk, heard, gap) };
    // A filled pause is often followed by what it held the floor for.
    let rests =
        [Stretch { start_s: gap.start_s, end_s: word.start_s }, Stretch { start_s: word.end_s, end_s: gap.end_s }];
    let mut out = vec![CheckedWord { word, origin: Origin::Recovered }];
    for rest in rests {
        out.extend(decode_again(recogniser, chunk, heard, rest)?);
    }
    Ok(out)
}

/// The words that an unprompted decode hears in a stretch; a mark where it hears none and should.
fn decode_again(
    recogniser: &dyn Recogniser,
    chunk: &Chunk,
    heard: &[HeardWord],
    gap: Stretch,
) -> Result<Vec<CheckedWord>, RecogniserError> {
    if gap.len_s() < LOST_S {
        return Ok(Vec::new());
    }
    let (start_s, samples) = sound(chunk, gap.start_s - AROUND_S, gap.end_s + AROUND_S);
    let mut words = match recogniser.recognise(request(chunk, samples, start_s, false)) {
        Ok(words) => words,
        Err(RecogniserError::OutOfTime { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    tidy(&mut words);
    if is_looping(&words) {
        words.clear();
    }
    let described = words.iter().any(|word| word.text == SOUND);
    words.retain(|word| {
        word.text != SOUND && word.confidence >= UNSURE && gap.overlap_s(word.start_s, word.end_s) > 0.05
    });
    if repeats_neighbours(&words, heard, gap) {
        words.clear();
    }
    align(&mut words, &[gap]);
    if words.is_empty() && !described && gap.len_s() >= INAUDIBLE_S {
        let Stretch { start_s, end_s } = gap;
        words.push(HeardWord { text: INAUDIBLE.into(), start_s, end_s, confidence: 0.0, filled_pause_odds: 0.0 });
    }
    Ok(words.into_iter().map(|word| CheckedWord { word, origin: Origin::Heard }).collect())
}

/// Whether a second decode only heard again what stands beside the gap: the edges of its sound hold
/// parts of those words.
fn repeats_neighbours(words: &[HeardWord], heard: &[HeardWord], gap: Stretch) -> bool {
    let near: Vec<String> = heard
        .iter()
        .filter(|word| word.end_s > gap.start_s - 1.0 && word.start_s < gap.end_s + 1.0)
        .map(|word| bare(&word.text))
        .collect();
    words.len() <= 2 && words.iter().all(|word| near.contains(&bare(&word.text)))
}

/// A filled pause in the sound of a gap.
///
/// It must set in within the gap, or the gap must open its stretch of speech: a held vowel that goes on
/// from a word is the end of a drawn-out word. And it must not be the body of a filled pause that the
/// recogniser wrote and timed a little off.
fn recovered(chunk: &Chunk, heard: &[HeardWord], gap: Stretch) -> Option<HeardWord> {
    let opens = chunk.speech.iter().any(|stretch| (stretch.start_s - gap.start_s).abs() < 0.05);
    // Of a word that was hardly heard nobody knows where it ends.
    let before = heard.iter().rev().find(|word| word.start_s < gap.start_s);
    if !opens && before.is_some_and(|word| word.confidence < BADLY_HEARD) {
        return None;
    }
    let before_s = if opens { 0.0 } else { ONSET_S };
    let (from_s, samples) = sound(chunk, gap.start_s - before_s, gap.end_s);
    // A filled pause squeezed in as the next word is this one, timed behind its pause.
    let next = heard.iter().find(|word| word.start_s >= gap.end_s - 1e-6);
    if next.is_some_and(|word| is_filled_pause(&word.text) && word.end_s - word.start_s < SQUEEZED_S) {
        return None;
    }
    filled_pause::find_all(samples)
        .filter(|found| opens || found.start_s >= ONSET_S / 2.0)
        .map(|found| (from_s + found.start_s, from_s + found.end_s, found.confidence))
        .find(|(start_s, end_s, _)| {
            !heard.iter().any(|word| {
                is_filled_pause(&word.text)
                    && word.start_s < end_s + BESIDE_S
                    && word.start_s > start_s - 2.0 * BESIDE_S
            })
        })
        .map(|(start_s, end_s, confidence)| HeardWord {
            text: "um".into(),
            start_s,
            end_s,
            confidence,
            filled_pause_odds: 0.0,
        })
}

/// Gives a word that was broken off its ending back: after "align..." an unsure "er" in which the sound
/// holds no vowel is the rest of the word, and no filled pause.
fn join_endings(chunk: &Chunk, words: &mut Vec<HeardWord>) {
    for i in (1..words.len()).rev() {
        let (stem, end) = (&words[i - 1], &words[i]);
        let open = stem.text.trim_end_matches(['.', '\u{2026}']).to_owned();
        let broken_off = stem.text.ends_with("...") || stem.text.ends_with('\u{2026}');
        if !broken_off || bare(&end.text) != "er" || end.confidence >= UNSURE || is_filled_pause(&open) {
            continue;
        }
        let (_, samples) = sound(chunk, end.start_s, end.end_s);
        if filled_pause::find(samples).is_none() {
            let end = words.remove(i);
            words[i - 1].text = open + &end.text.to_lowercase();
            words[i - 1].end_s = end.end_s;
        }
    }
}

/// A word as it was said. Where a filled pause stands, the recogniser sometimes writes a short word that
/// sounds like one ("I'll", "a"), and is unsure of it, or was about to write a filled pause.
fn as_said(chunk: &Chunk, words: &[HeardWord], i: usize) -> CheckedWord {
    let word = &words[i];
    if is_filled_pause(&word.text) || !(is_rivalled(words, i) || sounds_misheard(chunk, word)) {
        return CheckedWord { word: word.clone(), origin: Origin::Heard };
    }
    let stop: String = word.text.chars().rev().take_while(|c| matches!(c, ',' | '.')).collect();
    CheckedWord { word: HeardWord { text: format!("uh{stop}"), ..word.clone() }, origin: Origin::Recovered }
}

/// Whether the recogniser was about to write a filled pause, and did not write it as the next or the last word
/// instead.
fn is_rivalled(words: &[HeardWord], i: usize) -> bool {
    let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|at| words.get(at));
    words[i].filled_pause_odds >= RIVALLED && !beside.into_iter().any(|word| is_filled_pause(&word.text))
}

/// Whether a word that is often written for a filled pause sounds like one.
fn sounds_misheard(chunk: &Chunk, word: &HeardWord) -> bool {
    if word.confidence >= MISHEARD || !MISHEARD_AS.contains(&bare(&word.text).as_str()) {
        return false;
    }
    let alone = chunk
        .speech
        .iter()
        .any(|stretch| (stretch.start_s - word.start_s).abs() < 0.05 && (stretch.end_s - word.end_s).abs() < 0.05);
    // An article leans on the word behind it; a filled pause holds the floor before a silence.
    let before_silence = chunk.speech.iter().any(|stretch| (stretch.end_s - word.end_s).abs() < 0.05);
    let (_, samples) = sound(chunk, word.start_s, word.end_s);
    alone || (before_silence && filled_pause::find(samples).is_some())
}
