//! The longest run of speech without a pause.

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use super::pace::SILENT_PAUSE_S;
use crate::transcript::Transcript;
use crate::units::Seconds;

measure! {
    /// # Longest run
    ///
    /// Seconds of speech between two silent pauses (0.7 s or more, as in pace); the first word and
    /// the last bound a run too. Shorter silences are part of it.
    ///
    /// Why it matters: a listener takes in what was said while nothing is being said. After a long
    /// run the beginning of it is gone, the interviewer has had no place to ask, and the speaker
    /// has had no breath in which to choose the next sentence. One pause in the right place breaks
    /// a run.
    ///
    /// Undefined for a transcript without times.
    ///
    /// Limits: pauses come from the speech map of the sound. A filled pause ("um") is sound, so it
    /// ends no run. There is no band: the sources say how long a pause is, not how long a run may
    /// be.
    ///
    /// Source: RUBRIC section 8 for the pause; the reason is our own.
    name: "run",
    aliases: &[],
    key: "longest_run_s",
    label: "Longest run",
    title: "Longest run without a pause",
    unit: Unit::SECONDS,
    better: Better::Lower,
    figure: Figure::Value(|answer| longest(answer.transcript).map(|(start, end)| (end - start).0)),
    row: RowText::Told(row),
}

/// Start and end of the longest run; `None` without times.
fn longest(transcript: &Transcript) -> Option<(Seconds, Seconds)> {
    let first = transcript.words.iter().find_map(|word| word.start_s)?;
    let last = transcript.words.iter().rev().find_map(|word| word.end_s)?;
    let (mut longest, mut start) = ((first, first), first);
    let pauses = transcript.silences.iter().map(|silence| (silence.start_s.max(first), silence.end_s.min(last)));
    let pauses = pauses.filter(|(from, to)| (*to - *from).0 >= SILENT_PAUSE_S);
    for (from, to) in pauses.chain([(last, last)]) {
        if from - start > longest.1 - longest.0 {
            longest = (start, from);
        }
        start = to;
    }
    Some(longest)
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    match longest(answer.transcript) {
        Some((start, end)) => {
            let note = format!("without a pause of {SILENT_PAUSE_S} s, from {} to {}", start.clock(), end.clock());
            Told::new((end - start).to_string(), note)
        }
        None => Told::new("–", "needs times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Origin, Silence, Word};

    fn spoken(words: &[(f64, f64)], silences: &[(f64, f64)]) -> Transcript {
        let word = |(start, end): &(f64, f64)| Word {
            text: "word".into(),
            start_s: Some(Seconds(*start)),
            end_s: Some(Seconds(*end)),
            confidence: None,
            origin: Origin::Heard,
        };
        Transcript {
            words: words.iter().map(word).collect(),
            sentences: Vec::new(),
            silences: silences.iter().map(|(a, b)| Silence { start_s: Seconds(*a), end_s: Seconds(*b) }).collect(),
        }
    }

    #[test]
    fn a_run_ends_at_a_pause_and_not_at_a_breath() {
        let words = [(1.0, 4.0), (4.5, 9.0), (10.0, 12.0)];
        let said = spoken(&words, &[(0.0, 1.0), (4.0, 4.5), (9.0, 10.0), (12.0, 20.0)]);
        assert_eq!(longest(&said), Some((Seconds(1.0), Seconds(9.0))));
    }

    #[test]
    fn the_last_run_counts_up_to_the_last_word() {
        let said = spoken(&[(0.0, 1.0), (2.0, 9.0)], &[(1.0, 2.0), (9.0, 30.0)]);
        assert_eq!(longest(&said), Some((Seconds(2.0), Seconds(9.0))));
        assert_eq!(longest(&spoken(&[(0.5, 6.0)], &[])), Some((Seconds(0.5), Seconds(6.0))));
    }

    #[test]
    fn nothing_is_claimed_without_times() {
        assert_eq!(longest(&Transcript { words: vec![Word::imported("hello")], ..Transcript::default() }), None);
    }
}
