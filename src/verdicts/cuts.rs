//! The cut list: what happens to each sentence, why, and the seconds it saves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::echo::restated;
use super::tighten;
use super::why::why;
use crate::judge::{Reason, Verdict};
use crate::measures::{Measures, vague};
use crate::span::WordRange;
use crate::transcript::{Sentence, Transcript};
use crate::units::Seconds;

/// One line of the cut list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cut {
    /// The sentence's number.
    pub sentence: usize,
    /// What happens to it.
    pub verdict: Verdict,
    /// What it does for the answer, or fails to do.
    pub reason: Reason,
    /// The verdict in plain words, quoting the sentence.
    pub why: String,
    /// Seconds the answer gets shorter by; `null` without times.
    pub saves_s: Option<Seconds>,
    /// The sentence in fewer of its own words; only for `trim`.
    pub tightened: Option<String>,
}

/// A verdict on a sentence, before it is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ruling {
    /// What happens to it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// Runs of words found earlier, which verdicts drop or quote.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Fillers, repetitions and restarts: dropped wherever a sentence stays.
    pub fillers: Vec<WordRange>,
    /// Hedges ("I think", "kind of"): dropped in trimmed sentences.
    pub hedges: Vec<WordRange>,
    /// Vague phrases of any class: quoted as evidence.
    pub vague: Vec<WordRange>,
    /// Metric mentions: quoted as evidence.
    pub metrics: Vec<WordRange>,
}

impl Marks {
    /// The marks of an answer's measures.
    #[must_use]
    pub fn of(measures: &Measures) -> Self {
        Self {
            fillers: measures.fillers.items.iter().map(|item| item.words).collect(),
            hedges: measures
                .vague
                .items
                .iter()
                .filter(|item| item.class == vague::Class::Hedge)
                .map(|item| item.words)
                .collect(),
            vague: measures.vague.items.iter().map(|item| item.words).collect(),
            metrics: measures.metrics.items.iter().map(|item| item.words).collect(),
        }
    }
}

/// Writes the cut list. `rulings` has one ruling for each sentence.
///
/// A `trim` that no word can be dropped from becomes a `keep`: the report promises only what it can
/// show.
#[must_use]
pub fn cut_list(transcript: &Transcript, rulings: &[Ruling], marks: &Marks) -> Vec<Cut> {
    transcript
        .sentences
        .iter()
        .zip(rulings)
        .map(|(sentence, ruling)| {
            let drops = drops(sentence, ruling.verdict, marks);
            let kept = tighten::kept_words(sentence.words, &drops);
            let can_trim = !kept.is_empty() && kept.len() < sentence.words.len();
            let verdict = match ruling.verdict {
                Verdict::Trim if !can_trim => Verdict::Keep,
                verdict => verdict,
            };
            let tightened = (verdict == Verdict::Trim).then(|| tighten::text(&transcript.words, sentence.words, &kept));
            let evidence = evidence(transcript, sentence.words, ruling.reason, marks);
            let restates =
                (ruling.reason == Reason::Restatement).then(|| restated(transcript, sentence.index)).flatten();
            Cut {
                sentence: sentence.index,
                verdict,
                reason: ruling.reason,
                why: why(verdict, ruling.reason, &sentence.text, &evidence, restates),
                saves_s: saves(transcript, sentence, verdict, &drops),
                tightened,
            }
        })
        .collect()
}

/// The runs of words that go from a sentence under a verdict.
#[must_use]
pub fn drops(sentence: &Sentence, verdict: Verdict, marks: &Marks) -> Vec<WordRange> {
    let inside = |ranges: &[WordRange]| -> Vec<WordRange> {
        ranges.iter().copied().filter(|range| range.overlaps(sentence.words)).collect()
    };
    match verdict {
        Verdict::Cut => vec![sentence.words],
        Verdict::Keep => inside(&marks.fillers),
        Verdict::Trim => [inside(&marks.fillers), inside(&marks.hedges)].concat(),
    }
}

