//! `--fail-on`: limits that turn a report into an exit status.

use std::str::FromStr;

use crate::document::Report;
use crate::judge::Verdict;

/// A measure that a limit can be put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Conclusion,
    Fillers,
    Vague,
    Length,
    Metrics,
    Cut,
}

const NAMES: [(&str, Measure); 6] = [
    ("conclusion", Measure::Conclusion),
    ("fillers", Measure::Fillers),
    ("vague", Measure::Vague),
    ("length", Measure::Length),
    ("metrics", Measure::Metrics),
    ("cut", Measure::Cut),
];

/// A limit: fail when the measure is over (or under) a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    measure: Measure,
    over: bool,
    value: f64,
    text: String,
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!(
                "cannot read the limit \"{text}\" of --fail-on; write MEASURE>NUMBER or MEASURE<NUMBER with one of {}, e.g. 'conclusion>10'",
                names.join(", ")
            )
        };
        let at = text.find(['<', '>']).ok_or_else(wrong)?;
        let (name, value) = (text[..at].trim(), text[at + 1..].trim());
        let measure = NAMES.iter().find(|(known, _)| *known == name).ok_or_else(wrong)?.1;
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
        let measures = &report.measures;
        let value = match self.measure {
            Measure::Conclusion if measures.time_to_conclusion.sentence.is_none() => {
                // None at all is later than any limit.
                return if self.over {
                    Outcome::Missed(format!("{}: there is no conclusion", self.text))
                } else {
                    Outcome::Met
                };
            }
            Measure::Conclusion => measures.time_to_conclusion.seconds.map(|seconds| seconds.0),
            Measure::Fillers => measures.fillers.per_minute,
            Measure::Vague => Some(measures.vague.per_100_words),
            Measure::Length => measures.pace.answer_s.map(|seconds| seconds.0),
            Measure::Metrics => Some(measures.metrics.count as f64),
            Measure::Cut => {
                let cut = report.cuts.iter().filter(|cut| cut.verdict == Verdict::Cut).count();
                Some(cut as f64 / report.cuts.len().max(1) as f64)
            }
        };
        let Some(value) = value else {
            return Outcome::Unknown(format!("{}: this transcript has no times", self.text));
        };
        let missed = if self.over { value > self.value } else { value < self.value };
        if missed { Outcome::Missed(format!("{}: it is {value:.2}", self.text)) } else { Outcome::Met }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_written() {
        let limit: Limit = "conclusion > 10".parse().unwrap();
        assert_eq!((limit.measure, limit.over, limit.value), (Measure::Conclusion, true, 10.0));
        let limit: Limit = "metrics<1".parse().unwrap();
        assert_eq!((limit.measure, limit.over), (Measure::Metrics, false));
    }

    #[test]
    fn what_is_no_limit_is_refused_with_the_way_out() {
        for text in ["", "conclusion", "speed>3", "fillers>many", "fillers>nan", "é>1"] {
            assert!(text.parse::<Limit>().unwrap_err().contains("conclusion>10"), "{text}");
        }
    }
}
