//! What a measure is: its names, unit, direction, definition, and how its figure is read from an
//! answer. Each measure's file declares its own with [`measure!`]; [`super::MEASURES`] lists them.

use serde::{Deserialize, Serialize, Serializer};

use super::{MEASURES, Measures};
use crate::question::Question;
use crate::transcript::Transcript;

/// An answer, as figures are read from it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What was asked.
    pub question: &'a Question,
    /// What was said.
    pub transcript: &'a Transcript,
    /// What was measured.
    pub measures: &'a Measures,
    /// Sentences that have a verdict.
    pub sentences: usize,
    /// Of these, sentences that the cut list cuts.
    pub cut: usize,
}

/// One measure. What is good is not here but in `bands.toml`, under [`Measure::key`].
#[derive(Debug)]
pub struct Measure {
    /// Its name on the command line, in trends and in `cutlist explain`.
    pub name: &'static str,
    /// Other names that it is known by.
    pub aliases: &'static [&'static str],
    /// Its name with the unit: in JSON, in tables, and in `bands.toml`.
    pub key: &'static str,
    /// What its row in the report is called.
    pub label: &'static str,
    /// What its chart is called.
    pub title: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// How its figure is read.
    pub figure: Figure,
    /// What its row in the report says.
    pub row: RowText,
    /// What it is: the documentation of the descriptor, in Markdown.
    pub definition: &'static str,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less.
    Lower,
    /// More.
    Higher,
    /// Inside the band.
    Inside,
}

