//! Any audio file → mono `f32` at 16 kHz, block by block.
//!
//! Reads wav, aiff, flac, mp3, m4a (AAC-LC, ALAC), ogg (Vorbis) and mkv/webm with those codecs. Opus is not among them:
//! there is no decoder in pure Rust here, so the error says how to convert it.
//!
//! [`AudioReader`] hands out blocks of 30 s and holds no more than one of them, so memory does not grow with the length;
//! [`decode_all`] is for what is known to be short (60 minutes are 230 MB). Times are those of the file as a player
//! shows it: the delay of the resampler is cut off, and so is the lead that an encoder put before the sound if the
//! container says so (LAME header, mp4 edit list).

mod container;
mod error;
mod frames;
mod growing;
mod header;
mod mix;
mod resample;
mod sniff;
mod source;
mod warning;

use std::io::Read;
use std::path::Path;

pub use error::DecodeError;
pub use frames::Frames;
pub use growing::GrowingSound;
pub use warning::AudioWarning;

use crate::units::Seconds;
use container::{Container, Piece};
use header::Edit;
use mix::Mixer;
use resample::Resampler;
use source::{Bytes, Repaired};

/// Samples a second of everything after this stage: what Whisper takes.
pub const RATE_HZ: u32 = 16_000;
/// Samples in a block: 30 s, Whisper's window.
pub const BLOCK: usize = 30 * RATE_HZ as usize;
/// The longest recording that is read.
pub const MAX_HOURS: u32 = 6;
/// The largest pipe that is read; files have no such bound.
pub const MAX_SPOOL_GIB: u64 = 2;
/// The most channels that are read: large microphone arrays have 32.
pub const MAX_CHANNELS: usize = 64;

/// Sampling rates in use run from 4 kHz (old dictaphones) to 768 kHz (studio converters).
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=768_000;
/// The header's length may be off by this before the file counts as cut off: the last packet, rounding.
const CUT_OFF_S: f64 = 0.1;

/// What a recording is, apart from its sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The path as given, or `-`.
    pub name: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The container, e.g. `wave`.
    pub container: &'static str,
    /// Samples a second in the file.
    pub sample_rate_hz: u32,
    /// Channels in the file.
    pub channels: usize,
    /// Length by the header, which may be missing or wrong; the true one is known at the end.
    pub stated: Option<Seconds>,
}

/// A stretch of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Where it starts.
    pub start: Seconds,
    /// Mono, −1 to 1, at [`RATE_HZ`].
    pub samples: Vec<f32>,
}

/// A whole recording in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// Mono, −1 to 1, at [`RATE_HZ`].
    pub samples: Vec<f32>,
    /// What it was read from.
    pub source: Source,
    /// What is odd about it.
    pub warnings: Vec<AudioWarning>,
}

impl Audio {
    /// Its length.
    #[must_use]
    pub fn duration(&self) -> Seconds {
        Seconds::of_samples(self.samples.len(), RATE_HZ)
    }
}

/// Decodes a file into memory; see [`AudioReader`] for the form that does not grow with the length.
pub fn decode_all(path: &Path) -> Result<Audio, DecodeError> {
    AudioReader::open(path)?.read_to_end()
}

/// A recording that is decoded as it is read; an iterator over its [`Block`]s.
///
/// All blocks but the last hold exactly [`BLOCK`] samples. After an error the iterator ends. Warnings are complete
/// once it has ended.
///
/// ```no_run
/// use cutlist::decode::AudioReader;
///
/// let mut audio = AudioReader::open("answer.m4a".as_ref())?;
/// for block in &mut audio {
///     println!("{} samples from {}", block?.samples.len(), "there on");
/// }
/// for warning in audio.warnings() {
///     println!("{}: {warning}", warning.code());
/// }
/// # Ok::<(), cutlist::decode::DecodeError>(())
/// ```
pub struct AudioReader {
    source: Source,
    container: Container,
    mixer: Mixer,
    resampler: Resampler,
    /// Frames still to leave out at the start.
    skip: u64,
    /// Frames still to take; None for no bound.
    play: Option<u64>,
    /// Frames taken so far.
    taken: u64,
    /// Whether the stated length is exact enough to tell that sound is missing.
    trusts_length: bool,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
    ready: Vec<f32>,
    handed_out: usize,
    sound: usize,
    damaged: usize,
    notes: Vec<AudioWarning>,
    ended: bool,
    /// The sound as it is, for [`Frames`]; then nothing is mixed or resampled.
    as_is: Option<Vec<f32>>,
}

