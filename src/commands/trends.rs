//! `cutlist trends` and `cutlist compare`: what the takes say together.

use std::path::Path;

use anyhow::{Result, ensure};
use jiff::tz::TimeZone;

use super::{Status, analyze, history, open, output, stories};
use crate::cli::history::{CompareArgs, MeasureArg, PlainFormat, RehearsalArg, TrendsArgs, TrendsFormat};
use crate::history::compare::{Told, compare};
use crate::history::meaning::Meaning;
use crate::history::trends::{Filter, Measure, Rehearsal, Trends, newest_records, trends};
use crate::history::view::trends_html::{Beside, PlanLine};
use crate::history::{Store, Take, view};
use crate::judge::Judge;
use crate::paths::Paths;
use crate::report::Report;

/// Takes of a story that a comparison looks at, at most: the newest.
const MOST_TAKES: usize = 12;

/// Runs `trends`.
pub fn run(args: TrendsArgs) -> Result<Status> {
    let takes = history::store()?.as_ref().map(Store::takes).transpose()?.unwrap_or_default();
    let filter = Filter {
        story: args.story,
        kind: args.kind,
        only: args.only.map(|only| match only {
            RehearsalArg::Cold => Rehearsal::Cold,
            RehearsalArg::Rehearsed => Rehearsal::Rehearsed,
        }),
    };
    let zone = TimeZone::system();
    let document = trends(&takes, &filter, usize::from(args.weeks), &zone);
    let text = match args.format {
        TrendsFormat::Text => {
            let measures: Vec<Measure> = args.measure.iter().map(|measure| measure_of(*measure)).collect();
            view::trends_text::render(&document, &measures, &zone, analyze::columns())
        }
        TrendsFormat::Json => serde_json::to_string(&document)? + "\n",
        TrendsFormat::Csv => view::trends_text::csv(&document)?,
        TrendsFormat::Html => page(&document, &takes, &zone)?,
    };
    match args.output.filter(|path| path.as_os_str() != "-") {
        Some(path) => output::write(&path, &text)?,
        None => output::print(&text)?,
    }
    Ok(Status::Done)
}

/// The trends as a page, with the last takes and the plan beside them.
fn page(document: &Trends, takes: &[Take], zone: &TimeZone) -> Result<String> {
    let (newest, _) = newest_records(takes);
    let same = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
    let shown: Vec<&Take> = newest
        .into_iter()
        .filter(|take| same(&document.filter.story, &take.story) && same(&document.filter.kind, &take.kind))
        .collect();
    let folder = Paths::of_environment()?.pages();
    let pages = shown.iter().filter_map(|take| Some((take.id, link(&open::written_page(&folder, take.id)?)?)));
    let plan = stories::plan_of(takes)?;
    let beside = Beside {
        pages: pages.collect(),
        takes: shown,
        plan: plan
            .items
            .into_iter()
            .map(|item| PlanLine {
                week: item.week,
                what: item.what,
                have: item.have,
                done: item.done,
                next: item.next,
            })
            .collect(),
        today: plan.today,
    };
    Ok(view::trends_html::render(document, &beside, zone)?)
}

/// A file as a link.
fn link(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let way = path.to_str()?.replace('\\', "/");
    let way = way.bytes().fold(String::new(), |way, byte| {
        if plain(byte) { way + char::from(byte).encode_utf8(&mut [0; 4]) } else { format!("{way}%{byte:02X}") }
    });
    Some(if way.starts_with('/') { format!("file://{way}") } else { format!("file:///{way}") })
}

fn measure_of(measure: MeasureArg) -> Measure {
    match measure {
        MeasureArg::Conclusion => Measure::Conclusion,
        MeasureArg::Fillers => Measure::Fillers,
        MeasureArg::Vague => Measure::Vague,
        MeasureArg::Metrics => Measure::Metrics,
        MeasureArg::Cut => Measure::Cut,
        MeasureArg::Length => Measure::Length,
        MeasureArg::Pace => Measure::Pace,
        MeasureArg::Owned => Measure::Owned,
    }
}

/// Runs `compare`.
pub fn run_compare(args: &CompareArgs) -> Result<Status> {
    let (store, before) = history::found(&args.before)?;
    let (_, after) = history::found(&args.after)?;
    ensure!(before != after, "both names mean take {before}; name two takes");
    let all = store.takes()?;
    let (mut before, mut after) = (store.take(before)?, store.take(after)?);
    if (after.at_ms, after.id) < (before.at_ms, before.id) {
        std::mem::swap(&mut before, &mut after);
    }
    let (newest, _) = newest_records(&all);
    let mut tellings: Vec<Take> = newest
        .into_iter()
        .filter(|take| take.story.is_some() && take.story == after.story)
        .filter(|take| (&take.sha256, take.id) == (&take.sha256, before.id) || take.sha256 != before.sha256)
        .cloned()
        .collect();
    tellings.drain(..tellings.len().saturating_sub(MOST_TAKES));
    for take in [&before, &after] {
        if !tellings.iter().any(|other| other.id == take.id) {
            tellings.push(take.clone());
        }
    }
    tellings.sort_by_key(|take| (take.at_ms, take.id));
    let reports: Vec<Report> = tellings.iter().map(|take| store.corrected_report(take.id)).collect::<Result<_, _>>()?;
    let told: Vec<Told<'_>> = tellings.iter().zip(&reports).map(|(take, report)| Told { take, report }).collect();
    let of = |id: i64| told.iter().copied().find(|told| told.take.id == id);
    let (Some(then), Some(now)) = (of(before.id), of(after.id)) else {
        anyhow::bail!("take {} or {} went away meanwhile; try again", before.id, after.id)
    };
    let judge = Judge::bundled()?;
    let comparison = compare(then, now, &told, &mut Meaning::new(&judge));
    let text = match args.format {
        PlainFormat::Json => serde_json::to_string(&comparison)? + "\n",
        PlainFormat::Text => view::compare_text::render(&comparison, &TimeZone::system(), analyze::columns()),
    };
    output::print(&text)?;
    Ok(Status::Done)
}
