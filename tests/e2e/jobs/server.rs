//! The server dies under a job, whose commits are asynchronous: the next run completes, and nothing is
//! lost or wrong.

use std::process::Stdio;
use std::time::Duration;

use super::place::{Yard, columns};
use crate::support::own_server;

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, card text);
INSERT INTO people SELECT i, 'name ' || i, 'card ' || i FROM generate_series(1, 900) i";

fn yard(label: &str) -> Yard {
    let phase = "phase = \"encrypting\"";
    let database = own_server().database(label);
    let yard = Yard::of(database, TABLES, &columns(&[("people.name", phase), ("people.card", phase)]));
    yard.accept();
    yard
}

fn everything(yard: &Yard) -> Vec<Vec<Option<String>>> {
    yard.client().rows("SELECT id, name, card FROM people ORDER BY id")
}

/// Starts the job, kills the server when the job has done something more, and waits for both ends.
fn cut_off(yard: &Yard, job: &[&str], done: impl Fn() -> u64, wait: Duration) {
    let before = done();
    let mut child =
        yard.command(job).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary");
    while done() == before {
        assert!(child.try_wait().expect("its state").is_none(), "{job:?} ended and did nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(wait);
    yard.database.server.crash();
    let code = child.wait().expect("ended").code();
    // It may have been done just before.
    assert!(matches!(code, Some(0 | 1 | 4)), "{job:?}: {code:?}");
}

#[test]
fn encrypting_goes_on_after_the_server_has_died() {
    let mut yard = yard("server_encrypt");
    yard.serve();
    let before = everything(&yard);
    for n in 0..4u64 {
        let sealed = || yard.sealed("people", "name").0;
        cut_off(
            &yard,
            &["encrypt", "--batch", "20", "--max-rate", "600"],
            sealed,
            Duration::from_millis(n * 70),
        );
        assert_eq!(everything(&yard), before, "after crash {n}");
    }
    yard.verb(&["encrypt"]).ends(0);
    assert_eq!(everything(&yard), before);
    assert_eq!((yard.sealed("people", "name"), yard.sealed("people", "card")), ((900, 0), (900, 0)));
}

#[test]
fn rotation_goes_on_after_the_server_has_died() {
    let mut yard = yard("server_rotate");
    yard.attended(&["encrypt", "--finish"]).ends(0);
    yard.accept();
    yard.serve();
    let before = everything(&yard);
    let old = yard.json(&["rotate", "status"], 0)["active"].as_str().expect("an id").to_owned();
    yard.verb(&["keys", "add"]).ends(0);
    let keys = yard.json(&["keys", "list"], 0);
    let mut keys = keys["keys"].as_array().expect("keys").iter();
    let pending = keys.find(|key| key["state"] == "pending").expect("one");
    yard.verb(&["keys", "promote", pending["id"].as_str().expect("an id")]).ends(0);
    yard.serve();
    let written = || {
        let last = yard.direct().value("SELECT max(xmin::text::bigint) FROM people");
        last.parse().expect("a number")
    };
    for n in 0..4u64 {
        let wait = Duration::from_millis(n * 70);
        cut_off(&yard, &["rotate", "data", "--join", "--batch", "20", "--max-rate", "400"], written, wait);
        assert_eq!(everything(&yard), before, "after crash {n}");
    }
    yard.verb(&["rotate", "data", "--join"]).ends(0);
    assert_eq!(everything(&yard), before);
    let status = yard.json(&["rotate", "status", "--walk"], 0);
    assert!(!status["columns"].to_string().contains(&old), "{status:#}");
}
