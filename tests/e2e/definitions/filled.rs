//! CREATE TABLE AS and SELECT INTO make tables whose columns the policy tags: sealed, and guarded.

use crate::protected::place::Place;
use crate::support::{Client, Message};

const SECRET: &str = "kanarie@example.ro";

const TABLES: &str = "\
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE, nick varchar(20), doc jsonb, tags text[], \
        photo bytea, note text); \
    CREATE TABLE plain (id int, body text)";

/// No table of the name `copies` is there when the policy is accepted.
fn policy() -> String {
    let mut policy = String::new();
    for (table, mails) in [("people", "email"), ("copies", "mail")] {
        for (column, domain, more) in [
            (mails, "email", "mode = 'deterministic'\n"),
            ("nick", "nick", "mode = 'deterministic'\n"),
            ("doc", "doc", ""),
            ("tags", "tags", ""),
            ("photo", "photo", ""),
        ] {
            policy += &format!(
                "[[column]]\nname = 'public.{table}.{column}'\nphase = 'encrypted'\ndomain = '{domain}'\n{more}"
            );
        }
    }
    policy
}

fn place(label: &str) -> Place {
    let place = Place::of(label, TABLES, &policy());
    place.client().run(&format!(
        "INSERT INTO people VALUES \
         (1, '{SECRET}', 'kanarie', '{{\"a\": \"kanarie\"}}', '{{kanarie}}', 'kanarie', 'n'), \
         (2, '2{SECRET}', NULL, NULL, NULL, NULL, NULL)"
    ));
    place
}

fn tags_of(messages: &[Message]) -> Vec<String> {
    let complete = messages.iter().filter(|message| message.tag == b'C');
    complete.map(|m| String::from_utf8_lossy(m.body.strip_suffix(b"\0").unwrap_or(&m.body)).into()).collect()
}

/// The table holds envelopes only, opens, and has its guards.
#[track_caller]
fn stands(place: &Place, rows: usize) {
    let mut other = place.client();
    let mails = other.rows("SELECT id, mail FROM copies ORDER BY id");
    let all = [(1, SECRET.to_owned()), (2, format!("2{SECRET}"))];
    let wanted = all.map(|(id, mail)| vec![Some(id.to_string()), Some(mail)]);
    assert_eq!(mails, wanted[..rows]);
    if rows > 0 {
        assert_eq!(other.value(&format!("SELECT id FROM copies WHERE mail = '{SECRET}'")), "1");
        assert_eq!(
            other.value(&format!(
                "SELECT p.id FROM people p JOIN copies c ON c.mail = p.email WHERE c.mail = '{SECRET}'"
            )),
            "1"
        );
    }
    let mut direct = place.direct();
    assert_eq!(direct.value("SELECT count(*) FROM copies WHERE mail NOT LIKE 'pgV1:%'"), "0");
    assert_eq!(direct.fails("INSERT INTO copies (mail) VALUES ('in the clear')").0, "23514");
    let guards = "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint \
        WHERE conrelid = 'copies'::regclass AND contype = 'c' AND convalidated";
    assert_eq!(direct.value(guards), "pgveil_guard_mail");
    other.run(&format!("INSERT INTO copies (id, mail) VALUES (3, '3{SECRET}')"));
    assert_eq!(other.value(&format!("SELECT id FROM copies WHERE mail = '3{SECRET}'")), "3");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
    other.run("DROP TABLE copies");
}

