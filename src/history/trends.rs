//! How it goes from week to week: the takes of each ISO week in one figure a measure, with its interval.
//!
//! Like is held against like. A series is the takes that the same [`Instrument`] measured (speech
//! model, judge, word lists, rules); where it changed there is a break, and a change is looked for
//! in the newest series alone. A recording that was analyzed again counts once, with its newest
//! record, so `cutlist analyze` on old recordings mends a break.
//!
//! The first take of a question and story is cold, as the interview will be; later ones are rehearsed. They are shown
//! apart. A take with neither question nor story is in the whole, and in neither of the two.
//!
//! Every figure is data here; `view` draws it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::change::{Change, Demand, detect};
use super::instrument::Instrument;
use super::interval::{self, Interval};
use super::take::Take;
use crate::builtin::builtin;
use crate::measures::descriptor::{Better, Measured};
use crate::measures::{MEASURES, Measure};
use crate::question::Kind;
use crate::verdicts::bands::Bands;

/// The version of the document's keys.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    confidence: f64,
    alpha: f64,
    power: f64,
    least_half: usize,
    most_answers: usize,
    least_degrees: usize,
}

static SETTINGS: LazyLock<Settings> = builtin!("trends.toml");

/// Which takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Filter {
    /// Only this story.
    pub story: Option<String>,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only cold takes, or only rehearsed ones.
    pub only: Option<Rehearsal>,
}

impl Filter {
    /// What is asked for, in words: `story tax-form`.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let story = self.story.as_ref().map(|story| format!("story {story}"));
        story.into_iter().chain(self.kind.map(|kind| format!("kind {kind}"))).collect()
    }

    /// Whether a take is of the story and kind that are wanted; whether it was rehearsed is known only beside the others.
    #[must_use]
    pub fn takes(&self, take: &Take) -> bool {
        (self.story.is_none() || self.story == take.story)
            && self.kind.is_none_or(|kind| take.kind.as_deref() == Some(kind.name()))
    }
}

/// Whether a take was the first of its question and story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Rehearsal {
    /// The first.
    Cold,
    /// Told before.
    Rehearsed,
}

/// What is good, bounds included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Target {
    /// Lowest good value.
    pub low: f64,
    /// Highest good value.
    pub high: f64,
}

/// One week of the x axis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Week {
    /// ISO 8601: `2026-W45`.
    pub name: String,
    /// Its Monday.
    pub starts: String,
}

/// Takes measured by the same instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Series {
    /// The instrument.
    #[serde(flatten)]
    pub instrument: Instrument,
    /// Takes of it among those looked at.
    pub takes: usize,
}

/// Where the instrument changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The first week of the newest series.
    pub week: String,
    /// What changed, in plain words.
    pub what: String,
}

/// One figure of one week, or of all weeks together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The week; empty for all together.
    pub week: String,
    /// Number of the series; see [`Trends::series`].
    pub series: usize,
    /// Median or rate; `null` where the median answer has no conclusion.
    pub value: Option<f64>,
    /// Lower bound; `null` where it is beyond any number.
    pub low: Option<f64>,
    /// Upper bound; likewise.
    pub high: Option<f64>,
    /// How sure the bounds are, 0 to 1.
    pub confidence: f64,
    /// Answers in it.
    pub answers: usize,
    /// Answers among them without a conclusion.
    pub without: usize,
}

/// A take that stands out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Linked {
    /// Its number.
    pub take: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its value; `null` for no conclusion.
    pub value: Option<f64>,
}

/// One measure over the weeks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureTrend {
    /// Which.
    pub measure: &'static Measure,
    /// What it is called.
    pub title: &'static str,
    /// Which way is better.
    pub better: Better,
    /// What is good.
    pub target: Option<Target>,
    /// `median` or `rate`.
    pub figure: &'static str,
    /// A point a week and series, in time.
    pub points: Vec<Point>,
    /// Cold takes of the newest series together.
    pub cold: Option<Point>,
    /// Rehearsed takes of the newest series together.
    pub rehearsed: Option<Point>,
    /// The earlier half of the newest series, together.
    pub earlier: Option<Point>,
    /// The later half.
    pub later: Option<Point>,
    /// Whether the halves differ.
    pub change: Change,
    /// The best take.
    pub best: Option<Linked>,
    /// The worst take.
    pub worst: Option<Linked>,
}

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trends {
    /// Version of the keys.
    pub schema_version: u32,
    /// The time zone that the weeks are of.
    pub zone: String,
    /// Which takes.
    pub filter: Filter,
    /// The weeks, first to last, empty ones too.
    pub weeks: Vec<Week>,
    /// Takes looked at.
    pub takes: usize,
    /// Records left out because the same recording has a newer one.
    pub superseded: usize,
    /// The series; the last is the newest.
    pub series: Vec<Series>,
    /// Where series change.
    pub breaks: Vec<Break>,
    /// The measures.
    pub measures: Vec<MeasureTrend>,
}

