//! The judge: what each sentence does for an answer, read by a small neural network in this process.
//!
//! Word lists cannot tell a decision from a slogan, so an encoder of 22 million parameters, fine-tuned on answers labelled by the
//! rubric, reads the whole answer with its question and gives, per sentence, verdict, reason, conclusion and layers, and per word the
//! spans. `models/judge/README.md` says what it was trained on, how well it does, and how to train it again.
//!
//! The same input gives the same reading on the same machine; between machines the last digits of a probability may differ.

mod decode;
mod encoder;
mod labels;
mod wordpiece;

use std::ops::Range;

use ndarray::ArrayView1;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

pub use decode::{Decision, Decisions, Thresholds, decide};
use encoder::{CHOICES, Echo, Encoder, Input, MOST_TOKENS, REACH, softmax};
pub use labels::{Layer, Reason, SpanClass, Verdict};
use wordpiece::WordPiece;

use crate::files::hex;
use crate::question::Kind;

/// Tokens of kind and question at most: the rest of a longer question is not read.
const MOST_PREFIX: usize = 64;
/// A sentence longer than this, in tokens, is read in pieces when the answer does not fit whole: a transcript without full
/// stops is one sentence of any length.
const MOST_PIECE: usize = 128;

/// What is wrong with the judge's files. Reading an answer with good files cannot fail.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Not a safetensors file.
    #[error("the judge's weights cannot be read; restore models/judge/judge.safetensors or run models/judge/train.py")]
    Weights(#[from] safetensors::SafeTensorError),
    /// A tensor is missing or of another shape.
    #[error(
        "tensor {name:?} of the judge's weights: {what}; the weights and this version of cutlist do not belong together"
    )]
    Tensor {
        /// Its name in the file.
        name: String,
        /// What is wrong with it.
        what: String,
    },
    /// `judge.json` does not parse.
    #[error("judge.json cannot be read; restore it or run models/judge/train.py")]
    Config(#[from] serde_json::Error),
    /// `judge.json` is for another network.
    #[error("judge.json: {0} differs from what this version of cutlist knows; use the judge.json of the same release")]
    Mismatch(&'static str),
    /// The vocabulary is no vocabulary.
    #[error("vocab.txt of the judge: {0}; restore it or run models/judge/train.py")]
    Vocabulary(&'static str),
}

/// The question an answer is judged against. Both parts may be unknown; the reading is then a little less sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Question<'a> {
    /// The rubric's name of the kind, such as `product-sense`.
    pub kind: Option<&'a str>,
    /// As it was asked.
    pub text: Option<&'a str>,
}

/// What the network says of one sentence. Probabilities, 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SentenceReading {
    /// That it stays. With `trim` and `cut` it sums to 1.
    pub keep: f32,
    /// That it stays with fewer words.
    pub trim: f32,
    /// That it goes.
    pub cut: f32,
    /// Of each reason, in the order of [`Reason::ALL`]; they sum to 1.
    pub reasons: [f32; Reason::ALL.len()],
    /// That it is the answer's conclusion. Over all sentences, with [`Reading::no_conclusion`], they sum to 1.
    pub conclusion: f32,
    /// That it is the first to show each layer, in the order of [`Layer::ALL`]; sums likewise, with [`Reading::layer_absent`].
    pub layers: [f32; Layer::ALL.len()],
}

/// A run of words of one class.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanReading {
    /// Its class.
    pub class: SpanClass,
    /// Half-open range over the whole answer's words, sentence after sentence.
    pub words: Range<usize>,
    /// Mean over its words, 0 to 1.
    pub probability: f32,
}

/// What the network says of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// One a sentence, in order.
    pub sentences: Vec<SentenceReading>,
    /// That no sentence is the conclusion.
    pub no_conclusion: f32,
    /// That no sentence shows each layer.
    pub layer_absent: [f32; Layer::ALL.len()],
    /// In order, not overlapping.
    pub spans: Vec<SpanReading>,
    /// Of each kind of question that the answer may be to, in the order of [`Kind::ALL`]; they sum to 1. Means something only
    /// where the question was not given.
    pub kinds: [f32; Kind::ALL.len()],
}

impl Reading {
    /// The kind of question that the answer seems to be to, and how sure that is (0 to 1).
    #[must_use]
    pub fn likeliest_kind(&self) -> (Kind, f32) {
        let best = Kind::ALL.into_iter().zip(self.kinds).max_by(|a, b| a.1.total_cmp(&b.1));
        best.unwrap_or((Kind::Leadership, 0.0))
    }
}

