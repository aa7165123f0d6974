//! The JSON of the whispers: whisper.cpp (`transcription`), openai-whisper, faster-whisper and `whisperX` (`segments`).
//!
//! Read as untyped values on purpose: the programs differ in what they leave out, and a missing time is no reason
//! to refuse the words.

use serde_json::Value;

use super::cues::{clock, push_segment, without_sounds};
use super::text::{spread, words};
use super::{Format, ImportError, Imported};
use crate::transcript::{Word, bare};
use crate::units::Seconds;

/// Whether the start of a text that begins with `[` is a list of segments.
pub(super) fn looks_like_it(head: &str) -> bool {
    head[1..].trim_start().starts_with('{')
}

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let value: Value = serde_json::from_str(text).map_err(|source| ImportError::Json { source })?;
    let mut imported = Imported { format: Format::Json, words: Vec::new(), segments: Vec::new() };
    if let Some(segments) = value.get("transcription").and_then(Value::as_array) {
        for segment in segments {
            whisper_cpp(&mut imported, segment);
        }
    } else if let Some(segments) = value.get("segments").and_then(Value::as_array).or_else(|| value.as_array()) {
        for segment in segments {
            openai(&mut imported, segment);
        }
        // The hosted API lists words beside the segments, not in them.
        let untimed = imported.words.iter().all(|word| word.start_s.is_none());
        if let Some(list) = value.get("words").and_then(Value::as_array)
            && (untimed || list.len() == imported.words.len())
        {
            let timed: Vec<Word> = list.iter().filter_map(word).collect();
            if timed.len() == imported.words.len() {
                imported.words = timed;
            }
        }
    } else if let Some(list) = value.get("words").or_else(|| value.get("word_segments")).and_then(Value::as_array) {
        push_segment(&mut imported, list.iter().filter_map(word).collect(), None, None, None);
    } else if let Some(text) = value.get("text").and_then(Value::as_str) {
        push_segment(&mut imported, plain(text), None, None, None);
    } else {
        return Err(ImportError::UnknownJson);
    }
    order(&mut imported.words);
    Ok(imported)
}

fn whisper_cpp(imported: &mut Imported, segment: &Value) {
    let text = segment.get("text").and_then(Value::as_str).unwrap_or_default();
    let (start, end) = span_cpp(segment);
    let timed = tokens(segment.get("tokens").and_then(Value::as_array).map_or(&[], Vec::as_slice));
    let same = |timed: &[Word]| {
        let expected = words(&without_sounds(text));
        timed.len() == expected.len() && timed.iter().zip(&expected).all(|(word, text)| word.text == *text)
    };
    let said = if same(&timed) { timed } else { spoken(text, start, end) };
    push_segment(imported, said, start, end, None);
}

/// Milliseconds in `offsets`, or a clock in `timestamps`.
fn span_cpp(value: &Value) -> (Option<Seconds>, Option<Seconds>) {
    let edge = |name: &str| {
        let offset = value.get("offsets").and_then(|o| o.get(name)).and_then(Value::as_f64).map(|ms| ms / 1000.0);
        let stamp = || value.get("timestamps").and_then(|t| t.get(name)).and_then(Value::as_str).and_then(clock);
        offset.and_then(believable).or_else(stamp)
    };
    (edge("from"), edge("to"))
}

/// whisper.cpp's tokens → words: a token that starts with a space starts a word; `[_BEG_]` and its like are marks.
fn tokens(tokens: &[Value]) -> Vec<Word> {
    let mut said: Vec<(Word, Vec<f32>)> = Vec::new();
    for token in tokens {
        let text = token.get("text").and_then(Value::as_str).unwrap_or_default();
        if text.starts_with("[_") || text.starts_with("<|") {
            continue;
        }
        let (start_s, end_s) = span_cpp(token);
        let sure = token.get("p").and_then(Value::as_f64).and_then(probability);
        let glued = text.trim();
        match said.last_mut() {
            Some((last, all_sure)) if !text.starts_with(char::is_whitespace) || bare(glued).is_empty() => {
                last.text.push_str(glued);
                last.end_s = end_s.or(last.end_s);
                all_sure.extend(sure);
            }
            _ if glued.is_empty() => {}
            _ => said.push((Word { start_s, end_s, ..Word::imported(glued) }, sure.into_iter().collect())),
        }
    }
    said.into_iter()
        .map(|(word, sure)| {
            let confidence = (!sure.is_empty()).then(|| sure.iter().sum::<f32>() / sure.len() as f32);
            Word { confidence, ..word }
        })
        .collect()
}

fn openai(imported: &mut Imported, segment: &Value) {
    let text = segment.get("text").and_then(Value::as_str).unwrap_or_default();
    let edge = |name: &str| segment.get(name).and_then(Value::as_f64).and_then(believable);
    let (start, end) = (edge("start"), edge("end"));
    let listed: Vec<Word> =
        segment.get("words").and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter().filter_map(word).collect();
    let said = if listed.is_empty() { spoken(text, start, end) } else { listed };
    let speaker = segment.get("speaker").and_then(Value::as_str).map(str::to_owned);
    push_segment(imported, said, start, end, speaker);
}

/// One entry of a `words` list; None for entries without a word.
fn word(value: &Value) -> Option<Word> {
    let text = value.get("word").or_else(|| value.get("text")).and_then(Value::as_str)?;
    let text = words(text).concat();
    if text.is_empty() {
        return None;
    }
    let edge = |name: &str| value.get(name).and_then(Value::as_f64).and_then(believable);
    let sure = value.get("probability").or_else(|| value.get("score")).and_then(Value::as_f64).and_then(probability);
    Some(Word { start_s: edge("start"), end_s: edge("end"), confidence: sure, ..Word::imported(text) })
}

fn spoken(text: &str, start: Option<Seconds>, end: Option<Seconds>) -> Vec<Word> {
    match (start, end) {
        (Some(start), Some(end)) => spread(words(&without_sounds(text)), start, end),
        _ => plain(text),
    }
}

fn plain(text: &str) -> Vec<Word> {
    words(&without_sounds(text)).into_iter().map(Word::imported).collect()
}

/// Times in order: no word starts before the one before it, none ends before it starts.
fn order(words: &mut [Word]) {
    let mut latest = Seconds::ZERO;
    for word in words {
        word.start_s = word.start_s.map(|start| start.max(latest));
        word.end_s = match (word.start_s, word.end_s) {
            (Some(start), Some(end)) => Some(end.max(start)),
            _ => None,
        };
        latest = word.start_s.unwrap_or(latest);
    }
}

/// A time between 0 and a hundred hours.
fn believable(time_s: f64) -> Option<Seconds> {
    (0.0..=360_000.0).contains(&time_s).then_some(Seconds(time_s))
}

#[allow(clippy::cast_possible_truncation, reason = "0 to 1")]
fn probability(value: f64) -> Option<f32> {
    (0.0..=1.0).contains(&value).then_some(value as f32)
}
