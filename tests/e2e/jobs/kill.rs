//! Jobs that end at every step, and what is found afterwards.

use std::time::Duration;

use super::child;
use super::place::{Yard, columns};
use super::writers::Writers;

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, card text, n int);
INSERT INTO people SELECT i, 'name ' || i, 'card ' || i, 0 FROM generate_series(1, 900) i";

/// Where a process ends: the moment, and the how-manieth time.
const ENDS: &[(&str, u32)] = &[
    ("claimed", 1),
    ("claimed", 5),
    ("turned", 2),
    ("written", 1),
    ("written", 2),
    ("committed", 1),
    ("committed", 3),
    ("passed", 1),
];

fn yard(label: &str, phase: &str) -> Yard {
    let phase = format!("phase = \"{phase}\"");
    Yard::ready(label, TABLES, &columns(&[("people.name", &phase), ("people.card", &phase)]))
}

fn everything(yard: &Yard) -> Vec<Vec<Option<String>>> {
    yard.client().rows("SELECT id, name, card FROM people ORDER BY id")
}

#[test]
fn encrypting_goes_on_after_an_end_at_any_step() {
    let mut yard = yard("kill_encrypt", "encrypting");
    yard.serve();
    let before = everything(&yard);
    for (moment, count) in ENDS.iter().chain(&[("passed", 2), ("guarded", 1)]) {
        let status = child::until(&yard.config(), "encrypt", moment, *count);
        assert!(!status.success(), "{moment} {count}: the child was to end there");
        assert_eq!(everything(&yard), before, "{moment} {count}");
        let (sealed, plain) = yard.sealed("people", "name");
        assert_eq!(sealed + plain, 900, "{moment} {count}");
    }
    yard.verb(&["encrypt"]).ends(0);
    assert_eq!(everything(&yard), before);
    assert_eq!((yard.sealed("people", "name"), yard.sealed("people", "card")), ((900, 0), (900, 0)));
}

#[test]
fn rotation_goes_on_after_an_end_at_any_step() {
    let mut yard = yard("kill_rotate", "encrypting");
    yard.attended(&["encrypt", "--finish"]).ends(0);
    yard.accept();
    yard.serve();
    let before = everything(&yard);
    let old = yard.json(&["rotate", "status"], 0)["active"].clone();
    yard.verb(&["keys", "add"]).ends(0);
    let keys = yard.json(&["keys", "list"], 0);
    let pending =
        keys["keys"].as_array().expect("keys").iter().find(|key| key["state"] == "pending").expect("one");
    yard.verb(&["keys", "promote", pending["id"].as_str().expect("an id")]).ends(0);
    yard.serve();
    for (moment, count) in ENDS {
        let status = child::until(&yard.config(), "rotate", moment, *count);
        assert!(!status.success(), "{moment} {count}: the child was to end there");
        assert_eq!(everything(&yard), before, "{moment} {count}");
    }
    yard.verb(&["rotate", "data", "--join"]).ends(0);
    assert_eq!(everything(&yard), before);
    let status = yard.json(&["rotate", "status", "--walk"], 0);
    assert!(!status["columns"].to_string().contains(old.as_str().expect("an id")), "{status:#}");
}

#[test]
fn no_write_is_lost_while_the_job_is_killed_again_and_again() {
    let mut yard = yard("kill_writers", "encrypting");
    yard.serve();
    let writers = Writers::start(&yard, 3);
    let mut killed = 0;
    for n in 0..12u64 {
        let mut job = yard
            .command(&["encrypt", "--batch", "20", "--max-rate", "1500"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary");
        // It waits for the proxy first.
        let before = yard.sealed("people", "name").0;
        while yard.sealed("people", "name").0 == before && job.try_wait().expect("its state").is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(n * 37 % 130));
        job.kill().expect("killed");
        killed += u32::from(job.wait().expect("ended").code().is_none());
    }
    assert!(killed > 5, "only {killed} were killed before they had ended");
    yard.verb(&["encrypt"]).ends(0);
    writers.end_and_check(&yard);
    assert_eq!(yard.sealed("people", "name").1 + yard.sealed("people", "card").1, 0);
}
