//! What is known of an answer while it is being given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::pipeline::analyze::{self, Given};
use crate::pipeline::live::News;
use crate::question::Question;
use crate::tools::Tools;
use crate::transcript::{Transcript, Word, sentences};

/// How long the judge waits for news before it looks whether the take is over.
const TICK: Duration = Duration::from_millis(100);

/// What the live line knows of the answer so far.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// Fillers so far.
    pub fillers: usize,
    /// Seconds into the answer at which the conclusion came.
    pub concluded_after_s: Option<f64>,
    /// Up to where the words are known.
    pub heard_to_s: f64,
    /// When the first word was said.
    pub first_word_s: Option<f64>,
}

/// Words as they come in.
#[derive(Default)]
struct Words {
    settled: Vec<Word>,
    pending: Vec<Word>,
    version: u64,
}

#[derive(Default)]
pub(super) struct Board {
    words: Mutex<Words>,
    changed: Condvar,
    pub(super) glance: Mutex<Glance>,
    is_over: AtomicBool,
}

impl Board {
    pub(super) fn hear(&self, news: News) {
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
    pub(super) fn judge(&self, tools: &Tools, question: &Question) {
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

    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.changed.notify_all();
    }
}

fn glance(tools: &Tools, question: &Question, words: Vec<Word>) -> Option<Glance> {
    let heard_to_s = words.last()?.end_s?.0;
    let first_word_s = words.first()?.start_s.map(|s| s.0);
    let transcript = Transcript { sentences: sentences::split(&words), words, silences: Vec::new() };
    let report = analyze::analyze(tools, transcript, Given { question: question.clone(), ..Given::default() }).ok()?;
    let conclusion = report.measures.time_to_conclusion.seconds;
    Some(Glance {
        fillers: report.measures.fillers.count,
        concluded_after_s: conclusion.map(|s| s.0),
        heard_to_s,
        first_word_s,
    })
}
