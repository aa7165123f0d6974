//! How much of the answer the cut list cuts.

use super::descriptor::{Better, Figure, RowText, Unit, measure};

measure! {
    /// # Share to cut
    ///
    /// The share of the sentences that the cut list cuts, 0 to 1; trimmed sentences stay and are
    /// not in it.
    ///
    /// Why it matters: what changes nothing in the listener's judgment hides what does. Over the
    /// weeks it says whether you leave out by yourself what the cut list would take out.
    ///
    /// Undefined for an answer without a sentence.
    ///
    /// Limits: it counts sentences, not their length. The verdicts are those of a small model and
    /// of your corrections. There is no band: how much can go depends on the answer.
    ///
    /// Source: RUBRIC section 9.
    name: "cut",
    aliases: &[],
    key: "cut_share",
    label: "Cut",
    title: "Share of sentences to cut",
    unit: Unit::SHARE,
    better: Better::Lower,
    figure: Figure::Value(|answer| (answer.sentences > 0).then(|| answer.cut as f64 / answer.sentences as f64)),
    // The cut list says it itself.
    row: RowText::Sometimes(|_, _| None),
}
