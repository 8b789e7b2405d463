//! What is not begun, and what is left as it is and said.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::place::{Yard, columns};

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, born text);
INSERT INTO people SELECT i, 'name ' || i, (date '2000-01-01' + i)::text FROM generate_series(1, 40) i";

fn yard(label: &str, phase: &str) -> Yard {
    let phase = format!("phase = \"{phase}\"");
    let born = format!("{phase}\ntype = 'date'");
    Yard::ready(label, TABLES, &columns(&[("people.name", &phase), ("people.born", &born)]))
}

#[test]
fn another_phase_is_refused() {
    let yard = yard("phase_plain", "plain");
    yard.verb(&["encrypt"]).ends(7).says("no column is in phase \"encrypting\"");
    yard.verb(&["decrypt"]).ends(7).says("no column is in phase \"decrypting\"");
    yard.verb(&["encrypt", "--column", "public.people.name"]).ends(7).says("is in phase \"plain\"");
    yard.verb(&["encrypt", "--column", "public.people.nobody"]).ends(7).says("not a column of the policy");
    yard.replace("phase = \"plain\"", "phase = \"encrypting\"");
    yard.verb(&["encrypt"]).ends(3).says("not the one that was accepted");
    assert_eq!(yard.sealed("people", "name"), (0, 40));
}

#[test]
fn plaintext_that_looks_like_an_envelope_is_refused_before_the_first_row() {
    let mut yard = yard("impostor", "encrypting");
    yard.direct().run("UPDATE people SET name = 'pgV1:mine' WHERE id = 7");
    yard.attended(&["encrypt"]).ends(7).says("begin like an envelope");
    assert_eq!(yard.sealed("people", "born"), (0, 40), "nothing was begun");
    yard.direct().run("UPDATE people SET name = 'mine' WHERE id = 7");
    yard.attended(&["encrypt"]).ends(0);
}

#[test]
fn a_value_that_does_not_fit_is_left_and_said_without_being_shown() {
    let mut yard = yard("unfit", "encrypting");
    yard.direct().run("UPDATE people SET born = 'circa 1950' WHERE id IN (3, 33)");
    let done = yard.attended_json(&["encrypt"], 2);
    let table = &done["tables"][0];
    assert_eq!((&table["left"], &table["guarded"]), (&2.into(), &false.into()), "{done:#}");
    assert_eq!(table["leftovers"][0]["column"], "born");
    assert!(table["leftovers"][0]["why"].as_str().is_some_and(|why| why.contains("XX001")), "{done:#}");
    assert!(!done.to_string().contains("circa"), "a value is shown: {done}");
    assert_eq!(yard.sealed("people", "name"), (40, 0));
    assert_eq!(yard.sealed("people", "born"), (38, 2));
    yard.direct().run("UPDATE people SET born = '1950-01-01' WHERE id IN (3, 33)");
    yard.attended(&["encrypt"]).ends(0).says("2 rows");
}

#[test]
fn a_trigger_that_assigns_the_column_stops_the_job_and_no_row_is_lost() {
    let mut yard = yard("trigger", "encrypting");
    yard.direct().run(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := left(NEW.name, 20); \
         RETURN NEW; END $$; CREATE TRIGGER cut BEFORE UPDATE ON people FOR EACH ROW WHEN (NEW.id = 20) \
         EXECUTE FUNCTION cut()",
    );
    yard.verb(&["catalog", "accept"]);
    yard.attended(&["encrypt", "--batch", "100"]).ends(1).says("stored something else than it was sent");
    assert_eq!(yard.sealed("people", "name"), (0, 40), "the batch is rolled back");
    yard.direct().run("DROP TRIGGER cut ON people");
    yard.attended(&["encrypt"]).ends(0);
}

