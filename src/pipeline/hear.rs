//! A file, whatever it is, in words: sound by way of the recogniser, a written transcript as it is.

use std::cell::OnceCell;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest as _, Sha256};

use crate::decode::{AudioReader, DecodeError};
use crate::document::Warning;
use crate::document::{Engine, Source};
use crate::files::hex;
use crate::models::{self, Model};
use crate::transcript::import::{self, Format};
use crate::transcript::recogniser::{Recogniser, RecogniserError};
use crate::transcript::transcribe::{self, Progress, transcribe};
use crate::transcript::voice::RATE_HZ;
use crate::transcript::whisper::{ENGINE_VERSION, VERBATIM_PROMPT, Whisper};
use crate::transcript::{Silence, Transcript, sentences, voice};
use crate::units::Seconds;

/// Bytes of a pipe that tell sound from text.
const LARGEST_TEXT: usize = 5 << 20;
/// Confidence under which a word counts as badly heard.
const UNSURE: f32 = 0.4;
/// Share of badly heard words from which the report warns.
const UNSURE_SHARE: f64 = 0.2;

/// Speech wants a band of 5.5 kHz or more; half the samples a second bound it.
const WHOLE_BAND_HZ: u32 = 11_025;
/// A silence between words that is no pause for thought: three times the longest pause of the recordings at hand.
const LONG_SILENCE_S: f64 = 20.0;

/// What was heard in a file.
#[derive(Clone)]
pub struct Heard {
    /// The words.
    pub transcript: Transcript,
    /// The file.
    pub source: Source,
    /// What produced the words.
    pub engine: Engine,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// The recogniser, loaded when the first recording asks for it and kept for the others.
pub struct Ears {
    model: Option<String>,
    /// Folder of installed models.
    installed: PathBuf,
    workers: usize,
    threads: u32,
    loaded: OnceCell<(Whisper, Model)>,
}

impl Ears {
    /// Ears with a model (the default one for `None`) and so many chunks side by side.
    ///
    /// Chunks side by side come first, threads within a chunk only where processors are left over:
    /// whisper.cpp's threads wait for each other in a busy loop, which is far slower than one thread
    /// when the machine has other work.
    #[must_use]
    pub fn new(model: Option<String>, installed: PathBuf, jobs: Option<u16>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let workers = jobs.map_or(processors.min(4), usize::from);
        let threads = jobs.map_or_else(|| u32::try_from(processors / workers).unwrap_or(1).max(1), |_| 1);
        Self { model, installed, workers, threads, loaded: OnceCell::new() }
    }

    /// Hears a file; `-` is standard input.
    pub fn hear(&self, file: &Path) -> Result<Heard> {
        if file.as_os_str() == "-" {
            return self.hear_pipe();
        }
        let extension = file.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
        let text_format = Format::of_extension(extension);
        if file.is_file() && (text_format.is_some() || looks_like_text(file)) {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            return written(&bytes, text_format, &file.display().to_string(), modified(file));
        }
        self.spoken(AudioReader::open(file)?, modified(file))
    }

    fn hear_pipe(&self) -> Result<Heard> {
        let mut pipe = std::io::stdin().lock();
        let mut head = Vec::new();
        pipe.by_ref().take(LARGEST_TEXT as u64 + 1).read_to_end(&mut head).context("cannot read standard input")?;
        ensure!(!head.is_empty(), "standard input is empty; pipe a recording or a transcript into `cutlist analyze -`");
        if head.len() <= LARGEST_TEXT && std::str::from_utf8(&head).is_ok() && !head.contains(&0) {
            return written(&head, None, "-", None);
        }
        self.spoken(AudioReader::from_pipe(std::io::Cursor::new(head).chain(pipe), "-")?, None)
    }

    /// The recogniser and how many chunks go side by side, for a listener of its own; loads the model, which takes a moment.
    pub fn recogniser(&self) -> Result<(&dyn Recogniser, usize)> {
        Ok((&self.loaded()?.0, self.workers))
    }

    /// What a live recording comes to, once it is over: the same as hearing its file.
    pub fn heard_live(&self, heard: transcribe::Heard, source: Source, warnings: Vec<Warning>) -> Result<Heard> {
        self.finished(heard, source, warnings)
    }

