//! The identity of the rules: what a take keeps, so that takes held to other rules are told apart.
//!
//! Rules are data and code. The data goes by its hash. Code cannot: a hash of the source would
//! change with every comment. It goes by a number, which `tests/it/rules.rs` guards: it knows what
//! the rules find in the labelled answers, and fails when that changes.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::files::hex;
use crate::lexicon::{ENGLISH, LISTS};

/// Raised with every change of the code that changes what rules find or rule.
pub const RULES_VERSION: u32 = 1;

/// The rule data beside the lexicon, by name; the judge's thresholds are rules too.
const DATA: [(&str, &str); 4] = [
    ("merge.toml", include_str!("../measures/merge.toml")),
    ("bands.toml", include_str!("bands.toml")),
    ("fit.toml", include_str!("fit.toml")),
    ("judge.json", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/judge.json"))),
];

/// The rules of this build: [`RULES_VERSION`], a dot, and sixteen digits of the hash of the data.
#[must_use]
pub fn identity() -> &'static str {
    static IDENTITY: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for (name, text) in ENGLISH.iter().chain(&LISTS).chain(&DATA) {
            hash.update(name.as_bytes());
            hash.update(text.as_bytes());
        }
        format!("{RULES_VERSION}.{}", hex(&hash.finalize()[..8]))
    });
    &IDENTITY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_rule_data_is_in_the_identity() {
        let mut files = 0;
        for folder in ["src/lexicon/en", "src/measures", "src/verdicts"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.extension().is_some_and(|extension| extension == "toml") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let is_in = ENGLISH.iter().chain(&LISTS).chain(&DATA).any(|(_, known)| *known == text);
                    assert!(is_in, "{} is not in the identity of the rules; add it", path.display());
                    files += 1;
                }
            }
        }
        assert_eq!(files, ENGLISH.len() + LISTS.len() + DATA.len() - 1, "all but judge.json");
    }

    #[test]
    fn the_identity_begins_with_the_version() {
        let (version, hash) = identity().split_once('.').unwrap();
        assert_eq!((version, hash.len()), (RULES_VERSION.to_string().as_str(), 16));
    }
}
