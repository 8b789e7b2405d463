//! A session between two buffers, and rounds of the protocol to send through it: shared by the bench
//! that measures time and the one that counts instructions.

use std::hint::black_box;

use pgveil::names::ColumnId;
use pgveil::protect::{Desk, Format, TextSettings};
use pgveil::session::epoch::Epoch;
use pgveil::session::judge::{ForwardAll, Judge};
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;

#[path = "../../tests/it/session/epochs.rs"]
pub mod epochs;
#[path = "../../tests/it/session/messages.rs"]
#[allow(dead_code)]
mod messages;
#[path = "../../tests/it/analyse/schema.rs"]
mod schema;

use epochs::{epoch, watch};
use messages::{
    bind, bind_complete, complete, copy_data, copy_done, describe_portal, execute, frame, key_data, parse,
    parse_complete, query, ready, row, rows, sync,
};

/// A look-up in a table of which nothing is tagged.
pub const UNTOUCHED: &str = "SELECT title FROM countries WHERE code = 4711";
const UNTOUCHED_PREPARED: &str = "SELECT title FROM countries WHERE code = $1";
/// A look-up by a protected column.
pub const LOOK_UP: &str = "SELECT id, email, notes FROM customers WHERE email = 'someone@example.com'";
const LOOK_UP_PREPARED: &str = "SELECT id, email, notes FROM customers WHERE email = $1";
const EMAIL: &str = "someone@example.com";
/// Rows of a large result, and of an INSERT.
pub const ROWS: usize = 1000;

/// What a round may be.
pub const ROUNDS: &[&str] = &[
    "untouched, prepared, no policy",
    "untouched, prepared",
    "untouched, extended",
    "untouched, simple",
    "BEGIN, COMMIT",
    "looked up, prepared",
    "looked up, extended",
    "looked up, simple",
    "1,000 rows untouched",
    "1,000 rows opened",
    "INSERT of 1,000 rows",
    "COPY out of 1,000 rows",
    "COPY in of 1,000 rows",
];

/// One round of the protocol that can be repeated: what the client sends, what the server answers.
pub struct Round {
    session: Session,
    client: InBuf,
    server: InBuf,
    out: Out,
    /// What the client sends and the server answers, in turns.
    turns: Vec<Turn>,
}

/// From the client, from the server.
type Turn = (Vec<u8>, Vec<u8>);

impl Round {
    /// One of [`ROUNDS`], under a policy unless its name says otherwise.
    pub fn named(name: &str) -> Round {
        let epoch = epoch();
        let (described, opened) = customers(&epoch, 1);
        let plain = [one_row(), row(&[Some("0")])].concat();
        let bound =
            |value| [bind("", "s", &[Some(value)]), describe_portal(""), execute(""), sync()].concat();
        let whole = |text, value| {
            let messages = [parse("", text), bind("", "", &[Some(value)]), describe_portal(""), execute("")];
            [messages.concat(), sync()].concat()
        };
        let answered = |rows: &[u8], tag| [rows, &complete(tag), &ready('I')].concat();
        let one = |rows: Vec<u8>| answered(&[bind_complete(), rows].concat(), "SELECT 1");
        let parsed =
            |rows: Vec<u8>| answered(&[parse_complete(), bind_complete(), rows].concat(), "SELECT 1");
        let judge: Box<dyn Judge> =
            if name.ends_with("no policy") { Box::new(ForwardAll) } else { watch(&epoch) };
        let opened = [described.clone(), opened].concat();
        let (_, many) = customers(&epoch, ROWS);
        let (prepared, up, down) = match name {
            "untouched, prepared, no policy" | "untouched, prepared" => {
                (Some(UNTOUCHED_PREPARED), bound("4711"), one(plain))
            }
            "untouched, extended" => (None, whole(UNTOUCHED_PREPARED, "4711"), parsed(plain)),
            "untouched, simple" => (None, query(UNTOUCHED), answered(&plain, "SELECT 1")),
            "BEGIN, COMMIT" => (None, query("BEGIN"), [complete("BEGIN"), ready('T')].concat()),
            "looked up, prepared" => (Some(LOOK_UP_PREPARED), bound(EMAIL), one(opened)),
            "looked up, extended" => (None, whole(LOOK_UP_PREPARED, EMAIL), parsed(opened)),
            "looked up, simple" => (None, query(LOOK_UP), answered(&opened, "SELECT 1")),
            "1,000 rows untouched" => {
                (None, query(UNTOUCHED), answered(&[one_row(), many].concat(), "SELECT 1000"))
            }
            "1,000 rows opened" => {
                (None, query(LOOK_UP), answered(&[described, many].concat(), "SELECT 1000"))
            }
            "INSERT of 1,000 rows" => (None, query(&insert()), answered(&[], "INSERT 0 1000")),
            "COPY out of 1,000 rows" => (None, query(COPY_OUT), copied_out(&epoch)),
            "COPY in of 1,000 rows" => (None, query(COPY_IN), frame(b'G', &COPY_COLUMNS)),
            other => panic!("no round {other}"),
        };
        let mut round = Round::before(judge);
        if let Some(text) = prepared {
            round.exchange(&[parse("s", text), sync()].concat(), &[parse_complete(), ready('I')].concat());
        }
        round.turns = vec![(up, down)];
        if name == "BEGIN, COMMIT" {
            round.turns.push((query("COMMIT"), answered(&[], "COMMIT")));
        }
        if name == "COPY in of 1,000 rows" {
            round.turns.push((copied_in(), answered(&[], "COPY 1000")));
        }
        round
    }

