//! What the session machine costs, without sockets: one whole round of the protocol each, both
//! directions, under a policy.
//!
//! The limit for a text whose verdict is remembered is 1 µs. `cargo bench --bench relay`

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pgveil::names::ColumnId;
use pgveil::policy::model::Purpose;
use pgveil::protect::{Desk, Format, Sealing, TextSettings};
use pgveil::session::epoch::Epoch;
use pgveil::session::judge::{ForwardAll, Judge};
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;

#[path = "../tests/it/session/epochs.rs"]
mod epochs;
#[path = "../tests/it/session/messages.rs"]
#[allow(dead_code)]
mod messages;
#[path = "../tests/it/analyse/schema.rs"]
mod schema;

use epochs::{epoch, watch};
use messages::{
    bind, bind_complete, complete, describe_portal, execute, key_data, parse, parse_complete, query, ready,
    row, rows, sync,
};

fn main() {
    divan::main();
}

const UNTOUCHED: &str = "SELECT abalance FROM pgbench_accounts WHERE aid = 4711";
const UNTOUCHED_PREPARED: &str = "SELECT abalance FROM pgbench_accounts WHERE aid = $1";
const LOOK_UP: &str = "SELECT id, email, notes FROM customers WHERE email = 'someone@example.com'";
const LOOK_UP_PREPARED: &str = "SELECT id, email, notes FROM customers WHERE email = $1";
const EMAIL: &str = "someone@example.com";
/// Rows of a result that is opened, and of an INSERT.
const ROWS: usize = 1000;

/// A session between two buffers.
struct Rig {
    session: Session,
    client: InBuf,
    server: InBuf,
    out: Out,
}

impl Rig {
    fn new(judge: Box<dyn Judge>) -> Rig {
        let key = KeyData { pid: 1, secret: b"ours".to_vec() };
        let session = Session::new(SessionConfig { key, limits: Limits::default() }, judge);
        let mut rig = Rig { session, client: InBuf::new(), server: InBuf::new(), out: Out::default() };
        rig.round(&[], &[key_data(1, b"them"), ready('I')].concat());
        rig
    }

    /// What the client sends, and what the server answers; all of it must go through.
    fn round(&mut self, up: &[u8], down: &[u8]) {
        self.out.to_server.clear();
        self.out.to_client.clear();
        self.client.extend(up);
        self.session.client_bytes(&mut self.client, &mut self.out).expect("a client that keeps the rules");
        self.server.extend(down);
        self.session.server_bytes(&mut self.server, &mut self.out).expect("a server that keeps the rules");
        assert!(self.session.is_idle());
        black_box(&self.out);
    }
}

fn one_row() -> Vec<u8> {
    rows(&[("abalance", 0, 0, 23)])
}

/// A look-up's result: the description, and `count` rows with a sealed column each.
fn customers(epoch: &Epoch, count: usize) -> (Vec<u8>, Vec<u8>) {
    let mut desk = Desk::from_os(TextSettings::default()).expect("randomness");
    let id = epoch.policy.ids().find(|(_, c)| c.relation.name == "customers" && c.column == "email");
    let column: ColumnId = id.expect("a protected column").0;
    let how = Sealing {
        column,
        purpose: Purpose::Store,
        elements: false,
        given: None,
        casts: &[],
        side: Default::default(),
    };
    let mut sealed = Vec::new();
    epoch.protector.seal(&how, Format::Text, EMAIL.as_bytes(), &mut desk, &mut sealed).expect("a cell");
    let sealed = String::from_utf8(sealed).expect("armour");
    let row = row(&[Some("4711"), Some(&sealed), Some("a note of some words")]);
    let columns = [("id", 1000, 1, 23), ("email", 1000, 2, 25), ("notes", 1000, 14, 25)];
    (rows(&columns), row.repeat(count))
}

fn repeat(bencher: Bencher, rig: &mut Rig, up: &[u8], down: &[u8]) {
    bencher.bench_local(|| rig.round(black_box(up), black_box(down)));
}

fn judge_of(policy: bool) -> Box<dyn Judge> {
    if policy { watch(&epoch()) } else { Box::new(ForwardAll) }
}

/// Nothing in it is protected; with and without a policy.
#[divan::bench(args = [false, true])]
fn untouched_prepared(bencher: Bencher, policy: bool) {
    let mut rig = Rig::new(judge_of(policy));
    rig.round(&[parse("s", UNTOUCHED_PREPARED), sync()].concat(), &[parse_complete(), ready('I')].concat());
    let up = [bind("", "s", &[Some("4711")]), describe_portal(""), execute(""), sync()].concat();
    let down = [bind_complete(), one_row(), row(&[Some("0")]), complete("SELECT 1"), ready('I')].concat();
    repeat(bencher, &mut rig, &up, &down);
}

