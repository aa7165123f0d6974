//! Stories, plan, trends and comparisons as a user meets them.

use cutlist::measures::MEASURES;

use crate::history::Home;
use crate::support::{ANSWER, repository, text_file};

const STORY: &str = "tax-form\nleadership\nI moved the tax form to the end of onboarding, and completion went from 59 to 82 percent.\nSellers left on page one.\nI moved the form.\ncompletion from 59 percent to 82 percent in six weeks\nI would ask the tax team first.\nCustomer Obsession\nDive Deep\n";

/// The four weeks of the README.
fn four_weeks() -> Home {
    let home = Home::new();
    home.prints(&["history", "import", repository("tests/fixtures/history/four-weeks.jsonl").to_str().unwrap()]);
    home
}

fn add(home: &Home, answers: &str) -> std::process::Output {
    home.cutlist().args(["stories", "add"]).write_stdin(answers).output().unwrap()
}

#[test]
fn a_story_is_added_step_by_step_and_checked() {
    let home = Home::new();
    assert!(home.prints(&["stories", "list"]).contains("No story yet"));
    let output = add(&home, STORY);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(home.prints(&["stories", "list"]).contains("tax-form (leadership) Customer Obsession / Dive Deep"));
    let check = home.cutlist().args(["stories", "check"]).output().unwrap();
    assert_eq!(check.status.code(), Some(1), "kinds are missing");
    let text = String::from_utf8(check.stdout).unwrap();
    assert!(text.contains("1 of 2 leadership stories") && !text.contains("tax-form\n"), "{text}");
    assert!(home.prints(&["stories", "principles"]).contains("tax-form"));
    // Again: the name is taken, and the answers end before another is given.
    let twice = add(&home, STORY);
    assert_eq!(twice.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&twice.stderr).contains("nothing is added"));
}

#[cfg(unix)]
#[test]
fn the_story_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    add(&home, STORY);
    let file = home.path().join("config/stories.toml");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_take_says_whether_it_reached_its_story() {
    let home = Home::new();
    add(&home, STORY);
    let reached = "I put the tax page last in the sign-up. It brought eighty two percent through onboarding instead of fifty nine.";
    let (_folder, path) = text_file("take.txt", reached);
    let text = home.prints(&["analyze", "--story", "tax-form", path.to_str().unwrap()]);
    assert!(text.contains("Story") && text.contains("its metric is named"), "{text}");
    let text = home.prints(&["analyze", "--story", "other", path.to_str().unwrap()]);
    assert!(text.contains("there is no story \"other\" in your bank"), "{text}");
}

#[test]
fn a_damaged_bank_is_said_with_the_way_out() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/stories.toml"), "[[story]\n").unwrap();
    home.refuses(&["stories", "list"], "mend that line");
    home.refuses(&["plan"], "mend that line");
}

