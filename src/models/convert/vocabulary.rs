//! Whisper's words as bytes.
//!
//! `CTranslate2` lists every token in the alphabet of GPT-2's tokenizer, where each byte is one
//! printable character: the printable Latin-1 characters stand for themselves, the 68 others are
//! moved to U+0100 and up, in order. ggml wants the bytes. It names the special tokens (end of text,
//! languages, times) itself, so only the text tokens before them are written.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::ConvertError;

/// Longest vocabulary file read, bytes. The longest there is has about 1 MB.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// The first special token, right behind the text tokens.
const END_OF_TEXT: &str = "<|endoftext|>";

/// The text tokens of the model in `dir`, by their number. `rows` is how many tokens the weights
/// have, the special ones included.
pub fn read(dir: &Path, rows: u32) -> Result<Vec<Vec<u8>>, ConvertError> {
    let lines = dir.join("vocabulary.txt");
    let array = dir.join("vocabulary.json");
    let (path, listed) = if lines.is_file() {
        let listed = text(&lines).map(|text| Ok(text.lines().map(str::to_owned).collect()));
        (lines, listed)
    } else if array.is_file() {
        let listed = text(&array).map(|text| serde_json::from_str(&text));
        (array, listed)
    } else {
        return Err(ConvertError::NoVocabulary { dir: dir.to_owned() });
    };
    let unfit = |why: String| ConvertError::Vocabulary { path: path.clone(), why };
    let tokens: Vec<String> = listed
        .map_err(|source| ConvertError::Read { path: path.clone(), source })?
        .map_err(|error| unfit(format!("it is not a JSON list of strings ({error})")))?;

    let Some(end) = tokens.iter().position(|token| token == END_OF_TEXT) else {
        return Err(unfit(format!("it has no {END_OF_TEXT}")));
    };
    // whisper.cpp knows these three vocabularies by their size: English only, multilingual, and
    // multilingual with Cantonese; with any other it would take special tokens for text.
    if !matches!((end, rows), (50_256, 51_864) | (50_257, 51_865 | 51_866)) {
        return Err(unfit(format!("{end} text tokens for weights of {rows} tokens")));
    }
    tokens[..end]
        .iter()
        .enumerate()
        .map(|(number, token)| {
            bytes_of(token).ok_or_else(|| unfit(format!("token {number}, {token:?}, is not in GPT-2's alphabet")))
        })
        .collect()
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// The bytes that a token stands for; none if a character is outside the alphabet.
fn bytes_of(token: &str) -> Option<Vec<u8>> {
    token.chars().map(byte_of).collect()
}

fn byte_of(character: char) -> Option<u8> {
    let code = u8::try_from(u32::from(character)).ok();
    match u32::from(character) {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => code,
        // The moved bytes, in order: 0x00–0x20, 0x7f–0xa0, 0xad.
        moved @ 0x100..=0x120 => u8::try_from(moved - 0x100).ok(),
        moved @ 0x121..=0x142 => u8::try_from(moved - 0x121 + 0x7f).ok(),
        0x143 => Some(0xad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of all bytes, in order, built the other way round from what the code does.
    fn alphabet() -> Vec<char> {
        let mut moved = 0x100..;
        (0..=255_u8)
            .map(|byte| match byte {
                b'!'..=b'~' | 0xa1..=0xac | 0xae.. => char::from(byte),
                _ => char::from_u32(moved.next().unwrap()).unwrap(),
            })
            .collect()
    }

    fn written(end: usize, extra: usize) -> Vec<String> {
        let mut tokens: Vec<String> = (0..end).map(|n| format!("t{n}")).collect();
        tokens[1] = "ĠABOUT".into();
        tokens[2] = "Ċ".into();
        tokens[3] = String::new();
        tokens.push(END_OF_TEXT.into());
        tokens.extend((0..extra).map(|n| format!("<|{n}|>")));
        tokens
    }

    fn as_lines(tokens: &[String]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("vocabulary.txt"), tokens.join("\n") + "\n").unwrap();
        dir
    }

    #[test]
    fn every_byte_comes_back_from_its_character() {
        for (byte, character) in alphabet().into_iter().enumerate() {
            assert_eq!(byte_of(character).map(usize::from), Some(byte), "{character:?}");
        }
        for stranger in [' ', '\n', '\u{7f}', '\u{ad}', '\u{144}', '強'] {
            assert_eq!(byte_of(stranger), None, "{stranger:?}");
        }
    }

    #[test]
    fn text_tokens_become_bytes_and_special_ones_are_left_out() {
        for (end, rows) in [(50_256, 51_864), (50_257, 51_865), (50_257, 51_866)] {
            let dir = as_lines(&written(end, 5));
            let tokens = read(dir.path(), rows).unwrap();
            assert_eq!(tokens.len(), end);
            assert_eq!(tokens[1], b" ABOUT");
            assert_eq!(tokens[2], b"\n");
            assert_eq!(tokens[3], b"");
        }
    }

    #[test]
    fn a_json_list_reads_as_lines_do() {
        let tokens = written(50_257, 5);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("vocabulary.json"), serde_json::to_string(&tokens).unwrap()).unwrap();
        assert_eq!(read(dir.path(), 51_865).unwrap(), read(as_lines(&tokens).path(), 51_865).unwrap());
    }

    #[test]
    fn a_vocabulary_that_does_not_fit_is_refused() {
        let complain = |tokens: &[String], rows| read(as_lines(tokens).path(), rows).unwrap_err().to_string();
        assert!(complain(&written(50_257, 5), 51_864).contains("50257 text tokens for weights of 51864"));
        assert!(complain(&written(50_000, 5), 51_865).contains("50000 text tokens"));
        assert!(complain(&["a".to_owned()], 51_865).contains("no <|endoftext|>"));
        let mut strange = written(50_257, 0);
        strange[9] = "a b".into();
        assert!(complain(&strange, 51_865).contains("token 9, \"a b\""));
    }

    #[test]
    fn a_broken_or_missing_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read(dir.path(), 51_865), Err(ConvertError::NoVocabulary { .. })));
        std::fs::write(dir.path().join("vocabulary.json"), "{\"a\": 1}").unwrap();
        assert!(matches!(read(dir.path(), 51_865), Err(ConvertError::Vocabulary { .. })));
        std::fs::write(dir.path().join("vocabulary.txt"), [0xff, 0xfe]).unwrap();
        assert!(matches!(read(dir.path(), 51_865), Err(ConvertError::Read { .. })));
    }
}
