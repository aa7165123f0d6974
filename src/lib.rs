//! `cutlist` listens to a spoken interview answer and hands back the cut list: which sentences change
//! the listener's judgment, which do not, and the answer that is left. Everything runs on the user's
//! own machine.
//!
//! ```text
//! decode ──► listening ──► transcript ──► judge ──► measures ──► verdicts ──► report ──► history
//! any audio     sound or       words with     what a      one per     keep/trim/   terminal, JSON,  takes kept,
//! file          text in        times          sentence    file        cut + why    Markdown, CSV    over weeks
//!                                             does
//! ```
//!
//! [`capture`] makes takes from a microphone, [`live`] hears them while they are made, and [`practice`] asks, interrupts, and sums up
//! what the stretches between interruptions show.
//!
//! Data flows one way. A stage imports only the stages to its left, plus [`units`] and [`span`];
//! `tests/it/house.rs` fails when one does not. [`commands`] and [`cli`] sit on top of it all.

mod builtin;
pub mod capture;
pub mod cli;
pub mod commands;
pub mod config;
pub mod decode;
pub mod document;
pub mod edit;
pub mod english;
pub mod env;
pub mod files;
pub mod history;
pub mod judge;
pub mod lexicon;
pub mod measures;
pub mod models;
pub mod paths;
pub mod pipeline;
pub mod practice;
pub mod question;
pub mod report;
pub mod session;
pub mod span;
pub mod terminal;
pub mod tools;
pub mod transcript;
pub mod units;
pub mod verdicts;
