//! The pages that `cutlist open` writes: what they are called, and that they go with their take.

use std::io;
use std::path::{Path, PathBuf};

/// File name of a take's page.
#[must_use]
pub fn name(id: i64, is_redacted: bool) -> String {
    format!("take-{id}{}.html", if is_redacted { ".redacted" } else { "" })
}

/// The page of a take, where it was written before.
#[must_use]
pub fn written(pages: &Path, id: i64) -> Option<PathBuf> {
    Some(pages.join(name(id, false))).filter(|path| path.is_file())
}

/// Removes the pages of a take. Returns the one that could not be removed, and why.
pub fn remove(pages: &Path, id: i64) -> Result<(), (PathBuf, io::Error)> {
    for is_redacted in [false, true] {
        let path = pages.join(name(id, is_redacted));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err((path, error)),
            _ => {}
        }
    }
    Ok(())
}
