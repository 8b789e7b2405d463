//! How many are here, and how many may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts places; a place is given back when its guard is dropped.
pub struct Places {
    limit: u32,
    taken: AtomicU32,
}

/// A place that is taken.
pub struct Place(Arc<Places>);

impl Places {
    /// None taken.
    pub fn new(limit: u32) -> Arc<Places> {
        Arc::new(Places { limit, taken: AtomicU32::new(0) })
    }

    /// Takes a place; `None` if all are taken.
    pub fn take(self: &Arc<Self>) -> Option<Place> {
        let free = |taken: u32| (taken < self.limit).then_some(taken + 1);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).ok()?;
        Some(Place(self.clone()))
    }

    /// How many are taken.
    pub fn taken(&self) -> u32 {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}
