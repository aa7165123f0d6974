//! Names of takes: dated, never overwritten, their owner's alone.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::CaptureError;
use crate::question::Kind;

/// Takes begun within the same second, at most.
const MOST: usize = 100;

/// Makes the file of a new take in `folder`: `2026-11-23_0915-02_failure.wav`, with a number behind it if that is taken.
pub fn create_dated(
    folder: &Path,
    now: &jiff::Zoned,
    kind: Option<Kind>,
    of: &str,
) -> Result<(PathBuf, File), CaptureError> {
    let date = now.strftime("%Y-%m-%d_%H%M-%S");
    let kind = kind.map_or_else(String::new, |kind| format!("_{kind}"));
    let mut path = folder.join(format!("{date}{kind}{of}.wav"));
    for number in 2..=MOST {
        match create(&path) {
            Err(CaptureError::Exists { .. }) => path = folder.join(format!("{date}{kind}{of}_{number}.wav")),
            other => return other.map(|file| (path, file)),
        }
    }
    Err(CaptureError::Exists { path: path.display().to_string() })
}

/// Makes one file that was not there, readable and writable by its owner alone.
pub fn create(path: &Path) -> Result<File, CaptureError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| {
        let path = path.display().to_string();
        if source.kind() == io::ErrorKind::AlreadyExists {
            CaptureError::Exists { path }
        } else {
            CaptureError::Create { path, source }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> jiff::Zoned {
        "2026-11-23T09:15:02[UTC]".parse().unwrap()
    }

    #[test]
    fn two_takes_of_one_second_are_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let first = create_dated(folder.path(), &now(), Some(Kind::Failure), "").unwrap().0;
        let second = create_dated(folder.path(), &now(), Some(Kind::Failure), "").unwrap().0;
        assert!(first.ends_with("2026-11-23_0915-02_failure.wav"), "{first:?}");
        assert!(second.ends_with("2026-11-23_0915-02_failure_2.wav"), "{second:?}");
    }

    #[test]
    fn a_named_take_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.wav");
        std::fs::write(&path, "precious").unwrap();
        let error = create(&path).unwrap_err().to_string();
        assert!(error.contains("never overwrites") && error.contains("-o"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    }

    #[cfg(unix)]
    #[test]
    fn a_take_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = create_dated(folder.path(), &now(), None, "").unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
