//! Reading `CTranslate2`'s `model.bin`, binary version 6.
//!
//! Little-endian throughout. A name is a 16-bit length, then that many bytes, the last one zero.
//!
//! ```text
//! u32 binary version · name of the model kind · u32 revision of the kind
//! u32 number of tensors, then for each: name · u8 rank · u32 dimensions… · u8 element type · u32 bytes · data
//! u32 number of aliases, then for each: name · name of the tensor it stands for
//! ```
//!
//! The file is not trusted: every length is held against the bytes that are there before it is used,
//! and opening keeps names and positions only, never data.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::error::ConvertError;
use super::half::widen;

/// The only version of the format there has been since Whisper is supported.
const BINARY_VERSION: u32 = 6;
/// What `CTranslate2` calls a Whisper model.
const KIND: &str = "WhisperSpec";
/// Far above what Whisper large has (about 1 300); keeps a hostile file from filling the memory.
const MOST_TENSORS: u32 = 16_384;
/// Far above the longest name there is (about 60).
const LONGEST_NAME: usize = 256;
/// Above the three dimensions of a convolution.
const HIGHEST_RANK: u8 = 4;

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Single,
    Byte,
    Short,
    Int,
    Half,
    Brain,
}

impl Element {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Single,
            1 => Self::Byte,
            2 => Self::Short,
            3 => Self::Int,
            4 => Self::Half,
            5 => Self::Brain,
            _ => return None,
        })
    }

    fn bytes(self) -> u8 {
        match self {
            Self::Byte => 1,
            Self::Short | Self::Half | Self::Brain => 2,
            Self::Single | Self::Int => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Single => "float32",
            Self::Byte => "int8",
            Self::Short => "int16",
            Self::Int => "int32",
            Self::Half => "float16",
            Self::Brain => "bfloat16",
        }
    }
}

/// Where a tensor lies in the file, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Dimensions, slowest first; none for a single number.
    pub dims: Vec<u32>,
    element: Element,
    offset: u64,
}

/// A `model.bin` whose tensors are known by name and read on demand.
#[derive(Debug)]
pub struct Archive<R> {
    reader: R,
    path: PathBuf,
    tensors: BTreeMap<String, Tensor>,
    aliases: BTreeMap<String, String>,
}

impl<R: Read + Seek> Archive<R> {
    /// Read the table of contents. `bytes` is the length of the file, `path` its name in messages.
    pub fn open(reader: R, bytes: u64, path: PathBuf) -> Result<Self, ConvertError> {
        let mut scan = Scan { reader, bytes, position: 0, path };
        let version = scan.u32("the header")?;
        if version != BINARY_VERSION {
            return Err(malformed(format!("it starts with {version:#x}")));
        }
        let kind = scan.name("the header")?;
        if kind != KIND {
            return Err(ConvertError::NotWhisper { found: kind });
        }
        scan.u32("the header")?;

        let mut tensors = BTreeMap::new();
        let count = scan.u32("the header")?;
        if count > MOST_TENSORS {
            return Err(malformed(format!("it claims {count} tensors")));
        }
        for _ in 0..count {
            let tensor = scan.tensor()?;
            if let Some(twice) = tensors.insert(tensor.name.clone(), tensor) {
                return Err(malformed(format!("tensor {:?} is there twice", twice.name)));
            }
        }

        let mut aliases = BTreeMap::new();
        let count = scan.u32("the aliases")?;
        if count > MOST_TENSORS {
            return Err(malformed(format!("it claims {count} aliases")));
        }
        for _ in 0..count {
            let alias = scan.name("the aliases")?;
            aliases.insert(alias, scan.name("the aliases")?);
        }
        if scan.position != bytes {
            return Err(malformed(format!("{} bytes follow its end", bytes - scan.position)));
        }
        Ok(Self { reader: scan.reader, path: scan.path, tensors, aliases })
    }

