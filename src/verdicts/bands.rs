//! What is good, fair and bad: the thresholds of `bands.toml`, loaded strictly.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::measures::Measure;
use crate::measures::descriptor::Better;

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

/// Between which values a figure is good, and how far outside it is fair.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lowest good value.
    #[serde(default = "no_lower_bound")]
    pub low: f64,
    /// Highest good value.
    #[serde(default = "no_upper_bound")]
    pub high: f64,
    fair_low: Option<f64>,
    fair_high: Option<f64>,
    /// Where the band is from.
    pub source: String,
}

fn no_lower_bound() -> f64 {
    f64::NEG_INFINITY
}

fn no_upper_bound() -> f64 {
    f64::INFINITY
}

impl Band {
    /// Lowest fair value.
    #[must_use]
    pub fn fair_low(&self) -> f64 {
        self.fair_low.unwrap_or(self.low)
    }

    /// Highest fair value.
    #[must_use]
    pub fn fair_high(&self) -> f64 {
        self.fair_high.unwrap_or(self.high)
    }

    /// How `value` stands. Values that are no numbers are bad.
    #[must_use]
    pub fn mark(&self, value: f64) -> Mark {
        if (self.low..=self.high).contains(&value) {
            Mark::Good
        } else if (self.fair_low()..=self.fair_high()).contains(&value) {
            Mark::Fair
        } else {
            Mark::Bad
        }
    }

    /// What is good, in the words and the unit of `measure`: "target ≤ 10 s".
    #[must_use]
    pub fn words(&self, measure: &Measure) -> String {
        match measure.better {
            Better::Lower => format!("target ≤ {}", measure.unit.bound(self.high)),
            Better::Higher => format!("target ≥ {}", measure.unit.bound(self.low)),
            Better::Inside => format!("comfortable is {}", measure.unit.range(self.low, self.high)),
        }
    }

    /// The limit of `--fail-on` that holds a report to this band: `conclusion>10`.
    #[must_use]
    pub fn limit(&self, measure: &Measure) -> String {
        match measure.better {
            Better::Higher => format!("{}<{}", measure.name, self.low),
            Better::Lower | Better::Inside => format!("{}>{}", measure.name, self.high),
        }
    }
}

/// Every band.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Bands {
    /// Seconds to the conclusion; the plan and the mock interviewer hold answers to it too.
    pub conclusion_s: Band,
    /// Level of a voice in a microphone.
    pub level_dbfs: Band,
    #[serde(flatten)]
    others: BTreeMap<String, Band>,
}

static BUNDLED: LazyLock<Bands> = builtin!("bands.toml");

impl Bands {
    /// The bands compiled in.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// The band of a measure; `None` where nobody says what is good.
    #[must_use]
    pub fn of(&self, measure: &Measure) -> Option<&Band> {
        match measure.key {
            "conclusion_s" => Some(&self.conclusion_s),
            key => self.others.get(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::MEASURES;

    #[test]
    fn the_bundled_bands_load_and_are_in_order() {
        let bands = Bands::bundled();
        for band in bands.others.values().chain([&bands.conclusion_s, &bands.level_dbfs]) {
            assert!(band.fair_low() <= band.low && band.low < band.high && band.high <= band.fair_high(), "{band:?}");
            assert!(!band.source.is_empty());
        }
    }

    #[test]
    fn every_band_is_that_of_a_measure() {
        let of_measures = MEASURES.iter().filter(|measure| Bands::bundled().of(measure).is_some()).count();
        assert_eq!(of_measures, Bands::bundled().others.len() + 1, "a key in bands.toml is that of no measure");
    }

    #[test]
    fn bounds_belong_to_the_band() {
        let band = &Bands::bundled().conclusion_s;
        assert_eq!(band.mark(10.0), Mark::Good);
        assert_eq!(band.mark(10.1), Mark::Fair);
        assert_eq!(band.mark(20.1), Mark::Bad);
        assert_eq!(band.mark(f64::NAN), Mark::Bad);
        assert_eq!(band.mark(f64::INFINITY), Mark::Bad, "what never came");
    }

    #[test]
    fn a_band_reads_in_the_unit_of_its_measure() {
        let of = |name| {
            let measure = Measure::named(name).unwrap();
            let band = Bands::bundled().of(measure).unwrap();
            (band.words(measure), band.limit(measure))
        };
        assert_eq!(of("conclusion"), ("target ≤ 10 s".into(), "conclusion>10".into()));
        assert_eq!(of("owned"), ("target ≥ 75 %".into(), "owned<0.75".into()));
        assert_eq!(of("pace"), ("comfortable is 130–170".into(), "pace>170".into()));
    }
}
