//! One immutable epoch behind one swap pointer, and where a session gets its judge.
//!
//! A judge reads the pointer once per statement; nothing else of the process is shared between
//! statements.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::protect::{Desk, NoRandomness, TextSettings};
use crate::session::epoch::{Epoch, Epochs};
use crate::session::judge::{EpochId, ForwardAll, Judge};
use crate::session::watch::Watch;

/// The swap pointer.
pub struct Current(ArcSwap<Epoch>);

impl Current {
    /// Begins with this epoch.
    pub fn new(first: Epoch) -> Self {
        Current(ArcSwap::from_pointee(first))
    }

    /// If the present epoch is not what it should be, statements are from now on judged in the one
    /// that `next` makes for the number it is given. One caller at a time.
    pub fn advance_if(&self, stale: impl FnOnce(&Epoch) -> bool, next: impl FnOnce(EpochId) -> Epoch) {
        let present = self.0.load();
        if stale(&present) {
            self.0.store(Arc::new(next(EpochId(present.id.0 + 1))));
        }
    }
}

impl Epochs for Current {
    fn current(&self) -> Arc<Epoch> {
        self.0.load_full()
    }

    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>> {
        let present = self.0.load();
        (present.id != known).then(|| Arc::clone(&present))
    }
}

/// How a session begins, for the judge that follows it.
pub struct SessionStart {
    /// The role, proven.
    pub user: String,
    /// The database.
    pub database: Vec<u8>,
    /// The start-up packet's parameters in order, as the client sent them.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Makes the judge of each session.
pub trait Judges: Send + Sync {
    /// For one session.
    ///
    /// # Errors
    /// If the operating system gives no randomness.
    fn judge(&self, start: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness>;
}

/// Nothing is tagged: everything is forwarded.
struct NothingTagged;

impl Judges for NothingTagged {
    fn judge(&self, _: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness> {
        Ok(Box::new(ForwardAll))
    }
}

/// The judges of an empty policy.
pub fn nothing_tagged() -> Arc<dyn Judges> {
    Arc::new(NothingTagged)
}

/// Every session watches the epoch in force.
struct Watching(Arc<Current>);

impl Judges for Watching {
    fn judge(&self, start: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness> {
        let epochs: Arc<dyn Epochs> = Arc::<Current>::clone(&self.0);
        let mut watch = Watch::new(epochs, Desk::from_os(TextSettings::default())?);
        for (name, value) in &start.parameters {
            watch.started_with(&String::from_utf8_lossy(name), &String::from_utf8_lossy(value));
        }
        Ok(Box::new(watch))
    }
}

/// The judges of a policy.
pub fn watching(epochs: &Arc<Current>) -> Arc<dyn Judges> {
    Arc::new(Watching(Arc::clone(epochs)))
}
