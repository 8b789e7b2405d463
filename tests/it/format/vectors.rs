//! The published vectors, and the second implementation beside ours: each reads what the other
//! wrote (`tests/second_implementation`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pgveil::crypto::keyfile::Parts;
use pgveil::crypto::locked::Region;
use pgveil::crypto::unlock::{self, KdfCost, SecretPlace, Unlock, UnlockReference, new_root_key};
use pgveil::crypto::{CryptoError, Form, KeyId, Keyring, KeyringError, KeyringFile, Padding, Suite};
use pgveil::secret::Secret;
use serde_json::{Value, json};

use super::{PADDINGS, SUITES, column, open, seal, seeded};
use crate::keyring::Nothing;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn suite_name(suite: Suite) -> &'static str {
    match suite {
        Suite::Randomized => "randomized",
        Suite::Deterministic => "deterministic",
    }
}

fn padding_name(padding: Padding) -> &'static str {
    match padding {
        Padding::Auto => "auto",
        Padding::Block16 => "block16",
        Padding::Block32 => "block32",
        Padding::Block64 => "block64",
        Padding::Padme => "padme",
        Padding::Unpadded => "none",
    }
}

fn cell_error(error: CryptoError) -> &'static str {
    match error {
        CryptoError::NotAnEnvelope => "not-an-envelope",
        CryptoError::Damaged => "damaged",
        CryptoError::KeyUnknown(_) => "key-unknown",
        CryptoError::KeyDisabled(_) => "key-disabled",
        CryptoError::KeyDestroyed(_) => "key-destroyed",
        other => panic!("{other}"),
    }
}

fn keyring_error(error: &KeyringError) -> &'static str {
    match error {
        KeyringError::Shape(_) => "shape",
        KeyringError::Damaged => "damaged",
        KeyringError::Content(_) => "content",
        KeyringError::WrongRootKey => "wrong-root-key",
        KeyringError::WrongPassphrase => "wrong-passphrase",
        KeyringError::KdfBounds(_) => "kdf-bounds",
        other => panic!("{other}"),
    }
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("{name} in {vector}"))
}

fn list<'a>(vectors: &'a Value, name: &str) -> &'a Vec<Value> {
    vectors[name].as_array().unwrap()
}

fn open_keyring(vector: &Value, secret: &Unlock) -> Result<Keyring, KeyringError> {
    let bytes = hex::decode(text(vector, "keyring")).unwrap();
    let parts = Parts::cut(&bytes)?;
    let region = Region::new()?;
    let file_key = unlock::unwrap(&parts.realm, &parts.stanzas, secret, &region)?;
    parts.open(&file_key, &region)
}

fn root_key(text: &str) -> Unlock {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("root.key");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    UnlockReference::Root(SecretPlace::File(path)).fetch(&mut Nothing).unwrap()
}

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Secret::new(text.as_bytes().to_vec()))
}

/// What both implementations say of a keyring.
fn facts(keyring: &Keyring) -> Value {
    let padding = |padding| padding_name(padding);
    let user = |name: &str| {
        let user = keyring.user(name).unwrap();
        let (secret, salt) = (hex::encode(user.secret.expose()), hex::encode(&user.salt));
        format!("{name} {secret} {salt} {}", user.iterations)
    };
    let digest = |digest: Option<&[u8; 32]>| digest.map(hex::encode).unwrap_or_default();
    json!({
        "realm": hex::encode(keyring.realm()),
        "generation": keyring.generation(),
        "keys": keyring.keys().iter()
            .map(|key| format!("{} {} {}", key.id, key.state.name(), key.created)).collect::<Vec<_>>(),
        "tombstones": keyring.tombstones().iter()
            .map(|tomb| format!("{} {}", tomb.id, tomb.destroyed)).collect::<Vec<_>>(),
        "domains": keyring.domains()
            .map(|(name, domain)| format!("{name} {} {}", domain.writes, padding(domain.padding)))
            .collect::<Vec<_>>(),
        "policy_digest": digest(keyring.policy_digest()),
        "pin_digest": digest(keyring.pin_digest()),
        "users": keyring.users().map(user).collect::<Vec<_>>(),
        "mac_of_pin_abc": hex::encode(keyring.mac("pin", b"abc")),
    })
}

