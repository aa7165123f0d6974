//! The four-week plan as a checklist that measures itself, from the stories and the history: nothing is ticked by hand.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::bank::{Bank, Story};
use super::check::{About, Finding};
use crate::builtin::builtin;
use crate::history::Take;
use crate::history::trends::newest_records;
use crate::judge::JudgeError;
use crate::lexicon::{Tokens, is_number};
use crate::measures::conclusion;
use crate::question::Kind;
use crate::tools::Tools;
use crate::verdicts::bands::Bands;

/// The settings of `plan.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Stories of each kind.
    pub need: Vec<Need>,
    /// What is practised.
    pub target: Target,
    compensation: Compensation,
}

/// Stories of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The kind.
    pub kind: Kind,
    /// How many.
    pub stories: usize,
}

/// What is practised.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Mocks with interruptions.
    pub mocks: usize,
    /// Takes of a story in a row.
    pub in_a_row: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Compensation {
    level_words: Vec<String>,
}

static SETTINGS: LazyLock<Settings> = builtin!("plan.toml");

/// The settings compiled in.
#[must_use]
pub fn settings() -> &'static Settings {
    &SETTINGS
}

/// The version of the document's keys.
pub const SCHEMA_VERSION: u32 = 1;

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Week 1 to 4; 0 for what any week will do for.
    pub week: u8,
    /// What has to be so.
    pub what: String,
    /// Whether it is.
    pub done: bool,
    /// How far it is.
    pub have: String,
    /// What to do next, where it is not done.
    pub next: Option<String>,
}

/// The plan, measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Version of the keys.
    pub schema_version: u32,
    /// The checklist.
    pub items: Vec<Item>,
    /// What to do today: the next thing of the first line that is not done.
    pub today: Option<String>,
}

/// The plan, measured from the bank and all takes that are kept.
pub fn measured(bank: &Bank, takes: &[Take], tools: &Tools) -> Result<Plan, JudgeError> {
    let (newest, _) = newest_records(takes);
    Ok(plan(bank, &newest, &super::check::check(bank, tools)?))
}

/// Measures the plan. `takes` are the takes that count, oldest first; `findings` are those of [`super::check::check`].
#[must_use]
pub fn plan(bank: &Bank, takes: &[&Take], findings: &[Finding]) -> Plan {
    let items = vec![
        six_stories(bank, findings),
        principles(bank, findings),
        metrics(bank, findings),
        mocks(takes),
        last_takes(bank, takes),
        in_a_row(bank, takes),
        frame(
            "one product-sense frame: segment, friction, metric, guardrail",
            "product_sense",
            &bank.frames.product_sense,
        ),
        frame("one execution frame: scope, sequence, risk", "execution", &bank.frames.execution),
        compensation(&bank.frames.compensation),
    ];
    let today = items.iter().find(|item| !item.done).and_then(|item| item.next.clone());
    Plan { schema_version: SCHEMA_VERSION, items, today }
}

fn item(week: u8, what: impl Into<String>, done: bool, have: String, next: impl Into<String>) -> Item {
    Item { week, what: what.into(), done, have, next: (!done).then(|| next.into()) }
}

fn six_stories(bank: &Bank, findings: &[Finding]) -> Item {
    let wanted: usize = settings().need.iter().map(|need| need.stories).sum();
    let has_line = |story: &Story| {
        !findings.iter().any(|finding| finding.story.as_deref() == Some(&story.id) && finding.about == About::Line)
    };
    let mut ready = 0;
    let mut next = None;
    for need in &settings().need {
        let of_kind: Vec<&Story> = bank.stories.iter().filter(|story| story.kind == Some(need.kind)).collect();
        let good = of_kind.iter().filter(|story| has_line(story)).count();
        ready += good.min(need.stories);
        if good < need.stories && next.is_none() {
            next = Some(match of_kind.iter().find(|story| !has_line(story)) {
                Some(story) => format!("rewrite the line of \"{}\" so that it starts with its conclusion", story.id),
                None => format!("add a {} story: `cutlist stories add`", need.kind),
            });
        }
    }
    item(
        1,
        "six stories in one line each: two leadership, two analytical, one failure, one conflict",
        ready == wanted,
        format!("{ready} of {wanted}"),
        next.unwrap_or_default(),
    )
}

