//! Under what conditions a recording was made: how far the voice stands above the room, whether the line carries all of it,
//! and whether a second person speaks. Made from the sound alone, chunk by chunk.

use super::chunks::Chunk;
use super::spectrum::{self, Spectra};
use super::voice::{FRAME, RATE_HZ, frame_s};
use super::voices::Voices;
use crate::units::Seconds;

/// Speech this little above the room is hard to understand, in dB. With pink noise at 15 dB over all Whisper `base` makes half as many
/// mistakes again on the synthetic voice and misses every third filled pause; that much alone does not warn yet.
const NOISY_DB: f64 = 16.0;
/// Least speech, and least silence, that a level is read from.
const LEAST_S: f64 = 1.0;
/// The telephone's band ends at 3.4 kHz (ITU-T G.712); what a line passes above it begins here, clear of its filter's slope.
const ABOVE_TELEPHONE_HZ: f64 = 4_300.0;
/// Power above the telephone's band, relative to all of speech, under which the line has none: whole lines have
/// -35 dB or more (the study `second-voice` of `tests/eval`), nearly all telephones' -64 or less.
const NARROW_DB: f64 = -50.0;
/// Frames between those whose spectrum is looked at for the band: 50 ms.
const BAND_STEP: usize = 5;

/// What is known of the sound, summed up over chunks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    speech_power: f64,
    speech_s: f64,
    room_power: f64,
    room_s: f64,
    band_power: f64,
    upper_power: f64,
    voices: Voices,
}

impl Conditions {
    /// Those of one chunk.
    #[must_use]
    pub fn of(chunk: &Chunk) -> Self {
        let mut out = Self::default();
        for (i, frame) in chunk.samples.chunks_exact(FRAME).enumerate() {
            let (start_s, len_s) = (chunk.start_s + frame_s(i), frame_s(1));
            let power = |frame: &[f32]| frame.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / FRAME as f64;
            let spoken: f64 = chunk.speech.iter().map(|s| s.overlap_s(start_s, start_s + len_s)).sum();
            // A little clear of the edges: what trails off is neither.
            let near: f64 = chunk.speech.iter().map(|s| s.overlap_s(start_s - 0.1, start_s + len_s + 0.1)).sum();
            if spoken > 0.99 * len_s {
                out.speech_power += power(frame) * len_s;
                out.speech_s += len_s;
            } else if near <= 0.0 {
                out.room_power += power(frame) * len_s;
                out.room_s += len_s;
            }
        }
        let spectra = Spectra::new();
        out.look_at_band(chunk, &spectra);
        out.voices = Voices::of(chunk, &spectra);
        out
    }

    fn look_at_band(&mut self, chunk: &Chunk, spectra: &Spectra) {
        let step = spectrum::STEP * BAND_STEP;
        for (i, block) in chunk.samples.chunks_exact(step).enumerate() {
            let start_s = chunk.start_s + Seconds::of_samples(i * step, RATE_HZ).0;
            if chunk.speech.iter().any(|s| s.start_s <= start_s && start_s < s.end_s) {
                let power = spectra.power(&block[..spectrum::FRAME]);
                let total = |bins: std::ops::Range<usize>| power[bins].iter().map(|p| f64::from(*p)).sum::<f64>();
                self.band_power += total(0..power.len());
                self.upper_power += total(spectrum::bins(ABOVE_TELEPHONE_HZ, f64::from(RATE_HZ) / 2.0));
            }
        }
    }

    /// Adds those of the next chunk.
    pub fn add(&mut self, next: Self) {
        self.speech_power += next.speech_power;
        self.speech_s += next.speech_s;
        self.room_power += next.room_power;
        self.room_s += next.room_s;
        self.band_power += next.band_power;
        self.upper_power += next.upper_power;
        self.voices.add(next.voices);
    }

    /// How far the speech stands above the room, in dB, where that is little.
    #[must_use]
    pub fn noisy_db(&self) -> Option<f64> {
        if self.speech_s < LEAST_S || self.room_s < LEAST_S {
            return None;
        }
        let (with_room, room) = (self.speech_power / self.speech_s, self.room_power / self.room_s);
        let ratio_db = 10.0 * ((with_room - room).max(1e-12) / room.max(1e-12)).log10();
        (ratio_db < NOISY_DB).then_some(ratio_db)
    }

    /// Power above the telephone's band relative to all of speech, in dB; `None` without speech.
    #[must_use]
    pub fn upper_db(&self) -> Option<f64> {
        (self.band_power > 0.0).then(|| 10.0 * (self.upper_power / self.band_power).max(1e-20).log10())
    }

    /// Whether the sound went through a line with a telephone's band.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.speech_s >= LEAST_S && self.upper_db().is_some_and(|db| db < NARROW_DB)
    }

    /// Who speaks.
    #[must_use]
    pub fn voices(&self) -> &Voices {
        &self.voices
    }
}