/// The column that a vector is of.
fn column_of(keyring: &Keyring, vector: &Value) -> pgveil::crypto::ColumnKeys {
    let suite = SUITES.into_iter().find(|suite| suite_name(*suite) == text(vector, "suite")).unwrap();
    let padding = match vector.get("padding").and_then(Value::as_str) {
        Some(name) => PADDINGS.into_iter().find(|padding| padding_name(*padding) == name).unwrap(),
        None => Padding::Auto,
    };
    let tag = vector["type_tag"].as_u64().unwrap() as u16;
    column(keyring, text(vector, "domain"), tag, suite, padding)
}

/// Reads every vector of a file; gives how many cells, refused cells and refused keyrings.
fn check(path: &Path) -> [usize; 3] {
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let keyring = open_keyring(&vectors, &root_key(text(&vectors, "root_key"))).unwrap();
    assert_eq!(facts(&keyring), vectors["facts"]);
    let again = open_keyring(&vectors, &passphrase(text(&vectors, "passphrase"))).unwrap();
    assert_eq!(facts(&again), vectors["facts"]);
    for vector in list(&vectors, "cells") {
        let keys = column_of(&keyring, vector);
        let plaintext = hex::decode(text(vector, "plaintext")).unwrap();
        assert_eq!(open(&keys, text(vector, "armour")), Ok(plaintext.clone()), "{vector}");
        let ours = seal(&keys, &plaintext);
        match text(vector, "suite") {
            "deterministic" => assert_eq!(ours, text(vector, "armour")),
            _ => assert_eq!(ours.len(), text(vector, "armour").len(), "the same padding"),
        }
    }
    for vector in list(&vectors, "refused_cells") {
        let refused = open(&column_of(&keyring, vector), text(vector, "armour"));
        assert_eq!(refused.map_err(cell_error), Err(text(vector, "error")), "{vector}");
    }
    for vector in list(&vectors, "refused_keyrings") {
        let secret = match vector.get("passphrase") {
            Some(_) => passphrase(text(vector, "passphrase")),
            None => root_key(text(vector, "root_key")),
        };
        let error = open_keyring(vector, &secret).err().unwrap_or_else(|| panic!("opened: {vector}"));
        assert_eq!(keyring_error(&error), text(vector, "error"), "{}: {error}", vector["why"]);
    }
    ["cells", "refused_cells", "refused_keyrings"].map(|name| list(&vectors, name).len())
}

/// The published keyring file and its root key.
pub fn published() -> (Vec<u8>, Unlock) {
    let bytes = fs::read(root().join("tests/vectors/format-v1.json")).unwrap();
    let vectors: Value = serde_json::from_slice(&bytes).unwrap();
    (hex::decode(text(&vectors, "keyring")).unwrap(), root_key(text(&vectors, "root_key")))
}

/// The published cells that are authentic and wrong, with the keys of their column.
pub fn forged() -> Vec<(pgveil::crypto::ColumnKeys, String)> {
    let bytes = fs::read(root().join("tests/vectors/format-v1.json")).unwrap();
    let vectors: Value = serde_json::from_slice(&bytes).unwrap();
    let keyring = open_keyring(&vectors, &root_key(text(&vectors, "root_key"))).unwrap();
    let forged = list(&vectors, "refused_cells").iter().filter(|vector| {
        text(vector, "why") == "nonce not derived" || text(vector, "why").starts_with("padding: ")
    });
    let found: Vec<_> =
        forged.map(|vector| (column_of(&keyring, vector), text(vector, "armour").to_owned())).collect();
    assert_eq!(found.len(), 4);
    found
}

#[test]
fn the_published_vectors_hold() {
    let [cells, refused_cells, refused_keyrings] = check(&root().join("tests/vectors/format-v1.json"));
    assert!(cells >= 48, "vectors are only ever added to");
    assert!(refused_cells >= 2 * cells && refused_keyrings >= 19);
}

