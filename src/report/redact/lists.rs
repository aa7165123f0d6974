//! The lists that redaction goes by: `names.toml` and `words.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;

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
    pub(super) product_after: HashSet<String>,
    pub(super) before_any_name: HashSet<String>,
    pub(super) connectors: HashSet<String>,
    pub(super) function: HashSet<String>,
    pub(super) no_surname: HashSet<String>,
    pub(super) link_ends: HashSet<String>,
    pub(super) link_ends_spoken: HashSet<String>,
    pub(super) derived_ends: Vec<String>,
    pub(super) common: HashSet<String>,
}

pub(super) static NAMES: LazyLock<Names> = builtin!("names.toml");

pub(super) static WORDS: LazyLock<Words> = builtin!("words.toml");
