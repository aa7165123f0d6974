//! Other people's microphones: each case makes its recording from the sample and must be heard and warned about, and
//! a good recording must raise no warning of the kind.

use std::path::Path;

use crate::support::{report_of, repository};

const RATE_HZ: u32 = 16_000;

fn sample(name: &str) -> Vec<f32> {
    let mut reader = hound::WavReader::open(repository(name)).unwrap();
    reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect()
}

fn short() -> Vec<f32> {
    sample("recordings/short-answer.wav")
}

/// Writes 16-bit mono sound, analyzes it, and returns the report.
fn heard(folder: &Path, samples: &[f32], rate_hz: u32) -> serde_json::Value {
    let path = folder.join("take.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for sample in samples {
        #[allow(clippy::cast_possible_truncation, reason = "clamped to 16 bits")]
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32767.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    report_of(&path, &[])
}

fn codes(report: &serde_json::Value) -> Vec<String> {
    let warnings = report["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
}

/// The words of the recording as it is, which a worse copy of it is held against.
fn said(name: &str) -> Vec<String> {
    spoken(&report_of(&repository(name), &[]))
}

fn spoken(report: &serde_json::Value) -> Vec<String> {
    let words = report["transcript"]["words"].as_array().unwrap();
    let bare = |word: &serde_json::Value| {
        let text = word["text"].as_str().unwrap().to_lowercase();
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    words.iter().map(bare).collect()
}

/// Words of `expected` that are in `heard` too, in any order, as a share.
fn recall(expected: &[String], heard: &[String]) -> f64 {
    let mut left = heard.to_vec();
    let found = expected.iter().filter(|word| {
        let place = left.iter().position(|other| other == *word);
        place.map(|place| left.swap_remove(place)).is_some()
    });
    found.count() as f64 / expected.len() as f64
}

/// The warning is there, and nine of ten words are.
#[track_caller]
fn warns(samples: &[f32], rate_hz: u32, code: &str, expected: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let report = heard(folder.path(), samples, rate_hz);
    let codes = codes(&report);
    assert!(codes.iter().any(|c| c == code), "{code} is not in {codes:?}");
    let recall = recall(expected, &spoken(&report));
    assert!(recall >= 0.9, "only {recall:.2} of the words: {:?}", spoken(&report));
}

fn noise(len: usize) -> impl Iterator<Item = f32> {
    let mut seed = 7_u32;
    (0..len).map(move |_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 8_388_608.0 - 1.0
    })
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).sqrt()
}

#[test]
fn a_good_recording_raises_none_of_these_warnings() {
    for name in ["recordings/short-answer.wav", "recordings/sample-answer.wav"] {
        let codes = codes(&report_of(&repository(name), &[]));
        for code in ["low_level", "clipping", "narrow_band", "noisy", "dead_channel", "long_silence", "second_voice"] {
            assert!(!codes.iter().any(|c| c == code), "{name}: {codes:?}");
        }
    }
}

#[test]
fn a_very_quiet_one() {
    let quiet: Vec<f32> = short().iter().map(|x| x * 0.01).collect();
    warns(&quiet, RATE_HZ, "low_level", &said("recordings/short-answer.wav"));
}

#[test]
fn a_clipped_one() {
    let clipped: Vec<f32> = short().iter().map(|x| (x * 12.0).clamp(-1.0, 1.0)).collect();
    warns(&clipped, RATE_HZ, "clipping", &said("recordings/short-answer.wav"));
}

#[test]
fn one_from_a_telephone() {
    // Every second sample of the mean of four: 8 kHz, and hardly anything folded back.
    let samples = short();
    let phone: Vec<f32> = samples.windows(4).step_by(2).map(|w| w.iter().sum::<f32>() / 4.0).collect();
    warns(&phone, RATE_HZ / 2, "narrow_band", &said("recordings/short-answer.wav"));
}

#[test]
fn one_from_a_telephone_that_was_saved_at_a_full_rate() {
    // A low-pass at 3.4 kHz: 201 taps of a sinc under Blackman's window.
    let cutoff = 2.0 * 3400.0 / RATE_HZ as f32;
    let taps: Vec<f32> = (-100_i16..=100)
        .map(|n| {
            let (x, turn) = (f32::from(n), std::f32::consts::PI * f32::from(n) / 100.0);
            let sinc =
                if n == 0 { cutoff } else { (std::f32::consts::PI * cutoff * x).sin() / (std::f32::consts::PI * x) };
            sinc * (0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
        })
        .collect();
    let samples = short();
    let phone: Vec<f32> =
        samples.windows(taps.len()).map(|w| w.iter().zip(&taps).map(|(x, tap)| x * tap).sum()).collect();
    warns(&phone, RATE_HZ, "narrow_band", &said("recordings/short-answer.wav"));
}

#[test]
fn one_with_an_interviewer_in_it() {
    // Played 1.4 times as fast, pitch and formants rise: another throat.
    let short = short();
    let other: Vec<f32> = (0..short.len() * 5 / 7 - 1)
        .map(|i| {
            let (at, share) = (i * 7 / 5, (i * 7 % 5) as f32 / 5.0);
            short[at] * (1.0 - share) + short[at + 1] * share
        })
        .collect();
    let answer = sample("recordings/sample-answer.wav");
    let part = |from_s: usize| answer[from_s * RATE_HZ as usize..(from_s + 25) * RATE_HZ as usize].to_vec();
    let folder = tempfile::tempdir().unwrap();
    let report = heard(folder.path(), &[other.clone(), part(10), other.clone(), part(38), other].concat(), RATE_HZ);
    assert!(codes(&report).iter().any(|code| code == "second_voice"), "{:?}", codes(&report));
}

#[test]
fn a_noisy_one() {
    let samples = sample("recordings/sample-answer.wav");
    let level = rms(&samples) * 0.316 * 3.0_f32.sqrt();
    let noisy: Vec<f32> = samples.iter().zip(noise(samples.len())).map(|(x, n)| x + n * level).collect();
    warns(&noisy, RATE_HZ, "noisy", &said("recordings/sample-answer.wav"));
}

#[test]
fn one_with_a_minute_of_silence_in_the_middle() {
    let pause = vec![0.0; 60 * RATE_HZ as usize];
    let twice = [said("recordings/short-answer.wav"), said("recordings/short-answer.wav")].concat();
    warns(&[short(), pause, short()].concat(), RATE_HZ, "long_silence", &twice);
}

#[test]
fn noise_and_nothing_else_ends_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for x in noise(60 * RATE_HZ as usize) {
        #[allow(clippy::cast_possible_truncation, reason = "below full scale")]
        writer.write_sample((x * 3000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    let output = crate::support::cutlist().args(["analyze", "--no-save"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody speaks"));
}