/// A take in its week and series.
struct Placed<'a> {
    take: &'a Take,
    week: usize,
    series: usize,
    rehearsal: Option<Rehearsal>,
}

/// The trends of takes (oldest first, as [`super::Store::takes`] gives them) over at most `weeks` weeks, the last of them that
/// of the newest take.
#[must_use]
pub fn trends(takes: &[Take], filter: &Filter, weeks: usize, zone: &TimeZone) -> Trends {
    let (newest, superseded) = newest_records(takes);
    let rehearsals = rehearsals(&newest);
    let mut chosen: Vec<(&Take, Option<Rehearsal>, Date)> = newest
        .iter()
        .zip(&rehearsals)
        .filter(|(take, _)| filter.takes(take))
        .filter(|(_, rehearsal)| filter.only.is_none() || filter.only == **rehearsal)
        .filter_map(|(take, rehearsal)| Some((*take, *rehearsal, monday(take.at_ms, zone)?)))
        .collect();
    let mondays = axis(chosen.iter().map(|(.., monday)| *monday), weeks);
    chosen.retain(|(.., monday)| mondays.contains(monday));
    let place: BTreeMap<Date, usize> = mondays.iter().enumerate().map(|(i, monday)| (*monday, i)).collect();
    let mut instruments: Vec<&Instrument> = Vec::new();
    // The newest take's instrument comes last.
    for (take, ..) in chosen.iter().rev() {
        if !instruments.contains(&&take.instrument) {
            instruments.push(&take.instrument);
        }
    }
    instruments.reverse();
    let number = |take: &Take| instruments.iter().position(|one| **one == take.instrument).unwrap_or_default();
    let placed: Vec<Placed<'_>> = chosen
        .iter()
        .map(|(take, rehearsal, monday)| Placed {
            take,
            week: place[monday],
            series: number(take),
            rehearsal: *rehearsal,
        })
        .collect();
    let weeks: Vec<Week> =
        mondays.iter().map(|monday| Week { name: week_name(*monday), starts: monday.to_string() }).collect();
    let series: Vec<Series> = instruments
        .iter()
        .enumerate()
        .map(|(i, instrument)| Series {
            instrument: (*instrument).clone(),
            takes: placed.iter().filter(|take| take.series == i).count(),
        })
        .collect();
    let measures = MEASURES.iter().map(|measure| measure_trend(measure, &placed, &weeks, series.len())).collect();
    Trends {
        schema_version: SCHEMA_VERSION,
        zone: zone.iana_name().unwrap_or("local").to_owned(),
        filter: filter.clone(),
        breaks: breaks(&placed, &series, &weeks),
        weeks,
        takes: placed.len(),
        superseded,
        series,
        measures,
    }
}

/// The newest record of each recording, in time; and how many older ones there are.
pub(crate) fn newest_records(takes: &[Take]) -> (Vec<&Take>, usize) {
    let mut newest: HashMap<&str, i64> = HashMap::new();
    for take in takes.iter().filter(|take| !take.sha256.is_empty()) {
        let id = newest.entry(&take.sha256).or_insert(take.id);
        *id = take.id.max(*id);
    }
    let kept: Vec<&Take> =
        takes.iter().filter(|take| newest.get(take.sha256.as_str()).is_none_or(|id| *id == take.id)).collect();
    let superseded = takes.len() - kept.len();
    (kept, superseded)
}

/// Whether each take was the first of its question and story.
fn rehearsals(takes: &[&Take]) -> Vec<Option<Rehearsal>> {
    let mut told: BTreeSet<String> = BTreeSet::new();
    takes
        .iter()
        .map(|take| {
            let question = take.question.as_deref().map(|text| {
                let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
                format!("question {}", bare.to_lowercase())
            });
            let story = take.story.as_deref().map(|id| format!("story {id}"));
            let keys: Vec<String> = question.into_iter().chain(story).collect();
            if keys.is_empty() {
                return None;
            }
            let is_new = keys.iter().filter(|key| told.insert((*key).clone())).count() == keys.len();
            Some(if is_new { Rehearsal::Cold } else { Rehearsal::Rehearsed })
        })
        .collect()
}

