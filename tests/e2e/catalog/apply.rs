//! `apply`: types, guards, what it refuses, and that a second run finds nothing to do.

use std::time::Duration;

use pgveil::catalog::pin::Pin;
use pgveil::jobs::apply::{ApplyError, RUN_LOCK};

use super::place::{apply, joined, live, propose, tags};
use crate::support::database;

/// The shortest armour: 53 characters.
const ARMOUR: &str = "pgV1:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.";

fn policy(columns: &[(&str, &str)]) -> String {
    columns.iter().map(|(name, more)| format!("[[column]]\nname = 'public.t.{name}'\n{more}\n")).collect()
}

#[test]
fn a_fresh_table_gets_types_and_guards_and_a_second_run_does_nothing() {
    let database = database("apply_fresh");
    database.direct().run(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(80), c char(10), d date, e jsonb, f json, \
         g bytea, h text[], \"I j\" numeric(10,2), \"user\" uuid)",
    );
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "\"I j\"", "\"user\""];
    let columns: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
    let tags = tags(&policy(&columns));
    let applied = apply(&database, &tags, &Pin::empty()).expect("applied");
    assert_eq!(applied.joined.findings, []);
    let shown: Vec<String> = applied.joined.policy.columns.iter().map(|c| c.logical.to_string()).collect();
    assert_eq!(
        shown,
        [
            "text",
            "character varying(80)",
            "character(10)",
            "date",
            "jsonb",
            "json",
            "bytea",
            "text[]",
            "numeric(10,2)",
            "uuid"
        ]
    );
    let types = database.host().value(
        "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) FROM pg_attribute \
         WHERE attrelid = 't'::regclass AND attnum > 1",
    );
    assert_eq!(types, "text,character varying,text,text,jsonb,json,bytea,text[],text,text");

    let again = propose(&database, &tags, &applied.pin);
    assert_eq!((again.steps, again.blocked), (vec![], vec![]));
    assert_eq!(again.before, applied.pin);
}

#[test]
fn guards_admit_envelopes_and_null_and_nothing_else() {
    let database = database("apply_guard");
    database.direct().run("CREATE TABLE t (a text, b varchar(90), c jsonb, d json, e bytea, f text[])");
    let names = ["a", "b", "c", "d", "e", "f"];
    let columns: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
    apply(&database, &tags(&policy(&columns)), &Pin::empty()).expect("applied");
    let mut host = database.host();
    let json = format!("'\"{ARMOUR}\"'");
    let bytes = format!("convert_to('{ARMOUR}', 'UTF8')");
    let good = [
        ("a", format!("'{ARMOUR}'")),
        ("b", format!("'{ARMOUR}'")),
        ("c", json.clone()),
        ("d", json),
        ("e", bytes),
        ("f", format!("ARRAY['{ARMOUR}', '{ARMOUR}']")),
        ("f", "'{}'".to_owned()),
    ];
    for (column, value) in &good {
        host.run(&format!("INSERT INTO t ({column}) VALUES ({value})"));
        host.run(&format!("INSERT INTO t ({column}) VALUES (NULL)"));
    }
    let cut = &ARMOUR[..52];
    let bad = [
        ("a", "'plain'".to_owned()),
        ("a", format!("lower('{ARMOUR}')")),
        ("a", format!("upper('{ARMOUR}')")),
        ("a", format!("'{cut}'")),
        ("a", "'pgV1:.'".to_owned()),
        ("b", "''".to_owned()),
        ("c", "'{\"a\": 1}'".to_owned()),
        ("c", "'null'".to_owned()),
        ("c", "'\"plain\"'".to_owned()),
        ("d", "'[1]'".to_owned()),
        ("d", format!("'[\"{ARMOUR}\"]'")),
        ("e", "'plain'".to_owned()),
        ("e", format!("convert_to(lower('{ARMOUR}'), 'UTF8')")),
        ("f", "ARRAY['plain']".to_owned()),
        ("f", format!("ARRAY['{ARMOUR}', 'plain']")),
        ("f", format!("ARRAY[lower('{ARMOUR}')]")),
    ];
    for (column, value) in &bad {
        let (sqlstate, _) = host.fails(&format!("INSERT INTO t ({column}) VALUES ({value})"));
        assert_eq!(sqlstate, "23514", "{column} {value}");
    }
}

