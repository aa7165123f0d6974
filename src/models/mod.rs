//! Speech models: the catalogue of those known by name, how they are installed, checked and made from
//! another format, and which file a name or path means.

pub mod catalog;
pub mod convert;
pub mod install;
mod resolve;
pub mod verify;

pub use resolve::{Model, bundled_sha256, resolve};