fn monday(at_ms: i64, zone: &TimeZone) -> Option<Date> {
    let date = Timestamp::from_millisecond(at_ms).ok()?.to_zoned(zone.clone()).date();
    let week = date.iso_week_date();
    Some(ISOWeekDate::new(week.year(), week.week(), Weekday::Monday).ok()?.date())
}

/// ISO 8601's name of the week of a Monday: `2026-W45`.
fn week_name(monday: Date) -> String {
    let week = monday.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// The Mondays of the last weeks, empty ones between included.
fn axis(mondays: impl Iterator<Item = Date>, weeks: usize) -> Vec<Date> {
    let all: BTreeSet<Date> = mondays.collect();
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Vec::new() };
    let mut out = vec![*last];
    while out.len() < weeks.max(1) {
        match out[out.len() - 1].checked_sub(1.week()) {
            Ok(before) if before >= *first => out.push(before),
            _ => break,
        }
    }
    out.reverse();
    out
}

/// A break for each series after the first, where it begins.
fn breaks(placed: &[Placed<'_>], series: &[Series], weeks: &[Week]) -> Vec<Break> {
    series
        .windows(2)
        .enumerate()
        .filter_map(|(i, pair)| {
            let first = placed.iter().filter(|take| take.series == i + 1).map(|take| take.week).min()?;
            let what = pair[1].instrument.changes(&pair[0].instrument);
            Some(Break { week: weeks.get(first)?.name.clone(), what: what.join(", ") })
        })
        .collect()
}

fn measure_trend(measure: &'static Measure, placed: &[Placed<'_>], weeks: &[Week], series: usize) -> MeasureTrend {
    let settings = &*SETTINGS;
    let newest = series.saturating_sub(1);
    let current: Vec<&Placed<'_>> = placed.iter().filter(|take| take.series == newest).collect();
    let mut cells: BTreeMap<(usize, usize), Vec<Measured>> = BTreeMap::new();
    for take in placed {
        cells.entry((take.week, take.series)).or_default().extend(take.take.figures.in_weeks(measure));
    }
    let dispersions: Vec<f64> = (0..series)
        .map(|number| {
            let groups: Vec<Vec<(f64, f64)>> = cells
                .iter()
                .filter(|((_, series), _)| *series == number && measure.is_rate())
                .map(|(_, answers)| counts(answers))
                .collect();
            interval::dispersion(&groups, settings.least_degrees)
        })
        .collect();
    let point = |week: &str, series: usize, answers: &[Measured]| {
        let values: Vec<f64> = answers.iter().map(|measured| measured.value()).collect();
        let found = if measure.is_rate() {
            let (count, exposure) =
                counts(answers).into_iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            interval::rate(count, exposure, dispersions.get(series).copied().unwrap_or(1.0), settings.confidence)
        } else {
            interval::median(&values, settings.confidence)
        };
        let Interval { value, low, high, confidence } = found?;
        let number = |value: f64| value.is_finite().then_some(value);
        Some(Point {
            week: week.to_owned(),
            series,
            value: number(value),
            low: number(low),
            high: number(high),
            confidence,
            answers: values.len(),
            without: values.iter().filter(|value| value.is_infinite()).count(),
        })
    };
    let points =
        cells.iter().filter_map(|((week, series), answers)| point(&weeks[*week].name, *series, answers)).collect();
    let of = |take: &Placed<'_>| take.take.figures.in_weeks(measure);
    let together = |takes: &[&Placed<'_>]| {
        let answers: Vec<Measured> = takes.iter().filter_map(|take| of(take)).collect();
        point("", newest, &answers)
    };
    let rehearsed = |rehearsal| -> Vec<&Placed<'_>> {
        current.iter().copied().filter(|take| take.rehearsal == Some(rehearsal)).collect()
    };
    let measured: Vec<(&Take, f64)> = current.iter().filter_map(|take| Some((take.take, of(take)?.value()))).collect();
    let with_figure: Vec<&Placed<'_>> = current.iter().copied().filter(|take| of(take).is_some()).collect();
    let (earlier, later) = with_figure.split_at(with_figure.len() / 2);
    let values: Vec<f64> = measured.iter().map(|(_, value)| *value).collect();
    let halves = values.split_at(values.len() / 2);
    let demand = Demand {
        alpha: settings.alpha,
        power: settings.power,
        least_half: settings.least_half,
        most_answers: settings.most_answers,
    };
    let target = Bands::bundled().of(measure).map(|band| Target { low: band.low, high: band.high });
    let (best, worst) = extremes(measure.better, target, &measured);
    MeasureTrend {
        measure,
        title: measure.title,
        better: measure.better,
        target,
        figure: if measure.is_rate() { "rate" } else { "median" },
        points,
        cold: together(&rehearsed(Rehearsal::Cold)),
        rehearsed: together(&rehearsed(Rehearsal::Rehearsed)),
        earlier: together(earlier),
        later: together(later),
        change: detect(halves.0, halves.1, &demand),
        best,
        worst,
    }
}

