//! Findings → verdicts: what each sentence does for the answer, and what happens to it.

pub mod bands;
pub mod cuts;
mod echo;
pub mod fit;
pub mod rules;
pub mod rulings;
pub mod say;
pub mod tighten;
pub mod tightened;
mod why;
