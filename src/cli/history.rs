//! Arguments of the commands that look back: `history`, `trends`, `compare`, `stories`, `plan`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::history::trends::Rehearsal;
use crate::judge::Verdict;
use crate::measures::Measure;
use crate::question::Kind;

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
        #[arg(long, value_enum, default_value_t = crate::report::Format::Text)]
        format: crate::report::Format,
        /// The report as the tool made it, without your corrections
        #[arg(long)]
        uncorrected: bool,
        /// Put placeholders for names and figures, to show it to others; read it before you send it
        #[arg(long, conflicts_with = "uncorrected")]
        redact: bool,
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
    pub kind: Option<Kind>,
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
    pub verdict: Option<Verdict>,
    /// The tool is right about all that is not corrected
    #[arg(long, group = "say")]
    pub agree: bool,
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

/// Arguments of `trends`.
#[derive(Debug, Args)]
#[command(
    after_help = "Each week's takes are one figure a measure, with the interval in which it may lie. A change is said only where chance alone would hardly show one as large; otherwise the chart says how many more answers would tell. Takes that another model, judge, word list or version of the rules measured are drawn hollow and not compared; `cutlist analyze` on their recordings mends the break.\n\nExamples:\n  cutlist trends\n  cutlist trends --story tax-form --measure conclusion\n  cutlist trends --only cold --format html -o trends.html"
)]
pub struct TrendsArgs {
    /// Weeks to look back from the newest take
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=520))]
    pub weeks: u16,
    /// Only takes of this story
    #[arg(long, value_name = "ID")]
    pub story: Option<String>,
    /// Only takes of this kind of question
    #[arg(long, value_name = "KIND", value_parser = super::kinds())]
    pub kind: Option<Kind>,
    /// Only first takes of a question and story (cold, as the interview will be), or only later ones
    #[arg(long, value_enum)]
    pub only: Option<Rehearsal>,
    /// Only this measure in the terminal; repeatable
    #[arg(long, value_name = "MEASURE", value_parser = super::measures())]
    pub measure: Vec<&'static Measure>,
    /// Charts for the terminal, JSON, CSV (a row a point), or a page of its own
    #[arg(long, value_enum, default_value_t = TrendsFormat::Text)]
    pub format: TrendsFormat,
    /// Write to a file, readable by you alone, instead of standard output
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// Formats of the trends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TrendsFormat {
    Text,
    Json,
    Csv,
    Html,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PlainFormat {
    Text,
    Json,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "The two takes stand side by side, and the other takes of their story say how often a cut came back and whether the figures agree.\n\nExample:\n  cutlist compare 3 last"
)]
pub struct CompareArgs {
    /// The earlier take: its number, `last`, or the beginning of its key
    #[arg(value_name = "TAKE")]
    pub before: String,
    /// The later take
    #[arg(value_name = "TAKE")]
    pub after: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// The subcommands of `stories`.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "The bank is a text file that you can edit: stories.toml in your settings folder (CUTLIST_CONFIG moves it).\nA take is linked with `cutlist analyze FILE --story ID`; the report then says whether it reached the story's own conclusion and named its metric."
)]
pub enum StoriesCommand {
    /// List the stories, a line each
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
        format: PlainFormat,
    },
    /// Add a story, step by step
    Add,
    /// Say what is missing or weak in each story and in the bank; exit status 1 when something is missing
    Check {
        /// How to print it
        #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
        format: PlainFormat,
    },
    /// List the principles, and the stories that show each
    Principles,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}
