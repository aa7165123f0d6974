//! What the recogniser would have written instead: how likely it held a filled pause to be where it
//! wrote a short word.
//!
//! An "uh" comes out as "I'm", "her" or "up" now and then, and what tells it from a true "I'm" is that the
//! decoder nearly wrote " uh". Its answer is asked for again, token by token, but only at the words in
//! doubt: the words before them are decoded in one batch, and no sound is encoded twice.

use whisper_rs::{WhisperContext, WhisperError, WhisperTokenId, get_lang_id};

use super::{Decoded, Spelled, VERBATIM_PROMPT};
use crate::transcript::words::{bare, is_filled_pause};

/// How filled pauses begin in Whisper's vocabulary.
const FILLED_PAUSES: [&str; 7] = [" uh", " um", " Uh", " Um", " ah", " er", " hmm"];
/// Words this sure are not in doubt: few of them stand for a filled pause, and weighing one takes as long as
/// writing it.
const SURE: f32 = 0.7;
/// Most letters of a word in doubt: a filled pause is one syllable, and so is what it is mistaken for.
const MOST_LETTERS: usize = 3;
/// Words that sound like a filled pause themselves, so that the odds say little about them.
const SOUND_ALIKE: [&str; 2] = ["i", "a"];
/// Most tokens of prompt that are asked for; [`VERBATIM_PROMPT`] has 33.
const MOST_PROMPT_TOKENS: usize = 200;

/// Fills [`HeardWord::filled_pause_odds`](crate::transcript::recogniser::HeardWord) of the words that
/// `asked_for` picks from a decode after the prompt.
pub fn weigh(
    context: &WhisperContext,
    Decoded { state, words, tokens }: &mut Decoded,
    asked_for: impl Fn(&Spelled) -> bool,
    threads: usize,
) -> Result<(), WhisperError> {
    if !words.iter().any(&asked_for) {
        return Ok(());
    }
    let rivals =
        FILLED_PAUSES.iter().filter_map(|text| context.tokenize(text, MOST_PROMPT_TOKENS).ok()?.first().copied());
    // The first token of a rare spelling may be a bare space, which begins any word.
    let says_something = |token: &WhisperTokenId| context.token_to_bytes(*token).is_ok_and(|bytes| bytes.len() > 1);
    let rivals: Vec<WhisperTokenId> = rivals.filter(says_something).collect();
    let mut line = opening(context)?;
    let opening = line.len();
    line.extend_from_slice(tokens);
    let mut decoded = 0;
    for word in words.iter_mut().filter(|word| asked_for(word)) {
        let at = opening + word.first_token;
        // Only the scores behind the first token of a batch are handed out, so that the last comes alone.
        if at - 1 > decoded {
            state.decode(&line[decoded..at - 1], decoded, threads)?;
        }
        state.decode(&line[at - 1..at], at - 1, threads)?;
        decoded = at;
        word.heard.filled_pause_odds = odds(state.get_logits()?, &rivals, line[at]);
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

/// What whisper.cpp puts before the text of a decode with a prompt and without timestamps.
fn opening(context: &WhisperContext) -> Result<Vec<WhisperTokenId>, WhisperError> {
    let mut line = vec![context.token_prev()];
    line.extend(context.tokenize(VERBATIM_PROMPT, MOST_PROMPT_TOKENS)?);
    line.push(context.token_sot());
    if context.is_multilingual() {
        line.push(context.token_lang(get_lang_id("en").unwrap_or(0)));
        line.push(context.token_transcribe());
    }
    line.push(context.token_not());
    Ok(line)
}

/// How many times as likely as `written` the `rivals` were together: a ratio of the exponentials of their scores.
#[allow(clippy::cast_sign_loss, reason = "token ids are not negative")]
fn odds(logits: &[f32], rivals: &[WhisperTokenId], written: WhisperTokenId) -> f32 {
    let score = |token: WhisperTokenId| logits.get(token as usize).copied().unwrap_or(f32::NEG_INFINITY);
    let written = score(written);
    rivals.iter().map(|rival| (score(*rival) - written).exp()).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::transcript::recogniser::{HeardWord, Request};

    fn spelled(text: &str, confidence: f32) -> Spelled {
        let heard = HeardWord { text: text.into(), start_s: 0.0, end_s: 0.1, confidence, filled_pause_odds: 0.0 };
        Spelled { heard, first_token: 0 }
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
    fn the_model_tells_filled_pauses_from_words() {
        let whisper = crate::models::resolve(None).unwrap().load(1).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/short-answer.wav");
        let samples = crate::decode::decode_all(&path).unwrap().samples;
        let request = Request { samples: &samples, start_s: 0.0, verbatim: true, budget: Duration::from_secs(600) };
        let mut decoded = whisper.decode(request).unwrap();
        weigh(&whisper.context, &mut decoded, |_| true, 1).unwrap();
        let (pauses, words): (Vec<_>, Vec<_>) =
            decoded.words.iter().map(|word| &word.heard).partition(|word| is_filled_pause(&word.text));
        assert!(!pauses.is_empty() && words.len() > 20);
        for pause in pauses {
            assert!(pause.filled_pause_odds >= 1.0, "{pause:?}");
        }
        for word in words {
            assert!((0.0..0.15).contains(&word.filled_pause_odds), "{word:?}");
        }
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