#[test]
fn four_weeks_show_in_every_format() {
    let home = four_weeks();
    let text = home.prints(&["trends"]);
    for part in ["Time to conclusion", "W45", "W48", "best take", "cold", "●"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let json: serde_json::Value = serde_json::from_str(&home.prints(&["trends", "--format", "json"])).unwrap();
    assert_eq!((json["schema_version"].as_u64(), json["weeks"].as_array().unwrap().len()), (Some(1), 4));
    let csv = home.prints(&["trends", "--format", "csv"]);
    assert!(csv.lines().count() > 32 && csv.starts_with("week,measure"));
    let html = home.prints(&["trends", "--format", "html"]);
    // No question of these weeks has a frame.
    assert_eq!(html.matches("role=\"img\"").count(), MEASURES.len() - 1, "a chart a measure");
    assert_eq!(html.matches("<details>").count(), MEASURES.len() - 1, "and its figures behind it");
    assert!(html.contains("No take has it; <code>cutlist explain frame"));
    assert!(html.contains("The plan") && html.contains("Take 18") && html.contains("cutlist open TAKE"), "{html}");
    assert!(!html.contains("<script") && !html.contains("unsafe-inline") && !html.contains("https:"), "{html}");
    let one = home.prints(&["trends", "--measure", "pace", "--story", "tax-form"]);
    assert!(one.contains("Words a minute") && !one.contains("Fillers a minute"));
    assert!(Home::new().prints(&["trends"]).contains("No take"));
}

#[test]
fn a_measure_is_in_every_output_and_has_a_past() {
    // Takes of a version that did not know the measure.
    let home = four_weeks();
    for (arguments, part) in [
        (&["trends", "--measure", "run"][..], "Longest run without a pause"),
        (&["trends", "--format", "csv"], ",run,all,"),
        (&["trends", "--format", "html"], "Longest run without a pause"),
        (&["compare", "1", "last"], "Longest run without a pause"),
        (&["history", "export", "--format", "csv"], ",longest_run_s,"),
        (&["history", "show", "1"], "Longest run"),
        (&["history", "show", "1", "--format", "markdown"], "| Longest run |"),
        (&["history", "show", "1", "--format", "html"], "Longest run"),
        (&["explain"], ", run"),
        (&["explain", "run"], "--fail-on 'run>NUMBER'"),
        (&["explain", "--help"], "run) or a rule's name"),
        (&["analyze", "--help"], "run (seconds)"),
    ] {
        let text = home.prints(arguments);
        // Help is wrapped to the terminal, so a phrase may stand on two lines.
        let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_there = text.contains(part) || unwrapped.contains(part);
        assert!(is_there, "{part:?} is missing in {arguments:?}:\n{text}");
    }
    for take in home.takes() {
        let seconds = take["figures"]["longest_run_s"].as_f64().unwrap();
        assert!(seconds > 0.0 && seconds <= take["figures"]["answer_s"].as_f64().unwrap(), "{take}");
    }
    let report: serde_json::Value =
        serde_json::from_str(&home.prints(&["history", "show", "1", "--format", "json"])).unwrap();
    assert_eq!(report["figures"]["longest_run_s"], home.takes()[0]["figures"]["longest_run_s"]);
    let trends: serde_json::Value = serde_json::from_str(&home.prints(&["trends", "--format", "json"])).unwrap();
    let run = trends["measures"].as_array().unwrap().iter().find(|trend| trend["measure"] == "run").unwrap();
    assert_eq!(run["points"].as_array().unwrap().len(), 4, "a point a week");
    let (_folder, path) = text_file("answer.srt", "1\n00:00:00,000 --> 00:00:09,000\nI quit after nine long years.\n");
    let output = home.cutlist().args(["analyze", "--fail-on", "run>5"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missed run>5: it is 9.00"));
}

#[test]
fn a_comparison_names_what_came_back_and_what_contradicts() {
    let home = four_weeks();
    let takes: Vec<i64> = home
        .takes()
        .iter()
        .filter(|take| take["story"] == "tax-form")
        .map(|take| take["id"].as_i64().unwrap())
        .collect();
    let (third, last) = (takes[takes.len() - 2].to_string(), takes[takes.len() - 1].to_string());
    let text = home.prints(&["compare", &third, &last]);
    for part in ["What moved", "Cuts that came back", "same words", "The story's figures"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    home.refuses(&["compare", &last, &last], "name two takes");
}

#[test]
fn figures_that_differ_between_takes_are_said() {
    let home = Home::new();
    home.keep(ANSWER, &["--kind", "leadership", "--story", "tax-form"]);
    home.keep(
        &ANSWER.replace("to 82 percent", "to about 88 percent"),
        &["--kind", "leadership", "--story", "tax-form"],
    );
    let text = home.prints(&["compare", "1", "2"]);
    assert!(text.contains("they differ") && text.contains("88 percent"), "{text}");
    let same = Home::new();
    same.keep(ANSWER, &["--story", "tax-form"]);
    same.keep(&ANSWER.replace("82 percent", "eighty two percent"), &["--story", "tax-form"]);
    assert!(!same.prints(&["compare", "1", "2"]).contains("they differ"));
}

#[test]
fn the_plan_measures_itself() {
    let home = Home::new();
    let empty = home.prints(&["plan"]);
    assert!(empty.contains("Today: add a leadership story"), "{empty}");
    add(&home, STORY);
    let plan: serde_json::Value = serde_json::from_str(&home.prints(&["plan", "--format", "json"])).unwrap();
    assert_eq!(plan["items"][0]["have"], "1 of 6");
    assert_eq!(plan["items"][2]["done"], true);
}
