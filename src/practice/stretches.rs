//! Each stretch between two questions of the interviewer as an answer of its own.
//!
//! - **Recovery time**: from the end of the interviewer's question to the start of the conclusion of what follows, by the same
//!   judge and the same definition as the time to conclusion. `null` when no conclusion came.
//! - **Answered**: the stretch shows what the follow-up asks for (each follow-up in `follow_ups.toml` names the layers that
//!   answer it). A question about what to do differently is answered by a reflection, and by nothing else.
//! - **Lost**: what the first stretch had and this one has not. Rates are compared only where both stretches are long enough
//!   to have one.
//!
//! Limits: stretches are short, and the judge was trained on whole answers. Believe the times; take "not answered" as a
//! reason to listen again.

use super::questions::{self, Shows};
use crate::capture::{Mark, MarkKind};
use crate::document::Report;
use crate::document::stretches::Stretch;
use crate::measures::layers::Layer;
use crate::transcript::{Transcript, sentences};
use crate::units::Seconds;

/// Words under which a rate is chance: a quarter of a minute of speech.
const ENOUGH_WORDS: usize = 40;
/// A rise of the filler rate worth telling: half as many again, and two a minute at least.
const FILLERS_RISE: f64 = 1.5;
const FILLERS_MORE: f64 = 2.0;
/// A fall of the own share worth telling.
const OWNED_FALL: f64 = 0.25;

/// A stretch before it is judged: where it is, what was asked, what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where it starts and ends, in seconds.
    pub span_s: (f64, f64),
    /// The interruption before it.
    pub mark: Option<Mark>,
    /// Its words, with the times of the take.
    pub transcript: Transcript,
}

