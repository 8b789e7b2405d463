//! A canary is planted through the proxy, looked for past it, and taken away; and a leak is found.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::place::{Yard, columns};

const TABLES: &str = "CREATE TYPE kind AS ENUM ('cat', 'dog');
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (7);
CREATE TABLE people (id int PRIMARY KEY, owner int NOT NULL REFERENCES owners, of_kind kind NOT NULL,
    name text NOT NULL, doc jsonb, raw bytea, born text NOT NULL, since timestamptz NOT NULL, rest int DEFAULT 3);
CREATE INDEX ON people (name);
CREATE TABLE days (id bigint PRIMARY KEY, day text)";

fn yard(label: &str, phase: &str) -> Yard {
    yard_with(label, phase, "", &[])
}

/// With one more table and its tags.
fn yard_with(label: &str, phase: &str, table: &str, more: &[(&str, &str)]) -> Yard {
    let phase = format!("phase = \"{phase}\"");
    let date = format!("{phase}\ntype = 'date'");
    let tags = [
        ("people.name", phase.as_str()),
        ("people.doc", &phase),
        ("people.raw", &phase),
        ("people.born", &date),
        ("days.day", &date),
    ];
    let yard = Yard::ready(label, &format!("{TABLES};{table}"), &columns(&[&tags[..], more].concat()));
    let direct = yard.database.url();
    let through = direct.replace(&yard.database.server.address(), yard.client_address());
    assert_ne!(direct, through);
    std::fs::write(yard.path("client.dsn"), through).expect("written");
    std::fs::write(yard.path("past.dsn"), direct).expect("written");
    // Who may read files and ask for a checkpoint.
    std::fs::write(yard.path("admin.dsn"), yard.database.host_url()).expect("written");
    yard
}

#[test]
fn a_canary_is_nowhere_in_the_clear_and_is_taken_away() {
    let mut yard = yard("canary_clean", "encrypted");
    yard.serve();
    let client = format!("file:{}", yard.path("client.dsn").display());
    let proof = yard.json(&["verify", "--canary", &client], 0);
    assert_eq!((&proof["verdict"], &proof["hits"]), (&"clean".into(), &0.into()), "{proof:#}");
    let planted = proof["planted"].as_array().expect("columns");
    assert_eq!(planted.len(), 3, "name, doc and raw hold it, a date does not: {proof:#}");
    assert_eq!(proof["skipped"][0]["relation"], "public.days", "{proof:#}");
    let places = proof["places"].as_array().expect("places");
    for place in ["table public.people", "write-ahead log", "file of people", "file of people_name_idx"] {
        let found = places.iter().find(|one| one["place"] == place);
        let found = found.unwrap_or_else(|| panic!("{place}: {proof:#}"));
        assert!(found["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{place}: {found:#}");
    }
    assert_eq!(yard.direct().value("SELECT count(*) FROM people"), "0");
    let text = yard.verb(&["verify", "--dry-run", "--canary", &client]).ends(0);
    assert!(
        text.out.contains("planted in public.people.name") && text.out.ends_with("clean\n"),
        "{}",
        text.out
    );
}

#[test]
fn a_canary_that_leaks_is_found_where_it_lies() {
    let mut yard = yard("canary_leak", "encrypting");
    yard.serve();
    // Straight to the server, as a client that goes round pgveil.
    let past = format!("file:{}", yard.path("past.dsn").display());
    let proof = yard.json(&["verify", "--canary", &past], 2);
    let places = proof["places"].as_array().expect("places");
    for place in ["table public.people", "write-ahead log", "file of people", "file of people_name_idx"] {
        let found = places.iter().find(|one| one["place"] == place).expect("the place");
        assert!(found["hits"].as_u64().is_some_and(|hits| hits > 0), "{place}: {proof:#}");
    }
    assert_eq!(yard.direct().value("SELECT count(*) FROM people"), "0", "taken away all the same");
}

#[test]
fn a_canary_is_taken_away_when_the_search_is_interrupted() {
    let guests = "CREATE TABLE guests (id int PRIMARY KEY, name text NOT NULL)";
    let mut yard = yard_with("canary_cut", "encrypted", guests, &[("guests.name", "phase = \"encrypted\"")]);
    yard.serve();
    let client = format!("file:{}", yard.path("client.dsn").display());
    // Planting in the second table waits.
    let mut lock = yard.direct();
    lock.run("BEGIN");
    lock.run("LOCK TABLE guests IN SHARE MODE");
    let job =
        yard.command(&["verify", "--canary", &client]).stderr(Stdio::piped()).spawn().expect("the binary");
    let mut direct = yard.direct();
    let deadline = Instant::now() + Duration::from_secs(20);
    while direct.value("SELECT count(*) FROM people") == "0" {
        assert!(Instant::now() < deadline, "nothing is planted");
        std::thread::sleep(Duration::from_millis(20));
    }
    Command::new("kill").args(["-INT", &job.id().to_string()]).status().expect("kill");
    lock.run("COMMIT");
    let ended = job.wait_with_output().expect("ended");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("nothing is proven") && !said.contains("NOT TAKEN AWAY"), "{said}");
    for table in ["people", "guests"] {
        assert_eq!(direct.value(&format!("SELECT count(*) FROM {table}")), "0", "{table}");
    }
}

#[test]
fn nothing_planted_is_no_clean_result() {
    let yard = yard("canary_nothing", "encrypted");
    let client = format!("file:{}", yard.path("client.dsn").display());
    yard.verb(&["verify", "--canary", &client]).ends(4);
    yard.verb(&["verify", "--canary", "nothing"]).ends(3);
    let past = format!("file:{}", yard.path("past.dsn").display());
    // The guard refuses it.
    let refused = yard.verb(&["verify", "--canary", &past]).ends(2);
    assert!(refused.out.contains("not planted in public.people"), "{}", refused.out);
}
