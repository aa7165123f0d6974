//! The network: a six-layer BERT encoder over the whole answer, and six linear heads.
//!
//! Written over `ndarray` rather than a tensor framework: inference needs one matrix product, a softmax and a
//! normalisation, and a framework brings a hundred and fifty crates for them. `models/judge/network.py` is the same
//! network in training, and the parity test compares the two.

#![allow(clippy::cast_precision_loss, reason = "counts of a few hundred are exact in f32")]

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, Slice, Zip, concatenate};
use safetensors::{Dtype, SafeTensors};

use super::JudgeError;
use super::labels::{Layer, Reason, SpanClass, Verdict};
use crate::question::Kind;

const LAYERS: usize = 6;
const HEADS: usize = 12;
/// Of every token's vector.
pub(super) const WIDTH: usize = 384;
/// The longest input, in tokens: the base encoder has this many positions.
pub(super) const MOST_TOKENS: usize = 512;
/// Outputs of the tag head: outside, then begin and inside of each span class.
pub(super) const TAGS: usize = 1 + 2 * SpanClass::ALL.len();
/// Outputs of the choice among sentences: the conclusion, then the six layers.
pub(super) const CHOICES: usize = 1 + Layer::ALL.len();
/// Words within which a word counts as said again.
pub(super) const REACH: usize = 4;
/// BERT's own, in its layer normalisations.
const EPSILON: f32 = 1e-12;

/// `y = x wᵀ + b`, stored transposed.
struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    fn of(&self, x: &ArrayView2<f32>) -> Array2<f32> {
        x.dot(&self.weight) + &self.bias
    }
}

struct Norm {
    gain: Array1<f32>,
    bias: Array1<f32>,
}

impl Norm {
    fn apply(&self, x: &mut Array2<f32>) {
        for mut row in x.rows_mut() {
            let mean = row.sum() / WIDTH as f32;
            row -= mean;
            let scale = (row.dot(&row) / WIDTH as f32 + EPSILON).sqrt().recip();
            Zip::from(&mut row).and(&self.gain).and(&self.bias).for_each(|x, g, b| *x = *x * scale * g + b);
        }
    }
}

struct Block {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    after_attention: Norm,
    up: Linear,
    down: Linear,
    after_feed_forward: Norm,
}

pub(super) struct Encoder {
    /// int8 rows and their scales: a lookup needs a few hundred rows of thirty thousand, so they stay packed.
    words: Vec<i8>,
    word_scales: Vec<f32>,
    positions: Array2<f32>,
    token_type: Array1<f32>,
    /// Added to a word that is said again soon, by distance; row 0 to one that is not.
    ahead: Array2<f32>,
    /// Likewise to a word that was said just before.
    behind: Array2<f32>,
    norm: Norm,
    blocks: Vec<Block>,
    verdict: Linear,
    reason: Linear,
    point: Linear,
    none: Linear,
    tag: Linear,
    kind: Linear,
}

/// Distances in words to the same word: ahead, behind.
pub(super) type Echo = (usize, usize);

/// What the network reads: ids with, for each sentence, the place of its tokens and of the mark that closes it.
pub(super) struct Input {
    pub(super) ids: Vec<u32>,
    /// Per id, how far ahead and how far behind the same word stands, up to [`REACH`]; 0 where it does not.
    pub(super) echoes: Vec<Echo>,
    /// Per sentence: first token, and the closing mark, which counts as its own.
    pub(super) sentences: Vec<(usize, usize)>,
    /// Per word, its first token.
    pub(super) words: Vec<usize>,
}

/// Raw outputs, before any softmax: a row a sentence, a word, or the whole answer.
pub(super) struct Output {
    pub(super) verdict: Array2<f32>,
    pub(super) reason: Array2<f32>,
    pub(super) point: Array2<f32>,
    pub(super) none: Array1<f32>,
    pub(super) tag: Array2<f32>,
    pub(super) kind: Array1<f32>,
}

impl Encoder {
    pub(super) fn from_safetensors(bytes: &[u8], vocabulary: usize) -> Result<Self, JudgeError> {
        let file = SafeTensors::deserialize(bytes)?;
        let (words, word_scales) = packed(&file, "word", &[vocabulary, WIDTH])?;
        Ok(Self {
            words,
            word_scales,
            positions: matrix(&file, "position", MOST_TOKENS, WIDTH)?,
            token_type: vector(&file, "type", &[1, WIDTH])?,
            ahead: matrix(&file, "head.ahead", REACH + 1, WIDTH)?,
            behind: matrix(&file, "head.behind", REACH + 1, WIDTH)?,
            norm: norm(&file, "norm")?,
            blocks: (0..LAYERS).map(|i| block(&file, i)).collect::<Result<_, _>>()?,
            verdict: linear(&file, "head.verdict", Verdict::ALL.len(), 2 * WIDTH)?,
            reason: linear(&file, "head.reason", Reason::ALL.len(), 2 * WIDTH)?,
            point: linear(&file, "head.point", CHOICES, 2 * WIDTH)?,
            none: linear(&file, "head.none", CHOICES, WIDTH)?,
            tag: linear(&file, "head.tag", TAGS, WIDTH)?,
            kind: linear(&file, "head.kind", Kind::ALL.len(), WIDTH)?,
        })
    }

