//! `cutlist doctor`: finds takes with a broken header, and mends them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Status;
use crate::capture::repair::{self, Health};
use crate::cli::DoctorArgs;
use crate::env::Env;
use crate::terminal::print;
use crate::units::Seconds;

/// Examines takes; with `--repair`, mends them.
pub fn run(args: &DoctorArgs, env: &Env) -> Result<Status> {
    let takes = takes(&args.paths, env)?;
    let mut needs = 0;
    let mut hopeless = 0;
    let mut text = String::new();
    for path in &takes {
        let (line, outcome) = look(path, args.repair);
        text.push_str(&format!("{}: {line}\n", path.display()));
        match outcome {
            Outcome::Fine => {}
            Outcome::NeedsRepair => needs += 1,
            Outcome::Hopeless => hopeless += 1,
        }
    }
    if takes.is_empty() {
        text.push_str("There are no takes here yet; `cutlist record` makes one.\n");
    } else if needs == 0 && hopeless == 0 {
        text.push_str(&format!("{} in order.\n", count(takes.len())));
    } else if needs > 0 {
        text.push_str(&format!("{} can be mended: cutlist doctor --repair\n", count(needs)));
    }
    print(&text)?;
    if hopeless > 0 {
        bail!("{} cannot be mended; the lines above say why, and nothing was changed in them", count(hopeless));
    }
    Ok(if needs > 0 { Status::LimitMissed } else { Status::Done })
}

fn count(n: usize) -> String {
    if n == 1 { "1 take".into() } else { format!("{n} takes") }
}

fn takes(paths: &[PathBuf], env: &Env) -> Result<Vec<PathBuf>> {
    let mut paths = paths.to_vec();
    if paths.is_empty() {
        let settings = env.settings()?;
        paths.extend(Some(env.paths.recordings(settings.recordings.as_deref())).filter(|folder| folder.is_dir()));
    }
    let mut takes = Vec::new();
    for path in paths {
        if path.is_dir() {
            takes.extend(
                repair::takes_in(&path).with_context(|| format!("cannot read the folder \"{}\"", path.display()))?,
            );
        } else {
            takes.push(path);
        }
    }
    Ok(takes)
}

enum Outcome {
    Fine,
    NeedsRepair,
    Hopeless,
}

fn look(path: &Path, mend: bool) -> (String, Outcome) {
    let what = match repair::examine(path) {
        Health::Sound { seconds } => return (format!("in order, {}", Seconds(seconds)), Outcome::Fine),
        Health::Empty => return ("empty: there is no sound in it".into(), Outcome::Fine),
        Health::WrongLengths { stated_s, true_s } => {
            format!("the header says {}, the file holds {}", Seconds(stated_s), Seconds(true_s))
        }
        Health::NoHeader { true_s, .. } => format!("the header is gone; {} of sound are there", Seconds(true_s)),
        Health::Unknown | Health::Unreadable(_) => {
            let why = repair::repair(path).err().map(|error| error.to_string()).unwrap_or_default();
            return (why, Outcome::Hopeless);
        }
    };
    if !mend {
        return (what, Outcome::NeedsRepair);
    }
    match repair::repair(path) {
        Ok(mended) if mended == path => (format!("{what}; mended"), Outcome::Fine),
        Ok(copy) => (format!("{what}; mended in {}", copy.display()), Outcome::Fine),
        Err(error) => (format!("{what}; {error}"), Outcome::Hopeless),
    }
}
