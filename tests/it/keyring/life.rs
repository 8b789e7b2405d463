//! A keyring's whole life as its operator sees it: what is printed, and the exit codes.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use pgveil::crypto::keyring::{KEY_AGE, KEY_VALUES};
use pgveil::crypto::retire::Census;
use pgveil::crypto::{Form, Keyring};
use serde_json::Value;

use super::commands::{configured, facts, keys, pgveil};
use super::rich;
use crate::format::seeded;

/// Runs with lines on stdin.
fn with_input(dir: &Path, arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .current_dir(dir)
        .env_remove("STATE_DIRECTORY")
        .arg("keys")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        // It had heard enough, and says why in its output.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    let run = child.wait_with_output().unwrap();
    (run.status.code().unwrap(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
}

fn opened_by(dir: &Path) -> Vec<String> {
    let facts = facts(dir);
    facts["opened_by"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn ok(run: (i32, String, String)) -> String {
    assert_eq!(run.0, 0, "{} {}", run.1, run.2);
    run.1
}

#[test]
fn custodians_open_what_the_operator_has_lost() {
    let dir = configured();
    let dir = dir.path();
    ok(keys(dir, &["new"]));
    let printed = ok(keys(dir, &["split", "--threshold", "2", "--shares", "3"]));
    let shares: Vec<&str> = printed.lines().collect();
    assert_eq!(shares.len(), 3);
    assert!(opened_by(dir)[1].contains("2 of 3"));

    let two = format!("{}\n\n{}\n", shares[0], shares[2]);
    let before = fs::read(dir.join("k/keyring.pgveil")).unwrap();
    let (code, said) = with_input(dir, &["combine", "--rehearse"], &two);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("these 2 shares open") && said.contains("nothing was written"), "{said}");
    assert_eq!(fs::read(dir.join("k/keyring.pgveil")).unwrap(), before);
    let (code, said) = with_input(dir, &["combine", "--rehearse"], shares[0]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("1 shares were given and 2 are needed"), "{said}");
    let mistyped = two.replacen(char::is_whitespace, " z", 1);
    let (code, said) = with_input(dir, &["combine", "--rehearse"], &mistyped);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("share 1: mistyped"), "{said}");
    assert_eq!(with_input(dir, &["combine"], &two).0, 3, "what then?");

    // The root key is lost.
    fs::remove_file(dir.join("k/root.key")).unwrap();
    assert_eq!(keys(dir, &["list"]).0, 5);
    let (code, said) = with_input(dir, &["combine", "--add", "file:k/root.key"], &two);
    assert_eq!(code, 0, "{said}");
    assert_eq!(opened_by(dir).len(), 3);
    ok(keys(dir, &["rewrap", "--remove", "1"]));
    assert_eq!(opened_by(dir).len(), 2);
    ok(keys(dir, &["add"]));
    let config = fs::read_to_string(dir.join("pgveil.toml")).unwrap();
    assert!(config.contains("min_generation = 5"), "every change raises it: {config}");

    ok(keys(dir, &["split", "--threshold", "2", "--shares", "2", "--to", "shares"]));
    ok(keys(dir, &["combine", "--rehearse", "shares/share-1.txt", "shares/share-2.txt"]));
    assert_eq!(keys(dir, &["combine", "--rehearse", "shares/share-1.txt"]).0, 5);
    assert_eq!(
        keys(dir, &["split", "--threshold", "2", "--shares", "2", "--to", "shares"]).0,
        1,
        "not overwritten"
    );
}

#[test]
fn ways_to_open_are_added_and_removed_and_the_file_key_is_renewed() {
    let dir = configured();
    let dir = dir.path();
    ok(keys(dir, &["new"]));
    ok(keys(dir, &["rewrap", "--add", "file:k/second.key"]));
    assert_eq!(opened_by(dir), ["root key", "root key"]);
    let second = ["--keyring", "k/keyring.pgveil", "--unlock", "file:k/second.key"];
    ok(keys(dir, &[&["list"][..], &second].concat()));
    let rotate = |more: &[&str]| {
        let run = pgveil(dir, &[&["rotate", "root"], more].concat());
        let text = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
        (run.status.code().unwrap(), text)
    };
    let old = fs::read(dir.join("k/keyring.pgveil")).unwrap();
    let (code, said) = rotate(&[]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("root key: its secret is needed"), "{said}");
    assert_eq!(rotate(&["--also", "file:k/second.key", "--dry-run"]).0, 0);
    assert_eq!(fs::read(dir.join("k/keyring.pgveil")).unwrap(), old);
    let (code, said) = rotate(&["--also", "file:k/second.key"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("new file key, generation 3"), "{said}");
    ok(keys(dir, &[&["list"][..], &second].concat()));
    ok(keys(dir, &["rewrap", "--remove", "2"]));
    assert_eq!(keys(dir, &[&["list"][..], &second].concat()).0, 5);
    assert_eq!(keys(dir, &["rewrap", "--remove", "2"]).0, 1);
    assert_eq!(keys(dir, &["rewrap", "--remove", "0"]).0, 1);
    assert_eq!(keys(dir, &["rewrap", "--remove", "1"]).0, 1, "the last one stays");
    assert_eq!(keys(dir, &["rewrap"]).0, 3);
    ok(keys(dir, &["list"]));
}

#[test]
fn a_backup_is_one_only_if_it_opens() {
    let dir = configured();
    let dir = dir.path();
    ok(keys(dir, &["new"]));
    let said = ok(keys(dir, &["backup", "copy", "--test-restore"]));
    assert!(said.contains("copy opens: generation 1 (live: 1), 1 keys"), "{said}");
    assert_eq!(keys(dir, &["backup", "copy"]).0, 1, "not overwritten");
    ok(keys(dir, &["add"]));
    let (code, said, _) = keys(dir, &["backup", "copy", "--test-restore"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("lacks keys of today"), "{said}");
    let (code, said, _) = keys(dir, &["backup", "copy", "--test-restore", "--json"]);
    assert_eq!(code, 2);
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&told["generation"], told["lacks"].as_array().unwrap().len()), (&Value::from(1), 1));
    let mut bytes = fs::read(dir.join("copy")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(dir.join("copy"), bytes).unwrap();
    assert_eq!(keys(dir, &["backup", "copy", "--test-restore"]).0, 5);
}

#[test]
fn a_key_ends_in_order() {
    let dir = configured();
    let dir = dir.path();
    ok(keys(dir, &["new"]));
    ok(keys(dir, &["add"]));
    let all = facts(dir);
    let [old, new] = [0, 1].map(|at| all["keys"][at]["id"].as_str().unwrap().to_owned());
    let destroy = |key: &str, backup: &str| keys(dir, &["destroy", key, "--oldest-backup", backup]);
    let now = || jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (code, _, said) = destroy(&old, &now());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("only a disabled key is destroyed"), "{said}");
    ok(keys(dir, &["promote", &new]));
    ok(keys(dir, &["disable", &old]));
    let (code, _, said) = destroy(&old, "2020-01-01");
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("may hold values under"), "{said}");
    assert_eq!(keys(dir, &["destroy", &old]).0, 3, "the operator says a date");
    let (code, _, said) = destroy(&old, "2999-01-01");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("lies in the future"), "{said}");
    let said = destroy(&old, &now()).2;
    assert!(said.contains("older copies of the keyring still hold"), "{said}");
    let after = facts(dir);
    assert_eq!(after["keys"].as_array().unwrap().len(), 1);
    assert_eq!(after["destroyed"][0]["id"], old.as_str());
    assert_eq!(after["destroyed"][0]["check"], all["keys"][0]["check"], "the tombstone names the key");
    assert_eq!(destroy(&old, &now()).0, 1);
    assert_eq!(keys(dir, &["enable", &old]).0, 1);
    let without = [
        "destroy",
        &old,
        "--oldest-backup",
        "2999-01-01",
        "--keyring",
        "k/keyring.pgveil",
        "--unlock",
        "file:k/root.key",
    ];
    assert_eq!(keys(dir, &without).0, 3, "no configuration, no census");
}

