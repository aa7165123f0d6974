//! Every bad input gets one clear message with the way out, exit status 2, and nothing lost.

use std::path::Path;

use crate::support::{cutlist, repository, text_file};

/// Runs `analyze` with these arguments and expects a failure whose message has `words`.
#[track_caller]
fn refused(arguments: &[&std::ffi::OsStr], words: &str) {
    let output = cutlist().arg("analyze").args(arguments).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty(), "a report in spite of the failure");
    assert!(message.contains(words), "{words:?} is not in {message:?}");
    assert!(!message.contains("panicked"), "{message}");
    assert!(message.lines().count() <= 6, "one message, not a wall: {message}");
}

fn refused_file(path: &Path, words: &str) {
    refused(&[path.as_os_str()], words);
}

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn wav(rate_hz: u32, samples: &[i16]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for sample in samples {
        writer.write_sample(*sample).unwrap();
    }
    writer.finalize().unwrap();
    (folder, path)
}

#[test]
fn a_missing_file() {
    refused_file(Path::new("/no/such/take.wav"), "check the path");
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    refused_file(folder.path(), "is a folder");
}

#[test]
fn an_empty_file() {
    let (_folder, path) = file("take.wav", b"");
    refused_file(&path, "empty");
    let (_folder, path) = file("answer.txt", b"");
    refused_file(&path, "empty");
    let (_folder, path) = file("answer.txt", b"  \n\n ");
    refused_file(&path, "no word");
}

#[test]
fn not_audio() {
    let (_folder, path) = file("take.wav", b"%PDF-1.7\n\x00\x01\x02\x03 and so on");
    refused_file(&path, "PDF");
    let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let (_folder, path) = file("take.wav", &noise);
    refused_file(&path, "take.wav");
}

#[test]
fn a_cut_off_header() {
    let (_folder, path) = file("take.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ");
    refused_file(&path, "take.wav");
}

#[test]
fn a_header_that_lies() {
    let mut bytes = std::fs::read(repository("recordings/short-answer.wav")).unwrap();
    bytes[22..24].copy_from_slice(&0_u16.to_le_bytes());
    bytes[24..28].copy_from_slice(&0_u32.to_le_bytes());
    let (_folder, path) = file("take.wav", &bytes);
    refused_file(&path, "take.wav");
}

#[test]
fn silence() {
    let (_folder, path) = wav(16_000, &vec![0; 16_000 * 3]);
    refused_file(&path, "nobody speaks");
}

#[test]
fn a_wav_with_no_samples() {
    let (_folder, path) = wav(44_100, &[]);
    refused_file(&path, "take.wav");
}

#[test]
fn binary_text() {
    let (_folder, path) = file("answer.txt", b"hello\x00\x01\x02world");
    refused_file(&path, "answer.txt");
    let (_folder, path) = file("answer.txt", b"caf\xe9 au lait");
    refused_file(&path, "answer.txt");
}

#[test]
fn a_huge_transcript() {
    let (_folder, path) = text_file("answer.txt", &"word ".repeat(1_200_000));
    refused_file(&path, "answer.txt");
}

#[test]
fn broken_json() {
    let (_folder, path) = text_file("answer.json", "{\"segments\": [");
    refused_file(&path, "answer.json");
}

#[test]
fn a_missing_or_damaged_model() {
    let take = repository("recordings/short-answer.wav");
    refused(&["--model".as_ref(), "no-such-model".as_ref(), take.as_os_str()], "models list");
    let (_folder, model) = file("ggml-broken.bin", b"lmgg\x00\x00");
    refused(&["--model".as_ref(), model.as_os_str(), take.as_os_str()], "models list");
    let cut = &std::fs::read(repository("models/ggml-base-q8_0.bin")).unwrap()[..1_000_000];
    let (_folder, model) = file("ggml-cut.bin", cut);
    refused(&["--model".as_ref(), model.as_os_str(), take.as_os_str()], "models verify");
    let verified = cutlist().args(["models", "verify"]).arg(&model).output().unwrap();
    assert_eq!(verified.status.code(), Some(2), "{}", String::from_utf8_lossy(&verified.stdout));
    let folder = model.parent().unwrap();
    refused(&["--model".as_ref(), folder.as_os_str(), take.as_os_str()], "is a folder");
}

#[test]
fn wrong_words_on_the_command_line() {
    refused(&["--kind".as_ref(), "sales".as_ref(), "x.txt".as_ref()], "product-sense");
    refused(&["--fail-on".as_ref(), "speed>3".as_ref(), "x.txt".as_ref()], "conclusion>10");
    refused(&[], "FILE");
    let (_folder, path) = text_file("answer.txt", "I quit.");
    refused(&["--conclusion".as_ref(), "9".as_ref(), path.as_os_str()], "1 sentence");
}

#[test]
fn an_output_that_is_an_input_is_not_overwritten() {
    let (_folder, path) = text_file("answer.txt", "I quit.");
    refused(&["-o".as_ref(), path.as_os_str(), path.as_os_str()], "name another file");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "I quit.");
}

#[test]
fn an_output_that_cannot_be_written() {
    let (_folder, path) = text_file("answer.txt", "I quit.");
    refused(&["-o".as_ref(), "/no/such/folder/report.txt".as_ref(), path.as_os_str()], "is the folder there");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let (_folder, path) = text_file("answer.txt", "I quit.");
    refused(&["-o".as_ref(), "/dev/full".as_ref(), path.as_os_str()], "room on the disk");
}

#[test]
fn an_empty_pipe() {
    let output = cutlist().args(["analyze", "-"]).write_stdin("").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard input is empty"));
}

#[test]
fn one_bad_file_does_not_cost_the_others_reports() {
    let (_folder, good) = text_file("good.txt", "I quit. It cost two million dollars.");
    let output = cutlist().args(["analyze", "--format", "json"]).arg("/no/such.wav").arg(&good).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 of 2 files"));
}

#[test]
fn hostile_text_stays_text() {
    // Control characters never come from speech; a plain transcript with them is refused, and JSON, which can
    // write any character as an escape, loses them.
    let (_folder, path) = text_file("answer.txt", "I cut \u{1b}[31mrefunds\u{7} by half.");
    refused_file(&path, "plain text");
    let hostile = r#"{"segments": [{"start": 0.0, "end": 4.0,
        "text": "I cut \u001b[31mrefunds\u0007 by half, <script>alert(1)</script> | really. =cmd() \u202eevil."}]}"#;
    let (_folder, path) = text_file("answer.json", hostile);
    for format in ["text", "json", "markdown", "csv"] {
        let output = cutlist().args(["analyze", "--format", format]).arg(&path).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{format} passes a control character on: {text}");
        if format == "markdown" {
            assert!(!text.contains("<script>"));
        }
    }
}
