//! Numbers as people say them: "forty one", "two point three million", "one in five", "41%", "$2.3 million".
//!
//! A parser of our own, and not text2num: that crate rewrites text where a span is wanted, and years come out wrong
//! as was found when the project was designed. Here the kind of a number (a year, a clock time, an ordinal, a share) matters
//! more than its value, since it decides whether the number measures anything.

#![allow(clippy::float_cmp, reason = "whole numbers and powers of ten are exact in f64")]

use crate::english::Words;
use crate::lexicon::{NUMBERS, Tokens, is_number};

/// What a number counts, as far as its own words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A plain number.
    Count,
    /// A percentage; the value is in percent.
    Percent,
    /// An amount of money; the value is in the currency's unit.
    Money(&'static str),
    /// A part of a whole: "a third", "one in five"; the value is below 1.
    Share,
    /// A factor: "three x", "twice", "doubled".
    Times,
    /// first, 25th.
    Ordinal,
    /// 2021, nineteen seventy four.
    Year,
    /// 6:45, seven thirty.
    Clock,
}

/// A number and the tokens that say it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// First token.
    pub lo: usize,
    /// One past the last token.
    pub hi: usize,
    /// Its value.
    pub value: f64,
    /// What it counts.
    pub kind: Kind,
    /// For a share said as a ratio ("one in five"): the whole.
    pub out_of: Option<f64>,
}

/// Every number in the tokens, in order, none overlapping.
#[must_use]
pub fn numbers(tokens: &Tokens) -> Vec<Number> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(number) = number_at(tokens, at) {
            at = number.hi;
            out.push(number);
        } else {
            at += 1;
        }
    }
    out
}

/// The number that begins at a token, if one does.
#[must_use]
pub fn number_at(tokens: &Tokens, at: usize) -> Option<Number> {
    factor(tokens, at)
        .or_else(|| year_or_clock(tokens, at))
        .or_else(|| fraction(tokens, at))
        .or_else(|| ratio(tokens, at))
        .or_else(|| amount(tokens, at))
        .or_else(|| one_unit(tokens, at))
        .or_else(|| ordinal(tokens, at))
        .filter(|number| number.value.is_finite())
}

fn digit_word(word: &str) -> Option<f64> {
    NUMBERS.digits.iter().position(|known| known == word).map(|nth| nth as f64)
}

fn teen_word(word: &str) -> Option<f64> {
    NUMBERS.teens.iter().position(|known| known == word).map(|nth| nth as f64 + 10.0)
}

fn tens_word(word: &str) -> Option<f64> {
    NUMBERS.tens.iter().position(|known| known == word).map(|nth| (nth as f64 + 2.0) * 10.0)
}

/// The value that a word has in a table.
fn value_in(table: &[(f64, Words)], word: &str) -> Option<f64> {
    table.iter().find(|(_, words)| words.has(word)).map(|(value, _)| *value)
}

fn scale_word(word: &str) -> Option<f64> {
    value_in(&NUMBERS.scales, word)
}

/// Whether a word is a unit of time, singular or plural.
#[must_use]
pub fn is_time_unit(word: &str) -> bool {
    NUMBERS.time_units.has(word)
}

/// A token of figures: sign, value, what stands after the figures.
fn figures(word: &str) -> Option<(Option<&'static str>, f64, &str)> {
    let (currency, rest) = match word.chars().next()? {
        '$' => (Some("dollars"), &word[1..]),
        '€' => (Some("euros"), &word['€'.len_utf8()..]),
        '£' => (Some("pounds"), &word['£'.len_utf8()..]),
        _ => (None, word),
    };
    let length = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(length);
    let digits = digits.trim_end_matches(['.', ',']);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let grouped = digits.split(',').skip(1).all(|group| group.split('.').next().is_some_and(|g| g.len() == 3));
    let plain = if grouped { digits.replace(',', "") } else { digits.replacen(',', ".", 1) };
    plain.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| (currency, value, tail))
}

