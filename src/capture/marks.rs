//! Marks in a take, kept twice: in a sidecar that is whole after every mark, and as cue points in the WAV file for any
//! editor that shows them.
//!
//! The sidecar also holds what the sound does not: the question, the device, the shape of the samples. With it a take whose header
//! is destroyed can still be repaired.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::source::Format;
use crate::question::Question;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// The interviewer stops the speaker and asks something else.
    Interruption,
    /// Sound was lost about here.
    Lost,
}

/// A moment of the take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// What it stands for.
    pub kind: MarkKind,
    /// Seconds from the start of the file.
    pub at_s: f64,
    /// When the question had been put; the speaker's time starts here. The same as `at_s` unless it was spoken aloud.
    pub until_s: f64,
    /// The question, or what happened.
    pub text: String,
    /// Name of the follow-up in the question bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub angle: Option<String>,
    /// Why just then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What is kept beside a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    /// Version of these keys.
    pub sidecar_version: u32,
    /// When the take began (RFC 3339).
    pub recorded_at: String,
    /// What it was recorded from.
    pub device: String,
    /// Frames a second.
    pub rate_hz: u32,
    /// Samples in a frame.
    pub channels: u16,
    /// What was asked.
    pub question: Question,
    /// The marks, in order of time.
    pub marks: Vec<Mark>,
    /// Frames that were lost between the device and the file.
    pub lost_frames: u64,
    /// How the take ended, in words; `null` while it runs, and for ever after a kill.
    pub ended: Option<String>,
}

/// Version of the sidecar's keys.
const VERSION: u32 = 1;
/// A sidecar larger than this is none of ours: a mark has some 200 bytes.
const LARGEST: u64 = 1 << 20;

impl Sidecar {
    /// The sidecar of a take that begins.
    #[must_use]
    pub fn new(format: Format, device: &str, question: Question, now: &jiff::Zoned) -> Self {
        Self {
            sidecar_version: VERSION,
            recorded_at: now.timestamp().round(jiff::Unit::Second).unwrap_or(now.timestamp()).to_string(),
            device: device.to_owned(),
            rate_hz: format.rate_hz,
            channels: format.channels,
            question,
            marks: Vec::new(),
            lost_frames: 0,
            ended: None,
        }
    }

    /// Where the sidecar of a take is: `take.wav` has `take.json`.
    #[must_use]
    pub fn path_of(take: &Path) -> PathBuf {
        take.with_extension("json")
    }

    /// Writes it beside its take: replaced at once or not at all, its owner's alone.
    pub fn write(&self, take: &Path) -> io::Result<()> {
        let path = Self::path_of(take);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// The sidecar of a take, if there is one that can be read.
    #[must_use]
    pub fn read(take: &Path) -> Option<Self> {
        let path = Self::path_of(take);
        let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|meta| meta.len() <= LARGEST))?;
        let mut text = String::new();
        file.take(LARGEST).read_to_string(&mut text).ok()?;
        let sidecar: Self = serde_json::from_str(&text).ok()?;
        let plausible = sidecar.marks.iter().all(|mark| mark.at_s.is_finite() && mark.until_s >= mark.at_s);
        (sidecar.sidecar_version == VERSION && plausible).then_some(sidecar)
    }
}

/// Writes the marks behind the sound of a finished WAV file: a `cue ` chunk and, for their words, a `LIST` of type `adtl`
/// (Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft 1991).
pub fn write_cues(take: &Path, rate_hz: u32, marks: &[Mark]) -> io::Result<()> {
    if marks.is_empty() {
        return Ok(());
    }
    let mut cue = u32_of(marks.len()).to_le_bytes().to_vec();
    let mut labels = b"adtl".to_vec();
    for (number, mark) in marks.iter().enumerate() {
        let id = u32_of(number + 1).to_le_bytes();
        let frame = u32_of(crate::units::Seconds(mark.at_s).to_samples(rate_hz)).to_le_bytes();
        for field in [&id[..], &frame, b"data", &[0; 4], &[0; 4], &frame] {
            cue.extend_from_slice(field);
        }
        let mut label = id.to_vec();
        label.extend_from_slice(mark.text.as_bytes());
        label.push(0);
        chunk(&mut labels, *b"labl", &label);
    }
    let mut tail = Vec::new();
    chunk(&mut tail, *b"cue ", &cue);
    chunk(&mut tail, *b"LIST", &labels);
    let mut file = File::options().read(true).write(true).open(take)?;
    let end = file.seek(SeekFrom::End(0))?;
    let written = file.write_all(&tail).and_then(|()| {
        file.seek(SeekFrom::Start(4))?;
        file.write_all(&u32::try_from(end + tail.len() as u64 - 8).unwrap_or(u32::MAX).to_le_bytes())
    });
    if written.is_err() {
        // The sound comes first: without room for the cues the file is again what it was.
        file.set_len(end)?;
    }
    written
}

fn chunk(out: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    out.extend_from_slice(&name);
    out.extend_from_slice(&u32_of(body.len()).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at_s: f64, text: &str) -> Mark {
        Mark { kind: MarkKind::Interruption, at_s, until_s: at_s, text: text.into(), angle: None, why: None }
    }

    fn wav(folder: &Path) -> PathBuf {
        let path = folder.join("take.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 1000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        (0..3000).for_each(|i| writer.write_sample(i).unwrap());
        writer.finalize().unwrap();
        path
    }

    #[test]
    fn cues_stand_behind_the_sound_and_leave_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = wav(folder.path());
        write_cues(&path, 1000, &[mark(1.5, "What broke?"), mark(2.0, "Why?")]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        let cue = bytes.windows(4).position(|window| window == b"cue ").unwrap();
        assert_eq!(cue, 44 + 6000);
        assert_eq!(u32::from_le_bytes(bytes[cue + 8..cue + 12].try_into().unwrap()), 2);
        assert_eq!(u32::from_le_bytes(bytes[cue + 16..cue + 20].try_into().unwrap()), 1500);
        assert!(bytes.windows(11).any(|window| window == b"What broke?"));
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(reader.samples::<i16>().map(Result::unwrap).collect::<Vec<_>>(), (0..3000).collect::<Vec<_>>());
    }

    #[test]
    fn a_sidecar_reads_back_and_a_hostile_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let take = folder.path().join("take.wav");
        let format = Format { rate_hz: 48_000, channels: 2 };
        let now: jiff::Zoned = "2026-11-23T09:15:02[UTC]".parse().unwrap();
        let mut sidecar = Sidecar::new(format, "USB", Question::default(), &now);
        sidecar.marks.push(mark(3.0, "Why?"));
        sidecar.write(&take).unwrap();
        assert_eq!(Sidecar::read(&take), Some(sidecar));
        std::fs::write(Sidecar::path_of(&take), "{\"marks\": 7").unwrap();
        assert_eq!(Sidecar::read(&take), None);
    }
}
