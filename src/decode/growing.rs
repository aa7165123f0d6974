//! Sound from a microphone on its way to 16 kHz: the same steps as for a file, so that a take sounds the same to the
//! recogniser while it is recorded and afterwards.
//!
//! The mixer looks at five seconds before it weighs the channels, which is too long to wait when a speaker has just stopped. So
//! the sound comes out twice: `settled`, sample for sample what a file of it gives, and `early`, mixed at once by the
//! weights of the stretch before. The two are the same as long as the weights are, which for one channel is always and for two nearly so.

use super::mix::Mixer;
use super::resample::Resampler;
use super::warning::AudioWarning;

/// A stream of interleaved 16-bit frames on its way to mono at 16 kHz.
pub struct GrowingSound {
    channels: usize,
    mixer: Mixer,
    resampler: Resampler,
    early: Resampler,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
}

impl GrowingSound {
    /// A stream of `channels` samples a frame; `None` for a rate that cannot be resampled.
    #[must_use]
    pub fn new(rate_hz: u32, channels: usize) -> Option<Self> {
        Some(Self {
            channels: channels.max(1),
            mixer: Mixer::new(channels, rate_hz),
            resampler: Resampler::new(rate_hz)?,
            early: Resampler::new(rate_hz)?,
            interleaved: Vec::new(),
            mono: Vec::new(),
        })
    }

    /// Takes whole frames; appends to `settled` and `early` what is ready.
    pub fn push(&mut self, frames: &[i16], settled: &mut Vec<f32>, early: &mut Vec<f32>) {
        self.interleaved.clear();
        self.interleaved.extend(frames.iter().map(|&sample| f32::from(sample) / 32768.0));
        self.mono.clear();
        self.mixer.mix_early(&self.interleaved, &mut self.mono);
        self.early.push(&self.mono, early);
        self.mono.clear();
        self.mixer.push(&self.interleaved, &mut self.mono);
        self.resampler.push(&self.mono, settled);
    }

    /// Appends what is still inside to `settled`.
    pub fn finish(&mut self, settled: &mut Vec<f32>) {
        self.mono.clear();
        self.mixer.flush(&mut self.mono);
        self.resampler.push(&self.mono, settled);
        self.resampler.finish(settled);
    }

    /// What is odd about the sound; complete once finished.
    #[must_use]
    pub fn warnings(&self) -> Vec<AudioWarning> {
        self.mixer.warnings()
    }

    /// Samples in a frame.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::AudioReader;

    fn wav(rate_hz: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        for sample in samples {
            writer.write_sample(*sample).unwrap();
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    #[allow(clippy::cast_possible_truncation)]
    fn sound(samples: usize) -> Vec<i16> {
        (0..samples).map(|i| ((i as f32 * 0.05).sin() * (i as f32 * 0.0007).cos() * 20_000.0) as i16).collect()
    }

    #[test]
    fn live_sound_is_the_files_sound_to_the_last_sample() {
        for (rate_hz, channels) in [(48_000, 1), (44_100, 2), (16_000, 1), (16_000, 2)] {
            let samples = sound(rate_hz as usize * usize::from(channels) * 13 + 2 * usize::from(channels));
            let mut live = GrowingSound::new(rate_hz, channels.into()).unwrap();
            let (mut settled, mut early) = (Vec::new(), Vec::new());
            for part in samples.chunks(960 * usize::from(channels)) {
                live.push(part, &mut settled, &mut early);
            }
            live.finish(&mut settled);
            let file =
                AudioReader::from_bytes(wav(rate_hz, channels, &samples), "test").unwrap().read_to_end().unwrap();
            assert!(settled == file.samples, "{rate_hz} {channels}");
            assert!(early[..] == settled[..early.len()], "{rate_hz} {channels}: early sound is the same here");
            assert!(early.len() > settled.len() - 16_000, "and is not late");
        }
    }
}
