use proptest::prelude::*;

use super::*;

fn texts(imported: &Imported) -> Vec<&str> {
    imported.words.iter().map(|word| word.text.as_str()).collect()
}

fn starts(imported: &Imported) -> Vec<f64> {
    imported.words.iter().map(|word| (word.start_s.unwrap().0 * 1000.0).round() / 1000.0).collect()
}

fn read_str(text: &str, format: Format) -> Imported {
    read(text.as_bytes(), format).unwrap()
}

#[test]
fn plain_text_gives_words_without_times() {
    let imported = read(b"\xEF\xBB\xBFSo, um,\r\nI shipped \xE2\x80\x94 it.", Format::Txt).unwrap();
    assert_eq!(texts(&imported), ["So,", "um,", "I", "shipped—", "it."]);
    assert!(
        imported.words.iter().all(|word| word.start_s.is_none() && word.origin == crate::transcript::Origin::Imported)
    );
}

#[test]
fn utf_16_with_its_mark_is_read() {
    for (mark, unit) in [([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xFE, 0xFF], u16::to_be_bytes)] {
        let bytes: Vec<u8> = mark.into_iter().chain("Café now.".encode_utf16().flat_map(unit)).collect();
        assert_eq!(texts(&read(&bytes, Format::Txt).unwrap()), ["Café", "now."]);
    }
}

#[test]
fn labels_of_speakers_are_not_words() {
    let text = "Interviewer: Tell me.\nCandidate: The result: we shipped.\n\n[00:12] Speaker 2: Good.";
    let imported = read_str(text, Format::Txt);
    assert_eq!(texts(&imported), ["Tell", "me.", "The", "result:", "we", "shipped.", "Good."]);
    assert_eq!(imported.speakers(), ["Interviewer", "Candidate", "Speaker 2"]);
    assert_eq!(texts(&imported.only("Candidate")), ["The", "result:", "we", "shipped."]);
    let named = read_str("Ana: Hello.\nBo Li: Hi.\nAna: Bye.\nBo Li: Bye.", Format::Txt);
    assert_eq!(named.speakers(), ["Ana", "Bo Li"]);
    assert_eq!(named.into_transcript().sentences.len(), 4);
}

#[test]
fn what_is_no_text_says_where() {
    assert!(matches!(read(b"one\ntwo\0", Format::Txt), Err(ImportError::Binary { line: 2 })));
    assert!(matches!(read(b"one\ntw\xE9o", Format::Txt), Err(ImportError::NotUtf8 { line: 2, column: 3, offset: 6 })));
    assert!(matches!(read(b"", Format::Txt), Err(ImportError::NoWords)));
    assert!(matches!(read(b"... - !", Format::Txt), Err(ImportError::NoWords)));
    assert!(matches!(read(b"no cues here", Format::Srt), Err(ImportError::NoCues)));
    assert!(matches!(read(b"{", Format::Json), Err(ImportError::Json { .. })));
    assert!(matches!(read(b"{\"a\": 1}", Format::Json), Err(ImportError::UnknownJson)));
}

#[test]
fn too_much_is_refused() {
    assert!(matches!(read(&vec![b'a'; MAX_BYTES + 1], Format::Txt), Err(ImportError::TooLarge { .. })));
    let words = "a ".repeat(MAX_WORDS + 1);
    assert!(matches!(read(words.as_bytes(), Format::Txt), Err(ImportError::TooManyWords { .. })));
}

#[test]
fn srt_times_are_spread_by_letters() {
    let imported = read_str(
        "1\n00:00:01,000 --> 00:00:02,000\n<i>ab</i> abcdef\n\n2\n00:03,000 --> 00:04,000\n[Music] end.\n",
        Format::Srt,
    );
    assert_eq!(texts(&imported), ["ab", "abcdef", "end."]);
    assert_eq!(starts(&imported), [1.0, 1.3, 3.0]);
    assert_eq!(imported.words[1].end_s, Some(Seconds(2.0)));
}

#[test]
fn srt_cues_out_of_order_overlapping_and_run_together_are_read() {
    let text = "2\n00:00:05,000 --> 00:00:06,000\nlast\n1\n00:00:01,000 --> 00:00:05,500\n- one two\n3\n00:00:02,000 --> 00:00:03,000\nthree";
    let imported = read_str(text, Format::Srt);
    assert_eq!(texts(&imported), ["one", "two", "three", "last"]);
    assert!(starts(&imported).is_sorted());
}

#[test]
fn vtt_tags_voices_and_notes_are_left_out() {
    let text = "WEBVTT - title\nKind: captions\n\nNOTE not said\nat all\n\nSTYLE\n::cue { color: red }\n\nid-1\n00:01.000 --> 00:02.000 align:start\n<v Ana>Tom &amp; <b.loud>I</b>\n";
    let imported = read_str(text, Format::Vtt);
    assert_eq!(texts(&imported), ["Tom&", "I"]);
    assert_eq!(imported.speakers(), ["Ana"]);
}

#[test]
fn vtt_word_times_are_used_and_rolling_lines_read_once() {
    let text = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n \nso<00:00:01.500><c> I</c><00:00:02.000><c> shipped</c>\n\n\
                00:00:03.000 --> 00:00:03.010\nso I shipped\n\n00:00:03.010 --> 00:00:05.000\nso I shipped\nit<00:00:04.000><c> today</c>\n";
    let imported = read_str(text, Format::Vtt);
    assert_eq!(texts(&imported), ["so", "I", "shipped", "it", "today"]);
    assert_eq!(starts(&imported), [1.0, 1.5, 2.0, 3.01, 4.0]);
}

