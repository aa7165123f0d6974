//! The key that ends a take.

use std::io::BufRead as _;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

/// How often the speaker has asked to stop.
#[derive(Debug, Clone, Default)]
pub struct StopKey(Arc<AtomicU8>);

impl StopKey {
    /// Enter and Ctrl-C stop the take; a second Ctrl-C, while the report is made, ends the program. Signals that end a program
    /// (a closed terminal, a shutdown) count as Ctrl-C.
    pub fn listen() -> Self {
        static KEY: OnceLock<StopKey> = OnceLock::new();
        KEY.get_or_init(|| {
            let key = Self::default();
            let enter = key.clone();
            std::thread::spawn(move || {
                for line in std::io::stdin().lock().lines() {
                    if line.is_err() {
                        break;
                    }
                    enter.0.fetch_max(1, Ordering::AcqRel);
                }
            });
            let interrupt = key.clone();
            // Without a handler Ctrl-C kills the program, which costs the report but not the take.
            let _ = ctrlc::set_handler(move || {
                if interrupt.0.swap(2, Ordering::AcqRel) == 2 {
                    #[allow(clippy::exit, reason = "the take is closed or was flushed within the second")]
                    std::process::exit(130);
                }
            });
            key
        })
        .clone()
    }

    /// Whether the speaker wants to stop.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.0.load(Ordering::Acquire) > 0
    }

    /// Makes ready for the next press.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Release);
    }
}
