//! Rows of every kind of key and stored type: encrypted in place and decrypted again, byte-equal to
//! the start.

use super::place::{Yard, columns};

/// Every kind of key, every stored type, NULLs and empty values.
const TABLES: &str = "\
CREATE TABLE by_int (id int PRIMARY KEY, name text, nick varchar(40), doc jsonb, raw json, photo bytea, \
    tags text[], born text, salary text, note text NOT NULL DEFAULT 'untouched');
INSERT INTO by_int SELECT i, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN '' ELSE 'Ană ' || i END, \
    'n' || i, jsonb_build_object('i', i, 'text', 'ä\"\\'), ('{\"b\" : ' || i || ', \"a\":null}')::json, \
    decode(md5(i::text), 'hex'), CASE WHEN i % 5 = 0 THEN '{}' ELSE ARRAY['a b', NULL, 'NULL', '{x}', i::text] END, \
    (date '1970-01-01' + i)::text, (i * 1.25)::text FROM generate_series(1, 600) i;
CREATE TABLE by_two (a text, b uuid, c timestamptz, secret text, PRIMARY KEY (a, b, c));
INSERT INTO by_two SELECT 'k' || (i % 10), md5(i::text)::uuid, now() + i * interval '1 min', 's' || i \
    FROM generate_series(1, 500) i;
