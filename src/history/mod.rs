//! What is kept of every analyzed take, and what the takes say together.
//!
//! A take is kept with its whole report, so that a later version of the program can read more out of it than this
//! one does: the figures of a take are read from it, and remembered. Takes are added and never changed: a new
//! analysis of the same recording is a new record, and what the user corrects is a row beside it.
//!
//! | file | what |
//! |---|---|
//! | [`store`] | the database: open, keep, read, remove |
//! | [`migrations`] | how an older database becomes today's |
//! | [`take`] | a take's record; [`instrument`] is what measured it |
//! | [`figures`] | its figures, read from its report |
//! | [`correction`] | the user's say, and how often the tool was right |
//! | [`exchange`] | takes as JSON Lines and CSV, out and in |
//! | [`trends`] | the takes week by week; [`interval`] and [`change`] say how far to trust them |
//! | [`compare`] | two takes of a story; [`meaning`] tells whether two sentences say the same |
//! | [`pages`] | the page of a take, where one was written |
//! | [`view`] | all of it to look at |

pub mod change;
pub mod compare;
pub mod correction;
mod error;
pub mod exchange;
pub mod figures;
pub mod instrument;
pub mod interval;
pub mod meaning;
pub mod migrations;
pub mod pages;
pub mod store;
pub mod take;
pub mod trends;
pub mod view;

pub use correction::{Correction, HitRate, Ruled};
pub use error::HistoryError;
pub use figures::Figures;
pub use instrument::Instrument;
pub use store::Store;
pub use take::{Entry, Take, TakeName};
