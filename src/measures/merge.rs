//! One set of spans from two witnesses: the rules of the lexicon and the tags of the judge.
//!
//! A rule's finding stands, unless the rule is a weak one and no tag agrees; the judge adds what no rule knows,
//! when it is sure. How sure, and which rules are weak, is decided by figures on labelled answers, never by
//! taste, and stands in `merge.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::finding::Finding;
use super::{fillers, metrics, vague};
use crate::builtin::builtin;
use crate::judge::{Reading, SpanClass};
use crate::lexicon::{Lexicon, Tokens};
use crate::span::WordRange;
use crate::transcript::Transcript;

/// The spans of an answer, by measure, each in order.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    /// Fillers of all four classes.
    pub fillers: Vec<Finding<fillers::Class>>,
    /// Vague phrases.
    pub vague: Vec<Finding<vague::Class>>,
    /// Metric mentions.
    pub metrics: Vec<Finding<metrics::Class>>,
}

impl Spans {
    /// Those that rules find.
    #[must_use]
    pub fn by_rule(tokens: &Tokens, lexicon: &Lexicon) -> Self {
        let metrics = metrics::find(tokens);
        let vague = vague::find(tokens, lexicon, &metrics);
        Self { fillers: fillers::find(tokens, lexicon), vague, metrics }
    }
}

/// `merge.toml`. Classes go by [`SpanClass::name`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    tags_add: BTreeMap<String, f32>,
    tags_add_unpunctuated: BTreeMap<String, f32>,
    needs_tag: BTreeMap<String, Vec<String>>,
}

static POLICY: LazyLock<Policy> = builtin!("merge.toml");

impl Policy {
    /// The mean probability from which a tagged run is believed without a rule; none where it never is.
    fn least(&self, class: SpanClass, punctuated: bool) -> Option<f32> {
        let table = if punctuated { &self.tags_add } else { &self.tags_add_unpunctuated };
        table.get(class.name()).copied()
    }

    fn is_weak(&self, class: SpanClass, rule: &str) -> bool {
        self.needs_tag.get(class.name()).is_some_and(|rules| rules.iter().any(|weak| weak == rule))
    }
}

/// Finds the spans by rule and by tag and merges them: a rule's finding stands unless it is a weak rule's that
/// no tagged run touches, and a tagged run that touches none of its measure's findings is added when the judge
/// is sure enough of it.
#[must_use]
pub fn spans(tokens: &Tokens, transcript: &Transcript, lexicon: &Lexicon, reading: &Reading) -> Spans {
    let mut out = Spans::by_rule(tokens, lexicon);
    drop_unconfirmed(&mut out.vague, SpanClass::Vague, reading);
    drop_unconfirmed(&mut out.metrics, SpanClass::Metric, reading);
    let punctuated = is_punctuated(transcript);
    for span in &reading.spans {
        let words = WordRange::new(span.words.start, span.words.end);
        if POLICY.least(span.class, punctuated).is_none_or(|least| span.probability < least) {
            continue;
        }
        match span.class {
            SpanClass::FilledPause => {}
            SpanClass::DiscourseMarker => add(&mut out.fillers, words, || fillers::Class::DiscourseMarker),
            SpanClass::RepeatOrRestart => {
                add(&mut out.fillers, words, || fillers::classify_repeat(tokens, lexicon, words));
            }
            SpanClass::Vague => {
                add(&mut out.vague, words, || vague::classify(&transcript.text(words), lexicon).0);
            }
            SpanClass::Metric => add(&mut out.metrics, words, || metrics::read(tokens, transcript, words).class),
        }
    }
    out
}

/// Whether the text has commas or stops at all: written speech has one in every ten words or so.
fn is_punctuated(transcript: &Transcript) -> bool {
    let marks = transcript.words.iter().filter(|word| word.text.ends_with([',', '.', '?', '!', ';'])).count();
    marks * 30 >= transcript.words.len()
}

fn drop_unconfirmed<C>(findings: &mut Vec<Finding<C>>, class: SpanClass, reading: &Reading) {
    let tagged = |words: WordRange| {
        let mut runs = reading.spans.iter().filter(|span| span.class == class);
        runs.any(|span| WordRange::new(span.words.start, span.words.end).overlaps(words))
    };
    findings.retain(|finding| !POLICY.is_weak(class, &finding.rule) || tagged(finding.words));
}

fn add<C>(findings: &mut Vec<Finding<C>>, words: WordRange, class: impl FnOnce() -> C) {
    if words.is_empty() || findings.iter().any(|finding| finding.words.overlaps(words)) {
        return;
    }
    let at = findings.partition_point(|finding| finding.words < words);
    findings.insert(at, Finding::new(words, class(), ""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::SpanReading;
    use crate::lexicon::plain_transcript;

    fn reading(spans: Vec<SpanReading>) -> Reading {
        Reading { sentences: vec![], no_conclusion: 1.0, layer_absent: [1.0; 6], spans, kinds: [0.125; 8] }
    }

    fn tag(class: SpanClass, words: std::ops::Range<usize>, probability: f32) -> SpanReading {
        SpanReading { class, words, probability }
    }

    fn merged(text: &str, tags: Vec<SpanReading>) -> Spans {
        let transcript = plain_transcript(text);
        spans(&Tokens::of(&transcript), &transcript, &Lexicon::english().unwrap(), &reading(tags))
    }

    #[test]
    fn a_weak_rule_needs_a_tag() {
        let text = "There was some tension in it.";
        assert!(merged(text, vec![]).vague.is_empty());
        assert!(merged(text, vec![tag(SpanClass::Metric, 2..3, 0.9)]).vague.is_empty(), "another measure's tag");
        assert_eq!(merged(text, vec![tag(SpanClass::Vague, 2..3, 0.6)]).vague[0].rule, "some");
        assert!(merged("It took twenty minutes.", vec![]).metrics.is_empty());
        assert_eq!(merged("It took twenty minutes.", vec![tag(SpanClass::Metric, 2..4, 0.6)]).metrics.len(), 1);
    }

    #[test]
    fn a_strong_rule_stands_alone() {
        let spans = merged("Refunds fell by 40 percent, and I think a lot of it was the label.", vec![]);
        assert_eq!((spans.metrics.len(), spans.vague.len()), (1, 2));
    }

    #[test]
    fn a_sure_tag_adds_what_no_rule_knows_and_an_unsure_one_does_not() {
        let text = "The lamps were out, all of them.";
        assert_eq!(merged(text, vec![tag(SpanClass::Metric, 4..7, 0.95)]).metrics.len(), 1);
        assert!(merged(text, vec![tag(SpanClass::Metric, 4..7, 0.8)]).metrics.is_empty());
        assert!(merged(text, vec![tag(SpanClass::DiscourseMarker, 0..1, 0.99)]).fillers.is_empty());
    }

    #[test]
    fn the_policy_names_real_classes_and_rules() {
        let lexicon = Lexicon::english().unwrap();
        let classes: Vec<&str> = SpanClass::ALL.iter().map(|class| class.name()).collect();
        let tables = [&POLICY.tags_add, &POLICY.tags_add_unpunctuated];
        assert!(tables.iter().flat_map(|table| table.keys()).all(|name| classes.contains(&name.as_str())));
        assert!(POLICY.needs_tag.keys().all(|name| classes.contains(&name.as_str())));
        for rule in &POLICY.needs_tag["vague"] {
            assert!(lexicon.rule(rule).is_some(), "{rule} is no rule");
        }
        for rule in &POLICY.needs_tag["metric"] {
            assert!(metrics::has_rule(rule), "{rule} is no rule of metrics");
        }
    }
}
