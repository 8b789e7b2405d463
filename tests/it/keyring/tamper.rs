//! Each bit of a keyring flipped in turn, each length cut: never a keyring, never a part of one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pgveil::crypto::keyfile::Parts;
use pgveil::crypto::locked::Region;
use pgveil::crypto::unlock::{self, Unlock};
use pgveil::crypto::{Keyring, KeyringError, KeyringFile};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::{CHEAP, on_disk, passphrase, rich, root};
use crate::format::{published, seeded};

/// Opens bytes as [`KeyringFile::open`] does, without a disk.
fn open(bytes: &[u8], unlock: &Unlock) -> Result<Keyring, KeyringError> {
    let parts = Parts::cut(bytes)?;
    let region = Region::new()?;
    let file_key = unlock::unwrap(&parts.realm, &parts.stanzas, unlock, &region)?;
    parts.open(&file_key, &region)
}

#[test]
fn every_bit_matters_with_a_root_key() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = on_disk(dir.path());
    let good = fs::read(&path).unwrap();
    let unlock = root(1);
    open(&good, &unlock).unwrap();
    let mut refused = 0;
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match open(&bytes, &unlock).err().unwrap_or_else(|| panic!("bit {bit} does not matter")) {
            KeyringError::Shape(_) | KeyringError::Damaged | KeyringError::WrongRootKey => refused += 1,
            other => panic!("bit {bit}: {other}"),
        }
    }
    assert_eq!(refused, good.len() * 8);
    for len in 0..good.len() {
        assert!(open(&good[..len], &unlock).is_err(), "cut to {len}");
    }
    for behind in [&b"\0"[..], b"\n", &good] {
        assert!(open(&[&good, behind].concat(), &unlock).is_err());
    }
}

/// The published keyring has a passphrase stanza and one of an unknown kind beside the root key's:
/// the MAC covers them too.
#[test]
fn every_bit_of_every_stanza_matters() {
    let (good, unlock) = published();
    open(&good, &unlock).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&bytes, &unlock).is_err(), "bit {bit} does not matter");
    }
}

#[test]
fn a_passphrase_stanza_is_authentic_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    let unlock = passphrase("correct horse");
    drop(KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap());
    let good = fs::read(&path).unwrap();
    open(&good, &unlock).unwrap();
    let front = 17 + 16 + 8 + 2 + 2 + 4;
    // Salt, cost, commitment, nonce, wrapped key, tag; every seventh byte, since each takes Argon2id.
    for at in (front..front + 16 + 12 + 32 + 12 + 32 + 16).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        match open(&bytes, &unlock).err().unwrap_or_else(|| panic!("byte {at} does not matter")) {
            KeyringError::WrongPassphrase | KeyringError::Damaged | KeyringError::KdfBounds(_) => {}
            other => panic!("byte {at}: {other}"),
        }
    }
}

#[test]
fn parts_of_two_generations_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let old = fs::read(&path).unwrap();
    let active = file.keyring().keys()[1].id;
    file.change(|ring| ring.with_promoted(active)).unwrap();
    let new = fs::read(&path).unwrap();
    assert_eq!(old.len(), new.len());
    let unlock = root(1);
    for at in 1..old.len() {
        if old[..at] == new[..at] || old[at..] == new[at..] {
            continue;
        }
        assert!(open(&[&old[..at], &new[at..]].concat(), &unlock).is_err(), "old then new at {at}");
        assert!(open(&[&new[..at], &old[at..]].concat(), &unlock).is_err(), "new then old at {at}");
    }
}

#[test]
fn a_keyring_damaged_on_disk_is_not_loaded_nor_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, &bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(KeyringFile::open(&path, &root(1)).is_err());
    assert!(file.reload().is_err());
    let id = file.keyring().keys()[1].id;
    assert!(file.change(|ring| ring.with_promoted(id)).is_err());
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// Body of a fuzz target: any bytes are a keyring or an error, in bounded time and memory.
fn fuzz_keyring(bytes: &[u8], unlock: &Unlock) {
    assert!(open(bytes, unlock).is_err(), "random bytes were authentic");
}

#[test]
fn random_and_mutated_files_are_errors() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = on_disk(dir.path());
    let good = fs::read(&path).unwrap();
    let unlock = root(1);
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    for _ in 0..3000 {
        let mut noise = vec![0; rng.next_u32() as usize % 600];
        rng.fill_bytes(&mut noise);
        fuzz_keyring(&noise, &unlock);
        // A file that is right up to some point, then noise: lengths, counts and stanzas go wild.
        let at = rng.next_u32() as usize % good.len();
        let mut bytes = good.clone();
        rng.fill_bytes(&mut bytes[at..]);
        fuzz_keyring(&bytes, &unlock);
        let mut bytes = good.clone();
        let at = rng.next_u32() as usize % (good.len() - 4);
        rng.fill_bytes(&mut bytes[at..at + 4]);
        if bytes != good {
            fuzz_keyring(&bytes, &unlock);
        }
    }
}
