//! Report → something to read. Formats only; computes nothing.

pub mod csv;
pub mod edl;
pub mod json;
pub mod labels;
pub mod markdown;
pub mod page;
pub mod redact;
mod sheet;
pub mod subtitles;
pub mod text;

use clap::ValueEnum;

/// Formats of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading in a terminal
    Text,
    /// For programs: one object a file, a line each (schema 1, see `cutlist schema`)
    Json,
    /// For notes
    Markdown,
    /// A page to look at and listen to; give -o with it, and open the file in a browser
    Html,
    /// The cut list for a spreadsheet, a row a sentence
    Csv,
}
