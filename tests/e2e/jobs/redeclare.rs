//! A stored column that is declared otherwise: read in both forms, sealed anew under way, killed and
//! gone on with.

use std::time::Duration;

use super::child;
use super::place::{Yard, columns};
use super::writers::Writers;

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, card text, n int);
INSERT INTO people SELECT i, 'name ' || i, 'card ' || i, 0 FROM generate_series(1, 900) i;
CREATE TABLE born (id int PRIMARY KEY, day text, code text);
INSERT INTO born SELECT i, (date '2000-02-27' + i)::text, 'code ' || i % 10 FROM generate_series(1, 200) i;
INSERT INTO born VALUES (1001, NULL, NULL)";

const SEALED: &str = "phase = \"encrypted\"";

/// As before, and how it is declared then.
const NAME: [&str; 2] = ["domain = 'names'", "domain = 'names'\npad = 'block64'\nwas = { pad = 'default' }"];
const CARD: [&str; 2] = [
    "domain = 'old cards'",
    "mode = 'deterministic'\ndomain = 'cards'\nwas = { mode = 'randomized', domain = 'old cards' }",
];
const DAY: [&str; 2] = ["domain = 'days'", "domain = 'days'\ntype = 'date'\nwas = { type = 'text' }"];
const CODE: [&str; 2] = [
    "mode = 'deterministic'\ndomain = 'codes'",
    "mode = 'randomized'\ndomain = 'born.code'\nwas = { mode = 'deterministic', domain = 'codes' }",
];

/// Encrypted under the older declarations; the newer ones are accepted.
fn redeclared(label: &str) -> Yard {
    let tags =
        [("people.name", NAME[0]), ("people.card", CARD[0]), ("born.day", DAY[0]), ("born.code", CODE[0])];
    let tags = tags.map(|(name, more)| (name, format!("{SEALED}\n{more}")));
    // A deterministic domain is not converted row by row: its rows come through the proxy.
    let tables = TABLES.split("CREATE TABLE born").next().expect("people");
    let mut yard = Yard::new(label, TABLES, &columns(&tags.each_ref().map(|(n, m)| (*n, m.as_str()))));
    let people = yard.direct().rows("SELECT id, name, card, n FROM people ORDER BY id");
    let born = yard.direct().rows("SELECT id, day, code FROM born ORDER BY id");
    assert!(tables.starts_with("CREATE TABLE people") && people.len() == 900 && born.len() == 201);
    yard.direct().run("TRUNCATE people, born");
    yard.accept();
    yard.serve();
    let value = |cell: &Option<String>| cell.as_ref().map_or("NULL".into(), |text| format!("'{text}'"));
    let row =
        |row: &Vec<Option<String>>| format!("({})", row.iter().map(value).collect::<Vec<_>>().join(", "));
    let rows = |rows: &[Vec<Option<String>>]| rows.iter().map(row).collect::<Vec<_>>().join(", ");
    yard.client().run(&format!("INSERT INTO people VALUES {}", rows(&people)));
    yard.client().run(&format!("INSERT INTO born VALUES {}", rows(&born)));
    assert_eq!(yard.sealed("people", "card"), (900, 0));
    yard.verb(&["encrypt", "--reseal"]).ends(7).says("there is nothing to seal anew");
    for [from, to] in [NAME, CARD, DAY, CODE] {
        yard.replace(from, to);
    }
    yard.accept();
    yard.serve();
    yard
}

fn read(yard: &Yard) -> [Vec<Vec<Option<String>>>; 2] {
    let people = "SELECT id, name, card FROM people WHERE id <= 900 ORDER BY id";
    [people, "SELECT id, day, code FROM born WHERE id < 2000 ORDER BY id"].map(|sql| yard.client().rows(sql))
}

/// Stored values of a column whose suite is deterministic: `AQ` and `Ag` begin the two.
fn deterministic(yard: &Yard, table: &str, column: &str) -> String {
    yard.direct().value(&format!("SELECT count(*) FROM {table} WHERE {column} LIKE 'pgV1:Ag%'"))
}

