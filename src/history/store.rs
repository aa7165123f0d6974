//! The database of takes: one `SQLite` file in the user's data folder, readable by its owner alone.
//!
//! Each take is written in a transaction of its own and is on the disk when [`Store::keep`] returns (write-ahead log,
//! `synchronous = FULL`), so a program that is killed loses at most the take it was writing, and two programs may
//! write at once. Nothing is overwritten; [`Store::remove`] is the one exception, and it leaves no word behind.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::correction::{Correction, HitRate, Ruled, corrected};
use super::figures::{Figures, READ_BY};
use super::migrations;
use super::take::{Entry, Take, TakeName};
use super::{HistoryError, Instrument, exchange};
use crate::document::Report;
use crate::judge::Verdict;
use crate::paths;

/// How long a write waits for another program's to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open history.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

/// Every column of [`Take`], its figures last where this list of measures read them.
const COLUMNS: &str = "t.id, t.key, t.at_ms, t.saved_ms, t.path, t.sha256, t.kind, t.question, t.story, t.engine,
    t.model, t.judge, t.lexicon_sha256, t.cutlist_version,
    (SELECT count(*) FROM corrections n WHERE n.take = t.id), f.figures
    FROM takes t LEFT JOIN figures f ON f.take = t.id AND f.edition = ?1";

