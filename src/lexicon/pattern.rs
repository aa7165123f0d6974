//! Phrases with a little pattern power, and how they match.
//!
//! A regular expression over the text was the first design; it cannot say "a number" or "a pause may stand
//! here", and every rule had to spell out its own word borders and hyphens.

use std::collections::BTreeMap;

use super::number_words::is_number;
use super::token::Token;

/// Named sets of phrases that patterns refer to as `<name>`.
pub type Sets = BTreeMap<String, Vec<String>>;

/// One phrase, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    elements: Vec<Element>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Element {
    /// One of several sequences of words.
    Words { any_of: Vec<Vec<String>>, optional: bool },
    /// Any number, in words or digits: its first token.
    Number { optional: bool },
    /// Up to so many words of any kind, with no pause in them.
    Gap(usize),
    /// A pause may stand here.
    Pause,
}

impl Element {
    fn is_required(&self) -> bool {
        matches!(self, Self::Words { optional: false, .. } | Self::Number { optional: false })
    }
}

/// Why a phrase cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing in it.
    #[error("the phrase is empty")]
    Empty,
    /// It has no first word to look it up by.
    #[error("`{0}` must begin with a word, a set or a number, and hold one that is not optional")]
    NoAnchor(String),
    /// A bracket stays open.
    #[error("`{0}`: bracket not closed")]
    Open(String),
    /// A bracket inside a bracket.
    #[error("`{0}`: brackets do not nest; write the alternatives out")]
    Nested(String),
    /// A set nobody defined.
    #[error("`{phrase}` uses <{set}>, which sets.toml does not define")]
    UnknownSet {
        /// The phrase.
        phrase: String,
        /// The set's name.
        set: String,
    },
    /// A gap without a length.
    #[error("`{0}`: a gap is written ..N with N from 1 to 6")]
    Gap(String),
}

impl Pattern {
    /// Compile a phrase; `anchored` demands that it begins with something to look it up by.
    pub fn parse(phrase: &str, sets: &Sets, anchored: bool) -> Result<Self, PatternError> {
        let mut elements = Vec::new();
        for piece in pieces(phrase)? {
            elements.push(element(&piece, phrase, sets)?);
        }
        if elements.is_empty() {
            return Err(PatternError::Empty);
        }
        // Without a word that must be there, the phrase would match everywhere.
        let says_something = elements.iter().any(Element::is_required);
        let anchor = elements.iter().find(|element| !matches!(element, Element::Words { optional: true, .. }));
        let looked_up = matches!(anchor, Some(Element::Words { .. } | Element::Number { optional: false }));
        if !says_something || anchored && !looked_up {
            return Err(PatternError::NoAnchor(phrase.to_owned()));
        }
        Ok(Self { elements })
    }

    /// The words a match can begin with, and whether it can begin with a number.
    #[must_use]
    pub fn first_words(&self) -> (Vec<&str>, bool) {
        let mut words = Vec::new();
        for element in &self.elements {
            match element {
                Element::Words { any_of, optional } => {
                    words.extend(any_of.iter().filter_map(|sequence| sequence.first().map(String::as_str)));
                    if !optional {
                        break;
                    }
                }
                Element::Number { .. } => return (words, true),
                Element::Gap(_) | Element::Pause => break,
            }
        }
        (words, false)
    }

