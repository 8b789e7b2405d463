//! Definitions, and a server that lies about them: nothing that it says puts a shape in force that the
//! client's own texts have not committed, and nothing turns a sealed value into a plain one.

use std::sync::Arc;

use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{Keyring, Nonces, Padding};
use pgveil::protect::{Desk, Protector, TextSettings};
use pgveil::server::epoch::Current;
use pgveil::session::epoch::Epoch;
use pgveil::session::judge::EpochId;
use pgveil::session::watch::Watch;

use super::conversation::Machine;
use super::messages::{
    bind, bind_complete, complete, error, execute, parse, parse_complete, query, ready, sync,
};
use super::schema::database;
use crate::wire::noise::Noise;

const SECRET: &str = "top-secret";

/// The table's columns in another order: what is sealed and what is not change places.
const TURN: &str = "DROP TABLE orders; \
    CREATE TABLE orders (card text, customer_email text, id int, customer_id int, amount numeric, note text)";

/// A row as it was before, and a row as it is after.
const BEFORE: &str = "INSERT INTO public.orders VALUES (1, 2, 'top-secret', 'top-secret', 5)";
const AFTER: &str = "INSERT INTO public.orders VALUES ('top-secret', 'top-secret', 1, 2, 5)";

/// The epochs that all sessions of a proxy see.
pub(super) struct Realm(Arc<Current>);

impl Realm {
    pub fn new() -> Self {
        let database = database(150_000);
        let mut keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
        for column in &database.policy.columns {
            if keyring.domain(&column.domain).is_none() {
                keyring =
                    keyring.with_domain(&column.domain, Padding::Auto).expect("a key").expect("a domain");
            }
        }
        let protector = Protector::new(&database.policy, &keyring);
        let epoch = Epoch::new(EpochId(1), database.catalog, database.policy, Arc::new(protector));
        Realm(Arc::new(Current::new(epoch, Arc::new(keyring))))
    }

    pub fn session(&self) -> Machine {
        let desk = Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32]));
        Machine::started(Box::new(Watch::new(Arc::<Current>::clone(&self.0), desk)))
    }

    /// What a session that begins now sends for this.
    fn sends(&self, text: &str) -> String {
        sent(&mut self.session(), text)
    }

    /// Are rows as they were before the table was made again, for everybody?
    #[track_caller]
    fn is_as_before(&self, story: &str) {
        let row = self.sends(BEFORE);
        assert!(row.contains("pgV1:") && !row.contains(SECRET), "{story}: {row}");
    }
}

pub(super) fn sent(machine: &mut Machine, text: &str) -> String {
    machine.client(&query(text));
    taken(machine)
}

fn taken(machine: &mut Machine) -> String {
    std::mem::take(&mut machine.out.to_server).escape_ascii().to_string()
}

/// The client's Query and the server's answer: command tags, `!` an error, and how it says it stands.
type Turn<'t> = (&'t str, &'t [&'t str], char);

