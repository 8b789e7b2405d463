//! When the server was last reached: what `/readyz` goes by, so that it need not ask each time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Shared by all threads.
#[derive(Debug)]
pub struct Contact {
    begun: Instant,
    /// Milliseconds since `begun`, plus one; 0: not reached, or lost since.
    last: AtomicU64,
}

impl Default for Contact {
    fn default() -> Self {
        Contact { begun: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Contact {
    /// A connection was made just now.
    pub fn made(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now.saturating_add(1), Ordering::Relaxed);
    }

    /// No host could be reached just now.
    pub fn lost(&self) {
        self.last.store(0, Ordering::Relaxed);
    }

    /// Whether one was made within `time`.
    pub fn is_within(&self, time: Duration) -> bool {
        match self.last.load(Ordering::Relaxed) {
            0 => false,
            last => self.begun.elapsed() < Duration::from_millis(last - 1).saturating_add(time),
        }
    }
}