CREATE TABLE keyless (secret text, other int);
INSERT INTO keyless SELECT repeat('x', i % 50) || i, i FROM generate_series(1, 700) i;
CREATE TABLE padded (id char(12) NOT NULL UNIQUE, secret char(10));
INSERT INTO padded SELECT 'p' || i, 'v' || i FROM generate_series(1, 50) i;
CREATE TABLE parts (id int, part int, secret text, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN (0);
CREATE TABLE \"Parts B\" (secret text, part int NOT NULL, id int NOT NULL);
ALTER TABLE parts ATTACH PARTITION \"Parts B\" FOR VALUES IN (1);
INSERT INTO parts SELECT i, i % 2, 'part ' || i FROM generate_series(1, 300) i";

const TAGS: &[(&str, &str)] = &[
    ("by_int.name", ""),
    ("by_int.nick", ""),
    ("by_int.doc", ""),
    ("by_int.raw", ""),
    ("by_int.photo", ""),
    ("by_int.tags", ""),
    ("by_int.born", "type = 'date'"),
    ("by_int.salary", "type = 'numeric'"),
    ("by_two.secret", ""),
    ("keyless.secret", ""),
    ("padded.secret", ""),
    ("parts.secret", ""),
];

const PROTECTED: &[(&str, &str, u64)] = &[
    ("by_int", "name", 515),
    ("by_int", "nick", 600),
    ("by_int", "doc", 600),
    ("by_int", "raw", 600),
    ("by_int", "photo", 600),
    ("by_int", "born", 600),
    ("by_int", "salary", 600),
    ("by_two", "secret", 500),
    ("keyless", "secret", 700),
    ("padded", "secret", 50),
    ("parts", "secret", 300),
];

const EVERYTHING: &[&str] = &[
    "SELECT id, name, nick, doc, raw, photo, tags, born, salary, note FROM by_int ORDER BY id",
    "SELECT a, b, c, secret FROM by_two ORDER BY a, b, c",
    "SELECT secret, other FROM keyless ORDER BY other",
    "SELECT id, secret FROM padded ORDER BY id",
    "SELECT id, part, secret FROM parts ORDER BY id, part",
];

fn policy() -> String {
    let tags: Vec<(&str, String)> =
        TAGS.iter().map(|(name, more)| (*name, format!("phase = \"encrypting\"\n{more}"))).collect();
    columns(&tags.iter().map(|(name, more)| (*name, more.as_str())).collect::<Vec<_>>())
}

fn read(client: &mut crate::support::Client) -> Vec<Vec<Vec<Option<String>>>> {
    EVERYTHING.iter().map(|sql| client.rows(sql)).collect()
}

#[test]
fn every_row_is_encrypted_in_place_and_comes_back_as_it_was() {
    let mut yard = Yard::new("there_back", TABLES, &policy());
    let before = read(&mut yard.direct());
    yard.accept();
    yard.serve();
    // char(10) is shown as such, though apply has made it text.
    assert_eq!(read(&mut yard.client()), before, "through the proxy before the first row");

    let foreseen = yard.json(&["encrypt", "--dry-run"], 0);
    assert_eq!(foreseen["tables"][0]["rows"], 600, "{foreseen:#}");
    let done = yard.json(&["encrypt", "--batch", "100"], 0);
    assert_eq!(done["schema_version"], 1);
    let tables = done["tables"].as_array().expect("tables");
    assert!(tables.iter().all(|table| table["left"] == 0 && table["guarded"] == true), "{done:#}");
    assert_eq!(tables.iter().map(|table| table["rows"].as_u64().expect("rows")).sum::<u64>(), 2150);
    let keyless = tables.iter().find(|table| table["relation"] == "public.keyless").expect("keyless");
    assert_eq!(keyless["by_ctid"][0], "public.keyless", "paged by ctid, and said so");
    let kinds: Vec<&str> =
        done["remains"].as_array().expect("remains").iter().filter_map(|one| one["kind"].as_str()).collect();
    assert!(
        kinds.contains(&"dead-rows") && kinds.contains(&"wal") && kinds.contains(&"backups"),
        "{kinds:?}"
    );
    for (table, column, values) in PROTECTED {
        assert_eq!(yard.sealed(table, column), (*values, 0), "{table}.{column}");
    }
    assert_eq!(read(&mut yard.client()), before, "through the proxy, encrypted");
    yard.verb(&["encrypt"]).ends(0).says("0 rows");

    yard.phase("encrypting", "encrypted");
    yard.serve();
    assert_eq!(read(&mut yard.client()), before, "in phase encrypted");
    yard.direct().fails("INSERT INTO keyless (secret) VALUES ('past the proxy')");
    yard.client().run("INSERT INTO keyless (secret, other) VALUES ('through', -1)");
    yard.client().run("DELETE FROM keyless WHERE other = -1");

    yard.phase("encrypted", "decrypting");
    yard.serve();
    let done = yard.verb(&["decrypt", "--workers", "3"]).ends(0);
    assert!(done.out.contains("phase = \"plain\""), "{}", done.out);
    for (table, column, values) in PROTECTED {
        assert_eq!(yard.sealed(table, column), (0, *values), "{table}.{column}");
    }
    assert_eq!(read(&mut yard.client()), before, "through the proxy, decrypted");
    yard.stop();
    // What was char(10) is text now, with its blanks.
    assert_eq!(read(&mut yard.direct()), before, "on the server");
}

#[test]
fn finish_writes_the_phase_and_accepts_it() {
    let mut yard = Yard::ready("finish", TABLES, &policy());
    let only = ["encrypt", "--column", "public.by_two.secret", "--finish"];
    yard.attended(&only).ends(0).says("phase = \"encrypted\" is written");
    let text = std::fs::read_to_string(yard.config()).expect("readable");
    assert_eq!(text.matches("phase = \"encrypted\"").count(), 1, "{text}");
    assert_eq!(text.matches("phase = \"encrypting\"").count(), TAGS.len() - 1, "{text}");
    yard.verb(&["catalog", "diff"]).ends(0);
    yard.verb(&only[..3]).ends(7).says("is in phase \"encrypted\"");
    assert_eq!(yard.sealed("by_two", "secret"), (500, 0));
    assert_eq!(yard.sealed("keyless", "secret"), (0, 700));
}

#[test]
fn scrub_has_the_statistics_forget() {
    let mut yard = Yard::ready("scrub", TABLES, &policy());
    // The server's own ANALYZE would have them forgotten too.
    yard.direct().run("ALTER TABLE keyless SET (autovacuum_enabled = false)");
    yard.direct().run("INSERT INTO keyless SELECT 'often', 0 FROM generate_series(1, 500); ANALYZE keyless");
    let samples = "SELECT count(*) FROM pg_stats WHERE tablename = 'keyless' AND attname = 'secret' \
                   AND (most_common_vals::text LIKE '%often%' OR histogram_bounds::text LIKE '%xxxx%')";
    assert_eq!(yard.direct().value(samples), "1");
    yard.attended(&["encrypt", "--column", "public.keyless.secret"])
        .ends(0)
        .says("pg_statistic holds sample values");
    assert_eq!(yard.direct().value(samples), "1");
    yard.verb(&["scrub", "--column", "public.keyless.secret"]).ends(0).says("every backup");
    assert_eq!(yard.direct().value(samples), "0");
    let left = yard.json(&["scrub", "--column", "public.keyless.secret", "--full"], 0);
    assert!(!left["remains"].to_string().contains("statistics"), "{left:#}");
}

#[test]
fn a_table_whose_rows_are_only_sampled_beforehand_is_walked_whole() {
    // One row a block, and more blocks than are sampled; the wanted rows are all at its end.
    let tables = "CREATE TABLE wide (id int PRIMARY KEY, name text, filler text);
        ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
        INSERT INTO wide SELECT i, CASE WHEN i > 2390 THEN 'name ' || i END, repeat('x', 7000)
            FROM generate_series(1, 2400) i";
    let tag = columns(&[("wide.name", "phase = \"encrypting\"")]);
    let mut yard = Yard::ready("sampled", tables, &tag);
    let done = yard.attended_json(&["encrypt", "--finish"], 0);
    assert_eq!(
        (&done["tables"][0]["rows"], &done["tables"][0]["guarded"]),
        (&10.into(), &true.into()),
        "{done:#}"
    );
    assert_eq!(yard.sealed("wide", "name"), (10, 0));
}
