//! Tables of every shape: partitions, inheritance, several columns in one row, other stored types.

use pgveil::crypto::domains::Form;

use super::place::{Place, policy, quiet};
use crate::support::database;

/// Moves everything there, on, and back, and looks at it each time.
fn round_trip(label: &str, schema: &str, columns: &[&str], more: &str) {
    let database = database(label);
    let mut host = database.host();
    host.run("SET ROLE app");
    host.run(schema);
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::new(&database.url(), policy(columns, more), directory.path());
    let before = place.opened();
    assert!(before.values().any(|values| !values.is_empty()), "there is something to move");
    for step in 0..3 {
        let to = match step {
            0 => Form::Sealed(place.active()),
            1 => Form::Sealed(place.new_key()),
            _ => Form::Plain,
        };
        place.to(to, &mut quiet).unwrap_or_else(|error| panic!("{label} to {to}: {error}"));
        assert_eq!(place.settled(), to, "{label}");
        assert_eq!(place.opened(), before, "{label} to {to}");
    }
}

#[test]
fn partitions_move_with_their_table() {
    round_trip(
        "partitions",
        "CREATE TABLE people (id int, email text, UNIQUE (id, email)) PARTITION BY RANGE (id);
         CREATE TABLE people_low PARTITION OF people FOR VALUES FROM (0) TO (100);
         CREATE TABLE people_high PARTITION OF people FOR VALUES FROM (100) TO (1000) PARTITION BY LIST (id);
         CREATE TABLE people_rest PARTITION OF people_high DEFAULT;
         INSERT INTO people SELECT i, 'p' || i % 50 FROM generate_series(1, 300) i",
        &["public.people.email"],
        "",
    );
}

#[test]
fn children_move_with_their_parent() {
    round_trip(
        "children",
        "CREATE TABLE people (id int PRIMARY KEY, email text);
         CREATE TABLE staff (salary int) INHERITS (people);
         CREATE TABLE managers () INHERITS (staff);
         INSERT INTO people SELECT i, 'p' || i FROM generate_series(1, 40) i;
         INSERT INTO staff SELECT i, 'p' || i, 1 FROM generate_series(41, 80) i;
         INSERT INTO managers SELECT i, 'p' || i, 1 FROM generate_series(81, 90) i",
        &["public.people.email"],
        "",
    );
}

#[test]
fn several_columns_of_one_row_move_together() {
    round_trip(
        "columns",
        "CREATE TABLE \"Odd Name\" (id int PRIMARY KEY, \"E mail\" varchar UNIQUE, second varchar, third varchar);
         ALTER TABLE \"Odd Name\" ADD FOREIGN KEY (second) REFERENCES \"Odd Name\" (\"E mail\") ON UPDATE CASCADE;
         CREATE INDEX ON \"Odd Name\" (second);
         INSERT INTO \"Odd Name\" SELECT i, 'p' || i, CASE WHEN i > 5 THEN 'p' || i - 5 END,
             CASE WHEN i % 2 = 0 THEN 'q' || i / 4 END FROM generate_series(1, 200) i",
        &["public.\"Odd Name\".\"E mail\"", "public.\"Odd Name\".second", "public.\"Odd Name\".third"],
        "",
    );
}

#[test]
fn foreign_keys_of_every_action_hold() {
    for (number, action) in ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"].iter().enumerate()
    {
        round_trip(
            &format!("action{number}"),
            &format!(
                "CREATE TABLE a (id int PRIMARY KEY, email text UNIQUE);
                 CREATE TABLE b (id int PRIMARY KEY, email text REFERENCES a (email) ON UPDATE {action});
                 CREATE INDEX ON b (email);
                 INSERT INTO a SELECT i, 'p' || i FROM generate_series(1, 100) i;
                 INSERT INTO b SELECT i, 'p' || i % 100 + 1 FROM generate_series(1, 300) i"
            ),
            &["public.a.email", "public.b.email"],
            "",
        );
    }
}

#[test]
fn other_types_move_too() {
    round_trip(
        "bytes",
        "CREATE TABLE t (id int PRIMARY KEY, v bytea UNIQUE);
         INSERT INTO t SELECT i, decode(lpad(to_hex(i * 7919), 8, '0'), 'hex') FROM generate_series(0, 300) i",
        &["public.t.v"],
        "",
    );
    round_trip(
        "arrays",
        "CREATE TABLE t (id int PRIMARY KEY, v text[]);
         INSERT INTO t SELECT i, ARRAY['a' || i % 7, NULL, 'x,y\"{}', 'b' || i] FROM generate_series(1, 100) i;
         INSERT INTO t VALUES (0, '{}'), (-1, NULL)",
        &["public.t.v"],
        "",
    );
    round_trip(
        "dates",
        "CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE);
         INSERT INTO t SELECT i, (date '1950-01-01' + i * 37)::text FROM generate_series(1, 300) i;
         INSERT INTO t VALUES (0, 'infinity')",
        &["public.t.v"],
        "type = 'date'",
    );
    round_trip(
        "numbers",
        "CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE);
         INSERT INTO t SELECT i, (i * 7919 - 500000)::text FROM generate_series(1, 300) i",
        &["public.t.v"],
        "type = 'int8'",
    );
}