#[test]
fn a_leaked_key_seals_nothing_more() {
    let dir = configured();
    let dir = dir.path();
    ok(keys(dir, &["new"]));
    let leaked = facts(dir)["keys"][0]["id"].as_str().unwrap().to_owned();
    let (code, shown, said) = keys(dir, &["disable", "--compromised", &leaked]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("pgveil rotate data"), "{said}");
    assert!(shown.contains("compromised: run `pgveil rotate data`"), "{shown}");
    let after = facts(dir);
    let states: Vec<_> = after["keys"].as_array().unwrap().iter().map(|key| &key["state"]).collect();
    assert_eq!(states, ["decrypt-only", "active"]);
    let (code, _, said) = keys(dir, &["promote", &leaked]);
    assert_eq!(code, 1);
    assert!(said.contains("compromised"), "{said}");
}

#[test]
fn a_key_is_due_after_a_year_or_half_of_what_it_may_seal() {
    let made = 1_700_000_000;
    let keyring = Keyring::new(made, &mut seeded(1)).unwrap();
    let key = &keyring.keys()[0];
    assert!(!key.is_due(made + KEY_AGE, 0) && key.is_due(made + KEY_AGE + 1, 0));
    assert!(!key.is_due(made, KEY_VALUES / 2 - 1) && key.is_due(made, KEY_VALUES / 2));
    assert!(!key.is_due(0, 0), "a clock that is behind");
    let next = keyring.with_new_key(made, &mut seeded(2)).unwrap();
    assert!(!next.keys()[1].is_due(made + 2 * KEY_AGE, 0), "a pending one seals nothing");
}

#[test]
fn the_id_of_a_destroyed_key_never_comes_again() {
    let keyring = rich(1);
    let (old, new) = (keyring.keys()[0].id, keyring.keys()[1].id);
    let keyring = keyring.with_promoted(new).unwrap();
    let keyring = ["email", "iban"].into_iter().fold(keyring, |keyring, domain| {
        let open = keyring.open_window(domain, Form::Sealed(new)).unwrap();
        open.move_domain(domain).unwrap().close_window(domain).unwrap()
    });
    let disabled = keyring.with_disabled(old).unwrap();
    let census = Census { counted: [(old, 0)].into() };
    let keyring = disabled.with_destroyed(old, &census, 1_700_000_009).unwrap();
    assert_eq!(keyring.tombstones().len(), 1);
    // A source that gives the destroyed key's id, the present one's, none at all, and then another.
    let mut ids = [old.get(), new.get(), 0, 7].into_iter();
    let mut draw = |bytes: &mut [u8]| {
        match <&mut [u8; 4]>::try_from(&mut *bytes) {
            Ok(four) => *four = ids.next().unwrap().to_be_bytes(),
            Err(_) => bytes.fill(9),
        }
        Ok(())
    };
    let drawn = keyring.with_new_key(1_700_000_010, &mut draw).unwrap();
    assert_eq!(drawn.keys().last().unwrap().id.get(), 7);
}