    fn loaded(&self) -> Result<&(Whisper, Model)> {
        if self.loaded.get().is_none() {
            let model = models::resolve(self.model.as_deref(), &self.installed)?;
            let whisper = model.load(self.threads)?;
            // Nobody else can have set it: the cell is this thread's.
            let _ = self.loaded.set((whisper, model));
        }
        self.loaded.get().context("the speech model could not be kept")
    }

    fn spoken(&self, mut audio: AudioReader, recorded_at: Option<String>) -> Result<Heard> {
        let (whisper, _) = self.loaded()?;
        let stated = audio.source().stated;
        let bar = progress_bar(stated);
        let blocks = std::iter::from_fn(|| audio.next_block().transpose())
            .map(|block| block.map(|block| block.samples).map_err(HearError::from));
        let heard = transcribe(blocks, whisper, self.workers, |news| {
            if let Progress::HeardUpTo(at) = news {
                bar.set_position(at.to_samples(1) as u64);
            }
        })?;
        bar.finish_and_clear();
        let warnings: Vec<Warning> =
            audio.warnings().iter().map(|warning| Warning::new(warning.code(), warning.to_string())).collect();
        let source = Source {
            path: audio.source().name.clone(),
            sha256: audio.source().sha256.clone(),
            duration_s: Some(heard.duration_s),
            sample_rate_hz: Some(audio.source().sample_rate_hz),
            channels: Some(audio.source().channels),
            recorded_at,
        };
        self.finished(heard, source, warnings)
    }

