use super::*;
use crate::report::document::Report;

fn hostile() -> Report {
    let mut report: Report =
        serde_json::from_str(include_str!("../../../tests/fixtures/history/report-1.json")).unwrap();
    let bad = "</script></style><img src=x onerror=alert(1)>\"'";
    report.question.text = Some(bad.into());
    report.source.path = format!("/tmp/{bad}.wav");
    for word in &mut report.transcript.words {
        word.text = bad.into();
    }
    for sentence in &mut report.transcript.sentences {
        sentence.text = bad.into();
    }
    for cut in &mut report.cuts {
        cut.why = bad.into();
    }
    report
}

#[test]
fn nothing_that_was_said_becomes_markup() {
    let page = render(&hostile(), &Bands::bundled(), &Sound::Absent("No sound.".into())).unwrap();
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn the_policy_allows_exactly_what_is_in_the_page() {
    let page = render(&hostile(), &Bands::bundled(), &Sound::Absent("No sound.".into())).unwrap();
    let between = |from: &str, to: &str| {
        let start = page.rfind(from).unwrap() + from.len();
        &page[start..start + page[start..].find(to).unwrap()]
    };
    assert!(page.contains(&digest(between("<style>", "</style>"))));
    assert!(page.contains(&digest(between("<script>", "</script>"))));
    assert!(!page.contains("unsafe-inline") && !page.contains(" style=\"") && !page.contains(" onclick="));
}

#[test]
fn sound_goes_into_the_page_and_can_be_read_back() {
    let Sound::Inside { wav, .. } = Sound::inside(&[0.0, 0.5, -1.0, 2.0], 16_000, Vec::new()).unwrap() else {
        unreachable!()
    };
    let samples: Vec<i16> = hound::WavReader::new(&wav[..]).unwrap().into_samples().map(Result::unwrap).collect();
    assert_eq!(samples, [0, 16384, -32767, 32767]);
}
