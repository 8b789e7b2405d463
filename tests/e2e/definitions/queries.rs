//! Tables that are made of a query and that the operator has tagged.

use std::time::{Duration, Instant};

use super::migrations::tagged_before;
use crate::protected::place::Place;
use crate::support::{Client, Message};

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n\
    [[column]]\nname = 'public.people.name'\ndomain = 'names'\n\
    [[column]]\nname = 'public.people.born'\ndomain = 'days'\ntype = 'date'\n\
    [[column]]\nname = 'public.people.phone'\nmode = 'deterministic'\ndomain = 'phone'\n\
    [[column]]\nname = 'public.copies.email'\nmode = 'deterministic'\ndomain = 'email'\n\
    [[column]]\nname = 'public.copies.name'\ndomain = 'names'\n\
    [[column]]\nname = 'public.copies.born'\ndomain = 'days'\ntype = 'date'\n";

fn place(label: &str) -> (Place, Client) {
    let place = tagged_before(label, POLICY);
    let mut client = place.client();
    client
        .run("CREATE TABLE people (id int, email text, name varchar(60), born date, phone text, note text)");
    client.run(
        "INSERT INTO people VALUES (1, 'kanarie@x.org', 'kanarie', '1987-06-05', 'kanarie1', 'note'), \
         (2, 'b@x.org', NULL, NULL, NULL, NULL)",
    );
    (place, client)
}

/// The tag of the only statement of the answer, if all went well.
#[track_caller]
fn completed(messages: &[Message]) -> String {
    let tags: Vec<String> =
        messages.iter().filter(|m| matches!(m.tag, b'C' | b'E')).map(Message::line).collect();
    assert_eq!(tags.len(), 1, "{tags:?}");
    tags.concat()
}

fn by_name(client: &mut Client, sql: &str) -> Vec<Message> {
    client.parse("made", sql, &[]);
    client.bind("", "made", &[], &[], &[]);
    client.describe('P', "");
    client.execute("", 0);
    client.sync();
    let messages = client.until_ready();
    client.close('S', "made");
    client.sync();
    client.until_ready();
    messages
}

