//! The real recogniser and the real judge on a short recording: the main job, whole.

use std::path::{Path, PathBuf};

use crate::support::{report_of, repository};

fn words(report: &serde_json::Value) -> Vec<String> {
    report["transcript"]["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word["text"].as_str().unwrap().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .collect()
}

/// The text of a labelled answer, marks taken out.
fn script(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(repository(path)).unwrap();
    let spoken: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('|'))
        .map(|(_, said)| said)
        .collect();
    let mut plain = String::new();
    let mut rest = spoken.join(" ");
    while let Some(open) = rest.find('{') {
        plain.push_str(&rest[..open]);
        let close = rest[open..].find('}').unwrap() + open;
        plain.push_str(&rest[open + 3..close]);
        rest = rest[close + 1..].to_owned();
    }
    plain.push_str(&rest);
    plain.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).collect()
}

/// Words of `said` that `heard` has, in order (longest common subsequence), as a share of `said`.
fn share_heard(said: &[String], heard: &[String]) -> f64 {
    let mut row = vec![0_usize; heard.len() + 1];
    for a in said {
        let mut diagonal = 0;
        for (j, b) in heard.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if a == b { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[heard.len()] as f64 / said.len() as f64
}

/// The short recording as another file of `rate_hz` and `channels`; the second channel is silent.
fn resaved(folder: &Path, name: &str, change: impl Fn(Vec<f32>) -> Vec<f32>, channels: u16) -> PathBuf {
    let mut reader = hound::WavReader::open(repository("recordings/short-answer.wav")).unwrap();
    let rate = reader.spec().sample_rate;
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    let path = folder.join(name);
    let spec =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for sample in change(samples) {
        writer.write_sample(sample).unwrap();
        for _ in 1..channels {
            writer.write_sample(0.0_f32).unwrap();
        }
    }
    writer.finalize().unwrap();
    path
}

#[test]
fn a_short_recording_is_heard_word_for_word() {
    let report = report_of(&repository("recordings/short-answer.wav"), &["--kind", "leadership"]);
    let (said, heard) = (script("recordings/short-answer.answer"), words(&report));
    let share = share_heard(&said, &heard);
    assert!(share >= 0.8, "heard {share:.2} of {said:?} as {heard:?}");
    assert!(report["measures"]["fillers"]["by_class"]["filled_pause"].as_u64().unwrap() >= 1, "{heard:?}");
    assert!(report["measures"]["metrics"]["count"].as_u64().unwrap() >= 1);
    let engine = &report["engine"];
    assert_eq!(engine["name"], "whisper.cpp");
    assert_eq!(engine["model_sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn words_are_timed_in_order_inside_the_recording() {
    let report = report_of(&repository("recordings/short-answer.wav"), &[]);
    let duration = report["source"]["duration_s"].as_f64().unwrap();
    let mut last = 0.0;
    for word in report["transcript"]["words"].as_array().unwrap() {
        let (start, end) = (word["start_s"].as_f64().unwrap(), word["end_s"].as_f64().unwrap());
        assert!(last <= start && start <= end && end <= duration, "{word}");
        last = start;
    }
}

#[test]
fn a_quiet_recording_with_a_dead_channel_is_heard_and_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = resaved(folder.path(), "quiet.wav", |s| s.into_iter().map(|x| x * 0.05).collect(), 2);
    let report = report_of(&path, &[]);
    let share = share_heard(&script("recordings/short-answer.answer"), &words(&report));
    assert!(share >= 0.7, "{share}");
    let codes: Vec<&str> =
        report["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"dead_channel"), "{codes:?}");
}

#[test]
fn a_minute_of_silence_in_the_middle_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        resaved(folder.path(), "pause.wav", |samples| [samples.clone(), vec![0.0; 60 * 16_000], samples].concat(), 1);
    let report = report_of(&path, &[]);
    let said = script("recordings/short-answer.answer");
    let twice = [said.clone(), said].concat();
    let share = share_heard(&twice, &words(&report));
    assert!(share >= 0.8, "{share}");
    assert!(report["measures"]["pace"]["pauses"]["longest_s"].as_f64().unwrap() > 55.0);
}

/// A larger or another model is a file like any other.
#[test]
fn a_second_model_works_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ggml-another.bin");
    std::fs::copy(repository("models/ggml-base-q8_0.bin"), &path).unwrap();
    let report = report_of(&repository("recordings/short-answer.wav"), &["--model", path.to_str().unwrap()]);
    assert!(share_heard(&script("recordings/short-answer.answer"), &words(&report)) >= 0.8);
    assert!(report["engine"]["model"].as_str().unwrap().contains("another"), "{}", report["engine"]);
    assert_eq!(report["engine"]["model_sha256"].as_str().unwrap().len(), 64);
}
