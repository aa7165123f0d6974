//! One take, from the first frame to a file that plays.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::level::{Meter, Reading};
use super::marks::{self, Mark, Sidecar};
use super::source::{Counts, Format, Sink, Source, Trouble};
use super::writer::{Progress, Storage, Writer, shown};
use super::{CaptureError, LONGEST_S};

/// A device that sends nothing for so long is gone, whatever the system says: callbacks come every few hundredths of a second,
/// and a sleepy Bluetooth headset takes up to two seconds to wake.
const SILENT_DEVICE: Duration = Duration::from_secs(4);

/// How a take ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The speaker stopped it.
    Asked,
    /// The time was up.
    TimeUp,
    /// The recording that stands in for a microphone was at its end.
    PlayedOut,
    /// The device was lost.
    DeviceLost(String),
    /// The file could not be written further.
    Unwritable(String),
}

impl Ended {
    /// In words, for the sidecar and the report.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Asked => "stopped".into(),
            Self::TimeUp => "time was up".into(),
            Self::PlayedOut => "the recording was at its end".into(),
            Self::DeviceLost(why) => format!("the microphone was lost: {why}"),
            Self::Unwritable(why) => why.clone(),
        }
    }
}

/// A finished take.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// The file.
    pub path: PathBuf,
    /// The shape of its sound.
    pub format: Format,
    /// Frames in it.
    pub frames: u64,
    /// Frames that found no room on the way to the file.
    pub lost_frames: u64,
    /// Times the system says that it dropped sound before it came to us.
    pub overruns: u32,
    /// Times the system moved the stream to another device.
    pub moves: u32,
    /// Whether whoever listened along could not keep up.
    pub listener_let_go: bool,
    /// Why the marks could not be kept in full, if so. The sound is not touched by that.
    pub unmarked: Option<String>,
    /// How it ended.
    pub ended: Ended,
    /// What stands beside it.
    pub sidecar: Sidecar,
}

impl Take {
    /// Its length in seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.format.seconds(self.frames)
    }
}

/// A take in progress.
pub struct Recording {
    path: PathBuf,
    format: Format,
    counts: Arc<Counts>,
    progress: Arc<Progress>,
    writer: JoinHandle<Result<(), CaptureError>>,
    stream: Option<Box<dyn Any>>,
    sidecar: Sidecar,
    unmarked: Option<String>,
    max: Option<Duration>,
    /// When frames were last seen to arrive, and how many there were.
    alive: (Instant, u64),
}

/// What a take needs to begin.
pub struct Start<'a> {
    /// Where the sound comes from.
    pub source: &'a mut dyn Source,
    /// The file.
    pub path: &'a Path,
    /// The same file, open for writing.
    pub storage: Box<dyn Storage>,
    /// What stands beside it.
    pub sidecar: Sidecar,
    /// Whoever listens along, in blocks of interleaved samples. When it falls behind by more than it holds, it is let go: the
    /// take comes first.
    pub tap: Option<SyncSender<Vec<i16>>>,
    /// The longest that the take may become.
    pub max: Option<Duration>,
}

impl Recording {
    /// Begins a take.
    pub fn start(start: Start<'_>) -> Result<Self, CaptureError> {
        let Start { source, path, storage, sidecar, tap, max } = start;
        let format = source.format();
        let unmarked = sidecar.write(path).err().map(|error| error.to_string());
        let counts = Arc::new(Counts::default());
        let progress = Arc::new(Progress {
            stop: AtomicBool::new(false),
            written: AtomicU64::new(0),
            listener_let_go: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            reading: Mutex::new(Meter::new(format.rate_hz, format.channels).reading()),
        });
        let (sink, ring) = Sink::new(format, Arc::clone(&counts));
        let writer = Writer {
            path: path.to_path_buf(),
            storage,
            format,
            ring,
            tap,
            counts: Arc::clone(&counts),
            progress: Arc::clone(&progress),
        };
        let writer = std::thread::Builder::new()
            .name("take".into())
            .spawn(move || writer.run())
            .map_err(|_| CaptureError::Writer { path: shown(path) })?;
        let stream = match source.start(sink) {
            Ok(stream) => stream,
            Err(error) => {
                progress.stop.store(true, Ordering::Release);
                let _ = writer.join();
                return Err(error);
            }
        };
        let longest = Duration::from_secs(u64::from(LONGEST_S));
        Ok(Self {
            path: path.to_path_buf(),
            format,
            counts,
            progress,
            writer,
            stream: Some(stream),
            sidecar,
            unmarked,
            max: Some(max.map_or(longest, |max| max.min(longest))),
            alive: (Instant::now(), 0),
        })
    }