#[divan::bench(args = [false, true])]
fn untouched_extended(bencher: Bencher, policy: bool) {
    let mut rig = Rig::new(judge_of(policy));
    let up = [parse("", UNTOUCHED_PREPARED), bind("", "", &[Some("4711")]), describe_portal("")].concat();
    let up = [up, execute(""), sync()].concat();
    let down = [parse_complete(), bind_complete(), one_row(), row(&[Some("0")])].concat();
    repeat(bencher, &mut rig, &up, &[down, complete("SELECT 1"), ready('I')].concat());
}

#[divan::bench(args = [false, true])]
fn untouched_simple(bencher: Bencher, policy: bool) {
    let mut rig = Rig::new(judge_of(policy));
    let down = [one_row(), row(&[Some("0")]), complete("SELECT 1"), ready('I')].concat();
    repeat(bencher, &mut rig, &query(UNTOUCHED), &down);
}

#[divan::bench]
fn begin(bencher: Bencher) {
    let mut rig = Rig::new(judge_of(true));
    repeat(bencher, &mut rig, &query("BEGIN"), &[complete("BEGIN"), ready('I')].concat());
}

#[divan::bench]
fn protected_prepared(bencher: Bencher) {
    let epoch = epoch();
    let mut rig = Rig::new(watch(&epoch));
    rig.round(&[parse("s", LOOK_UP_PREPARED), sync()].concat(), &[parse_complete(), ready('I')].concat());
    let (description, row) = customers(&epoch, 1);
    let up = [bind("", "s", &[Some(EMAIL)]), describe_portal(""), execute(""), sync()].concat();
    let down = [bind_complete(), description, row, complete("SELECT 1"), ready('I')].concat();
    repeat(bencher, &mut rig, &up, &down);
}

#[divan::bench]
fn protected_simple(bencher: Bencher) {
    let epoch = epoch();
    let mut rig = Rig::new(watch(&epoch));
    let (description, row) = customers(&epoch, 1);
    let down = [description, row, complete("SELECT 1"), ready('I')].concat();
    repeat(bencher, &mut rig, &query(LOOK_UP), &down);
}

#[divan::bench]
fn rows_opened(bencher: Bencher) {
    let epoch = epoch();
    let mut rig = Rig::new(watch(&epoch));
    let (description, rows) = customers(&epoch, ROWS);
    let down = [description, rows, complete("SELECT 1000"), ready('I')].concat();
    repeat(bencher.counter(ItemsCount::new(ROWS)), &mut rig, &query(LOOK_UP), &down);
}

#[divan::bench]
fn rows_untouched(bencher: Bencher) {
    let epoch = epoch();
    let mut rig = Rig::new(watch(&epoch));
    let (_, rows) = customers(&epoch, ROWS);
    let down = [one_row(), rows, complete("SELECT 1000"), ready('I')].concat();
    repeat(bencher.counter(ItemsCount::new(ROWS)), &mut rig, &query(UNTOUCHED), &down);
}

/// Two sealed constants a row, the verdict remembered.
#[divan::bench]
fn insert_of_rows(bencher: Bencher) {
    let mut rig = Rig::new(watch(&epoch()));
    let rows: Vec<String> =
        (0..ROWS).map(|i| format!("({i}, 'someone{i}@example.com', 'Someone', NULL)")).collect();
    let text = format!("INSERT INTO customers (id, email, name, notes) VALUES {}", rows.join(", "));
    let down = [complete("INSERT 0 1000"), ready('I')].concat();
    repeat(bencher.counter(ItemsCount::new(ROWS)), &mut rig, &query(&text), &down);
}

/// A text whose shape nobody has sent before.
#[divan::bench(args = [UNTOUCHED, LOOK_UP])]
fn analysed_anew(bencher: Bencher, text: &str) {
    use pgveil::sql::known::{Known, Protocol, SessionNames};
    let epoch: Arc<Epoch> = epoch();
    let (names, mut tokens) = (SessionNames::default(), Default::default());
    let known = Known {
        catalog: &epoch.catalog,
        policy: &epoch.policy,
        standings: &epoch.standings,
        names: &names,
        declared: &[],
        protocol: Protocol::Simple,
    };
    bencher.bench_local(|| pgveil::sql::judge_text(black_box(text.as_bytes()), &mut tokens, &known));
}
