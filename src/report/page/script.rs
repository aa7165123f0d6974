//! What the page's script reads: times, choices and the tool's verdicts, as JSON that cannot end its own element.

use serde::Serialize;

use crate::document::Report;
use crate::edit::choices::{self, Choice, Stretch};
use crate::judge::Verdict;
use crate::units::Seconds;

#[derive(Serialize)]
struct Answer {
    /// First word to last.
    length_s: Option<Seconds>,
    duration_s: Option<Seconds>,
    /// Where playing starts and stops around each word.
    edges: Vec<Option<(Seconds, Seconds)>>,
    /// Starts of the words that have one, and their numbers, in order of time.
    starts: Vec<(Seconds, usize)>,
    sentences: Vec<Sentence>,
}

#[derive(Serialize)]
struct Sentence {
    lo: usize,
    hi: usize,
    verdict: Verdict,
    choices: Vec<Choice>,
}

/// The JSON; `edges` says for each word where playing starts and stops around it.
pub(super) fn answer(report: &Report, edges: &[Option<Stretch>]) -> Result<String, serde_json::Error> {
    let transcript = &report.transcript;
    let tightened = &report.tightened;
    let mut starts: Vec<(Seconds, usize)> =
        transcript.words.iter().enumerate().filter_map(|(i, word)| Some((word.start_s?, i))).collect();
    starts.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let answer = Answer {
        length_s: tightened.duration_s.zip(tightened.saved_s).map(|(left, saved)| left + saved),
        duration_s: report.source.duration_s,
        edges: edges.iter().map(|edge| edge.map(|edge| (edge.start_s, edge.end_s))).collect(),
        starts,
        sentences: transcript
            .sentences
            .iter()
            .zip(&report.cuts)
            .zip(choices::choices(report))
            .map(|((sentence, cut), choices)| Sentence {
                lo: sentence.words.lo,
                hi: sentence.words.hi,
                verdict: cut.verdict,
                choices,
            })
            .collect(),
    };
    Ok(inert(&serde_json::to_string(&answer)?))
}

/// JSON in which no character has a meaning to an HTML or script parser.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_the_element() {
        let out = inert(&serde_json::to_string("</script><!-- & \u{2028}").unwrap());
        assert!(!out.contains(['<', '>', '&', '\u{2028}']), "{out}");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), "</script><!-- & \u{2028}");
    }
}
