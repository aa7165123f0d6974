//! How an older database becomes today's: a list of steps that is only ever added to.
//!
//! `PRAGMA user_version` says how many steps a database has been through. A step that was published is never
//! changed, since databases out there have been through it as it was; a test holds each to its hash.

#![allow(clippy::cast_possible_wrap, reason = "the steps are few")]

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// The steps, first to last. The format's number is how many have been taken.
pub const STEPS: [&str; 3] = [
    include_str!("migrations/1-takes.sql"),
    include_str!("migrations/2-corrections.sql"),
    include_str!("migrations/3-figures.sql"),
];

/// Today's format.
pub const NEWEST: i64 = STEPS.len() as i64;

/// The format of a database; 0 for an empty one.
pub fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes the steps that are missing, all or none. Two programs may do this at once: the second waits, and finds
/// nothing left to do.
pub fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? >= NEWEST {
        return Ok(());
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let done = usize::try_from(version(&transaction)?).unwrap_or_default();
    for (step, sql) in STEPS.iter().enumerate().skip(done) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step as i64 + 1)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Store;
    use crate::history::take::TakeName;

    /// A database as the program of that format wrote it, with a take in it.
    fn database_of_version(version: usize, path: &std::path::Path) {
        let connection = Connection::open(path).unwrap();
        for (step, sql) in STEPS.iter().enumerate().take(version) {
            connection.execute_batch(sql).unwrap();
            connection.pragma_update(None, "user_version", step as i64 + 1).unwrap();
        }
        if version >= 1 {
            let report = include_str!("../../tests/fixtures/history/report-1.json").trim_end();
            let (figures, values) = if version < 3 {
                (
                    "words, sentences, cut, has_conclusion, conclusion_s, words_before, fillers, vague, metrics,
                     speech_s, answer_s, words_per_minute, owned_share, stretches, ",
                    "90, 7, 3, 1, 12.5, 30, 2, 3, 1, 40.0, 44.0, 130.0, 0.5, 1, ",
                )
            } else {
                ("", "")
            };
            let insert = format!(
                "INSERT INTO takes (key, at_ms, saved_ms, path, sha256, kind, question, story, engine, model, judge,
                 lexicon_sha256, cutlist_version, {figures} report)
                 VALUES ('aa11', 1000, 2000, 'a.wav', 'ff', 'leadership', 'Why?', 'tax', 'whisper.cpp', 'base', 'j',
                 'l', '0.1.0', {values} ?1)"
            );
            connection.execute(&insert, [report]).unwrap();
        }
        if version >= 2 {
            let (figures, values) = if version < 3 {
                (", cut, has_conclusion, conclusion_s, words_before", ", 3, 1, 4.0, 9")
            } else {
                ("", "")
            };
            let insert = format!(
                "INSERT INTO corrections (take, at_ms, what, sentence, was, now{figures})
                 VALUES (1, 3000, 'conclusion', 0, '2', '1'{values})"
            );
            connection.execute(&insert, []).unwrap();
        }
    }

    #[test]
    fn a_database_of_every_older_version_opens_with_its_takes() {
        for version in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("history.sqlite3");
            database_of_version(version, &path);
            let store = Store::open(&path).unwrap();
            assert_eq!(super::version(store.connection()).unwrap(), NEWEST, "from {version}");
            let takes = store.takes().unwrap();
            assert_eq!(takes.len(), usize::from(version >= 1), "from {version}");
            if version >= 1 {
                // Read from the report, with the correction in it; the columns that formats 1 and 2 had are gone.
                let expected = if version >= 2 { "0.0 s" } else { "2.9 s" };
                assert_eq!(takes[0].figures.conclusion(""), expected, "from {version}");
                let run = takes[0].figures.measured(&crate::measures::run::MEASURE).unwrap();
                assert!((run.value() - 16.3).abs() < 0.05, "a measure that format {version} did not know: {run:?}");
                let id = store.find(&"1".parse::<TakeName>().unwrap()).unwrap();
                assert_eq!(store.report(id).unwrap().schema_version, 1);
            }
        }
    }

    #[test]
    fn a_published_step_is_never_changed() {
        use sha2::{Digest as _, Sha256};
        let hashes: Vec<String> =
            STEPS.iter().map(|sql| crate::files::hex(&Sha256::digest(sql.as_bytes())[..6])).collect();
        assert_eq!(
            hashes,
            ["3f0aa2751e10", "43ac3cae562f", "f06fdbec4ac5"],
            "add a step; never edit one that databases have been through"
        );
    }

    #[test]
    fn a_newer_database_is_left_alone_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite3");
        database_of_version(2, &path);
        Connection::open(&path).unwrap().pragma_update(None, "user_version", NEWEST + 7).unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Store::open(&path).unwrap_err().to_string();
        assert!(error.contains("install the version that wrote it"), "{error}");
        assert_eq!(before, std::fs::read(&path).unwrap());
    }
}
