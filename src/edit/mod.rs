//! The cut list, followed: which words stay, where the sound may be cut, and the pieces joined.

pub mod choices;
pub mod joints;
pub mod splice;
