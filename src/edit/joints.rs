//! Where the cut answer is cut: at the quietest place beside each word that goes.
//!
//! The recogniser's word times are off by a tenth of a second here and there, and inside a phrase one word runs into the next.
//! So a cut is not made at a word's time but in the dip of loudness next to it. Where words run into each other with no dip
//! between them, a cut would swallow a syllable: a filler, repetition or hedge then stays in the sound, and is
//! reported as [`Joints::left_in`]. A whole sentence that goes always goes, at the quietest place by its border.

use crate::document::Report;
use crate::edit::choices::{self, Stretch};
use crate::judge::Verdict;
use crate::span::WordRange;
use crate::transcript::Word;
use crate::units::Seconds;

/// Length of a frame of loudness.
const FRAME_S: f64 = 0.005;
/// Frames over which loudness is averaged: 20 ms, two periods of a low voice, so that pitch does not look like dips.
const SMOOTH: usize = 4;
/// The high-pass before loudness is measured: a constant offset and the rumble of a desk are no speech.
const HIGH_PASS_HZ: f64 = 80.0;
/// How far from a word's time its true edge may lie: about the 90th percentile of the error of word times.
const REACH_S: f64 = 0.10;
/// The same at the border of a sentence, where there is mostly a pause.
const SENTENCE_REACH_S: f64 = 0.20;
/// A place so much farther away has to be this much quieter, in decibels a second: a stop in the middle of a word ("la-ter") is a
/// dip as well, but not the nearest one.
const AWAY_DB_PER_S: f64 = 60.0;
/// Stretch on each side of a dip in which speech is looked for.
const SIDE_S: f64 = 0.15;
/// A dip this far below the speech on both sides is a gap between words. Heard again (`tests/eval/tight_wer.py`),
/// cuts in dips of 6 dB lost no word that stays; at 3 dB "lives" became "is" and "it" became "get"; at 12 dB words stayed in that could have gone.
const DIP_DB: f64 = 6.0;
/// A place this close to the noise floor is a pause, whatever is beside it.
const ABOVE_FLOOR_DB: f64 = 6.0;
/// Where a dip's own width ends, above its deepest point.
const DIP_WIDTH_DB: f64 = 4.0;
/// Share of the frames that are quieter than what counts as the noise floor.
const FLOOR_SHARE: usize = 10;
/// From the loud tenth of speech down to where no speech sound is: soft consonants lie 20 to 30 dB below loud vowels.
const SPEECH_RANGE_DB: f64 = 30.0;
/// Quiet that stays on each side of a join inside a sentence.
const WORD_BREATH_S: f64 = 0.05;
/// Quiet that stays on each side of a join between sentences: together about the breath between two of them.
const SENTENCE_BREATH_S: f64 = 0.15;
/// Level of digital silence.
const SILENCE_DB: f64 = -120.0;

/// How loud a recording is, frame by frame: 4 bytes for each 5 ms, so an hour takes 3 MB.
#[derive(Debug, Clone, PartialEq)]
pub struct Loudness {
    frame_s: f64,
    samples_a_frame: usize,
    channels: usize,
    /// The high-pass: its coefficient, and each channel's low-passed value.
    coefficient: f64,
    low: Vec<f64>,
    energy: f64,
    samples: usize,
    at: usize,
    power: Vec<f32>,
}