impl std::fmt::Debug for AudioReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AudioReader").field("source", &self.source).finish_non_exhaustive()
    }
}

impl AudioReader {
    /// Opens a file, hashes it, and decodes as far as the first sound.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        let extension = path.extension().and_then(std::ffi::OsStr::to_str);
        Self::start(Bytes::open(path)?, path.display().to_string(), extension, false)
    }

    /// The same, for [`Self::next_frames`].
    fn open_as_is(path: &Path) -> Result<Self, DecodeError> {
        let extension = path.extension().and_then(std::ffi::OsStr::to_str);
        Self::start(Bytes::open(path)?, path.display().to_string(), extension, true)
    }

    /// Reads a file that is in memory; `name` is what messages call it.
    pub fn from_bytes(bytes: Vec<u8>, name: &str) -> Result<Self, DecodeError> {
        Self::start(Bytes::Memory(std::io::Cursor::new(bytes)), name.to_owned(), None, false)
    }

    /// Reads a pipe to its end, then decodes it; more than 16 MB of it wait in a temporary file.
    pub fn from_pipe(pipe: impl Read, name: &str) -> Result<Self, DecodeError> {
        Self::start(Bytes::spool(pipe, name)?, name.to_owned(), None, false)
    }

    fn start(mut bytes: Bytes, name: String, extension: Option<&str>, as_is: bool) -> Result<Self, DecodeError> {
        let failed = |source| DecodeError::Io { name: name.clone(), source };
        let (sha256, length) = bytes.hash().map_err(failed)?;
        if length == 0 {
            return Err(DecodeError::Empty { name });
        }
        let head = bytes.head(sniff::HEAD).map_err(failed)?;
        sniff::refuse(&name, &head)?;
        let patches = if head.starts_with(b"RIFF") { header::repair_wav(&mut bytes, length) } else { Vec::new() };
        let edit = if head.get(4..8) == Some(b"ftyp") { header::mp4_edit(&mut bytes, length) } else { None };
        let repaired = Repaired::new(bytes, length, patches).map_err(failed)?;
        let mut container = Container::open(repaired, &name, extension)?;

        let stated_s = container.stated_s;
        // Below 100 bytes a second no codec carries speech: such a length is a damaged header, not a long file.
        let plausible = |stated_s: &f64| stated_s.is_finite() && stated_s * 100.0 <= length as f64;
        if stated_s.filter(plausible).is_some_and(|s| s > f64::from(MAX_HOURS) * 3600.0) {
            return Err(DecodeError::TooLong { name });
        }

        let mut interleaved = Vec::new();
        let mut damaged = 0;
        let mut lead_s = 0.0;
        let (rate_hz, channels) = loop {
            match container.next(&mut interleaved) {
                Piece::Sound { rate_hz, channels } if !interleaved.is_empty() => break (rate_hz, channels),
                Piece::Sound { channels: 0, .. } => return Err(DecodeError::ImplausibleChannels { name, channels: 0 }),
                Piece::Sound { .. } => {}
                Piece::Damaged { length_s } => {
                    damaged += 1;
                    lead_s += length_s;
                }
                Piece::End | Piece::CutOff | Piece::GaveUp if damaged == 0 => {
                    return Err(DecodeError::ZeroSamples { name });
                }
                Piece::End | Piece::CutOff | Piece::GaveUp => {
                    return Err(DecodeError::Damaged { name, problem: "not one packet of it can be decoded".into() });
                }
            }
        };
        if !RATES_HZ.contains(&rate_hz) {
            return Err(DecodeError::ImplausibleRate { name, rate_hz });
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(DecodeError::ImplausibleChannels { name, channels });
        }
        let Some(resampler) = Resampler::new(rate_hz) else {
            return Err(DecodeError::ImplausibleRate { name, rate_hz });
        };
        // An mp3 without such a header has no length; the library estimates one from its first packets.
        let is_mpeg = matches!(container.kind, "mp1" | "mp2" | "mp3");
        let trusts_length = !is_mpeg || [b"Xing", b"Info", b"VBRI"].iter().any(|tag| sniff::holds(&head, *tag));
        let edit = edit.unwrap_or(Edit { pad_s: 0.0, skip_s: 0.0, play_s: None });
        let mut reader = Self {
            source: Source {
                name,
                sha256,
                bytes: length,
                container: container.kind,
                sample_rate_hz: rate_hz,
                channels,
                stated: edit.play_s.or(stated_s.map(|s| s - edit.skip_s)).map(|s| Seconds(s + edit.pad_s)),
            },
            container,
            mixer: Mixer::new(channels, rate_hz),
            resampler,
            skip: frames(edit.skip_s, rate_hz),
            play: edit.play_s.map(|s| frames(s, rate_hz)),
            taken: 0,
            trusts_length,
            interleaved,
            mono: Vec::new(),
            ready: Vec::new(),
            handed_out: 0,
            sound: 1,
            damaged,
            notes: Vec::new(),
            ended: false,
            as_is: as_is.then(Vec::new),
        };
        reader.take_silence(frames(edit.pad_s, rate_hz), false);
        reader.take_silence(frames(lead_s.min(f64::from(MAX_HOURS) * 3600.0), rate_hz), true);
        reader.take_sound(channels);
        Ok(reader)
    }

    /// What is being read.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Length of what has been decoded so far; the length of the recording once the blocks have ended.
    #[must_use]
    pub fn decoded(&self) -> Seconds {
        Seconds(self.taken as f64 / f64::from(self.source.sample_rate_hz))
    }

    /// What is odd about the sound so far; complete once the blocks have ended.
    #[must_use]
    pub fn warnings(&self) -> Vec<AudioWarning> {
        let mut warnings = self.notes.clone();
        if self.damaged > 0 {
            warnings.push(AudioWarning::DamagedPackets { count: self.damaged });
        }
        warnings.extend(self.mixer.warnings());
        warnings
    }

    /// The rest of the recording, in memory.
    pub fn read_to_end(mut self) -> Result<Audio, DecodeError> {
        let mut samples = Vec::new();
        for block in &mut self {
            samples.append(&mut block?.samples);
        }
        let warnings = self.warnings();
        Ok(Audio { samples, source: self.source, warnings })
    }

    /// The next stretch; None at the end.
    pub fn next_block(&mut self) -> Result<Option<Block>, DecodeError> {
        while self.ready.len() < BLOCK && !self.ended {
            if let Err(error) = self.step() {
                self.ended = true;
                self.ready.clear();
                return Err(error);
            }
        }
        if self.ready.is_empty() {
            return Ok(None);
        }
        let rest = self.ready.split_off(self.ready.len().min(BLOCK));
        let samples = std::mem::replace(&mut self.ready, rest);
        let start = Seconds::of_samples(self.handed_out, RATE_HZ);
        self.handed_out += samples.len();
        Ok(Some(Block { start, samples }))
    }

    /// The next interleaved samples as they are; None at the end.
    fn next_frames(&mut self) -> Result<Option<Vec<f32>>, DecodeError> {
        loop {
            if let Some(frames) = self.as_is.as_mut().filter(|frames| !frames.is_empty()) {
                return Ok(Some(std::mem::take(frames)));
            }
            if self.ended {
                return Ok(None);
            }
            if let Err(error) = self.step() {
                self.ended = true;
                return Err(error);
            }
        }
    }

    fn step(&mut self) -> Result<(), DecodeError> {
        let rate_hz = self.source.sample_rate_hz;
        match self.container.next(&mut self.interleaved) {
            Piece::Sound { rate_hz: now_hz, channels } if now_hz == rate_hz && channels > 0 => {
                self.sound += 1;
                self.take_sound(channels);
            }
            Piece::Sound { .. } => {
                self.notes.push(AudioWarning::FormatChanges { at: self.decoded() });
                self.finish(false);
            }
            Piece::Damaged { length_s } => {
                self.damaged += 1;
                self.take_silence(frames(length_s, rate_hz), true);
            }
            Piece::End | Piece::CutOff => self.finish(true),
            Piece::GaveUp => {
                self.notes.push(AudioWarning::GaveUp { at: self.decoded() });
                self.finish(false);
            }
        }
        if self.taken > u64::from(MAX_HOURS) * 3600 * u64::from(rate_hz) {
            return Err(DecodeError::TooLong { name: self.source.name.clone() });
        }
        if self.play == Some(0) && !self.ended {
            self.finish(false);
        }
        // Noise that happens to look like packets here and there, found by trying it on files that are not sound.
        if self.ended && self.damaged > 2 * self.sound {
            let problem = format!("{} of its {} packets cannot be decoded", self.damaged, self.damaged + self.sound);
            return Err(DecodeError::Damaged { name: self.source.name.clone(), problem });
        }
        Ok(())
    }

    /// Passes on the interleaved samples at hand, less what the edit list leaves out.
    fn take_sound(&mut self, channels: usize) {
        let mut interleaved = std::mem::take(&mut self.interleaved);
        if channels != self.source.channels {
            interleaved = interleaved
                .chunks_exact(channels)
                .flat_map(|frame| frame.iter().cycle().take(self.source.channels).copied())
                .collect();
        }
        let here = interleaved.len() / self.source.channels;
        let range = self.claim(here as u64, true);
        let claimed = &interleaved[range.start * self.source.channels..range.end * self.source.channels];
        match &mut self.as_is {
            Some(frames) => frames.extend_from_slice(claimed),
            None => self.mixer.push(claimed, &mut self.mono),
        }
        self.interleaved = interleaved;
        self.pass_on();
    }

    fn take_silence(&mut self, frames: u64, in_media: bool) {
        let range = self.claim(frames, in_media);
        match &mut self.as_is {
            Some(frames) => frames.resize(frames.len() + range.len() * self.source.channels, 0.0),
            None => self.mixer.push_silence(range.len(), &mut self.mono),
        }
        self.pass_on();
    }

    /// Which of the next frames are to be played.
    fn claim(&mut self, frames: u64, in_media: bool) -> std::ops::Range<usize> {
        let skip = if in_media { self.skip.min(frames) } else { 0 };
        self.skip -= skip;
        let mut play = frames - skip;
        if in_media && let Some(left) = &mut self.play {
            play = play.min(*left);
            *left -= play;
        }
        self.taken += play;
        let start = usize::try_from(skip).unwrap_or(usize::MAX);
        start..start.saturating_add(usize::try_from(play).unwrap_or(0))
    }

    fn pass_on(&mut self) {
        self.resampler.push(&self.mono, &mut self.ready);
        self.mono.clear();
    }

    fn finish(&mut self, check_length: bool) {
        self.ended = true;
        self.mixer.flush(&mut self.mono);
        self.pass_on();
        self.resampler.finish(&mut self.ready);
        let decoded = self.decoded();
        if let Some(stated) = self.source.stated
            && check_length
            && self.trusts_length
            && stated.0 > decoded.0 + CUT_OFF_S
        {
            self.notes.push(AudioWarning::CutOff { stated, decoded });
        }
    }
}

impl Iterator for AudioReader {
    type Item = Result<Block, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_block().transpose()
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
fn frames(length_s: f64, rate_hz: u32) -> u64 {
    (length_s * f64::from(rate_hz)).round().max(0.0) as u64
}

#[cfg(test)]
mod tests;
