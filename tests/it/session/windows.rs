//! A domain changes its key while a session goes on: both forms in what is compared, the written one
//! in what is stored, statements prepared again, writers that come too late.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pgveil::crypto::envelope::KeyId;
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{Form, Keyring, Nonces, Padding};
use pgveil::protect::{Desk, Protector, TextSettings};
use pgveil::server::epoch::Current;
use pgveil::session::epoch::Epoch;
use pgveil::session::judge::{EpochId, Judge};
use pgveil::session::watch::Watch;

use super::conversation::Machine;
use super::messages::{
    bind, bind_complete, close_complete, complete, copy_data, copy_done, copy_in, describe_statement, error,
    execute, frame, params, parse, parse_complete, query, ready, rows, sync,
};
use super::schema::database;

const LOOK_UP: &str = "SELECT id FROM customers WHERE email = 'ana@example.ro'";
const INSERT: &str = "INSERT INTO customers (id, email) VALUES (1, 'ana@example.ro')";

/// A keyring with all domains of the cases under its first key, and a second one that is active.
fn keyring() -> Keyring {
    let mut keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
    for column in &database(150_000).policy.columns {
        if keyring.domain(&column.domain).is_none() {
            keyring = keyring.with_domain(&column.domain, Padding::Auto).expect("a key").expect("a domain");
        }
    }
    let keyring = keyring.with_new_key(1, &mut fill_random).expect("a second key");
    let second = keyring.keys()[1].id;
    keyring.with_promoted(second).expect("promoted")
}

/// Epochs of the generations of one keyring, and sessions that follow them.
pub(super) struct Realm {
    keyring: Arc<Keyring>,
    epochs: Arc<Current>,
}

fn epoch(id: EpochId, keyring: &Keyring) -> Epoch {
    let database = database(150_000);
    let protector = Protector::new(&database.policy, keyring);
    Epoch::new(id, database.catalog, database.policy, Arc::new(protector))
}

impl Realm {
    pub fn new() -> Self {
        let keyring = Arc::new(keyring());
        let epochs = Arc::new(Current::new(epoch(EpochId(1), &keyring), Arc::clone(&keyring)));
        Realm { keyring, epochs }
    }

    fn old(&self) -> KeyId {
        self.keyring.keys()[0].id
    }

    fn new_key(&self) -> KeyId {
        self.keyring.keys()[1].id
    }

    fn change(&mut self, change: impl FnOnce(&Keyring) -> Keyring) {
        self.keyring = Arc::new(change(&self.keyring));
        let seen = self.epochs.seen();
        assert!(self.epochs.advance_if(&seen, &self.keyring, |_| true, |id| epoch(id, &self.keyring)));
    }

    pub fn open(&mut self) {
        let to = Form::Sealed(self.new_key());
        self.change(|keyring| keyring.open_window("email", to).expect("a window"));
    }

    pub fn moves(&mut self) {
        self.change(|keyring| keyring.move_domain("email").expect("moved"));
    }

    fn close(&mut self) {
        self.change(|keyring| keyring.close_window("email").expect("closed"));
    }

    fn judge(&self) -> Box<dyn Judge> {
        let desk = Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32]));
        Box::new(Watch::new(Arc::<Current>::clone(&self.epochs), desk))
    }

    pub fn session(&self) -> Machine {
        Machine::started(self.judge())
    }

    /// Keys of the envelopes in what goes to the server: `o`ld or `n`ew, in order.
    pub fn keys(&self, bytes: &[u8]) -> String {
        let header = |key: KeyId| {
            // A plain encoding of suite, flags and key id; eight characters of base64.
            let mut header = [2, 0, 0, 0, 0, 0];
            header[2..].copy_from_slice(&key.get().to_be_bytes());
            header
        };
        let decode = |text: &[u8]| -> Option<[u8; 6]> {
            let digit = |b: u8| match b {
                b'A'..=b'Z' => Some(u32::from(b - b'A')),
                b'a'..=b'z' => Some(u32::from(b - b'a') + 26),
                b'0'..=b'9' => Some(u32::from(b - b'0') + 52),
                b'-' => Some(62),
                b'_' => Some(63),
                _ => None,
            };
            let mut out = [0; 6];
            for (four, three) in text.chunks(4).zip(out.chunks_mut(3)) {
                let bits = four.iter().try_fold(0, |bits, b| Some(bits << 6 | digit(*b)?))?;
                three.copy_from_slice(&bits.to_be_bytes()[1..]);
            }
            Some(out)
        };
        let mut keys = String::new();
        for at in 0..bytes.len().saturating_sub(13) {
            if !bytes[at..].starts_with(b"pgV1:") {
                continue;
            }
            match decode(&bytes[at + 5..at + 13]) {
                Some(found) if found == header(self.old()) => keys.push('o'),
                Some(found) if found == header(self.new_key()) => keys.push('n'),
                _ => keys.push('?'),
            }
        }
        keys
    }
}

