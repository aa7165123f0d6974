//! The order that a kind of question asks for.

use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use super::layers::{Layer, Layers};
use super::metrics::Metrics;
use crate::lexicon::{Lexicon, Tokens};
use crate::question::Kind;
use crate::transcript::Transcript;

measure! {
    /// # Frame
    ///
    /// The order that a kind of question asks for, beyond the six layers:
    ///
    /// - `product-sense`: the customer segment and its friction, the primary metric **before the
    ///   first feature**, and a guardrail that says when the bet was wrong.
    /// - `execution`: the scope, the sequence, the risk.
    /// - `compensation`: the level or scope **before the first number**.
    ///
    /// **Unit.** Checks that hold or don't, each with the sentence that shows it.
    ///
    /// **Why it matters.** A feature before its metric is a wish, a plan without a scope is a list,
    /// and a number before the level is a haggle: the listener marks the order before the content.
    ///
    /// **Undefined when.** The kind is another one, or not known (`null`). A check on an order is
    /// absent (`holds` is `null`) where the second thing never comes: an answer without a feature
    /// has none too early.
    ///
    /// **Limits.** Word rules (`src/lexicon/en/frame.toml`) beside what the judge says of the
    /// layers and the conclusion. A guardrail in words that no rule knows counts as missing; a
    /// trade-off alone is not a guardrail.
    ///
    /// **Source.** RUBRIC.md section 6.
    name: "frame",
    aliases: &[],
    key: "frame_share",
    label: "Frame",
    title: "Frame that holds",
    unit: Unit::SHARE,
    better: Better::Higher,
    figure: Figure::Value(|answer| {
        let (held, broken) = outcome(answer.measures.frame.as_deref()?);
        let counted = held.len() + broken.len();
        (counted > 0).then(|| held.len() as f64 / counted as f64)
    }),
    row: RowText::Sometimes(row),
}

/// The checks that hold, and those that do not.
fn outcome(checks: &[Check]) -> (Vec<&Check>, Vec<&Check>) {
    checks.iter().filter(|check| check.holds.is_some()).partition(|check| check.holds == Some(true))
}

fn row(answer: &Answer<'_>, _target: &str) -> Option<Told> {
    let (held, broken) = outcome(answer.measures.frame.as_deref()?);
    // A rule that hears nothing is no proof that nothing was said; an order that is broken is.
    let fault = |check: &&Check| match check.sentence {
        Some(i) => format!("no {} (sentence {})", check.name.words(), i + 1),
        None => format!("{} not heard", check.name.words()),
    };
    let faults: Vec<String> = broken.iter().map(fault).collect();
    let names: Vec<String> = held.iter().map(|check| check.name.words().to_owned()).collect();
    let note = if faults.is_empty() { names } else { faults }.join(", ");
    Some(Told::new(format!("{} of {}", held.len(), held.len() + broken.len()), note))
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// A named user with a named friction.
    CustomerProblem,
    /// The metric is named no later than the first feature.
    MetricBeforeFeature,
    /// A measure that must not get worse.
    Guardrail,
    /// What is in and what is out.
    Scope,
    /// What comes first, and what then.
    Sequence,
    /// What could go wrong.
    Risk,
    /// The level or scope is said no later than the first number.
    LevelBeforeNumber,
}

impl Name {
    /// The check in words, as the report names it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::CustomerProblem => "customer problem",
            Self::MetricBeforeFeature => "metric before the first feature",
            Self::Guardrail => "guardrail",
            Self::Scope => "scope",
            Self::Sequence => "sequence",
            Self::Risk => "risk",
            Self::LevelBeforeNumber => "level before the first number",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// What is checked.
    pub name: Name,
    /// Whether the answer passes; `null` where there is nothing to check.
    pub holds: Option<bool>,
    /// The sentence that shows it, or that breaks it.
    pub sentence: Option<usize>,
    /// The word with which the level is heard by a rule, wherever the conclusion is; absent
    /// elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<usize>,
}

/// The checks of an answer's kind, in the order they should be heard; `null` for kinds that have none.
#[must_use]
pub fn measure(
    kind: Option<Kind>,
    tokens: &Tokens,
    transcript: &Transcript,
    lexicon: &Lexicon,
    metrics: &Metrics,
    layers: &Layers,
    conclusion: Option<usize>,
) -> Option<Vec<Check>> {
    let cues = Cues { transcript, lexicon, tokens };
    let metric = metrics.items.first().map(|item| item.words.lo);
    let named = metrics.unquantified.first().map(|item| item.words.lo);
    match kind? {
        Kind::ProductSense => {
            let metric = [metric, named, cues.first("frame_metric")].into_iter().flatten().min();
            let feature = cues.first("frame_feature");
            Some(vec![
                Check::shown(Name::CustomerProblem, layers.shown(Layer::CustomerProblem)),
                Check::in_order(Name::MetricBeforeFeature, transcript, metric, feature),
                Check::shown(Name::Guardrail, cues.sentence("frame_guardrail")),
            ])
        }
        Kind::Execution => {
            let risk = [layers.shown(Layer::Conflict), cues.sentence("frame_risk")].into_iter().flatten().min();
            Some(vec![
                Check::shown(Name::Scope, cues.sentence("frame_scope")),
                Check::shown(Name::Sequence, cues.sentence("frame_sequence")),
                Check::shown(Name::Risk, risk),
            ])
        }
        Kind::Compensation => {
            let cue = cues.first("frame_level");
            let mut checks = vec![Check { name: Name::LevelBeforeNumber, holds: None, sentence: None, cue }];
            conclude(&mut checks, transcript, metrics, None, conclusion);
            Some(checks)
        }
        _ => None,
    }
}

