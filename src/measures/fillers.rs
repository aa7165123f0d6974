//! Sounds and words that carry nothing.

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::descriptor::{Answer, Better, Figure, RowText, Told, Unit, measure};
use super::finding::{Finding, per_hundred};
use super::pace::USUAL_WORDS_PER_MINUTE;
use crate::builtin::builtin;
use crate::english::{Words, is_filled_pause};
use crate::lexicon::{Lexicon, Tokens, is_number};
use crate::span::WordRange;
use crate::transcript::{Origin, Transcript};
use crate::units::Seconds;

measure! {
    /// # Fillers
    ///
    /// Sounds and words that carry nothing, in four classes counted apart: `filled_pause` (um, uh,
    /// er, hmm), `discourse_marker` (like, you know, I mean, basically, right, well, so yeah: where
    /// they carry no meaning), `repetition` (a word or short phrase said again at once) and
    /// `restart` (words abandoned and replaced). The words of an item are the words to drop; what
    /// is left is the fluent answer.
    ///
    /// **Unit.** Items; items per minute of speech (`speech_s`: pauses left out); items per 100
    /// fluent words (fillers left out).
    ///
    /// **Why it matters.** Each costs the listener a moment and buys nothing. Which class prevails
    /// says what to practise: filled pauses go with silence, restarts with a first sentence known
    /// by heart.
    ///
    /// **Undefined when.** `per_minute` needs the length of the speech, so it is absent for a
    /// written transcript; `per_100_words` is 0 for an answer without words.
    ///
    /// **Limits.** Rules see words and punctuation, not sound. In a transcript without commas,
    /// discourse markers that only a pause tells from plain words ("right", "well", "actually") are
    /// left alone: a false alarm is worse than a miss. Emphasis ("very, very") is no repetition. A
    /// correction that shares no word with what it replaces ("the husband's, her father's") is not
    /// seen.
    ///
    /// **Source.** RUBRIC.md section 3. Reparandum, interruption point and repair: Shriberg 1994,
    /// "Preliminaries to a Theory of Speech Disfluencies".
    name: "fillers",
    aliases: &[],
    key: "fillers_per_minute",
    label: "Fillers",
    title: "Fillers a minute",
    unit: Unit::plain("a minute of speech", 1),
    better: Better::Lower,
    figure: Figure::Rate {
        count: |answer| answer.measures.fillers.count,
        per: |answer| answer.measures.pace.speech_s.map(|speech| speech.0 / 60.0),
    },
    row: RowText::Told(row),
}

fn row(answer: &Answer<'_>, _target: &str) -> Told {
    let found = &answer.measures.fillers;
    let by = &found.by_class;
    let classes = [
        (by.filled_pause, "um/uh"),
        (by.discourse_marker, "like/you know"),
        (by.repetition, "repeated"),
        (by.restart, "restarted"),
    ];
    let parts: Vec<String> = classes.iter().filter(|(n, _)| *n > 0).map(|(n, name)| format!("{n} {name}")).collect();
    let mut note = parts.join(", ");
    let recovered = found.items.iter().filter(|item| item.origin == Origin::Recovered).count();
    if recovered > 0 {
        note.push_str(&format!(" ({recovered} recovered from the sound)"));
    }
    match found.per_minute {
        Some(rate) => Told::new(format!("{} ({rate:.1}/min)", found.count), note),
        None => Told {
            figure: format!("{} ({:.1} per 100 words)", found.count, found.per_100_words),
            note,
            like: Some(found.per_100_words * USUAL_WORDS_PER_MINUTE / 100.0),
        },
    }
}

/// The class of a filler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// um, uh, er, hmm.
    FilledPause,
    /// like, you know, I mean, basically, where they carry no meaning.
    DiscourseMarker,
    /// A word or short phrase said again at once.
    Repetition,
    /// Words abandoned and replaced.
    Restart,
}

/// How often each class occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ByClass {
    /// Filled pauses.
    pub filled_pause: usize,
    /// Discourse markers.
    pub discourse_marker: usize,
    /// Repetitions.
    pub repetition: usize,
    /// Restarts.
    pub restart: usize,
}

/// One filler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Filler {
    /// Its class.
    pub class: Class,
    /// The words, joined by spaces.
    pub text: String,
    /// The words to drop.
    pub words: WordRange,
    /// Start, if the transcript has times.
    pub start_s: Option<Seconds>,
    /// End, if the transcript has times.
    pub end_s: Option<Seconds>,
    /// The sentence it begins in.
    pub sentence: Option<usize>,
    /// Where its first word comes from.
    pub origin: Origin,
}