/// So many in so much of each answer; none where the measure is no rate.
fn counts(answers: &[Measured]) -> Vec<(f64, f64)> {
    let count = |measured: &Measured| match measured {
        Measured::Rate(count, per) => Some((*count, *per)),
        Measured::Value(_) | Measured::Never => None,
    };
    answers.iter().filter_map(count).collect()
}

/// The takes with the best and the worst value; the later one of equals.
fn extremes(better: Better, target: Option<Target>, all: &[(&Take, f64)]) -> (Option<Linked>, Option<Linked>) {
    let badness = |value: f64| match (better, target) {
        (Better::Lower, _) => value,
        (Better::Higher, _) | (Better::Inside, None) => -value,
        (Better::Inside, Some(band)) => (band.low - value).max(value - band.high).max(0.0),
    };
    let linked = |take: &Take, value: f64| Linked {
        take: take.id,
        at_ms: take.at_ms,
        value: value.is_finite().then_some(value),
    };
    if all.len() < 2 {
        return (None, None);
    }
    let best = all.iter().rev().min_by(|a, b| badness(a.1).total_cmp(&badness(b.1)));
    let worst = all.iter().max_by(|a, b| badness(a.1).total_cmp(&badness(b.1)));
    if best.zip(worst).is_some_and(|(best, worst)| badness(best.1).total_cmp(&badness(worst.1)).is_eq()) {
        return (None, None);
    }
    (best.map(|(take, value)| linked(take, *value)), worst.map(|(take, value)| linked(take, *value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Figures;

    fn take(id: i64, at: &str, conclusion_s: Option<f64>) -> Take {
        Take {
            id,
            key: id.to_string(),
            at_ms: at.parse::<Timestamp>().unwrap().as_millisecond(),
            saved_ms: 0,
            path: format!("{id}.wav"),
            sha256: format!("sha {id}"),
            kind: Some("leadership".into()),
            question: None,
            story: Some("tax".into()),
            instrument: Instrument {
                engine: "whisper.cpp".into(),
                model: Some("base".into()),
                judge: "judge 1".into(),
                lexicon_sha256: "l1".into(),
                ..Instrument::default()
            },
            cutlist_version: "0.1.0".into(),
            figures: Figures { words: 200, sentences: 10, cut: 3, speech_s: Some(60.0), ..Figures::default() }
                .with("conclusion", conclusion_s.map_or(Measured::Never, Measured::Value))
                .with("fillers", Measured::Rate(4.0, 1.0))
                .with("length", Measured::Value(80.0))
                .with("pace", Measured::Value(150.0)),
            corrections: 0,
        }
    }

    fn of(takes: &[Take]) -> Trends {
        trends(takes, &Filter::default(), 12, &TimeZone::UTC)
    }

    fn of_measure<'a>(trends: &'a Trends, name: &str) -> &'a MeasureTrend {
        trends.measures.iter().find(|trend| trend.measure.name == name).unwrap()
    }

    fn conclusion(trends: &Trends) -> &MeasureTrend {
        of_measure(trends, "conclusion")
    }

    #[test]
    fn weeks_are_iso_weeks_of_the_zone() {
        // Sunday evening in London is Monday in Tokyo, in the next week; 2027 begins in week 53 of 2026.
        let takes = [take(1, "2026-11-08T22:00:00Z", Some(9.0)), take(2, "2027-01-01T12:00:00Z", Some(9.0))];
        let london = of(&takes);
        assert_eq!(london.weeks.first().unwrap().name, "2026-W45");
        assert_eq!(london.weeks.last().unwrap().name, "2026-W53");
        assert_eq!(london.weeks.len(), 9, "weeks without a take are on the axis");
        let tokyo = trends(&takes, &Filter::default(), 12, &TimeZone::fixed(jiff::tz::offset(9)));
        assert_eq!(tokyo.weeks[0], Week { name: "2026-W46".into(), starts: "2026-11-09".into() });
    }

    #[test]
    fn a_median_without_a_conclusion_is_no_number() {
        let trends = of(&[
            take(1, "2026-11-02T10:00:00Z", None),
            take(2, "2026-11-03T10:00:00Z", Some(5.0)),
            take(3, "2026-11-04T10:00:00Z", None),
        ]);
        let point = &conclusion(&trends).points[0];
        assert_eq!((point.value, point.low, point.answers, point.without), (None, Some(5.0), 3, 2));
        assert_eq!(conclusion(&trends).best.as_ref().unwrap().take, 2);
        assert_eq!(conclusion(&trends).worst.as_ref().unwrap().value, None);
    }

    #[test]
    fn a_new_judge_breaks_the_series_and_a_new_analysis_mends_it() {
        let old = take(1, "2026-11-02T10:00:00Z", Some(30.0));
        let mut new = take(2, "2026-11-10T10:00:00Z", Some(10.0));
        new.instrument.judge = "judge 2".into();
        let broken = of(&[old.clone(), new.clone()]);
        assert_eq!(broken.breaks[0].week, "2026-W46");
        assert!(broken.breaks[0].what.contains("judge 2 instead of judge 1"));
        assert_eq!(conclusion(&broken).change, Change::TooFew { more_answers: 9 }, "the newest series alone");
        // The old recording, measured by the new judge.
        let mut again = take(3, "2026-11-02T10:00:00Z", Some(28.0));
        again.sha256 = old.sha256.clone();
        again.instrument.judge = "judge 2".into();
        let mended = of(&[old, again, new]);
        assert_eq!((mended.breaks.len(), mended.superseded, mended.takes), (0, 1, 2));
    }

    #[test]
    fn weights_of_the_same_name_and_rules_break_the_series_and_nothing_else_does() {
        let old = take(1, "2026-11-02T10:00:00Z", Some(30.0));
        let mut new = take(2, "2026-11-10T10:00:00Z", Some(10.0));
        new.cutlist_version = "9.9.9".into();
        assert!(of(&[old.clone(), new.clone()]).breaks.is_empty(), "a release alone");
        let recorded = |take: &Take, judge: &str, rules: &str| {
            let mut take = take.clone();
            take.instrument.judge_sha256 = Some(judge.into());
            take.instrument.rules = Some(rules.into());
            take
        };
        let now = recorded(&new, "b", "1.r");
        for (before, words) in [
            (recorded(&old, "a", "1.r"), "judged by other weights of judge 1"),
            (recorded(&old, "b", "0.r"), "other rules"),
            (old, "an earlier version did not record its rules and the judge's weights"),
        ] {
            let trends = of(&[before, now.clone()]);
            assert_eq!(trends.breaks, [Break { week: "2026-W46".into(), what: words.into() }]);
            assert_eq!(trends.series.len(), 2);
        }
    }

    #[test]
    fn the_first_take_of_a_story_and_question_is_cold() {
        let mut other = take(3, "2026-11-04T10:00:00Z", Some(3.0));
        other.story = None;
        other.question = Some("Why us?".into());
        let mut known = take(4, "2026-11-05T10:00:00Z", Some(4.0));
        known.question = Some("why us".into());
        let mut bare = take(5, "2026-11-05T11:00:00Z", Some(5.0));
        bare.story = None;
        let takes = [
            take(1, "2026-11-02T10:00:00Z", Some(1.0)),
            take(2, "2026-11-03T10:00:00Z", Some(2.0)),
            other,
            known,
            bare,
        ];
        let trends = of(&takes);
        let measure = conclusion(&trends);
        assert_eq!(measure.cold.as_ref().unwrap().answers, 2);
        assert_eq!(measure.rehearsed.as_ref().unwrap().answers, 2);
        let cold = Filter { only: Some(Rehearsal::Cold), ..Filter::default() };
        assert_eq!(super::trends(&takes, &cold, 12, &TimeZone::UTC).takes, 2);
    }

    #[test]
    fn four_weeks_of_getting_better_show_as_a_change() {
        let takes: Vec<Take> = (0..16)
            .map(|i| {
                let at = "2026-11-02T10:00:00Z".parse::<Timestamp>().unwrap() + (i * 40).hours();
                take(i + 1, &at.to_string(), Some(if i < 8 { 30.0 + i as f64 } else { 20.0 - i as f64 }))
            })
            .collect();
        let trends = of(&takes);
        assert!(matches!(conclusion(&trends).change, Change::Changed { is_up: false, .. }));
        assert!(matches!(of_measure(&trends, "length").change, Change::NotYet { more_answers: None, .. }));
    }

    #[test]
    fn no_take_makes_an_empty_document() {
        let trends = of(&[]);
        assert_eq!((trends.takes, trends.weeks.len(), trends.measures.len()), (0, 0, MEASURES.len()));
        assert!(serde_json::to_string(&trends).is_ok());
    }
}
