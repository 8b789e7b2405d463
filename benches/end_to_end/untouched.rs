//! Traffic in which nothing is protected: what a relay costs, with and without a policy, with and
//! without TLS.

use std::path::Path;

use crate::Plan;
use crate::bulk;
use crate::group::{Cell, Group, Target};
use crate::pgbench::{self, Load, Mode, Script};
use crate::targets::{Place, Targets};

/// Everything that stands before the server.
const ALL: &[&str] = &["direct", "haproxy", "pgbouncer", "pgveil", "pgveil, policy"];
/// Ten look-ups sent at a stroke.
const PIPELINE: &str = "\\set a random(1, 100000)\n\\startpipeline\n\
    SELECT abalance FROM pgbench_accounts WHERE aid = :a;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a + 1;\n\
    SELECT abalance FROM pgbench_accounts WHERE aid = :a + 2;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a + 3;\n\
    SELECT abalance FROM pgbench_accounts WHERE aid = :a + 4;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a + 5;\n\
    SELECT abalance FROM pgbench_accounts WHERE aid = :a + 6;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a + 7;\n\
    SELECT abalance FROM pgbench_accounts WHERE aid = :a + 8;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a + 9;\n\
    \\endpipeline\n";
/// Rows of one INSERT.
const INSERTED: u64 = 1000;

/// One pgbench load at each of the places.
pub fn pgbench_cell<'a>(
    targets: &'a Targets,
    name: impl Into<String>,
    places: Vec<Place>,
    load: &Load,
) -> Cell<'a> {
    let one = |place: Place| {
        let (load, program) = (load.clone(), targets.program("pgbench"));
        Target::new(place.name, move || pgbench::run(&program, targets.scratch(), &place, &load))
    };
    Cell { name: name.into(), targets: places.into_iter().map(one).collect() }
}

/// `pgbench -S`, TPC-B, pipelines.
pub fn transactions<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    let places = || targets.places(ALL, "disable");
    let mut cells = Vec::new();
    let lines: &[(Mode, u32)] = match plan.fast {
        true => &[(Mode::Prepared, 1), (Mode::Prepared, 8), (Mode::Extended, 8), (Mode::Simple, 8)],
        false => &[
            (Mode::Prepared, 1),
            (Mode::Prepared, 8),
            (Mode::Prepared, 32),
            (Mode::Extended, 1),
            (Mode::Extended, 8),
            (Mode::Extended, 32),
            (Mode::Simple, 1),
            (Mode::Simple, 8),
            (Mode::Simple, 32),
        ],
    };
    for (mode, clients) in lines {
        let load = Load::new(Script::SelectOnly, *mode, *clients, plan.seconds);
        let s = if *clients == 1 { "" } else { "s" };
        let name = format!("-S {}, {clients} client{s}", mode.name());
        cells.push(pgbench_cell(targets, name, places(), &load));
    }
    let load = Load::new(Script::TpcB, Mode::Prepared, 8, plan.seconds);
    cells.push(pgbench_cell(targets, "TPC-B prepared, 8 clients", places(), &load));
    let script = own(targets, "pipeline", PIPELINE);
    let load = Load::new(script, Mode::Prepared, 8, plan.seconds);
    cells.push(pgbench_cell(targets, "pipelines of 10, prepared, 8 clients", places(), &load));
    Group { title: "Untouched traffic", unit: "tps", against: &["direct", "pgbouncer"], cells }
}

/// A script of ours.
pub fn own(targets: &Targets, name: &str, text: &str) -> Script {
    Script::Own(targets.write(&format!("{name}.sql"), text, 0o644), Vec::new())
}

/// Much data at a time.
pub fn data<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    targets.on_host(
        "bench",
        "CREATE TABLE copied (LIKE pgbench_accounts); CREATE TABLE inserted (id int, name text, note text)",
    );
    let rows = plan.rows / 2;
    let lines: Vec<u8> = (0..rows).flat_map(|i| format!("{i}\t1\t0\t{:84}\n", "").into_bytes()).collect();
    let statements: Vec<String> = (0..plan.rows / INSERTED / 10)
        .map(|n| {
            let row = |i: u64| format!("({i}, 'someone{i}@example.com', 'a note of some words')");
            let rows: Vec<String> = (n * INSERTED..(n + 1) * INSERTED).map(row).collect();
            format!("INSERT INTO inserted (id, name, note) VALUES {}", rows.join(", "))
        })
        .collect();
    let places = || targets.places(ALL, "disable");
    let select = format!("SELECT aid, bid, abalance, filler FROM pgbench_accounts LIMIT {}", plan.rows);
    let copy = format!("COPY (SELECT * FROM pgbench_accounts LIMIT {}) TO STDOUT", plan.rows);
    let read = |name: &str, sql: &str| Cell {
        name: name.into(),
        targets: places()
            .into_iter()
            .map(|place| {
                let sql = sql.to_owned();
                Target::new(place.name, move || bulk::read_all(&place, &sql))
            })
            .collect(),
    };
    let copied = |place: Place| {
        let lines = lines.clone();
        Target::new(place.name, move || {
            bulk::copy_in(&place, "copied", "aid, bid, abalance, filler", &lines, rows)
        })
    };
    let inserted = |place: Place| {
        let statements = statements.clone();
        Target::new(place.name, move || bulk::insert_many(&place, &statements, INSERTED))
    };
    let cells = vec![
        read("SELECT of 1,000,000 rows", &select),
        read("COPY out of 1,000,000 rows", &copy),
        Cell { name: "COPY in of 500,000 rows".into(), targets: places().into_iter().map(copied).collect() },
        Cell {
            name: "INSERT of 1,000 rows a statement".into(),
            targets: places().into_iter().map(inserted).collect(),
        },
    ];
    Group { title: "Untouched data in bulk", unit: "rows/s", against: &["direct", "pgbouncer"], cells }
}

/// TLS on the client's leg, and on both.
pub fn tls<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    let load = Load::new(Script::SelectOnly, Mode::Prepared, 8, plan.seconds);
    let one = targets.places(&["direct", "pgbouncer", "pgveil"], "require");
    let both = targets.places(&["direct", "pgbouncer, TLS on", "pgveil, TLS on"], "require");
    let named = |places: Vec<Place>| {
        let plain = |place: Place| match place.name {
            "pgbouncer, TLS on" => Place { name: "pgbouncer", ..place },
            "pgveil, TLS on" => Place { name: "pgveil", ..place },
            _ => place,
        };
        places.into_iter().map(plain).collect::<Vec<_>>()
    };
    let cells = vec![
        pgbench_cell(targets, "-S prepared, 8 clients, TLS to the client", one, &load),
        pgbench_cell(targets, "-S prepared, 8 clients, TLS on both legs", named(both), &load),
    ];
    Group { title: "TLS", unit: "tps", against: &["direct", "pgbouncer"], cells }
}

/// Where a script lies, for other groups.
pub fn script(path: &Path, variables: Vec<(&'static str, String)>) -> Script {
    Script::Own(path.to_path_buf(), variables)
}
