//! Practice: the questions, the interviewer who interrupts, what the stretches between interruptions show, and the lines that
//! calibrate the ears.

pub mod bank;
pub mod calibration;
pub mod interviewer;
pub mod stretches;
pub mod voice;