/// The fillers of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fillers {
    /// How many items.
    pub count: usize,
    /// Items per minute of speech; absent without times.
    pub per_minute: Option<f64>,
    /// Items per 100 fluent words.
    pub per_100_words: f64,
    /// The count by class.
    pub by_class: ByClass,
    /// Every item, in order.
    pub items: Vec<Filler>,
}

/// The longest phrase that counts as repeated: longer ones are said again on purpose.
const LONGEST_REPEAT: usize = 4;
/// The longest run of abandoned words that structure alone can vouch for.
const LONGEST_RESTART: usize = 4;

/// The fillers that rules find, in order and without overlap.
#[must_use]
pub fn find(tokens: &Tokens, lexicon: &Lexicon) -> Vec<Finding<Class>> {
    let markers: Vec<Marker> = lexicon
        .matches(tokens, |class| matches!(class, "filled_pause" | "discourse_marker"))
        .into_iter()
        .map(|hit| {
            let rule = &lexicon.rules()[hit.rule];
            let class = if rule.class == "filled_pause" { Class::FilledPause } else { Class::DiscourseMarker };
            Marker { lo: hit.lo, hi: hit.hi, class, rule: rule.id.clone() }
        })
        .collect();
    let innocent: Vec<(usize, usize)> =
        lexicon.matches(tokens, |class| class == "innocent_repeat").into_iter().map(|hit| (hit.lo, hit.hi)).collect();
    let speech = Speech { tokens, markers: &markers, innocent: &innocent };
    let dropped = speech.repeats();
    let mut found: Vec<Finding<Class>> =
        dropped.iter().map(|cut| Finding::new(tokens.words(cut.lo, cut.hi), cut.class, cut.rule)).collect();
    for marker in markers {
        let words = tokens.words(marker.lo, marker.hi);
        // A marker inside abandoned words goes with them: it is not a second filler.
        if !found.iter().any(|finding| finding.words.overlaps(words)) {
            found.push(Finding::new(words, marker.class, marker.rule));
        }
    }
    found.sort_by_key(|finding| finding.words);
    found
}

/// Count and rate the fillers found. `speech` is the length of the speech, pauses taken out or not as the caller
/// defines it; without it there is no rate per minute. Spans may overlap; words are dropped once.
#[must_use]
pub fn summarise(spans: &[Finding<Class>], transcript: &Transcript, speech: Option<Seconds>) -> Fillers {
    let mut by_class = ByClass::default();
    let mut dropped = vec![false; transcript.words.len()];
    let mut items = Vec::with_capacity(spans.len());
    for span in spans {
        let Some(words) = transcript.words.get(span.words.indices()) else { continue };
        let Some(first) = words.first() else { continue };
        for index in span.words.indices() {
            dropped[index] = true;
        }
        *match span.class {
            Class::FilledPause => &mut by_class.filled_pause,
            Class::DiscourseMarker => &mut by_class.discourse_marker,
            Class::Repetition => &mut by_class.repetition,
            Class::Restart => &mut by_class.restart,
        } += 1;
        items.push(Filler {
            class: span.class,
            text: transcript.text(span.words),
            words: span.words,
            start_s: words.iter().find_map(|word| word.start_s),
            end_s: words.iter().rev().find_map(|word| word.end_s),
            sentence: transcript.sentence_of(span.words.lo),
            origin: first.origin,
        });
    }
    items.sort_by_key(|item| item.words);
    let fluent = fluent_words(transcript, &dropped);
    Fillers {
        count: items.len(),
        per_minute: speech.and_then(|speech| per_minute(items.len(), speech)),
        per_100_words: per_hundred(items.len(), fluent),
        by_class,
        items,
    }
}

/// Words that carry letters and are not dropped.
fn fluent_words(transcript: &Transcript, dropped: &[bool]) -> usize {
    let words = transcript.words.iter().zip(dropped);
    words.filter(|(word, dropped)| !**dropped && word.text.chars().any(char::is_alphanumeric)).count()
}

fn per_minute(count: usize, speech: Seconds) -> Option<f64> {
    (speech.0 > 0.0).then(|| count as f64 * 60.0 / speech.0)
}

