//! `cutlist trends` and `cutlist compare`: what the takes say together.

use std::path::Path;

use anyhow::{Result, ensure};

use super::Status;
use crate::cli::history::{CompareArgs, PlainFormat, TrendsArgs, TrendsFormat};
use crate::document::Report;
use crate::env::Env;
use crate::files;
use crate::history::compare::{Told, compare};
use crate::history::meaning::Meaning;
use crate::history::trends::{Filter, Trends, newest_records, trends};
use crate::history::view::trends_html::{Beside, PlanLine};
use crate::history::{Store, Take, pages, view};
use crate::judge::Judge;
use crate::practice::plan;
use crate::terminal::{columns, print};
use crate::tools::Tools;

/// Takes of a story that a comparison looks at, at most: the newest.
const MOST_TAKES: usize = 12;

/// Runs `trends`.
pub fn run(args: TrendsArgs, env: &Env) -> Result<Status> {
    let takes = env.history()?.as_ref().map(Store::takes).transpose()?.unwrap_or_default();
    let filter = Filter { story: args.story, kind: args.kind, only: args.only };
    let document = trends(&takes, &filter, usize::from(args.weeks), env.zone());
    let text = match args.format {
        TrendsFormat::Text => view::trends_text::render(&document, &args.measure, env.zone(), columns()),
        TrendsFormat::Json => serde_json::to_string(&document)? + "\n",
        TrendsFormat::Csv => view::trends_text::csv(&document)?,
        TrendsFormat::Html => page(&document, &takes, env)?,
    };
    match args.output.filter(|path| path.as_os_str() != "-") {
        Some(path) => files::write(&path, &text)?,
        None => print(&text)?,
    }
    Ok(Status::Done)
}

/// The trends as a page, with the last takes and the plan beside them.
fn page(document: &Trends, takes: &[Take], env: &Env) -> Result<String> {
    let (newest, _) = newest_records(takes);
    let shown: Vec<&Take> = newest.into_iter().filter(|take| document.filter.takes(take)).collect();
    let folder = env.paths.pages();
    let pages = shown.iter().filter_map(|take| Some((take.id, link(&pages::written(&folder, take.id)?)?)));
    let plan = plan::measured(&env.stories()?, takes, &Tools::bundled()?)?;
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
    Ok(view::trends_html::render(document, &beside, env.zone())?)
}

/// A file as a link.
fn link(path: &Path) -> Option<String> {
    Some(files::url(path.canonicalize().ok()?.to_str()?))
}

/// Runs `compare`.
pub fn run_compare(args: &CompareArgs, env: &Env) -> Result<Status> {
    let (store, before) = env.take(&args.before)?;
    let (_, after) = env.take(&args.after)?;
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
        PlainFormat::Text => view::compare_text::render(&comparison, env.zone(), columns()),
    };
    print(&text)?;
    Ok(Status::Done)
}
