//! Arguments of the commands that look back: `history`, `trends`, `compare`, `stories`, `plan`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The subcommands of `history`.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "TAKE is a number from `cutlist history list`, `last`, or four or more characters of a take's key.\n\nThe history is one file in your data folder, readable by you alone; CUTLIST_DATA moves it."
)]
pub enum HistoryCommand {
    /// List the takes that are kept, oldest first
    List(HistoryListArgs),
    /// Print a take's report, with your corrections in it
    Show {
        /// Which take
        #[arg(value_name = "TAKE")]
        take: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = super::Format::Text)]
        format: super::Format,
        /// The report as the tool made it, without your corrections
        #[arg(long)]
        uncorrected: bool,
    },
    /// Say where the tool is wrong about a take, or that it is right; that is kept, shown, and counted as its hit rate
    Correct(CorrectArgs),
    /// Remove takes for good; no word of them stays (recordings are your own files, and stay)
    Remove {
        /// Which takes
        #[arg(value_name = "TAKE", required = true)]
        takes: Vec<String>,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Write the takes as JSON Lines, which `import` reads back, or as a table (CSV)
    Export {
        /// How to write them
        #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
        format: ExportFormat,
        /// Write to a file, readable by you alone, instead of standard output
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Take in an export, or the lines of `cutlist analyze --format json`; a take that is here already is passed over
    Import {
        /// The file; `-` reads standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Arguments of `history list`.
#[derive(Debug, Args)]
pub struct HistoryListArgs {
    /// Only takes of this story
    #[arg(long, value_name = "ID")]
    pub story: Option<String>,
    /// Only takes of this kind of question
    #[arg(long, value_name = "KIND", value_parser = super::kinds())]
    pub kind: Option<String>,
    /// How to print them: a table, JSON (an object a line) or CSV
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

/// Arguments of `history correct`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cutlist history correct last --conclusion 4\n  cutlist history correct 12 --sentence 3 --verdict keep\n  cutlist history correct 12 --agree\n\nCorrections are kept beside what the tool said; trends count the corrected figures."
)]
pub struct CorrectArgs {
    /// Which take
    #[arg(value_name = "TAKE")]
    pub take: String,
    /// Number of the sentence that is the conclusion (as the report counts, from 1); 0 for none
    #[arg(long, value_name = "N", group = "say")]
    pub conclusion: Option<usize>,
    /// Number of the sentence whose verdict is wrong
    #[arg(long, value_name = "N", requires = "verdict", group = "say")]
    pub sentence: Option<usize>,
    /// What should happen to that sentence
    #[arg(long, value_enum, requires = "sentence")]
    pub verdict: Option<VerdictArg>,
    /// The tool is right about all that is not corrected
    #[arg(long, group = "say")]
    pub agree: bool,
}

/// Verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names are the rubric's")]
pub enum VerdictArg {
    Keep,
    Trim,
    Cut,
}

/// Formats of a list of takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    Text,
    /// An object a line
    Json,
    /// For a spreadsheet
    Csv,
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: everything
    Json,
    /// A row a take: the figures
    Csv,
}
