//! Traffic with protected columns, beside the same statements on tables in which nothing is tagged,
//! and beside what people use otherwise: pgcrypto in SQL, and a cipher in the application.

use crate::application::{self, Application};
use crate::bulk;
use crate::group::{Cell, Group, Target};
use crate::measure::Sample;
use crate::pgbench::{Load, Mode, Script};
use crate::targets::{Place, Targets};
use crate::untouched::script;
use crate::{Plan, pgbench};

/// Rows of the tables that are read one by one.
const POINTS: u64 = 100_000;
/// Added to a row's number, it is the value of its first column: nineteen digits.
const OFFSET: u64 = 1_000_000_000_000_000_000;
/// An armour of a value of 19 bytes has this length.
const ARMOUR: usize = 93;
/// Rows of the alternatives that decrypt in SQL: they are slow.
const SLOW_ROWS: u64 = 4_000;
const PGCRYPTO_KEY: &str = "0123456789abcdef";

/// Tables and how many of their columns are protected, the first of them deterministic.
const TAGGED: &[(&str, usize)] =
    &[("p1", 1), ("p2", 2), ("p5", 5), ("history2", 1), ("added", 3), ("people", 2), ("people_in", 2)];

/// The tagged columns of the tables, as `[[column]]` tables.
pub fn policy() -> String {
    let column = |table: &str, number: usize| {
        let mode = if number == 1 { "deterministic" } else { "randomized" };
        format!("[[column]]\nname = \"public.{table}.c{number}\"\nphase = \"encrypted\"\nmode = \"{mode}\"\n")
    };
    let of = |(table, count): &(&str, usize)| (1..=*count).map(|n| column(table, n)).collect::<String>();
    TAGGED.iter().map(of).collect()
}

/// Makes the tables; to be called before the policy is applied.
pub fn create(targets: &Targets) {
    let mut sql = String::from("CREATE EXTENSION IF NOT EXISTS pgcrypto;");
    for table in ["p0", "p1", "p2", "p5"] {
        sql += &format!(
            "CREATE TABLE {table} (id int PRIMARY KEY, c1 text, c2 text, c3 text, c4 text, c5 text, balance int);\
             CREATE INDEX ON {table} (c1);"
        );
    }
    for table in ["people", "people_plain", "people_in", "people_in_plain"] {
        sql += &format!("CREATE TABLE {table} (id int, c1 text, c2 text, city text, balance int);");
    }
    for table in ["added", "added_plain"] {
        sql += &format!("CREATE TABLE {table} (id int, c1 text, c2 text, c3 text);");
    }
    for table in ["history0", "history2"] {
        sql += &format!(
            "CREATE TABLE {table} (tid int, aid int, delta int, c1 text, at timestamptz DEFAULT now());"
        );
    }
    sql += "CREATE TABLE added_pgcrypto (id int, c1 bytea, c2 bytea, c3 bytea)";
    targets.on_host("bench", &sql);
}

/// `id, c1, c2, city, balance` as COPY reads them.
fn people(rows: u64) -> Vec<u8> {
    let line =
        |i: u64| format!("{i}\tsomeone{i}@example.com\tSomeone Of The {i}th\tAmsterdam\t{}\n", i % 1000);
    (0..rows).flat_map(|i| line(i).into_bytes()).collect()
}

