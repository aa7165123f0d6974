//! One long file out of several: models are published in parts where a host limits file sizes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::ConvertError;

/// More parts than any host's limit makes of any Whisper model.
const MOST_PARTS: u32 = 999;

/// The bytes of several files, one after the other.
#[derive(Debug)]
pub struct Parts {
    files: Vec<(File, u64)>,
    position: u64,
}

impl Parts {
    /// `model.bin` in `dir`, or `model.bin.part1`, `model.bin.part2`, … as far as they go.
    pub fn find(dir: &Path) -> Result<Self, ConvertError> {
        let whole = dir.join("model.bin");
        let paths: Vec<PathBuf> = if whole.is_file() {
            vec![whole]
        } else {
            (1..=MOST_PARTS).map(|n| dir.join(format!("model.bin.part{n}"))).take_while(|path| path.is_file()).collect()
        };
        if paths.is_empty() {
            return Err(ConvertError::NoModel { dir: dir.to_owned() });
        }
        let mut files = Vec::new();
        for path in paths {
            let opened = File::open(&path).and_then(|file| {
                let bytes = file.metadata()?.len();
                Ok((file, bytes))
            });
            files.push(opened.map_err(|source| ConvertError::Read { path, source })?);
        }
        Ok(Self { files, position: 0 })
    }

    /// Length of all parts together, bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inside = self.position;
        for (file, bytes) in &mut self.files {
            if inside < *bytes {
                file.seek(SeekFrom::Start(inside))?;
                let room = usize::try_from(*bytes - inside).unwrap_or(usize::MAX);
                let wanted = buffer.len().min(room);
                let read = file.read(&mut buffer[..wanted])?;
                self.position += read as u64;
                return Ok(read);
            }
            inside -= *bytes;
        }
        Ok(0)
    }
}

impl Seek for Parts {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        dir
    }

    #[test]
    fn parts_read_as_one_file() {
        let dir = folder(&[
            ("model.bin.part1", b"abc"),
            ("model.bin.part2", b""),
            ("model.bin.part3", b"defg"),
            ("model.bin.part5", b"never"),
        ]);
        let mut parts = Parts::find(dir.path()).unwrap();
        assert_eq!(parts.length(), 7);
        let mut text = String::new();
        parts.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdefg");
        parts.seek(SeekFrom::Start(2)).unwrap();
        let mut two = [0; 2];
        parts.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"cd");
        assert_eq!(parts.seek(SeekFrom::Current(-1)).unwrap(), 3);
        assert_eq!(parts.seek(SeekFrom::End(-1)).unwrap(), 6);
        assert!(parts.seek(SeekFrom::Current(-10)).is_err());
    }

    #[test]
    fn a_whole_file_wins_over_parts() {
        let dir = folder(&[("model.bin", b"whole"), ("model.bin.part1", b"part")]);
        assert_eq!(Parts::find(dir.path()).unwrap().length(), 5);
    }

    #[test]
    fn an_empty_folder_says_what_is_missing() {
        let dir = folder(&[]);
        let error = Parts::find(dir.path()).unwrap_err();
        assert!(error.to_string().contains("model.bin.part1"), "{error}");
    }
}
