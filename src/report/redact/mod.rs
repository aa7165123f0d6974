//! A report that can be shown to others: names and figures out, placeholders in.
//!
//! People, employers, products and everything else with a name become `[person 1]`, `[company 1]`, `[product 1]` or, where nothing
//! tells what it is, `[name 1]`; figures `[figure 1]`; addresses `[link 1]`. The same name is the same placeholder throughout one
//! report. The path, the hash and the date of the recording, the device, and the story's name are left out, as is the sound.
//!
//! There is no model of names here: capitals, what stands beside a word, and lists decide ([`names`]). What these rules miss stays
//! ("the bakery in the old station"), so a redacted report is to be read before it is sent. Where they are in doubt they redact.
//!
//! Indices stay true: a name of several words becomes a placeholder in its first word, and the others keep their place and times with an
//! empty text. Whatever string a later version adds to the report is redacted unless it is named here as one of our own.

mod ledger;
mod lists;
mod names;

use serde_json::Value;

use crate::document::Report;
use crate::transcript::Transcript;
use ledger::Ledger;
use names::{Found, Kind, find, find_in, split};

/// Stands for the recording's path.
const RECORDING: &str = "[recording]";
/// Stands for the story's name.
const STORY: &str = "[story]";

/// Strings that are the program's own words, by their key.
const OUR_OWN: [&str; 12] = [
    "class",
    "reason",
    "verdict",
    "code",
    "origin",
    "kind",
    "name",
    "angle",
    "at",
    "lexicon_sha256",
    "model_sha256",
    "cutlist_version",
];
/// Sentences of the program's that quote the speaker, by their key.
const QUOTING: [&str; 3] = ["why", "costs", "lost"];
/// Numbers that say a figure again, by their key.
const FIGURES: [&str; 3] = ["value", "baseline", "result"];
/// Words before a number that is the program's own count.
const COUNTED: [&str; 2] = ["sentence", "sentences"];

/// The report without names and figures.
///
/// # Errors
/// None in practice: the report is written and read back as JSON, with nothing but texts changed.
pub fn redact(report: &Report) -> Result<Report, serde_json::Error> {
    let mut redactor = Redactor::of(report);
    let mut value = serde_json::to_value(report)?;
    redactor.walk(&mut value, "");
    let mut out: Report = serde_json::from_value(value)?;
    redactor.transcript(&report.transcript, &mut out.transcript);
    out.source.path = RECORDING.into();
    out.source.sha256 = String::new();
    out.source.recorded_at = None;
    out.question.story = out.question.story.map(|_| STORY.into());
    if let Some(story) = &mut out.story {
        story.id = STORY.into();
    }
    // A model's name is no secret; its path may hold the user's name.
    out.engine.clone_from(&report.engine);
    out.engine.model = out.engine.model.take().map(without_path);
    out.calibration.clone_from(&report.calibration);
    if let Some(calibration) = &mut out.calibration {
        calibration.device = "[device]".into();
        calibration.model = calibration.model.take().map(without_path);
    }
    for (warning, before) in out.warnings.iter_mut().zip(&report.warnings) {
        warning.message = match before.code.as_str() {
            "unknown_story" => "the story is not in the bank".into(),
            "silenced" => redactor.text(&before.message),
            // Our own words and our own counts; a name may be in them all the same.
            _ => redactor.told(&before.message),
        };
    }
    Ok(out)
}

/// Whether a report has been redacted.
#[must_use]
pub fn is_redacted(report: &Report) -> bool {
    report.source.path == RECORDING
}

/// The names of one report, and what stands for them.
struct Redactor {
    ledger: Ledger,
}

impl Redactor {
    /// Learns the names of a report from all that is said and asked in it.
    fn of(report: &Report) -> Self {
        let mut all = find(&report.transcript);
        let asked = report.stretches.iter().filter_map(|stretch| stretch.asked.as_ref());
        for text in report.question.text.iter().chain(asked) {
            all.extend(find_in(text));
        }
        Self { ledger: Ledger::of(all) }
    }

    /// Replaces words, and makes the sentences anew from them.
    fn transcript(&mut self, from: &Transcript, to: &mut Transcript) {
        let texts: Vec<&str> = from.words.iter().map(|word| word.text.as_str()).collect();
        let replaced = self.replaced(&texts, find(from));
        for (word, text) in to.words.iter_mut().zip(replaced) {
            word.text = text;
        }
        for sentence in &mut to.sentences {
            let words = to.words.get(sentence.words.indices()).unwrap_or_default();
            let said: Vec<&str> = words.iter().map(|word| word.text.as_str()).filter(|text| !text.is_empty()).collect();
            sentence.text = said.join(" ");
            // It is the sentence with its figures, which are gone.
            sentence.normalised = None;
        }
    }

    /// What somebody said or wrote, its white space made plain.
    fn text(&mut self, text: &str) -> String {
        self.rewritten(text, find_in(text))
    }

    /// What the program says without quoting anybody: only names that are known from elsewhere go.
    fn told(&mut self, text: &str) -> String {
        self.rewritten(text, Vec::new())
    }

    /// What the program says and quotes: its pointers to other sentences stay.
    fn quoting(&mut self, text: &str) -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut found = find_in(text);
        found.retain(|one| {
            let before = one.words.lo.checked_sub(1).and_then(|before| words.get(before));
            one.kind != Kind::Figure || !before.is_some_and(|before| COUNTED.contains(before))
        });
        self.rewritten(text, found)
    }

    fn rewritten(&mut self, text: &str, found: Vec<Found>) -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let replaced = self.replaced(&words, found);
        replaced.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Words with placeholders for what was found in them, and for every name known from elsewhere in the report.
    fn replaced(&mut self, words: &[&str], mut found: Vec<Found>) -> Vec<String> {
        let mut at = 0;
        while at < words.len() {
            let is_taken = |i: usize| found.iter().any(|one| one.words.contains(i));
            match self.ledger.known_at(words, at).filter(|known| !known.words.indices().any(is_taken)) {
                Some(known) => {
                    at = known.words.hi;
                    found.push(known);
                }
                None => at += 1,
            }
        }
        found.sort_by_key(|one| one.words);
        let mut out: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        for one in found {
            let (lo, hi) = (one.words.lo, one.words.hi.min(words.len()));
            if lo >= hi {
                continue;
            }
            let ((lead, ..), (.., tail)) = (split(words[lo]), split(words[hi - 1]));
            out[lo] = format!("{lead}{}{tail}", self.ledger.placeholder(&one));
            for word in &mut out[lo + 1..hi] {
                word.clear();
            }
        }
        out
    }

    fn walk(&mut self, value: &mut Value, key: &str) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    if FIGURES.contains(&key.as_str()) && value.is_number() {
                        *value = Value::Null;
                    } else {
                        self.walk(value, key);
                    }
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|value| self.walk(value, key)),
            Value::String(_) if OUR_OWN.contains(&key) => {}
            Value::String(text) if QUOTING.contains(&key) => *text = self.quoting(text),
            // The story's metric is one of our own words; a text where it is anything else.
            Value::String(text) if key == "metric" && is_plain_name(text) => {}
            Value::String(text) => *text = self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A model's name, unless it is a path.
fn without_path(model: String) -> String {
    if model.contains(['/', '\\']) { "[model]".into() } else { model }
}

/// Whether a text is a name of the document's own, such as `other_figure`.
fn is_plain_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[cfg(test)]
mod tests;
