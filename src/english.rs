//! What every stage knows of English words; the words themselves are data in `src/lexicon/en/`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::builtin::builtin;

/// A list of words: in TOML one string, the words parted by white space; `_` is the word that is not there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "String")]
pub struct Words(HashSet<String>);

impl Words {
    /// Whether the list holds a word, in lower case; `""` where there is none.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

impl From<String> for Words {
    fn from(list: String) -> Self {
        Self(list.split_whitespace().map(|word| if word == "_" { "" } else { word }.to_owned()).collect())
    }
}

/// The part of the rule file that lists the spellings.
#[derive(Deserialize)]
struct FilledPauses {
    rule: Vec<Spellings>,
}

#[derive(Deserialize)]
struct Spellings {
    phrase: Vec<String>,
}

static FILLED_PAUSES: LazyLock<FilledPauses> = builtin!("lexicon/en/filled_pauses.toml");

/// Every spelling of a filled pause: the phrases of `filled_pauses.toml`, the only list of them.
pub fn filled_pauses() -> impl Iterator<Item = &'static str> {
    FILLED_PAUSES.rule.iter().flat_map(|rule| &rule.phrase).map(String::as_str)
}

/// Whether a word, in lower case and without punctuation, is spelled like a filled pause. Rules of the lexicon also weigh
/// what stands around it.
#[must_use]
pub fn is_filled_pause(bare: &str) -> bool {
    filled_pauses().any(|spelling| spelling == bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_pauses_are_the_rubric_s_sounds_however_they_are_written() {
        for sound in ["um", "uh", "er", "erm", "ah", "hmm", "mm", "umm", "uhm", "uhh", "err", "eh", "mhm", "ahh", "hm"]
        {
            assert!(is_filled_pause(sound), "{sound}");
        }
        for word in ["", "oh", "huh", "so", "like", "her", "am", "um-hm", "error"] {
            assert!(!is_filled_pause(word), "{word}");
        }
        assert!(filled_pauses().all(|spelling| spelling.chars().all(|c| c.is_ascii_lowercase())), "plain words only");
    }

    #[test]
    fn a_list_is_one_string() {
        let words = Words::from("about _ \n over".to_owned());
        assert!(words.has("about") && words.has("over") && words.has("") && !words.has("_") && !words.has("abou"));
    }
}
