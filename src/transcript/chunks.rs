//! Cuts a stream of sound into stretches that a recogniser can take, always at a silence when
//! there is one.
//!
//! Works on a stream: samples are pushed as they arrive and chunks come out as they close, so a
//! microphone and a file of any length go the same way and give the same chunks. Memory holds at
//! most one chunk.

use super::filled_pause;
use super::rumble::HighPass;
use super::voice::{self, FRAME, RATE_HZ, Stretch, VoiceDetector};

/// Longest chunk. Whisper sees 30 s at once; the rest is for the tail of silence it needs.
const LONGEST_S: f64 = 28.0;
/// From this length on, the next [`GOOD_SILENCE_S`] closes the chunk. Short chunks are where the
/// verbatim prompt goes wrong most, so chunks are not cut at every pause.
const ENOUGH_S: f64 = 16.0;
/// A silence long enough to be a sentence end.
const GOOD_SILENCE_S: f64 = 0.4;
/// A silence so long that nobody comes back into the same sentence: closes any chunk with speech.
const LONG_SILENCE_S: f64 = 3.0;
/// Sound kept before the first and behind the last speech of a chunk.
const MARGIN_S: f64 = 0.25;
/// Silence behind the last speech that tells how loud the room is.
const LEVEL_TAIL_S: f64 = 0.4;

/// A stretch of the recording with the speech in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Start in the recording, in seconds.
    pub start_s: f64,
    /// Mono samples at [`RATE_HZ`], without what lies below any voice ([`HighPass`]).
    pub samples: Vec<f32>,
    /// Speech inside, in seconds from the start of the recording; never empty.
    pub speech: Vec<Stretch>,
}

/// Samples in, chunks out.
pub struct Chunker {
    filter: HighPass,
    detector: VoiceDetector,
    /// Everything since the last cut.
    samples: Vec<f32>,
    /// One probability for each whole frame of `samples`.
    probabilities: Vec<f32>,
    /// Frames before `samples[0]`.
    frames_gone: usize,
}

impl Default for Chunker {
    fn default() -> Self {
        Self {
            filter: HighPass::new(RATE_HZ),
            detector: VoiceDetector::default(),
            samples: Vec::new(),
            probabilities: Vec::new(),
            frames_gone: 0,
        }
    }
}

impl Chunker {
    /// Takes the next samples and hands out the chunks that they close.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Chunk> {
        let mut out = Vec::new();
        // Frame by frame, so that the cuts do not depend on how the samples were portioned.
        for block in samples.chunks(FRAME) {
            let from = self.samples.len();
            self.samples.extend_from_slice(block);
            self.filter.apply(&mut self.samples[from..]);
            let before = self.probabilities.len();
            self.detector.push(&self.samples[from..], &mut self.probabilities);
            if self.probabilities.len() > before {
                out.extend(self.close_if_due());
            }
        }
        out
    }

    /// The last chunk, if there is speech left.
    #[must_use]
    pub fn finish(mut self) -> Option<Chunk> {
        let frames = self.probabilities.len();
        // A last part of a frame belongs to the chunk too.
        let samples = self.samples.len();
        self.cut(frames, samples)
    }

    /// The chunk that would come out if the sound ended here, if there is speech in it; changes nothing. For a listener
    /// who starts on it before it is known whether the speaker goes on.
    #[must_use]
    pub fn peek(&self) -> Option<Chunk> {
        self.chunk(self.probabilities.len(), self.samples.len())
    }

    /// Seconds since the last speech of the chunk in the making; `None` before there is any.
    #[must_use]
    pub fn pause_s(&self) -> Option<f64> {
        let trailing = self.probabilities.iter().rev().take_while(|p| **p < voice::OFF).count();
        (trailing < self.probabilities.len()).then(|| voice::frame_s(trailing))
    }

    fn close_if_due(&mut self) -> Option<Chunk> {
        let frames = self.probabilities.len();
        let len_s = voice::frame_s(frames);
        let trailing = self.probabilities.iter().rev().take_while(|p| **p < voice::OFF).count();
        let trailing_s = voice::frame_s(trailing);
        let only_silence = trailing == frames;
        if only_silence {
            // Keep a little, so that the speech to come has its margin.
            let keep = frames_in(2.0 * MARGIN_S);
            if frames > 4 * keep {
                self.drop_frames(frames - keep);
            }
            return None;
        }
        if trailing_s >= LONG_SILENCE_S || (len_s >= ENOUGH_S && trailing_s >= GOOD_SILENCE_S) {
            return self.cut_at(frames - trailing / 2);
        }
        if len_s >= LONGEST_S {
            let at = self.best_cut(frames_in(ENOUGH_S / 2.0), frames);
            return self.cut_at(at);
        }
        None
    }

    /// The middle of the longest silence in `[lo, hi)`; without one, the frame least like speech.
    fn best_cut(&self, lo: usize, hi: usize) -> usize {
        let mut best = (0, lo);
        let mut start = None;
        for i in lo..=hi {
            let silent = i < hi && self.probabilities[i] < voice::OFF;
            match (silent, start) {
                (true, None) => start = Some(i),
                (false, Some(s)) => {
                    // On equal length the later one wins: longer chunks.
                    if i - s >= best.0 {
                        best = (i - s, usize::midpoint(s, i));
                    }
                    start = None;
                }
                _ => {}
            }
        }
        if best.0 > 0 {
            return best.1;
        }
        (lo..hi).min_by(|a, b| self.probabilities[*a].total_cmp(&self.probabilities[*b])).unwrap_or(hi)
    }

    fn cut_at(&mut self, frame: usize) -> Option<Chunk> {
        self.cut(frame, frame * FRAME)
    }

    fn cut(&mut self, frames: usize, samples: usize) -> Option<Chunk> {
        let chunk = self.chunk(frames, samples);
        self.drop_frames(frames);
        chunk
    }

    fn chunk(&self, frames: usize, samples: usize) -> Option<Chunk> {
        let offset_s = voice::frame_s(self.frames_gone);
        let probabilities = &self.probabilities[..frames];
        // Levels are compared up to a little behind the last speech, so that how long the silence has lasted changes nothing:
        // what was decoded early in a pause is what is decoded when the chunk closes.
        let heard = probabilities.iter().rposition(|p| *p >= voice::OFF).map_or(0, |last| last + 1);
        let (near, after) = probabilities.split_at((heard + frames_in(LEVEL_TAIL_S)).min(frames));
        let gated = [voice::gate(near, &self.samples).as_slice(), after].concat();
        let mut speech = voice::stretches(&gated, offset_s);
        filled_pause::add_hums(&mut speech, &self.samples[..samples], offset_s);
        match (speech.first(), speech.last()) {
            (Some(first), Some(last)) => {
                let lo = sample_at(first.start_s - MARGIN_S - offset_s).min(samples);
                let hi = sample_at(last.end_s + MARGIN_S - offset_s).clamp(lo, samples);
                let start_s = offset_s + crate::units::Seconds::of_samples(lo, RATE_HZ).0;
                Some(Chunk { start_s, samples: self.samples[lo..hi].to_vec(), speech })
            }
            _ => None,
        }
    }

    fn drop_frames(&mut self, frames: usize) {
        self.probabilities.drain(..frames);
        self.samples.drain(..(frames * FRAME).min(self.samples.len()));
        self.frames_gone += frames;
    }
}

