//! Filled pauses found in the sound, where the recogniser wrote nothing.
//!
//! A filled pause is a vowel (or hum) held still: voiced throughout, with little change of pitch and
//! of spectrum for 0.2 s or more, which no word of running speech is (Goto, Itou & Hayamizu 1999,
//! "A real-time filled pause detection system for spontaneous speech recognition", Eurospeech).
//!
//! Input is sound that the speech map calls speech and no word covers; within words this test would
//! also fire on drawn-out vowels.
//!
//! Hums are a case of their own: a closed-mouth "hm" is 15 dB softer than speech and the voice detector passes it
//! over, so [`add_hums`] looks for them where the map has silence.

use super::voice::{self, RATE_HZ, Stretch};
use crate::units::Seconds;

/// Frame length for pitch: two periods of a 60 Hz voice fit in.
const FRAME_S: f64 = 0.04;
/// Step between frames.
const STEP_S: f64 = 0.01;
/// Shortest filled pause (Goto et al. 1999 use 0.2 s).
const SHORTEST_S: f64 = 0.2;
/// A voice held still this long is a filled pause wherever it stands; a shorter one must make up most
/// of the sound it was found in.
const SURE_S: f64 = 0.4;
/// Steadiness under which it is left alone: a false alarm is worse than a miss.
const LEAST_CONFIDENCE: f32 = 0.3;
/// Range of a speaking voice, in Hz.
const PITCH_HZ: (f64, f64) = (65.0, 400.0);
/// Autocorrelation at the pitch period from which a frame is voiced (Boersma 1993 uses 0.45).
const VOICED: f32 = 0.5;
/// Pitch may wander this much within a filled pause, in semitones (standard deviation).
const PITCH_WANDER: f32 = 1.5;
/// Mean change of the normalised autocorrelation (a stand-in for the spectrum's shape) between
/// frames 50 ms apart, 0 to 2.
const SPECTRUM_CHANGE: f32 = 0.25;
/// Lags whose autocorrelation is compared for the spectrum's shape: 1.5 ms cover formants above
/// 650 Hz.
const SHAPE_LAGS: usize = 24;

/// Shortest hum outside the speech map; breath and creak are voiced for less.
const SHORTEST_HUM_S: f64 = 0.35;
/// Longest: what goes on longer is a machine or music.
const LONGEST_HUM_S: f64 = 2.0;
/// A hum stands this far above the floor of its chunk, in dB, and as far above what comes right before it.
const HUM_RISE_DB: f32 = 15.0;
/// Autocorrelation of a hum's frames: higher than for a vowel, since it has hardly more than one harmonic.
const HUM_VOICED: f32 = 0.55;
/// Frames within a hum that may be less than that, in a row: creak.
const HUM_BREAK: usize = 6;
/// A hum is this near the pitch of the speaker, in semitones; pauses are spoken a little lower than words.
const HUM_INTERVAL: f32 = 9.0;
/// Stretch of silence around the speech map that the hum must keep clear of: the ends of words.
const CLEAR_S: f64 = 0.05;

/// A filled pause in a piece of sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Start, in seconds from the start of the piece.
    pub start_s: f64,
    /// End.
    pub end_s: f64,
    /// How steady it is, 0 to 1; not a probability.
    pub confidence: f32,
}

struct Frame {
    strength: f32,
    level_db: f32,
    semitones: f32,
    shape: [f32; SHAPE_LAGS],
}

/// The longest filled pause in `samples` (mono, 16 kHz), if it makes up most of them or is long.
#[must_use]
pub fn find(samples: &[f32]) -> Option<Found> {
    find_all(samples).next()
}

/// All of them, the longest first.
pub fn find_all(samples: &[f32]) -> impl Iterator<Item = Found> + use<> {
    let frames = frames(samples);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for run in frames.chunk_by(|a, b| (a.strength >= VOICED) == (b.strength >= VOICED)) {
        if run[0].strength >= VOICED {
            runs.push((at, at + run.len()));
        }
        at += run.len();
    }
    // The longest first; on equal length the earlier.
    runs.sort_by_key(|(lo, hi)| std::cmp::Reverse(hi - lo));
    runs.into_iter().filter_map(move |(lo, hi)| {
        let (start_s, end_s) = (lo as f64 * STEP_S, hi as f64 * STEP_S + FRAME_S - STEP_S);
        let share = (hi - lo) as f64 / frames.len().max(1) as f64;
        if end_s - start_s < SHORTEST_S || (share < 0.5 && end_s - start_s < SURE_S) {
            return None;
        }
        steadiness(&frames[lo..hi]).map(|confidence| Found { start_s, end_s, confidence })
    })
}

/// How steady a run of voiced frames is, 0 to 1, if it is steady enough.
fn steadiness(run: &[Frame]) -> Option<f32> {
    let wander = deviation(run);
    let change = change(run);
    let confidence = 1.0 - 0.5 * (wander / PITCH_WANDER) - 0.5 * (change / SPECTRUM_CHANGE);
    let steady = wander <= PITCH_WANDER && change <= SPECTRUM_CHANGE && confidence >= LEAST_CONFIDENCE;
    steady.then_some(confidence)
}

