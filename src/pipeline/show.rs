//! A report in the format asked for. For a page its recording is read a second time, for the player
//! and the drawing.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::decode::{self, AudioReader};
use crate::document::Report;
use crate::edit::joints::Loudness;
use crate::files::url;
use crate::report::page::{self, INSIDE_UP_TO_S, Outline, PEAKS_PER_S, Sound};
use crate::report::redact::is_redacted;
use crate::report::{self, Format};
use crate::terminal::columns;
use crate::verdicts::bands::Bands;

/// A page.
pub struct Page {
    /// The document.
    pub text: String,
    /// Why it has no sound, where a recording should be there.
    pub lost: Option<String>,
}

/// The page, with its sound where the recording is still what it was.
pub fn page(report: &Report, bands: &Bands) -> Result<Page> {
    let sound = sound(report)?;
    let lost = match &sound {
        Sound::Absent(why) if has_recording(report) => Some(why.clone()),
        _ => None,
    };
    Ok(Page { text: page::render(report, bands, &sound)?, lost })
}

fn has_recording(report: &Report) -> bool {
    !is_redacted(report) && report.source.sample_rate_hz.is_some() && report.source.path != "-"
}

fn sound(report: &Report) -> Result<Sound> {
    let absent = |why: String| Ok(Sound::Absent(why));
    if is_redacted(report) {
        return absent("Names and figures are taken out of this page, and the recording is left out.".into());
    }
    if report.source.sample_rate_hz.is_none() {
        return absent("This answer came as a transcript, so there is nothing to play.".into());
    }
    if report.source.path == "-" {
        return absent("This answer came through a pipe, so there is nothing to play.".into());
    }
    let path = Path::new(&report.source.path);
    if !path.is_file() && path.is_relative() {
        // As earlier versions kept it.
        return absent(format!(
            "The recording is kept as \"{}\", and there is no such file in this folder; open the take from the folder it was analyzed in.",
            path.display()
        ));
    }
    if !path.is_file() {
        return absent(format!("The recording is no longer at \"{}\", so there is nothing to play.", path.display()));
    }
    match read(path, &report.source.sha256) {
        Ok(Some(sound)) => Ok(sound),
        Ok(None) => absent(format!("The file \"{}\" has changed since, so there is nothing to play.", path.display())),
        Err(error) => absent(format!("The recording could not be read for the page: {error:#}.")),
    }
}

/// Reads the recording once; what is too long for the page is not held in memory. `None` where the file has another hash.
fn read(path: &Path, sha256: &str) -> Result<Option<Sound>> {
    let mut reader = AudioReader::open(path)?;
    if reader.source().sha256 != sha256 {
        return Ok(None);
    }
    let limit = crate::units::Seconds(INSIDE_UP_TO_S).to_samples(decode::RATE_HZ);
    let step = decode::RATE_HZ as usize / PEAKS_PER_S;
    let mut outline = Outline { peaks: Vec::new(), loudness: Loudness::new(decode::RATE_HZ, 1) };
    let (mut samples, mut highest, mut total) = (Vec::new(), 0.0_f32, 0_usize);
    while let Some(block) = reader.next_block()? {
        outline.loudness.push(&block.samples);
        for sample in &block.samples {
            highest = highest.max(sample.abs());
            total += 1;
            if total % step == 0 {
                outline.peaks.push(std::mem::take(&mut highest));
            }
        }
        if total <= limit {
            samples.extend_from_slice(&block.samples);
        } else {
            samples = Vec::new();
        }
    }
    if total <= limit {
        return Ok(Some(Sound::inside(&samples, decode::RATE_HZ, outline)?));
    }
    let path = path.canonicalize().with_context(|| format!("cannot find \"{}\"", path.display()))?;
    Ok(Some(Sound::Beside { url: url(&path.to_string_lossy()), outline }))
}

/// A report as text. `index` counts the reports of one run from 0: a table has one head, and reports
/// to read are kept apart by a blank line.
pub fn render(report: &Report, format: Format, index: usize) -> Result<String> {
    let bands = Bands::bundled();
    let between = if index == 0 { "" } else { "\n" };
    Ok(match format {
        Format::Json => report::json::render(report)?,
        Format::Csv => report::csv::render(report, index == 0)?,
        Format::Markdown => between.to_owned() + &report::markdown::render(report, bands),
        Format::Html => page(report, bands)?.text,
        Format::Text => between.to_owned() + &report::text::render(report, bands, columns()),
    })
}
