//! COPY of protected columns through the proxy, against a real server: psql, pg_dump, raw messages.

mod place;

use crate::support::Client;
use place::Place;

/// Stands in every protected value, and must not be seen by the host.
const CANARY: &str = "canary-7f3a";

/// Rows with what makes a stream hard: NULL, empty, quotes, delimiters, newlines, backslashes.
const ROWS: &str = r#"1,plain,canary-7f3a,a@canary-7f3a.example,1980-02-29,12.50,"{""k"": ""canary-7f3a""}",\x63616e6172792d37663361,"{canary-7f3a,NULL,""a b""}",2020-01-01 00:00:00+00,k
2,,"","",,,,,,,
3,"quo""ted, ""","canary-7f3a ""q"", ','
two	lines \ \. \N",b@canary-7f3a.example,2000-12-31,-0.01,"[1, ""canary-7f3a""]",\x,{},1999-12-31 23:59:59+00,"\."
4,\N,\N,NULL,1066-10-14,0.00,null,\x00ff0a0d5c,"{""\\"",""""}",infinity,"
"
"#;

fn loaded(label: &str) -> Place {
    let place = Place::new(label);
    let rows = place.write("rows.csv", ROWS.as_bytes());
    place.psql(&["SET timezone = 'UTC'", &format!("\\copy people from '{rows}' csv")]);
    place
}

fn the_host_sees_nothing(place: &Place) {
    let seen = place.host_psql(&["SELECT people::text FROM people ORDER BY id"]);
    assert!(!seen.contains(CANARY), "{seen}");
    assert!(seen.contains("pgV1:"), "{seen}");
    for needle in [CANARY.as_bytes(), b"63616e6172792d37663361", b"1980-02-29", b"12.50"] {
        assert!(!place.tap.to_server.contains(needle), "{} went upstream", needle.escape_ascii());
        assert!(!place.tap.to_client.contains(needle), "{} came from upstream", needle.escape_ascii());
    }
}

const ALL: &str = "SELECT * FROM people ORDER BY id";

#[test]
fn csv_goes_in_and_comes_out_as_it_was() {
    let place = loaded("copy_csv");
    let back = place.psql(&["SET timezone = 'UTC'", &format!("COPY ({ALL}) TO STDOUT (FORMAT csv)")]);
    let reference = place.database.direct();
    assert_eq!(back, direct_copy(place, reference, "copy_reference_csv", "FORMAT csv"));
}

/// What COPY gives without a proxy, of the same rows in an untagged table.
fn direct_copy(place: Place, mut direct: Client, schema: &str, options: &str) -> String {
    the_host_sees_nothing(&place);
    direct.run(&format!("CREATE SCHEMA {schema}; SET search_path = {schema}; {}", place::TABLE));
    let rows = place.path("rows.csv");
    place.host_psql(&[
        "SET timezone = 'UTC'",
        &format!("\\copy {schema}.people from '{rows}' csv"),
        &format!("COPY (SELECT * FROM {schema}.people ORDER BY id) TO STDOUT ({options})"),
    ])
}

#[test]
fn text_comes_out_as_the_server_writes_it_and_goes_in_again() {
    let place = loaded("copy_text");
    let text = place.psql(&["SET timezone = 'UTC'", &format!("COPY ({ALL}) TO STDOUT")]);
    let file = place.write("rows.txt", text.as_bytes());
    place.psql(&["TRUNCATE people", &format!("\\copy people from '{file}'")]);
    assert_eq!(place.psql(&["SET timezone = 'UTC'", &format!("COPY ({ALL}) TO STDOUT")]), text);
    let direct = place.database.direct();
    assert_eq!(text, direct_copy(place, direct, "copy_reference_text", "FORMAT text"));
}

#[test]
fn options_read_and_write_as_they_do_without_a_proxy() {
    for (number, options) in [
        "FORMAT csv, HEADER, DELIMITER ';', NULL '-', QUOTE '''', ESCAPE '\\', FORCE_QUOTE (name, born)",
        "FORMAT csv, HEADER, FORCE_QUOTE *, NULL 'null'",
        "FORMAT text, DELIMITER '|', NULL '', HEADER",
    ]
    .iter()
    .enumerate()
    {
        let place = loaded("copy_options");
        let out = place.psql(&["SET timezone = 'UTC'", &format!("COPY ({ALL}) TO STDOUT ({options})")]);
        let direct = place.database.direct();
        assert_eq!(out, direct_copy(place, direct, &format!("reference_{number}"), options), "{options}");
    }
}

#[test]
fn binary_goes_out_and_in() {
    let place = loaded("copy_binary");
    let before = place.psql(&["SET timezone = 'UTC'", ALL]);
    let file = place.path("rows.bin");
    place.psql(&[&format!("\\copy people to '{file}' (format binary)")]);
    let bytes = std::fs::read(&file).expect("a file");
    assert!(memchr::memmem::find(&bytes, CANARY.as_bytes()).is_some() && bytes.starts_with(b"PGCOPY\n"));
    place.psql(&["TRUNCATE people", &format!("\\copy people from '{file}' (format binary)")]);
    assert_eq!(place.psql(&["SET timezone = 'UTC'", ALL]), before);
    the_host_sees_nothing(&place);
}

#[test]
fn pg_dump_through_the_proxy_restores_through_it() {
    let place = loaded("copy_dump");
    if !place.database.can_be_dumped() {
        return;
    }
    let before = place.psql(&["SET timezone = 'UTC'", ALL]);
    let url = place.database.url_at(&place.proxy.address);
    let (good, dump, err) = place.database.program("pg_dump", &["--data-only", "-t", "people", &url]);
    assert!(good, "{err}");
    assert!(dump.contains(CANARY) && !dump.contains("pgV1:"), "{dump}");
    let file = place.write("dump.sql", dump.as_bytes());
    place.psql(&["TRUNCATE people", &format!("\\i {file}")]);
    assert_eq!(place.psql(&["SET timezone = 'UTC'", ALL]), before);
    the_host_sees_nothing(&place);
}

#[test]
fn a_value_that_cannot_be_sealed_fails_the_copy_and_nothing_else() {
    let place = Place::new("copy_unsealable");
    let mut client = place.proxy.client(&place.database.login());
    client.run("BEGIN; SAVEPOINT s");
    client.query("COPY people (id, name, born) FROM STDIN");
    client.read_until(b'G');
    client.copy_data(b"1\tcanary-7f3a\t2000-01-01\n2\tcanary-7f3a\t2000-02-30\n3\tcanary-7f3a\t2000-01-01\n");
    client.copy_data(b"4\tcanary-7f3a\t2000-01-01\n");
    client.send(b'c', b"");
    let answer = client.until_ready();
    let error = &answer[0];
    assert_eq!((error.sqlstate().as_str(), error.field(b'c').as_deref()), ("22008", Some("born")));
    assert_eq!(answer.last().map(|m| m.bytes()), Some(b"Z\0\0\0\x05E".to_vec()));
    client.run("ROLLBACK TO s");
    client.query("COPY people (id, name, born) FROM STDIN");
    client.read_until(b'G');
    client.copy_data(b"1\tcanary-7f3a\t2000-01-01\n");
    client.send(b'c', b"");
    client.until_ready();
    client.run("COMMIT");
    assert_eq!(client.value("SELECT name FROM people"), CANARY);
    the_host_sees_nothing(&place);
    let log = String::from_utf8_lossy(&place.database.server.log()).into_owned();
    assert!(!log.contains("canary-7f3a\t2000"), "a row stands in the server's log");
}

#[test]
fn the_extended_protocol_and_a_unique_violation() {
    let place = Place::new("copy_extended");
    let mut client = place.proxy.client(&place.database.login());
    for (attempt, end) in [(0, "COPY 1"), (1, "23505")] {
        client.parse("", "COPY people (id, email) FROM STDIN (FORMAT csv)", &[]);
        client.bind("", "", &[], &[], &[]);
        client.execute("", 0);
        client.sync();
        client.read_until(b'G');
        client.copy_data(format!("{attempt},a@canary-7f3a.example\n").as_bytes());
        client.send(b'c', b"");
        client.sync();
        let answer = client.until_ready();
        assert!(answer[0].line().contains(end), "{:?}", answer[0].line());
    }
    assert_eq!(
        client.value("SELECT email FROM people WHERE email = 'a@canary-7f3a.example'"),
        "a@canary-7f3a.example"
    );
    assert!(!place.tap.to_server.contains(CANARY.as_bytes()));
}

#[test]
fn a_stored_value_that_does_not_open_ends_the_session() {
    let place = loaded("copy_tampered");
    let stored = "SELECT name FROM people WHERE id = 1";
    place.host_psql(&[&format!("UPDATE people SET email = ({stored}) WHERE id = 1")]);
    let (good, _, err) = place.try_psql(&place.proxy.address, &["COPY people TO STDOUT"]);
    assert!(!good && err.contains("FATAL"), "{err}");
}

/// psql -f takes the rows behind a COPY that did not begin for SQL, up to a semicolon each.
#[test]
fn rows_of_a_copy_that_did_not_begin_are_not_sent_as_texts() {
    let place = Place::new("copy_not_begun");
    let rows = "1\tcanary-7f3a\n'canary-7f3a; x'\n\"canary-7f3a\";\nWith canary-7f3a;\nO'Brien canary-7f3a; it's\n\
                Set canary-7f3a, end;\n-- canary-7f3a\n;\n/* canary-7f3a;\n*/ 5 canary-7f3a;\n(canary-7f3a);\n$1 canary-7f3a;\n\\.\n";
    for (index, head) in [
        "COPY people (id, name, nosuch) FROM stdin;",
        "COPY nosuch (id, name) FROM stdin;",
        "COPY people (id, name) FROM STDIN WITH (FORMAT csv, ENCODING 'LATIN1');",
        "BEGIN; SELECT 1/0;\nCOPY people (id, name) FROM STDIN;",
        "/* first */ copy nosuch (id, name) from stdin;",
        "SELECT 1 \\; COPY nosuch (id, name) FROM stdin;",
    ]
    .into_iter()
    .enumerate()
    {
        let script = format!("{head}\n{rows};\nROLLBACK;\nSELECT 'goes ' || 'on';\n");
        let script = place.write(&format!("{index}.sql"), script.as_bytes());
        let url = place.database.url_at(&place.proxy.address);
        let (_, out, err) = place.database.program("psql", &["-X", "-qAt", "-f", &script, &url]);
        let said = err.contains("syntax error") || err.contains("is aborted");
        assert!(out.contains("goes on") && said, "{head}: {out} {err}");
        assert!(!place.tap.to_server.contains(CANARY.as_bytes()), "{head}: a row went upstream\n{err}");
    }
    // A text that no server takes either, without a COPY before it: what has another beginning than statements have.
    let mut client = place.proxy.client(&place.database.login());
    for text in [
        "canary-7f3a",
        "'canary-7f3a",
        "\"canary-7f3a\" 1",
        "1 canary-7f3a",
        "/* x */ ; \\canary-7f3a",
        "/* canary-7f3a",
    ] {
        assert_eq!(client.fails(text).0, "42601", "{text}");
    }
    assert!(!place.tap.to_server.contains(CANARY.as_bytes()));
    for text in [
        "",
        ";",
        " ;; -- nothing",
        "/* a /* b */ c */",
        "((SELECT 1))",
        "values (1)",
        "TABLE people LIMIT 0",
        "listen nobody",
    ] {
        client.run(text);
    }
}
