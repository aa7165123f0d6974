//! What is missing or weak in the bank.

use serde::Serialize;

use super::bank::{Bank, Story};
use crate::judge::{self, Judge, JudgeError};
use crate::lexicon::{Tokens, plain_transcript};
use crate::measures::metrics::{self, Metric};
use crate::question::Kind;
use crate::tools::Tools;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// It is not there.
    Missing,
    /// It is there, and an interviewer will ask on.
    Weak,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields of a story, and the bank as a whole")]
pub enum About {
    Id,
    Kind,
    Principle,
    Backup,
    Line,
    Problem,
    Action,
    Metric,
    Reflection,
    Bank,
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The story; `None` for the bank as a whole.
    pub story: Option<String>,
    /// What it is about.
    pub about: About,
    /// How bad it is.
    pub weight: Weight,
    /// In plain words, with what to do.
    pub message: String,
}

/// The metrics that a text names.
#[must_use]
pub fn metrics_of(text: &str) -> Vec<Metric> {
    let transcript = plain_transcript(text);
    let tokens = Tokens::of(&transcript);
    metrics::find(&tokens).iter().map(|found| metrics::read(&tokens, &transcript, found.words)).collect()
}

/// Whether a story's line starts with its conclusion: its first sentence, heard alone, gives the answer.
pub fn starts_with_conclusion(line: &str, kind: Option<Kind>, judge: &Judge) -> Result<bool, JudgeError> {
    let sentences: Vec<Vec<&str>> = sentences_of(line);
    if sentences.is_empty() {
        return Ok(false);
    }
    let question = judge::Question { kind: kind.map(Kind::name), text: None };
    let reading = judge.read(&question, &sentences)?;
    // A line of one sentence has little else to be; it must be a conclusion rather than none by the network's own measure, without
    // the benefit of the doubt that a whole answer's threshold gives.
    let is_one = reading.sentences.first().is_some_and(|first| first.conclusion > reading.no_conclusion);
    Ok(is_one && judge.decide(&reading).conclusion == Some(0))
}