impl Store {
    /// Opens the history at `path`, and makes it where there is none. An older one is brought up to date.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        if let Some(folder) = path.parent() {
            paths::make_private(folder, "CUTLIST_DATA")?;
        }
        make_owners_alone(path)?;
        let of_sql = |source| HistoryError::of_sql(path, source);
        let mut connection = Connection::open(path).map_err(of_sql)?;
        connection.busy_timeout(PATIENCE).map_err(of_sql)?;
        let found = migrations::version(&connection).map_err(of_sql)?;
        if found > migrations::NEWEST {
            return Err(HistoryError::Newer { path: path.display().to_string(), found, known: migrations::NEWEST });
        }
        write_ahead(&connection).map_err(of_sql)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(of_sql)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(of_sql)?;
        // What is removed is overwritten with zeros.
        connection.pragma_update(None, "secure_delete", true).map_err(of_sql)?;
        migrations::migrate(&mut connection).map_err(of_sql)?;
        Ok(Self { path: path.to_path_buf(), connection })
    }

    /// Opens the history where there is one; looking makes none.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        if path.exists() { Self::open(path).map(Some) } else { Ok(None) }
    }

    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn sql(&self, source: rusqlite::Error) -> HistoryError {
        HistoryError::of_sql(&self.path, source)
    }

    /// Keeps a take with what was said of it; its number, and whether it is new. One that is here already stays as
    /// it is.
    pub fn keep(&mut self, entry: &Entry, corrections: &[Correction]) -> Result<(i64, bool), HistoryError> {
        keep(&mut self.connection, entry, corrections).map_err(|source| HistoryError::of_sql(&self.path, source))
    }

    /// Every take, oldest first.
    pub fn takes(&self) -> Result<Vec<Take>, HistoryError> {
        self.rows("ORDER BY t.at_ms, t.id", params![*READ_BY])
    }

    /// One take.
    pub fn take(&self, id: i64) -> Result<Take, HistoryError> {
        let found = self.rows("WHERE t.id = ?2", params![*READ_BY, id])?;
        found.into_iter().next().ok_or_else(|| HistoryError::NoSuchTake(id.to_string()))
    }

    fn rows(&self, which: &str, parameters: &[&dyn rusqlite::ToSql]) -> Result<Vec<Take>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<(Take, bool)>> {
            let mut select = self.connection.prepare(&format!("SELECT {COLUMNS} {which}"))?;
            select.query_map(parameters, take_of_row)?.collect()
        };
        let rows = read().map_err(|source| self.sql(source))?;
        if rows.iter().all(|(_, is_known)| *is_known) {
            return Ok(rows.into_iter().map(|(take, _)| take).collect());
        }
        // At once for writing: one that only read so far is refused when another program has written meanwhile.
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let transaction = transaction.map_err(|source| self.sql(source))?;
        let takes = rows.into_iter().map(|(mut take, is_known)| {
            // A report that cannot be read has no figures here; `history show` says why.
            if !is_known && let Ok(report) = self.corrected_report(take.id) {
                take.figures = Figures::of(&report);
                take.instrument = take.figures.instrument.clone();
                self.remember(&take)?;
            }
            Ok(take)
        });
        let takes = takes.collect::<Result<_, HistoryError>>()?;
        transaction.commit().map_err(|source| self.sql(source))?;
        Ok(takes)
    }

    /// Remembers the figures of a take as its report was just read.
    fn remember(&self, take: &Take) -> Result<(), HistoryError> {
        let figures = serde_json::to_string(&take.figures).map_err(HistoryError::NoReport)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO figures (take, edition, figures) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![take.id, *READ_BY, figures]))
            .map(|_| ())
            .map_err(|source| self.sql(source))
    }

    /// The number of the take that a name means.
    pub fn find(&self, name: &TakeName) -> Result<i64, HistoryError> {
        let found = match name {
            TakeName::Last => self.ids("SELECT id FROM takes ORDER BY at_ms DESC, id DESC LIMIT 1", params![]),
            TakeName::Number(number) => self.ids("SELECT id FROM takes WHERE id = ?1", params![number]),
            TakeName::KeyPrefix(prefix) => {
                self.ids("SELECT id FROM takes WHERE substr(key, 1, length(?1)) = ?1", params![prefix])
            }
        };
        let found = found.map_err(|source| self.sql(source))?;
        match found.as_slice() {
            [id] => Ok(*id),
            [] => Err(HistoryError::NoSuchTake(name.to_string())),
            several => Err(HistoryError::Ambiguous { name: name.to_string().replace('"', ""), count: several.len() }),
        }
    }

    fn ids(&self, sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<Vec<i64>> {
        self.connection.prepare(sql)?.query_map(parameters, |row| row.get(0))?.collect()
    }

    /// The report of a take as it was kept: every key, also those that this version does not know.
    pub fn report_json(&self, id: i64) -> Result<String, HistoryError> {
        self.connection
            .query_row("SELECT report FROM takes WHERE id = ?1", [id], |row| row.get(0))
            .optional()
            .map_err(|source| self.sql(source))?
            .ok_or_else(|| HistoryError::NoSuchTake(id.to_string()))
    }

    /// The report of a take as the tool made it.
    pub fn report(&self, id: i64) -> Result<Report, HistoryError> {
        serde_json::from_str(&self.report_json(id)?).map_err(HistoryError::NoReport)
    }

    /// The report of a take as the user corrected it.
    pub fn corrected_report(&self, id: i64) -> Result<Report, HistoryError> {
        Ok(corrected(&self.report(id)?, &self.corrections(id)?))
    }

    /// What the user said of a take, first to last.
    pub fn corrections(&self, id: i64) -> Result<Vec<Correction>, HistoryError> {
        let read = || {
            let sql = "SELECT at_ms, what, sentence, was, now FROM corrections WHERE take = ?1 ORDER BY id";
            let mut select = self.connection.prepare_cached(sql)?;
            select.query_map([id], correction_of_row)?.collect::<rusqlite::Result<Vec<Option<Correction>>>>()
        };
        // A row of a kind that a later version writes is passed over.
        Ok(read().map_err(|source| self.sql(source))?.into_iter().flatten().collect())
    }

    /// Adds the user's say to a take.
    pub fn correct(&mut self, id: i64, ruled: Ruled, now_ms: i64) -> Result<Correction, HistoryError> {
        let report = self.report(id)?;
        let correction = Correction::of(&report, ruled, now_ms)?;
        insert_correction(&self.connection, id, &correction).map_err(|source| self.sql(source))?;
        Ok(correction)
    }

    /// How often the tool was right on the takes that the user checked.
    pub fn hit_rate(&self) -> Result<HitRate, HistoryError> {
        let mut rate = HitRate::default();
        for take in self.takes()? {
            rate.takes += 1;
            if take.corrections > 0 {
                rate.count(take.figures.sentences, &self.corrections(take.id)?);
            }
        }
        Ok(rate)
    }

    /// Removes takes for good: their rows are overwritten, and what they left in the write-ahead log and in free pages
    /// goes too. Their numbers are not given again. Recordings are files of the user's own and stay.
    pub fn remove(&mut self, ids: &[i64]) -> Result<(), HistoryError> {
        let remove = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM takes WHERE id = ?1", [id])?;
            }
            transaction.commit()?;
            connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
        };
        remove(&mut self.connection).map_err(|source| HistoryError::of_sql(&self.path, source))
    }

    /// A take as a line that [`exchange`] carries elsewhere.
    pub fn export(&self, take: &Take) -> Result<exchange::Line, HistoryError> {
        let report = serde_json::from_str(&self.report_json(take.id)?).map_err(HistoryError::NoReport)?;
        Ok(exchange::Line {
            take: take.id,
            key: take.key.clone(),
            saved_ms: take.saved_ms,
            corrections: self.corrections(take.id)?,
            report,
        })
    }
}

