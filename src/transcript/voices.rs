//! Whether two people speak.
//!
//! Passages of speech are parted into the two groups that sound most unlike each other, and the parting is held against what
//! one voice gives, which too can always be parted somehow. Three things have to come together: the spectra of the two
//! groups are further apart than the Bayesian information criterion asks for (Chen & Gopalakrishnan 1998, "Speaker, environment and
//! channel change detection and clustering via the Bayesian information criterion"), their pitches differ, and each
//! speaks for some seconds. Spectra alone would also tell a moved microphone from a second person, and pitch alone
//! an excited sentence. So two voices of the same pitch are not told apart, nor is one that says a word: a false alarm
//! is worse than a miss. The study `second-voice` of `tests/eval` prints the figures of recordings: of 322 with one voice (the
//! labelled ones and seven synthetic voices, each clean, quiet, noisy and by telephone) none is taken for two, and of 316 answers with two or four
//! short questions in another voice, 149 are noticed.

use super::chunks::Chunk;
use super::spectrum::{CEPSTRA, FRAME, PITCH_FRAME, STEP, Spectra};
use super::voice::{RATE_HZ, Stretch, level_db};
use crate::units::Seconds;

/// A passage is this long at least, in frames of 10 ms: less says more about its words than about its voice.
const LEAST_FRAMES: usize = 150;
/// And this long at most, so that two speakers who follow each other quickly are not in one.
const MOST_FRAMES: usize = 400;
/// A pause that ends a passage of half the least length: speakers change in pauses.
const TURN_S: f64 = 1.0;
/// Frames further under the loudest of the chunk, in dB, are hardly voice.
const SOFTEST_DB: f32 = 25.0;
/// Passages that are looked at together, five minutes or so: the search grows with their square.
const MOST_PASSAGES: usize = 160;
/// Fewest passages to part.
const FEWEST_PASSAGES: usize = 4;
/// Added to every variance, so that a short passage has a determinant.
const FLOOR: f64 = 1e-3;

/// Speech of the voice that speaks less, at least.
const SECOND_S: f64 = 2.5;
/// Speech in all, at least.
const ALL_S: f64 = 12.0;
/// Distance of the two spectra at least. One voice comes to 1.5 where the lesser group speaks for two seconds, and to 2.3 where it speaks
/// for less (322 recordings, clean, quiet, noisy and by telephone).
const APART: f64 = 2.5;
/// Interval of the two pitches at least, in semitones. One voice stays below it wherever its distance is over 1 and the lesser group
/// speaks for two seconds.
const INTERVAL: f64 = 2.5;

/// Passages of speech and how they sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Voices {
    passages: Vec<Passage>,
}

/// How the speech parts in two. What it means is for [`Voices::second`] to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parting {
    /// Start of the first passage of the group that speaks less.
    pub start_s: Seconds,
    /// Speech of that group.
    pub less_s: f64,
    /// Speech in all.
    pub all_s: f64,
    /// How much further apart the two groups' spectra are than the information criterion asks for: log likelihood for each frame.
    pub distance: f64,
    /// Interval between the two pitches, in semitones.
    pub interval: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Passage {
    start_s: f64,
    sums: Sums,
    /// Median, in semitones, and the frames it is from.
    pitch: f32,
    voiced: usize,
}

impl Voices {
    /// Those of one chunk.
    pub(super) fn of(chunk: &Chunk, spectra: &Spectra) -> Self {
        let frames = |stretch: &Stretch| {
            let at = |s: f64| Seconds(s - chunk.start_s).to_samples(RATE_HZ) / STEP;
            at(stretch.start_s)..at(stretch.end_s)
        };
        let whole = (chunk.samples.len().saturating_sub(PITCH_FRAME)) / STEP;
        let levels: Vec<f32> = (0..whole).map(|i| level_db(&chunk.samples[i * STEP..i * STEP + FRAME])).collect();
        let mut sorted = levels.clone();
        sorted.sort_by(f32::total_cmp);
        let Some(loudest) = sorted.get(whole * 19 / 20) else { return Self::default() };
        let gate = loudest - SOFTEST_DB;
        let mut out = Self::default();
        let mut open = Opened::default();
        let mut last_s = f64::NEG_INFINITY;
        for stretch in &chunk.speech {
            if stretch.start_s - last_s > TURN_S && open.sums.count >= LEAST_FRAMES as f64 / 2.0 {
                out.passages.extend(open.close());
            }
            last_s = stretch.end_s;
            for i in frames(stretch).filter(|&i| i < whole && levels[i] >= gate) {
                if open.sums.count == 0.0 {
                    open.start_s = chunk.start_s + Seconds::of_samples(i * STEP, RATE_HZ).0;
                }
                let at = i * STEP;
                open.sums.take(&spectra.cepstra(&spectra.power(&chunk.samples[at..at + FRAME])));
                if i % 2 == 0 {
                    open.pitches.extend(spectra.pitch(&chunk.samples[at..at + PITCH_FRAME]));
                }
                if open.sums.count >= MOST_FRAMES as f64 {
                    out.passages.extend(open.close());
                }
            }
            if open.sums.count >= LEAST_FRAMES as f64 {
                out.passages.extend(open.close());
            }
        }
        if open.sums.count >= LEAST_FRAMES as f64 / 2.0 {
            out.passages.extend(open.close());
        }
        out
    }

