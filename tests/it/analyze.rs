//! `cutlist analyze` on transcripts: instant, no recogniser.

use std::path::Path;

use crate::support::{ANSWER, cutlist, report_of, text_file};

fn stdout(arguments: &[&str], path: &Path) -> String {
    let output = cutlist().arg("analyze").args(arguments).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_transcript_gives_a_whole_report() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let report = report_of(&path, &["--kind", "leadership"]);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["question"]["kind"], "leadership");
    assert_eq!(report["transcript"]["sentences"].as_array().unwrap().len(), 7);
    assert_eq!(report["cuts"].as_array().unwrap().len(), 7);
    assert_eq!(report["measures"]["fillers"]["by_class"]["filled_pause"], 1);
    assert_eq!(report["measures"]["time_to_conclusion"]["sentence"], 1);
    assert!(report["measures"]["time_to_conclusion"]["seconds"].is_null());
    let metric = &report["measures"]["metrics"]["items"][0];
    assert_eq!(metric["class"], "delta");
    assert!(metric["text"].as_str().unwrap().contains("82 percent"));
}

#[test]
fn the_cut_list_cuts_noise_and_keeps_evidence() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let report = report_of(&path, &["--kind", "leadership"]);
    let verdict = |i: usize| report["cuts"][i]["verdict"].as_str().unwrap().to_owned();
    assert_eq!(verdict(0), "cut");
    assert_ne!(verdict(1), "cut");
    assert_eq!(verdict(4), "cut");
    assert_eq!(verdict(6), "cut");
    let why = report["cuts"][4]["why"].as_str().unwrap();
    assert!(why.contains("aligned stakeholders"), "{why}");
    let tightened = report["tightened"]["text"].as_str().unwrap();
    assert!(tightened.starts_with("I moved the tax form"), "{tightened}");
    assert!(!tightened.contains("Great question") && !tightened.contains(" um"), "{tightened}");
}

#[test]
fn kept_and_cut_words_are_all_the_words_in_order() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let report = report_of(&path, &[]);
    let mut next = 0;
    for sentence in report["transcript"]["sentences"].as_array().unwrap() {
        assert_eq!(sentence["words"][0], next);
        next = sentence["words"][1].as_u64().unwrap();
    }
    assert_eq!(next as usize, report["transcript"]["words"].as_array().unwrap().len());
}

#[test]
fn markdown_names_the_file_and_not_its_folders() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let markdown = stdout(&["--format", "markdown"], &path);
    assert!(markdown.starts_with("# answer.txt\n"), "{markdown}");
}

#[test]
fn several_files_are_json_lines_and_one_csv_table() {
    let (_a, first) = text_file("a.txt", ANSWER);
    let (_b, second) = text_file("b.txt", "I quit. It cost us two million dollars.");
    let json = cutlist().args(["analyze", "--format", "json"]).args([&first, &second]).output().unwrap().stdout;
    assert_eq!(String::from_utf8(json).unwrap().lines().count(), 2);
    let csv = cutlist().args(["analyze", "--format", "csv"]).args([&first, &second]).output().unwrap().stdout;
    assert_eq!(String::from_utf8(csv).unwrap().matches("file,sentence").count(), 1);
}

#[test]
fn standard_input_is_a_transcript_too() {
    let output = cutlist().args(["analyze", "--format", "json", "-"]).write_stdin(ANSWER).output().unwrap();
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["source"]["path"], "-");
}

#[test]
fn subtitles_bring_times() {
    let srt = "1\n00:00:01,000 --> 00:00:03,000\nGreat question.\n\n2\n00:00:04,000 --> 00:00:08,000\nI cut refunds by half in six weeks.\n";
    let (_folder, path) = text_file("answer.srt", srt);
    let report = report_of(&path, &["--kind", "leadership"]);
    assert_eq!(report["measures"]["time_to_conclusion"]["seconds"], 3.0);
    assert!(report["measures"]["pace"]["words_per_minute"].as_f64().unwrap() > 50.0);
    assert_eq!(report["measures"]["pace"]["pauses"]["count"], 1, "the gap between the cues");
    assert_eq!(report["warnings"][0]["code"], "pauses_from_cues");
}

