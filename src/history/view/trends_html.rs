//! Trends as a page of its own: no script, nothing loaded from elsewhere, every chart an SVG drawn here.

use askama::Template;
use jiff::tz::TimeZone;

use super::trends_text::{change, extremes, rehearsal, scale};
use super::{day, shortened};
use crate::history::Take;
use crate::history::change::Change;
use crate::history::trends::{MeasureTrend, Point, Trends};
use crate::measures::descriptor::Better;
use crate::report::page;

/// The plot inside a chart of 340 by 158: about as wide as it is shown on a telephone, so that its labels can be read there.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 336.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 132.0;
/// Week labels under a chart, at most: more run into each other.
const MOST_LABELS: usize = 6;
/// Takes in the list of the last ones.
const LAST_TAKES: usize = 12;

/// What a page shows beside the trends, as the commands above know it.
#[derive(Debug, Clone, Default)]
pub struct Beside<'a> {
    /// The takes, oldest first.
    pub takes: Vec<&'a Take>,
    /// For a take, where its page was written; `None` where it was not.
    pub pages: Vec<(i64, String)>,
    /// The lines of the plan.
    pub plan: Vec<PlanLine>,
    /// What to do next by the plan.
    pub today: Option<String>,
}

/// A line of the plan.
#[derive(Debug, Clone, Default)]
pub struct PlanLine {
    /// Its week; 0 for any.
    pub week: u8,
    /// What has to be so.
    pub what: String,
    /// How far it is.
    pub have: String,
    /// Whether it is done.
    pub done: bool,
    /// What to do next.
    pub next: Option<String>,
}

struct Mark {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
    class: &'static str,
    is_beyond: bool,
}

struct Label {
    at: f64,
    text: String,
}

/// A line of the table behind a chart.
struct Line {
    week: String,
    value: String,
    between: String,
    answers: usize,
}

struct Chart {
    name: &'static str,
    title: &'static str,
    says: String,
    newest: String,
    target: String,
    marks: Vec<Mark>,
    weeks: Vec<Label>,
    rungs: Vec<Label>,
    zone: Option<(f64, f64)>,
    edges: Vec<f64>,
    breaks: Vec<f64>,
    path: String,
    class: &'static str,
    change: (String, String),
    rehearsal: String,
    extremes: String,
    lines: Vec<Line>,
}

struct PlanItem {
    what: String,
    have: String,
    done: bool,
    next: Vec<(bool, String)>,
}

