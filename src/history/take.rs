//! A take's record: what is known of it without reading its report.

use std::str::FromStr;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Figures, HistoryError, Instrument};
use crate::document::Report;
use crate::files::hex;

/// How a user names a take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeName {
    /// The newest, by when it was recorded.
    Last,
    /// Its number.
    Number(i64),
    /// The beginning of its key: four letters or figures at least.
    KeyPrefix(String),
}

impl FromStr for TakeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "last" {
            return Ok(Self::Last);
        }
        let digits = text.strip_prefix('#').unwrap_or(text);
        if let Ok(number) = digits.parse::<i64>() {
            return if number > 0 { Ok(Self::Number(number)) } else { Err("takes count from 1".into()) };
        }
        if text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::KeyPrefix(text.to_lowercase()));
        }
        Err(format!("\"{text}\" names no take; write its number, `last`, or four or more characters of its key"))
    }
}

impl std::fmt::Display for TakeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Last => f.write_str("at all"),
            Self::Number(number) => write!(f, "{number}"),
            Self::KeyPrefix(prefix) => write!(f, "\"{prefix}\""),
        }
    }
}

/// A take that is kept, without its report. Corrections are in its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Take {
    /// Its number, given once and never again.
    pub id: i64,
    /// A hash that is the same wherever the take is brought.
    pub key: String,
    /// When it was recorded, or kept where that is not known; milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// When it was kept.
    pub saved_ms: i64,
    /// The file, as it was given.
    pub path: String,
    /// Hash of the file.
    pub sha256: String,
    /// Kind of question.
    pub kind: Option<String>,
    /// The question.
    pub question: Option<String>,
    /// The story it tells.
    pub story: Option<String>,
    /// What measured it.
    #[serde(flatten)]
    pub instrument: Instrument,
    /// Version of the program.
    pub cutlist_version: String,
    /// What was measured, as corrected.
    #[serde(serialize_with = "Figures::by_name")]
    pub figures: Figures,
    /// How many corrections the user made.
    pub corrections: i64,
}

/// A take to keep.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The report as JSON, every key of it, also those that this version does not know.
    pub json: String,
    /// The report as this version reads it.
    pub report: Report,
    /// When it was kept, in milliseconds since 1970.
    pub saved_ms: i64,
    /// A hash that is the same wherever the take is brought.
    pub key: String,
}

impl Entry {
    /// A report to keep. `saved_ms` goes into the key when `is_new`, so that the same analysis made twice is kept
    /// twice; what is brought from elsewhere is known again by its text.
    pub fn of_json(json: String, saved_ms: i64, is_new: bool) -> Result<Self, HistoryError> {
        let report: Report = serde_json::from_str(&json).map_err(HistoryError::NoReport)?;
        let mut hash = Sha256::new();
        hash.update(json.as_bytes());
        if is_new {
            hash.update(saved_ms.to_le_bytes());
            hash.update(std::process::id().to_le_bytes());
        }
        let key = hex(&hash.finalize()[..16]);
        Ok(Self { json, report, saved_ms, key })
    }

    /// When the take was recorded, else when it was kept; milliseconds since 1970.
    #[must_use]
    pub fn at_ms(&self) -> i64 {
        let recorded = self.report.source.recorded_at.as_deref();
        recorded
            .and_then(|time| time.parse::<jiff::Timestamp>().ok())
            .map_or(self.saved_ms, jiff::Timestamp::as_millisecond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_takes_read_as_typed() {
        assert_eq!("last".parse(), Ok(TakeName::Last));
        assert_eq!("#12".parse(), Ok(TakeName::Number(12)));
        assert_eq!("12".parse(), Ok(TakeName::Number(12)));
        assert_eq!("A3f9".parse(), Ok(TakeName::KeyPrefix("a3f9".into())));
        for wrong in ["", "0", "-3", "a3f", "tape", "1.5"] {
            assert!(wrong.parse::<TakeName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_same_text_has_the_same_key_and_a_new_analysis_one_of_its_own() {
        let json = include_str!("../../tests/fixtures/history/report-1.json").trim_end();
        let key = |ms, is_new| Entry::of_json(json.into(), ms, is_new).unwrap().key;
        assert_eq!(key(5, false), key(6, false));
        assert_ne!(key(5, true), key(6, true));
    }
}
