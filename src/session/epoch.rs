//! Catalog, policy and keys together: one immutable value, of which every statement uses exactly one.

use std::sync::Arc;

use super::judge::EpochId;
use super::plans::Plans;
use super::watch::Remembered;
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
}

impl Epoch {
    /// With an empty cache of plans.
    pub fn new(id: EpochId, catalog: Catalog, policy: Policy, protector: Arc<Protector>) -> Self {
        let standings = protector.standings(&policy);
        Epoch { id, catalog, policy, standings, protector, plans: Plans::default() }
    }
}

/// Where the epoch in force comes from.
pub trait Epochs: Send + Sync {
    /// The epoch in force.
    fn current(&self) -> Arc<Epoch>;

    /// The epoch in force, unless it is this one. Cheap: asked once per statement, and counts no
    /// reference that the threads would contend for.
    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>>;
}