/// Divides a transcript at the interruptions. Words spoken while the interviewer spoke belong to nobody's answer. Empty without
/// an interruption.
#[must_use]
pub fn divide(transcript: &Transcript, marks: &[Mark], duration_s: f64) -> Vec<Piece> {
    let marks: Vec<&Mark> = marks.iter().filter(|mark| mark.kind == MarkKind::Interruption).collect();
    if marks.is_empty() {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    for i in 0..=marks.len() {
        let mark = i.checked_sub(1).map(|before| marks[before].clone());
        let from = mark.as_ref().map_or(0.0, |mark| mark.until_s);
        let to = marks.get(i).map_or(duration_s, |next| next.at_s).max(from);
        pieces.push(Piece { span_s: (from, to), mark, transcript: part(transcript, from, to) });
    }
    pieces
}

fn part(transcript: &Transcript, from: f64, to: f64) -> Transcript {
    let within = |at: f64| at >= from && at < to;
    let words: Vec<_> =
        transcript.words.iter().filter(|word| word.start_s.is_some_and(|at| within(at.0))).cloned().collect();
    let silences = transcript
        .silences
        .iter()
        .filter(|silence| silence.end_s.0 > from && silence.start_s.0 < to)
        .map(|silence| {
            let mut silence = *silence;
            silence.start_s = silence.start_s.max(Seconds(from));
            silence.end_s = silence.end_s.min(Seconds(to));
            silence
        })
        .collect();
    Transcript { sentences: sentences::split(&words), words, silences }
}

/// Sums up the pieces and what was found in each; `None` where nothing was said.
#[must_use]
pub fn sum_up(pieces: &[Piece], reports: &[Option<Report>]) -> Vec<Stretch> {
    let first = reports.first().and_then(Option::as_ref);
    pieces.iter().zip(reports).map(|(piece, report)| stretch(piece, report.as_ref(), first)).collect()
}

fn stretch(piece: &Piece, report: Option<&Report>, first: Option<&Report>) -> Stretch {
    let (from, to) = piece.span_s;
    let mark = piece.mark.as_ref();
    let mut out = Stretch {
        start_s: Seconds(from),
        end_s: Seconds(to),
        asked: mark.map(|mark| mark.text.clone()),
        angle: mark.and_then(|mark| mark.angle.clone()),
        why: mark.and_then(|mark| mark.why.clone()),
        words: piece.transcript.words.len(),
        is_answered: mark.map(|_| false),
        ..Stretch::default()
    };
    let Some(report) = report else {
        if mark.is_some() {
            out.lost.push("nothing was said".into());
        }
        return out;
    };
    let text = |index: usize| piece.transcript.sentences.get(index).map(|sentence| sentence.text.clone());
    let start = |index: usize| piece.transcript.sentences.get(index).and_then(|sentence| sentence.start_s);
    let measures = &report.measures;
    let conclusion = measures.time_to_conclusion.sentence;
    let first_word = piece.transcript.first_speech();
    // The speaker's clock starts with the question; for the first stretch nobody knows when that was put.
    let zero = if mark.is_some() { Some(Seconds(from)) } else { first_word };
    out.first_word_s = first_word.map(|at| (at - Seconds(from)).max(Seconds::ZERO));
    out.conclusion_s = conclusion.and_then(start).zip(zero).map(|(at, zero)| (at - zero).max(Seconds::ZERO));
    out.conclusion = conclusion.and_then(text);
    out.fillers_per_minute = measures.fillers.per_minute.filter(|_| out.words >= ENOUGH_WORDS);
    out.owned_share = measures.ownership.owned_share;
    if mark.is_some() {
        let by = out.angle.as_deref().and_then(|angle| answered_by(angle, report));
        out.is_answered = Some(by.is_some());
        out.answered_by = by.and_then(text);
        out.lost = first.map(|first| lost(first, report, out.words)).unwrap_or_default();
    }
    out
}

/// The sentence that shows what the angle asks for.
fn answered_by(angle: &str, report: &Report) -> Option<usize> {
    let follow_up = questions::follow_ups().iter().find(|follow_up| follow_up.angle == angle)?;
    let measures = &report.measures;
    let shown = follow_up.shows.iter().filter_map(|shows| match shows {
        Shows::Conclusion => measures.time_to_conclusion.sentence,
        Shows::CustomerProblem => measures.layers.shown(Layer::CustomerProblem),
        Shows::Metric => measures.layers.shown(Layer::Metric),
        Shows::Decision => measures.layers.shown(Layer::Decision),
        Shows::Conflict => measures.layers.shown(Layer::Conflict),
        Shows::Consequence => measures.layers.shown(Layer::Consequence),
        Shows::Reflection => measures.layers.shown(Layer::Reflection),
    });
    shown.min()
}

fn lost(first: &Report, now: &Report, words: usize) -> Vec<String> {
    let mut out = Vec::new();
    if first.measures.time_to_conclusion.sentence.is_some() && now.measures.time_to_conclusion.sentence.is_none() {
        out.push("the conclusion: none came any more".into());
    }
    if first.measures.metrics.count > 0 && now.measures.metrics.count == 0 {
        out.push("the numbers: none was named any more".into());
    }
    let long = words >= ENOUGH_WORDS && first.transcript.words.len() >= ENOUGH_WORDS;
    if let (true, Some(before), Some(after)) =
        (long, first.measures.fillers.per_minute, now.measures.fillers.per_minute)
        && after >= before * FILLERS_RISE
        && after >= before + FILLERS_MORE
    {
        out.push(format!("fluency: fillers rose from {before:.0} to {after:.0} a minute"));
    }
    if let (Some(before), Some(after)) = (first.measures.ownership.owned_share, now.measures.ownership.owned_share)
        && before - after >= OWNED_FALL
    {
        out.push(format!(
            "ownership: your own share of the actions fell from {:.0} % to {:.0} %",
            before * 100.0,
            after * 100.0
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Origin, Silence, Word};

    fn transcript(words: &[(&str, f64)]) -> Transcript {
        let words: Vec<Word> = words
            .iter()
            .map(|(text, at)| Word {
                text: (*text).into(),
                start_s: Some(Seconds(*at)),
                end_s: Some(Seconds(at + 0.3)),
                confidence: None,
                origin: Origin::Heard,
            })
            .collect();
        let silences = vec![Silence { start_s: Seconds(2.0), end_s: Seconds(8.0) }];
        Transcript { sentences: sentences::split(&words), words, silences }
    }

    fn mark(at_s: f64, until_s: f64) -> Mark {
        let (text, angle) = ("What would you do differently?".to_owned(), Some("differently".to_owned()));
        Mark { kind: MarkKind::Interruption, at_s, until_s, text, angle, why: None }
    }

    #[test]
    fn words_go_to_the_stretch_they_were_said_in_and_the_interviewers_to_none() {
        let said = transcript(&[("I", 1.0), ("quit.", 1.5), ("What", 4.2), ("Next", 6.0), ("time.", 6.5)]);
        let pieces = divide(&said, &[mark(4.0, 5.0)], 9.0);
        let texts: Vec<Vec<&str>> =
            pieces.iter().map(|p| p.transcript.words.iter().map(|w| w.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["I", "quit."], vec!["Next", "time."]]);
        assert_eq!(pieces[1].span_s, (5.0, 9.0));
        assert_eq!(pieces[0].transcript.silences[0].end_s, Seconds(4.0));
    }

    #[test]
    fn an_answer_nobody_interrupted_has_no_stretches() {
        assert!(divide(&transcript(&[("I", 1.0)]), &[], 3.0).is_empty());
    }

    #[test]
    fn silence_after_a_question_is_no_answer() {
        let pieces = divide(&transcript(&[("I", 1.0), ("quit.", 1.5)]), &[mark(4.0, 4.0)], 9.0);
        let stretches = sum_up(&pieces, &[None, None]);
        assert_eq!(stretches[1].is_answered, Some(false));
        assert_eq!(stretches[1].lost, ["nothing was said"]);
        assert_eq!(stretches[0].is_answered, None);
    }
}
