//! One integration binary: the whole program as a user runs it, and the border between the stages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "tests"
)]

mod analyze;
mod bad_input;
mod capture;
mod export;
mod face;
mod history;
mod house;
mod judgment;
#[path = "../eval/labelled.rs"]
mod labelled;
mod listening;
mod microphones;
mod model;
mod open;
mod page;
mod practice;
mod readme;
mod record;
mod redact;
mod rules;
mod say;
mod schema;
mod score;
mod settings;
mod support;
