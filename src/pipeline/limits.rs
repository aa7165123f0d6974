//! `--fail-on`: limits that turn a report into an exit status.

use std::str::FromStr;

use crate::document::Report;
use crate::measures::descriptor::Measured;
use crate::measures::{MEASURES, Measure};

/// A limit: fail when the measure is over (or under) a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    measure: &'static Measure,
    over: bool,
    value: f64,
    text: String,
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
            format!(
                "cannot read the limit \"{text}\" of --fail-on; write MEASURE>NUMBER or MEASURE<NUMBER with one of {}, e.g. 'conclusion>10'",
                names.join(", ")
            )
        };
        let at = text.find(['<', '>']).ok_or_else(wrong)?;
        let (name, value) = (text[..at].trim(), text[at + 1..].trim());
        let measure = Measure::named(name).ok_or_else(wrong)?;
        let value: f64 = value.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(wrong)?;
        Ok(Self { measure, over: text.as_bytes()[at] == b'>', value, text: text.to_owned() })
    }
}

/// How a report stands against a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The limit is met.
    Met,
    /// It is missed: the limit and the figure.
    Missed(String),
    /// The report cannot tell: the limit and why.
    Unknown(String),
}

impl Limit {
    /// Holds the report against the limit.
    #[must_use]
    pub fn check(&self, report: &Report) -> Outcome {
        let value = match self.measure.of(&report.answer()) {
            // None at all is later than any limit.
            Some(Measured::Never) if self.over => {
                return Outcome::Missed(format!("{}: there is no {}", self.text, self.measure.name));
            }
            Some(measured) => measured.value(),
            None => {
                let why = match report.transcript.first_speech() {
                    None => "this transcript has no times".to_owned(),
                    Some(_) => format!("`cutlist explain {}` says when there is no figure", self.measure.name),
                };
                return Outcome::Unknown(format!("{}: {why}", self.text));
            }
        };
        let missed = if self.over { value > self.value } else { value < self.value };
        if missed { Outcome::Missed(format!("{}: it is {value:.2}", self.text)) } else { Outcome::Met }
    }
}

/// What `--help` says of `--fail-on`.
#[must_use]
pub fn help() -> String {
    let measures: Vec<String> =
        MEASURES.iter().map(|measure| format!("{} ({})", measure.name, measure.unit.name)).collect();
    format!(
        "Exit with status 1 when a measure is over or under a limit, e.g. 'conclusion>10' or 'metrics<1'; repeatable. Measures: {}. No conclusion at all is over any limit",
        measures.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_written() {
        let limit: Limit = "conclusion > 10".parse().unwrap();
        assert_eq!((limit.measure.name, limit.over, limit.value), ("conclusion", true, 10.0));
        let limit: Limit = "metrics<1".parse().unwrap();
        assert_eq!((limit.measure.name, limit.over), ("metrics", false));
    }

    #[test]
    fn every_measure_can_be_held_to_a_limit() {
        let report = include_str!("../../tests/fixtures/history/report-1.json");
        let report: Report = serde_json::from_str(report).unwrap();
        for measure in MEASURES.iter().filter(|measure| measure.of(&report.answer()).is_some()) {
            let outcome = |limit: &str| format!("{}{limit}", measure.name).parse::<Limit>().unwrap().check(&report);
            assert!(matches!(outcome(">-1"), Outcome::Missed(_)), "{}", measure.name);
            assert_eq!(outcome("<-1"), Outcome::Met, "{}", measure.name);
            assert!(help().contains(measure.name));
        }
    }

    #[test]
    fn no_conclusion_is_over_any_limit_and_under_none() {
        let report = include_str!("../../tests/fixtures/history/report-1.json");
        let mut report: Report = serde_json::from_str(report).unwrap();
        report.measures.time_to_conclusion = crate::measures::conclusion::TimeToConclusion::default();
        let check = |limit: &str| limit.parse::<Limit>().unwrap().check(&report);
        assert_eq!(check("conclusion>999"), Outcome::Missed("conclusion>999: there is no conclusion".into()));
        assert_eq!(check("conclusion<1"), Outcome::Met);
    }

    #[test]
    fn what_is_no_limit_is_refused_with_the_way_out() {
        for text in ["", "conclusion", "speed>3", "fillers>many", "fillers>nan", "é>1"] {
            assert!(text.parse::<Limit>().unwrap_err().contains("conclusion>10"), "{text}");
        }
    }
}
