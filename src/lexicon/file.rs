//! Reading rule files, strictly.

use serde::Deserialize;

use super::matcher::{Context, Rule};
use super::pattern::{Pattern, PatternError, Sets};

/// What is wrong with a rule file.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// Not TOML, a key nobody reads, or a value of the wrong type.
    #[error("{file}: {source}")]
    Format {
        /// The file's name.
        file: String,
        /// Line, column and what was expected.
        source: Box<toml::de::Error>,
    },
    /// Two rules of one name.
    #[error("{file}: rule `{rule}` is defined twice; rename one or merge their phrases")]
    DuplicateRule {
        /// The second file.
        file: String,
        /// The name.
        rule: String,
    },
    /// A phrase two rules of one class claim.
    #[error("{file}: rule `{rule}`: the phrase `{phrase}` already belongs to rule `{other}`; keep one")]
    DuplicatePhrase {
        /// The second file.
        file: String,
        /// The second rule.
        rule: String,
        /// The phrase.
        phrase: String,
        /// The first rule.
        other: String,
    },
    /// A phrase that does not compile.
    #[error("{file}: rule `{rule}`: {source}")]
    Phrase {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// A condition that says nothing would always hold, and switch its rule off or on for good.
    #[error("{file}: rule `{rule}`: an empty context; name a word before or after, or remove it")]
    EmptyContext {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
    },
    /// A class nobody counts.
    #[error("config.toml: [[lexicon.add]] has the class \"{class}\"; the classes are {known}")]
    UserClass {
        /// As written.
        class: String,
        /// What there is.
        known: String,
    },
    /// Neither or both of what a silence may name.
    #[error(
        "config.toml: [[lexicon.silence]] names either a rule or a phrase; write `rule = \"…\"` or `phrase = \"…\"`"
    )]
    UserSilence,
    /// A rule that is not there.
    #[error(
        "config.toml: [[lexicon.silence]] names the rule \"{rule}\", which is not there; `cutlist explain` lists the rules"
    )]
    UserRule {
        /// As written.
        rule: String,
    },
}

/// `sets.toml`: named lists of words and phrases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetsFile {
    pub(super) sets: Sets,
}

impl SetsFile {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, LexiconError> {
        toml::from_str(text).map_err(|source| LexiconError::Format { file: file.to_owned(), source: Box::new(source) })
    }
}

/// A file of rules of one class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    class: String,
    source: String,
    #[serde(default)]
    unless_measured: bool,
    rule: Vec<RuleEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    class: Option<String>,
    phrase: Vec<String>,
    #[serde(default)]
    only: Vec<ContextEntry>,
    #[serde(default)]
    unless: Vec<ContextEntry>,
    unless_measured: Option<bool>,
    #[serde(default)]
    question: String,
    source: Option<String>,
    flag: Vec<String>,
    #[serde(default)]
    dont_flag: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextEntry {
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    starts: Option<bool>,
    ends: Option<bool>,
    pause_before: Option<bool>,
    pause_after: Option<bool>,
    capitals: Option<bool>,
}

impl RuleFile {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, LexiconError> {
        toml::from_str(text).map_err(|source| LexiconError::Format { file: file.to_owned(), source: Box::new(source) })
    }

    pub(super) fn compile(self, file: &str, sets: &Sets, rules: &mut Vec<Rule>) -> Result<(), LexiconError> {
        for entry in self.rule {
            let id = entry.id.clone();
            if rules.iter().any(|rule| rule.id == id) {
                return Err(LexiconError::DuplicateRule { file: file.to_owned(), rule: id });
            }
            let class = entry.class.clone().unwrap_or_else(|| self.class.clone());
            for (nth, phrase) in entry.phrase.iter().enumerate() {
                let claimed = rules.iter().find(|rule| rule.class == class && rule.phrase.contains(phrase));
                let other = claimed
                    .map(|rule| rule.id.clone())
                    .or_else(|| entry.phrase[..nth].contains(phrase).then(|| id.clone()));
                if let Some(other) = other {
                    return Err(LexiconError::DuplicatePhrase {
                        file: file.to_owned(),
                        rule: id,
                        phrase: phrase.clone(),
                        other,
                    });
                }
            }
            let source = entry.source.clone().unwrap_or_else(|| self.source.clone());
            let unless_measured = entry.unless_measured.unwrap_or(self.unless_measured);
            rules.push(entry.compile(file, class, source, unless_measured, sets)?);
        }
        Ok(())
    }
}