#[test]
fn apply_and_encrypt_keep_out_of_each_others_way() {
    let mut yard = yard("locks", "encrypting");
    let mut other = yard.direct();
    other.run("SELECT pg_advisory_lock(x'70677665696c'::bit(48)::bigint)");
    yard.verb(&["encrypt"]).ends(6).says("another run");
    drop(other);
    let mut shared = yard.direct();
    shared.run("SELECT pg_advisory_lock_shared(x'70677665696c'::bit(48)::bigint)");
    yard.attended(&["encrypt"]).ends(0);
    yard.verb(&["apply"]).ends(6);
}

#[test]
fn an_operator_without_a_proxy_is_told_what_to_say_and_need_not_wait_long() {
    let mut yard = yard("alone", "encrypting");
    let stalled =
        yard.verb(&["encrypt", "--patience", "5"]).ends(2).says("instance \"main\" does not answer");
    assert!(stalled.err.contains("if it is off on purpose, say so: --without main"), "{}", stalled.err);
    assert_eq!(yard.sealed("people", "name"), (0, 40), "nothing was begun");
    // His word is not taken where the proxy itself says otherwise.
    yard.serve();
    yard.verb(&["encrypt", "--without", "main"]).ends(7).says("was said to be off, and it answers");
    assert_eq!(yard.sealed("people", "name"), (0, 40), "nothing was begun");
    yard.stop();
    // Patience is for those who are waited for.
    yard.verb(&["encrypt", "--without", "main", "--patience", "1"]).ends(0);
    assert_eq!(yard.sealed("people", "name"), (40, 0));
}

/// Sends a signal as soon as the verb says this on stderr; gives its exit code and the rest of what it said.
fn interrupted(yard: &Yard, arguments: &[&str], when: &str) -> (Option<i32>, String) {
    let mut job =
        yard.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary");
    let mut lines = BufReader::new(job.stderr.take().expect("stderr")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains(when)), "it never said {when}");
    let sent = std::process::Command::new("kill").args(["-TERM", &job.id().to_string()]).status();
    assert!(sent.expect("kill").success());
    let rest: Vec<String> = lines.collect();
    (job.wait().expect("ended").code(), rest.join("\n"))
}

#[test]
fn an_interrupted_wait_ends_with_130_and_says_so() {
    let yard = yard("interrupted", "encrypting");
    for verb in [&["encrypt"][..], &["rotate", "data"]] {
        let (code, said) = interrupted(&yard, verb, "does not answer");
        assert_eq!(code, Some(130), "{verb:?}: {said}");
        assert!(said.contains("interrupted"), "{said}");
    }
    assert_eq!(yard.sealed("people", "name"), (0, 40), "nothing was begun");
    // What it has left behind is in nobody's way.
    yard.verb(&["encrypt", "--without", "main"]).ends(0);
    assert_eq!(yard.direct().rows("SELECT to_regclass('public.pgveil_instances')"), [[None]]);
}

#[test]
fn what_is_named_wrongly_is_said_as_it_was_named() {
    let yard = yard("misnamed", "encrypting");
    yard.verb(&["keys", "disable", "01020304"]).ends(1).says("key 01020304 is not in the keyring");
    yard.verb(&["keys", "rewrap", "--remove", "9"]).ends(1).says("no stanza 9");
    yard.verb(&["keys", "split", "--threshold", "6", "--shares", "5"]).ends(3).says("at most all of them");
    yard.verb(&["verify", "--dump", "/nowhere/dump.sql"]).ends(1).says("/nowhere/dump.sql");
    let twice = yard.verb(&["keys", "backup", "/nowhere/keyring"]).ends(1);
    assert_eq!(twice.err.matches("No such file").count(), 1, "{}", twice.err);
    // A typo must not be taken for a pause.
    let elsewhere = yard.path("pgvail.toml");
    let paused = std::process::Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .args(["rotate", "pause", "-c"])
        .arg(&elsewhere)
        .output()
        .expect("the binary");
    assert_eq!(paused.status.code(), Some(3));
    assert!(!elsewhere.with_extension("pause").exists());
}
