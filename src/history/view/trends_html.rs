//! Trends as a page of its own: no script, nothing loaded from elsewhere, every chart an SVG drawn here.

use askama::Template;
use jiff::tz::TimeZone;

use super::trends_text::{change, extremes, rehearsal, scale};
use crate::history::trends::{Better, MeasureTrend, Trends};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 62.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 150.0;

struct Mark {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
    class: &'static str,
    says: String,
}

struct Label {
    at: f64,
    text: String,
}

struct Chart {
    title: &'static str,
    marks: Vec<Mark>,
    weeks: Vec<Label>,
    rungs: Vec<Label>,
    target: Option<f64>,
    breaks: Vec<f64>,
    path: String,
    change: String,
    rehearsal: String,
    extremes: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; --ink: #1c1c1a; --soft: #6b6a65; --line: #d9d7d0; --mark: #1f6f5c; --old: #a09e97; --target: #b4541a; --page: #fbfaf7; }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebe6; --soft: #a3a19a; --line: #3a3935; --mark: #5cc2a7; --old: #76746d; --target: #e08b52; --page: #171715; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 42rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2.2rem 0 .2rem; } p { margin: .2rem 0; } .soft { color: var(--soft); }
svg { width: 100%; height: auto; display: block; } text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.rung { stroke: var(--line); stroke-width: 1; } .target { stroke: var(--target); stroke-dasharray: 5 4; } .break { stroke: var(--soft); stroke-dasharray: 2 3; }
.bar { stroke-width: 7; stroke-linecap: round; opacity: .3; } .now .bar { stroke: var(--mark); } .old .bar { stroke: var(--old); }
.now circle { fill: var(--mark); } .old circle { fill: var(--page); stroke: var(--old); stroke-width: 2; } .thread { fill: none; stroke: var(--mark); stroke-width: 1.5; }
</style></head><body>
<h1>{{ title }}</h1>
<p class="soft">{{ about }}</p>
{% for text in breaks %}<p class="soft">{{ text }}</p>{% endfor %}
{% for chart in charts %}<section><h2>{{ chart.title }}</h2>
{% if chart.marks.is_empty() %}<p class="soft">No take has it: transcripts without times have no seconds and no rates.</p>{% else %}<svg viewBox="0 0 640 190" role="img" aria-label="{{ chart.title }}, week by week">
{% for rung in chart.rungs %}<line class="rung" x1="62" x2="636" y1="{{ rung.at }}" y2="{{ rung.at }}"/><text x="56" y="{{ rung.at }}" dy="4" text-anchor="end">{{ rung.text }}</text>{% endfor %}
{% if let Some(y) = chart.target %}<line class="target" x1="62" x2="636" y1="{{ y }}" y2="{{ y }}"/>{% endif %}
{% for x in chart.breaks %}<line class="break" x1="{{ x }}" x2="{{ x }}" y1="14" y2="150"/>{% endfor %}
<polyline class="thread" points="{{ chart.path }}"/>
{% for mark in chart.marks %}<g class="{{ mark.class }}"><title>{{ mark.says }}</title><line class="bar" x1="{{ mark.x }}" x2="{{ mark.x }}" y1="{{ mark.low }}" y2="{{ mark.high }}"/><circle cx="{{ mark.x }}" cy="{{ mark.y }}" r="4.5"/></g>{% endfor %}
{% for week in chart.weeks %}<text x="{{ week.at }}" y="170" text-anchor="middle">{{ week.text }}</text>{% endfor %}
</svg>{% endif %}
<p>{{ chart.change }}</p><p class="soft">{{ chart.rehearsal }}</p><p class="soft">{{ chart.extremes }}</p></section>{% endfor %}
<p class="soft">Dots are a week's median or rate; bars are 95 % intervals, or the range of few answers. The dashed line is the target. <code>cutlist history show TAKE</code> opens a take.</p>
</body></html>
"##
)]
struct Page {
    title: String,
    about: String,
    breaks: Vec<String>,
    charts: Vec<Chart>,
}