#[derive(Deserialize)]
struct Config {
    version: u32,
    name: String,
    /// Hash of the weights it was written with; a test holds the two together.
    sha256: Option<String>,
    labels: Names,
    thresholds: Thresholds,
}

#[derive(Deserialize)]
struct Names {
    verdicts: Vec<String>,
    reasons: Vec<String>,
    layers: Vec<String>,
    spans: Vec<String>,
    kinds: Vec<String>,
}

/// A loaded network. Loading takes tens of milliseconds and about 70 MB; reading takes `&self`, so one serves many answers.
pub struct Judge {
    encoder: Encoder,
    pieces: WordPiece,
    thresholds: Thresholds,
    name: String,
    sha256: String,
}

impl Judge {
    /// From the contents of `judge.safetensors`, `judge.json` and `vocab.txt`.
    pub fn from_bytes(weights: &[u8], config: &[u8], vocabulary: &[u8]) -> Result<Self, JudgeError> {
        let config: Config = serde_json::from_slice(config)?;
        let same = |names: &[String], ours: Vec<&str>, what| {
            if names == ours { Ok(()) } else { Err(JudgeError::Mismatch(what)) }
        };
        if config.version != 1 {
            return Err(JudgeError::Mismatch("its version"));
        }
        same(&config.labels.verdicts, Verdict::ALL.iter().map(|l| l.name()).collect(), "its list of verdicts")?;
        same(&config.labels.reasons, Reason::ALL.iter().map(|l| l.name()).collect(), "its list of reasons")?;
        same(&config.labels.layers, Layer::ALL.iter().map(|l| l.name()).collect(), "its list of layers")?;
        same(&config.labels.spans, SpanClass::ALL.iter().map(|l| l.name()).collect(), "its list of span classes")?;
        same(&config.labels.kinds, Kind::ALL.iter().map(|kind| kind.name()).collect(), "its list of kinds")?;
        let pieces = WordPiece::from_vocabulary(vocabulary)?;
        let encoder = Encoder::from_safetensors(weights, pieces.len())?;
        let sha256 = config.sha256.unwrap_or_else(|| hex(&Sha256::digest(weights)));
        Ok(Self { encoder, pieces, thresholds: config.thresholds, name: config.name, sha256 })
    }

    /// The judge that is compiled into the program.
    pub fn bundled() -> Result<Self, JudgeError> {
        Self::from_bytes(
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/judge.safetensors")),
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/judge.json")),
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/vocab.txt")),
        )
    }

    /// Name and version of the weights, for the report.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Hash of the weights: the name alone may outlive a training.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The thresholds that belong to these weights.
    #[must_use]
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// [`decide`] with this judge's own thresholds.
    #[must_use]
    pub fn decide(&self, reading: &Reading) -> Decisions {
        decide(reading, &self.thresholds)
    }

    /// Reads an answer, given as sentences of whitespace-free words. Any length will do: what exceeds the network's 512 tokens is
    /// read in overlapping windows, each sentence from the window that shows most of its surroundings.
    pub fn read(&self, question: &Question, sentences: &[Vec<&str>]) -> Result<Reading, JudgeError> {
        let prefix = self.prefix(question);
        let units = self.units(sentences, MOST_TOKENS - prefix.len());
        let mut scores: Vec<Option<Scores>> = vec![None; sentences.len()];
        let mut tags = Vec::new();
        let mut kinds = None;
        for window in windows(&units, MOST_TOKENS - prefix.len()) {
            let (input, first) = assemble(&prefix, &units[window.shown.clone()]);
            let output = self.encoder.run(&input);
            // The opening of a long answer says what it answers.
            kinds.get_or_insert_with(|| row(&softmax(&output.kind.view()).view()));
            for (i, unit) in units[window.shown.clone()].iter().enumerate() {
                if !window.read.contains(&(window.shown.start + i)) {
                    continue;
                }
                // Against the window's own "none", so that scores of different windows compare.
                let point = std::array::from_fn(|k| output.point[[i, k]] - output.none[k]);
                let found = Scores {
                    verdict: row(&output.verdict.row(i)),
                    reason: row(&output.reason.row(i)),
                    point,
                    pieces: 1.0,
                };
                scores[unit.sentence] = Some(match scores[unit.sentence].take() {
                    Some(earlier) => earlier.with(&found),
                    None => found,
                });
                tags.extend((first[i]..first[i] + unit.words.len()).map(|w| row(&softmax(&output.tag.row(w)).view())));
            }
        }
        Ok(self.gather(&scores.into_iter().flatten().collect::<Vec<_>>(), &tags, kinds.unwrap_or_default()))
    }