impl Loudness {
    /// Of sound with `channels` samples a frame.
    #[must_use]
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let samples_a_frame = Seconds(FRAME_S).to_samples(rate_hz).max(1);
        let channels = channels.max(1);
        Self {
            frame_s: samples_a_frame as f64 / f64::from(rate_hz.max(1)),
            samples_a_frame,
            channels,
            coefficient: 1.0 - (-std::f64::consts::TAU * HIGH_PASS_HZ / f64::from(rate_hz.max(1))).exp(),
            low: vec![0.0; channels],
            energy: 0.0,
            samples: 0,
            at: 0,
            power: Vec::new(),
        }
    }

    /// Takes interleaved samples, in order.
    pub fn push(&mut self, interleaved: &[f32]) {
        for &sample in interleaved {
            let sample = if sample.is_finite() { f64::from(sample.clamp(-16.0, 16.0)) } else { 0.0 };
            let low = &mut self.low[self.at];
            *low += self.coefficient * (sample - *low);
            self.energy += (sample - *low).powi(2);
            self.at += 1;
            if self.at < self.channels {
                continue;
            }
            self.at = 0;
            self.samples += 1;
            if self.samples == self.samples_a_frame {
                self.close_frame();
            }
        }
    }

    fn close_frame(&mut self) {
        let power = self.energy / (self.samples.max(1) * self.channels) as f64;
        #[allow(clippy::cast_possible_truncation, reason = "a level needs no more than f32")]
        self.power.push(power as f32);
        (self.energy, self.samples) = (0.0, 0);
    }

    /// Length of what was taken, to the frame.
    #[must_use]
    pub fn length_s(&self) -> f64 {
        self.power.len() as f64 * self.frame_s
    }

    /// The level around the start of a frame, in decibels below full scale.
    fn level_db(&self, frame: usize) -> f64 {
        let from = frame.saturating_sub(SMOOTH / 2);
        let near = self.power.get(from..(from + SMOOTH).min(self.power.len())).unwrap_or_default();
        let mean = near.iter().copied().map(f64::from).sum::<f64>() / near.len().max(1) as f64;
        if mean > 0.0 { (10.0 * mean.log10()).max(SILENCE_DB) } else { SILENCE_DB }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
    fn frame_at(&self, at_s: f64) -> usize {
        ((at_s / self.frame_s).round().max(0.0) as usize).min(self.power.len())
    }

    fn seconds(&self, frame: usize) -> f64 {
        frame as f64 * self.frame_s
    }

    /// The level below which a tenth of the recording lies; far below speech even where somebody never pauses.
    fn floor_db(&self) -> f64 {
        let mut levels: Vec<f64> = (0..self.power.len()).map(|frame| self.level_db(frame)).collect();
        if levels.is_empty() {
            return SILENCE_DB;
        }
        let at = levels.len() / FLOOR_SHARE;
        let quiet_db = *levels.select_nth_unstable_by(at, f64::total_cmp).1;
        let loudest = levels.len() - 1 - at;
        let loud_db = *levels.select_nth_unstable_by(loudest, f64::total_cmp).1;
        quiet_db.min(loud_db - SPEECH_RANGE_DB)
    }
}

/// What is left of a recording when its cut list is followed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Joints {
    /// The stretches that stay, in order, none overlapping.
    pub stretches: Vec<Stretch>,
    /// Words that should go and stay, since they run into words that stay.
    pub left_in: Vec<WordRange>,
}

/// A place by a word's edge.
#[derive(Debug, Clone, Copy)]
struct Gap {
    /// The quiet around the quietest place.
    from_s: f64,
    to_s: f64,
    /// Whether a cut there swallows nothing.
    is_clean: bool,
    breath_s: f64,
}

impl Gap {
    /// Where sound stops when what is behind the gap goes.
    fn stop_s(self) -> f64 {
        (self.from_s + self.breath_s).min(f64::midpoint(self.from_s, self.to_s))
    }

    /// Where sound starts when what is before the gap goes.
    fn start_s(self) -> f64 {
        (self.to_s - self.breath_s).max(f64::midpoint(self.from_s, self.to_s))
    }
}

