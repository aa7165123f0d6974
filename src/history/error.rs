//! Why the history cannot be had.

use crate::paths::PathsError;

/// What went wrong with the history. None of these loses a take that is kept.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] PathsError),
    /// The file cannot be opened or made.
    #[error(
        "cannot open the history \"{path}\": {source}; mend its permissions, or set CUTLIST_DATA to another folder"
    )]
    File {
        /// The database.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It was made by a later version of the program.
    #[error(
        "the history \"{path}\" has format {found}, and this cutlist knows formats up to {known}; install the version that wrote it, or set CUTLIST_DATA to another folder"
    )]
    Newer {
        /// The database.
        path: String,
        /// Its format.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// It is not a database, or a damaged one.
    #[error(
        "the history \"{path}\" is damaged or is no history ({source}); move it away, and bring back a copy or an export with `cutlist history import FILE`"
    )]
    Damaged {
        /// The database.
        path: String,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// Another program holds it for too long.
    #[error("the history \"{path}\" is busy in another program; try again when that is done")]
    Busy {
        /// The database.
        path: String,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// There is no room, or no permission to write.
    #[error("cannot write to the history \"{path}\": {source}; make room or mend its permissions")]
    Write {
        /// The database.
        path: String,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// `SQLite` refuses, for another reason.
    #[error("the history \"{path}\" cannot be read: {source}")]
    Sql {
        /// The database.
        path: String,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The name means no take.
    #[error("there is no take {0}; `cutlist history list` shows those that are kept")]
    NoSuchTake(String),
    /// The name means several takes.
    #[error("\"{name}\" begins {count} takes; write more of it, or the number")]
    Ambiguous {
        /// What was typed.
        name: String,
        /// How many it may mean.
        count: usize,
    },
    /// The stored or given text is no report.
    #[error("this is no report of cutlist: {0}")]
    NoReport(#[source] serde_json::Error),
    /// A correction names a sentence that is not there.
    #[error("the answer has {count} sentences; there is no sentence {number}")]
    NoSuchSentence {
        /// As the user counts, from 1.
        number: usize,
        /// How many there are.
        count: usize,
    },
}

impl HistoryError {
    /// Sorts an error of `SQLite` by what the user can do about it.
    pub(super) fn of_sql(path: &std::path::Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.display().to_string();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged { path, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path, source },
            Some(
                ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::PermissionDenied
                | ErrorCode::CannotOpen,
            ) => Self::Write { path, source },
            _ => Self::Sql { path, source },
        }
    }
}