fn extended(client: &mut Client, sql: &str) -> Vec<Message> {
    client.parse("", sql, &[]);
    client.describe('S', "");
    client.bind("", "", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

#[test]
fn a_query_fills_a_tagged_table_in_every_protocol() {
    let place = place("filled_forms");
    let mut client = place.client();
    for (sql, rows) in [
        ("CREATE TABLE copies AS SELECT id, email AS mail, note FROM people", 2),
        ("CREATE UNLOGGED TABLE public.copies (id, mail) AS SELECT id, email FROM people -- the end", 2),
        (
            "CREATE TABLE copies WITH (fillfactor = 70) AS (SELECT id, email AS mail FROM people) WITH DATA;",
            2,
        ),
        ("CREATE TABLE copies (id, mail, kept) AS SELECT id, email, note FROM people WITH NO DATA", 0),
        ("SELECT id, email AS mail INTO copies FROM people WHERE email <> 'kanarie'", 2),
        ("SELECT id, COALESCE(email, 'kanarie') AS mail INTO TABLE copies FROM people", 2),
        ("CREATE TABLE copies AS SELECT 1 AS id, email AS mail FROM people WHERE id = 1", 1),
        (
            "CREATE TABLE copies AS SELECT id, email AS mail FROM people WHERE id = 1 \
          UNION ALL SELECT 2, '2kanarie@example.ro'",
            2,
        ),
    ] {
        let tag = match (sql.starts_with("SELECT"), rows) {
            (false, 0) => "CREATE TABLE AS".to_owned(),
            _ => format!("SELECT {rows}"),
        };
        assert_eq!(tags_of(&client.run(sql)), [&*tag], "{sql}");
        stands(&place, rows);
        let answer = extended(&mut client, sql);
        let seen: String = answer.iter().map(|message| char::from(message.tag)).collect();
        assert_eq!((&*seen, &*tags_of(&answer)), ("1tn2CZ", &[tag][..]), "{sql}");
        stands(&place, rows);
    }
}

#[test]
fn every_type_is_copied_as_it_is_stored() {
    let place = place("filled_types");
    let mut client = place.client();
    client.run("CREATE TABLE copies AS SELECT id, nick, doc, tags, photo FROM people");
    let all = "SELECT nick, doc, tags, photo FROM copies WHERE id = 1";
    let row = ["kanarie", "{\"a\": \"kanarie\"}", "{kanarie}", "\\x6b616e61726965"];
    assert_eq!(client.rows(all), [row.map(|cell| Some(cell.to_owned())).to_vec()]);
    let types = "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) FROM pg_attribute \
        WHERE attnum > 0 AND attrelid = ";
    let mut direct = place.direct();
    assert_eq!(
        direct.value(&format!("{types}'copies'::regclass")),
        direct.value(&format!(
            "{types}'people'::regclass AND attname IN ('id', 'nick', 'doc', 'tags', 'photo')"
        ))
    );
    assert_eq!(direct.value("SELECT count(*) FROM pg_constraint WHERE conrelid = 'copies'::regclass"), "4");
    // The type of before, with its length.
    assert_eq!(client.fails("INSERT INTO copies (nick) VALUES ('kanarie kanarie kanarie')").0, "22001");
    let types =
        |messages: Vec<Message>| messages[0].body.iter().rev().take(12).rev().copied().collect::<Vec<_>>();
    assert_eq!(types(client.run("SELECT nick FROM copies")), types(client.run("SELECT nick FROM people")));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !place.proxy.log().contains("follows what clients have defined")
        || !place.proxy.tries(&["catalog", "diff"])
    {
        assert!(std::time::Instant::now() < deadline, "not stored:\n{}", place.proxy.log());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(client.value("SELECT nick FROM copies WHERE id = 1"), "kanarie");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

#[test]
fn a_collation_of_the_source_stays_there() {
    let place = Place::of(
        "filled_collation",
        "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
         CREATE TABLE people (id int, mail text COLLATE any_case, nick varchar(20) COLLATE any_case)",
        "[[column]]\nname = 'public.people.mail'\ndomain = 'm'\n[[column]]\nname = 'public.people.nick'\ndomain = 'n'\n\
         [[column]]\nname = 'public.copies.mail'\ndomain = 'm'\n[[column]]\nname = 'public.copies.nick'\ndomain = 'n'\n",
    );
    let mut client = place.client();
    client.run("INSERT INTO people VALUES (1, 'kanarie', 'kanarie')");
    client.run("CREATE TABLE copies AS SELECT id, mail, COALESCE(nick, 'x') AS nick FROM people");
    assert_eq!(client.rows("SELECT mail, nick FROM copies"), [vec![Some("kanarie".to_owned()); 2]]);
    assert_eq!(place.direct().fails("INSERT INTO copies (mail) VALUES ('in the clear')").0, "23514");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

#[test]
fn guards_stand_or_fall_with_the_table() {
    let place = place("filled_blocks");
    let mut client = place.client();
    let make = "CREATE TABLE copies AS SELECT id, email AS mail FROM people";
    let missing = |client: &mut Client| {
        assert_eq!(place.direct().fails("SELECT FROM copies").0, "42P01");
        client.fails("SELECT mail FROM copies");
    };

    client.run("BEGIN");
    client.run(make);
    client.run(&format!("INSERT INTO copies VALUES (9, '9{SECRET}')"));
    client.run("ROLLBACK");
    missing(&mut client);
    client.run("BEGIN; SAVEPOINT s");
    client.run(make);
    client.run("ROLLBACK TO s");
    client.run(make);
    client.run("COMMIT");
    stands(&place, 2);

    client.query(&format!("{make}; SELECT 1/0"));
    let answer = client.until_ready();
    assert_eq!(tags_of(&answer), ["SELECT 2"]);
    missing(&mut client);
    let tags = tags_of(&client.run(&format!(
        "SELECT 1; {make}; INSERT INTO copies VALUES (9, '9{SECRET}'); DELETE FROM copies WHERE mail = '9{SECRET}'"
    )));
    assert_eq!(tags, ["SELECT 1", "SELECT 2", "INSERT 0 1", "DELETE 1"]);
    stands(&place, 2);
    assert_eq!(tags_of(&client.run(&format!("BEGIN; {make}; COMMIT"))), ["BEGIN", "SELECT 2", "COMMIT"]);
    // What is there already is left as it is.
    assert_eq!(client.fails(make).0, "42P07");
    let answer = extended(&mut client, make);
    assert_eq!(answer.iter().find(|m| m.tag == b'E').map(Message::sqlstate).as_deref(), Some("42P07"));
    stands(&place, 2);

    // A pipeline: what stands behind uses the table, and an error takes it back.
    for fails in [true, false] {
        client.parse("make", make, &[]);
        client.bind("p", "make", &[], &[], &[]);
        client.execute("p", 1);
        let insert = format!("INSERT INTO copies VALUES (9, '9{SECRET}')");
        let delete = format!("DELETE FROM copies WHERE mail = '9{SECRET}'");
        for sql in [&*insert, &*delete, if fails { "SELECT 1/0" } else { "SELECT 1" }] {
            client.parse("", sql, &[]);
            client.bind("", "", &[], &[], &[]);
            client.execute("", 0);
        }
        client.sync();
        let answer = client.until_ready();
        let seen: String = answer.iter().map(|message| char::from(message.tag)).collect();
        match fails {
            true => {
                assert_eq!(
                    seen,
                    "12C12C12C1EZ".replace("1EZ", if seen.contains("12EZ") { "12EZ" } else { "1EZ" })
                );
                missing(&mut client);
            }
            false => {
                assert_eq!(tags_of(&answer), ["SELECT 2", "INSERT 0 1", "DELETE 1", "SELECT 1"]);
                stands(&place, 2);
            }
        }
        client.run("DEALLOCATE ALL");
    }
}

#[test]
fn a_guard_that_fails_takes_the_table_with_it() {
    let place = place("filled_unsealed");
    let mut client = place.client();
    let make = "CREATE TABLE copies AS SELECT id, email AS mail FROM people";
    place.direct().run(
        "ALTER TABLE people DROP CONSTRAINT pgveil_guard_email; INSERT INTO people (id, email) VALUES (3, 'clear')",
    );
    for attempt in 0..3 {
        let answer = match attempt {
            0 => extended(&mut client, make),
            1 => {
                client.query(make);
                client.until_ready()
            }
            _ => {
                client.query(&format!("BEGIN; {make}; COMMIT"));
                client.until_ready()
            }
        };
        let error = answer.iter().find(|message| message.tag == b'E').map(Message::sqlstate);
        assert_eq!(error.as_deref(), Some("23514"), "{attempt}");
        client.run("ROLLBACK");
        assert_eq!(place.direct().fails("SELECT FROM copies").0, "42P01", "{attempt}");
    }
    place.direct().run("DELETE FROM people WHERE id = 3");
    client.run(make);
    stands(&place, 2);
}

#[test]
fn what_would_stand_without_a_guard_is_refused() {
    let place = place("filled_refused");
    let mut client = place.client();
    client.run("PREPARE mails AS SELECT id, email AS mail FROM people");
    for sql in [
        "CREATE TABLE IF NOT EXISTS copies AS SELECT id, email AS mail FROM people",
        "CREATE TABLE copies AS EXECUTE mails",
        "EXPLAIN ANALYZE CREATE TABLE copies AS SELECT id, email AS mail FROM people",
        "CREATE TABLE copies AS SELECT id, 'kanarie' AS mail FROM people",
        "CREATE TABLE copies AS SELECT id, body AS mail FROM plain",
        "CREATE TABLE copies AS SELECT id, nick AS mail FROM people",
        "CREATE TABLE copies AS SELECT id, email FROM people",
        "CREATE TABLE \"Copies\" AS SELECT id, body AS mail FROM plain",
        "SELECT id, note AS mail INTO copies FROM people",
        "CREATE MATERIALIZED VIEW copies AS SELECT id, email AS mail FROM people",
    ] {
        assert_eq!(client.fails(sql).0, "0A000", "{sql}");
        let answer = extended(&mut client, sql);
        assert_eq!(
            answer.iter().find(|m| m.tag == b'E').map(Message::sqlstate).as_deref(),
            Some("0A000"),
            "{sql}"
        );
        assert_eq!(place.direct().value("SELECT count(*) FROM pg_class WHERE relname ILIKE 'copies'"), "0");
    }
    client.fails("CREATE TABLE copies AS SELECT id, body AS note FROM plain");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}
