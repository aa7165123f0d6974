//! An edit decision list (CMX 3600): what an editing program keeps of the recording.

use super::choices::Stretch;

/// Frames a second of the timecode, which is non-drop: the format has no time finer than a frame.
pub const FRAMES_PER_S: u64 = 25;
/// The largest event number that the format has room for.
const MOST_EVENTS: usize = 999;

/// One event for each stretch that stays, on audio track 1; record times run without gaps.
#[must_use]
pub fn render(title: &str, stretches: &[Stretch]) -> String {
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).take(70).collect();
    let mut out = format!("TITLE: {title}\nFCM: NON-DROP FRAME\n\n");
    let mut record = 0;
    for (i, stretch) in stretches.iter().take(MOST_EVENTS).enumerate() {
        let (from, to) = (frame(stretch.start_s.0), frame(stretch.end_s.0));
        if to <= from {
            continue;
        }
        let end = record + to - from;
        out.push_str(&format!(
            "{:03}  AX       AA    C        {} {} {} {}\n* FROM CLIP NAME: {title}\n",
            i + 1,
            timecode(from),
            timecode(to),
            timecode(record),
            timecode(end)
        ));
        record = end;
    }
    out
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to zero, and `as` saturates")]
fn frame(at_s: f64) -> u64 {
    (at_s * FRAMES_PER_S as f64).round().max(0.0) as u64
}

fn timecode(frame: u64) -> String {
    let s = frame / FRAMES_PER_S;
    format!("{:02}:{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60, frame % FRAMES_PER_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    #[test]
    fn events_play_one_after_the_other() {
        let stretches = [(1.0, 2.5), (61.0, 62.04)].map(|(a, b)| Stretch { start_s: Seconds(a), end_s: Seconds(b) });
        insta::assert_snapshot!(render("answer.wav", &stretches), @r"
        TITLE: answer.wav
        FCM: NON-DROP FRAME

        001  AX       AA    C        00:00:01:00 00:00:02:13 00:00:00:00 00:00:01:13
        * FROM CLIP NAME: answer.wav
        002  AX       AA    C        00:01:01:00 00:01:02:01 00:00:01:13 00:00:02:14
        * FROM CLIP NAME: answer.wav
        ");
    }
}
