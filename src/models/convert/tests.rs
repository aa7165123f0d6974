//! The whole conversion, on a tiny model, and what it does with files that lie.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use super::half::{narrow, widen};
use super::synthetic::{CONTEXT, MELS, Model, ROWS, Stored, WIDTH};
use super::*;

/// A ggml file taken apart again.
struct Parsed {
    sizes: Vec<i32>,
    filters: (i32, i32),
    tokens: Vec<Vec<u8>>,
    tensors: BTreeMap<String, (i32, Vec<i32>, Vec<u8>)>,
}

fn parse(file: &[u8]) -> Parsed {
    let mut rest = file;
    let mut take = |n: usize| {
        let (head, tail) = rest.split_at(n);
        rest = tail;
        (head.to_vec(), tail.is_empty())
    };
    let number = |bytes: Vec<u8>| i32::from_le_bytes(bytes.try_into().unwrap());
    let length = |n: i32| usize::try_from(n).unwrap();
    assert_eq!(take(4).0, b"lmgg");
    let sizes: Vec<i32> = (0..11).map(|_| number(take(4).0)).collect();
    let filters = (number(take(4).0), number(take(4).0));
    take(length(filters.0 * filters.1) * 4);
    let count = number(take(4).0);
    let tokens = (0..count)
        .map(|_| {
            let n = length(number(take(4).0));
            take(n).0
        })
        .collect();
    let mut tensors = BTreeMap::new();
    loop {
        let [rank, name_length, code] = [0; 3].map(|_| number(take(4).0));
        let dims: Vec<i32> = (0..rank).map(|_| number(take(4).0)).collect();
        let name = String::from_utf8(take(length(name_length)).0).unwrap();
        let weights = length(dims.iter().product());
        let bytes = match code {
            0 => weights * 4,
            1 => weights * 2,
            8 => weights / 32 * 34,
            7 => weights / 32 * 24,
            6 => weights / 32 * 22,
            2 => weights / 32 * 18,
            other => panic!("type {other}"),
        };
        let (data, last) = take(bytes);
        assert!(tensors.insert(name, (code, dims, data)).is_none());
        if last {
            return Parsed { sizes, filters, tokens, tensors };
        }
    }
}

fn converted(dir: &Path, quantisation: Quantisation) -> (Vec<u8>, Summary) {
    let out = dir.join("out.bin");
    let summary = import(dir, quantisation, &out, &mut |_, _| ()).unwrap();
    (fs::read(out).unwrap(), summary)
}

/// Convert `model`, which must fail and leave nothing behind; the message.
fn refused(model: &Model) -> String {
    let dir = model.folder();
    let out = tempfile::tempdir().unwrap();
    let error = import(dir.path(), Quantisation::Q8_0, &out.path().join("m.bin"), &mut |_, _| ()).unwrap_err();
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "left something behind");
    error.to_string()
}

fn halves(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|b| widen(u16::from_le_bytes(*b))).collect()
}

