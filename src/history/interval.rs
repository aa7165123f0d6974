//! How far a figure of a few answers can be trusted.
//!
//! **Medians** (time to conclusion, cut share, length, pace, owned share) have the interval between two order
//! statistics: the number of values below the true median is binomial with p = ½, whatever the distribution is
//! (Conover, Practical Nonparametric Statistics, 1999, section 3.2). It is exact, needs no bell curve, and takes "no
//! conclusion at all" as a value later than any other. Below six values no such interval reaches 95 %; then the whole
//! range is given with the coverage that it has: 3 values cover the median with 75 %.
//!
//! **Rates** (fillers and vague phrases a minute, metrics an answer) count rare events in little speech: two minutes
//! with no "um" do not prove a rate of zero. They have Garwood's exact Poisson interval (Biometrika 28, 1936: quantiles
//! of the gamma distribution), which stays above zero and is not symmetric, as it should be. Fillers come in bursts, so the
//! counts vary more between answers than Poisson's; the interval is that of `count / φ` events in `exposure / φ`, where
//! the dispersion φ ≥ 1 is Pearson's statistic over its degrees of freedom within weeks (`McCullagh` & Nelder,
//! Generalized Linear Models, 1989, section 6.2). A bell-curve interval would reach below zero on such counts.

#![allow(clippy::float_cmp, reason = "two infinities have no middle")]

use statrs::distribution::{Binomial, ContinuousCDF as _, DiscreteCDF as _, Gamma};

/// A figure, and what it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The figure; infinite where the median answer has none.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound; may be infinite.
    pub high: f64,
    /// How sure the bounds are, 0 to 1.
    pub confidence: f64,
}

/// The median of values in any order, with its interval; `None` of no values.
#[must_use]
pub fn median(values: &[f64], confidence: f64) -> Option<Interval> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let middle = (sorted[(n - 1) / 2], sorted[n / 2]);
    let value = if middle.0 == middle.1 { middle.0 } else { f64::midpoint(middle.0, middle.1) };
    let binomial = Binomial::new(0.5, n as u64).ok()?;
    // Between the k-th smallest and the k-th largest lies the median unless fewer than k values lie on one side of it.
    let coverage = |k: usize| if k == 0 { 1.0 } else { 1.0 - 2.0 * binomial.cdf(k as u64 - 1) };
    let best = (1..=n.div_ceil(2)).rev().find(|k| coverage(*k) >= confidence);
    Some(match best {
        Some(k) => Interval { value, low: sorted[k - 1], high: sorted[n - k], confidence: coverage(k) },
        None => Interval { value, low, high, confidence: coverage(1).max(0.0) },
    })
}

/// A rate of `count` events in `exposure` (minutes, answers), with its interval; `None` without exposure.
#[must_use]
pub fn rate(count: f64, exposure: f64, dispersion: f64, confidence: f64) -> Option<Interval> {
    if exposure <= 0.0 || !exposure.is_finite() {
        return None;
    }
    let dispersion = dispersion.max(1.0);
    let (events, per) = (count / dispersion, exposure / dispersion);
    let tail = (1.0 - confidence) / 2.0;
    let quantile = |shape: f64, at: f64| Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.inverse_cdf(at));
    let low = if events > 0.0 { quantile(events, tail) / per } else { 0.0 };
    Some(Interval { value: count / exposure, low, high: quantile(events + 1.0, 1.0 - tail) / per, confidence })
}

/// How much more the counts of answers vary than Poisson's, within groups (weeks): 1 or more, and 1 where there are fewer
/// than `least_degrees` of freedom to tell. Each group holds (count, exposure) of its answers.
#[must_use]
pub fn dispersion(groups: &[Vec<(f64, f64)>], least_degrees: usize) -> f64 {
    let (mut statistic, mut degrees) = (0.0, 0_usize);
    for group in groups {
        let (count, exposure) = group.iter().fold((0.0, 0.0), |sum, answer| (sum.0 + answer.0, sum.1 + answer.1));
        if count <= 0.0 || exposure <= 0.0 {
            continue;
        }
        degrees += group.len() - 1;
        statistic += group
            .iter()
            .map(|(seen, per)| (count / exposure * per, seen))
            .filter(|(expected, _)| *expected > 0.0)
            .map(|(expected, seen)| (seen - expected).powi(2) / expected)
            .sum::<f64>();
    }
    if degrees < least_degrees.max(1) { 1.0 } else { (statistic / degrees as f64).max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 5e-3, "{a} is not {b}");
    }

    #[test]
    fn medians_have_the_textbook_order_statistics() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        let got = median(&ten, 0.95).unwrap();
        // n = 10: the 2nd and the 9th value, 97.9 % (Conover, table A3).
        assert_eq!((got.value, got.low, got.high), (5.5, 2.0, 9.0));
        near(got.confidence, 0.9785);
        let three = median(&[3.0, 1.0, 2.0], 0.95).unwrap();
        assert_eq!((three.value, three.low, three.high), (2.0, 1.0, 3.0));
        near(three.confidence, 0.75);
        assert!(median(&[4.0], 0.95).unwrap().confidence < 1e-9);
        assert_eq!(median(&[], 0.95), None);
    }

    #[test]
    fn answers_without_a_conclusion_come_after_all_others() {
        let got = median(&[f64::INFINITY, 5.0, 9.0], 0.95).unwrap();
        assert_eq!((got.value, got.high), (9.0, f64::INFINITY));
        assert_eq!(median(&[f64::INFINITY; 2], 0.95).unwrap().value, f64::INFINITY);
    }

    #[test]
    fn rates_have_garwoods_interval() {
        // The exact Poisson limits of 0, 1 and 10 events (Garwood 1936).
        for (count, low, high) in [(0.0, 0.0, 3.689), (1.0, 0.0253, 5.572), (10.0, 4.795, 18.390)] {
            let got = rate(count, 1.0, 1.0, 0.95).unwrap();
            near(got.low, low);
            near(got.high, high);
        }
        let wide = rate(10.0, 1.0, 2.0, 0.95).unwrap();
        assert!(wide.low < 4.795 && wide.high > 18.39);
        assert_eq!(rate(3.0, 0.0, 1.0, 0.95), None);
    }

    #[test]
    fn bursts_widen_and_even_counts_do_not_narrow() {
        let bursts = vec![(0.0, 1.0), (12.0, 1.0), (0.0, 1.0), (11.0, 1.0), (1.0, 1.0), (0.0, 1.0)];
        assert!(dispersion(std::slice::from_ref(&bursts), 5) > 4.0);
        assert_eq!(dispersion(&[bursts[..3].to_vec()], 5), 1.0, "too few to tell");
        assert_eq!(dispersion(&[vec![(3.0, 1.0); 8]], 5), 1.0);
    }

    #[test]
    fn simulated_intervals_hold_what_they_promise() {
        // A linear congruential generator will do to draw from.
        let mut seed = 7_u64;
        let mut uniform = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut held, draws) = (0, 2000);
        for _ in 0..draws {
            let (mut count, mut product) = (0.0, uniform());
            while product > (-3.0_f64).exp() {
                count += 1.0;
                product *= uniform();
            }
            let got = rate(count, 2.0, 1.0, 0.95).unwrap();
            held += usize::from(got.low <= 1.5 && 1.5 <= got.high);
        }
        assert!(held as f64 / f64::from(draws) >= 0.95, "{held} of {draws}");
    }
}
