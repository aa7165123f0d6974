use super::*;

fn judge() -> Judge {
    Judge::bundled().unwrap()
}

fn split(sentences: &[&str]) -> Vec<Vec<String>> {
    sentences.iter().map(|s| s.split_whitespace().map(str::to_owned).collect()).collect()
}

fn borrowed(sentences: &[Vec<String>]) -> Vec<Vec<&str>> {
    sentences.iter().map(|s| s.iter().map(String::as_str).collect()).collect()
}

fn check_whole(reading: &Reading, sentences: &[Vec<&str>]) {
    let words: usize = sentences.iter().map(Vec::len).sum();
    assert_eq!(reading.sentences.len(), sentences.len());
    let near_one = |x: f32| (x - 1.0).abs() < 1e-4;
    for s in &reading.sentences {
        assert!(near_one(s.keep + s.trim + s.cut) && near_one(s.reasons.iter().sum()));
    }
    assert!(near_one(reading.no_conclusion + reading.sentences.iter().map(|s| s.conclusion).sum::<f32>()));
    for k in 0..6 {
        assert!(near_one(reading.layer_absent[k] + reading.sentences.iter().map(|s| s.layers[k]).sum::<f32>()));
    }
    let mut at = 0;
    for s in &reading.spans {
        assert!(s.words.start >= at && s.words.start < s.words.end && s.words.end <= words, "{s:?} of {words} words");
        at = s.words.end;
    }
}

const STORY: [&str; 6] = [
    "Okay, so, um, that's a great question, let me think.",
    "I moved the tax form after the first sale and completion went from 59 percent to 82 percent in six weeks.",
    "Legal was against it, they wanted the form on page one.",
    "I I showed them forty one percent of sellers left right there.",
    "We leveraged synergies and aligned stakeholders, and, you know, it went really well.",
    "So yeah, that's basically it.",
];

#[test]
fn reads_a_story_as_a_listener_would() {
    let text = split(&STORY);
    let sentences = borrowed(&text);
    let judge = judge();
    let question = Question { kind: Some("leadership"), text: Some("Tell me about a time you led without authority.") };
    let reading = judge.read(&question, &sentences).unwrap();
    check_whole(&reading, &sentences);
    let decisions = judge.decide(&reading);
    let verdicts: Vec<_> = decisions.sentences.iter().map(|d| d.verdict == Verdict::Cut).collect();
    assert_eq!(verdicts, [true, false, false, false, true, true]);
    assert_eq!(decisions.conclusion, Some(1));
    assert!(
        reading.spans.iter().any(|s| s.class == SpanClass::FilledPause && s.words == (2..3)),
        "{:?}",
        reading.spans
    );
    assert!(reading.spans.iter().any(|s| s.class == SpanClass::Metric && s.words.contains(&23)), "{:?}", reading.spans);
}

#[test]
fn the_same_answer_is_read_the_same_twice() {
    let text = split(&STORY);
    let judge = judge();
    let read = || judge.read(&Question::default(), &borrowed(&text)).unwrap();
    assert_eq!(read(), read());
}

/// Cases written by `models/judge/train.py` with the very weights it exported.
#[test]
fn agrees_with_the_network_it_was_trained_as() {
    #[derive(Deserialize)]
    struct Case {
        kind: String,
        question: String,
        sentences: Vec<String>,
        verdict: Vec<[f32; 3]>,
        reason: Vec<[f32; 19]>,
        point: Vec<[f32; CHOICES]>,
        kinds: [f32; Kind::ALL.len()],
        spans: Vec<(usize, usize, usize)>,
        verdicts: Vec<usize>,
        conclusion: Option<usize>,
        layers: [Option<usize>; 6],
    }
    let cases: Vec<Case> =
        serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/parity.json"))).unwrap();
    assert!(cases.len() >= 5);
    let judge = judge();
    for case in cases {
        let text: Vec<&str> = case.sentences.iter().map(String::as_str).collect();
        let text = split(&text);
        let reading =
            judge.read(&Question { kind: Some(&case.kind), text: Some(&case.question) }, &borrowed(&text)).unwrap();
        let near = |a: f32, b: f32, what: &str| {
            assert!((a - b).abs() < 2e-3, "{what}: {a} here, {b} in training, of {:?}", case.sentences);
        };
        for (i, s) in reading.sentences.iter().enumerate() {
            near(s.keep, case.verdict[i][0], "keep");
            near(s.trim, case.verdict[i][1], "trim");
            near(s.cut, case.verdict[i][2], "cut");
            s.reasons.iter().zip(case.reason[i]).for_each(|(a, b)| near(*a, b, "reason"));
            near(s.conclusion, case.point[i][0], "conclusion");
            s.layers.iter().zip(&case.point[i][1..]).for_each(|(a, b)| near(*a, *b, "layer"));
        }
        reading.kinds.iter().zip(case.kinds).for_each(|(a, b)| near(*a, b, "kind"));
        let none = case.point.last().unwrap();
        near(reading.no_conclusion, none[0], "no conclusion");
        let spans: Vec<_> = reading.spans.iter().map(|s| (s.class as usize, s.words.start, s.words.end)).collect();
        assert_eq!(spans, case.spans, "{:?}", case.sentences);
        let decisions = judge.decide(&reading);
        assert_eq!(decisions.sentences.iter().map(|d| d.verdict as usize).collect::<Vec<_>>(), case.verdicts);
        assert_eq!((decisions.conclusion, decisions.layers), (case.conclusion, case.layers));
    }
}

