//! Who keeps what opens the keyring is gone, while the proxy serves and when it starts: a token, a service.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::place::{Yard, columns};
use super::token::Token;
use super::transit::{TOKEN, Transit};

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text)";

fn yard(label: &str) -> Yard {
    Yard::ready(label, TABLES, &columns(&[("people.name", "phase = \"encrypted\"")]))
}

/// From now on this opens the keyring, and the root key does not.
fn open_with(yard: &Yard, unlock: &str) {
    yard.verb(&["keys", "rewrap", "--add", unlock, "--remove", "1"]).ends(0);
    let text = std::fs::read_to_string(yard.config()).expect("readable");
    std::fs::write(yard.config(), text.replace("file:root.key", unlock)).expect("written");
    std::fs::remove_file(yard.path("root.key")).expect("removed");
}

/// The running proxy reads and writes, and takes over keys that the operator has changed.
fn serves(yard: &Yard, id: u32) {
    let mut client = yard.client();
    client.run(&format!("INSERT INTO people VALUES ({id}, 'Ada {id}')"));
    let rows = client.rows(&format!("SELECT name FROM people WHERE id = {id}"));
    assert_eq!(rows, [[Some(format!("Ada {id}"))]]);
    let stored = yard.direct().rows(&format!("SELECT name FROM people WHERE id = {id}"));
    assert!(stored[0][0].as_ref().is_some_and(|text| text.starts_with("pgV1:")), "{stored:?}");
}

/// It does not start, and says why; nothing that opens anything is said.
#[track_caller]
fn does_not_start(yard: &Yard, why: &str) {
    for verb in [&["serve"][..], &["status"], &["encrypt"], &["keys", "list"]] {
        let ended = yard.verb(verb).ends(5).says(why);
        for secret in [TOKEN, "1234", "9999"] {
            assert!(!ended.err.contains(secret) && !ended.out.contains(secret), "{verb:?}: {}", ended.err);
        }
    }
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, mode).expect("permissions");
}

/// The key that new values are under.
fn new_key(yard: &Yard) -> String {
    yard.verb(&["keys", "add"]).ends(0);
    let keys = yard.json(&["keys", "list"], 0);
    let mut all = keys["keys"].as_array().expect("keys").iter();
    let pending = all.find(|key| key["state"] == "pending").expect("one")["id"].as_str().expect("an id");
    yard.verb(&["keys", "promote", pending]).ends(0);
    pending.to_owned()
}

/// Whether what is written now is under this key.
fn is_sealed_under(yard: &Yard, key: &str) -> bool {
    serves(yard, 3);
    let stored = yard.direct().rows("SELECT name FROM people WHERE id = 3");
    yard.direct().run("DELETE FROM people WHERE id = 3");
    let envelope = stored[0][0].as_ref().and_then(|text| text.strip_prefix("pgV1:")).expect("an envelope");
    let head = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&envelope.as_bytes()[..8]).expect("a head");
    head[2..6].iter().map(|byte| format!("{byte:02x}")).collect::<String>() == key
}

#[test]
fn a_proxy_goes_on_without_its_token_and_does_not_start_without_it() {
    let Some(token) = Token::new() else { return };
    let mut yard = yard("keeper_token");
    let conf = token.path().join("softhsm2.conf").display().to_string();
    yard.variables.push(("SOFTHSM2_CONF".to_owned(), conf));
    let pin = token.path().join("pin");
    open_with(&yard, &token.unlock("root").replace("file:pin", &format!("file:{}", pin.display())));
    yard.serve();
    serves(&yard, 1);

    // The PIN is changed while it runs.
    private(&pin, "9999");
    serves(&yard, 2);
    let keyring = yard.path("keyring.pgveil");
    let before = std::fs::read(&keyring).expect("readable");
    yard.verb(&["keys", "add"]).ends(5).says("PIN");
    assert_eq!(std::fs::read(&keyring).expect("readable"), before, "nothing is written");
    private(&pin, "1234");

    // The token is taken out while it runs; a key that was promoted before is taken over after.
    let id = new_key(&yard);
    let (tokens, aside) = (token.path().join("tokens"), token.path().join("aside"));
    std::fs::rename(&tokens, &aside).expect("moved");
    std::fs::create_dir(&tokens).expect("made");
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_sealed_under(&yard, &id) {
        assert!(Instant::now() < deadline, "the new key is not taken over");
    }
    does_not_start(&yard, "no such token is there");
    serves(&yard, 4);

    // It is put in again.
    std::fs::remove_dir(&tokens).expect("removed");
    std::fs::rename(&aside, &tokens).expect("moved");
    yard.serve();
    serves(&yard, 5);
    assert_eq!(yard.client().rows("SELECT count(name) FROM people"), [[Some("4".to_owned())]]);
}

#[test]
fn a_proxy_goes_on_without_its_service_and_does_not_start_without_it() {
    let mut transit = Transit::start();
    let mut yard = yard("keeper_service");
    private(&yard.path("token"), TOKEN);
    let token = yard.path("token").display().to_string();
    open_with(&yard, &transit.reference().replace("token=file:token", &format!("token=file:{token}")));
    yard.serve();
    serves(&yard, 1);

    // Sealed; refuses us; silent for longer than it is waited for.
    for (mood, why) in [(503, "the service answered 503"), (403, "the service answered 403"), (2, "timeout")]
    {
        transit.mood.store(mood, Ordering::SeqCst);
        serves(&yard, u32::from(mood));
        let ended = yard.verb(&["serve"]).ends(5).says(why);
        assert!(!ended.err.contains(TOKEN), "{}", ended.err);
    }
    transit.mood.store(503, Ordering::SeqCst);
    does_not_start(&yard, "the service answered 503");
    transit.mood.store(0, Ordering::SeqCst);
    private(&yard.path("token"), "hvs.wrong");
    does_not_start(&yard, "403 permission denied");
    private(&yard.path("token"), TOKEN);

    // Somebody else stands in for it.
    let other = Transit::start();
    let port = std::mem::replace(&mut transit.port, other.port);
    yard.replace(&format!(":{port}/"), &format!(":{}/", other.port));
    does_not_start(&yard, "localhost");
    assert_eq!(other.asked.lock().expect("unpoisoned").len(), 0, "the token went to a stranger");
    yard.replace(&format!(":{}/", other.port), &format!(":{port}/"));
    yard.serve();
    serves(&yard, 6);
}

#[test]
fn the_connection_string_comes_from_a_credential_or_a_file_that_a_variable_names() {
    let mut yard = yard("keeper_dsn");
    let directory = yard.path("");
    yard.replace("'file:admin.dsn'", "'credential:admin.dsn'");
    yard.verb(&["status"]).ends(3).says("CREDENTIALS_DIRECTORY");
    yard.variables.push(("CREDENTIALS_DIRECTORY".to_owned(), directory.display().to_string()));
    yard.verb(&["status"]).ends(0);
    yard.replace("'credential:admin.dsn'", "'env:PGVEIL_TEST_DSN'");
    yard.verb(&["status"]).ends(3).says("neither PGVEIL_TEST_DSN nor PGVEIL_TEST_DSN_FILE");
    let file = directory.join("admin.dsn").display().to_string();
    yard.variables.push(("PGVEIL_TEST_DSN_FILE".to_owned(), file));
    yard.verb(&["status"]).ends(0);
}
