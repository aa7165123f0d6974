//! The checks that keep a recogniser honest, on scripted recognisers that misbehave as Whisper does.

use std::sync::Mutex;

use cutlist::transcript::Origin;
use cutlist::transcript::chunks::Chunk;
use cutlist::transcript::recogniser::{HeardWord, Recogniser, RecogniserError, Request};
use cutlist::transcript::transcribe::transcribe;
use cutlist::transcript::verbatim::{INAUDIBLE, listen};
use cutlist::transcript::voice::Stretch;

/// Answers each request by a function; remembers what was asked.
struct Scripted<F> {
    answer: F,
    asked: Mutex<Vec<(bool, f64, f64)>>,
}

impl<F: Fn(&Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> + Sync> Scripted<F> {
    fn new(answer: F) -> Self {
        Self { answer, asked: Mutex::new(Vec::new()) }
    }
}

impl<F: Fn(&Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> + Sync> Recogniser for Scripted<F> {
    fn recognise(&self, request: Request<'_>) -> Result<Vec<HeardWord>, RecogniserError> {
        self.asked.lock().unwrap().push((request.verbatim, request.start_s, request.len_s()));
        (self.answer)(&request)
    }
}

fn heard(text: &str, start_s: f64) -> HeardWord {
    HeardWord { text: text.into(), start_s, end_s: start_s + 0.4, confidence: 0.95, filled_pause_odds: 0.0 }
}

/// Words half a second apart from `start_s` on.
fn said(text: &str, start_s: f64) -> Vec<HeardWord> {
    text.split_whitespace().enumerate().map(|(i, word)| heard(word, start_s + i as f64 * 0.5)).collect()
}

/// Ten seconds of noise, which no test takes for a filled pause, with speech where told.
fn chunk(speech: &[(f64, f64)]) -> Chunk {
    let mut seed = 7_u32;
    let samples = (0..160_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 16_777_216.0 - 0.5
        })
        .collect();
    let speech = speech.iter().map(|(start_s, end_s)| Stretch { start_s: *start_s, end_s: *end_s }).collect();
    Chunk { start_s: 0.0, samples, speech }
}

fn texts(recogniser: &dyn Recogniser, chunk: &Chunk) -> String {
    let words = listen(recogniser, chunk).unwrap();
    words.iter().map(|word| word.word.text.clone()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_good_decode_is_left_alone() {
    let recogniser = Scripted::new(|_| Ok(said("I moved the tax form.", 1.0)));
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 3.4)])), "I moved the tax form.");
    assert_eq!(recogniser.asked.lock().unwrap().len(), 1);
}

#[test]
fn skipped_speech_is_decoded_again_without_the_prompt() {
    let recogniser = Scripted::new(|request| {
        Ok(if request.verbatim { said("I quit.", 1.0) } else { said("It cost us two million.", 5.0) })
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0), (5.0, 7.4)])), "I quit. It cost us two million.");
    let asked = recogniser.asked.lock().unwrap();
    assert!(asked.len() == 2 && !asked[1].0 && asked[1].1 > 4.0, "{asked:?}");
}

#[test]
fn a_loop_falls_back_to_the_unprompted_decode() {
    let recogniser = Scripted::new(|request| {
        Ok(if request.verbatim { said(&"I'm, uh, ".repeat(30), 1.0) } else { said("I hired four reps.", 1.0) })
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 3.0)])), "I hired four reps.");
}

#[test]
fn the_prompt_itself_is_never_taken_for_speech() {
    let recogniser = Scripted::new(|request| {
        Ok(if request.verbatim { said("Okay, here's what I'm, um, like, thinking", 1.0) } else { said("I quit.", 1.0) })
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0)])), "I quit.");
}

#[test]
fn a_decode_that_runs_out_of_time_does_not_hang_or_lose_the_chunk() {
    let recogniser = Scripted::new(|request| {
        if request.verbatim {
            Err(RecogniserError::OutOfTime { len_s: request.len_s() })
        } else {
            Ok(said("I quit.", 1.0))
        }
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0)])), "I quit.");
}

#[test]
fn speech_nobody_can_understand_is_marked() {
    let recogniser = Scripted::new(|request| Err(RecogniserError::OutOfTime { len_s: request.len_s() }));
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 4.0)])), INAUDIBLE);
}

#[test]
fn unsure_words_where_nobody_speaks_are_dropped() {
    let recogniser = Scripted::new(|_| {
        let mut words = said("I quit.", 1.0);
        words.extend(said("Thanks for watching!", 6.0).into_iter().map(|word| HeardWord { confidence: 0.3, ..word }));
        Ok(words)
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0)])), "I quit.");
}

#[test]
fn described_sounds_are_no_words_and_no_lost_speech() {
    let recogniser = Scripted::new(|_| {
        Ok(vec![heard("*laughs*", 1.0), heard("I", 3.0), heard("quit.", 3.5), heard("[BLANK_AUDIO]", 5.0)])
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 1.8), (3.0, 4.0)])), "I quit.");
}

