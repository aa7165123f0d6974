//! A take with somebody listening along: what `record` and `mock` share.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::live_line::LiveLine;
use super::{analyze, output};
use crate::analysis::{self, Chosen, Given, Tools};
use crate::capture::playback::Scripted;
use crate::capture::recorder::Start;
use crate::capture::{CaptureError, Ended, Recording, Sidecar, Source, Take, device, takes};
use crate::cli::CaptureArgs;
use crate::config::Config;
use crate::listening::{Ears, Heard};
use crate::live::{self, News};
use crate::models::hex;
use crate::paths::{Paths, make_private};
use crate::question::Question;
use crate::report::Warning;
use crate::report::document::{self, Report};
use crate::transcript::{Transcript, Word, sentences};

/// Between two looks at the take.
const TICK: Duration = Duration::from_millis(100);
/// Blocks that wait for the listener before it is let go: at some 50 a second, about two minutes of sound.
const LISTENER_HOLDS: usize = 6000;
/// What `--device` starts with when a recording stands in for a microphone.
const FILE: &str = "file:";

/// How often the speaker has asked to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct StopKey(Arc<AtomicU8>);

impl StopKey {
    /// Enter and Ctrl-C stop the take; a second Ctrl-C, while the report is made, ends the program. Signals that end a program
    /// (a closed terminal, a shutdown) count as Ctrl-C.
    pub(super) fn listen() -> Self {
        static KEY: OnceLock<StopKey> = OnceLock::new();
        KEY.get_or_init(|| {
            let key = Self::default();
            let enter = key.clone();
            std::thread::spawn(move || {
                for line in std::io::stdin().lock().lines() {
                    if line.is_err() {
                        break;
                    }
                    enter.0.fetch_max(1, Ordering::AcqRel);
                }
            });
            let interrupt = key.clone();
            // Without a handler Ctrl-C kills the program, which costs the report but not the take.
            let _ = ctrlc::set_handler(move || {
                if interrupt.0.swap(2, Ordering::AcqRel) == 2 {
                    #[allow(clippy::exit, reason = "the take is closed or was flushed within the second")]
                    std::process::exit(130);
                }
            });
            key
        })
        .clone()
    }

    /// Whether the speaker wants to stop.
    pub(super) fn is_pressed(&self) -> bool {
        self.0.load(Ordering::Acquire) > 0
    }

    /// Makes ready for the next press.
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Release);
    }
}

/// What the live line knows of the answer so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Glance {
    /// Fillers so far.
    pub(super) fillers: usize,
    /// Seconds into the answer at which the conclusion came.
    pub(super) concluded_after_s: Option<f64>,
    /// Up to where the words are known.
    pub(super) heard_to_s: f64,
    /// When the first word was said.
    pub(super) first_word_s: Option<f64>,
}

/// Words as they come in.
#[derive(Default)]
struct Words {
    settled: Vec<Word>,
    pending: Vec<Word>,
    version: u64,
}

#[derive(Default)]
struct Board {
    words: Mutex<Words>,
    changed: Condvar,
    glance: Mutex<Glance>,
    is_over: AtomicBool,
}

impl Board {
    fn hear(&self, news: News) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Settled(new) => {
                words.settled.extend(new);
                words.settled.sort_by(|a, b| a.start_s.partial_cmp(&b.start_s).unwrap_or(std::cmp::Ordering::Equal));
                let to = words.settled.last().and_then(|word| word.end_s);
                words.pending.retain(|word| word.start_s > to);
            }
            News::Pending(new) => {
                let to = words.settled.last().and_then(|word| word.end_s);
                words.pending = new;
                words.pending.retain(|word| word.start_s >= to);
            }
        }
        words.version += 1;
        drop(words);
        self.changed.notify_all();
    }

    /// Judges the answer so far, whenever there are new words, until the take is over.
    fn judge(&self, tools: &Tools, question: &Question) {
        let mut seen = 0;
        while !self.is_over.load(Ordering::Acquire) {
            let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
            let (words, _) = self
                .changed
                .wait_timeout_while(words, TICK, |words| words.version == seen)
                .unwrap_or_else(PoisonError::into_inner);
            if words.version == seen {
                continue;
            }
            seen = words.version;
            let words: Vec<Word> = words.settled.iter().chain(&words.pending).cloned().collect();
            if let Some(glance) = glance(tools, question, words) {
                *self.glance.lock().unwrap_or_else(PoisonError::into_inner) = glance;
            }
        }
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.changed.notify_all();
    }
}

