//! Plain words for a verdict, quoting the sentence itself.

use crate::judge::{Reason, Verdict};

/// Words quoted at most.
const QUOTE_WORDS: usize = 7;

/// Why the sentence stays, is trimmed, or goes. `evidence` are phrases of the sentence that show it
/// (vague phrases, a metric), of which two are quoted; without any, the sentence's opening words are.
/// `restates` is the earlier sentence (from 0) that a restatement says again.
#[must_use]
pub fn why(verdict: Verdict, reason: Reason, sentence: &str, evidence: &[String], restates: Option<usize>) -> String {
    let quote = match evidence {
        [] => quoted(sentence),
        [one] => quoted(one),
        [one, two, ..] => format!("{} … {}", quoted(one), quoted(two)),
    };
    let sense = match reason {
        Reason::Conclusion => format!("{quote} tells the interviewer the answer"),
        Reason::Decision => format!("{quote} is a choice you made"),
        Reason::Action => format!("{quote} is something you did yourself"),
        Reason::Metric if evidence.is_empty() => format!("{quote} measures something"),
        Reason::Metric => format!("{quote} is a number that can be checked"),
        Reason::Conflict => format!("{quote} shows what your decision had to beat"),
        Reason::Consequence => format!("{quote} is what came of it"),
        Reason::Reflection => format!("{quote} says what you would do again or change"),
        Reason::Context => format!("{quote} is context that the rest needs"),
        Reason::ThroatClearing => format!("{quote} comes before the answer starts"),
        Reason::Meta => format!("{quote} talks about the answer instead of giving it"),
        Reason::Autobiography => format!("{quote} is career history that this story does not need"),
        Reason::SceneSetting => format!("{quote} sets the scene past the one sentence it needs"),
        Reason::Restatement => match restates {
            Some(earlier) => format!("{quote} says again what sentence {} said", earlier + 1),
            None => format!("{quote} has been said already"),
        },
        Reason::VagueClaim => format!("{quote} cannot be checked: nothing in it is a number, a name or a choice"),
        Reason::Platitude => format!("{quote} is a principle, and anyone could say it"),
        Reason::Tangent => format!("{quote} is beside the point of the question"),
        Reason::ProcessNarration => format!("{quote} is what any competent person would do"),
        Reason::TeamNarration => format!("{quote} is what the team did; your own part can't be seen"),
        Reason::SignOff => format!("{quote} comes after the answer is over"),
    };
    match verdict {
        Verdict::Keep | Verdict::Cut => format!("{sense}."),
        Verdict::Trim => format!("{sense}, but it can be said in fewer words."),
    }
}

/// The text in quotation marks, cut to its first words.
fn quoted(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let shown = words[..words.len().min(QUOTE_WORDS)].join(" ");
    let shown = shown.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    if words.len() > QUOTE_WORDS { format!("\"{shown} …\"") } else { format!("\"{shown}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_quotes_the_sentences_own_words() {
        for reason in Reason::ALL {
            let text = why(
                Verdict::Cut,
                reason,
                "We aligned stakeholders, you know.",
                &["aligned stakeholders,".into()],
                None,
            );
            assert!(text.starts_with("\"aligned stakeholders\" "), "{text}");
            assert!(text.ends_with('.'));
        }
    }

    #[test]
    fn two_phrases_are_quoted_and_no_more() {
        let evidence = ["a lot".into(), "it went well.".into(), "huge".into()];
        let text = why(Verdict::Cut, Reason::VagueClaim, "", &evidence, None);
        assert!(text.starts_with("\"a lot\" … \"it went well\" cannot"), "{text}");
    }

    #[test]
    fn a_metric_without_a_number_is_not_called_one() {
        let text = why(Verdict::Keep, Reason::Metric, "It went up.", &[], None);
        assert_eq!(text, "\"It went up\" measures something.");
    }

    #[test]
    fn a_long_sentence_is_quoted_by_its_opening() {
        let text = why(Verdict::Cut, Reason::Tangent, "one two three four five six seven eight", &[], None);
        assert!(text.starts_with("\"one two three four five six seven …\""), "{text}");
    }
}
