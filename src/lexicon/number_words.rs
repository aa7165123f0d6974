//! The words of numbers: `en/numbers.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::english::Words;

/// What `en/numbers.toml` lists, where each list is described.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the file describes its lists")]
pub struct NumberWords {
    pub digits: Vec<String>,
    pub teens: Vec<String>,
    pub tens: Vec<String>,
    pub others: Words,
    pub ordinals: Words,
    pub time_units: Words,
    pub grand_ends: Words,
    pub payers: Words,
    pub paying: Words,
    pub before_one_unit: Words,
    pub no_noun_of_ratio: Words,
    pub wholes: Words,
    pub amounts_to: Words,
    pub after_amount: Words,
    pub after_idiom: Words,
    pub clock: Words,
    pub minutes: Vec<f64>,
    pub scales: Vec<(f64, Words)>,
    pub parts: Vec<(f64, Words)>,
    pub factors: Vec<(f64, Words)>,
    pub currencies: BTreeMap<String, Words>,
}

/// The words of numbers.
pub static NUMBERS: LazyLock<NumberWords> = builtin!("en/numbers.toml");

/// Whether a token looks like a number: figures, or a number word of two and more.
///
/// "one" is left out, since it is a pronoun more often than a count.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let mut words = NUMBERS.digits.iter().chain(&NUMBERS.teens).chain(&NUMBERS.tens);
    text.trim_start_matches(['$', '€', '£']).starts_with(|c: char| c.is_ascii_digit())
        || text != "one" && words.any(|word| word == text)
        || NUMBERS.others.has(text)
}
