//! Rules and settings that are compiled in.

use serde::de::DeserializeOwned;

/// A TOML file, by its path from the file that names it; read on first use.
macro_rules! builtin {
    ($file:literal) => {
        std::sync::LazyLock::new(|| $crate::builtin::read($file, include_str!($file)))
    };
}
pub(crate) use builtin;

/// What a compiled-in file says.
#[allow(clippy::panic, reason = "compiled-in text that the tests read")]
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"))
}
