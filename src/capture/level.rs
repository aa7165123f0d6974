//! The level meter: how loud, clipped or not, and whether anything is heard at all.
//!
//! Levels are dBFS of the root mean square over [`WINDOW_S`]: 0 is a square wave at full scale (AES17 calls a full-scale
//! sine 0 dBFS, which is 3 dB more; the plain reading suits a meter that only says "louder" and "closer").

/// Length of a reading: VU meters integrate over 300 ms, peak meters over 10; a third of a VU's follows syllables.
const WINDOW_S: f64 = 0.1;
/// Speech into a usable microphone is at −40 to −15 dBFS (see `decode`'s `low_level`); a room without a voice is under −55.
const HEARD_DBFS: f64 = -50.0;
/// A voice that has not come by then is worth a hint: the countdown and a breath are shorter.
const HINT_AFTER_S: f64 = 4.0;
/// A reading this low is no room but a muted input: a 16-bit converter's last bit is at −90 dBFS.
const MUTED_DBFS: f64 = -85.0;
/// How long the meter remembers that it clipped.
const CLIP_SHOWN_S: f64 = 2.0;
/// The floor of what is shown.
pub const FLOOR_DBFS: f64 = -100.0;

/// What the meter shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Level of the last window, not under [`FLOOR_DBFS`].
    pub level_dbfs: f64,
    /// Loudest sample since the start, not under [`FLOOR_DBFS`].
    pub peak_dbfs: f64,
    /// Whether the sound clipped in the last seconds.
    pub is_clipping: bool,
    /// Samples at full scale since the start.
    pub clipped: u64,
    /// What to tell the speaker.
    pub hint: Option<Hint>,
}

/// What is wrong with the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Digital silence: muted, or not connected.
    Muted,
    /// A room, but no voice.
    NothingHeard,
    /// Full scale is reached again and again.
    Clipping,
}

impl Hint {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Muted => "the input is silent: is it muted, is the right microphone chosen?",
            Self::NothingHeard => "nothing heard: is the right microphone chosen?",
            Self::Clipping => "too loud: turn the input down or move back",
        }
    }
}

/// Samples in, readings out.
#[derive(Debug)]
pub struct Meter {
    window: usize,
    rate: f64,
    sum: f64,
    in_window: usize,
    samples: u64,
    level_dbfs: f64,
    loudest_dbfs: f64,
    peak: u16,
    clipped: u64,
    last_clip: Option<u64>,
    heard: bool,
}

impl Meter {
    /// A meter for so many samples a second, all channels together.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a tenth of a second of samples")]
    pub fn new(rate_hz: u32, channels: u16) -> Self {
        let rate = f64::from(rate_hz) * f64::from(channels);
        Self {
            window: ((rate * WINDOW_S) as usize).max(1),
            rate,
            sum: 0.0,
            in_window: 0,
            samples: 0,
            level_dbfs: FLOOR_DBFS,
            loudest_dbfs: FLOOR_DBFS,
            peak: 0,
            clipped: 0,
            last_clip: None,
            heard: false,
        }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[i16]) {
        for &sample in samples {
            self.samples += 1;
            self.peak = self.peak.max(sample.unsigned_abs());
            if sample == i16::MAX || sample == i16::MIN {
                self.clipped += 1;
                self.last_clip = Some(self.samples);
            }
            self.sum += (f64::from(sample) / 32768.0).powi(2);
            self.in_window += 1;
            if self.in_window == self.window {
                self.level_dbfs = dbfs((self.sum / self.window as f64).sqrt());
                self.loudest_dbfs = self.loudest_dbfs.max(self.level_dbfs);
                self.heard |= self.level_dbfs >= HEARD_DBFS;
                self.sum = 0.0;
                self.in_window = 0;
            }
        }
    }

    /// What the meter shows now.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let since = |at: u64| (self.samples - at) as f64 / self.rate;
        let is_clipping = self.last_clip.is_some_and(|at| since(at) < CLIP_SHOWN_S);
        let waited = self.samples as f64 / self.rate >= HINT_AFTER_S;
        let hint = if is_clipping {
            Some(Hint::Clipping)
        } else if !self.heard && waited {
            Some(if self.loudest_dbfs < MUTED_DBFS { Hint::Muted } else { Hint::NothingHeard })
        } else {
            None
        };
        Reading {
            level_dbfs: self.level_dbfs,
            peak_dbfs: dbfs(f64::from(self.peak) / 32768.0),
            is_clipping,
            clipped: self.clipped,
            hint,
        }
    }
}

/// An amplitude (1 is full scale) in dBFS, not under [`FLOOR_DBFS`].
#[must_use]
pub fn dbfs(amplitude: f64) -> f64 {
    (20.0 * amplitude.max(1e-12).log10()).max(FLOOR_DBFS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::cast_possible_truncation)]
    fn tone(level: f64, seconds: usize) -> Vec<i16> {
        (0..16_000 * seconds).map(|i| ((i as f64 * 0.2).sin() * level * 32767.0) as i16).collect()
    }

    fn after(samples: &[i16]) -> Reading {
        let mut meter = Meter::new(16_000, 1);
        meter.push(samples);
        meter.reading()
    }

    #[test]
    fn a_half_scale_sine_is_nine_db_under_full_scale() {
        let reading = after(&tone(0.5, 1));
        assert!((reading.level_dbfs + 9.03).abs() < 0.1, "{reading:?}");
        assert!((reading.peak_dbfs + 6.02).abs() < 0.1, "{reading:?}");
        assert_eq!(reading.hint, None);
    }

    #[test]
    fn a_muted_input_and_a_wrong_microphone_are_told_apart() {
        assert_eq!(after(&vec![0; 16_000 * 5]).hint, Some(Hint::Muted));
        assert_eq!(after(&tone(0.001, 5)).hint, Some(Hint::NothingHeard));
        assert_eq!(after(&vec![0; 16_000 * 3]).hint, None, "there is time to breathe in first");
    }

    #[test]
    fn a_voice_that_came_once_silences_the_hint() {
        let mut samples = tone(0.2, 1);
        samples.extend(vec![0; 16_000 * 30]);
        assert_eq!(after(&samples).hint, None);
    }

    #[test]
    fn clipping_is_shown_for_a_while_and_counted_for_ever() {
        let mut samples = tone(0.2, 1);
        samples.extend([i16::MAX, i16::MIN]);
        assert_eq!((after(&samples).hint, after(&samples).clipped), (Some(Hint::Clipping), 2));
        samples.extend(tone(0.2, 3));
        assert_eq!((after(&samples).is_clipping, after(&samples).clipped), (false, 2));
    }
}
