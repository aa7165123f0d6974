//! Weights in fewer bits: ggml's block formats.
//!
//! A block is 32 weights that share a scale `d` (and in `q5_1` an offset `m`), both half precision.
//! Nibbles hold weight `j` low and weight `j + 16` high; the fifth bits of the 5-bit formats are
//! gathered in a little-endian word, bit `j` for weight `j`.
//!
//! | format | bytes a block | bits a weight | a weight is | levels |
//! |---|---|---|---|---|
//! | `q8_0` | 34 | 8.5 | `d · q` | −127…127 |
//! | `q5_1` | 24 | 6 | `d · q + m` | 0…31 |
//! | `q5_0` | 22 | 5.5 | `d · (q − 16)` | 0…31 |
//! | `q4_0` | 18 | 4.5 | `d · (q − 8)` | 0…15 |
//!
//! The rounding is that of ggml's reference quantiser, so every block comes out byte for byte as
//! whisper.cpp's own tool makes it. A search for better scales was left out for that reason: the
//! eight-bit default has nothing to gain from it.

use super::half::narrow;

/// Weights that share one scale.
pub const BLOCK: usize = 32;
/// Added to a quantised file's type in steps of this, one for each version of the block formats.
const VERSION_STEP: i32 = 1000;
/// Version of the block formats written here.
const VERSION: i32 = 2;

/// How the large matrices are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Quantisation {
    /// Half precision, as published: the reference for the others.
    F16,
    /// Eight bits: half the size of `f16`, the same words.
    #[default]
    Q8_0,
    /// Five bits with an offset.
    Q5_1,
    /// Five bits.
    Q5_0,
    /// Four bits: the smallest.
    Q4_0,
}

impl Quantisation {
    /// All of them, from the largest file to the smallest.
    pub const ALL: [Self; 5] = [Self::F16, Self::Q8_0, Self::Q5_1, Self::Q5_0, Self::Q4_0];

    /// The name that whisper.cpp and file names use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F16 => "f16",
            Self::Q8_0 => "q8_0",
            Self::Q5_1 => "q5_1",
            Self::Q5_0 => "q5_0",
            Self::Q4_0 => "q4_0",
        }
    }

    /// The quantisation of that name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.name() == name)
    }

    /// ggml's number for a tensor stored so (`enum ggml_type`).
    pub(super) fn tensor_code(self) -> i32 {
        match self {
            Self::F16 => 1,
            Self::Q8_0 => 8,
            Self::Q5_1 => 7,
            Self::Q5_0 => 6,
            Self::Q4_0 => 2,
        }
    }

    /// ggml's number for a file of such tensors (`enum ggml_ftype`), with the version of the blocks.
    pub(super) fn file_code(self) -> i32 {
        match self {
            Self::F16 => 1,
            Self::Q8_0 => VERSION * VERSION_STEP + 7,
            Self::Q5_1 => VERSION * VERSION_STEP + 9,
            Self::Q5_0 => VERSION * VERSION_STEP + 8,
            Self::Q4_0 => VERSION * VERSION_STEP + 2,
        }
    }

    /// Bytes that 32 weights take.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        match self {
            Self::F16 => 2 * BLOCK,
            Self::Q8_0 => 2 + BLOCK,
            Self::Q5_1 => 2 + 2 + 4 + BLOCK / 2,
            Self::Q5_0 => 2 + 4 + BLOCK / 2,
            Self::Q4_0 => 2 + BLOCK / 2,
        }
    }

    /// Append `weights` to `out`. Finite weights only, a whole number of blocks: what is left over
    /// at the end is not written.
    pub fn encode(self, weights: &[f32], out: &mut Vec<u8>) {
        for block in weights.as_chunks::<BLOCK>().0 {
            match self {
                Self::F16 => Self::encode_halves(block, out),
                Self::Q8_0 => encode_q8_0(block, out),
                Self::Q5_1 => encode_q5_1(block, out),
                Self::Q5_0 => encode_q5_0(block, out),
                Self::Q4_0 => encode_q4_0(block, out),
            }
        }
    }

    /// Append `weights` to `out` in half precision, however many they are.
    pub(super) fn encode_halves(weights: &[f32], out: &mut Vec<u8>) {
        out.extend(weights.iter().flat_map(|w| narrow(*w).to_le_bytes()));
    }
}

fn encode_q8_0(block: &[f32; BLOCK], out: &mut Vec<u8>) {
    let largest = block.iter().fold(0.0_f32, |a, w| a.max(w.abs()));
    let scale = largest / 127.0;
    let inverse = invert(scale);
    put_half(out, scale);
    #[allow(clippy::cast_possible_truncation, reason = "−127 to 127, and saturating")]
    out.extend(block.iter().map(|w| ((w * inverse).round() as i8).cast_unsigned()));
}

