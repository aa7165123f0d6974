//! What the user's settings leave alone: findings taken out before anything is counted, and said.

use super::finding::Finding;
use super::merge::Spans;
use crate::lexicon::Lexicon;
use crate::transcript::Transcript;

/// A finding that was left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// Its words.
    pub text: String,
    /// The user's reason.
    pub reason: String,
}

/// Takes out the fillers and vague phrases that the user's settings silence, and hands them back.
pub fn apply(spans: &mut Spans, transcript: &Transcript, lexicon: &Lexicon) -> Vec<LeftAlone> {
    let mut out = Vec::new();
    take(&mut spans.fillers, transcript, lexicon, &mut out);
    take(&mut spans.vague, transcript, lexicon, &mut out);
    out
}

fn take<C>(findings: &mut Vec<Finding<C>>, transcript: &Transcript, lexicon: &Lexicon, out: &mut Vec<LeftAlone>) {
    findings.retain(|finding| {
        let text = transcript.text(finding.words);
        let silenced = lexicon.silenced().iter().find(|silenced| silenced.covers(&finding.rule, &text));
        if let Some(silenced) = silenced {
            let text = text.trim_end_matches([',', '.', ';', '?', '!']).to_owned();
            out.push(LeftAlone { text, reason: silenced.reason.clone() });
        }
        silenced.is_none()
    });
}