    fn before(judge: Box<dyn Judge>) -> Round {
        let key = KeyData { pid: 1, secret: b"ours".to_vec() };
        let session = Session::new(SessionConfig { key, limits: Limits::default() }, judge);
        let (client, server, out) = (InBuf::new(), InBuf::new(), Out::default());
        let mut round = Round { session, client, server, out, turns: Vec::new() };
        round.exchange(&[], &[key_data(1, b"them"), ready('I')].concat());
        round
    }

    /// Sends it through; all of it must go through.
    pub fn run(&mut self) {
        let turns = std::mem::take(&mut self.turns);
        turns.iter().for_each(|(up, down)| self.exchange(black_box(up), black_box(down)));
        self.turns = turns;
        assert!(self.session.is_idle());
    }

    fn exchange(&mut self, up: &[u8], down: &[u8]) {
        self.out.to_server.clear();
        self.out.to_client.clear();
        self.client.extend(up);
        self.session.client_bytes(&mut self.client, &mut self.out).expect("a client that keeps the rules");
        self.server.extend(down);
        self.session.server_bytes(&mut self.server, &mut self.out).expect("a server that keeps the rules");
        black_box(&self.out);
    }
}

fn one_row() -> Vec<u8> {
    rows(&[("abalance", 0, 0, 23)])
}

/// Two sealed constants a row.
fn insert() -> String {
    let row = |i: usize| format!("({i}, 'someone{i}@example.com', 'Someone', NULL)");
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    format!("INSERT INTO customers (id, email, name, notes) VALUES {}", rows.join(", "))
}

/// Four columns in text format.
const COPY_COLUMNS: [u8; 11] = [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0];
/// The second and third column are protected, deterministic and randomized.
const COPY_IN: &str = "COPY customers (id, email, name, notes) FROM STDIN";
const COPY_OUT: &str = "COPY customers (id, email, name, notes) TO STDOUT";

fn copied_in() -> Vec<u8> {
    let line = |i: usize| format!("{i}\tsomeone{i}@example.com\tSomeone Of The {i}th\tAmsterdam\n");
    let lines: String = (0..ROWS).map(line).collect();
    [copy_data(&lines), copy_done()].concat()
}

/// A message for each row, as the server sends them.
fn copied_out(epoch: &Epoch) -> Vec<u8> {
    let (email, name) = (sealed(epoch, "email", EMAIL), sealed(epoch, "name", "Someone Of The 4711th"));
    let line = copy_data(&format!("4711\t{email}\t{name}\tAmsterdam\n"));
    let answer = [frame(b'H', &COPY_COLUMNS), line.repeat(ROWS), copy_done(), complete("COPY 1000")];
    [answer.concat(), ready('I')].concat()
}

/// A value of customers, as it is stored.
fn sealed(epoch: &Epoch, column: &str, value: &str) -> String {
    let mut desk = Desk::from_os(TextSettings::default()).expect("randomness");
    let id = epoch.policy.ids().find(|(_, c)| c.relation.name == "customers" && c.column == column);
    let column: ColumnId = id.expect("a protected column").0;
    let mut sealed = Vec::new();
    epoch
        .protector
        .seal_field(column, Format::Text, value.as_bytes(), &mut desk, &mut sealed)
        .expect("a cell");
    String::from_utf8(sealed).expect("armour")
}

/// A look-up's result: the description, and `count` rows with a sealed column each.
fn customers(epoch: &Epoch, count: usize) -> (Vec<u8>, Vec<u8>) {
    let sealed = sealed(epoch, "email", EMAIL);
    let row = row(&[Some("4711"), Some(&sealed), Some("a note of some words")]);
    let columns = [("id", 1000, 1, 23), ("email", 1000, 2, 25), ("notes", 1000, 14, 25)];
    (rows(&columns), row.repeat(count))
}
