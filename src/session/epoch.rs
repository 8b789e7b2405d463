//! Catalog, policy and keys together: one immutable value, of which every statement uses exactly one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::judge::EpochId;
use super::look::Look;
use super::plans::Plans;
use super::watch::Remembered;
use crate::catalog::change::Change;
use crate::catalog::model::Catalog;
use crate::policy::model::Policy;
use crate::policy::standing::Standings;
use crate::protect::Protector;

/// What a verdict depends on beside the client's text, and the keys to carry it out.
pub struct Epoch {
    /// Its number, larger than that of every epoch before it.
    pub id: EpochId,
    /// The pinned shape, joined with what the server says of the rest.
    pub catalog: Catalog,
    /// What is tagged.
    pub policy: Policy,
    /// In which forms the deterministic domains stand.
    pub standings: Standings,
    /// Seals and opens the tagged columns.
    pub protector: Arc<Protector>,
    /// Verdicts by shape of statement.
    pub plans: Plans<Remembered>,
    /// The same by the text of a Parse without constants: as drivers send it again and again.
    pub texts: Plans<Remembered>,
}

impl Epoch {
    /// With an empty cache of plans.
    pub fn new(id: EpochId, catalog: Catalog, policy: Policy, protector: Arc<Protector>) -> Self {
        let standings = protector.standings(&policy);
        Epoch { id, catalog, policy, standings, protector, plans: Plans::default(), texts: Plans::default() }
    }
}

impl Epoch {
    /// Some domain stands in two forms, and may change from one to the other at any moment.
    pub fn has_windows(&self) -> bool {
        self.standings.has_windows()
    }
}

/// The oldest epoch that something in progress in one session depends on, where the proxy can see
/// it: an open transaction, and with it its cursors and the statements in flight.
#[derive(Debug)]
pub struct Dependence {
    oldest: AtomicU64,
    defines: AtomicBool,
}

impl Default for Dependence {
    fn default() -> Self {
        Dependence { oldest: AtomicU64::new(u64::MAX), defines: AtomicBool::new(false) }
    }
}

impl Dependence {
    /// ORDER: said before it is looked whether the epoch is still the one in force, as the proxy puts
    /// an epoch in force before it asks: either the session finds the newer one, or the proxy finds
    /// this.
    pub fn hold(&self, epoch: EpochId) {
        self.oldest.store(epoch.0, Ordering::SeqCst);
    }

    /// Nothing is in progress.
    pub fn release(&self) {
        self.oldest.store(u64::MAX, Ordering::Release);
        self.defines.store(false, Ordering::Release);
    }

    /// A definition is on its way to the server: until nothing is in progress, the live shape may have it
    /// before the session knows.
    pub fn define(&self) {
        self.defines.store(true, Ordering::Release);
    }

    /// Whether one is.
    pub fn defines(&self) -> bool {
        self.defines.load(Ordering::Acquire)
    }

    /// The epoch, if there is one.
    pub fn oldest(&self) -> Option<EpochId> {
        let oldest = self.oldest.load(Ordering::SeqCst);
        (oldest != u64::MAX).then_some(EpochId(oldest))
    }
}

/// Where the epoch in force comes from.
pub trait Epochs: Send + Sync {
    /// The epoch in force.
    fn current(&self) -> Arc<Epoch>;

    /// The epoch in force, unless it is this one. Cheap: asked once per statement, and counts no
    /// reference that the threads would contend for.
    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>>;

    /// `epoch` with these changes, which one session has made and not committed: nobody else is to
    /// see it.
    fn after(&self, epoch: &Epoch, changes: &[Change]) -> Arc<Epoch>;

    /// These changes are committed: the epoch in force has them before this returns.
    fn commit(&self, changes: &[Change]);

    /// Where a session that begins says what it depends on.
    fn attend(&self) -> Arc<Dependence> {
        Arc::default()
    }

    /// Asks that somebody look at the database's shape; `None` where nobody does.
    fn look(&self) -> Option<Arc<Look>> {
        None
    }

    /// This proxy has lost touch with the others that it changes keys together with: nothing
    /// protected may be touched.
    fn are_suspended(&self) -> bool {
        false
    }
}
