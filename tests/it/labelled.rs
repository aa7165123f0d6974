//! Labelled answers (RUBRIC.md section 10), and how an analysis of one compares.

use std::path::Path;

use cutlist::document::Report;
use cutlist::judge::{Layer, Verdict};
use cutlist::question::{Kind, Question};
use cutlist::span::WordRange;
use cutlist::transcript::{Sentence, Transcript, Word};

/// The classes of labelled spans, by their letter.
pub const CLASSES: [(char, &str); 5] = [
    ('f', "filled pauses"),
    ('d', "discourse markers"),
    ('r', "repeats and restarts"),
    ('v', "vague"),
    ('m', "metrics"),
];

pub struct Labelled {
    pub id: String,
    pub question: Question,
    pub transcript: Transcript,
    pub verdicts: Vec<String>,
    pub conclusion: Option<usize>,
    pub layers: Vec<bool>,
    /// Letter and words of each span.
    pub spans: Vec<(char, WordRange)>,
}

pub fn read(path: &Path) -> Labelled {
    let text = std::fs::read_to_string(path).unwrap();
    let head = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("# {key}:")));
        line.unwrap_or_else(|| panic!("{}: no {key}", path.display())).trim().to_owned()
    };
    let kind: Kind = head("kind").parse().unwrap();
    let layers = head("layers").split_whitespace().map(|layer| !layer.ends_with("=-")).collect();
    let mut out = Labelled {
        id: head("id"),
        question: Question::new(Some(kind), Some(head("question")), None),
        transcript: Transcript::default(),
        verdicts: Vec::new(),
        conclusion: None,
        layers,
        spans: Vec::new(),
    };
    for line in text.lines().filter(|line| !line.starts_with('#') && line.contains('|')) {
        let (label, said) = line.split_once('|').unwrap();
        let (verdict, reason) = label.trim().split_once(' ').unwrap();
        let index = out.verdicts.len();
        if reason.ends_with('*') {
            out.conclusion = Some(index);
        }
        out.verdicts.push(verdict.to_owned());
        sentence(&mut out, index, said);
    }
    out
}

fn sentence(out: &mut Labelled, index: usize, said: &str) {
    let lo = out.transcript.words.len();
    let mut open: Option<(char, usize)> = None;
    for piece in said.split_whitespace() {
        let at = out.transcript.words.len();
        let mut bare = piece.to_owned();
        if let Some(from) = piece.find('{') {
            open = piece[from + 1..].chars().next().map(|letter| (letter, at));
            bare.replace_range(from..from + 3, "");
        }
        let closes = bare.contains('}');
        bare = bare.replace('}', "");
        out.transcript.words.push(Word::imported(&bare));
        if let (true, Some((letter, from))) = (closes, open) {
            out.spans.push((letter, WordRange::new(from, at + 1)));
            open = None;
        }
    }
    let words = WordRange::new(lo, out.transcript.words.len());
    let text = out.transcript.text(words);
    out.transcript.sentences.push(Sentence { index, words, start_s: None, end_s: None, text, normalised: None });
}

/// Hits, false alarms and misses.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    hits: usize,
    alarms: usize,
    misses: usize,
}

impl Tally {
    pub fn f1(self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.alarms + self.misses).max(1) as f64
    }

    fn add(&mut self, found: bool, wanted: bool) {
        self.hits += usize::from(found && wanted);
        self.alarms += usize::from(found && !wanted);
        self.misses += usize::from(wanted && !found);
    }

    /// Spans meet when they share a word; each labelled span is hit once.
    fn spans(&mut self, found: &[WordRange], wanted: &[WordRange]) {
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

/// What a set of answers comes to.
#[derive(Debug, Default)]
pub struct Score {
    pub cuts: Tally,
    pub layers: Tally,
    pub spans: [Tally; 5],
    kept: usize,
    harmed: usize,
    answers: usize,
    exact: usize,
}

impl Score {
    pub fn add(&mut self, answer: &Labelled, report: &Report) {
        for (cut, wanted) in report.cuts.iter().zip(&answer.verdicts) {
            let found = cut.verdict == Verdict::Cut;
            self.cuts.add(found, wanted == "cut");
            if wanted == "keep" {
                self.kept += 1;
                self.harmed += usize::from(found);
            }
        }
        self.answers += 1;
        self.exact += usize::from(report.measures.time_to_conclusion.sentence == answer.conclusion);
        for (layer, wanted) in Layer::ALL.into_iter().zip(&answer.layers) {
            self.layers.add(report.measures.layers.shown(layer).is_some(), *wanted);
        }
        for (tally, (letter, _)) in self.spans.iter_mut().zip(CLASSES) {
            let wanted: Vec<WordRange> =
                answer.spans.iter().filter(|(class, _)| *class == letter).map(|(_, words)| *words).collect();
            tally.spans(&found(report, letter), &wanted);
        }
    }

    pub fn conclusion_exact(&self) -> f64 {
        self.exact as f64 / self.answers.max(1) as f64
    }

    pub fn keeps_harmed(&self) -> f64 {
        self.harmed as f64 / self.kept.max(1) as f64
    }
}

fn found(report: &Report, letter: char) -> Vec<WordRange> {
    use cutlist::measures::fillers::Class;
    let measures = &report.measures;
    let fillers = |wanted: fn(Class) -> bool| {
        measures.fillers.items.iter().filter(|item| wanted(item.class)).map(|item| item.words).collect()
    };
    match letter {
        'f' => fillers(|class| class == Class::FilledPause),
        'd' => fillers(|class| class == Class::DiscourseMarker),
        'r' => fillers(|class| matches!(class, Class::Repetition | Class::Restart)),
        'v' => measures.vague.items.iter().map(|item| item.words).collect(),
        _ => measures.metrics.items.iter().map(|item| item.words).collect(),
    }
}