    /// `input` holds 1 to [`MOST_TOKENS`] ids below the vocabulary's size, as many echoes, and places within them.
    pub(super) fn run(&self, input: &Input) -> Output {
        let x = self.encode(&input.ids, &input.echoes);
        let mut pooled = Array2::zeros((input.sentences.len(), 2 * WIDTH));
        for (mut row, &(first, close)) in pooled.rows_mut().into_iter().zip(&input.sentences) {
            let tokens = x.slice_axis(Axis(0), Slice::from(first..=close));
            let (mut mean, mut mark) = row.view_mut().split_at(Axis(0), WIDTH);
            mean.assign(&(tokens.sum_axis(Axis(0)) / (close + 1 - first) as f32));
            mark.assign(&x.row(close));
        }
        let pooled = pooled.view();
        let whole = x.slice_axis(Axis(0), Slice::from(..1));
        Output {
            verdict: self.verdict.of(&pooled),
            reason: self.reason.of(&pooled),
            point: self.point.of(&pooled),
            none: self.none.of(&whole).row(0).to_owned(),
            kind: self.kind.of(&whole).row(0).to_owned(),
            tag: self.tag.of(&x.select(Axis(0), &input.words).view()),
        }
    }

    /// The mean of the first sentence's tokens, of length 1; zeros without a token.
    pub(super) fn embed(&self, input: &Input) -> Vec<f32> {
        let Some(&(first, close)) = input.sentences.first().filter(|(first, close)| first < close) else {
            return vec![0.0; WIDTH];
        };
        let x = self.encode(&input.ids, &input.echoes);
        let sum = x.slice_axis(Axis(0), Slice::from(first..close)).sum_axis(Axis(0));
        let length = sum.dot(&sum).sqrt().max(f32::MIN_POSITIVE);
        (sum / length).to_vec()
    }

    fn encode(&self, ids: &[u32], echoes: &[Echo]) -> Array2<f32> {
        let mut x = self.positions.slice_axis(Axis(0), Slice::from(..ids.len())).to_owned() + &self.token_type;
        for (mut row, &id) in x.rows_mut().into_iter().zip(ids) {
            let id = id as usize;
            let scale = self.word_scales[id];
            for (x, &w) in row.iter_mut().zip(&self.words[id * WIDTH..(id + 1) * WIDTH]) {
                *x += f32::from(w) * scale;
            }
        }
        for (mut row, &(ahead, behind)) in x.rows_mut().into_iter().zip(echoes) {
            row += &self.ahead.row(ahead);
            row += &self.behind.row(behind);
        }
        self.norm.apply(&mut x);
        for block in &self.blocks {
            let attended = block.output.of(&block.attend(&x.view()).view());
            x += &attended;
            block.after_attention.apply(&mut x);
            let mut wide = block.up.of(&x.view());
            wide.mapv_inplace(gelu);
            x += &block.down.of(&wide.view());
            block.after_feed_forward.apply(&mut x);
        }
        x
    }
}

impl Block {
    /// Scaled dot-product attention, every token to every token. Heads are spread over two threads; each writes its
    /// own columns, so the result does not depend on their order.
    fn attend(&self, x: &ArrayView2<f32>) -> Array2<f32> {
        let (q, k, v) = (self.query.of(x), self.key.of(x), self.value.of(x));
        let each = |heads: std::ops::Range<usize>| {
            let outputs: Vec<_> = heads
                .map(|h| {
                    let columns = Slice::from(h * WIDTH / HEADS..(h + 1) * WIDTH / HEADS);
                    let mut scores = q.slice_axis(Axis(1), columns).dot(&k.slice_axis(Axis(1), columns).t());
                    scores.rows_mut().into_iter().for_each(|row| soften(row, ((WIDTH / HEADS) as f32).sqrt().recip()));
                    scores.dot(&v.slice_axis(Axis(1), columns))
                })
                .collect();
            outputs
        };
        let (mut left, right) = std::thread::scope(|scope| {
            let other = scope.spawn(|| each(HEADS / 2..HEADS));
            let left = each(0..HEADS / 2);
            (left, other.join())
        });
        // A worker that died is done over here, where a second failure surfaces as itself.
        left.extend(right.unwrap_or_else(|_| each(HEADS / 2..HEADS)));
        let views: Vec<_> = left.iter().map(|head| head.view()).collect();
        concatenate(Axis(1), &views).unwrap_or_else(|_| Array2::zeros(x.raw_dim()))
    }
}

/// Softmax of `row * scale`, in place.
fn soften(mut row: ArrayViewMut1<f32>, scale: f32) {
    let top = row.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    row.mapv_inplace(|x| exp((x - top) * scale));
    let total = row.sum();
    row /= total;
}

