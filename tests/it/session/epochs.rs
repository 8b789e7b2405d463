//! The judge of a session with a policy, at an epoch made from the schema of the analysis's cases.

use std::sync::Arc;

use pgveil::catalog::change::Change;
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{Keyring, Nonces};
use pgveil::policy::model::Mode;
use pgveil::protect::{Desk, Protector, TextSettings, padding_of};
use pgveil::session::epoch::{Epoch, Epochs};
use pgveil::session::judge::{EpochId, Judge};
use pgveil::session::watch::Watch;
use pgveil::values::Converter;

use super::schema::database;

/// One epoch for ever.
pub struct Only(pub Arc<Epoch>);

impl Epochs for Only {
    fn current(&self) -> Arc<Epoch> {
        Arc::clone(&self.0)
    }

    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>> {
        (self.0.id != known).then(|| self.current())
    }

    /// With the keys of the first: what is defined is tagged as nothing new.
    fn after(&self, epoch: &Epoch, changes: &[Change]) -> Arc<Epoch> {
        let catalog = epoch.catalog.after(changes, |relation| epoch.policy.names(relation)).catalog;
        let (id, protector) = (EpochId(epoch.id.0 + 1), Arc::clone(&epoch.protector));
        Arc::new(Epoch::new(id, catalog, epoch.policy.after(changes), protector))
    }

    fn commit(&self, _: &[Change]) {
        panic!("nothing is to change")
    }
}

/// With a new keyring.
pub fn epoch() -> Arc<Epoch> {
    let database = database(150_000);
    let mut keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
    for column in &database.policy.columns {
        if keyring.domain(&column.domain).is_none() {
            let fixed = column.mode == Mode::Deterministic;
            let converter = Converter::for_type(&column.logical, fixed).expect("a type");
            let padding = padding_of(column, &converter);
            keyring = keyring.with_domain(&column.domain, padding).expect("a key").expect("a domain");
        }
    }
    let protector = Protector::new(&database.policy, &keyring);
    Arc::new(Epoch::new(EpochId(1), database.catalog, database.policy, Arc::new(protector)))
}

/// The judge of a new session.
pub fn watch(epoch: &Arc<Epoch>) -> Box<dyn Judge> {
    Box::new(beginning(epoch))
}

/// The same, to be told how the session begins.
pub fn beginning(epoch: &Arc<Epoch>) -> Watch {
    let desk = Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32]));
    Watch::new(Arc::new(Only(Arc::clone(epoch))), desk)
}