    /// Adds those of the next chunk.
    pub(super) fn add(&mut self, next: Self) {
        self.passages.extend(next.passages);
    }

    /// Where somebody else begins to speak, if two people do.
    #[must_use]
    pub fn second(&self) -> Option<Seconds> {
        let two = |parting: &Parting| {
            parting.less_s >= SECOND_S
                && parting.all_s >= ALL_S
                && parting.distance >= APART
                && parting.interval >= INTERVAL
        };
        self.partings().into_iter().find(two).map(|parting| parting.start_s)
    }

    /// How every five minutes part in two.
    #[must_use]
    pub fn partings(&self) -> Vec<Parting> {
        self.passages.chunks(MOST_PASSAGES).filter_map(parting).collect()
    }
}

/// A passage in the making.
#[derive(Default)]
struct Opened {
    start_s: f64,
    sums: Sums,
    pitches: Vec<f32>,
}

impl Opened {
    fn close(&mut self) -> Option<Passage> {
        let mut done = std::mem::take(self);
        done.pitches.sort_by(f32::total_cmp);
        let pitch = done.pitches.get(done.pitches.len() / 2).copied().unwrap_or_default();
        let passage = Passage { start_s: done.start_s, sums: done.sums, pitch, voiced: done.pitches.len() };
        (passage.sums.count > 1.0).then_some(passage)
    }
}

/// Parts passages in two: from each alone, the two groups that the information criterion would soonest join are joined, until two are
/// left; then every passage goes to the group it is nearer to.
fn parting(passages: &[Passage]) -> Option<Parting> {
    if passages.len() < FEWEST_PASSAGES {
        return None;
    }
    let mut groups = grown(passages);
    for _ in 0..5 {
        let next: Vec<bool> = (0..passages.len()).map(|i| is_in_second(passages, &groups, i)).collect();
        let settled = next == groups;
        let both = next.contains(&true) && next.contains(&false);
        if both {
            groups = next;
        }
        if settled || !both {
            break;
        }
    }
    let (one, other) = (sum(passages, &groups, false, None), sum(passages, &groups, true, None));
    let is_less = other.count < one.count;
    let less = passages.iter().zip(&groups).filter(|(_, second)| **second == is_less);
    let frame_s = Seconds::of_samples(STEP, RATE_HZ).0;
    let all = one.count + other.count;
    Some(Parting {
        start_s: Seconds(less.map(|(passage, _)| passage.start_s).fold(f64::INFINITY, f64::min)),
        less_s: one.count.min(other.count) * frame_s,
        all_s: all * frame_s,
        distance: (gain(&one, &other) - penalty(all)) / weight(&one, &other),
        interval: f64::from((pitch(passages, &groups, false) - pitch(passages, &groups, true)).abs()),
    })
}

/// The two groups that joining leaves; true for the second.
fn grown(passages: &[Passage]) -> Vec<bool> {
    let mut groups: Vec<(Sums, Vec<usize>)> =
        passages.iter().enumerate().map(|(i, passage)| (passage.sums.clone(), vec![i])).collect();
    let cost = |a: &Sums, b: &Sums| gain(a, b) - penalty(a.count + b.count);
    let mut costs: Vec<Vec<f64>> =
        (0..groups.len()).map(|i| (0..i).map(|j| cost(&groups[i].0, &groups[j].0)).collect()).collect();
    while groups.len() > 2 {
        let pairs = costs.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, c)| (i, j, *c)));
        let Some((i, j, _)) = pairs.min_by(|a, b| a.2.total_cmp(&b.2)) else { break };
        let (sums, members) = groups.swap_remove(i);
        // The last group takes the place of the one that goes.
        let last = costs.pop().unwrap_or_default();
        if i < groups.len() {
            for k in (0..groups.len()).filter(|&k| k != i) {
                let (row, column) = (i.max(k), i.min(k));
                costs[row][column] = last[k];
            }
        }
        groups[j].0.add(&sums);
        groups[j].1.extend(members);
        for k in (0..groups.len()).filter(|&k| k != j) {
            let (row, column) = (j.max(k), j.min(k));
            costs[row][column] = cost(&groups[j].0, &groups[k].0);
        }
    }
    let mut second = vec![false; passages.len()];
    if let Some((_, members)) = groups.get(1) {
        for &i in members {
            second[i] = true;
        }
    }
    second
}