/// The page.
pub fn render(trends: &Trends, zone: &TimeZone) -> Result<String, askama::Error> {
    let span = match (trends.weeks.first(), trends.weeks.last()) {
        (Some(first), Some(last)) => format!("{} takes, weeks {} to {}", trends.takes, first.name, last.name),
        _ => "No take yet".into(),
    };
    let of = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
    let parts = [Some(span), of("story", &trends.filter.story), of("kind", &trends.filter.kind)];
    let newest = trends.series.last().map(|series| {
        let heard = series.model.as_deref().unwrap_or("a transcript");
        format!("heard by {heard}, judged by {}", series.judge)
    });
    Page {
        title: "Interview answers, week by week".into(),
        about: parts.into_iter().chain([newest]).flatten().collect::<Vec<_>>().join(" · "),
        breaks: trends
            .breaks
            .iter()
            .map(|broken| format!("Break in {}: {}. What is before it is not compared.", broken.week, broken.what))
            .collect(),
        charts: trends.measures.iter().map(|trend| chart(trends, trend, zone)).collect(),
    }
    .render()
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn chart(trends: &Trends, trend: &MeasureTrend, zone: &TimeZone) -> Chart {
    let (low, high) = scale(trend).unwrap_or((0.0, 1.0));
    let y = |value: f64| rounded(BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP));
    let count = trends.weeks.len().max(1) as f64;
    let x = |week: usize| rounded(LEFT + (week as f64 + 0.5) / count * (WIDTH - 4.0 - LEFT));
    let newest = trends.series.len().saturating_sub(1);
    let place = |name: &str| trends.weeks.iter().position(|week| week.name == name);
    let marks: Vec<(usize, Mark)> = trend
        .points
        .iter()
        .filter_map(|point| {
            let week = place(&point.week)?;
            let says = format!(
                "{}: {}, {} answers{}",
                point.week,
                trend.measure.words(point.value.unwrap_or(f64::INFINITY)),
                point.answers,
                if point.without > 0 { format!(", {} without a conclusion", point.without) } else { String::new() }
            );
            let mark = Mark {
                x: x(week),
                y: point.value.map_or(TOP, y),
                low: point.low.map_or(TOP, y),
                high: point.high.map_or(TOP, y),
                class: if point.series == newest { "now" } else { "old" },
                says,
            };
            Some((point.series, mark))
        })
        .collect();
    let path: Vec<String> = marks
        .iter()
        .filter(|(series, _)| *series == newest)
        .map(|(_, mark)| format!("{},{}", mark.x, mark.y))
        .collect();
    let every = trends.weeks.len().div_ceil(12).max(1);
    let weeks = trends.weeks.iter().enumerate().filter(|(i, _)| i % every == 0);
    Chart {
        title: trend.title,
        weeks: weeks
            .map(|(i, week)| Label { at: x(i), text: week.name.split('-').next_back().unwrap_or_default().into() })
            .collect(),
        rungs: [low, f64::midpoint(low, high), high]
            .into_iter()
            .map(|value| Label { at: y(value), text: trend.measure.words(value) })
            .collect(),
        target: trend.target.map(|target| y(if trend.better == Better::Higher { target.low } else { target.high })),
        breaks: trends
            .breaks
            .iter()
            .filter_map(|broken| place(&broken.week))
            .map(|week| rounded(x(week) - (WIDTH - LEFT) / count / 2.0))
            .collect(),
        marks: marks.into_iter().map(|(_, mark)| mark).collect(),
        path: path.join(" "),
        change: change(trend),
        rehearsal: rehearsal(trend),
        extremes: extremes(trend, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::trends::{Filter, trends};

    #[test]
    fn a_page_escapes_what_it_is_given_and_loads_nothing() {
        let filter = Filter { story: Some("<script>alert(1)</script>".into()), ..Filter::default() };
        let page = render(&trends(&[], &filter, 4, &TimeZone::UTC), &TimeZone::UTC).unwrap();
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
        assert!(!page.contains("http://") && !page.contains("https://"));
    }
}
