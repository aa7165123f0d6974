//! What a command is given beside its arguments: the user's folders, settings, takes and stories, and
//! the clock. Made once, handed down.

use anyhow::{Context as _, Result};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::config::{Config, ConfigError};
use crate::document::Report;
use crate::history::{Entry, Ruled, Store, TakeName};
use crate::paths::{Paths, PathsError};
use crate::pipeline::hear::Ears;
use crate::practice::{Bank, BankError};

/// What an empty history is met with.
pub const NOTHING_YET: &str = "No take is kept yet; `cutlist analyze FILE` keeps each one.\n";

/// The surroundings of a command.
pub struct Env {
    /// The user's folders.
    pub paths: Paths,
    /// When the command was started, in the zone of the user.
    pub now: Zoned,
}

impl Env {
    /// The surroundings as the system gives them.
    pub fn of_system() -> Result<Self, PathsError> {
        Ok(Self { paths: Paths::of_environment()?, now: Zoned::now() })
    }

    /// The user's time zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        self.now.time_zone()
    }

    /// The settings, checked. Read when a command wants them, so that a mistake in them does not cost the others.
    pub fn settings(&self) -> Result<Config, ConfigError> {
        Config::read(&self.paths.config_file())
    }

    /// The history; `None` where no take was kept yet.
    pub fn history(&self) -> Result<Option<Store>> {
        Ok(Store::open_existing(&self.paths.history())?)
    }

    /// The history, and the number of a take in it.
    pub fn take(&self, name: &str) -> Result<(Store, i64)> {
        let name: TakeName = name.parse().map_err(anyhow::Error::msg)?;
        let store = self.history()?.with_context(|| NOTHING_YET.trim_end().to_owned())?;
        let id = store.find(&name)?;
        Ok((store, id))
    }

    /// The user's stories.
    pub fn stories(&self) -> Result<Bank, BankError> {
        Bank::read(&self.paths.stories_file())
    }

    /// Ears with the model that was asked for, else the one of the settings, else the default one.
    #[must_use]
    pub fn ears(&self, model: Option<String>, settings: &Config, jobs: Option<u16>) -> Ears {
        Ears::new(model.or_else(|| settings.model.clone()), self.paths.models(), jobs)
    }

    /// Keeps a report, with the whole path of its recording and with the user's say on it where there is one; its number.
    pub fn keep(&self, report: &Report, said: Option<Ruled>) -> Result<i64> {
        let now_ms = Timestamp::now().as_millisecond();
        let mut kept = report.clone();
        // As given it is right only in the folder of today.
        if kept.source.path != "-"
            && let Some(path) =
                std::path::absolute(&kept.source.path).ok().and_then(|path| Some(path.to_str()?.to_owned()))
        {
            kept.source.path = path;
        }
        let entry = Entry::of_json(serde_json::to_string(&kept)?, now_ms, true)?;
        let mut store = Store::open(&self.paths.history())?;
        let (id, _) = store.keep(&entry, &[])?;
        if let Some(said) = said {
            store.correct(id, said, now_ms)?;
        }
        Ok(id)
    }
}
