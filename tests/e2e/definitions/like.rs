//! CREATE TABLE … (LIKE a protected table), where the policy tags both.

use crate::protected::place::Place;
use crate::support::{Client, Message};

const SECRET: &str = "kanarie@example.ro";

const TABLES: &str = "\
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE NOT NULL, nick varchar(20), doc jsonb, note text, \
        twice int GENERATED ALWAYS AS (id * 2) STORED, CHECK (id > 0)); \
    CREATE TABLE plain (id int, email text)";

/// `archive` is not there when the policy is accepted.
fn policy() -> String {
    let mut policy = String::new();
    for table in ["people", "archive"] {
        for (column, more) in
            [("email", "mode = 'deterministic'\n"), ("nick", "mode = 'deterministic'\n"), ("doc", "")]
        {
            policy += &format!(
                "[[column]]\nname = 'public.{table}.{column}'\nphase = 'encrypted'\ndomain = '{column}'\n{more}"
            );
        }
    }
    policy
}

fn place(label: &str) -> Place {
    let place = Place::of(label, TABLES, &policy());
    let mut client = place.client();
    client.run("ALTER TABLE people ALTER COLUMN nick SET DEFAULT 'kanarie'");
    client.run(&format!(
        "INSERT INTO people (id, email, doc) VALUES (1, '{SECRET}', '{{\"a\": \"kanarie\"}}')"
    ));
    place
}

#[track_caller]
fn stands(place: &Place, client: &mut Client, first: &str) {
    let mut owner = place.direct();
    for clear in
        ["(id, email) VALUES (2, 'in the clear')", "(id, email, nick) VALUES (2, NULL, 'in the clear')"]
    {
        owner.run("ALTER TABLE archive ALTER COLUMN email DROP NOT NULL");
        assert_eq!(owner.fails(&format!("INSERT INTO archive {clear}")).0, "23514");
    }
    let guards = "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint \
        WHERE conrelid = 'archive'::regclass AND contype = 'c' AND conname LIKE 'pgveil%'";
    assert_eq!(owner.value(guards), "pgveil_guard_doc,pgveil_guard_email,pgveil_guard_nick");
    client.run("INSERT INTO archive (id, email, nick, doc) SELECT id, email, nick, doc FROM people");
    client.run(&format!(
        "INSERT INTO archive ({first}id, email, nick) VALUES ({}2, '2{SECRET}', 'kanarie')",
        if first.is_empty() { "" } else { "7, " }
    ));
    let mut other = place.client();
    assert_eq!(other.value(&format!("SELECT nick FROM archive WHERE email = '2{SECRET}'")), "kanarie");
    assert_eq!(other.value("SELECT doc FROM archive WHERE id = 1"), "{\"a\": \"kanarie\"}");
    assert_eq!(other.value("SELECT count(*) FROM archive a JOIN people p USING (email, nick)"), "1");
    assert_eq!(
        other.fails("INSERT INTO archive (id, email, nick) VALUES (9, '', 'kanarie kanarie kanarie')").0,
        "22001"
    );
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

fn extended(client: &mut Client, sql: &str) -> Vec<Message> {
    client.parse("", sql, &[]);
    client.bind("", "", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

#[test]
fn a_table_like_another_has_its_guards() {
    let place = place("like_forms");
    let mut client = place.client();
    for (sql, first) in [
        ("CREATE TABLE archive (LIKE people)", ""),
        ("CREATE TABLE archive (LIKE public.people INCLUDING ALL)", ""),
        ("CREATE TABLE archive (LIKE people INCLUDING ALL EXCLUDING CONSTRAINTS)", ""),
        (
            "CREATE TABLE public.archive (line int, LIKE people INCLUDING DEFAULTS INCLUDING CONSTRAINTS, at timestamptz DEFAULT now(), UNIQUE (email))",
            "line, ",
        ),
        ("CREATE UNLOGGED TABLE archive (LIKE people INCLUDING DEFAULTS, PRIMARY KEY (id))", ""),
    ] {
        for through_parse in [false, true] {
            let answer = match through_parse {
                true => extended(&mut client, sql),
                false => client.run(sql),
            };
            let seen: String = answer.iter().map(|message| char::from(message.tag)).collect();
            assert_eq!(seen, if through_parse { "12CZ" } else { "CZ" }, "{sql}: {:?}", answer.last());
            if sql.contains("DEFAULTS") {
                client.run("INSERT INTO archive (id, email) VALUES (5, 'kanarie5')");
                assert_eq!(client.value("SELECT nick FROM archive WHERE email = 'kanarie5'"), "kanarie");
                client.run("DELETE FROM archive");
            }
            stands(&place, &mut client, first);
            client.run("DROP TABLE archive");
        }
    }
}

#[test]
fn what_it_holds_can_be_copied_and_read_by_position() {
    let place = place("like_copy");
    let mut client = place.client();
    client.run("CREATE TABLE archive (LIKE people)");
    client.run("INSERT INTO archive SELECT * FROM people");
    client.run("INSERT INTO archive VALUES (3, 'kanarie3', 'kanarie', '{}', 'note', 7)");
    // LIKE alone takes over no GENERATED.
    client.query("COPY archive FROM STDIN");
    assert_eq!(client.read().tag, b'G');
    client.copy_data(b"4\tkanarie4\tkanarie\t{}\tnote\t9\n");
    client.send(b'c', b"");
    client.until_ready();
    let rows = client.rows("SELECT email, nick, note, twice FROM archive WHERE id > 2 ORDER BY id");
    let wanted = [["kanarie3", "kanarie", "note", "7"], ["kanarie4", "kanarie", "note", "9"]];
    assert_eq!(rows, wanted.map(|row| row.map(|cell| Some(cell.to_owned())).to_vec()));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !place.proxy.log().contains("follows what clients have defined")
        || !place.proxy.tries(&["catalog", "diff"])
    {
        assert!(std::time::Instant::now() < deadline, "not stored:\n{}", place.proxy.log());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(client.value("SELECT nick FROM archive WHERE id = 4"), "kanarie");
    client.run("BEGIN");
    client.run("DROP TABLE archive");
    client.run("CREATE TABLE archive (LIKE people INCLUDING ALL)");
    client.run("ROLLBACK");
    assert_eq!(client.value("SELECT count(*) FROM archive WHERE email = 'kanarie4'"), "1");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

#[test]
fn what_is_not_tagged_alike_is_refused() {
    let place = place("like_refused");
    let mut client = place.client();
    for sql in [
        "CREATE TABLE other (LIKE people)",
        "CREATE TABLE archive (LIKE plain)",
        "CREATE TABLE archive (LIKE people, LIKE plain)",
        "CREATE TABLE IF NOT EXISTS archive (LIKE people)",
        "CREATE TABLE \"Archive\" (LIKE people)",
        "CREATE TABLE archive (LIKE people, CHECK (email <> 'kanarie'))",
    ] {
        assert_eq!(client.fails(sql).0, "0A000", "{sql}");
        assert!(extended(&mut client, sql).iter().any(|m| m.tag == b'E' && m.sqlstate() == "0A000"), "{sql}");
    }
    client.run("CREATE TABLE archive (LIKE people)");
    stands(&place, &mut client, "");
}