    /// Whether there is a tensor of that name, or an alias.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tensor(name).is_ok()
    }

    /// The tensor of that name. `CTranslate2` stores equal tensors once and aliases the others to it.
    pub fn tensor(&self, name: &str) -> Result<&Tensor, ConvertError> {
        self.tensors
            .get(name)
            .or_else(|| self.tensors.get(self.aliases.get(name)?))
            .ok_or_else(|| ConvertError::MissingTensor { name: name.to_owned() })
    }

    /// A whole number that is stored as a tensor without dimensions.
    pub fn number(&mut self, name: &str) -> Result<i32, ConvertError> {
        let tensor = self.tensor(name)?.clone();
        if !tensor.dims.is_empty() {
            let needed = "a single number".to_owned();
            return Err(ConvertError::Shape { name: tensor.name, found: tensor.dims, needed });
        }
        let mut bytes = [0; 4];
        let bytes = &mut bytes[..usize::from(tensor.element.bytes())];
        self.read_at(&tensor, 0, bytes)?;
        match (tensor.element, &*bytes) {
            (Element::Byte, [a]) => Ok(i32::from(a.cast_signed())),
            (Element::Short, [a, b]) => Ok(i32::from(i16::from_le_bytes([*a, *b]))),
            (Element::Int, [a, b, c, d]) => Ok(i32::from_le_bytes([*a, *b, *c, *d])),
            _ => Err(ConvertError::ElementType { name: tensor.name, found: tensor.element.name() }),
        }
    }

    /// Read `weights.len()` numbers of `tensor`, from the one with index `first` on, in the order of
    /// the file. `scratch` is working memory.
    pub fn read(
        &mut self,
        tensor: &Tensor,
        first: u64,
        weights: &mut [f32],
        scratch: &mut Vec<u8>,
    ) -> Result<(), ConvertError> {
        let width = usize::from(tensor.element.bytes());
        scratch.resize(weights.len() * width, 0);
        self.read_at(tensor, first, scratch)?;
        match tensor.element {
            Element::Single => {
                for (weight, bytes) in weights.iter_mut().zip(scratch.as_chunks().0) {
                    *weight = f32::from_le_bytes(*bytes);
                }
            }
            Element::Half => {
                for (weight, bytes) in weights.iter_mut().zip(scratch.as_chunks().0) {
                    *weight = widen(u16::from_le_bytes(*bytes));
                }
            }
            Element::Brain => {
                for (weight, bytes) in weights.iter_mut().zip(scratch.as_chunks().0) {
                    *weight = f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16);
                }
            }
            Element::Byte | Element::Short | Element::Int => {
                let name = tensor.name.clone();
                return Err(ConvertError::ElementType { name, found: tensor.element.name() });
            }
        }
        if weights.iter().all(|w| w.is_finite()) {
            Ok(())
        } else {
            Err(ConvertError::NotFinite { name: tensor.name.clone() })
        }
    }

    fn read_at(&mut self, tensor: &Tensor, first: u64, bytes: &mut [u8]) -> Result<(), ConvertError> {
        let start = tensor.offset + first * u64::from(tensor.element.bytes());
        self.reader
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.reader.read_exact(bytes))
            .map_err(|source| unread(source, &tensor.name, &self.path))
    }
}

/// The pass over the file that finds out what is where.
struct Scan<R> {
    reader: R,
    bytes: u64,
    position: u64,
    path: PathBuf,
}

impl<R: Read + Seek> Scan<R> {
    fn take<const N: usize>(&mut self, inside: &str) -> Result<[u8; N], ConvertError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, inside)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8], inside: &str) -> Result<(), ConvertError> {
        self.reader.read_exact(bytes).map_err(|source| unread(source, inside, &self.path))?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    fn u32(&mut self, inside: &str) -> Result<u32, ConvertError> {
        self.take(inside).map(u32::from_le_bytes)
    }

    fn name(&mut self, inside: &str) -> Result<String, ConvertError> {
        let length = usize::from(u16::from_le_bytes(self.take(inside)?));
        if length > LONGEST_NAME {
            return Err(malformed(format!("a name in {inside} claims {length} bytes")));
        }
        let mut bytes = vec![0; length];
        self.fill(&mut bytes, inside)?;
        if bytes.last() == Some(&0) {
            bytes.pop();
        }
        String::from_utf8(bytes).map_err(|_| malformed(format!("a name in {inside} is not text")))
    }

    fn tensor(&mut self) -> Result<Tensor, ConvertError> {
        let name = self.name("the list of tensors")?;
        let [rank] = self.take(&name)?;
        if rank > HIGHEST_RANK {
            return Err(malformed(format!("tensor {name:?} claims {rank} dimensions")));
        }
        let dims = (0..rank).map(|_| self.u32(&name)).collect::<Result<Vec<_>, _>>()?;
        let [code] = self.take(&name)?;
        let Some(element) = Element::of(code) else {
            return Err(malformed(format!("tensor {name:?} has the unknown element type {code}")));
        };
        let stored = u64::from(self.u32(&name)?);
        let needed = dims.iter().try_fold(u64::from(element.bytes()), |n, d| n.checked_mul(u64::from(*d)));
        if needed != Some(stored) {
            let why = format!("tensor {name:?} of shape {dims:?} and type {} claims {stored} bytes", element.name());
            return Err(malformed(why));
        }
        let offset = self.position;
        let end = offset + stored;
        if end > self.bytes {
            return Err(ConvertError::Truncated { inside: format!("tensor {name:?}") });
        }
        self.reader.seek(SeekFrom::Start(end)).map_err(|source| unread(source, &name, &self.path))?;
        self.position = end;
        Ok(Tensor { name, dims, element, offset })
    }
}

fn malformed(why: String) -> ConvertError {
    ConvertError::Malformed { why }
}

fn unread(source: io::Error, inside: &str, path: &std::path::Path) -> ConvertError {
    if source.kind() == io::ErrorKind::UnexpectedEof {
        ConvertError::Truncated { inside: inside.to_owned() }
    } else {
        ConvertError::Read { path: path.to_owned(), source }
    }
}
