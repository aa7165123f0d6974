//! Where somebody speaks: a map of the recording made from the sound alone.
//!
//! The map is the witness that keeps the recogniser honest: speech that no word covers was lost,
//! words where nobody speaks were invented, and pauses are read from the map, never from the gaps
//! between words (a recogniser's word ends swallow the silence behind them).
//!
//! Voice activity comes from the `earshot` detector, one probability for each 16 ms. A frame below
//! [`ON`] may still belong to speech when it is above [`OFF`] and touches it (hysteresis), so that
//! soft word ends are not cut off.

pub use crate::decode::RATE_HZ;
use crate::units::Seconds;

/// Samples in one frame of the detector (16 ms at [`RATE_HZ`]), fixed by `earshot`.
pub const FRAME: usize = 256;
/// Probability from which a frame starts speech; the detector's own recommendation.
const ON: f32 = 0.5;
/// Probability under which speech ends. Chosen on the recordings of people in `docs/figures.md`: lower
/// values glue breaths to words, higher ones clip fricatives.
pub(super) const OFF: f32 = 0.3;
/// Speech shorter than this is a click or a lip smack. The shortest spoken words ("a", "I") last
/// longer.
const SHORTEST_SPEECH_S: f64 = 0.06;
/// Gaps shorter than this are closures of plosives, not pauses (stop closures last up to about
/// 0.15 s; Crystal & House 1988, J. Acoust. Soc. Am. 83).
const SHORTEST_GAP_S: f64 = 0.15;

/// A stretch of speech, in seconds from the start of the recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Start.
    pub start_s: f64,
    /// End.
    pub end_s: f64,
}

impl Stretch {
    /// Length in seconds.
    #[must_use]
    pub fn len_s(self) -> f64 {
        self.end_s - self.start_s
    }

    /// Seconds shared with `[start_s, end_s]`.
    #[must_use]
    pub fn overlap_s(self, start_s: f64, end_s: f64) -> f64 {
        (self.end_s.min(end_s) - self.start_s.max(start_s)).max(0.0)
    }
}

/// Turns a voice from far away up until the detector can hear it.
///
/// The detector looks at absolute levels and goes deaf to speech whose loudest frames lie under about -52 dBFS. The gain
/// follows the loudest frame of late, and depends on the past alone, as a live microphone needs it; whoever speaks up is
/// never turned down, and a recording at a usual level passes as it is.
struct TurnUp {
    loudest_db: f32,
}

impl Default for TurnUp {
    fn default() -> Self {
        Self { loudest_db: Self::ENOUGH_DB - Self::MOST_DB }
    }
}

impl TurnUp {
    /// Loudest frames at or above this level need no help.
    const ENOUGH_DB: f32 = -45.0;
    /// Most help, so that the hiss of an empty recording stays hiss.
    const MOST_DB: f32 = 20.0;
    /// How fast a loud moment is forgotten, in dB a second: words apart are held together, a speaker who moves away is
    /// found again.
    const RELEASE_DB_PER_S: f32 = 1.0;

    fn apply(&mut self, frame: &mut [f32]) {
        let release_db = Self::RELEASE_DB_PER_S * FRAME as f32 / RATE_HZ as f32;
        self.loudest_db = level_db(frame).max(self.loudest_db - release_db).max(Self::ENOUGH_DB - Self::MOST_DB);
        let gain_db = Self::ENOUGH_DB - self.loudest_db;
        if gain_db > 0.0 {
            let gain = 10.0_f32.powf(gain_db / 20.0);
            for x in frame.iter_mut() {
                *x = (*x * gain).clamp(-1.0, 1.0);
            }
        }
    }
}

/// The stateful detector: frames in, probabilities out, in order.
pub struct VoiceDetector {
    inner: Box<earshot::Detector>,
    turn_up: TurnUp,
    rest: Vec<f32>,
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self { inner: earshot::Detector::default_boxed(), turn_up: TurnUp::default(), rest: Vec::with_capacity(FRAME) }
    }
}

