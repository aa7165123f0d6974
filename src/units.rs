//! Units that a bare number would hide.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A position in the recording, or a length of time, in seconds.
///
/// Positions count from the start of the recording. Serialised as a plain number, rounded to the
/// millisecond: finer than any microphone's clock is true, and short enough to read.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// No time at all; also the start of the recording.
    pub const ZERO: Self = Self(0.0);

    /// The time of sample number `index` at `rate_hz` samples a second.
    #[must_use]
    pub fn of_samples(index: usize, rate_hz: u32) -> Self {
        Self(index as f64 / f64::from(rate_hz))
    }

    /// The sample nearest to this time at `rate_hz`; 0 for times before the start.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
    pub fn to_samples(self, rate_hz: u32) -> usize {
        (self.0 * f64::from(rate_hz)).round().max(0.0) as usize
    }

    /// To the millisecond, as it is written down.
    #[must_use]
    pub fn to_the_millisecond(self) -> Self {
        Self((self.0 * 1000.0).round() / 1000.0)
    }

    /// The later of two times.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The earlier of two times.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Whole minutes and seconds, as a listener would write them: `1:07`.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
    pub fn clock(self) -> String {
        let whole = self.0.max(0.0).round() as u64;
        format!("{}:{:02}", whole / 60, whole % 60)
    }
}

impl Serialize for Seconds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_the_millisecond().0)
    }
}

impl Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Seconds {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Seconds {
    fn sum<I: Iterator<Item = Self>>(times: I) -> Self {
        times.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Seconds {
    /// One decimal and the unit: `6.4 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_and_seconds_are_inverse() {
        assert_eq!(Seconds::of_samples(24_000, 16_000), Seconds(1.5));
        assert_eq!(Seconds(1.5).to_samples(16_000), 24_000);
        assert_eq!(Seconds(-1.0).to_samples(16_000), 0);
    }

    #[test]
    fn a_clock_reads_minutes_and_seconds() {
        assert_eq!(Seconds(67.4).clock(), "1:07");
        assert_eq!(Seconds(-3.0).clock(), "0:00");
    }

    #[test]
    fn json_is_rounded_to_the_millisecond() {
        assert_eq!(serde_json::to_string(&Seconds(1.234_56)).unwrap(), "1.235");
    }
}
