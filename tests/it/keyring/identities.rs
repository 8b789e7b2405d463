//! An age identity file, and a stanza for a recipient who is not here.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pgveil::crypto::{KeyringError, KeyringFile};

use super::{CHEAP, fetch, rich};
use crate::format::seeded;

/// As `age-keygen` 1.1.1 wrote it; throw-away.
const IDENTITY: &str = "# created: 2026-11-22T06:00:00Z
# public key: PUBLIC
SECRET
";

fn identity(path: &Path) -> String {
    let identity = age::x25519::Identity::generate();
    let (public, secret) = (identity.to_public().to_string(), identity.to_string());
    let text = IDENTITY.replace("PUBLIC", &public);
    fs::write(path, text.replace("SECRET", age::secrecy::ExposeSecret::expose_secret(&secret))).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    public
}

#[test]
fn an_identity_opens_and_another_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    let public = identity(&dir.path().join("id.txt"));
    identity(&dir.path().join("other.txt"));
    // Made for the public half alone.
    let recipient = fetch(&format!("age-recipient:{public}"), dir.path()).unwrap();
    drop(KeyringFile::create(&path, rich(1), &recipient, CHEAP, &mut seeded(3)).unwrap());
    let open = |reference: &str| KeyringFile::open(&path, &fetch(reference, dir.path())?).map(|_| ());
    open("age:id.txt").unwrap();
    open("age:file:id.txt").unwrap();
    let both =
        [fs::read(dir.path().join("other.txt")).unwrap(), fs::read(dir.path().join("id.txt")).unwrap()];
    fs::write(dir.path().join("other-and-id.txt"), both.concat()).unwrap();
    fs::set_permissions(dir.path().join("other-and-id.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    open("age:other-and-id.txt").unwrap();
    for reference in ["age:other.txt", &format!("age-recipient:{public}")] {
        assert!(matches!(open(reference).err(), Some(KeyringError::NoStanza("age"))), "{reference}");
    }
    fs::write(dir.path().join("other.txt"), "AGE-SECRET-KEY-1NONSENSE\n").unwrap();
    assert!(matches!(open("age:other.txt").err(), Some(KeyringError::AgeIdentity(_))));
    fs::write(dir.path().join("other.txt"), "# nothing\n").unwrap();
    assert!(matches!(open("age:other.txt").err(), Some(KeyringError::AgeIdentity(_))));
    fs::set_permissions(dir.path().join("id.txt"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(open("age:id.txt").err(), Some(KeyringError::Permissions { .. })));
}

#[test]
fn every_byte_of_an_age_stanza_matters() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    identity(&dir.path().join("id.txt"));
    let unlock = fetch("age:id.txt", dir.path()).unwrap();
    drop(KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap());
    let good = fs::read(&path).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 6 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    for at in front..front + stanza {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(KeyringFile::open(&path, &unlock).is_err(), "byte {at} does not matter");
    }
}
