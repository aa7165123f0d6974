//! Report → something to read. Formats only; computes nothing.

pub mod csv;
pub mod document;
pub mod json;
pub mod markdown;
mod sheet;
pub mod stretches;
pub mod text;

pub use document::{Report, Warning};
