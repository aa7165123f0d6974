//! The drawing of the answer in time: its sound, its sentences, and what was found in them. Positions across are
//! percents of the recording, so that the drawing fits any width without distortion.

use super::class;
use crate::document::Report;
use crate::units::Seconds;

/// Columns of the waveform: narrower ones are less than a pixel on a phone.
const COLUMNS: usize = 360;
/// The waveform's middle and half its height, in the drawing's units.
const MIDDLE: f32 = 58.0;
const HALF: f32 = 34.0;
/// Percents below which a sentence's number does not fit its block.
const NUMBER_FITS: f64 = 2.4;

pub(super) struct Bar {
    pub x: String,
    pub width: String,
    pub y: String,
    pub height: String,
}

/// A stretch of the drawing: a sentence, or the pause between two.
pub(super) struct Piece {
    pub class: &'static str,
    pub sentence: Option<usize>,
    pub title: String,
    pub x: String,
    pub width: String,
    pub middle: String,
    pub number: Option<usize>,
    pub bars: Vec<Bar>,
}

/// A finding.
pub(super) struct Tick {
    pub x: String,
    pub width: String,
    pub says: String,
}

pub(super) struct Flag {
    pub x: String,
    pub anchor: &'static str,
    pub text_x: String,
}

pub(super) struct Label {
    pub x: String,
    pub text: String,
    pub anchor: &'static str,
}

/// The drawing.
pub(super) struct Timeline {
    pub duration: String,
    /// Whether there is a waveform over the sentences.
    pub has_sound: bool,
    pub says: String,
    pub pieces: Vec<Piece>,
    pub conclusion: Option<Flag>,
    pub fillers: Vec<Tick>,
    pub vague: Vec<Tick>,
    pub metrics: Vec<Tick>,
    pub pauses: Vec<Tick>,
    pub axis: Vec<Label>,
}

fn percent(value: f64) -> String {
    format!("{value:.3}")
}

/// Draws the answer; `None` without times.
pub(super) fn timeline(report: &Report, peaks: &[f32]) -> Option<Timeline> {
    let transcript = &report.transcript;
    let duration = report
        .source
        .duration_s
        .or_else(|| transcript.words.iter().rev().find_map(|word| word.end_s))
        .filter(|duration| duration.0 > 0.0)?;
    if !transcript.is_timed() {
        return None;
    }
    let at = |time: Seconds| (100.0 * time.0 / duration.0).clamp(0.0, 100.0);
    let pieces = pieces(report, &at, peaks);
    let tick = |start: Option<Seconds>, end: Option<Seconds>, says: String| {
        let (start, end) = (start?, end?);
        let width = (at(end) - at(start)).max(0.45);
        Some(Tick { x: percent(at(start).min(100.0 - width)), width: percent(width), says })
    };
    let over = |words: crate::span::WordRange, says: String| {
        let start = transcript.words.get(words.lo).and_then(|word| word.start_s);
        let end = transcript.words.get(words.hi.saturating_sub(1)).and_then(|word| word.end_s);
        tick(start, end, says)
    };
    let measures = &report.measures;
    let conclusion = measures.time_to_conclusion.sentence;
    Some(Timeline {
        duration: format!("{:.3}", duration.0),
        has_sound: !peaks.is_empty(),
        says: says(report, duration),
        conclusion: conclusion.and_then(|i| transcript.sentences.get(i)?.start_s).map(|start| {
            let x = at(start);
            // Near the right edge the word stands to the left of its flag.
            if x > 75.0 {
                Flag { x: percent(x), anchor: "end", text_x: percent(x - 0.6) }
            } else {
                Flag { x: percent(x), anchor: "start", text_x: percent(x + 0.6) }
            }
        }),
        fillers: measures
            .fillers
            .items
            .iter()
            .filter_map(|item| tick(item.start_s, item.end_s, format!("filler: {}", item.text)))
            .collect(),
        vague: measures
            .vague
            .items
            .iter()
            .filter_map(|item| over(item.words, format!("vague: {}", item.text)))
            .collect(),
        metrics: measures
            .metrics
            .items
            .iter()
            .filter_map(|item| over(item.words, format!("metric: {}", item.text)))
            .collect(),
        pauses: transcript
            .silences
            .iter()
            .filter(|silence| silence.end_s.0 - silence.start_s.0 >= crate::measures::pace::SILENT_PAUSE_S)
            .filter_map(|silence| {
                let length = silence.end_s - silence.start_s;
                tick(Some(silence.start_s), Some(silence.end_s), format!("pause of {length}"))
            })
            .collect(),
        pieces,
        axis: axis(duration),
    })
}