#[test]
fn the_user_has_the_last_word_on_the_conclusion() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let report = report_of(&path, &["--conclusion", "4"]);
    assert_eq!(report["measures"]["time_to_conclusion"]["sentence"], 3);
    assert_ne!(report["cuts"][3]["verdict"], "cut");
    assert_eq!(report["cuts"][3]["reason"], "conclusion");
    assert_ne!(report["cuts"][1]["reason"], "conclusion", "there is one conclusion at most");
    let report = report_of(&path, &["--conclusion", "0"]);
    assert!(report["measures"]["time_to_conclusion"]["sentence"].is_null());
}

#[test]
fn a_missed_limit_is_exit_status_1_and_the_report_is_still_printed() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let output = cutlist().args(["analyze", "--fail-on", "cut>0.1"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missed cut>0.1"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("The cut list"));
    let output = cutlist().args(["analyze", "--fail-on", "metrics<1"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    // What a transcript without times cannot tell is said, not passed over.
    let output = cutlist().args(["analyze", "--fail-on", "fillers>0"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot check fillers>0"));
}

#[test]
fn a_report_file_is_written_whole() {
    let (folder, path) = text_file("answer.txt", ANSWER);
    let out = folder.path().join("report.md");
    let output = cutlist().args(["analyze", "--format", "markdown", "-o"]).arg(&out).arg(&path).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(std::fs::read_to_string(&out).unwrap().contains("## The cut list"));
    let output = cutlist().args(["analyze", "-o"]).arg(&out).arg(&path).output().unwrap();
    assert!(output.status.success());
    assert!(!std::fs::read_to_string(out).unwrap().contains('\u{1b}'), "colour in a file");
}

#[test]
fn lower_case_text_without_full_stops_is_still_cut_into_sentences() {
    let plain: String = ANSWER.to_lowercase().chars().filter(|c| !",.".contains(*c)).collect();
    let (_folder, path) = text_file("answer.txt", &plain);
    let report = report_of(&path, &["--kind", "leadership"]);
    let count = report["transcript"]["sentences"].as_array().unwrap().len();
    assert!((3..=14).contains(&count), "{count} sentences");
}

#[test]
fn explain_lists_and_explains() {
    let list = cutlist().arg("explain").output().unwrap();
    assert!(String::from_utf8_lossy(&list.stdout).contains("conclusion"));
    let one = cutlist().args(["explain", "conclusion"]).output().unwrap();
    assert!(String::from_utf8_lossy(&one.stdout).contains("RUBRIC section 2"));
    let length = cutlist().args(["explain", "length"]).output().unwrap();
    assert!(String::from_utf8_lossy(&length.stdout).contains("Pace"), "the report's row of that name");
    let unknown = cutlist().args(["explain", "nonsense"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn a_target_says_what_to_drop_and_never_drops_the_conclusion() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let whole = report_of(&path, &["--kind", "leadership", "--target", "600"]);
    assert_eq!(whole["tightened"]["fit"]["fits"], true);
    assert_eq!(whole["tightened"]["fit"]["drops"].as_array().map(Vec::len), Some(0));
    let tight = report_of(&path, &["--kind", "leadership", "--target", "12"]);
    let fit = &tight["tightened"]["fit"];
    assert_eq!(fit["estimated"], true, "a transcript without times");
    assert!(!fit["drops"].as_array().unwrap().is_empty());
    assert!(fit["text"].as_str().unwrap().contains("59 percent"), "{fit}");
    let conclusion = &tight["measures"]["time_to_conclusion"]["sentence"];
    assert!(fit["drops"].as_array().unwrap().iter().all(|drop| &drop["sentence"] != conclusion));
    cutlist().args(["analyze", "--target", "2"]).arg(&path).assert().code(2);
}

#[test]
fn a_product_answer_is_held_against_its_frame() {
    let (_folder, path) = text_file(
        "answer.txt",
        "I'd build a chat bot. I'd add dark mode. Then I'd check whether 22 percent of the late refills go down.",
    );
    let report = report_of(&path, &["--kind", "product-sense"]);
    let checks = report["measures"]["frame"].as_array().unwrap();
    let order = checks.iter().find(|check| check["name"] == "metric_before_feature").unwrap();
    assert_eq!((&order["holds"], &order["sentence"]), (&serde_json::json!(false), &serde_json::json!(0)));
    assert!(report_of(&path, &["--kind", "failure"])["measures"]["frame"].is_null());
}