/// How a figure is read from an answer; `None` where it is undefined.
#[derive(Debug, Clone, Copy)]
pub enum Figure {
    /// A value of the answer, infinite for what never came. Several answers together have a median.
    Value(fn(&Answer<'_>) -> Option<f64>),
    /// So many in so much. Several answers together have a rate.
    Rate {
        /// How many.
        count: fn(&Answer<'_>) -> usize,
        /// In how much: minutes, hundreds of words, answers.
        per: fn(&Answer<'_>) -> Option<f64>,
    },
}

/// The figure of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// A value.
    Value(f64),
    /// So many in so much, which is more than nothing.
    Rate(f64, f64),
    /// What is waited for never came: later than any number.
    Never,
}

impl Measured {
    /// As one number; infinite for what never came.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Value(value) => value,
            Self::Rate(count, per) => count / per,
            Self::Never => f64::INFINITY,
        }
    }
}

/// How the row of a measure in the report is put into words. The text that is handed in says what is good.
#[derive(Debug, Clone, Copy)]
pub enum RowText {
    /// Always.
    Told(fn(&Answer<'_>, &str) -> Told),
    /// Where there is something to say; `None` is no row at all.
    Sometimes(fn(&Answer<'_>, &str) -> Option<Told>),
}

/// What a row of the report says.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The figure.
    pub figure: String,
    /// What it is made of, and what it is held against.
    pub note: String,
    /// Where the figure is undefined: the value it is likely to have, for the mark alone.
    pub like: Option<f64>,
}

impl Told {
    /// A row whose mark is that of the figure.
    pub fn new(figure: impl Into<String>, note: impl Into<String>) -> Self {
        Self { figure: figure.into(), note: note.into(), like: None }
    }
}

/// What a measure counts in, and how that is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// In words, as a limit reads: "seconds".
    pub name: &'static str,
    sign: &'static str,
    decimals: usize,
    factor: f64,
}

impl Unit {
    /// Seconds, to a tenth.
    pub const SECONDS: Self = Self { name: "seconds", sign: " s", decimals: 1, factor: 1.0 };
    /// Seconds of something long.
    pub const WHOLE_SECONDS: Self = Self { decimals: 0, ..Self::SECONDS };
    /// A part of a whole, 0 to 1, shown as percent.
    pub const SHARE: Self = Self { name: "share, 0 to 1", sign: " %", decimals: 0, factor: 100.0 };

    /// A count or a rate, shown as a bare number.
    #[must_use]
    pub const fn plain(name: &'static str, decimals: usize) -> Self {
        Self { name, sign: "", decimals, factor: 1.0 }
    }

    /// A value as people read it.
    #[must_use]
    pub fn words(&self, value: f64) -> String {
        if value.is_infinite() {
            return "none".into();
        }
        format!("{:.*}{}", self.decimals, value * self.factor, self.sign)
    }

    /// A bound of a band: as few decimals as it has.
    #[must_use]
    pub fn bound(&self, value: f64) -> String {
        format!("{}{}", value * self.factor, self.sign)
    }

    /// From one bound to another.
    #[must_use]
    pub fn range(&self, low: f64, high: f64) -> String {
        format!("{}–{}", low * self.factor, self.bound(high))
    }
}

impl Measure {
    /// The measure of this name, case aside.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        MEASURES.iter().copied().find(|measure| is(&measure.name) || measure.aliases.iter().any(is))
    }

    /// The figure of one answer; `None` where it is undefined.
    #[must_use]
    pub fn of(&self, answer: &Answer<'_>) -> Option<Measured> {
        match self.figure {
            Figure::Value(read) => {
                read(answer).map(|value| if value.is_finite() { Measured::Value(value) } else { Measured::Never })
            }
            Figure::Rate { count, per } => {
                per(answer).filter(|per| *per > 0.0).map(|per| Measured::Rate(count(answer) as f64, per))
            }
        }
    }

    /// What is counted, for a rate.
    #[must_use]
    pub fn count(&self, answer: &Answer<'_>) -> Option<usize> {
        match self.figure {
            Figure::Rate { count, .. } => Some(count(answer)),
            Figure::Value(_) => None,
        }
    }

    /// Whether several answers together have a rate, and not a median.
    #[must_use]
    pub fn is_rate(&self) -> bool {
        matches!(self.figure, Figure::Rate { .. })
    }

    /// A value as people read it; "none" for what never came.
    #[must_use]
    pub fn words(&self, value: f64) -> String {
        self.unit.words(value)
    }
}

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// "1 word", "7 words".
#[must_use]
pub fn words(n: usize) -> String {
    if n == 1 { "1 word".into() } else { format!("{n} words") }
}

/// A phrase without the punctuation around it.
#[must_use]
pub fn plain(text: &str) -> &str {
    text.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?'))
}

/// Declares the `MEASURE` of a file; its documentation is the measure's definition.
macro_rules! measure {
    ($(#[doc = $line:literal])+ $($field:ident: $value:expr,)+) => {
        $(#[doc = $line])+
        pub static MEASURE: $crate::measures::Measure =
            $crate::measures::Measure { definition: concat!($($line, "\n"),+), $($field: $value),+ };
    };
}
pub(super) use measure;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_measures_share_a_name_or_a_key() {
        let mut names: Vec<&str> = MEASURES.iter().flat_map(|m| m.aliases.iter().chain([&m.name])).copied().collect();
        let mut keys: Vec<&str> = MEASURES.iter().map(|measure| measure.key).collect();
        for list in [&mut names, &mut keys] {
            let all = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), all, "{list:?}");
        }
    }

    #[test]
    fn a_measure_is_found_by_its_name_and_its_aliases() {
        assert_eq!(Measure::named("Pace").unwrap().key, "words_per_minute");
        assert_eq!(Measure::named("ownership").unwrap().name, "owned");
        assert!(Measure::named("charm").is_none());
    }

    #[test]
    fn values_and_bounds_are_written_in_the_unit() {
        assert_eq!(Unit::SECONDS.words(12.34), "12.3 s");
        assert_eq!(Unit::SECONDS.words(f64::INFINITY), "none");
        assert_eq!(Unit::SHARE.words(0.754), "75 %");
        assert_eq!((Unit::SHARE.bound(0.75), Unit::SECONDS.bound(10.0)), ("75 %".into(), "10 s".into()));
        assert_eq!(Unit::WHOLE_SECONDS.range(60.0, 120.0), "60–120 s");
    }
}
