//! What each choice in listening costs or saves: `cargo bench --bench listening`.
//!
//! Every pair differs in one choice and decodes the same sound, the short sample (14 s, one chunk) or the long one (94 s, five chunks), with the
//! bundled model. On a shared machine read the ratios, and the fastest sample before the median.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench")]

use std::path::Path;
use std::time::Duration;

use cutlist::decode::decode_all;
use cutlist::transcript::recogniser::{Recogniser as _, RecogniserError, Request};
use cutlist::transcript::transcribe::transcribe;
use cutlist::transcript::whisper::{Decoding, Whisper};
use divan::Bencher;

fn main() {
    divan::main();
}

fn sound(name: &str) -> Vec<f32> {
    decode_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings").join(name)).unwrap().samples
}

fn load(decoding: Decoding) -> Whisper {
    cutlist::models::resolve(None, Path::new(".")).unwrap().load_for(decoding).unwrap()
}

fn decode_once(bencher: Bencher, decoding: Decoding, verbatim: bool) {
    let (whisper, samples) = (load(decoding), sound("short-answer.wav"));
    let request = Request { samples: &samples, start_s: 0.0, verbatim, budget: Duration::from_secs(600) };
    // The first decode makes a state, which is measured elsewhere.
    whisper.recognise(request).unwrap();
    bencher.bench(|| whisper.recognise(request).unwrap().len());
}

/// Encoder positions for 14 s: what cutlist gives it, and the 30 seconds that Whisper was trained on.
#[divan::bench(sample_count = 5, sample_size = 1, args = [768, 1500])]
fn encoder_positions(bencher: Bencher, fewest_positions: i32) {
    decode_once(bencher, Decoding { fewest_positions, ..Decoding::default() }, true);
}

/// The prompt that keeps ums, against none.
#[divan::bench(sample_count = 5, sample_size = 1, args = [true, false])]
fn verbatim_prompt(bencher: Bencher, verbatim: bool) {
    decode_once(bencher, Decoding::default(), verbatim);
}

/// Word times by dynamic time warping, against none.
#[divan::bench(sample_count = 5, sample_size = 1, args = [true, false])]
fn word_times(bencher: Bencher, times_words: bool) {
    decode_once(bencher, Decoding { times_words, ..Decoding::default() }, true);
}

/// Words in doubt weighed against a filled pause, against none, in the long sample.
#[divan::bench(sample_count = 5, sample_size = 1, args = [true, false])]
fn words_in_doubt(bencher: Bencher, weighs_doubts: bool) {
    let (whisper, samples) = (load(Decoding { weighs_doubts, ..Decoding::default() }), sound("sample-answer.wav"));
    bencher.bench(|| {
        let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
        transcribe(blocks, &whisper, 2, |_| {}).unwrap().words.len()
    });
}

/// Two processors: one chunk with two threads after the other, or two chunks with one thread each, side by side.
#[divan::bench(sample_count = 3, sample_size = 1, args = ["1 state of 2 threads", "2 states of 1 thread", "1 state of 1 thread"])]
fn states_or_threads(bencher: Bencher, way: &str) {
    let (workers, threads) = match way {
        "1 state of 2 threads" => (1, 2),
        "2 states of 1 thread" => (2, 1),
        _ => (1, 1),
    };
    let (whisper, samples) = (load(Decoding::with_threads(threads)), sound("sample-answer.wav"));
    bencher.bench(|| {
        let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
        transcribe(blocks, &whisper, workers, |_| {}).unwrap().words.len()
    });
}

/// Three short recordings with the model loaded once, or each time.
#[divan::bench(sample_count = 3, sample_size = 1, args = [1, 3])]
fn loads_for_three_files(bencher: Bencher, loads: usize) {
    let samples = sound("short-answer.wav");
    bencher.bench(|| {
        let mut whisper = None;
        for file in 0..3 {
            if file < loads {
                whisper = Some(load(Decoding::default()));
            }
            let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
            transcribe(blocks, whisper.as_ref().unwrap(), 2, |_| {}).unwrap();
        }
    });
}

/// The memory of a decode given back after each of three recordings (as `cutlist analyze` does), or kept.
#[divan::bench(sample_count = 3, sample_size = 1, args = [true, false])]
fn rests_between_files(bencher: Bencher, rests: bool) {
    let (whisper, samples) = (load(Decoding::default()), sound("short-answer.wav"));
    bencher.bench(|| {
        for _ in 0..3 {
            let blocks = samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
            transcribe(blocks, &whisper, 2, |_| {}).unwrap();
            if rests {
                whisper.rest();
            }
        }
    });
}
