//! What happens as work grows: shapes of statements, columns, bytes of a value, tables.

use std::time::Instant;

use crate::bulk::{Drain, connect, timed};
use crate::group::{Cell, Group, Target};
use crate::measure::Sample;
use crate::targets::{Place, Targets, Upstream};
use crate::{KEYS, RELAY};

/// More than the cache of verdicts holds.
const SHAPES: u64 = 100_000;
/// Statements of one measurement.
const STATEMENTS: u64 = 10_000;
/// PostgreSQL's limit.
const COLUMNS: usize = 1600;
const WIDE_ROWS: u64 = 2_000;
/// Bytes of a value, and how many are sent.
const VALUES: &[(usize, u64)] =
    &[(1, 2_000), (1_000, 2_000), (64_000, 200), (1_000_000, 20), (16_000_000, 3)];
/// In the database with the large catalog, and how many of them are protected.
const TABLES: u64 = 10_000;
const PROTECTED_TABLES: u64 = 100;

/// The tagged columns, as `[[column]]` tables.
pub fn policy() -> String {
    let column = |name: &str| format!("[[column]]\nname = \"public.{name}\"\nphase = \"encrypted\"\n");
    [column("wide.c1"), column("wide.c2"), column("large.c1")].concat()
}

/// Makes the tables; to be called before the policy is applied.
pub fn create(targets: &Targets) {
    let columns: Vec<String> = (1..=COLUMNS).map(|n| format!("c{n} text")).collect();
    for table in ["wide", "wide_plain"] {
        targets.on_host("bench", &format!("CREATE TABLE {table} ({})", columns.join(", ")));
    }
    for table in ["large", "large_plain"] {
        targets.on_host("bench", &format!("CREATE TABLE {table} (id int, c1 text)"));
    }
}

fn turns<'a>(
    lines: Vec<(Place, &'static str, String)>,
    turn: impl Fn(&Place, &str) -> Sample + Clone + 'a,
) -> Vec<Target<'a>> {
    let one = |(place, name, what): (Place, &'static str, String)| {
        let (turn, place) = (turn.clone(), Place { name, ..place });
        Target::new(name, move || turn(&place, &what))
    };
    lines.into_iter().map(one).collect()
}

/// All that grows inside one database.
pub fn cells(targets: &Targets) -> Group<'_> {
    let (proxy, direct) = (targets.place("pgveil, policy").expect("pgveil"), targets.direct());
    let beside = |plain: &str, protected: &str| {
        vec![
            (direct.clone(), "direct, plain", plain.to_owned()),
            (proxy.clone(), "pgveil, untouched", plain.to_owned()),
            (proxy.clone(), "pgveil", protected.to_owned()),
        ]
    };
    let mut cells = Vec::new();
    for (name, shapes) in [("10 shapes", 10), ("10,000 shapes", 10_000), ("100,000 shapes", SHAPES)] {
        let targets = turns(beside("p0", "p1"), move |place, table| statements(place, table, shapes));
        cells.push(Cell { name: format!("look-ups of {name}, one client"), targets });
    }
    fill_wide(&direct, "wide_plain");
    fill_wide(&proxy, "wide");
    let read = |place: &Place, table: &str| {
        let mut drain = Drain::new(connect(place));
        timed(place, || {
            drain.query(&format!("SELECT * FROM {table}"));
            drain.until(b"Z", |_| {})
        })
    };
    let name = format!("rows of {COLUMNS} columns, 2 protected");
    cells.push(Cell { name, targets: turns(beside("wide_plain", "wide"), read) });
    for (bytes, count) in VALUES {
        let targets =
            turns(beside("large_plain", "large"), move |place, table| values(place, table, *bytes, *count));
        cells.push(Cell { name: format!("values of {bytes} bytes, in and out"), targets });
    }
    Group { title: "Growth", unit: "per second", against: &["direct, plain", "pgveil, untouched"], cells }
}

/// Look-ups with a constant, of as many shapes, taking turns.
fn statements(place: &Place, table: &str, shapes: u64) -> Sample {
    let mut drain = Drain::new(connect(place));
    let mut send = |shape: u64| {
        drain.query(&format!("SELECT id, c2 AS n{shape} FROM {table} WHERE c1 = '1000000000000000001'"));
        drain.until(b"Z", |_| {});
    };
    // Each of the last statements is of a shape that came `shapes` statements before.
    let known = shapes.min(STATEMENTS);
    (0..shapes).for_each(&mut send);
    timed(place, || {
        (0..STATEMENTS).for_each(|n| send(shapes - known + n % known));
        STATEMENTS
    })
}

fn fill_wide(place: &Place, table: &str) {
    // One byte each: a row of PostgreSQL must fit a page, and small values are not moved out of it.
    let line = ["x"; COLUMNS].join("\t") + "\n";
    let names: Vec<String> = (1..=COLUMNS).map(|n| format!("c{n}")).collect();
    let lines = line.repeat(WIDE_ROWS as usize);
    crate::bulk::copy_in(place, table, &names.join(", "), lines.as_bytes(), WIDE_ROWS);
}

/// Each value goes in by an INSERT and comes back by a SELECT.
fn values(place: &Place, table: &str, bytes: usize, count: u64) -> Sample {
    let mut drain = Drain::new(connect(place));
    let value = "x".repeat(bytes);
    drain.query(&format!("TRUNCATE {table}"));
    drain.until(b"Z", |_| {});
    timed(place, || {
        for _ in 0..count {
            drain.query(&format!("INSERT INTO {table} (id, c1) VALUES (1, '{value}')"));
            drain.until(b"Z", |_| {});
        }
        drain.query(&format!("SELECT c1 FROM {table}"));
        drain.until(b"Z", |_| {});
        count
    })
}

/// Seconds from the start of `serve` to its first connection, before a database of many tables.
pub fn start_up(targets: &mut Targets) -> f64 {
    targets.on_host("postgres", "CREATE DATABASE many");
    let make = format!(
        "DO $$ BEGIN FOR i IN 1..{TABLES} LOOP \
         EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, c1 text, c2 text, made timestamptz)', i); \
         IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END $$"
    );
    targets.on_host("many", &make);
    let column = |n: u64| format!("[[column]]\nname = \"public.t{n}.c1\"\nphase = \"encrypted\"\n");
    let columns: String = (1..=PROTECTED_TABLES).map(column).collect();
    let upstream = Upstream { port: targets.server_port(), sslmode: "disable", auth: RELAY };
    let verbs: [&[&str]; 3] = [&["keys", "new"], &["policy", "accept"], &["apply"]];
    targets.prepare_pgveil("pgveil, many tables", &upstream, &format!("{KEYS}{columns}"), &verbs, "many");
    let started = Instant::now();
    targets.serve("pgveil, many tables");
    let seconds = started.elapsed().as_secs_f64();
    targets.stop("pgveil, many tables");
    seconds
}