impl VoiceDetector {
    /// Takes the next samples (any number) and appends one probability for each whole frame.
    pub fn push(&mut self, samples: &[f32], probabilities: &mut Vec<f32>) {
        let mut samples = samples;
        while !samples.is_empty() {
            let (head, tail) = samples.split_at(samples.len().min(FRAME - self.rest.len()));
            // The detector asks for [-1, 1]; a float file may hold anything.
            self.rest.extend(head.iter().map(|x| if x.is_finite() { x.clamp(-1.0, 1.0) } else { 0.0 }));
            samples = tail;
            if self.rest.len() == FRAME {
                self.turn_up.apply(&mut self.rest);
                probabilities.push(self.inner.predict_f32(&self.rest));
                self.rest.clear();
            }
        }
    }
}

/// Seconds at the start of frame `index`.
#[must_use]
pub fn frame_s(index: usize) -> f64 {
    Seconds::of_samples(index * FRAME, RATE_HZ).0
}

/// Turns the detector's probabilities into stretches of speech, `offset_s` being the time of the
/// first frame.
#[must_use]
pub fn stretches(probabilities: &[f32], offset_s: f64) -> Vec<Stretch> {
    let mut raw: Vec<(usize, usize)> = Vec::new();
    let mut i = 0;
    while i < probabilities.len() {
        if probabilities[i] < ON {
            i += 1;
            continue;
        }
        let mut lo = i;
        while lo > 0 && probabilities[lo - 1] >= OFF && raw.last().is_none_or(|last| last.1 < lo) {
            lo -= 1;
        }
        let mut hi = i;
        while hi < probabilities.len() && probabilities[hi] >= OFF {
            hi += 1;
        }
        raw.push((lo, hi));
        i = hi;
    }
    let mut out: Vec<Stretch> = Vec::new();
    for (lo, hi) in raw {
        let stretch = Stretch { start_s: offset_s + frame_s(lo), end_s: offset_s + frame_s(hi) };
        match out.last_mut() {
            Some(last) if stretch.start_s - last.end_s < SHORTEST_GAP_S => last.end_s = stretch.end_s,
            _ => out.push(stretch),
        }
    }
    out.retain(|stretch| stretch.len_s() >= SHORTEST_SPEECH_S);
    out
}

/// Takes the steady noise out of the probabilities: frames hardly louder than the chunk's noise floor
/// are silence, whatever the detector says (it hears a voice in a cold room's hum).
///
/// The floor is the 10th percentile of the frames' levels and the speech level the 95th; the gate
/// lies a fifth of the way up, in dB. Where they are less than 12 dB apart there is no telling, and
/// the probabilities stay as they are.
#[must_use]
pub fn gate(probabilities: &[f32], samples: &[f32]) -> Vec<f32> {
    const FLOOR: f64 = 0.10;
    const SPEECH: f64 = 0.95;
    const SHARE: f32 = 0.2;
    const LEAST_RANGE_DB: f32 = 12.0;
    // 0.1 s: the dips within a softly spoken word are shorter, and no border of the map.
    const LEAST_FRAMES: usize = 6;
    let levels: Vec<f32> = samples.chunks_exact(FRAME).take(probabilities.len()).map(level_db).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into at most 30 s of frames")]
    let at = |share: f64| sorted.get((share * (sorted.len().saturating_sub(1)) as f64) as usize).copied();
    let (Some(floor), Some(speech)) = (at(FLOOR), at(SPEECH)) else { return probabilities.to_vec() };
    if speech - floor < LEAST_RANGE_DB {
        return probabilities.to_vec();
    }
    let gate = floor + SHARE * (speech - floor);
    let mut gated = probabilities.to_vec();
    let mut at = 0;
    for run in levels.chunk_by(|a, b| (*a < gate) == (*b < gate)) {
        if run[0] < gate && run.len() >= LEAST_FRAMES {
            gated[at..at + run.len()].fill(0.0);
        }
        at += run.len();
    }
    gated
}

/// Root-mean-square level of a frame in dBFS, not under -100.
pub(super) fn level_db(frame: &[f32]) -> f32 {
    let power = frame.iter().map(|x| x * x).sum::<f32>() / frame.len().max(1) as f32;
    10.0 * power.max(1e-10).log10()
}

