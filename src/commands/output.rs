//! Where reports go: standard output, or a file that only its owner can read.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

/// Prints to standard output; styles are stripped off a terminal and with `NO_COLOR`. A pipe closed
/// by its reader (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Tells the user something that is not the report, on standard error. Nobody is left to tell when
/// that fails.
pub fn tell(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Asks on standard error; the answer is typed on the same line.
pub fn ask(text: &str) {
    let mut out = anstream::stderr().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

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

/// As [`write()`], for what is written bit by bit.
pub fn create(path: &Path, existing: Existing, write_into: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let failed = || cannot_write(path);
    // What fills the file says what it has to; that the disk is full is said here.
    let write_into = |file: &mut File| {
        write_into(file).map_err(|error| {
            let is_disk = error.is::<std::io::Error>() || error.is::<hound::Error>();
            if is_disk { error.context(cannot_write(path)) } else { error }
        })
    };
    // A device such as /dev/stdout or /dev/null can't be replaced by a file.
    if path.exists() && !path.is_file() {
        anyhow::ensure!(!path.is_dir(), "cannot write to \"{}\": it is a folder; name a file in it", path.display());
        let mut file = std::fs::OpenOptions::new().write(true).open(path).with_context(failed)?;
        return write_into(&mut file);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    write_into(file.as_file_mut())?;
    file.as_file().sync_all().with_context(failed)?;
    match existing {
        Existing::Replace => file.persist(path).map_err(|error| error.error).with_context(failed)?,
        Existing::Refuse => file.persist_noclobber(path).map_err(|error| error.error).with_context(failed)?,
    };
    Ok(())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write to \"{}\"; is the folder there, and is there room on the disk?", path.display())
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        assert!(write(Path::new("/dev/full"), "x").is_err());
    }
}