impl RuleEntry {
    fn compile(
        self,
        file: &str,
        class: String,
        source: String,
        unless_measured: bool,
        sets: &Sets,
    ) -> Result<Rule, LexiconError> {
        let compile_all = |phrases: &[String], anchored: bool| -> Result<Vec<Pattern>, LexiconError> {
            phrases
                .iter()
                .map(|phrase| {
                    Pattern::parse(phrase, sets, anchored).map_err(|source| LexiconError::Phrase {
                        file: file.to_owned(),
                        rule: self.id.clone(),
                        source,
                    })
                })
                .collect()
        };
        let contexts = |entries: &[ContextEntry]| -> Result<Vec<Context>, LexiconError> {
            entries
                .iter()
                .map(|entry| {
                    if entry.says_nothing() {
                        return Err(LexiconError::EmptyContext { file: file.to_owned(), rule: self.id.clone() });
                    }
                    Ok(Context {
                        before: compile_all(&entry.before, true)?,
                        after: compile_all(&entry.after, false)?,
                        starts: entry.starts,
                        ends: entry.ends,
                        pause_before: entry.pause_before,
                        pause_after: entry.pause_after,
                        capitals: entry.capitals,
                    })
                })
                .collect()
        };
        Ok(Rule {
            patterns: compile_all(&self.phrase, true)?,
            only: contexts(&self.only)?,
            unless: contexts(&self.unless)?,
            id: self.id,
            class,
            phrase: self.phrase,
            question: self.question,
            source,
            flag: self.flag,
            dont_flag: self.dont_flag,
            unless_measured,
        })
    }
}

impl ContextEntry {
    fn says_nothing(&self) -> bool {
        self.before.is_empty()
            && self.after.is_empty()
            && [self.starts, self.ends, self.pause_before, self.pause_after, self.capitals].iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;

    fn complaint(rule: &str) -> String {
        let text = format!("class = \"hedge\"\nsource = \"test\"\n{rule}");
        Lexicon::load(&[("test.toml", &text)]).map_or_else(|error| error.to_string(), |_| "loaded".to_owned())
    }

    #[test]
    fn an_unknown_key_is_refused_with_file_and_line() {
        let said = complaint("[[rule]]\nid = \"a\"\nphrase = [\"x\"]\nflag = []\ncolour = 1\n");
        assert!(said.contains("test.toml") && said.contains("colour") && said.contains("line 7"), "{said}");
    }

    #[test]
    fn duplicates_are_refused_by_name() {
        let rule = "[[rule]]\nid = \"a\"\nphrase = [\"x\"]\nflag = []\n";
        assert!(complaint(&format!("{rule}{rule}")).contains("rule `a` is defined twice"));
        let twin = "[[rule]]\nid = \"b\"\nphrase = [\"x\"]\nflag = []\n";
        assert!(complaint(&format!("{rule}{twin}")).contains("already belongs to rule `a`"));
    }

    #[test]
    fn a_bad_phrase_names_its_file_and_rule() {
        let said = complaint("[[rule]]\nid = \"a\"\nphrase = [\"so <nothing> good\"]\nflag = []\n");
        assert!(said.contains("test.toml") && said.contains("rule `a`") && said.contains("<nothing>"), "{said}");
    }

    #[test]
    fn an_empty_context_is_refused() {
        let said = complaint("[[rule]]\nid = \"a\"\nphrase = [\"x\"]\nunless = [{}]\nflag = []\n");
        assert!(said.contains("empty context"), "{said}");
    }
}