    /// A sentence as a direction: sentences that mean much the same point much the same way, so the cosine of the
    /// two (their dot product, since the length is 1) compares their meaning. Words past the network's reach are not
    /// read; no words give zeros.
    #[must_use]
    pub fn embed(&self, words: &[&str]) -> Vec<f32> {
        let prefix = self.prefix(&Question::default());
        let mut units = self.units(&[words.to_vec()], MOST_TOKENS - prefix.len());
        units.truncate(1);
        let (input, _) = assemble(&prefix, &units);
        self.encoder.embed(&input)
    }

    fn gather(&self, scores: &[Scores], tags: &[decode::Tags], kinds: [f32; Kind::ALL.len()]) -> Reading {
        // One softmax a choice, over every sentence and "none" at 0.
        let choices: Vec<Vec<f32>> = (0..CHOICES)
            .map(|k| {
                let column: Vec<f32> = scores.iter().map(|s| s.point[k]).chain([0.0]).collect();
                softmax(&ArrayView1::from(&column)).to_vec()
            })
            .collect();
        let absent = |k: usize| choices[k].last().copied().unwrap_or(1.0);
        let sentences = scores.iter().enumerate().map(|(i, s)| {
            let [keep, trim, cut] = row(&softmax(&ArrayView1::from(&s.verdict)).view());
            SentenceReading {
                keep,
                trim,
                cut,
                reasons: row(&softmax(&ArrayView1::from(&s.reason)).view()),
                conclusion: choices[0][i],
                layers: std::array::from_fn(|l| choices[1 + l][i]),
            }
        });
        Reading {
            sentences: sentences.collect(),
            no_conclusion: absent(0),
            layer_absent: std::array::from_fn(|l| absent(1 + l)),
            spans: decode::spans(tags, &self.thresholds),
            kinds,
        }
    }

    /// `[CLS] kind : question [SEP]`, as in training; an unknown kind is "interview".
    fn prefix(&self, question: &Question) -> Vec<u32> {
        let mut ids = vec![self.pieces.open];
        let kind = question.kind.filter(|k| !k.trim().is_empty()).unwrap_or("interview").replace('-', " ");
        for word in kind.split_whitespace().chain([":"]).chain(question.text.unwrap_or_default().split_whitespace()) {
            self.pieces.push(word, &mut ids);
            if ids.len() >= MOST_PREFIX {
                break;
            }
        }
        ids.truncate(MOST_PREFIX - 1);
        ids.push(self.pieces.close);
        ids
    }

    /// Sentences as tokens; cut into pieces where the answer does not fit whole.
    fn units(&self, sentences: &[Vec<&str>], room: usize) -> Vec<Unit> {
        let whole: Vec<Unit> = sentences
            .iter()
            .enumerate()
            .map(|(sentence, words)| {
                let mut unit =
                    Unit { sentence, ids: Vec::new(), echoes: Vec::new(), words: Vec::with_capacity(words.len()) };
                for (word, echo) in words.iter().zip(echoes(words)) {
                    unit.words.push(unit.ids.len());
                    self.pieces.push(word, &mut unit.ids);
                    unit.echoes.resize(unit.ids.len(), echo);
                }
                unit.close(self.pieces.close);
                unit
            })
            .collect();
        if whole.iter().map(|u| u.ids.len()).sum::<usize>() <= room {
            return whole;
        }
        whole.into_iter().flat_map(|u| u.pieces(MOST_PIECE, self.pieces.close)).collect()
    }
}

/// A sentence, or a piece of a long one: its tokens with the closing mark, and where in them each word begins.
struct Unit {
    sentence: usize,
    ids: Vec<u32>,
    echoes: Vec<Echo>,
    words: Vec<usize>,
}

impl Unit {
    fn close(&mut self, mark: u32) {
        self.ids.push(mark);
        self.echoes.push((0, 0));
    }