/// Whether words that a model marked for dropping are a repetition (the words that follow say the same)
/// or a restart (they say something else).
#[must_use]
pub fn classify_repeat(tokens: &Tokens, lexicon: &Lexicon, words: WordRange) -> Class {
    let (lo, hi) = tokens.under(words);
    let markers = lexicon.matches(tokens, |class| class == "discourse_marker");
    let fluent = |range: Range<usize>| {
        let in_marker = |at: usize| markers.iter().any(|hit| (hit.lo..hit.hi).contains(&at));
        range.filter(move |&at| !is_filled_pause(tokens.word(at)) && !in_marker(at)).map(|at| tokens.word(at))
    };
    let said: Vec<&str> = fluent(lo..hi).collect();
    let next: Vec<&str> = fluent(hi..tokens.len()).take(said.len()).collect();
    let first_repeats = !said.is_empty() && said == next;
    let doubled_within = (1..=said.len() / 2).any(|n| {
        said.len().is_multiple_of(n) && said.chunks(n).all(|chunk| chunk == &said[..n]) && next.starts_with(&said[..n])
    });
    if first_repeats || doubled_within { Class::Repetition } else { Class::Restart }
}

struct Marker {
    lo: usize,
    hi: usize,
    class: Class,
    rule: String,
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    lo: usize,
    hi: usize,
    class: Class,
    rule: &'static str,
}

struct Speech<'a> {
    tokens: &'a Tokens,
    markers: &'a [Marker],
    innocent: &'a [(usize, usize)],
}

