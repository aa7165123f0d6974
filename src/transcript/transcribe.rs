//! A recording, or a microphone, in words.
//!
//! Blocks of sound come in, in order; chunks are cut at silences and recognised side by side while
//! more sound arrives. What is heard in a chunk depends on that chunk alone, so a live microphone
//! and a file of the same sound give the same words, with any number of workers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use super::chunks::{Chunk, Chunker};
use super::conditions::Conditions;
use super::recogniser::{Recogniser, RecogniserError};
use super::verbatim::{self, CheckedWord};
use super::voice::{RATE_HZ, Stretch};
use super::words::Word;
use crate::units::Seconds;

/// What was heard in a whole recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// Every word, in order of time.
    pub words: Vec<Word>,
    /// Where somebody speaks.
    pub speech: Vec<Stretch>,
    /// Length of the sound.
    pub duration_s: Seconds,
    /// What the recording is like.
    pub conditions: Conditions,
}

/// News while listening.
#[derive(Debug)]
pub enum Progress<'a> {
    /// This much sound has been taken in and heard, in seconds.
    HeardUpTo(Seconds),
    /// A chunk is finished; its words, in order. Chunks may finish out of order.
    Words(&'a [Word]),
}

/// Recognises all of `blocks` (mono samples at 16 kHz), with `workers` chunks decoded side by side.
///
/// Memory does not grow with the length of the recording beyond its words: at most `workers + 2`
/// chunks are held at once.
pub fn transcribe<E: From<RecogniserError> + Send>(
    blocks: impl Iterator<Item = Result<Vec<f32>, E>>,
    recogniser: &dyn Recogniser,
    workers: usize,
    mut news: impl FnMut(Progress<'_>),
) -> Result<Heard, E> {
    let (to_workers, queue) = mpsc::sync_channel::<(usize, Chunk)>(1);
    let queue = Mutex::new(queue);
    let (to_here, results) = mpsc::channel::<(usize, Chunk, Result<Vec<CheckedWord>, RecogniserError>)>();
    let mut done = Done::default();
    std::thread::scope(|scope| {
        for _ in 0..workers.max(1) {
            let to_here = to_here.clone();
            let queue = &queue;
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((index, chunk)) = next else { break };
                    // A worker that died would leave the sender waiting for ever.
                    let words = catch_unwind(AssertUnwindSafe(|| verbatim::listen(recogniser, &chunk)))
                        .unwrap_or_else(|_| Err(RecogniserError::Engine("it stopped on this sound".into())));
                    if to_here.send((index, chunk, words)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(to_here);
        let mut chunker = Chunker::default();
        let mut sent = 0;
        // The closure owns the sending end: when it returns, for whatever reason, the workers stop.
        let feed = move |done: &mut Done, news: &mut dyn FnMut(Progress<'_>)| -> Result<usize, E> {
            let mut samples = 0;
            let mut hand_over = |chunk: Chunk| {
                // Fails only when every worker is gone, which the results then show.
                let _ = to_workers.send((sent, chunk));
                sent += 1;
            };
            for block in blocks {
                let block = block?;
                samples += block.len();
                chunker.push(&block).into_iter().for_each(&mut hand_over);
                while let Ok(result) = results.try_recv() {
                    done.take(result, news).map_err(E::from)?;
                }
            }
            chunker.finish().into_iter().for_each(&mut hand_over);
            drop(to_workers);
            while let Ok(result) = results.recv() {
                done.take(result, news).map_err(E::from)?;
            }
            Ok(samples)
        };
        let samples = feed(&mut done, &mut news)?;
        Ok(done.finish(Seconds::of_samples(samples, RATE_HZ)))
    })
}

/// Results as they come in, put in order at the end.
#[derive(Default)]
struct Done {
    chunks: Vec<(usize, Vec<Word>, Vec<Stretch>, Conditions)>,
    heard_to: Seconds,
}

impl Done {
    fn take(
        &mut self,
        (index, chunk, words): (usize, Chunk, Result<Vec<CheckedWord>, RecogniserError>),
        news: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), RecogniserError> {
        let words: Vec<Word> = words?.into_iter().map(word).collect();
        let end = chunk.speech.last().map_or(chunk.start_s, |stretch| stretch.end_s);
        self.heard_to = self.heard_to.max(Seconds(end));
        news(Progress::Words(&words));
        news(Progress::HeardUpTo(self.heard_to));
        let conditions = Conditions::of(&chunk);
        self.chunks.push((index, words, chunk.speech, conditions));
        Ok(())
    }

    fn finish(mut self, duration_s: Seconds) -> Heard {
        self.chunks.sort_by_key(|(index, ..)| *index);
        let mut heard = Heard { duration_s, ..Heard::default() };
        for (_, words, speech, conditions) in self.chunks {
            heard.words.extend(words);
            heard.speech.extend(speech);
            heard.conditions.add(conditions);
        }
        heard
    }
}

/// A checked word as the transcript holds it.
pub(crate) fn word(checked: CheckedWord) -> Word {
    let CheckedWord { word, origin } = checked;
    Word {
        text: word.text,
        start_s: Some(Seconds(word.start_s)),
        end_s: Some(Seconds(word.end_s)),
        confidence: Some(word.confidence),
        origin,
    }
}
