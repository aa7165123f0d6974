//! Is this file the model it claims to be?
//!
//! Three questions, cheapest first: is the size right, is the header that of a Whisper model in ggml form, does the
//! checksum agree. The header matters even where a checksum is known: it turns "wrong checksum" into "this is a web
//! page", and it is all there is for a file the catalogue does not know.
//!
//! Header layout: `whisper_model_load` in whisper.cpp's `src/whisper.cpp`: a magic number, then eleven 32-bit
//! little-endian integers.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::catalog::Model;
use crate::files::hex;

/// `ggml` in the low bytes, as `GGML_FILE_MAGIC` of ggml.h.
pub const MAGIC: u32 = 0x6767_6d6c;
/// Length of the magic number and the eleven parameters.
pub const HEADER_BYTES: usize = 48;
/// Above this many vocabulary entries whisper.cpp treats a model as multilingual (`whisper_vocab::is_multilingual`).
const MULTILINGUAL_VOCAB: u32 = 51_865;
const READ_BYTES: usize = 256 * 1024;

/// Why a file is not an acceptable model.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file cannot be opened or read.
    #[error("cannot read model {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not begin like a Whisper model.
    #[error("{} is not a Whisper model in ggml form: {why}; pass a ggml-*.bin file, or see `cutlist models list`", path.display())]
    NotAModel {
        /// The file.
        path: PathBuf,
        /// What gave it away.
        why: String,
    },
    /// The file is longer or shorter than the catalogue says.
    #[error("{} has {found_bytes} bytes where {name} has {expected_bytes}; run `cutlist models install {name}` to fetch it again", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// The catalogue's name of the model.
        name: String,
        /// Size on disk.
        found_bytes: u64,
        /// Size in the catalogue.
        expected_bytes: u64,
    },
    /// The contents differ from the published ones.
    #[error("{} does not match the published {kind} of {name} (found {found}); run `cutlist models install {name}` to fetch it again", path.display())]
    WrongChecksum {
        /// The file.
        path: PathBuf,
        /// The catalogue's name of the model.
        name: String,
        /// `SHA-256` or `SHA-1`.
        kind: &'static str,
        /// The sum of the file, in hexadecimal.
        found: String,
    },
}

/// How far a file is known to be the published one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// SHA-256 agrees: this is the published file.
    Sha256,
    /// SHA-1 agrees: the file is undamaged. It is no proof against a forger, since SHA-1 collisions can be made.
    Sha1,
    /// No checksum is known; the size and the header are right.
    Unverified,
}

impl Assurance {
    /// A clause for the user, as in "small.en: SHA-256 agrees".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256 agrees",
            Self::Sha1 => "SHA-1 agrees (detects damage, not forgery)",
            Self::Unverified => "unverified: no checksum is known, only size and header were checked",
        }
    }
}

/// The strongest checksum the catalogue has for a model, computed as bytes go by.
pub(super) enum Sum {
    Sha256(Sha256, String),
    Sha1(Sha1, String),
    Unknown,
}

impl Sum {
    pub(super) fn of(model: &Model) -> Self {
        match (&model.sha256, &model.sha1) {
            (Some(expected), _) => Self::Sha256(Sha256::new(), expected.clone()),
            (None, Some(expected)) => Self::Sha1(Sha1::new(), expected.clone()),
            (None, None) => Self::Unknown,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(sum, _) => sum.update(bytes),
            Self::Sha1(sum, _) => sum.update(bytes),
            Self::Unknown => {}
        }
    }

    pub(super) fn check(self, path: &Path, model: &Model) -> Result<Assurance, VerifyError> {
        let (kind, found, expected, assurance) = match self {
            Self::Sha256(sum, expected) => ("SHA-256", hex(&sum.finalize()), expected, Assurance::Sha256),
            Self::Sha1(sum, expected) => ("SHA-1", hex(&sum.finalize()), expected, Assurance::Sha1),
            Self::Unknown => return Ok(Assurance::Unverified),
        };
        if found == expected {
            return Ok(assurance);
        }
        Err(VerifyError::WrongChecksum { path: path.to_owned(), name: model.name.clone(), kind, found })
    }
}