impl Speech<'_> {
    /// Repetitions and restarts, in order; adjacent ones of one stumble are one.
    fn repeats(&self) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let cut = self
                .repetition(at)
                .or_else(|| self.correction(at))
                .or_else(|| self.retrace(at))
                .or_else(|| self.broken_off(at));
            let Some(cut) = cut else {
                at += 1;
                continue;
            };
            at = cut.hi;
            match cuts.last_mut() {
                // "the, the the": one stumble, however often the word is said.
                Some(last) if self.is_same_stumble(last, &cut) => {
                    last.hi = cut.hi;
                    if last.class != cut.class {
                        last.class = Class::Restart;
                    }
                }
                _ => cuts.push(cut),
            }
        }
        cuts
    }

    /// "the, the the" is one stumble; "was | was" across a pause in recognition is not told apart.
    fn is_same_stumble(&self, last: &Cut, cut: &Cut) -> bool {
        let adjacent = last.hi == cut.lo && self.tokens[last.lo].sentence == self.tokens[cut.lo].sentence;
        let retraced = stem(self.text(last.lo)) == stem(self.text(cut.lo))
            || cut.class == Class::Repetition && cut.hi - cut.lo == 1
            || last.hi - last.lo == 1;
        adjacent && retraced
    }

    /// The first token after `at` that no filler covers, `at` itself included.
    fn past_fillers(&self, mut at: usize) -> usize {
        while let Some(marker) = self.markers.iter().find(|marker| marker.lo == at) {
            at = marker.hi;
        }
        at
    }

    fn in_marker(&self, lo: usize, hi: usize) -> bool {
        self.markers.iter().any(|marker| marker.lo < hi && lo < marker.hi)
    }

    fn is_innocent(&self, lo: usize, hi: usize) -> bool {
        self.innocent.iter().any(|&(from, to)| from <= lo && hi <= to)
    }

    /// Whether the tokens `[lo, hi)` are of one sentence.
    fn same_sentence(&self, lo: usize, hi: usize) -> bool {
        hi.checked_sub(1).is_some_and(|last| self.tokens.same_sentence(lo, last))
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.word(at)
    }

    /// Whether a clause can begin at this token: the sentence does, a pause stands before, or a conjunction does.
    fn is_onset(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        token.pause_before
            || at.checked_sub(1).is_some_and(|before| {
                LISTS.conjunctions.has(self.text(before)) || self.markers.iter().any(|marker| marker.hi == at)
            })
    }

    /// `n` words said twice, with nothing but fillers between.
    fn repetition(&self, lo: usize) -> Option<Cut> {
        (1..=LONGEST_REPEAT).rev().find_map(|n| {
            let hi = lo + n;
            let again = self.past_fillers(hi);
            let same = self.same_sentence(lo, again + n)
                && (0..n).all(|i| self.tokens[lo + i].text == self.tokens[again + i].text)
                && !self.in_marker(lo, hi);
            if !same || self.is_innocent(lo, again + n) {
                return None;
            }
            let last = &self.tokens[hi - 1];
            let restated = &self.tokens[again + n - 1];
            let function = is_function_word(&last.text);
            // Said twice for weight, or as a list: a full phrase, and a pause after both.
            let emphatic = !function
                && (restated.pause_after || n == 1 || self.is_comment(lo, n) || self.resumes_object(lo, again));
            // "retries, and retries, and": a list that goes on.
            if n > 1 && matches!(last.text.as_str(), "and" | "or") {
                return None;
            }
            // A number said twice is a figure or a list ("two two").
            let figure = n == 1 && is_number(&last.text);
            (!emphatic && !figure).then_some(Cut { lo, hi, class: Class::Repetition, rule: "repetition" })
        })
    }

    /// "I know, I know": a comment repeated, not a stumble.
    fn is_comment(&self, lo: usize, n: usize) -> bool {
        n == 2 && LISTS.subjects.has(self.text(lo)) && LISTS.comment_verbs.has(self.text(lo + 1))
    }

    /// "it's the reception, the reception said": the end of one clause begins the next.
    fn resumes_object(&self, lo: usize, again: usize) -> bool {
        again > lo && self.tokens[again].pause_before && !self.is_onset(lo)
    }

    /// "four, well, almost four": the correction is announced.
    fn correction(&self, lo: usize) -> Option<Cut> {
        (1..=LONGEST_RESTART).find_map(|n| {
            let mark = lo + n;
            if !LISTS.corrections.has(self.text(mark))
                || !self.tokens[mark].pause_before
                || !self.tokens[mark].pause_after
                || !self.same_sentence(lo, mark + 2)
            {
                return None;
            }
            let repair = self.past_fillers(mark + 1);
            let same_start = self.text(lo) == self.text(repair) && is_function_word(self.text(lo));
            let numbers = n == 1
                && is_number(self.text(lo))
                && (repair..repair + 2).any(|at| at < self.tokens.len() && is_number(self.text(at)))
                && self.same_sentence(lo, repair + 1);
            let clean = (lo..mark).all(|at| at == lo || !self.tokens[at].pause_before);
            (clean && (same_start || numbers)).then_some(Cut {
                lo,
                hi: mark + 1,
                class: Class::Restart,
                rule: "correction",
            })
        })
    }

    /// "I was, we were": words abandoned at a pause, and a parallel start.
    fn retrace(&self, lo: usize) -> Option<Cut> {
        if self.in_marker(lo, lo + 1) {
            return None;
        }
        (1..=LONGEST_RESTART).find_map(|n| {
            let hi = lo + n;
            let repair = self.past_fillers(hi);
            if !self.same_sentence(lo, repair + 1) || !self.tokens[hi - 1].pause_after && repair == hi {
                return None;
            }
            let clean = (lo..hi).all(|at| at == lo || !self.tokens[at].pause_before) && !self.in_marker(lo, hi);
            if !clean || self.is_innocent(lo, repair + 1) {
                return None;
            }
            let first = self.text(lo);
            let last = self.text(hi - 1);
            let parallel = stem(first) == stem(self.text(repair)) && is_function_word(first);
            // "it never was, it's": an auxiliary ends an elliptic clause, unless its subject stands right before.
            let dangles = LISTS.dangling.has(last) && (n <= 2 || !LISTS.auxiliaries.has(last)) || is_contraction(last) && n <= 3;
            // "which means, which meant": the same words, adjusted.
            let adjusted = self.same_sentence(lo, repair + n)
                && (0..n).any(|i| self.text(lo + i) != self.text(repair + i))
                && (0..n).all(|i| is_akin(self.text(lo + i), self.text(repair + i)))
                && !matches!(first, "and" | "or" | "but")
                && (n > 1 || matches!(first, "i" | "we" | "they" | "he" | "she") || is_contraction(first))
                && !(repair + 1..repair + n).any(|at| self.tokens[at].pause_before);
            let no_pause_in_repair = !self.tokens[repair].pause_after;
            let onset = self.is_onset(lo);
            let commentary = n == 2 && LISTS.comment_verbs.has(last);
            // "I took, I pulled": the speaker changes the verb. Said of others ("he watched, he said") it is a list.
            let short_clause = n == 2 && matches!(first, "i" | "i'd" | "i'll") && !commentary && self.is_transitive(last, repair);
            let kept = adjusted && onset || parallel && no_pause_in_repair && onset && (dangles && n > 1 || short_clause)
                // "in, in the", "the, for the": the same little word within the repair.
                || n == 1 && LISTS.tight.has(first) && repair == hi && self.text(repair + 1) == first
                || n == 2 && LISTS.tight.has(last) && dangles && parallel && no_pause_in_repair;
            kept.then_some(Cut { lo, hi, class: Class::Restart, rule: "retrace" })
        })
    }

    /// The abandoned verb wants an object and the repair has one to come.
    fn is_transitive(&self, verb: &str, repair: usize) -> bool {
        let runs_on = |at: usize| self.tokens.get(at).is_some_and(|token| !token.pause_before);
        LISTS.transitive.has(verb) && runs_on(repair + 1)
    }

    /// "in Cardiff I'd, people wait": broken off after a word that cannot end a clause.
    fn broken_off(&self, lo: usize) -> Option<Cut> {
        if !self.is_onset(lo) || self.in_marker(lo, lo + 1) {
            return None;
        }
        (1..=3).find_map(|n| {
            let hi = lo + n;
            let clean = self.same_sentence(lo, hi + 1)
                && (lo..hi).all(|at| at == lo || !self.tokens[at].pause_before)
                && !self.in_marker(lo, hi);
            if !clean || !self.tokens[hi - 1].pause_after || self.past_fillers(hi) != hi {
                return None;
            }
            let last = self.text(hi - 1);
            let left_hanging = n == 2
                && LISTS.subjects.has(self.text(lo))
                && LISTS.hanging.has(last)
                && (self.tokens[lo].pause_before || lo > 0 && matches!(self.text(lo - 1), "and" | "but"))
                && (LISTS.subjects.has(self.text(hi)) && self.text(hi) != self.text(lo)
                    || LISTS.new_subjects.has(self.text(hi)));
            let broken = left_hanging
                || n == 1 && LISTS.breaks_alone.has(last) && !self.tokens[lo].starts
                || n == 1 && LISTS.breaks_alone.has(last) && LISTS.subjects.has(self.text(hi))
                || n <= 3 && is_contraction(last) && (n == 1 || LISTS.subjects.has(self.text(hi)))
                || n == 3 && LISTS.articles.has(last);
            broken.then_some(Cut { lo, hi, class: Class::Restart, rule: "broken-off" })
        })
    }
}

