//! How long the answer is.

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure, words};

measure! {
    /// # Length
    ///
    /// Seconds from the first speech to the last, pauses included: the length of the answer, not of
    /// the recording.
    ///
    /// Why it matters: under a minute there is hardly room for a problem, a decision and what came
    /// of it; after two the listener is waiting for a place to interrupt.
    ///
    /// Undefined for a transcript without times; its words are counted instead.
    ///
    /// Limits: a mock that interrupts takes its questions into the length. The times are the
    /// recogniser's, right to about a tenth of a second.
    ///
    /// Source: RUBRIC section 8 (Pace).
    name: "length",
    aliases: &[],
    key: "answer_s",
    label: "Length",
    title: "Length of the answer",
    unit: Unit::WHOLE_SECONDS,
    better: Better::Inside,
    figure: Figure::Value(|answer| answer.measures.pace.answer_s.map(|seconds| seconds.0)),
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, target: &str) -> Told {
    let said = words(answer.transcript.words.len());
    match answer.measures.pace.answer_s {
        Some(length) => Told::new(format!("{:.0} s", length.0), format!("{said}; {target}")),
        None => Told::new(said, "no times in this transcript"),
    }
}
