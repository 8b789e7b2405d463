//! A session that waits for a look at the database's shape, is out of touch, or says what it depends on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use pgveil::catalog::change::Change;
use pgveil::crypto::Nonces;
use pgveil::protect::{Desk, TextSettings};
use pgveil::session::epoch::{Dependence, Epoch, Epochs};
use pgveil::session::judge::EpochId;
use pgveil::session::look::{Look, Sight};
use pgveil::session::watch::Watch;

use super::conversation::Machine;
use super::epochs::{Only, epoch};
use super::messages::{
    bind, complete, error, execute, parameter, parse, parse_complete, query, ready, shown, sync,
};

const SECRET: &str = "ana@example.ro";
/// Which of the values is which column hangs on their order.
const ROW: &str = "INSERT INTO orders VALUES (1, 2, 'ana@example.ro', 'ana@example.ro', 5, 'x')";

/// One epoch for ever, seen by who is told to look.
struct Seen {
    only: Only,
    looks: Mutex<Vec<Arc<Look>>>,
    suspended: AtomicBool,
    dependence: Arc<Dependence>,
}

impl Seen {
    fn new() -> Arc<Self> {
        let (looks, suspended, dependence) = Default::default();
        Arc::new(Seen { only: Only(epoch()), looks, suspended, dependence })
    }

    fn session(self: &Arc<Self>) -> Machine {
        let desk = Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32]));
        Machine::started(Box::new(Watch::new(Arc::<Seen>::clone(self), desk)))
    }

    fn asked(&self) -> usize {
        self.looks.lock().unwrap().len()
    }

    fn answer(&self, sight: Sight) {
        self.looks.lock().unwrap().last().expect("a look").answer(sight);
    }
}

impl Epochs for Seen {
    fn current(&self) -> Arc<Epoch> {
        self.only.current()
    }

    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>> {
        self.only.other_than(known)
    }

    fn after(&self, epoch: &Epoch, changes: &[Change]) -> Arc<Epoch> {
        self.only.after(epoch, changes)
    }

    fn commit(&self, _: &[Change]) {}

    fn attend(&self) -> Arc<Dependence> {
        Arc::clone(&self.dependence)
    }

    fn look(&self) -> Option<Arc<Look>> {
        let look = Arc::<Look>::default();
        self.looks.lock().unwrap().push(Arc::clone(&look));
        Some(look)
    }

    fn are_suspended(&self) -> bool {
        self.suspended.load(Ordering::Relaxed)
    }
}

fn sent(machine: &mut Machine, bytes: &[u8]) -> String {
    machine.client(bytes);
    taken(machine)
}

fn taken(machine: &mut Machine) -> String {
    assert_eq!(machine.fault, None);
    String::from_utf8_lossy(&std::mem::take(&mut machine.out.to_server)).into_owned()
}

fn heard(machine: &mut Machine, bytes: &[u8]) -> String {
    machine.server(bytes);
    assert_eq!(machine.fault, None);
    shown(&std::mem::take(&mut machine.out.to_client)).join("\n")
}

/// What was held goes on.
fn resumed(machine: &mut Machine) -> String {
    machine.session.resume();
    sent(machine, &[])
}

#[test]
fn values_by_position_wait_for_a_look() {
    let seen = Seen::new();
    let mut machine = seen.session();
    assert_eq!(sent(&mut machine, &query(ROW)), "", "nothing goes up before somebody has looked");
    assert!(machine.session.holds_client() && machine.session.awaited().is_some());
    assert_eq!(seen.asked(), 1);
    assert_eq!(resumed(&mut machine), "", "nobody has looked yet");
    assert!(machine.session.awaited().is_some());
    seen.answer(Sight::Current);
    let text = resumed(&mut machine);
    assert!(text.contains("pgV1:") && !text.contains(SECRET), "{text}");
    assert!(machine.session.awaited().is_none());
    assert_eq!(seen.asked(), 1);
    heard(&mut machine, &[complete("INSERT 0 1"), ready('I')].concat());
    // The next transaction is another.
    assert_eq!(sent(&mut machine, &query(ROW)), "");
    assert_eq!(seen.asked(), 2);
    seen.answer(Sight::Unknown);
    let text = resumed(&mut machine);
    assert!(!text.contains("pgV1:") && !text.contains(SECRET), "{text}");
    let told = heard(&mut machine, &[error("42703"), ready('I')].concat());
    assert!(told.contains("could not be looked at"), "{told}");
}

#[test]
fn one_look_is_enough_for_a_transaction_until_a_lock_may_be_gone() {
    let seen = Seen::new();
    let mut machine = seen.session();
    sent(&mut machine, &query("BEGIN"));
    heard(&mut machine, &[complete("BEGIN"), ready('T')].concat());
    let row = |machine: &mut Machine, looks: usize| {
        let held = sent(machine, &query(ROW)).is_empty();
        assert_eq!((held, seen.asked()), (seen.asked() == looks && held, looks));
        if held {
            seen.answer(Sight::Current);
            assert!(resumed(machine).contains("pgV1:"));
        }
        heard(machine, &[complete("INSERT 0 1"), ready('T')].concat());
        held
    };
    assert!(row(&mut machine, 1));
    assert!(!row(&mut machine, 1), "its lock is held");
    sent(&mut machine, &query("SELECT 1/0"));
    heard(&mut machine, &[error("22012"), ready('E')].concat());
    assert!(row(&mut machine, 2), "an error gives locks up");
}

