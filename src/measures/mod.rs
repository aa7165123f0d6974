//! Transcript → measures: one file a measure, its descriptor at the head of the file. Whatever the
//! program says of measures (reports, trends, tables, limits, help, `cutlist explain`) it reads from
//! [`MEASURES`]. Measures know no threshold, colour or advice.

pub mod conclusion;
pub mod cut;
pub mod descriptor;
pub mod fillers;
pub mod finding;
pub mod frame;
pub mod layers;
pub mod length;
pub mod merge;
pub mod metrics;
pub mod normalised;
pub mod numbers;
pub mod ownership;
pub mod pace;
pub mod run;
pub mod silence;
pub mod vague;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use descriptor::{Answer, Measure};

/// Every measure, in the order of the report.
pub static MEASURES: &[&Measure] = &[
    &conclusion::MEASURE,
    &fillers::MEASURE,
    &vague::MEASURE,
    &metrics::MEASURE,
    &layers::MEASURE,
    &frame::MEASURE,
    &ownership::MEASURE,
    &cut::MEASURE,
    &length::MEASURE,
    &pace::MEASURE,
    &run::MEASURE,
];

/// What is found in an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measures {
    /// How long to the conclusion.
    pub time_to_conclusion: conclusion::TimeToConclusion,
    /// Sounds and words that carry nothing.
    pub fillers: fillers::Fillers,
    /// Phrases that cannot be checked.
    pub vague: vague::Vague,
    /// Numbers that measure.
    pub metrics: metrics::Metrics,
    /// The six layers of evidence.
    pub layers: layers::Layers,
    /// The order that the kind of question asks for; `null` where it asks for none.
    #[serde(default)]
    pub frame: Option<Vec<frame::Check>>,
    /// Whose actions they were.
    pub ownership: ownership::Ownership,
    /// How fast, with how much silence.
    pub pace: pace::Pace,
}