/// How many stories have nothing to mend about some fields, and the first thing to mend.
fn without(bank: &Bank, findings: &[Finding], about: &[About]) -> (usize, Option<String>) {
    let of =
        |story: &Story| findings.iter().find(|f| f.story.as_deref() == Some(&story.id) && about.contains(&f.about));
    let ready = bank.stories.iter().filter(|story| of(story).is_none()).count();
    let next = bank.stories.iter().find_map(|story| Some(format!("\"{}\" {}", story.id, of(story)?.message)));
    (ready, next)
}

fn principles(bank: &Bank, findings: &[Finding]) -> Item {
    let (ready, next) = without(bank, findings, &[About::Principle, About::Backup]);
    let all = bank.stories.len();
    item(
        2,
        "each story with a principle and a backup principle",
        all > 0 && ready == all,
        format!("{ready} of {all}"),
        next.unwrap_or_else(|| "add a story first: `cutlist stories add`".into()),
    )
}

fn metrics(bank: &Bank, findings: &[Finding]) -> Item {
    let (ready, next) = without(bank, findings, &[About::Metric]);
    let all = bank.stories.len();
    item(
        2,
        "each story with a metric and its baseline",
        all > 0 && ready == all,
        format!("{ready} of {all}"),
        next.unwrap_or_else(|| "add a story first: `cutlist stories add`".into()),
    )
}

fn mocks(takes: &[&Take]) -> Item {
    let wanted = settings().target.mocks;
    let have = takes.iter().filter(|take| take.figures.stretches > 1).count();
    item(
        3,
        format!("{wanted} mocks with interruptions"),
        have >= wanted,
        format!("{have} of {wanted}"),
        "take a mock interview that interrupts you: `cutlist mock`",
    )
}

/// The takes of a story, oldest first, and for each whether its conclusion came in time; `None` without times.
fn in_time(story: &Story, takes: &[&Take]) -> Vec<Option<bool>> {
    let limit = Bands::bundled().conclusion_s.high;
    takes
        .iter()
        .filter(|take| take.story.as_deref() == Some(&story.id))
        .map(|take| Some(take.figures.measured(&conclusion::MEASURE)?.value() <= limit))
        .collect()
}

fn last_takes(bank: &Bank, takes: &[&Take]) -> Item {
    let holds = |story: &&Story| in_time(story, takes).last() == Some(&Some(true));
    let ready = bank.stories.iter().filter(holds).count();
    let all = bank.stories.len();
    let next = bank.stories.iter().find(|story| !holds(story)).map(say);
    item(
        4,
        format!(
            "every story's last take starts with its conclusion, within {:.0} s",
            Bands::bundled().conclusion_s.high
        ),
        all > 0 && ready == all,
        format!("{ready} of {all}"),
        next.unwrap_or_else(|| "add a story first: `cutlist stories add`".into()),
    )
}

fn in_a_row(bank: &Bank, takes: &[&Take]) -> Item {
    let wanted = settings().target.in_a_row;
    let holds = |story: &&Story| {
        let all = in_time(story, takes);
        all.len() >= wanted && all[all.len() - wanted..].iter().all(|held| *held == Some(true))
    };
    let ready = bank.stories.iter().filter(holds).count();
    let all = bank.stories.len();
    let next = bank.stories.iter().find(|story| !holds(story)).map(say);
    item(
        4,
        format!("each story holds in {wanted} takes in a row"),
        all > 0 && ready == all,
        format!("{ready} of {all}"),
        next.unwrap_or_else(|| "add a story first: `cutlist stories add`".into()),
    )
}

fn say(story: &Story) -> String {
    format!("record \"{}\" with its conclusion first, then `cutlist analyze FILE --story {}`", story.id, story.id)
}

