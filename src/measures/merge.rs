//! One set of spans from two witnesses: the rules of the lexicon and the tags of the judge.
//!
//! A rule's finding stands; the judge adds what no rule knows, when it is sure. How sure is decided by
//! figures on labelled answers, never by taste.

use super::finding::Finding;
use super::{fillers, metrics, vague};
use crate::judge::{Reading, SpanClass};
use crate::lexicon::Lexicon;
use crate::span::WordRange;
use crate::transcript::Transcript;

/// The spans of an answer, by measure, each in order.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    /// Fillers of all four classes.
    pub fillers: Vec<Finding<fillers::Class>>,
    /// Vague phrases.
    pub vague: Vec<Finding<vague::Class>>,
    /// Metric mentions.
    pub metrics: Vec<Finding<metrics::Class>>,
}

/// Finds the spans by rule and by tag and merges them: a rule's finding stands, and a tagged run that
/// touches none of its measure's findings is added when the judge is sure enough of it.
#[must_use]
pub fn spans(transcript: &Transcript, lexicon: &Lexicon, reading: &Reading) -> Spans {
    let mut out = Spans {
        fillers: fillers::find(transcript, lexicon),
        vague: vague::find(transcript, lexicon),
        metrics: metrics::find(transcript, lexicon),
    };
    let punctuated = is_punctuated(transcript);
    for span in &reading.spans {
        let words = WordRange::new(span.words.start, span.words.end);
        if span.probability < least(span.class, punctuated) {
            continue;
        }
        match span.class {
            SpanClass::FilledPause => {}
            SpanClass::DiscourseMarker => add(&mut out.fillers, words, || fillers::Class::DiscourseMarker),
            SpanClass::RepeatOrRestart => {
                add(&mut out.fillers, words, || fillers::classify_repeat(transcript, lexicon, words));
            }
            SpanClass::Vague => {
                add(&mut out.vague, words, || vague::classify(&transcript.text(words), lexicon).0);
            }
            SpanClass::Metric => add(&mut out.metrics, words, || metrics::read(transcript, words).class),
        }
    }
    out
}

/// The mean probability from which a tagged run is believed without a rule.
///
/// Chosen on labelled answers that neither the rules nor the weights in question had seen (22 of
/// them): rules alone, tags alone, and both at thresholds from 0.5 to 0.9 were compared by F1, and of
/// near equals the one with fewer false alarms taken. `models/judge/README.md` has the table.
fn least(class: SpanClass, punctuated: bool) -> f32 {
    match class {
        // Rules find every filled pause, and more discourse markers than the tags do, but they need
        // the commas that tell "right" from "right,".
        SpanClass::FilledPause => f32::INFINITY,
        SpanClass::DiscourseMarker if punctuated => f32::INFINITY,
        SpanClass::DiscourseMarker | SpanClass::RepeatOrRestart | SpanClass::Vague => 0.9,
        SpanClass::Metric => 0.85,
    }
}

/// Whether the text has commas or stops at all: written speech has one in every ten words or so.
fn is_punctuated(transcript: &Transcript) -> bool {
    let marks = transcript.words.iter().filter(|word| word.text.ends_with([',', '.', '?', '!', ';'])).count();
    marks * 30 >= transcript.words.len()
}

fn add<C>(findings: &mut Vec<Finding<C>>, words: WordRange, class: impl FnOnce() -> C) {
    if words.is_empty() || findings.iter().any(|finding| finding.words.overlaps(words)) {
        return;
    }
    let at = findings.partition_point(|finding| finding.words < words);
    findings.insert(at, Finding::new(words, class(), ""));
}
