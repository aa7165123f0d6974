//! The labels the judge speaks in, in the order of the network's outputs. Their meaning is the rubric's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Changes the listener's judgment.
    Keep,
    /// Needed, but a third or more of its words can go.
    Trim,
    /// Without it the judgment is the same.
    Cut,
}

impl Verdict {
    /// Every verdict, in the order of the network's outputs.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Trim, Self::Cut];

    /// The name in JSON and in labelled answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Trim => "trim",
            Self::Cut => "cut",
        }
    }
}

/// What a sentence does for the answer, or fails to do (RUBRIC sections 9 and 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Tells the interviewer the answer.
    Conclusion,
    /// A choice the speaker made.
    Decision,
    /// An owned mechanism: what the speaker did.
    Action,
    /// Carries a number that measures.
    Metric,
    /// A disagreement, constraint or trade-off.
    Conflict,
    /// What happened because of it.
    Consequence,
    /// What the speaker would change.
    Reflection,
    /// The least context without which the rest can't be understood.
    Context,
    /// Noise before the answer starts.
    ThroatClearing,
    /// Talk about the answer instead of the answer.
    Meta,
    /// Career history beyond what the story needs.
    Autobiography,
    /// Context past the one sentence needed.
    SceneSetting,
    /// Said already.
    Restatement,
    /// A claim with nothing to check.
    VagueClaim,
    /// A principle or slogan in place of evidence.
    Platitude,
    /// Beside the point.
    Tangent,
    /// Steps any competent person would take.
    ProcessNarration,
    /// What the team did, where the speaker's part can't be seen.
    TeamNarration,
    /// The answer is over and goes on.
    SignOff,
}

impl Reason {
    /// Every reason, in the rubric's order: first those of keep and trim, then those of cut.
    pub const ALL: [Self; 19] = [
        Self::Conclusion,
        Self::Decision,
        Self::Action,
        Self::Metric,
        Self::Conflict,
        Self::Consequence,
        Self::Reflection,
        Self::Context,
        Self::ThroatClearing,
        Self::Meta,
        Self::Autobiography,
        Self::SceneSetting,
        Self::Restatement,
        Self::VagueClaim,
        Self::Platitude,
        Self::Tangent,
        Self::ProcessNarration,
        Self::TeamNarration,
        Self::SignOff,
    ];

    /// Whether this is a reason to cut (and not one to keep or trim).
    #[must_use]
    pub fn cuts(self) -> bool {
        self as usize >= Self::ThroatClearing as usize
    }

    /// The name in JSON and in labelled answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Conclusion => "conclusion",
            Self::Decision => "decision",
            Self::Action => "action",
            Self::Metric => "metric",
            Self::Conflict => "conflict",
            Self::Consequence => "consequence",
            Self::Reflection => "reflection",
            Self::Context => "context",
            Self::ThroatClearing => "throat_clearing",
            Self::Meta => "meta",
            Self::Autobiography => "autobiography",
            Self::SceneSetting => "scene_setting",
            Self::Restatement => "restatement",
            Self::VagueClaim => "vague_claim",
            Self::Platitude => "platitude",
            Self::Tangent => "tangent",
            Self::ProcessNarration => "process_narration",
            Self::TeamNarration => "team_narration",
            Self::SignOff => "sign_off",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The name in plain words: `throat clearing`.
    #[must_use]
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }
}

/// One layer of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Who hurt, and how.
    CustomerProblem,
    /// A number that measures.
    Metric,
    /// A choice the speaker made, the lever named.
    Decision,
    /// What the decision had to beat.
    Conflict,
    /// What happened because of it.
    Consequence,
    /// Whether the speaker would do it again, and what would change.
    Reflection,
}

impl Layer {
    /// All six, in the rubric's order.
    pub const ALL: [Self; 6] =
        [Self::CustomerProblem, Self::Metric, Self::Decision, Self::Conflict, Self::Consequence, Self::Reflection];

    /// The name in JSON and in labelled answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CustomerProblem => "customer_problem",
            Self::Metric => "metric",
            Self::Decision => "decision",
            Self::Conflict => "conflict",
            Self::Consequence => "consequence",
            Self::Reflection => "reflection",
        }
    }

    /// Its name in plain words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::CustomerProblem => "customer problem",
            Self::Metric => "metric",
            Self::Decision => "decision",
            Self::Conflict => "conflict",
            Self::Consequence => "consequence",
            Self::Reflection => "reflection",
        }
    }

    /// The question that an interviewer asks when the layer is missing.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::CustomerProblem => "Who had the problem, and what did it cost them?",
            Self::Metric => "By how much, from what, in what time?",
            Self::Decision => "What did you decide yourself?",
            Self::Conflict => "Who or what stood against it, and what did you give up?",
            Self::Consequence => "What happened because of it?",
            Self::Reflection => "Would you make the same call again, and what would you change?",
        }
    }
}

/// The classes of spans of words that the network tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanClass {
    /// um, uh.
    FilledPause,
    /// like, you know.
    DiscourseMarker,
    /// Words said again or abandoned.
    RepeatOrRestart,
    /// A phrase that cannot be checked.
    Vague,
    /// A number that measures.
    Metric,
}

impl SpanClass {
    /// Every class, in the order of the network's outputs.
    pub const ALL: [Self; 5] =
        [Self::FilledPause, Self::DiscourseMarker, Self::RepeatOrRestart, Self::Vague, Self::Metric];

    /// The name in `judge.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FilledPause => "filled_pause",
            Self::DiscourseMarker => "discourse_marker",
            Self::RepeatOrRestart => "repeat_or_restart",
            Self::Vague => "vague",
            Self::Metric => "metric",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(Reason::of_name(reason.name()), Some(reason));
        }
        assert_eq!(Reason::ALL.iter().filter(|reason| reason.cuts()).count(), 11);
    }
}