/// Fills the tables, the protected ones through the proxy.
pub fn fill(targets: &Targets, plan: &Plan) {
    let proxy = targets.place("pgveil, policy").expect("pgveil");
    let line = |i: u64| {
        format!(
            "{i}\t{}\tSomeone Of The {i}th\tStreet {i}\tCity {i}\tNote {i} of some words\t0\n",
            OFFSET + i
        )
    };
    let lines: Vec<u8> = (1..=POINTS).flat_map(|i| line(i).into_bytes()).collect();
    for table in ["p0", "p1", "p2", "p5"] {
        bulk::copy_in(&proxy, table, "id, c1, c2, c3, c4, c5, balance", &lines, POINTS);
    }
    let lines = people(plan.rows);
    bulk::copy_in(&targets.direct(), "people_plain", "id, c1, c2, city, balance", &lines, plan.rows);
    bulk::copy_in(&proxy, "people", "id, c1, c2, city, balance", &lines, plan.rows);
    let encrypt = |what: &str, table: &str, limit: u64| {
        let value = |column: &str| match what {
            "raw" => format!("encrypt({column}::bytea, '{PGCRYPTO_KEY}', 'aes') AS {column}"),
            _ => format!("pgp_sym_encrypt({column}, '{PGCRYPTO_KEY}') AS {column}"),
        };
        format!(
            "CREATE TABLE {table} AS SELECT id, {}, {}, city, balance FROM people_plain ORDER BY id LIMIT {limit};\
             CREATE INDEX ON {table} (id);",
            value("c1"),
            value("c2")
        )
    };
    let raw = (plan.rows / 5).max(SLOW_ROWS);
    targets.on_host("bench", &(encrypt("pgp", "people_pgp", SLOW_ROWS) + &encrypt("raw", "people_raw", raw)));
    application::seal_table(&targets.direct(), "people_plain", "people_application", plan.rows / 5);
    targets.on_host("bench", "VACUUM ANALYZE");
}

/// Small statements.
pub fn transactions<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    let (proxy, direct) = (targets.place("pgveil, policy").expect("pgveil"), targets.direct());
    let untouched = Place { name: "pgveil, untouched", ..proxy.clone() };
    let work = |name: &str, text: &str| {
        let path = targets.write(&format!("{name}.sql"), text, 0o644);
        script(&path, Vec::new())
    };
    let load = |script: Script, mode| Load::new(script, mode, 8, plan.seconds);
    let read = |table: &str, columns: &str| {
        let sql = format!("\\set id random(1, {POINTS})\nSELECT {columns} FROM {table} WHERE id = :id;\n");
        work(&format!("read-{table}"), &sql)
    };
    let of = |lines: Vec<(Place, &'static str, Load)>| -> Vec<Target<'a>> {
        lines.into_iter().map(|(place, name, load)| turn(targets, Place { name, ..place }, load)).collect()
    };
    let mut cells = Vec::new();
    let counts: &[(&str, usize)] =
        if plan.fast { &[("p1", 1)] } else { &[("p0", 0), ("p1", 1), ("p2", 2), ("p5", 5)] };
    for (table, count) in counts {
        let mut lines = vec![
            (direct.clone(), "direct, plain", load(read("p0", "id, c1, c2, c3, c4, c5"), Mode::Prepared)),
            (proxy.clone(), "pgveil, untouched", load(read("p0", "id, c1, c2, c3, c4, c5"), Mode::Prepared)),
            (proxy.clone(), "pgveil", load(read(table, "id, c1, c2, c3, c4, c5"), Mode::Prepared)),
        ];
        if *count == 2 {
            let sql = |f: &str| format!("id, {f} AS c1, {} AS c2", f.replace("c1", "c2"));
            let limit = |name: &str, table: &str, columns: &str, rows: u64| {
                let sql = format!(
                    "\\set id random(0, {})\nSELECT {columns} FROM {table} WHERE id = :id;\n",
                    rows - 1
                );
                load(work(name, &sql), Mode::Prepared)
            };
            let pgp = sql(&format!("pgp_sym_decrypt(c1, '{PGCRYPTO_KEY}')"));
            let raw = sql(&format!("convert_from(decrypt(c1, '{PGCRYPTO_KEY}', 'aes'), 'UTF8')"));
            lines.push((direct.clone(), "pgp_sym_decrypt", limit("read-pgp", "people_pgp", &pgp, SLOW_ROWS)));
            lines.push((direct.clone(), "decrypt", limit("read-raw", "people_raw", &raw, SLOW_ROWS)));
        }
        cells.push(Cell { name: format!("read by key, {count} protected"), targets: of(lines) });
    }
    let look_up = |table: &str, value: &str| {
        let (first, last) = (OFFSET + 1, OFFSET + POINTS);
        let sql =
            format!("\\set e random({first}, {last})\nSELECT id, c2 FROM {table} WHERE c1 = {value};\n");
        work(&format!("look-up-{table}-{}", value.len()), &sql)
    };
    for (name, value, mode) in [("prepared", ":e", Mode::Prepared), ("literals", "':e'", Mode::Simple)] {
        let lines = vec![
            (direct.clone(), "direct, plain", load(look_up("p0", value), mode)),
            (proxy.clone(), "pgveil, untouched", load(look_up("p0", value), mode)),
            (proxy.clone(), "pgveil", load(look_up("p1", value), mode)),
        ];
        cells.push(Cell { name: format!("looked up by equality, {name}"), targets: of(lines) });
    }
    cells.push(Cell { name: "insert, 3 protected, prepared".into(), targets: of(inserts(targets, plan)) });
    let tpcb = |accounts: &str, history: &str| {
        let sql = format!(
            "\\set id random(1, {POINTS})\n\\set tid random(1, 100)\n\\set delta random(-5000, 5000)\n\
             \\set m random({OFFSET}, {})\nBEGIN;\n\
             UPDATE {accounts} SET balance = balance + :delta, c2 = :m WHERE id = :id;\n\
             SELECT balance, c1, c2 FROM {accounts} WHERE id = :id;\n\
             UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;\n\
             INSERT INTO {history} (tid, aid, delta, c1) VALUES (:tid, :id, :delta, :m);\nEND;\n",
            OFFSET + POINTS
        );
        load(work(&format!("tpcb-{accounts}"), &sql), Mode::Prepared)
    };
    let lines = vec![
        (direct, "direct, plain", tpcb("p0", "history0")),
        (untouched, "pgveil, untouched", tpcb("p0", "history0")),
        (proxy, "pgveil", tpcb("p2", "history2")),
    ];
    cells.push(Cell { name: "TPC-B-like, 3 protected, prepared".into(), targets: of(lines) });
    Group { title: "Protected columns", unit: "tps", against: &["direct, plain", "pgveil, untouched"], cells }
}