fn encode_q5_1(block: &[f32; BLOCK], out: &mut Vec<u8>) {
    let low = block.iter().copied().fold(f32::INFINITY, f32::min);
    let high = block.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = (high - low) / 31.0;
    let inverse = invert(scale);
    put_half(out, scale);
    put_half(out, low);
    put_five_bits(out, &block.map(|w| level((w - low) * inverse + 0.5, 31)));
}

fn encode_q5_0(block: &[f32; BLOCK], out: &mut Vec<u8>) {
    let scale = farthest(block) / -16.0;
    let inverse = invert(scale);
    put_half(out, scale);
    put_five_bits(out, &block.map(|w| level(w * inverse + 16.5, 31)));
}

fn encode_q4_0(block: &[f32; BLOCK], out: &mut Vec<u8>) {
    let scale = farthest(block) / -8.0;
    let inverse = invert(scale);
    put_half(out, scale);
    put_nibbles(out, &block.map(|w| level(w * inverse + 8.5, 15)));
}

/// The weight farthest from zero, with its sign: it gets the lowest level, the one that has no
/// opposite, so that no level is wasted.
fn farthest(block: &[f32; BLOCK]) -> f32 {
    block.iter().fold(0.0_f32, |a, w| if w.abs() > a.abs() { *w } else { a })
}

/// One over `scale`; zero for an empty block, and for one so faint that the inverse overflows.
fn invert(scale: f32) -> f32 {
    let inverse = 1.0 / scale;
    if inverse.is_finite() { inverse } else { 0.0 }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cutting the fraction off is the rounding, and a cast saturates"
)]
fn level(value: f32, top: u8) -> u8 {
    (value as u8).min(top)
}

fn put_half(out: &mut Vec<u8>, value: f32) {
    out.extend_from_slice(&narrow(value).to_le_bytes());
}

fn put_nibbles(out: &mut Vec<u8>, levels: &[u8; BLOCK]) {
    let (low, high) = levels.split_at(BLOCK / 2);
    out.extend(low.iter().zip(high).map(|(l, h)| (l & 0x0f) | (h & 0x0f) << 4));
}

fn put_five_bits(out: &mut Vec<u8>, levels: &[u8; BLOCK]) {
    let fifth = levels.iter().rev().fold(0_u32, |bits, l| bits << 1 | u32::from(l >> 4 & 1));
    out.extend_from_slice(&fifth.to_le_bytes());
    put_nibbles(out, levels);
}

#[cfg(test)]
mod tests {
    use super::super::half::widen;
    use super::*;
    use proptest::prelude::*;

    /// The weights that `bytes` stand for, by the table in the module's documentation.
    fn decode(how: Quantisation, bytes: &[u8]) -> Vec<f32> {
        let half = |at: usize, block: &[u8]| widen(u16::from_le_bytes([block[at], block[at + 1]]));
        let nibble = |packed: &[u8], j: usize| packed[j % 16] >> (4 * (j / 16)) & 15;
        let five = |block: &[u8], j: usize| {
            let (fifth, packed) = block.split_at(4);
            nibble(packed, j) | (fifth[j / 8] >> (j % 8) & 1) << 4
        };
        bytes
            .chunks(how.block_bytes())
            .flat_map(|b| {
                (0..BLOCK).map(move |j| match how {
                    Quantisation::F16 => half(2 * j, b),
                    Quantisation::Q8_0 => half(0, b) * f32::from(b[2 + j].cast_signed()),
                    Quantisation::Q5_1 => half(0, b) * f32::from(five(&b[4..], j)) + half(2, b),
                    Quantisation::Q5_0 => half(0, b) * (f32::from(five(&b[2..], j)) - 16.0),
                    Quantisation::Q4_0 => half(0, b) * (f32::from(nibble(&b[2..], j)) - 8.0),
                })
            })
            .collect()
    }

    fn encode(how: Quantisation, weights: &[f32]) -> Vec<u8> {
        let mut out = Vec::new();
        how.encode(weights, &mut out);
        out
    }

    /// Weights 0, 1, 2, … 31.
    fn ramp() -> Vec<f32> {
        (0..32_u8).map(f32::from).collect()
    }

    #[test]
    fn a_block_of_q8_0_worked_by_hand() {
        // Largest 127, so the scale is 1 (0x3c00) and each weight is its own level; halves round
        // away from zero.
        let mut weights = vec![0.0; BLOCK];
        weights[..5].copy_from_slice(&[127.0, -127.0, 1.0, -3.0, 2.5]);
        let mut expected = vec![0x00, 0x3c, 127, 0x81, 1, 0xfd, 3];
        expected.resize(34, 0);
        assert_eq!(encode(Quantisation::Q8_0, &weights), expected);
    }