/// The silences between, before and after stretches of speech, over a recording of `duration_s`.
#[must_use]
pub fn silences(speech: &[Stretch], duration_s: f64) -> Vec<Stretch> {
    let mut out = Vec::new();
    let mut at = 0.0;
    for stretch in speech {
        if stretch.start_s > at {
            out.push(Stretch { start_s: at, end_s: stretch.start_s });
        }
        at = stretch.end_s.max(at);
    }
    if duration_s > at {
        out.push(Stretch { start_s: at, end_s: duration_s });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_tail_belongs_to_the_word_it_touches() {
        let mut p = vec![0.1; 20];
        p.extend(vec![0.9; 20]);
        p.extend(vec![0.4; 5]);
        p.extend(vec![0.1; 30]);
        let speech = stretches(&p, 0.0);
        assert_eq!(speech.len(), 1);
        assert!((speech[0].start_s - frame_s(20)).abs() < 1e-9);
        assert!((speech[0].end_s - frame_s(45)).abs() < 1e-9);
    }

    #[test]
    fn a_plosive_does_not_split_a_word_and_a_click_is_no_speech() {
        let mut p = vec![0.9; 20];
        p.extend(vec![0.0; 5]);
        p.extend(vec![0.9; 20]);
        p.extend(vec![0.0; 40]);
        p.extend(vec![0.9; 2]);
        p.extend(vec![0.0; 40]);
        assert_eq!(stretches(&p, 0.0).len(), 1);
    }

    #[test]
    fn the_gate_takes_out_long_dips_and_leaves_short_ones() {
        let frame = |level: f32| vec![level; FRAME];
        let levels = [vec![0.1; 20], vec![0.001; 4], vec![0.1; 20], vec![0.001; 20]].concat();
        let samples: Vec<f32> = levels.iter().flat_map(|level| frame(*level)).collect();
        let gated = gate(&vec![0.4; levels.len()], &samples);
        assert!(gated[..44].iter().all(|p| (*p - 0.4).abs() < 1e-6), "{gated:?}");
        assert!(gated[44..].iter().all(|p| *p == 0.0), "{gated:?}");
    }

    #[test]
    fn a_voice_from_far_away_is_turned_up_and_a_near_one_passes_as_it_is() {
        let through = |level: f32, frames: usize| {
            let mut turn_up = TurnUp::default();
            let mut frame = vec![level; FRAME];
            for _ in 0..frames {
                frame.fill(level);
                turn_up.apply(&mut frame);
            }
            level_db(&frame)
        };
        assert!((through(0.1, 3) + 20.0).abs() < 0.01);
        // -60 dBFS.
        assert!((through(0.001, 3) - TurnUp::ENOUGH_DB).abs() < 0.01);
        // -90 dBFS is no voice, and stays far under one.
        assert!((through(0.000_031_6, 3) + 70.0).abs() < 0.1);
    }

    #[test]
    fn somebody_who_moves_away_is_found_again() {
        let mut turn_up = TurnUp::default();
        turn_up.apply(&mut vec![0.1; FRAME]);
        let mut quiet = vec![0.001; FRAME];
        turn_up.apply(&mut quiet);
        assert!((level_db(&quiet) + 60.0).abs() < 0.01, "not at once: a pause is no voice");
        // 40 dB at 1 dB a second.
        for _ in 0..RATE_HZ as usize / FRAME * 41 {
            quiet.fill(0.001);
            turn_up.apply(&mut quiet);
        }
        assert!((level_db(&quiet) - TurnUp::ENOUGH_DB).abs() < 0.01);
    }

    #[test]
    fn silences_and_speech_fill_the_recording() {
        let speech = [Stretch { start_s: 1.0, end_s: 2.0 }, Stretch { start_s: 3.0, end_s: 4.0 }];
        let total: f64 = silences(&speech, 5.0).iter().map(|s| s.len_s()).sum();
        assert!((total - 3.0).abs() < 1e-9);
    }

    #[test]
    fn silence_has_no_speech_and_odd_samples_do_no_harm() {
        let mut detector = VoiceDetector::default();
        let mut p = Vec::new();
        detector.push(&vec![0.0; 16_000], &mut p);
        detector.push(&[f32::NAN, f32::INFINITY, 7.0], &mut p);
        detector.push(&[0.0; 1_000], &mut p);
        assert_eq!(p.len(), (16_000 + 3 + 1_000) / FRAME);
        assert!(stretches(&p, 0.0).is_empty());
    }
}