/// A cardinal in words or figures, with its scales: value and end.
fn cardinal(tokens: &Tokens, at: usize) -> Option<(f64, usize)> {
    let (mut total, mut group): (f64, Option<f64>) = (0.0, None);
    let mut end = at;
    // "a hundred", "a thousand": the article is the one.
    let mut next =
        if matches!(tokens.word(at), "a") && scale_word(tokens.word(at + 1)).is_some() && tokens.runs_on(at + 1) {
            group = Some(1.0);
            at + 1
        } else {
            at
        };
    let mut after_scale = false;
    while next == at || tokens.runs_on(next) {
        let word = tokens.word(next);
        if let Some((None, value, "")) = figures(word).filter(|_| group.is_none() && !after_scale) {
            let mut value = value;
            // "90 000": groups of three set apart by a space.
            while tokens.word(next + 1).len() == 3
                && (1.0..1e9).contains(&value)
                && tokens.word(next).len() <= 3
                && tokens.runs_on(next + 1)
                && tokens.word(next + 1).chars().all(|c| c.is_ascii_digit())
                && !tokens.word(next).contains(['.', ','])
            {
                value = value * 1000.0 + tokens.word(next + 1).parse::<f64>().unwrap_or(0.0);
                next += 1;
            }
            group = Some(value);
        } else if let Some(unit) = digit_word(word) {
            match group {
                None => group = Some(unit),
                Some(tens) if unit >= 1.0 && tens % 10.0 == 0.0 && tens > 0.0 && tens % 100.0 != 10.0 => {
                    group = Some(tens + unit);
                }
                Some(_) => break,
            }
        } else if let Some(value) = teen_word(word).or_else(|| tens_word(word)) {
            match group {
                None => group = Some(value),
                Some(hundreds) if hundreds >= 100.0 && hundreds % 100.0 == 0.0 => group = Some(hundreds + value),
                Some(_) => break,
            }
        } else if let Some(scale) = scale_word(word) {
            let by = group.take().unwrap_or(1.0);
            if scale == 1e2 {
                group = Some(by * scale);
            } else {
                total += by * scale;
            }
            after_scale = true;
        } else if word == "point"
            && group.is_some()
            && tokens.runs_on(next + 1)
            && digit_word(tokens.word(next + 1)).is_some()
        {
            let mut place = 0.1;
            while let Some(digit) = digit_word(tokens.word(next + 1)).filter(|_| tokens.runs_on(next + 1)) {
                group = group.map(|value| value + digit * place);
                place /= 10.0;
                next += 1;
            }
        } else if word == "and" && after_scale && tokens.runs_on(next + 1) && is_small(tokens.word(next + 1)) {
            next += 1;
            continue;
        } else if word == "and"
            && tokens.word(next + 1) == "a"
            && tokens.word(next + 2) == "half"
            && tokens.runs_on(next + 1)
            && tokens.runs_on(next + 2)
            && group.is_some()
        {
            group = group.map(|value| value + 0.5);
            next += 2;
        } else {
            break;
        }
        next += 1;
        end = next;
    }
    let value = total + group.unwrap_or(0.0);
    (end > at && (group.is_some() || total > 0.0)).then_some((value, end))
}

fn is_small(word: &str) -> bool {
    digit_word(word).or_else(|| teen_word(word)).or_else(|| tens_word(word)).is_some()
}

