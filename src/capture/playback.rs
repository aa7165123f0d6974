//! Sources that are no microphone: a recording played in real time (`--device file:answer.wav`), to try the tool
//! and to test it where there is no sound card, and a script, for faults that no device makes on demand.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::CaptureError;
use super::source::{Format, Sink, Source, Trouble};

/// Seconds handed over at once: as an audio callback's buffer.
const PORTION_S: f64 = 0.02;

/// What a scripted source does next.
#[derive(Debug, Clone)]
pub enum Step {
    /// Interleaved samples, handed over in small portions.
    Play(Vec<i16>),
    /// Nothing comes for so long.
    Stall(Duration),
    /// The system says that it lost sound.
    Overrun,
    /// The source stops by itself.
    Stop(Trouble),
}

/// A source that follows a script.
pub struct Scripted {
    name: String,
    format: Format,
    steps: Vec<Step>,
    /// How many times faster than real time; infinity for as fast as possible.
    speed: f64,
}

impl Scripted {
    /// A script, played `speed` times faster than real time.
    #[must_use]
    pub fn new(format: Format, speed: f64, steps: Vec<Step>) -> Self {
        Self { name: "script".into(), format, steps, speed }
    }

    /// A 16-bit WAV file with one or two channels, in real time; the source stops at its end.
    pub fn of_file(path: &Path) -> Result<Self, CaptureError> {
        let failed = |source| CaptureError::Playback { path: path.display().to_string(), source };
        let mut reader = hound::WavReader::open(path).map_err(failed)?;
        let spec = reader.spec();
        let pcm = spec.sample_format == hound::SampleFormat::Int && spec.bits_per_sample == 16;
        if !pcm || !(1..=2).contains(&spec.channels) {
            return Err(failed(hound::Error::Unsupported));
        }
        let samples = reader.samples::<i16>().collect::<Result<Vec<i16>, _>>().map_err(failed)?;
        let format = Format { rate_hz: spec.sample_rate, channels: spec.channels };
        let steps = vec![Step::Play(samples), Step::Stop(Trouble::PlayedOut)];
        Ok(Self { name: path.display().to_string(), format, steps, speed: 1.0 })
    }
}

impl Source for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    fn format(&self) -> Format {
        self.format
    }

    fn start(&mut self, sink: Sink) -> Result<Box<dyn Any>, CaptureError> {
        let playing = Arc::new(AtomicBool::new(true));
        let steps = std::mem::take(&mut self.steps);
        let (format, speed, flag) = (self.format, self.speed, Arc::clone(&playing));
        let thread = std::thread::spawn(move || play(sink, &steps, format, speed, &flag));
        Ok(Box::new(Playing { flag: playing, thread: Some(thread) }))
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 ms of frames")]
fn play(mut sink: Sink, steps: &[Step], format: Format, speed: f64, playing: &AtomicBool) {
    let channels = usize::from(format.channels);
    let portion = ((f64::from(format.rate_hz) * PORTION_S) as usize).max(1) * channels;
    let mut due = Instant::now();
    for step in steps {
        match step {
            Step::Play(samples) => {
                for part in samples.chunks(portion) {
                    if !playing.load(Ordering::Relaxed) {
                        return;
                    }
                    let frames = part.len() / channels;
                    sink.take(frames, part.iter().copied());
                    due += Duration::from_secs_f64(format.seconds(frames as u64) / speed);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                }
            }
            Step::Stall(time) => {
                let until = Instant::now() + *time;
                while playing.load(Ordering::Relaxed) && Instant::now() < until {
                    std::thread::sleep(Duration::from_millis(10));
                }
                due = Instant::now();
            }
            Step::Overrun => sink.alarm().overrun(),
            Step::Stop(trouble) => sink.alarm().stopped(trouble.clone()),
        }
    }
}

/// Ends the playing when dropped.
struct Playing {
    flag: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.flag.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
