//! A transcript made elsewhere → words, with times where it has them.
//!
//! Reads plain text, `SubRip` (`.srt`), `WebVTT` (`.vtt`) and the JSON of whisper.cpp, openai-whisper, faster-whisper and
//! `whisperX`. What stands in a transcript and was not said is left out: cue numbers, tags, notes, sound descriptions in
//! square brackets in captions (`[Music]`), and the labels of speakers. A speaker's label is kept beside the words, in
//! [`Segment::speaker`], so that an interviewer's part can be told from the answer.

mod cues;
mod error;
mod srt;
mod text;
mod txt;
mod vtt;
mod whisper_json;

use std::io::Read;
use std::path::Path;

pub use error::ImportError;

use crate::span::WordRange;
use crate::transcript::{Silence, Transcript, Word, sentences};
use crate::units::Seconds;

/// The largest transcript that is read, in bytes: some 90 hours of speech as text.
pub const MAX_BYTES: usize = 5_000_000;
/// The most words that are read: some five hours of speech.
pub const MAX_WORDS: usize = 50_000;

/// How a transcript is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text: words, no times.
    Txt,
    /// `SubRip` captions.
    Srt,
    /// `WebVTT` captions.
    Vtt,
    /// JSON of one of the whispers.
    Json,
}

impl Format {
    /// The format a file name's ending stands for; None for endings that are not a transcript's.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "txt" | "text" | "md" => Some(Self::Txt),
            "srt" => Some(Self::Srt),
            "vtt" => Some(Self::Vtt),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format by its content; None when it is not text.
    #[must_use]
    pub fn of_content(bytes: &[u8]) -> Option<Self> {
        let head = text::decode_lossy(&bytes[..bytes.len().min(4096)]);
        let head = head.trim_start();
        if head.is_empty() || head.contains('\0') || text::looks_binary(head) {
            None
        } else if head.starts_with("WEBVTT") {
            Some(Self::Vtt)
        } else if head.starts_with('{') || head.starts_with('[') && whisper_json::looks_like_it(head) {
            Some(Self::Json)
        } else if cues::has_timing(head) {
            Some(if head.lines().any(|line| cues::timing(line).is_some() && line.contains('.')) {
                Self::Vtt
            } else {
                Self::Srt
            })
        } else {
            Some(Self::Txt)
        }
    }
}

/// A stretch of the transcript as its source divided it: a cue, a segment, a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its words; never empty.
    pub words: WordRange,
    /// Start, if the source has times.
    pub start_s: Option<Seconds>,
    /// End, if the source has times.
    pub end_s: Option<Seconds>,
    /// Who speaks, as the source labels it; None where it does not.
    pub speaker: Option<String>,
}

/// A transcript as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The format it was in.
    pub format: Format,
    /// Every word, in the order of its time.
    pub words: Vec<Word>,
    /// The source's own divisions; together they hold every word once, in order.
    pub segments: Vec<Segment>,
}

impl Imported {
    /// The labels of the speakers, in the order of their first word.
    #[must_use]
    pub fn speakers(&self) -> Vec<&str> {
        let mut speakers: Vec<&str> = Vec::new();
        for speaker in self.segments.iter().filter_map(|segment| segment.speaker.as_deref()) {
            if !speakers.contains(&speaker) {
                speakers.push(speaker);
            }
        }
        speakers
    }

    /// The same transcript with one speaker's words only.
    #[must_use]
    pub fn only(&self, speaker: &str) -> Self {
        let mut kept = Self { format: self.format, words: Vec::new(), segments: Vec::new() };
        for segment in self.segments.iter().filter(|segment| segment.speaker.as_deref() == Some(speaker)) {
            let lo = kept.words.len();
            kept.words.extend_from_slice(self.words.get(segment.words.indices()).unwrap_or_default());
            kept.segments.push(Segment { words: WordRange::new(lo, kept.words.len()), ..segment.clone() });
        }
        kept
    }

    /// The words in sentences. A change of speaker, and in plain text a new paragraph, always ends one; the borders of
    /// cues do not, for captions break lines anywhere.
    #[must_use]
    pub fn into_transcript(self) -> Transcript {
        // Captions say no more of silence than where they leave off.
        let silences = self
            .words
            .windows(2)
            .filter_map(|pair| {
                let (start_s, end_s) = (pair[0].end_s?, pair[1].start_s?);
                (end_s > start_s).then_some(Silence { start_s, end_s })
            })
            .collect();
        let breaks: Vec<usize> = self
            .segments
            .windows(2)
            .filter(|pair| self.format == Format::Txt || pair[0].speaker != pair[1].speaker)
            .map(|pair| pair[1].words.lo)
            .collect();
        let sentences = sentences::split_with_breaks(&self.words, &breaks);
        Transcript { words: self.words, sentences, silences }
    }
}

/// Reads a transcript file; its format is that of its ending, or of its content when the ending says nothing.
pub fn open(path: &Path) -> Result<Imported, ImportError> {
    let name = path.display().to_string();
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => ImportError::NotFound { name: name.clone() },
        _ => ImportError::Io { name: name.clone(), source },
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that `read` sees the excess without the file filling the memory.
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    let by_name = path.extension().and_then(std::ffi::OsStr::to_str).and_then(Format::of_extension);
    let format = by_name.or_else(|| Format::of_content(&bytes)).ok_or(ImportError::Binary { line: 1 })?;
    read(&bytes, format)
}

/// Reads a transcript.
pub fn read(bytes: &[u8], format: Format) -> Result<Imported, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge { bytes: bytes.len() });
    }
    let imported = match format {
        Format::Txt => txt::read(&text::decode(bytes)?),
        Format::Srt => srt::read(&text::decode(bytes)?)?,
        Format::Vtt => vtt::read(&text::decode(bytes)?)?,
        // whisper.cpp writes tokens that are halves of a character, so its JSON may not be valid UTF-8.
        Format::Json => whisper_json::read(&text::decode_lossy(bytes))?,
    };
    if imported.words.len() > MAX_WORDS {
        return Err(ImportError::TooManyWords { words: imported.words.len() });
    }
    if imported.words.is_empty() {
        return Err(ImportError::NoWords);
    }
    Ok(imported)
}

#[cfg(test)]
mod tests;