struct TakeLine {
    id: i64,
    day: String,
    what: String,
    conclusion: String,
    cut: String,
    page: Option<String>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>{{ title }}</title>
<style>{{ css|safe }}</style></head><body>
<main>
<header><h1>{{ title }}</h1>
<p class="lead">{{ about }}</p>
{% for text in breaks %}<p class="note">{{ text }}</p>{% endfor %}
{% if !charts.is_empty() %}<ul class="key">
<li><svg viewBox="0 0 32 18" aria-hidden="true"><g class="now"><line class="bar" x1="16" x2="16" y1="1" y2="17"/><circle cx="16" cy="9" r="4"/></g></svg>a week, and the interval in which its figure may lie</li>
<li><svg viewBox="0 0 32 18" aria-hidden="true"><rect class="zone" width="32" height="18"/><line class="edge" x1="0" x2="32" y1="1" y2="1"/></svg>on target</li>
{% if series > 1 %}<li><svg viewBox="0 0 32 18" aria-hidden="true"><g class="old"><circle cx="16" cy="9" r="4"/></g></svg>measured otherwise, not compared</li>{% endif %}
</ul>{% endif %}</header>
<div class="charts">
{% for chart in charts %}<section class="chart" aria-labelledby="m{{ loop.index }}">
<h2 id="m{{ loop.index }}"><span>{{ chart.title }}</span> <strong>{{ chart.newest }}</strong></h2>
<p class="target-words">{{ chart.target }}</p>
{% if chart.marks.is_empty() %}<p class="soft">No take has it; <code>cutlist explain {{ chart.name }}</code> says when there is none.</p>{% else %}<svg viewBox="0 0 340 158" role="img" aria-label="{{ chart.says }}">
{% if let Some((y, height)) = chart.zone %}<rect class="zone" x="46" width="290" y="{{ y }}" height="{{ height }}"/>{% endif %}{% for y in chart.edges %}<line class="edge" x1="46" x2="336" y1="{{ y }}" y2="{{ y }}"/>{% endfor %}
{% for rung in chart.rungs %}<line class="rung" x1="46" x2="336" y1="{{ rung.at }}" y2="{{ rung.at }}"/><text x="40" y="{{ rung.at }}" dy="4" text-anchor="end">{{ rung.text }}</text>{% endfor %}
{% for x in chart.breaks %}<line class="break" x1="{{ x }}" x2="{{ x }}" y1="10" y2="132"/>{% endfor %}
<polyline class="thread" points="{{ chart.path }}"/>
{% for mark in chart.marks %}<g class="{{ mark.class }}"><line class="bar" x1="{{ mark.x }}" x2="{{ mark.x }}" y1="{{ mark.low }}" y2="{{ mark.high }}"/><circle cx="{{ mark.x }}" cy="{{ mark.y }}" r="4"/>{% if mark.is_beyond %}<text x="{{ mark.x }}" y="6" text-anchor="middle">none</text>{% endif %}</g>{% endfor %}
{% for week in chart.weeks %}<text x="{{ week.at }}" y="151" text-anchor="middle">{{ week.text }}</text>{% endfor %}
</svg>{% endif %}
<p class="change {{ chart.class }}"><b>{{ chart.change.0 }}</b>{{ chart.change.1 }}</p>
{% if !chart.rehearsal.is_empty() %}<p class="soft">{{ chart.rehearsal }}</p>{% endif %}
{% if !chart.lines.is_empty() %}<details><summary>Figures: {{ chart.title|lower }}</summary>
<table><thead><tr><th scope="col">Week</th><th scope="col" class="n">Figure</th><th scope="col" class="n">May lie in</th><th scope="col" class="n">Answers</th></tr></thead><tbody>
{% for line in chart.lines %}<tr><th scope="row">{{ line.week }}</th><td class="n">{{ line.value }}</td><td class="n">{{ line.between }}</td><td class="n">{{ line.answers }}</td></tr>
{% endfor %}</tbody></table>{% if !chart.extremes.is_empty() %}<p class="soft">{{ chart.extremes }}</p>{% endif %}</details>{% endif %}
</section>{% endfor %}
</div>
<div class="below">
{% if !takes.is_empty() %}<section aria-labelledby="takes"><h2 id="takes">Last takes</h2><div class="wide" tabindex="0" role="group" aria-label="Table of the last takes"><table class="takes">
<thead><tr><th scope="col">Take</th><th scope="col">Day</th><th scope="col">Story</th><th scope="col" class="n">Conclusion</th><th scope="col" class="n">Cut</th></tr></thead><tbody>
{% for take in takes %}<tr><th scope="row">{% if let Some(page) = take.page %}<a href="{{ page }}">Take {{ take.id }}</a>{% else %}Take {{ take.id }}{% endif %}</th><td>{{ take.day }}</td><td>{{ take.what }}</td><td class="n">{{ take.conclusion }}</td><td class="n">{{ take.cut }}</td></tr>
{% endfor %}</tbody></table></div>
<p class="note">{% if unlinked %}<code>cutlist open TAKE</code> writes the page of a take; it is linked here from then on.{% endif %}</p></section>{% endif %}
{% if !plan.is_empty() %}<section aria-labelledby="plan"><h2 id="plan">The plan</h2>
{% if let Some(today) = today %}<p>Next: {% for (is_code, text) in today %}{% if is_code %}<code>{{ text }}</code>{% else %}{{ text }}{% endif %}{% endfor %}</p>{% endif %}
<ul class="plan">
{% for (week, line) in plan %}{% if let Some(week) = week %}<li class="week">{{ week }}</li>{% endif %}<li{% if line.done %} class="done"{% endif %}><span aria-hidden="true">{% if line.done %}✓{% else %}○{% endif %}</span><span>{{ line.what }} ({{ line.have }}){% if line.done %} <span class="sr">done</span>{% endif %}{% if !line.next.is_empty() %}<small>{% for (is_code, text) in line.next %}{% if is_code %}<code>{{ text }}</code>{% else %}{{ text }}{% endif %}{% endfor %}</small>{% endif %}</span></li>
{% endfor %}</ul></section>{% endif %}
</div>
<footer><p>{{ instrument }}</p></footer>
</main>
</body></html>
"##
)]
struct Page {
    policy: String,
    css: String,
    title: String,
    about: String,
    breaks: Vec<String>,
    series: usize,
    charts: Vec<Chart>,
    takes: Vec<TakeLine>,
    unlinked: bool,
    plan: Vec<(Option<String>, PlanItem)>,
    today: Option<Vec<(bool, String)>>,
    instrument: String,
}

