//! A microphone in words while somebody speaks into it.
//!
//! The sound goes the same way as a file's, so that the words in the end are those of the file. What is different is
//! the waiting: whenever the speaker pauses, the chunk in the making is recognised as if the answer ended there.
//! If it did, the words are there when the speaker presses the key, for the recogniser remembers what it was asked; if the
//! speaker goes on, they were news for the live line, and the chunk is recognised again when it closes.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::mpsc::Receiver;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::capture::Format;
use crate::decode::{AudioWarning, GrowingSound};
use crate::transcript::Word;
use crate::transcript::chunks::{Chunk, Chunker};
use crate::transcript::recogniser::{HeardWord, Recogniser, RecogniserError, Request};
use crate::transcript::transcribe::{self, Progress};
use crate::transcript::verbatim;

/// A pause after which the answer may be over: longer than a breath, shorter than the way to the key.
const MAYBE_OVER_S: f64 = 0.5;
/// Decodes that are remembered: a chunk takes a handful.
const REMEMBERED: usize = 32;

/// What is heard while it is said.
#[derive(Debug)]
pub enum News {
    /// Words that stand, in order of time within the chunk.
    Settled(Vec<Word>),
    /// Words of the chunk in the making, in place of those told before.
    Pending(Vec<Word>),
}

/// A recording that was listened to.
#[derive(Debug)]
pub struct Live {
    /// What was heard.
    pub heard: transcribe::Heard,
    /// What was odd about the sound.
    pub warnings: Vec<AudioWarning>,
}

/// Listens to `blocks` of interleaved samples until they end. `None` for a rate that cannot be resampled.
pub fn hear(
    recogniser: &dyn Recogniser,
    workers: usize,
    format: Format,
    blocks: &Receiver<Vec<i16>>,
    news: &(dyn Fn(News) + Sync),
) -> Result<Option<Live>, RecogniserError> {
    let Some(mut sound) = GrowingSound::new(format.rate_hz, format.channels.into()) else { return Ok(None) };
    let recogniser = Remembering::new(recogniser);
    let mailbox = Mailbox::default();
    let heard = std::thread::scope(|scope| {
        scope.spawn(|| {
            while let Some(chunk) = mailbox.take() {
                if let Ok(words) = verbatim::listen(&recogniser, &chunk) {
                    news(News::Pending(words.into_iter().map(transcribe::word).collect()));
                }
            }
        });
        // Dropped on every way out, a panic's too: the thread above would wait for ever.
        let _closing = Closing(&mailbox);
        let (mut shadow, mut early, mut is_told) = (Chunker::default(), Vec::new(), true);
        let mut is_over = false;
        let settled = std::iter::from_fn(|| {
            let mut settled = Vec::new();
            while settled.is_empty() && !is_over {
                let Ok(block) = blocks.recv() else {
                    is_over = true;
                    mailbox.close();
                    sound.finish(&mut settled);
                    break;
                };
                early.clear();
                sound.push(&block, &mut settled, &mut early);
                shadow.push(&early);
                let pauses = shadow.pause_s().is_some_and(|pause_s| pause_s >= MAYBE_OVER_S);
                if pauses
                    && !is_told
                    && let Some(chunk) = shadow.peek()
                {
                    mailbox.put(chunk);
                }
                is_told = pauses || shadow.pause_s().is_none();
            }
            (!settled.is_empty()).then_some(Ok::<_, RecogniserError>(settled))
        });
        transcribe::transcribe(settled, &recogniser, workers, |progress| {
            if let Progress::Words(words) = progress {
                news(News::Settled(words.to_vec()));
            }
        })
    })?;
    Ok(Some(Live { heard, warnings: sound.warnings() }))
}

/// Holds the newest chunk only: an older one is of no use to anybody.
#[derive(Default)]
struct Mailbox {
    state: Mutex<(Option<Chunk>, bool)>,
    changed: Condvar,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, (Option<Chunk>, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, chunk: Chunk) {
        self.lock().0 = Some(chunk);
        self.changed.notify_all();
    }

    /// Nothing more comes; what waits is no longer wanted.
    fn close(&self) {
        *self.lock() = (None, true);
        self.changed.notify_all();
    }

    fn take(&self) -> Option<Chunk> {
        let mut state = self.lock();
        loop {
            if state.1 {
                return None;
            }
            if let Some(chunk) = state.0.take() {
                return Some(chunk);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Closing<'a>(&'a Mailbox);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A recogniser that answers the same request once, and lets who asks meanwhile wait for the answer.
struct Remembering<'a> {
    inner: &'a dyn Recogniser,
    known: Mutex<VecDeque<(Key, Option<Vec<HeardWord>>)>>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    samples: u64,
    len: usize,
    start: u64,
    verbatim: bool,
}

impl Key {
    fn of(request: &Request<'_>) -> Self {
        let mut hasher = DefaultHasher::new();
        request.samples.iter().for_each(|sample| sample.to_bits().hash(&mut hasher));
        Self {
            samples: hasher.finish(),
            len: request.samples.len(),
            start: request.start_s.to_bits(),
            verbatim: request.verbatim,
        }
    }
}

impl<'a> Remembering<'a> {
    fn new(inner: &'a dyn Recogniser) -> Self {
        Self { inner, known: Mutex::default(), changed: Condvar::new() }
    }
}

/// Takes an unanswered question back when its decode fails or panics, so that nobody waits for it.
struct Asking<'a>(&'a Remembering<'a>, Key);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(key, answer)| *key != self.1 || answer.is_some());
        drop(known);
        self.0.changed.notify_all();
    }
}