fn turn<'a>(targets: &'a Targets, place: Place, load: Load) -> Target<'a> {
    let program = targets.program("pgbench");
    Target::new(place.name, move || pgbench::run(&program, targets.scratch(), &place, &load))
}

/// The same three values: in the clear, as an application's own ciphertext, sealed by us, by pgcrypto.
fn inserts(targets: &Targets, plan: &Plan) -> Vec<(Place, &'static str, Load)> {
    let (proxy, direct) = (targets.place("pgveil, policy").expect("pgveil"), targets.direct());
    let sql = |table: &str, wrap: &str| {
        let value = |name: &str| wrap.replace('?', name);
        format!(
            "\\set id random(1, 1000000)\nINSERT INTO {table} (id, c1, c2, c3) VALUES (:id, {}, {}, {});\n",
            value(":a"),
            value(":b"),
            value(":c")
        )
    };
    let load = |name: &str, table: &str, wrap: &str, length: usize| {
        let path = targets.write(&format!("insert-{name}.sql"), &sql(table, wrap), 0o644);
        let value = |letter: char| letter.to_string().repeat(length);
        let variables = vec![("a", value('a')), ("b", value('b')), ("c", value('c'))];
        Load::new(script(&path, variables), Mode::Prepared, 8, plan.seconds)
    };
    let pgp = format!("pgp_sym_encrypt(?::text, '{PGCRYPTO_KEY}')");
    let raw = format!("encrypt(?::text::bytea, '{PGCRYPTO_KEY}', 'aes')");
    vec![
        (direct.clone(), "direct, plain", load("plain", "added_plain", "?", 19)),
        (proxy.clone(), "pgveil, untouched", load("ciphertext", "added_plain", "?", ARMOUR)),
        (proxy, "pgveil", load("protected", "added", "?", 19)),
        (direct.clone(), "pgp_sym_encrypt", load("pgp", "added_pgcrypto", &pgp, 19)),
        (direct, "encrypt", load("raw", "added_pgcrypto", &raw, 19)),
    ]
}

