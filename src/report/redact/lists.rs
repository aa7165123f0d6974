//! The lists that redaction goes by: `names.toml` and `words.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// What is known of names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) people: HashSet<String>,
    pub(super) people_that_are_words: HashSet<String>,
    pub(super) employers: HashSet<String>,
    pub(super) employers_that_are_words: HashSet<String>,
}

/// What is known of other words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) calendar: HashSet<String>,
    pub(super) abbreviations: HashSet<String>,
    pub(super) principles: Vec<String>,
    pub(super) person_before: HashSet<String>,
    pub(super) person_after: HashSet<String>,
    pub(super) company_before: HashSet<String>,
    pub(super) company_after: HashSet<String>,
    pub(super) product_before: HashSet<String>,
    pub(super) before_any_name: HashSet<String>,
    pub(super) common: HashSet<String>,
}

#[allow(clippy::expect_used, reason = "compiled-in text that the tests read")]
pub(super) static NAMES: LazyLock<Names> =
    LazyLock::new(|| toml::from_str(include_str!("names.toml")).expect("names.toml is read by the tests"));

#[allow(clippy::expect_used, reason = "compiled-in text that the tests read")]
pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).expect("words.toml is read by the tests"));
