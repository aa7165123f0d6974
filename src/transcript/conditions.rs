//! How far the voice stands above the room. Made from the sound alone, chunk by chunk, so it does not grow with the length.

use super::chunks::Chunk;
use super::voice::{FRAME, frame_s};

/// Speech this little above the room is hard to understand, in dB. With pink noise at 15 dB over all Whisper `base` makes half as many
/// mistakes again on the synthetic voice and misses every third filled pause; that much alone does not warn yet.
const NOISY_DB: f64 = 16.0;
/// Least speech, and least silence, that a level is read from.
const LEAST_S: f64 = 1.0;

/// What is known of the sound, summed up over chunks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    speech_power: f64,
    speech_s: f64,
    room_power: f64,
    room_s: f64,
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
        out
    }

    /// Adds those of the next chunk.
    pub fn add(&mut self, next: &Self) {
        self.speech_power += next.speech_power;
        self.speech_s += next.speech_s;
        self.room_power += next.room_power;
        self.room_s += next.room_s;
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
}
