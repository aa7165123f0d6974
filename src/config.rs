//! The user's settings, read and checked once: `config.toml` in the settings folder. No file means
//! the defaults.
//!
//! ```toml
//! recordings = "/home/me/takes"   # where `record` puts takes
//! model = "small.en"              # speech model
//!
//! [[lexicon.add]]                 # a phrase of your own to flag
//! class = "jargon"
//! phrase = ["blue sky"]
//!
//! [[lexicon.silence]]             # a rule or a phrase to leave alone, and why
//! phrase = "at scale"
//! reason = "a term of art in my field"
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::lexicon::UserRules;

/// Settings; every one may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of the takes.
    pub recordings: Option<PathBuf>,
    /// Speech model: a name or a path.
    pub model: Option<String>,
    /// The user's own word list.
    pub lexicon: UserRules,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there and cannot be read.
    #[error(
        "cannot read the settings \"{path}\": {source}; mend its permissions, or set CUTLIST_CONFIG to another folder"
    )]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error(
        "the settings \"{path}\" are wrong: {message}; mend that line, or move the file away to go on with the defaults"
    )]
    Parse {
        /// The file.
        path: String,
        /// What is wrong, with its line.
        message: String,
    },
}

impl Config {
    /// Reads the settings from `path`; the defaults where there is no file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ConfigError::Read { path: path.display().to_string(), source }),
        };
        toml::from_str(&text).map_err(|error| ConfigError::Parse {
            path: path.display().to_string(),
            message: error.to_string().trim_end().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn no_file_means_the_defaults() {
        assert_eq!(Config::read(Path::new("/no/such/config.toml")).unwrap(), Config::default());
    }

    #[test]
    fn settings_are_read() {
        let (_folder, path) = file("model = \"small.en\"\n");
        assert_eq!(Config::read(&path).unwrap().model.as_deref(), Some("small.en"));
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_line_and_the_way_out() {
        let (_folder, path) = file("modell = \"small.en\"\n");
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.contains("modell") && error.contains("defaults"), "{error}");
    }
}