    fn pieces(self, longest: usize, mark: u32) -> Vec<Self> {
        if self.ids.len() <= longest {
            return vec![self];
        }
        let mut out: Vec<Self> = Vec::new();
        for (w, &begin) in self.words.iter().enumerate() {
            let end = self.words.get(w + 1).copied().unwrap_or(self.ids.len() - 1);
            if out.last().is_none_or(|p| p.ids.len() + end - begin >= longest) {
                out.push(Self { sentence: self.sentence, ids: Vec::new(), echoes: Vec::new(), words: Vec::new() });
            }
            if let Some(piece) = out.last_mut() {
                piece.words.push(piece.ids.len());
                piece.ids.extend(&self.ids[begin..end]);
                piece.echoes.extend(&self.echoes[begin..end]);
            }
        }
        for piece in &mut out {
            piece.close(mark);
        }
        out
    }
}

/// A stretch of units that fits, and the ones among them whose reading is taken from here.
#[derive(Debug, PartialEq)]
struct Window {
    shown: Range<usize>,
    read: Range<usize>,
}

/// Windows of at most `room` tokens that overlap by half. Every unit is read once, in order.
fn windows(units: &[Unit], room: usize) -> Vec<Window> {
    let mut out: Vec<Window> = Vec::new();
    let mut start = 0;
    while start < units.len() {
        let (mut end, mut used) = (start, 0);
        while end < units.len() && used + units[end].ids.len() <= room {
            used += units[end].ids.len();
            end += 1;
        }
        // A unit is far smaller than the room, so a window always holds one; this keeps the loop moving all the same.
        end = end.max(start + 1);
        let mut from = start;
        if let Some(last) = out.last_mut() {
            // The overlap is shared out: its first half is read in the window before, its second half here.
            from = start + (last.shown.end - start).div_ceil(2);
            last.read.end = from;
        }
        out.push(Window { shown: start..end, read: from..end });
        if end == units.len() {
            break;
        }
        let (mut next, mut passed) = (start, 0);
        while next < end && passed < used / 2 {
            passed += units[next].ids.len();
            next += 1;
        }
        start = next.max(start + 1);
    }
    out
}

/// The network's input for some units after the prefix, and each unit's first word in it.
fn assemble(prefix: &[u32], units: &[Unit]) -> (Input, Vec<usize>) {
    let mut input =
        Input { ids: prefix.to_vec(), echoes: vec![(0, 0); prefix.len()], sentences: Vec::new(), words: Vec::new() };
    let mut first = Vec::new();
    for unit in units {
        let begin = input.ids.len();
        first.push(input.words.len());
        input.words.extend(unit.words.iter().map(|w| begin + w));
        input.ids.extend(&unit.ids);
        input.echoes.extend(&unit.echoes);
        input.sentences.push((begin, input.ids.len() - 1));
    }
    (input, first)
}

/// Per word of a sentence, how far ahead and behind the same word stands. Repetition is the one thing labelled that turns on two
/// words being the same, which a small encoder sees poorly by itself.
fn echoes(words: &[&str]) -> Vec<Echo> {
    let bare: Vec<String> =
        words.iter().map(|w| w.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()).collect();
    let near = |i: usize, step: &dyn Fn(usize) -> Option<usize>| {
        let same = |d: &usize| step(*d).and_then(|j| bare.get(j)).is_some_and(|w| !w.is_empty() && *w == bare[i]);
        (1..=REACH).find(same).unwrap_or(0)
    };
    (0..bare.len()).map(|i| (near(i, &|d| i.checked_add(d)), near(i, &|d| i.checked_sub(d)))).collect()
}

/// Raw scores of a sentence, gathered over its pieces.
#[derive(Clone)]
struct Scores {
    verdict: [f32; Verdict::ALL.len()],
    reason: [f32; Reason::ALL.len()],
    point: [f32; CHOICES],
    pieces: f32,
}

impl Scores {
    /// With one more piece of the same sentence: verdict and reason are the mean over pieces, and a sentence shows what any piece shows.
    fn with(mut self, piece: &Self) -> Self {
        self.pieces += 1.0;
        let towards = |mean: &mut f32, x: f32| *mean += (x - *mean) / self.pieces;
        self.verdict.iter_mut().zip(piece.verdict).for_each(|(m, x)| towards(m, x));
        self.reason.iter_mut().zip(piece.reason).for_each(|(m, x)| towards(m, x));
        self.point.iter_mut().zip(piece.point).for_each(|(m, x)| *m = m.max(x));
        self
    }
}

fn row<const N: usize>(values: &ArrayView1<f32>) -> [f32; N] {
    std::array::from_fn(|i| values[i])
}

#[cfg(test)]
mod tests;
