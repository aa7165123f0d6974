//! What goes where: Whisper's tensors as `CTranslate2` stores them, and as whisper.cpp wants them.
//!
//! `CTranslate2` joins the projections that read the same input, row upon row: query, key and value of
//! self-attention in one matrix, key and value of cross-attention in another. Whisper's key
//! projection has no bias, so the joined bias holds zeros there, and whisper.cpp has no place for it.

use std::io::{Read, Seek};

use super::ct2::{Archive, Tensor};
use super::error::ConvertError;
use super::mel::BINS;
use super::quantise::BLOCK;

/// The sizes of a Whisper model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Tokens, the special ones included.
    pub vocabulary: u32,
    /// Mel filters it hears through, 80 or 128.
    pub mels: u32,
    /// Width of encoder and decoder.
    pub width: u32,
    /// Spectra the encoder sees at once, after its stride of two.
    pub audio_context: u32,
    /// Attention heads in each encoder layer.
    pub audio_heads: u32,
    /// Encoder layers.
    pub audio_layers: u32,
    /// Tokens the decoder sees at once.
    pub text_context: u32,
    /// Attention heads in each decoder layer.
    pub text_heads: u32,
    /// Decoder layers.
    pub text_layers: u32,
}

impl Sizes {
    /// The sizes, read off the shapes of the tensors.
    pub fn of<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Self, ConvertError> {
        let [vocabulary, width] = shape(archive, "decoder/embeddings/weight")?;
        let [_, mels, _] = shape(archive, "encoder/conv1/weight")?;
        let [audio_context, _] = shape(archive, "encoder/position_encodings/encodings")?;
        let [text_context, _] = shape(archive, "decoder/position_encodings/encodings")?;
        let sizes = Self {
            vocabulary,
            mels,
            width,
            audio_context,
            audio_heads: heads(archive, "encoder/num_heads", width)?,
            audio_layers: layers(archive, "encoder"),
            text_context,
            text_heads: heads(archive, "decoder/num_heads", width)?,
            text_layers: layers(archive, "decoder"),
        };
        let even = (width as usize).is_multiple_of(BLOCK) && width > 0;
        if !even || width > MOST || audio_context > MOST || text_context > MOST {
            let needed = format!("a width that is a multiple of {BLOCK}, and no size above {MOST}");
            let found = vec![width, audio_context, text_context];
            return Err(ConvertError::Shape { name: "decoder/embeddings/weight".into(), found, needed });
        }
        if !matches!(mels, 80 | 128) {
            let needed = "80 or 128 mel filters".to_owned();
            return Err(ConvertError::Shape { name: "encoder/conv1/weight".into(), found: vec![mels], needed });
        }
        Ok(sizes)
    }

    /// Numbers in the filter bank.
    pub fn filter_weights(&self) -> u32 {
        self.mels * BINS
    }
}

/// Largest width or context taken seriously (large has 1280 and 1500), so that products stay small.
const MOST: u32 = 65_536;

/// How exactly a tensor is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Single precision: whatever is added or multiplied in element by element.
    Single,
    /// Half precision: convolutions, whose rows of three fit no block.
    Half,
    /// As the chosen quantisation says: the matrices, nearly all of the weights.
    Chosen,
}

/// One tensor of the file to write.
#[derive(Debug, Clone)]
pub struct Piece {
    /// whisper.cpp's name.
    pub name: String,
    /// Dimensions, slowest first.
    pub dims: Vec<u32>,
    /// How exactly it is kept.
    pub precision: Precision,
    /// Where it comes from.
    pub source: Tensor,
    /// The first number of it in `source`.
    pub first: u64,
}

impl Piece {
    /// How many numbers it has.
    pub fn weights(&self) -> u64 {
        self.dims.iter().map(|d| u64::from(*d)).product()
    }
}

