//! What is remembered of a text never changes what becomes of it: each text is judged where nothing is known yet,
//! and where every text has been judged in every other session, and the two must say the same.

use std::sync::Arc;

use pgveil::session::epoch::Epoch;
use pgveil::session::judge::{Event, Held, Judge, Judged, Known, Planned, QueryVerdict, Text, Treatment};
use pgveil::session::names::Names;
use pgveil::session::tally::Tally;
use pgveil::wire::from_server::Status;

use super::epochs::{epoch, watch};

/// Nothing was prepared by the protocol.
pub struct Quiet;

impl Known for Quiet {
    fn held(&self, _: &[u8]) -> Option<Held<'_>> {
        None
    }

    fn status(&self) -> Status {
        Status::Idle
    }

    fn settled(&self) -> bool {
        true
    }

    fn prepared(&self, _: &[u8]) -> Option<&Planned> {
        None
    }

    fn portal(&self, _: &[u8]) -> Option<&Planned> {
        None
    }
}

impl Names for Quiet {
    fn forget_statement(&mut self, _: &[u8]) {}
    fn forget_statements(&mut self) {}
    fn forget_portal(&mut self, _: &[u8]) {}
    fn forget_portals(&mut self) {}
}

/// What a client has done before.
const BEFORE: &[&[&str]] = &[
    &[],
    &["SET search_path TO archive, public"],
    &["SET search_path TO sales, crm"],
    &["SET standard_conforming_strings TO off"],
    &["SET client_encoding TO 'LATIN1'"],
    &["SET search_path TO archive, public", "SET client_encoding TO 'LATIN1'"],
    &["CREATE TEMP TABLE notes (LIKE customers)"],
    &["CREATE TEMP TABLE later AS SELECT email, name FROM customers"],
    &["PREPARE p AS SELECT email FROM customers WHERE email = $1"],
    &["PREPARE p AS SELECT id FROM notes"],
    &["DECLARE c CURSOR WITH HOLD FOR SELECT email FROM customers"],
    &["DECLARE c CURSOR WITH HOLD FOR SELECT id FROM notes"],
    &["BEGIN", "SAVEPOINT s"],
];

const TEXTS: &[&str] = &[
    "SELECT 1",
    "SELECT * FROM notes",
    "SELECT email FROM notes",
    "SELECT * FROM later",
    "SELECT * FROM accounts",
    "SELECT id FROM countries WHERE 'x' = 'y'",
    "SELECT * FROM customers",
    "SELECT id FROM customers WHERE email = 'ada@example.org'",
    "SELECT id FROM customers WHERE email = 'bob@example.org'",
    "SELECT id FROM customers WHERE email = E'ada\\'s'",
    "SELECT id FROM customers WHERE email = 'a' 'b'",
    "SELECT id FROM customers WHERE notes = 'it\\'",
    "SELECT 'é漢', id, nobody FROM customers ORDER BY email",
    "SELECT id FROM customers /* é */ ORDER BY email",
    "SELECT id FROM customers -- ada\n WHERE email = 'ada'",
    "INSERT INTO customers (id, email) VALUES (1, 'ada'), (2, NULL)",
    "INSERT INTO notes VALUES (1, 'ada')",
    "UPDATE customers SET level = 7 WHERE id = 1",
    "UPDATE customers SET level = -7, active = TRUE WHERE id = 1",
    "COPY customers (id, email) FROM STDIN",
    "COPY customers (id, email) TO STDOUT",
    "COPY countries FROM STDIN",
    "EXECUTE p('ada')",
    "FETCH ALL FROM c",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT t",
    "SET TimeZone TO 'Europe/Rome'",
    "SET TimeZone TO 'Asia/Tokyo'",
    "SET LOCAL DateStyle TO 'German'",
    "SELECT set_config('search_path', 'archive', false)",
    "DEALLOCATE p",
    "CLOSE c",
    "DROP TABLE IF EXISTS later",
    "SELECT 1; SELECT email FROM customers WHERE email = 'ada'; SELECT 2",
    "SELECT 1; SELECT id FROM customers ORDER BY email; SELECT 2",
    "SELECT id FROM customers WHERE email = $1",
    "INSERT INTO orders (id, card) VALUES ($1, $2)",
    "SELECT id FROM customers WHERE email = 'unterminated",
    "START_REPLICATION SLOT s LOGICAL 0/1",
    "",
];

/// Without what is random in it.
fn settled(sent: &[u8]) -> String {
    let text = String::from_utf8_lossy(sent);
    let mut pieces = text.split("pgV1:");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + "<sealed>" + piece.split_once('.').map_or(piece, |(_, rest)| rest))
}

pub fn tell(judge: &mut dyn Judge, text: &str) {
    let mut sent = Vec::new();
    if let QueryVerdict::Statements { statements, .. } = judge.query(text.as_bytes(), &Quiet, &mut sent) {
        for judged in statements {
            assert!(!matches!(judged.treatment, Treatment::Refuse(_)), "{text}");
            let tag = text.split(' ').next().unwrap_or_default().as_bytes();
            if let Some(effect) = judged.effect {
                judge.event(Event::Completed { effect, tag }, &mut Quiet).unwrap();
            }
        }
    }
    let status =
        if text == "BEGIN" || text.starts_with("SAVEPOINT") { Status::InTransaction } else { Status::Idle };
    judge.event(Event::Ready(status), &mut Quiet).unwrap();
}

