//! The cut answer as sound: interleaved samples in, interleaved samples out, no more held than a fade.

use crate::edit::choices::Stretch;

/// Length of the equal-power cross-fade at a join: long enough that no click is left, shorter than any speech sound.
const FADE_S: f64 = 0.010;

/// Copies the stretches that stay, one behind the other, with a cross-fade at each join and a fade at both ends.
#[derive(Debug)]
pub struct Splice {
    channels: usize,
    fade: usize,
    /// The pieces that stay, in frames of the recording.
    pieces: Vec<std::ops::Range<usize>>,
    /// The piece that is copied, and the frame of the recording that comes next.
    piece: usize,
    frame: usize,
    /// The end of the piece before, waiting for the piece behind to fade in.
    tail: Vec<f32>,
    /// Frames given so far, and where among them each join starts.
    given: usize,
    joins: Vec<usize>,
}

impl Splice {
    /// Of a recording with `channels` samples a frame. Stretches are in order and do not overlap; one that is shorter than its
    /// two fades carries no sound anyone could hear, and is left out.
    #[must_use]
    pub fn new(rate_hz: u32, channels: usize, stretches: &[Stretch]) -> Self {
        let fade = crate::units::Seconds(FADE_S).to_samples(rate_hz).max(1);
        let pieces = stretches
            .iter()
            .map(|stretch| stretch.start_s.to_samples(rate_hz)..stretch.end_s.to_samples(rate_hz))
            .filter(|piece| piece.end.saturating_sub(piece.start) >= 2 * fade)
            .collect();
        let channels = channels.max(1);
        Self { channels, fade, pieces, piece: 0, frame: 0, tail: Vec::new(), given: 0, joins: Vec::new() }
    }

