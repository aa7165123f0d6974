//! `cutlist open`: a take as a page in the browser.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Status;
use crate::cli::OpenArgs;
use crate::env::Env;
use crate::files;
use crate::history::pages;
use crate::paths::make_private;
use crate::pipeline::show;
use crate::report::redact::redact;
use crate::terminal::{print, tell};
use crate::verdicts::bands::Bands;

/// Runs `open`.
pub fn run(args: &OpenArgs, env: &Env) -> Result<Status> {
    let (store, id) = env.take(&args.take)?;
    let report = store.corrected_report(id)?;
    let shown = if args.redact { redact(&report).context("the report cannot be redacted")? } else { report };
    let page = show::page(&shown, Bands::bundled())?;
    let folder = env.paths.pages();
    make_private(&folder, "CUTLIST_DATA")?;
    let path = folder.join(pages::name(id, args.redact));
    files::write(&path, &page.text)?;
    if let Some(why) = &page.lost {
        tell(&format!("cutlist: the page has no sound. {why}"));
    }
    print(&format!("{}\n", path.display()))?;
    if !args.print
        && let Err(why) = browse(&path)
    {
        tell(&format!("cutlist: no browser was opened: {why}; open the page by its path"));
    }
    Ok(Status::Done)
}

/// Opens the page, or says why not.
fn browse(path: &Path) -> Result<(), String> {
    if std::env::var_os("CUTLIST_NO_BROWSER").is_some_and(|value| !value.is_empty()) {
        return Err("CUTLIST_NO_BROWSER is set".into());
    }
    if !std::io::stdout().is_terminal() {
        return Err("the output is no terminal".into());
    }
    if !has_screen() {
        return Err("there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)".into());
    }
    open::that_detached(path).map_err(|error| error.to_string())
}

/// Whether there is a screen to show a browser on: on Linux without one, a text browser would take the terminal over.
fn has_screen() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(set)
}
