//! Files: written whole and for their owner alone, hashed, named as links.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// What becomes of a file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, and nothing is written.
    Refuse,
}

/// Writes `text` to `path`, readable by the owner alone. The file is replaced at once or not at all.
pub fn write(path: &Path, text: &str) -> Result<()> {
    create(path, Existing::Replace, |file| Ok(file.write_all(text.as_bytes())?))
}

/// Finds out, before any work, whether `path` can be written in its folder.
pub fn check(path: &Path) -> Result<()> {
    if path.exists() && !path.is_file() {
        return Ok(());
    }
    scrap(path).map(drop)
}

/// As [`write()`], for what is written bit by bit.
pub fn create(path: &Path, existing: Existing, write_into: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let failed = || cannot_write(path, None);
    // What fills the file says what it has to; that the disk is full is said here.
    let write_into = |file: &mut File| {
        write_into(file).map_err(|error| {
            let is_disk = error.is::<std::io::Error>() || error.is::<hound::Error>();
            if is_disk { error.context(cannot_write(path, None)) } else { error }
        })
    };
    // A device such as /dev/stdout or /dev/null can't be replaced by a file.
    if path.exists() && !path.is_file() {
        anyhow::ensure!(!path.is_dir(), "cannot write to \"{}\": it is a folder; name a file in it", path.display());
        let mut file = std::fs::OpenOptions::new().write(true).open(path).with_context(failed)?;
        return write_into(&mut file);
    }
    let mut file = scrap(path)?;
    write_into(file.as_file_mut())?;
    file.as_file().sync_all().with_context(failed)?;
    match existing {
        Existing::Replace => file.persist(path).map_err(|error| error.error).with_context(failed)?,
        Existing::Refuse => file.persist_noclobber(path).map_err(|error| error.error).with_context(failed)?,
    };
    Ok(())
}

/// A file beside `path` that becomes it when it is whole.
fn scrap(path: &Path) -> Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // What the system said names the scrap, which means nothing to anyone.
    tempfile::NamedTempFile::new_in(folder).map_err(|error| anyhow::anyhow!(cannot_write(path, Some(error.kind()))))
}

fn cannot_write(path: &Path, why: Option<ErrorKind>) -> String {
    let hint = match why {
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            "you may not write in its folder; name a file in another with -o"
        }
        Some(ErrorKind::NotFound | ErrorKind::NotADirectory) => "is the folder there? Make it, or name another",
        _ => "is the folder there, and is there room on the disk?",
    };
    format!("cannot write to \"{}\"; {hint}", path.display())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// SHA-256 of a file in hexadecimal, read piece by piece.
pub fn sha256(path: &Path) -> Result<String> {
    let unreadable = || format!("cannot read \"{}\"", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(read) => hasher.update(&piece[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).with_context(unreadable),
        }
    }
}

/// Whether two paths name one file that is there.
#[must_use]
pub fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// A path as a `file:` URL (RFC 8089): what is neither unreserved nor a separator is percent-encoded.
#[must_use]
pub fn url(path: &str) -> String {
    let mut out = String::from("file://");
    if !path.starts_with('/') {
        out.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' | b':' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                out.push(char::from(byte));
            }
            byte => {
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_report_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.md");
        write(&path, "secret").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_folder_is_said_with_the_way_out() {
        let error = write(Path::new("/no/such/folder/report.md"), "x").unwrap_err();
        assert!(error.to_string().contains("is the folder there"));
    }

    #[test]
    fn a_file_that_is_there_stays_where_that_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.wav");
        std::fs::write(&path, "mine").unwrap();
        let error = create(&path, Existing::Refuse, |file| Ok(file.write_all(b"theirs")?)).unwrap_err();
        assert!(error.to_string().contains("cannot write"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no scrap is left behind");
    }

    #[test]
    fn a_place_is_checked_before_the_work_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("report.md")).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no scrap is left behind");
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = check(&file.join("report.md")).unwrap_err();
        assert!(format!("{error:#}").ends_with("is the folder there? Make it, or name another"), "{error:#}");
    }

    #[test]
    fn what_is_forbidden_is_not_said_to_be_missing() {
        let said = cannot_write(Path::new("report.md"), Some(ErrorKind::PermissionDenied));
        assert!(said.contains("you may not write") && !said.contains("room"), "{said}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        assert!(write(Path::new("/dev/full"), "x").is_err());
    }

    #[test]
    fn every_byte_is_two_digits() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }

    #[test]
    fn a_path_becomes_a_url() {
        assert_eq!(url("/tmp/my \"take\" #1.wav"), "file:///tmp/my%20%22take%22%20%231.wav");
    }
}
