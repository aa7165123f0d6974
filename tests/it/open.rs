//! `cutlist open`: a page in the data folder, and a browser where there is one.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::{ANSWER, cutlist, repository};

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        cutlist()
            .env("CUTLIST_DATA", self.data())
            .env("CUTLIST_NO_BROWSER", "1")
            .current_dir(self.folder.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refuses(&self, arguments: &[&str], says: &str) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says) && !said.contains("panicked"), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "one clear message: {said}");
    }

    fn keeps_text(&self) {
        let path = self.folder.path().join("answer.txt");
        std::fs::write(&path, ANSWER).unwrap();
        self.prints(&["analyze", path.to_str().unwrap()]);
    }
}

#[test]
fn the_last_take_becomes_a_page_that_only_its_owner_reads() {
    let home = Home::new();
    home.keeps_text();
    let printed = home.prints(&["open"]);
    let page = Path::new(printed.trim());
    assert_eq!(page, home.data().join("pages").join("take-1.html"));
    let text = std::fs::read_to_string(page).unwrap();
    assert!(text.contains("I moved the tax form to the end of onboarding"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(page), mode(page.parent().unwrap())), (0o600, 0o700));
    }
    // It is linked from the trends, and goes with the take.
    let trends = home.prints(&["trends", "--format", "html"]);
    assert!(trends.contains("/pages/take-1.html\">Take 1</a>"), "{trends}");
    home.prints(&["open", "1", "--redact"]);
    home.prints(&["history", "remove", "1", "--yes"]);
    assert_eq!(std::fs::read_dir(home.data().join("pages")).unwrap().count(), 0);
}

#[test]
fn a_page_says_on_standard_error_why_no_browser_opens() {
    let home = Home::new();
    home.keeps_text();
    let said = String::from_utf8(home.run(&["open"]).stderr).unwrap();
    assert!(said.contains("CUTLIST_NO_BROWSER is set"), "{said}");
    assert_eq!(String::from_utf8(home.run(&["open", "--print"]).stderr).unwrap(), "");
}

#[test]
fn a_recording_is_in_its_page_while_it_is_there_and_unchanged() {
    let home = Home::new();
    let recording = home.folder.path().join("short.wav");
    std::fs::copy(repository("recordings/short-answer.wav"), &recording).unwrap();
    home.prints(&["analyze", recording.to_str().unwrap()]);
    let page = || std::fs::read_to_string(home.prints(&["open"]).trim()).unwrap();
    assert!(page().contains("data:audio/wav;base64,"));
    // Shown to others, it has no voice.
    let shown = std::fs::read_to_string(home.prints(&["open", "--redact"]).trim()).unwrap();
    assert!(!shown.contains("data:audio") && !shown.contains("short.wav"), "{shown}");
    std::fs::copy(repository("recordings/sample-answer.wav"), &recording).unwrap();
    assert!(page().contains("has changed since") && !page().contains("data:audio"));
    std::fs::remove_file(&recording).unwrap();
    assert!(page().contains("no longer at"));
}

#[test]
fn a_take_is_opened_with_its_sound_from_any_folder() {
    let home = Home::new();
    std::fs::copy(repository("recordings/short-answer.wav"), home.folder.path().join("short.wav")).unwrap();
    home.prints(&["analyze", "short.wav"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let open = || {
        cutlist()
            .env("CUTLIST_DATA", home.data())
            .current_dir(elsewhere.path())
            .args(["open", "--print"])
            .output()
            .unwrap()
    };
    let output = open();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let page = std::fs::read_to_string(String::from_utf8_lossy(&output.stdout).trim()).unwrap();
    assert!(page.contains("data:audio/wav;base64,"));
    // A page that has lost its sound is not written in silence.
    std::fs::remove_file(home.folder.path().join("short.wav")).unwrap();
    let said = String::from_utf8_lossy(&open().stderr).into_owned();
    assert!(said.contains("the page has no sound") && said.contains("no longer at"), "{said}");
}

#[test]
fn what_cannot_be_opened_is_said_with_the_way_out() {
    let home = Home::new();
    home.refuses(&["open"], "cutlist analyze FILE");
    home.keeps_text();
    home.refuses(&["open", "7"], "there is no take 7");
    home.refuses(&["open", "nonsense"], "names no take");
    // A file where the folder of pages should be: nothing can be written, whoever runs this.
    std::fs::write(home.data().join("pages"), "x").unwrap();
    home.refuses(&["open"], "CUTLIST_DATA");
}