/// All tensors that whisper.cpp needs, in the order they are written.
pub fn pieces<R: Read + Seek>(archive: &Archive<R>, sizes: &Sizes) -> Result<Vec<Piece>, ConvertError> {
    let mut plan = Plan { archive, pieces: Vec::new() };
    let width = sizes.width;

    plan.table("encoder/position_encodings/encodings", [sizes.audio_context, width], "encoder.positional_embedding")?;
    plan.convolution("encoder/conv1", [width, sizes.mels, 3], "encoder.conv1")?;
    plan.convolution("encoder/conv2", [width, width, 3], "encoder.conv2")?;
    for layer in 0..sizes.audio_layers {
        let from = format!("encoder/layer_{layer}");
        let to = format!("encoder.blocks.{layer}");
        plan.self_attention(&from, width, &to)?;
        plan.feed_forward(&from, width, &to)?;
    }
    plan.norm("encoder/layer_norm", width, "encoder.ln_post")?;

    plan.table("decoder/position_encodings/encodings", [sizes.text_context, width], "decoder.positional_embedding")?;
    plan.whole(
        "decoder/embeddings/weight",
        &[sizes.vocabulary, width],
        "decoder.token_embedding.weight",
        Precision::Chosen,
    )?;
    for layer in 0..sizes.text_layers {
        let from = format!("decoder/layer_{layer}");
        let to = format!("decoder.blocks.{layer}");
        plan.self_attention(&from, width, &to)?;
        plan.cross_attention(&from, width, &to)?;
        plan.feed_forward(&from, width, &to)?;
    }
    plan.norm("decoder/layer_norm", width, "decoder.ln")?;
    Ok(plan.pieces)
}

struct Plan<'a, R> {
    archive: &'a Archive<R>,
    pieces: Vec<Piece>,
}

