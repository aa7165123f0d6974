//! Labelled answers (RUBRIC.md section 10), and how spans compare. The one reader of the Rust tests, benches and
//! studies; the Python beside it shares `labelled.py`.

#![allow(dead_code, reason = "each program that shares it uses its part")]

use std::path::{Path, PathBuf};

use cutlist::judge::SpanClass;
use cutlist::question::{Kind, Question};
use cutlist::span::WordRange;
use cutlist::transcript::{Sentence, Transcript, Word};

/// The classes of labelled spans, by their letter.
pub const CLASSES: [(char, SpanClass, &str); 5] = [
    ('f', SpanClass::FilledPause, "filled pauses"),
    ('d', SpanClass::DiscourseMarker, "discourse markers"),
    ('r', SpanClass::RepeatOrRestart, "repeats and restarts"),
    ('v', SpanClass::Vague, "vague"),
    ('m', SpanClass::Metric, "metrics"),
];

/// An answer and its labels; a unit of the rubric is a sentence of the transcript.
pub struct Labelled {
    pub id: String,
    pub question: Question,
    pub transcript: Transcript,
    pub verdicts: Vec<String>,
    pub conclusion: Option<usize>,
    /// Whether each layer is shown, in the order of the format.
    pub layers: Vec<bool>,
    pub spans: Vec<(SpanClass, WordRange)>,
}

impl Labelled {
    pub fn spans_of(&self, class: SpanClass) -> Vec<WordRange> {
        self.spans.iter().filter(|span| span.0 == class).map(|span| span.1).collect()
    }
}

/// Every answer of a folder, by name.
pub fn read_folder(folder: &Path) -> Vec<Labelled> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "answer"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

pub fn read(path: &Path) -> Labelled {
    let text = std::fs::read_to_string(path).unwrap();
    let head = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("# {key}:")));
        line.unwrap_or_else(|| panic!("{}: no {key}", path.display())).trim().to_owned()
    };
    let kind: Kind = head("kind").parse().unwrap();
    let mut out = Labelled {
        id: head("id"),
        question: Question::new(Some(kind), Some(head("question")), None),
        transcript: Transcript::default(),
        verdicts: Vec::new(),
        conclusion: None,
        layers: head("layers").split_whitespace().map(|layer| !layer.ends_with("=-")).collect(),
        spans: Vec::new(),
    };
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let parts = line.split_once('|').and_then(|(label, said)| Some((label.trim().split_once(' ')?, said)));
        let ((verdict, reason), said) = parts.unwrap_or_else(|| panic!("{}: {line}", path.display()));
        if reason.trim_end_matches('?').ends_with('*') {
            out.conclusion = Some(out.verdicts.len());
        }
        out.verdicts.push(verdict.to_owned());
        unit(&mut out, said);
    }
    out
}

/// Adds the words and the spans of a line; a word belongs to a span when any of its letters does.
fn unit(out: &mut Labelled, said: &str) {
    let words = &mut out.transcript.words;
    let (first, mut word, mut open) = (words.len(), String::new(), None);
    let mut chars = said.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '{' => {
                let letter = chars.next();
                assert_eq!(chars.next(), Some(':'), "{said}");
                let class = CLASSES.iter().find(|class| Some(class.0) == letter).expect(said);
                open = Some((class.1, words.len()));
            }
            '}' => {
                let (class, from) = open.take().expect(said);
                out.spans.push((class, WordRange::new(from, words.len() + usize::from(!word.is_empty()))));
            }
            c if !c.is_whitespace() => word.push(c),
            _ if word.is_empty() => {}
            _ => words.push(Word::imported(std::mem::take(&mut word))),
        }
    }
    if !word.is_empty() {
        words.push(Word::imported(&word));
    }
    let words = WordRange::new(first, out.transcript.words.len());
    let (index, text) = (out.transcript.sentences.len(), out.transcript.text(words));
    out.transcript.sentences.push(Sentence { index, words, start_s: None, end_s: None, text, normalised: None });
}

/// Hits, false alarms and misses.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub hits: usize,
    pub alarms: usize,
    pub misses: usize,
}

impl Tally {
    pub fn f1(self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.alarms + self.misses).max(1) as f64
    }

    pub fn add(&mut self, found: bool, wanted: bool) {
        self.hits += usize::from(found && wanted);
        self.alarms += usize::from(found && !wanted);
        self.misses += usize::from(wanted && !found);
    }

    /// Spans meet when they share a word; each labelled span is hit once.
    pub fn spans(&mut self, found: &[WordRange], wanted: &[WordRange]) {
        let mut left = wanted.to_vec();
        for span in found {
            if let Some(at) = left.iter().position(|want| want.overlaps(*span)) {
                left.remove(at);
                self.hits += 1;
            } else if !wanted.iter().any(|want| want.overlaps(*span)) {
                self.alarms += 1;
            }
        }
        self.misses += left.len();
    }
}