#[test]
fn any_input_is_read_whole() {
    let judge = judge();
    let long_sentence = vec!["word"; 5000];
    let many: Vec<Vec<&str>> =
        (0..200).map(|i| if i % 3 == 0 { vec!["So", "I", "decided."] } else { vec!["Um,", "yes."] }).collect();
    let dots = ".".repeat(10_000);
    let odd: Vec<Vec<Vec<&str>>> = vec![
        vec![],
        vec![vec![]],
        vec![vec![], vec!["um"], vec![]],
        vec![vec!["um"]],
        vec![vec!["🙂", "日本語", "\u{200b}", "é́́", &dots]],
        vec![long_sentence],
        many,
    ];
    for sentences in &odd {
        check_whole(&judge.read(&Question::default(), sentences).unwrap(), sentences);
    }
    let long = "why ".repeat(4000);
    let question = Question { kind: Some(&long), text: Some(&long) };
    check_whole(&judge.read(&question, &[vec!["I", "left."]]).unwrap(), &[vec!["I", "left."]]);
}

#[test]
fn of_nothing_nothing_is_decided() {
    let judge = judge();
    let reading = judge.read(&Question::default(), &[]).unwrap();
    assert!(reading.no_conclusion > 0.999);
    assert_eq!(judge.decide(&reading).conclusion, None);
}

#[test]
fn a_word_said_again_is_marked_at_both_places() {
    assert_eq!(echoes(&["I,", "uh,", "I", "made", "—", "—"]), [(2, 0), (0, 0), (0, 2), (0, 0), (0, 0), (0, 0)]);
    assert_eq!(echoes(&["very,", "very,", "very"]), [(1, 0), (1, 1), (0, 1)]);
    assert!(echoes(&[]).is_empty());
}

#[test]
fn windows_read_every_unit_once_and_in_order() {
    for (count, size, room) in [(1, 10, 448), (40, 30, 448), (300, 7, 448), (25, 448, 448), (9, 128, 200)] {
        let units: Vec<Unit> = (0..count)
            .map(|sentence| Unit { sentence, ids: vec![0; size], echoes: vec![(0, 0); size], words: vec![] })
            .collect();
        let all = windows(&units, room);
        let read: Vec<usize> = all.iter().flat_map(|w| w.read.clone()).collect();
        assert_eq!(read, (0..count).collect::<Vec<_>>());
        assert!(
            all.iter()
                .all(|w| w.shown.len() * size <= room && w.shown.start <= w.read.start && w.read.end <= w.shown.end)
        );
    }
}

#[test]
fn a_long_answer_is_judged_much_as_its_parts_are() {
    let text = split(&STORY);
    let filler = split(&["The office was in the old building by the river and the lift was often broken."; 60]);
    let judge = judge();
    let question = Question { kind: Some("leadership"), text: None };
    let verdicts = |sentences: &[Vec<String>]| {
        let reading = judge.read(&question, &borrowed(sentences)).unwrap();
        judge.decide(&reading).sentences.iter().map(|d| d.verdict == Verdict::Cut).collect::<Vec<_>>()
    };
    let long: Vec<Vec<String>> = text.iter().chain(&filler).cloned().collect();
    assert_eq!(verdicts(&long)[..text.len()], verdicts(&text));
}

#[test]
fn foreign_files_are_refused_with_a_way_out() {
    let config = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/judge.json"));
    let vocabulary = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/vocab.txt"));
    let refusal = |w: &[u8], c: &[u8], v: &[u8]| Judge::from_bytes(w, c, v).err().unwrap().to_string();
    assert!(refusal(b"", config, vocabulary).contains("train.py"));
    assert!(refusal(b"", b"{}", vocabulary).contains("judge.json"));
    assert!(refusal(b"", config, b"a\nb").contains("vocab.txt"));
    let other = String::from_utf8_lossy(config).replace("throat_clearing", "coughing");
    assert!(refusal(b"", other.as_bytes(), vocabulary).contains("reasons"));
}

#[test]
fn the_hash_is_that_of_the_weights() {
    let weights = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/judge/judge.safetensors"));
    assert_eq!(judge().sha256(), hex(&Sha256::digest(weights)));
}

#[test]
fn a_sentence_points_where_its_paraphrase_points() {
    let judge = Judge::bundled().unwrap();
    let embed = |text: &str| judge.embed(&text.split_whitespace().collect::<Vec<_>>());
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let line = embed("I gave the launch to my deputy and she delivered it three weeks early.");
    let same = cosine(&line, &embed("I delegated the entire launch to her and we were out early by three weeks."));
    let other = cosine(&line, &embed("She had joined the team in the spring."));
    assert!(same > other + 0.1, "{same} against {other}");
    assert!((cosine(&line, &line) - 1.0).abs() < 1e-5);
    assert_eq!(judge.embed(&[]).iter().filter(|x| **x != 0.0).count(), 0);
    assert_eq!(judge.embed(&vec!["word"; 3000]).len(), line.len());
}