fn singles(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

#[test]
fn all_tensors_arrive_under_their_names_with_their_shapes() {
    let dir = Model::whole().folder();
    let (file, summary) = converted(dir.path(), Quantisation::F16);
    let parsed = parse(&file);
    let as_i32 = |n: u32| i32::try_from(n).unwrap();
    let (rows, w, context, mels) = (as_i32(ROWS), as_i32(WIDTH), as_i32(CONTEXT), as_i32(MELS));
    assert_eq!(parsed.sizes, [rows, context, w, 2, 1, context, w, 2, 1, mels, 1]);
    assert_eq!(parsed.filters, (mels, 201));
    assert_eq!(parsed.tokens.len(), 50_256);
    assert_eq!(parsed.tokens[7], b" 7");
    // whisper.cpp counts 15 in each encoder layer, 24 in each decoder layer, and 11 around them.
    assert_eq!(parsed.tensors.len(), 11 + 15 + 24);
    assert_eq!(summary.tensors, parsed.tensors.len());
    let shape = |name: &str| (parsed.tensors[name].0, parsed.tensors[name].1.clone());
    assert_eq!(shape("encoder.conv1.weight"), (1, vec![3, mels, w]));
    assert_eq!(shape("encoder.conv1.bias"), (0, vec![1, w]));
    assert_eq!(shape("encoder.positional_embedding"), (0, vec![w, context]));
    assert_eq!(shape("decoder.token_embedding.weight"), (1, vec![w, rows]));
    assert_eq!(shape("encoder.blocks.0.mlp.0.weight"), (1, vec![w, 4 * w]));
    assert_eq!(shape("encoder.blocks.0.mlp.2.weight"), (1, vec![4 * w, w]));
    assert_eq!(shape("decoder.blocks.0.cross_attn.value.bias"), (0, vec![w]));
    assert!(!parsed.tensors.contains_key("decoder.blocks.0.attn.key.bias"));
}

#[test]
fn joined_projections_are_taken_apart_at_the_right_rows() {
    let model = Model::whole();
    let dir = model.folder();
    let parsed = parse(&converted(dir.path(), Quantisation::F16).0);
    let square = (WIDTH * WIDTH) as usize;
    let width = WIDTH as usize;
    for (from, names) in [
        (
            "encoder/layer_0/self_attention/linear_0",
            ["blocks.0.attn.query", "blocks.0.attn.key", "blocks.0.attn.value"].as_slice(),
        ),
        ("decoder/layer_0/attention/linear_1", &["blocks.0.cross_attn.key", "blocks.0.cross_attn.value"]),
    ] {
        let side = &from[..7];
        let weights = halves(&model.tensors[&format!("{from}/weight")].data);
        let biases = halves(&model.tensors[&format!("{from}/bias")].data);
        for (n, name) in names.iter().enumerate() {
            let data = &parsed.tensors[&format!("{side}.{name}.weight")].2;
            assert_eq!(halves(data), weights[n * square..(n + 1) * square], "{name}");
            if !name.ends_with("key") {
                let data = &parsed.tensors[&format!("{side}.{name}.bias")].2;
                assert_eq!(singles(data), biases[n * width..(n + 1) * width], "{name}");
            }
        }
    }
}

#[test]
fn only_matrices_are_quantised() {
    let dir = Model::whole().folder();
    for (how, code, file_code) in [
        (Quantisation::Q8_0, 8, 2007),
        (Quantisation::Q5_1, 7, 2009),
        (Quantisation::Q5_0, 6, 2008),
        (Quantisation::Q4_0, 2, 2002),
    ] {
        let parsed = parse(&converted(dir.path(), how).0);
        assert_eq!(parsed.sizes[10], file_code);
        for (name, (found, dims, _)) in &parsed.tensors {
            let expected = match name.as_str() {
                "encoder.conv1.weight" | "encoder.conv2.weight" => 1,
                name if name.ends_with("positional_embedding") || name.ends_with("bias") || dims.len() == 1 => 0,
                _ => code,
            };
            assert_eq!(*found, expected, "{name}");
        }
    }
}

#[test]
fn the_same_model_gives_the_same_bytes_in_parts_or_whole_in_half_or_single() {
    let mut model = Model::whole();
    let dir = model.folder();
    let (file, summary) = converted(dir.path(), Quantisation::Q5_1);
    assert_eq!(converted(dir.path(), Quantisation::Q5_1).0, file);
    assert_eq!(summary.bytes, file.len() as u64);
    assert_eq!(summary.sha256, hex(&Sha256::digest(&file)));

    let bytes = model.bytes();
    fs::remove_file(dir.path().join("model.bin")).unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2 + 1);
    fs::write(dir.path().join("model.bin.part1"), first).unwrap();
    fs::write(dir.path().join("model.bin.part2"), second).unwrap();
    assert!(converted(dir.path(), Quantisation::Q5_1).0 == file, "parts differ");

    for tensor in model.tensors.values_mut().filter(|t| t.code == 4) {
        tensor.data = halves(&tensor.data).iter().flat_map(|w| w.to_le_bytes()).collect();
        tensor.code = 0;
    }
    assert!(converted(model.folder().path(), Quantisation::Q5_1).0 == file, "single precision differs");
}

