//! Lays recognised words over the speech map.
//!
//! Word times from cross-attention come about 0.15 s late, and worst at the end of a phrase: the last
//! word before a pause seems to start in the pause, or behind it. The speech map knows where the
//! pauses are. So each stretch of speech is given the run of words that fits it best, by two kinds of
//! evidence: the times the recogniser gave, and how long such words take to say.
//!
//! The best split of all words over all stretches is found by dynamic programming, as in forced
//! alignment; the cost of a split is in seconds, so that both kinds of evidence weigh alike.

use super::recogniser::HeardWord;
use super::voice::Stretch;

/// How late the recogniser's times are, in seconds: the median over the labelled recordings.
const LATE_S: f64 = 0.12;
/// Seconds that a word of no letters would take, and each letter adds: 0.36 s for the average word of
/// 4.5 letters, which is 167 words a minute. Only ratios matter, for they are scaled to the chunk.
const WORD_S: f64 = 0.11;
const LETTER_S: f64 = 0.055;
/// A digit is said as a word.
const DIGIT_S: f64 = 0.3;
/// Weight of a word's recognised time against the fit of durations.
const TIME_WEIGHT: f64 = 0.6;
/// Most words in one stretch; no stretch of 30 s holds more.
const MOST_WORDS: usize = 120;
/// A word that starts this soon after its stretch starts with it: the recogniser finds the middle of
/// a first syllable, not its onset. Later than that, something was said before it.
const ONSET_S: f64 = 0.5;

/// How long a word probably takes, in seconds.
#[must_use]
pub fn expected_s(text: &str) -> f64 {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    LETTER_S.mul_add(letters as f64, DIGIT_S.mul_add(digits as f64, WORD_S))
}

/// Gives every word a start and an end inside a stretch of speech, in order. Without speech the words
/// stay where they are.
pub fn align(words: &mut [HeardWord], speech: &[Stretch]) {
    if words.is_empty() || speech.is_empty() {
        return;
    }
    let expected: Vec<f64> = words.iter().map(|word| expected_s(&word.text)).collect();
    let total: f64 = expected.iter().sum();
    let spoken: f64 = speech.iter().map(|stretch| stretch.len_s()).sum();
    // A chunk with laughter or lost words has more speech than words; scaling to it would hide that.
    let scale = (spoken / total).clamp(0.6, 1.25);
    let durations: Vec<f64> = expected.iter().map(|s| s * scale).collect();
    for (stretch, run) in speech.iter().zip(split(words, &durations, speech)) {
        place(&mut words[run.clone()], &durations[run], *stretch);
    }
}

/// The run of words of each stretch, at the least cost.
fn split(words: &[HeardWord], durations: &[f64], speech: &[Stretch]) -> Vec<std::ops::Range<usize>> {
    let n = words.len();
    let middles: Vec<f64> =
        words.iter().zip(durations).map(|(word, duration)| word.start_s - LATE_S + duration / 2.0).collect();
    let mut until = vec![0.0; n + 1];
    for (i, duration) in durations.iter().enumerate() {
        until[i + 1] = until[i] + duration;
    }
    // best[i]: least cost of the first i words in the stretches so far.
    let mut best = vec![f64::INFINITY; n + 1];
    best[0] = 0.0;
    let mut choices: Vec<Vec<usize>> = Vec::with_capacity(speech.len());
    for stretch in speech {
        let away: Vec<f64> =
            middles.iter().map(|at| (stretch.start_s - at).max(at - stretch.end_s).max(0.0) * TIME_WEIGHT).collect();
        let mut next = vec![f64::INFINITY; n + 1];
        let mut choice = vec![0; n + 1];
        for from in 0..=n {
            if best[from].is_infinite() {
                continue;
            }
            let mut moved = 0.0;
            for to in from..=n.min(from + MOST_WORDS) {
                if to > from {
                    moved += away[to - 1];
                }
                let misfit = (until[to] - until[from] - stretch.len_s()).abs();
                let cost = best[from] + misfit + moved;
                if cost < next[to] {
                    next[to] = cost;
                    choice[to] = from;
                }
            }
        }
        choices.push(choice);
        best = next;
    }
    let mut runs = Vec::with_capacity(speech.len());
    let mut to = n;
    for choice in choices.iter().rev() {
        let from = choice[to];
        runs.push(from..to);
        to = from;
    }
    runs.reverse();
    runs
}

