//! A take with somebody listening along: what `record` and `mock` share.

mod board;
mod progress;
mod stop;

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use board::Board;
pub use board::Glance;
pub use progress::LiveLine;
pub use stop::StopKey;

use crate::capture::recorder::Start;
use crate::capture::{self, Ended, Recording, Sidecar, Take, takes};
use crate::cli::CaptureArgs;
use crate::config::Config;
use crate::document::{self, Report, Warning};
use crate::env::Env;
use crate::files::sha256;
use crate::paths::make_private;
use crate::pipeline::hear::{Ears, Heard};
use crate::pipeline::live;
use crate::pipeline::take::{Beside, judged};
use crate::question::Question;
use crate::terminal::tell;
use crate::tools::Tools;
use crate::transcript::recogniser::RecogniserError;

/// Between two looks at the take.
const TICK: Duration = Duration::from_millis(100);
/// Blocks that wait for the listener before it is let go: at some 50 a second, about two minutes of sound.
const LISTENER_HOLDS: usize = 6000;
/// A source and where its sound goes.
pub struct Session<'a> {
    /// The user's folders.
    pub env: &'a Env,
    /// Rules and judge.
    pub tools: &'a Tools,
    /// The recogniser.
    pub ears: &'a Ears,
    /// What is asked.
    pub question: Question,
    /// How to record.
    pub capture: &'a CaptureArgs,
    /// The settings.
    pub settings: &'a Config,
    /// Behind the date in the file's name.
    pub suffix: &'static str,
}

/// What happens while the take goes on.
pub trait Companion {
    /// Called some ten times a second; returns what stands above the live line, if that changed.
    fn tick(&mut self, recording: &mut Recording, glance: &Glance) -> Option<String>;
}

impl Session<'_> {
    /// Records, listens along, and reports.
    pub fn run(self, companion: &mut dyn Companion) -> Result<Report> {
        let mut source = capture::open(self.capture.device.as_deref(), self.capture.channels)?;
        // Loading takes a moment, which belongs before the first word.
        let (recogniser, workers) = self.ears.recogniser()?;
        let now = jiff::Zoned::now();
        let (path, file) = self.create(&now)?;
        let stop = StopKey::listen();
        stop.reset();
        count_down(self.capture.countdown, &stop);
        let format = source.format();
        let sidecar = Sidecar::new(format, source.name(), self.question.clone(), &now);
        let (tap, blocks) = sync_channel(LISTENER_HOLDS);
        let board = Board::default();
        let max = Duration::from_secs(u64::from(self.capture.max));
        let (take, live) = std::thread::scope(|scope| -> Result<_> {
            let board = &board;
            // Ends the judging on every way out; the listener ends with its tap.
            let _ending = OnDrop(|| board.end());
            let start = Start {
                source: source.as_mut(),
                path: &path,
                storage: Box::new(file),
                sidecar,
                tap: Some(tap),
                max: Some(max),
            };
            let recording = match Recording::start(start) {
                Ok(recording) => recording,
                Err(error) => {
                    forget_empty(&path);
                    return Err(error.into());
                }
            };
            let listener =
                scope.spawn(move || live::hear(recogniser, workers, format, &blocks, &|news| board.hear(news)));
            scope.spawn(|| board.judge(self.tools, &self.question));
            let take = watch(recording, &stop, board, companion, f64::from(self.capture.max))?;
            board.end();
            tell(&saved(&take));
            Ok((take, listener.join().ok()))
        })?;
        self.report(&take, live)
    }

    fn create(&self, now: &jiff::Zoned) -> Result<(PathBuf, std::fs::File)> {
        if let Some(path) = &self.capture.output {
            return Ok((path.clone(), takes::create(path)?));
        }
        let folder = self.env.paths.recordings(self.settings.recordings.as_deref());
        make_private(&folder, "CUTLIST_RECORDINGS")?;
        Ok(takes::create_dated(&folder, now, self.question.kind, self.suffix)?)
    }

    fn report(&self, take: &Take, live: Option<Result<Option<live::Live>, RecogniserError>>) -> Result<Report> {
        let mut warnings = take_warnings(take);
        anyhow::ensure!(
            take.frames > 0,
            "no sound came from the microphone \"{}\" ({}); try another with --device (`cutlist devices` lists them)",
            take.sidecar.device,
            take.ended.words()
        );
        let heard = match live {
            Some(Ok(Some(live))) if !take.listener_let_go && matches_file(take, &live) => {
                let source = document::Source {
                    path: take.path.display().to_string(),
                    sha256: sha256(&take.path)?,
                    duration_s: Some(live.heard.duration_s),
                    sample_rate_hz: Some(take.format.rate_hz),
                    channels: Some(take.format.channels.into()),
                    recorded_at: None,
                };
                warnings.extend(live.warnings.iter().map(|w| Warning::new(w.code(), w.to_string())));
                self.ears.heard_live(live.heard, source, warnings)
            }
            // The listener fell behind, or failed: the file has everything.
            _ => {
                tell("cutlist: listening again to the whole take, since listening along was too slow or failed");
                self.ears.hear(&take.path).map(|heard| Heard { warnings: [heard.warnings, warnings].concat(), ..heard })
            }
        };
        let mut heard = heard.with_context(|| format!("the take is kept in \"{}\"", take.path.display()))?;
        heard.source.recorded_at = Some(take.sidecar.recorded_at.clone());
        let beside = Beside::read(&self.env.paths)?;
        judged(self.tools, &beside, heard, self.question.clone(), &take.sidecar.marks)
    }
}

