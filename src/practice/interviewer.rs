//! The interviewer who interrupts: when, and with what.
//!
//! Time is a parameter and chance a seed, so that the same seed and the same answer give the same interview, which is
//! how the tests look at it.

use super::questions::{self, FollowUp, When};
use crate::question::Kind;
use crate::verdicts::bands::Bands;

/// Seconds into the answer at which the first interruption may come, whatever is said: early enough to catch a preamble, late
/// enough to have something to interrupt.
const FIRST_S: std::ops::Range<f64> = 9.0..38.0;
/// Seconds into the answer to a follow-up at which the next may come. Two rounds of this stay within a three-minute take.
const NEXT_S: std::ops::Range<f64> = 10.0..28.0;
/// How far the words may be behind the voice for "no conclusion yet" to be believed.
const BEHIND_S: f64 = 8.0;
/// The words are this far behind only when the machine is too slow to listen along: then the clock alone decides.
const GIVE_UP_S: f64 = 35.0;

/// What the interviewer sees of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scene {
    /// Seconds into the take.
    pub at_s: f64,
    /// When the first word was said, once that is known.
    pub first_word_s: Option<f64>,
    /// Up to where the words are known.
    pub heard_to_s: f64,
    /// Whether the conclusion has come.
    pub has_concluded: bool,
}

/// What the interviewer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    /// Words.
    pub text: String,
    /// Name of the follow-up.
    pub angle: String,
    /// Why now.
    pub why: String,
}

/// An interviewer for one answer.
#[derive(Debug)]
pub struct Interviewer {
    random: fastrand::Rng,
    angles: Vec<&'static FollowUp>,
    left: u16,
    /// Start of the stretch under way; `None` until the speaker starts.
    since_s: Option<f64>,
    /// How far into the stretch the next interruption comes.
    due_s: f64,
    is_first: bool,
    fixed_s: Option<f64>,
    /// An answer without a conclusion by then is stopped: later is not even fair.
    overdue_s: f64,
}

impl Interviewer {
    /// An interviewer who interrupts an answer to a question of `kind` so many times.
    #[must_use]
    pub fn new(kind: Option<Kind>, interruptions: u16, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut angles: Vec<&FollowUp> = questions::follow_ups()
            .iter()
            .filter(|follow_up| follow_up.kinds.is_empty() || kind.is_some_and(|kind| follow_up.kinds.contains(&kind)))
            .collect();
        random.shuffle(&mut angles);
        let due_s = within(&mut random, FIRST_S);
        let overdue_s = Bands::bundled().conclusion_s.fair_high();
        Self { random, angles, left: interruptions, since_s: None, due_s, is_first: true, fixed_s: None, overdue_s }
    }

    /// Sets the moment of the first interruption, in seconds into the take.
    #[must_use]
    pub fn first_at(mut self, at_s: Option<f64>) -> Self {
        self.fixed_s = at_s;
        self
    }

    /// What the interviewer says now, if anything.
    pub fn watch(&mut self, scene: Scene) -> Option<Interruption> {
        if self.left == 0 {
            return None;
        }
        if let Some(at_s) = self.fixed_s {
            if scene.at_s < at_s {
                return None;
            }
            self.fixed_s = None;
            return self.interrupt(scene.at_s, When::Any);
        }
        if self.since_s.is_none() {
            self.since_s = scene.first_word_s;
        }
        // Words are known a little after they are said; until then the take itself is the clock.
        let into_s = scene.at_s - self.since_s.unwrap_or(0.0);
        let overdue = self.is_first
            && !scene.has_concluded
            && into_s >= self.overdue_s
            && (scene.heard_to_s + BEHIND_S >= scene.at_s || into_s >= GIVE_UP_S);
        if overdue {
            return self.interrupt(scene.at_s, When::NoConclusion);
        }
        (into_s >= self.due_s).then(|| self.interrupt(scene.at_s, When::Any))?
    }

    /// The question has been put; the speaker's time starts now.
    pub fn asked(&mut self, at_s: f64) {
        self.since_s = Some(at_s);
    }

    fn interrupt(&mut self, at_s: f64, when: When) -> Option<Interruption> {
        let index = self.angles.iter().position(|follow_up| follow_up.when == when)?;
        let follow_up = self.angles.remove(index);
        let text = self.random.choice(&follow_up.ask)?.clone();
        self.left -= 1;
        self.is_first = false;
        self.since_s = Some(at_s);
        self.due_s = within(&mut self.random, NEXT_S);
        let why = match when {
            When::Any => "at an unforeseeable moment".into(),
            When::NoConclusion => format!("no conclusion had come by {:.0} s", self.overdue_s),
        };
        Some(Interruption { text, angle: follow_up.angle.clone(), why })
    }
}

fn within(random: &mut fastrand::Rng, range: std::ops::Range<f64>) -> f64 {
    range.start + random.f64() * (range.end - range.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The interruptions of an answer of `length_s` that starts at 1 s and concludes at `concludes_s`.
    fn interview(seed: u64, interruptions: u16, length_s: f64, concludes_s: f64) -> Vec<(f64, Interruption)> {
        let mut interviewer = Interviewer::new(Some(Kind::Failure), interruptions, seed);
        let mut out = Vec::new();
        let mut at_s = 0.0;
        while at_s < length_s {
            let scene = Scene {
                at_s,
                first_word_s: (at_s > 4.0).then_some(1.0),
                heard_to_s: at_s - 3.0,
                has_concluded: at_s - 3.0 > concludes_s,
            };
            out.extend(interviewer.watch(scene).map(|said| (at_s, said)));
            at_s += 0.1;
        }
        out
    }

    #[test]
    fn the_same_seed_gives_the_same_interview() {
        assert_eq!(interview(7, 3, 170.0, 5.0), interview(7, 3, 170.0, 5.0));
    }

    #[test]
    fn the_moment_cannot_be_foreseen() {
        let mut moments: Vec<f64> = (0..40).map(|seed| interview(seed, 1, 170.0, 5.0)[0].0).collect();
        moments.sort_by(f64::total_cmp);
        assert!(moments[0] < 14.0 && moments[39] > 33.0, "{moments:?}");
        assert!(moments[0] >= 1.0 + FIRST_S.start - 0.2, "nobody is stopped before they have begun: {moments:?}");
    }

    #[test]
    fn an_answer_without_a_conclusion_is_stopped_by_twenty_seconds() {
        for seed in 0..40 {
            let (at_s, said) = interview(seed, 1, 170.0, 1000.0).remove(0);
            assert!(at_s <= 21.2, "{at_s}");
            if at_s > 21.0 {
                assert_eq!(said.angle, "decision");
                assert!(said.why.contains("20 s"));
            }
        }
    }

    #[test]
    fn a_conclusion_in_time_is_not_asked_for() {
        for seed in 0..40 {
            assert!(interview(seed, 3, 170.0, 5.0).iter().all(|(_, said)| said.angle != "decision"));
        }
    }

    #[test]
    fn every_interruption_takes_another_angle_and_there_are_no_more_than_asked_for() {
        for seed in 0..40 {
            let said = interview(seed, 3, 600.0, 5.0);
            let mut angles: Vec<&str> = said.iter().map(|(_, said)| said.angle.as_str()).collect();
            assert_eq!(angles.len(), 3);
            angles.sort_unstable();
            angles.dedup();
            assert_eq!(angles.len(), 3);
        }
        assert!(interview(1, 0, 600.0, 5.0).is_empty());
    }
}