    /// Whether nothing stays.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether all that stays has been given, so that the rest of the recording need not be read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.piece >= self.pieces.len()
    }

    /// The frames of the output at which a join's fade starts.
    #[must_use]
    pub fn joins(&self) -> &[usize] {
        &self.joins
    }

    /// Takes the next interleaved samples of the recording, and appends what stays to `out`.
    pub fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        let mut at = 0;
        let frames = interleaved.len() / self.channels;
        while at < frames {
            let Some(piece) = self.pieces.get(self.piece).cloned() else { return };
            if self.frame < piece.start {
                let skip = (piece.start - self.frame).min(frames - at);
                at += skip;
                self.frame += skip;
                continue;
            }
            let frame = &interleaved[at * self.channels..(at + 1) * self.channels];
            self.take(frame, &piece, out);
            at += 1;
            self.frame += 1;
            if self.frame == piece.end {
                self.piece += 1;
                if self.piece == self.pieces.len() {
                    self.fade_out(out);
                }
            }
        }
    }

    fn take(&mut self, frame: &[f32], piece: &std::ops::Range<usize>, out: &mut Vec<f32>) {
        let inside = self.frame - piece.start;
        if self.frame + self.fade >= piece.end {
            self.tail.extend_from_slice(frame);
            return;
        }
        self.given += 1;
        if inside >= self.fade {
            out.extend_from_slice(frame);
            return;
        }
        let share = (inside as f32 + 0.5) / self.fade as f32;
        if self.piece == 0 {
            out.extend(frame.iter().map(|sample| sample * share));
            return;
        }
        if inside == 0 {
            self.joins.push(self.given - 1);
        }
        let angle = share * std::f32::consts::FRAC_PI_2;
        let from = inside * self.channels;
        let leaving = self.tail.get(from..from + self.channels).unwrap_or_default();
        out.extend(leaving.iter().zip(frame).map(|(old, new)| old * angle.cos() + new * angle.sin()));
        if inside + 1 == self.fade {
            self.tail.clear();
        }
    }

    /// Ends the last piece; also when the recording is shorter than was said.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if !self.is_done() {
            self.piece = self.pieces.len();
            self.fade_out(out);
        }
    }

    fn fade_out(&mut self, out: &mut Vec<f32>) {
        let frames = self.tail.len() / self.channels;
        for (i, frame) in self.tail.chunks_exact(self.channels).enumerate() {
            let share = (frames - i) as f32 / (frames + 1) as f32;
            out.extend(frame.iter().map(|sample| sample * share));
        }
        self.given += frames;
        self.tail.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    const RATE_HZ: u32 = 16_000;

    fn stretch(start_s: f64, end_s: f64) -> Stretch {
        Stretch { start_s: Seconds(start_s), end_s: Seconds(end_s) }
    }

    fn tone(length_s: f64) -> Vec<f32> {
        (0..Seconds(length_s).to_samples(RATE_HZ)).map(|i| 0.5 * (i as f32 * 0.05).sin()).collect()
    }

    /// The pieces of `sound` that stay, pushed in portions of `portion` frames, and where they are joined.
    fn spliced(sound: &[f32], channels: usize, portion: usize, stretches: &[Stretch]) -> (Vec<f32>, Vec<usize>) {
        let mut splice = Splice::new(RATE_HZ, channels, stretches);
        let mut out = Vec::new();
        for part in sound.chunks(portion * channels) {
            splice.push(part, &mut out);
        }
        splice.finish(&mut out);
        (out, splice.joins().to_vec())
    }

    fn largest_step(samples: &[f32]) -> f32 {
        samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    const THREE: [(f64, f64); 3] = [(0.2, 0.71), (1.03, 1.9), (2.2, 2.77)];

    #[test]
    fn joins_do_not_click_even_in_the_middle_of_a_tone() {
        let (tight, joins) = spliced(&tone(3.0), 1, 1000, &THREE.map(|(a, b)| stretch(a, b)));
        assert_eq!(joins.len(), 2);
        // An abrupt join steps by up to twice the amplitude, 1.0; the tone itself by 0.025.
        assert!(largest_step(&tight) < 0.05, "{}", largest_step(&tight));
        assert!(tight[0].abs() < 0.001 && tight.last().unwrap().abs() < 0.01);
        // Each join takes a fade's length off the sum of the pieces.
        assert_eq!(tight.len(), Seconds(0.51 + 0.87 + 0.57).to_samples(RATE_HZ) - 2 * 160);
    }

    #[test]
    fn the_size_of_the_portions_does_not_matter_and_channels_stay_apart() {
        let mono = tone(3.0);
        let stereo: Vec<f32> = mono.iter().flat_map(|sample| [*sample, -sample]).collect();
        let stretches = THREE.map(|(a, b)| stretch(a, b));
        let (once, joins) = spliced(&mono, 1, 48_000, &stretches);
        assert_eq!(spliced(&mono, 1, 1, &stretches), (once.clone(), joins.clone()));
        let (both, both_joins) = spliced(&stereo, 2, 77, &stretches);
        assert_eq!(both_joins, joins);
        assert!(both.chunks(2).zip(&once).all(|(pair, left)| pair == [*left, -left]));
    }

    #[test]
    fn what_stays_inside_a_piece_is_untouched() {
        let sound = tone(1.0);
        let (tight, _) = spliced(&sound, 1, 500, &[stretch(0.25, 0.75)]);
        assert_eq!(tight[160..7_840], sound[4_160..11_840]);
    }

    #[test]
    fn nothing_left_is_no_sound_and_times_past_the_end_are_no_trouble() {
        assert!(spliced(&tone(1.0), 1, 100, &[]).0.is_empty());
        assert!(Splice::new(RATE_HZ, 1, &[stretch(0.5, 0.51)]).is_empty());
        let (past, _) = spliced(&tone(1.0), 1, 100, &[stretch(0.9, 5.0)]);
        assert_eq!(past.len(), 1_600);
        assert!(spliced(&[], 1, 1, &[stretch(0.0, 5.0)]).0.is_empty());
    }
}
