//! Takes as JSON Lines, to carry elsewhere or to keep safe, and as CSV, for a spreadsheet.
//!
//! A line of an export holds all there is to a take, so that an import gives back the same history. A bare report,
//! a line of `cutlist analyze --format json`, is taken in too.

use std::io::{BufRead, Read as _};

use serde::{Deserialize, Serialize};

use super::correction::Correction;
use super::take::{Entry, Take};
use super::{Figures, HistoryError, Store};

/// The longest line that is read: a report of an hour's speech has about 3 MB.
const LONGEST_LINE: u64 = 64 << 20;

/// One take on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// Its number where it comes from; given anew where it goes.
    pub take: i64,
    /// Its hash, by which it is known again.
    pub key: String,
    /// When it was kept.
    pub saved_ms: i64,
    /// What the user said of it.
    pub corrections: Vec<Correction>,
    /// The report, every key of it.
    pub report: Box<serde_json::value::RawValue>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Takes that are new here.
    pub kept: usize,
    /// Takes that were here already.
    pub known: usize,
}

/// Why an import stopped. What was read before is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input cannot be read.
    #[error("line {line} cannot be read: {source}; the {kept} takes before it are kept")]
    Read {
        /// From 1.
        line: usize,
        /// Takes read so far.
        kept: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no take.
    #[error(
        "line {line} is no take of `cutlist history export` and no report of `cutlist analyze --format json` ({message}); the {kept} takes before it are kept"
    )]
    Line {
        /// From 1.
        line: usize,
        /// Takes read so far.
        kept: usize,
        /// What is wrong with it.
        message: String,
    },
    /// The history fails.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Takes in every line; each is on the disk before the next is read.
pub fn import(store: &mut Store, mut input: impl BufRead, now_ms: i64) -> Result<Imported, ImportError> {
    let mut done = Imported::default();
    for line in 1.. {
        let mut bytes = Vec::new();
        let total = done.kept + done.known;
        let read = (&mut input).take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes);
        let wrong = |message: String| ImportError::Line { line, kept: total, message };
        if read.map_err(|source| ImportError::Read { line, kept: total, source })? == 0 {
            break;
        }
        if bytes.len() as u64 > LONGEST_LINE {
            return Err(wrong(format!("longer than {} MiB", LONGEST_LINE >> 20)));
        }
        let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8".into()))?;
        if text.trim().is_empty() {
            continue;
        }
        let (entry, corrections) = parse(text.trim(), now_ms).map_err(|error| wrong(error.to_string()))?;
        let (_, is_new) = store.keep(&entry, &corrections)?;
        if is_new {
            done.kept += 1;
        } else {
            done.known += 1;
        }
    }
    Ok(done)
}

fn parse(text: &str, now_ms: i64) -> Result<(Entry, Vec<Correction>), serde_json::Error> {
    let unwrapped = |error| match error {
        HistoryError::NoReport(source) => source,
        other => serde::de::Error::custom(other),
    };
    match serde_json::from_str::<Line>(text) {
        Ok(line) => {
            let entry = Entry::of_json(line.report.get().to_owned(), line.saved_ms, false).map_err(unwrapped)?;
            Ok((Entry { key: line.key, ..entry }, line.corrections))
        }
        Err(_) => Ok((Entry::of_json(text.to_owned(), now_ms, false).map_err(unwrapped)?, Vec::new())),
    }
}

/// What a table of takes says of each beside its figures.
const ABOUT: [&str; 12] = [
    "take",
    "key",
    "recorded_at",
    "saved_at",
    "file",
    "sha256",
    "kind",
    "question",
    "story",
    "engine",
    "model",
    "judge",
];

/// A table of takes, a row each, with a header.
pub fn csv(takes: &[Take]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = Figures::default().columns().into_iter().map(|(name, _)| name);
    writer.write_record(ABOUT.into_iter().chain(names).chain(["corrections"]))?;
    let text = |value: &Option<String>| defused(value.as_deref().unwrap_or_default());
    for take in takes {
        let about = [
            take.id.to_string(),
            take.key.clone(),
            super::view::timestamp(take.at_ms),
            super::view::timestamp(take.saved_ms),
            defused(&take.path),
            take.sha256.clone(),
            text(&take.kind),
            text(&take.question),
            text(&take.story),
            defused(&take.instrument.engine),
            text(&take.instrument.model),
            defused(&take.instrument.judge),
        ];
        let figures = take.figures.columns().into_iter().map(|(_, value)| cell(&value));
        writer.write_record(about.into_iter().chain(figures).chain([take.corrections.to_string()]))?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A figure as a table has it.
fn cell(value: &serde_json::Value) -> String {
    match value.as_f64() {
        Some(number) if value.is_f64() => format!("{number:.3}"),
        _ if value.is_null() => String::new(),
        _ => value.to_string(),
    }
}

/// Text that a spreadsheet does not take for a formula.
pub(super) fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Ruled;

    const REPORT: &str = include_str!("../../tests/fixtures/history/report-1.json");

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.sqlite3")).unwrap();
        (folder, store)
    }

    #[test]
    fn an_export_gives_back_the_same_history() {
        let (_a, mut from) = store();
        let (id, _) = from.keep(&Entry::of_json(REPORT.trim_end().into(), 7, true).unwrap(), &[]).unwrap();
        from.correct(id, Ruled::Conclusion { sentence: Some(0) }, 9).unwrap();
        let take = from.take(id).unwrap();
        let line = serde_json::to_string(&from.export(&take).unwrap()).unwrap();
        let (_b, mut to) = store();
        assert_eq!(import(&mut to, line.as_bytes(), 99).unwrap(), Imported { kept: 1, known: 0 });
        assert_eq!(import(&mut to, line.as_bytes(), 99).unwrap(), Imported { kept: 0, known: 1 });
        assert_eq!(to.takes().unwrap(), [take]);
        assert_eq!(to.corrections(1).unwrap(), from.corrections(id).unwrap());
        assert_eq!(to.report_json(1).unwrap(), from.report_json(id).unwrap());
    }

    #[test]
    fn a_bare_report_is_a_take() {
        let (_folder, mut store) = store();
        assert_eq!(import(&mut store, REPORT.as_bytes(), 99).unwrap().kept, 1);
        assert_eq!(import(&mut store, REPORT.as_bytes(), 100).unwrap().known, 1);
    }

    #[test]
    fn a_bad_line_is_named_and_what_came_before_is_kept() {
        let (_folder, mut store) = store();
        let text = format!("{REPORT}\n\n{{\"schema_version\": 1}}\n");
        let error = import(&mut store, text.as_bytes(), 99).unwrap_err().to_string();
        assert!(error.contains("line 4") && error.contains("the 1 takes before it are kept"), "{error}");
        assert_eq!(store.takes().unwrap().len(), 1);
        assert!(import(&mut store, &b"\xff\xfe"[..], 99).unwrap_err().to_string().contains("UTF-8"));
    }
}
