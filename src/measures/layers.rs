//! The six layers of evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};

pub use crate::judge::Layer;

measure! {
    /// # Evidence layers
    ///
    /// Six things that make an answer the speaker's own: the customer problem, the metric, the
    /// decision, the conflict, the consequence, the reflection. Each is the first sentence that
    /// shows it, or missing.
    ///
    /// Why it matters: missing layers are what interviewers mean by "the answer feels borrowed".
    ///
    /// Always defined; in product-sense and execution answers a trade-off, guardrail or risk counts
    /// as conflict. The metric layer is shown by a metric mention (a number that measures), never
    /// by a metric's name alone.
    ///
    /// Limits: found by the same small model as the conclusion. Sentence numbers are its best
    /// guess; presence is surer than place.
    ///
    /// Source: RUBRIC section 6.
    name: "layers",
    aliases: &[],
    key: "layers",
    label: "Layers",
    title: "Layers of evidence",
    unit: Unit::plain("of 6", 1),
    better: Better::Higher,
    figure: Figure::Value(|answer| Some(answer.measures.layers.count() as f64)),
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    let layers = &answer.measures.layers;
    let missing: Vec<&str> = layers.missing().iter().map(|layer| layer.words()).collect();
    let note = if missing.is_empty() {
        "problem, metric, decision, conflict, consequence and reflection are all there".into()
    } else {
        format!("missing: {}", missing.join(", "))
    };
    Told::new(format!("{} of {}", layers.count(), Layer::ALL.len()), note)
}

/// Where a layer is first shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// The sentence.
    pub sentence: usize,
}

/// The six layers of an answer; `null` is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the fields are the layers, documented on `Layer`")]
pub struct Layers {
    pub customer_problem: Option<Shown>,
    pub metric: Option<Shown>,
    pub decision: Option<Shown>,
    pub conflict: Option<Shown>,
    pub consequence: Option<Shown>,
    pub reflection: Option<Shown>,
}

impl Layers {
    /// Layers from the sentence of each, in the order of [`Layer::ALL`].
    #[must_use]
    pub fn of(sentences: [Option<usize>; 6]) -> Self {
        let [customer_problem, metric, decision, conflict, consequence, reflection] =
            sentences.map(|sentence| sentence.map(|sentence| Shown { sentence }));
        Self { customer_problem, metric, decision, conflict, consequence, reflection }
    }

    /// Where `layer` is first shown.
    #[must_use]
    pub fn shown(&self, layer: Layer) -> Option<usize> {
        match layer {
            Layer::CustomerProblem => self.customer_problem,
            Layer::Metric => self.metric,
            Layer::Decision => self.decision,
            Layer::Conflict => self.conflict,
            Layer::Consequence => self.consequence,
            Layer::Reflection => self.reflection,
        }
        .map(|shown| shown.sentence)
    }

    /// How many of the layers are shown.
    #[must_use]
    pub fn count(&self) -> usize {
        Layer::ALL.len() - self.missing().len()
    }

    /// The layers that no sentence shows.
    #[must_use]
    pub fn missing(&self) -> Vec<Layer> {
        Layer::ALL.into_iter().filter(|layer| self.shown(*layer).is_none()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_without_a_sentence_is_missing() {
        let layers = Layers::of([Some(2), None, Some(0), None, Some(4), None]);
        assert_eq!(layers.missing(), [Layer::Metric, Layer::Conflict, Layer::Reflection]);
        assert_eq!(layers.shown(Layer::Consequence), Some(4));
        assert_eq!(serde_json::to_value(&layers).unwrap()["customer_problem"]["sentence"], 2);
    }
}
