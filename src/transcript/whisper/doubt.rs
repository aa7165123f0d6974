//! What the recogniser would have written instead: how likely it held a filled pause to be where it
//! wrote a short word.
//!
//! An "uh" comes out as "I'm", "her" or "up" now and then, and what tells it from a true "I'm" is that the
//! decoder nearly wrote " uh". Its answer is asked for again, token by token, but only at the words in
//! doubt: the words before them are decoded in one batch, and no sound is encoded twice.

use crate::transcript::recogniser::RecogniserError;
use crate::transcript::words::{bare, is_filled_pause};

use super::{Spelled, Token};

/// How filled pauses begin in Whisper's vocabulary.
const FILLED_PAUSES: [&str; 7] = [" uh", " um", " Uh", " Um", " ah", " er", " hmm"];
/// Words this sure are not in doubt: few of them stand for a filled pause, and weighing one takes as long as
/// writing it.
const SURE: f32 = 0.7;
/// Most letters of a word in doubt: a filled pause is one syllable, and so is what it is mistaken for.
const MOST_LETTERS: usize = 3;
/// Words that sound like a filled pause themselves, so that the odds say little about them.
const SOUND_ALIKE: [&str; 2] = ["i", "a"];

/// A decoder that still holds the sound of the stretch that it has decoded.
pub trait Decoder {
    /// The first token of a text's spelling; `None` where that is a bare space, which begins any word.
    fn first_token(&self, text: &str) -> Option<Token>;

    /// A score (logit) for each token of the vocabulary to come next after `text`. Cheap while each `text` goes on
    /// from the last.
    ///
    /// # Errors
    /// When the engine fails.
    fn scores_after(&mut self, text: &[Token]) -> Result<&[f32], RecogniserError>;
}

/// Fills [`HeardWord::filled_pause_odds`](crate::transcript::recogniser::HeardWord) of the `words` that `asked_for`
/// picks; `tokens` are all tokens of the text.
pub fn weigh(
    decoder: &mut impl Decoder,
    words: &mut [Spelled],
    tokens: &[Token],
    asked_for: impl Fn(&Spelled) -> bool,
) -> Result<(), RecogniserError> {
    let mut rivals = None;
    for word in words.iter_mut().filter(|word| asked_for(word)) {
        let rivals: &Vec<Token> =
            rivals.get_or_insert_with(|| FILLED_PAUSES.iter().filter_map(|text| decoder.first_token(text)).collect());
        let scores = decoder.scores_after(&tokens[..word.first_token])?;
        word.heard.filled_pause_odds = odds(scores, rivals, tokens[word.first_token]);
    }
    Ok(())
}

/// Whether a word may stand for a filled pause: it is short, unsure, and nothing like one itself.
pub fn is_doubted(word: &Spelled) -> bool {
    let text = bare(&word.heard.text);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (1..=MOST_LETTERS).contains(&letters)
        && word.heard.confidence < SURE
        && !SOUND_ALIKE.contains(&text.as_str())
        && !is_filled_pause(&word.heard.text)
}

/// How many times as likely as `written` the `rivals` were together: a ratio of the exponentials of their scores.
#[allow(clippy::cast_sign_loss, reason = "token ids are not negative")]
fn odds(logits: &[f32], rivals: &[Token], written: Token) -> f32 {
    let score = |token: Token| logits.get(token as usize).copied().unwrap_or(f32::NEG_INFINITY);
    let written = score(written);
    rivals.iter().map(|rival| (score(*rival) - written).exp()).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::recogniser::HeardWord;

    /// Scores its tokens by how much text there is, and notes what it was asked.
    #[derive(Default)]
    struct Scripted {
        scores: Vec<f32>,
        asked: Vec<Vec<Token>>,
    }

    impl Decoder for Scripted {
        fn first_token(&self, text: &str) -> Option<Token> {
            (text == " uh").then_some(1)
        }

        fn scores_after(&mut self, text: &[Token]) -> Result<&[f32], RecogniserError> {
            self.asked.push(text.to_vec());
            self.scores = vec![0.0, text.len() as f32, 0.0, 0.0];
            Ok(&self.scores)
        }
    }

    fn spelled(text: &str, confidence: f32) -> Spelled {
        let heard = HeardWord { text: text.into(), start_s: 0.0, end_s: 0.1, confidence, filled_pause_odds: 0.0 };
        Spelled { heard, first_token: 0 }
    }

    #[test]
    fn the_rivals_are_spellings_of_filled_pauses() {
        assert!(FILLED_PAUSES.iter().all(|text| text.starts_with(' ') && is_filled_pause(text)));
    }

    #[test]
    fn short_unsure_words_are_in_doubt() {
        assert!(is_doubted(&spelled("her,", 0.5)));
        let others = [("her", 0.9), ("there", 0.5), ("I", 0.5), ("a", 0.5), ("um,", 0.5), ("...", 0.5)];
        for (text, confidence) in others {
            assert!(!is_doubted(&spelled(text, confidence)), "{text}");
        }
    }

    #[test]
    fn only_words_in_doubt_are_weighed_each_behind_the_text_before_it() {
        let mut words = [spelled("It", 0.5), spelled("is", 0.9), spelled("her,", 0.5)];
        for (word, first_token) in words.iter_mut().zip([0, 1, 2]) {
            word.first_token = first_token;
        }
        let mut decoder = Scripted::default();
        weigh(&mut decoder, &mut words, &[3, 2, 0, 2], is_doubted).unwrap();
        assert_eq!(decoder.asked, [vec![], vec![3, 2]]);
        let told = words.map(|word| word.heard.filled_pause_odds);
        assert!((told[0] - 1.0).abs() < 1e-5 && told[1] == 0.0 && (told[2] - 2.0f32.exp()).abs() < 1e-4, "{told:?}");
    }

    #[test]
    fn odds_are_ratios_of_probabilities() {
        // Softmax of these: 0.6, 0.3 and 0.1.
        let logits = [0.6f32.ln() + 4.0, 0.3f32.ln() + 4.0, 0.1f32.ln() + 4.0];
        assert!((odds(&logits, &[1], 0) - 0.5).abs() < 1e-5);
        assert!((odds(&logits, &[1, 2], 0) - 2.0 / 3.0).abs() < 1e-5);
    }

    #[test]
    fn a_token_without_a_score_weighs_nothing() {
        assert!(odds(&[0.0], &[7], 0) < 1e-9);
    }
}