/// Places a run of words in its stretch: at the recogniser's times as far as they fit.
fn place(words: &mut [HeardWord], durations: &[f64], stretch: Stretch) {
    let n = words.len();
    let total: f64 = durations.iter().sum();
    // Squeezed when the words are too many for the stretch.
    let squeeze = (stretch.len_s() / total.max(1e-6)).min(1.0);
    let mut left: f64 = total;
    let mut floor = stretch.start_s;
    for i in 0..n {
        // Room for the words behind, at three fifths of their usual length.
        let ceiling = (stretch.end_s - left * squeeze * 0.6).max(floor);
        let mut start = (words[i].start_s - LATE_S).clamp(floor, ceiling);
        if i == 0 && start - stretch.start_s <= ONSET_S {
            start = stretch.start_s;
        }
        words[i].start_s = start;
        floor = start + durations[i] * squeeze * 0.4;
        left -= durations[i];
    }
    for i in 0..n {
        let next = if i + 1 < n { words[i + 1].start_s } else { stretch.end_s };
        words[i].end_s = next.max(words[i].start_s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(text: &str, start_s: f64) -> HeardWord {
        HeardWord { text: text.into(), start_s, end_s: start_s + 0.3, confidence: 1.0, filled_pause_odds: 0.0 }
    }

    const fn speech(start_s: f64, end_s: f64) -> Stretch {
        Stretch { start_s, end_s }
    }

    #[test]
    fn a_last_word_timed_into_the_pause_goes_back_to_its_phrase() {
        let mut words =
            [heard("came", 1.1), heard("up", 1.5), heard("empty.", 2.0), heard("We", 3.6), heard("decided", 3.9)];
        align(&mut words, &[speech(1.0, 2.0), speech(3.5, 4.3)]);
        assert!(words[2].start_s < 2.0 && words[2].end_s <= 2.0, "{words:?}");
        assert!((words[3].start_s - 3.5).abs() < 1e-9, "{words:?}");
    }

    #[test]
    fn speech_without_a_word_stays_empty() {
        let mut words = [heard("I", 0.2), heard("quit.", 0.5), heard("It", 6.2), heard("cost.", 6.5)];
        align(&mut words, &[speech(0.0, 0.8), speech(2.0, 4.0), speech(6.0, 6.8)]);
        assert!(words.iter().all(|word| word.start_s < 1.0 || word.start_s >= 6.0), "{words:?}");
    }

    #[test]
    fn words_without_speech_stay_where_they_are() {
        let mut words = [heard("Hello.", 1.0)];
        align(&mut words, &[]);
        assert!((words[0].start_s - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn words_end_up_in_order_and_in_speech(
            starts in prop::collection::vec(0.0_f64..28.0, 0..40),
            edges in prop::collection::vec(0.05_f64..2.0, 2..24),
        ) {
            let mut starts = starts;
            starts.sort_by(f64::total_cmp);
            let mut words: Vec<HeardWord> = starts.iter().map(|s| heard("word", *s)).collect();
            let mut at = 0.0;
            let mut map = Vec::new();
            for pair in edges.chunks_exact(2) {
                map.push(speech(at + pair[0], at + pair[0] + pair[1]));
                at += pair[0] + pair[1];
            }
            align(&mut words, &map);
            let mut last = 0.0;
            for word in &words {
                prop_assert!(word.start_s >= last && word.end_s >= word.start_s);
                prop_assert!(map.iter().any(|s| word.start_s >= s.start_s - 1e-9 && word.end_s <= s.end_s + 1e-9));
                last = word.start_s;
            }
        }
    }
}
