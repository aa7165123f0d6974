//! The story bank: one TOML file that its owner edits, with a program's help or without.

use std::path::Path;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::builtin::builtin;
use crate::question::Kind;

/// Why the bank cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// The file is there and cannot be read.
    #[error(
        "cannot read your stories \"{path}\": {source}; mend its permissions, or set CUTLIST_CONFIG to another folder"
    )]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("your stories \"{path}\" cannot be read: {message}; mend that line, or move the file away to begin anew")]
    Parse {
        /// The file.
        path: String,
        /// What is wrong, with its line.
        message: String,
    },
    /// Two stories have one name.
    #[error("two stories in \"{path}\" have the id \"{id}\"; give one of them another")]
    Twice {
        /// The file.
        path: String,
        /// The id.
        id: String,
    },
}

/// One story, as short as it has to be known by heart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Story {
    /// What it is called: `--story ID`.
    pub id: String,
    /// The kind of question it answers.
    pub kind: Option<Kind>,
    /// The leadership principle that it shows.
    pub principle: String,
    /// The one that it can show if the first is taken.
    pub backup: String,
    /// The whole of it in one line, its conclusion first.
    pub line: String,
    /// Who hurt, and how.
    pub problem: String,
    /// What you did.
    pub action: String,
    /// What it moved, from what to what.
    pub metric: String,
    /// What you would change.
    pub reflection: String,
}

/// A company's principles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principles {
    /// Whose.
    pub company: String,
    /// Where the list is from.
    #[serde(default)]
    pub source: String,
    /// By name.
    pub names: Vec<String>,
}

/// Texts that are no stories and are practised all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Frames {
    /// How a product-sense answer is built: segment, friction, metric, guardrail.
    pub product_sense: String,
    /// How an execution answer is built: scope, sequence, risk.
    pub execution: String,
    /// What is said about pay: level and scope first.
    pub compensation: String,
}

/// The whole bank.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bank {
    /// Whose principles the stories show; `amazon` where it is not said.
    pub company: Option<String>,
    /// The stories.
    #[serde(rename = "story")]
    pub stories: Vec<Story>,
    /// The frames and the script.
    pub frames: Frames,
    /// Lists that come to those built in.
    pub principles: Vec<Principles>,
}

#[derive(Deserialize)]
struct PrinciplesFile {
    principles: Vec<Principles>,
}

static BUILT_IN: LazyLock<PrinciplesFile> = builtin!("principles.toml");

impl Bank {
    /// Reads the bank; an empty one where there is no file.
    pub fn read(path: &Path) -> Result<Self, BankError> {
        let name = || path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(BankError::Read { path: name(), source }),
        };
        let bank: Self = toml::from_str(&text)
            .map_err(|error| BankError::Parse { path: name(), message: error.to_string().trim_end().to_owned() })?;
        for (i, story) in bank.stories.iter().enumerate() {
            if bank.stories[..i].iter().any(|other| other.id == story.id) {
                return Err(BankError::Twice { path: name(), id: story.id.clone() });
            }
        }
        Ok(bank)
    }

    /// The story of that name.
    #[must_use]
    pub fn story(&self, id: &str) -> Option<&Story> {
        self.stories.iter().find(|story| story.id == id)
    }

    /// The principles that the stories are to show; `None` where the bank names a company without a list.
    #[must_use]
    pub fn principles(&self) -> Option<&Principles> {
        let company = self.company.as_deref().unwrap_or("amazon");
        self.principles.iter().chain(&BUILT_IN.principles).find(|list| list.company.eq_ignore_ascii_case(company))
    }
}

impl Story {
    /// The story as a block of the file, to be added at its end.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        Ok(format!("\n[[story]]\n{}", toml::to_string(self)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(text: &str) -> Result<Bank, BankError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stories.toml");
        std::fs::write(&path, text).unwrap();
        Bank::read(&path)
    }

    #[test]
    fn an_added_story_reads_back_after_whatever_was_there() {
        let story =
            Story { id: "tax".into(), kind: Some(Kind::Leadership), line: "I \"won\".\n".into(), ..Story::default() };
        let text =
            format!("# mine\ncompany = \"amazon\"\n[frames]\nexecution = \"scope\"\n{}", story.to_toml().unwrap());
        let bank = bank(&text).unwrap();
        assert_eq!(bank.story("tax"), Some(&story));
        assert_eq!(bank.frames.execution, "scope");
    }

    #[test]
    fn the_sixteen_principles_are_there_and_others_can_be_added() {
        assert_eq!(Bank::default().principles().unwrap().names.len(), 16);
        let acme = bank("company = \"acme\"\n[[principles]]\ncompany = \"Acme\"\nnames = [\"Own it\"]\n").unwrap();
        assert_eq!(acme.principles().unwrap().names, ["Own it"]);
        assert!(bank("company = \"nobody\"\n").unwrap().principles().is_none());
    }

    #[test]
    fn a_wrong_file_is_said_with_its_line() {
        let error = bank("[[story]]\nid = \"a\"\nkindd = \"failure\"\n").unwrap_err().to_string();
        assert!(error.contains("kindd") && error.contains('3'), "{error}");
        assert!(bank("[[story]]\nid = \"a\"\n[[story]]\nid = \"a\"\n").unwrap_err().to_string().contains("another"));
        assert_eq!(Bank::read(Path::new("/no/such.toml")).unwrap(), Bank::default());
    }
}
