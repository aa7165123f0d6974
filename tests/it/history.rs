//! The history as a user meets it: what is kept, what is not, and that nothing is lost.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::support::{ANSWER, cutlist, repository, text_file};

/// A folder for one test's own history.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn cutlist(&self) -> assert_cmd::Command {
        let mut command = cutlist();
        command.env("CUTLIST_DATA", self.0.path().join("data")).env("CUTLIST_CONFIG", self.0.path().join("config"));
        command
    }

    #[track_caller]
    pub fn prints(&self, arguments: &[&str]) -> String {
        let output = self.cutlist().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub fn refuses(&self, arguments: &[&str], words: &str) {
        let output = self.cutlist().args(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(words), "{words:?} is not in {message:?}");
        assert!(!message.contains("panicked"), "{message}");
    }

    pub fn takes(&self) -> Vec<serde_json::Value> {
        self.prints(&["history", "list", "--format", "json"])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn keep(&self, text: &str, arguments: &[&str]) {
        let (_folder, path) = text_file("answer.txt", text);
        let output = self.cutlist().arg("analyze").args(arguments).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn an_analyzed_take_is_kept_and_shown_again() {
    let home = Home::new();
    assert!(home.prints(&["history", "list"]).contains("No take is kept yet"));
    home.keep(ANSWER, &["--kind", "leadership", "--story", "tax-form"]);
    let takes = home.takes();
    assert_eq!(takes.len(), 1);
    assert_eq!((&takes[0]["story"], &takes[0]["figures"]["sentences"]), (&"tax-form".into(), &7.into()));
    assert!(home.prints(&["history", "list"]).contains("tax-form"));
    assert!(home.prints(&["history", "show", "last"]).contains("The tightened answer"));
    let report: serde_json::Value =
        serde_json::from_str(&home.prints(&["history", "show", "1", "--format", "json"])).unwrap();
    assert_eq!(report["schema_version"], 1);
}

#[test]
fn a_transcript_from_a_pipe_is_kept_too() {
    let home = Home::new();
    assert!(home.cutlist().args(["analyze", "-"]).write_stdin(ANSWER).output().unwrap().status.success());
    assert_eq!(home.takes()[0]["path"], "-");
}

#[test]
fn no_save_leaves_no_trace() {
    let home = Home::new();
    home.keep(ANSWER, &["--no-save"]);
    assert!(!home.0.path().join("data").exists() && !home.0.path().join("config").exists());
}

#[test]
fn a_second_analysis_of_a_file_is_a_second_record() {
    let home = Home::new();
    let (_folder, path) = text_file("answer.txt", ANSWER);
    for _ in 0..2 {
        assert!(home.cutlist().arg("analyze").arg(&path).output().unwrap().status.success());
    }
    let takes = home.takes();
    assert_eq!(takes.len(), 2);
    assert_eq!(takes[0]["sha256"], takes[1]["sha256"]);
}

#[test]
fn corrections_are_kept_shown_and_counted() {
    let home = Home::new();
    home.keep(ANSWER, &["--kind", "leadership"]);
    assert!(home.prints(&["history", "list"]).contains("You have checked none of 1 takes"));
    let said = home.prints(&["history", "correct", "1", "--conclusion", "4"]);
    assert!(said.contains("the conclusion is sentence 4 (the tool said 2)"), "{said}");
    assert!(said.contains("Of what you looked at, the tool had 0 of 1 conclusions right."), "{said}");
    home.prints(&["history", "correct", "last", "--sentence", "3", "--verdict", "cut"]);
    let shown = home.prints(&["history", "show", "1"]);
    assert!(shown.contains("Your corrections") && shown.contains("cut sentence 3"), "{shown}");
    let report: serde_json::Value =
        serde_json::from_str(&home.prints(&["history", "show", "1", "--format", "json"])).unwrap();
    assert_eq!(report["measures"]["time_to_conclusion"]["sentence"], 3);
    assert_eq!(report["cuts"][2]["verdict"], "cut");
    let own: serde_json::Value =
        serde_json::from_str(&home.prints(&["history", "show", "1", "--format", "json", "--uncorrected"])).unwrap();
    assert_eq!(own["measures"]["time_to_conclusion"]["sentence"], 1);
    home.refuses(&["history", "correct", "1", "--conclusion", "40"], "there is no sentence 40");
    home.refuses(&["history", "correct", "1", "--sentence", "0", "--verdict", "cut"], "count from 1");
    home.refuses(&["history", "correct", "1"], "say what is wrong");
}

#[test]
fn a_conclusion_given_with_the_analysis_is_a_correction() {
    let home = Home::new();
    home.keep(ANSWER, &["--kind", "leadership", "--conclusion", "4"]);
    let take = &home.takes()[0];
    assert_eq!(take["corrections"], 1);
    assert!(home.prints(&["history", "show", "1"]).contains("the conclusion is sentence 4 (the tool said 2)"));
}

#[test]
fn a_removed_take_is_gone() {
    let home = Home::new();
    home.keep(ANSWER, &[]);
    home.keep("I quit. It cost two million dollars.", &[]);
    home.refuses(&["history", "remove", "1"], "--yes");
    assert!(home.prints(&["history", "remove", "1", "--yes"]).contains("Removed take 1"));
    assert_eq!(home.takes().len(), 1);
    home.refuses(&["history", "show", "1"], "there is no take 1");
    for file in std::fs::read_dir(home.0.path().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"stakeholder"), "a word of the removed take");
    }
}

#[test]
fn an_export_is_a_table_or_gives_the_history_back() {
    let home = Home::new();
    home.keep(ANSWER, &["--kind", "leadership", "--conclusion", "4"]);
    let csv = home.prints(&["history", "export", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 2);
    let file = home.0.path().join("takes.jsonl");
    home.prints(&["history", "export", "-o", file.to_str().unwrap()]);
    let other = Home::new();
    assert!(other.prints(&["history", "import", file.to_str().unwrap()]).contains("Kept 1 takes"));
    assert!(other.prints(&["history", "import", file.to_str().unwrap()]).contains("1 were here already"));
    assert_eq!(other.takes(), home.takes());
}

#[test]
fn bad_names_and_files_are_said_with_the_way_out() {
    let home = Home::new();
    home.refuses(&["history", "show", "last"], "No take is kept yet");
    home.keep(ANSWER, &[]);
    home.refuses(&["history", "show", "tape"], "names no take");
    home.refuses(&["history", "show", "77"], "history list");
    home.refuses(&["history", "import", "/no/such.jsonl"], "check the path");
    home.refuses(&["history", "import", "/tmp"], "is a folder");
    let (_folder, path) = text_file("broken.jsonl", "{\"schema_version\": 1}\n");
    home.refuses(&["history", "import", path.to_str().unwrap()], "line 1");
}

#[test]
fn a_history_that_cannot_be_written_costs_no_report() {
    let home = Home::new();
    let data = home.0.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let (_folder, path) = text_file("answer.txt", ANSWER);
    for (make, words) in [
        (Box::new(|at: &Path| std::fs::create_dir(at).unwrap()) as Box<dyn Fn(&Path)>, "cannot open the history"),
        (
            Box::new(|at: &Path| std::fs::write(at, "no database at all. ".repeat(99)).unwrap()),
            "damaged or is no history",
        ),
    ] {
        make(&data.join("history.sqlite3"));
        let output = home.cutlist().arg("analyze").arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stdout).contains("The tightened answer"), "the report is printed");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(words) && message.contains("not kept"), "{message}");
        let _ = std::fs::remove_dir(data.join("history.sqlite3"));
    }
}

