//! Why there is no take, or no more of it.

use std::io;

/// What can go wrong between the microphone and the file.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The system has no microphone at all.
    #[error(
        "there is no microphone here: the sound system offers no input; plug one in and look at `cutlist devices`, or record with another program and use `cutlist analyze FILE`"
    )]
    NoMicrophone,
    /// No input has this name.
    #[error("there is no input called \"{wanted}\"; `cutlist devices` lists them{there}")]
    NoSuchDevice {
        /// What was asked for.
        wanted: String,
        /// What there is, as the end of the sentence.
        there: String,
    },
    /// Several inputs have this in their name.
    #[error("\"{wanted}\" fits several inputs: {fitting}; say more of the name")]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// The inputs it fits.
        fitting: String,
    },
    /// The device is there and cannot be opened.
    #[error("cannot open the microphone \"{name}\": {why}")]
    Open {
        /// The device.
        name: String,
        /// What is wrong, and the way out.
        why: String,
        /// What the sound system says.
        #[source]
        source: cpal::Error,
    },
    /// A recording that stands in for a microphone cannot be read.
    #[error(
        "cannot play \"{path}\" in place of a microphone: it must be a WAV file with 1 or 2 channels of 16-bit PCM"
    )]
    Playback {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: hound::Error,
    },
    /// The file of the take cannot be made.
    #[error("cannot make the take \"{path}\": {source}; name another place with -o or CUTLIST_RECORDINGS")]
    Create {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file of this name is there: takes never overwrite.
    #[error("\"{path}\" is there already, and a take never overwrites; name another file with -o")]
    Exists {
        /// The file.
        path: String,
    },
    /// The file can no longer be written.
    #[error("the take \"{path}\" can be written no further: {source}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A take cannot be read or repaired.
    #[error("cannot repair \"{path}\": {why}")]
    Repair {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The writer's thread could not be started, or stopped by a fault of its own.
    #[error("the recorder stopped by a fault of its own; the take so far is in \"{path}\"")]
    Writer {
        /// The file.
        path: String,
    },
}

/// A `hound` error as the I/O error it nearly always is.
pub(super) fn io_of(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}
