//! Findings → verdicts: what each sentence does for the answer, and what happens to it.

pub mod bands;
pub mod cuts;
mod echo;
pub mod fit;
pub mod rulings;
pub mod tighten;
pub mod tightened;
mod why;