/// An interpreter with the packages of tests/requirements.txt; `None` only where the caller of the
/// tests has said that there is no Python here.
fn python() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("PGVEIL_TEST_PYTHON") {
        return Some(PathBuf::from(given));
    }
    if std::env::var_os("PGVEIL_WITHOUT_PYTHON").is_some() {
        return None;
    }
    let made = Command::new(root().join("scripts/python")).output().unwrap();
    let path = String::from_utf8(made.stdout).unwrap();
    assert!(
        made.status.success(),
        "no Python for the second implementation (PGVEIL_WITHOUT_PYTHON=1 leaves it out): {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Some(PathBuf::from(path.trim()))
}

fn second_implementation(python: &Path, arguments: &[&str]) -> String {
    let program = root().join("tests/second_implementation/pgveil_format.py");
    let run = Command::new(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(program)
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// A file of vectors that this implementation has written.
fn write_ours(path: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keyring");
    let (secret, root_text) = new_root_key(&mut seeded(8)).unwrap();
    // With a section of each kind behind the content, and a domain that is stored plain.
    let keyring = super::super::keyring::rich(7);
    let (old, new) = (keyring.keys()[0].id, keyring.keys()[1].id);
    let keyring = keyring.with_promoted(new).unwrap().open_window("iban", Form::Sealed(new)).unwrap();
    let keyring = keyring.with_plain_domain("phone", Padding::Auto).unwrap().unwrap();
    let keyring = keyring.with_compromised(old, 1_700_000_002, &mut seeded(10)).unwrap();
    let created = KeyringFile::create(&file, keyring, &secret, KdfCost::DEFAULT, &mut seeded(9)).unwrap();
    let keyring = created.keyring();
    let mut cells = Vec::new();
    let mut refused = Vec::new();
    for (domain, padding) in [("email", Padding::Auto), ("iban", Padding::Block32)] {
        for suite in SUITES {
            for len in [0, 1, 15, 16, 64, 255, 256, 257, 1000, 5000] {
                let plaintext: Vec<u8> = (0..len).map(|i| (i * 31) as u8).collect();
                let tag = 1 + (len % 20) as u16;
                let armour = seal(&column(keyring, domain, tag, suite, padding), &plaintext);
                let (suite, padding) = (suite_name(suite), padding_name(padding));
                let bad = armour.replace("pgV1:A", "pgV1:B");
                refused.push(json!({ "domain": domain, "type_tag": tag, "suite": suite, "armour": bad,
                                     "error": "damaged" }));
                cells.push(json!({ "domain": domain, "type_tag": tag, "suite": suite, "padding": padding,
                                   "plaintext": hex::encode(plaintext), "armour": armour }));
            }
        }
    }
    let vectors = json!({ "root_key": root_text.expose().trim_end(), "facts": facts(keyring),
                          "keyring": hex::encode(fs::read(&file).unwrap()), "cells": cells,
                          "refused_cells": refused, "refused_keyrings": [] });
    fs::write(path, serde_json::to_vec(&vectors).unwrap()).unwrap();
}

#[test]
fn the_second_implementation_reads_ours_and_we_read_its() {
    let Some(python) = python() else { return };
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let published = root().join("tests/vectors/format-v1.json");
    let said = second_implementation(&python, &["check", published.to_str().unwrap()]);
    assert!(said.contains("all as they should be"), "{said}");

    write_ours(Path::new(&path("ours")));
    let said = second_implementation(&python, &["check", &path("ours")]);
    assert!(said.starts_with("40 cells, 40 refused cells"), "{said}");

    second_implementation(&python, &["make", &path("fresh")]);
    assert_eq!(check(Path::new(&path("fresh")))[0], 48);

    second_implementation(&python, &["make", &path("again"), "--seed", "format v1"]);
    assert!(fs::read(path("again")).unwrap() == fs::read(published).unwrap(), "vectors are reproducible");
}

#[test]
fn an_id_is_read_as_it_is_printed() {
    for id in [1, 0x0d1ed0ff, u32::MAX] {
        let id = KeyId::new(id).unwrap();
        assert_eq!(KeyId::parse(&id.to_string()), Some(id));
    }
    for bad in ["", "0", "00000000", "1", "+0000001", "000000001", "0000000g", "0x000001"] {
        assert_eq!(KeyId::parse(bad), None, "{bad}");
    }
}
