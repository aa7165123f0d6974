//! The user's word on an answer: which sentence is the conclusion, what happens to a sentence, how
//! long the answer may be. What that does to the rest is decided here and nowhere else, so that
//! `analyze --conclusion` and a later `history correct` come to the same report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cuts::{Cut, Marks, Ruling, cut_list};
use super::fit::{Worth, fit};
use super::rulings::{Judged, rulings};
use super::tightened::{Tightened, tightened};
use crate::judge::{Reason, Verdict};
use crate::measures::layers::{Layers, Shown};
use crate::measures::{Measures, conclusion, frame, ownership};
use crate::question::{Kind, Question};
use crate::transcript::Transcript;
use crate::units::Seconds;

/// What the user says of an answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Say {
    /// The conclusion; absent where the user leaves it to the judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Concluded>,
    /// What happens to sentences, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Overruled>,
    /// The length that the answer should be cut to; absent where the user asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_s: Option<Seconds>,
}

/// Which sentence is the conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Concluded {
    /// The sentence; `null` where the answer has no conclusion.
    pub sentence: Option<usize>,
}

/// What happens to a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overruled {
    /// The sentence.
    pub sentence: usize,
    /// What happens to it.
    pub verdict: Verdict,
}

impl Say {
    /// Nothing but a length that the answer should be cut to.
    #[must_use]
    pub fn target(target_s: Option<Seconds>) -> Self {
        Self { target_s, ..Self::default() }
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Says which sentence is the conclusion, or that none is. A conclusion is not cut, so an
    /// earlier word that it should be is taken back.
    pub fn conclude(&mut self, sentence: Option<usize>) {
        self.conclusion = Some(Concluded { sentence });
        self.verdicts.retain(|ruled| Some(ruled.sentence) != sentence || ruled.verdict != Verdict::Cut);
    }

    /// Says what happens to a sentence; the last word on it counts.
    pub fn rule(&mut self, sentence: usize, verdict: Verdict) {
        self.verdicts.retain(|ruled| ruled.sentence != sentence);
        let at = self.verdicts.partition_point(|ruled| ruled.sentence < sentence);
        self.verdicts.insert(at, Overruled { sentence, verdict });
    }

    /// This, and then what is said `later`.
    #[must_use]
    pub fn then(mut self, later: &Self) -> Self {
        if let Some(Concluded { sentence }) = later.conclusion {
            self.conclude(sentence);
        }
        for ruled in &later.verdicts {
            self.rule(ruled.sentence, ruled.verdict);
        }
        self.target_s = later.target_s.or(self.target_s);
        self
    }
}

/// What hangs on the user's word: everything in a report that is decided and not just found.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The measures.
    pub measures: Measures,
    /// A verdict for each sentence.
    pub cuts: Vec<Cut>,
    /// What is left.
    pub tightened: Tightened,
}

/// Decides: what the judge says, then the rules that look at the whole answer, and over both the
/// user's word. `measures` are those of the answer as the judge alone sees it, or with an earlier
/// word of the user's in them that `say` holds too.
#[must_use]
pub fn settle(
    transcript: &Transcript,
    question: &Question,
    judged: &Judged,
    mut measures: Measures,
    say: &Say,
) -> Settled {
    if let Some(concluded) = say.conclusion {
        conclude(&mut measures, transcript, question, judged, concluded);
    }
    let conclusion = measures.time_to_conclusion.sentence;
    let marks = Marks::of(&measures);
    let mut rulings = rulings(judged, conclusion, &measures);
    for ruled in &say.verdicts {
        if let Some(ruling) = rulings.get_mut(ruled.sentence) {
            *ruling = overruled(*ruling, ruled.verdict);
        }
    }
    let mut cuts = cut_list(transcript, &rulings, &marks);
    for ruled in &say.verdicts {
        if let Some(cut) = cuts.get_mut(ruled.sentence) {
            cut.why = "You said so.".into();
        }
    }
    let mut tightened = tightened(transcript, &cuts, &marks, conclusion);
    tightened.fit = say.target_s.map(|target| fit(&Worth::bundled(), transcript, &cuts, &measures, &marks, target));
    Settled { measures, cuts, tightened }
}