/// The page.
pub fn render(trends: &Trends, beside: &Beside, zone: &TimeZone) -> Result<String, askama::Error> {
    let span = match (trends.weeks.first(), trends.weeks.last()) {
        (Some(first), Some(last)) if first == last => format!("{} takes in week {}", trends.takes, first.name),
        (Some(first), Some(last)) => format!("{} takes in the weeks {} to {}", trends.takes, first.name, last.name),
        _ => "No take yet: `cutlist analyze FILE` keeps each one.".into(),
    };
    let parts: Vec<String> = std::iter::once(span).chain(trends.filter.words()).collect();
    let instrument = trends.series.last().map_or_else(String::new, |series| {
        let heard = series.instrument.model.as_ref().map_or_else(|| "Read from transcripts".into(), |model| format!("Heard by {model}"));
        format!(
            "Dots are a week's median or rate; the line through them is its 95 % interval, or the range of few answers. {heard}, judged by {}.",
            series.instrument.judge
        )
    });
    let css = format!("{}\n{}", page::BASE_STYLE, include_str!("trends.css"));
    let takes = last_takes(beside, zone);
    let mut week = None;
    let plan = beside
        .plan
        .iter()
        .map(|line| {
            let title = if line.week == 0 { "Any week".to_owned() } else { format!("Week {}", line.week) };
            let title = (week.replace(line.week) != Some(line.week)).then_some(title);
            let next = line.next.as_deref().map_or_else(Vec::new, with_code);
            (title, PlanItem { what: line.what.clone(), have: line.have.clone(), done: line.done, next })
        })
        .collect();
    Page {
        policy: policy(&css),
        css,
        title: "Interview answers, week by week".into(),
        about: parts.join(" · "),
        breaks: trends
            .breaks
            .iter()
            .map(|broken| format!("Break in {}: {}. What is before it is not compared.", broken.week, broken.what))
            .collect(),
        series: trends.series.len(),
        charts: trends.measures.iter().map(|trend| chart(trends, trend, zone)).collect(),
        unlinked: takes.iter().any(|take| take.page.is_none()),
        takes,
        plan,
        today: beside.today.as_deref().map(with_code),
        instrument,
    }
    .render()
}

/// A text in pieces; those that stood in backticks are code.
fn with_code(text: &str) -> Vec<(bool, String)> {
    text.split('`').enumerate().map(|(i, piece)| (i % 2 == 1, piece.to_owned())).collect()
}

/// What the page may do: show itself in this style, and nothing else.
fn policy(css: &str) -> String {
    format!("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'", page::digest(css))
}

