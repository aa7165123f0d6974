//! `config.toml`, as a user writes it.

use serde_json::Value;

use crate::support::{ANSWER, cutlist, text_file};

/// Runs `analyze` under these settings.
fn analyzed(settings: &str, text: &str) -> std::process::Output {
    let config = tempfile::tempdir().unwrap();
    std::fs::write(config.path().join("config.toml"), settings).unwrap();
    let (_folder, path) = text_file("answer.txt", text);
    let mut command = cutlist();
    command.env("CUTLIST_CONFIG", config.path()).args(["analyze", "--no-save", "--format", "json"]).arg(path);
    command.output().unwrap()
}

fn report(settings: &str) -> Value {
    serde_json::from_slice(&analyzed(settings, ANSWER).stdout).unwrap()
}

fn vague(report: &Value) -> Vec<&str> {
    report["measures"]["vague"]["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect()
}

#[test]
fn a_silenced_phrase_is_left_alone_and_said() {
    let plain = report("");
    assert!(vague(&plain).contains(&"aligned stakeholders"), "{:?}", vague(&plain));
    let silenced =
        report("[[lexicon.silence]]\nphrase = \"aligned stakeholders\"\nreason = \"my employer's own term\"\n");
    assert!(!vague(&silenced).contains(&"aligned stakeholders"));
    let warning = silenced["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "silenced");
    assert!(warning.unwrap()["message"].as_str().unwrap().contains("my employer's own term"));
    assert_ne!(silenced["engine"]["lexicon_sha256"], plain["engine"]["lexicon_sha256"], "held to other rules");
}

#[test]
fn a_phrase_of_the_users_own_is_flagged_and_changes_the_hash_of_the_rules() {
    let added = report("[[lexicon.add]]\nclass = \"jargon\"\nphrase = [\"tax form\"]\nquestion = \"Which one?\"\n");
    assert!(vague(&added).contains(&"tax form"), "{:?}", vague(&added));
    assert_ne!(added["engine"]["lexicon_sha256"], report("")["engine"]["lexicon_sha256"]);
}

#[test]
fn wrong_settings_are_one_message_with_the_way_out() {
    for (settings, hint) in [
        ("colour = 1\n", "defaults"),
        ("not toml", "config.toml"),
        ("[[lexicon.silence]]\nrule = \"no-such\"\nreason = \"r\"\n", "cutlist explain"),
        ("[[lexicon.add]]\nclass = \"rude\"\nphrase = [\"x\"]\n", "weasel_quantity"),
    ] {
        let output = analyzed(settings, ANSWER);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{settings}: {message}");
        assert!(message.starts_with("cutlist: ") && message.contains(hint), "{settings}: {message}");
    }
}
