//! `analyze --export`, on the sample recording.

use std::path::{Path, PathBuf};

use crate::support::{ANSWER, cutlist, report_of, repository, text_file};

fn tokens(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Word error rate: the edit distance in words over the words expected.
fn word_error_rate(expected: &str, heard: &str) -> f64 {
    let (expected, heard) = (tokens(expected), tokens(heard));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in expected.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in heard.iter().enumerate() {
            let best = (diagonal + usize::from(word != other)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[heard.len()] as f64 / expected.len() as f64
}

/// The sample recording in a folder of its own.
fn sample() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.wav");
    std::fs::copy(repository("recordings/sample-answer.wav"), &file).unwrap();
    (folder, file)
}

/// The largest step from one sample to the next, as a share of full scale.
fn largest_step(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or_default()
}

fn samples(path: &Path) -> Vec<i16> {
    hound::WavReader::open(path).unwrap().samples::<i16>().map(Result::unwrap).collect()
}

/// A command that has to fail with status 2 and say so.
fn refused(arguments: &[&str], file: &Path, says: &str) {
    let output = cutlist().args(["analyze", "--no-save"]).args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn the_cut_answer_heard_again_is_the_tightened_text() {
    let (folder, file) = sample();
    let arguments =
        ["--export", "tight", "--export", "srt", "--export", "vtt", "--export", "labels", "--export", "edl"];
    let report = report_of(&file, &arguments);
    let tight = folder.path().join("answer.cutlist.wav");
    let again = report_of(&tight, &[]);
    let heard: Vec<&str> =
        again["transcript"]["words"].as_array().unwrap().iter().map(|w| w["text"].as_str().unwrap()).collect();
    let rate = word_error_rate(report["tightened"]["text"].as_str().unwrap(), &heard.join(" "));
    assert!(rate <= 0.08, "word error rate {rate:.3}: {}", heard.join(" "));

    // No click: no sample steps further than the loudest consonant of the recording does.
    assert!(largest_step(&samples(&tight)) <= largest_step(&samples(&file)));
    let lengths = [&tight, &file].map(|path| hound::WavReader::open(path).unwrap().duration());
    assert!(lengths[0] * 10 < lengths[1] * 8, "much is cut: {lengths:?}");

    for (ending, start) in [
        ("srt", "1\n00:00:"),
        ("vtt", "WEBVTT\n\n00:00:"),
        ("edl", "TITLE: answer.wav\nFCM: NON-DROP FRAME\n"),
        ("txt", ""),
    ] {
        let path = folder.path().join(format!("answer.cutlist.{ending}"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.is_empty() && text.starts_with(start), "{ending}: {text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        if ["srt", "vtt"].contains(&ending) {
            assert!(text.lines().all(|line| line.chars().count() <= 42 || line.contains("-->")), "{text}");
        }
    }
    let labels = std::fs::read_to_string(folder.path().join("answer.cutlist.txt")).unwrap();
    for kind in ["\tCONCLUSION: sentence ", "\tcut 1: ", "\tfiller: ", "\tvague: ", "\tmetric: "] {
        assert!(labels.contains(kind), "{kind}: {labels}");
    }
    assert!(labels.lines().all(|line| line.split('\t').count() == 3), "{labels}");
}

#[test]
fn the_cut_answer_has_the_recordings_own_rate_and_channels() {
    // 44.1 kHz, the voice on the left channel and its mirror on the right, so that mixing them would cancel it.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stereo.wav");
    let mono = samples(&repository("recordings/short-answer.wav"));
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&file, spec).unwrap();
    let frames = mono.len() * 441 / 160;
    for i in 0..frames {
        let sample = mono[i * 160 / 441];
        writer.write_sample(sample).unwrap();
        writer.write_sample(-sample).unwrap();
    }
    writer.finalize().unwrap();
    report_of(&file, &["--export", "tight", "--export", "edl"]);
    let tight = hound::WavReader::open(folder.path().join("stereo.cutlist.wav")).unwrap();
    assert_eq!((tight.spec().sample_rate, tight.spec().channels, tight.spec().bits_per_sample), (44_100, 2, 16));
    assert!(tight.duration() > 44_100);
    let both: Vec<i16> = tight.into_samples().map(Result::unwrap).collect();
    assert!(both.chunks(2).all(|pair| (i32::from(pair[0]) + i32::from(pair[1])).abs() <= 1));
    let edl = std::fs::read_to_string(folder.path().join("stereo.cutlist.edl")).unwrap();
    assert!(edl.contains("001  AX       AA    C  "), "{edl}");
}

#[test]
fn an_export_of_a_text_without_times_says_the_way_out_and_the_report_is_not_lost() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let output = cutlist().args(["analyze", "--export", "srt"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs times"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("The cut list"));
}

#[test]
fn the_cut_sound_of_a_transcript_cannot_be_had() {
    let (_folder, path) =
        text_file("answer.srt", "1\n00:00:01,000 --> 00:00:04,000\nI moved the form to the end of onboarding.\n");
    refused(&["--export", "tight"], &path, "needs the recording itself");
    // What needs times alone can.
    let report = report_of(&path, &["--export", "edl", "--export", "labels"]);
    assert_eq!(report["transcript"]["sentences"].as_array().unwrap().len(), 1);
    assert!(path.with_file_name("answer.cutlist.edl").is_file());
}

#[test]
fn an_export_of_a_pipe_asks_for_a_name() {
    let output = cutlist().args(["analyze", "--export", "srt", "-"]).write_stdin(ANSWER).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("give -o PATH"));
    let output = cutlist().args(["analyze", "--export", "tight", "-o", "x.md", "-"]).write_stdin("x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("save what you pipe"));
}

#[test]
fn an_export_never_writes_over_what_is_there() {
    let (folder, path) =
        text_file("answer.srt", "1\n00:00:01,000 --> 00:00:04,000\nI moved the form to the end of onboarding.\n");
    let mine = folder.path().join("answer.cutlist.vtt");
    std::fs::write(&mine, "mine").unwrap();
    refused(&["--export", "vtt"], &path, "--overwrite");
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    report_of(&path, &["--export", "vtt", "--overwrite"]);
    assert!(std::fs::read_to_string(&mine).unwrap().starts_with("WEBVTT"));
    refused(&["--overwrite"], &path, "is about the files of --export");

    // The recording itself is not written over even when that is said.
    let source = folder.path().join("talk.cutlist.srt");
    std::fs::copy(&path, &source).unwrap();
    let output = folder.path().join("talk.md");
    let before = std::fs::read(&source).unwrap();
    refused(&["--export", "srt", "--overwrite", "-o", output.to_str().unwrap()], &source, "is to be analyzed");
    assert_eq!(std::fs::read(&source).unwrap(), before);
    // Nor do two files share one name.
    let other = folder.path().join("answer.vtt");
    std::fs::write(&other, "WEBVTT\n\n00:01.000 --> 00:04.000\nI moved the form.\n").unwrap();
    refused(&["--export", "labels", other.to_str().unwrap()], &path, "two of the files");
}

#[test]
fn hostile_captions_stay_captions() {
    let (_folder, path) = text_file(
        "answer.vtt",
        &format!("WEBVTT\n\n00:01.000 --> 00:09.000\nI said &lt;b&gt; --&gt; &amp; moved {} there.\n", "x".repeat(300)),
    );
    report_of(&path, &["--export", "srt", "--export", "vtt", "--export", "labels", "--export", "edl"]);
    for ending in ["srt", "vtt"] {
        let text = std::fs::read_to_string(path.with_file_name(format!("answer.cutlist.{ending}"))).unwrap();
        let times = text.lines().filter(|line| line.contains("-->")).count();
        assert_eq!(times, text.lines().filter(|line| line.starts_with("00:00:")).count(), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 42 || line.contains("-->")), "{text}");
    }
    let vtt = std::fs::read_to_string(path.with_file_name("answer.cutlist.vtt")).unwrap();
    assert!(vtt.contains("&lt;b&gt;") && vtt.contains("&amp;") && !vtt.contains("<b>"), "{vtt}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to_costs_the_export_and_not_the_report() {
    let (folder, path) =
        text_file("answer.srt", "1\n00:00:01,000 --> 00:00:04,000\nI moved the form to the end of onboarding.\n");
    // A name that is longer than any file system takes fails for root as well.
    let long = folder.path().join("n".repeat(250));
    let output =
        cutlist().args(["analyze", "--no-save", "--export", "srt", "-o"]).arg(&long).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("is there room on the disk?"), "{said}");
    assert!(std::fs::read_to_string(&long).unwrap().contains("The cut list"), "the report is there all the same");
}