/// Holds the checks that hang on the conclusion against the one that is given; `before` is the one
/// they were held against last.
pub fn conclude(
    checks: &mut [Check],
    transcript: &Transcript,
    metrics: &Metrics,
    before: Option<usize>,
    conclusion: Option<usize>,
) {
    let begins = |sentence: Option<usize>| Some(transcript.sentences.get(sentence?)?.words.lo);
    for check in checks.iter_mut().filter(|check| check.name == Name::LevelBeforeNumber) {
        // Early versions did not keep the cue: what showed the level and was not the conclusion.
        let heard = check.sentence.filter(|at| check.holds != Some(false) && Some(*at) != before);
        check.cue = check.cue.or_else(|| begins(heard));
        // The conclusion of such an answer is its level and scope.
        let level = [begins(conclusion), check.cue].into_iter().flatten().min();
        let number = metrics.items.first().map(|item| item.words.lo);
        *check = Check { cue: check.cue, ..Check::in_order(check.name, transcript, level, number) };
    }
}

impl Check {
    fn shown(name: Name, sentence: Option<usize>) -> Self {
        Self { name, holds: Some(sentence.is_some()), sentence, cue: None }
    }

    /// Whether `first` is said before `then`; nothing to check where `then` never is.
    fn in_order(name: Name, transcript: &Transcript, first: Option<usize>, then: Option<usize>) -> Self {
        let (holds, word) = match (first, then) {
            (first, None) => (None, first),
            (Some(a), Some(b)) if a <= b => (Some(true), first),
            (_, Some(_)) => (Some(false), then),
        };
        Self { name, holds, sentence: word.and_then(|word| transcript.sentence_of(word)), cue: None }
    }
}

struct Cues<'a> {
    transcript: &'a Transcript,
    lexicon: &'a Lexicon,
    tokens: &'a Tokens,
}

impl Cues<'_> {
    /// The first word of the first phrase of a class.
    fn first(&self, class: &str) -> Option<usize> {
        let hits = self.lexicon.matches(self.tokens, |known| known == class);
        hits.first().map(|hit| self.tokens.words(hit.lo, hit.hi).lo)
    }

    fn sentence(&self, class: &str) -> Option<usize> {
        self.first(class).and_then(|word| self.transcript.sentence_of(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::metrics;

    fn checks(kind: Kind, text: &str) -> Vec<(Name, Option<bool>)> {
        let lexicon = Lexicon::english().unwrap();
        let transcript = crate::lexicon::plain_transcript(text);
        let tokens = Tokens::of(&transcript);
        let metrics = metrics::summarise(&metrics::find(&tokens), &tokens, &transcript, &lexicon);
        measure(Some(kind), &tokens, &transcript, &lexicon, &metrics, &Layers::default(), None)
            .unwrap()
            .into_iter()
            .map(|check| (check.name, check.holds))
            .collect()
    }

    #[test]
    fn a_metric_before_the_feature_holds_and_after_it_does_not() {
        let good = "The number I'd bet on is refills collected in time. So I'd build one list for the household.";
        assert!(checks(Kind::ProductSense, good).contains(&(Name::MetricBeforeFeature, Some(true))));
        let bad = "I'd build a chat bot. Then I'd look at whether 22 percent of the refills get better.";
        assert!(checks(Kind::ProductSense, bad).contains(&(Name::MetricBeforeFeature, Some(false))));
        let none = "Carers run out of pills on Sundays.";
        assert!(checks(Kind::ProductSense, none).contains(&(Name::MetricBeforeFeature, None)));
    }

    #[test]
    fn a_guardrail_is_seen_and_a_wish_is_not_one() {
        let with = "The guardrail is medicines returned.";
        assert!(checks(Kind::ProductSense, with).contains(&(Name::Guardrail, Some(true))));
        let without = "I want people to love the app.";
        assert!(checks(Kind::ProductSense, without).contains(&(Name::Guardrail, Some(false))));
    }

    #[test]
    fn an_execution_answer_wants_scope_sequence_and_risk() {
        let text = "I'd open one postcode. Week one is stores. The risk is the picking.";
        assert!(checks(Kind::Execution, text).iter().all(|(_, holds)| *holds == Some(true)));
        let text = "We need everybody on board and a good plan.";
        assert!(checks(Kind::Execution, text).iter().all(|(_, holds)| *holds == Some(false)));
    }

    #[test]
    fn a_number_before_the_level_breaks_the_frame() {
        let good = "I'm after the job that owns both sites. For that I'd want 168 thousand dollars.";
        assert_eq!(checks(Kind::Compensation, good), [(Name::LevelBeforeNumber, Some(true))]);
        let bad = "I'd want 168 thousand dollars. And a nice office.";
        assert_eq!(checks(Kind::Compensation, bad), [(Name::LevelBeforeNumber, Some(false))]);
    }

    #[test]
    fn a_story_has_no_frame() {
        let lexicon = Lexicon::english().unwrap();
        let transcript = crate::lexicon::plain_transcript("I quit.");
        let tokens = Tokens::of(&transcript);
        let metrics = metrics::summarise(&[], &tokens, &transcript, &lexicon);
        for kind in [Some(Kind::Failure), None] {
            assert_eq!(measure(kind, &tokens, &transcript, &lexicon, &metrics, &Layers::default(), None), None);
        }
    }
}