/// What is in the copy can be found and read, is sealed on the server, and the copy is guarded.
#[track_caller]
fn is_protected(place: &Place, client: &mut Client, rows: usize) {
    let found = client.rows("SELECT id, name FROM copies WHERE email = 'kanarie@x.org'");
    assert_eq!(found.len(), usize::from(rows > 0));
    assert!(found.iter().all(|row| row[1].as_deref() == Some("kanarie")), "{found:?}");
    let joined = "SELECT count(*) FROM copies JOIN people USING (email)";
    assert_eq!(client.value(joined), rows.to_string());
    let mut owner = place.direct();
    assert_eq!(owner.value("SELECT count(*) FROM copies WHERE email NOT LIKE 'pgV1:%'"), "0");
    assert_eq!(owner.fails("INSERT INTO copies (email) VALUES ('plain')").0, "23514");
    assert_eq!(owner.fails("INSERT INTO copies (name) VALUES ('plain')").0, "23514");
    client.run("INSERT INTO copies (id, email, name) VALUES (9, 'kanarie9', 'kanarie')");
    assert_eq!(client.value("SELECT email FROM copies WHERE id = 9"), "kanarie9");
    client.run("DROP TABLE copies");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

/// Nothing goes up for a table that is not there.
#[track_caller]
fn is_nothing(client: &mut Client) {
    let (state, message) = client.fails("INSERT INTO copies (id, email) VALUES (1, 'kanarie')");
    assert!(matches!(state.as_str(), "42P01" | "0A000"), "{state} {message}");
}

const COPY: &str = "CREATE TABLE copies AS SELECT id, email, name, born FROM people";

#[test]
fn a_table_made_of_a_query_is_sealed_and_guarded() {
    let (place, mut client) = place("def_queries");
    client.query(COPY);
    assert_eq!(completed(&client.until_ready()), "C SELECT 2\\00");
    assert_eq!(client.value("SELECT born FROM copies WHERE id = 1"), "1987-06-05");
    is_protected(&place, &mut client, 2);

    for made in [
        "SELECT id, email, name INTO copies FROM people",
        "CREATE UNLOGGED TABLE copies (id, email, name) WITH (fillfactor = 70) AS \
         SELECT p.id, lower(p.note) || '!', p.name FROM people p WHERE false -- no row",
        "CREATE TABLE public.copies AS (SELECT id, email, name FROM people) WITH DATA /* all */ ;",
        "CREATE TABLE copies AS WITH few AS (SELECT * FROM people WHERE email = 'kanarie@x.org') \
         SELECT id, email AS email, name FROM few UNION ALL SELECT id, email, name FROM people WHERE id = 2",
    ] {
        if made.contains("lower") {
            // What the server computes is not sealed.
            assert_eq!(client.fails(made).0, "0A000", "{made}");
            continue;
        }
        client.query(made);
        assert_eq!(completed(&client.until_ready()), "C SELECT 2\\00", "{made}");
        is_protected(&place, &mut client, 2);
        assert_eq!(completed(&by_name(&mut client, made)), "C SELECT 2\\00", "{made}");
        is_protected(&place, &mut client, 2);
    }
    client.run("CREATE TABLE copies AS SELECT id, email, name FROM people WITH NO DATA");
    is_protected(&place, &mut client, 0);
}

#[test]
fn it_stands_and_falls_with_its_transaction() {
    let (place, mut client) = place("def_queries_tx");
    client.run("BEGIN");
    client.run(COPY);
    assert_eq!(client.value("SELECT count(*) FROM copies WHERE email = 'b@x.org'"), "1");
    client.run("ROLLBACK");
    is_nothing(&mut client);
    client.run("BEGIN");
    client.run("SAVEPOINT s");
    client.run(COPY);
    client.run("ROLLBACK TO s");
    client.run(COPY);
    client.run("COMMIT");
    is_protected(&place, &mut client, 2);

    client.query(&format!(
        "SELECT 1; {COPY}; SELECT email FROM copies WHERE id = 2; SELECT count(*) FROM copies"
    ));
    let answer: Vec<String> = client.until_ready().iter().map(Message::line).collect();
    let tags: Vec<&String> = answer.iter().filter(|line| line.starts_with("C ")).collect();
    assert_eq!(tags, ["C SELECT 1\\00", "C SELECT 2\\00", "C SELECT 1\\00", "C SELECT 1\\00"], "{answer:?}");
    is_protected(&place, &mut client, 2);

    // One that is there already, and one that fails behind it.
    client.run(COPY);
    assert_eq!(client.fails(COPY).0, "42P07");
    assert_eq!(client.value("SELECT count(*) FROM copies"), "2");
    client.run("DROP TABLE copies");
    client.query(&format!("{COPY}; SELECT 1/0"));
    assert!(client.until_ready().iter().any(|m| m.tag == b'E' && m.sqlstate() == "22012"));
    is_nothing(&mut client);
    assert_eq!(completed(&by_name(&mut client, COPY)), "C SELECT 2\\00");
    assert!(by_name(&mut client, COPY).iter().any(|m| m.tag == b'E' && m.sqlstate() == "42P07"));
    is_protected(&place, &mut client, 2);
}

#[test]
fn what_is_not_sealed_alike_is_refused() {
    let (place, mut client) = place("def_queries_refused");
    for refused in [
        "CREATE TABLE copies AS SELECT id, note AS email FROM people",
        "CREATE TABLE copies AS SELECT id, 'kanarie' AS email FROM people",
        "CREATE TABLE copies AS SELECT id, phone AS email FROM people",
        "CREATE TABLE copies AS SELECT id, name AS email FROM people",
        "CREATE TABLE copies AS SELECT id, email AS mail FROM people",
        "CREATE TABLE copies AS SELECT id, email AS \"Email\" FROM people",
        "CREATE TABLE copies AS SELECT id, coalesce(email, note) AS email FROM people",
        "CREATE TABLE copies AS SELECT id, upper(email) AS email FROM people",
        "CREATE TABLE copies AS SELECT p.*, p.email AS mail FROM people p",
        "CREATE TABLE copies AS SELECT id, array_agg(email) AS email FROM people GROUP BY id",
        "CREATE TABLE copies AS VALUES (1, 'kanarie')",
        "CREATE TABLE copies (id, email) AS VALUES (1, 'kanarie')",
        "CREATE TABLE copies AS SELECT row_to_json(p) AS email FROM people p",
        "CREATE TABLE IF NOT EXISTS copies AS SELECT id, email FROM people",
        "CREATE TABLE \"Copies\" AS SELECT id, note FROM people",
        "SELECT id, note AS email INTO copies FROM people",
        "EXPLAIN ANALYZE CREATE TABLE copies AS SELECT id, email, name FROM people",
    ] {
        assert_eq!(client.fails(refused).0, "0A000", "{refused}");
        assert!(by_name(&mut client, refused).iter().any(|m| m.tag == b'E'), "{refused}");
        is_nothing(&mut client);
    }
    client.run(COPY);
    is_protected(&place, &mut client, 2);
}

/// The rotation has looked where the values of the domain are, and the table is not there for anybody else.
#[test]
fn a_rotation_takes_along_what_is_made_meanwhile() {
    let (place, mut client) = place("def_queries_rotated");
    for made in [
        COPY,
        "CREATE TABLE copies AS SELECT id, email FROM people WITH NO DATA; INSERT INTO copies VALUES (1, 'kanarie@x.org'), (2, 'b@x.org')",
    ] {
        let mut other = place.client();
        other.run("BEGIN");
        other.run(made);
        std::thread::scope(|scope| {
            let rotation = scope.spawn(|| place.proxy.tries(&["rotate", "data", "--domain", "email"]));
            std::thread::sleep(Duration::from_secs(4));
            assert!(!rotation.is_finished(), "it waits for what was planned before");
            other.run("COMMIT");
            assert!(rotation.join().expect("the rotation"), "{}", place.proxy.log());
        });
        let deadline = Instant::now() + Duration::from_secs(20);
        let found = "SELECT count(*) FROM copies WHERE email = 'kanarie@x.org'";
        let joined = "SELECT count(*) FROM copies JOIN people USING (email)";
        while (client.value(found), client.value(joined)) != ("1".into(), "2".into()) {
            assert!(Instant::now() < deadline, "{} {}", client.value(found), client.value(joined));
            std::thread::sleep(Duration::from_millis(100));
        }
        let keys = "SELECT count(DISTINCT left(email, 13)) FROM (SELECT email FROM copies UNION ALL SELECT email FROM people) x";
        assert_eq!(place.direct().value(keys), "1");
        client.run("DROP TABLE copies");
    }
}
