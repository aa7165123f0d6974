//! Under what conditions a recording was made: how loud the room is, how much of the band is there, and whether a
//! second person speaks. Made from the sound alone, chunk by chunk, so it does not grow with the length.

use super::chunks::Chunk;
use super::voice::{FRAME, RATE_HZ, Stretch, frame_s};
use crate::units::Seconds;

/// Speech this little above the room is hard to understand, in dB; at 15 dB listeners begin to miss words and
/// Whisper `base` begins to make mistakes (measured in models/README.md).
const NOISY_DB: f64 = 16.0;
/// Least speech, and least silence, that a level is read from.
const LEAST_S: f64 = 1.0;
const LEAST_ROOM_S: f64 = 0.3;
/// The upper edge of the telephone band is 3.4 kHz (ITU-T G.712), half the rate of its sampling 4 kHz; the filter needs
/// the room in between.
const UPPER_HZ: f64 = 6_000.0;
/// Speech through a whole band has a hundredth of its power or more up there at its fricatives; a telephone's has
/// less than a hundred-thousandth even then.
const NARROW_DB: f64 = -45.0;

/// Stretches shorter than this have no pitch of their own.
const LEAST_STRETCH_S: f64 = 0.4;
/// Two voices are this far apart, in semitones. One person's stretches spread by 2 to 3 around their middle; the voices of
/// a man and a woman are about 10 apart. Two voices of the same pitch are not told apart: a false alarm is
/// worse than a miss.
const APART: f64 = 6.0;
/// Spread of the stretches around their voice at most, in semitones.
const SPREAD: f64 = 2.2;
/// Each voice speaks this long at least, in seconds of stretches with a pitch.
const EACH_S: f64 = 5.0;
/// Of two voices, few stretches lie in the third between them.
const BETWEEN: f64 = 0.08;

/// A stretch with its pitch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pitched {
    semitones: f64,
    len_s: f64,
}

/// What is known of the sound, summed up over chunks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    speech_power: f64,
    speech_s: f64,
    room_power: f64,
    room_s: f64,
    upper_power: f64,
    pitched: Vec<Pitched>,
}

impl Conditions {
    /// Those of one chunk.
    #[must_use]
    pub fn of(chunk: &Chunk) -> Self {
        let mut out = Self::default();
        let upper = above(&chunk.samples, UPPER_HZ);
        for (i, (frame, high)) in chunk.samples.chunks_exact(FRAME).zip(upper.chunks_exact(FRAME)).enumerate() {
            let (start_s, len_s) = (chunk.start_s + frame_s(i), frame_s(1));
            let power = |frame: &[f32]| frame.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / FRAME as f64;
            let spoken: f64 = chunk.speech.iter().map(|s| s.overlap_s(start_s, start_s + len_s)).sum();
            // A little clear of the edges: what trails off is neither.
            let near: f64 = chunk.speech.iter().map(|s| s.overlap_s(start_s - 0.1, start_s + len_s + 0.1)).sum();
            if spoken > 0.99 * len_s {
                out.speech_power += power(frame) * len_s;
                out.speech_s += len_s;
                out.upper_power += power(high) * len_s;
            } else if near <= 0.0 {
                out.room_power += power(frame) * len_s;
                out.room_s += len_s;
            }
        }
        out.pitched = chunk.speech.iter().filter_map(|stretch| pitched(chunk, *stretch)).collect();
        out
    }

    /// Adds those of the next chunk.
    pub fn add(&mut self, next: Self) {
        self.speech_power += next.speech_power;
        self.speech_s += next.speech_s;
        self.room_power += next.room_power;
        self.room_s += next.room_s;
        self.upper_power += next.upper_power;
        self.pitched.extend(next.pitched);
    }

    /// How far the speech stands above the room, in dB, where that is little.
    #[must_use]
    pub fn noisy_db(&self) -> Option<f64> {
        if self.speech_s < LEAST_S || self.room_s < LEAST_ROOM_S {
            return None;
        }
        let (with_room, room) = (self.speech_power / self.speech_s, self.room_power / self.room_s);
        let ratio_db = 10.0 * ((with_room - room).max(1e-12) / room.max(1e-12)).log10();
        (ratio_db < NOISY_DB).then_some(ratio_db)
    }

