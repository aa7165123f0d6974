//! The words by which `metrics` tells a measure from a count: `metric_words.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;
use crate::english::{Words, is_filled_pause};

/// What `metric_words.toml` lists, where each list is described.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) inserts: Words,
    pub(super) bounds: Words,
    pub(super) comparators: Words,
    pub(super) compared: Words,
    pub(super) prepositions: Words,
    pub(super) changes: Words,
    pub(super) factors: Words,
    pub(super) comparison: Words,
    pub(super) instead: Words,
    pub(super) from_to: Words,
    pub(super) costs: Words,
    pub(super) targets: Words,
    pub(super) targets_close: Words,
    pub(super) measured: Words,
    pub(super) qualifiers: Words,
    pub(super) stops: Words,
    pub(super) units: Words,
    pub(super) unit_modifiers: Words,
    pub(super) unit_adjectives: Words,
    pub(super) percent_of: Words,
    pub(super) of_whom: Words,
    pub(super) each: Words,
    pub(super) linked: Words,
    pub(super) links: Words,
    pub(super) periods: Words,
    pub(super) frame_openers: Words,
    pub(super) frame_namers: Words,
    pub(super) numbered_periods: Words,
    pub(super) in_frame: Words,
    pub(super) parts_of_day: Words,
    pub(super) pay: Words,
}

pub(super) static LISTS: LazyLock<Lists> = builtin!("../../lexicon/en/metric_words.toml");

/// Whether a word may stand between a cue and its figure.
pub(super) fn is_insert(word: &str) -> bool {
    LISTS.inserts.has(word) || is_filled_pause(word)
}

/// Whether a word after a number ends its unit phrase rather than being a unit.
pub(super) fn is_stop(word: &str) -> bool {
    LISTS.stops.has(word) || is_filled_pause(word) && !LISTS.units.has(word)
}