/// `stumbles.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    conjunctions: Words,
    corrections: Words,
    subjects: Words,
    new_subjects: Words,
    comment_verbs: Words,
    articles: Words,
    breaks_alone: Words,
    auxiliaries: Words,
    hanging: Words,
    transitive: Words,
    dangling: Words,
    tight: Words,
    function_words: Words,
    contracted: Words,
    contractions: Words,
}

static LISTS: LazyLock<Lists> = builtin!("../lexicon/en/stumbles.toml");

fn is_contraction(text: &str) -> bool {
    text.split_once('\'').is_some_and(|(head, tail)| LISTS.contractions.has(tail) && LISTS.contracted.has(head))
}

fn is_function_word(text: &str) -> bool {
    LISTS.function_words.has(text) || is_contraction(text)
}

/// Whether one word is the other adjusted: its contraction, or another form of it.
fn is_akin(one: &str, other: &str) -> bool {
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let shorter = one.chars().count().min(other.chars().count());
    stem(one) == stem(other) || shared >= 3 && shared + 2 >= shorter
}

/// The part of a contraction that carries the subject: `i'd` and `i` start alike.
fn stem(text: &str) -> &str {
    if is_contraction(text) { text.split('\'').next().unwrap_or(text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::plain_transcript;
    use proptest::prelude::*;

    /// One lexicon for all tests: loading it for each would be most of the run.
    fn lexicon() -> &'static Lexicon {
        static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::english().unwrap());
        &ENGLISH
    }

    fn dropped(text: &str) -> Vec<(Class, String)> {
        let transcript = plain_transcript(text);
        let found = find(&Tokens::of(&transcript), lexicon());
        found.into_iter().map(|finding| (finding.class, transcript.text(finding.words))).collect()
    }

    fn stumbles(text: &str) -> Vec<String> {
        dropped(text)
            .into_iter()
            .filter(|(class, _)| matches!(class, Class::Repetition | Class::Restart))
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn flags_a_word_or_phrase_said_again_at_once() {
        assert_eq!(dropped("I, I made it"), [(Class::Repetition, "I,".to_owned())]);
        assert_eq!(stumbles("I put the the box down"), ["the"]);
        assert_eq!(stumbles("we had we had a plan"), ["we had"]);
        assert_eq!(stumbles("The problem, the problem was, uh, the kitchen"), ["The problem,"]);
        assert_eq!(stumbles("the the the box"), ["the the"]);
    }

    #[test]
    fn sees_a_repetition_across_fillers() {
        assert_eq!(stumbles("it was on, uh, on their list"), ["on,"]);
        assert_eq!(stumbles("I would, you know, I would bring her"), ["I would,"]);
    }

    #[test]
    fn does_not_flag_emphasis() {
        for text in [
            "it was very, very slow",
            "no, no, we left",
            "a long, long time",
            "They went back and forth, back and forth, and it stuck",
            "There was a lot of pushback, a lot of pushback, from the old guard",
        ] {
            assert_eq!(stumbles(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn does_not_flag_doubles_of_grammar() {
        assert_eq!(stumbles("I knew that that was wrong and he had had enough"), Vec::<String>::new());
    }

    #[test]
    fn flags_abandoned_words_and_their_replacement() {
        assert_eq!(dropped("I took, I pulled three years of data"), [(Class::Restart, "I took,".to_owned())]);
        assert_eq!(stumbles("The driver, he's a, he's paid by trip"), ["he's a,"]);
        assert_eq!(stumbles("I did four, well, almost four years of it"), ["four, well,"]);
        assert_eq!(stumbles("So we, I cut it down"), ["we,"]);
    }

    #[test]
    fn does_not_flag_parallel_clauses() {
        for text in [
            "we looked at the logs, we looked at the queries",
            "I know, I know the answer",
            "She gave it to me, she gave it twice",
            "The desk, the kitchen, the bar, everyone",
            "It was late, it was cold",
        ] {
            assert_eq!(stumbles(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_marker_inside_abandoned_words_is_not_counted_twice() {
        assert_eq!(dropped("four, well, almost four years").len(), 1);
    }

    #[test]
    fn rates_count_fluent_words_only() {
        let transcript = plain_transcript("um I made uh two big calls");
        let found = find(&Tokens::of(&transcript), lexicon());
        let fillers = summarise(&found, &transcript, Some(Seconds(30.0)));
        assert_eq!((fillers.count, fillers.by_class.filled_pause), (2, 2));
        assert_eq!((fillers.per_minute, fillers.per_100_words), (Some(4.0), 40.0));
        assert_eq!(summarise(&found, &transcript, None).per_minute, None);
    }

    #[test]
    fn json_has_the_contract_s_keys() {
        let transcript = plain_transcript("um yes");
        let fillers = summarise(&find(&Tokens::of(&transcript), lexicon()), &transcript, None);
        let json = serde_json::to_value(&fillers).unwrap();
        assert_eq!(json["items"][0]["class"], "filled_pause");
        assert_eq!(json["items"][0]["words"], serde_json::json!([0, 1]));
        assert!(json["per_minute"].is_null());
    }

    #[test]
    fn a_model_s_span_is_a_repetition_when_the_same_words_follow() {
        let lexicon = lexicon();
        let transcript = plain_transcript("So I, um, I, I said, she said no");
        assert_eq!(classify_repeat(&Tokens::of(&transcript), lexicon, WordRange::new(1, 2)), Class::Repetition);
        assert_eq!(classify_repeat(&Tokens::of(&transcript), lexicon, WordRange::new(4, 6)), Class::Restart);
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_in_range(text in "(\\PC|\n){0,200}") {
            let transcript = plain_transcript(&text);
            let lexicon = lexicon();
            let found = find(&Tokens::of(&transcript), lexicon);
            for pair in found.windows(2) {
                prop_assert!(pair[0].words.hi <= pair[1].words.lo);
            }
            for finding in &found {
                prop_assert!(!finding.words.is_empty() && finding.words.hi <= transcript.words.len());
                let _ = classify_repeat(&Tokens::of(&transcript), lexicon, finding.words);
            }
            prop_assert_eq!(summarise(&found, &transcript, None).count, found.len());
        }

        #[test]
        fn stumbling_text_never_panics(words in prop::collection::vec(prop::sample::select(vec!["I,", "I", "the,", "the", "well,", "was,", "uh,", "very,", "it's,", "four,", "\n", "—", "we", "said"]), 0..40)) {
            let transcript = plain_transcript(&words.join(" "));
            let found = find(&Tokens::of(&transcript), lexicon());
            for pair in found.windows(2) {
                prop_assert!(pair[0].words.hi <= pair[1].words.lo);
            }
        }
    }
}
