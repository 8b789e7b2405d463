//! A rotation as an operator runs it: status, pause, interruption, several processes at once.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::place::{Yard, columns};
use super::writers::Writers;

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, card text, n int);
INSERT INTO people SELECT i, 'name ' || i, 'card ' || i, 0 FROM generate_series(1, 900) i";

fn encrypted(label: &str) -> Yard {
    let phase = "phase = \"encrypting\"";
    let mut yard = Yard::ready(label, TABLES, &columns(&[("people.name", phase), ("people.card", phase)]));
    yard.attended(&["encrypt", "--finish"]).ends(0);
    yard.accept();
    yard
}

/// Values of a column under each key, by the key's state.
fn counts(yard: &Yard, walk: bool) -> Vec<(String, u64)> {
    let arguments: &[&str] = if walk { &["rotate", "status", "--walk"] } else { &["rotate", "status"] };
    let status = yard.json(arguments, 0);
    let counts = status["columns"][0]["counts"].as_array().expect("counts").clone();
    let count = |one: &serde_json::Value| {
        (one["state"].as_str().expect("a state").to_owned(), one["values"].as_u64().expect("a number"))
    };
    let mut all: Vec<(String, u64)> = counts.iter().map(count).collect();
    all.sort();
    all
}

fn until(holds: impl Fn() -> bool, otherwise: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{otherwise}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_new_key_and_every_value_under_it() {
    let yard = encrypted("rotate_all");
    assert_eq!(counts(&yard, false), [("active".to_owned(), 900)]);
    yard.verb(&["rotate", "data", "--join"]).ends(0).says("0 rows");
    yard.verb(&["rotate", "data", "--dry-run"]).ends(0).says("would make a new key");
    let stalled = yard.verb(&["rotate", "data", "--patience", "1"]).ends(2);
    assert!(stalled.err.contains("main"), "it says who is missing: {}", stalled.err);
    let done = yard.verb(&["rotate", "data", "--without", "main"]).ends(0);
    assert!(done.out.contains("900 rows, 1800 values") && done.out.contains("VACUUM"), "{}", done.out);
    assert_eq!(counts(&yard, false), [("active".to_owned(), 900)]);
    assert_eq!(counts(&yard, true), counts(&yard, false), "the server's count is the true one here");
    let keys = yard.json(&["keys", "list"], 0);
    assert_eq!(
        keys["keys"].as_array().expect("keys").len(),
        2,
        "the key of the stalled run was used: {keys:#}"
    );
}

#[test]
fn it_waits_while_paused_and_ends_between_two_batches_when_interrupted() {
    let yard = encrypted("rotate_pause");
    yard.verb(&["rotate", "pause"]).ends(0);
    let mut job = yard
        .command(&["rotate", "data", "--without", "main", "--batch", "10", "--max-rate", "60"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary");
    until(|| counts(&yard, false) == [("decrypt-only".to_owned(), 900)], "the key is not promoted");
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(counts(&yard, false), [("decrypt-only".to_owned(), 900)], "it does not wait");
    yard.verb(&["rotate", "resume"]).ends(0);
    until(|| counts(&yard, false).len() == 2, "it does not go on");
    let killed = std::process::Command::new("kill").args(["-INT", &job.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    assert_eq!(job.wait().expect("ended").code(), Some(130));
    let middle = counts(&yard, false);
    assert_eq!(middle.len(), 2, "{middle:?}");
    yard.verb(&["rotate", "data"]).ends(0);
    assert_eq!(counts(&yard, true), [("active".to_owned(), 900)]);
    let keys = yard.json(&["keys", "list"], 0);
    assert_eq!(keys["keys"].as_array().expect("keys").len(), 2, "it went on, and made no third key");
}

#[test]
fn several_processes_share_the_rows_while_applications_write() {
    let mut yard = encrypted("rotate_many");
    yard.verb(&["keys", "add"]).ends(0);
    let keys = yard.json(&["keys", "list"], 0);
    let keys = keys["keys"].as_array().expect("keys");
    let pending = keys.iter().find(|key| key["state"] == "pending").expect("one");
    yard.verb(&["keys", "promote", pending["id"].as_str().expect("an id")]).ends(0);
    yard.serve();
    let writers = Writers::start(&yard, 3);
    let jobs: Vec<_> = (0..3)
        .map(|_| {
            yard.command(&["rotate", "data", "--join", "--batch", "15", "--json"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the binary")
        })
        .collect();
    let mut rows = 0;
    for job in jobs {
        let output = job.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0));
        let done: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        rows += done["tables"][0]["rows"].as_u64().expect("rows");
    }
    writers.end_and_check(&yard);
    assert!((1..=900).contains(&rows), "each row at most once: {rows}");
    let left = counts(&yard, true);
    assert!(left.len() == 1 && left[0].0 == "active", "{left:?}");
}
