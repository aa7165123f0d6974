//! Short-time spectra: what voices and lines are told apart by.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::voice::RATE_HZ;

/// Step between frames: 10 ms.
pub(super) const STEP: usize = 160;
/// Length of a frame for the spectrum: 25 ms.
pub(super) const FRAME: usize = 400;
/// Length of a frame for the pitch: two periods of a 50 Hz voice.
pub(super) const PITCH_FRAME: usize = 640;
/// Coefficients that say what a voice sounds like. The first of all, loudness, is left out: it says how near the microphone is.
pub(super) const CEPSTRA: usize = 12;

const SIZE: usize = 512;
const PITCH_SIZE: usize = 1024;
const BANDS: usize = 24;
/// Band that every line carries, a telephone's too.
const BAND_HZ: (f64, f64) = (100.0, 3_800.0);
/// Periods of a speaking voice, 400 down to 65 Hz, in samples.
const PERIODS: std::ops::RangeInclusive<usize> = 40..=246;
/// Autocorrelation from which a frame is clearly voiced.
const VOICED: f32 = 0.6;
/// Of all periods that fit nearly as well as the best the shortest is the pitch: twice a period fits as well as the period does.
const NEARLY: f32 = 0.9;

/// Makes spectra; its plans are kept from frame to frame.
pub(super) struct Spectra {
    forward: Arc<dyn RealToComplex<f32>>,
    pitch_forward: Arc<dyn RealToComplex<f32>>,
    pitch_inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    pitch_window: Vec<f32>,
    /// Autocorrelation of the pitch window: what a period loses by it.
    fade: Vec<f32>,
    /// Per mel band, its first bin and the weights from there.
    bank: Vec<(usize, Vec<f32>)>,
    /// Discrete cosine transform, a row a coefficient.
    cosines: Vec<[f32; BANDS]>,
}

/// Power in each of the bins of a frame, from 0 Hz to half the rate.
pub(super) type Power = Vec<f32>;

impl Spectra {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        let pitch_window = hann(PITCH_FRAME);
        let mut spectra = Self {
            forward: planner.plan_fft_forward(SIZE),
            pitch_forward: planner.plan_fft_forward(PITCH_SIZE),
            pitch_inverse: planner.plan_fft_inverse(PITCH_SIZE),
            window: hann(FRAME),
            fade: Vec::new(),
            bank: bank(),
            cosines: (1..=CEPSTRA).map(|k| std::array::from_fn(|band| cosine(k, band))).collect(),
            pitch_window: Vec::new(),
        };
        spectra.fade = spectra.autocorrelation(pitch_window.clone());
        spectra.pitch_window = pitch_window;
        spectra
    }

    /// The power spectrum of [`FRAME`] samples.
    pub(super) fn power(&self, frame: &[f32]) -> Power {
        let mut input = windowed(frame, &self.window, SIZE);
        let mut bins = vec![Complex::default(); SIZE / 2 + 1];
        // Fails on wrong lengths alone, and these are the plan's.
        let _ = self.forward.process(&mut input, &mut bins);
        bins.iter().map(Complex::norm_sqr).collect()
    }

    /// Mel-frequency cepstral coefficients 1 to [`CEPSTRA`] of a power spectrum (Davis & Mermelstein 1980).
    pub(super) fn cepstra(&self, power: &Power) -> [f64; CEPSTRA] {
        let mut log = [0.0_f32; BANDS];
        for (band, (first, weights)) in log.iter_mut().zip(&self.bank) {
            let sum: f32 = power[*first..].iter().zip(weights).map(|(p, w)| p * w).sum();
            *band = (sum + 1e-8).ln();
        }
        std::array::from_fn(|k| f64::from(self.cosines[k].iter().zip(&log).map(|(c, l)| c * l).sum::<f32>()))
    }

    /// The pitch of [`PITCH_FRAME`] samples in semitones above 55 Hz, where they are clearly voiced.
    pub(super) fn pitch(&self, frame: &[f32]) -> Option<f32> {
        let lags = self.autocorrelation(windowed(frame, &self.pitch_window, PITCH_FRAME));
        let whole = lags[0] / self.fade[0];
        if whole <= 1e-9 {
            return None;
        }
        let fit = |lag: usize| lags[lag] / self.fade[lag] / whole;
        let best = PERIODS.map(fit).fold(0.0, f32::max);
        if best < VOICED {
            return None;
        }
        let is_peak =
            |lag: &usize| fit(*lag) >= NEARLY * best && fit(*lag) >= fit(lag - 1) && fit(*lag) >= fit(lag + 1);
        let lag = PERIODS.filter(|lag| *lag > *PERIODS.start() && lag < PERIODS.end()).find(is_peak)?;
        Some(12.0 * (RATE_HZ as f32 / lag as f32 / 55.0).log2())
    }

    fn autocorrelation(&self, mut frame: Vec<f32>) -> Vec<f32> {
        frame.resize(PITCH_SIZE, 0.0);
        let mut bins = vec![Complex::default(); PITCH_SIZE / 2 + 1];
        let _ = self.pitch_forward.process(&mut frame, &mut bins);
        for bin in &mut bins {
            *bin = Complex::new(bin.norm_sqr(), 0.0);
        }
        let _ = self.pitch_inverse.process(&mut bins, &mut frame);
        frame
    }
}

