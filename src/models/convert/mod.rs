//! Other people's Whisper models as ours: `CTranslate2` (the format of `faster-whisper`) to ggml (the
//! format of whisper.cpp).
//!
//! The same weights are published in both formats, but not everywhere: a folder of `faster-whisper`
//! that is on the disk already serves as the source of any Whisper model, with no download. The
//! default model that `cutlist` comes with is made by [`import`], so that everybody can make it
//! again, byte for byte.
//!
//! ```text
//! parts ──► ct2 ──► plan ──► ggml
//!           vocabulary, mel, quantise ──┘
//! ```

mod ct2;
mod error;
mod ggml;
mod half;
mod mel;
mod parts;
mod plan;
mod quantise;
mod vocabulary;

#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;

use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::hex;

pub use error::ConvertError;
pub use quantise::Quantisation;

use ct2::Archive;
use parts::Parts;
use plan::Sizes;

/// A model that was converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Length of the file, bytes.
    pub bytes: u64,
    /// SHA-256 of the file, 64 lower-case hex digits.
    pub sha256: String,
    /// `OpenAI`'s name for models of this depth, if it is one of theirs: tiny, base, small, medium or large.
    pub size: Option<&'static str>,
    /// Whether it knows languages besides English.
    pub multilingual: bool,
    /// Tensors in the file.
    pub tensors: usize,
}

/// Convert the `CTranslate2` Whisper model in the folder `dir` to a ggml file at `out`.
///
/// The folder holds `model.bin` (or `model.bin.part1`, `model.bin.part2`, …) in half, brain or
/// single precision, and `vocabulary.txt` or `vocabulary.json`. Any size of Whisper will do.
/// `progress` is told the bytes written so far and the bytes in all.
///
/// The same input gives the same bytes. The file appears at `out` whole, in place of what was
/// there, or not at all. Memory stays at a few megabytes, whatever the model's size or the file's
/// claims.
pub fn import(
    dir: &Path,
    quantisation: Quantisation,
    out: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Summary, ConvertError> {
    let parts = Parts::find(dir)?;
    let bytes = parts.length();
    let mut archive = Archive::open(BufReader::new(parts), bytes, dir.join("model.bin"))?;
    let sizes = Sizes::of(&mut archive)?;
    let pieces = plan::pieces(&archive, &sizes)?;
    let tokens = vocabulary::read(dir, sizes.vocabulary)?;
    let contents = ggml::Contents { sizes: &sizes, tokens: &tokens, pieces: &pieces, quantisation };

    let failed = |source| ConvertError::Write { path: out.to_owned(), source };
    let file = beside(out).map_err(failed)?;
    let mut sink = Hashed { inner: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
    contents.write(&mut archive, &mut sink, out, progress)?;
    let (bytes, digest) = (sink.bytes, sink.sha256.finalize());
    let file = sink.inner.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(out).map_err(|error| failed(error.error))?;

    Ok(Summary {
        bytes,
        sha256: hex(&digest),
        size: name_of(sizes.audio_layers),
        multilingual: sizes.vocabulary > 51_864,
        tensors: pieces.len(),
    })
}

/// An unnamed beginning of `out` in the same folder, so that the final rename stays on one disk.
fn beside(out: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cutlist-import-");
    #[cfg(unix)]
    {
        // A model is no secret: readable as any file, where temporary files are for the owner only.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn name_of(audio_layers: u32) -> Option<&'static str> {
    Some(match audio_layers {
        4 => "tiny",
        6 => "base",
        12 => "small",
        24 => "medium",
        32 => "large",
        _ => return None,
    })
}

/// A writer that also takes the digest of what passes through.
struct Hashed<W> {
    inner: W,
    sha256: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sha256.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