    #[test]
    fn a_block_of_q5_1_worked_by_hand() {
        // From 0 to 31: scale 1, offset 0, level j for weight j. Levels 16 and up have the fifth bit.
        let mut expected = vec![0x00, 0x3c, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff];
        expected.extend((0..16).map(|j| j | j << 4));
        assert_eq!(encode(Quantisation::Q5_1, &ramp()), expected);
    }

    #[test]
    fn a_block_of_q5_0_worked_by_hand() {
        // Farthest from zero −16, so the scale is 1 and level = weight + 16: 0 to 31 again.
        let weights: Vec<f32> = ramp().iter().map(|w| w - 16.0).collect();
        let mut expected = vec![0x00, 0x3c, 0x00, 0x00, 0xff, 0xff];
        expected.extend((0..16).map(|j| j | j << 4));
        assert_eq!(encode(Quantisation::Q5_0, &weights), expected);
    }

    #[test]
    fn a_block_of_q4_0_worked_by_hand() {
        // Farthest from zero +8, so the scale is −1 (0xbc00): 8 gets level 0, −7 level 15, 0 level 8.
        // −8 would need level 16 and is held at 15.
        let mut weights = vec![0.0; BLOCK];
        weights[0] = 8.0;
        weights[1] = -7.0;
        weights[16] = 3.0;
        weights[17] = -8.0;
        let mut expected = vec![0x00, 0xbc, 0x50, 0xff];
        expected.resize(18, 0x88);
        assert_eq!(encode(Quantisation::Q4_0, &weights), expected);
    }

    #[test]
    fn an_empty_or_faint_block_decodes_to_next_to_nothing() {
        for how in Quantisation::ALL {
            for faint in [0.0, 1e-39, -1e-39, f32::MIN_POSITIVE] {
                let back = decode(how, &encode(how, &[faint; BLOCK]));
                assert!(back.iter().all(|w| w.abs() < 1e-6), "{how:?} {faint}");
            }
        }
    }

    #[test]
    fn names_lead_back_to_their_quantisation() {
        for how in Quantisation::ALL {
            assert_eq!(Quantisation::named(how.name()), Some(how));
        }
        assert_eq!(Quantisation::named("q3_k"), None);
    }

    #[test]
    fn every_block_has_the_stated_length() {
        for (how, bytes) in Quantisation::ALL.into_iter().zip([64, 34, 24, 22, 18]) {
            assert_eq!(how.block_bytes(), bytes);
            assert_eq!(encode(how, &[0.5; 3 * BLOCK]).len(), 3 * bytes);
        }
    }

    proptest! {
        #[test]
        fn no_weight_moves_farther_than_its_step_allows(weights in prop::collection::vec(-4.0_f32..4.0, BLOCK)) {
            let farthest = weights.iter().fold(0.0_f32, |a, w| a.max(w.abs()));
            let low = weights.iter().copied().fold(f32::INFINITY, f32::min);
            let high = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for how in Quantisation::ALL {
                // Half a step; a whole one where the range is lopsided, because +16 has no level.
                // Rounding the scale to half precision adds 2⁻¹¹ of the farthest weight, the offset
                // as much again.
                let step = match how {
                    Quantisation::F16 => 0.0,
                    Quantisation::Q8_0 => farthest / 127.0 / 2.0,
                    Quantisation::Q5_1 => (high - low) / 31.0 / 2.0,
                    Quantisation::Q5_0 => farthest / 16.0,
                    Quantisation::Q4_0 => farthest / 8.0,
                };
                let bound = step * 1.001 + farthest * 3.0 / 2048.0;
                for (weight, back) in weights.iter().zip(decode(how, &encode(how, &weights))) {
                    prop_assert!((weight - back).abs() <= bound, "{how:?}: {weight} became {back}");
                }
            }
        }
    }

    #[test]
    fn more_bits_lose_less() {
        // 4096 weights that look normally distributed: sums of a dozen steps of a linear congruence.
        let mut state = 1_u32;
        let mut uniform = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((state >> 16) as u16) / 65_536.0 - 0.5
        };
        let weights: Vec<f32> = (0..4096).map(|_| (0..12).map(|_| uniform()).sum::<f32>() * 0.05).collect();
        let power: f32 = weights.iter().map(|w| w * w).sum();
        let noise_db = Quantisation::ALL.map(|how| {
            let back = decode(how, &encode(how, &weights));
            let noise: f32 = weights.iter().zip(back).map(|(w, b)| (w - b).powi(2)).sum();
            10.0 * (noise / power).log10()
        });
        // Six decibels a bit, from the half's −70 or less down to four bits.
        for (noise, most) in noise_db.into_iter().zip([-70.0, -44.0, -27.0, -26.0, -19.5]) {
            assert!(noise < most, "{noise_db:?}");
        }
        assert!(noise_db.is_sorted(), "{noise_db:?}");
    }
}
