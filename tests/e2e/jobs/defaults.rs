//! A constant DEFAULT of a protected column is sealed, and goes with the rows: encrypted, moved to another
//! key, decrypted, and counted before a key is destroyed.

use std::time::{Duration, Instant};

use super::place::{Yard, columns};

/// Every DEFAULT in the database, as the server keeps it.
const KEPT: &str = "SELECT coalesce(string_agg(pg_get_expr(adbin, adrelid), ' | ' ORDER BY adrelid, adnum), '') \
    FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid WHERE relnamespace = 'public'::regnamespace AND relkind <> 'S' \
    AND pg_get_expr(adbin, adrelid) NOT LIKE 'nextval%'";

fn keys(yard: &Yard) -> Vec<String> {
    let keys = yard.json(&["keys", "list"], 0);
    let keys = keys["keys"].as_array().expect("keys");
    keys.iter().map(|key| key["id"].as_str().expect("an id").to_owned()).collect()
}

/// A definition that has just gone through is accepted a moment later.
fn verified(yard: &Yard) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while yard.verb(&["catalog", "diff"]).code != 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(200));
    }
    yard.verb(&["verify"]).ends(0);
}

#[test]
fn a_table_made_through_the_proxy_has_sealed_defaults() {
    let tags = [
        ("users.email", "mode = 'deterministic'\ndomain = 'email'\nphase = \"encrypted\""),
        ("users.token", "phase = \"encrypted\""),
        ("users.born", "phase = \"encrypted\"\ntype = 'date'"),
        ("users.tags", "phase = \"encrypted\"\ntype = 'text[]'"),
        ("users.doc", "phase = \"encrypted\"\ntype = 'jsonb'"),
        ("users.late", "phase = \"encrypted\""),
    ];
    let mut yard = Yard::ready("defaults_made", "SELECT 1", &columns(&tags));
    yard.serve();
    let mut client = yard.client();
    client.run(
        "CREATE TABLE users (id serial PRIMARY KEY, email varchar(255) DEFAULT '' NOT NULL, \
         token varchar(40) DEFAULT 'it''s \\ none'::character varying NOT NULL, born date DEFAULT '2000-02-29', \
         tags text[] DEFAULT '{a,b}', doc jsonb DEFAULT '{\"on\": true}' NOT NULL, n int DEFAULT 3)",
    );
    // Whoever asks the catalogs sees what was written, at once: a framework takes it for its own forms.
    let asked = |name: &str| {
        format!(
            "SELECT column_default FROM information_schema.columns WHERE table_name = 'users' AND column_name = '{name}'"
        )
    };
    assert_eq!(client.value(&asked("email")), "''::character varying");
    assert_eq!(client.value(&asked("token")), "E'it''s \\\\ none'::character varying");
    assert_eq!(client.value(&asked("born")), "'2000-02-29'::text");
    assert_eq!(client.value(&asked("tags")), "'{a,b}'::text[]");
    assert_eq!(client.value(&asked("n")), "3");
    let all = "SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_attrdef d \
         ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = 'users'::regclass AND attname = 'email'";
    assert_eq!(client.rows(all)[0][1].as_deref(), Some("''::character varying"));
    let document = "SELECT json_agg(pg_get_expr(adbin, adrelid))::text FROM pg_attrdef WHERE adrelid = 'users'::regclass \
         AND adnum = 2";
    assert_eq!(client.value(document), r#"["''::character varying"]"#);
    // Rows that are not opened show no envelope in its place.
    for other in [
        "COPY (SELECT column_default FROM information_schema.columns WHERE table_name = 'users') TO STDOUT",
        "DECLARE c CURSOR WITH HOLD FOR SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef",
    ] {
        assert_eq!(client.fails(other).0, "0A000", "{other}");
    }
    // pg_dump asks so for domains and partitions.
    let prepared = "PREPARE p (name) AS SELECT pg_get_expr(d.adbin, d.adrelid), NULL FROM pg_attrdef d \
         JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
         WHERE d.adrelid = 'users'::regclass AND a.attname = $1";
    client.run(prepared);
    assert_eq!(client.value("EXECUTE p ('email')"), "''::character varying");
    assert_eq!(client.value("EXECUTE p ('n')"), "3");
    client.run("CREATE DOMAIN short AS text DEFAULT 'none'");
    client.run("CREATE TABLE parted (id int, kind short) PARTITION BY LIST (id)");
    client.run("CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)");
    let url = yard.database.url_at(yard.client_address());
    let (dumped, text, said) = yard.database.program("pg_dump", &["--schema-only", &url]);
    assert!(dumped, "{said}");
    assert!(text.contains("DEFAULT ''::character varying") && !text.contains("DEFAULT 'pgV1"), "{text}");
    client.run("INSERT INTO users (n) VALUES (1)");
    client.run("INSERT INTO users DEFAULT VALUES");
    client.run("INSERT INTO users (email, token) VALUES (DEFAULT, 'own'), ('a@b.c', DEFAULT)");
    let row = |client: &mut crate::support::Client, id: u32| {
        client.value(&format!(
            "SELECT jsonb_build_array(email, token, born, tags, doc, n)::text FROM users WHERE id = {id}"
        ))
    };
    assert_eq!(row(&mut client, 1), r#"["", "it's \\ none", "2000-02-29", ["a", "b"], {"on": true}, 1]"#);
    assert_eq!(client.value("SELECT count(*) FROM users WHERE email = ''"), "3");
    client.run("UPDATE users SET email = DEFAULT WHERE email = 'a@b.c'");
    assert_eq!(client.value("SELECT count(*) FROM users WHERE email = ''"), "4");

    // A column that comes later, for rows that are there: in two statements, as frameworks do it.
    client.run("ALTER TABLE users ADD COLUMN late varchar(20) DEFAULT 'late word' NOT NULL");
    client.run("ALTER TABLE users ALTER COLUMN late DROP DEFAULT");
    assert_eq!(
        client.value("SELECT string_agg(late, ',') FROM users"),
        "late word,late word,late word,late word"
    );
    client.run("ALTER TABLE users ALTER COLUMN token SET DEFAULT 'another'");
    assert_eq!(client.value(&asked("token")), "'another'::character varying");
    client.run("INSERT INTO users (late) VALUES ('x')");
    assert_eq!(client.value("SELECT token FROM users WHERE id = 5"), "another");

    let kept = yard.direct().value(KEPT);
    for word in ["none", "2000", "{a,b}", "true", "another", "late word"] {
        assert!(!kept.contains(word), "{word}: {kept}");
    }
    assert_eq!(kept.matches("pgV1:").count(), 6, "two in the array: {kept}");
    verified(&yard);

    // What is no constant stays the server's, and is refused.
    for refused in ["now()::text", "lower(current_user)", "gen_random_uuid()::text", "'a' || random()"] {
        let (state, _) = client.fails(&format!("ALTER TABLE users ALTER COLUMN token SET DEFAULT {refused}"));
        assert_eq!(state, "0A000", "{refused}");
    }

    // To another key: rows to come take it from the DEFAULT.
    let old = keys(&yard);
    yard.verb(&["rotate", "data"]).ends(0);
    yard.verb(&["rotate", "data", "--domain", "email"]).ends(0);
    client.run("INSERT INTO users (late) VALUES ('y')");
    assert_eq!(row(&mut client, 6), r#"["", "another", "2000-02-29", ["a", "b"], {"on": true}, 3]"#);
    assert_eq!(client.value("SELECT count(*) FROM users WHERE email = ''"), "6");
    assert_eq!(client.value(&asked("token")), "'another'::character varying");
    let status = yard.json(&["rotate", "status", "--walk"], 0);
    assert!(!status.to_string().contains("decrypt-only\",\"values"), "{status:#}");
    assert_eq!(old.len(), 1);
    let moved = yard.direct().value(KEPT);
    assert_eq!(moved.matches("pgV1:").count(), 6, "{moved}");
    let heads = |text: &str| -> Vec<String> {
        text.split("pgV1:").skip(1).map(|rest| rest[..8].to_owned()).collect()
    };
    assert!(heads(&moved).iter().all(|head| !heads(&kept).contains(head)), "{kept}\n{moved}");
    yard.verb(&["verify"]).ends(0);
}

#[test]
fn a_default_under_the_key_keeps_it_from_being_destroyed() {
    let tags = [("users.token", "phase = \"encrypted\"")];
    let mut yard = Yard::ready("defaults_key", "SELECT 1", &columns(&tags));
    yard.serve();
    yard.client().run("CREATE TABLE users (id serial PRIMARY KEY, token text DEFAULT 'none')");
    let kept = yard.direct().value(KEPT);
    let old = keys(&yard).remove(0);
    yard.verb(&["rotate", "data"]).ends(0);
    assert_ne!(yard.direct().value(KEPT), kept);
    // As a restored schema would bring it back.
    yard.direct().run(&format!("ALTER TABLE users ALTER COLUMN token SET DEFAULT {kept}"));
    yard.verb(&["keys", "disable", &old]).ends(0);
    let proof = yard.json(&["verify"], 2);
    assert!(proof.to_string().contains(r#""ctid":"DEFAULT""#), "{proof:#}");
    let now = jiff::Timestamp::now().to_string();
    let destroy = ["keys", "destroy", old.as_str(), "--oldest-backup", now.as_str()];
    let refused = yard.verb(&destroy);
    assert_ne!(refused.code, 0, "{}", refused.out);
    yard.direct().run("ALTER TABLE users ALTER COLUMN token DROP DEFAULT");
    yard.verb(&destroy).ends(0);
}

const STORED: &str = "CREATE TABLE people (id int PRIMARY KEY, email text DEFAULT '' NOT NULL, \
    name varchar(40) DEFAULT 'no ''name'' \\ yet' NOT NULL, photo bytea DEFAULT '\\x00ff', \
    doc json DEFAULT '{\"a\": 1}', at text DEFAULT now()::text);
INSERT INTO people (id) SELECT i FROM generate_series(1, 40) i;
CREATE TABLE parts (id int, secret text DEFAULT 'of parts') PARTITION BY LIST (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN (0);
CREATE TABLE parts_b PARTITION OF parts FOR VALUES IN (1);
ALTER TABLE parts_b ALTER COLUMN secret SET DEFAULT 'of b';
INSERT INTO parts (id) VALUES (0), (1)";

#[test]
fn defaults_that_are_there_are_encrypted_and_decrypted_with_the_rows() {
    let phase = "phase = \"encrypting\"";
    let email = format!("mode = 'deterministic'\ndomain = 'email'\n{phase}");
    let tags = [
        ("people.email", email.as_str()),
        ("people.name", phase),
        ("people.photo", phase),
        ("people.doc", phase),
        ("parts.secret", phase),
    ];
    let mut yard = Yard::ready("defaults_there", STORED, &columns(&tags));
    let before = yard.direct().value(KEPT);
    assert_eq!(before.matches("pgV1").count(), 0, "{before}");
    yard.serve();
    yard.client().run("INSERT INTO people (id) VALUES (100)");
    yard.verb(&["encrypt"]).ends(0);
    yard.verb(&["encrypt", "--domain", "email"]).ends(0);
    yard.stop();
    yard.phase("encrypting", "encrypted");
    yard.serve();
    let kept = yard.direct().value(KEPT);
    for word in ["name", "00ff", "\"a\"", "of parts", "of b"] {
        assert!(!kept.contains(word), "{word}: {kept}");
    }
    assert!(kept.contains("now()"), "{kept}");
    let mut client = yard.client();
    client.run("INSERT INTO people (id) VALUES (101)");
    let of = |client: &mut crate::support::Client, id: u32| {
        let sql = format!("SELECT email, name, photo, doc FROM people WHERE id = {id}");
        client.rows(&sql)[0].iter().map(|cell| cell.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(of(&mut client, 101), ["", "no 'name' \\ yet", "\\x00ff", "{\"a\": 1}"]);
    assert_eq!(of(&mut client, 101), of(&mut client, 100));
    assert_eq!(client.value("SELECT count(*) FROM people WHERE email = ''"), "42");
    client.run("INSERT INTO parts (id) VALUES (0)");
    client.run("INSERT INTO parts_b (id) VALUES (1)");
    assert_eq!(client.value("SELECT count(*) FROM parts"), "4");
    assert_eq!(client.rows("SELECT secret FROM parts_b")[1][0].as_deref(), Some("of b"));
    yard.verb(&["verify"]).ends(0);

    yard.stop();
    yard.phase("encrypted", "decrypting");
    yard.serve();
    yard.verb(&["decrypt"]).ends(0);
    yard.verb(&["decrypt", "--domain", "email"]).ends(0);
    assert_eq!(yard.direct().value(KEPT), before);
}