/// Probabilities of one row of outputs.
pub(super) fn softmax(row: &ArrayView1<f32>) -> Array1<f32> {
    let mut row = row.to_owned();
    soften(row.view_mut(), 1.0);
    row
}

/// `e^x` for x ≤ 0 by `2^n · 2^f`, f in ±½, with a degree-6 Taylor series of `2^f`: within 2e-7 of the exact value, and unlike
/// the library's, a compiler can do eight at once.
fn exp(x: f32) -> f32 {
    let log2 = (x * std::f32::consts::LOG2_E).max(-126.0);
    // Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number.
    let whole = (log2 + 12_582_912.0) - 12_582_912.0;
    let f = (log2 - whole) * std::f32::consts::LN_2;
    let series = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole is from -126 to 0")]
    let power = f32::from_bits(((whole as i32 + 127) as u32) << 23);
    series * power
}

/// x Φ(x), with the normal distribution from formula 7.1.26 of Abramowitz and Stegun (1964): within 1.5e-7.
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let tail =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4)))) * exp(-z * z);
    let erf = if x < 0.0 { tail - 1.0 } else { 1.0 - tail };
    0.5 * x * (1.0 + erf)
}

// ---- reading the file ----

fn find<'a>(file: &'a SafeTensors, name: &str, shape: &[usize], dtype: Dtype) -> Result<&'a [u8], JudgeError> {
    let wrong = |what: String| JudgeError::Tensor { name: name.to_owned(), what };
    let found = file.tensor(name).map_err(|e| wrong(e.to_string()))?;
    if found.shape() != shape || found.dtype() != dtype {
        return Err(wrong(format!("{:?} of {:?} where {dtype:?} of {shape:?} belongs", found.dtype(), found.shape())));
    }
    Ok(found.data())
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// A row-quantised matrix as stored: int8 values, and the f32 that one unit of each row is worth.
fn packed(file: &SafeTensors, name: &str, shape: &[usize; 2]) -> Result<(Vec<i8>, Vec<f32>), JudgeError> {
    let values = find(file, name, shape, Dtype::I8)?.iter().map(|&b| b.cast_signed()).collect();
    let scales = floats(find(file, &format!("{name}.scale"), &shape[..1], Dtype::F32)?);
    Ok((values, scales))
}

fn matrix(file: &SafeTensors, name: &str, rows: usize, columns: usize) -> Result<Array2<f32>, JudgeError> {
    let (values, scales) = packed(file, name, &[rows, columns])?;
    Ok(Array2::from_shape_fn((rows, columns), |(r, c)| f32::from(values[r * columns + c]) * scales[r]))
}

fn vector(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Array1<f32>, JudgeError> {
    Ok(floats(find(file, name, shape, Dtype::F32)?).into())
}

fn linear(file: &SafeTensors, name: &str, outputs: usize, inputs: usize) -> Result<Linear, JudgeError> {
    let weight = matrix(file, &format!("{name}.w"), outputs, inputs)?.reversed_axes().as_standard_layout().into_owned();
    Ok(Linear { weight, bias: vector(file, &format!("{name}.b"), &[outputs])? })
}

fn norm(file: &SafeTensors, name: &str) -> Result<Norm, JudgeError> {
    Ok(Norm {
        gain: vector(file, &format!("{name}.g"), &[WIDTH])?,
        bias: vector(file, &format!("{name}.b"), &[WIDTH])?,
    })
}

fn block(file: &SafeTensors, i: usize) -> Result<Block, JudgeError> {
    Ok(Block {
        query: linear(file, &format!("{i}.q"), WIDTH, WIDTH)?,
        key: linear(file, &format!("{i}.k"), WIDTH, WIDTH)?,
        value: linear(file, &format!("{i}.v"), WIDTH, WIDTH)?,
        output: linear(file, &format!("{i}.o"), WIDTH, WIDTH)?,
        after_attention: norm(file, &format!("{i}.n1"))?,
        up: linear(file, &format!("{i}.up"), 4 * WIDTH, WIDTH)?,
        down: linear(file, &format!("{i}.down"), WIDTH, 4 * WIDTH)?,
        after_feed_forward: norm(file, &format!("{i}.n2"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_exponential_agrees_with_the_library() {
        for i in 0..2000 {
            let x = -(i as f32) * 0.01;
            assert!((exp(x) - x.exp()).abs() <= 4e-7, "{x}");
        }
        assert!(exp(-1e9) < 1e-37);
    }

    #[test]
    fn gelu_has_its_known_values() {
        for (x, y) in [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_3), (3.0, 2.995_95), (-8.0, 0.0)] {
            assert!((gelu(x) - y).abs() < 1e-5, "{x}: {}", gelu(x));
        }
    }

    #[test]
    fn a_softmax_sums_to_one_however_large_its_inputs() {
        let p = softmax(&ArrayView1::from(&[1e4, 1e4 - 1.0, -1e9]));
        assert!((p.sum() - 1.0).abs() < 1e-6 && p[0] > p[1] && p[2] < 1e-30);
    }
}