    /// Seconds that have come from the device.
    #[must_use]
    pub fn elapsed_s(&self) -> f64 {
        let arrived = self.counts.arrived.load(Ordering::Relaxed) - self.counts.lost.load(Ordering::Relaxed);
        self.format.seconds(arrived)
    }

    /// What the meter shows.
    #[must_use]
    pub fn reading(&self) -> Reading {
        *self.progress.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frames lost so far.
    #[must_use]
    pub fn lost_frames(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Sets a mark and keeps it at once.
    pub fn mark(&mut self, mark: Mark) {
        self.sidecar.marks.push(mark);
        if let Err(error) = self.sidecar.write(&self.path) {
            self.unmarked = Some(error.to_string());
        }
    }

    /// Says when the question of the last mark had been put.
    pub fn settle_mark(&mut self, until_s: f64) {
        if let Some(mark) = self.sidecar.marks.last_mut() {
            mark.until_s = until_s.max(mark.at_s);
            if let Err(error) = self.sidecar.write(&self.path) {
                self.unmarked = Some(error.to_string());
            }
        }
    }

    /// The marks so far.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.sidecar.marks
    }

    /// Whether the take has come to its end by itself.
    pub fn has_ended(&mut self) -> bool {
        self.why_ended().is_some() || self.progress.finished.load(Ordering::Acquire)
    }

    fn why_ended(&mut self) -> Option<Ended> {
        let arrived = self.counts.arrived.load(Ordering::Relaxed);
        if arrived > self.alive.1 {
            self.alive = (Instant::now(), arrived);
        }
        match self.counts.trouble.get() {
            Some(Trouble::PlayedOut) => return Some(Ended::PlayedOut),
            Some(Trouble::Lost(why)) => return Some(Ended::DeviceLost(why.clone())),
            None => {}
        }
        if self.alive.0.elapsed() >= SILENT_DEVICE {
            return Some(Ended::DeviceLost("it sends no sound any more".into()));
        }
        let max = self.max.filter(|max| self.elapsed_s() >= max.as_secs_f64());
        max.map(|_| Ended::TimeUp)
    }

    /// Ends the take and closes its file. A take that cannot be written further is still a take: [`Take::ended`] says so.
    pub fn stop(mut self) -> Result<Take, CaptureError> {
        let ended = self.why_ended().unwrap_or(Ended::Asked);
        // First the device, so that nothing comes behind the stop; then the writer empties the ring.
        self.stream = None;
        self.progress.stop.store(true, Ordering::Release);
        let written = self.writer.join().map_err(|_| CaptureError::Writer { path: shown(&self.path) })?;
        let ended = match written {
            Ok(()) => ended,
            Err(error) => Ended::Unwritable(match &error {
                CaptureError::Write { source, .. } if is_full(source) => "the disk is full".into(),
                other => other.to_string(),
            }),
        };
        let mut sidecar = self.sidecar;
        let mut unmarked = self.unmarked;
        if let Err(error) = marks::write_cues(&self.path, self.format.rate_hz, &sidecar.marks) {
            unmarked = Some(error.to_string());
        }
        sidecar.lost_frames = self.counts.lost.load(Ordering::Relaxed);
        sidecar.ended = Some(ended.words());
        unmarked = sidecar.write(&self.path).err().map(|error| error.to_string()).or(unmarked);
        let frames = super::repair::frames_in(&self.path).unwrap_or(self.progress.written.load(Ordering::Acquire));
        Ok(Take {
            path: self.path,
            format: self.format,
            frames,
            lost_frames: sidecar.lost_frames,
            overruns: self.counts.overruns.load(Ordering::Relaxed),
            moves: self.counts.moves.load(Ordering::Relaxed),
            listener_let_go: self.progress.listener_let_go.load(Ordering::Acquire),
            unmarked,
            ended,
            sidecar,
        })
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge
    )
}