/// Follows the cut list of a report on the recording that `loudness` is of.
#[must_use]
pub fn joints(report: &Report, loudness: &Loudness) -> Joints {
    let kept = choices::kept_words(report);
    let ear = Ear::new(report, loudness);
    let (Some(&first), Some(&last)) = (kept.first(), kept.last()) else { return Joints::default() };
    let mut out = Joints::default();
    let mut start_s = ear.gap(first).start_s();
    for pair in kept.windows(2) {
        let gone = WordRange::new(pair[0] + 1, pair[1]);
        if gone.is_empty() {
            continue;
        }
        let cut = ear.cut_inside(gone);
        // What may go without harm: all of it, else what the verdicts cut whole.
        let left = [Some(gone.lo), cut.map(|cut| cut.lo)].into_iter().flatten().find(|at| ear.gap(*at).is_clean);
        let right = [Some(gone.hi), cut.map(|cut| cut.hi)].into_iter().flatten().find(|at| ear.gap(*at).is_clean);
        let (lo, hi) = match (cut, left, right) {
            (None, Some(lo), Some(hi)) => (lo, hi),
            (None, ..) => {
                out.left_in.push(gone);
                continue;
            }
            (Some(cut), left, right) => (left.unwrap_or(cut.lo), right.unwrap_or(cut.hi)),
        };
        let (stop_s, next_s) = (ear.gap(lo).stop_s(), ear.gap(hi).start_s());
        if next_s <= stop_s {
            continue;
        }
        out.left_in.extend(
            [WordRange::new(gone.lo, lo), WordRange::new(hi, gone.hi)].into_iter().filter(|range| !range.is_empty()),
        );
        out.stretches.push(Stretch { start_s: Seconds(start_s), end_s: Seconds(stop_s.max(start_s)) });
        start_s = next_s.max(stop_s);
    }
    let end_s = ear.gap(last + 1).stop_s().max(start_s);
    out.stretches.push(Stretch { start_s: Seconds(start_s), end_s: Seconds(end_s) });
    out.stretches.retain(|stretch| stretch.end_s > stretch.start_s);
    out
}

/// As [`choices::edges`], on the recording itself: for each word where playing starts when the word before is left
/// out, and where it stops when the word behind is. `None` without times.
#[must_use]
pub fn edges(report: &Report, loudness: &Loudness) -> Vec<Option<Stretch>> {
    let ear = Ear::new(report, loudness);
    let edge = |(i, word): (usize, &Word)| {
        word.start_s.zip(word.end_s)?;
        let (from_s, to_s) = (ear.gap(i).start_s(), ear.gap(i + 1).stop_s());
        Some(Stretch { start_s: Seconds(from_s), end_s: Seconds(to_s.max(from_s)) })
    };
    report.transcript.words.iter().enumerate().map(edge).collect()
}

struct Ear<'a> {
    words: &'a [Word],
    report: &'a Report,
    loudness: &'a Loudness,
    floor_db: f64,
}

impl<'a> Ear<'a> {
    fn new(report: &'a Report, loudness: &'a Loudness) -> Self {
        Self { words: &report.transcript.words, report, loudness, floor_db: loudness.floor_db() }
    }

    /// The sentences inside a run of words that are cut whole, as one run.
    fn cut_inside(&self, gone: WordRange) -> Option<WordRange> {
        let whole = |cut: &&crate::verdicts::cuts::Cut| cut.verdict == Verdict::Cut;
        let sentences = self.report.cuts.iter().filter(whole).filter_map(|cut| {
            let words = self.report.transcript.sentences.get(cut.sentence)?.words;
            (words.lo >= gone.lo && words.hi <= gone.hi && !words.is_empty()).then_some(words)
        });
        sentences.reduce(|all, next| WordRange::new(all.lo.min(next.lo), all.hi.max(next.hi)))
    }

