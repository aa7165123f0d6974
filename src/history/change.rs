//! Whether something changed, and if that cannot be told yet, how many answers would tell.
//!
//! The earlier half of the answers is held against the later half by the rank-sum test (Wilcoxon 1945; Mann & Whitney
//! 1947), with the normal approximation, ties and continuity corrected. It asks nothing of the shape of the figures, and takes
//! "no conclusion" as later than any other. Where no change shows, Noether's formula (JASA 82, 1987, pp. 645–647) gives the
//! number of answers at which a difference as large as the one seen would show with the wanted power:
//! `N = (z(1-α/2) + z(power))² / (12 c (1-c) (p - ½)²)`, c = ½ for halves, p the chance that a later answer is
//! above an earlier one.

#![allow(clippy::float_cmp, reason = "ties are equal figures, and infinities compare")]

use serde::Serialize;
use statrs::distribution::{ContinuousCDF as _, Normal};

/// What the answers say so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Change {
    /// Too few answers to look.
    TooFew {
        /// Further answers until there is something to look at.
        more_answers: usize,
    },
    /// Later answers differ from earlier ones.
    Changed {
        /// Whether the later figures are higher.
        is_up: bool,
        /// Chance of a difference as large if nothing had changed.
        p: f64,
    },
    /// Nothing shows yet.
    NotYet {
        /// Chance of a difference as large if nothing had changed.
        p: f64,
        /// About so many further answers would tell, if the difference is as it looks; `None` for more than are worth saying.
        more_answers: Option<usize>,
    },
}

/// How sure a change has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Level of the test.
    pub alpha: f64,
    /// Power that is planned for.
    pub power: f64,
    /// Answers in each half at least.
    pub least_half: usize,
    /// Further answers above which no number is said.
    pub most_answers: usize,
}

/// Holds later figures against earlier ones.
#[must_use]
pub fn detect(earlier: &[f64], later: &[f64], demand: &Demand) -> Change {
    let (n, m) = (earlier.len(), later.len());
    let all = n + m;
    if n.min(m) < demand.least_half {
        return Change::TooFew { more_answers: (2 * demand.least_half).saturating_sub(all).max(1) };
    }
    // Mann and Whitney's U of the later figures: pairs in which the later is higher, ties as half.
    let above: f64 = later
        .iter()
        .flat_map(|y| {
            earlier.iter().map(move |x| {
                if y > x {
                    1.0
                } else if y == x {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    let (n, m, all) = (n as f64, m as f64, all as f64);
    let (mean, chance) = (n * m / 2.0, above / (n * m));
    let mut pooled: Vec<f64> = earlier.iter().chain(later).copied().collect();
    pooled.sort_by(f64::total_cmp);
    let ties: f64 = pooled.chunk_by(|a, b| a == b).map(|run| (run.len() as f64).powi(3) - run.len() as f64).sum();
    let deviation = (n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)))).max(0.0).sqrt();
    let normal = Normal::standard();
    let p = if deviation > 0.0 {
        let z = ((above - mean).abs() - 0.5).max(0.0) / deviation;
        (2.0 * (1.0 - normal.cdf(z))).min(1.0)
    } else {
        1.0
    };
    if p < demand.alpha {
        return Change::Changed { is_up: chance > 0.5, p };
    }
    let z = normal.inverse_cdf(1.0 - demand.alpha / 2.0) + normal.inverse_cdf(demand.power);
    let needed = z * z / (3.0 * (chance - 0.5).powi(2));
    let more = (needed - all).ceil().max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be small and positive")]
    let more_answers = (more <= demand.most_answers as f64).then_some(more as usize);
    Change::NotYet { p, more_answers }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMAND: Demand = Demand { alpha: 0.01, power: 0.8, least_half: 5, most_answers: 200 };

    #[test]
    fn a_clear_change_is_seen() {
        let earlier = [30.0, 41.0, 28.0, 35.0, f64::INFINITY, 38.0, 29.0];
        let later = [8.0, 9.5, 12.0, 7.0, 6.0, 11.0, 9.0];
        let Change::Changed { is_up, p } = detect(&earlier, &later, &DEMAND) else { panic!() };
        // U = 0 of 49: the normal approximation gives 0.0022.
        assert!(!is_up && (p - 0.0022).abs() < 0.0003, "{p}");
    }

    #[test]
    fn noise_is_no_change_and_says_how_many_more_would_tell() {
        let earlier = [10.0, 14.0, 9.0, 16.0, 12.0, 11.0];
        let later = [9.0, 12.0, 8.0, 13.0, 15.0, 7.0];
        let Change::NotYet { p, more_answers } = detect(&earlier, &later, &DEMAND) else { panic!() };
        assert!(p > 0.2);
        // 12.5 of 36 pairs are higher, so p - 1/2 is 0.153 and Noether's N is 166.
        assert!((140..=200).contains(&more_answers.unwrap()), "{more_answers:?}");
        assert_eq!(detect(&[1.0; 9], &[1.0; 9], &DEMAND), Change::NotYet { p: 1.0, more_answers: None });
    }

    #[test]
    fn too_few_answers_are_said_to_be_too_few() {
        assert_eq!(detect(&[1.0; 3], &[2.0; 4], &DEMAND), Change::TooFew { more_answers: 3 });
    }
}