/// Moves the conclusion, and what follows it: the layers, the lever and the frame.
fn conclude(
    measures: &mut Measures,
    transcript: &Transcript,
    question: &Question,
    judged: &Judged,
    concluded: Concluded,
) {
    let before = measures.time_to_conclusion.sentence;
    measures.time_to_conclusion = conclusion::measure(transcript, question, concluded.sentence, true);
    let now = measures.time_to_conclusion.sentence;
    let layers = layers(&judged.layers, question.kind, now);
    if layers.decision != measures.layers.decision {
        let decision = layers.decision.map(|shown| shown.sentence);
        measures.ownership.lever = ownership::lever(&measures.ownership.actions, decision, &measures.vague.jargon());
    }
    measures.layers = layers;
    if let Some(checks) = &mut measures.frame {
        frame::conclude(checks, transcript, &measures.metrics, before, now);
    }
}

/// The layers, where the user names the conclusion: where the judge finds no decision, it is one if
/// conclusions of the kind are.
///
/// In the labelled answers the conclusion is a sentence that shows the decision in 122 of 130 about
/// leadership, data, conflicts and plans, in 14 of 31 about failures (a verdict on oneself, or what
/// it cost), and in 11 of 79 of the other kinds. Without a kind the question is most often a story.
fn layers(judged: &Layers, kind: Option<Kind>, conclusion: Option<usize>) -> Layers {
    let decides = matches!(kind, None | Some(Kind::Leadership | Kind::Analytical | Kind::Conflict | Kind::Execution));
    let shown = conclusion.filter(|_| decides).map(|sentence| Shown { sentence });
    Layers { decision: judged.decision.or(shown), ..judged.clone() }
}