#[test]
fn a_guard_in_the_older_words_stands_and_asks_the_same() {
    let database = database("apply_older");
    let text = |v: &str| format!("{v} ^@ 'pgV1:' AND right({v}, 1) = '.' AND length({v}) >= 53");
    let json = |f: &str, v: &str| format!("{f}({v}) = 'string' AND {}", text(&format!("({v} #>> '{{}}')")));
    let guards = [
        ("a", "text", text("a")),
        ("b", "varchar", text("b")),
        ("c", "jsonb", json("jsonb_typeof", "c")),
        ("d", "json", json("json_typeof", "d")),
        (
            "e",
            "bytea",
            "substr(e, 1, 5) = '\\x706756313a'::bytea AND substr(e, length(e), 1) = '\\x2e'::bytea \
             AND length(e) >= 53"
                .to_owned(),
        ),
    ];
    let columns: Vec<String> = guards
        .iter()
        .map(|(name, kind, guard)| format!("{name} {kind} CONSTRAINT pgveil_guard_{name} CHECK ({guard})"))
        .collect();
    database.direct().run(&format!("CREATE TABLE t ({})", columns.join(", ")));
    let tags = tags(&policy(&guards.each_ref().map(|(name, ..)| (*name, ""))));
    let proposal = propose(&database, &tags, &Pin::empty());
    assert_eq!((proposal.steps, proposal.blocked), (vec![], vec![]));

    // Beside it the guard of today, on the same values: they let through the same.
    database.direct().run("CREATE TABLE n (v text)");
    let mut host = database.host();
    let pattern = "v LIKE 'pgV1:_______________________________________________%.'";
    let prefixes = "('pgV1:'), ('pgv1:'), ('PGV1:'), (''), (' pgV1:')";
    let letters = "('A'), ('.'), ('\u{e9}'), ('\u{1f600}'), ('%')";
    let lengths = "(0), (40), (46), (47), (48), (60), (100)";
    let ends = "(''), ('.'), ('x'), ('\u{e9}.'), ('..'), ('\n.'), ('.\n'), ('%'), ('_')";
    host.run(&format!(
        "INSERT INTO n SELECT p || repeat(l, c) || e FROM (VALUES {prefixes}) AS a (p), (VALUES {letters}) AS b (l), \
         (VALUES {lengths}) AS c (c), (VALUES {ends}) AS d (e)"
    ));
    assert_eq!(host.value(&format!("SELECT count(*) FROM n WHERE ({pattern}) <> ({})", text("v"))), "0");
    assert_eq!(host.value(&format!("SELECT count(*) > 10 FROM n WHERE {pattern}")), "t");
}

#[test]
fn partitions_and_children_get_the_guard_of_their_root() {
    let database = database("apply_parts");
    database.direct().run(
        "CREATE TABLE t (id int, a varchar(9)) PARTITION BY LIST (id); \
         CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 (a varchar(9), id int); \
         ALTER TABLE t ATTACH PARTITION t2 FOR VALUES IN (2)",
    );
    let tags = tags(&policy(&[("a", "")]));
    let applied = apply(&database, &tags, &Pin::empty()).expect("applied");
    assert_eq!(applied.joined.findings, []);
    assert_eq!(applied.pin.relations.len(), 3);
    assert_eq!(database.host().fails("INSERT INTO t2 VALUES ('plain', 2)").0, "23514");
}