fn glance(tools: &Tools, question: &Question, words: Vec<Word>) -> Option<Glance> {
    let heard_to_s = words.last()?.end_s?.0;
    let first_word_s = words.first()?.start_s.map(|s| s.0);
    let transcript = Transcript { sentences: sentences::split(&words), words, silences: Vec::new() };
    let report = analysis::analyze(tools, transcript, Given { question: question.clone(), ..Given::default() }).ok()?;
    let conclusion = report.measures.time_to_conclusion.seconds;
    Some(Glance {
        fillers: report.measures.fillers.count,
        concluded_after_s: conclusion.map(|s| s.0),
        heard_to_s,
        first_word_s,
    })
}

/// A source and where its sound goes.
pub(super) struct Session<'a> {
    pub(super) tools: &'a Tools,
    pub(super) ears: &'a Ears,
    pub(super) question: Question,
    pub(super) capture: &'a CaptureArgs,
    pub(super) config: &'a Config,
    /// Behind the date in the file's name.
    pub(super) suffix: &'static str,
}

/// What happens while the take goes on.
pub(super) trait Companion {
    /// Called some ten times a second; returns what stands above the live line, if that changed.
    fn tick(&mut self, recording: &mut Recording, glance: &Glance) -> Option<String>;
}

impl Session<'_> {
    /// Records, listens along, and reports.
    pub(super) fn run(self, companion: &mut dyn Companion) -> Result<Report> {
        let mut source = open(self.capture.device.as_deref(), self.capture.channels)?;
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
            output::tell(&saved(&take));
            Ok((take, listener.join().ok()))
        })?;
        self.report(&take, live)
    }

    fn create(&self, now: &jiff::Zoned) -> Result<(PathBuf, std::fs::File)> {
        if let Some(path) = &self.capture.output {
            return Ok((path.clone(), takes::create(path)?));
        }
        let folder = Paths::of_environment()?.recordings(self.config.recordings.as_deref());
        make_private(&folder, "CUTLIST_RECORDINGS")?;
        Ok(takes::create_dated(&folder, now, self.question.kind, self.suffix)?)
    }

    fn report(
        &self,
        take: &Take,
        live: Option<Result<Option<live::Live>, crate::transcript::recogniser::RecogniserError>>,
    ) -> Result<Report> {
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
                output::tell(
                    "cutlist: listening again to the whole take, since listening along was too slow or failed",
                );
                self.ears.hear(&take.path).map(|heard| Heard { warnings: [heard.warnings, warnings].concat(), ..heard })
            }
        };
        let mut heard = heard.with_context(|| format!("the take is kept in \"{}\"", take.path.display()))?;
        heard.source.recorded_at = Some(take.sidecar.recorded_at.clone());
        analyze::judged(self.tools, heard, self.question.clone(), Chosen::Nothing, None, &take.sidecar.marks)
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

/// The default input, the one named, or a recording that stands in for one.
pub(super) fn open(wanted: Option<&str>, channels: Option<u16>) -> Result<Box<dyn Source>, CaptureError> {
    Ok(match wanted.and_then(|wanted| wanted.strip_prefix(FILE)) {
        Some(path) => Box::new(Scripted::of_file(Path::new(path))?),
        None => Box::new(device::open(wanted, channels)?),
    })
}

fn count_down(seconds: u32, stop: &StopKey) {
    for left in (1..=seconds).rev() {
        output::tell(&format!("{left} …"));
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
    if crate::capture::repair::frames_in(path).is_none_or(|frames| frames == 0) {
        let _ = std::fs::remove_file(path);
        let _ = std::fs::remove_file(Sidecar::path_of(path));
    }
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut hash = Sha256::new();
    let mut room = vec![0; 1 << 16];
    loop {
        let n = std::io::Read::read(&mut file, &mut room)?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&room[..n]);
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
