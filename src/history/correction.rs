//! The user's word on a take, as it is kept: which sentence is the conclusion, what happens to a
//! sentence. What that does to the report is [`Report::with`].
//!
//! What the tool said stays as it was; corrections are kept beside it, one row each. Agreeing is a
//! row too, since a tool that nobody checked has no hit rate.

use serde::{Deserialize, Serialize};

use super::HistoryError;
use crate::document::Report;
use crate::judge::Verdict;
use crate::verdicts::say::Say;

/// What the user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Ruled {
    /// This sentence is the conclusion; `None`: no sentence is.
    Conclusion {
        /// From 0.
        sentence: Option<usize>,
    },
    /// This happens to the sentence.
    Verdict {
        /// From 0.
        sentence: usize,
        /// What happens.
        verdict: Verdict,
    },
    /// The tool was right about everything that is not corrected.
    Agreed,
}

/// One correction as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What the user says.
    #[serde(flatten)]
    pub ruled: Ruled,
    /// What the tool says, in words: a sentence's number from 1, `none`, or a verdict.
    pub was: Option<String>,
}

impl Correction {
    /// A correction of `report`, which is the tool's own, or why it is none.
    pub fn of(report: &Report, ruled: Ruled, at_ms: i64) -> Result<Self, HistoryError> {
        let count = report.transcript.sentences.len();
        let named = match ruled {
            Ruled::Conclusion { sentence } => sentence,
            Ruled::Verdict { sentence, .. } => Some(sentence),
            Ruled::Agreed => None,
        };
        if let Some(sentence) = named.filter(|sentence| *sentence >= count) {
            return Err(HistoryError::NoSuchSentence { number: sentence + 1, count });
        }
        let was = match ruled {
            Ruled::Conclusion { .. } => Some(number(report.measures.time_to_conclusion.sentence)),
            Ruled::Verdict { sentence, .. } => report.cuts.get(sentence).map(|cut| cut.verdict.name().to_owned()),
            Ruled::Agreed => None,
        };
        Ok(Self { at_ms, ruled, was })
    }

    /// What the user said, as [`Correction::was`] says it.
    #[must_use]
    pub fn now(&self) -> Option<String> {
        match self.ruled {
            Ruled::Conclusion { sentence } => Some(number(sentence)),
            Ruled::Verdict { verdict, .. } => Some(verdict.name().to_owned()),
            Ruled::Agreed => None,
        }
    }

    /// In plain words, sentences counted from 1.
    #[must_use]
    pub fn words(&self) -> String {
        let was = self.was.as_deref().unwrap_or("nothing");
        match self.ruled {
            Ruled::Conclusion { sentence: Some(sentence) } => {
                format!("the conclusion is sentence {} (the tool said {was})", sentence + 1)
            }
            Ruled::Conclusion { sentence: None } => format!("there is no conclusion (the tool said sentence {was})"),
            Ruled::Verdict { sentence, verdict } => {
                format!("{} sentence {} (the tool said {was})", verdict.name(), sentence + 1)
            }
            Ruled::Agreed => "the rest is right".to_owned(),
        }
    }
}

fn number(sentence: Option<usize>) -> String {
    sentence.map_or_else(|| "none".to_owned(), |sentence| (sentence + 1).to_string())
}

/// The report as the user corrected it; later corrections win over earlier ones.
#[must_use]
pub fn corrected(report: &Report, corrections: &[Correction]) -> Report {
    let mut say = Say::default();
    for correction in corrections {
        match correction.ruled {
            Ruled::Conclusion { sentence } => say.conclude(sentence),
            Ruled::Verdict { sentence, verdict } => say.rule(sentence, verdict),
            Ruled::Agreed => {}
        }
    }
    report.with(&say)
}

/// How often the tool was right, on this user's own takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct HitRate {
    /// Takes that the user checked: agreed with, or corrected.
    pub checked: usize,
    /// Takes whose conclusion the user looked at: named it, or agreed with the take.
    pub conclusions: usize,
    /// Of these, takes whose conclusion stood.
    pub conclusions_right: usize,
    /// Sentences whose verdict the user looked at: gave another one, or agreed with the take.
    pub sentences: usize,
    /// Of these, sentences whose verdict stood.
    pub verdicts_right: usize,
    /// Takes kept, checked or not.
    pub takes: usize,
}

impl HitRate {
    /// Counts one take that has corrections: `sentences` long, and what was said of it in order.
    pub fn count(&mut self, sentences: usize, corrections: &[Correction]) {
        if corrections.is_empty() {
            return;
        }
        self.checked += 1;
        // Who corrects one thing has not looked at the rest; who agrees has.
        let agreed = corrections.iter().any(|correction| correction.ruled == Ruled::Agreed);
        // The first correction of a thing holds what the tool itself said; the last one what the user means.
        let concluded = || corrections.iter().filter(|c| matches!(c.ruled, Ruled::Conclusion { .. }));
        let (looked_at, stood) = match (concluded().next(), concluded().next_back()) {
            (Some(first), Some(last)) => (true, first.was == last.now()),
            _ => (agreed, agreed),
        };
        self.conclusions += usize::from(looked_at);
        self.conclusions_right += usize::from(stood);
        let mut ruled: std::collections::BTreeMap<usize, (Option<String>, Option<String>)> =
            std::collections::BTreeMap::new();
        for correction in corrections {
            if let Ruled::Verdict { sentence, .. } = correction.ruled {
                ruled.entry(sentence).or_insert_with(|| (correction.was.clone(), None)).1 = correction.now();
            }
        }
        let wrong = ruled.values().filter(|(was, now)| was != now).count();
        let looked_at = if agreed { sentences } else { ruled.len() };
        self.sentences += looked_at;
        self.verdicts_right += looked_at.saturating_sub(wrong);
    }

