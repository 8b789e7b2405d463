//! The proof: clean where it is, and every kind of fault found; dumps searched; evidence signed.

use super::place::{Yard, columns};

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, card text, doc jsonb, tags text[]);
INSERT INTO people SELECT i, 'Stored name ' || i, CASE WHEN i % 4 = 0 THEN NULL ELSE 'card ''\\t' || i END, \
    jsonb_build_object('i', i), ARRAY['tag ' || i, NULL] FROM generate_series(1, 300) i;
CREATE TABLE parts (id int, secret text) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (100) TO (1000);
INSERT INTO parts SELECT i, 'secret part ' || i FROM generate_series(1, 200) i";

fn yard(label: &str) -> Yard {
    let phase = "phase = \"encrypting\"";
    let tags = ["people.name", "people.card", "people.doc", "people.tags", "parts.secret"];
    let mut yard = Yard::ready(label, TABLES, &columns(&tags.map(|name| (name, phase))));
    yard.attended(&["encrypt", "--finish"]).ends(0);
    yard.accept();
    yard
}

fn column<'v>(proof: &'v serde_json::Value, name: &str) -> &'v serde_json::Value {
    let columns = proof["columns"].as_array().expect("columns");
    columns.iter().find(|column| column["column"] == name).expect("the column")
}

#[test]
fn a_clean_database_is_proven_and_the_evidence_is_signed() {
    let yard = yard("verify_clean");
    let file = yard.path("proof.json").display().to_string();
    let proof = yard.json(&["verify", "--evidence", &file], 0);
    assert_eq!(proof["verdict"], "clean");
    let card = column(&proof, "public.people.card");
    assert_eq!((&card["rows"], &card["good"], &card["nulls"]), (&300.into(), &225.into(), &75.into()));
    assert_eq!(column(&proof, "public.parts.secret")["good"], 200, "all partitions");
    assert_eq!(column(&proof, "public.people.tags")["keys"][0]["values"], 300, "elements that are not NULL");
    assert!(!proof.to_string().contains("Stored"), "a value is shown");
    let heads = yard.json(&["verify", "--no-decrypt", "--dry-run"], 0);
    assert_eq!(column(&heads, "public.people.name")["good"], 300);

    yard.verb(&["verify", "--check-evidence", &file]).ends(0).says("the signature is good");
    yard.verb(&["verify", "--evidence", &file]).ends(1).says("exists");
    let text = std::fs::read_to_string(&file).expect("evidence");
    let key = serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["public_key"].clone();
    let key = key.as_str().expect("a key");
    yard.verb(&["verify", "--check-evidence", &file, "--public-key", key]).ends(0);
    yard.verb(&["keys", "export-public-info"]).ends(0).says(key);
    yard.verb(&["verify", "--check-evidence", &file, "--public-key", &"0".repeat(64)])
        .ends(2)
        .says("another key");
    std::fs::write(&file, text.replace("\"nulls\": 75", "\"nulls\": 74")).expect("changed");
    yard.verb(&["verify", "--check-evidence", &file]).ends(2).says("changed after it was signed");
}

#[test]
fn every_kind_of_fault_is_found_and_told_by_its_place() {
    let yard = yard("verify_faults");
    let mut direct = yard.direct();
    direct.run("ALTER TABLE people DROP CONSTRAINT pgveil_guard_name");
    direct.run("UPDATE people SET name = 'written past pgveil' WHERE id IN (1, 2)");
    // Another bit, another column, another key.
    direct.run("UPDATE people SET name = overlay(name placing (CASE substr(name, 40, 1) WHEN 'A' THEN 'B' ELSE 'A' END) from 40 for 1) WHERE id = 3");
    direct.run("UPDATE people SET name = card WHERE id = 5");
    direct.run("UPDATE people SET name = overlay(name placing 'AQABAgME' from 6 for 8) WHERE id = 6");
    direct.run("UPDATE people SET name = left(name, 30) WHERE id = 7");
    let proof = yard.json(&["verify", "--dry-run", "--workers", "1"], 2);
    assert_eq!(proof["verdict"], "findings");
    assert_eq!(proof["closed"][0]["code"], "guard-missing", "{proof:#}");
    let name = column(&proof, "public.people.name");
    assert_eq!(name["faults"]["plaintext"], 2, "{name:#}");
    assert_eq!(name["faults"]["damaged"], 3, "{name:#}");
    assert_eq!(name["faults"]["foreign"], 1, "{name:#}");
    assert_eq!(name["good"], 294);
    assert_eq!(name["found"].as_array().expect("places").len(), 6);
    let ctid = name["found"][0]["ctid"].as_str().expect("a place").to_owned();
    let there = direct.value(&format!("SELECT count(*) FROM people WHERE ctid = '{ctid}'"));
    assert_eq!(there, "1");
    assert!(!proof.to_string().contains("past pgveil"), "a value is shown");
    let heads = yard.json(&["verify", "--dry-run", "--no-decrypt"], 2);
    assert_eq!(column(&heads, "public.people.name")["faults"]["plaintext"], 2);
}

#[test]
fn a_dump_in_any_format_is_searched_and_what_cannot_be_searched_is_not_called_clean() {
    let mut yard = yard("verify_dump");
    if !yard.database.can_be_dumped() {
        return;
    }
    yard.serve();
    let url = yard.database.url();
    let at = |name: &str| yard.path(name).display().to_string();
    for (format, file) in [("plain", "a.sql"), ("custom", "a.dump"), ("directory", "a.dir"), ("tar", "a.tar")]
    {
        let (good, _, err) =
            yard.database.program("pg_dump", &["--format", format, "--file", &at(file), &url]);
        assert!(good, "{err}");
        let proof = yard.json(&["verify", "--dry-run", "--dump", &at(file)], 0);
        assert_eq!(proof["searched"][0]["format"], format, "{proof:#}");
        assert!(proof["searched"][0]["bytes"].as_u64().is_some_and(|bytes| bytes > 20_000), "{proof:#}");
    }
    let through = yard.database.url_at(yard.client_address());
    for (format, file) in [("plain", "b.sql"), ("custom", "b.dump")] {
        let (good, _, err) =
            yard.database.program("pg_dump", &["--format", format, "--file", &at(file), &through]);
        assert!(good, "{err}");
        let proof = yard.json(&["verify", "--dry-run", "--dump", &at(file)], 2);
        let hits = &proof["searched"][0]["found"];
        assert!(hits.to_string().contains("public.people.name"), "{proof:#}");
        assert!(!proof.to_string().contains("Stored name"), "a value is shown");
    }
    for (bytes, code, word) in [
        (b"nothing here".to_vec(), 0, "clean"),
        (b"..53746f726564206e616d6520313137..".to_vec(), 2, "hex"),
        ("x Stored name 117".encode_utf16().flat_map(u16::to_le_bytes).collect(), 2, "utf-16"),
        (b"\x1f\x8b\x08 packed".to_vec(), 1, "compressed (gzip)"),
        (b"PGDMP cut short".to_vec(), 1, "pg_restore"),
    ] {
        std::fs::write(at("file"), bytes).expect("written");
        yard.verb(&["verify", "--dry-run", "--samples", "1000", "--dump", &at("file")]).ends(code).says(word);
    }
    yard.verb(&["verify", "--dry-run", "--dump", &at("missing")]).ends(1);
    std::fs::write(at("file"), "… a planted canary …").expect("written");
    yard.verb(&["verify", "--dry-run", "--needle", "planted canary", "--dump", &at("file")])
        .ends(2)
        .says("needle");
}