#[test]
fn a_redeclared_column_is_read_in_both_forms_and_resealed_across_kills() {
    let mut yard = redeclared("redeclare_kill");
    let before = read(&yard);
    assert_eq!(before[1][0][1].as_deref(), Some("2000-02-28"));
    // Equal values may be stored in two forms: nothing compares them.
    for refused in [
        "SELECT id FROM people WHERE card = 'card 7'",
        "SELECT id FROM born WHERE code = 'code 1'",
        "SELECT DISTINCT card FROM people",
        "INSERT INTO people (id, name) SELECT id + 5000, card FROM people WHERE id = 1",
    ] {
        assert_eq!(yard.client().fails(refused).0, "0A000", "{refused}");
    }
    yard.client().run("INSERT INTO born VALUES (2001, '2024-02-29', 'code 1')");
    assert_eq!(yard.client().fails("INSERT INTO born VALUES (2002, 'no day', 'x')").0, "22007");
    yard.verb(&["rotate", "data", "--without", "main"]).ends(7).says("--reseal");
    yard.verb(&["rotate", "data", "--domain", "cards"]).ends(7);
    for (moment, count) in
        [("claimed", 1), ("turned", 2), ("written", 1), ("written", 5), ("committed", 3), ("passed", 1)]
    {
        let status = child::until(&yard.config(), "reseal", moment, count);
        assert!(!status.success(), "{moment} {count}: the child was to end there");
        assert_eq!(read(&yard), before, "{moment} {count}");
    }
    let done = yard.verb(&["encrypt", "--reseal", "--finish"]).ends(0);
    assert!(done.out.contains("sealed anew"), "{}", done.out);
    assert_eq!(read(&yard), before);
    assert_eq!(deterministic(&yard, "people", "card"), "900");
    assert_eq!(deterministic(&yard, "born", "code"), "0");
    let text = std::fs::read_to_string(yard.config()).expect("readable");
    assert!(!text.contains("was ="), "{text}");
    yard.verb(&["verify"]).ends(0);
    yard.verb(&["encrypt", "--reseal"]).ends(7);
    yard.serve();
    assert_eq!(read(&yard), before, "with nothing but the new declarations");
    assert_eq!(yard.client().value("SELECT id FROM people WHERE card = 'card 7'"), "7");
    assert_eq!(yard.client().value("SELECT day FROM born WHERE id = 2001"), "2024-02-29");
    let types = "SELECT pg_typeof(day) FROM born LIMIT 1";
    assert_eq!(yard.client().value("SELECT count(day) FROM born"), "201", "{types}");
    // The domain that nothing is in any more keeps no key.
    yard.verb(&["rotate", "data", "--domain", "codes", "--dry-run"]).ends(3);
}

#[test]
fn no_write_is_lost_while_resealing_is_killed_again_and_again() {
    let mut yard = redeclared("redeclare_writers");
    let writers = Writers::start(&yard, 3);
    let stored = |yard: &Yard| deterministic(yard, "people", "card");
    for n in 0..6u64 {
        let mut job = yard
            .command(&["encrypt", "--reseal", "--batch", "20", "--max-rate", "600"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary");
        let before = stored(&yard);
        while stored(&yard) == before && job.try_wait().expect("its state").is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(n * 37 % 130));
        job.kill().expect("killed");
        job.wait().expect("ended");
    }
    yard.verb(&["encrypt", "--reseal", "--finish"]).ends(0);
    writers.end_and_check(&yard);
    yard.serve();
    let all = yard.direct().value("SELECT count(*) FROM people");
    assert_eq!(deterministic(&yard, "people", "card"), all);
    yard.verb(&["verify"]).ends(0);
}

#[test]
fn a_unique_column_is_closed_while_equal_values_would_be_stored_twice() {
    let tags = format!("{SEALED}\nmode = 'deterministic'\ndomain = 'a'");
    let yard = Yard::ready(
        "redeclare_unique",
        "CREATE TABLE people (id int PRIMARY KEY, name text UNIQUE)",
        &columns(&[("people.name", &tags)]),
    );
    yard.replace("domain = 'a'", "domain = 'b'\nwas = { domain = 'a' }");
    yard.verb(&["policy", "accept"]).ends(0);
    yard.verb(&["apply"]).ends(2).says("would both be stored");
    yard.verb(&["encrypt", "--reseal"]).ends(7).says("is closed");
    yard.direct().run("ALTER TABLE people DROP CONSTRAINT people_name_key");
    yard.verb(&["apply"]).ends(0);
}
