//! Where reports go: standard output, or a file that only its owner can read.

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

/// Writes `text` to `path`, readable by the owner alone. The file is replaced at once or not at all.
pub fn write(path: &Path, text: &str) -> Result<()> {
    write_bytes(path, text.as_bytes())
}

/// As [`write`], for bytes.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let context = || {
        format!(
            "cannot write the report to \"{}\"; is the folder there, and is there room on the disk?",
            path.display()
        )
    };
    // A device such as /dev/stdout or /dev/null can't be replaced by a file.
    if path.exists() && !path.is_file() {
        anyhow::ensure!(
            !path.is_dir(),
            "cannot write the report to \"{}\": it is a folder; name a file in it",
            path.display()
        );
        return std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .with_context(context);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    file.as_file().sync_all().with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        assert!(write(Path::new("/dev/full"), "x").is_err());
    }
}
