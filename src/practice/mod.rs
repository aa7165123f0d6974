//! What to practise, and how far it is: the user's own stories, and the four weeks that end in telling them well.

pub mod bank;
pub mod check;
pub mod plan;
pub mod reached;
pub mod view;

pub use bank::{Bank, BankError, Story};
