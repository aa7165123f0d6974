//! Why a file gives no sound, and the way out.

use std::io;

use thiserror::Error;

use super::{MAX_CHANNELS, MAX_HOURS, MAX_SPOOL_GIB};

/// What stops decoding for good. Anything less is a [`super::AudioWarning`].
///
/// `name` is the path as the user gave it, or `-` for standard input.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// No such file.
    #[error("no file at {name}; check the path")]
    NotFound {
        /// The source.
        name: String,
    },
    /// A folder was given.
    #[error("{name} is a folder; give the files in it, e.g. {name}/*.wav")]
    Folder {
        /// The source.
        name: String,
    },
    /// A terminal, disk or other device was given: it may never end.
    #[error("{name} is a device, not a file; record to a file first, or pipe the sound and pass -")]
    Device {
        /// The source.
        name: String,
    },
    /// There is not one byte.
    #[error("{name} is empty (0 bytes); was the recording stopped before it was saved?")]
    Empty {
        /// The source.
        name: String,
    },
    /// The content is of another kind.
    #[error("{name} is not audio: it looks like {looks_like}; {way_out}")]
    NotAudio {
        /// The source.
        name: String,
        /// What the first bytes say, e.g. "a PDF document".
        looks_like: &'static str,
        /// What to do instead.
        way_out: &'static str,
    },
    /// A known container that this program cannot open.
    #[error("{name} is {looks_like}, which cannot be read here; convert it: ffmpeg -i {name} -ar 16000 out.wav")]
    UnsupportedFormat {
        /// The source.
        name: String,
        /// What the first bytes say, e.g. "Windows Media".
        looks_like: &'static str,
    },
    /// A known container holding a codec that this program cannot decode.
    #[error(
        "the sound in {name} is {codec}, which cannot be decoded here; convert it: ffmpeg -i {name} -ar 16000 out.wav"
    )]
    UnsupportedCodec {
        /// The source.
        name: String,
        /// The codec, by its usual name.
        codec: String,
    },
    /// A container with pictures or text only.
    #[error("{name} has no audio track; was it recorded with the microphone off?")]
    NoAudioTrack {
        /// The source.
        name: String,
    },
    /// The header is right and no sample follows.
    #[error("{name} holds no sound: its header is in order, but no sample follows; record it again")]
    ZeroSamples {
        /// The source.
        name: String,
    },
    /// Longer than an answer, or a day of meetings, can be.
    #[error(
        "{name} is longer than {MAX_HOURS} hours; cut out the answer first: ffmpeg -i {name} -ss 0:00 -t 10:00 out.wav"
    )]
    TooLong {
        /// The source.
        name: String,
    },
    /// Standard input went on and on.
    #[error("{name} gave more than {MAX_SPOOL_GIB} GiB; save it to a file and pass its path")]
    TooBig {
        /// The source.
        name: String,
    },
    /// A sampling rate no sound card has.
    #[error("{name} says it has {rate_hz} samples a second, which no recorder makes: the header is damaged")]
    ImplausibleRate {
        /// The source.
        name: String,
        /// The rate in its header.
        rate_hz: u32,
    },
    /// More channels than a microphone array has, or none.
    #[error(
        "{name} says it has {channels} channels (1 to {MAX_CHANNELS} can be read): the header is damaged, or mix it down: ffmpeg -i {name} -ac 1 out.wav"
    )]
    ImplausibleChannels {
        /// The source.
        name: String,
        /// The count in its header.
        channels: usize,
    },
    /// The container or every packet in it is broken.
    #[error(
        "{name} is damaged or not audio: {problem}; if a player can open it, convert it: ffmpeg -i {name} -ar 16000 out.wav"
    )]
    Damaged {
        /// The source.
        name: String,
        /// What the decoder said.
        problem: String,
    },
    /// The system refused.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The source.
        name: String,
        /// What the system said.
        source: io::Error,
    },
}
