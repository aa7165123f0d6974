//! The `cutlist` command: parse arguments, run, map the result to an exit status.

use std::process::ExitCode;

use clap::Parser as _;
use cutlist::cli::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let status = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe behind `--help` is no error.
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    match cutlist::commands::run(cli) {
        Ok(status) => status.into(),
        Err(error) => cutlist::commands::complain(&error),
    }
}
