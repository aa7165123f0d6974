//! The cut answer as sound: samples in, samples out.

use super::choices::Stretch;

/// Length of the equal-power cross-fade at a join: long enough that no click is left, shorter than
/// any speech sound.
const FADE_S: f64 = 0.010;
/// How far a join may move to a quieter place: about the error of a word's time.
const SEARCH_S: f64 = 0.060;
/// Length over which loudness is measured: two periods of a low voice.
const FRAME_S: f64 = 0.010;

/// What is left of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Tight {
    /// The joined samples.
    pub samples: Vec<f32>,
    /// The index in `samples` where each join's fade starts.
    pub joins: Vec<usize>,
}

/// Joins the `stretches` of `samples`, which are in order and do not overlap. Each end moves to the
/// quietest place close by, so that no syllable is swallowed; neighbours are cross-faded with equal
/// power.
#[must_use]
pub fn join(samples: &[f32], rate_hz: u32, stretches: &[Stretch]) -> Tight {
    let fade = samples_in(FADE_S, rate_hz);
    let mut out: Vec<f32> = Vec::new();
    let mut joins = Vec::new();
    let mut floor = 0;
    for (i, stretch) in stretches.iter().enumerate() {
        let ceiling = stretches.get(i + 1).map_or(samples.len(), |next| next.start_s.to_samples(rate_hz));
        let start = quietest(samples, rate_hz, stretch.start_s.to_samples(rate_hz), floor);
        let end = quietest(samples, rate_hz, stretch.end_s.to_samples(rate_hz), start).min(ceiling.max(start));
        floor = end;
        let piece = samples.get(start.min(samples.len())..end.min(samples.len())).unwrap_or_default();
        // A piece shorter than its two fades carries no sound anyone could hear.
        if piece.len() < 2 * fade {
            continue;
        }
        if out.is_empty() {
            out.extend_from_slice(piece);
            for (k, sample) in out.iter_mut().take(fade).enumerate() {
                *sample *= k as f32 / fade as f32;
            }
            continue;
        }
        let at = out.len() - fade;
        joins.push(at);
        for (k, incoming) in piece.iter().take(fade).enumerate() {
            let angle = (k as f32 + 0.5) / fade as f32 * std::f32::consts::FRAC_PI_2;
            out[at + k] = out[at + k] * angle.cos() + incoming * angle.sin();
        }
        out.extend_from_slice(&piece[fade..]);
    }
    let length = out.len();
    for (k, sample) in out.iter_mut().rev().take(fade.min(length)).enumerate() {
        *sample *= k as f32 / fade as f32;
    }
    Tight { samples: out, joins }
}

fn samples_in(length_s: f64, rate_hz: u32) -> usize {
    crate::units::Seconds(length_s).to_samples(rate_hz).max(1)
}

/// The middle of the quietest frame around `at`, not before `floor`.
fn quietest(samples: &[f32], rate_hz: u32, at: usize, floor: usize) -> usize {
    let (reach, frame) = (samples_in(SEARCH_S, rate_hz), samples_in(FRAME_S, rate_hz));
    let at = at.clamp(floor.min(samples.len()), samples.len());
    let low = at.saturating_sub(reach).max(floor);
    let high = (at + reach).min(samples.len());
    let energy = |middle: usize| -> f32 {
        let from = middle.saturating_sub(frame / 2);
        samples.get(from..(from + frame).min(samples.len())).unwrap_or_default().iter().map(|s| s * s).sum()
    };
    (low..=high)
        .step_by((frame / 4).max(1))
        .map(|place| (energy(place), place))
        .fold((energy(at), at), |best, here| if here.0 < best.0 { here } else { best })
        .1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    const RATE_HZ: u32 = 16_000;

    fn stretch(start_s: f64, end_s: f64) -> Stretch {
        Stretch { start_s: Seconds(start_s), end_s: Seconds(end_s) }
    }

    fn tone(length_s: f64) -> Vec<f32> {
        (0..samples_in(length_s, RATE_HZ)).map(|i| 0.5 * (i as f32 * 0.05).sin()).collect()
    }

    fn largest_step(samples: &[f32]) -> f32 {
        samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn joins_do_not_click_even_in_the_middle_of_a_tone() {
        let sound = tone(3.0);
        let tight = join(&sound, RATE_HZ, &[stretch(0.2, 0.71), stretch(1.03, 1.9), stretch(2.2, 2.77)]);
        assert_eq!(tight.joins.len(), 2);
        // An abrupt join steps by up to twice the amplitude, 1.0; the tone itself by 0.025.
        assert!(largest_step(&tight.samples) < 0.05, "{}", largest_step(&tight.samples));
        assert!(tight.samples[0].abs() < 0.001 && tight.samples.last().unwrap().abs() < 0.001);
    }

    #[test]
    fn a_cut_moves_into_the_silence_beside_it() {
        let mut sound = tone(2.0);
        let silence = samples_in(0.96, RATE_HZ)..samples_in(0.99, RATE_HZ);
        sound[silence.clone()].fill(0.0);
        let place = quietest(&sound, RATE_HZ, samples_in(1.0, RATE_HZ), 0);
        assert!(silence.contains(&place), "{place}");
    }

    #[test]
    fn nothing_left_is_no_sound_and_times_past_the_end_are_no_trouble() {
        assert!(join(&tone(1.0), RATE_HZ, &[]).samples.is_empty());
        assert!(join(&tone(1.0), RATE_HZ, &[stretch(0.9, 5.0)]).samples.len() <= samples_in(0.2, RATE_HZ));
        assert!(join(&[], RATE_HZ, &[stretch(0.0, 5.0)]).samples.is_empty());
    }
}
