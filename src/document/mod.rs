//! The report as one document: what `--format json` prints and every other format reads.
//!
//! The keys are a contract (schema 1): more may be added, none renamed. Indices count from 0, runs
//! of words are half-open, times are seconds from the start of the recording and `null` where the
//! source has none.

pub mod stretches;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::judge::Verdict;
use crate::measures::{Answer, MEASURES, Measure, Measures};
use crate::question::Question;
use crate::transcript::Transcript;
use crate::units::Seconds;
use crate::verdicts::cuts::{Cut, Ruling};
use crate::verdicts::rulings::Judged;
use crate::verdicts::say::{Say, Settled, settle};
use crate::verdicts::tightened::Tightened;
use stretches::Stretch;

/// The version of the document's keys.
pub const SCHEMA_VERSION: u32 = 1;

/// What `cutlist` found in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the keys.
    pub schema_version: u32,
    /// The file.
    pub source: Source,
    /// What produced the report, so that two reports can be compared or told apart.
    pub engine: Engine,
    /// What was asked.
    pub question: Question,
    /// What was said.
    pub transcript: Transcript,
    /// What was measured.
    pub measures: Measures,
    /// A verdict for each sentence.
    pub cuts: Vec<Cut>,
    /// What is left.
    pub tightened: Tightened,
    /// What the reader should know about the recording or the result.
    pub warnings: Vec<Warning>,
    /// Whether the take got to the point of its story; absent where no story of the user's bank is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryReached>,
    /// The stretches between an interviewer's questions; empty when nobody interrupted.
    #[serde(default)]
    pub stretches: Vec<Stretch>,
    /// How well fillers are heard in this voice with this model, by `cutlist calibrate`; `null` when that was never tried.
    #[serde(default)]
    pub calibration: Option<Calibration>,
    /// What the judge alone says of the answer; absent in reports of versions that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// What the user said of the answer, which is in the rest of the report; absent where nothing.
    #[serde(default, skip_serializing_if = "Say::is_empty")]
    pub said: Say,
}

impl Report {
    /// The report with the user's word in it, after what the user said before.
    #[must_use]
    pub fn with(&self, say: &Say) -> Self {
        if say.is_empty() {
            return self.clone();
        }
        let judged = self.judged.clone().unwrap_or_else(|| self.judged_long_ago());
        let asked = self.tightened.fit.as_ref().map(|fit| fit.target_s);
        let said = Say::target(asked).then(&self.said).then(say);
        let Settled { measures, cuts, tightened } =
            settle(&self.transcript, &self.question, &judged, self.measures.clone(), &said);
        Self { measures, cuts, tightened, judged: Some(judged), said, ..self.clone() }
    }

    /// What the judge said, as far as a report shows it that did not keep it.
    fn judged_long_ago(&self) -> Judged {
        Judged {
            rulings: self.cuts.iter().map(|cut| Ruling { verdict: cut.verdict, reason: cut.reason }).collect(),
            conclusion: self.measures.time_to_conclusion.sentence,
            layers: self.measures.layers.clone(),
        }
    }
}

impl Report {
    /// The answer, as figures are read from it.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        Answer {
            question: &self.question,
            transcript: &self.transcript,
            measures: &self.measures,
            sentences: self.cuts.len(),
            cut: self.cuts.iter().filter(|cut| cut.verdict == Verdict::Cut).count(),
        }
    }

    /// The report as it is printed.
    #[must_use]
    pub fn printed(&self) -> Printed<'_> {
        let answer = self.answer();
        let number = |value: f64| value.is_finite().then(|| (value * 1e4).round() / 1e4);
        let figure = |measure: &Measure| measure.of(&answer).and_then(|found| number(found.value()));
        Printed { report: self, figures: MEASURES.iter().map(|measure| (measure.key, figure(measure))).collect() }
    }
}

/// A report as it is printed: with the figure of each measure, which can always be read from the rest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Printed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// The figure of each measure, under its name with the unit in it; `null` where it is undefined (`cutlist explain` says
    /// when), and for a conclusion that never came.
    #[serde(default)]
    figures: BTreeMap<&'static str, Option<f64>>,
}

/// How a take stands against the story it tells, by meaning and not by letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoryReached {
    /// The story.
    pub id: String,
    /// The sentence that says the story's own conclusion; `null` when none does.
    pub conclusion_sentence: Option<usize>,
    /// Seconds from the first speech to it; also `null` without times.
    pub conclusion_s: Option<Seconds>,
    /// How near the nearest sentence comes to the story's line: a cosine, 1 for the same; 0 where they share no telling word.
    pub similarity: f32,
    /// Whether the story's metric is named.
    pub metric: MetricNamed,
    /// The sentence that names it; `null` when none does.
    pub metric_sentence: Option<usize>,
}

