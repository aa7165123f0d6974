//! What measured a take. Figures are held against each other only where one instrument took both.

use serde::{Deserialize, Serialize};

use crate::document::Engine;

/// Everything whose change may change a figure without a change in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Instrument {
    /// What turned sound into words, or `import`.
    pub engine: String,
    /// Speech model; `None` for a transcript.
    pub model: Option<String>,
    /// Hash of the speech model's file.
    pub model_sha256: Option<String>,
    /// What the speech model was prompted with.
    pub prompt: Option<String>,
    /// The judge's name.
    pub judge: String,
    /// Hash of the judge's weights; `None` where the version that made the take did not keep it.
    pub judge_sha256: Option<String>,
    /// Hash of the word lists, the user's own included.
    pub lexicon_sha256: String,
    /// The rules; `None` likewise.
    pub rules: Option<String>,
}

impl Instrument {
    /// What a report was made with.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        Self {
            engine: engine.name.clone(),
            model: engine.model.clone(),
            model_sha256: engine.model_sha256.clone(),
            prompt: engine.prompt.clone(),
            judge: engine.judge.clone(),
            judge_sha256: engine.judge_sha256.clone(),
            lexicon_sha256: engine.lexicon_sha256.clone(),
            rules: engine.rules.clone(),
        }
    }

    /// What is different from the instrument `before`, in plain words; empty for the same one.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<String> {
        let mut out = Vec::new();
        let heard_by = |one: &Self| one.model.clone().unwrap_or_else(|| "a transcript".into());
        if (&self.engine, &self.model) != (&before.engine, &before.model) {
            out.push(format!("heard by {} instead of {}", heard_by(self), heard_by(before)));
        } else if self.model_sha256 != before.model_sha256 {
            out.push(format!("heard by another file of the model {}", heard_by(self)));
        } else if self.prompt != before.prompt {
            out.push("heard with another prompt".into());
        }
        let is_unrecorded = |one: &Self| one.judge_sha256.is_none() && one.rules.is_none();
        let cannot_tell = is_unrecorded(self) != is_unrecorded(before);
        if self.judge != before.judge {
            out.push(format!("judged by {} instead of {}", self.judge, before.judge));
        } else if !cannot_tell && self.judge_sha256 != before.judge_sha256 {
            out.push(format!("judged by other weights of {}", self.judge));
        }
        if self.lexicon_sha256 != before.lexicon_sha256 {
            out.push("other word lists".into());
        }
        if cannot_tell {
            out.push("an earlier version did not record its rules and the judge's weights".into());
        } else if self.rules != before.rules {
            out.push("other rules".into());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Instrument {
        Instrument {
            engine: "whisper.cpp".into(),
            model: Some("base".into()),
            model_sha256: Some("m".into()),
            prompt: Some("Um".into()),
            judge: "judge 1".into(),
            judge_sha256: Some("j".into()),
            lexicon_sha256: "l".into(),
            rules: Some("1.r".into()),
        }
    }

    #[test]
    fn every_part_that_changes_is_said() {
        type Change = fn(&mut Instrument);
        let changes: [(Change, &str); 7] = [
            (|one| one.model = None, "heard by base instead of a transcript"),
            (|one| one.model_sha256 = Some("n".into()), "heard by another file of the model base"),
            (|one| one.prompt = None, "heard with another prompt"),
            (|one| one.judge = "judge 0".into(), "judged by judge 1 instead of judge 0"),
            (|one| one.judge_sha256 = Some("k".into()), "judged by other weights of judge 1"),
            (|one| one.lexicon_sha256 = "k".into(), "other word lists"),
            (|one| one.rules = Some("0.r".into()), "other rules"),
        ];
        for (change, words) in changes {
            let mut before = today();
            change(&mut before);
            assert_ne!(before, today());
            assert_eq!(today().changes(&before), [words]);
        }
        assert!(today().changes(&today()).is_empty());
    }

    #[test]
    fn what_an_earlier_version_did_not_record_is_not_taken_for_the_same() {
        let earlier = Instrument { judge_sha256: None, rules: None, ..today() };
        assert!(earlier.changes(&earlier).is_empty(), "among themselves as before");
        assert_eq!(today().changes(&earlier), ["an earlier version did not record its rules and the judge's weights"]);
    }
}