/// A cardinal with what it counts: percent, money, or nothing.
fn amount(tokens: &Tokens, at: usize) -> Option<Number> {
    let word = tokens.word(at);
    let (value, mut hi, mut kind) = if let Some((currency, value, tail)) =
        figures(word).filter(|(currency, _, tail)| currency.is_some() || !tail.is_empty())
    {
        let (scale, kind) = match tail {
            "" => (1.0, Kind::Count),
            "%" => (1.0, Kind::Percent),
            "k" => (1e3, Kind::Count),
            "m" | "mm" if currency.is_some() => (1e6, Kind::Count),
            "bn" | "b" => (1e9, Kind::Count),
            "x" => (1.0, Kind::Times),
            "p" => (1.0, Kind::Money("pence")),
            _ => return None,
        };
        let mut value = value * scale;
        let mut hi = at + 1;
        while let Some(scale) = scale_word(tokens.word(hi)).filter(|_| tokens.runs_on(hi)) {
            value *= scale;
            hi += 1;
        }
        (value, hi, currency.map_or(kind, Kind::Money))
    } else {
        let (value, hi) = cardinal(tokens, at)?;
        (value, hi, Kind::Count)
    };
    if kind == Kind::Count && tokens.runs_on(hi) {
        let next = tokens.word(hi);
        if matches!(next, "percent" | "pct" | "%") {
            kind = Kind::Percent;
            hi += 1;
        } else if next == "per" && tokens.word(hi + 1) == "cent" && tokens.runs_on(hi + 1) {
            kind = Kind::Percent;
            hi += 2;
        } else if let Some(currency) = currency(next) {
            kind = Kind::Money(currency);
            hi += 1;
        } else if matches!(next, "x" | "times") {
            kind = Kind::Times;
            hi += 1;
        } else if next == "basis" && tokens.word(hi + 1) == "points" {
            kind = Kind::Percent;
            hi += 2;
            return Some(Number { lo: at, hi, value: value / 100.0, kind, out_of: None });
        } else if NUMBERS.clock.has(next) {
            kind = Kind::Clock;
            hi += 1;
        } else if tokens.word(hi - 1) == "grand" {
            // "a grand old town" is no sum.
            if (word == "grand" || word == "a" && hi == at + 2) && !NUMBERS.grand_ends.has(next) {
                return None;
            }
            kind = Kind::Money("money");
        }
    } else if kind == Kind::Count && tokens.word(hi - 1) == "grand" {
        kind = Kind::Money("money");
    }
    Some(Number { lo: at, hi, value, kind, out_of: None })
}

/// "under an hour", "took a week": the article counts when a bound or a cost stands before it.
fn one_unit(tokens: &Tokens, at: usize) -> Option<Number> {
    // "it cost me a week"
    let paid_by = at > 1 && NUMBERS.payers.has(tokens.word(at - 1)) && NUMBERS.paying.has(tokens.word(at - 2));
    let counts = at > 0
        && matches!(tokens.word(at), "a" | "an")
        && tokens.runs_on(at)
        && tokens.runs_on(at + 1)
        && is_time_unit(tokens.word(at + 1))
        && (paid_by || NUMBERS.before_one_unit.has(tokens.word(at - 1)));
    counts.then_some(Number { lo: at, hi: at + 1, value: 1.0, kind: Kind::Count, out_of: None })
}

/// The currency a word names.
#[must_use]
pub fn currency(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('\'');
    NUMBERS.currencies.iter().find(|(_, words)| words.has(word)).map(|(name, _)| name.as_str())
}

