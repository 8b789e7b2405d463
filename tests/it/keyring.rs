//! The keyring: its file, its states, what opens it, and what is noticed when it is tampered with.

mod bounds;
mod commands;
mod crashes;
mod file;
mod forged;
mod identities;
mod life;
mod memory;
mod services;
mod shares;
mod tamper;
mod token;
mod tokens;
mod transit;
mod unlocking;
mod windows;

use std::path::{Path, PathBuf};

use pgveil::crypto::keyring::UpstreamSecret;
use pgveil::crypto::unlock::vault::Service;
use pgveil::crypto::unlock::{KdfCost, Means, Unlock, UnlockReference};
use pgveil::crypto::{Keyring, KeyringFile, Padding};
use pgveil::secret::Secret;

use super::format::seeded;

/// The least that is admitted: tests need no more.
pub const CHEAP: KdfCost = KdfCost { memory_kib: 19 << 10, passes: 2, lanes: 1 };

/// A keyring with something of everything in it.
pub fn rich(seed: u8) -> Keyring {
    let keyring = Keyring::new(1_700_000_000, &mut seeded(seed)).unwrap();
    let keyring = keyring.with_domain("email", Padding::Auto).unwrap().unwrap();
    let keyring = keyring.with_domain("iban", Padding::Block32).unwrap().unwrap();
    let keyring = keyring.with_new_key(1_700_000_001, &mut seeded(seed + 1)).unwrap();
    let secret = UpstreamSecret {
        secret: Secret::new(b"upstream-secret".to_vec()),
        salt: vec![7; 16],
        iterations: 4096,
    };
    keyring.with_user("app", secret).with_policy_digest([1; 32]).with_pin_digest([2; 32])
}

/// A root key that is the same for the same seed.
pub fn root(seed: u8) -> Unlock {
    pgveil::crypto::unlock::new_root_key(&mut seeded(seed)).unwrap().0
}

/// A passphrase in hand.
pub fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Secret::new(text.as_bytes().to_vec()))
}

/// `rich(1)` on disk, opened by `root(1)`.
pub fn on_disk(dir: &Path) -> (PathBuf, KeyringFile) {
    let path = dir.join("keyring.pgveil");
    let file = KeyringFile::create(&path, rich(1), &root(1), CHEAP, &mut seeded(3)).unwrap();
    (path, file)
}

/// Neither a terminal nor a service.
pub struct Nothing;

impl Means for Nothing {
    fn passphrase(&mut self) -> std::io::Result<Secret<Vec<u8>>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn service(&mut self, _: Option<&Path>) -> Result<Box<dyn Service>, String> {
        Err("no way there".to_owned())
    }
}

/// Fetches without a terminal and without a service.
pub fn fetch(reference: &str, base: &Path) -> Result<Unlock, pgveil::crypto::KeyringError> {
    UnlockReference::parse(reference, base)?.fetch(&mut Nothing)
}
