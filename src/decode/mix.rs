//! Any number of channels → one, without losing the voice on the way.
//!
//! The plain mean halves a voice that sits in one channel of two and cancels one whose second channel is wired
//! the wrong way round. So each stretch of five seconds is looked at first: channels far below the loudest
//! weigh nothing, mirrored ones are turned round, and a constant offset is taken out. The weights glide
//! from one stretch to the next, so that no step is heard. Looking at the whole recording first would mean to
//! decode it twice, or to hold it in memory.

use super::warning::AudioWarning;

/// Length of the stretch over which weights are chosen.
const STRETCH_S: usize = 5;
/// Bound on the samples held for a stretch, all channels together (16 MB).
const MAX_HELD: usize = 4 << 20;
/// A channel this far below the loudest carries no voice of its own: cross-talk between the two halves of a stereo
/// plug is −40 dB and below, a second talker's microphone in the same room is above −30 dB.
const DEAD_RATIO: f64 = 0.01;
/// Root mean square below which a stretch counts as silent, −70 dBFS: the noise floor of a muted 16-bit input is lower,
/// that of an open microphone higher.
const SILENT_RMS: f64 = 0.000_316;
/// Correlation below which two channels are mirror images.
const MIRRORED: f64 = -0.7;
/// Offset that is taken out and reported: 1 % of full scale. Speech itself has a mean below a tenth of that over five seconds.
const DC_OFFSET: f64 = 0.01;
/// Length of the glide between the weights of two stretches.
const GLIDE_S: f64 = 0.02;
/// A sample at or above this is clipped: full scale of 16-bit sound less one step for rounding.
const CLIPPED: f32 = 0.999_9;
/// Lossy codecs overshoot full scale by up to a few dB; beyond 24 dB it is no sound.
const WILD: f32 = 16.0;
/// Clipping below one sample in a thousand is not heard.
const CLIPPING_SHARE: f64 = 0.001;
/// Speech from a usable microphone is at −40 to −15 dBFS.
const LOW_LEVEL_DBFS: f64 = -50.0;

/// Weight and offset of one channel.
#[derive(Clone, Copy, PartialEq)]
struct Gain {
    weight: f64,
    offset: f64,
}

/// What one channel did over the whole recording.
#[derive(Clone, Copy, Default)]
struct Life {
    loud_stretches: usize,
    mirrored_stretches: usize,
}

/// A stream of interleaved sound on its way to mono.
pub(super) struct Mixer {
    channels: usize,
    glide: usize,
    stretch: usize,
    held: Vec<f32>,
    gains: Vec<Gain>,
    started: bool,
    lives: Vec<Life>,
    stretches: usize,
    clipped: u64,
    wild: u64,
    samples: u64,
    energy: f64,
    mixed: u64,
    offset: f64,
}

impl Mixer {
    /// A mixer for interleaved frames of `channels` samples.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 ms of samples")]
    pub(super) fn new(channels: usize, rate_hz: u32) -> Self {
        let channels = channels.max(1);
        let frames = (rate_hz as usize * STRETCH_S).min(MAX_HELD / channels).max(1);
        Self {
            channels,
            glide: (GLIDE_S * f64::from(rate_hz)) as usize,
            stretch: frames * channels,
            held: Vec::new(),
            gains: vec![Gain { weight: 0.0, offset: 0.0 }; channels],
            started: false,
            lives: vec![Life::default(); channels],
            stretches: 0,
            clipped: 0,
            wild: 0,
            samples: 0,
            energy: 0.0,
            mixed: 0,
            offset: 0.0,
        }
    }

