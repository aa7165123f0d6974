//! The figures of a take, read from its stored report: so that a measure that is new has a past.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Instrument;
use crate::document::Report;
use crate::measures::descriptor::Measured;
use crate::measures::{MEASURES, Measure, conclusion};

/// Counts the changes to how figures are read, other than a measure that comes or goes: what an earlier
/// edition read is read again. A test holds the figures of a report to it.
const EDITION: u32 = 1;

/// Which measures read the figures that are remembered.
pub(super) static READ_BY: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
    format!("{EDITION} {}", names.join(" "))
});

/// The figures of a take, corrections in them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Words said.
    pub words: usize,
    /// Sentences said.
    pub sentences: usize,
    /// Sentences that the cut list cuts.
    pub cut: usize,
    /// Words before the conclusion; `None` without one.
    pub words_before: Option<usize>,
    /// Seconds in which somebody speaks; `None` without times.
    pub speech_s: Option<f64>,
    /// Stretches of speech between interruptions: 1, or more for a mock that was interrupted.
    pub stretches: usize,
    /// What measured the take.
    #[serde(default)]
    pub instrument: Instrument,
    /// What each measure counts, in the order of [`MEASURES`]; `None` for those that are no rates.
    pub(crate) counts: Vec<Option<usize>>,
    /// The figure of each measure, in the same order.
    pub(crate) measured: Vec<Option<Measured>>,
}

/// A figure as it reads back from where it is remembered, to the last digit.
fn rounded(measured: Measured) -> Measured {
    match measured {
        Measured::Value(value) => Measured::Value(to_a_millionth(value)),
        Measured::Rate(count, per) => Measured::Rate(count, to_a_millionth(per)),
        Measured::Never => Measured::Never,
    }
}

fn to_a_millionth(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Figures {
    /// The figures of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let answer = report.answer();
        Self {
            words: report.transcript.words.len(),
            sentences: answer.sentences,
            cut: answer.cut,
            words_before: report.measures.time_to_conclusion.words_before,
            speech_s: report.measures.pace.speech_s.map(|seconds| to_a_millionth(seconds.0)),
            stretches: report.stretches.len().max(1),
            instrument: Instrument::of(&report.engine),
            counts: MEASURES.iter().map(|measure| measure.count(&answer)).collect(),
            measured: MEASURES.iter().map(|measure| measure.of(&answer).map(rounded)).collect(),
        }
    }

    /// The figure of a measure; `None` where it is undefined.
    #[must_use]
    pub fn measured(&self, measure: &Measure) -> Option<Measured> {
        let at = MEASURES.iter().position(|other| *other == measure)?;
        self.measured.get(at).copied().flatten()
    }

    /// The same, as the weeks count it: a transcript without times has no seconds to its conclusion, so one
    /// without a conclusion is not counted among those with seconds either.
    #[must_use]
    pub fn in_weeks(&self, measure: &Measure) -> Option<Measured> {
        self.measured(measure).filter(|measured| *measured != Measured::Never || self.speech_s.is_some())
    }

    /// How long to the conclusion, as a table shows it: in seconds, else in words, of `unit`.
    #[must_use]
    pub fn conclusion(&self, unit: &str) -> String {
        match self.measured(&conclusion::MEASURE) {
            Some(measured) => conclusion::MEASURE.words(measured.value()),
            None => format!("{} {unit}", self.words_before.unwrap_or_default()),
        }
    }

    /// Every figure under its name, as tables and JSON have them: counts, then a measure's figure under its key
    /// and, where that is a rate, the count in it under the measure's name.
    #[must_use]
    pub fn columns(&self) -> Vec<(&'static str, Value)> {
        let has_conclusion = self.measured(&conclusion::MEASURE) != Some(Measured::Never);
        let mut out: Vec<(&str, Value)> = vec![
            ("words", self.words.into()),
            ("sentences", self.sentences.into()),
            ("cut", self.cut.into()),
            ("has_conclusion", has_conclusion.into()),
            ("words_before", self.words_before.into()),
            ("speech_s", self.speech_s.into()),
            ("stretches", self.stretches.into()),
        ];
        for (i, measure) in MEASURES.iter().enumerate() {
            if measure.is_rate() {
                out.push((measure.name, self.counts.get(i).copied().flatten().into()));
            }
            if out.iter().all(|(name, _)| *name != measure.key) {
                let value = self.measured(measure).map(Measured::value).filter(|value| value.is_finite());
                out.push((measure.key, value.into()));
            }
        }
        out
    }

    /// As [`Figures::columns`], for JSON that others read.
    pub(super) fn by_name<S: Serializer>(figures: &Self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(figures.columns())
    }
}

#[cfg(test)]
impl Figures {
    /// The figures of a take of which one more is known.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, measured: Measured) -> Self {
        self.measured.resize(MEASURES.len(), None);
        for at in (0..MEASURES.len()).filter(|at| MEASURES[*at].name == name) {
            self.measured[at] = Some(measured);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        serde_json::from_str(include_str!("../../tests/fixtures/history/report-1.json")).unwrap()
    }

    #[test]
    fn an_interrupted_mock_is_known_by_its_stretches() {
        let mut report = report();
        assert_eq!(Figures::of(&report).stretches, 1);
        report.stretches.resize_with(3, Default::default);
        assert_eq!(Figures::of(&report).stretches, 3);
    }

    #[test]
    fn figures_have_the_names_of_older_exports_and_of_every_measure() {
        let columns = Figures::of(&report()).columns();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let older = "words sentences cut has_conclusion conclusion_s words_before fillers vague metrics speech_s answer_s words_per_minute owned_share stretches";
        for name in older.split(' ').chain(MEASURES.iter().map(|measure| measure.key)) {
            assert_eq!(names.iter().filter(|other| **other == name).count(), 1, "{name} in {names:?}");
        }
        let value = |name| &columns.iter().find(|(other, _)| *other == name).unwrap().1;
        assert_eq!((value("fillers"), value("metrics"), value("conclusion_s")), (&3.into(), &2.into(), &2.9.into()));
    }

    #[test]
    fn a_transcript_without_times_keeps_its_counts() {
        let mut report = report();
        report.measures.pace = crate::measures::pace::Pace::default();
        report.measures.fillers.per_minute = None;
        let columns = Figures::of(&report).columns();
        assert!(columns.contains(&("fillers", 3.into())) && columns.contains(&("fillers_per_minute", Value::Null)));
    }

    #[test]
    fn a_missing_conclusion_counts_in_the_weeks_only_beside_seconds() {
        let never = Figures::default().with("conclusion", Measured::Never);
        assert_eq!(never.in_weeks(&conclusion::MEASURE), None);
        let timed = Figures { speech_s: Some(40.0), ..never };
        assert_eq!(timed.in_weeks(&conclusion::MEASURE), Some(Measured::Never));
    }

    #[test]
    fn a_figure_that_is_read_otherwise_is_a_new_edition() {
        // Edition 1. A measure that is new has a new name and needs no new edition.
        let columns = Figures::of(&report()).columns();
        for (key, value) in [
            ("conclusion_s", 2.9),
            ("fillers_per_minute", 6.101_695),
            ("vague_per_100_words", 2.127_66),
            ("layers", 6.0),
            ("cut_share", 0.428_571),
            ("owned_share", 0.75),
            ("answer_s", 32.9),
            ("words_per_minute", 171.428_571),
            ("longest_run_s", 16.3),
        ] {
            let found = columns.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.as_f64()).unwrap();
            assert!((found - value).abs() < 1e-4, "count EDITION up, so that {key} is read again: {found}");
        }
    }
}
