//! Studies that look inside the library: `cargo run --profile quick --example study -- NAME …`.
//!
//! The others are Python beside this folder, on the program as a user has it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a study")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its report")]

mod ablation;
#[path = "../labelled.rs"]
mod labelled;
mod second_voice;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo run --profile quick --example study -- NAME PATH…

  ablation FOLDER…      what rules and tags are worth alone and together, on labelled answers
  second-voice FILE…    what recordings say of the voices and the line in them";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    match name.as_str() {
        "ablation" if !paths.is_empty() => ablation::run(&paths),
        "second-voice" if !paths.is_empty() => second_voice::run(&paths),
        "--help" => println!("{USAGE}"),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