pub(super) fn taken(machine: &mut Machine) -> Vec<u8> {
    assert_eq!(machine.fault, None);
    std::mem::take(&mut machine.out.to_server)
}

pub(super) fn told(machine: &mut Machine) -> Vec<u8> {
    assert_eq!(machine.fault, None);
    std::mem::take(&mut machine.out.to_client)
}

pub(super) fn said(machine: &mut Machine, messages: &[Vec<u8>]) -> Vec<u8> {
    machine.client(&messages.concat());
    taken(machine)
}

pub(super) fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// What the temporary trigger says.
pub(super) fn stale() -> Vec<u8> {
    stale_but("42703", "tsvector column \"pgveil_stale_key\" does not exist", "tsvector_update_trigger")
}

fn stale_but(sqlstate: &str, message: &str, routine: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (code, text) in [(b'S', "ERROR"), (b'V', "ERROR"), (b'C', sqlstate), (b'M', message), (b'R', routine)]
    {
        fields.push(code);
        fields.extend_from_slice(text.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    frame(b'E', &fields)
}

#[test]
fn both_forms_are_compared_while_the_window_is_open_and_one_is_written() {
    let mut realm = Realm::new();
    let mut machine = realm.session();
    let mut seen = Vec::new();
    for step in 0..4 {
        match step {
            0 => {}
            1 => realm.open(),
            2 => realm.moves(),
            _ => realm.close(),
        }
        for text in [LOOK_UP, INSERT] {
            let sent = said(&mut machine, &[query(text)]);
            assert!(!holds(&sent, b"ana@example.ro"));
            seen.push(realm.keys(&sent));
            machine.server(&[complete("SELECT 0"), ready('I')].concat());
        }
    }
    assert_eq!(seen, ["o", "o", "on", "o", "no", "n", "n", "n"]);
}

#[test]
fn a_statement_prepared_before_the_window_is_prepared_again_at_its_next_bind() {
    let mut realm = Realm::new();
    let mut machine = realm.session();
    let text = "SELECT id FROM customers WHERE email = $1";
    said(&mut machine, &[parse("s", text), sync()]);
    machine.server(&[parse_complete(), ready('I')].concat());
    told(&mut machine);
    realm.open();
    let look_up = [bind("", "s", &[Some("ana@example.ro")]), execute(""), sync()];
    let sent = said(&mut machine, &look_up);
    assert!(holds(&sent, b"pgveil 0\0SELECT id FROM public.customers WHERE email = ANY"));
    assert_eq!(realm.keys(&sent), "on");
    machine.server(
        &[
            parse_complete(),
            close_complete(),
            bind_complete(),
            rows(&[("id", 1000, 1, 23)]),
            complete("SELECT 0"),
            ready('I'),
        ]
        .concat(),
    );
    assert_eq!(told(&mut machine), [bind_complete(), complete("SELECT 0"), ready('I')].concat());
    let again = said(&mut machine, &look_up);
    assert!(!holds(&again, b"SELECT") && realm.keys(&again) == "on", "prepared once");
}

#[test]
fn what_is_in_progress_holds_back_the_oldest_epoch_and_nothing_else_does() {
    let mut realm = Realm::new();
    let (mut busy, mut idle) = (realm.session(), realm.session());
    said(&mut busy, &[query("BEGIN")]);
    busy.server(&[complete("BEGIN"), ready('T')].concat());
    said(&mut idle, &[query(LOOK_UP)]);
    assert_eq!(realm.epochs.oldest(), EpochId(1));
    realm.open();
    assert_eq!(realm.epochs.oldest(), EpochId(1), "a transaction, and a statement in flight");
    idle.server(&[complete("SELECT 0"), ready('I')].concat());
    assert_eq!(realm.epochs.oldest(), EpochId(1), "the transaction");
    let sent = said(&mut busy, &[query(LOOK_UP)]);
    assert_eq!(realm.keys(&sent), "on", "a transaction goes on in the epoch in force");
    busy.server(&[complete("SELECT 0"), ready('T')].concat());
    assert_eq!(realm.epochs.oldest(), EpochId(1), "it is still the one that began before");
    said(&mut busy, &[query("COMMIT")]);
    busy.server(&[complete("COMMIT"), ready('I')].concat());
    assert_eq!(realm.epochs.oldest(), EpochId(2));
    drop(idle);
    said(&mut busy, &[query(LOOK_UP), query(LOOK_UP)]);
    realm.moves();
    busy.server(&[complete("SELECT 0"), ready('I')].concat());
    assert_eq!(realm.epochs.oldest(), EpochId(2), "the second of two is in flight");
    busy.server(&[complete("SELECT 0"), ready('I')].concat());
    assert_eq!(realm.epochs.oldest(), EpochId(3));
    said(&mut busy, &[query(LOOK_UP)]);
    drop(busy);
    assert_eq!(realm.epochs.oldest(), EpochId(3), "a session that has ended holds nothing");
}

#[test]
fn a_late_writer_outside_a_transaction_is_sent_again_under_the_new_key() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    assert_eq!(realm.keys(&said(&mut machine, &[query(INSERT)])), "o");
    machine.server(&stale());
    machine.client(&query("SELECT 1"));
    assert_eq!(taken(&mut machine), b"", "nothing goes between the two attempts");
    machine.server(&ready('I'));
    assert_eq!(told(&mut machine), b"", "the client hears nothing of the first");
    assert_eq!(realm.keys(&taken(&mut machine)), "n");
    machine.server(&[complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(told(&mut machine), [complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(taken(&mut machine), query("SELECT 1"), "what came meanwhile follows");
    machine.server(&[complete("SELECT 1"), ready('I')].concat());
    told(&mut machine);
    assert_eq!(realm.keys(&said(&mut machine, &[query(LOOK_UP)])), "on", "both forms are compared");
}

#[test]
fn a_late_writer_that_hears_of_it_when_the_move_is_known_writes_what_all_write_now() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    assert_eq!(realm.keys(&said(&mut machine, &[query(INSERT)])), "o");
    realm.moves();
    machine.server(&[stale(), ready('I')].concat());
    assert_eq!(realm.keys(&taken(&mut machine)), "n");
    machine.server(&[complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(told(&mut machine), [complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(realm.keys(&said(&mut machine, &[query(INSERT)])), "n", "and so does what follows");
    machine.server(&[complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(realm.keys(&said(&mut machine, &[query(LOOK_UP)])), "no", "both forms are compared");
}

#[test]
fn a_late_copy_that_hears_of_it_when_the_move_is_known_is_told_and_the_next_writes_the_new_form() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let text = "COPY customers (email) FROM STDIN";
    said(&mut machine, &[query(text)]);
    machine.server(&copy_in());
    let rows = [copy_data("ana@example.ro\n"), copy_done()];
    assert_eq!(realm.keys(&said(&mut machine, &rows)), "o");
    realm.moves();
    machine.server(&[stale(), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C40001\0"));
    said(&mut machine, &[query(text)]);
    machine.server(&copy_in());
    assert_eq!(realm.keys(&said(&mut machine, &rows)), "n");
}

#[test]
fn a_constant_that_was_prepared_in_sql_before_the_move_is_not_stored_after_it() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let prepared = format!("PREPARE p AS {INSERT}");
    assert_eq!(realm.keys(&said(&mut machine, &[query(&prepared)])), "o");
    machine.server(&[complete("PREPARE"), ready('I')].concat());
    told(&mut machine);
    realm.moves();
    let sent = said(&mut machine, &[query("EXECUTE p")]);
    assert!(!holds(&sent, b"EXECUTE p"), "it would store the form of before");
}

#[test]
fn a_late_writer_is_sent_again_once_and_then_told() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    said(&mut machine, &[query(INSERT)]);
    machine.server(&[stale(), ready('I')].concat());
    machine.server(&[stale(), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C40001\0"));
}

#[test]
fn a_late_writer_in_a_transaction_is_told_to_try_again() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    said(&mut machine, &[query("BEGIN")]);
    machine.server(&[complete("BEGIN"), ready('T')].concat());
    told(&mut machine);
    said(&mut machine, &[query(INSERT)]);
    machine.server(&[stale(), ready('E')].concat());
    assert!(holds(&told(&mut machine), b"C40001\0"));
    assert_eq!(taken(&mut machine), b"");
    said(&mut machine, &[query("ROLLBACK")]);
    machine.server(&[complete("ROLLBACK"), ready('I')].concat());
    assert_eq!(realm.keys(&said(&mut machine, &[query(INSERT)])), "n", "the next attempt succeeds");
}

#[test]
fn a_late_batch_is_sent_again_without_what_the_client_has_been_answered() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let text = "INSERT INTO customers (id, email) VALUES ($1, $2)";
    let values = bind("", "s", &[Some("1"), Some("ana@example.ro")]);
    let batch = [parse("s", text), describe_statement("s"), values, execute(""), sync()];
    assert_eq!(realm.keys(&said(&mut machine, &batch)), "o");
    let described = [parse_complete(), params(&[23, 25]), super::messages::no_data()];
    machine.server(&[described.concat(), bind_complete(), stale(), ready('I')].concat());
    assert_eq!(told(&mut machine), [described.concat(), bind_complete()].concat());
    let again = taken(&mut machine);
    assert_eq!(realm.keys(&again), "n");
    assert!(!holds(&again, b"INSERT"), "a named statement is there already");
    machine.server(
        &[params(&[23, 25]), super::messages::no_data(), bind_complete(), complete("INSERT 0 1"), ready('I')]
            .concat(),
    );
    assert_eq!(told(&mut machine), [complete("INSERT 0 1"), ready('I')].concat());
}

#[test]
fn an_error_that_only_looks_like_the_trigger_s_is_the_server_s_own() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let (message, routine) =
        ("tsvector column \"pgveil_stale_key\" does not exist", "tsvector_update_trigger");
    for other in [
        error("42703"),
        stale_but("42704", message, routine),
        stale_but("42703", "tsvector column \"stale_key\" does not exist", routine),
        stale_but("42703", message, "errorMissingColumn"),
    ] {
        said(&mut machine, &[query(INSERT)]);
        machine.server(&[other.clone(), ready('I')].concat());
        assert_eq!(told(&mut machine), [other, ready('I')].concat());
        assert_eq!(taken(&mut machine), b"");
    }
}

/// What the client has seen of a statement a second time could belie.
#[test]
fn a_late_writer_that_has_shown_something_is_told_to_try_again() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let returning = "INSERT INTO customers (id, email) VALUES (1, 'ana@example.ro') RETURNING id";
    said(&mut machine, &[query(returning)]);
    machine.server(&[rows(&[("id", 0, 0, 23)]), stale(), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C40001\0"));
    assert_eq!(taken(&mut machine), b"");

    let mut machine = realm.session();
    let values = || [bind("", "s", &[Some("1"), Some("ana@example.ro")]), execute("")].concat();
    let text = "INSERT INTO customers (id, email) VALUES ($1, $2)";
    said(&mut machine, &[parse("s", text), values(), values(), sync()]);
    let first = [parse_complete(), bind_complete(), complete("INSERT 0 1")].concat();
    machine.server(&[first, bind_complete(), stale(), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C40001\0"));
    assert_eq!(taken(&mut machine), b"");
}

#[test]
fn copy_seals_with_the_key_of_the_moment_at_which_the_server_asks_for_data() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    said(&mut machine, &[query("COPY customers (email) FROM STDIN")]);
    realm.moves();
    machine.server(&copy_in());
    let sent = said(&mut machine, &[copy_data("ana@example.ro\n"), copy_done()]);
    assert_eq!(realm.keys(&sent), "n");
}

#[test]
fn a_statement_of_sql_s_own_prepare_does_not_outlive_a_window() {
    let mut realm = Realm::new();
    let mut machine = realm.session();
    said(&mut machine, &[query("PREPARE p AS SELECT id FROM customers WHERE email = $1")]);
    machine.server(&[complete("PREPARE"), ready('I')].concat());
    said(&mut machine, &[query("PREPARE q AS SELECT email FROM customers WHERE id = $1")]);
    machine.server(&[complete("PREPARE"), ready('I')].concat());
    told(&mut machine);
    realm.open();
    let sent = said(&mut machine, &[query("EXECUTE p('ana@example.ro')")]);
    assert!(holds(&sent, b"pgveil refused") && !holds(&sent, b"pgV1:"));
    machine.server(&[error("42703"), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C0A000\0"));
    assert!(holds(&said(&mut machine, &[query("EXECUTE q(1)")]), b"EXECUTE q(1)"));
}

#[test]
fn an_instance_whose_lease_has_run_out_touches_nothing_protected() {
    let realm = Realm::new();
    let mut machine = realm.session();
    realm.epochs.serve_until(Instant::now(), Duration::ZERO);
    std::thread::sleep(Duration::from_millis(5));
    assert!(holds(&said(&mut machine, &[query(LOOK_UP)]), b"pgveil refused"));
    machine.server(&[error("42703"), ready('I')].concat());
    assert!(holds(&told(&mut machine), b"C57P03\0"));
    assert_eq!(said(&mut machine, &[query("SELECT 1")]), query("SELECT 1"));
    machine.server(&[complete("SELECT 1"), ready('I')].concat());
    realm.epochs.serve_until(Instant::now(), Duration::from_secs(60));
    assert_eq!(realm.keys(&said(&mut machine, &[query(LOOK_UP)])), "o");
}