fn sentences_of(text: &str) -> Vec<Vec<&str>> {
    let mut out: Vec<Vec<&str>> = vec![Vec::new()];
    for word in text.split_whitespace() {
        if let Some(sentence) = out.last_mut() {
            sentence.push(word);
        }
        if word.ends_with(['.', '!', '?']) {
            out.push(Vec::new());
        }
    }
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// What is missing or weak in one story.
pub fn check_story(story: &Story, bank: &Bank, tools: &Tools) -> Result<Vec<Finding>, JudgeError> {
    let mut out = Vec::new();
    let mut find = |about, weight, message: String| {
        out.push(Finding { story: Some(story.id.clone()), about, weight, message });
    };
    if story.id.trim().is_empty() {
        find(About::Id, Weight::Missing, "has no id; takes are linked by it".into());
    }
    if story.kind.is_none() {
        find(About::Kind, Weight::Missing, "has no kind; say which question it answers".into());
    }
    let fields = [
        (About::Line, &story.line, "has no line; tell it in one sentence, the conclusion first"),
        (About::Problem, &story.problem, "names no problem; who hurt, and how?"),
        (About::Action, &story.action, "names no action; what did you do yourself?"),
        (About::Metric, &story.metric, "names no metric; what moved, from what to what, in what time?"),
        (About::Reflection, &story.reflection, "has no reflection; what would you do differently?"),
        (About::Principle, &story.principle, "shows no principle; `cutlist stories principles` lists them"),
        (About::Backup, &story.backup, "has no backup principle, for when the first is taken"),
    ];
    for (about, text, message) in fields {
        if text.trim().is_empty() {
            find(about, Weight::Missing, message.into());
        }
    }
    if !story.line.trim().is_empty() && !starts_with_conclusion(&story.line, story.kind, &tools.judge)? {
        let what = story.kind.map_or("what you decided, or how it came out", Kind::conclusion_is);
        find(About::Line, Weight::Weak, format!("its line does not start with its conclusion ({what})"));
    }
    if !story.metric.trim().is_empty() {
        let found = metrics_of(&story.metric);
        if found.is_empty() {
            find(About::Metric, Weight::Weak, "its metric has no number that measures; by how much, from what?".into());
        } else if found.iter().all(|metric| metric.baseline.is_none()) {
            find(About::Metric, Weight::Weak, format!("\"{}\" has no baseline; from what?", found[0].text));
        }
    }
    if let Some(list) = bank.principles() {
        for (about, name) in [(About::Principle, &story.principle), (About::Backup, &story.backup)] {
            if !name.trim().is_empty() && !list.names.iter().any(|known| known.eq_ignore_ascii_case(name.trim())) {
                find(about, Weight::Weak, format!("\"{name}\" is no principle of {}", list.company));
            }
        }
    }
    if !story.principle.is_empty() && story.principle.eq_ignore_ascii_case(&story.backup) {
        find(About::Backup, Weight::Weak, "its backup principle is the same as the first".into());
    }
    Ok(out)
}

/// What is missing or weak in the whole bank, story by story, then the bank itself.
pub fn check(bank: &Bank, tools: &Tools) -> Result<Vec<Finding>, JudgeError> {
    let mut out = Vec::new();
    for story in &bank.stories {
        out.extend(check_story(story, bank, tools)?);
    }
    let whole = |weight, message: String| Finding { story: None, about: About::Bank, weight, message };
    for need in &super::plan::settings().need {
        let have = bank.stories.iter().filter(|story| story.kind == Some(need.kind)).count();
        if have < need.stories {
            out.push(whole(Weight::Missing, format!("{have} of {} {} stories", need.stories, need.kind)));
        }
    }
    match bank.principles() {
        None => out.push(whole(
            Weight::Missing,
            format!(
                "no list of principles for {}; add it under [[principles]]",
                bank.company.as_deref().unwrap_or("–")
            ),
        )),
        Some(list) => {
            let uncovered = uncovered(bank);
            if !uncovered.is_empty() {
                out.push(whole(
                    Weight::Weak,
                    format!(
                        "{} of {} principles are shown by no story: {}",
                        uncovered.len(),
                        list.names.len(),
                        uncovered.join(", ")
                    ),
                ));
            }
        }
    }
    Ok(out)
}

/// The principles that no story shows, first or backup.
#[must_use]
pub fn uncovered(bank: &Bank) -> Vec<String> {
    let shown = |name: &String| {
        let same = |story: &Story| {
            [&story.principle, &story.backup].iter().any(|shown| shown.trim().eq_ignore_ascii_case(name))
        };
        bank.stories.iter().any(same)
    };
    bank.principles().map(|list| list.names.iter().filter(|name| !shown(name)).cloned().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Story {
        Story {
            id: "tax-form".into(),
            kind: Some(Kind::Leadership),
            principle: "Customer Obsession".into(),
            backup: "Dive Deep".into(),
            line: "I moved the tax form to the end of onboarding, and completion went from 59 to 82 percent.".into(),
            problem: "Sellers left on page one without their tax number.".into(),
            action: "I moved the form and took the risk of late filings.".into(),
            metric: "completion from 59 percent to 82 percent in six weeks".into(),
            reflection: "I would ask the tax team first.".into(),
        }
    }

    fn findings(change: impl FnOnce(&mut Story)) -> Vec<(About, Weight)> {
        let tools = Tools::bundled().unwrap();
        let mut story = story();
        change(&mut story);
        let found = check_story(&story, &Bank::default(), &tools).unwrap();
        found.into_iter().map(|finding| (finding.about, finding.weight)).collect()
    }

    #[test]
    fn a_good_story_has_nothing_to_mend() {
        assert_eq!(findings(|_| ()), []);
    }

    #[test]
    fn each_weakness_is_found() {
        assert_eq!(findings(|s| s.reflection.clear()), [(About::Reflection, Weight::Missing)]);
        assert_eq!(findings(|s| s.metric = "82 percent completed".into()), [(About::Metric, Weight::Weak)]);
        assert_eq!(findings(|s| s.metric = "completion went up".into()), [(About::Metric, Weight::Weak)]);
        assert_eq!(findings(|s| s.principle = "Obsession".into()), [(About::Principle, Weight::Weak)]);
        assert_eq!(findings(|s| s.backup = "customer obsession".into()), [(About::Backup, Weight::Weak)]);
        assert_eq!(
            findings(|s| s.line = "I was a product manager for seller onboarding at the time.".into()),
            [(About::Line, Weight::Weak)]
        );
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "how well it does, for the README")]
    fn lines_that_start_with_their_conclusion_are_told_from_those_that_do_not() {
        #[derive(serde::Deserialize)]
        struct File {
            story: Vec<Lines>,
        }
        #[derive(serde::Deserialize)]
        struct Lines {
            line: String,
            other: Vec<String>,
        }
        let file: File = toml::from_str(include_str!("../../tests/fixtures/meaning/stories.toml")).unwrap();
        let judge = Judge::bundled().unwrap();
        let starts = |line: &str| starts_with_conclusion(line, None, &judge).unwrap();
        let right = file.story.iter().filter(|story| starts(&story.line)).count();
        let others: Vec<&String> = file.story.iter().flat_map(|story| &story.other).collect();
        let wrong = others.iter().filter(|line| starts(line)).count();
        println!(
            "{right} of {} lines start with their conclusion; {wrong} of {} others are taken for one",
            file.story.len(),
            others.len()
        );
        assert!(right * 10 >= file.story.len() * 9, "{right}");
        assert!(wrong * 3 <= others.len(), "{wrong} of {}", others.len());
    }

    #[test]
    fn the_bank_lacks_kinds_and_principles() {
        let tools = Tools::bundled().unwrap();
        let bank = Bank { stories: vec![story()], ..Bank::default() };
        let found = check(&bank, &tools).unwrap();
        assert!(found.iter().any(|finding| finding.message == "1 of 2 leadership stories"));
        assert!(found.iter().any(|finding| finding.message.starts_with("14 of 16 principles")));
    }
}
