//! Where the bytes come from: a file, memory, or a pipe; hashed and made seekable.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest, Sha256};
use symphonia::core::io::MediaSource;

use super::{DecodeError, MAX_SPOOL_GIB};

/// A pipe's sound up to this size stays in memory; more goes to a temporary file, removed when closed.
const MAX_IN_MEMORY: u64 = 16 << 20;

/// Bytes that can be read from the start as often as needed.
pub(super) enum Bytes {
    /// A file on disk.
    File(File),
    /// A file in memory.
    Memory(Cursor<Vec<u8>>),
}

impl Bytes {
    /// Opens a path; a pipe in the file system is read to its end.
    pub(super) fn open(path: &Path) -> Result<Self, DecodeError> {
        let name = path.display().to_string();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => DecodeError::NotFound { name: name.clone() },
            _ => DecodeError::Io { name: name.clone(), source },
        };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(DecodeError::Folder { name });
        }
        if is_device(&metadata) {
            return Err(DecodeError::Device { name });
        }
        let file = File::open(path).map_err(failed)?;
        if metadata.is_file() { Ok(Self::File(file)) } else { Self::spool(file, &name) }
    }

    /// Reads a pipe to its end.
    pub(super) fn spool(mut pipe: impl Read, name: &str) -> Result<Self, DecodeError> {
        let failed = |source| DecodeError::Io { name: name.to_owned(), source };
        let mut memory = Vec::new();
        pipe.by_ref().take(MAX_IN_MEMORY).read_to_end(&mut memory).map_err(failed)?;
        if (memory.len() as u64) < MAX_IN_MEMORY {
            return Ok(Self::Memory(Cursor::new(memory)));
        }
        let mut file = tempfile::tempfile().map_err(failed)?;
        file.write_all(&memory).map_err(failed)?;
        drop(memory);
        let room = MAX_SPOOL_GIB * (1 << 30) - MAX_IN_MEMORY;
        let more = io::copy(&mut pipe.take(room + 1), &mut file).map_err(failed)?;
        if more > room {
            return Err(DecodeError::TooBig { name: name.to_owned() });
        }
        Ok(Self::File(file))
    }

    /// SHA-256 of all bytes, in hexadecimal, and their number. Leaves the position at the start.
    pub(super) fn hash(&mut self) -> io::Result<(String, u64)> {
        self.seek(SeekFrom::Start(0))?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut count = 0;
        loop {
            let read = match self.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(&buffer[..read]);
            count += read as u64;
        }
        self.seek(SeekFrom::Start(0))?;
        Ok((crate::files::hex(&hasher.finalize()), count))
    }

    /// Up to `limit` bytes from the start. Leaves the position at the start.
    pub(super) fn head(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(limit);
        self.by_ref().take(limit as u64).read_to_end(&mut head)?;
        self.seek(SeekFrom::Start(0))?;
        Ok(head)
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(cursor) => cursor.read(buffer),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(cursor) => cursor.seek(to),
        }
    }
}

/// Bytes with a few of them replaced on the way out: the repaired lengths of an unfinished header.
pub(super) struct Repaired {
    bytes: Bytes,
    length: u64,
    at: u64,
    patches: Vec<(u64, [u8; 4])>,
}

impl Repaired {
    /// `patches` are offsets and what stands there instead.
    pub(super) fn new(mut bytes: Bytes, length: u64, patches: Vec<(u64, [u8; 4])>) -> io::Result<Self> {
        bytes.seek(SeekFrom::Start(0))?;
        Ok(Self { bytes, length, at: 0, patches })
    }
}

impl Read for Repaired {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        for (offset, patch) in &self.patches {
            for (place, &byte) in (*offset..).zip(patch) {
                if let Some(i) = place.checked_sub(self.at).and_then(|i| usize::try_from(i).ok())
                    && i < read
                {
                    buffer[i] = byte;
                }
            }
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Repaired {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.bytes.seek(to)?;
        Ok(self.at)
    }
}

impl MediaSource for Repaired {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

#[cfg(unix)]
fn is_device(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_socket()
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_everyone_computes() {
        let mut bytes = Bytes::Memory(Cursor::new(b"abc".to_vec()));
        let (hex, count) = bytes.hash().unwrap();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(count, 3);
        assert_eq!(bytes.head(2).unwrap(), b"ab");
    }

    #[test]
    fn a_long_pipe_goes_to_a_temporary_file_and_reads_back_whole() {
        let length = MAX_IN_MEMORY + 1000;
        let mut bytes = Bytes::spool(io::repeat(7).take(length), "-").unwrap();
        assert!(matches!(bytes, Bytes::File(_)));
        assert_eq!(bytes.hash().unwrap().1, length);
    }

    #[test]
    fn patched_bytes_are_replaced_wherever_reading_starts() {
        for size in 1..7 {
            let bytes = Bytes::Memory(Cursor::new((0..10).collect()));
            let mut repaired = Repaired::new(bytes, 10, vec![(3, [99; 4])]).unwrap();
            repaired.seek(SeekFrom::Start(2)).unwrap();
            let mut all = Vec::new();
            let mut buffer = vec![0; size];
            while let Ok(read @ 1..) = repaired.read(&mut buffer) {
                all.extend_from_slice(&buffer[..read]);
            }
            assert_eq!(all, [2, 99, 99, 99, 99, 7, 8, 9], "{size}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused_by_kind() {
        assert!(matches!(Bytes::open(Path::new("/nonexistent/a.wav")), Err(DecodeError::NotFound { .. })));
        assert!(matches!(Bytes::open(Path::new("/")), Err(DecodeError::Folder { .. })));
        #[cfg(unix)]
        assert!(matches!(Bytes::open(Path::new("/dev/zero")), Err(DecodeError::Device { .. })));
    }
}
