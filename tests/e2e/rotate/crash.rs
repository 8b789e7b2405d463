//! kill -9 of the worker at every boundary of every kind of move: the same command, run again,
//! finishes it, and nothing is lost or wrong.
//!
//! The worker is this test binary once more, told by its environment what to do and where to die.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use pgveil::crypto::KeyId;
use pgveil::crypto::domains::Form;
use pgveil::jobs::domain::{DomainError, Event, Order, Stage};

use super::place::{Place, policy, quiet};
use crate::support::database;

const ENVIRONMENT: &str = "PGVEIL_TEST_DYING_WORKER";
/// Two tables of one domain, joined by a foreign key, one of them partitioned.
pub const TABLES: &str = "SET ROLE app; CREATE TABLE a (id int PRIMARY KEY, email text UNIQUE);
    CREATE TABLE b (id int PRIMARY KEY, email text REFERENCES a (email), second text) PARTITION BY HASH (id);
    CREATE INDEX ON b (email);
    CREATE TABLE b0 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE b1 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO a SELECT i, 'p' || i FROM generate_series(1, 200) i;
    INSERT INTO b SELECT i, 'p' || i % 200 + 1, CASE WHEN i % 2 = 0 THEN 'q' || i END
        FROM generate_series(1, 400) i";
/// Their tagged columns.
pub const COLUMNS: [&str; 3] = ["public.a.email", "public.b.email", "public.b.second"];

#[test]
fn a_worker_that_is_killed_anywhere_is_finished_by_the_next() {
    let database = database("crash");
    let mut host = database.host();
    host.run(TABLES);
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::new(&database.url(), policy(&COLUMNS, ""), directory.path());
    let before = place.opened();
    let mut killed = 0;
    for stage in Stage::ALL {
        let key = place.new_key();
        let next = |place: &Place| Form::Sealed(place.new_key());
        killed += killed_at(&place, stage, Form::Sealed(key), &before);
        let to = next(&place);
        killed += killed_at(&place, stage, to, &before);
        killed += killed_at(&place, stage, Form::Plain, &before);
    }
    // Encrypting adds guards, decrypting drops them, rotating does neither.
    assert_eq!(killed, 3 * Stage::ALL.len() - 4);
}

type Values = std::collections::BTreeMap<String, Vec<Option<String>>>;

/// 1 if the worker came to `stage` and died there.
fn killed_at(place: &Place, stage: Stage, to: Form, before: &Values) -> usize {
    let phase = place.phase(to);
    let number = Stage::ALL.iter().position(|other| *other == stage).expect("a stage");
    let form = to.key().map_or("plain".to_owned(), |key| key.to_string());
    let directory = place.directory.display().to_string();
    let told = [place.url.as_str(), &directory, &form, phase, &number.to_string()];
    let status = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "rotate::crash::dying_worker", "--nocapture"])
        .env(ENVIRONMENT, told.join("\n"))
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .expect("the worker");
    use std::os::unix::process::ExitStatusExt;
    let died = status.signal() == Some(9);
    assert!(died || status.success(), "{stage:?} to {to}: {status}");
    // Whatever was left, the values are all there and open.
    assert_eq!(place.opened_in(phase), *before, "{stage:?} to {to}, before the next run");
    finish(place, to, phase);
    assert_eq!(place.settled(), to, "{stage:?}");
    assert_eq!(place.opened(), *before, "{stage:?} to {to}");
    usize::from(died)
}

/// The server may not have noticed yet that the worker is gone.
pub fn finish(place: &Place, to: Form, phase: &str) {
    for _ in 0..100 {
        match place.carry_out(Order { to, max_lock: None }, phase, &mut quiet) {
            Ok(_) => return,
            Err(DomainError::Locked) => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => panic!("to {to}: {error}"),
        }
    }
    panic!("the lock of the dead worker is never given back");
}

/// No test: the worker that [`killed_at`] starts.
#[test]
fn dying_worker() {
    let Ok(told) = std::env::var(ENVIRONMENT) else { return };
    let told: Vec<&str> = told.lines().collect();
    let [url, directory, form, phase, stage] = told[..] else { panic!("{told:?}") };
    let place = Place {
        url: url.into(),
        policy: policy(&COLUMNS, ""),
        directory: PathBuf::from(directory),
        domain: "d".into(),
    };
    let to = KeyId::parse(form).map_or(Form::Plain, Form::Sealed);
    let last = Stage::ALL[stage.parse::<usize>().expect("a number")];
    let done = place.carry_out(Order { to, max_lock: None }, phase, &mut |event| {
        if matches!(event, Event::Passed(stage) if stage == last) {
            let own = std::process::id().to_string();
            Command::new("kill").args(["-9", &own]).status().expect("kill");
            std::thread::sleep(Duration::from_secs(60));
        }
    });
    done.expect("a move that never comes to that stage");
}
