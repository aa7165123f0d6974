//! How fast, with how much silence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use crate::transcript::Transcript;
use crate::units::Seconds;

measure! {
    /// # Pace
    ///
    /// **Speech rate**: words a minute over the whole answer, from the first speech to the last,
    /// pauses included. **Articulation rate**: syllables a second with the silent pauses taken out.
    /// **Silent pause**: a silence of 0.7 s or more between two words.
    ///
    /// Why it matters: a listener who cannot keep up stops judging and starts waiting. Readers of
    /// audiobooks keep to 150–160 words a minute.
    ///
    /// Undefined for a transcript without times. Pauses come from the speech map of the sound; for
    /// a subtitle file without sound they come from the gaps between cues, and the report says so.
    ///
    /// Limits: syllables are counted by vowel groups in the spelling, which is right to about 5 %
    /// over a whole answer in English and can be off by one in a single word.
    ///
    /// Source: RUBRIC section 8; De Jong & Wempe 2009, Behavior Research Methods 41 (articulation
    /// rate, silent pauses).
    name: "pace",
    aliases: &[],
    key: "words_per_minute",
    label: "Pace",
    title: "Words a minute",
    unit: Unit::plain("words a minute", 0),
    better: Better::Inside,
    figure: Figure::Value(|answer| answer.measures.pace.words_per_minute),
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, target: &str) -> Told {
    let pace = &answer.measures.pace;
    let Some(rate) = pace.words_per_minute else { return Told::new("–", "needs times") };
    let mut note = target.to_owned();
    if let (Some(count @ 1..), Some(longest)) = (pace.pauses.count, pace.pauses.longest_s) {
        let plural = if count == 1 { "" } else { "s" };
        note.push_str(&format!("; {count} pause{plural} of {SILENT_PAUSE_S} s or more, longest {longest}"));
    }
    Told::new(format!("{rate:.0} words/min"), note)
}

/// Shortest silence that counts as a pause, in seconds (RUBRIC section 8).
pub const SILENT_PAUSE_S: f64 = 0.7;
/// Words a minute that a transcript without times is taken to have: the middle of a comfortable pace
/// (RUBRIC section 8).
pub const USUAL_WORDS_PER_MINUTE: f64 = 150.0;

/// How fast, and with how much silence, the answer was spoken.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pace {
    /// Words a minute from the first word to the last.
    pub words_per_minute: Option<f64>,
    /// Syllables a second of speech, pauses taken out.
    pub articulation_rate: Option<f64>,
    /// Silent pauses of 0.7 s or more between words.
    pub pauses: Pauses,
    /// Seconds in which somebody speaks.
    pub speech_s: Option<Seconds>,
    /// Seconds from the first speech to the last: the length of the answer.
    pub answer_s: Option<Seconds>,
}

/// The silent pauses of an answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pauses {
    /// How many; `null` without times.
    pub count: Option<usize>,
    /// The longest.
    pub longest_s: Option<Seconds>,
    /// All together.
    pub total_s: Option<Seconds>,
}

/// Measures the pace of an answer.
#[must_use]
pub fn measure(transcript: &Transcript) -> Pace {
    let first = transcript.words.iter().find_map(|word| word.start_s);
    let last = transcript.words.iter().rev().find_map(|word| word.end_s);
    let (Some(first), Some(last)) = (first, last) else { return Pace::default() };
    let answer_s = (last - first).max(Seconds(0.01));
    let inside: Vec<Seconds> = transcript
        .silences
        .iter()
        .map(|silence| silence.end_s.min(last) - silence.start_s.max(first))
        .filter(|length| *length > Seconds::ZERO)
        .collect();
    let silent_s: Seconds = inside.iter().copied().sum();
    let pauses: Vec<Seconds> = inside.into_iter().filter(|length| length.0 >= SILENT_PAUSE_S).collect();
    let speech_s = (answer_s - silent_s).max(Seconds(0.01));
    let syllables: usize = transcript.words.iter().map(|word| syllables(&word.bare())).sum();
    Pace {
        words_per_minute: Some(transcript.words.len() as f64 * 60.0 / answer_s.0),
        articulation_rate: Some(syllables as f64 / speech_s.0),
        pauses: Pauses {
            count: Some(pauses.len()),
            longest_s: Some(pauses.iter().copied().fold(Seconds::ZERO, Seconds::max)),
            total_s: Some(pauses.into_iter().sum()),
        },
        speech_s: Some(speech_s),
        answer_s: Some(answer_s),
    }
}

/// Syllables in a bare lower-case word: groups of vowels, without a silent final e; at least one.
/// Each digit is counted as one syllable ("41" is three; digits are rare enough in speech).
fn syllables(word: &str) -> usize {
    let is_vowel = |c: char| "aeiouyàáâäèéêëìíîïòóôöùúûü".contains(c);
    let mut groups = 0;
    let mut inside = false;
    for c in word.chars() {
        let vowel = is_vowel(c);
        groups += usize::from((vowel && !inside) || c.is_ascii_digit());
        inside = vowel;
    }
    let silent_e = word.ends_with('e') && !word.ends_with("le") && !word.ends_with("ee") && groups > 1;
    let silent_ed = word.ends_with("ed")
        && !word.ends_with("ted")
        && !word.ends_with("ded")
        && !word.ends_with("eed")
        && groups > 1;
    groups.saturating_sub(usize::from(silent_e || silent_ed)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Origin, Silence, Word};

    fn timed(words: &[(&str, f64, f64)], silences: &[(f64, f64)]) -> Transcript {
        Transcript {
            words: words
                .iter()
                .map(|(text, start, end)| Word {
                    text: (*text).into(),
                    start_s: Some(Seconds(*start)),
                    end_s: Some(Seconds(*end)),
                    confidence: None,
                    origin: Origin::Heard,
                })
                .collect(),
            sentences: Vec::new(),
            silences: silences.iter().map(|(a, b)| Silence { start_s: Seconds(*a), end_s: Seconds(*b) }).collect(),
        }
    }

    #[test]
    fn pauses_are_counted_between_words_and_not_around_them() {
        let t = timed(
            &[("one", 2.0, 2.5), ("two", 4.0, 4.5), ("three", 4.8, 5.0)],
            &[(0.0, 2.0), (2.5, 4.0), (4.5, 4.8), (5.0, 9.0)],
        );
        let pace = measure(&t);
        assert_eq!(pace.pauses.count, Some(1));
        assert_eq!(pace.pauses.longest_s, Some(Seconds(1.5)));
        assert!((pace.words_per_minute.unwrap() - 60.0).abs() < 1e-9);
        assert!((pace.speech_s.unwrap().0 - 1.2).abs() < 1e-9);
        assert!((pace.articulation_rate.unwrap() - 3.0 / 1.2).abs() < 1e-6);
    }

    #[test]
    fn nothing_is_claimed_without_times() {
        let t = Transcript { words: vec![Word::imported("hello")], ..Transcript::default() };
        assert_eq!(measure(&t), Pace::default());
    }

    #[test]
    fn syllables_follow_the_spelling() {
        for (word, n) in [
            ("a", 1),
            ("decide", 2),
            ("decided", 3),
            ("moved", 1),
            ("table", 2),
            ("committee", 3),
            ("holder", 2),
            ("the", 1),
            ("", 1),
        ] {
            assert_eq!(syllables(word), n, "{word}");
        }
    }
}