/// "half", "a third", "two thirds", "three quarters".
fn fraction(tokens: &Tokens, at: usize) -> Option<Number> {
    let word = tokens.word(at);
    let share = |hi: usize, value: f64| Some(Number { lo: at, hi, value, kind: Kind::Share, out_of: None });
    if word == "half" {
        // "half a million", "half past seven", "half seven".
        if tokens.word(at + 1) == "past" {
            let hi = cardinal(tokens, at + 2).map_or(at + 2, |(_, hi)| hi);
            return Some(Number { lo: at, hi, value: 0.0, kind: Kind::Clock, out_of: None });
        }
        if matches!(tokens.word(at + 1), "a" | "an")
            && tokens.runs_on(at + 1)
            && tokens.runs_on(at + 2)
            && is_time_unit(tokens.word(at + 2))
        {
            return Some(Number { lo: at, hi: at + 2, value: 0.5, kind: Kind::Count, out_of: None });
        }
        if tokens.word(at + 1) == "a" && tokens.runs_on(at + 1) {
            if let Some(scale) = scale_word(tokens.word(at + 2)).filter(|_| tokens.runs_on(at + 2)) {
                return Some(Number { lo: at, hi: at + 3, value: scale / 2.0, kind: Kind::Count, out_of: None });
            }
            return Some(Number { lo: at, hi: at + 1, value: 0.5, kind: Kind::Count, out_of: None });
        }
        return share(at + 1, 0.5);
    }
    let whole = |at: usize| value_in(&NUMBERS.parts, tokens.word(at)).filter(|_| tokens.runs_on(at));
    if matches!(word, "a" | "one")
        && let Some(parts) = whole(at + 1)
    {
        return share(at + 2, 1.0 / parts);
    }
    let (count, hi) = digit_word(word).map(|count| (count, at + 1))?;
    let parts = whole(hi)?;
    (count >= 2.0 && tokens.word(hi).ends_with('s') && count < parts)
        .then(|| count / parts)
        .and_then(|value| share(hi + 1, value))
}

/// "one in five", "two out of three", "14 of the first 22", "three of every ten".
fn ratio(tokens: &Tokens, at: usize) -> Option<Number> {
    let (part, hi) = cardinal(tokens, at)?;
    if part > 9.0 && at > 0 && matches!(tokens.word(at - 1), "$" | "at") {
        return None;
    }
    // "one claim in ten", "four alarms out of ten": one noun may stand between.
    for noun in 0..=2 {
        let link = hi + noun;
        if !(hi..=link).all(|at| tokens.runs_on(at)) {
            return None;
        }
        if noun > 0 && (is_number(tokens.word(link - 1)) || tokens.word(link - 1) == "one") {
            return None;
        }
        // "four times out of ten", but not "four times of the ten".
        let tries = tokens.word(link - 1) == "times" && tokens.word(link) == "out";
        if noun > 0 && !tries && NUMBERS.no_noun_of_ratio.has(tokens.word(link - 1)) {
            return None;
        }
        let mut whole = match (tokens.word(link), tokens.word(link + 1)) {
            ("out", "of") | ("for", "every") => link + 2,
            ("of", _) => link + 1,
            ("in" | "from" | "off", _) if noun <= 1 || matches!(tokens.word(link + 1), "a" | "every") => link + 1,
            _ => continue,
        };
        let every = NUMBERS.wholes.has(tokens.word(whole));
        // "one of the four" picks a thing out; "one of every ten" is a share.
        if every && part <= 1.0 && tokens.word(link) == "of" && tokens.word(whole) != "every" {
            return None;
        }
        if every {
            whole += 1;
        }
        if tokens.word(whole) == "first" {
            whole += 1;
        }
        if !(link..=whole).all(|at| tokens.runs_on(at)) {
            return None;
        }
        let (out_of, end) = cardinal(tokens, whole)?;
        let timed = is_time_unit(tokens.word(end)) && tokens.runs_on(end)
            || matches!(tokens.word(end), "o'clock" | "percent" | "am" | "pm");
        let fits = part > 0.0
            && (out_of > part || out_of == part && tokens.word(link) == "out")
            && out_of >= 2.0
            && !timed
            && !matches!(tokens.word(link), "from" if out_of > 100.0);
        let dated = is_year_token(tokens.word(whole));
        return (fits && !dated).then_some(Number {
            lo: at,
            hi: end,
            value: part / out_of,
            kind: Kind::Share,
            out_of: Some(out_of),
        });
    }
    None
}

/// Whether "double" is an amount ("rents for double now", "worth about double.") and neither a verb nor a kind
/// of room.
fn is_amount(tokens: &Tokens, at: usize) -> bool {
    let amounts_to = at > 0 && tokens.runs_on(at) && NUMBERS.amounts_to.has(tokens.word(at - 1));
    let ends = at + 1 >= tokens.len() || !tokens.runs_on(at + 1) || NUMBERS.after_amount.has(tokens.word(at + 1));
    amounts_to && ends
}

