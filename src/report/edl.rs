//! An edit decision list (CMX 3600): what an editing program keeps of the recording.
//!
//! A line an event: number, reel, track, `C` for a cut, then in and out of the source and of the result. The format knows neither
//! file names nor frame rates: the name stands in a comment that editors read (`FROM CLIP NAME`), the reel is `AX` (an auxiliary
//! source, as for any file without a tape), and the rate has to be told to the editor, so it stands in a comment too.

use crate::edit::choices::Stretch;

/// Frames a second of the timecode, which is non-drop: the format has no time finer than a frame.
pub const FRAMES_PER_S: u64 = 25;
/// The largest event number that the format has room for.
pub const MOST_EVENTS: usize = 999;
/// Characters of a title.
const TITLE_CHARS: usize = 70;

/// An edit list, and what it has no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditList {
    /// The file's text.
    pub text: String,
    /// Stretches beyond the last event.
    pub left_out: usize,
}

/// One event for each stretch that stays, on one audio track or, for a recording with more than one channel, on two; record
/// times run without gaps.
#[must_use]
pub fn render(name: &str, channels: usize, stretches: &[Stretch]) -> EditList {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // The format is older than any character beyond ASCII; the comment has the name as it is.
    let title: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).take(TITLE_CHARS).collect();
    let track = if channels > 1 { "AA" } else { "A" };
    let mut text = format!("TITLE: {title}\nFCM: NON-DROP FRAME\n* FRAME RATE: {FRAMES_PER_S}\n\n");
    let events: Vec<(u64, u64)> = stretches
        .iter()
        .map(|stretch| (frame(stretch.start_s.0), frame(stretch.end_s.0)))
        .filter(|(from, to)| to > from)
        .collect();
    let mut record = 0;
    for (i, (from, to)) in events.iter().take(MOST_EVENTS).enumerate() {
        let end = record + to - from;
        text.push_str(&format!(
            "{:03}  AX       {track:<5} C        {} {} {} {}\n* FROM CLIP NAME: {name}\n",
            i + 1,
            timecode(*from),
            timecode(*to),
            timecode(record),
            timecode(end)
        ));
        record = end;
    }
    EditList { text, left_out: events.len().saturating_sub(MOST_EVENTS) }
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

    fn stretch(start_s: f64, end_s: f64) -> Stretch {
        Stretch { start_s: Seconds(start_s), end_s: Seconds(end_s) }
    }

    #[test]
    fn events_play_one_after_the_other() {
        let stretches = [stretch(1.0, 2.5), stretch(30.0, 30.01), stretch(61.0, 62.04)];
        insta::assert_snapshot!(render("answer.wav", 1, &stretches).text, @r"
        TITLE: answer.wav
        FCM: NON-DROP FRAME
        * FRAME RATE: 25

        001  AX       A     C        00:00:01:00 00:00:02:13 00:00:00:00 00:00:01:13
        * FROM CLIP NAME: answer.wav
        002  AX       A     C        00:01:01:00 00:01:02:01 00:00:01:13 00:00:02:14
        * FROM CLIP NAME: answer.wav
        ");
        assert!(render("two.wav", 2, &stretches).text.contains("  AX       AA    C        "));
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let many: Vec<Stretch> = (0..1_002).map(|i| stretch(f64::from(i), f64::from(i) + 0.5)).collect();
        let list = render("long.wav", 1, &many);
        assert_eq!(list.left_out, 3);
        assert!(list.text.contains("\n999  AX") && !list.text.contains("\n1000"));
    }

    #[test]
    fn a_name_stays_on_its_line() {
        let list = render("a\nb é.wav", 1, &[stretch(0.0, 1.0)]);
        assert!(list.text.starts_with("TITLE: a b _.wav\n") && list.text.contains("* FROM CLIP NAME: a b é.wav\n"));
    }
}
