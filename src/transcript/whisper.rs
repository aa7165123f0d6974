//! Whisper by way of whisper.cpp: the only file that names `whisper_rs`.
//!
//! One [`Whisper`] holds the weights; each decode borrows a state from a small pool, so that
//! several stretches can be decoded side by side on one set of weights.
//!
//! A decode is one pass over one stretch of at most 30 s, without Whisper's own timestamp tokens:
//! with them, `base` skips ahead over clear speech and encodes the same sound twice. Word times come
//! from dynamic time warping over the cross-attention of the alignment heads instead (whisper.cpp's
//! `dtw`, after the `OpenAI` reference), which is silently off when flash attention is on.

mod doubt;

use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Instant;

use whisper_rs::{
    DtwMode, DtwModelPreset, DtwParameters, FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters,
    WhisperError, WhisperState, WhisperTokenId as Token, get_lang_id,
};

use super::recogniser::{HeardWord, Recogniser, RecogniserError, Request};

/// The prompt that makes Whisper write down what it would tidy away. Its own sentence is never
/// spoken, so it can be told from speech when it leaks.
pub const VERBATIM_PROMPT: &str =
    "Umm, so, uh, let me think, like, hmm... Okay, here's what I'm, um, like, thinking, you know.";

/// The engine, for the report.
pub const ENGINE_VERSION: &str = "1.8.3 (whisper-rs 0.16.0)";
/// Encoder positions for one second of sound (1500 for 30 s; Radford et al. 2022).
const POSITIONS_PER_S: f64 = 50.0;
/// Sound behind the stretch that the encoder still sees, in seconds: zeros that tell the decoder
/// that the speech is over.
const TAIL_S: f64 = 1.0;
/// Fewest encoder positions. Measured on the clips of people in `docs/figures.md`: with 384 positions three
/// of nine short ones loop, with 768 none does, and 1500 hears no more while it takes two and a half times as long.
const FEWEST_POSITIONS: i32 = 768;
/// Tokens a person can say in a second, at most: 170 words a minute is 4 tokens; twice that, and
/// a few more so that one-word stretches have room.
const TOKENS_PER_S: f64 = 9.0;
/// Most tokens of prompt; [`VERBATIM_PROMPT`] has 33.
const MOST_PROMPT_TOKENS: usize = 200;

/// Why a model could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file is missing or whisper.cpp refuses it.
    #[error(
        "cannot load the model \"{name}\": not a whisper.cpp (ggml) model, or damaged; check it with `cutlist models verify`, or choose another with --model"
    )]
    Refused {
        /// Path or name.
        name: String,
    },
    /// This binary has no model inside.
    #[error(
        "this cutlist was built without a bundled model; install one with `cutlist models install base` and pass --model base"
    )]
    NotBundled,
}

/// How stretches are decoded. Apart from the threads the default is the right choice; `cargo bench --bench listening` measures the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoding {
    /// Threads for each stretch, from 1.
    pub threads: u32,
    /// Encoder positions that a short stretch gets, of the 1500 that 30 s have.
    pub fewest_positions: i32,
    /// Whether words get times; without, each stands at the start of its stretch.
    pub times_words: bool,
    /// Whether short words in doubt are weighed against a filled pause.
    pub weighs_doubts: bool,
}

impl Default for Decoding {
    fn default() -> Self {
        Self { threads: 1, fewest_positions: FEWEST_POSITIONS, times_words: true, weighs_doubts: true }
    }
}

impl Decoding {
    /// The default with so many threads for each stretch.
    #[must_use]
    pub fn with_threads(threads: u32) -> Self {
        Self { threads, ..Self::default() }
    }
}

/// A loaded model.
pub struct Whisper {
    context: WhisperContext,
    states: Mutex<Vec<WhisperState>>,
    decoding: Decoding,
    english: &'static str,
}

static QUIET: Once = Once::new();

impl Whisper {
    /// Loads a ggml model from a file.
    pub fn from_file(path: &Path, decoding: Decoding) -> Result<Self, ModelError> {
        let name = path.display().to_string();
        QUIET.call_once(whisper_rs::install_logging_hooks);
        let head = head_of(path).ok_or_else(|| ModelError::Refused { name: name.clone() })?;
        let context = WhisperContext::new_with_params(path, parameters(&head, decoding))
            .map_err(|_| ModelError::Refused { name: name.clone() })?;
        Ok(Self::new(context, decoding))
    }

