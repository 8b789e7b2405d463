//! The threads that a session may borrow to open a large result.
//!
//! They belong to nobody and sleep while no session has rows in bulk. Knows no row.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::session::crew::{Crew, Work};

/// A pool of threads, and how many of them are taken.
pub struct Hands {
    pool: ThreadPool,
    taken: AtomicUsize,
}

impl Hands {
    /// Starts `threads`; `None` for 0.
    pub fn start(threads: usize) -> Result<Option<Arc<dyn Crew>>, ThreadPoolBuildError> {
        if threads == 0 {
            return Ok(None);
        }
        let name = |number| format!("pgveil-rows-{number}");
        let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build()?;
        Ok(Some(Arc::new(Hands { pool, taken: AtomicUsize::new(0) })))
    }
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hands").finish_non_exhaustive()
    }
}

impl Crew for Hands {
    fn idle(&self) -> usize {
        self.pool.current_num_threads().saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    /// A panic of any of them comes out here when all have ended: it ends the session that asked.
    fn run(&self, own: &mut dyn FnMut(), others: Vec<Work<'_>>) {
        let _taken = Taken::of(&self.taken, others.len());
        self.pool.in_place_scope(|scope| {
            others.into_iter().for_each(|work| scope.spawn(move |_| work()));
            own();
        });
    }
}

/// Counts threads while they are taken, also if what they do panics.
struct Taken<'t> {
    of: &'t AtomicUsize,
    count: usize,
}

impl<'t> Taken<'t> {
    fn of(of: &'t AtomicUsize, count: usize) -> Taken<'t> {
        of.fetch_add(count, Ordering::Relaxed);
        Taken { of, count }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.of.fetch_sub(self.count, Ordering::Relaxed);
    }
}
