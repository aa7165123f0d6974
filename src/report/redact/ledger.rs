//! Which name is which placeholder.

use std::collections::HashMap;

use super::lists::WORDS;
use super::names::{Found, Kind, ends, split};
use crate::span::WordRange;

/// What stands for every name of one report.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By key, which placeholder.
    known: HashMap<String, (Kind, usize)>,
    /// How many placeholders of each kind there are.
    counts: HashMap<Kind, usize>,
    /// Words of the longest name.
    longest: usize,
}

impl Ledger {
    /// Gives everything found its placeholder, in the order it was said. A part of one longer name ("Anna" of "Anna Lindqvist") has
    /// that name's; what is found several times is of the most telling kind.
    pub(super) fn of(found: Vec<Found>) -> Self {
        let mut order: Vec<(String, Kind)> = Vec::new();
        for one in found {
            match order.iter_mut().find(|(key, _)| *key == one.key) {
                Some((_, kind)) => *kind = (*kind).min(one.kind),
                None => order.push((one.key, one.kind)),
            }
        }
        let mut ledger = Self::default();
        let long: Vec<(String, Kind)> =
            order.iter().filter(|(key, kind)| *kind != Kind::Figure && key.contains(' ')).cloned().collect();
        // The whole name that a key belongs to.
        let whole = |key: &str, kind: Kind| -> (String, Kind) {
            let holding: Vec<&(String, Kind)> = if kind == Kind::Figure || key.contains(' ') {
                Vec::new()
            } else {
                long.iter().filter(|(long, _)| long.split(' ').any(|word| word == key)).collect()
            };
            match holding.as_slice() {
                [(long, long_kind)] => (long.clone(), kind.min(*long_kind)),
                _ => (key.to_owned(), kind),
            }
        };
        for (key, kind) in &order {
            let (long, kind) = whole(key, *kind);
            let parts = order.iter().filter(|(other, k)| whole(other, *k).0 == long);
            let kind = parts.map(|(_, kind)| *kind).fold(kind, Kind::min);
            let placeholder = ledger.known.get(&long).copied().unwrap_or_else(|| ledger.next(kind));
            ledger.known.insert(long, placeholder);
            ledger.known.insert(key.clone(), placeholder);
        }
        // A word of a longer name alone, where no list says that it is a word.
        for (key, kind) in long {
            let Some(&placeholder) = ledger.known.get(&key) else { continue };
            let telling = key.split(' ').filter(|word| word.chars().count() > 2 && !WORDS.common.contains(*word));
            for word in telling.filter(|_| kind != Kind::Figure) {
                ledger.known.entry(word.to_owned()).or_insert(placeholder);
            }
        }
        ledger.longest = ledger.known.keys().map(|key| key.split(' ').count()).max().unwrap_or_default();
        ledger
    }

    fn next(&mut self, kind: Kind) -> (Kind, usize) {
        let kind = if kind == Kind::Speaker { Kind::Person } else { kind };
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        (kind, *count)
    }

    /// What stands for something found; one that is new gets the next number.
    pub(super) fn placeholder(&mut self, found: &Found) -> String {
        let known = self.known.get(&found.key).copied();
        let (kind, number) = known.unwrap_or_else(|| {
            let new = self.next(found.kind);
            self.known.insert(found.key.clone(), new);
            new
        });
        format!("[{} {number}]", kind.word())
    }

    /// The longest known name that begins at a word, in any case of letters; names that are common words need a capital.
    pub(super) fn known_at(&self, words: &[&str], at: usize) -> Option<Found> {
        (1..=self.longest.min(words.len() - at)).rev().find_map(|count| {
            let run = &words[at..at + count];
            let cores: Vec<&str> = run.iter().map(|word| split(word).1).collect();
            let key = cores.join(" ").to_lowercase();
            // "the Acme-wide rollout": a part of a compound gives the name away too.
            let key = if self.known.contains_key(&key) {
                key
            } else {
                let parts = key.split(['-', '/', '–', '—', '.', '@', '_']).map(str::to_owned);
                parts
                    .filter(|part| part.chars().count() > 2 && count == 1)
                    .find(|part| self.known.contains_key(part))?
            };
            let &(kind, _) = self.known.get(&key)?;
            if kind == Kind::Figure {
                return None;
            }
            let is_word = key.split(' ').all(|word| WORDS.common.contains(word));
            let has_capital = cores.iter().all(|core| core.starts_with(char::is_uppercase));
            let opens = at == 0 || ends(words[at - 1]);
            (!is_word || has_capital && !opens).then(|| Found { words: WordRange::new(at, at + count), kind, key })
        })
    }
}