fn factor(tokens: &Tokens, at: usize) -> Option<Number> {
    let next = tokens.word(at + 1);
    let value = match tokens.word(at) {
        "twice" if next == "as" && tokens.runs_on(at + 1) => 2.0,
        "double" if is_amount(tokens, at) => 2.0,
        "triple" if is_amount(tokens, at) => 3.0,
        word => value_in(&NUMBERS.factors, word)?,
    };
    let number = Number { lo: at, hi: at + 1, value, kind: Kind::Times, out_of: None };
    (!NUMBERS.after_idiom.has(next)).then_some(number)
}

fn is_year_token(word: &str) -> bool {
    word.len() == 4 && word.chars().all(|c| c.is_ascii_digit()) && (word.starts_with("19") || word.starts_with("20"))
}

/// Years and times of day.
fn year_or_clock(tokens: &Tokens, at: usize) -> Option<Number> {
    let word = tokens.word(at);
    let as_kind = |hi: usize, value: f64, kind: Kind| Some(Number { lo: at, hi, value, kind, out_of: None });
    if word.contains(':') && word.split(':').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit())) {
        return as_kind(at + 1, 0.0, Kind::Clock);
    }
    let counted = tokens.runs_on(at + 1)
        && (currency(tokens.word(at + 1)).is_some()
            || is_time_unit(tokens.word(at + 1))
            || matches!(tokens.word(at + 1), "percent" | "%" | "people"));
    if is_year_token(word) && !counted {
        return as_kind(at + 1, word.parse().unwrap_or(0.0), Kind::Year);
    }
    let first = teen_word(word).or_else(|| tens_word(word)).or_else(|| digit_word(word))?;
    let second_at = at + 1;
    if !tokens.runs_on(second_at) {
        return None;
    }
    let (tail, hi) = two_digits(tokens, second_at)?;
    // "nineteen seventy four", "twenty twenty one".
    if (first == 19.0 || first == 20.0) && (10.0..100.0).contains(&tail) {
        return as_kind(hi, first * 100.0 + tail, Kind::Year);
    }
    // "six thirty", "seven fifteen".
    let minutes = NUMBERS.minutes.contains(&tail);
    let counts =
        scale_word(tokens.word(hi)).is_some() || currency(tokens.word(hi)).is_some() || tokens.word(hi) == "percent";
    let priced = currency(tokens.word(at.saturating_sub(1))).is_some();
    ((1.0..=12.0).contains(&first) && minutes && !counts && !priced).then(|| as_kind(hi, 0.0, Kind::Clock)).flatten()
}

/// A number from 10 to 99 in words.
fn two_digits(tokens: &Tokens, at: usize) -> Option<(f64, usize)> {
    if let Some(teen) = teen_word(tokens.word(at)) {
        return Some((teen, at + 1));
    }
    let tens = tens_word(tokens.word(at))?;
    match digit_word(tokens.word(at + 1)).filter(|unit| *unit >= 1.0 && tokens.runs_on(at + 1)) {
        Some(unit) => Some((tens + unit, at + 2)),
        None => Some((tens, at + 1)),
    }
}

