use super::*;
use crate::document::Report;
use crate::edit::joints::Loudness;
use crate::units::Seconds;

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
    let page = render(&hostile(), Bands::bundled(), &Sound::Absent("No sound.".into())).unwrap();
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn the_policy_allows_exactly_what_is_in_the_page() {
    let page = render(&hostile(), Bands::bundled(), &Sound::Absent("No sound.".into())).unwrap();
    let between = |from: &str, to: &str| {
        let start = page.rfind(from).unwrap() + from.len();
        &page[start..start + page[start..].find(to).unwrap()]
    };
    assert!(page.contains(&digest(between("<style>", "</style>"))));
    assert!(page.contains(&digest(between("<script>", "</script>"))));
    assert!(!page.contains("unsafe-inline") && !page.contains(" style=\"") && !page.contains(" onclick="));
}

fn outline(samples: &[f32]) -> Outline {
    let mut loudness = Loudness::new(16_000, 1);
    loudness.push(samples);
    Outline { peaks: Vec::new(), loudness }
}

#[test]
fn sound_goes_into_the_page_and_can_be_read_back() {
    let Sound::Inside { wav, .. } = Sound::inside(&[0.0, 0.5, -1.0, 2.0], 16_000, outline(&[])).unwrap() else {
        unreachable!()
    };
    let samples: Vec<i16> = hound::WavReader::new(&wav[..]).unwrap().into_samples().map(Result::unwrap).collect();
    assert_eq!(samples, [0, 16384, -32767, 32767]);
}

#[test]
fn the_player_skips_in_the_dips_of_the_sound() {
    let mut report: Report =
        serde_json::from_str(include_str!("../../../tests/fixtures/history/report-1.json")).unwrap();
    for (i, word) in report.transcript.words.iter_mut().enumerate() {
        (word.start_s, word.end_s) = (Some(Seconds(i as f64)), Some(Seconds(i as f64 + 1.0)));
    }
    // A tone with a gap shortly before the third second, where the fourth word is said to start.
    let dip = 46_880..47_840;
    let samples: Vec<f32> = (0..report.transcript.words.len() * 16_000)
        .map(|i| if dip.contains(&i) { 0.0 } else { (i as f32 * 0.08).sin() * 0.3 })
        .collect();
    let start = |sound: &Sound| {
        let page = render(&report, Bands::bundled(), sound).unwrap();
        let from = page.find("<script type=\"application/json\" id=\"answer\">").unwrap();
        let json = page[from..].split_once('>').unwrap().1.split_once("</script>").unwrap().0;
        serde_json::from_str::<serde_json::Value>(json).unwrap()["edges"][3][0].as_f64().unwrap()
    };
    let heard = start(&Sound::inside(&samples, 16_000, outline(&samples)).unwrap());
    assert!((2.93..2.99).contains(&heard), "{heard}");
    assert!((start(&Sound::Absent("No sound.".into())) - 3.0).abs() < 1e-9);
}