    /// The gap before the word at `index`; the one behind the last word for their number.
    fn gap(&self, index: usize) -> Gap {
        let length_s = self.loudness.length_s();
        let before = index.checked_sub(1).and_then(|i| self.words.get(i));
        let behind = self.words.get(index);
        let start = |word: &Word| word.start_s.map(|s| s.0);
        let end = |word: &Word| word.end_s.map(|s| s.0);
        let at_end = before.and_then(end).unwrap_or(0.0).min(length_s);
        let at_start = behind.and_then(start).unwrap_or(length_s).clamp(at_end, length_s.max(at_end));
        let is_border = before.is_none()
            || behind.is_none()
            || self.report.transcript.sentences.iter().any(|sentence| sentence.words.lo == index);
        let (reach_s, breath_s) =
            if is_border { (SENTENCE_REACH_S, SENTENCE_BREATH_S) } else { (REACH_S, WORD_BREATH_S) };
        // Never past the middle of a neighbour.
        let middle = |word: &Word| Some(f64::midpoint(start(word)?, end(word)?));
        let low_s = before.and_then(middle).unwrap_or(0.0).max(at_end - reach_s);
        let high_s = behind.and_then(middle).unwrap_or(length_s).min(at_start + reach_s);
        let (low, high) = (self.loudness.frame_at(low_s), self.loudness.frame_at(high_s.max(low_s)));
        let cost = |frame: usize| {
            let at_s = self.loudness.seconds(frame);
            let away_s = (at_end - at_s).max(at_s - at_start).max(0.0);
            self.loudness.level_db(frame) + away_s * AWAY_DB_PER_S
        };
        let quietest = (low..=high).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(low);
        let level_db = self.loudness.level_db(quietest);
        let side = self.loudness.frame_at(SIDE_S);
        let peak_db = |frames: std::ops::Range<usize>| {
            frames.map(|frame| self.loudness.level_db(frame)).fold(SILENCE_DB, f64::max)
        };
        let dip_db = peak_db(quietest.saturating_sub(side)..quietest)
            .min(peak_db(quietest + 1..(quietest + 1 + side).min(self.loudness.power.len())))
            - level_db;
        let is_pause = level_db <= self.floor_db + ABOVE_FLOOR_DB;
        let is_clean = is_pause || dip_db >= DIP_DB;
        let edge_db = (level_db + DIP_WIDTH_DB).max(self.floor_db + ABOVE_FLOOR_DB);
        let is_quiet = |frame: &usize| self.loudness.level_db(*frame) <= edge_db;
        let from = (low..quietest).rev().take_while(is_quiet).last().unwrap_or(quietest);
        let to = (quietest + 1..=high).take_while(is_quiet).last().unwrap_or(quietest);
        Gap { from_s: self.loudness.seconds(from), to_s: self.loudness.seconds(to), is_clean, breath_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 16_000;

    /// A tone of 200 Hz with silence between `gaps`, in seconds.
    fn sound(length_s: f64, gaps: &[(f64, f64)]) -> Loudness {
        let mut loudness = Loudness::new(RATE_HZ, 1);
        let samples: Vec<f32> = (0..Seconds(length_s).to_samples(RATE_HZ))
            .map(|i| {
                let at_s = i as f64 / f64::from(RATE_HZ);
                let is_gap = gaps.iter().any(|(from, to)| (*from..*to).contains(&at_s));
                let noise = ((i * 7919) % 101) as f32 / 101.0 * 0.0005;
                if is_gap { noise } else { (i as f32 * 200.0 * std::f32::consts::TAU / 16_000.0).sin() * 0.3 }
            })
            .collect();
        loudness.push(&samples);
        loudness
    }

    /// A report of the fixtures with a second for each word from second 0 on: every sentence stays but `cut`, and of the words
    /// that stay only those of `filler` go.
    fn report(cut: Option<usize>, filler: Option<WordRange>) -> Report {
        let mut report: Report =
            serde_json::from_str(include_str!("../../tests/fixtures/history/report-1.json")).unwrap();
        for (i, word) in report.transcript.words.iter_mut().enumerate() {
            word.start_s = Some(Seconds(i as f64));
            word.end_s = Some(Seconds(i as f64 + 1.0));
        }
        for line in &mut report.cuts {
            line.verdict = if Some(line.sentence) == cut { Verdict::Cut } else { Verdict::Keep };
        }
        let mut items = std::mem::take(&mut report.measures.fillers.items);
        items.truncate(usize::from(filler.is_some()));
        for item in &mut items {
            item.words = filler.unwrap_or_default();
        }
        report.measures.fillers.items = items;
        report
    }

    fn words(report: &Report, sentence: usize) -> WordRange {
        report.transcript.sentences[sentence].words
    }

    #[test]
    fn a_word_with_a_gap_on_both_sides_goes_and_the_cuts_lie_in_the_gaps() {
        let report = report(None, Some(WordRange::new(3, 4)));
        let length_s = report.transcript.words.len() as f64;
        // The gaps are beside the words' times, as they are in truth.
        let joints = joints(&report, &sound(length_s, &[(2.93, 3.0), (4.04, 4.1)]));
        assert!(joints.left_in.is_empty());
        let [first, second] = joints.stretches.as_slice() else { panic!("{joints:?}") };
        assert!((2.92..3.01).contains(&first.end_s.0) && (4.03..4.11).contains(&second.start_s.0), "{joints:?}");
    }

    #[test]
    fn a_word_that_runs_into_its_neighbours_stays_and_is_told() {
        let filler = WordRange::new(3, 4);
        let report = report(None, Some(filler));
        let joints = joints(&report, &sound(report.transcript.words.len() as f64, &[]));
        assert_eq!((joints.left_in.as_slice(), joints.stretches.len()), ([filler].as_slice(), 1));
    }

    #[test]
    fn a_sentence_that_is_cut_goes_whatever_is_beside_it() {
        let report = report(Some(2), None);
        let joints = joints(&report, &sound(report.transcript.words.len() as f64, &[]));
        let gone = words(&report, 2);
        let [first, second] = joints.stretches.as_slice() else { panic!("{joints:?}") };
        assert!((first.end_s.0 - gone.lo as f64).abs() <= 0.21, "{joints:?}");
        assert!((second.start_s.0 - gone.hi as f64).abs() <= 0.21, "{joints:?}");
    }

    #[test]
    fn a_pause_keeps_a_breath_on_both_sides_and_an_offset_is_no_sound() {
        let report = report(Some(2), None);
        let gone = words(&report, 2);
        let (lo, hi) = (gone.lo as f64, gone.hi as f64);
        let mut loudness = sound(report.transcript.words.len() as f64, &[(lo - 0.05, lo + 0.6), (hi - 0.6, hi + 0.05)]);
        let joints = joints(&report, &loudness);
        assert!((joints.stretches[0].end_s.0 - (lo + 0.1)).abs() < 0.03, "{joints:?}");
        assert!((joints.stretches[1].start_s.0 - (hi - 0.1)).abs() < 0.03, "{joints:?}");
        loudness = Loudness::new(RATE_HZ, 2);
        loudness.push(&vec![0.4; 64_000]);
        assert!(loudness.level_db(300) < -80.0, "{}", loudness.level_db(300));
        assert!((loudness.length_s() - 2.0).abs() < 0.01);
    }

    #[test]
    fn playing_starts_and_stops_in_the_dips() {
        let report = report(None, None);
        let edges = edges(&report, &sound(report.transcript.words.len() as f64, &[(2.93, 3.0), (4.04, 4.1)]));
        assert_eq!(edges.len(), report.transcript.words.len());
        let edge = edges[3].unwrap();
        assert!((2.93..3.0).contains(&edge.start_s.0) && (4.04..4.1).contains(&edge.end_s.0), "{edge:?}");
        assert!(edges.iter().flatten().all(|edge| edge.start_s < edge.end_s));
    }

    #[test]
    fn an_answer_of_which_nothing_is_left_has_no_stretch() {
        let mut report = report(None, None);
        for line in &mut report.cuts {
            line.verdict = Verdict::Cut;
        }
        assert_eq!(joints(&report, &sound(3.0, &[])), Joints::default());
        assert_eq!(joints(&report, &Loudness::new(RATE_HZ, 1)), Joints::default());
    }
}