/// The shape of a Whisper model, from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Entries in the vocabulary.
    pub vocab: u32,
    /// Layers of the audio encoder: 4 tiny, 6 base, 12 small, 24 medium, 32 large.
    pub audio_layers: u32,
    /// Layers of the text decoder; as many as the encoder's, except in turbo and distilled models.
    pub text_layers: u32,
    /// Mel bands: 80, or 128 from large-v3 on.
    pub mels: u32,
}

impl Header {
    /// Reads a header, or says in words what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if looks_like_markup(bytes) {
            return Err("it is a web page".into());
        }
        let field = |i: usize| bytes.get(4 * i..4 * i + 4)?.try_into().ok().map(u32::from_le_bytes);
        match field(0) {
            Some(MAGIC) => {}
            Some(_) if bytes.starts_with(b"GGUF") => {
                return Err("it is a GGUF file, which whisper.cpp does not load".into());
            }
            Some(found) => return Err(format!("it begins with {found:#010x}, not {MAGIC:#010x}")),
            None => return Err(format!("it has only {} bytes", bytes.len())),
        }
        let mut fields = [0_u32; 11];
        for (i, slot) in fields.iter_mut().enumerate() {
            *slot = field(i + 1).ok_or_else(|| format!("its header ends after {} bytes", bytes.len()))?;
        }
        let [
            vocab,
            audio_ctx,
            audio_state,
            audio_heads,
            audio_layers,
            text_ctx,
            text_state,
            text_heads,
            text_layers,
            mels,
            kind,
        ] = fields;
        // Wide bounds around every published Whisper: they must reject noise, not next year's fine-tune.
        let sane = (50_000..60_000).contains(&vocab)
            && (1..=3000).contains(&audio_ctx)
            && (1..=1024).contains(&text_ctx)
            && (1..=64).contains(&audio_layers)
            && (1..=64).contains(&text_layers)
            && splits(audio_state, audio_heads)
            && splits(text_state, text_heads)
            && (mels == 80 || mels == 128)
            // Thousands hold the quantisation version, the rest the number format (GGML_QNT_VERSION_FACTOR).
            && kind % 1000 < 64
            && kind < 10_000;
        if sane {
            Ok(Self { vocab, audio_layers, text_layers, mels })
        } else {
            Err("its header holds impossible dimensions".into())
        }
    }

    /// True when the weights know more than English.
    #[must_use]
    pub fn is_multilingual(self) -> bool {
        self.vocab >= MULTILINGUAL_VOCAB
    }
}

fn splits(state: u32, heads: u32) -> bool {
    (64..=4096).contains(&state) && (1..=64).contains(&heads) && state.is_multiple_of(heads)
}

fn looks_like_markup(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
}

/// Reads the header of a model file.
pub fn read_header(path: &Path) -> Result<Header, VerifyError> {
    let read = |source| VerifyError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    File::open(path).map_err(read)?.take(HEADER_BYTES as u64).read_to_end(&mut bytes).map_err(read)?;
    Header::parse(&bytes).map_err(|why| VerifyError::NotAModel { path: path.to_owned(), why })
}

/// Checks a whole file against its catalogue entry; `progress` is told the bytes read so far.
///
/// Memory is constant whatever the size of the model.
pub fn verify(path: &Path, model: &Model, progress: &mut dyn FnMut(u64)) -> Result<Assurance, VerifyError> {
    // The shape first: a truncated file of 3 GB need not be read to be known as bad.
    check_shape(path, model)?;
    read_sum(path, model, progress)?.check(path, model)
}

/// Size and header, without the checksum: instant.
pub fn check_shape(path: &Path, model: &Model) -> Result<(), VerifyError> {
    let found_bytes = path.metadata().map_err(|source| VerifyError::Read { path: path.to_owned(), source })?.len();
    // The header goes first: for a small web page saved as a model, "web page" says more than a size.
    let header = read_header(path)?;
    if found_bytes != model.size_bytes {
        return Err(VerifyError::WrongSize {
            path: path.to_owned(),
            name: model.name.clone(),
            found_bytes,
            expected_bytes: model.size_bytes,
        });
    }
    check_language(path, model, header)
}

pub(super) fn check_language(path: &Path, model: &Model, header: Header) -> Result<(), VerifyError> {
    if header.is_multilingual() == model.multilingual {
        return Ok(());
    }
    let (found, expected) =
        if model.multilingual { ("English only", "multilingual") } else { ("multilingual", "English only") };
    Err(VerifyError::NotAModel {
        path: path.to_owned(),
        why: format!("its weights are {found} where {} is {expected}", model.name),
    })
}

