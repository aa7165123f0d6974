//! Numbers that measure.

mod decide;
mod extent;
mod reading;
mod text;
mod unquantified;
mod words;

pub use decide::has_rule;
pub use reading::read;
pub use unquantified::Unquantified;

use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use super::finding::Finding;
use super::numbers::numbers;
use crate::lexicon::{Lexicon, Tokens};
use crate::span::WordRange;
use crate::transcript::Transcript;
use crate::units::Seconds;
use text::Text;

measure! {
    /// # Metric mentions
    ///
    /// A span that measures a problem, an outcome, a target, a guardrail or a cost with a number,
    /// and what it measures: "from 59 percent to 82 percent in six weeks", "one in five of them",
    /// "doubled". Each is a `delta` (a change), a `level` (a value) or a `target` (a goal or
    /// guardrail not reached yet).
    ///
    /// **Unit.** Mentions; seconds from the first speech to the first mention.
    ///
    /// **Why it matters.** Evidence, not enthusiasm: a listener can check a number, compare it, and
    /// remember it.
    ///
    /// **Undefined when.** `first_s` is absent without a metric or without times. `value`, `unit`,
    /// `baseline`, `result` and `timeframe` are absent where the words do not give them.
    ///
    /// **Limits.** Whether a bare number measures or merely counts is decided by the words around
    /// it; a count of people or things without a rate, a share, a change or a cost is taken as a
    /// count and left out. Salary figures without a currency are seen only next to another figure.
    ///
    /// **Source.** RUBRIC.md section 5.
    name: "metrics",
    aliases: &[],
    key: "metrics",
    label: "Metrics",
    title: "Metrics an answer",
    unit: Unit::plain("an answer", 1),
    better: Better::Higher,
    figure: Figure::Rate { count: |answer| answer.measures.metrics.count, per: |_| Some(1.0) },
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    let found = &answer.measures.metrics;
    let mut notes: Vec<String> = Vec::new();
    if let Some(first) = found.first_s {
        notes.push(format!("first after {first}"));
    }
    if found.count > 0 {
        // Asked of what is missing, not of the numbers: a redacted report has none.
        let from_somewhere = |item: &Metric| item.class != Class::Level && !item.missing.contains(&Missing::Baseline);
        let baseline = found.items.iter().any(from_somewhere);
        let timeframe = found.items.iter().any(|item| item.timeframe.is_some());
        notes.push(
            match (baseline, timeframe) {
                (true, true) => "with a baseline and a time frame",
                (true, false) => "a baseline, but no time frame",
                (false, true) => "a time frame, but no baseline",
                (false, false) => "no baseline, no time frame",
            }
            .into(),
        );
    } else {
        notes.push("by how much, from what, in what time?".into());
    }
    if !found.unquantified.is_empty() {
        notes.push(format!("{} named without a number", found.unquantified.len()));
    }
    Told::new(found.count.to_string(), notes.join("; "))
}

/// The class of a metric mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A change: baseline to result, "by N", "doubled".
    Delta,
    /// A value.
    Level,
    /// A goal or guardrail not reached yet.
    Target,
}

/// What a mention leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// From what?
    Baseline,
    /// In what time?
    Timeframe,
}

/// One metric mention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metric {
    /// Its class.
    pub class: Class,
    /// The words, joined by spaces.
    pub text: String,
    /// The words.
    pub words: WordRange,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// The main number: the result of a change, the value of a level. Percent as percent, a share as a part of 1.
    pub value: Option<f64>,
    /// What the value counts: "percent", "euros", "weeks", "share", "times", or the noun that follows.
    pub unit: Option<String>,
    /// Where a change began.
    pub baseline: Option<f64>,
    /// Where a change ended.
    pub result: Option<f64>,
    /// The time it took or refers to, in the speaker's words.
    pub timeframe: Option<String>,
    /// What a change or a target leaves open; always empty for a level, which is complete in itself.
    pub missing: Vec<Missing>,
}

/// The metrics of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metrics {
    /// How many mentions.
    pub count: usize,
    /// Seconds from the first speech to the first mention.
    pub first_s: Option<Seconds>,
    /// Every mention, in order.
    pub items: Vec<Metric>,
    /// Metrics named without a number.
    pub unquantified: Vec<Unquantified>,
}

/// The metric mentions that rules find, in order and without overlap.
#[must_use]
pub fn find(tokens: &Tokens) -> Vec<Finding<Class>> {
    let text = Text(tokens);
    let mut spans: Vec<(usize, usize, &str)> = Vec::new();
    for number in &numbers(tokens) {
        if spans.last().is_some_and(|last| number.lo < last.1) {
            continue;
        }
        let near = spans.last().is_some_and(|last| text.close_to(last.0, number.lo));
        if let Some(rule) = text.decide(number, near).filter(|rule| rule.measures) {
            let (lo, hi) = text.extent(number);
            let lo = spans.last().map_or(lo, |last| lo.max(last.1));
            spans.push((lo, hi, &rule.id));
        }
    }
    spans
        .into_iter()
        .filter(|(lo, hi, _)| lo < hi)
        .map(|(lo, hi, rule)| Finding::new(tokens.words(lo, hi), text.class(lo, hi), rule))
        .fold(Vec::new(), |mut found: Vec<Finding<Class>>, finding| {
            if found.last().is_none_or(|last| last.words.hi <= finding.words.lo) {
                found.push(finding);
            }
            found
        })
}

