//! `SubRip` captions.

use super::cues::{assemble, collect};
use super::{Format, ImportError, Imported};

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let lines: Vec<&str> = text.lines().collect();
    let cues = collect(&lines);
    if cues.is_empty() {
        return Err(ImportError::NoCues);
    }
    Ok(assemble(&cues, Format::Srt))
}
