//! The user's word comes to the same report whenever it is said: with the analysis, or later.

use cutlist::document::Report;
use cutlist::history::{Entry, Ruled, Store};
use cutlist::judge::Verdict;
use cutlist::pipeline::analyze::{Given, analyze};
use cutlist::tools::Tools;
use cutlist::transcript::Transcript;
use cutlist::units::Seconds;
use cutlist::verdicts::say::Say;
use serde_json::Value;

use crate::history::Home;
use crate::labelled;
use crate::rules::answers;
use crate::support::{ANSWER, text_file};

/// Times as a recogniser would give them, so that seconds are compared too.
fn timed(mut transcript: Transcript) -> Transcript {
    for (i, word) in transcript.words.iter_mut().enumerate() {
        word.start_s = Some(Seconds(i as f64 / 2.7));
        word.end_s = Some(Seconds(i as f64 / 2.7 + 0.313_37));
    }
    for sentence in &mut transcript.sentences {
        sentence.start_s = transcript.words[sentence.words.lo].start_s;
        sentence.end_s = transcript.words[sentence.words.hi - 1].end_s;
    }
    transcript
}

/// What a user may say of a report: each sentence and none as the conclusion, alone and between
/// verdicts of which one is about the conclusion itself.
fn words_on(report: &Report) -> Vec<Vec<Ruled>> {
    let count = report.cuts.len();
    let mut all = vec![vec![Ruled::Conclusion { sentence: None }]];
    for sentence in 0..count {
        let other = (sentence + 3) % count;
        let conclusion = Ruled::Conclusion { sentence: Some(sentence) };
        let verdict = |sentence, verdict| Ruled::Verdict { sentence, verdict };
        all.push(vec![conclusion]);
        all.push(vec![
            Ruled::Conclusion { sentence: Some(other) },
            verdict(sentence, Verdict::Cut),
            verdict(other, Verdict::Trim),
            conclusion,
            Ruled::Agreed,
        ]);
    }
    all
}

fn say_of(said: &[Ruled]) -> Say {
    let mut say = Say::default();
    for ruled in said {
        match *ruled {
            Ruled::Conclusion { sentence } => say.conclude(sentence),
            Ruled::Verdict { sentence, verdict } => say.rule(sentence, verdict),
            Ruled::Agreed => {}
        }
    }
    say
}

#[test]
fn said_with_the_analysis_or_later_the_report_is_the_same_in_every_key() {
    let tools = Tools::bundled().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("history.sqlite3")).unwrap();
    let (mut said_at_all, mut frames) = (0, 0);
    for (i, path) in answers().iter().enumerate().step_by(7) {
        let answer = labelled::read(path);
        let given = Given { question: answer.question.clone(), ..Given::default() };
        let analyzed = analyze(&tools, timed(answer.transcript), given).unwrap();
        let target = if i % 2 == 0 { None } else { Some(Seconds(20.0)) };
        let tools_own = analyzed.with(&Say::target(target));
        frames += usize::from(tools_own.measures.frame.is_some());
        for said in words_on(&tools_own) {
            let at_once = analyzed.with(&Say::target(target).then(&say_of(&said)));
            said_at_all += 1;
            let json = serde_json::to_string(&tools_own).unwrap();
            let (id, _) = store.keep(&Entry::of_json(json, said_at_all, true).unwrap(), &[]).unwrap();
            for ruled in &said {
                store.correct(id, *ruled, 9).unwrap();
            }
            let later = serde_json::to_value(store.corrected_report(id).unwrap()).unwrap();
            let at_once = serde_json::to_value(at_once).unwrap();
            let keys = |report: &Value| report.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&at_once), keys(&later));
            for key in keys(&at_once) {
                assert_eq!(at_once[&key], later[&key], "{key} of {} after {said:?}", answer.id);
            }
        }
    }
    assert!(said_at_all > 200 && frames > 2, "{said_at_all} words on answers, {frames} with a frame");
}

/// The report that `analyze` prints, and the one that `history show` prints for the take it kept.
fn both(home: &Home, text: &str, arguments: &[&str]) -> (Value, Value) {
    let (_folder, path) = text_file("answer.txt", text);
    let analyze = [&["analyze", "--format", "json", path.to_str().unwrap()], arguments].concat();
    let printed: Value = serde_json::from_str(&home.prints(&analyze)).unwrap();
    let mut shown: Value =
        serde_json::from_str(&home.prints(&["history", "show", "last", "--format", "json"])).unwrap();
    // The history keeps the whole path.
    shown["source"]["path"] = printed["source"]["path"].clone();
    (printed, shown)
}

#[test]
fn a_conclusion_said_with_the_analysis_is_shown_later_with_the_same_frame() {
    let home = Home::new();
    let text = "I have thought about what would be fair here for both of us and I want to be open. \
I would want 168 thousand dollars a year, since that is what the offers I have say. \
I am aiming at running the forecast of both sites with the four planners reporting to me.";
    let (printed, shown) = both(&home, text, &["--kind", "compensation", "--conclusion", "3"]);
    assert_eq!(printed["measures"]["frame"][0]["holds"], false);
    assert_eq!(printed, shown);
    let (printed, shown) = both(&home, text, &["--kind", "compensation", "--conclusion", "1", "--target", "12"]);
    assert_eq!(printed["measures"]["frame"][0]["holds"], true);
    assert_eq!(printed, shown);
}

#[test]
fn a_correction_does_not_lose_the_length_asked_for() {
    let home = Home::new();
    home.keep(ANSWER, &["--kind", "leadership", "--target", "12"]);
    home.prints(&["history", "correct", "last", "--sentence", "4", "--verdict", "keep"]);
    let shown = home.prints(&["history", "show", "last"]);
    assert!(shown.contains("12 s"), "{shown}");
}
