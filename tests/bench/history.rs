//! What looking back costs: `cargo bench --bench history`. Trends over 5,000 takes are to take half a second at most.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench")]

use cutlist::history::trends::{Filter, trends};
use cutlist::history::{Entry, Store};
use divan::Bencher;
use jiff::tz::TimeZone;

fn main() {
    divan::main();
}

/// A history of so many takes, four a day.
fn history(takes: usize) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("history.sqlite3")).unwrap();
    let report = include_str!("../fixtures/history/report-1.json").trim_end();
    let start: jiff::Timestamp = "2026-11-02T09:30:00Z".parse().unwrap();
    for i in 0..takes {
        let at = start + jiff::SignedDuration::from_hours(6 * i64::try_from(i).unwrap());
        let json = report.replace("2026-11-02T09:30:00Z", &at.to_string()).replace("dc6401cc", &format!("{i:08x}"));
        store.keep(&Entry::of_json(json, 0, false).unwrap(), &[]).unwrap();
    }
    (folder, store)
}

/// From the database to the document, as `cutlist trends` does it.
#[divan::bench(sample_count = 10, sample_size = 1, args = [100, 5000])]
fn trends_over(bencher: Bencher, takes: usize) {
    let (_folder, store) = history(takes);
    bencher.bench_local(|| trends(&store.takes().unwrap(), &Filter::default(), 520, &TimeZone::UTC));
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn keep_a_take(bencher: Bencher) {
    let (_folder, mut store) = history(100);
    let report = include_str!("../fixtures/history/report-1.json").trim_end();
    let mut at = 0;
    bencher.bench_local(|| {
        at += 1;
        store.keep(&Entry::of_json(report.to_owned(), at, true).unwrap(), &[]).unwrap()
    });
}
