//! Any rate → 16 kHz, chunk by chunk, with no shift in time.
//!
//! The FFT resampler of `rubato` takes exact ratios, so hours of sound do not drift. It answers late by half its
//! window; `process_all` hides that but wants the whole recording in memory, so the delay is cut off here.

use rubato::audioadapter_buffers::direct::SequentialSliceOfSlices;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::RATE_HZ;

/// Frames handed to the resampler at once: some 20 ms, small against a block and large against the filter.
const CHUNK: usize = 1024;

/// A stream of mono sound on its way to 16 kHz.
pub(super) struct Resampler {
    /// None when the source is at 16 kHz already.
    engine: Option<Fft<f32>>,
    rate_hz: u32,
    waiting: Vec<f32>,
    late: usize,
    taken: u64,
    given: u64,
    room: Vec<f32>,
}

impl Resampler {
    /// A resampler from `rate_hz`; None if the library refuses the rate.
    pub(super) fn new(rate_hz: u32) -> Option<Self> {
        let engine = if rate_hz == RATE_HZ {
            None
        } else {
            Some(Fft::new(rate_hz as usize, RATE_HZ as usize, CHUNK, 1, FixedSync::Input).ok()?)
        };
        let late = engine.as_ref().map_or(0, rubato::Resampler::output_delay);
        let room = vec![0.0; engine.as_ref().map_or(0, rubato::Resampler::output_frames_max)];
        Some(Self { engine, rate_hz, waiting: Vec::new(), late, taken: 0, given: 0, room })
    }

    /// Takes the next samples and appends what is ready to `out`.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        if self.engine.is_none() {
            self.given += samples.len() as u64;
            out.extend_from_slice(samples);
            return;
        }
        self.waiting.extend_from_slice(samples);
        let mut from = 0;
        loop {
            let need = self.engine.as_ref().map_or(1, rubato::Resampler::input_frames_next);
            let waiting = std::mem::take(&mut self.waiting);
            let Some(chunk) = waiting.get(from..from + need) else {
                self.waiting = waiting[from..].to_vec();
                return;
            };
            self.run(chunk, None, out);
            from += need;
            self.waiting = waiting;
        }
    }

    /// Appends what is still inside; the total is the source's length at 16 kHz, rounded up.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        if self.engine.is_none() {
            return;
        }
        let due = (self.taken * u64::from(RATE_HZ)).div_ceil(u64::from(self.rate_hz));
        let mut rest = std::mem::take(&mut self.waiting);
        while self.given < due {
            let need = self.engine.as_ref().map_or(1, rubato::Resampler::input_frames_next);
            let filled = rest.len().min(need);
            rest.resize(need, 0.0);
            if !self.run(&rest, Some(filled), out) {
                break;
            }
            rest.clear();
        }
        let excess = usize::try_from(self.given.saturating_sub(due)).unwrap_or(0);
        out.truncate(out.len().saturating_sub(excess));
        self.given = self.given.min(due);
    }

    /// One call of the engine; false if it refuses, which a chunk of the size it asked for never makes it do.
    fn run(&mut self, chunk: &[f32], filled: Option<usize>, out: &mut Vec<f32>) -> bool {
        let Some(engine) = self.engine.as_mut() else { return false };
        let frames = self.room.len();
        let input = [chunk];
        let mut output = [self.room.as_mut_slice()];
        let Ok(input) = SequentialSliceOfSlices::new(&input, 1, chunk.len()) else { return false };
        let Ok(mut output) = SequentialSliceOfSlices::new_mut(&mut output, 1, frames) else { return false };
        let indexing = Indexing { input_offset: 0, output_offset: 0, partial_len: filled, active_channels_mask: None };
        let Ok((_, made)) = engine.process_into_buffer(&input, &mut output, Some(&indexing)) else { return false };
        let skip = self.late.min(made);
        self.late -= skip;
        out.extend_from_slice(&self.room[skip..made]);
        self.given += (made - skip) as u64;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(rate_hz: u32, input: &[f32], piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(rate_hz).unwrap();
        let mut out = Vec::new();
        for part in input.chunks(piece) {
            resampler.push(part, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn a_pulse_stays_where_it_was_at_every_rate() {
        for rate_hz in [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 44_101] {
            let mut input = vec![0.0; rate_hz as usize];
            let at = rate_hz as usize / 2;
            for sample in &mut input[at - rate_hz as usize / 2000..=at + rate_hz as usize / 2000] {
                *sample = 0.5;
            }
            let out = through(rate_hz, &input, 777);
            assert_eq!(out.len(), 16_000, "{rate_hz}");
            let peak = (0..out.len()).max_by(|&a, &b| out[a].abs().total_cmp(&out[b].abs())).unwrap();
            assert!(peak.abs_diff(8_000) <= 16, "{rate_hz}: {peak}");
        }
    }

    #[test]
    fn a_tone_keeps_its_level() {
        for rate_hz in [8_000_u32, 44_100, 48_000] {
            let input: Vec<f32> =
                (0..rate_hz).map(|i| (i as f32 / rate_hz as f32 * 440.0 * std::f32::consts::TAU).sin() * 0.5).collect();
            let out = through(rate_hz, &input, 1000);
            let rms = (out.iter().map(|s| s * s).sum::<f32>() / out.len() as f32).sqrt();
            assert!((rms - 0.3535).abs() < 0.004, "{rate_hz}: {rms}");
        }
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert!(through(44_100, &[], 10).is_empty());
        assert_eq!(through(48_000, &[0.1], 10).len(), 1);
    }

    #[test]
    fn the_size_of_the_pieces_does_not_matter() {
        let input: Vec<f32> = (0..30_000).map(|i| (i as f32 * 0.05).sin()).collect();
        assert_eq!(through(44_100, &input, 1), through(44_100, &input, 30_000));
    }
}