/// A ruling with the user's verdict. A reason of the other side would contradict it; which one the
/// user has, nobody knows, so it is the plainest.
fn overruled(ruling: Ruling, verdict: Verdict) -> Ruling {
    let reason = match (ruling.reason.cuts(), verdict == Verdict::Cut) {
        (true, false) => Reason::Context,
        (false, true) => Reason::Tangent,
        _ => ruling.reason,
    };
    Ruling { verdict, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{Lexicon, Tokens, plain_transcript};
    use crate::measures::merge::Spans;
    use crate::measures::{fillers, metrics, pace, vague};

    /// An answer as the judge alone sees it: every sentence is kept context but those in `cut`.
    struct Answer {
        transcript: Transcript,
        question: Question,
        judged: Judged,
        measures: Measures,
    }

    impl Answer {
        fn new(kind: Kind, text: &str, cut: &[usize], conclusion: Option<usize>, layers: Layers) -> Self {
            let lexicon = Lexicon::english().unwrap();
            let transcript = plain_transcript(text);
            let question = Question::new(Some(kind), None, None);
            let rulings = (0..transcript.sentences.len())
                .map(|i| match (cut.contains(&i), conclusion == Some(i)) {
                    (true, _) => Ruling { verdict: Verdict::Cut, reason: Reason::Tangent },
                    (_, true) => Ruling { verdict: Verdict::Keep, reason: Reason::Conclusion },
                    _ => Ruling { verdict: Verdict::Keep, reason: Reason::Context },
                })
                .collect();
            let tokens = Tokens::of(&transcript);
            let spans = Spans::by_rule(&tokens, &lexicon);
            let metrics = metrics::summarise(&spans.metrics, &tokens, &transcript, &lexicon);
            let decision = layers.decision.map(|shown| shown.sentence);
            let actions = ownership::find(&tokens);
            let measures = Measures {
                time_to_conclusion: conclusion::measure(&transcript, &question, conclusion, false),
                fillers: fillers::summarise(&spans.fillers, &transcript, None),
                vague: vague::summarise(&spans.vague, &transcript, &lexicon),
                frame: frame::measure(Some(kind), &tokens, &transcript, &lexicon, &metrics, &layers, conclusion),
                metrics,
                ownership: ownership::summarise(&actions, &transcript, decision, &[]),
                layers: layers.clone(),
                pace: pace::measure(&transcript),
            };
            Self { transcript, question, judged: Judged { rulings, conclusion, layers }, measures }
        }

        fn settled(&self, say: &Say) -> Settled {
            settle(&self.transcript, &self.question, &self.judged, self.measures.clone(), say)
        }
    }

    fn conclusion_is(sentence: Option<usize>) -> Say {
        let mut say = Say::default();
        say.conclude(sentence);
        say
    }

    const STORY: &str = "We were late.\nEventually I told the client no.\nIt was fine.\nRefunds fell by 40 percent.";

    #[test]
    fn a_named_conclusion_stays_and_shows_the_decision_that_nobody_found() {
        let answer = Answer::new(Kind::Conflict, STORY, &[1, 2], Some(0), Layers::default());
        assert_eq!(answer.settled(&Say::default()).measures.layers.decision, None);
        let said = answer.settled(&conclusion_is(Some(1)));
        assert_eq!((said.cuts[1].verdict, said.cuts[1].reason), (Verdict::Keep, Reason::Conclusion));
        assert_eq!(said.measures.layers.decision, Some(Shown { sentence: 1 }));
        assert_eq!(said.measures.ownership.lever, Some(1));
        assert_eq!(said.cuts[0].reason, Reason::Consequence, "what was the conclusion is an ordinary sentence");
        assert_eq!(said.tightened.move_to_front, Some(1));
    }

    #[test]
    fn a_conclusion_takes_no_decision_that_was_found_and_is_none_where_its_kind_has_others() {
        let found = Layers { decision: Some(Shown { sentence: 2 }), ..Layers::default() };
        let answer = Answer::new(Kind::Conflict, STORY, &[], None, found);
        assert_eq!(answer.settled(&conclusion_is(Some(1))).measures.layers.decision, Some(Shown { sentence: 2 }));
        let answer = Answer::new(Kind::ProductSense, STORY, &[], None, Layers::default());
        assert_eq!(answer.settled(&conclusion_is(Some(1))).measures.layers.decision, None);
        assert_eq!(answer.settled(&conclusion_is(Some(1))).measures.ownership.lever, None);
    }

    #[test]
    fn a_conclusion_before_the_number_mends_the_frame_and_one_after_it_breaks_it() {
        let text = "It is about the work.\nI would want 168 thousand dollars.\nI run both sites.";
        let answer = Answer::new(Kind::Compensation, text, &[], None, Layers::default());
        let holds = |say: &Say| answer.settled(say).measures.frame.unwrap()[0].clone();
        assert_eq!(holds(&Say::default()).holds, Some(false));
        assert_eq!(
            (holds(&conclusion_is(Some(0))).holds, holds(&conclusion_is(Some(0))).sentence),
            (Some(true), Some(0))
        );
        assert_eq!(holds(&conclusion_is(Some(2))).holds, Some(false));
    }

    #[test]
    fn the_only_metric_that_the_user_cuts_goes() {
        let answer = Answer::new(Kind::Conflict, STORY, &[3], Some(1), Layers::default());
        assert_eq!(answer.settled(&Say::default()).cuts[3].verdict, Verdict::Keep, "rescued");
        let mut say = Say::target(Some(Seconds(2.0)));
        say.rule(3, Verdict::Cut);
        let said = answer.settled(&say);
        assert_eq!((said.cuts[3].verdict, said.cuts[3].reason), (Verdict::Cut, Reason::Tangent));
        assert_eq!(said.cuts[3].why, "You said so.");
        assert!(!said.tightened.text.contains("40 percent") && !said.tightened.fit.unwrap().text.contains("40"));
    }

    #[test]
    fn the_last_word_counts_however_it_is_divided() {
        let mut whole = Say::target(Some(Seconds(30.0)));
        whole.rule(4, Verdict::Cut);
        whole.rule(1, Verdict::Trim);
        whole.conclude(Some(2));
        let mut first = Say::target(Some(Seconds(30.0)));
        first.rule(2, Verdict::Cut);
        first.rule(4, Verdict::Keep);
        first.conclude(None);
        let mut later = Say::default();
        later.conclude(Some(2));
        later.rule(1, Verdict::Trim);
        later.rule(4, Verdict::Cut);
        assert_eq!(first.then(&later), whole);
    }

    #[test]
    fn a_sentence_that_is_not_there_changes_nothing() {
        let answer = Answer::new(Kind::Conflict, STORY, &[2], Some(1), Layers::default());
        let mut say = Say::default();
        say.rule(99, Verdict::Cut);
        assert_eq!(answer.settled(&say), answer.settled(&Say::default()));
        assert_eq!(answer.settled(&conclusion_is(Some(99))), answer.settled(&conclusion_is(None)));
    }
}
