//! `--redact`: no planted name or figure is left in any format.

use std::path::Path;

use crate::support::{cutlist, report_of, text_file};

const SPOKEN: &str = "So when I was at Fjordline Logistics, my manager Anna Lindqvist asked me to look at Harborlight. \
Harborlight is our booking app, and honestly fjordline's drivers hated it. \
I told Anna that we lose 41 percent of bookings, about $2.3 million a year, and Priya Raghunathan agreed. \
Um, I think Dr. Okonkwo from Siemens was against it, you know. \
I moved the form to the end, and completion went from fifty nine percent to 82% in six weeks. \
Priya's team in Rotterdam wrote to okonkwo@fjordline.example.com about it. \
We aligned stakeholders at Zalando and it went really well for Anna's boss. \
It cost us two weeks, and I would ask Bartholomew first next time. \
So yeah, that's basically it.";

/// None of these may be left anywhere, in any case of letters.
const PLANTED: [&str; 22] = [
    "fjordline",
    "logistics",
    "anna",
    "lindqvist",
    "harborlight",
    "priya",
    "raghunathan",
    "okonkwo",
    "siemens",
    "rotterdam",
    "zalando",
    "bartholomew",
    "41",
    "2.3",
    "million",
    "fifty",
    "nine",
    "82",
    "six",
    "example.com",
    "two weeks",
    "secret-folder",
];

fn leaks(text: &str) -> Vec<&'static str> {
    let lower = text.to_lowercase();
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    PLANTED
        .into_iter()
        .filter(|planted| {
            lower.match_indices(planted).any(|(at, _)| {
                !is_letter(lower[..at].chars().next_back()) && !is_letter(lower[at + planted.len()..].chars().next())
            })
        })
        .collect()
}

/// The spoken text in a folder with a telling name.
fn spoken() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("secret-folder");
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join("anna.txt");
    std::fs::write(&path, SPOKEN).unwrap();
    (folder, path)
}

fn stdout(arguments: &[&str], path: &Path) -> String {
    let output = cutlist()
        .args(["analyze", "--no-save", "--redact", "--question", "Tell me about a time you convinced Siemens."])
        .args(["--story", "fjordline-form"])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every string and number of a document, with the way to it.
fn leaves(value: &serde_json::Value, way: &str, out: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, value)| leaves(value, &format!("{way}.{key}"), out));
        }
        serde_json::Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, value)| leaves(value, &format!("{way}[{i}]"), out));
        }
        serde_json::Value::String(text) => out.push((way.to_owned(), text.clone())),
        _ => {}
    }
}

#[test]
fn nothing_planted_is_left_in_the_json_and_its_indices_are_true() {
    let (_folder, path) = spoken();
    let question = ["--question", "Tell me about a time you convinced Siemens.", "--story", "fjordline-form"];
    let open = report_of(&path, &question);
    let shown: serde_json::Value =
        serde_json::from_str(&stdout(&["--format", "json", "--target", "20"], &path)).unwrap();
    let mut all = Vec::new();
    leaves(&shown, "", &mut all);
    assert!(all.len() > 100);
    for (way, text) in &all {
        // What the program and its models are called is ours.
        if !way.starts_with(".engine") {
            assert_eq!(leaks(text), Vec::<&str>::new(), "{way}: {text}");
        }
    }
    assert_eq!(shown["source"]["sha256"], "");
    for item in shown["measures"]["metrics"]["items"].as_array().unwrap() {
        assert!(item["value"].is_null() && item["baseline"].is_null() && item["result"].is_null(), "{item}");
    }
    let words = |report: &serde_json::Value| report["transcript"]["words"].as_array().unwrap().len();
    assert_eq!(words(&shown), words(&open));
    for sentence in shown["transcript"]["sentences"].as_array().unwrap() {
        let range = |i: usize| usize::try_from(sentence["words"][i].as_u64().unwrap()).unwrap();
        let said: Vec<&str> = shown["transcript"]["words"].as_array().unwrap()[range(0)..range(1)]
            .iter()
            .map(|word| word["text"].as_str().unwrap())
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(sentence["text"], said.join(" "));
    }
    assert_eq!(shown["transcript"]["sentences"][2]["text"].as_str().unwrap().matches("[person 1]").count(), 1);
    assert_eq!(shown["cuts"].as_array().unwrap().len(), open["cuts"].as_array().unwrap().len());
    // The verdicts are those of the answer as it was said.
    for (a, b) in shown["cuts"].as_array().unwrap().iter().zip(open["cuts"].as_array().unwrap()) {
        assert_eq!(a["verdict"], b["verdict"]);
    }
}

#[test]
fn nothing_planted_is_left_in_any_readable_format() {
    let (_folder, path) = spoken();
    for format in ["text", "markdown", "csv", "html"] {
        // Markdown escapes the brackets.
        let shown = stdout(&["--format", format, "--target", "20"], &path).replace('\\', "");
        // Times and counts of the report itself are figures of ours: only names and spoken figures are looked for.
        let found: Vec<&str> = leaks(&shown).into_iter().filter(|leak| leak.parse::<f64>().is_err()).collect();
        assert_eq!(found, Vec::<&str>::new(), "{format}: {shown}");
        assert!(
            shown.contains("[person 1]") && shown.contains("[company 1]") && shown.contains("[figure 1]"),
            "{shown}"
        );
        let metrics = if format == "csv" { "" } else { "with a baseline and a time frame" };
        assert!(shown.contains(metrics), "{format}: what is missing is not what is hidden: {shown}");
        for figure in ["41 percent", "41 %", "$2.3", "82%", "82 %", "59 %"] {
            assert!(!shown.contains(figure), "{format}: {figure}");
        }
    }
}

#[test]
fn exports_are_redacted_and_sound_is_refused() {
    let (_folder, text) = text_file(
        "answer.srt",
        "1\n00:00:01,000 --> 00:00:06,000\nI told Anna Lindqvist at Fjordline that we lose 41 percent.\n",
    );
    let output = text.with_file_name("shown.md");
    let arguments = ["--export", "srt", "--export", "labels", "--export", "edl", "-o", output.to_str().unwrap()];
    stdout(&arguments, &text);
    for ending in ["srt", "txt", "edl"] {
        let shown = std::fs::read_to_string(text.with_file_name(format!("shown.cutlist.{ending}"))).unwrap();
        let found: Vec<&str> = leaks(&shown).into_iter().filter(|leak| leak.parse::<f64>().is_err()).collect();
        assert_eq!(found, Vec::<&str>::new(), "{ending}: {shown}");
        assert!(!shown.contains("41 percent") && !shown.contains("answer.srt"), "{shown}");
    }
    let output = cutlist().args(["analyze", "--redact", "--export", "tight"]).arg(&text).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot take names out of sound"));
}

#[test]
fn a_kept_take_can_be_shown_redacted_and_the_history_keeps_every_word() {
    let (folder, path) = spoken();
    let data = folder.path().join("data");
    let run = |arguments: &[&str]| {
        let output = cutlist().env("CUTLIST_DATA", &data).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["analyze", "--redact", path.to_str().unwrap()]);
    assert!(run(&["history", "show", "last"]).contains("Lindqvist"));
    let shown = run(&["history", "show", "last", "--redact", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let mut all = Vec::new();
    leaves(&value, "", &mut all);
    for (way, text) in all.iter().filter(|(way, _)| !way.starts_with(".engine")) {
        assert_eq!(leaks(text), Vec::<&str>::new(), "{way}: {text}");
    }
}
