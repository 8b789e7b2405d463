//! From serving to the end: refuse the new, close the idle, wait for those at work, then close all.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// Where the proxy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Everybody is welcome.
    Serving = 0,
    /// New connections hear 57P03; idle sessions are closed with 57P01.
    Draining = 1,
    /// All sessions are closed with 57P01.
    Closing = 2,
}

/// Tells every connection. The phase is an atomic, which a connection reads whenever it is awake;
/// the channel only wakes those that sleep.
pub struct Shutdown {
    phase: AtomicU8,
    changes: watch::Sender<Phase>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Shutdown { phase: AtomicU8::new(Phase::Serving as u8), changes: watch::Sender::new(Phase::Serving) }
    }
}

impl Shutdown {
    /// Where the proxy stands now.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Serving,
            1 => Phase::Draining,
            _ => Phase::Closing,
        }
    }

    /// Goes on to `phase`; never back.
    pub fn advance(&self, phase: Phase) {
        if phase > self.phase() {
            self.phase.store(phase as u8, Ordering::Release);
            // Nobody may be listening.
            let _ = self.changes.send(phase);
        }
    }

    /// Ends when the phase is at least `phase`.
    pub async fn reached(&self, phase: Phase) {
        let mut changes = self.changes.subscribe();
        // The sender lives as long as `self`.
        let _ = changes.wait_for(|now| *now >= phase).await;
    }
}