    /// Loads a ggml model from memory.
    pub fn from_bytes(bytes: &[u8], decoding: Decoding) -> Result<Self, ModelError> {
        let refused = || ModelError::Refused { name: "bundled".into() };
        QUIET.call_once(whisper_rs::install_logging_hooks);
        let head = Head::read(bytes).ok_or_else(refused)?;
        let context =
            WhisperContext::new_from_buffer_with_params(bytes, parameters(&head, decoding)).map_err(|_| refused())?;
        Ok(Self::new(context, decoding))
    }

    fn new(context: WhisperContext, decoding: Decoding) -> Self {
        Self { context, states: Mutex::new(Vec::new()), decoding, english: "en" }
    }

    /// Gives the memory of a decode back; the weights stay, and the next decode takes a moment longer.
    pub fn rest(&self) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take_state(&self) -> Result<WhisperState, RecogniserError> {
        let pooled = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match pooled {
            Some(state) => Ok(state),
            None => self.context.create_state().map_err(engine),
        }
    }
}

/// The few numbers at the start of a ggml file that choose the alignment heads.
struct Head {
    vocabulary: i32,
    audio_layers: i32,
    text_layers: i32,
    mels: i32,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let field = |i: usize| {
            let at = i * 4;
            Some(i32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
        };
        // 0x67676d6c, "ggml"
        (field(0)? == 0x6767_6d6c).then_some(())?;
        Some(Self { vocabulary: field(1)?, audio_layers: field(5)?, text_layers: field(9)?, mels: field(10)? })
    }

    /// The alignment heads are a property of each released model (Whisper's own table).
    fn preset(&self) -> DtwMode<'static> {
        let english_only = self.vocabulary < 51_865;
        let model_preset = match (self.audio_layers, self.text_layers) {
            (4, 4) if english_only => DtwModelPreset::TinyEn,
            (4, 4) => DtwModelPreset::Tiny,
            (6, 6) if english_only => DtwModelPreset::BaseEn,
            (6, 6) => DtwModelPreset::Base,
            (12, 12) if english_only => DtwModelPreset::SmallEn,
            (12, 12) => DtwModelPreset::Small,
            (24, 24) if english_only => DtwModelPreset::MediumEn,
            (24, 24) => DtwModelPreset::Medium,
            (32, 4) => DtwModelPreset::LargeV3Turbo,
            (32, 32) if self.mels == 128 => DtwModelPreset::LargeV3,
            (32, 32) => DtwModelPreset::LargeV2,
            // Distilled models: no table exists, so the upper half of the decoder is used.
            _ => return DtwMode::TopMost { n_top: 2 },
        };
        DtwMode::ModelPreset { model_preset }
    }
}

fn head_of(path: &Path) -> Option<Head> {
    use std::io::Read as _;
    let mut bytes = [0; 48];
    std::fs::File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    Head::read(&bytes)
}

fn parameters(head: &Head, decoding: Decoding) -> WhisperContextParameters<'static> {
    let mut parameters = WhisperContextParameters::default();
    parameters.flash_attn(false);
    if decoding.times_words {
        parameters.dtw_parameters(DtwParameters { mode: head.preset(), ..DtwParameters::default() });
    }
    parameters
}

