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
mod house;
mod listening;
mod model;
mod record;
mod schema;
mod support;
