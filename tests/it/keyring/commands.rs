//! `pgveil keys` as an operator runs it: what it prints, and its exit codes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use pgveil::cli::keyring::KeyringPlace;
use pgveil::crypto::{ColumnKeys, Padding, Suite};
use pgveil::jobs::accepted;
use serde_json::Value;

const CONFIG: &str = "version = 1 # kept\n\n[listen]\naddress = \"127.0.0.1:6432\"\n\n[upstream]\n\
    hosts = [\"127.0.0.1:5432\"]\nsslmode = \"disable\"\n\n[auth]\nmode = \"relay\"\n\n\
    [keys]\nkeyring = \"k/keyring.pgveil\"\nunlock = \"file:k/root.key\"\n\n[limits]\nconnections = 5 # kept too\n";

pub fn pgveil(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .current_dir(dir)
        .env_remove("STATE_DIRECTORY")
        .args(arguments)
        .output()
        .unwrap()
}

pub fn keys(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let run = pgveil(dir, &[&["keys"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (run.status.code().unwrap(), text(run.stdout), text(run.stderr))
}

pub fn facts(dir: &Path) -> Value {
    let (code, out, err) = keys(dir, &["list", "--json"]);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

pub fn configured() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("k")).unwrap();
    fs::write(dir.path().join("pgveil.toml"), CONFIG).unwrap();
    dir
}

#[test]
fn a_key_goes_through_its_states() {
    let dir = configured();
    let dir = dir.path();
    let (code, out, err) = keys(dir, &["new"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("active"));
    for file in ["keyring.pgveil", "root.key"] {
        assert_eq!(fs::metadata(dir.join("k").join(file)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(keys(dir, &["add"]).0, 0);
    let before = facts(dir);
    let id = |at: usize| before["keys"][at]["id"].as_str().unwrap().to_owned();
    let states = || -> Vec<String> {
        let facts = facts(dir);
        let keys = facts["keys"].as_array().unwrap();
        keys.iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(), ["active", "pending"]);
    assert_eq!(keys(dir, &["promote", &id(1), "--dry-run"]).0, 0);
    assert_eq!(states(), ["active", "pending"], "a dry run changes nothing");
    assert_eq!(keys(dir, &["promote", &id(1)]).0, 0);
    assert_eq!(states(), ["decrypt-only", "active"]);
    assert_eq!(keys(dir, &["disable", &id(0)]).0, 0);
    assert_eq!(states(), ["disabled", "active"]);
    let (code, _, err) = keys(dir, &["promote", &id(0)]);
    assert_eq!(code, 1);
    assert!(err.contains("disabled"), "{err}");
    assert_eq!(keys(dir, &["enable", &id(0)]).0, 0);
    assert_eq!(states(), ["decrypt-only", "active"]);
    assert_eq!(facts(dir)["generation"], 5);

    let config = fs::read_to_string(dir.join("pgveil.toml")).unwrap();
    assert!(config.contains("min_generation = 5"), "{config}");
    assert!(config.contains("# kept\n") && config.contains("# kept too"), "{config}");
}

#[test]
fn what_is_shown_holds_no_key() {
    let dir = configured();
    keys(dir.path(), &["new"]);
    let root = fs::read_to_string(dir.path().join("k/root.key")).unwrap();
    let shown: String =
        [&["list"][..], &["list", "--json"], &["export-public-info"]].map(|a| keys(dir.path(), a).1).concat();
    assert!(shown.contains("active") && !shown.contains(root.trim().trim_start_matches("pgveil-root-1:")));
}

#[test]
fn trouble_with_the_keyring_is_exit_5_and_says_which() {
    let dir = configured();
    let dir = dir.path();
    let told = |expected: &str| {
        let (code, out, err) = keys(dir, &["list"]);
        assert_eq!((code, out.as_str()), (5, ""), "{err}");
        assert!(err.contains(expected), "{err}");
    };
    told("root.key: no such file");
    keys(dir, &["new"]);
    let (root, ring) = (dir.join("k/root.key"), dir.join("k/keyring.pgveil"));
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&root, 0o644);
    told("mode 0644 lets others in");
    mode(&root, 0o600);
    mode(&ring, 0o640);
    told("mode 0640 lets others in");
    mode(&ring, 0o600);

    let old = fs::read(&ring).unwrap();
    assert_eq!(keys(dir, &["add"]).0, 0);
    let new = fs::read(&ring).unwrap();
    fs::write(&ring, &old).unwrap();
    told("keyring of generation 1, but 2 is known");
    assert_eq!(keys(dir, &["list", "--accept-generation", "1"]).0, 0);
    let mut damaged = new.clone();
    damaged[200] ^= 1;
    fs::write(&ring, &damaged).unwrap();
    told("damaged");
    fs::write(&ring, &new[..100]).unwrap();
    told("not a keyring of version 1");
    fs::write(&ring, &new).unwrap();
    let key = fs::read_to_string(&root).unwrap();
    fs::write(&root, "pgveil-root-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n").unwrap();
    told("wrong root key");
    fs::write(&root, "nonsense").unwrap();
    told("not a root key");
    fs::write(&root, key).unwrap();
    fs::remove_file(&ring).unwrap();
    told("keyring.pgveil: no such file");
}

#[test]
fn usage_is_exit_3_and_an_existing_keyring_is_kept() {
    let dir = configured();
    let dir = dir.path();
    assert_eq!(keys(dir, &["new"]).0, 0);
    let before = fs::read(dir.join("k/keyring.pgveil")).unwrap();
    assert_eq!(keys(dir, &["new"]).0, 1);
    assert_eq!(fs::read(dir.join("k/keyring.pgveil")).unwrap(), before);
    assert_eq!(keys(dir, &["promote", "xyz"]).0, 3);
    assert_eq!(keys(dir, &["promote", "00000000"]).0, 3);
    assert_eq!(keys(dir, &["list", "--keyring", "k"]).0, 3);
    assert_eq!(keys(dir, &["list", "--keyring", "k", "--unlock", "vault:x"]).0, 3);
    assert_eq!(keys(dir, &["list", "-c", "none.toml"]).0, 3);
    assert_eq!(keys(dir, &["disable", "00000001"]).0, 1);
}

#[test]
fn a_keyring_that_is_being_changed_is_exit_6() {
    let dir = configured();
    let dir = dir.path();
    keys(dir, &["new"]);
    let lock = fs::File::open(dir.join("k/keyring.pgveil.lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = keys(dir, &["add"]);
    assert_eq!(code, 6, "{err}");
    assert_eq!(keys(dir, &["list"]).0, 0, "reading needs no lock");
}

/// The example in `keys-example/` works as its README says.
#[test]
fn the_example_works() {
    let dir = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("keys-example");
    for file in ["pgveil.toml", "keyring.pgveil", "root.key"] {
        fs::copy(example.join(file), dir.path().join(file)).unwrap();
        fs::set_permissions(dir.path().join(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let config = dir.path().join("pgveil.toml");
    let place = KeyringPlace::configured(&config, None).unwrap();
    let file = place.open().unwrap();
    ColumnKeys::derive(file.keyring(), "email", 1, Suite::Deterministic, Padding::Auto).unwrap();
    let note = "public.customers.full_name";
    ColumnKeys::derive(file.keyring(), note, 1, Suite::Randomized, Padding::Auto).unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let tags = pgveil::policy::load::tags("pgveil.toml", &text).unwrap();
    accepted::policy(&tags, file.keyring()).unwrap();
    let checked = pgveil(dir.path(), &["serve", "--check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    fs::write(&config, text.replace("mode   = \"deterministic\"", "mode   = \"randomized\"")).unwrap();
    let checked = pgveil(dir.path(), &["serve", "--check"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    assert_eq!(checked.status.code(), Some(3), "a policy is accepted by its operator: {said}");
    assert!(said.contains("pgveil policy accept"), "{said}");
    assert!(fs::read_to_string(example.join("README.md")).unwrap().contains("Never for production"));
}