/// Seconds saved: a cut sentence's whole slot, up to where the next one starts, so that what is kept
/// and what is cut add up to the answer; for a trim, the time of the words that go.
#[must_use]
pub fn saves(transcript: &Transcript, sentence: &Sentence, verdict: Verdict, drops: &[WordRange]) -> Option<Seconds> {
    let start = sentence.start_s?;
    match verdict {
        Verdict::Keep => Some(Seconds::ZERO),
        Verdict::Cut => {
            let next = transcript.sentences.get(sentence.index + 1).and_then(|next| next.start_s);
            Some((next.or(sentence.end_s)? - start).max(Seconds::ZERO))
        }
        Verdict::Trim => Some(time_of(transcript, sentence.words, drops)),
    }
}

/// The time that the dropped words of a sentence take.
#[must_use]
pub fn time_of(transcript: &Transcript, within: WordRange, drops: &[WordRange]) -> Seconds {
    within
        .indices()
        .filter(|i| drops.iter().any(|drop| drop.contains(*i)))
        .filter_map(|i| {
            let word = transcript.words.get(i)?;
            Some((word.end_s? - word.start_s?).max(Seconds::ZERO))
        })
        .sum()
}

/// The phrases of a sentence that show its reason, in order.
fn evidence(transcript: &Transcript, words: WordRange, reason: Reason, marks: &Marks) -> Vec<String> {
    let ranges = match reason {
        Reason::VagueClaim | Reason::TeamNarration => &marks.vague,
        Reason::Metric => &marks.metrics,
        _ => return Vec::new(),
    };
    ranges.iter().filter(|range| range.overlaps(words)).map(|range| transcript.text(*range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Origin, Word};

    /// One second a word, sentences as given, from second 1 on.
    fn answer(sentences: &[&str]) -> Transcript {
        let mut t = Transcript::default();
        for (index, text) in sentences.iter().enumerate() {
            let lo = t.words.len();
            for word in text.split_whitespace() {
                let at = t.words.len() as f64 + 1.0;
                t.words.push(Word {
                    text: word.into(),
                    start_s: Some(Seconds(at)),
                    end_s: Some(Seconds(at + 1.0)),
                    confidence: None,
                    origin: Origin::Heard,
                });
            }
            let words = WordRange::new(lo, t.words.len());
            t.sentences.push(Sentence {
                index,
                words,
                start_s: t.words[lo].start_s,
                end_s: t.words[words.hi - 1].end_s,
                text: (*text).into(),
                normalised: None,
            });
        }
        t
    }

    const fn ruling(verdict: Verdict, reason: Reason) -> Ruling {
        Ruling { verdict, reason }
    }

    #[test]
    fn a_cut_saves_its_slot_and_a_trim_its_dropped_words() {
        let t = answer(&["Great question.", "I, um, think I quit."]);
        let marks =
            Marks { fillers: vec![WordRange::new(3, 4)], hedges: vec![WordRange::new(2, 5)], ..Marks::default() };
        let cuts = cut_list(
            &t,
            &[ruling(Verdict::Cut, Reason::ThroatClearing), ruling(Verdict::Trim, Reason::Conclusion)],
            &marks,
        );
        assert_eq!(cuts[0].saves_s, Some(Seconds(2.0)));
        assert_eq!(cuts[1].saves_s, Some(Seconds(3.0)));
        assert_eq!(cuts[1].tightened.as_deref(), Some("I quit."));
    }

    #[test]
    fn a_trim_with_nothing_to_drop_is_a_keep() {
        let t = answer(&["I quit."]);
        let cuts = cut_list(&t, &[ruling(Verdict::Trim, Reason::Conclusion)], &Marks::default());
        assert_eq!((cuts[0].verdict, &cuts[0].tightened), (Verdict::Keep, &None));
    }
}