    /// In plain words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.checked == 0 {
            return format!(
                "You have checked none of {} takes; `cutlist history correct TAKE --agree` says that the tool is right, --conclusion N or --sentence N --verdict V that it is not.",
                self.takes
            );
        }
        let conclusions = format!("{} of {} conclusions", self.conclusions_right, self.conclusions);
        let verdicts = format!("{} of {} verdicts", self.verdicts_right, self.sentences);
        let looked_at = match (self.conclusions, self.sentences) {
            (_, 0) => conclusions,
            (0, _) => verdicts,
            _ => format!("{conclusions} and {verdicts}"),
        };
        format!(
            "You have checked {} of {} takes. Of what you looked at, the tool had {looked_at} right.",
            self.checked, self.takes
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Reason;

    fn report() -> Report {
        serde_json::from_str(include_str!("../../tests/fixtures/history/report-1.json")).unwrap()
    }

    #[test]
    fn a_corrected_conclusion_moves_the_time_and_is_never_cut() {
        let report = report();
        let old = report.measures.time_to_conclusion.sentence;
        let ruled = Ruled::Conclusion { sentence: Some(0) };
        let correction = Correction::of(&report, ruled, 9).unwrap();
        assert_eq!(correction.was, Some(number(old)));
        let new = corrected(&report, &[correction]);
        assert_eq!(new.measures.time_to_conclusion.sentence, Some(0));
        assert_ne!(new.cuts[0].verdict, Verdict::Cut);
        assert_eq!(new.cuts[0].reason, Reason::Conclusion);
        assert_eq!(new.cuts.iter().filter(|cut| cut.reason == Reason::Conclusion).count(), 1);
    }

    #[test]
    fn a_corrected_verdict_changes_its_line_and_what_is_left() {
        let report = report();
        let kept = report.cuts.iter().position(|cut| cut.verdict == Verdict::Keep).unwrap();
        let ruled = Ruled::Verdict { sentence: kept, verdict: Verdict::Cut };
        let new = corrected(&report, &[Correction::of(&report, ruled, 9).unwrap()]);
        assert_eq!(new.cuts[kept].verdict, Verdict::Cut);
        assert!(new.cuts[kept].reason.cuts());
        assert!(!new.tightened.text.contains(&report.transcript.sentences[kept].text));
        let others = |report: &Report| -> Vec<_> {
            let others = report.cuts.iter().filter(|cut| cut.sentence != kept);
            others.map(|cut| (cut.verdict, cut.reason, cut.why.clone())).collect()
        };
        assert_eq!(others(&new), others(&report));
    }

    #[test]
    fn a_sentence_that_is_not_there_is_refused() {
        let error = Correction::of(&report(), Ruled::Conclusion { sentence: Some(99) }, 9).unwrap_err();
        assert!(error.to_string().contains("no sentence 100"));
    }

    #[test]
    fn the_hit_rate_counts_what_the_user_means_in_the_end() {
        let report = report();
        let say = |ruled| Correction::of(&report, ruled, 9).unwrap();
        let tools = report.measures.time_to_conclusion.sentence;
        let mut rate = HitRate::default();
        rate.count(7, &[]);
        assert_eq!(rate, HitRate::default());
        rate.count(7, &[say(Ruled::Agreed)]);
        assert_eq!((rate.checked, rate.conclusions_right, rate.verdicts_right), (1, 1, 7));
        assert!(rate.words().ends_with("the tool had 1 of 1 conclusions and 7 of 7 verdicts right."));
        let away = say(Ruled::Conclusion { sentence: Some(0) });
        rate.count(7, &[away.clone(), say(Ruled::Verdict { sentence: 1, verdict: Verdict::Trim })]);
        assert_eq!((rate.conclusions, rate.conclusions_right), (2, 1));
        assert_eq!((rate.sentences, rate.verdicts_right), (8, 7), "one verdict was looked at, and was wrong");
        // Corrected, and corrected back.
        rate.count(7, &[away, say(Ruled::Conclusion { sentence: tools })]);
        assert_eq!((rate.checked, rate.conclusions_right, rate.sentences), (3, 2, 8));
    }

    #[test]
    fn what_nobody_looked_at_is_not_counted() {
        let report = report();
        let say = |ruled| Correction::of(&report, ruled, 9).unwrap();
        let mut rate = HitRate { takes: 2, ..HitRate::default() };
        rate.count(12, &[say(Ruled::Conclusion { sentence: Some(0) })]);
        assert_eq!(
            rate.words(),
            "You have checked 1 of 2 takes. Of what you looked at, the tool had 0 of 1 conclusions right."
        );
        let mut rate = HitRate { takes: 2, ..HitRate::default() };
        rate.count(12, &[say(Ruled::Verdict { sentence: 1, verdict: Verdict::Trim })]);
        assert_eq!(
            rate.words(),
            "You have checked 1 of 2 takes. Of what you looked at, the tool had 0 of 1 verdicts right."
        );
        // Agreeing is looking at the rest.
        rate.count(12, &[say(Ruled::Conclusion { sentence: Some(0) }), say(Ruled::Agreed)]);
        assert_eq!((rate.conclusions, rate.conclusions_right), (1, 0));
        assert_eq!((rate.sentences, rate.verdicts_right), (13, 12));
    }
}
