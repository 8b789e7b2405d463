//! Timers of all threads, kept by the one that attends to signals and files.
//!
//! The doors have no timers of their own, and the threads that move bytes are no runtimes at all:
//! `tokio::time` works on neither. Every limit of a connection that is not let in yet comes from here.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Timeout;

/// Where timers are kept.
#[derive(Clone)]
pub struct Clock(Handle);

impl Clock {
    /// Kept by this runtime, which must have been built with timers and be running.
    pub fn of(runtime: &Handle) -> Clock {
        Clock(runtime.clone())
    }

    /// `future`, or an error after `limit`.
    pub fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F> {
        let _kept_there = self.0.enter();
        tokio::time::timeout(limit, future)
    }
}
