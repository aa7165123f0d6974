//! `cutlist devices`: which microphones there are, and whether one hears anything.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::Status;
use crate::capture::level::Hint;
use crate::capture::recorder::Start;
use crate::capture::{self, CaptureError, Recording, Sidecar, device, takes};
use crate::question::Question;
use crate::session::{Glance, LiveLine, StopKey};
use crate::terminal::{print, tell};
use crate::verdicts::bands::Bands;

/// Lists the inputs, or tests one.
#[allow(clippy::option_option, reason = "`--test` alone is the default input, `--test NAME` another")]
pub fn run(test: Option<Option<&str>>, seconds: u32) -> Result<Status> {
    match test {
        Some(wanted) => listen(wanted, seconds),
        None => list(),
    }
}

fn list() -> Result<Status> {
    let mut inputs = device::inputs();
    // ALSA lists every plugin it knows, most of which lead nowhere: noise, as long as something can be opened.
    if inputs.iter().any(|input| input.format.is_ok()) {
        inputs.retain(|input| input.format.is_ok());
    }
    if inputs.is_empty() {
        return Err(CaptureError::NoMicrophone.into());
    }
    let wide = inputs.iter().map(|input| input.id.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for input in &inputs {
        let mark = if input.is_default { "*" } else { " " };
        let shape = match &input.format {
            Ok(format) => {
                let channels = if format.channels == 1 { "mono" } else { "stereo" };
                format!("{channels}, {} Hz", format.rate_hz)
            }
            Err(why) => format!("cannot be opened: {why}"),
        };
        text.push_str(&format!("{mark} {:<wide$}  {}  ({shape})\n", input.id, input.name));
    }
    text.push_str("\n* is used when --device names no other. `cutlist devices --test NAME` shows the level of one.\n");
    print(&text)?;
    Ok(Status::Done)
}

fn listen(wanted: Option<&str>, seconds: u32) -> Result<Status> {
    let mut source = capture::open(wanted, None)?;
    let name = source.name().to_owned();
    // The level is all that is wanted: the sound goes to a private file that is gone afterwards.
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("level.wav");
    let sidecar = Sidecar::new(source.format(), &name, Question::default(), &jiff::Zoned::now());
    let storage = Box::new(takes::create(&path)?);
    let max = Duration::from_secs(u64::from(seconds));
    let start = Start { source: source.as_mut(), path: &path, storage, sidecar, tap: None, max: Some(max) };
    tell(&format!("Speak into {name} for {seconds} s."));
    let stop = StopKey::listen();
    let mut recording = Recording::start(start)?;
    let line = LiveLine::new(f64::from(seconds));
    let begun = Instant::now();
    let mut loudest_dbfs = f64::NEG_INFINITY;
    // A device that sends nothing must not keep the test going.
    while !stop.is_pressed() && !recording.has_ended() && begun.elapsed() < max + Duration::from_secs(5) {
        loudest_dbfs = loudest_dbfs.max(recording.reading().level_dbfs);
        line.show(recording.elapsed_s(), recording.reading(), 0, &Glance::default());
        std::thread::sleep(Duration::from_millis(50));
    }
    line.clear();
    let reading = recording.reading();
    let take = recording.stop()?;
    anyhow::ensure!(
        take.frames > 0,
        "no sound came from \"{name}\"; choose another input (`cutlist devices` lists them)"
    );
    let verdict = match reading.hint {
        Some(hint @ (Hint::Muted | Hint::NothingHeard)) => hint.words().to_owned(),
        _ if reading.clipped > 0 => Hint::Clipping.words().to_owned(),
        _ if loudest_dbfs < Bands::bundled().level_dbfs.low => "soft; come closer or turn the input up".to_owned(),
        _ => "good".to_owned(),
    };
    print(&format!(
        "{name}: loudest {loudest_dbfs:.0} dBFS, peak {:.0} dBFS, {} samples clipped: {verdict}\n",
        reading.peak_dbfs, reading.clipped
    ))?;
    Ok(Status::Done)
}
