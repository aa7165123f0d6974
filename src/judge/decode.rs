//! From what the judge reads to what it decides: the thresholds, and the few rules that look at the whole answer.

#![allow(clippy::cast_precision_loss, reason = "a span's words are counted in tens")]

use std::ops::Range;

use serde::Deserialize;

use super::labels::{Layer, Reason, SpanClass, Verdict};
use super::{Reading, SpanReading};

/// Where probabilities become decisions. They are tuned on cross-validated readings, and live in `models/judge/judge.json`
/// because they belong to the weights: other weights need other thresholds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Cut a sentence whose probability of a cut reaches this. Set so that 3 % of keeps are harmed at most.
    pub cut: f32,
    /// Trim, among sentences not cut, where `trim / (keep + trim)` reaches this.
    pub trim: f32,
    /// No conclusion where its probability reaches this.
    pub no_conclusion: f32,
    /// A layer is missing where the probability that it is absent reaches this.
    pub layers: [f32; Layer::ALL.len()],
    /// A word belongs to a span where its probability reaches this.
    pub spans: [f32; SpanClass::ALL.len()],
}

/// What the judge decides about one sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Keep, trim or cut.
    pub verdict: Verdict,
    /// What it carries, or why it goes.
    pub reason: Reason,
    /// How sure the verdict is, 0 to 1.
    pub confidence: f32,
}

/// What the judge decides about an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// One a sentence.
    pub sentences: Vec<Decision>,
    /// The sentence that is the conclusion, if there is one. It is never cut.
    pub conclusion: Option<usize>,
    /// The first sentence that shows each layer, in the order of [`Layer::ALL`]; `None` for a missing layer.
    pub layers: [Option<usize>; Layer::ALL.len()],
}

/// Applies the thresholds to a reading.
#[must_use]
pub fn decide(reading: &Reading, thresholds: &Thresholds) -> Decisions {
    let sentences = &reading.sentences;
    let conclusion = if reading.no_conclusion < thresholds.no_conclusion {
        likeliest(sentences.iter().map(|s| s.conclusion))
    } else {
        None
    };
    let layers = std::array::from_fn(|k| {
        if reading.layer_absent[k] < thresholds.layers[k] {
            likeliest(sentences.iter().map(|s| s.layers[k]))
        } else {
            None
        }
    });
    let decided = sentences.iter().enumerate().map(|(i, s)| {
        let concludes = conclusion == Some(i);
        let (verdict, confidence) = if s.cut >= thresholds.cut && !concludes {
            (Verdict::Cut, s.cut)
        } else if s.trim >= thresholds.trim * (s.keep + s.trim) {
            (Verdict::Trim, s.trim)
        } else {
            (Verdict::Keep, s.keep)
        };
        let reason = if concludes {
            Reason::Conclusion
        } else {
            // A sentence that is not the conclusion cannot be kept as one.
            let fits = |r: Reason| r != Reason::Conclusion && r.cuts() == (verdict == Verdict::Cut);
            let fitting = Reason::ALL.iter().map(|&r| if fits(r) { s.reasons[r as usize] } else { -1.0 });
            likeliest(fitting).map_or(Reason::Context, |i| Reason::ALL[i])
        };
        Decision { verdict, reason, confidence }
    });
    Decisions { sentences: decided.collect(), conclusion, layers }
}

/// The first of the highest, or `None` of nothing.
fn likeliest(values: impl Iterator<Item = f32>) -> Option<usize> {
    let best = values.enumerate().fold(None, |best: Option<(usize, f32)>, (i, p)| match best {
        Some((_, top)) if top >= p => best,
        _ => Some((i, p)),
    });
    best.map(|(i, _)| i)
}

/// Tag probabilities of one word: outside, then begin and inside of each class.
pub(super) type Tags = [f32; super::encoder::TAGS];