#[test]
fn brain_floats_are_read() {
    let mut model = Model::whole();
    let tensor = model.tensors.get_mut("encoder/layer_norm/gamma").unwrap();
    tensor.data = [0x3fc0_u16; WIDTH as usize].iter().flat_map(|b| b.to_le_bytes()).collect();
    tensor.code = 5;
    let parsed = parse(&converted(model.folder().path(), Quantisation::Q8_0).0);
    assert_eq!(singles(&parsed.tensors["encoder.ln_post.weight"].2), [1.5; WIDTH as usize]);
}

#[test]
fn a_tensor_that_is_stored_under_another_name_is_found() {
    let mut model = Model::whole();
    let beta = model.tensors.remove("encoder/layer_norm/beta").unwrap();
    model.tensors.insert("decoder/layer_norm/beta".into(), beta.clone());
    model.aliases.push(("encoder/layer_norm/beta".into(), "decoder/layer_norm/beta".into()));
    let parsed = parse(&converted(model.folder().path(), Quantisation::Q8_0).0);
    assert_eq!(singles(&parsed.tensors["encoder.ln_post.bias"].2), halves(&beta.data));
}

#[test]
fn progress_grows_to_the_length_of_the_file() {
    let dir = Model::whole().folder();
    let out = dir.path().join("out.bin");
    let mut seen = Vec::new();
    let summary = import(dir.path(), Quantisation::Q4_0, &out, &mut |done, all| seen.push((done, all))).unwrap();
    assert!(seen.is_sorted());
    assert!(seen.iter().all(|(_, all)| *all == summary.bytes));
    assert_eq!(seen.last(), Some(&(summary.bytes, summary.bytes)));
}

#[test]
fn an_older_file_is_replaced_but_only_by_a_whole_one() {
    let dir = Model::whole().folder();
    let out = dir.path().join("out.bin");
    fs::write(&out, "older").unwrap();
    fs::rename(dir.path().join("vocabulary.txt"), dir.path().join("away")).unwrap();
    assert!(import(dir.path(), Quantisation::Q8_0, &out, &mut |_, _| ()).is_err());
    assert_eq!(fs::read(&out).unwrap(), b"older");
    fs::rename(dir.path().join("away"), dir.path().join("vocabulary.txt")).unwrap();
    assert!(converted(dir.path(), Quantisation::Q8_0).0.len() > 1000);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dir = Model::whole().folder();
    let out = dir.path().join("missing").join("out.bin");
    let error = import(dir.path(), Quantisation::Q8_0, &out, &mut |_, _| ()).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let bytes = Model::small().bytes();
    let open = |end: usize| Archive::open(Cursor::new(&bytes[..end]), end as u64, "model.bin".into());
    assert!(open(bytes.len()).is_ok());
    for end in 0..bytes.len() {
        assert!(matches!(open(end), Err(ConvertError::Truncated { .. })), "cut at {end}");
    }
}