/// After a full disk the listener has heard more than the file holds; the report is about the file.
fn matches_file(take: &Take, live: &live::Live) -> bool {
    (live.heard.duration_s.0 - take.duration_s()).abs() < 0.01
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn count_down(seconds: u32, stop: &StopKey) {
    for left in (1..=seconds).rev() {
        tell(&format!("{left} …"));
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until && !stop.is_pressed() {
            std::thread::sleep(Duration::from_millis(20));
        }
        // An impatient Enter starts at once.
        if stop.is_pressed() {
            stop.reset();
            return;
        }
    }
}

fn watch(
    mut recording: Recording,
    stop: &StopKey,
    board: &Board,
    companion: &mut dyn Companion,
    max_s: f64,
) -> Result<Take> {
    let line = LiveLine::new(max_s);
    while !stop.is_pressed() && !recording.has_ended() {
        let glance = board.glance.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(text) = companion.tick(&mut recording, &glance) {
            line.say(&text);
        }
        line.show(recording.elapsed_s(), recording.reading(), recording.lost_frames(), &glance);
        std::thread::sleep(TICK);
    }
    line.clear();
    Ok(recording.stop()?)
}

fn saved(take: &Take) -> String {
    let length = crate::units::Seconds(take.duration_s());
    let path = take.path.display();
    match &take.ended {
        Ended::Asked => format!("saved {length} in {path}"),
        other => format!("{}; saved {length} in {path}", other.words()),
    }
}

/// A file with nothing in it helps nobody.
fn forget_empty(path: &Path) {
    if capture::repair::frames_in(path).is_none_or(|frames| frames == 0) {
        let _ = std::fs::remove_file(path);
        let _ = std::fs::remove_file(Sidecar::path_of(path));
    }
}

fn take_warnings(take: &Take) -> Vec<Warning> {
    let mut out = Vec::new();
    if take.lost_frames > 0 {
        let lost = take.format.seconds(take.lost_frames);
        out.push(Warning::new(
            "lost_frames",
            format!(
                "{} frames ({lost:.2} s) of sound were lost because the disk was too slow; times behind the gap are early by that much",
                take.lost_frames
            ),
        ));
    }
    if take.overruns > 0 {
        out.push(Warning::new(
            "overruns",
            format!(
                "the sound system dropped sound {} time(s); close other programs, or choose another device",
                take.overruns
            ),
        ));
    }
    if take.moves > 0 {
        out.push(Warning::new("device_changed", "the system moved the recording to another microphone in mid-take"));
    }
    match &take.ended {
        Ended::DeviceLost(_) | Ended::Unwritable(_) => out.push(Warning::new(
            "take_cut_short",
            format!(
                "{}; the take so far ({:.1} s) is kept, and this report is about it",
                take.ended.words(),
                take.duration_s()
            ),
        )),
        Ended::Asked | Ended::TimeUp | Ended::PlayedOut => {}
    }
    if let Some(why) = &take.unmarked {
        out.push(Warning::new("unmarked", format!("the notes beside the take could not all be kept: {why}")));
    }
    out
}