#[test]
fn whisper_cpp_tokens_become_words() {
    let text = r#"{"transcription":[{"timestamps":{"from":"00:00:00,000","to":"00:00:02,000"},"offsets":{"from":0,"to":2000},
        "text":" Onboarding, yes.","tokens":[
        {"text":"[_BEG_]","offsets":{"from":0,"to":0},"p":0.9},
        {"text":" On","offsets":{"from":100,"to":300},"p":0.5},{"text":"boarding","offsets":{"from":300,"to":900},"p":1.0},
        {"text":",","offsets":{"from":900,"to":950},"p":0.9},{"text":" yes","offsets":{"from":1000,"to":1500},"p":0.8},
        {"text":".","offsets":{"from":1500,"to":1600},"p":0.8}]},
        {"offsets":{"from":2000,"to":3000},"text":" [BLANK_AUDIO]"}]}"#;
    let imported = read_str(text, Format::Json);
    assert_eq!(texts(&imported), ["Onboarding,", "yes."]);
    assert_eq!(starts(&imported), [0.1, 1.0]);
    assert!((imported.words[0].confidence.unwrap() - 0.8).abs() < 0.001);
    let plain = r#"{"transcription":[{"timestamps":{"from":"00:00:01,000","to":"00:00:02,000"},"text":" Yes."}]}"#;
    assert_eq!(starts(&read_str(plain, Format::Json)), [1.0]);
}

#[test]
fn openai_and_faster_whisper_segments_are_read() {
    let text = r#"{"text":" So I.","segments":[{"id":0,"start":0.5,"end":1.5,"text":" So I.","words":[
        {"word":" So","start":0.5,"end":0.9,"probability":0.9},{"word":" I.","start":0.9,"end":1.4,"probability":0.7}]},
        {"start":2.0,"end":3.0,"text":" Yes sir"}]}"#;
    let imported = read_str(text, Format::Json);
    assert_eq!(texts(&imported), ["So", "I.", "Yes", "sir"]);
    assert_eq!(starts(&imported), [0.5, 0.9, 2.0, 2.5]);
    let list = r#"[{"start":0,"end":1,"text":"Hi","speaker":"SPEAKER_00","words":[{"word":"Hi","score":0.4}]}]"#;
    let imported = read_str(list, Format::Json);
    assert_eq!(imported.words[0].start_s, None);
    assert_eq!(imported.speakers(), ["SPEAKER_00"]);
}

#[test]
fn times_that_cannot_be_are_left_out_or_put_in_order() {
    let text = r#"{"segments":[{"start":-4,"end":1e300,"text":"a"},{"start":5,"end":2,"text":"b","words":[{"word":"b","start":5,"end":2}]}]}"#;
    let imported = read_str(text, Format::Json);
    assert_eq!(imported.words[0].start_s, None);
    assert_eq!(imported.words[1].end_s, Some(Seconds(5.0)));
}

#[test]
fn the_format_is_told_by_ending_or_content() {
    assert_eq!(Format::of_extension("SRT"), Some(Format::Srt));
    assert_eq!(Format::of_extension("wav"), None);
    assert_eq!(Format::of_content(b"WEBVTT\n"), Some(Format::Vtt));
    assert_eq!(Format::of_content(b" {\"segments\": []}"), Some(Format::Json));
    assert_eq!(Format::of_content(b"1\n00:00:01,000 --> 00:00:02,000\nHi"), Some(Format::Srt));
    assert_eq!(Format::of_content(b"So I said"), Some(Format::Txt));
    assert_eq!(Format::of_content(b"RIFF\0\0"), None);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in [Format::Txt, Format::Srt, Format::Vtt, Format::Json] {
            let _ = read(&bytes, format);
        }
        let _ = Format::of_content(&bytes);
    }

    #[test]
    fn words_and_segments_are_whole_and_in_order(
        text in "(WEBVTT\n|\n|[0-9]{1,2}:[0-9]{2}[.,][0-9]{3} --> [0-9]{1,2}:[0-9]{2}[.,][0-9]{3}\n|<[0-9]{2}:[0-9]{2}.[0-9]{3}>|<v A>|[a-z{\\\\<>&;\\[\\]: é]{1,8}| ){0,40}",
    ) {
        for format in [Format::Txt, Format::Srt, Format::Vtt] {
            let Ok(imported) = read(text.as_bytes(), format) else { continue };
            let mut next = 0;
            for segment in &imported.segments {
                prop_assert_eq!(segment.words.lo, next);
                prop_assert!(!segment.words.is_empty());
                next = segment.words.hi;
            }
            prop_assert_eq!(next, imported.words.len());
            let mut latest = 0.0;
            for word in &imported.words {
                prop_assert!(!word.text.is_empty() && !word.text.contains(char::is_whitespace));
                if let (Some(start), Some(end)) = (word.start_s, word.end_s) {
                    prop_assert!(start.0 >= latest && end.0 >= start.0);
                    latest = start.0;
                }
            }
            let _ = imported.into_transcript();
        }
    }

    #[test]
    fn damaged_json_never_panics(cut in 0..200_usize, junk in "[\\[\\]{}\",:0-9a-z]{0,10}") {
        let good = r#"{"segments":[{"start":0.5,"end":1.5,"text":" So I.","words":[{"word":" So","start":0.5,"end":0.9}]}]}"#;
        let cut = cut.min(good.len());
        let _ = read(format!("{}{junk}{}", &good[..cut], &good[cut..]).as_bytes(), Format::Json);
        let _ = read(junk.as_bytes(), Format::Json);
    }
}