#[test]
fn a_collation_that_cannot_be_searched_gets_a_guard_all_the_same() {
    let database = database("apply_collation");
    database
        .host()
        .run("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    database.direct().run("CREATE TABLE t (a text COLLATE nocase, b varchar(9) COLLATE nocase)");
    let tags = tags(&policy(&[("a", ""), ("b", "")]));
    let applied = apply(&database, &tags, &Pin::empty()).expect("applied");
    assert_eq!(applied.joined.findings, []);
    let mut host = database.host();
    host.run(&format!("INSERT INTO t (a, b) VALUES ('{ARMOUR}', '{ARMOUR}')"));
    assert_eq!(host.fails(&format!("INSERT INTO t (a) VALUES (lower('{ARMOUR}'))")).0, "23514");
}

#[test]
fn rows_in_the_clear_stand_in_the_way() {
    let database = database("apply_rows");
    database.direct().run(
        "CREATE TABLE t (a text, b date, c varchar(9), d text); \
         INSERT INTO t VALUES ('plain', '2020-01-01', NULL, NULL)",
    );
    let columns = policy(&[("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", "")]);
    let tags = tags(&format!("{columns}[[column]]\nname = 'public.missing.x'\n"));
    let proposal = propose(&database, &tags, &Pin::empty());
    let blocked: Vec<(&str, &str)> =
        proposal.blocked.iter().map(|f| (f.code, f.column.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        blocked,
        [
            ("plaintext", "a"),
            ("not-empty", "b"),
            ("plaintext", "c"),
            ("missing-column", "e"),
            ("missing-table", "x")
        ]
    );
    let sql: Vec<&str> = proposal.steps.iter().map(|s| s.sql.as_str()).collect();
    assert_eq!(
        sql,
        [
            "ALTER TABLE public.t ADD CONSTRAINT pgveil_guard_d CHECK \
             (d LIKE 'pgV1:_______________________________________________%.') NOT VALID",
            "ALTER TABLE public.t VALIDATE CONSTRAINT pgveil_guard_d",
        ]
    );
    assert_eq!(database.host().value("SELECT a FROM t"), "plain");
}

#[test]
fn a_guard_goes_when_plaintext_must_be_admitted() {
    let database = database("apply_phases");
    database.direct().run("CREATE TABLE t (a text)");
    let applied = apply(&database, &tags(&policy(&[("a", "")])), &Pin::empty()).expect("applied");
    let encrypting = tags(&policy(&[("a", "phase = 'encrypting'")]));
    assert_eq!(
        propose(&database, &encrypting, &applied.pin).steps,
        [],
        "a validated guard admits what is written"
    );
    for phase in ["plain", "decrypting"] {
        let other = tags(&policy(&[("a", &format!("phase = '{phase}'"))]));
        let steps: Vec<String> =
            propose(&database, &other, &applied.pin).steps.into_iter().map(|s| s.sql).collect();
        assert_eq!(steps, ["ALTER TABLE public.t DROP CONSTRAINT pgveil_guard_a"], "{phase}");
        let early: Vec<&str> =
            joined(&database, &other, &applied.pin).findings.iter().map(|f| f.code).collect();
        assert_eq!(early, ["guard-early"]);
    }
}

#[test]
fn a_table_in_use_is_waited_for_and_not_held_up() {
    let database = database("apply_lock");
    database.direct().run("CREATE TABLE t (a text)");
    let mut other = database.direct();
    other.run("BEGIN; SELECT * FROM t");
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1_500));
        other.run("COMMIT");
    });
    let applied = apply(&database, &tags(&policy(&[("a", "")])), &Pin::empty()).expect("applied");
    assert_eq!(applied.joined.findings, []);
    release.join().expect("released");
}

#[test]
fn only_one_run_at_a_time() {
    let database = database("apply_once");
    database.direct().run("CREATE TABLE t (a text)");
    let mut other = database.host();
    other.run(&format!("SELECT pg_advisory_lock({RUN_LOCK})"));
    let refused = apply(&database, &tags(&policy(&[("a", "")])), &Pin::empty());
    assert!(matches!(refused, Err(ApplyError::Locked)));
    assert!(live(&database).relations.iter().all(|r| r.name.name != "t" || r.attachments.is_empty()));
}

#[test]
fn a_step_that_the_server_refuses_is_said_and_can_be_run_again() {
    let database = database("apply_refused");
    // An AFTER trigger stands in no one's way but that of a change of type.
    database.direct().run(
        "CREATE TABLE t (a varchar(9)); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN RETURN NULL; END'; \
         CREATE TRIGGER g AFTER UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f()",
    );
    let refused = apply(&database, &tags(&policy(&[("a", "")])), &Pin::empty());
    let Err(ApplyError::Step { sql, why }) = refused else { panic!("it was not refused") };
    assert_eq!(why.sqlstate, "0A000");
    assert!(sql.starts_with("ALTER TABLE public.t ALTER COLUMN a TYPE character varying"), "{sql}");
    database.direct().run("DROP TRIGGER g ON t");
    assert_eq!(
        apply(&database, &tags(&policy(&[("a", "")])), &Pin::empty()).expect("applied").joined.findings,
        []
    );
}