fn last_takes(beside: &Beside, zone: &TimeZone) -> Vec<TakeLine> {
    let line = |take: &&Take| {
        let figures = &take.figures;
        TakeLine {
            id: take.id,
            day: day(take.at_ms, zone),
            what: shortened(take.story.as_deref().or(take.kind.as_deref()).unwrap_or("–"), 24),
            conclusion: figures.conclusion("words"),
            cut: format!("{} of {}", figures.cut, figures.sentences),
            page: beside.pages.iter().find(|(id, _)| *id == take.id).map(|(_, page)| page.clone()),
        }
    };
    beside.takes.iter().rev().take(LAST_TAKES).map(line).collect()
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn chart(trends: &Trends, trend: &MeasureTrend, zone: &TimeZone) -> Chart {
    let (low, high) = scale(trend).unwrap_or((0.0, 1.0));
    let y = |value: f64| rounded(BOTTOM - ((value - low) / (high - low)).clamp(0.0, 1.0) * (BOTTOM - TOP));
    let count = trends.weeks.len().max(1) as f64;
    let x = |week: usize| rounded(LEFT + (week as f64 + 0.5) / count * (RIGHT - LEFT));
    let newest = trends.series.len().saturating_sub(1);
    let place = |name: &str| trends.weeks.iter().position(|week| week.name == name);
    let words = |value: Option<f64>| trend.measure.words(value.unwrap_or(f64::INFINITY));
    let marks: Vec<(usize, Mark)> = trend
        .points
        .iter()
        .filter_map(|point| {
            let mark = Mark {
                x: x(place(&point.week)?),
                y: point.value.map_or(TOP, y),
                low: point.low.map_or(TOP, y),
                high: point.high.map_or(TOP, y),
                class: if point.series == newest { "now" } else { "old" },
                is_beyond: point.value.is_none(),
            };
            Some((point.series, mark))
        })
        .collect();
    let thread = |(series, _): &&(usize, Mark)| *series == newest;
    let path: Vec<String> = marks.iter().filter(thread).map(|(_, mark)| format!("{},{}", mark.x, mark.y)).collect();
    let every = trends.weeks.len().div_ceil(MOST_LABELS).max(1);
    let weeks = trends.weeks.iter().enumerate().filter(|(i, _)| i % every == 0);
    let last = trend.points.iter().rfind(|point| point.series == newest);
    let (zone_of_target, edges) = target_zone(trend, low, high, y);
    let changed = change(trend);
    let (bold, rest) = changed.split_at(changed.find(':').unwrap_or(0));
    Chart {
        name: trend.measure.name,
        title: trend.title,
        says: format!("{}, week by week. {changed} The figures are in the table below.", trend.title),
        newest: last.map_or_else(String::new, |point| words(point.value)),
        target: target_words(trend),
        weeks: weeks
            .map(|(i, week)| Label { at: x(i), text: week.name.split('-').next_back().unwrap_or_default().into() })
            .collect(),
        rungs: [low, f64::midpoint(low, high), high]
            .into_iter()
            .map(|value| Label { at: y(value), text: trend.measure.words(value) })
            .collect(),
        zone: zone_of_target,
        edges,
        breaks: trends
            .breaks
            .iter()
            .filter_map(|broken| place(&broken.week))
            .map(|week| rounded(x(week) - (RIGHT - LEFT) / count / 2.0))
            .collect(),
        marks: marks.into_iter().map(|(_, mark)| mark).collect(),
        path: path.join(" "),
        class: match (&trend.change, bold) {
            (Change::Changed { .. }, "Better") => "better",
            (Change::Changed { .. }, "Worse") => "worse",
            _ => "",
        },
        change: (bold.to_owned(), rest.to_owned()),
        rehearsal: rehearsal(trend),
        extremes: extremes(trend, zone),
        lines: trend.points.iter().map(|point| line(point, words)).collect(),
    }
}

/// The part of a chart that is on target, as top and height, and its bounds.
fn target_zone(trend: &MeasureTrend, low: f64, high: f64, y: impl Fn(f64) -> f64) -> (Option<(f64, f64)>, Vec<f64>) {
    let Some(target) = trend.target else { return (None, Vec::new()) };
    let (from, to) = match trend.better {
        Better::Lower => (low, target.high),
        Better::Higher => (target.low, high),
        Better::Inside => (target.low, target.high),
    };
    let (top, bottom) = (y(to), y(from));
    let edges = [target.low, target.high].into_iter().filter(|edge| *edge > low && *edge < high).map(&y).collect();
    (Some((top, rounded((bottom - top).max(0.0)))), edges)
}

fn target_words(trend: &MeasureTrend) -> String {
    let Some(target) = trend.target else { return "no target".into() };
    let words = |value: f64| trend.measure.words(value);
    match trend.better {
        Better::Lower => format!("target ≤ {}", words(target.high)),
        Better::Higher => format!("target ≥ {}", words(target.low)),
        Better::Inside => format!("target {} to {}", words(target.low), words(target.high)),
    }
}

fn line(point: &Point, words: impl Fn(Option<f64>) -> String) -> Line {
    Line {
        week: point.week.clone(),
        value: words(point.value),
        between: format!("{} – {}", words(point.low), words(point.high)),
        answers: point.answers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::trends::{Filter, trends};

    #[test]
    fn a_page_escapes_what_it_is_given_and_loads_nothing() {
        let filter = Filter { story: Some("<script>alert(1)</script>".into()), ..Filter::default() };
        let line = PlanLine { what: "<img src=x>".into(), ..PlanLine::default() };
        let beside = Beside { plan: vec![line], ..Beside::default() };
        let page = render(&trends(&[], &filter, 4, &TimeZone::UTC), &beside, &TimeZone::UTC).unwrap();
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
        assert!(!page.contains("<img"));
        assert!(!page.contains("http://") && !page.contains("https://"));
        assert!(page.contains("style-src &#39;sha256-") && !page.contains("unsafe-inline"), "{page}");
    }
}
