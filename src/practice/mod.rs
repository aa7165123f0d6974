//! Practice: the user's own stories and the four weeks that end in telling them well; the questions, the interviewer who
//! interrupts, what the stretches between interruptions show, and the lines that calibrate the ears.

pub mod bank;
pub mod calibration;
pub mod check;
pub mod interviewer;
pub mod plan;
pub mod questions;
pub mod reached;
pub mod stretches;
pub mod view;
pub mod voice;

pub use bank::{Bank, BankError, Story};
