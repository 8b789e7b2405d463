//! A look at the database's shape that one statement waits for.
//!
//! A session that must not send a value before it is certain how the database looks asks for a look,
//! and holds its client until somebody has looked. Knows neither who looks nor how.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What a look has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The epoch in force has the shape of a moment after the look was asked for.
    Current,
    /// Nobody could look.
    Unknown,
}

/// One look; shared by the session that waits and whoever looks.
#[derive(Debug, Default)]
pub struct Look(Mutex<Progress>);

#[derive(Debug, Default)]
struct Progress {
    sight: Option<Sight>,
    waker: Option<Waker>,
}

impl Look {
    /// Somebody has looked, and an epoch that has what was seen is in force.
    pub fn answer(&self, sight: Sight) {
        let mut progress = self.progress();
        progress.sight = Some(sight);
        if let Some(waker) = progress.waker.take() {
            waker.wake();
        }
    }

    /// What was found, once it is there.
    pub fn sight(&self) -> Option<Sight> {
        self.progress().sight
    }

    /// The same, and wakes the task when it is there.
    pub fn poll(&self, cx: &Context<'_>) -> Poll<Sight> {
        let mut progress = self.progress();
        match progress.sight {
            Some(sight) => Poll::Ready(sight),
            None => {
                progress.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
