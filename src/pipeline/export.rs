//! `analyze --export`: files beside the report, for editors and players.
//!
//! Where they go is settled before anything is listened to, so that a name that is taken costs no waiting.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;

use crate::decode::Frames;
use crate::document::Report;
use crate::edit::choices;
use crate::edit::joints::{Joints, Loudness, joints};
use crate::edit::splice::Splice;
use crate::files::{self, Existing};
use crate::report::{edl, labels, subtitles};
use crate::terminal::tell;

/// What `--export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Export {
    /// The cut answer as WAV, in the recording's own sampling rate and channels, joined at quiet places with short fades
    Tight,
    /// Labels for Audacity: sentences with their verdicts, findings, the conclusion
    Labels,
    /// Subtitles (`SubRip`), two lines of 42 characters at most
    Srt,
    /// Subtitles (`WebVTT`), likewise
    Vtt,
    /// Edit decision list (CMX 3600, 25 frames a second, non-drop, at most 999 events)
    Edl,
}

impl Export {
    /// What comes behind `.cutlist.` in the name of the file.
    fn ending(self) -> &'static str {
        match self {
            Self::Tight => "wav",
            Self::Labels => "txt",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Edl => "edl",
        }
    }
}

/// Phrases that stay in the cut sound and are named, at most.
const MOST_SHOWN: usize = 12;

/// The exports of one run, and where they go.
#[derive(Debug)]
pub struct Exports {
    what: Vec<Export>,
    /// For each file to analyze, the file of each export.
    paths: Vec<Vec<PathBuf>>,
    overwrites: bool,
    redacts: bool,
}

impl Exports {
    /// Settles the names: `NAME.cutlist.wav` and so on, beside the `output` or else beside each recording. A name that is taken
    /// is refused, unless the user says `overwrite`; a file that is analyzed is never overwritten.
    pub fn new(
        mut what: Vec<Export>,
        files: &[PathBuf],
        output: Option<&Path>,
        overwrites: bool,
        redacts: bool,
    ) -> Result<Self> {
        let mut seen = Vec::new();
        what.retain(|one| !seen.contains(one) && (seen.push(*one), true).1);
        ensure!(
            !redacts || !what.contains(&Export::Tight),
            "--redact cannot take names out of sound, so --export tight does not go with it"
        );
        let mut paths = Vec::new();
        let mut taken = BTreeSet::new();
        for file in files.iter().filter(|_| !what.is_empty()) {
            let base = output.unwrap_or(file);
            ensure!(base.as_os_str() != "-", "--export needs a name for its files; with a pipe give -o PATH");
            ensure!(
                file.as_os_str() != "-" || !what.contains(&Export::Tight),
                "--export tight reads the sound a second time, which a pipe cannot give; save what you pipe, then analyze the file"
            );
            let stem = base.file_stem().with_context(|| {
                format!("\"{}\" has no file name to name exports after; give -o PATH", base.display())
            })?;
            let mut of_file = Vec::new();
            for one in &what {
                let path = base.with_file_name(format!("{}.cutlist.{}", stem.to_string_lossy(), one.ending()));
                let is_input = |input: &PathBuf| input == &path || files::same_file(input, &path);
                ensure!(
                    !files.iter().any(is_input),
                    "--export would write over \"{}\", which is to be analyzed; give -o PATH to put the exports elsewhere",
                    path.display()
                );
                ensure!(
                    taken.insert(path.clone()),
                    "two of the files would be exported to \"{}\"; analyze them apart, each with -o PATH",
                    path.display()
                );
                ensure!(
                    overwrites || !path.exists(),
                    "\"{}\" is there already, and may be yours; move it away, give -o PATH to put the exports elsewhere, or say --overwrite",
                    path.display()
                );
                files::check(&path)?;
                of_file.push(path);
            }
            paths.push(of_file);
        }
        Ok(Self { what, paths, overwrites, redacts })
    }

    /// Whether there is nothing to export.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.what.is_empty()
    }

    /// Writes the exports of the report on the file with number `index`, and says so. `shown` is the report as it is
    /// shown, with or without names.
    pub fn write(&self, report: &Report, shown: &Report, index: usize, file: &Path) -> Result<()> {
        ensure!(
            report.transcript.is_timed(),
            "--export needs times, and {} has none; give a recording, srt or vtt",
            file.display()
        );
        let followed = Followed::new(report, file, &self.what)?;
        let mut failed = None;
        for (one, path) in self.what.iter().zip(self.paths.get(index).into_iter().flatten()) {
            let existing = if self.overwrites { Existing::Replace } else { Existing::Refuse };
            let written = files::create(path, existing, |out| match one {
                Export::Tight => followed.write_wav(out, file),
                Export::Labels => Ok(out.write_all(labels::render(shown).as_bytes())?),
                Export::Srt => Ok(out.write_all(subtitles::srt(shown).as_bytes())?),
                Export::Vtt => Ok(out.write_all(subtitles::vtt(shown).as_bytes())?),
                Export::Edl => {
                    followed.write_edl(out, report, if self.redacts { Path::new("recording") } else { file })
                }
            });
            match written {
                Ok(()) => tell(&format!("cutlist: wrote {}{}", path.display(), followed.length_of(*one))),
                // One that fails does not cost the others.
                Err(error) if failed.is_none() => failed = Some(error),
                Err(error) => tell(&format!("cutlist: {error:#}")),
            }
        }
        followed.tell_left_in(report, &self.what);
        failed.map_or(Ok(()), Err)
    }
}

/// The cut list followed on the recording itself where there is one, else by the times of the words.
struct Followed {
    joints: Joints,
    /// Samples a second and channels of the recording.
    sound: Option<(u32, u16)>,
}

