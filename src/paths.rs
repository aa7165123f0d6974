//! Where things live on disk. Everything the program keeps is the user's own, readable by its owner
//! alone.
//!
//! | what | where | moved by |
//! |---|---|---|
//! | history, pages, models | the system's data folder for programs, `cutlist` in it | `CUTLIST_DATA` |
//! | settings, word lists, stories | the system's settings folder, `cutlist` in it | `CUTLIST_CONFIG` |
//! | takes | the settings' `recordings`, else `./recordings` where there is one, else the data folder's | `CUTLIST_RECORDINGS` |

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// Why a place cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// The user has no home folder.
    #[error("cannot tell where your home folder is; set HOME, or CUTLIST_DATA and CUTLIST_CONFIG")]
    NoHome(#[source] etcetera::HomeDirError),
    /// A folder cannot be made.
    #[error("cannot make the folder \"{folder}\": {source}; set {variable} to one that you can write to")]
    Make {
        /// The folder.
        folder: String,
        /// The variable that moves it.
        variable: &'static str,
        /// Why.
        source: io::Error,
    },
}

/// The folders of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    data: PathBuf,
    config: PathBuf,
    recordings: Option<PathBuf>,
}

impl Paths {
    /// The folders as the environment says.
    pub fn of_environment() -> Result<Self, PathsError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let (data, config) = (set("CUTLIST_DATA"), set("CUTLIST_CONFIG"));
        let (data, config) = match (data, config) {
            (Some(data), Some(config)) => (data, config),
            (data, config) => {
                let base = etcetera::choose_base_strategy().map_err(PathsError::NoHome)?;
                (
                    data.unwrap_or_else(|| base.data_dir().join("cutlist")),
                    config.unwrap_or_else(|| base.config_dir().join("cutlist")),
                )
            }
        };
        Ok(Self { data, config, recordings: set("CUTLIST_RECORDINGS") })
    }

    /// Folders below one root, for tests.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        Self { data: root.join("data"), config: root.join("config"), recordings: None }
    }

    /// The folder of what the program keeps.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The database of takes.
    #[must_use]
    pub fn history(&self) -> PathBuf {
        self.data.join("history.sqlite3")
    }

    /// The folder of the pages that `cutlist open` writes.
    #[must_use]
    pub fn pages(&self) -> PathBuf {
        self.data.join("pages")
    }

    /// What `calibrate` found last.
    #[must_use]
    pub fn calibration(&self) -> PathBuf {
        self.data.join("calibration.json")
    }

    /// The folder of installed speech models.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// The settings.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The story bank.
    #[must_use]
    pub fn stories_file(&self) -> PathBuf {
        self.config.join("stories.toml")
    }

    /// Where new takes go: `CUTLIST_RECORDINGS`, what the settings say, `./recordings` where the current folder has one,
    /// the data folder.
    #[must_use]
    pub fn recordings(&self, configured: Option<&Path>) -> PathBuf {
        let here = Path::new("recordings");
        self.recordings
            .clone()
            .or_else(|| configured.map(Path::to_path_buf))
            .or_else(|| here.is_dir().then(|| here.to_path_buf()))
            .unwrap_or_else(|| self.data.join("recordings"))
    }
}

/// Makes a folder, and those above it that are missing, for its owner alone. One that is there is left as it is.
pub fn make_private(folder: &Path, variable: &'static str) -> Result<(), PathsError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| PathsError::Make { folder: folder.display().to_string(), variable, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_folder_for_takes_wins_over_the_data_folder() {
        let paths = Paths::below(Path::new("/r"));
        assert_eq!(paths.recordings(Some(Path::new("/takes"))), Path::new("/takes"));
        assert_eq!(paths.history(), Path::new("/r/data/history.sqlite3"));
    }

    #[cfg(unix)]
    #[test]
    fn a_made_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        make_private(&folder, "CUTLIST_DATA").unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_said_with_the_way_out() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let error = make_private(&file.join("folder"), "CUTLIST_DATA").unwrap_err().to_string();
        assert!(error.contains("CUTLIST_DATA"), "{error}");
    }
}