impl Recogniser for Whisper {
    fn recognise(&self, request: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> {
        if request.samples.is_empty() {
            return Ok(Vec::new());
        }
        let mut decoded = self.decode(request)?;
        if request.verbatim && self.decoding.weighs_doubts {
            self.weigh(&mut decoded, doubt::is_doubted)?;
        }
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push(decoded.state);
        Ok(decoded.words.into_iter().map(|word| word.heard).collect())
    }
}

/// What one decode gave, and the state it was made in, which still holds the encoded sound.
struct Decoded {
    state: WhisperState,
    words: Vec<Spelled>,
    /// All tokens of the text.
    tokens: Vec<Token>,
}

/// A word and where its spelling starts among the tokens of the text.
struct Spelled {
    heard: HeardWord,
    first_token: usize,
}

impl Whisper {
    fn decode(&self, request: Request<'_>) -> Result<Decoded, RecogniserError> {
        let mut state = self.take_state()?;
        let deadline = Instant::now() + request.budget;
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_n_threads(i32::try_from(self.decoding.threads.max(1)).unwrap_or(1));
        params.set_language(Some(self.english));
        params.set_no_timestamps(true);
        params.set_single_segment(true);
        params.set_token_timestamps(false);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_special(false);
        params.set_print_timestamps(false);
        // No second try at a higher temperature: it is random, and `verbatim` has a better answer
        // to a failed decode than dice.
        params.set_temperature_inc(0.0);
        params.set_suppress_nst(false);
        params.set_audio_ctx(audio_positions(
            request.len_s(),
            self.decoding.fewest_positions,
            self.context.n_audio_ctx(),
        ));
        params.set_max_tokens(most_tokens(request.len_s()));
        if request.verbatim {
            params.set_initial_prompt(VERBATIM_PROMPT);
        }
        // whisper-rs 0.16 boxes the closure twice and reads it back as the type it was given:
        // anything but a boxed trait object is undefined behaviour there.
        let overdue: Box<dyn FnMut() -> bool> = Box::new(move || Instant::now() > deadline);
        params.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(overdue);

        let result = state.full(params, request.samples);
        if Instant::now() > deadline {
            return Err(RecogniserError::OutOfTime { len_s: request.len_s() });
        }
        result.map_err(engine)?;
        let (words, tokens) = words_of(&state, self.context.token_eot(), &request);
        Ok(Decoded { state, words, tokens })
    }

    /// Weighs the words that `asked_for` picks, after a decode with the prompt.
    fn weigh(&self, decoded: &mut Decoded, asked_for: impl Fn(&Spelled) -> bool) -> Result<(), RecogniserError> {
        let Decoded { state, words, tokens } = decoded;
        if !words.iter().any(&asked_for) {
            return Ok(());
        }
        let mut line = vec![self.context.token_prev()];
        line.extend(self.context.tokenize(VERBATIM_PROMPT, MOST_PROMPT_TOKENS).map_err(engine)?);
        line.push(self.context.token_sot());
        if self.context.is_multilingual() {
            line.push(self.context.token_lang(get_lang_id(self.english).unwrap_or(0)));
            line.push(self.context.token_transcribe());
        }
        line.push(self.context.token_not());
        let threads = self.decoding.threads.max(1) as usize;
        let mut again = Again { context: &self.context, state, threads, opening: line.len(), line, read: 0 };
        doubt::weigh(&mut again, words, tokens, asked_for)
    }
}

/// The decoder, asked again about sound that it has encoded.
struct Again<'a> {
    context: &'a WhisperContext,
    state: &'a mut WhisperState,
    threads: usize,
    /// What whisper.cpp puts before the text (so many tokens), and the text asked about last.
    line: Vec<Token>,
    opening: usize,
    /// How many tokens of the line are decoded.
    read: usize,
}

