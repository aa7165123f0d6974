//! What the tests share.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The program, with nothing of the tester's environment that changes what it does.
pub fn cutlist() -> Command {
    let mut command = Command::cargo_bin("cutlist").expect("the binary is built with the tests");
    let root = home();
    command
        .env_remove("CUTLIST_MODEL")
        .env_remove("CUTLIST_RECORDINGS")
        .env("CUTLIST_DATA", root.join("data"))
        .env("CUTLIST_CONFIG", root.join("config"))
        .env("NO_COLOR", "1");
    command
}

/// Where the program under test keeps things: never the tester's own folders. Tests that look at what is kept set
/// `CUTLIST_DATA` and `CUTLIST_CONFIG` to a folder of their own.
fn home() -> &'static Path {
    static HOME: std::sync::LazyLock<tempfile::TempDir> =
        std::sync::LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
    HOME.path()
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A strong and a weak half: seven sentences with every kind of finding.
pub const ANSWER: &str = "Great question, let me think about that for a second. \
I moved the tax form to the end of onboarding, and completion went from 59 percent to 82 percent in six weeks. \
Sellers were dropping out on page one, um, because they didn't have the number at hand. \
Legal was against it, and I took the risk of late filings to get the test. \
We aligned stakeholders across the funnel and it went really well. \
I would ask the tax team first next time, that cost us two weeks. \
So yeah, that's basically it.";

/// Writes a text file into a fresh folder; the folder lives as long as it is held.
pub fn text_file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a temporary file");
    (folder, path)
}

/// Runs `cutlist analyze --format json` on a file and reads the report.
pub fn report_of(path: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = cutlist()
        .args(["analyze", "--format", "json", "--no-save"])
        .args(arguments)
        .arg(path)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