/// The bins of [`Power`] that lie within a band.
pub(super) fn bins(from_hz: f64, to_hz: f64) -> std::ops::Range<usize> {
    bin(from_hz)..bin(to_hz).min(SIZE / 2 + 1)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bin of a spectrum")]
fn bin(hz: f64) -> usize {
    (hz / f64::from(RATE_HZ) * SIZE as f64).ceil() as usize
}

fn hann(len: usize) -> Vec<f32> {
    (0..len).map(|i| 0.5 - 0.5 * ((i as f32 + 0.5) / len as f32 * std::f32::consts::TAU).cos()).collect()
}

fn windowed(frame: &[f32], window: &[f32], size: usize) -> Vec<f32> {
    let mean = frame.iter().sum::<f32>() / frame.len().max(1) as f32;
    let mut out: Vec<f32> = frame.iter().zip(window).map(|(x, w)| (x - mean) * w).collect();
    out.resize(size, 0.0);
    out
}

fn cosine(k: usize, band: usize) -> f32 {
    let turn = std::f32::consts::PI * k as f32 * (band as f32 + 0.5) / BANDS as f32;
    turn.cos() * (2.0 / BANDS as f32).sqrt()
}

/// Triangles of equal width on the mel scale (O'Shaughnessy 1987).
fn bank() -> Vec<(usize, Vec<f32>)> {
    let mel = |hz: f64| 1127.0 * (hz / 700.0).ln_1p();
    let hz = |mel: f64| 700.0 * (mel / 1127.0).exp_m1();
    let (lo, hi) = (mel(BAND_HZ.0), mel(BAND_HZ.1));
    let edge = |i: usize| hz(lo + (hi - lo) * i as f64 / (BANDS + 1) as f64);
    (0..BANDS)
        .map(|band| {
            let (from, top, to) = (edge(band), edge(band + 1), edge(band + 2));
            let bins = bins(from, to);
            #[allow(clippy::cast_possible_truncation, reason = "a weight from 0 to 1")]
            let weight = |bin: usize| {
                let at = bin as f64 * f64::from(RATE_HZ) / SIZE as f64;
                ((at - from) / (top - from)).min((to - at) / (to - top)).max(0.0) as f32
            };
            (bins.start, bins.map(weight).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, len: usize) -> Vec<f32> {
        (0..len).map(|i| (i as f32 / 16_000.0 * hz * std::f32::consts::TAU).sin() * 0.3).collect()
    }

    #[test]
    fn the_pitch_of_a_buzz_is_its_lowest_tone() {
        for hz in [80.0, 110.0, 220.0, 350.0] {
            let buzz: Vec<f32> = (1..8).fold(vec![0.0; PITCH_FRAME], |sum, k| {
                sum.iter().zip(tone(hz * k as f32, PITCH_FRAME)).map(|(a, b)| a + b / k as f32).collect()
            });
            let pitch = Spectra::new().pitch(&buzz).unwrap();
            assert!((pitch - 12.0 * (hz / 55.0).log2()).abs() < 0.5, "{hz}: {pitch}");
        }
        assert_eq!(Spectra::new().pitch(&[0.0; PITCH_FRAME]), None);
    }

    #[test]
    fn a_tone_is_in_its_bin_and_louder_sound_has_the_same_cepstra() {
        let spectra = Spectra::new();
        let power = spectra.power(&tone(5_000.0, FRAME));
        let inside: f32 = power[bins(4_800.0, 5_200.0)].iter().sum();
        assert!(inside > 0.999 * power.iter().sum::<f32>());
        let mut seed = 7_u32;
        let noise: Vec<f32> = (0..FRAME)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / 16_777_216.0 - 0.5
            })
            .collect();
        let mixed = |by: f32| -> [f64; CEPSTRA] {
            let sound: Vec<f32> = noise.iter().map(|x| x * by).collect();
            spectra.cepstra(&spectra.power(&sound))
        };
        for (a, b) in mixed(1.0).iter().zip(mixed(0.5)) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }
}