fn play(realm: &Realm, turns: &[Turn<'_>]) -> Machine {
    let mut machine = realm.session();
    for (text, answers, status) in turns {
        sent(&mut machine, text);
        for answer in *answers {
            machine.server(&if *answer == "!" { error("22012") } else { complete(answer) });
        }
        machine.server(&ready(*status));
        assert_eq!(machine.fault, None, "{text}");
        machine.out = Default::default();
    }
    machine
}

const MADE: &[&str] = &["DROP TABLE", "CREATE TABLE"];

#[test]
fn what_the_client_commits_is_in_force_for_everybody() {
    let committed: [&[Turn<'_>]; 4] = [
        &[(TURN, MADE, 'I')],
        &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T'), ("COMMIT", &["COMMIT"], 'I')],
        &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T'), ("COMMIT AND CHAIN", &["COMMIT"], 'T')],
        &[
            ("BEGIN", &["BEGIN"], 'T'),
            (TURN, MADE, 'T'),
            ("SAVEPOINT s", &["SAVEPOINT"], 'T'),
            ("SELECT 1/0", &["!"], 'E'),
            ("ROLLBACK TO s", &["ROLLBACK"], 'T'),
            ("COMMIT", &["COMMIT"], 'I'),
        ],
    ];
    for turns in committed {
        let realm = Realm::new();
        play(&realm, turns);
        let row = realm.sends(AFTER);
        assert!(row.contains("pgV1:") && !row.contains(SECRET), "{turns:?}: {row}");
    }
}

#[test]
fn a_transaction_has_its_own_shape_and_nobody_else_has() {
    let realm = Realm::new();
    let mut machine = play(&realm, &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T')]);
    let row = sent(&mut machine, AFTER);
    assert!(row.contains("pgV1:") && !row.contains(SECRET), "{row}");
    realm.is_as_before("the transaction is open");
    drop(machine);
    realm.is_as_before("the session is lost");
}

#[test]
fn no_answer_commits_what_the_client_has_not() {
    let lies: [(&str, &[Turn<'_>]); 9] = [
        ("idle inside the block", &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'I')]),
        ("idle at once", &[("BEGIN", &["BEGIN"], 'I'), (TURN, MADE, 'T'), ("SELECT 1", &["SELECT 1"], 'I')]),
        (
            "a ROLLBACK that says COMMIT",
            &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T'), ("ROLLBACK", &["COMMIT"], 'I')],
        ),
        (
            "a ROLLBACK AND CHAIN that says COMMIT",
            &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T'), ("ROLLBACK AND CHAIN", &["COMMIT"], 'T')],
        ),
        ("an error behind the completion", &[(TURN, &["DROP TABLE", "CREATE TABLE", "!"], 'I')]),
        ("an error instead", &[(TURN, &["!"], 'I')]),
        (
            "a failed block that is committed",
            &[
                ("BEGIN", &["BEGIN"], 'T'),
                (TURN, MADE, 'T'),
                ("SELECT 1/0", &["!"], 'T'),
                ("COMMIT", &["COMMIT"], 'I'),
            ],
        ),
        ("a COMMIT that fails", &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T'), ("COMMIT", &["!"], 'I')]),
        (
            "a savepoint that was rolled back",
            &[
                ("BEGIN", &["BEGIN"], 'T'),
                ("SAVEPOINT s", &["SAVEPOINT"], 'T'),
                (TURN, MADE, 'T'),
                ("ROLLBACK TO s", &["RELEASE"], 'T'),
                ("COMMIT", &["COMMIT"], 'I'),
            ],
        ),
    ];
    for (story, turns) in lies {
        let realm = Realm::new();
        play(&realm, turns);
        realm.is_as_before(story);
    }
}

#[test]
fn what_somebody_else_would_commit_is_not_prepared() {
    let realm = Realm::new();
    let mut machine = play(&realm, &[("BEGIN", &["BEGIN"], 'T'), (TURN, MADE, 'T')]);
    let up = sent(&mut machine, "PREPARE TRANSACTION 'x'");
    assert!(!up.contains("PREPARE TRANSACTION"), "{up}");
    realm.is_as_before("it was refused");

    // Read before there was anything to refuse it for.
    let mut machine = realm.session();
    machine.client(&[parse("later", "PREPARE TRANSACTION 'x'"), sync()].concat());
    machine.server(&[parse_complete(), ready('I')].concat());
    for (text, answers) in [("BEGIN", &["BEGIN"][..]), (TURN, MADE)] {
        sent(&mut machine, text);
        answers.iter().for_each(|answer| machine.server(&complete(answer)));
        machine.server(&ready('T'));
    }
    machine.client(&[bind("", "later", &[]), execute(""), sync()].concat());
    machine.server(&[bind_complete(), complete("PREPARE TRANSACTION"), ready('I')].concat());
    realm.is_as_before("nobody has committed it");
}

#[test]
fn a_pipeline_that_fails_leaves_the_shape() {
    let realm = Realm::new();
    let mut machine = realm.session();
    for text in TURN.split("; ") {
        machine.client(&[parse("", text), bind("", "", &[]), execute("")].concat());
        machine.server(&[parse_complete(), bind_complete(), complete("DROP TABLE")].concat());
    }
    machine.client(&sync());
    machine.server(&[error("40001"), ready('I')].concat());
    assert_eq!(machine.fault, None);
    realm.is_as_before("the pipeline failed at Sync");
}

#[test]
fn a_session_that_was_told_of_no_end_touches_nothing_protected_any_more() {
    let realm = Realm::new();
    let mut machine = play(&realm, &[("BEGIN", &["BEGIN"], 'T'), ("SET search_path TO crm", &["SET"], 'I')]);
    for text in ["INSERT INTO accounts (iban) VALUES ('top-secret')", BEFORE] {
        let row = sent(&mut machine, text);
        assert!(!row.contains(SECRET) && !row.contains("pgV1:"), "{row}");
        machine.server(&[error("42601"), ready('I')].concat());
    }
}

/// Statements whose meaning hangs on nothing that the client could be deceived about: columns by
/// their names, or a table to which columns are only added.
const WRITES: [&str; 6] = [
    "INSERT INTO customers (id, email, name) VALUES (1, 'top-secret', 'top-secret')",
    "UPDATE customers SET phone = 'top-secret' WHERE email = 'top-secret'",
    "INSERT INTO leads (name, email) VALUES ('top-secret', 'top-secret')",
    "SELECT id FROM people_2024 WHERE email = 'top-secret'",
    "INSERT INTO people VALUES (1, 'top-secret', 2024)",
    "SELECT id FROM customer_emails WHERE mail = 'top-secret'",
];

const DEFINITIONS: [&str; 14] = [
    "ALTER TABLE customers ADD COLUMN extra text DEFAULT 'x'",
    "ALTER TABLE customers DROP COLUMN notes",
    "ALTER TABLE customers RENAME COLUMN notes TO email2",
    "ALTER TABLE customers RENAME COLUMN email2 TO notes",
    "DROP TABLE leads",
    "CREATE TABLE leads (email text, id int, name varchar(100))",
    "DROP VIEW customer_emails",
    "CREATE VIEW customer_emails AS SELECT email AS mail, id FROM customers",
    "CREATE OR REPLACE VIEW customer_emails AS SELECT notes AS mail, id FROM customers",
    "ALTER TABLE people ADD COLUMN more int",
    "ALTER TABLE people DETACH PARTITION people_2024",
    "ALTER TABLE people ATTACH PARTITION people_2024 FOR VALUES IN (2024)",
    "DROP TABLE people CASCADE",
    "CREATE TABLE people (id int, email text, year int) PARTITION BY LIST (year)",
];

const STEPS: [&str; 7] =
    ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s", "COMMIT AND CHAIN"];

#[test]
fn no_answer_to_a_definition_makes_a_secret_plain() {
    let (mut sealed, mut answers) = (0, 0);
    for seed in 0..150 {
        let mut noise = Noise::new(seed);
        let realm = Realm::new();
        let mut sessions = [realm.session(), realm.session()];
        let mut story = String::new();
        for _ in 0..24 {
            let who = noise.below(2);
            let text = match noise.below(4) {
                0 => WRITES[noise.below(WRITES.len())],
                1 => STEPS[noise.below(STEPS.len())],
                _ => DEFINITIONS[noise.below(DEFINITIONS.len())],
            };
            let Some(machine) = sessions.get_mut(who) else { continue };
            let up = sent(machine, text);
            story.push_str(&format!("{who} {text}\n    {up}\n"));
            assert!(!up.contains(SECRET), "{story}");
            sealed += up.matches("pgV1:").count();
            let tag = ["ALTER TABLE", "COMMIT", "ROLLBACK", "INSERT 0 1"][noise.below(4)];
            let said = match noise.below(8) {
                0 => vec![error("42703")],
                1 => vec![complete(tag), error("40001")],
                _ => vec![complete(tag)],
            };
            let status = ['I', 'I', 'T', 'E'][noise.below(4)];
            machine.server(&[said.concat(), ready(status)].concat());
            match machine.fault {
                Some(_) => *machine = realm.session(),
                None => answers += 1,
            }
        }
    }
    assert!(answers > 2000 && sealed > 200, "the server was believed: {answers} answers, {sealed} sealed");
}

/// Settings go with their transaction, as definitions do.
#[test]
fn a_path_that_was_rolled_back_is_not_followed() {
    const BARE: &str = "INSERT INTO accounts (iban) VALUES ('top-secret')";
    let ends: [(&[Turn<'_>], bool); 6] = [
        (&[("ROLLBACK", &["ROLLBACK"], 'I')], true),
        (&[("COMMIT", &["COMMIT"], 'I')], false),
        // The server has the last word on what it took back.
        (&[("COMMIT", &["ROLLBACK"], 'I')], true),
        // One that has failed is rolled back, whatever it is called.
        (&[("SELECT 1/0", &["!"], 'E'), ("COMMIT", &["ROLLBACK"], 'I')], true),
        (&[("SAVEPOINT s", &["SAVEPOINT"], 'T'), ("ROLLBACK TO s", &["ROLLBACK"], 'T')], false),
        (&[("ROLLBACK AND CHAIN", &["ROLLBACK"], 'T')], true),
    ];
    for (end, is_back) in ends {
        let realm = Realm::new();
        let begin: &[Turn<'_>] = &[("BEGIN", &["BEGIN"], 'T'), ("SET search_path TO crm", &["SET"], 'T')];
        let turns: Vec<Turn<'_>> = begin.iter().chain(end).copied().collect();
        let mut machine = play(&realm, &turns);
        let row = sent(&mut machine, BARE);
        assert!(!row.contains(SECRET), "{end:?}: {row}");
        assert_eq!(!(row.contains("INTO crm.accounts") && row.contains("pgV1:")), is_back, "{end:?}: {row}");
    }
}
