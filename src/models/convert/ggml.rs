//! Writing the model file that whisper.cpp reads.
//!
//! Little-endian throughout.
//!
//! ```text
//! u32 magic · i32 × 11 sizes and file type
//! i32 filters · i32 bins · f32 filter weights…
//! i32 number of text tokens, then for each: u32 length · bytes
//! then for each tensor: i32 rank · i32 length of its name · i32 type · i32 dimensions, fastest first… · name · data
//! ```

use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::ct2::Archive;
use super::error::ConvertError;
use super::mel;
use super::plan::{Piece, Precision, Sizes};
use super::quantise::{BLOCK, Quantisation};

/// "ggml" as a number.
const MAGIC: u32 = 0x6767_6d6c;
/// ggml's number for single precision.
const SINGLE: i32 = 0;
/// Weights converted at a time; a whole number of blocks. The converter's memory does not grow with
/// the model because of this.
const CHUNK: usize = 1024 * BLOCK;

/// Everything in the file but the weights themselves.
#[derive(Debug)]
pub struct Contents<'a> {
    /// Sizes of the model.
    pub sizes: &'a Sizes,
    /// Text tokens in order.
    pub tokens: &'a [Vec<u8>],
    /// Tensors in order.
    pub pieces: &'a [Piece],
    /// How the matrices are stored.
    pub quantisation: Quantisation,
}

impl Contents<'_> {
    /// Length of the file, bytes.
    pub fn bytes(&self) -> u64 {
        let header = 4 + 11 * 4;
        let filters = 8 + 4 * u64::from(self.sizes.filter_weights());
        let tokens: u64 = self.tokens.iter().map(|token| 4 + token.len() as u64).sum();
        let tensors: u64 = self.pieces.iter().map(|piece| self.piece_bytes(piece)).sum();
        header + filters + 4 + tokens + tensors
    }

    fn piece_bytes(&self, piece: &Piece) -> u64 {
        let header = 12 + 4 * piece.dims.len() as u64 + piece.name.len() as u64;
        let data = match piece.precision {
            Precision::Single => piece.weights() * 4,
            Precision::Half => piece.weights() * 2,
            Precision::Chosen => piece.weights() / BLOCK as u64 * self.quantisation.block_bytes() as u64,
        };
        header + data
    }

    /// Write the file to `out`, which is called `path` in messages. Tells `progress` the bytes
    /// written and the bytes in all, after every chunk.
    pub fn write<R: Read + Seek>(
        &self,
        archive: &mut Archive<R>,
        out: &mut impl Write,
        path: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), ConvertError> {
        let failed = |source| ConvertError::Write { path: path.to_owned(), source };
        let total = self.bytes();
        let mut written = 0;
        let mut put = |bytes: &[u8]| -> Result<(), ConvertError> {
            out.write_all(bytes).map_err(failed)?;
            written += bytes.len() as u64;
            progress(written, total);
            Ok(())
        };

        put(&self.head().map_err(failed)?)?;
        let mut weights = vec![0.0; CHUNK];
        let mut scratch = Vec::new();
        let mut encoded = Vec::new();
        for piece in self.pieces {
            put(&self.piece_head(piece).map_err(failed)?)?;
            let count = piece.weights();
            let mut done = 0;
            while done < count {
                let now = usize::try_from(count - done).map_or(CHUNK, |left| left.min(CHUNK));
                let weights = &mut weights[..now];
                archive.read(&piece.source, piece.first + done, weights, &mut scratch)?;
                encoded.clear();
                match piece.precision {
                    Precision::Single => {
                        encoded.extend(weights.iter().flat_map(|w| w.to_le_bytes()));
                    }
                    Precision::Half => Quantisation::encode_halves(weights, &mut encoded),
                    Precision::Chosen => self.quantisation.encode(weights, &mut encoded),
                }
                put(&encoded)?;
                done += now as u64;
            }
        }
        Ok(())
    }

    fn head(&self) -> io::Result<Vec<u8>> {
        let sizes = self.sizes;
        let mut head = MAGIC.to_le_bytes().to_vec();
        for size in [
            sizes.vocabulary,
            sizes.audio_context,
            sizes.width,
            sizes.audio_heads,
            sizes.audio_layers,
            sizes.text_context,
            sizes.width,
            sizes.text_heads,
            sizes.text_layers,
            sizes.mels,
        ] {
            put_size(&mut head, size)?;
        }
        head.extend(self.quantisation.file_code().to_le_bytes());
        put_size(&mut head, sizes.mels)?;
        put_size(&mut head, mel::BINS)?;
        head.extend(mel::filters(sizes.mels).iter().flat_map(|w| w.to_le_bytes()));
        put_size(&mut head, self.tokens.len())?;
        for token in self.tokens {
            put_size(&mut head, token.len())?;
            head.extend(token);
        }
        Ok(head)
    }

    fn piece_head(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        put_size(&mut head, piece.dims.len())?;
        put_size(&mut head, piece.name.len())?;
        let code = match piece.precision {
            Precision::Single => SINGLE,
            Precision::Half => Quantisation::F16.tensor_code(),
            Precision::Chosen => self.quantisation.tensor_code(),
        };
        head.extend(code.to_le_bytes());
        for dim in piece.dims.iter().rev() {
            put_size(&mut head, *dim)?;
        }
        head.extend(piece.name.as_bytes());
        Ok(head)
    }
}

fn put_size(out: &mut Vec<u8>, size: impl TryInto<i32>) -> io::Result<()> {
    let size = size.try_into().map_err(|_| io::Error::other("a size does not fit the format"))?;
    out.extend(size.to_le_bytes());
    Ok(())
}
