//! What is good, fair and bad: the thresholds of `bands.toml`, loaded strictly.

use serde::Deserialize;

use crate::builtin;

/// How a figure stands against its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Inside the band.
    Good,
    /// A little outside.
    Fair,
    /// Far outside.
    Bad,
    /// Nothing to hold it against.
    Neutral,
}

/// The band of one measure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lowest good value.
    pub low: f64,
    /// Highest good value.
    pub high: f64,
    /// Lowest fair value; `low` where not given.
    fair_low: Option<f64>,
    /// Highest fair value; `high` where not given.
    fair_high: Option<f64>,
    /// Where the band is from.
    pub source: String,
}

impl Band {
    /// How `value` stands. Values that are no numbers are bad.
    #[must_use]
    pub fn mark(&self, value: f64) -> Mark {
        if (self.low..=self.high).contains(&value) {
            Mark::Good
        } else if (self.fair_low.unwrap_or(self.low)..=self.fair_high.unwrap_or(self.high)).contains(&value) {
            Mark::Fair
        } else {
            Mark::Bad
        }
    }
}

/// Every band. Fields are the measures they are named after.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named after the measures")]
pub struct Bands {
    pub conclusion_s: Band,
    pub fillers_per_minute: Band,
    pub vague_per_100_words: Band,
    pub owned_share: Band,
    pub length_s: Band,
    pub words_per_minute: Band,
}

impl Bands {
    /// The bands compiled in.
    #[must_use]
    pub fn bundled() -> Self {
        builtin::read("bands.toml", include_str!("bands.toml"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_bands_load_and_are_in_order() {
        let bands = Bands::bundled();
        for band in [
            &bands.conclusion_s,
            &bands.fillers_per_minute,
            &bands.vague_per_100_words,
            &bands.owned_share,
            &bands.length_s,
            &bands.words_per_minute,
        ] {
            assert!(band.fair_low.unwrap_or(band.low) <= band.low && band.low < band.high);
            assert!(band.high <= band.fair_high.unwrap_or(band.high));
            assert!(!band.source.is_empty());
        }
    }

    #[test]
    fn bounds_belong_to_the_band() {
        let band = Bands::bundled().conclusion_s;
        assert_eq!(band.mark(10.0), Mark::Good);
        assert_eq!(band.mark(10.1), Mark::Fair);
        assert_eq!(band.mark(20.1), Mark::Bad);
        assert_eq!(band.mark(f64::NAN), Mark::Bad);
    }
}
