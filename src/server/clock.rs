//! Timers of all threads, kept by the one that attends to signals and files.
//!
//! The threads that move bytes have no timers of their own: there, waiting for bytes reads no clock
//! and arms no timer in the kernel, which costs a microsecond for each wake-up. `tokio::time` does not
//! work on them; every limit of a connection comes from here.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, Timeout};

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

    /// Until then.
    pub fn sleep_until(&self, instant: Instant) -> Sleep {
        let _kept_there = self.0.enter();
        tokio::time::sleep_until(instant)
    }
}
