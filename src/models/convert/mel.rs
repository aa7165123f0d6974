//! The mel filter bank that a ggml file carries beside the weights.
//!
//! Whisper hears spectra through triangular filters on Slaney's mel scale, each scaled to unit area
//! (Slaney 1998, Auditory Toolbox, Interval Technical Report 1998-010): linear up to 1 kHz,
//! logarithmic above. `CTranslate2` models do not store the filters, because the formula makes them.

/// Samples a second that Whisper listens at.
const RATE_HZ: f64 = 16_000.0;
/// Samples in one spectrum: 25 ms.
const WINDOW: u32 = 400;
/// Frequencies in one spectrum, from 0 Hz to half the rate.
pub const BINS: u32 = WINDOW / 2 + 1;
/// Width of one mel below the knee, 200/3 Hz.
const LINEAR_HZ: f64 = 200.0 / 3.0;
/// Where the scale turns from linear to logarithmic.
const KNEE_HZ: f64 = 1000.0;
/// Mels at the knee.
const KNEE_MEL: f64 = KNEE_HZ / LINEAR_HZ;
/// Frequency ratio that 27 mels cover above the knee.
const RATIO_OF_27_MELS: f64 = 6.4;

/// Filter weights, one row of [`BINS`] for each of `mels` filters, from 0 Hz to 8 kHz.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "the file holds single precision")]
pub fn filters(mels: u32) -> Vec<f32> {
    let top = mel_of(RATE_HZ / 2.0);
    let edges: Vec<f64> = (0..mels + 2).map(|i| hz_of(top * f64::from(i) / f64::from(mels + 1))).collect();
    let mut weights = Vec::new();
    for edge in edges.windows(3) {
        let [low, peak, high] = [edge[0], edge[1], edge[2]];
        for bin in 0..BINS {
            let hz = f64::from(bin) * RATE_HZ / f64::from(WINDOW);
            let rise = (hz - low) / (peak - low);
            let fall = (high - hz) / (high - peak);
            // Rounded before and after the scaling, as the bank that Whisper was trained with was.
            let triangle = rise.min(fall).max(0.0) as f32;
            weights.push((f64::from(triangle) * (2.0 / (high - low))) as f32);
        }
    }
    weights
}

fn mel_of(hz: f64) -> f64 {
    if hz < KNEE_HZ { hz / LINEAR_HZ } else { KNEE_MEL + (hz / KNEE_HZ).ln() * 27.0 / RATIO_OF_27_MELS.ln() }
}

fn hz_of(mel: f64) -> f64 {
    if mel < KNEE_MEL { mel * LINEAR_HZ } else { KNEE_HZ * ((mel - KNEE_MEL) * RATIO_OF_27_MELS.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(mels: u32) -> Vec<Vec<f32>> {
        filters(mels).chunks(BINS as usize).map(<[f32]>::to_vec).collect()
    }

    #[test]
    fn mels_and_hertz_convert_both_ways() {
        assert!((mel_of(1000.0) - 15.0).abs() < 1e-12);
        assert!((mel_of(6400.0) - 42.0).abs() < 1e-12);
        for hz in [0.0, 50.0, 999.0, 1000.0, 1001.0, 8000.0] {
            assert!((hz_of(mel_of(hz)) - hz).abs() < 1e-9, "{hz}");
        }
    }

    #[test]
    fn a_filter_weight_worked_by_hand_is_right() {
        // 80 filters: 81 steps of mel(8000 Hz) / 81 = 45.245640 / 81 = 0.558588 mel = 37.2392 Hz.
        // The first spans 0 to 74.4784 Hz; at 40 Hz it falls: (74.4784 − 40) / 37.2392 = 0.925862,
        // times 2 / 74.4784 = 0.0248626.
        let first = &rows(80)[0];
        assert!((first[1] - 0.024_862_6).abs() < 1e-6, "{}", first[1]);
        assert!(first[0].abs() < 1e-12 && first[2].abs() < 1e-12);
    }

    #[test]
    fn every_filter_of_both_sizes_has_weight_and_its_own_peak() {
        for mels in [80, 128] {
            let rows = rows(mels);
            assert_eq!(rows.len(), mels as usize);
            let mut last_peak = 0;
            for row in &rows {
                assert_eq!(row.len(), BINS as usize);
                assert!(row.iter().all(|w| *w >= 0.0));
                let peak = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
                assert!(row[peak] > 0.0 && peak >= last_peak);
                last_peak = peak;
            }
        }
    }

    #[test]
    fn wide_filters_have_unit_area() {
        // Narrow ones are sampled too coarsely for the sum to come near the integral.
        for row in rows(80).iter().skip(60) {
            let area = row.iter().sum::<f32>() * 40.0;
            assert!((area - 1.0).abs() < 0.03, "{area}");
        }
    }
}
