//! What each stage costs on an answer of about a hundred seconds: `cargo bench`.
//!
//! The recogniser is by far the most; `recognise` decodes the short sample (14 s), the others work on
//! the transcript of the long one, read from its labelled script.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench")]

use cutlist::decode::decode_all;
use cutlist::lexicon::{Lexicon, Tokens};
use cutlist::measures::merge::Spans;
use cutlist::pipeline::analyze::{Given, analyze};
use cutlist::tools::Tools;
use cutlist::transcript::recogniser::RecogniserError;
use cutlist::transcript::transcribe::transcribe;
use cutlist::transcript::{Transcript, chunks::Chunker};
use divan::Bencher;

#[path = "../eval/labelled.rs"]
mod labelled;

fn main() {
    divan::main();
}

fn recording(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings").join(name)
}

fn transcript() -> Transcript {
    labelled::read(&recording("sample-answer.answer")).transcript
}

#[divan::bench(sample_count = 10)]
fn decode_the_long_sample(bencher: Bencher) {
    bencher.bench(|| decode_all(&recording("sample-answer.wav")).unwrap());
}

#[divan::bench(sample_count = 10)]
fn map_speech_and_cut_chunks(bencher: Bencher) {
    let audio = decode_all(&recording("sample-answer.wav")).unwrap();
    bencher.bench(|| {
        let mut chunker = Chunker::default();
        let count = chunker.push(&audio.samples).len();
        count + usize::from(chunker.finish().is_some())
    });
}

/// One worker with one thread against two workers: the gain of decoding chunks side by side.
#[divan::bench(sample_count = 3, sample_size = 1, args = [1, 2])]
fn recognise(bencher: Bencher, workers: usize) {
    let whisper = cutlist::models::resolve(None, std::path::Path::new(".")).unwrap().load(1).unwrap();
    let audio = decode_all(&recording("sample-answer.wav")).unwrap();
    bencher.bench(|| {
        let blocks = audio.samples.chunks(16_000).map(|block| Ok::<_, RecogniserError>(block.to_vec()));
        transcribe(blocks, &whisper, workers, |_| {}).unwrap()
    });
}

#[divan::bench]
fn find_spans_by_rule(bencher: Bencher) {
    let (lexicon, transcript) = (Lexicon::english().unwrap(), transcript());
    bencher.bench(|| Spans::by_rule(&Tokens::of(&transcript), &lexicon).fillers.len());
}

#[divan::bench(sample_count = 10)]
fn load_lexicon_and_judge(bencher: Bencher) {
    bencher.bench(|| Tools::bundled().unwrap().judge.name().len());
}

#[divan::bench(sample_count = 10)]
fn analyze_a_transcript(bencher: Bencher) {
    let (tools, transcript) = (Tools::bundled().unwrap(), transcript());
    bencher.bench(|| analyze(&tools, transcript.clone(), Given::default()).unwrap());
}
