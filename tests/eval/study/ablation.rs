//! What rules and tags are worth alone and together.
//!
//! Scores spans by overlap against the labelled answers of each folder, sentences and words as labelled. The bundled
//! network has read `models/judge/answers` in training, so only a folder that neither it nor the rules have seen gives
//! an honest figure.

use std::path::PathBuf;

use cutlist::judge::{Judge, Question, Reading, SpanClass};
use cutlist::lexicon::{Lexicon, Tokens};
use cutlist::measures::{fillers, merge};
use cutlist::span::WordRange;

use crate::labelled::{CLASSES, Labelled, Tally, read_folder};

type Spans = Vec<(SpanClass, WordRange)>;

/// Prints a row a class: F1 by rules, by tags and by both.
pub fn run(folders: &[PathBuf]) {
    let (lexicon, judge) = (Lexicon::english().unwrap(), Judge::bundled().unwrap());
    let mut tallies = [[Tally::default(); 3]; CLASSES.len()];
    let answers: Vec<Labelled> = folders.iter().flat_map(|folder| read_folder(folder)).collect();
    for answer in &answers {
        let ways = read(answer, &lexicon, &judge);
        for ((_, class, _), row) in CLASSES.into_iter().zip(&mut tallies) {
            for (tally, found) in row.iter_mut().zip(&ways) {
                let found: Vec<WordRange> = found.iter().filter(|span| span.0 == class).map(|span| span.1).collect();
                tally.spans(&found, &answer.spans_of(class));
            }
        }
    }
    println!("{} answers; F1 in percent, then hits/false alarms/misses", answers.len());
    println!("{:<20}{:>21}  {:>21}  {:>21}", "", "rules", "tags", "both");
    for ((_, class, _), tallies) in CLASSES.into_iter().zip(tallies) {
        println!("{:<20}{}", class.name(), tallies.map(row).join("  "));
    }
}

fn row(tally: Tally) -> String {
    let counts = format!("{}/{}/{}", tally.hits, tally.alarms, tally.misses);
    format!("{:5.1} {counts:>15}", 100.0 * tally.f1())
}

/// The spans by rules alone, by tags alone and by both.
fn read(answer: &Labelled, lexicon: &Lexicon, judge: &Judge) -> [Spans; 3] {
    let transcript = &answer.transcript;
    let words = |range: WordRange| transcript.words[range.lo..range.hi].iter().map(|word| word.text.as_str()).collect();
    let sentences: Vec<Vec<&str>> = transcript.sentences.iter().map(|sentence| words(sentence.words)).collect();
    let asked = Question {
        kind: answer.question.kind.map(cutlist::question::Kind::name),
        text: answer.question.text.as_deref(),
    };
    let reading: Reading = judge.read(&asked, &sentences).unwrap();
    let tokens = Tokens::of(transcript);
    let rules = merge::Spans::by_rule(&tokens, lexicon);
    let both = merge::spans(&tokens, transcript, lexicon, &reading);
    let range = |range: &std::ops::Range<usize>| WordRange::new(range.start, range.end);
    let tags = reading.spans.iter().map(|span| (span.class, range(&span.words))).collect();
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
