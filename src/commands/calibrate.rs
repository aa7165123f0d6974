//! `cutlist calibrate`: eight lines read aloud, and how well their fillers were heard.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::Status;
use crate::capture::recorder::Start;
use crate::capture::{self, Recording, Sidecar, takes};
use crate::cli::CalibrateArgs;
use crate::document::Calibration;
use crate::env::Env;
use crate::files;
use crate::paths::make_private;
use crate::pipeline::analyze::{self, Given};
use crate::practice::calibration::{self, Score};
use crate::question::Question;
use crate::session::{Glance, LiveLine, StopKey};
use crate::terminal::{print, tell};
use crate::tools::Tools;

/// Longest reading: the lines take a minute and a half.
const LONGEST: Duration = Duration::from_secs(300);
/// Share of the lines that must be recognised: less, and something else was read.
const LEAST_READ: f64 = 0.5;

/// Runs `calibrate`.
pub fn run(args: CalibrateArgs, env: &Env) -> Result<Status> {
    if args.lines {
        print(&(calibration::lines().join("\n") + "\n"))?;
        return Ok(Status::Done);
    }
    let settings = env.settings()?;
    let tools = Tools::bundled()?;
    let ears = env.ears(args.model, &settings, None);
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (path, device) = if let Some(path) = &args.from {
        (path.clone(), path.display().to_string())
    } else {
        ears.recogniser()?;
        read_aloud(args.device.as_deref(), folder.path())?
    };
    let heard = ears.hear(&path)?;
    let model = heard.engine.model.clone();
    ensure!(model.is_some(), "calibration is about hearing; give a recording of the lines, not a transcript");
    let report =
        analyze::analyze(&tools, heard.transcript, Given { question: Question::default(), ..Given::default() })
            .context("the judge failed")?;
    let findings: Vec<_> = report.measures.fillers.items.iter().map(|item| item.words.indices()).collect();
    let score = calibration::score(&report.transcript, &findings);
    ensure!(
        score.read_share >= LEAST_READ,
        "only {:.0} % of the lines were recognised; read them as they stand (`cutlist calibrate --lines` prints them), closer to the microphone; nothing was kept",
        score.read_share * 100.0
    );
    let result = Calibration {
        at: jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default().to_string(),
        device,
        model,
        scripted: score.scripted,
        found: score.found,
        false_alarms: score.false_alarms.len(),
        decoys: score.decoys,
    };
    let file = env.paths.calibration();
    if let Some(parent) = file.parent() {
        make_private(parent, "CUTLIST_DATA")?;
    }
    files::write(&file, &(serde_json::to_string_pretty(&result)? + "\n"))?;
    print(&text(&score, &result))?;
    Ok(Status::Done)
}

fn text(score: &Score, result: &Calibration) -> String {
    let quoted = |words: &[String]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let mut out = format!("Heard {} of {} scripted fillers", score.found, score.scripted);
    if !score.missed.is_empty() {
        out.push_str(&format!("; missed {}", quoted(&score.missed)));
    }
    out.push_str(&format!(
        ".\n{} of {} decoys and other words taken for a filler",
        score.false_alarms.len(),
        score.decoys
    ));
    if !score.false_alarms.is_empty() {
        out.push_str(&format!(": {}", quoted(&score.false_alarms)));
    }
    let model = result.model.as_deref().unwrap_or_default();
    out.push_str(&format!(".\nKept for the model {model}; reports show it beside their counts.\n"));
    out
}

/// One recording of all eight lines, a line at a time.
fn read_aloud(device: Option<&str>, folder: &Path) -> Result<(PathBuf, String)> {
    let mut source = capture::open(device, None)?;
    let name = source.name().to_owned();
    let path = folder.join("lines.wav");
    let sidecar = Sidecar::new(source.format(), &name, Question::default(), &jiff::Zoned::now());
    let storage = Box::new(takes::create(&path)?);
    let start = Start { source: source.as_mut(), path: &path, storage, sidecar, tap: None, max: Some(LONGEST) };
    let lines = calibration::lines();
    tell("Read each line aloud as it stands, ums and all. Enter brings the next.\n");
    let key = StopKey::listen();
    key.reset();
    let mut recording = Recording::start(start)?;
    let shown = LiveLine::new(LONGEST.as_secs_f64());
    for (number, line) in lines.iter().enumerate() {
        shown.say(&format!("\n  {} of {}   {line}\n", number + 1, lines.len()));
        while !key.is_pressed() && !recording.has_ended() {
            shown.show(recording.elapsed_s(), recording.reading(), recording.lost_frames(), &Glance::default());
            std::thread::sleep(Duration::from_millis(50));
        }
        key.reset();
    }
    shown.clear();
    let take = recording.stop()?;
    ensure!(
        take.frames > 0,
        "no sound came from \"{name}\"; choose another with --device (`cutlist devices` lists them)"
    );
    Ok((path, name))
}
