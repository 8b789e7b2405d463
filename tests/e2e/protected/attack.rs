//! The case files, run.

use std::time::{Duration, Instant};

use super::cases::{SECRETS, answer, run};
use super::place::{Place, TABLES, policy};
use crate::canary::needles::found;
use crate::recorded;
use crate::support::{self, Client, Message};

#[track_caller]
fn holds(label: &str, text: &str) {
    let place = Place::new(label, "");
    let faults = run(&place, text);
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}

fn file(path: &str) -> String {
    let path = format!("{}/tests/cases/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn ordinary_statements_work() {
    holds("ordinary", &file("protected/ordinary.txt"));
}

#[test]
fn no_statement_carries_a_secret_up() {
    holds("attack", &file("attack/statements.txt"));
}

#[test]
fn no_evasion_carries_a_secret_up() {
    holds("evasions", &file("attack/evasions.txt"));
}

#[test]
fn no_unused_parameter_carries_a_secret_up() {
    holds("attack_params", &file("attack/parameters.txt"));
}

#[test]
fn no_definition_carries_a_secret_up() {
    holds("attack_ddl", &file("attack/definitions.txt"));
}

#[test]
fn no_temporary_relation_carries_a_secret_up() {
    holds("attack_temp", &file("attack/temporary.txt"));
}

#[test]
fn no_row_type_carries_a_secret_up() {
    holds("attack_rows", &file("attack/row_types.txt"));
}

/// The host's: a foreign server that leads to this very database, and one for files.
const FOREIGN_SERVERS: &str = "\
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION file_fdw;
DO $$ BEGIN EXECUTE format(
    'CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
    host(inet_server_addr()), inet_server_port()::text, current_database()); END $$;
CREATE USER MAPPING FOR PUBLIC SERVER back OPTIONS (user 'postgres', password_required 'false');
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
GRANT USAGE ON FOREIGN SERVER back, files TO app";

/// Tables that stand for what is protected, and some that do not.
const FOREIGN_TABLES: &str = "\
CREATE FOREIGN TABLE far (id int, email text) SERVER back OPTIONS (schema_name 'public', table_name 'people');
CREATE FOREIGN TABLE far_mails (number int, mail text) SERVER back OPTIONS (table_name 'mails');
CREATE FOREIGN TABLE other.leads (id int, email text) SERVER back OPTIONS (schema_name 'public', fetch_size '10');
CREATE FOREIGN TABLE far_plain (id int, body text) SERVER back OPTIONS (table_name 'plain');
CREATE VIEW through_far AS SELECT id, email AS note FROM far";

#[test]
fn no_foreign_table_carries_a_secret_up() {
    let database = support::database("attack_foreign");
    database.host().run(FOREIGN_SERVERS);
    let place = Place::in_database(database, TABLES, &policy());
    place.direct().run(FOREIGN_TABLES);
    // Made behind pgveil's back, they are seen with the next look.
    let begin = Instant::now();
    let is_refused = |client: &mut Client| {
        client.query("SELECT id FROM through_far");
        client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "0A000")
    };
    while !is_refused(&mut place.client()) {
        assert!(begin.elapsed() < Duration::from_secs(20), "it takes the foreign table for any other");
        std::thread::sleep(Duration::from_millis(50));
    }
    let faults = run(&place, &file("attack/foreign.txt"));
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}

/// Functions of the owner, made before pgveil looks: one takes its argument to a protected column.
const FUNCTIONS: &str = "\
CREATE FUNCTION taker(x text) RETURNS int LANGUAGE plpgsql AS $$ \
    BEGIN UPDATE people SET email = x WHERE id = -1; RETURN 1; END $$;
CREATE FUNCTION innocent(x text) RETURNS text LANGUAGE sql AS $$ SELECT x $$;
CREATE FUNCTION num_nulls(x text) RETURNS int LANGUAGE sql AS $$ SELECT length(x) $$;
CREATE AGGREGATE array_agg(text) (SFUNC = textcat, STYPE = text)";

#[test]
fn no_function_carries_a_secret_up() {
    let place = Place::new("attack_functions", FUNCTIONS);
    let faults = run(&place, &file("attack/functions.txt"));
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}

/// Functions and a procedure that the operator has declared.
const DECLARED: &str = "\
CREATE FUNCTION find(x text) RETURNS text LANGUAGE sql AS $$ SELECT email FROM people WHERE email = x $$;
CREATE FUNCTION renamed(person int, address text) RETURNS int LANGUAGE plpgsql AS $$ \
    BEGIN UPDATE people SET email = address WHERE id = person; RETURN person; END $$;