/// Adds to the speech of a stretch of sound the hums that the voice detector passed over, in order of time.
///
/// A hum is looked for in silences between two stretches of speech and before the first: it sets in and
/// ends within the silence, rises out of the floor, keeps pitch and spectrum, and has about the speaker's pitch.
/// `offset_s` is the time of the first sample.
pub fn add_hums(speech: &mut Vec<Stretch>, samples: &[f32], offset_s: f64) {
    let Some(last) = speech.last() else { return };
    let silences = voice::silences(speech, last.end_s);
    let mut hums = Vec::new();
    let mut speaker = None;
    for silence in silences {
        let (lo_s, hi_s) = (silence.start_s.max(offset_s) + CLEAR_S, silence.end_s - CLEAR_S);
        if hi_s - lo_s < SHORTEST_HUM_S {
            continue;
        }
        let lo = Seconds(lo_s - offset_s).to_samples(RATE_HZ).min(samples.len());
        let hi = Seconds(hi_s - offset_s).to_samples(RATE_HZ).clamp(lo, samples.len());
        let frames = frames(&samples[lo..hi]);
        for (from, to) in hum_runs(&frames) {
            let pitch = median(frames[from..to].iter().map(|frame| frame.semitones));
            let usual = *speaker.get_or_insert_with(|| speaker_pitch(speech, samples, offset_s));
            if usual.is_some_and(|usual| (pitch - usual).abs() > HUM_INTERVAL) {
                continue;
            }
            let start_s = lo_s + from as f64 * STEP_S;
            hums.push(Stretch { start_s, end_s: lo_s + to as f64 * STEP_S + FRAME_S - STEP_S });
        }
    }
    speech.extend(hums);
    speech.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
}

/// Runs of frames in a silence that are hums.
fn hum_runs(frames: &[Frame]) -> Vec<(usize, usize)> {
    let Some(floor) = frames.iter().map(|frame| frame.level_db).min_by(f32::total_cmp) else { return Vec::new() };
    let hums = |frame: &Frame| frame.strength >= HUM_VOICED && frame.level_db >= floor + HUM_RISE_DB;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, _) in frames.iter().enumerate().filter(|(_, frame)| hums(frame)) {
        match runs.last_mut() {
            Some(run) if i - run.1 < HUM_BREAK => run.1 = i + 1,
            _ => runs.push((i, i + 1)),
        }
    }
    runs.retain(|&(from, to)| {
        let len_s = (to - from) as f64 * STEP_S;
        let before = frames[from.saturating_sub(20)..from].iter().map(|frame| frame.level_db).min_by(f32::total_cmp);
        let level = median(frames[from..to].iter().map(|frame| frame.level_db));
        // Without a rise it may go on from a word, or be the room.
        (SHORTEST_HUM_S..=LONGEST_HUM_S).contains(&len_s)
            && before.is_some_and(|before| level >= before + HUM_RISE_DB)
            && steadiness(&frames[from..to]).is_some()
    });
    runs
}

/// The pitch of the speech, in semitones, if enough of it is voiced.
fn speaker_pitch(speech: &[Stretch], samples: &[f32], offset_s: f64) -> Option<f32> {
    let mut pitches = Vec::new();
    for stretch in speech.iter().take(8) {
        let lo = Seconds(stretch.start_s - offset_s).to_samples(RATE_HZ).min(samples.len());
        let hi =
            Seconds(stretch.end_s.min(stretch.start_s + 2.0) - offset_s).to_samples(RATE_HZ).clamp(lo, samples.len());
        let voiced = frames(&samples[lo..hi]).into_iter().filter(|frame| frame.strength >= 0.7);
        pitches.extend(voiced.map(|frame| frame.semitones));
    }
    (pitches.len() >= 20).then(|| median(pitches.into_iter()))
}