    fn finished(&self, heard: transcribe::Heard, source: Source, mut warnings: Vec<Warning>) -> Result<Heard> {
        let (whisper, model) = self.loaded()?;
        // What comes next needs memory of its own, and no recogniser.
        whisper.rest();
        let name = &source.path;
        ensure!(
            !heard.words.is_empty(),
            "nobody speaks in {name} ({} of sound); check which microphone was used, and that it was not muted",
            heard.duration_s
        );
        warnings.extend(hearing_warnings(&heard.words));
        warnings.extend(room_warnings(&heard, source.sample_rate_hz.unwrap_or(RATE_HZ)));
        let silences = voice::silences(&heard.speech, heard.duration_s.0)
            .into_iter()
            .map(|silence| Silence { start_s: Seconds(silence.start_s), end_s: Seconds(silence.end_s) })
            .collect();
        let sentences = sentences::split(&heard.words);
        let engine = Engine {
            name: "whisper.cpp".into(),
            version: ENGINE_VERSION.into(),
            model: Some(model.name.clone()),
            model_sha256: model.sha256()?,
            prompt: Some(VERBATIM_PROMPT.into()),
            ..Engine::default()
        };
        Ok(Heard { transcript: Transcript { words: heard.words, sentences, silences }, source, engine, warnings })
    }
}

/// Why listening stopped.
#[derive(Debug, thiserror::Error)]
enum HearError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Recogniser(#[from] RecogniserError),
}

fn written(bytes: &[u8], format: Option<Format>, name: &str, recorded_at: Option<String>) -> Result<Heard> {
    ensure!(!bytes.is_empty(), "{name} is empty; there is nothing to analyze");
    let format = format.or_else(|| Format::of_content(bytes)).unwrap_or(Format::Txt);
    let transcript =
        import::read(bytes, format).with_context(|| format!("cannot read the transcript {name}"))?.into_transcript();
    ensure!(!transcript.words.is_empty(), "there is no word in {name}; there is nothing to analyze");
    let mut warnings = Vec::new();
    if transcript.is_timed() {
        warnings.push(Warning::new(
            "pauses_from_cues",
            "pauses are the gaps between captions, and other times are only as good as theirs; analyze the recording for real ones",
        ));
    } else {
        warnings.push(Warning::new(
            "no_times",
            "this transcript has no times, so there are no seconds, rates a minute, or pauses; analyze the recording to get them",
        ));
    }
    let source = Source {
        path: name.to_owned(),
        sha256: hex(&Sha256::digest(bytes)),
        duration_s: transcript.words.iter().rev().find_map(|word| word.end_s),
        recorded_at,
        ..Source::default()
    };
    let engine = Engine { name: "import".into(), version: env!("CARGO_PKG_VERSION").into(), ..Engine::default() };
    Ok(Heard { transcript, source, engine, warnings })
}

fn hearing_warnings(words: &[crate::transcript::Word]) -> Vec<Warning> {
    let mut out = Vec::new();
    let unsure = words.iter().filter(|word| word.confidence.is_some_and(|p| p < UNSURE)).count();
    let share = unsure as f64 / words.len().max(1) as f64;
    if share >= UNSURE_SHARE {
        out.push(Warning::new(
            "hard_to_hear",
            format!(
                "the recogniser is unsure of {:.0} % of the words; check the transcript before you trust the report, or record closer to the microphone",
                share * 100.0
            ),
        ));
    }
    let inaudible = words.iter().filter(|word| word.text == crate::transcript::verbatim::INAUDIBLE).count();
    if inaudible > 0 {
        out.push(Warning::new(
            "inaudible",
            format!("{inaudible} stretch(es) of speech could not be understood and are marked [inaudible]"),
        ));
    }
    out
}

/// What the sound says of the place and the line.
fn room_warnings(heard: &transcribe::Heard, rate_hz: u32) -> Vec<Warning> {
    let mut out = Vec::new();
    if let Some(ratio_db) = heard.conditions.noisy_db() {
        out.push(Warning::new(
            "noisy",
            format!(
                "the voice is only {ratio_db:.0} dB above the noise of the room; words may be wrong, so find a quieter place or move closer to the microphone"
            ),
        ));
    }
    if rate_hz < WHOLE_BAND_HZ {
        out.push(Warning::new(
            "narrow_band",
            format!("at {rate_hz} samples a second the recording has no more than a telephone's band, so s and f are hard to tell apart; record at 16000 or more"),
        ));
    }
    if rate_hz >= WHOLE_BAND_HZ && heard.conditions.is_narrow() {
        out.push(Warning::new(
            "narrow_band",
            "the sound has no more than a telephone's band, so s and f are hard to tell apart; it went through a call or a headset's \
             telephone mode, so record with the device's own microphone",
        ));
    }
    if let Some(start) = heard.conditions.voices().second() {
        out.push(Warning::new(
            "second_voice",
            format!(
                "two people seem to speak, the one who speaks less from {} on; every word counts as yours, so cut the other's out and analyze again",
                start.clock()
            ),
        ));
    }
    let between = heard.speech.windows(2).map(|pair| (pair[0].end_s, pair[1].start_s));
    if let Some((from, to)) = between.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
        && to - from >= LONG_SILENCE_S
    {
        out.push(Warning::new(
            "long_silence",
            format!(
                "nobody speaks from {} to {}; it counts as a pause, so cut it out if the recording merely ran on",
                Seconds(from).clock(),
                Seconds(to).clock()
            ),
        ));
    }
    out
}

fn progress_bar(length: Option<Seconds>) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let Some(length) = length else { return ProgressBar::new_spinner() };
    let bar = ProgressBar::new(length.to_samples(1) as u64);
    if let Ok(style) = ProgressStyle::with_template("listening {bar:30} {pos}/{len} s") {
        bar.set_style(style);
    }
    bar
}

fn modified(file: &Path) -> Option<String> {
    let time: SystemTime = std::fs::metadata(file).ok()?.modified().ok()?;
    jiff::Timestamp::try_from(time)
        .ok()
        .and_then(|time| time.round(jiff::Unit::Second).ok())
        .map(|time| time.to_string())
}

/// Whether a file of unknown name holds a transcript: JSON or text throughout its first bytes.
fn looks_like_text(file: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(file).and_then(|f| f.take(4096).read_to_end(&mut head));
    if read.is_err() || head.is_empty() || head.contains(&0) {
        return false;
    }
    match std::str::from_utf8(&head) {
        Ok(_) => true,
        // A character may be cut in two at the end of the piece.
        Err(error) => error.valid_up_to() + 4 > head.len(),
    }
}