/// The checksum so far of everything in `path`, ready to go on with more bytes.
pub(super) fn read_sum(path: &Path, model: &Model, progress: &mut dyn FnMut(u64)) -> Result<Sum, VerifyError> {
    let read = |source| VerifyError::Read { path: path.to_owned(), source };
    let mut sum = Sum::of(model);
    let mut file = File::open(path).map_err(read)?;
    let mut buffer = vec![0; READ_BYTES];
    let mut done = 0;
    loop {
        let n = match file.read(&mut buffer) {
            Ok(0) => return Ok(sum),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(read(error)),
        };
        sum.update(&buffer[..n]);
        done += n as u64;
        progress(done);
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalog::sample;
    use super::*;

    fn saved(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ggml-sample.bin");
        std::fs::write(&path, bytes).unwrap();
        (dir, path)
    }

    #[test]
    fn a_file_that_agrees_is_verified_by_its_strongest_sum() {
        let bytes = sample::weights(1000);
        let (_dir, path) = saved(&bytes);
        let model = sample::model(&bytes);
        let mut seen = 0;
        assert_eq!(verify(&path, &model, &mut |n| seen = n).unwrap(), Assurance::Sha256);
        assert_eq!(seen, 1000);
        let mut older = model.clone();
        older.sha256 = None;
        assert_eq!(verify(&path, &older, &mut |_| {}).unwrap(), Assurance::Sha1);
        older.sha1 = None;
        assert_eq!(verify(&path, &older, &mut |_| {}).unwrap(), Assurance::Unverified);
    }

    #[test]
    fn sums_are_those_of_the_standards() {
        // FIPS 180-4 examples for "abc".
        assert_eq!(hex(&Sha256::digest(b"abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hex(&Sha1::digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn one_changed_byte_is_noticed_by_either_sum() {
        let bytes = sample::weights(1000);
        let mut model = sample::model(&bytes);
        let mut damaged = bytes.clone();
        damaged[900] ^= 1;
        let (_dir, path) = saved(&damaged);
        let message = verify(&path, &model, &mut |_| {}).unwrap_err().to_string();
        assert!(message.contains("SHA-256") && message.contains("cutlist models install"), "{message}");
        model.sha256 = None;
        let message = verify(&path, &model, &mut |_| {}).unwrap_err().to_string();
        assert!(message.contains("SHA-1"), "{message}");
    }

    #[test]
    fn a_truncated_model_is_the_wrong_size() {
        let bytes = sample::weights(1000);
        let (_dir, path) = saved(&bytes[..600]);
        assert!(matches!(
            verify(&path, &sample::model(&bytes), &mut |_| {}),
            Err(VerifyError::WrongSize { found_bytes: 600, .. })
        ));
    }

    #[test]
    fn what_is_no_model_is_named() {
        let model = sample::model(&sample::weights(1000));
        for (bytes, expected) in [
            (&b"<!doctype html><title>Sign in</title>"[..], "web page"),
            (b"GGUF\x03\0\0\0", "GGUF"),
            (b"RIFF....WAVE", "begins with"),
            (b"lm", "only 2 bytes"),
            (b"", "only 0 bytes"),
            (&sample::weights(1000)[..20], "ends after 20 bytes"),
            (&[&MAGIC.to_le_bytes()[..], &[0xff; 60]].concat(), "impossible"),
            (&[&MAGIC.to_le_bytes()[..], &[0; 60]].concat(), "impossible"),
        ] {
            let (_dir, path) = saved(bytes);
            let message = verify(&path, &model, &mut |_| {}).unwrap_err().to_string();
            assert!(message.contains(expected), "{message} should say {expected}");
        }
    }

    #[test]
    fn english_weights_under_a_multilingual_name_are_refused() {
        let bytes = sample::weights(1000);
        let (_dir, path) = saved(&bytes);
        let mut model = sample::model(&bytes);
        model.multilingual = false;
        let message = verify(&path, &model, &mut |_| {}).unwrap_err().to_string();
        assert!(message.contains("multilingual where"), "{message}");
    }

    #[test]
    fn a_missing_file_says_which() {
        let message = read_header(Path::new("/nowhere/ggml-x.bin")).unwrap_err().to_string();
        assert!(message.contains("/nowhere/ggml-x.bin"), "{message}");
    }
}
