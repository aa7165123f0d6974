//! Sound, or a written transcript, in words: the recogniser, the checks that keep it honest, and the
//! sentences.

mod align;
mod borders;
pub mod chunks;
pub mod conditions;
pub mod filled_pause;
pub mod import;
pub mod recogniser;
mod rumble;
pub mod sentences;
mod spectrum;
mod tidy;
pub mod transcribe;
pub mod verbatim;
pub mod voice;
pub mod voices;
pub mod whisper;
mod words;

pub use voice::RATE_HZ;
pub use words::{Origin, Sentence, Silence, Transcript, Word, bare, is_filled_pause};