impl<R: Read + Seek> Plan<'_, R> {
    fn self_attention(&mut self, from: &str, width: u32, to: &str) -> Result<(), ConvertError> {
        let from = format!("{from}/self_attention");
        self.norm(&format!("{from}/layer_norm"), width, &format!("{to}.attn_ln"))?;
        let joined = format!("{from}/linear_0");
        self.projection(&joined, (0, 3), width, &format!("{to}.attn.query"), true)?;
        self.projection(&joined, (1, 3), width, &format!("{to}.attn.key"), false)?;
        self.projection(&joined, (2, 3), width, &format!("{to}.attn.value"), true)?;
        self.projection(&format!("{from}/linear_1"), (0, 1), width, &format!("{to}.attn.out"), true)
    }

    fn cross_attention(&mut self, from: &str, width: u32, to: &str) -> Result<(), ConvertError> {
        let from = format!("{from}/attention");
        self.norm(&format!("{from}/layer_norm"), width, &format!("{to}.cross_attn_ln"))?;
        self.projection(&format!("{from}/linear_0"), (0, 1), width, &format!("{to}.cross_attn.query"), true)?;
        let joined = format!("{from}/linear_1");
        self.projection(&joined, (0, 2), width, &format!("{to}.cross_attn.key"), false)?;
        self.projection(&joined, (1, 2), width, &format!("{to}.cross_attn.value"), true)?;
        self.projection(&format!("{from}/linear_2"), (0, 1), width, &format!("{to}.cross_attn.out"), true)
    }

    fn feed_forward(&mut self, from: &str, width: u32, to: &str) -> Result<(), ConvertError> {
        // Four times the width inside, in every Whisper and fixed in whisper.cpp.
        let inner = 4 * width;
        self.norm(&format!("{from}/ffn/layer_norm"), width, &format!("{to}.mlp_ln"))?;
        for (linear, dims, mlp) in [(0, [inner, width], 0), (1, [width, inner], 2)] {
            let from = format!("{from}/ffn/linear_{linear}");
            let to = format!("{to}.mlp.{mlp}");
            self.whole(&format!("{from}/weight"), &dims, &format!("{to}.weight"), Precision::Chosen)?;
            self.whole(&format!("{from}/bias"), &dims[..1], &format!("{to}.bias"), Precision::Single)?;
        }
        Ok(())
    }

    fn norm(&mut self, from: &str, width: u32, to: &str) -> Result<(), ConvertError> {
        self.whole(&format!("{from}/gamma"), &[width], &format!("{to}.weight"), Precision::Single)?;
        self.whole(&format!("{from}/beta"), &[width], &format!("{to}.bias"), Precision::Single)
    }

    fn convolution(&mut self, from: &str, dims: [u32; 3], to: &str) -> Result<(), ConvertError> {
        self.whole(&format!("{from}/weight"), &dims, &format!("{to}.weight"), Precision::Half)?;
        let bias = self.tensor(&format!("{from}/bias"), &dims[..1])?;
        // A column, so that whisper.cpp adds it to every position.
        self.push(format!("{to}.bias"), vec![dims[0], 1], Precision::Single, bias, 0);
        Ok(())
    }

    fn table(&mut self, from: &str, dims: [u32; 2], to: &str) -> Result<(), ConvertError> {
        self.whole(from, &dims, to, Precision::Single)
    }

    /// The `share.0`-th of the `share.1` square projections that are joined in `from`.
    fn projection(
        &mut self,
        from: &str,
        share: (u32, u32),
        width: u32,
        to: &str,
        biased: bool,
    ) -> Result<(), ConvertError> {
        let (index, joined) = share;
        let weight = self.tensor(&format!("{from}/weight"), &[joined * width, width])?;
        let first = u64::from(index) * u64::from(width);
        let name = format!("{to}.weight");
        self.push(name, vec![width, width], Precision::Chosen, weight, first * u64::from(width));
        if biased {
            let bias = self.tensor(&format!("{from}/bias"), &[joined * width])?;
            self.push(format!("{to}.bias"), vec![width], Precision::Single, bias, first);
        }
        Ok(())
    }

    fn whole(&mut self, from: &str, dims: &[u32], to: &str, precision: Precision) -> Result<(), ConvertError> {
        let source = self.tensor(from, dims)?;
        self.push(to.to_owned(), dims.to_vec(), precision, source, 0);
        Ok(())
    }

    fn push(&mut self, name: String, dims: Vec<u32>, precision: Precision, source: Tensor, first: u64) {
        self.pieces.push(Piece { name, dims, precision, source, first });
    }

    fn tensor(&self, name: &str, dims: &[u32]) -> Result<Tensor, ConvertError> {
        let tensor = self.archive.tensor(name)?;
        if tensor.dims == dims {
            return Ok(tensor.clone());
        }
        let (name, found) = (name.to_owned(), tensor.dims.clone());
        Err(ConvertError::Shape { name, found, needed: format!("{dims:?}") })
    }
}

fn shape<R: Read + Seek, const N: usize>(archive: &Archive<R>, name: &str) -> Result<[u32; N], ConvertError> {
    let dims = &archive.tensor(name)?.dims;
    <[u32; N]>::try_from(dims.as_slice()).map_err(|_| ConvertError::Shape {
        name: name.to_owned(),
        found: dims.clone(),
        needed: format!("{N} dimensions"),
    })
}

fn heads<R: Read + Seek>(archive: &mut Archive<R>, name: &str, width: u32) -> Result<u32, ConvertError> {
    let heads = archive.number(name)?;
    match u32::try_from(heads) {
        Ok(heads) if heads > 0 && width.is_multiple_of(heads) => Ok(heads),
        _ => {
            Err(ConvertError::Malformed { why: format!("{name} is {heads}, which does not divide the width {width}") })
        }
    }
}

fn layers<R: Read + Seek>(archive: &Archive<R>, side: &str) -> u32 {
    let present = (0..).take_while(|n| archive.has(&format!("{side}/layer_{n}/self_attention/linear_0/weight")));
    u32::try_from(present.count()).unwrap_or(u32::MAX)
}