impl Followed {
    fn new(report: &Report, file: &Path, what: &[Export]) -> Result<Self> {
        let by_words =
            || Self { joints: Joints { stretches: choices::kept_stretches(report), left_in: Vec::new() }, sound: None };
        let is_sound = report.source.sample_rate_hz.is_some() && file.as_os_str() != "-";
        if !what.contains(&Export::Tight) && (!is_sound || !what.contains(&Export::Edl)) {
            return Ok(by_words());
        }
        ensure!(
            is_sound,
            "--export tight needs the recording itself, and {} is a transcript; analyze the recording",
            file.display()
        );
        let frames = Frames::open(file).context("--export needs the recording once more")?;
        ensure!(
            frames.source().sha256 == report.source.sha256,
            "{} has changed since it was analyzed; analyze it again",
            file.display()
        );
        let rate_hz = frames.source().sample_rate_hz;
        let channels = u16::try_from(frames.source().channels).context("too many channels")?;
        let mut loudness = Loudness::new(rate_hz, usize::from(channels));
        for block in frames {
            loudness.push(&block?);
        }
        Ok(Self { joints: joints(report, &loudness), sound: Some((rate_hz, channels)) })
    }

    /// How long the cut answer is, said beside its file: joins close pauses, so that it is shorter than the report's sum.
    fn length_of(&self, one: Export) -> String {
        if one != Export::Tight {
            return String::new();
        }
        let seconds: f64 = self.joints.stretches.iter().map(|stretch| stretch.end_s.0 - stretch.start_s.0).sum();
        format!(" ({seconds:.0} s; pauses beside what is cut are closed too)")
    }

    /// The stretches that stay, in the recording's own sampling rate and channels, 16 bits a sample.
    fn write_wav(&self, out: &mut File, file: &Path) -> Result<()> {
        let (sample_rate, channels) = self.sound.context("--export tight needs the recording itself")?;
        let mut splice = Splice::new(sample_rate, usize::from(channels), &self.joints.stretches);
        ensure!(!splice.is_empty(), "nothing is left of {}; there is no cut answer to write", file.display());
        let spec =
            hound::WavSpec { channels, sample_rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
        let mut writer = hound::WavWriter::new(BufWriter::new(out), spec)?;
        let mut write = |samples: &mut Vec<f32>| -> Result<()> {
            for sample in samples.drain(..) {
                let sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
                #[allow(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
                let value = (sample * 32767.0).round() as i16;
                writer.write_sample(value)?;
            }
            Ok(())
        };
        let mut ready = Vec::new();
        for block in Frames::open(file).context("--export tight needs the recording once more")? {
            splice.push(&block?, &mut ready);
            write(&mut ready)?;
            if splice.is_done() {
                break;
            }
        }
        splice.finish(&mut ready);
        write(&mut ready)?;
        writer.finalize()?;
        Ok(())
    }

    fn write_edl(&self, out: &mut File, report: &Report, file: &Path) -> Result<()> {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let list = edl::render(&name, report.source.channels.unwrap_or(1), &self.joints.stretches);
        if list.left_out > 0 {
            tell(&format!(
                "cutlist: an edit list has room for {} events, so the last {} pieces of the cut answer are not in it; cut the recording in two, or use --export labels",
                edl::MOST_EVENTS,
                list.left_out
            ));
        }
        out.write_all(list.text.as_bytes())?;
        Ok(())
    }

    fn tell_left_in(&self, report: &Report, what: &[Export]) {
        let left = &self.joints.left_in;
        if left.is_empty() || !what.contains(&Export::Tight) {
            return;
        }
        let shown: Vec<String> = left
            .iter()
            .take(MOST_SHOWN)
            .map(|range| format!("\"{}\"", printable(&report.transcript.text(*range))))
            .collect();
        let more = if left.len() > shown.len() { ", …" } else { "" };
        tell(&format!(
            "cutlist: {} of the words that should go stay in the cut sound, since they run into the words beside them: {}{more}",
            left.iter().map(|range| range.len()).sum::<usize>(),
            shown.join(", ")
        ));
    }
}

fn printable(text: &str) -> String {
    crate::history::view::printable(text)
}

/// Refuses what cannot be, before anything is listened to.
pub fn check_overwrite(overwrites: bool, exports: &Exports) -> Result<()> {
    if overwrites && exports.is_empty() {
        bail!("--overwrite is about the files of --export; -o replaces its file anyway");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_which_nothing_is_left_makes_no_file() {
        let followed = Followed { joints: Joints::default(), sound: Some((16_000, 1)) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.cutlist.wav");
        let written = files::create(&path, Existing::Refuse, |out| followed.write_wav(out, Path::new("answer.wav")));
        assert!(written.unwrap_err().to_string().contains("nothing is left of answer.wav"));
        assert!(!path.exists());
    }

    #[test]
    fn a_recording_that_is_gone_is_said() {
        let stretches =
            vec![choices::Stretch { start_s: crate::units::Seconds(0.0), end_s: crate::units::Seconds(1.0) }];
        let followed = Followed { joints: Joints { stretches, left_in: Vec::new() }, sound: Some((16_000, 1)) };
        let folder = tempfile::tempdir().unwrap();
        let mut out = File::create(folder.path().join("out.wav")).unwrap();
        let error = followed.write_wav(&mut out, Path::new("/no/such.wav")).unwrap_err();
        assert!(format!("{error:#}").contains("/no/such.wav"), "{error:#}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_with_the_way_out() {
        let full = |out: &mut File| Ok(out.write_all(b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n")?);
        let error = files::create(Path::new("/dev/full"), Existing::Replace, full).unwrap_err();
        assert!(error.to_string().contains("is there room on the disk?"), "{error:#}");
    }
}