/// Whether a take names its story's metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricNamed {
    /// With its figure.
    Named,
    /// With another figure than the story has.
    OtherFigure,
    /// Without a figure.
    WithoutFigure,
    /// Not at all.
    Missing,
    /// The story has none to name.
    NotInStory,
}

/// What `cutlist calibrate` found last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// When (RFC 3339).
    pub at: String,
    /// Microphone or file it was read into.
    pub device: String,
    /// Speech model.
    pub model: Option<String>,
    /// Fillers in the lines.
    pub scripted: usize,
    /// Of these, how many were found.
    pub found: usize,
    /// Fillers found that are not in the lines.
    pub false_alarms: usize,
    /// Words in the lines that only look like fillers.
    pub decoys: usize,
}

/// The file that was analyzed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Its path as given; `-` for a pipe.
    pub path: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Length of the recording; `null` for a transcript without times.
    pub duration_s: Option<Seconds>,
    /// Samples a second in the file; `null` for a transcript.
    pub sample_rate_hz: Option<u32>,
    /// Channels in the file; `null` for a transcript.
    pub channels: Option<usize>,
    /// When it was recorded (RFC 3339), by the file's modification time; `null` for a pipe.
    pub recorded_at: Option<String>,
}

/// What produced the report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Engine {
    /// `whisper.cpp`, or `import` for a transcript.
    pub name: String,
    /// Version of the engine's binding.
    pub version: String,
    /// The model's name or path; `null` for a transcript.
    pub model: Option<String>,
    /// Hash of the model's file.
    pub model_sha256: Option<String>,
    /// The prompt that keeps fillers; `null` for a transcript.
    pub prompt: Option<String>,
    /// Hash of the word lists, the user's own included.
    pub lexicon_sha256: String,
    /// The judge's name.
    pub judge: String,
    /// Hash of the judge's weights; `null` in reports of versions that did not keep it.
    #[serde(default)]
    pub judge_sha256: Option<String>,
    /// The rules, those written in Rust among them (`src/verdicts/rules.rs`); `null` likewise.
    #[serde(default)]
    pub rules: Option<String>,
    /// Version of this program.
    pub cutlist_version: String,
}

/// Something the reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// A stable name.
    pub code: String,
    /// In plain words, with the way out where there is one.
    pub message: String,
}

impl Warning {
    /// A warning.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// The JSON Schema of [`Printed`], as published in `models/report.schema.json`.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Printed<'_>).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "cutlist report, schema 1".into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Reason, Verdict};

    /// As a version wrote it that kept neither the judge's word nor the user's.
    const EARLY: &str = include_str!("../../tests/fixtures/history/report-1.json");

    fn early() -> Report {
        serde_json::from_str(EARLY).unwrap()
    }

    fn conclusion_is(sentence: usize) -> Say {
        let mut say = Say::default();
        say.conclude(Some(sentence));
        say
    }

    #[test]
    fn a_report_survives_a_read_to_the_last_digit() {
        let mut report = early();
        report.measures.vague.per_100_words = 0.904_977_375_565_610_9;
        report.measures.fillers.per_minute = Some(0.1 + 0.2);
        let text = serde_json::to_string(&report).unwrap();
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read, report);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }

    #[test]
    fn a_report_of_an_early_version_takes_the_users_word() {
        let report = early();
        assert_eq!(report.with(&Say::default()), report, "nothing said, nothing changed");
        let said = report.with(&conclusion_is(0));
        assert_eq!(said.measures.time_to_conclusion.sentence, Some(0));
        assert_eq!((said.cuts[0].verdict, said.cuts[0].reason), (Verdict::Keep, Reason::Conclusion));
        assert_eq!(said.cuts.iter().filter(|cut| cut.reason == Reason::Conclusion).count(), 1);
        let back = said.with(&conclusion_is(report.measures.time_to_conclusion.sentence.unwrap()));
        let rulings = |report: &Report| -> Vec<_> { report.cuts.iter().map(|cut| (cut.verdict, cut.reason)).collect() };
        assert_eq!(rulings(&back), rulings(&report), "what the judge said is not lost on the way");
    }

    #[test]
    fn the_length_asked_for_stays_through_a_correction() {
        let asked = early().with(&Say::target(Some(Seconds(12.0))));
        let fit = |report: &Report| report.tightened.fit.clone().map(|fit| fit.target_s);
        assert_eq!(fit(&asked.with(&conclusion_is(0))), Some(Seconds(12.0)));
        // Early versions kept the length only beside its answer.
        let early = Report { said: Say::default(), ..asked };
        assert_eq!(fit(&early.with(&conclusion_is(0))), Some(Seconds(12.0)));
    }
}