    /// Every token index at which a match that begins at `from` can end (exclusive), within one sentence.
    #[must_use]
    pub fn ends(&self, tokens: &[Token], from: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        if from < tokens.len() {
            walk(&self.elements, tokens, Cursor { at: from, from, pause_allowed: false }, &mut ends);
        }
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    /// Whether a match begins at `from`, on the near side of any pause unless the phrase opens with one.
    #[must_use]
    pub fn follows(&self, tokens: &[Token], from: usize) -> bool {
        if from == 0 || from >= tokens.len() || tokens[from].sentence != tokens[from - 1].sentence {
            return false;
        }
        let mut ends = Vec::new();
        let cursor = Cursor { at: from, from: from - 1, pause_allowed: false };
        walk(&self.elements, tokens, cursor, &mut ends);
        !ends.is_empty()
    }

    /// Whether a match ends just before `to`, on the near side of any pause unless the phrase closes with one.
    #[must_use]
    pub fn precedes(&self, tokens: &[Token], to: usize) -> bool {
        if to == 0 || to >= tokens.len() || tokens[to].sentence != tokens[to - 1].sentence {
            return false;
        }
        let closes_with_pause = matches!(self.elements.last(), Some(Element::Pause));
        if tokens[to - 1].pause_after && !closes_with_pause {
            return false;
        }
        (to.saturating_sub(10)..to).any(|from| self.ends(tokens, from).contains(&to))
    }
}

#[derive(Clone, Copy)]
struct Cursor {
    at: usize,
    from: usize,
    pause_allowed: bool,
}

fn walk(elements: &[Element], tokens: &[Token], cursor: Cursor, ends: &mut Vec<usize>) {
    let Some((element, rest)) = elements.split_first() else {
        if cursor.at > cursor.from {
            ends.push(cursor.at);
        }
        return;
    };
    let step = |at: usize| Cursor { at, from: cursor.from, pause_allowed: false };
    match element {
        Element::Pause => walk(rest, tokens, Cursor { pause_allowed: true, ..cursor }, ends),
        Element::Gap(most) => {
            walk(rest, tokens, cursor, ends);
            let mut at = cursor.at;
            for _ in 0..*most {
                if !reachable(tokens, at, cursor.from, at == cursor.at && cursor.pause_allowed) {
                    break;
                }
                at += 1;
                walk(rest, tokens, step(at), ends);
            }
        }
        Element::Number { optional } => {
            if *optional {
                walk(rest, tokens, cursor, ends);
            }
            if reachable(tokens, cursor.at, cursor.from, cursor.pause_allowed) && is_number(&tokens[cursor.at].text) {
                walk(rest, tokens, step(cursor.at + 1), ends);
            }
        }
        Element::Words { any_of, optional } => {
            if *optional {
                walk(rest, tokens, cursor, ends);
            }
            for sequence in any_of {
                let matched = sequence.iter().enumerate().all(|(nth, word)| {
                    let at = cursor.at + nth;
                    reachable(tokens, at, cursor.from, nth == 0 && cursor.pause_allowed) && tokens[at].text == *word
                });
                if matched {
                    walk(rest, tokens, step(cursor.at + sequence.len()), ends);
                }
            }
        }
    }
}

/// Whether the token at `at` can continue a match that began at `from`.
fn reachable(tokens: &[Token], at: usize, from: usize, pause_allowed: bool) -> bool {
    let (Some(token), Some(first)) = (tokens.get(at), tokens.get(from)) else { return false };
    token.sentence == first.sentence && (at <= from || pause_allowed || !tokens[at - 1].pause_after)
}

/// The phrase cut at spaces outside brackets; hyphens outside set names are spaces.
fn pieces(phrase: &str) -> Result<Vec<String>, PatternError> {
    let mut out: Vec<String> = vec![String::new()];
    let (mut depth, mut in_set) = (0usize, false);
    for c in phrase.to_lowercase().chars() {
        match c {
            '(' if depth > 0 => return Err(PatternError::Nested(phrase.to_owned())),
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or_else(|| PatternError::Open(phrase.to_owned()))?,
            '<' => in_set = true,
            '>' => in_set = false,
            _ => {}
        }
        let c = if c == '-' && !in_set { ' ' } else { c };
        if c.is_whitespace() && depth == 0 {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    if depth > 0 || in_set {
        return Err(PatternError::Open(phrase.to_owned()));
    }
    out.retain(|piece| !piece.is_empty());
    Ok(out)
}

fn element(piece: &str, phrase: &str, sets: &Sets) -> Result<Element, PatternError> {
    if piece == "," {
        return Ok(Element::Pause);
    }
    if let Some(length) = piece.strip_prefix("..") {
        return match length.parse() {
            Ok(most @ 1..=6) => Ok(Element::Gap(most)),
            _ => Err(PatternError::Gap(phrase.to_owned())),
        };
    }
    let (core, optional) = piece.strip_suffix('?').map_or((piece, false), |core| (core, true));
    if core == "#" {
        return Ok(Element::Number { optional });
    }
    let inner = core.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(core);
    let mut any_of = Vec::new();
    for alternative in inner.split('|') {
        add_alternative(alternative.trim(), phrase, sets, &mut any_of)?;
    }
    any_of.retain(|sequence| !sequence.is_empty());
    if any_of.is_empty() {
        return Err(PatternError::Empty);
    }
    Ok(Element::Words { any_of, optional })
}

fn add_alternative(
    alternative: &str,
    phrase: &str,
    sets: &Sets,
    any_of: &mut Vec<Vec<String>>,
) -> Result<(), PatternError> {
    if let Some(name) = alternative.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let members = sets
            .get(name)
            .ok_or_else(|| PatternError::UnknownSet { phrase: phrase.to_owned(), set: name.to_owned() })?;
        for member in members {
            for sequence in spellings(member) {
                any_of.push(sequence);
            }
        }
    } else {
        any_of.extend(spellings(alternative));
    }
    Ok(())
}

/// The sequences a plain phrase stands for: itself, or with `~` before its first word, that verb's regular forms.
fn spellings(text: &str) -> Vec<Vec<String>> {
    let text = text.replace('-', " ");
    let mut words = text.split_whitespace();
    let Some(first) = words.next() else { return Vec::new() };
    let rest: Vec<String> = words.map(str::to_owned).collect();
    let firsts = first.strip_prefix('~').map_or_else(|| vec![first.to_owned()], inflections);
    firsts.into_iter().map(|first| std::iter::once(first).chain(rest.iter().cloned()).collect()).collect()
}

/// The regular forms of an English verb: `leverage`, `leverages`, `leveraged`, `leveraging`.
#[must_use]
pub fn inflections(verb: &str) -> Vec<String> {
    let mut forms = vec![verb.to_owned()];
    if let Some(stem) = verb.strip_suffix('e') {
        forms.extend([format!("{verb}s"), format!("{stem}ed"), format!("{stem}ing")]);
    } else if let Some(stem) = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        forms.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{verb}ing")]);
    } else {
        let plural =
            if verb.ends_with(['s', 'x', 'z']) || verb.ends_with("ch") || verb.ends_with("sh") { "es" } else { "s" };
        forms.extend([format!("{verb}{plural}"), format!("{verb}ed"), format!("{verb}ing")]);
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::super::token::Tokens;
    use super::*;

    fn longest(phrase: &str, text: &str, from: usize) -> Option<usize> {
        let sets = Sets::from([("degree".to_owned(), vec!["very".to_owned(), "so much".to_owned()])]);
        Pattern::parse(phrase, &sets, true).unwrap().ends(&Tokens::of_text(text), from).last().copied()
    }

    #[test]
    fn matches_alternatives_options_sets_and_gaps() {
        assert_eq!(longest("(a lot|lots) of?", "a lot of noise", 0), Some(3));
        assert_eq!(longest("went <degree> well", "went so much well", 0), Some(4));
        assert_eq!(longest("align ..2 stakeholders", "align all the stakeholders", 0), Some(4));
        assert_eq!(longest("like #", "like 40 kids", 0), Some(2));
        assert_eq!(longest("~leverage", "leveraging it", 0), Some(1));
        assert_eq!(longest("end to end", "end-to-end", 0), Some(3));
    }

    #[test]
    fn a_pause_breaks_a_phrase_unless_it_is_written() {
        assert_eq!(longest("okay so", "okay, so", 0), None);
        assert_eq!(longest("okay , so", "okay, so", 0), Some(2));
        assert_eq!(longest("okay , so", "okay so", 0), Some(2));
    }

    #[test]
    fn a_sentence_border_breaks_a_phrase() {
        assert_eq!(longest("okay , so", "okay\nso", 0), None);
    }

    #[test]
    fn phrases_that_cannot_be_looked_up_are_refused() {
        let none = Sets::new();
        assert!(matches!(Pattern::parse("really? good?", &none, true), Err(PatternError::NoAnchor(_))));
        assert!(matches!(Pattern::parse("(a|(b|c) d)", &none, true), Err(PatternError::Nested(_))));
        assert!(matches!(Pattern::parse("(a|b", &none, true), Err(PatternError::Open(_))));
        assert!(matches!(Pattern::parse("so <very> good", &none, true), Err(PatternError::UnknownSet { .. })));
        assert!(matches!(Pattern::parse("so ..9 good", &none, true), Err(PatternError::Gap(_))));
        assert!(matches!(Pattern::parse(" ", &none, true), Err(PatternError::Empty)));
    }

    #[test]
    fn verbs_inflect_regularly() {
        assert_eq!(inflections("carry"), ["carry", "carries", "carried", "carrying"]);
        assert_eq!(inflections("push"), ["push", "pushes", "pushed", "pushing"]);
    }
}