/// Makes the file for its owner alone before `SQLite` does with everyone's rights; its companions inherit them.
fn make_owners_alone(path: &Path) -> Result<(), HistoryError> {
    let failed = |source| HistoryError::File { path: path.display().to_string(), source };
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Switches to the write-ahead log. `SQLite` does not wait for another program that is switching too, so this does.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode {
            Err(error) if tries < 100 && error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            // A file system without shared memory keeps its old journal, which is as safe and slower.
            other => return other.map(|_| ()),
        }
    }
}

fn keep(connection: &mut Connection, entry: &Entry, corrections: &[Correction]) -> rusqlite::Result<(i64, bool)> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let here: Option<i64> = transaction
        .prepare_cached("SELECT id FROM takes WHERE key = ?1")?
        .query_row([&entry.key], |row| row.get(0))
        .optional()?;
    if let Some(id) = here {
        return Ok((id, false));
    }
    let report = &entry.report;
    transaction
        .prepare_cached(
            "INSERT INTO takes (key, at_ms, saved_ms, path, sha256, kind, question, story, engine, model, judge,
             lexicon_sha256, cutlist_version, report)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            entry.key,
            entry.at_ms(),
            entry.saved_ms,
            report.source.path,
            report.source.sha256,
            report.question.kind.map(crate::question::Kind::name),
            report.question.text,
            report.question.story,
            report.engine.name,
            report.engine.model,
            report.engine.judge,
            report.engine.lexicon_sha256,
            report.engine.cutlist_version,
            entry.json,
        ])?;
    let id = transaction.last_insert_rowid();
    for correction in corrections {
        insert_correction(&transaction, id, correction)?;
    }
    transaction.commit()?;
    Ok((id, true))
}

fn insert_correction(connection: &Connection, take: i64, correction: &Correction) -> rusqlite::Result<()> {
    let (what, sentence) = match correction.ruled {
        Ruled::Conclusion { sentence } => ("conclusion", sentence),
        Ruled::Verdict { sentence, .. } => ("verdict", Some(sentence)),
        Ruled::Agreed => ("agreed", None),
    };
    connection
        .prepare_cached(
            "INSERT INTO corrections (take, at_ms, what, sentence, was, now) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            take,
            correction.at_ms,
            what,
            sentence.and_then(|sentence| i64::try_from(sentence).ok()),
            correction.was,
            correction.now(),
        ])?;
    Ok(())
}

/// A take, and whether its figures are remembered.
fn take_of_row(row: &Row<'_>) -> rusqlite::Result<(Take, bool)> {
    let figures = row.get_ref(15)?.as_str_or_null()?.and_then(|text| serde_json::from_str::<Figures>(text).ok());
    let is_known = figures.is_some();
    let take = Take {
        id: row.get(0)?,
        key: row.get(1)?,
        at_ms: row.get(2)?,
        saved_ms: row.get(3)?,
        path: row.get(4)?,
        sha256: row.get(5)?,
        kind: row.get(6)?,
        question: row.get(7)?,
        story: row.get(8)?,
        instrument: Instrument {
            engine: row.get(9)?,
            model: row.get(10)?,
            judge: row.get(11)?,
            lexicon_sha256: row.get(12)?,
            ..figures.as_ref().map(|figures| figures.instrument.clone()).unwrap_or_default()
        },
        cutlist_version: row.get(13)?,
        corrections: row.get(14)?,
        figures: figures.unwrap_or_default(),
    };
    Ok((take, is_known))
}

