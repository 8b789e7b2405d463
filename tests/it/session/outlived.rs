//! What SQL's own PREPARE and DECLARE have left behind when the operator changes the policy.

use std::sync::Arc;

use pgveil::catalog::model::{Catalog, Column};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{Keyring, Nonces, Padding};
use pgveil::policy::model::Policy;
use pgveil::protect::{Desk, Protector, TextSettings};
use pgveil::server::epoch::Current;
use pgveil::session::epoch::Epoch;
use pgveil::session::judge::EpochId;
use pgveil::session::watch::Watch;
use pgveil::types::oid;

use super::conversation::Machine;
use super::messages::{complete, error, query, ready};
use super::schema::{Database, database};

struct Realm {
    keyring: Arc<Keyring>,
    epochs: Arc<Current>,
}

fn epoch(id: EpochId, keyring: &Keyring, change: &dyn Fn(&mut Database)) -> Epoch {
    let mut database = database(150_000);
    change(&mut database);
    let protector = Protector::new(&database.policy, keyring);
    Epoch::new(id, database.catalog, database.policy, Arc::new(protector))
}

impl Realm {
    fn new() -> Self {
        let mut keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
        for column in &database(150_000).policy.columns {
            if keyring.domain(&column.domain).is_none() {
                keyring =
                    keyring.with_domain(&column.domain, Padding::Auto).expect("a key").expect("a domain");
            }
        }
        let keyring = Arc::new(keyring);
        let epochs = Arc::new(Current::new(epoch(EpochId(1), &keyring, &|_| ()), Arc::clone(&keyring)));
        Realm { keyring, epochs }
    }

    fn change(&self, change: &dyn Fn(&mut Policy)) {
        self.reshape(&|database| change(&mut database.policy));
    }

    fn reshape(&self, change: &dyn Fn(&mut Database)) {
        let seen = self.epochs.seen();
        let next = |id| epoch(id, &self.keyring, change);
        assert!(self.epochs.advance_if(&seen, &self.keyring, |_| true, next));
    }

    /// In a transaction, with a statement and a cursor of SQL's own for a protected column, and of each one
    /// for what nobody protects.
    fn session(&self) -> Machine {
        let desk = Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32]));
        let mut machine = Machine::started(Box::new(Watch::new(Arc::<Current>::clone(&self.epochs), desk)));
        for (text, tag) in [
            ("BEGIN", "BEGIN"),
            ("PREPARE p AS SELECT id FROM customers WHERE email = $1", "PREPARE"),
            ("PREPARE q AS SELECT body FROM notes WHERE id = $1", "PREPARE"),
            ("PREPARE w AS INSERT INTO leads VALUES ($1, $2)", "PREPARE"),
            ("DECLARE c CURSOR FOR SELECT email FROM customers", "DECLARE CURSOR"),
        ] {
            machine.client(&query(text));
            machine.server(&[complete(tag), ready('T')].concat());
            assert_eq!(machine.fault, None, "{text}");
            machine.out = Default::default();
        }
        machine
    }
}

fn sent(machine: &mut Machine, text: &str) -> String {
    machine.client(&query(text));
    std::mem::take(&mut machine.out.to_server).escape_ascii().to_string()
}

fn longer(policy: &mut Policy) {
    policy.columns.iter_mut().for_each(|column| column.max_bytes = Some(500));
}

#[test]
fn nothing_prepared_outlives_another_policy() {
    for text in ["EXECUTE p('ana@example.ro')", "EXECUTE q(1)"] {
        let realm = Realm::new();
        assert!(!sent(&mut realm.session(), text).contains("pgveil refused"), "{text}");
        let mut machine = realm.session();
        realm.change(&longer);
        let up = sent(&mut machine, text);
        assert!(up.contains("pgveil refused") && !up.contains("ana@"), "{text}: {up}");
        machine.server(&[error("42703"), ready('E')].concat());
        let told = machine.out.to_client.escape_ascii().to_string();
        assert!(told.contains("C0A000") && told.contains("DEALLOCATE"), "{told}");
    }
}

/// A column's number is its place in the policy.
#[test]
fn rows_of_a_cursor_are_opened_as_the_same_columns_or_not_at_all() {
    let fetches = |change: &dyn Fn(&mut Policy)| {
        let realm = Realm::new();
        let mut machine = realm.session();
        realm.change(change);
        sent(&mut machine, "FETCH 1 FROM c").contains("FETCH")
    };
    let more = |policy: &mut Policy| policy.columns.push(policy.columns[0].clone());
    for (change, goes) in [
        (&longer as &dyn Fn(&mut Policy), true),
        (&|policy: &mut Policy| drop(policy.columns.pop()), false),
        (&|policy: &mut Policy| drop(policy.columns.remove(0)), false),
        (&|policy: &mut Policy| policy.columns.reverse(), false),
        (&more, true),
    ] {
        assert_eq!(fetches(change), goes);
    }
}

/// A column more, in the middle.
fn wider(database: &mut Database) {
    let mut relations = database.catalog.relations().to_vec();
    let leads = relations.iter_mut().find(|relation| relation.name.name == "leads").expect("leads");
    leads.columns.insert(1, Column::new("rank", oid::TEXT, "text"));
    database.catalog = Catalog::new(relations, database.catalog.functions().to_vec(), 150_000);
}

#[test]
fn what_was_counted_by_the_order_of_columns_does_not_outlive_another_shape() {
    for (text, goes) in [
        ("EXECUTE w(1, 'ana@example.ro')", false),
        ("EXECUTE p('ana@example.ro')", true),
        ("EXECUTE q(1)", true),
    ] {
        let realm = Realm::new();
        assert!(!sent(&mut realm.session(), text).contains("pgveil refused"), "{text}");
        let mut machine = realm.session();
        realm.reshape(&wider);
        let up = sent(&mut machine, text);
        assert_eq!(!up.contains("pgveil refused"), goes, "{text}: {up}");
        assert!(!up.contains("ana@"), "{text}: {up}");
    }
}