#[test]
fn a_file_with_any_byte_changed_neither_panics_nor_hangs() {
    let bytes = Model::small().bytes();
    for at in 0..bytes.len() {
        for value in [0x00, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let length = changed.len() as u64;
            if let Ok(mut archive) = Archive::open(Cursor::new(changed), length, "model.bin".into()) {
                let _ = archive.number("encoder/num_heads");
                let _ = Sizes::of(&mut archive);
            }
        }
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut bytes = Model::small().bytes();
    bytes.extend(b"tail");
    let length = bytes.len() as u64;
    let error = Archive::open(Cursor::new(bytes), length, "model.bin".into()).unwrap_err();
    assert!(error.to_string().contains("4 bytes follow"), "{error}");
}

#[test]
fn lengths_that_the_file_cannot_hold_are_refused_before_anything_is_allocated() {
    let header = |count: u32| {
        let mut bytes = 6_u32.to_le_bytes().to_vec();
        bytes.extend([12, 0]);
        bytes.extend(b"WhisperSpec\0");
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes
    };
    let message = |bytes: Vec<u8>| {
        let length = bytes.len() as u64;
        Archive::open(Cursor::new(bytes), length, "model.bin".into()).unwrap_err().to_string()
    };
    assert!(message(header(u32::MAX)).contains("claims 4294967295 tensors"));
    let mut long_name = header(1);
    long_name.extend([0xff, 0xff]);
    assert!(message(long_name).contains("claims 65535 bytes"));
    let tensor = |rank: u8, dims: &[u32], stored: u32| {
        let mut bytes = header(1);
        bytes.extend([2, 0, b'a', 0, rank]);
        bytes.extend(dims.iter().flat_map(|d| d.to_le_bytes()));
        bytes.push(0);
        bytes.extend(stored.to_le_bytes());
        bytes
    };
    assert!(message(tensor(255, &[], 4)).contains("claims 255 dimensions"));
    // The product of these wraps around to a small number in 64 bits.
    assert!(message(tensor(3, &[1 << 31, 1 << 31, 4], 0)).contains("claims 0 bytes"));
    assert!(message(tensor(1, &[1 << 29], 1 << 31)).contains("ends inside tensor \"a\""));
}

#[test]
fn other_files_and_other_models_are_told_apart() {
    let mut model = Model::small();
    model.version = u32::from_le_bytes(*b"lmgg");
    assert!(refused(&model).contains("it starts with 0x67676d6c"));
    model.version = 5;
    assert!(refused(&model).contains("binary version 6"));
    let mut model = Model::small();
    model.kind = "TransformerSpec".into();
    assert!(refused(&model).contains("\"TransformerSpec\", not a WhisperSpec"));
}

#[test]
fn a_missing_tensor_is_named() {
    let mut model = Model::whole();
    model.tensors.remove("decoder/layer_0/attention/linear_1/weight");
    assert!(refused(&model).contains("no tensor \"decoder/layer_0/attention/linear_1/weight\""));
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let ones = |dims: &[u32]| Stored::weights(dims, (0..dims.iter().product()).map(|_| 1.0));
    for (name, stored, complaint) in [
        ("encoder/conv2/weight", ones(&[WIDTH, WIDTH, 5]), "has shape [32, 32, 5] where Whisper needs [32, 32, 3]"),
        ("encoder/conv1/weight", ones(&[WIDTH, 81, 3]), "80 or 128 mel filters"),
        ("encoder/conv1/weight", ones(&[WIDTH, 80]), "needs 3 dimensions"),
        ("decoder/embeddings/weight", ones(&[4, 24]), "multiple of 32"),
        ("decoder/embeddings/weight", ones(&[0, 0]), "width"),
        ("decoder/embeddings/weight", ones(&[64, WIDTH]), "weights of 64 tokens"),
        ("encoder/num_heads", ones(&[1]), "a single number"),
        ("encoder/num_heads", Stored::number(0), "does not divide"),
        ("encoder/num_heads", Stored::number(-2), "does not divide"),
        ("decoder/num_heads", Stored::number(5), "does not divide"),
    ] {
        let mut model = Model::whole();
        model.tensors.insert(name.into(), stored);
        let message = refused(&model);
        assert!(message.contains(complaint), "{name}: {message}");
    }
}

#[test]
fn integer_weights_are_refused_with_a_way_out() {
    let mut model = Model::whole();
    let name = "encoder/layer_0/ffn/linear_0/weight";
    let tensor = model.tensors.get_mut(name).unwrap();
    tensor.code = 1;
    tensor.data.truncate(tensor.data.len() / 2);
    let message = refused(&model);
    assert!(message.contains(name) && message.contains("int8: import the float16"), "{message}");
}

#[test]
fn a_weight_that_is_no_number_is_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut model = Model::whole();
        let tensor = model.tensors.get_mut("decoder/layer_norm/beta").unwrap();
        tensor.data[2..4].copy_from_slice(&narrow(bad).to_le_bytes());
        assert!(refused(&model).contains("\"decoder/layer_norm/beta\" holds a weight that is not a finite"));
    }
}

#[cfg(unix)]
#[test]
fn a_converted_model_is_readable_like_any_file() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Model::whole().folder();
    converted(dir.path(), Quantisation::Q4_0);
    let plain = dir.path().join("plain");
    fs::write(&plain, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&dir.path().join("out.bin")), mode(&plain));
}
