//! The history to look at: what is computed elsewhere, as text. Computes nothing.

pub mod compare_text;
pub mod list;
pub mod trends_html;
pub mod trends_text;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time as RFC 3339, in UTC, to the second.
#[must_use]
pub fn timestamp(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .ok()
        .and_then(|time| time.round(jiff::Unit::Second).ok())
        .map_or_else(String::new, |time| time.to_string())
}

/// A day as people write it beside a calendar week: `2 Nov 2026`.
#[must_use]
pub fn day(at_ms: i64, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at_ms)
        .map_or_else(|_| String::new(), |time| time.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string())
}

/// Text that cannot steer a terminal: control characters (a file name may hold any) become spaces.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) { ' ' } else { c }).collect()
}

/// At most `columns` characters, an ellipsis in place of the rest.
#[must_use]
pub fn shortened(text: &str, columns: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= columns {
        return text;
    }
    let mut out: String = text.chars().take(columns.saturating_sub(1)).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone() {
        let late = "2026-11-02T23:30:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(day(late, &TimeZone::UTC), "2 Nov 2026");
        assert_eq!(day(late, &TimeZone::fixed(jiff::tz::offset(1))), "3 Nov 2026");
        assert_eq!(timestamp(late), "2026-11-02T23:30:00Z");
    }

    #[test]
    fn long_text_is_cut_and_hostile_text_is_plain() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("a\u{1b}[31m", 10), "a [31m");
    }
}