/// The sentences, each with the columns of sound under it, and last the columns of the pauses between them.
fn pieces(report: &Report, at: &dyn Fn(Seconds) -> f64, peaks: &[f32]) -> Vec<Piece> {
    let transcript = &report.transcript;
    let heights = heights(peaks);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut owners = vec![None; heights.len()];
    for (sentence, cut) in transcript.sentences.iter().zip(&report.cuts) {
        let (Some(start), Some(end)) = (sentence.start_s, sentence.end_s) else { continue };
        let (from, to) = (at(start), at(end).max(at(start) + 0.2));
        for (i, owner) in owners.iter_mut().enumerate() {
            let middle = (i as f64 + 0.5) * 100.0 / COLUMNS as f64;
            if middle >= from && middle < to {
                *owner = Some(pieces.len());
            }
        }
        pieces.push(Piece {
            class: class(cut.verdict),
            sentence: Some(sentence.index),
            title: format!("{}: {}", sentence.index + 1, sentence.text),
            x: percent(from),
            width: percent(to - from),
            middle: percent(f64::midpoint(from, to)),
            number: (to - from >= NUMBER_FITS).then_some(sentence.index + 1),
            bars: Vec::new(),
        });
    }
    pieces.push(Piece {
        class: "gap",
        sentence: None,
        title: String::new(),
        x: String::new(),
        width: String::new(),
        middle: String::new(),
        number: None,
        bars: Vec::new(),
    });
    let rest = pieces.len() - 1;
    for (i, (height, owner)) in heights.iter().zip(&owners).enumerate() {
        let half = (height * HALF).max(0.75);
        if let Some(piece) = pieces.get_mut(owner.unwrap_or(rest)) {
            piece.bars.push(Bar {
                x: percent((i as f64 + 0.15) * 100.0 / COLUMNS as f64),
                width: percent(0.7 * 100.0 / COLUMNS as f64),
                y: format!("{:.1}", MIDDLE - half),
                height: format!("{:.1}", 2.0 * half),
            });
        }
    }
    pieces
}

/// Height of each column, 0 to 1: the peak in it over the highest of all.
fn heights(peaks: &[f32]) -> Vec<f32> {
    if peaks.is_empty() {
        return Vec::new();
    }
    let highest = peaks.iter().copied().fold(0.0_f32, f32::max).max(f32::MIN_POSITIVE);
    (0..COLUMNS)
        .map(|i| {
            let from = i * peaks.len() / COLUMNS;
            let to = ((i + 1) * peaks.len() / COLUMNS).max(from + 1);
            peaks.get(from..to).unwrap_or_default().iter().fold(0.0_f32, |high, peak| high.max(*peak)) / highest
        })
        .collect()
}

fn says(report: &Report, duration: Seconds) -> String {
    let at = report
        .measures
        .time_to_conclusion
        .sentence
        .and_then(|i| report.transcript.sentences.get(i)?.start_s)
        .map_or_else(|| "no conclusion".to_owned(), |start| format!("the conclusion at {}", start.clock()));
    format!(
        "The answer in time: {} sentences in {}, {at}. The list below has the same.",
        report.transcript.sentences.len(),
        duration.clock()
    )
}

/// Times along the bottom: about six, at a round distance.
fn axis(duration: Seconds) -> Vec<Label> {
    let step = [5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0]
        .into_iter()
        .find(|step| duration.0 / step <= 7.0)
        .unwrap_or(1200.0);
    let mut out = Vec::new();
    let mut time = 0.0;
    // A last label too near the end would run out of the drawing.
    while time <= duration.0 * 0.97 {
        out.push(Label {
            x: percent(100.0 * time / duration.0),
            text: Seconds(time).clock(),
            anchor: if time == 0.0 { "start" } else { "middle" },
        });
        time += step;
    }
    out
}
