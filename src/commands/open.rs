//! `cutlist open`: a take as a page in the browser.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{Status, history, output, page};
use crate::cli::OpenArgs;
use crate::paths::{Paths, make_private};
use crate::report::redact::redact;
use crate::verdicts::bands::Bands;

/// Runs `open`.
pub fn run(args: &OpenArgs) -> Result<Status> {
    let (store, id) = history::found(&args.take)?;
    let report = store.corrected_report(id)?;
    let shown = if args.redact { redact(&report).context("the report cannot be redacted")? } else { report };
    let page = page::render(&shown, &Bands::bundled())?;
    let pages = Paths::of_environment()?.pages();
    make_private(&pages, "CUTLIST_DATA")?;
    let path = pages.join(name(id, args.redact));
    output::write(&path, &page.text)?;
    if let Some(why) = &page.lost {
        output::tell(&format!("cutlist: the page has no sound. {why}"));
    }
    output::print(&format!("{}\n", path.display()))?;
    if !args.print
        && let Err(why) = browse(&path)
    {
        output::tell(&format!("cutlist: no browser was opened: {why}; open the page by its path"));
    }
    Ok(Status::Done)
}

fn name(id: i64, is_redacted: bool) -> String {
    format!("take-{id}{}.html", if is_redacted { ".redacted" } else { "" })
}

/// The page of a take, where it was written before.
pub(super) fn written_page(pages: &Path, id: i64) -> Option<PathBuf> {
    Some(pages.join(name(id, false))).filter(|path| path.is_file())
}

/// Removes the pages of a take that is removed.
pub(super) fn remove_pages(id: i64) -> Result<()> {
    let pages = Paths::of_environment()?.pages();
    for is_redacted in [false, true] {
        let path = pages.join(name(id, is_redacted));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| {
                    format!("the take is removed, but not its page \"{}\"; remove it yourself", path.display())
                });
            }
            _ => {}
        }
    }
    Ok(())
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
