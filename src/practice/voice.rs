//! The interviewer's voice: whatever speech program the system has.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Programs that speak, best first, and what makes them wait until they are done.
const PROGRAMS: [(&str, &[&str]); 4] = [("spd-say", &["--wait"]), ("espeak-ng", &[]), ("espeak", &[]), ("say", &[])];

/// A speech program of this system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    program: PathBuf,
    arguments: &'static [&'static str],
}

/// Words being spoken.
#[derive(Debug)]
pub struct Speech(Child);

impl Voice {
    /// The first speech program on the path.
    #[must_use]
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        PROGRAMS.iter().find_map(|(name, arguments)| {
            let program = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())?;
            Some(Self { program, arguments })
        })
    }

    /// The programs that would do, for a message.
    #[must_use]
    pub fn programs() -> String {
        PROGRAMS.map(|(name, _)| name).join(", ")
    }

    /// Starts to say `text`; `None` when the program does not start.
    #[must_use]
    pub fn say(&self, text: &str) -> Option<Speech> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments).arg(text).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().ok().map(Speech)
    }
}

impl Speech {
    /// Whether the last word has been said.
    pub fn is_over(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        // A take that ends in mid-question ends the question too, and leaves no zombie.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