#[test]
fn a_drawl_is_one_word() {
    let recogniser = Scripted::new(|_| Ok(vec![heard("Ummmmmmmmm,", 1.0), heard("no.", 1.5)]));
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0)])), "Um, no.");
}

#[test]
fn an_engine_failure_is_an_error_and_stops_the_workers() {
    let recogniser = Scripted::new(|_| Err(RecogniserError::Engine("out of memory".into())));
    let mut reader = hound::WavReader::open(crate::support::repository("recordings/short-answer.wav")).unwrap();
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
    let error = transcribe(blocks, &recogniser, 2, |_| {}).unwrap_err();
    assert!(error.to_string().contains("out of memory"));
}

#[test]
fn a_recogniser_that_panics_is_an_error_and_no_hang() {
    let recogniser = Scripted::new(|_| panic!("as a bug would"));
    let mut reader = hound::WavReader::open(crate::support::repository("recordings/sample-answer.wav")).unwrap();
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
    assert!(transcribe(blocks, &recogniser, 2, |_| {}).is_err());
}

#[test]
fn a_stream_in_any_portions_gives_the_words_of_the_batch() {
    let mut reader = hound::WavReader::open(crate::support::repository("recordings/sample-answer.wav")).unwrap();
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    // Says where each stretch starts and how long it is: any difference in the chunks shows.
    let recogniser = Scripted::new(|request| {
        Ok(vec![heard(&format!("w{:.3}+{:.3}", request.start_s, request.len_s()), request.start_s + 0.3)])
    });
    let run = |portion: usize, workers: usize| {
        let blocks = samples.chunks(portion).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
        transcribe(blocks, &recogniser, workers, |_| {}).unwrap()
    };
    let batch = run(samples.len(), 1);
    assert!(batch.words.len() >= 3);
    assert_eq!(batch, run(160, 2));
    assert_eq!(batch, run(4_321, 3));
}

#[test]
fn little_is_left_to_do_after_the_last_block() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let mut reader = hound::WavReader::open(crate::support::repository("recordings/sample-answer.wav")).unwrap();
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    let answered = AtomicUsize::new(0);
    let before_the_end = AtomicUsize::new(0);
    let recogniser = Scripted::new(|request| {
        if request.verbatim {
            answered.fetch_add(1, Ordering::SeqCst);
        }
        Ok(vec![heard("word", request.start_s + 0.3)])
    });
    // A microphone: blocks of 20 ms, and time to work while they come in.
    let blocks = samples.chunks(320).enumerate().map(|(i, block)| {
        if i % 50 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        before_the_end.store(answered.load(Ordering::SeqCst), Ordering::SeqCst);
        Ok::<_, RecogniserError>(block.to_vec())
    });
    transcribe(blocks, &recogniser, 2, |_| {}).unwrap();
    let (done, all) = (before_the_end.load(Ordering::SeqCst), answered.load(Ordering::SeqCst));
    assert!(all >= 4, "{all} chunks");
    assert!(all - done <= 2, "{} of {all} chunks were left at the end, for two workers", all - done);
}

#[test]
fn an_ending_that_was_broken_off_is_no_filled_pause() {
    let recogniser = Scripted::new(|_| {
        let unsure = HeardWord { confidence: 0.4, ..heard("er.", 3.0) };
        Ok(vec![heard("align...", 1.0), unsure])
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 1.6), (3.0, 3.4)])), "aligner.");
}

#[test]
fn an_article_before_its_noun_stays_one() {
    let recogniser = Scripted::new(|_| {
        let unsure = HeardWord { confidence: 0.5, ..heard("a", 1.0) };
        Ok(vec![unsure, heard("liner.", 1.5)])
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.0)])), "a liner.");
}

#[test]
fn a_word_that_was_nearly_a_filled_pause_is_one() {
    let recogniser = Scripted::new(|_| {
        let rivalled = HeardWord { confidence: 0.5, filled_pause_odds: 0.4, ..heard("her,", 1.5) };
        Ok(vec![heard("I", 1.0), rivalled, heard("quit.", 2.0)])
    });
    let words = listen(&recogniser, &chunk(&[(1.0, 2.4)])).unwrap();
    let told: Vec<(&str, Origin)> = words.iter().map(|word| (word.word.text.as_str(), word.origin)).collect();
    assert_eq!(told, [("I", Origin::Heard), ("uh,", Origin::Recovered), ("quit.", Origin::Heard)]);
}

#[test]
fn a_word_beside_a_filled_pause_that_was_written_stays() {
    let recogniser = Scripted::new(|_| {
        let rivalled = HeardWord { confidence: 0.5, filled_pause_odds: 0.4, ..heard("and", 1.0) };
        Ok(vec![rivalled, heard("um,", 1.5), heard("I", 2.0), heard("quit.", 2.5)])
    });
    assert_eq!(texts(&recogniser, &chunk(&[(1.0, 2.9)])), "and um, I quit.");
}