    /// Takes interleaved samples and appends mono ones to `out` as stretches fill up.
    pub(super) fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        for &sample in interleaved {
            let sample = self.tame(sample);
            self.held.push(sample);
            if self.held.len() >= self.stretch {
                self.flush(out);
            }
        }
    }

    /// Mixes interleaved samples at once, by the weights of the stretch before, and changes nothing: a look ahead for a
    /// listener who cannot wait for a stretch to fill up.
    pub(super) fn mix_early(&self, interleaved: &[f32], out: &mut Vec<f32>) {
        let idle = Gain { weight: 1.0 / self.channels as f64, offset: 0.0 };
        for frame in interleaved.chunks_exact(self.channels) {
            let gains = self.gains.iter().map(|gain| if self.started { *gain } else { idle });
            let sum: f64 =
                frame.iter().zip(gains).map(|(&sample, gain)| gain.weight * (f64::from(sample) - gain.offset)).sum();
            #[allow(clippy::cast_possible_truncation, reason = "sound fits f32")]
            out.push(sum as f32);
        }
    }

    /// Takes `frames` of silence, in place of sound that cannot be decoded.
    pub(super) fn push_silence(&mut self, frames: usize, out: &mut Vec<f32>) {
        for _ in 0..frames * self.channels {
            self.held.push(0.0);
            if self.held.len() >= self.stretch {
                self.flush(out);
            }
        }
    }

    /// Mixes the last, unfinished stretch.
    pub(super) fn flush(&mut self, out: &mut Vec<f32>) {
        let held = std::mem::take(&mut self.held);
        if held.len() < self.channels {
            return;
        }
        let target = self.choose(&held);
        if !self.started {
            self.gains.clone_from(&target);
            self.started = true;
        }
        for (i, frame) in held.chunks_exact(self.channels).enumerate() {
            let share = if i >= self.glide { 1.0 } else { (i + 1) as f64 / self.glide as f64 };
            let sum: f64 = frame
                .iter()
                .zip(self.gains.iter().zip(&target))
                .map(|(&sample, (old, new))| {
                    let weight = old.weight + (new.weight - old.weight) * share;
                    let offset = old.offset + (new.offset - old.offset) * share;
                    weight * (f64::from(sample) - offset)
                })
                .sum();
            self.energy += sum * sum;
            self.mixed += 1;
            #[allow(clippy::cast_possible_truncation, reason = "sound fits f32")]
            out.push(sum as f32);
        }
        self.gains = target;
        self.held = held;
        self.held.clear();
    }

    /// What was odd about the whole recording.
    pub(super) fn warnings(&self) -> Vec<AudioWarning> {
        let mut warnings = Vec::new();
        for (i, life) in self.lives.iter().enumerate() {
            if self.stretches > 0 && life.loud_stretches == 0 {
                warnings.push(AudioWarning::DeadChannel { channel: i + 1, channels: self.channels });
            } else if life.mirrored_stretches * 2 > life.loud_stretches {
                warnings.push(AudioWarning::OppositePhase { channel: i + 1 });
            }
        }
        let share = self.clipped as f64 / self.samples.max(1) as f64;
        if share >= CLIPPING_SHARE {
            warnings.push(AudioWarning::Clipping { share });
        }
        if self.offset.abs() >= DC_OFFSET {
            warnings.push(AudioWarning::DcOffset { offset: self.offset });
        }
        if self.wild > 0 {
            warnings.push(AudioWarning::WildSamples { count: self.wild });
        }
        let level_dbfs = 10.0 * (self.energy / self.mixed.max(1) as f64).max(1e-20).log10();
        if self.stretches == 0 && level_dbfs < -65.0 {
            warnings.push(AudioWarning::Silent);
        } else if level_dbfs < LOW_LEVEL_DBFS {
            warnings.push(AudioWarning::LowLevel { level_dbfs });
        }
        warnings
    }

    fn tame(&mut self, sample: f32) -> f32 {
        self.samples += 1;
        if !sample.is_finite() {
            self.wild += 1;
            return 0.0;
        }
        if sample.abs() >= CLIPPED {
            self.clipped += 1;
            if sample.abs() > WILD {
                self.wild += 1;
                return sample.signum();
            }
        }
        sample
    }

    /// Weights for one stretch; those of the stretch before when nobody speaks in it.
    fn choose(&mut self, held: &[f32]) -> Vec<Gain> {
        let frames = (held.len() / self.channels) as f64;
        let means: Vec<f64> =
            (0..self.channels).map(|c| self.channel(held, c).map(f64::from).sum::<f64>() / frames).collect();
        let powers: Vec<f64> = (0..self.channels)
            .map(|c| self.channel(held, c).map(|s| (f64::from(s) - means[c]).powi(2)).sum::<f64>() / frames)
            .collect();
        let loudest =
            (0..self.channels).max_by(|&a, &b| powers[a].total_cmp(&powers[b]).then(b.cmp(&a))).unwrap_or_default();
        let offsets = means.iter().map(|&mean| if mean.abs() >= DC_OFFSET { mean } else { 0.0 });
        if powers[loudest].sqrt() < SILENT_RMS {
            let idle = 1.0 / self.channels as f64;
            return offsets
                .zip(&self.gains)
                .map(|(offset, old)| Gain { weight: if self.started { old.weight } else { idle }, offset })
                .collect();
        }
        if means[loudest].abs() > self.offset.abs() {
            self.offset = means[loudest];
        }
        self.stretches += 1;
        let mut gains = Vec::with_capacity(self.channels);
        for (c, offset) in offsets.enumerate() {
            if powers[c] < powers[loudest] * DEAD_RATIO * DEAD_RATIO {
                gains.push(Gain { weight: 0.0, offset });
                continue;
            }
            self.lives[c].loud_stretches += 1;
            let shared: f64 = self
                .channel(held, c)
                .zip(self.channel(held, loudest))
                .map(|(a, b)| (f64::from(a) - means[c]) * (f64::from(b) - means[loudest]))
                .sum::<f64>()
                / frames;
            let mirrored = shared / (powers[c] * powers[loudest]).sqrt() < MIRRORED;
            self.lives[c].mirrored_stretches += usize::from(mirrored);
            gains.push(Gain { weight: if mirrored { -1.0 } else { 1.0 }, offset });
        }
        let live = gains.iter().map(|gain| gain.weight.abs()).sum::<f64>().max(1.0);
        for gain in &mut gains {
            gain.weight /= live;
        }
        gains
    }

    fn channel<'a>(&self, held: &'a [f32], channel: usize) -> impl Iterator<Item = f32> + use<'a> {
        held.iter().skip(channel).step_by(self.channels).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(level: f32) -> Vec<f32> {
        (0..16_000).map(|i| (i as f32 * 0.2).sin() * level).collect()
    }

    fn mix(channels: &[Vec<f32>]) -> (f32, Vec<&'static str>) {
        let mut mixer = Mixer::new(channels.len(), 16_000);
        let frames: Vec<f32> =
            (0..channels[0].len()).flat_map(|i| channels.iter().map(move |channel| channel[i])).collect();
        let mut out = Vec::new();
        mixer.push(&frames, &mut out);
        mixer.flush(&mut out);
        assert_eq!(out.len(), channels[0].len());
        let rms = (out.iter().map(|s| s * s).sum::<f32>() / out.len() as f32).sqrt();
        (rms, mixer.warnings().iter().map(AudioWarning::code).collect())
    }

    #[test]
    fn equal_channels_keep_the_level() {
        let (rms, warnings) = mix(&[tone(0.5), tone(0.5)]);
        assert!((rms - 0.3535).abs() < 0.003, "{rms}");
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_dead_channel_does_not_halve_the_voice() {
        let (rms, warnings) = mix(&[vec![0.0; 16_000], tone(0.5)]);
        assert!((rms - 0.3535).abs() < 0.003, "{rms}");
        assert_eq!(warnings, ["dead_channel"]);
    }

    #[test]
    fn a_dead_channel_that_sits_off_zero_is_dead_too() {
        let (rms, warnings) = mix(&[tone(0.5), vec![0.2; 16_000]]);
        assert!((rms - 0.3535).abs() < 0.003, "{rms}");
        assert_eq!(warnings, ["dead_channel"]);
    }

    #[test]
    fn mirrored_channels_do_not_cancel() {
        let (rms, warnings) = mix(&[tone(0.5), tone(-0.5)]);
        assert!((rms - 0.3535).abs() < 0.003, "{rms}");
        assert_eq!(warnings, ["opposite_phase"]);
    }

    #[test]
    fn a_quarter_turn_between_channels_is_no_mirror() {
        let shifted: Vec<f32> = (0..16_000).map(|i| (i as f32 * 0.2 + 1.5).sin() * 0.5).collect();
        assert_eq!(mix(&[tone(0.5), shifted]).1, Vec::<&str>::new());
    }

    #[test]
    fn two_people_on_two_channels_are_both_heard_in_full_when_alone() {
        let quiet = vec![0.0; 80_000];
        let loud: Vec<f32> = (0..80_000).map(|i| (i as f32 * 0.2).sin() * 0.5).collect();
        let left = [loud.clone(), quiet.clone()].concat();
        let right = [quiet, loud].concat();
        let (rms, warnings) = mix(&[left, right]);
        assert!((rms - 0.3535).abs() < 0.01, "{rms}");
        assert_eq!(warnings, Vec::<&str>::new());
    }

    #[test]
    fn an_offset_is_taken_out_and_told() {
        let off: Vec<f32> = tone(0.5).iter().map(|s| s + 0.1).collect();
        let (rms, warnings) = mix(&[off]);
        assert!((rms - 0.3535).abs() < 0.003, "{rms}");
        assert_eq!(warnings, ["dc_offset"]);
    }

    #[test]
    fn wild_samples_become_sound_and_are_counted() {
        let mut wild = tone(0.5);
        wild[5] = f32::NAN;
        wild[6] = f32::NEG_INFINITY;
        wild[7] = 1e30;
        let (rms, warnings) = mix(&[wild]);
        assert!(rms.is_finite());
        assert_eq!(warnings, ["wild_samples"]);
    }

    #[test]
    fn clipping_quietness_and_silence_are_told() {
        let clipped: Vec<f32> = tone(3.0).iter().map(|s| s.clamp(-1.0, 1.0)).collect();
        assert_eq!(mix(&[clipped]).1, ["clipping"]);
        assert_eq!(mix(&[tone(0.002)]).1, ["low_level"]);
        assert_eq!(mix(&[vec![0.0; 16_000]]).1, ["silent"]);
    }
}
