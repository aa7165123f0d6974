//! Report → something to read. Formats only; computes nothing.

pub mod choices;
pub mod csv;
pub mod document;
pub mod edl;
pub mod joints;
pub mod json;
pub mod labels;
pub mod markdown;
pub mod page;
pub mod redact;
mod sheet;
pub mod stretches;
pub mod subtitles;
pub mod text;
pub mod tight;

pub use document::{Report, Warning};
