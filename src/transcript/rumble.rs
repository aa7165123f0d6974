//! Takes out what lies below any voice: handling noise, wind, ventilation, a table that is knocked.
//!
//! Cheap microphones pass it on, louder than quiet speech: in one of the labelled recordings it is 13 dB above
//! the words. It hides soft sounds from the level gate and gives the pitch tracker a pitch that nobody has. Speech has
//! nothing there: the lowest voices begin at 65 Hz.

/// Where the filter has lost 3 dB. Hum from the mains, at 50 or 60 Hz, is only halved; it is steady, and
/// the gate takes it out.
const CORNER_HZ: f64 = 60.0;
/// Quality of the two halves of a fourth-order Butterworth filter: 1 / (2 cos(π/8)) and 1 / (2 cos(3π/8)).
const HALVES: [f64; 2] = [0.541_196_1, 1.306_563];

/// A high-pass filter: 24 dB an octave below [`CORNER_HZ`]. Stateful, so sound may come in any portions.
pub struct HighPass {
    halves: [Half; 2],
}

/// One second-order section, direct form I.
#[derive(Clone, Copy)]
struct Half {
    b: [f64; 3],
    a: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
}

impl Half {
    /// The bilinear transform of a second-order high-pass (Bristow-Johnson, "Cookbook formulae for audio EQ biquad
    /// filter coefficients").
    fn new(quality: f64, rate_hz: u32) -> Self {
        let w = std::f64::consts::TAU * CORNER_HZ / f64::from(rate_hz);
        let alpha = w.sin() / (2.0 * quality);
        let a0 = 1.0 + alpha;
        let b = f64::midpoint(1.0, w.cos()) / a0;
        Self { b: [b, -2.0 * b, b], a: [-2.0 * w.cos() / a0, (1.0 - alpha) / a0], x: [0.0; 2], y: [0.0; 2] }
    }

    fn step(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.b[1] * self.x[0] + self.b[2] * self.x[1]
            - self.a[0] * self.y[0]
            - self.a[1] * self.y[1];
        self.x = [x, self.x[0]];
        self.y = [y, self.y[0]];
        y
    }
}

impl HighPass {
    /// A filter for sound at `rate_hz`.
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self { halves: HALVES.map(|quality| Half::new(quality, rate_hz)) }
    }

    /// Filters samples where they are. What is no number counts as silence.
    #[allow(clippy::cast_possible_truncation, reason = "sound fits f32")]
    pub fn apply(&mut self, samples: &mut [f32]) {
        for sample in samples {
            let mut x = if sample.is_finite() { f64::from(*sample) } else { 0.0 };
            for half in &mut self.halves {
                x = half.step(x);
            }
            *sample = x as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Level of a second of a tone behind the filter, relative to before, in dB.
    fn passed_db(hz: f32) -> f32 {
        let tone: Vec<f32> = (0..32_000).map(|i| (i as f32 / 16_000.0 * hz * std::f32::consts::TAU).sin()).collect();
        let mut out = tone.clone();
        HighPass::new(16_000).apply(&mut out);
        let power = |s: &[f32]| s[16_000..].iter().map(|x| x * x).sum::<f32>();
        10.0 * (power(&out) / power(&tone)).log10()
    }

    #[test]
    fn rumble_goes_and_the_lowest_voice_stays() {
        assert!(passed_db(15.0) < -40.0);
        assert!(passed_db(85.0) > -1.5);
        assert!(passed_db(1_000.0).abs() < 0.01);
    }

    #[test]
    fn odd_samples_do_no_lasting_harm() {
        let mut samples = vec![0.1, f32::NAN, f32::INFINITY, -0.1, 0.0];
        HighPass::new(16_000).apply(&mut samples);
        assert!(samples.iter().all(|x| x.is_finite()));
    }
}
