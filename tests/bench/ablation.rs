//! What rules and tags are worth alone and together: `cargo bench --bench ablation -- [FOLDER…]`.
//!
//! Scores spans by overlap against the labelled answers of each folder (`models/judge/answers` when none is
//! given), sentences and words as labelled. The bundled network has read that folder in training, so only a
//! folder that neither it nor the rules have seen gives an honest figure.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench")]
#![allow(clippy::print_stdout, reason = "its report")]

use std::path::{Path, PathBuf};

use cutlist::judge::{Judge, Question, Reading, SpanClass};
use cutlist::lexicon::{Lexicon, Tokens, plain_transcript};
use cutlist::measures::{fillers, merge};
use cutlist::span::WordRange;

type Spans = Vec<(SpanClass, WordRange)>;

struct Labelled {
    kind: String,
    question: String,
    sentences: Vec<String>,
    spans: Spans,
}

/// Hits, false alarms and misses.
#[derive(Clone, Copy, Default)]
struct Count {
    hits: usize,
    alarms: usize,
    misses: usize,
}

impl Count {
    fn add(&mut self, labelled: &Spans, found: &Spans, class: SpanClass) {
        let of = |spans: &Spans| -> Vec<WordRange> {
            spans.iter().filter(|span| span.0 == class).map(|span| span.1).collect()
        };
        let wanted = of(labelled);
        let mut left = wanted.clone();
        for words in of(found) {
            if let Some(at) = left.iter().position(|label| label.overlaps(words)) {
                left.remove(at);
                self.hits += 1;
            } else if !wanted.iter().any(|label| label.overlaps(words)) {
                self.alarms += 1;
            }
        }
        self.misses += left.len();
    }

    fn row(self) -> String {
        let ratio = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let f1 = ratio(2 * self.hits, 2 * self.hits + self.alarms + self.misses);
        format!("{f1:5.1} {:>15}", format!("{}/{}/{}", self.hits, self.alarms, self.misses))
    }
}

fn main() {
    let folders: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).map(PathBuf::from).collect();
    let own = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("models/judge/answers")];
    let folders = if folders.is_empty() { own } else { folders };
    let (lexicon, judge) = (Lexicon::english().unwrap(), Judge::bundled().unwrap());
    let mut counts = [[Count::default(); 3]; SpanClass::ALL.len()];
    let mut answers = 0;
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "answer"));
        files.sort();
        for path in files {
            let labelled = parse(&std::fs::read_to_string(path).unwrap());
            let ways = read(&labelled, &lexicon, &judge);
            for (class, row) in SpanClass::ALL.into_iter().zip(&mut counts) {
                for (count, found) in row.iter_mut().zip(&ways) {
                    count.add(&labelled.spans, found, class);
                }
            }
            answers += 1;
        }
    }
    println!("{answers} answers; F1 in percent, then hits/false alarms/misses");
    println!("{:<20}{:>21}  {:>21}  {:>21}", "", "rules", "tags", "both");
    for (class, row) in SpanClass::ALL.into_iter().zip(counts) {
        println!("{:<20}{}", class.name(), row.map(Count::row).join("  "));
    }
}

/// The spans by rules alone, by tags alone and by both.
fn read(labelled: &Labelled, lexicon: &Lexicon, judge: &Judge) -> [Spans; 3] {
    let transcript = plain_transcript(&labelled.sentences.join("\n"));
    let sentences: Vec<Vec<&str>> = labelled.sentences.iter().map(|text| text.split_whitespace().collect()).collect();
    let asked = Question { kind: Some(&labelled.kind), text: Some(&labelled.question) };
    let reading: Reading = judge.read(&asked, &sentences).unwrap();
    let tokens = Tokens::of(&transcript);
    let rules = merge::Spans::by_rule(&tokens, lexicon);
    let both = merge::spans(&tokens, &transcript, lexicon, &reading);
    let words = |range: &std::ops::Range<usize>| WordRange::new(range.start, range.end);
    let tags = reading.spans.iter().map(|span| (span.class, words(&span.words))).collect();
    [flat(&rules), tags, flat(&both)]
}

fn flat(spans: &merge::Spans) -> Spans {
    let class = |class: fillers::Class| match class {
        fillers::Class::FilledPause => SpanClass::FilledPause,
        fillers::Class::DiscourseMarker => SpanClass::DiscourseMarker,
        fillers::Class::Repetition | fillers::Class::Restart => SpanClass::RepeatOrRestart,
    };
    let fillers = spans.fillers.iter().map(|finding| (class(finding.class), finding.words));
    let vague = spans.vague.iter().map(|finding| (SpanClass::Vague, finding.words));
    fillers.chain(vague).chain(spans.metrics.iter().map(|finding| (SpanClass::Metric, finding.words))).collect()
}

/// Reads the format of the labelled answers: headers, then `verdict reason | text with {m:marked} spans`.
fn parse(text: &str) -> Labelled {
    let header = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix('#')?.split_once(':'));
        lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let mut out =
        Labelled { kind: header("kind"), question: header("question"), sentences: Vec::new(), spans: Vec::new() };
    let mut words = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, marked)) = line.split_once('|') else { continue };
        let mut plain = String::new();
        let mut open: Option<(char, usize)> = None;
        let mut marks: Vec<(char, std::ops::Range<usize>)> = Vec::new();
        let mut rest = marked.trim();
        while let Some(next) = rest.chars().next() {
            if let Some(class) = rest.strip_prefix('{').and_then(|inner| inner.chars().next()) {
                open = Some((class, plain.len()));
                rest = &rest[3..];
            } else if next == '}' {
                marks.extend(open.take().map(|(class, start)| (class, start..plain.len())));
                rest = &rest[1..];
            } else {
                plain.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        let places: Vec<usize> =
            plain.split_whitespace().map(|word| word.as_ptr().addr() - plain.as_ptr().addr()).collect();
        for (class, bytes) in marks {
            let lo = places.iter().rposition(|&place| place <= bytes.start).unwrap_or(0);
            let hi = places.iter().filter(|&&place| place < bytes.end).count();
            let class = match class {
                'f' => SpanClass::FilledPause,
                'd' => SpanClass::DiscourseMarker,
                'r' => SpanClass::RepeatOrRestart,
                'v' => SpanClass::Vague,
                _ => SpanClass::Metric,
            };
            out.spans.push((class, WordRange::new(words + lo, words + hi)));
        }
        words += places.len();
        out.sentences.push(plain);
    }
    out
}