CREATE PROCEDURE enlist(person int, address text) LANGUAGE sql AS $$ \
    INSERT INTO people (id, email) VALUES (person, address) $$";
const DECLARATIONS: &str = "\
[[function]]\nname = 'public.find'\nargs = [{ domain = 'email' }]\nreturns = { domain = 'email' }\n\
[[function]]\nname = 'public.renamed'\nargs = ['plain', { domain = 'email' }]\nreturns = 'plain'\n\
[[function]]\nname = 'public.enlist'\nargs = ['plain', { domain = 'email' }]\nreturns = 'plain'\n";

#[test]
fn no_declared_function_carries_a_secret_up() {
    let policy = format!("{}{DECLARATIONS}", policy());
    let place = Place::of("attack_declared", &format!("{TABLES};{DECLARED}"), &policy);
    let faults = run(&place, &file("attack/declared.txt"));
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn what_is_recorded_of_the_schema_is_what_the_server_says() {
    let place = Place::new("attack_recorded", FUNCTIONS);
    recorded::check("attack", &place.database, &place.proxy, &policy());
}

/// A schema with more of everything: only tests/it judges statements over it.
#[test]
fn what_is_recorded_of_the_wide_schema_is_what_the_server_says() {
    let place = Place::of("wide_recorded", &file("wide/tables.sql"), &file("wide/policy.toml"));
    recorded::check("wide", &place.database, &place.proxy, &file("wide/policy.toml"));
}

/// Binds the statement `p` to a secret, and returns the answer.
#[track_caller]
fn secret_through(place: &Place, client: &mut Client, values: &[Option<&[u8]>]) -> Vec<String> {
    place.tap.to_server.clear();
    client.bind("", "p", &[], values, &[]);
    client.execute("", 0);
    client.sync();
    let answer = answer(&client.until_ready());
    let seen = found(SECRETS, &place.tap.to_server.bytes());
    assert!(seen.is_empty(), "{seen:?} went up: {answer:?}");
    answer
}

#[track_caller]
fn prepared(client: &mut Client, sql: &str) {
    client.parse("p", sql, &[]);
    client.sync();
    assert_eq!(answer(&client.until_ready()), [""; 0]);
}

#[test]
fn a_prepared_statement_follows_what_its_names_mean() {
    let place = Place::new("attack_prepared", FUNCTIONS);
    let mut client = place.client();
    client.run("CREATE TEMP TABLE t (id int, email text)");
    prepared(&mut client, "INSERT INTO t VALUES ($1, $2)");
    client.run("DROP TABLE t");
    client.run("CREATE TEMP TABLE t AS SELECT id, email FROM people");
    let stored = secret_through(&place, &mut client, &[Some(b"9"), Some(b"kanarie")]);
    assert_eq!(stored, ["C INSERT 0 1"]);
    let read = answer(&client.run("SELECT email FROM t WHERE id = 9"));
    assert_eq!(read, ["T email:25", "D kanarie", "C SELECT 1"]);
}

#[test]
fn a_prepared_call_follows_what_its_function_does() {
    let place = Place::new("attack_calls", FUNCTIONS);
    let mut client = place.client();
    prepared(&mut client, "SELECT innocent($1)");
    client.run(
        "CREATE OR REPLACE FUNCTION innocent(x text) RETURNS text LANGUAGE plpgsql AS $$ \
         BEGIN EXECUTE 'UPDATE peo' || 'ple SET email = $1 WHERE id = 1' USING x; RETURN x; END $$",
    );
    let called = secret_through(&place, &mut client, &[Some(b"kanarie")]);
    assert_eq!(called, ["E 0A000 at 8"]);
}

/// What is prepared before is judged no more: what is sent for it, and what comes of it, is text of the
/// encoding of now.
#[test]
fn what_was_prepared_is_not_run_while_text_is_read_otherwise() {
    let place = Place::new("attack_encoding", "");
    let mut client = place.client();
    client.run("INSERT INTO people (id) VALUES (9)");
    client.run("PREPARE q (text) AS UPDATE people SET email = $1 WHERE id = 9");
    client.run("DECLARE c CURSOR WITH HOLD FOR SELECT email FROM people WHERE id = 9");
    prepared(&mut client, "UPDATE people SET email = $1 WHERE id = 9");
    for (other, usual) in [
        ("SET client_encoding = 'LATIN1'", "SET client_encoding = 'UTF8'"),
        ("SET timezone_abbreviations = 'Australia'", "RESET timezone_abbreviations"),
        ("SELECT set_config('array_nulls', 'off', false)", "SET array_nulls = on"),
    ] {
        client.run(other);
        let bound = secret_through(&place, &mut client, &[Some("kanarie\u{e9}".as_bytes())]);
        assert_eq!(bound, ["E 0A000"], "{other}");
        for sql in [
            "EXECUTE q ('kanarie\u{e9}')",
            "FETCH 1 FROM c",
            "SELECT email FROM people WHERE email = 'kanarie'",
        ] {
            assert_eq!(client.fails(sql).0, "0A000", "{other}: {sql}");
        }
        client.run(usual);
        // What stands in one text is read by what stands before it there.
        for sql in [
            "EXECUTE q ('kanarie\u{e9}')",
            "FETCH 1 FROM c",
            "UPDATE people SET email = 'kanarie' WHERE id = 9",
        ] {
            let both = format!("{other}; {sql}");
            assert_eq!(client.fails(&both).0, "0A000", "{both}");
        }
        let bound = secret_through(&place, &mut client, &[Some("kanarie\u{e9}".as_bytes())]);
        assert_eq!(bound, ["C UPDATE 1"], "{usual}");
        client.run("EXECUTE q ('kanarie')");
    }
    assert_eq!(client.value("SELECT email FROM people WHERE id = 9"), "kanarie");

    // A portal that is open already.
    client.run("BEGIN");
    client.parse("all", "SELECT email FROM people WHERE email IS NOT NULL", &[]);
    client.bind("open", "all", &[], &[], &[0]);
    client.sync();
    client.until_ready();
    client.run("SET client_encoding = 'LATIN1'");
    client.execute("open", 1);
    client.sync();
    let said = client.until_ready();
    assert_eq!(said.iter().find(|m| m.tag == b'E').map(Message::sqlstate).as_deref(), Some("0A000"));
    client.run("ROLLBACK");
    assert!(!place.tap.to_server.contains(b"kanarie"));
}

/// What a pipeline has defined is taken back by an error in it: what comes right behind its Sync is judged only
/// when that has been answered.
#[test]
fn a_definition_hangs_on_the_end_of_its_pipeline() {
    let place = Place::new("attack_hanging", "");
    let mut client = place.client();
    client.run("CREATE TEMP TABLE t AS SELECT id, email FROM people");
    for by_sync in [true, false] {
        let swap = ["DROP TABLE t", "CREATE TEMP TABLE t (id int, email text)", "SELECT 1/0"];
        for sql in swap.into_iter().take(if by_sync { 3 } else { 2 }) {
            client.parse("", sql, &[]);
            client.bind("", "", &[], &[], &[]);
            client.execute("", 0);
        }
        match by_sync {
            true => client.sync(),
            false => client.query("SELECT 1/0"),
        }
        client.parse("", "INSERT INTO t VALUES (9, $1)", &[]);
        client.bind("", "", &[], &[Some(b"kanarie")], &[]);
        client.execute("", 0);
        client.sync();
        assert!(client.until_ready().iter().any(|m| m.tag == b'E' && m.sqlstate() == "22012"));
        let said = answer(&client.until_ready());
        let seen = found(SECRETS, &place.tap.to_server.bytes());
        assert!(seen.is_empty(), "{seen:?} went up: {said:?}");
    }
}

#[test]
fn no_value_goes_up_for_a_text_without_a_statement() {
    let place = Place::new("attack_nothing", "");
    let mut client = place.client();
    for text in ["", " ;; ", "-- nothing", "/* nothing /* at */ all */ ;", "/* a */\n-- b\n;"] {
        client.parse("", text, &[25]);
        client.bind("", "", &[0], &[Some(b"kanarie")], &[]);
        client.execute("", 0);
        client.sync();
        let answer = client.until_ready();
        let error = answer.iter().find(|message| message.tag == b'E').map(|message| message.sqlstate());
        assert_eq!(error.as_deref(), Some("08P01"), "{text:?}");
        assert!(!place.tap.to_server.contains(b"kanarie"), "{text:?}: a value went up");
        // Without one it is as everywhere.
        client.parse("", text, &[]);
        client.bind("", "", &[], &[], &[]);
        client.execute("", 0);
        client.sync();
        assert!(client.until_ready().iter().any(|message| message.tag == b'I'), "{text:?}");
    }
}
