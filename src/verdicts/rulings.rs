//! The judge's decisions under the rules that look at the whole answer.
//!
//! What carries the answer is never cut: the conclusion, the sentence that shows the decision, and
//! the only metric. The judge sees sentences; these rules see what the answer would lose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cuts::Ruling;
use crate::judge::{Decisions, Reason, Verdict};
use crate::measures::Measures;
use crate::measures::layers::{Layer, Layers};

/// What the judge alone says of an answer. A report keeps it, so that the user's word on a take of
/// any age is weighed against what the judge said and not against what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// One for each sentence.
    pub rulings: Vec<Ruling>,
    /// The sentence that is the conclusion; `null` where none is.
    pub conclusion: Option<usize>,
    /// The layers of evidence.
    pub layers: Layers,
}

impl Judged {
    /// What the judge decided.
    #[must_use]
    pub fn of(decisions: &Decisions) -> Self {
        let ruling = |decision: &crate::judge::Decision| Ruling { verdict: decision.verdict, reason: decision.reason };
        Self {
            rulings: decisions.sentences.iter().map(ruling).collect(),
            conclusion: decisions.conclusion,
            layers: Layers::of(decisions.layers),
        }
    }
}

/// One ruling for each sentence. `conclusion` is the user's, where the user has named one.
#[must_use]
pub fn rulings(judged: &Judged, conclusion: Option<usize>, measures: &Measures) -> Vec<Ruling> {
    let mut out = judged.rulings.clone();
    let decision = measures.layers.shown(Layer::Decision);
    for (i, ruling) in out.iter_mut().enumerate() {
        // The user's conclusion leaves the judge's an ordinary sentence.
        if ruling.reason == Reason::Conclusion && conclusion != Some(i) {
            ruling.reason = if decision == Some(i) { Reason::Decision } else { Reason::Consequence };
        }
    }
    if let Some(ruling) = conclusion.and_then(|i| out.get_mut(i)) {
        ruling.reason = Reason::Conclusion;
        rescue(ruling, Reason::Conclusion);
    }
    if let Some(ruling) = decision.and_then(|i| out.get_mut(i)) {
        rescue(ruling, Reason::Decision);
    }
    let with_metric: Vec<usize> = measures.metrics.items.iter().filter_map(|item| item.sentence).collect();
    let all_cut = with_metric.iter().all(|i| out.get(*i).is_none_or(|ruling| ruling.verdict == Verdict::Cut));
    if let (true, Some(ruling)) = (all_cut, with_metric.first().and_then(|i| out.get_mut(*i))) {
        rescue(ruling, Reason::Metric);
    }
    out
}

fn rescue(ruling: &mut Ruling, carries: Reason) {
    if ruling.verdict == Verdict::Cut {
        *ruling = Ruling { verdict: Verdict::Keep, reason: carries };
    }
}