/// Whether a passage is nearer to the second group, itself left out of both.
fn is_in_second(passages: &[Passage], groups: &[bool], i: usize) -> bool {
    let own = &passages[i].sums;
    let [to_first, to_second] = [false, true].map(|second| {
        let group = sum(passages, groups, second, Some(i));
        // A group of this passage alone stays one.
        if group.count > 0.0 { gain(own, &group) / weight(own, &group) } else { f64::NEG_INFINITY }
    });
    to_second < to_first
}

fn sum(passages: &[Passage], groups: &[bool], second: bool, without: Option<usize>) -> Sums {
    let mut out = Sums::default();
    for (i, (passage, group)) in passages.iter().zip(groups).enumerate() {
        if *group == second && Some(i) != without {
            out.add(&passage.sums);
        }
    }
    out
}

/// The median pitch of a group, each passage's weighed by its voiced frames.
fn pitch(passages: &[Passage], groups: &[bool], second: bool) -> f32 {
    let mut of: Vec<(f32, usize)> = passages
        .iter()
        .zip(groups)
        .filter(|(passage, group)| **group == second && passage.voiced > 0)
        .map(|(passage, _)| (passage.pitch, passage.voiced))
        .collect();
    of.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = of.iter().map(|(_, voiced)| voiced).sum::<usize>() / 2;
    let mut until = 0;
    of.iter()
        .find(|(_, voiced)| {
            until += voiced;
            until > half
        })
        .map_or(0.0, |(pitch, _)| *pitch)
}

/// What two Gaussians explain better than one, in log likelihood.
fn gain(a: &Sums, b: &Sums) -> f64 {
    let mut both = a.clone();
    both.add(b);
    0.5 * (both.count * both.log_determinant() - a.count * a.log_determinant() - b.count * b.log_determinant())
}

/// What the parameters of one more Gaussian would explain by chance.
fn penalty(count: f64) -> f64 {
    let parameters = CEPSTRA as f64 + (CEPSTRA * (CEPSTRA + 1)) as f64 / 2.0;
    0.5 * parameters * count.ln()
}

/// Frames that a comparison of two groups rests on: half their harmonic mean.
fn weight(a: &Sums, b: &Sums) -> f64 {
    a.count * b.count / (a.count + b.count)
}

/// Sums from which mean and covariance follow.
#[derive(Debug, Clone, PartialEq)]
struct Sums {
    count: f64,
    first: [f64; CEPSTRA],
    second: [[f64; CEPSTRA]; CEPSTRA],
}

impl Default for Sums {
    fn default() -> Self {
        Self { count: 0.0, first: [0.0; CEPSTRA], second: [[0.0; CEPSTRA]; CEPSTRA] }
    }
}