/// Runs of words whose class passes its threshold. Where a second begin is likelier than an inside, a new run starts, so
/// that "the, the rule," twice begun stays two.
pub(super) fn spans(tags: &[Tags], thresholds: &Thresholds) -> Vec<SpanReading> {
    let mut out: Vec<(usize, Range<usize>, f32)> = Vec::new();
    for (w, tag) in tags.iter().enumerate() {
        let weight = |c: usize| tag[1 + 2 * c] + tag[2 + 2 * c];
        let Some(class) = likeliest((0..SpanClass::ALL.len()).map(|c| weight(c) / thresholds.spans[c])) else {
            continue;
        };
        if weight(class) < thresholds.spans[class] {
            continue;
        }
        match out.last_mut() {
            Some((c, words, sum)) if *c == class && words.end == w && tag[1 + 2 * class] <= tag[2 + 2 * class] => {
                words.end = w + 1;
                *sum += weight(class);
            }
            _ => out.push((class, w..w + 1, weight(class))),
        }
    }
    out.into_iter()
        .map(|(c, words, sum)| SpanReading { class: SpanClass::ALL[c], probability: sum / words.len() as f32, words })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::SentenceReading;
    use super::*;

    fn thresholds() -> Thresholds {
        Thresholds { cut: 0.5, trim: 0.5, no_conclusion: 0.5, layers: [0.5; 6], spans: [0.5; 5] }
    }

    fn sentence(keep: f32, cut: f32, conclusion: f32) -> SentenceReading {
        SentenceReading { keep, trim: 1.0 - keep - cut, cut, reasons: [1.0 / 19.0; 19], conclusion, layers: [0.0; 6] }
    }

    fn reading(sentences: Vec<SentenceReading>, no_conclusion: f32) -> Reading {
        Reading { sentences, no_conclusion, layer_absent: [1.0; 6], spans: vec![], kinds: [0.125; 8] }
    }

    #[test]
    fn the_conclusion_is_never_cut() {
        let d = decide(&reading(vec![sentence(0.1, 0.9, 0.8), sentence(0.1, 0.9, 0.1)], 0.1), &thresholds());
        assert_eq!(d.conclusion, Some(0));
        assert_eq!((d.sentences[0].verdict, d.sentences[0].reason), (Verdict::Keep, Reason::Conclusion));
        assert_eq!(d.sentences[1].verdict, Verdict::Cut);
        assert!(d.sentences[1].reason.cuts());
    }

    #[test]
    fn an_answer_may_have_no_conclusion_and_no_layer() {
        let d = decide(&reading(vec![sentence(0.9, 0.1, 0.3)], 0.7), &thresholds());
        assert_eq!((d.conclusion, d.layers), (None, [None; 6]));
        assert!(!d.sentences[0].reason.cuts() && d.sentences[0].reason != Reason::Conclusion);
        assert_eq!(decide(&reading(vec![], 0.0), &thresholds()).conclusion, None);
    }

    #[test]
    fn of_two_equal_conclusions_the_first_counts() {
        let d = decide(&reading(vec![sentence(0.9, 0.0, 0.4), sentence(0.9, 0.0, 0.4)], 0.2), &thresholds());
        assert_eq!(d.conclusion, Some(0));
    }

    #[test]
    fn neighbours_of_one_class_are_one_span_until_another_begins() {
        let mut tags = [[0.0; super::super::encoder::TAGS]; 5];
        tags[0][0] = 1.0;
        tags[1][5] = 0.9;
        tags[2][6] = 0.8;
        tags[3][5] = 0.7;
        tags[4][1] = 0.6;
        let found = spans(&tags, &thresholds());
        let brief: Vec<_> = found.iter().map(|s| (s.class, s.words.clone())).collect();
        assert_eq!(
            brief,
            [(SpanClass::RepeatOrRestart, 1..3), (SpanClass::RepeatOrRestart, 3..4), (SpanClass::FilledPause, 4..5)]
        );
        assert!((found[0].probability - 0.85).abs() < 1e-6);
    }
}
