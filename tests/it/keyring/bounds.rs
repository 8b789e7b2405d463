//! The longest envelope, stanza and file that are read, to the byte; who may read a file.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use pgveil::crypto::aead::{NONCE_LEN, TAG_LEN};
use pgveil::crypto::envelope::{Envelope, HEADER_LEN, MAX_ENVELOPE, OVERHEAD};
use pgveil::crypto::keyfile::{MAGIC, MAX_FILE, Parts};
use pgveil::crypto::locked::harden_process;
use pgveil::crypto::store::{is_ours_alone, read_private};
use pgveil::crypto::{CryptoError, KeyId, KeyringError, Padding, Suite, armour};

use super::{CHEAP, on_disk, rich, root};
use crate::format::{column, seeded};

/// Bytes of a stanza (docs/format.md, section 3), and how many a file has.
const STANZA: usize = 64 << 10;
const STANZAS: usize = 32;

#[test]
fn the_shortest_and_the_longest_envelope() {
    let bytes = vec![0; MAX_ENVELOPE + 1];
    let cut = |len: usize| Envelope::cut(&bytes[..len]).map(|envelope| envelope.ciphertext.len());
    assert_eq!(cut(OVERHEAD + 1), Ok(1), "one byte of padding");
    assert_eq!(cut(MAX_ENVELOPE), Ok(MAX_ENVELOPE - OVERHEAD));
    for len in [0, HEADER_LEN, OVERHEAD - 1, OVERHEAD, MAX_ENVELOPE + 1] {
        assert_eq!(cut(len), Err(CryptoError::Damaged), "{len}");
    }
}

/// Too long is damage before anything is read of it; the longest is one whose key is asked for.
#[test]
fn the_longest_armour_is_decoded_and_one_more_is_not() {
    let keys = column(&rich(1), "email", 1, Suite::Randomized, Padding::Auto);
    let unknown = KeyId::new(7).unwrap();
    for (len, why) in [
        (OVERHEAD, CryptoError::Damaged),
        (OVERHEAD + 1, CryptoError::KeyUnknown(unknown)),
        (MAX_ENVELOPE, CryptoError::KeyUnknown(unknown)),
        (MAX_ENVELOPE + 1, CryptoError::Damaged),
    ] {
        let mut envelope = vec![0; len];
        envelope[..HEADER_LEN].copy_from_slice(&Suite::Randomized.header(unknown));
        let mut armour = vec![0; armour::armoured_len(len)];
        armour::write(&envelope, &mut armour).unwrap();
        assert_eq!(keys.open_into(&armour, &mut Vec::new()), Err(why), "{len}");
    }
}

#[test]
fn a_text_of_base64_has_whole_bytes() {
    let lengths: Vec<_> = (0..10).map(|chars| armour::envelope_len(chars).ok()).collect();
    let whole = [Some(0), None, Some(1), Some(2), Some(3), None, Some(4), Some(5), Some(6), None];
    assert_eq!(lengths, whole);
}

/// A file of so many stanzas of this length and so many bytes in all, with nothing in it.
fn shape(stanzas: usize, stanza: usize, len: usize) -> Vec<u8> {
    let mut file = [MAGIC.as_slice(), &[7; 16 + 8]].concat();
    file.extend_from_slice(&u16::try_from(stanzas).unwrap().to_be_bytes());
    for _ in 0..stanzas {
        file.extend_from_slice(&[0, 1]);
        file.extend_from_slice(&u32::try_from(stanza).unwrap().to_be_bytes());
        file.resize(file.len() + stanza, 0);
    }
    file.resize(file.len() + NONCE_LEN, 0);
    let sealed = len.saturating_sub(file.len() + 4 + 32).max(TAG_LEN);
    file.extend_from_slice(&u32::try_from(sealed).unwrap().to_be_bytes());
    file.resize(file.len() + sealed + 32, 0);
    file
}

