//! One immutable epoch behind one swap pointer, and where a session gets its judge.
//!
//! A judge reads the pointer once per statement ([`Epochs::now`]); nothing else of the process is
//! shared between statements.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::catalog::model::Catalog;
use crate::policy::model::Policy;
use crate::session::judge::{EpochId, ForwardAll, Judge};

/// Policy, catalog and keyring together: every statement is judged against exactly one.
pub struct Epoch<K> {
    /// Strictly increasing.
    pub id: EpochId,
    /// The pinned shape, joined with the live one.
    pub catalog: Arc<Catalog>,
    /// The operator's tags.
    pub policy: Arc<Policy>,
    /// What seals and opens under this policy.
    pub keys: Arc<K>,
}

/// The swap pointer.
pub struct Epochs<K>(ArcSwap<Epoch<K>>);

impl<K> Epochs<K> {
    /// Begins with this epoch.
    pub fn new(first: Epoch<K>) -> Epochs<K> {
        Epochs(ArcSwap::from_pointee(first))
    }

    /// The epoch of a statement that is judged now.
    pub fn now(&self) -> Arc<Epoch<K>> {
        self.0.load_full()
    }

    /// From now on statements are judged against what `next` makes of the present epoch; its number
    /// is set here.
    pub fn advance(&self, next: impl Fn(&Epoch<K>) -> Epoch<K>) {
        self.0.rcu(|present| Epoch { id: EpochId(present.id.0 + 1), ..next(present) });
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
    fn judge(&self, start: &SessionStart) -> Box<dyn Judge>;
}

/// Nothing is tagged: everything is forwarded.
struct NothingTagged;

impl Judges for NothingTagged {
    fn judge(&self, _: &SessionStart) -> Box<dyn Judge> {
        Box::new(ForwardAll)
    }
}

/// The judges of an empty policy.
pub fn nothing_tagged() -> Arc<dyn Judges> {
    Arc::new(NothingTagged)
}
