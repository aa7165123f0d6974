//! Trends for a terminal: a chart a measure, weeks from left to right.

use jiff::tz::TimeZone;

use super::day;
use crate::history::change::Change;
use crate::history::trends::{Linked, MeasureTrend, Point, Trends};
use crate::measures::Measure;
use crate::measures::descriptor::Better;

/// Rows of a chart.
const HEIGHT: usize = 7;
/// Columns of the y axis.
const AXIS: usize = 9;

/// The trends in at most `width` columns; only `measures`, or all where it is empty.
#[must_use]
pub fn render(trends: &Trends, measures: &[&Measure], zone: &TimeZone, width: usize) -> String {
    let width = width.clamp(60, 100);
    let (Some(first), Some(last)) = (trends.weeks.first(), trends.weeks.last()) else {
        return "No take is of that kind yet; `cutlist analyze FILE` keeps each one.\n".into();
    };
    let mut out = format!("{} takes, weeks {} to {}", trends.takes, first.name, last.name);
    for wanted in trends.filter.words() {
        out.push_str(&format!(", {}", super::printable(&wanted)));
    }
    out.push_str("\n● week's figure   │ its 95 % interval, or the range of few answers   ┄ target\n");
    for broken in &trends.breaks {
        let text = format!("╎ break in {}: {}; ○ before it is not compared", broken.week, broken.what);
        out.push_str(&textwrap::fill(&super::printable(&text), width));
        out.push('\n');
    }
    for measure in trends.measures.iter().filter(|m| measures.is_empty() || measures.contains(&m.measure)) {
        out.push('\n');
        chart(&mut out, trends, measure, zone, width);
    }
    out
}

/// What the change is, in plain words.
#[must_use]
pub fn change(trend: &MeasureTrend) -> String {
    let words = |point: &Option<Point>| {
        point.as_ref().map_or_else(String::new, |point| trend.measure.words(point.value.unwrap_or(f64::INFINITY)))
    };
    let answers = |point: &Option<Point>| point.as_ref().map_or(0, |point| point.answers);
    let halves = format!(
        "first {} answers {}, last {} {}",
        answers(&trend.earlier),
        words(&trend.earlier),
        answers(&trend.later),
        words(&trend.later)
    );
    match trend.change {
        Change::TooFew { more_answers } => format!("Too few answers to see a change; {more_answers} more to look."),
        Change::Changed { is_up, p } => {
            let way = match (trend.better, is_up) {
                (Better::Lower, false) | (Better::Higher, true) => "Better",
                (Better::Inside, true) => "Up",
                (Better::Inside, false) => "Down",
                _ => "Worse",
            };
            format!("{way}: {halves} (by chance in {} of 1000).", (p * 1000.0).ceil().max(1.0))
        }
        Change::NotYet { more_answers: Some(more), .. } => {
            format!("No detectable change yet: {halves}; about {more} more answers would tell.")
        }
        Change::NotYet { more_answers: None, .. } => {
            format!("No detectable change: {halves}, no difference to speak of.")
        }
    }
}

/// Cold against rehearsed, in plain words; empty where neither is known.
#[must_use]
pub fn rehearsal(trend: &MeasureTrend) -> String {
    let parts: Vec<String> = [("cold", &trend.cold), ("rehearsed", &trend.rehearsed)]
        .into_iter()
        .filter_map(|(name, point)| {
            let point = point.as_ref()?;
            let value = trend.measure.words(point.value.unwrap_or(f64::INFINITY));
            Some(format!("{name} {value} (n {})", point.answers))
        })
        .collect();
    parts.join(" · ")
}

