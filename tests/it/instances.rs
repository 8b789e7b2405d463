//! What counts as an acknowledgement of a step, and what a host can do with the rows: nothing.

use std::time::Duration;

use pgveil::crypto::Keyring;
use pgveil::jobs::instances::lease::{LENGTH, Lease, MARGIN, until_off};
use pgveil::jobs::instances::roll::{Lack, Roll};
use pgveil::jobs::instances::row::{Announcement, Answer, Challenge, Row, Standing, hex};
use serde_json::{Value, json};

use super::format::seeded;

const BEGIN: Duration = Duration::ZERO;
const QUIET: Duration = Duration::from_secs(17);

fn keyring(seed: u8) -> Keyring {
    Keyring::new(1_700_000_000, &mut seeded(seed)).unwrap()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn step(challenge: u8, demand: Standing) -> Announcement {
    let step = "window of domain email".to_owned();
    Announcement { step, demand, generation: 7, challenge: Challenge([challenge; 16]) }
}

fn answer(instance: &str, standing: Standing, counter: u64, challenge: u8) -> Answer {
    let instance = instance.to_owned();
    Answer { instance, standing, generation: 7, counter, challenge: Challenge([challenge; 16]) }
}

fn lacks(roll: &Roll) -> Vec<(String, Lack)> {
    roll.missing(BEGIN).into_iter().map(|missing| (missing.instance, missing.what)).collect()
}

#[test]
fn a_step_waits_for_every_instance_that_the_operator_lists() {
    let mut roll = Roll::new(&names(&["a", "b"]), &[], QUIET);
    roll.begin(step(1, Standing::Drained));
    assert_eq!(lacks(&roll), [("a".into(), Lack::Silent), ("b".into(), Lack::Silent)]);
    roll.hear(answer("a", Standing::Drained, 1, 1));
    roll.hear(answer("b", Standing::Loaded, 1, 1));
    assert_eq!(lacks(&roll), [("b".into(), Lack::Busy)]);
    roll.hear(answer("stranger", Standing::Drained, 9, 1));
    assert_eq!(lacks(&roll), [("b".into(), Lack::Busy)]);
    roll.hear(answer("b", Standing::Drained, 2, 1));
    assert_eq!(lacks(&roll), []);
}

#[test]
fn an_answer_of_before_counts_for_nothing() {
    let mut roll = Roll::new(&names(&["a"]), &[], QUIET);
    roll.begin(step(1, Standing::Loaded));
    roll.hear(answer("a", Standing::Drained, 5, 1));
    assert_eq!(lacks(&roll), []);
    // The next step has its own challenge; the row of the last one is replayed.
    roll.begin(step(2, Standing::Loaded));
    roll.hear(answer("a", Standing::Drained, 5, 1));
    assert_eq!(lacks(&roll), [("a".into(), Lack::Silent)]);
    // A counter that does not grow is no news, whatever it says.
    roll.hear(answer("a", Standing::Drained, 5, 2));
    roll.hear(answer("a", Standing::Drained, 4, 2));
    assert_eq!(lacks(&roll), [("a".into(), Lack::Silent)]);
    roll.hear(answer("a", Standing::Drained, 6, 2));
    assert_eq!(lacks(&roll), []);
}

#[test]
fn an_older_generation_or_no_challenge_meets_nothing() {
    let mut roll = Roll::new(&names(&["a"]), &[], QUIET);
    roll.begin(step(1, Standing::Loaded));
    roll.hear(Answer { generation: 6, ..answer("a", Standing::Drained, 1, 1) });
    assert_eq!(lacks(&roll), [("a".into(), Lack::Behind { generation: 6 })]);
    roll.hear(answer("a", Standing::Alive, 2, 1));
    assert_eq!(lacks(&roll), [("a".into(), Lack::Behind { generation: 7 })]);
    let mut nothing = Roll::new(&names(&["a"]), &[], QUIET);
    nothing.begin(step(0, Standing::Loaded));
    nothing.hear(answer("a", Standing::Drained, 1, 0));
    assert_eq!(lacks(&nothing), [("a".into(), Lack::Silent)]);
}

#[test]
fn one_that_is_said_to_be_off_must_stay_silent_for_a_lease() {
    let mut roll = Roll::new(&names(&["a", "b"]), &names(&["b"]), QUIET);
    roll.begin(step(1, Standing::Loaded));
    roll.hear(answer("a", Standing::Loaded, 1, 1));
    // What it wrote before it was switched off is still there.
    roll.hear(answer("b", Standing::Drained, 40, 9));
    assert_eq!(lacks(&roll), [("b".into(), Lack::Quiet)]);
    assert_eq!(roll.missing(LENGTH + MARGIN), []);
    assert_eq!(roll.alive_although_off(), None);
    roll.hear(answer("b", Standing::Alive, 41, 9));
    assert_eq!(roll.alive_although_off(), Some("b"));
}

#[test]
fn one_that_is_said_to_be_off_and_answers_the_step_is_alive() {
    let mut roll = Roll::new(&names(&["b"]), &names(&["b"]), until_off(false));
    roll.begin(step(1, Standing::Loaded));
    assert_eq!(lacks(&roll), [("b".into(), Lack::Quiet)]);
    roll.hear(answer("b", Standing::Alive, 1, 1));
    assert_eq!(roll.alive_although_off(), Some("b"));
}

#[test]
fn a_lease_is_waited_for_where_there_is_one() {
    assert!(until_off(true) >= LENGTH + MARGIN);
    assert!(until_off(false) < until_off(true));
}

#[test]
fn a_standing_follows_from_the_oldest_generation_in_use() {
    assert_eq!(Standing::of(7, 6, 6), Standing::Alive);
    assert_eq!(Standing::of(7, 7, 6), Standing::Loaded);
    assert_eq!(Standing::of(7, 7, 7), Standing::Drained);
    assert_eq!(Standing::of(7, 9, 8), Standing::Drained);
}

#[test]
fn a_lease_is_counted_from_the_asking() {
    let mut lease = Lease::begin(Duration::from_secs(100));
    assert!(lease.holds(Duration::from_secs(100) + LENGTH - Duration::from_millis(1)));
    assert!(!lease.holds(Duration::from_secs(100) + LENGTH));
    // An answer that the server held back renews nothing beyond its asking.
    lease.renew(Duration::from_secs(101));
    assert!(!lease.holds(Duration::from_secs(101) + LENGTH));
    lease.renew(Duration::from_secs(50));
    assert!(lease.holds(Duration::from_secs(100) + LENGTH));
}

fn written(name: &str, standing: Standing, generation: u64, counter: u64, mac: [u8; 32]) -> Value {
    json!({
        "role": "instance",
        "name": name,
        "standing": standing.name(),
        "generation": generation,
        "counter": counter,
        "challenge": hex(&[1; 16]),
        "mac": hex(&mac),
    })
}

#[test]
fn a_row_is_believed_only_under_its_own_mac() {
    let keyring = keyring(1);
    let said = answer("a", Standing::Loaded, 3, 1);
    let row = written("a", Standing::Loaded, 7, 3, said.mac(&keyring));
    let read =
        |row: &Value, keyring: &Keyring| Row::read(&row.to_string()).and_then(|row| row.answer(keyring));
    assert_eq!(read(&row, &keyring), Some(said.clone()));
    assert_eq!(read(&row, &self::keyring(2)), None, "another realm");
    for (field, lie) in [
        ("name", json!("b")),
        ("standing", json!("drained")),
        ("standing", json!("asleep")),
        ("generation", json!(8)),
        ("counter", json!(4)),
        ("challenge", json!(hex(&[2; 16]))),
        ("challenge", json!("")),
        ("mac", json!("")),
        ("mac", json!("zz")),
    ] {
        let mut changed = row.clone();
        changed[field] = lie.clone();
        assert_eq!(read(&changed, &keyring), None, "{field} = {lie}");
    }
    // An announcement is no answer, nor the other way round.
    let asked = step(1, Standing::Loaded);
    let row = written(&asked.step, asked.demand, 7, 0, asked.mac(&keyring));
    assert_eq!(read(&row, &keyring), None);
    let as_step = |row: &Value| Row::read(&row.to_string()).and_then(|row| row.announcement(&keyring));
    assert_eq!(as_step(&row), Some(asked));
    assert_eq!(as_step(&written("a", Standing::Loaded, 7, 3, said.mac(&keyring))), None);
}
