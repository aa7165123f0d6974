//! `cutlist` listens to a spoken interview answer and hands back the cut list: which sentences change
//! the listener's judgment, which do not, and the answer that is left. Everything runs on the user's
//! own machine.
//!
//! Data flows one way, from the sound to the weeks:
//!
//! ```text
//! sound      capture → decode → transcript
//! judgment   lexicon → judge → measures → verdicts
//! report     document → edit → report
//! weeks      history → practice
//! ```
//!
//! [`capture`] makes takes from a microphone, [`decode`] reads any audio, and [`transcript`] holds the words
//! with their times. [`lexicon`] has the rules, [`judge`] says what each sentence does, [`measures`] are one
//! a file, and [`verdicts`] rule keep, trim or cut and say why. [`document`] is the report, [`edit`] the sound
//! that is left, and [`report`] the formats. [`history`] keeps takes and compares them; [`practice`] asks and
//! interrupts. [`pipeline`] runs the stages, [`session`] runs them while a take is made, and [`cli`] and
//! [`commands`] sit on top.
//!
//! A room imports only rooms to its left; `tests/it/house.rs` has the whole order and fails where one does not.

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
