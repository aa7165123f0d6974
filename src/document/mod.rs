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
use crate::verdicts::cuts::Cut;
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
    /// Hash of the rule data.
    pub lexicon_sha256: String,
    /// The judge: name and hash of its weights.
    pub judge: String,
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
