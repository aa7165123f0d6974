//! The writer thread: out of the ring, into the file, the meter, and the ear of whoever listens along.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::io_of;
use super::level::{Meter, Reading};
use super::source::{Counts, Format};
use super::{CaptureError, repair};

/// Between two flushes: what a kill or a power cut may cost.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Between two looks at an empty ring, a thousandth of its length.
const IDLE: Duration = Duration::from_millis(10);
/// Samples moved at once.
const PORTION: usize = 8192;

/// Where a take is written; a file, and in tests a slow or a full one.
pub trait Storage: Write + Seek + Send {
    /// Makes what was written survive a power cut.
    fn sync(&mut self) -> std::io::Result<()>;
}

impl Storage for File {
    fn sync(&mut self) -> std::io::Result<()> {
        self.sync_data()
    }
}

/// What the writer shares with the thread that shows the take.
#[derive(Debug)]
pub(super) struct Progress {
    /// Set to end the take.
    pub(super) stop: AtomicBool,
    /// Frames in the file.
    pub(super) written: AtomicU64,
    /// Whether the listener could not keep up and was let go.
    pub(super) listener_let_go: AtomicBool,
    /// Set when the writer is through.
    pub(super) finished: AtomicBool,
    /// What the meter shows.
    pub(super) reading: Mutex<Reading>,
}

/// Everything the writer thread owns.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) storage: Box<dyn Storage>,
    pub(super) format: Format,
    pub(super) ring: rtrb::Consumer<i16>,
    pub(super) tap: Option<SyncSender<Vec<i16>>>,
    pub(super) counts: Arc<Counts>,
    pub(super) progress: Arc<Progress>,
}

/// A [`Storage`] that `hound` writes to and that can still be synced.
struct Shared(Arc<Mutex<Box<dyn Storage>>>);

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut dyn Storage) -> T) -> T {
        act(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.with(|storage| storage.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.with(|storage| storage.flush())
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.with(|storage| storage.seek(to))
    }
}

impl Writer {
    /// Writes until told to stop and the ring is empty, or until the file takes no more. Either way what is in the file plays.
    pub(super) fn run(self) -> Result<(), CaptureError> {
        let (path, progress) = (self.path.clone(), Arc::clone(&self.progress));
        let result = self.write();
        if result.is_err() {
            // `hound` may have promised more in the header than the disk took.
            let _ = repair::mend_lengths(&path);
        }
        progress.finished.store(true, Ordering::Release);
        result.map_err(|source| CaptureError::Write { path: path.display().to_string(), source })
    }

    fn write(self) -> std::io::Result<()> {
        let Self { path: _, storage, format, mut ring, mut tap, counts, progress } = self;
        let storage = Arc::new(Mutex::new(storage));
        let syncing = Shared(Arc::clone(&storage));
        let spec = hound::WavSpec {
            channels: format.channels,
            sample_rate: format.rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::new(BufWriter::with_capacity(1 << 16, Shared(storage)), spec).map_err(io_of)?;
        wav.flush().map_err(io_of)?;
        let channels = usize::from(format.channels);
        let mut meter = Meter::new(format.rate_hz, format.channels);
        let mut written = 0;
        let mut flushed = Instant::now();
        loop {
            // Read before the ring: what came before the stop is then in the ring.
            let stopping = progress.stop.load(Ordering::Acquire) || counts.trouble.get().is_some();
            let whole = ring.slots().min(PORTION) / channels * channels;
            if whole == 0 {
                if stopping {
                    break;
                }
                std::thread::sleep(IDLE);
            } else if let Ok(chunk) = ring.read_chunk(whole) {
                let block: Vec<i16> = chunk.into_iter().collect();
                for sample in &block {
                    wav.write_sample(*sample).map_err(io_of)?;
                }
                written += (whole / channels) as u64;
                meter.push(&block);
                *progress.reading.lock().unwrap_or_else(PoisonError::into_inner) = meter.reading();
                if let Some(Err(error)) = tap.as_ref().map(|tap| tap.try_send(block)) {
                    tap = None;
                    progress.listener_let_go.store(matches!(error, TrySendError::Full(_)), Ordering::Release);
                }
                progress.written.store(written, Ordering::Release);
            }
            if flushed.elapsed() >= FLUSH_EVERY {
                wav.flush().map_err(io_of)?;
                syncing.with(|storage| storage.sync())?;
                flushed = Instant::now();
            }
        }
        wav.finalize().map_err(io_of)?;
        syncing.with(|storage| storage.sync())
    }
}

/// The part of a path that messages show.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