fn sample_at(s: f64) -> usize {
    crate::units::Seconds(s).to_samples(RATE_HZ)
}

fn frames_in(s: f64) -> usize {
    sample_at(s) / FRAME
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A voiced-like buzz with a moving formant, loud enough for the detector, `len_s` long.
    fn buzz(len_s: f64) -> Vec<f32> {
        let n = sample_at(len_s);
        (0..n)
            .map(|i| {
                let t = i as f32 / 16_000.0;
                let syllable = (t * 4.0 * std::f32::consts::TAU).sin().mul_add(0.5, 0.5);
                let mut x = 0.0;
                for k in 1..30 {
                    let f = 120.0 * k as f32;
                    let formant = 1.0 / (1.0 + ((f - 600.0 - 300.0 * syllable) / 200.0).powi(2));
                    x += formant * (f * t * std::f32::consts::TAU).sin();
                }
                0.2 * x * syllable
            })
            .collect()
    }

    fn chunks_of(samples: &[f32], portion: usize) -> Vec<Chunk> {
        let mut chunker = Chunker::default();
        let mut out: Vec<Chunk> = samples.chunks(portion).flat_map(|block| chunker.push(block)).collect();
        out.extend(chunker.finish());
        out
    }

    #[test]
    fn silence_gives_no_chunk() {
        assert!(chunks_of(&vec![0.0; 16_000 * 70], 4096).is_empty());
    }

    #[test]
    fn long_speech_is_cut_within_the_recognisers_window() {
        let chunks = chunks_of(&buzz(70.0), 16_000);
        assert!(chunks.len() >= 3, "{}", chunks.len());
        assert!(chunks.iter().all(|c| c.samples.len() <= sample_at(LONGEST_S + 0.1)));
    }

    #[test]
    fn a_long_pause_parts_two_chunks_and_is_in_neither() {
        let mut samples = buzz(3.0);
        samples.extend(vec![0.0; 16_000 * 60]);
        samples.extend(buzz(3.0));
        let chunks = chunks_of(&samples, 16_000);
        assert_eq!(chunks.len(), 2);
        assert!(chunks[1].start_s > 62.0 && chunks[1].start_s < 63.1, "{}", chunks[1].start_s);
        assert!(chunks[0].samples.len() < sample_at(4.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn portions_do_not_change_the_chunks(portion in 1_usize..20_000) {
            let mut samples = buzz(18.0);
            samples.extend(vec![0.0; 16_000]);
            samples.extend(buzz(4.3));
            prop_assert_eq!(chunks_of(&samples, portion), chunks_of(&samples, samples.len()));
        }
    }
}
