//! What can go wrong while a model is converted.

use std::io;
use std::path::PathBuf;

/// Why a model could not be converted. Nothing is left at the output path in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The folder holds no weights.
    #[error(
        "no CTranslate2 model in {}: pass the folder that holds model.bin (or model.bin.part1, model.bin.part2, …)",
        dir.display()
    )]
    NoModel {
        /// Folder that was searched.
        dir: PathBuf,
    },
    /// The folder holds no vocabulary.
    #[error("no vocabulary.txt or vocabulary.json in {}: copy it from where model.bin came from", dir.display())]
    NoVocabulary {
        /// Folder that was searched.
        dir: PathBuf,
    },
    /// A file of the model could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// File that was read.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The weights end too early.
    #[error("model.bin ends inside {inside}: the download is incomplete or a part is missing; fetch the model again")]
    Truncated {
        /// What was being read.
        inside: String,
    },
    /// The weights do not follow the format.
    #[error(
        "model.bin is not a CTranslate2 model of binary version 6: {why}; fetch the model again, or convert it with CTranslate2 3 or 4"
    )]
    Malformed {
        /// What was found.
        why: String,
    },
    /// The weights belong to a different kind of model.
    #[error("model.bin holds a {found:?}, not a WhisperSpec: only Whisper models can be imported")]
    NotWhisper {
        /// Name of the model kind in the file.
        found: String,
    },
    /// A tensor that Whisper needs is not there.
    #[error("model.bin has no tensor {name:?}: it is not a Whisper model as CTranslate2 writes it")]
    MissingTensor {
        /// `CTranslate2`'s name of the tensor.
        name: String,
    },
    /// A tensor has the wrong shape.
    #[error("tensor {name:?} has shape {found:?} where Whisper needs {needed}")]
    Shape {
        /// `CTranslate2`'s name of the tensor.
        name: String,
        /// Shape in the file.
        found: Vec<u32>,
        /// Shape that was expected.
        needed: String,
    },
    /// A tensor's numbers are of a type that is not converted.
    #[error(
        "tensor {name:?} is stored as {found}: import the float16, bfloat16 or float32 weights of this model instead"
    )]
    ElementType {
        /// `CTranslate2`'s name of the tensor.
        name: String,
        /// Type in the file.
        found: &'static str,
    },
    /// A weight is infinite or not a number.
    #[error("tensor {name:?} holds a weight that is not a finite number: the file is damaged; fetch the model again")]
    NotFinite {
        /// `CTranslate2`'s name of the tensor.
        name: String,
    },
    /// The vocabulary does not fit the weights.
    #[error("{} does not fit a Whisper model: {why}", path.display())]
    Vocabulary {
        /// File that was read.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The converted model could not be written.
    #[error("cannot write {}: check that its folder exists and has room", path.display())]
    Write {
        /// File that was to be written.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