    /// Whether the sound went through a telephone, or was sampled as for one.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.speech_s >= LEAST_S
            && 10.0 * (self.upper_power.max(1e-20) / self.speech_power.max(1e-12)).log10() < NARROW_DB
    }

    /// Whether two people speak, by their pitch.
    #[must_use]
    pub fn has_second_voice(&self) -> bool {
        let all = &self.pitched;
        let Some(mut low) = all.iter().map(|p| p.semitones).min_by(f64::total_cmp) else { return false };
        let Some(mut high) = all.iter().map(|p| p.semitones).max_by(f64::total_cmp) else { return false };
        // Two means.
        for _ in 0..20 {
            let border = f64::midpoint(low, high);
            let (Some(below), Some(above)) =
                (mean(all, |p| p.semitones < border), mean(all, |p| p.semitones >= border))
            else {
                return false;
            };
            (low, high) = (below, above);
        }
        let border = f64::midpoint(low, high);
        let seconds =
            |of: &dyn Fn(f64) -> bool| -> f64 { all.iter().filter(|p| of(p.semitones)).map(|p| p.len_s).sum() };
        let spread = |centre: f64, of: &dyn Fn(f64) -> bool| {
            let power: f64 =
                all.iter().filter(|p| of(p.semitones)).map(|p| p.len_s * (p.semitones - centre).powi(2)).sum();
            (power / seconds(of).max(1e-9)).sqrt()
        };
        let (is_low, is_high) = (|s: f64| s < border, |s: f64| s >= border);
        let total = seconds(&|_| true);
        let third = (high - low) / 6.0;
        let between = seconds(&|s: f64| (s - border).abs() < third) / total.max(1e-9);
        high - low >= APART
            && seconds(&is_low) >= EACH_S
            && seconds(&is_high) >= EACH_S
            && spread(low, &is_low) <= SPREAD
            && spread(high, &is_high) <= SPREAD
            && between <= BETWEEN
    }
}

fn mean(all: &[Pitched], of: impl Fn(&Pitched) -> bool) -> Option<f64> {
    let (sum, len_s) = all
        .iter()
        .filter(|p| of(p))
        .fold((0.0, 0.0), |(sum, len_s), p| (p.len_s.mul_add(p.semitones, sum), len_s + p.len_s));
    (len_s > 0.0).then(|| sum / len_s)
}

/// The middle pitch of a stretch.
fn pitched(chunk: &Chunk, stretch: Stretch) -> Option<Pitched> {
    if stretch.len_s() < LEAST_STRETCH_S {
        return None;
    }
    let lo = Seconds(stretch.start_s - chunk.start_s).to_samples(RATE_HZ).min(chunk.samples.len());
    let hi = Seconds(stretch.end_s - chunk.start_s).to_samples(RATE_HZ).clamp(lo, chunk.samples.len());
    let mut pitches = pitches(&chunk.samples[lo..hi]);
    // A quarter of a second of clear voice.
    if pitches.len() < 8 {
        return None;
    }
    pitches.sort_by(f64::total_cmp);
    Some(Pitched { semitones: pitches[pitches.len() / 2], len_s: stretch.len_s() })
}

/// The pitches of the clearly voiced frames, in semitones above 55 Hz, a frame every 30 ms.
///
/// Of all lags that fit nearly as well as the best the shortest is taken: twice the period fits as well as the
/// period does, and an octave too low would be a second voice.
fn pitches(samples: &[f32]) -> Vec<f64> {
    const LEN: usize = 640;
    const STEP: usize = 480;
    const LAGS: std::ops::RangeInclusive<usize> = 40..=246;
    const CLEAR: f32 = 0.75;
    const NEARLY: f32 = 0.9;
    let mut out = Vec::new();
    let mut at = 0;
    while at + LEN + LAGS.end() <= samples.len() {
        let frame = &samples[at..at + LEN];
        let fits: Vec<f32> = LAGS
            .map(|lag| {
                let shifted = &samples[at + lag..at + lag + LEN];
                let (mut xy, mut xx, mut yy) = (0.0_f32, 1e-9_f32, 1e-9_f32);
                for (x, y) in frame.iter().zip(shifted) {
                    xy += x * y;
                    xx += x * x;
                    yy += y * y;
                }
                xy / (xx * yy).sqrt()
            })
            .collect();
        let best = fits.iter().copied().fold(0.0, f32::max);
        let peak =
            (1..fits.len() - 1).find(|&i| fits[i] >= NEARLY * best && fits[i] >= fits[i - 1] && fits[i] >= fits[i + 1]);
        if let Some(i) = peak.filter(|_| best >= CLEAR) {
            out.push(12.0 * (f64::from(RATE_HZ) / (i + LAGS.start()) as f64 / 55.0).log2());
        }
        at += STEP;
    }
    out
}

/// What lies above a frequency: 48 dB an octave.
fn above(samples: &[f32], hz: f64) -> Vec<f32> {
    let mut out = samples.to_vec();
    for _ in 0..2 {
        super::rumble::HighPass::at(hz, RATE_HZ).apply(&mut out);
    }
    out
}