/// The best and the worst take, in plain words; empty where there are none.
#[must_use]
pub fn extremes(trend: &MeasureTrend, zone: &TimeZone) -> String {
    let one = |name: &str, linked: &Option<Linked>| {
        linked.as_ref().map(|linked| {
            let value = trend.measure.words(linked.value.unwrap_or(f64::INFINITY));
            format!("{name} take {} ({value}, {})", linked.take, day(linked.at_ms, zone))
        })
    };
    [one("best", &trend.best), one("worst", &trend.worst)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The values that a chart has to show, lowest and highest; `None` where there is no number at all.
#[must_use]
pub fn scale(trend: &MeasureTrend) -> Option<(f64, f64)> {
    let numbers: Vec<f64> = trend
        .points
        .iter()
        .flat_map(|point| [point.low, point.value, point.high])
        .flatten()
        .chain(trend.target.iter().map(|target| if target.high.is_finite() { target.high } else { target.low }))
        .collect();
    if trend.points.is_empty() || numbers.is_empty() {
        return None;
    }
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Rates, shares and seconds start at zero unless all of them are far from it.
    let low = if low < high * 0.5 { 0.0 } else { low };
    let pad = if high - low < 1e-9 { (high.abs() * 0.1).max(0.5) } else { 0.0 };
    Some(((low - pad).max(0.0), high + pad))
}

fn chart(out: &mut String, trends: &Trends, trend: &MeasureTrend, zone: &TimeZone, width: usize) {
    out.push_str(trend.title);
    if let Some(target) = trend.target {
        let word = |value: f64| trend.measure.words(value);
        let text = match trend.better {
            Better::Lower => format!("  (target ≤ {})", word(target.high)),
            Better::Higher => format!("  (target ≥ {})", word(target.low)),
            Better::Inside => format!("  (target {} to {})", word(target.low), word(target.high)),
        };
        out.push_str(&text);
    }
    out.push('\n');
    let Some((low, high)) = scale(trend) else {
        out.push_str(&format!("  no take has it; `cutlist explain {}` says when there is none\n", trend.measure.name));
        return;
    };
    let newest = trends.series.len().saturating_sub(1);
    // A column a week, and one more for each further series in it.
    let columns: Vec<(&str, Option<&Point>)> = trends
        .weeks
        .iter()
        .flat_map(|week| {
            let points: Vec<_> = trend.points.iter().filter(|point| point.week == week.name).collect();
            if points.is_empty() {
                vec![(week.name.as_str(), None)]
            } else {
                points.into_iter().map(|point| (week.name.as_str(), Some(point))).collect()
            }
        })
        .collect();
    let step = ((width - AXIS) / columns.len().max(1)).clamp(1, 8);
    let row_of = |value: f64| {
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the height")]
        let up = (part * (HEIGHT - 1) as f64).round() as usize;
        HEIGHT - 1 - up
    };
    let target =
        trend.target.map(|target| row_of(if trend.better == Better::Higher { target.low } else { target.high }));
    let starts: Vec<usize> = trends
        .breaks
        .iter()
        .filter_map(|broken| {
            columns.iter().position(|(week, point)| *week == broken.week && point.is_some_and(|p| p.series > 0))
        })
        .collect();
    for row in 0..HEIGHT {
        let label = match row {
            0 => trend.measure.words(high),
            r if r == HEIGHT - 1 => trend.measure.words(low),
            r if Some(r) == target => trend.target.map_or_else(String::new, |t| {
                trend.measure.words(if trend.better == Better::Higher { t.low } else { t.high })
            }),
            _ => String::new(),
        };
        let mut line = format!("{label:>width$} ┤", width = AXIS - 2);
        for (at, (_, point)) in columns.iter().enumerate() {
            let mark = point.and_then(|point| {
                let is_newest = point.series == newest;
                let value = point.value.map_or(0, row_of);
                let top = point.high.map_or(0, row_of);
                let bottom = point.low.map_or(0, row_of);
                match (row == value, (top..=bottom).contains(&row)) {
                    (true, _) if point.value.is_none() => Some('∅'),
                    (true, _) => Some(if is_newest { '●' } else { '○' }),
                    (_, true) => Some(if is_newest { '│' } else { '┊' }),
                    _ => None,
                }
            });
            let fill = if Some(row) == target { '┄' } else { ' ' };
            let mut cell: Vec<char> = vec![fill; step];
            cell[step / 2] = mark.unwrap_or(fill);
            if starts.contains(&at) && step > 1 {
                cell[0] = '╎';
            }
            line.extend(cell);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    labels(out, &columns, step, width);
    for text in [change(trend), rehearsal(trend), extremes(trend, zone)] {
        if !text.is_empty() {
            out.push_str(&textwrap::fill(
                &text,
                textwrap::Options::new(width).initial_indent("  ").subsequent_indent("  "),
            ));
            out.push('\n');
        }
    }
}

/// The weeks below a chart, and how many answers each has.
fn labels(out: &mut String, columns: &[(&str, Option<&Point>)], step: usize, width: usize) {
    let mut weeks = " ".repeat(AXIS);
    let mut counts = format!("{:>width$}  ", "answers", width = AXIS - 2);
    // A label needs five columns.
    let every = 5_usize.div_ceil(step);
    for (i, (week, point)) in columns.iter().enumerate() {
        if i % every != 0 {
            continue;
        }
        let room = step * every;
        let name = week.split('-').next_back().unwrap_or(week);
        let lead = (step / 2).saturating_sub(1);
        weeks.push_str(&format!("{}{name:<width$}", " ".repeat(lead), width = room.saturating_sub(lead)));
        let n = point.map_or(0, |point| point.answers);
        counts.push_str(&format!("{}{n:<width$}", " ".repeat(step / 2), width = room.saturating_sub(step / 2)));
    }
    for line in [weeks, counts] {
        out.push_str(line.chars().take(width).collect::<String>().trim_end());
        out.push('\n');
    }
}

/// The points as CSV, a row each.
pub fn csv(trends: &Trends) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "week",
        "measure",
        "takes",
        "series",
        "figure",
        "value",
        "low",
        "high",
        "confidence",
        "answers",
        "without",
    ])?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
    for trend in &trends.measures {
        let groups = [("cold", &trend.cold), ("rehearsed", &trend.rehearsed)];
        let points = trend.points.iter().map(|point| ("all", point));
        for (group, point) in points.chain(groups.into_iter().filter_map(|(name, point)| Some((name, point.as_ref()?))))
        {
            writer.write_record([
                point.week.clone(),
                trend.measure.name.into(),
                group.into(),
                point.series.to_string(),
                trend.figure.into(),
                number(point.value),
                number(point.low),
                number(point.high),
                format!("{:.3}", point.confidence),
                point.answers.to_string(),
                point.without.to_string(),
            ])?;
        }
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
