//! Standard output, for reports, and standard error, for all else.

use std::io::{ErrorKind, Write as _};

use anyhow::{Context as _, Result};

/// Prints to standard output; styles are stripped off a terminal and with `NO_COLOR`. A pipe closed
/// by its reader (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Tells the user something that is not the report, on standard error. Nobody is left to tell when
/// that fails.
pub fn tell(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Asks on standard error; the answer is typed on the same line.
pub fn ask(text: &str) {
    let mut out = anstream::stderr().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

/// The terminal's width, or 100 columns where there is none.
#[must_use]
pub fn columns() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}