impl doubt::Decoder for Again<'_> {
    fn first_token(&self, text: &str) -> Option<Token> {
        let token = *self.context.tokenize(text, MOST_PROMPT_TOKENS).ok()?.first()?;
        self.context.token_to_bytes(token).is_ok_and(|bytes| bytes.len() > 1).then_some(token)
    }

    fn scores_after(&mut self, text: &[Token]) -> Result<&[f32], RecogniserError> {
        let known = self.line[self.opening..].iter().zip(text).take_while(|(a, b)| a == b).count();
        self.line.truncate(self.opening + known);
        self.line.extend_from_slice(&text[known..]);
        let last = self.line.len() - 1;
        self.read = self.read.min(self.opening + known).min(last);
        // Only the scores behind the first token of a batch are handed out, so that the last comes alone.
        if self.read < last {
            self.state.decode(&self.line[self.read..last], self.read, self.threads).map_err(engine)?;
        }
        self.state.decode(&self.line[last..], last, self.threads).map_err(engine)?;
        self.read = last + 1;
        self.state.get_logits().map_err(engine)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn engine(error: WhisperError) -> RecogniserError {
    RecogniserError::Engine(error.to_string())
}

#[allow(clippy::cast_possible_truncation, reason = "stretches are at most 30 s")]
fn audio_positions(len_s: f64, fewest: i32, most: i32) -> i32 {
    (((len_s + TAIL_S) * POSITIONS_PER_S).ceil() as i32).clamp(fewest.min(most), most)
}

#[allow(clippy::cast_possible_truncation, reason = "stretches are at most 30 s")]
fn most_tokens(len_s: f64) -> i32 {
    (len_s * TOKENS_PER_S) as i32 + 16
}

/// Joins tokens to words, and hands the tokens out too. A word starts at a token that starts with a space; a
/// token may end in the middle of a UTF-8 character, so bytes are joined before they become text.
fn words_of(state: &WhisperState, end_of_text: i32, request: &Request<'_>) -> (Vec<Spelled>, Vec<Token>) {
    struct Pending {
        bytes: Vec<u8>,
        start_s: f64,
        log_p: f64,
        first_token: usize,
        tokens: u32,
    }
    let end_s = request.start_s + request.len_s();
    let mut pending: Vec<Pending> = Vec::new();
    let mut ids = Vec::new();
    for segment in state.as_iter() {
        for i in 0..segment.n_tokens() {
            let Some(token) = segment.get_token(i) else { continue };
            // Tokens from `end_of_text` on are control tokens.
            if token.token_id() >= end_of_text {
                continue;
            }
            ids.push(token.token_id());
            let Ok(bytes) = token.to_bytes() else { continue };
            let data = token.token_data();
            let at_s = (request.start_s + data.t_dtw.max(0) as f64 / 100.0).min(end_s);
            let log_p = f64::from(data.p.max(1e-6)).ln();
            match pending.last_mut() {
                // Words joined by an ellipsis ("Mon...treal") are words apart in time.
                Some(word) if !bytes.starts_with(b" ") && !ends_in_ellipsis(&word.bytes) => {
                    word.bytes.extend_from_slice(bytes);
                    word.log_p += log_p;
                    word.tokens += 1;
                }
                _ => {
                    let first_token = ids.len() - 1;
                    pending.push(Pending { bytes: bytes.to_vec(), start_s: at_s, log_p, first_token, tokens: 1 });
                }
            }
        }
    }
    let starts: Vec<f64> = pending.iter().map(|word| word.start_s).collect();
    let mut out = Vec::with_capacity(pending.len());
    for (i, word) in pending.into_iter().enumerate() {
        let text = String::from_utf8_lossy(&word.bytes).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        #[allow(clippy::cast_possible_truncation, reason = "a probability")]
        let confidence = (word.log_p / f64::from(word.tokens)).exp() as f32;
        let next = starts.get(i + 1).copied().unwrap_or(end_s);
        let end_s = next.max(word.start_s);
        let heard = HeardWord { text, start_s: word.start_s, end_s, confidence, filled_pause_odds: 0.0 };
        out.push(Spelled { heard, first_token: word.first_token });
    }
    (out, ids)
}

fn ends_in_ellipsis(bytes: &[u8]) -> bool {
    bytes.ends_with(b"...") || bytes.ends_with("\u{2026}".as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::transcript::words::is_filled_pause;

    #[cfg(feature = "bundled-model")]
    #[test]
    fn the_model_tells_filled_pauses_from_words() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let whisper = Whisper::from_file(&here.join("models/ggml-base-q8_0.bin"), Decoding::default()).unwrap();
        let samples = crate::decode::decode_all(&here.join("recordings/short-answer.wav")).unwrap().samples;
        let request = Request { samples: &samples, start_s: 0.0, verbatim: true, budget: Duration::from_secs(600) };
        let mut decoded = whisper.decode(request).unwrap();
        whisper.weigh(&mut decoded, |_| true).unwrap();
        let (pauses, words): (Vec<_>, Vec<_>) =
            decoded.words.iter().map(|word| &word.heard).partition(|word| is_filled_pause(&word.text));
        assert!(!pauses.is_empty() && words.len() > 20);
        for pause in pauses {
            assert!(pause.filled_pause_odds >= 1.0, "{pause:?}");
        }
        for word in words {
            assert!((0.0..0.15).contains(&word.filled_pause_odds), "{word:?}");
        }
    }

    #[test]
    fn the_encoder_sees_the_stretch_and_no_thirty_seconds_of_nothing() {
        assert_eq!(audio_positions(19.0, FEWEST_POSITIONS, 1500), 1000);
        assert_eq!(audio_positions(0.5, FEWEST_POSITIONS, 1500), FEWEST_POSITIONS);
        assert_eq!(audio_positions(30.0, FEWEST_POSITIONS, 1500), 1500);
    }

    #[test]
    fn a_file_of_anything_else_is_refused() {
        let error = Whisper::from_bytes(b"RIFF....WAVE", Decoding::default()).err();
        assert!(error.is_some_and(|e| e.to_string().contains("models verify")));
    }
}