impl Recogniser for Remembering<'_> {
    fn recognise(&self, request: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> {
        let key = Key::of(&request);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match known.iter().find(|(other, _)| *other == key) {
                Some((_, Some(words))) => return Ok(words.clone()),
                Some((_, None)) => known = self.changed.wait(known).unwrap_or_else(PoisonError::into_inner),
                None => break,
            }
        }
        if known.len() >= REMEMBERED
            && let Some(oldest) = known.iter().position(|(_, answer)| answer.is_some())
        {
            known.remove(oldest);
        }
        known.push_back((key, None));
        drop(known);
        let asking = Asking(self, key);
        let words = self.inner.recognise(request)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.iter_mut().find(|(other, _)| *other == key) {
            entry.1 = Some(words.clone());
        }
        drop(known);
        drop(asking);
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Says where each stretch starts and how long it is, and counts how often it is asked for a whole chunk.
    struct Counting(AtomicUsize);

    impl Recogniser for Counting {
        fn recognise(&self, request: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> {
            // Second looks at gaps are short, and depend on a noise floor that the silence before the stop still moves.
            self.0.fetch_add(usize::from(request.verbatim), Ordering::Relaxed);
            let text = format!("w{:.3}+{:.3}", request.start_s, request.len_s());
            Ok(vec![HeardWord {
                text,
                start_s: request.start_s,
                end_s: request.start_s + request.len_s(),
                confidence: 0.9,
                filled_pause_odds: 0.0,
            }])
        }
    }

    fn sample() -> Vec<i16> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/recordings/sample-answer.wav");
        hound::WavReader::open(path).unwrap().samples::<i16>().map(Result::unwrap).collect()
    }

    #[test]
    fn live_words_are_the_words_of_the_file() {
        let samples = sample();
        let format = Format { rate_hz: 16_000, channels: 1 };
        let recogniser = Counting(AtomicUsize::new(0));
        let floats: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32768.0).collect();
        let batch =
            transcribe::transcribe(std::iter::once(Ok::<_, RecogniserError>(floats)), &recogniser, 1, |_| {}).unwrap();
        let (tap, blocks) = std::sync::mpsc::sync_channel(100_000);
        samples.chunks(320).for_each(|block| tap.send(block.to_vec()).unwrap());
        drop(tap);
        let pending = AtomicUsize::new(0);
        let live = hear(&recogniser, 2, format, &blocks, &|news| {
            if matches!(news, News::Pending(_)) {
                pending.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(live.unwrap().unwrap().heard, batch);
    }

    #[test]
    fn after_a_pause_the_last_chunk_is_not_decoded_again() {
        let mut samples = sample();
        samples.truncate(16_000 * 12);
        samples.extend(vec![0; 16_000 * 2]);
        let recogniser = Counting(AtomicUsize::new(0));
        let (tap, blocks) = std::sync::mpsc::sync_channel(100_000);
        let (told, hears) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let recogniser = &recogniser;
            let listener = scope.spawn(move || {
                hear(recogniser, 1, Format { rate_hz: 16_000, channels: 1 }, &blocks, &|news| {
                    if let News::Pending(words) = news {
                        told.send(words).unwrap();
                    }
                })
                .unwrap()
                .unwrap()
            });
            samples.chunks(320).for_each(|block| tap.send(block.to_vec()).unwrap());
            hears.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
            while hears.recv_timeout(std::time::Duration::from_secs(2)).is_ok() {}
            let before = recogniser.0.load(Ordering::Relaxed);
            drop(tap);
            assert!(!listener.join().unwrap().heard.words.is_empty());
            assert_eq!(recogniser.0.load(Ordering::Relaxed), before);
        });
    }

    #[test]
    fn an_engine_failure_ends_the_listening_and_hangs_nobody() {
        struct Failing;
        impl Recogniser for Failing {
            fn recognise(&self, _: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> {
                Err(RecogniserError::Engine("out of memory".into()))
            }
        }
        let (tap, blocks) = std::sync::mpsc::sync_channel(100_000);
        sample().chunks(320).for_each(|block| tap.send(block.to_vec()).unwrap());
        drop(tap);
        let format = Format { rate_hz: 16_000, channels: 1 };
        assert!(hear(&Failing, 2, format, &blocks, &|_| {}).is_err());
    }
}
