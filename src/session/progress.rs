//! The one line that a speaker sees while speaking. Only on a terminal; a log gets nothing.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Glance;
use crate::capture::level::Reading;
use crate::terminal::tell;
use crate::units::Seconds;

/// Columns of the level bar, and the level at its left end: a quiet room.
const BAR: usize = 16;
const BAR_FROM_DBFS: f64 = -60.0;

/// The line, while it is shown.
pub struct LiveLine {
    bar: ProgressBar,
    is_terminal: bool,
    max_s: f64,
}

impl LiveLine {
    /// A line for a take of at most `max_s`.
    #[must_use]
    pub fn new(max_s: f64) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr_with_hz(12) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, is_terminal, max_s }
    }

    /// Shows how it goes.
    pub fn show(&self, elapsed_s: f64, reading: Reading, lost_frames: u64, glance: &Glance) {
        if self.is_terminal {
            self.bar.set_message(text(elapsed_s, self.max_s, reading, lost_frames, glance));
        }
    }

    /// Prints something above the line.
    pub fn say(&self, text: &str) {
        if self.is_terminal {
            self.bar.suspend(|| tell(text));
        } else {
            tell(text);
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn text(elapsed_s: f64, max_s: f64, reading: Reading, lost_frames: u64, glance: &Glance) -> String {
    let mut out = format!("● {} of {}  {}", Seconds(elapsed_s).clock(), Seconds(max_s).clock(), level(reading));
    if let Some(hint) = reading.hint {
        out.push_str(&format!("  ! {}", hint.words()));
    } else if glance.first_word_s.is_some() {
        let fillers = if glance.fillers == 1 { "1 filler".into() } else { format!("{} fillers", glance.fillers) };
        out.push_str(&format!("  {fillers}  "));
        out.push_str(&match glance.concluded_after_s {
            Some(after) => format!("conclusion after {after:.0} s"),
            None => "no conclusion yet".into(),
        });
    } else {
        out.push_str("  Enter stops");
    }
    if lost_frames > 0 {
        out.push_str(&format!("  ! {lost_frames} frames lost"));
    }
    out
}

/// A bar and its figure.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bar")]
fn level(reading: Reading) -> String {
    let share = ((reading.level_dbfs - BAR_FROM_DBFS) / -BAR_FROM_DBFS).clamp(0.0, 1.0);
    let full = (share * BAR as f64).round() as usize;
    let clip = if reading.is_clipping { " CLIP" } else { "" };
    format!("[{}{}] {:>4.0} dBFS{clip}", "█".repeat(full), "·".repeat(BAR - full), reading.level_dbfs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::level::Hint;

    fn reading(level_dbfs: f64, hint: Option<Hint>) -> Reading {
        Reading { level_dbfs, peak_dbfs: level_dbfs, is_clipping: hint == Some(Hint::Clipping), clipped: 0, hint }
    }

    #[test]
    fn the_line_tells_time_level_fillers_and_conclusion() {
        let glance = Glance { fillers: 3, concluded_after_s: Some(8.6), heard_to_s: 30.0, first_word_s: Some(1.0) };
        insta::assert_snapshot!(
            text(34.2, 180.0, reading(-22.0, None), 0, &glance),
            @"● 0:34 of 3:00  [██████████······]  -22 dBFS  3 fillers  conclusion after 9 s"
        );
        insta::assert_snapshot!(
            text(4.0, 180.0, reading(-90.0, Some(Hint::NothingHeard)), 7, &Glance::default()),
            @"● 0:04 of 3:00  [················]  -90 dBFS  ! nothing heard: is the right microphone chosen?  ! 7 frames lost"
        );
        insta::assert_snapshot!(
            text(4.0, 180.0, reading(-1.0, Some(Hint::Clipping)), 0, &glance),
            @"● 0:04 of 3:00  [████████████████]   -1 dBFS CLIP  ! too loud: turn the input down or move back"
        );
    }
}
