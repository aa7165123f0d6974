//! How analyses of labelled answers compare with their labels.

use cutlist::document::Report;
use cutlist::judge::{Layer, SpanClass, Verdict};
use cutlist::measures::fillers::Class;
use cutlist::span::WordRange;

use crate::labelled::{CLASSES, Labelled, Tally};

/// What a set of answers comes to.
#[derive(Debug, Default)]
pub struct Score {
    pub cuts: Tally,
    pub layers: Tally,
    pub spans: [Tally; 5],
    kept: usize,
    harmed: usize,
    answers: usize,
    exact: usize,
}

impl Score {
    pub fn add(&mut self, answer: &Labelled, report: &Report) {
        for (cut, wanted) in report.cuts.iter().zip(&answer.verdicts) {
            let found = cut.verdict == Verdict::Cut;
            self.cuts.add(found, wanted == "cut");
            if wanted == "keep" {
                self.kept += 1;
                self.harmed += usize::from(found);
            }
        }
        self.answers += 1;
        self.exact += usize::from(report.measures.time_to_conclusion.sentence == answer.conclusion);
        for (layer, wanted) in Layer::ALL.into_iter().zip(&answer.layers) {
            self.layers.add(report.measures.layers.shown(layer).is_some(), *wanted);
        }
        for (tally, (_, class, _)) in self.spans.iter_mut().zip(CLASSES) {
            tally.spans(&found(report, class), &answer.spans_of(class));
        }
    }

    pub fn conclusion_exact(&self) -> f64 {
        self.exact as f64 / self.answers.max(1) as f64
    }

    pub fn keeps_harmed(&self) -> f64 {
        self.harmed as f64 / self.kept.max(1) as f64
    }
}

fn found(report: &Report, class: SpanClass) -> Vec<WordRange> {
    let measures = &report.measures;
    let fillers = |wanted: fn(Class) -> bool| {
        measures.fillers.items.iter().filter(|item| wanted(item.class)).map(|item| item.words).collect()
    };
    match class {
        SpanClass::FilledPause => fillers(|class| class == Class::FilledPause),
        SpanClass::DiscourseMarker => fillers(|class| class == Class::DiscourseMarker),
        SpanClass::RepeatOrRestart => fillers(|class| matches!(class, Class::Repetition | Class::Restart)),
        SpanClass::Vague => measures.vague.items.iter().map(|item| item.words).collect(),
        SpanClass::Metric => measures.metrics.items.iter().map(|item| item.words).collect(),
    }
}
