//! `analyze --export`: files beside the report, for editors and players.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::output;
use crate::cli::Export;
use crate::decode;
use crate::report::{Report, choices, edl, labels, subtitles, tight};

/// Writes one export beside `base` (the report's file, else the recording) and returns its path.
///
/// The names carry `.cutlist.`, so that only files of this tool are ever replaced.
pub fn write(export: Export, report: &Report, file: &Path, base: &Path) -> Result<PathBuf> {
    ensure!(base.as_os_str() != "-", "--export needs a name for its files; with a pipe give -o PATH");
    let stretches = choices::kept_stretches(report);
    ensure!(
        report.transcript.is_timed(),
        "--export needs times, and {} has none; give a recording, srt or vtt",
        file.display()
    );
    let (ending, bytes) = match export {
        Export::Tight => ("wav", tight_wav(file, &stretches)?),
        Export::Labels => ("txt", labels::render(report).into_bytes()),
        Export::Srt => ("srt", subtitles::srt(report).into_bytes()),
        Export::Vtt => ("vtt", subtitles::vtt(report).into_bytes()),
        Export::Edl => {
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            ("edl", edl::render(&name, &stretches).into_bytes())
        }
    };
    let stem = base.file_stem().context("--export needs a file name; give -o PATH")?;
    let path = base.with_file_name(format!("{}.cutlist.{ending}", stem.to_string_lossy()));
    output::write_bytes(&path, &bytes)?;
    Ok(path)
}

fn tight_wav(file: &Path, stretches: &[choices::Stretch]) -> Result<Vec<u8>> {
    ensure!(file.as_os_str() != "-", "--export tight needs a file; save what you pipe, then analyze the file");
    let audio = decode::decode_all(file).context("--export tight needs the recording itself")?;
    let tight = tight::join(&audio.samples, decode::RATE_HZ, stretches);
    ensure!(!tight.samples.is_empty(), "nothing is left of {}; there is no cut answer to write", file.display());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: decode::RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for sample in tight.samples {
        #[allow(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
        let value = (sample.clamp(-1.0, 1.0) * 32767.0).round() as i16;
        writer.write_sample(value)?;
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}