impl Sums {
    fn take(&mut self, values: &[f64; CEPSTRA]) {
        self.count += 1.0;
        for i in 0..CEPSTRA {
            self.first[i] += values[i];
            for j in 0..=i {
                self.second[i][j] += values[i] * values[j];
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        for i in 0..CEPSTRA {
            self.first[i] += other.first[i];
            for j in 0..=i {
                self.second[i][j] += other.second[i][j];
            }
        }
    }

    /// Of the covariance, by its Cholesky factor.
    fn log_determinant(&self) -> f64 {
        let mut factor = [[0.0; CEPSTRA]; CEPSTRA];
        let mut log = 0.0;
        for i in 0..CEPSTRA {
            for j in 0..=i {
                let mean = self.first[i] * self.first[j] / self.count;
                let covariance = (self.second[i][j] - mean) / self.count + if i == j { FLOOR } else { 0.0 };
                let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest: f64 = covariance - known;
                factor[i][j] = if i == j { rest.max(FLOOR * FLOOR).sqrt() } else { rest / factor[j][j] };
            }
            log += 2.0 * f64::ln(factor[i][i]);
        }
        log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who babbles: a buzz through three resonances that move from vowel to vowel.
    struct Voice {
        hz: f32,
        /// Of the resonances: a shorter throat has higher ones.
        scale: f32,
        seed: u32,
    }

    impl Voice {
        fn next(&mut self) -> f32 {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (self.seed >> 8) as f32 / 16_777_216.0
        }

        /// Vowels of 0.12 s each.
        fn says(&mut self, vowels: usize) -> Vec<f32> {
            const VOWELS: [[f32; 3]; 6] = [
                [270.0, 2290.0, 3010.0],
                [530.0, 1840.0, 2480.0],
                [730.0, 1090.0, 2440.0],
                [570.0, 840.0, 2410.0],
                [300.0, 870.0, 2240.0],
                [490.0, 1350.0, 1690.0],
            ];
            let (mut out, mut phase, mut states) = (Vec::new(), 0.0_f32, [[0.0_f32; 2]; 3]);
            let mut from = VOWELS[2];
            for _ in 0..vowels {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index below six")]
                let to = VOWELS[(self.next() * 6.0) as usize % 6];
                let hz = self.hz * (1.0 + 0.15 * (self.next() - 0.5));
                for i in 0..1_920 {
                    let share = (i as f32 / 960.0).min(1.0);
                    phase += hz / 16_000.0;
                    let mut x = if phase >= 1.0 { 1.0 } else { 0.0 } + 0.01 * (self.next() - 0.5);
                    phase = phase.fract();
                    for (k, state) in states.iter_mut().enumerate() {
                        let centre = self.scale * (from[k] + (to[k] - from[k]) * share);
                        let radius = (-std::f32::consts::PI * 90.0 / 16_000.0).exp();
                        let y = x + 2.0 * radius * (std::f32::consts::TAU * centre / 16_000.0).cos() * state[0]
                            - radius * radius * state[1];
                        *state = [y, state[0]];
                        x = y * 0.1;
                    }
                    out.push(x * 20.0);
                }
                from = to;
            }
            out
        }
    }

    fn man() -> Voice {
        Voice { hz: 105.0, scale: 1.0, seed: 3 }
    }

    fn woman() -> Voice {
        Voice { hz: 195.0, scale: 1.16, seed: 5 }
    }

    /// Turns with half a second of silence between them, as chunks of one turn each.
    fn heard(turns: &[Vec<f32>]) -> Voices {
        let (mut out, mut at_s) = (Voices::default(), 0.0);
        for turn in turns {
            let len_s = turn.len() as f64 / 16_000.0;
            let speech = vec![Stretch { start_s: at_s, end_s: at_s + len_s }];
            out.add(Voices::of(&Chunk { start_s: at_s, samples: turn.clone(), speech }, &Spectra::new()));
            at_s += len_s + 0.5;
        }
        out
    }

    #[test]
    fn a_question_in_another_voice_is_noticed_and_one_voice_is_not() {
        let (mut man, mut woman) = (man(), woman());
        let alone: Vec<_> = (0..6).map(|_| man.says(40)).collect();
        assert_eq!(heard(&alone).second(), None, "{:?}", heard(&alone).partings());
        let with_question = [alone[..2].to_vec(), vec![woman.says(40)], alone[2..].to_vec()].concat();
        let second = heard(&with_question).second();
        assert!(
            second.is_some_and(|at| (at.0 - 10.6).abs() < 0.1),
            "{second:?} {:?}",
            heard(&with_question).partings()
        );
    }

    #[test]
    fn a_raised_voice_and_a_moved_microphone_are_no_second_voice() {
        let mut one = man();
        let mut turns: Vec<_> = (0..4).map(|_| one.says(40)).collect();
        one.hz *= 1.3;
        let excited = one.says(40).iter().map(|x| x * 3.0).collect();
        turns.push(excited);
        assert_eq!(heard(&turns).second(), None, "{:?}", heard(&turns).partings());
        // Further away: the treble goes.
        one.hz /= 1.3;
        let mut low = 0.0;
        let far = one
            .says(40)
            .iter()
            .map(|x| {
                low += 0.3 * (x - low);
                low
            })
            .collect();
        turns[4] = far;
        assert_eq!(heard(&turns).second(), None, "{:?}", heard(&turns).partings());
    }

    #[test]
    fn little_speech_says_nothing() {
        assert_eq!(heard(&[man().says(20), woman().says(20)]).second(), None);
        assert!(Voices::default().partings().is_empty());
    }

    #[test]
    fn five_minutes_are_parted_at_a_time() {
        let passage = |i: usize| {
            let mut sums = Sums::default();
            for k in 0..200 {
                sums.take(&std::array::from_fn(|d| ((i * 31 + k * 17 + d * 7) % 23) as f64));
            }
            Passage { start_s: i as f64, sums, pitch: 10.0, voiced: 100 }
        };
        let voices = Voices { passages: (0..=MOST_PASSAGES * 2).map(passage).collect() };
        assert_eq!(voices.partings().len(), 2, "one passage alone is not parted");
        assert_eq!(voices.second(), None);
    }
}
