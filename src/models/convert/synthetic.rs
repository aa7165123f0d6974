//! A tiny Whisper in `CTranslate2`'s format, made on the spot for the tests.

use std::collections::BTreeMap;
use std::path::Path;

use super::half::narrow;

/// The model's sizes: one layer each side, two heads.
pub const WIDTH: u32 = 32;
pub const CONTEXT: u32 = 6;
pub const ROWS: u32 = 51_864;
pub const MELS: u32 = 80;

/// A tensor to write: dimensions, element type, data.
#[derive(Debug, Clone)]
pub struct Stored {
    pub dims: Vec<u32>,
    pub code: u8,
    pub data: Vec<u8>,
}

impl Stored {
    pub fn number(value: i16) -> Self {
        Self { dims: vec![], code: 2, data: value.to_le_bytes().to_vec() }
    }

    pub fn weights(dims: &[u32], weights: impl Iterator<Item = f32>) -> Self {
        let data = weights.flat_map(|w| narrow(w).to_le_bytes()).collect();
        Self { dims: dims.to_vec(), code: 4, data }
    }
}

/// A model whose parts can be changed before it is written.
#[derive(Debug, Clone)]
pub struct Model {
    pub version: u32,
    pub kind: String,
    pub tensors: BTreeMap<String, Stored>,
    pub aliases: Vec<(String, String)>,
}

impl Model {
    /// A complete model. Weight `i` of a tensor depends on `i` and the tensor's name.
    pub fn whole() -> Self {
        let mut tensors = BTreeMap::new();
        let mut add = |name: &str, dims: &[u32]| {
            let seed = name.bytes().map(u32::from).sum::<u32>();
            let count: u32 = dims.iter().product();
            tensors.insert(name.to_owned(), Stored::weights(dims, (0..count).map(|i| weight(seed, i))));
        };
        let (w, inner) = (WIDTH, 4 * WIDTH);
        add("encoder/conv1/weight", &[w, MELS, 3]);
        add("encoder/conv1/bias", &[w]);
        add("encoder/conv2/weight", &[w, w, 3]);
        add("encoder/conv2/bias", &[w]);
        add("decoder/embeddings/weight", &[ROWS, w]);
        for side in ["encoder", "decoder"] {
            add(&format!("{side}/position_encodings/encodings"), &[CONTEXT, w]);
            add(&format!("{side}/layer_norm/gamma"), &[w]);
            add(&format!("{side}/layer_norm/beta"), &[w]);
            let mut blocks = vec![("self_attention", vec![[3 * w, w], [w, w]]), ("ffn", vec![[inner, w], [w, inner]])];
            if side == "decoder" {
                blocks.push(("attention", vec![[w, w], [2 * w, w], [w, w]]));
            }
            for (block, linears) in blocks {
                add(&format!("{side}/layer_0/{block}/layer_norm/gamma"), &[w]);
                add(&format!("{side}/layer_0/{block}/layer_norm/beta"), &[w]);
                for (n, dims) in linears.iter().enumerate() {
                    add(&format!("{side}/layer_0/{block}/linear_{n}/weight"), dims);
                    add(&format!("{side}/layer_0/{block}/linear_{n}/bias"), &dims[..1]);
                }
            }
        }
        tensors.insert("encoder/num_heads".into(), Stored::number(2));
        tensors.insert("decoder/num_heads".into(), Stored::number(2));
        let aliases = vec![("decoder/projection/weight".into(), "decoder/embeddings/weight".into())];
        Self { version: 6, kind: "WhisperSpec".into(), tensors, aliases }
    }

    /// A few small tensors: enough for a file, not for a Whisper.
    pub fn small() -> Self {
        let mut model = Self::whole();
        model.tensors.retain(|name, _| name.starts_with("encoder/layer_norm") || name.ends_with("num_heads"));
        model.aliases = vec![("other".into(), "encoder/layer_norm/beta".into())];
        model
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.version.to_le_bytes().to_vec();
        put_name(&mut out, &self.kind);
        out.extend(3_u32.to_le_bytes());
        out.extend(u32::try_from(self.tensors.len()).unwrap().to_le_bytes());
        for (name, tensor) in &self.tensors {
            put_name(&mut out, name);
            out.push(u8::try_from(tensor.dims.len()).unwrap());
            out.extend(tensor.dims.iter().flat_map(|d| d.to_le_bytes()));
            out.push(tensor.code);
            out.extend(u32::try_from(tensor.data.len()).unwrap().to_le_bytes());
            out.extend(&tensor.data);
        }
        out.extend(u32::try_from(self.aliases.len()).unwrap().to_le_bytes());
        for (alias, name) in &self.aliases {
            put_name(&mut out, alias);
            put_name(&mut out, name);
        }
        out
    }

    /// A folder with this model and a vocabulary that fits.
    pub fn folder(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("model.bin"), self.bytes()).unwrap();
        write_vocabulary(dir.path());
        dir
    }
}

/// English-only: 50 256 text tokens, then the end of text.
pub fn write_vocabulary(dir: &Path) {
    let mut tokens: Vec<String> = (0..50_256).map(|n| format!("Ġ{n}")).collect();
    tokens.push("<|endoftext|>\n".into());
    std::fs::write(dir.join("vocabulary.txt"), tokens.join("\n")).unwrap();
}

/// What weight `i` of a tensor with that seed is: any value that differs from its neighbours.
pub fn weight(seed: u32, i: u32) -> f32 {
    let mixed = (seed.wrapping_mul(31) ^ i).wrapping_mul(2_654_435_761);
    f32::from((mixed >> 20) as u16) / 2048.0 - 1.0
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    out.extend(u16::try_from(name.len() + 1).unwrap().to_le_bytes());
    out.extend(name.as_bytes());
    out.push(0);
}
