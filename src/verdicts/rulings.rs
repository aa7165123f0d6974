//! The judge's decisions under the rules that look at the whole answer.
//!
//! What carries the answer is never cut: the conclusion, the sentence that shows the decision, and
//! the only metric. The judge sees sentences; these rules see what the answer would lose.

use super::cuts::Ruling;
use crate::judge::{Decisions, Reason, Verdict};
use crate::measures::Measures;
use crate::measures::layers::Layer;

/// One ruling for each sentence.
#[must_use]
pub fn rulings(decisions: &Decisions, conclusion: Option<usize>, measures: &Measures) -> Vec<Ruling> {
    let mut out: Vec<Ruling> = decisions
        .sentences
        .iter()
        .map(|decision| Ruling { verdict: decision.verdict, reason: decision.reason })
        .collect();
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
