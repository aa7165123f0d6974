//! One integration binary: the whole program as a user runs it, and the border between the stages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, reason = "tests")]

mod analyze;
mod bad_input;
mod history;
mod house;
mod listening;
mod model;
mod practice;
mod schema;
mod support;