/// Read and count the metrics found, and list those named without a number.
#[must_use]
pub fn summarise(spans: &[Finding<Class>], tokens: &Tokens, transcript: &Transcript, lexicon: &Lexicon) -> Metrics {
    let mut items: Vec<Metric> = spans
        .iter()
        .filter(|span| !span.words.is_empty() && span.words.hi <= transcript.words.len())
        .map(|span| read(tokens, transcript, span.words))
        .collect();
    items.sort_by_key(|item| item.words);
    let unquantified = unquantified::find(&items, tokens, transcript, lexicon);
    let first = items.first().and_then(|item| transcript.words.get(item.words.lo)?.start_s);
    let first_s = first.zip(transcript.first_speech()).map(|(start, speech)| start - speech);
    Metrics { count: items.len(), first_s, items, unquantified }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;
    use proptest::prelude::*;

    /// One lexicon for all tests: loading it for each would be most of the run.
    fn lexicon() -> &'static Lexicon {
        static ENGLISH: std::sync::LazyLock<Lexicon> = std::sync::LazyLock::new(|| Lexicon::english().unwrap());
        &ENGLISH
    }

    fn summary(transcript: &Transcript) -> Metrics {
        let tokens = Tokens::of(transcript);
        summarise(&find(&tokens), &tokens, transcript, lexicon())
    }

    fn metrics(text: &str) -> Vec<Metric> {
        summary(&plain_transcript(text)).items
    }

    fn texts(text: &str) -> Vec<String> {
        metrics(text).into_iter().map(|metric| metric.text).collect()
    }

    #[test]
    fn reads_a_change_from_baseline_to_result() {
        let found = metrics("Onboarding completion went from 59 percent to 82 percent in six weeks.");
        assert_eq!(found.len(), 1);
        let metric = &found[0];
        assert_eq!(metric.text, "from 59 percent to 82 percent in six weeks");
        assert_eq!((metric.class, metric.baseline, metric.result), (Class::Delta, Some(59.0), Some(82.0)));
        assert_eq!((metric.unit.as_deref(), metric.timeframe.as_deref()), (Some("percent"), Some("in six weeks")));
        assert_eq!(metric.missing, []);
    }

    #[test]
    fn reads_numbers_in_words() {
        assert_eq!(texts("I lost forty one percent of them"), ["forty one percent of them"]);
        assert_eq!(texts("it cost us seven months of runway"), ["seven months of runway"]);
        assert_eq!(metrics("that's two point three million dollars")[0].value, Some(2.3e6));
    }

    #[test]
    fn a_change_without_a_start_says_what_is_missing() {
        let found = metrics("it cut refunds by half");
        assert_eq!(found[0].missing, [Missing::Baseline, Missing::Timeframe]);
        assert_eq!(found[0].class, Class::Delta);
    }

    #[test]
    fn a_goal_is_a_target() {
        assert_eq!(metrics("I want it under 60 percent by Christmas")[0].class, Class::Target);
    }

    #[test]
    fn does_not_flag_counts_years_ages_and_versions() {
        for text in [
            "I did two things",
            "there were three reasons",
            "one of my managers",
            "in 2021 I left",
            "in nineteen seventy four",
            "she is seventy one",
            "I worked there for nine years",
            "version 3 of the export",
            "the first two were broken",
            "a team of six",
            "it starts at half past seven",
            "we climbed at four in the morning",
            "phase two is rollout",
        ] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn sees_rates_and_shares_that_name_no_thing() {
        assert_eq!(texts("eleven a week were coming back spoiled"), ["eleven a week"]);
        assert_eq!(texts("I timed the lot, and a third had overrun"), ["a third"]);
        assert_eq!(texts("it cost me a month"), ["a month"]);
        for text in [
            "and a third idea came up",
            "about half way up the hill",
            "he came for a week",
            "we rang at three every night",
        ] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn millimetres_are_a_unit_though_mm_is_a_filled_pause() {
        assert_eq!(metrics("the gap went down by 40 mm")[0].text, "by 40 mm");
        assert_eq!(metrics("it went down by 40, mm, in May")[0].text, "by 40");
    }

    #[test]
    fn an_age_is_no_metric() {
        for text in [
            "we lost 40 percent. Children under five were getting fever",
            "refunds fell by 40 percent when I was 23, and the women walked",
        ] {
            assert_eq!(texts(text).len(), 1, "{text}");
        }
        assert_eq!(texts("waste fell by 40 percent and the wait was 23.").len(), 2);
    }

    #[test]
    fn lists_a_named_metric_without_a_number_apart() {
        let metrics = summary(&plain_transcript("Conversion rate improved.\nSales went up by 12 percent."));
        assert_eq!(metrics.unquantified.len(), 1);
        assert_eq!(metrics.unquantified[0].question, "By how much, from what?");
        assert_eq!(metrics.count, 1);
    }

    #[test]
    fn the_first_metric_is_timed_from_the_first_speech() {
        let mut transcript = plain_transcript("we lost 41% of them");
        for (nth, word) in transcript.words.iter_mut().enumerate() {
            word.start_s = Some(Seconds(f64::from(u32::try_from(nth).unwrap()) + 2.0));
        }
        assert_eq!(summary(&transcript).first_s, Some(Seconds(2.0)));
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_in_range(text in "(\\PC|\n|[0-9]|from |to |half |of |in |one |percent |weeks |a ){0,80}") {
            let transcript = plain_transcript(&text);
            let tokens = Tokens::of(&transcript);
            let found = find(&tokens);
            for pair in found.windows(2) {
                prop_assert!(pair[0].words.hi <= pair[1].words.lo);
            }
            let count = transcript.words.len();
            for lo in 0..count {
                let _ = read(&tokens, &transcript, WordRange::new(lo, (lo + 5).min(count + 2)));
            }
            prop_assert_eq!(summary(&transcript).count, found.len());
        }
    }
}
