//! What the rules find in the labelled answers, without the judge. A take keeps the identity of the
//! rules; this test sees to it that the identity changes when the findings do.

use std::fmt::Write as _;
use std::path::PathBuf;

use cutlist::judge::{Reason, Verdict};
use cutlist::lexicon::{Lexicon, Tokens};
use cutlist::measures::layers::{Layer, Layers};
use cutlist::measures::merge::Spans;
use cutlist::measures::{Measures, conclusion, fillers, frame, metrics, normalised, ownership, pace, vague};
use cutlist::verdicts::cuts::Ruling;
use cutlist::verdicts::rules::RULES_VERSION;
use cutlist::verdicts::rulings::Judged;
use cutlist::verdicts::say::{Say, settle};
use sha2::{Digest as _, Sha256};

use crate::labelled::{self, Labelled};
use crate::support::repository;

/// The version of the rules, and the hash of what they find.
const LOOKED_AT: (u32, &str) = (1, "8cc2a9ad05a766d5412e475a3391a247");

/// The labelled answers that the judge learns from, in the order of their names.
pub fn answers() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(repository("models/judge/answers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "answer"))
        .collect();
    paths.sort();
    paths
}

/// The judge's word as the labels have it, as far as the reader of labels keeps it.
fn judged(answer: &Labelled) -> Judged {
    let rulings = answer.verdicts.iter().enumerate().map(|(i, name)| {
        let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == name).unwrap();
        let reason = match verdict {
            Verdict::Cut => Reason::VagueClaim,
            _ if answer.conclusion == Some(i) => Reason::Conclusion,
            _ => Reason::Action,
        };
        Ruling { verdict, reason }
    });
    Judged { rulings: rulings.collect(), conclusion: answer.conclusion, layers: Layers::default() }
}

/// A line a finding. Only what is found is in it, and no wording, so that a report may say the same
/// in better words.
fn findings(answer: &Labelled, lexicon: &Lexicon) -> String {
    let mut transcript = answer.transcript.clone();
    let tokens = Tokens::of(&transcript);
    normalised::fill(&tokens, &mut transcript);
    let mut out = format!("== {}\n", answer.id);
    let (kind, judged) = (answer.question.kind, judged(answer));
    let Spans { fillers: found_fillers, vague: found_vague, metrics: found_metrics } = Spans::by_rule(&tokens, lexicon);
    let found_actions = ownership::find(&tokens);
    for one in &found_fillers {
        writeln!(out, "{:?} {:?} {}", one.words, one.class, one.rule).unwrap();
    }
    for one in &found_vague {
        writeln!(out, "{:?} {:?} {}", one.words, one.class, one.rule).unwrap();
    }
    for one in &found_actions {
        writeln!(out, "{:?} {:?} {}", one.words, one.class, one.rule).unwrap();
    }
    let metrics = metrics::summarise(&found_metrics, &tokens, &transcript, lexicon);
    for (one, finding) in metrics.items.iter().zip(&found_metrics) {
        let read = (one.value, &one.unit, one.baseline, one.result, &one.timeframe, &one.missing);
        writeln!(out, "{:?} {:?} {} {read:?}", one.words, one.class, finding.rule).unwrap();
    }
    for one in &metrics.unquantified {
        writeln!(out, "{:?} unquantified", one.words).unwrap();
    }
    let vague = vague::summarise(&found_vague, &transcript, lexicon);
    let measures = Measures {
        time_to_conclusion: conclusion::measure(&transcript, &answer.question, answer.conclusion, false),
        fillers: fillers::summarise(&found_fillers, &transcript, None),
        frame: frame::measure(kind, &tokens, &transcript, lexicon, &metrics, &judged.layers, answer.conclusion),
        metrics,
        // The conclusion is the sentence most likely to hold the lever.
        ownership: ownership::summarise(&found_actions, &transcript, answer.conclusion, &vague.jargon()),
        layers: judged.layers.clone(),
        pace: pace::measure(&transcript),
        vague,
    };
    let share = measures.ownership.owned_share;
    let vague = (measures.vague.count, measures.fillers.count, measures.metrics.count);
    writeln!(out, "lever {:?} owned {share:?} counts {vague:?}", measures.ownership.lever).unwrap();
    for check in measures.frame.iter().flatten() {
        writeln!(out, "{:?} {:?} {:?}", check.name, check.holds, check.sentence).unwrap();
    }
    let settled = settle(&transcript, &answer.question, &judged, measures, &Say::default());
    for cut in &settled.cuts {
        writeln!(out, "{} {:?} {:?} {:?}", cut.sentence, cut.verdict, cut.reason, cut.tightened).unwrap();
    }
    writeln!(out, "missing {:?}", settled.measures.layers.missing().into_iter().map(Layer::name).collect::<Vec<_>>())
        .unwrap();
    out
}

#[test]
fn rules_that_find_something_else_have_another_version() {
    let lexicon = Lexicon::english().unwrap();
    let found: String = answers().iter().map(|path| findings(&labelled::read(path), &lexicon)).collect();
    assert!(found.lines().count() > 2000, "the test reads answers at all: {}", found.lines().count());
    let mut fingerprint = String::new();
    for byte in &Sha256::digest(found.as_bytes())[..16] {
        write!(fingerprint, "{byte:02x}").unwrap();
    }
    assert_eq!(
        (RULES_VERSION, fingerprint.as_str()),
        LOOKED_AT,
        "findings changed: raise RULES_VERSION in src/verdicts/rules.rs, and write it and this fingerprint here"
    );
}
