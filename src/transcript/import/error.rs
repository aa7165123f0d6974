//! Why a transcript cannot be read.

use thiserror::Error;

use super::{MAX_BYTES, MAX_WORDS};

/// What is wrong with a transcript, and where.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No such file.
    #[error("no file at {name}; check the path")]
    NotFound {
        /// The path.
        name: String,
    },
    /// More bytes than a transcript has.
    #[error("the transcript has {bytes} bytes or more, the limit is {MAX_BYTES}; cut out the answer first")]
    TooLarge {
        /// What was read of it.
        bytes: usize,
    },
    /// More words than an answer, or an afternoon of meetings, has.
    #[error("the transcript has {words} words, the limit is {MAX_WORDS}; cut out the answer first")]
    TooManyWords {
        /// How many.
        words: usize,
    },
    /// Bytes that no text has.
    #[error("line {line} holds bytes that no text has; is this a transcript? Save it as plain text (UTF-8)")]
    Binary {
        /// Counted from 1.
        line: usize,
    },
    /// Another encoding.
    #[error("line {line}, column {column} is not UTF-8 (byte {offset}); save the file as UTF-8")]
    NotUtf8 {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// Counted from 0.
        offset: usize,
    },
    /// There is text, and no word in it.
    #[error("the transcript holds no words")]
    NoWords,
    /// Captions without one timing line.
    #[error(
        "no cue found: a caption file has lines such as 00:00:01,000 --> 00:00:04,000; is it plain text? Name it .txt"
    )]
    NoCues,
    /// Not JSON.
    #[error("the JSON is broken: {source}")]
    Json {
        /// What the parser said, with line and column.
        source: serde_json::Error,
    },
    /// JSON of something else.
    #[error(
        "the JSON is not a transcript: it has neither `transcription` (whisper.cpp) nor `segments` (openai-whisper, faster-whisper)"
    )]
    UnknownJson,
    /// The system refused.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The path.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
}
