//! The user's own word list, from `config.toml`: phrases to flag, and rules or phrases to leave alone.
//!
//! ```toml
//! [[lexicon.add]]
//! class = "jargon"                       # a class of the rubric: hedge, weasel_quantity, jargon, … or discourse_marker
//! phrase = ["blue sky", "~circle back"]  # written as in the lexicon's README
//! question = "What exactly?"             # optional
//!
//! [[lexicon.silence]]
//! phrase = "at scale"                    # or: rule = "i-think", a name that `cutlist explain` lists
//! reason = "a term of art in my field"
//! ```

use serde::Deserialize;

use super::{LexiconError, Rule};

/// Classes that a user may add phrases to: those that come from phrases alone.
pub const ADDABLE: [&str; 7] = [
    "discourse_marker",
    "hedge",
    "weasel_quantity",
    "jargon",
    "diffuse_ownership",
    "empty_enthusiasm",
    "empty_outcome",
];

/// The user's word list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserRules {
    /// Phrases to flag.
    pub add: Vec<Added>,
    /// What to leave alone.
    pub silence: Vec<Silenced>,
}

/// Phrases of one class to flag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// A class of the rubric, one of [`ADDABLE`].
    pub class: String,
    /// The phrases, written as in the lexicon's README.
    pub phrase: Vec<String>,
    /// The question they beg.
    #[serde(default)]
    pub question: String,
}

/// A rule or a phrase to leave alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silenced {
    /// A rule's name.
    #[serde(default)]
    pub rule: Option<String>,
    /// A phrase, in the words the report quotes it in.
    #[serde(default)]
    pub phrase: Option<String>,
    /// Why; shown wherever something was left alone.
    pub reason: String,
}

impl Silenced {
    /// Whether it covers a finding of `rule` with these words.
    #[must_use]
    pub fn covers(&self, rule: &str, text: &str) -> bool {
        self.rule.as_deref().is_some_and(|own| own == rule)
            || self.phrase.as_deref().is_some_and(|own| plain(own) == plain(text))
    }

    /// What it is about, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rule.as_deref().or(self.phrase.as_deref()).unwrap_or_default()
    }
}

/// Lower-case words without the punctuation around each.
fn plain(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

impl UserRules {
    /// Whether the user changed nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.silence.is_empty()
    }

    /// The additions as a rule file each, in the lexicon's own format. A phrase that a built-in rule has, or comes to have in a
    /// later version, is no mistake of the user's and is passed over.
    pub(super) fn files(&self, known: &[Rule]) -> Result<Vec<(String, String)>, LexiconError> {
        self.add
            .iter()
            .enumerate()
            .map(|(i, added)| {
                if !ADDABLE.contains(&added.class.as_str()) {
                    return Err(LexiconError::UserClass { class: added.class.clone(), known: ADDABLE.join(", ") });
                }
                let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
                let is_new = |phrase: &&String| {
                    !known.iter().any(|rule| rule.class == added.class && rule.phrase.contains(phrase))
                };
                let lower: Vec<String> = added.phrase.iter().map(|phrase| phrase.to_lowercase()).collect();
                let phrases: Vec<String> = lower.iter().filter(is_new).map(|phrase| quoted(phrase)).collect();
                let question = if added.question.is_empty() { "What exactly?" } else { &added.question };
                let text = format!(
                    "class = {}\nsource = \"your config.toml\"\n[[rule]]\nid = \"my-{}\"\nphrase = [{}]\nquestion = {}\nflag = []\n",
                    quoted(&added.class),
                    i + 1,
                    phrases.join(", "),
                    quoted(question)
                );
                Ok(("config.toml".to_owned(), text))
            })
            .collect()
    }

    /// Refuses a silence that can never cover anything.
    pub(super) fn check(&self, rules: &[Rule]) -> Result<(), LexiconError> {
        for silenced in &self.silence {
            match (&silenced.rule, &silenced.phrase) {
                (Some(_), Some(_)) | (None, None) => return Err(LexiconError::UserSilence),
                (Some(name), None) if !rules.iter().any(|rule| rule.id == *name) => {
                    return Err(LexiconError::UserRule { rule: name.clone() });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lexicon, Tokens};
    use super::*;

    fn user(text: &str) -> UserRules {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_added_phrase_is_flagged() {
        let rules = user("[[add]]\nclass = \"jargon\"\nphrase = [\"Big bets\", \"at scale\"]\n");
        let lexicon = Lexicon::english_with(&rules).unwrap();
        let seen = Tokens::of_text("we made big bets");
        let hits = lexicon.matches(&seen, |class| class == "jargon");
        assert_eq!(hits.len(), 1);
        assert_eq!(lexicon.rules()[hits[0].rule].id, "my-1");
        assert_ne!(lexicon.sha256(), Lexicon::english().unwrap().sha256());
    }

    #[test]
    fn a_silence_covers_its_rule_or_its_words_and_nothing_else() {
        let silenced = user("[[silence]]\nphrase = \"At scale\"\nreason = \"term of art\"\n").silence.remove(0);
        assert!(silenced.covers("jargon-at-scale", "at scale,"));
        assert!(!silenced.covers("jargon-at-scale", "at large scale"));
        let silenced = user("[[silence]]\nrule = \"i-guess\"\nreason = \"mine\"\n").silence.remove(0);
        assert!(silenced.covers("i-guess", "I guess") && !silenced.covers("i-think", "I guess"));
    }

    #[test]
    fn mistakes_are_said_with_the_way_out() {
        let said = |text: &str| Lexicon::english_with(&user(text)).map_or_else(|e| e.to_string(), |_| "loaded".into());
        assert!(said("[[add]]\nclass = \"rude\"\nphrase = [\"x\"]\n").contains("weasel_quantity"));
        assert!(said("[[silence]]\nrule = \"no-such\"\nreason = \"r\"\n").contains("cutlist explain"));
        assert!(said("[[silence]]\nreason = \"r\"\n").contains("either"));
        assert!(said("[[add]]\nclass = \"jargon\"\nphrase = [\"<nothing>\"]\n").contains("config.toml"));
    }
}
