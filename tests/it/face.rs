//! The report's face: what the program prints for three answers, in every format and at three widths.

use std::time::{Duration, UNIX_EPOCH};

use cutlist::document::Report;
use cutlist::report::text;
use cutlist::verdicts::bands::Bands;
use serde_json::Value;

use crate::support::{cutlist, repository};

/// When the answers were recorded: the day that pages and JSON show. 2 November 2026, 09:30 UTC.
const RECORDED_S: u64 = 1_793_611_800;
const WIDTHS: [usize; 3] = [60, 80, 120];

/// A file of `tests/fixtures/face`, and what was asked.
struct Answer {
    file: &'static str,
    kind: &'static str,
    question: &'static str,
}

impl Answer {
    fn printed(&self, format: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(self.file);
        std::fs::copy(repository("tests/fixtures/face").join(self.file), &path).unwrap();
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(RECORDED_S)).unwrap();
        let output = cutlist()
            .current_dir(&folder)
            .env("TZ", "UTC")
            .args(["analyze", "--no-save", "--kind", self.kind, "--question", self.question, "--format", format])
            .arg(self.file)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn is_shown_as_it_was_looked_at(&self) {
        let json = self.printed("json");
        let report: Report = serde_json::from_str(&json).unwrap();
        for width in WIDTHS {
            let text = anstream::adapter::strip_str(&text::render(&report, Bands::bundled(), width)).to_string();
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{widest:?} of {width} columns:\n{text}");
            self.matches(&format!("text-{width}"), &text);
        }
        self.matches("json", &serde_json::to_string_pretty(&shortened(&json)).unwrap());
        for format in ["markdown", "csv"] {
            self.matches(format, &self.printed(format));
        }
        self.matches("html", &words_of(&self.printed("html")));
        assert!(!self.printed("text").contains('\u{1b}'), "colour off a terminal");
    }

    #[track_caller]
    fn matches(&self, what: &str, shown: &str) {
        let name = self.file.split('.').next().unwrap();
        insta::with_settings!({ snapshot_path => "../fixtures/face", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{what}"), shown);
        });
    }
}

/// A report without what changes for other reasons than its looks: single words, and what measured the answer.
fn shortened(json: &str) -> Value {
    let mut report: Value = serde_json::from_str(json).unwrap();
    report["transcript"]["words"] = report["transcript"]["words"].as_array().unwrap().len().into();
    report["source"]["sha256"] = "…".into();
    report["engine"] = "…".into();
    report
}

/// What a reader of a page sees: neither script nor style nor tags, and no empty line.
fn words_of(page: &str) -> String {
    let mut text = page.to_owned();
    for tag in ["script", "style", "svg"] {
        while let Some(start) = text.find(&format!("<{tag}")) {
            let close = format!("</{tag}>");
            let end = text[start..].find(&close).map_or(text.len(), |end| start + end + close.len());
            text.replace_range(start..end, "");
        }
    }
    let mut out = String::new();
    for piece in text.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        out.push(' ');
    }
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn snapshot_of_a_good_answer() {
    let question = "Tell me about a time you used data to make a decision.";
    Answer { file: "good.srt", kind: "analytical", question }.is_shown_as_it_was_looked_at();
}

#[test]
fn snapshot_of_a_rambling_answer() {
    let question = "Tell me about a time you led without authority.";
    Answer { file: "rambling.txt", kind: "leadership", question }.is_shown_as_it_was_looked_at();
}

#[test]
fn snapshot_of_a_short_answer() {
    Answer { file: "short.txt", kind: "failure", question: "Tell me about a time you failed." }
        .is_shown_as_it_was_looked_at();
}
