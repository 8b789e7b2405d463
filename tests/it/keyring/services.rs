//! A key of the Transit engine of Vault or OpenBao opens the keyring.

use std::path::Path;
use std::sync::atomic::Ordering;

use pgveil::crypto::unlock::vault::Service;
use pgveil::crypto::unlock::{Means, Unlock, UnlockReference};
use pgveil::crypto::{KeyringError, KeyringFile};
use pgveil::secret::Secret;
use pgveil::server::tls::Https;

use super::transit::{TOKEN, Transit};
use super::{CHEAP, rich};
use crate::format::seeded;

struct OverHttps;

impl Means for OverHttps {
    fn passphrase(&mut self) -> std::io::Result<Secret<Vec<u8>>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn service(&mut self, ca: Option<&Path>) -> Result<Box<dyn Service>, String> {
        Ok(Box::new(Https::new(ca)?))
    }
}

fn fetch(reference: &str, base: &Path) -> Result<Unlock, KeyringError> {
    UnlockReference::parse(reference, base)?.fetch(&mut OverHttps)
}

fn private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_key_of_the_transit_engine_opens_the_keyring() {
    let transit = Transit::start();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    private(&dir.path().join("token"), &format!("{TOKEN}\n"));
    let unlock = fetch(&transit.reference(), dir.path()).unwrap();
    let mut file = KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap();
    let open =
        || fetch(&transit.reference(), dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock));
    assert_eq!(open().unwrap().keyring().generation(), 7);
    let whose = format!("https://localhost:{}/transit/pgveil", transit.port);
    assert!(file.stanzas()[0].label().ends_with(&whose), "{}", file.stanzas()[0].label());
    let asked = transit.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert!(
        asked
            .iter()
            .all(|head| head.contains("x-vault-namespace: team") && head.contains("x-vault-request: true"))
    );

    // Down, later: who has opened it goes on, and changes it.
    transit.mood.store(503, Ordering::SeqCst);
    let id = file.keyring().keys()[1].id;
    file.change(|keyring| keyring.with_promoted(id)).unwrap();
    assert_eq!(file.reload().unwrap().active(), Some(id));
    let told = |expected: &str| {
        let said = open().err().unwrap().to_string();
        assert!(said.contains(expected) && !said.contains(TOKEN), "{said}");
    };
    told("the service answered 503 Vault is sealed");
    transit.mood.store(1, Ordering::SeqCst);
    assert!(matches!(open().err(), Some(KeyringError::Damaged)), "a service that lies is noticed");
    transit.mood.store(0, Ordering::SeqCst);
    private(&dir.path().join("token"), "hvs.wrong");
    told("403 permission denied");
    private(&dir.path().join("token"), TOKEN);
    open().unwrap();

    let other = Transit::start();
    let stranger = transit.reference().replace(&other.ca.path().display().to_string(), "x");
    let stranger =
        stranger.replace(&transit.ca.path().display().to_string(), &other.ca.path().display().to_string());
    let said =
        fetch(&stranger, dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock)).err().unwrap();
    assert!(matches!(said, KeyringError::Keeper { .. }), "a certificate of another authority: {said}");
    let asked = transit.asked.lock().unwrap().len();
    let gone = transit.reference().replace(&transit.port.to_string(), "1");
    let said = fetch(&gone, dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock)).err().unwrap();
    assert!(matches!(said, KeyringError::Keeper { .. }), "{said}");
    assert_eq!(transit.asked.lock().unwrap().len(), asked);
}

#[test]
fn every_bit_of_a_service_s_stanza_matters() {
    let transit = Transit::start();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    private(&dir.path().join("token"), TOKEN);
    let unlock = fetch(&transit.reference(), dir.path()).unwrap();
    drop(KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap());
    let good = std::fs::read(&path).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 6 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    for at in front..front + stanza {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(KeyringFile::open(&path, &unlock).is_err(), "byte {at} does not matter");
    }
}
