//! The stages in a row: a file or a microphone becomes words, the words a report.

pub mod analyze;
pub mod export;
pub mod hear;
pub mod limits;
pub mod live;
pub mod show;
mod stretches;
pub mod take;
