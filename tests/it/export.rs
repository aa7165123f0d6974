//! `analyze --export`, on the sample recording.

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

#[test]
fn the_cut_answer_heard_again_is_the_tightened_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.wav");
    std::fs::copy(repository("recordings/sample-answer.wav"), &file).unwrap();
    let arguments =
        ["--export", "tight", "--export", "srt", "--export", "vtt", "--export", "labels", "--export", "edl"];
    let report = report_of(&file, &arguments);
    let tight = folder.path().join("answer.cutlist.wav");
    let again = report_of(&tight, &[]);
    let heard: Vec<&str> =
        again["transcript"]["words"].as_array().unwrap().iter().map(|w| w["text"].as_str().unwrap()).collect();
    let rate = word_error_rate(report["tightened"]["text"].as_str().unwrap(), &heard.join(" "));
    assert!(rate <= 0.08, "word error rate {rate:.3}: {}", heard.join(" "));
    for (ending, start) in
        [("srt", "1\n00:00:"), ("vtt", "WEBVTT\n\n00:00:"), ("edl", "TITLE: answer.wav\n"), ("txt", "")]
    {
        let path = folder.path().join(format!("answer.cutlist.{ending}"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.is_empty() && text.starts_with(start), "{ending}: {text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn an_export_of_a_text_without_times_says_the_way_out() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let output = cutlist().args(["analyze", "--export", "srt"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs times"));
}

#[test]
fn an_export_of_a_pipe_asks_for_a_name() {
    let output = cutlist().args(["analyze", "--export", "srt", "-"]).write_stdin(ANSWER).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("give -o PATH"));
}