fn frame(what: &str, key: &str, text: &str) -> Item {
    let done = !text.trim().is_empty();
    let have = if done { "there" } else { "not yet" };
    item(0, what, done, have.into(), format!("write it into your stories file: {key} = \"…\" under [frames]"))
}

/// Whether level or scope comes before the first number.
fn level_first(text: &str) -> bool {
    let tokens = Tokens::of_text(text);
    let level = tokens.iter().position(|token| settings().compensation.level_words.contains(&token.text));
    let number = super::check::metrics_of(text);
    let first_number = tokens
        .iter()
        .position(|token| (is_number(&token.text) || token.text.starts_with(['$', '€', '£'])) && token.text != "one");
    match (level, first_number) {
        (None, _) => false,
        (Some(level), Some(number)) => level < number,
        (Some(_), None) => number.is_empty(),
    }
}

fn compensation(text: &str) -> Item {
    let what = "one compensation script that starts with level and scope";
    if text.trim().is_empty() {
        return item(
            0,
            what,
            false,
            "not yet".into(),
            "write it into your stories file: compensation = \"…\" under [frames]",
        );
    }
    let done = level_first(text);
    let have = if done { "there" } else { "a number comes before level and scope" };
    item(0, what, done, have.into(), "put level and scope before the first number of your compensation script")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Figures;
    use crate::measures::descriptor::Measured;

    fn take(story: &str, conclusion_s: Option<f64>, stretches: usize) -> Take {
        Take {
            id: 1,
            key: String::new(),
            at_ms: 0,
            saved_ms: 0,
            path: String::new(),
            sha256: String::new(),
            kind: None,
            question: None,
            story: Some(story.into()),
            instrument: crate::history::Instrument::default(),
            cutlist_version: String::new(),
            figures: Figures { stretches, ..Figures::default() }
                .with("conclusion", conclusion_s.map_or(Measured::Never, Measured::Value)),
            corrections: 0,
        }
    }

    fn measured(bank: &Bank, takes: &[Take]) -> Plan {
        plan(bank, &takes.iter().collect::<Vec<_>>(), &[])
    }

    fn bank() -> Bank {
        let story = |id: &str, kind| Story { id: id.into(), kind: Some(kind), ..Story::default() };
        Bank { stories: vec![story("a", Kind::Failure), story("b", Kind::Conflict)], ..Bank::default() }
    }

    #[test]
    fn an_empty_bank_begins_with_a_story() {
        let plan = measured(&Bank::default(), &[]);
        assert!(plan.items.iter().all(|item| !item.done));
        assert_eq!(plan.today.as_deref(), Some("add a leadership story: `cutlist stories add`"));
    }

    #[test]
    fn the_last_take_counts_and_two_in_a_row_hold() {
        let takes =
            [take("a", Some(4.0), 1), take("a", Some(9.0), 1), take("b", Some(3.0), 1), take("b", Some(12.0), 1)];
        let plan = measured(&bank(), &takes);
        assert_eq!((plan.items[4].have.as_str(), plan.items[5].have.as_str()), ("1 of 2", "1 of 2"));
        let takes = [take("a", None, 1), take("a", Some(9.0), 1), take("b", Some(3.0), 1)];
        let plan = measured(&bank(), &takes);
        assert_eq!((plan.items[4].have.as_str(), plan.items[5].have.as_str()), ("2 of 2", "0 of 2"));
        assert!(plan.items[4].done && plan.items[4].next.is_none());
    }

    #[test]
    fn only_interrupted_mocks_count() {
        let takes = [take("a", None, 1), take("a", None, 3), take("b", None, 2)];
        assert_eq!(measured(&bank(), &takes).items[3].have, "2 of 3");
    }

    #[test]
    fn a_script_that_starts_with_a_number_is_not_done() {
        assert!(level_first("I aim at a senior role with a team of six, and for that 140 thousand."));
        assert!(!level_first("I want $140,000 for a senior role."));
        assert!(!level_first("Whatever you think is fair."));
    }
}