#[test]
fn the_longest_stanza_the_most_of_them_and_the_longest_file() {
    let cut = |file: &[u8]| Parts::cut(file).map(|parts| parts.stanzas.len());
    for (stanzas, stanza) in [(1, 0), (1, STANZA), (STANZAS, 1), (STANZAS, STANZA)] {
        assert_eq!(cut(&shape(stanzas, stanza, 0)).unwrap(), stanzas, "{stanza}");
    }
    for (stanzas, stanza, why) in [
        (0, 0, "number of stanzas"),
        (STANZAS + 1, 0, "number of stanzas"),
        (1, STANZA + 1, "length of a stanza"),
        (2, STANZA + 1, "length of a stanza"),
    ] {
        let refused = cut(&shape(stanzas, stanza, 0));
        assert!(matches!(refused, Err(KeyringError::Shape(said)) if said == why), "{stanzas} of {stanza}");
    }
    let longest = shape(1, 0, MAX_FILE);
    assert_eq!(longest.len(), MAX_FILE);
    assert_eq!(cut(&longest).unwrap(), 1);
    let refused = cut(&shape(1, 0, MAX_FILE + 1));
    assert!(matches!(refused, Err(KeyringError::Shape("too long"))));
}

#[test]
fn no_more_ways_to_open_are_added_than_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    for seed in 2..=STANZAS {
        file.add_stanza(&root(u8::try_from(seed).unwrap()), CHEAP, &mut seeded(9)).unwrap();
    }
    let before = fs::read(&path).unwrap();
    let one_more = file.add_stanza(&root(99), CHEAP, &mut seeded(9)).err();
    assert!(matches!(one_more, Some(KeyringError::Shape("number of stanzas"))));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(file.stanzas().len(), STANZAS);
}

fn file_of(dir: &Path, len: usize, mode: u32) -> std::path::PathBuf {
    let path = dir.join(format!("{len}"));
    fs::write(&path, vec![b'x'; len]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// A secret that grows out of its room leaves a part of itself behind.
#[test]
fn a_private_file_is_read_to_its_limit_into_room_that_is_taken_at_once() {
    let dir = tempfile::tempdir().unwrap();
    for len in [0, 1, 31, 99, 100] {
        let bytes = read_private(&file_of(dir.path(), len, 0o600), 100).unwrap();
        assert_eq!((bytes.len(), bytes.capacity()), (len, len + 1));
    }
    for len in [101, 5000] {
        let refused = read_private(&file_of(dir.path(), len, 0o600), 100);
        assert!(matches!(refused, Err(KeyringError::Shape("too long"))), "{len}");
    }
}

/// Set in the process that is another user's.
const OTHER: &str = "PGVEIL_TEST_OTHER_USER";

/// Who reads is the user that the process runs as, also when it has been hardened. Only root can try it.
#[test]
fn a_secret_of_root_is_read_by_the_group_it_was_given_to() {
    if let Some(path) = std::env::var_os(OTHER) {
        harden_process().unwrap();
        let of = |name: &str| fs::metadata(Path::new(&path).join(name)).unwrap();
        assert!(is_ours_alone(&of("given")).unwrap(), "root's, for our group to read");
        assert!(!is_ours_alone(&of("open")).unwrap(), "root's, for our group to write");
        assert!(!is_ours_alone(&of("own")).unwrap(), "our own, for our group to read");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let is = |name: &str, mode: u32| {
        let path = dir.path().join(name);
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let file = File::open(&path).unwrap();
        is_ours_alone(&file.metadata().unwrap()).unwrap()
    };
    assert!(is("private", 0o600));
    assert!(!is("given", 0o640) && !is("open", 0o660) && !is("own", 0o640), "our own");
    let nobody = 65_534;
    if std::os::unix::fs::chown(dir.path().join("own"), Some(nobody), None).is_err() {
        return;
    }
    // By way of /proc the program's directory need not be open to others.
    let ran = Command::new("/proc/self/exe")
        .args(["--exact", "keyring::bounds::a_secret_of_root_is_read_by_the_group_it_was_given_to"])
        .env(OTHER, dir.path())
        .current_dir("/")
        .uid(nobody)
        .gid(nobody)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}