/// Verdicts of one session on one text, by the simple protocol and by the other.
fn said(epoch: &Arc<Epoch>, before: &[&str], text: &str) -> [String; 2] {
    let session = || {
        let mut judge = watch(epoch);
        before.iter().for_each(|text| tell(&mut *judge, text));
        judge
    };
    let (mut query, mut parse) = (Vec::new(), Vec::new());
    let one = session().query(text.as_bytes(), &Quiet, &mut query);
    let other = session().parse(text.as_bytes(), &[], &Quiet, &mut parse);
    [format!("{one:?} {}", settled(&query)), format!("{other:?} {}", settled(&parse))]
}

#[test]
fn a_text_is_judged_as_if_it_were_the_first() {
    let warm = epoch();
    let mut differ = Vec::new();
    for turn in 0..2 {
        for text in TEXTS {
            for before in BEFORE {
                let said = [said(&warm, before, text), said(&epoch(), before, text)];
                if said[0] != said[1] {
                    differ.push(format!("turn {turn}, after {before:?}: {text}\n{said:#?}"));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} differ: {}", differ.len(), differ[0]);
    assert!(warm.plans.len() > 10, "some are remembered");
}

fn counted(epoch: &Arc<Epoch>, text: &str) -> (u64, u64) {
    let (mut judge, mut tally) = (watch(epoch), Tally::default());
    judge.parse(text.as_bytes(), &[], &Quiet, &mut Vec::new());
    judge.count(&mut tally);
    (tally.known, tally.analysed)
}

#[test]
fn what_depends_on_its_shape_alone_is_analysed_once() {
    let epoch = epoch();
    for (text, again) in [
        ("SELECT id FROM customers WHERE email = $1", true),
        ("SELECT id FROM customers WHERE email = 'ada'", true),
        ("SELECT 1", true),
        ("BEGIN", true),
        ("COMMIT", true),
        ("SET TimeZone TO 'Europe/Rome'", false),
        ("SELECT id FROM customers ORDER BY email", false),
        ("PREPARE p AS SELECT id FROM customers", false),
    ] {
        assert_eq!(counted(&epoch, text), (0, 1), "{text}");
        assert_eq!(counted(&epoch, text), if again { (1, 0) } else { (0, 1) }, "{text}");
    }
    assert_eq!(counted(&epoch, "SELECT id FROM customers WHERE email = 'bob'"), (1, 0), "another constant");
}

fn statements(text: &str) -> Vec<Judged> {
    let mut sent = Vec::new();
    match watch(&epoch()).query(text.as_bytes(), &Quiet, &mut sent) {
        QueryVerdict::Statements { statements, .. } => statements,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn what_changes_what_follows_is_answered_before_it() {
    let settles = |text: &str| statements(text).iter().map(|judged| judged.settles).collect::<Vec<_>>();
    for (text, expected) in [
        ("BEGIN", false),
        ("SAVEPOINT s", false),
        ("RELEASE s", false),
        ("COMMIT", true),
        ("ROLLBACK TO s", true),
        ("SET search_path TO archive", true),
        ("RESET ALL", true),
        ("PREPARE p AS SELECT email FROM customers", true),
        ("DECLARE c CURSOR FOR SELECT email FROM customers", true),
        ("CREATE TEMP TABLE t AS SELECT email FROM customers", true),
        ("DROP TABLE later", true),
        ("SELECT email FROM customers", false),
    ] {
        assert_eq!(settles(text), [expected], "{text}");
    }
}

#[test]
fn a_refusal_stands_at_its_character_in_the_clients_text() {
    for (text, at) in [
        ("SELECT id FROM customers ORDER BY email", "email"),
        ("SELECT 'é漢', id FROM customers ORDER BY email", "email"),
        ("SELECT 1; SELECT '漢'; SELECT id FROM customers ORDER BY email", "email"),
        ("UPDATE customers SET level = 'é' || 'x', hired = 'never' WHERE id = 1", "'é'"),
        ("UPDATE customers SET notes = 'é', hired = 'never' WHERE id = 1", "'never'"),
    ] {
        let (mut judge, mut sent) = (watch(&epoch()), Vec::new());
        let reports: Vec<_> = match judge.query(text.as_bytes(), &Quiet, &mut sent) {
            QueryVerdict::Refuse(report) => vec![report],
            QueryVerdict::Statements { statements, text: Text::Rewritten, .. } => {
                let refused = |judged: Judged| match judged.treatment {
                    Treatment::Refuse(report) => Some(report),
                    Treatment::Clear(_) | Treatment::Plan(_) => None,
                };
                statements.into_iter().filter_map(refused).collect()
            }
            other => panic!("{text}: {other:?}"),
        };
        let before = &text[..text.rfind(at).unwrap()];
        assert_eq!(reports[0].position, Some(before.chars().count() as u32 + 1), "{text}: {:?}", reports[0]);
    }
}

#[test]
fn the_server_may_ask_for_data_where_the_text_says_so() {
    let takes = |text: &str| {
        let mut sent = Vec::new();
        match watch(&epoch()).query(text.as_bytes(), &Quiet, &mut sent) {
            QueryVerdict::Clear { takes_data, .. } => takes_data,
            QueryVerdict::Statements { statements, .. } => statements.iter().any(|judged| judged.takes_data),
            QueryVerdict::Refuse(report) => panic!("{text}: {report:?}"),
        }
    };
    for (text, expected) in [
        ("COPY countries FROM STDIN", true),
        ("COPY customers (id, email) FROM STDIN", true),
        ("COPY customers (id, email) TO STDOUT", false),
        ("START_REPLICATION SLOT s LOGICAL 0/1A2B3C", true),
        ("UPLOAD_MANIFEST", true),
        ("SELECT 'copy'", false),
        ("SELECT copied, start_replicating FROM countries", false),
        ("SELECT email FROM customers", false),
    ] {
        assert_eq!(takes(text), expected, "{text}");
    }
}