#[test]
fn values_for_a_statement_by_position_wait_as_its_text_does() {
    let seen = Seen::new();
    let mut machine = seen.session();
    let text = "INSERT INTO orders VALUES (1, 2, $1, $2, 5, 'x')";
    assert_eq!(sent(&mut machine, &[parse("s", text), sync()].concat()), "");
    seen.answer(Sight::Current);
    assert!(resumed(&mut machine).contains("orders"));
    heard(&mut machine, &[parse_complete(), ready('I')].concat());
    let values = [bind("", "s", &[Some(SECRET), Some(SECRET)]), execute(""), sync()].concat();
    assert_eq!(sent(&mut machine, &values), "");
    assert_eq!(seen.asked(), 2);
    seen.answer(Sight::Current);
    let text = resumed(&mut machine);
    assert!(text.contains("pgV1:") && !text.contains(SECRET), "{text}");
}

const LOOK_UP: &str = "SELECT id, email FROM customers WHERE email = $1";

/// Prepared, and answered.
fn prepared(seen: &Arc<Seen>) -> Machine {
    let mut machine = seen.session();
    sent(&mut machine, &[parse("s", LOOK_UP), sync()].concat());
    heard(&mut machine, &[parse_complete(), ready('I')].concat());
    machine
}

#[test]
fn who_is_out_of_touch_touches_nothing_protected() {
    let seen = Seen::new();
    let mut machine = prepared(&seen);
    let mut bound = prepared(&seen);
    assert!(sent(&mut bound, &bind("p", "s", &[Some(SECRET)])).contains("pgV1:"));
    seen.suspended.store(true, Ordering::Relaxed);
    let text = sent(&mut machine, &query("SELECT id FROM customers WHERE email = 'ana@example.ro'"));
    assert!(!text.contains("pgV1:") && !text.contains(SECRET), "{text}");
    let told = heard(&mut machine, &[error("42703"), ready('I')].concat());
    assert!(told.contains("lost touch"), "{told}");
    let text = sent(&mut machine, &[bind("", "s", &[Some(SECRET)]), execute(""), sync()].concat());
    assert!(!text.contains("pgV1:") && !text.contains(SECRET), "{text}");
    let text = sent(&mut bound, &[execute("p"), sync()].concat());
    assert!(!text.contains("p\0\0\0\0\0"), "no rows are asked for: {text:?}");
    let mut other = seen.session();
    assert!(sent(&mut other, &query("SELECT name FROM countries")).contains("SELECT name FROM countries"));
}

#[test]
fn what_was_prepared_takes_no_text_of_another_encoding() {
    let seen = Seen::new();
    let mut machine = prepared(&seen);
    sent(&mut machine, &query("SET client_encoding TO 'LATIN1'"));
    let reported = parameter("client_encoding", "LATIN1");
    heard(&mut machine, &[complete("SET"), reported, ready('I')].concat());
    let text = sent(&mut machine, &[bind("", "s", &[Some(SECRET)]), execute(""), sync()].concat());
    assert!(!text.contains("pgV1:") && !text.contains(SECRET), "{text}");
}

#[test]
fn a_name_that_means_something_else_by_now_is_judged_again() {
    let seen = Seen::new();
    let mut machine = seen.session();
    let text = "SELECT id FROM countries WHERE name = $1";
    sent(&mut machine, &[parse("s", text), sync()].concat());
    heard(&mut machine, &[parse_complete(), ready('I')].concat());
    sent(&mut machine, &query("CREATE TEMP TABLE countries AS SELECT id, email AS name FROM customers"));
    heard(&mut machine, &[complete("SELECT 0"), ready('I')].concat());
    let text = sent(&mut machine, &[bind("", "s", &[Some(SECRET)]), execute(""), sync()].concat());
    assert!(!text.contains(SECRET), "{text}");
}

/// What the proxy asks before it forgets an older epoch, and before it believes the live shape.
#[test]
fn a_session_says_what_it_depends_on_and_whether_it_defines() {
    let seen = Seen::new();
    let says = || (seen.dependence.oldest(), seen.dependence.defines());
    let mut machine = seen.session();
    let (nothing, depends) = ((None, false), (Some(EpochId(1)), false));
    assert_eq!(says(), nothing);
    sent(&mut machine, &query("SELECT id FROM customers"));
    assert_eq!(says(), depends);
    heard(&mut machine, &[complete("SELECT 0"), ready('I')].concat());
    assert_eq!(says(), nothing);
    for (text, tag) in [("BEGIN", "BEGIN"), ("SELECT id FROM customers", "SELECT 0")] {
        sent(&mut machine, &query(text));
        heard(&mut machine, &[complete(tag), ready('T')].concat());
        assert_eq!(says(), depends, "{text}");
    }
    sent(&mut machine, &query("ALTER TABLE orders ADD COLUMN more int"));
    assert_eq!(says(), (Some(EpochId(1)), true));
    heard(&mut machine, &[complete("ALTER TABLE"), ready('T')].concat());
    assert_eq!(says(), (Some(EpochId(1)), true), "until it is committed");
    sent(&mut machine, &query("ROLLBACK"));
    heard(&mut machine, &[complete("ROLLBACK"), ready('I')].concat());
    assert_eq!(says(), nothing);
}