fn ordinal(tokens: &Tokens, at: usize) -> Option<Number> {
    let word = tokens.word(at);
    let in_figures = figures(word).is_some_and(|(_, _, tail)| matches!(tail, "st" | "nd" | "rd" | "th"));
    let in_words = NUMBERS.ordinals.has(word);
    (in_figures || in_words).then_some(Number { lo: at, hi: at + 1, value: 0.0, kind: Kind::Ordinal, out_of: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(f64, Kind)> {
        numbers(&Tokens::of_text(text)).into_iter().map(|number| (number.value, number.kind)).collect()
    }

    #[test]
    fn reads_cardinals_in_words_and_figures() {
        for (said, value) in [
            ("forty one", 41.0),
            ("two hundred and six", 206.0),
            ("seventy two hundred", 7200.0),
            ("two point three million", 2.3e6),
            ("six and a half thousand", 6500.0),
            ("a hundred and eighty", 180.0),
            ("half a million", 5e5),
            ("1,140", 1140.0),
            ("90 000", 90_000.0),
            ("400 thousand", 4e5),
            ("2.3", 2.3),
            ("zero", 0.0),
            ("thirty eight thousand", 38_000.0),
        ] {
            assert_eq!(read(said), [(value, Kind::Count)], "{said}");
        }
    }

    #[test]
    fn reads_what_is_counted() {
        assert_eq!(read("41%"), [(41.0, Kind::Percent)]);
        assert_eq!(read("forty one percent"), [(41.0, Kind::Percent)]);
        assert_eq!(read("$2.3 million"), [(2.3e6, Kind::Money("dollars"))]);
        assert_eq!(read("ninety thousand euros"), [(9e4, Kind::Money("euros"))]);
        assert_eq!(read("roughly three x faster"), [(3.0, Kind::Times)]);
        assert_eq!(read("it doubled"), [(2.0, Kind::Times)]);
    }

    #[test]
    fn reads_parts_of_a_whole() {
        for (said, value) in [
            ("one in five", 0.2),
            ("two out of three", 2.0 / 3.0),
            ("three of every ten", 0.3),
            ("one claim in ten", 0.1),
            ("four alarms out of ten", 0.4),
            ("a third", 1.0 / 3.0),
            ("three quarters", 0.75),
            ("half", 0.5),
            ("nineteen calls out of thirty", 19.0 / 30.0),
        ] {
            assert_eq!(read(said), [(value, Kind::Share)], "{said}");
        }
    }

    #[test]
    fn knows_years_and_hours_of_the_day() {
        for said in ["in 2021", "nineteen seventy four", "twenty twenty one"] {
            assert_eq!(read(said)[0].1, Kind::Year, "{said}");
        }
        for said in ["at 6:45", "seven thirty", "half past seven", "ten o'clock", "2 p.m."] {
            assert_eq!(read(said)[0].1, Kind::Clock, "{said}");
        }
        assert_eq!(read("the 25th")[0].1, Kind::Ordinal);
    }

    #[test]
    fn double_is_an_amount_only_where_something_amounts_to_it() {
        assert_eq!(read("that corner rents for double now"), [(2.0, Kind::Times)]);
        assert_eq!(read("a forfeit is worth about double."), [(2.0, Kind::Times)]);
        assert_eq!(read("for double rooms, and I had to double back, at the double"), []);
    }

    #[test]
    fn reads_tries_and_whole_lots_as_shares() {
        assert_eq!(read("four times out of ten"), [(0.4, Kind::Share)]);
        assert_eq!(read("five out of the five"), [(1.0, Kind::Share)]);
        assert_eq!(read("two empty beds from every nine").len(), 1);
        assert_ne!(read("four times of the ten").first().map(|number| number.1), Some(Kind::Share));
    }

    #[test]
    fn a_grand_is_money_but_a_grand_old_town_is_not() {
        assert_eq!(read("it cost a grand a month"), [(1000.0, Kind::Money("money"))]);
        assert_eq!(read("a grand town"), []);
    }

    #[test]
    fn a_pause_parts_two_numbers() {
        assert_eq!(read("twenty, five").len(), 2);
        assert_eq!(read("two things in one week"), [(2.0, Kind::Count), (1.0, Kind::Count)]);
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_and_finite(text in "(\\PC|[0-9$€%,. ]|hundred |one |in |half ){0,60}") {
            let seen = Tokens::of_text(&text);
            let found = numbers(&seen);
            for pair in found.windows(2) {
                prop_assert!(pair[0].hi <= pair[1].lo);
            }
            for number in found {
                prop_assert!(number.lo < number.hi && number.hi <= seen.len() && number.value.is_finite());
            }
        }
    }
}