/// `count` takes that differ, as lines that `import` reads.
fn lines(count: usize, name: &str) -> String {
    let report = std::fs::read_to_string(repository("tests/fixtures/history/report-1.json")).unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&report).unwrap();
    (0..count)
        .map(|i| {
            report["source"]["path"] = format!("{name}-{i}.wav").into();
            format!("{report}\n")
        })
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn two_programs_write_a_thousand_takes_and_one_is_killed_and_nothing_is_lost() {
    let home = Home::new();
    let files: Vec<_> = ["a", "b"]
        .iter()
        .map(|name| {
            let path = home.0.path().join(format!("{name}.jsonl"));
            std::fs::write(&path, lines(500, name)).unwrap();
            path
        })
        .collect();
    let start = |path: &Path| {
        Command::new(cargo_bin("cutlist"))
            .args(["history", "import"])
            .arg(path)
            .stdin(Stdio::piped())
            .env("CUTLIST_DATA", home.0.path().join("data"))
            .env("CUTLIST_CONFIG", home.0.path().join("config"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let (mut first, mut second) = (start(Path::new("-")), start(&files[1]));
    // The first is killed (SIGKILL) in the middle of its work: its pipe brings half of the takes and stays open.
    let half: String = std::fs::read_to_string(&files[0]).unwrap().split_inclusive('\n').take(250).collect();
    let mut pipe = first.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        let _ = pipe.write_all(half.as_bytes());
        pipe
    });
    let count = |home: &Home, name: &str| {
        let prefix = format!("{name}-");
        home.takes().iter().filter(|take| take["path"].as_str().unwrap().starts_with(&prefix)).count()
    };
    let begun = Instant::now();
    while count(&home, "a") < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the import does not get on");
        std::thread::sleep(Duration::from_millis(10));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    drop(feeder.join().unwrap());
    // What it kept is the beginning of its file, whole, and readable at once.
    let mut kept: Vec<usize> = home
        .takes()
        .iter()
        .filter_map(|take| take["path"].as_str().unwrap().strip_prefix("a-")?.strip_suffix(".wav")?.parse().ok())
        .collect();
    kept.sort_unstable();
    assert!((20..=250).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept, (0..kept.len()).collect::<Vec<_>>());
    let again = start(&files[0]).wait_with_output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let status = second.wait().unwrap();
    assert!(status.success());
    assert_eq!((count(&home, "a"), count(&home, "b")), (500, 500));
    let mut ids: Vec<i64> = home.takes().iter().map(|take| take["id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1000);
}