/// The middle value; 0 for none.
fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lags and frame lengths are small positive numbers"
)]
fn frames(samples: &[f32]) -> Vec<Frame> {
    let rate = f64::from(RATE_HZ);
    let (len, step) = ((FRAME_S * rate) as usize, (STEP_S * rate) as usize);
    let lags = ((rate / PITCH_HZ.1) as usize, (rate / PITCH_HZ.0) as usize);
    let mut out = Vec::new();
    let mut at = 0;
    while at + len + lags.1 <= samples.len() {
        let frame = &samples[at..at + len];
        let correlation = |lag: usize| {
            let shifted = &samples[at + lag..at + lag + len];
            let (mut xy, mut xx, mut yy) = (0.0_f32, 1e-9_f32, 1e-9_f32);
            for (x, y) in frame.iter().zip(shifted) {
                xy += x * y;
                xx += x * x;
                yy += y * y;
            }
            xy / (xx * yy).sqrt()
        };
        let (lag, strength) = (lags.0..=lags.1)
            .map(|lag| (lag, correlation(lag)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((lags.0, 0.0));
        let mut shape = [0.0; SHAPE_LAGS];
        for (i, value) in shape.iter_mut().enumerate() {
            *value = correlation(i + 1);
        }
        out.push(Frame {
            strength,
            level_db: voice::level_db(frame),
            semitones: 12.0 * (rate / lag as f64 / 100.0).log2() as f32,
            shape,
        });
        at += step;
    }
    out
}

/// Standard deviation of the pitch in semitones, octave jumps of the tracker folded away.
fn deviation(run: &[Frame]) -> f32 {
    let mut pitches: Vec<f32> = run.iter().map(|frame| frame.semitones).collect();
    pitches.sort_by(f32::total_cmp);
    let median = pitches[pitches.len() / 2];
    let folded = |p: f32| {
        let d = p - median;
        d - 12.0 * (d / 12.0).round()
    };
    (pitches.iter().map(|p| folded(*p).powi(2)).sum::<f32>() / pitches.len() as f32).sqrt()
}

fn change(run: &[Frame]) -> f32 {
    let pairs: Vec<f32> = run
        .iter()
        .zip(run.iter().skip(5))
        .map(|(a, b)| a.shape.iter().zip(&b.shape).map(|(x, y)| (x - y).abs()).sum::<f32>() / SHAPE_LAGS as f32)
        .collect();
    pairs.iter().sum::<f32>() / pairs.len().max(1) as f32
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tests")]
mod tests {
    use super::*;

    fn vowel(len_s: f32, pitch: impl Fn(f32) -> f32, formant: impl Fn(f32) -> f32) -> Vec<f32> {
        let mut phase = 0.0_f32;
        (0..(len_s * 16_000.0) as usize)
            .map(|i| {
                let t = i as f32 / 16_000.0;
                phase += pitch(t) / 16_000.0;
                (1..20)
                    .map(|k| {
                        let f = k as f32 * pitch(t);
                        (phase * k as f32 * std::f32::consts::TAU).sin() / (1.0 + ((f - formant(t)) / 150.0).powi(2))
                    })
                    .sum::<f32>()
                    * 0.1
            })
            .collect()
    }

    #[test]
    fn a_held_vowel_is_a_filled_pause() {
        let found = find(&vowel(0.5, |_| 110.0, |_| 600.0)).unwrap();
        assert!(found.end_s - found.start_s > 0.4);
    }

    #[test]
    fn a_moving_vowel_a_gliding_pitch_and_noise_are_not() {
        assert_eq!(find(&vowel(0.5, |_| 110.0, |t| 300.0 + 3_000.0 * t)), None);
        assert_eq!(find(&vowel(0.5, |t| 90.0 + 200.0 * t, |_| 600.0)), None);
        let mut seed = 1_u32;
        let noise: Vec<f32> = (0..8_000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32
            })
            .collect();
        assert_eq!(find(&noise), None);
    }

    fn louder(sound: &[f32], by: f32) -> Vec<f32> {
        sound.iter().map(|x| x * by).collect()
    }

    #[test]
    fn a_soft_hum_between_words_joins_the_speech_and_a_machine_does_not() {
        let quiet = vec![0.0; 16_000];
        let word = vowel(1.0, |_| 110.0, |t| 400.0 + 800.0 * t);
        let said = |between: &[f32]| {
            let mut sound = word.clone();
            for part in [&quiet[..], between, &quiet[..], &word[..]] {
                sound.extend_from_slice(part);
            }
            let len_s = sound.len() as f64 / 16_000.0;
            let mut speech = vec![Stretch { start_s: 0.0, end_s: 1.0 }, Stretch { start_s: len_s - 1.0, end_s: len_s }];
            add_hums(&mut speech, &sound, 0.0);
            speech
        };
        let with_hum = said(&louder(&vowel(0.6, |_| 95.0, |_| 300.0), 0.1));
        assert_eq!(with_hum.len(), 3, "{with_hum:?}");
        assert!((with_hum[1].start_s - 2.0).abs() < 0.1 && (with_hum[1].end_s - 2.6).abs() < 0.1, "{with_hum:?}");
        // Too long for a breath of voice, far from the speaker's pitch, or too short.
        assert_eq!(said(&louder(&vowel(3.0, |_| 95.0, |_| 300.0), 0.1)).len(), 2);
        assert_eq!(said(&louder(&vowel(0.6, |_| 300.0, |_| 300.0), 0.1)).len(), 2);
        assert_eq!(said(&louder(&vowel(0.2, |_| 95.0, |_| 300.0), 0.1)).len(), 2);
    }

    #[test]
    fn a_short_or_empty_piece_has_none() {
        assert_eq!(find(&[]), None);
        assert_eq!(find(&vowel(0.15, |_| 110.0, |_| 600.0)), None);
    }
}