fn correction_of_row(row: &Row<'_>) -> rusqlite::Result<Option<Correction>> {
    let (what, sentence, now): (String, Option<i64>, Option<String>) = (row.get(1)?, row.get(2)?, row.get(4)?);
    let sentence = sentence.and_then(|sentence| usize::try_from(sentence).ok());
    let verdict = Verdict::ALL.into_iter().find(|verdict| Some(verdict.name()) == now.as_deref());
    let ruled = match (what.as_str(), sentence, verdict) {
        ("conclusion", sentence, _) => Some(Ruled::Conclusion { sentence }),
        ("verdict", Some(sentence), Some(verdict)) => Some(Ruled::Verdict { sentence, verdict }),
        ("agreed", ..) => Some(Ruled::Agreed),
        _ => None,
    };
    let (at_ms, was) = (row.get(0)?, row.get(3)?);
    Ok(ruled.map(|ruled| Correction { at_ms, ruled, was }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = include_str!("../../tests/fixtures/history/report-1.json");

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("deep/history.sqlite3")).unwrap();
        (folder, store)
    }

    fn entry(at: i64) -> Entry {
        Entry::of_json(REPORT.trim_end().into(), at, true).unwrap()
    }

    #[test]
    fn a_kept_take_comes_back_as_it_was() {
        let (_folder, mut store) = store();
        let (id, is_new) = store.keep(&entry(7), &[]).unwrap();
        assert!(is_new);
        assert_eq!(store.report_json(id).unwrap(), REPORT.trim_end());
        assert_eq!(store.take(id).unwrap().figures, Figures::of(&store.report(id).unwrap()));
        assert_eq!(store.keep(&entry(7), &[]).unwrap(), (id, false), "known again");
        assert_eq!(store.keep(&entry(8), &[]).unwrap(), (id + 1, true), "a new analysis is a new record");
        assert_eq!(store.takes().unwrap().len(), 2);
    }

    #[test]
    fn what_measured_a_take_is_read_from_its_report() {
        let (_folder, mut store) = store();
        let early = store.keep(&entry(7), &[]).unwrap().0;
        let json = REPORT.trim_end().replacen(
            "\"cutlist_version\"",
            "\"judge_sha256\":\"ab\",\"rules\":\"1.cd\",\"cutlist_version\"",
            1,
        );
        let today = store.keep(&Entry::of_json(json, 8, true).unwrap(), &[]).unwrap().0;
        let (early, today) = (store.take(early).unwrap().instrument, store.take(today).unwrap().instrument);
        assert_eq!((early.judge_sha256.as_deref(), early.rules.as_deref()), (None, None));
        let recorded = Instrument { judge_sha256: Some("ab".into()), rules: Some("1.cd".into()), ..early };
        assert_eq!(today, recorded);
    }

    #[test]
    fn what_another_list_of_measures_read_is_read_again() {
        let (_folder, mut store) = store();
        let (id, _) = store.keep(&entry(7), &[]).unwrap();
        let figures = store.take(id).unwrap().figures;
        assert_eq!(store.take(id).unwrap().figures, figures, "remembered to the last digit");
        let change = |sql: &str| store.connection.execute(sql, []).unwrap();
        assert_eq!(change("UPDATE figures SET figures = replace(figures, '\"words\":94', '\"words\":1')"), 1);
        assert_eq!(store.take(id).unwrap().figures.words, 1, "the report is not read again");
        change("UPDATE figures SET edition = '0 conclusion'");
        assert_eq!(store.take(id).unwrap().figures, figures);
        change("UPDATE figures SET figures = '{}'");
        assert_eq!(store.takes().unwrap()[0].figures, figures);
    }

    #[test]
    fn a_report_that_cannot_be_read_costs_no_other_take() {
        let (_folder, mut store) = store();
        let (broken, _) = store.keep(&entry(7), &[]).unwrap();
        let (whole, _) = store.keep(&entry(8), &[]).unwrap();
        store.connection.execute("UPDATE takes SET report = 'no report' WHERE id = ?1", [broken]).unwrap();
        let takes = store.takes().unwrap();
        assert_eq!((takes[0].figures.words, takes[1].figures.words, takes[1].id), (0, 94, whole));
    }

    #[cfg(unix)]
    #[test]
    fn the_files_and_the_folder_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, mut store) = store();
        store.keep(&entry(7), &[]).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mut seen = 0;
        for file in std::fs::read_dir(folder.path().join("deep")).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
            seen += 1;
        }
        assert_eq!(seen, 3, "the database, its log and its index");
        assert_eq!(mode(&folder.path().join("deep")), 0o700);
    }

    #[test]
    fn corrections_are_kept_beside_and_change_what_is_listed() {
        let (_folder, mut store) = store();
        let (id, _) = store.keep(&entry(7), &[]).unwrap();
        let before = store.take(id).unwrap().figures;
        store.correct(id, Ruled::Conclusion { sentence: Some(0) }, 9).unwrap();
        store.correct(id, Ruled::Verdict { sentence: 1, verdict: Verdict::Cut }, 10).unwrap();
        let take = store.take(id).unwrap();
        assert_eq!((take.corrections, take.figures.words_before), (2, Some(0)));
        assert_eq!(take.figures.cut, before.cut, "one rescued, one cut");
        assert_eq!(store.report_json(id).unwrap(), REPORT.trim_end(), "what the tool said stays");
        assert_eq!(store.corrected_report(id).unwrap().cuts[1].verdict, Verdict::Cut);
        assert_eq!(take.figures, Figures::of(&store.corrected_report(id).unwrap()), "listed as shown");
        let rate = store.hit_rate().unwrap();
        assert_eq!((rate.takes, rate.checked, rate.conclusions_right), (1, 1, 0));
    }

    #[test]
    fn a_removed_take_leaves_no_word_on_the_disk() {
        let (folder, mut store) = store();
        let marked = REPORT.trim_end().replacen("Great", "Zanzibarquux", 1);
        assert!(marked.contains("Zanzibarquux"));
        let (id, _) = store.keep(&Entry::of_json(marked, 7, true).unwrap(), &[]).unwrap();
        let (other, _) = store.keep(&entry(8), &[]).unwrap();
        store.remove(&[id]).unwrap();
        assert!(matches!(store.take(id), Err(HistoryError::NoSuchTake(_))));
        for file in std::fs::read_dir(folder.path().join("deep")).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(12).any(|window| window == b"Zanzibarquux"));
        }
        let (next, _) = store.keep(&entry(9), &[]).unwrap();
        assert!(next > other && other > id, "numbers are not given again");
    }

    #[test]
    fn takes_are_found_by_number_last_and_key() {
        let (_folder, mut store) = store();
        assert!(store.find(&TakeName::Last).is_err());
        let (first, _) = store.keep(&entry(7), &[]).unwrap();
        let (second, _) = store.keep(&entry(8), &[]).unwrap();
        assert_eq!(store.find(&TakeName::Last).unwrap(), second, "of one recording, the newest record");
        let key = store.take(first).unwrap().key;
        assert_eq!(store.find(&TakeName::KeyPrefix(key[..10].into())).unwrap(), first);
        assert!(matches!(store.find(&TakeName::KeyPrefix(String::new())), Err(HistoryError::Ambiguous { .. })));
        assert!(store.find(&TakeName::Number(99)).unwrap_err().to_string().contains("history list"));
    }

    #[test]
    fn what_is_no_database_is_said_with_the_way_out_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite3");
        std::fs::write(
            &path,
            "this is a shopping list, and long enough to be looked at as a header of a database\n".repeat(20),
        )
        .unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Store::open(&path).unwrap_err().to_string();
        assert!(error.contains("damaged or is no history") && error.contains("import"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn looking_for_a_history_makes_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/history.sqlite3");
        assert!(Store::open_existing(&path).unwrap().is_none());
        assert!(!folder.path().join("data").exists());
    }
}