/// Results, COPY and statements with many rows.
pub fn data<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    let (proxy, direct) = (targets.place("pgveil, policy").expect("pgveil"), targets.direct());
    let at = |place: &Place, name: &'static str, work: Box<dyn Fn(&Place) -> Sample + 'a>| {
        let place = Place { name, ..place.clone() };
        Target::new(name, move || work(&place))
    };
    let read = |place: &Place, name, sql: String| {
        at(place, name, Box::new(move |place| bulk::read_all(place, &sql)))
    };
    let all = |table: &str| format!("SELECT id, c1, c2, city, balance FROM {table}");
    let decrypted = |table: &str, f: &str| {
        format!("SELECT id, {}, {}, city, balance FROM {table}", f, f.replace("c1", "c2"))
    };
    let key = PGCRYPTO_KEY;
    let mut selects = vec![
        read(&direct, "direct, plain", all("people_plain")),
        read(&proxy, "pgveil, untouched", all("people_plain")),
        read(&proxy, "pgveil", all("people")),
        read(&direct, "pgp_sym_decrypt", decrypted("people_pgp", &format!("pgp_sym_decrypt(c1, '{key}')"))),
        read(
            &direct,
            "decrypt",
            decrypted("people_raw", &format!("convert_from(decrypt(c1, '{key}', 'aes'), 'UTF8')")),
        ),
    ];
    for application in [Application::Rust, Application::Python] {
        if application.is_here() {
            let work = move |place: &Place| application.read(place, "people_application");
            selects.push(at(&direct, application.name(), Box::new(work)));
        }
    }
    let copy = |table: &str| format!("COPY {table} (id, c1, c2, city, balance) TO STDOUT");
    let copies = vec![
        read(&direct, "direct, plain", copy("people_plain")),
        read(&proxy, "pgveil, untouched", copy("people_plain")),
        read(&proxy, "pgveil", copy("people")),
    ];
    let rows = plan.rows / 2;
    let lines: std::rc::Rc<[u8]> = people(rows).into();
    let copied = |place: &Place, name, table: &'static str| {
        let lines = std::rc::Rc::clone(&lines);
        let columns = "id, c1, c2, city, balance";
        at(place, name, Box::new(move |place| bulk::copy_in(place, table, columns, &lines, rows)))
    };
    let copies_in = vec![
        copied(&direct, "direct, plain", "people_in_plain"),
        copied(&proxy, "pgveil, untouched", "people_in_plain"),
        copied(&proxy, "pgveil", "people_in"),
    ];
    let inserted = |place: &Place, name, table: &str| {
        let row = |i: u64| format!("({i}, 'someone{i}@example.com', 'Someone Of The {i}th', 'Amsterdam', 1)");
        let statements: Vec<String> = (0..plan.rows / 10_000)
            .map(|n| {
                let rows: Vec<String> = (n * 1000..(n + 1) * 1000).map(row).collect();
                format!("INSERT INTO {table} (id, c1, c2, city, balance) VALUES {}", rows.join(", "))
            })
            .collect();
        at(place, name, Box::new(move |place| bulk::insert_many(place, &statements, 1000)))
    };
    let inserts = vec![
        inserted(&direct, "direct, plain", "people_in_plain"),
        inserted(&proxy, "pgveil, untouched", "people_in_plain"),
        inserted(&proxy, "pgveil", "people_in"),
    ];
    let cells = vec![
        Cell { name: format!("SELECT of {} rows, 2 protected", plan.rows), targets: selects },
        Cell { name: format!("COPY out of {} rows, 2 protected", plan.rows), targets: copies },
        Cell { name: format!("COPY in of {rows} rows, 2 protected"), targets: copies_in },
        Cell { name: "INSERT of 1,000 rows a statement, 2 protected".into(), targets: inserts },
    ];
    Group {
        title: "Protected data in bulk",
        unit: "rows/s",
        against: &["direct, plain", "pgveil, untouched"],
        cells,
    }
}
