//! Recovery shares: the threshold opens, fewer do not, and a slip of the pen is noticed.

use std::fs;

use pgveil::crypto::recovery::{self, MAX_SHARES, ShareError, Split};
use pgveil::crypto::shamir::{self, LEN, Point};
use pgveil::crypto::{KeyringError, KeyringFile};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CHEAP, on_disk, root};
use crate::format::seeded;

fn split(threshold: u8, shares: u8, seed: u8) -> (pgveil::crypto::unlock::Unlock, Vec<String>) {
    let (unlock, shares) = recovery::split(Split { threshold, shares }, &mut seeded(seed)).unwrap();
    (unlock, shares.iter().map(|share| share.expose().clone()).collect())
}

fn refused(shares: &[&str]) -> ShareError {
    match recovery::combine(shares.iter().copied()).err() {
        Some(KeyringError::Share(error)) => error,
        Some(other) => panic!("{other}"),
        None => panic!("these shares were taken: {shares:?}"),
    }
}

#[test]
fn any_three_of_five_open_and_no_two_do() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let (unlock, shares) = split(3, 5, 1);
    file.add_stanza(&unlock, CHEAP, &mut seeded(9)).unwrap();
    let mut opened = 0;
    for chosen in 0_u32..32 {
        let some: Vec<&str> =
            (0..5).filter(|bit| chosen & (1 << bit) != 0).map(|bit| shares[bit].as_str()).collect();
        match recovery::combine(some.iter().copied()) {
            Ok(unlock) => {
                KeyringFile::open(&path, &unlock).unwrap();
                assert!(some.len() >= 3);
                opened += 1;
            }
            Err(KeyringError::Share(ShareError::TooFew { given, .. })) => {
                assert_eq!((given, true), (some.len(), given < 3))
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(opened, 16);
}

/// Two points say nothing: with each value of a byte that is left open, some secret fits.
#[test]
fn below_the_threshold_every_secret_is_as_likely() {
    let row = |byte: u8| Zeroizing::new([byte; LEN]);
    let points = |coefficients: &[Zeroizing<[u8; LEN]>], xs: &[u8]| -> Vec<Point> {
        xs.iter().map(|x| shamir::point(coefficients, *x)).collect()
    };
    let known = points(&[row(0x42), row(0x17), row(0x99)], &[1, 2]);
    let mut secrets = [false; 256];
    for y in 0..=255 {
        let third = Point { x: 3, y: row(y) };
        let all: Vec<Point> = known.iter().map(|p| Point { x: p.x, y: p.y.clone() }).chain([third]).collect();
        let mut secret = [0; LEN];
        shamir::at_zero(&all, &mut secret);
        secrets[usize::from(secret[0])] = true;
    }
    assert!(secrets.iter().all(|seen| *seen));
}

/// The same field and the same shares as the crate `blahaj`, which is not constant-time.
#[test]
fn another_implementation_joins_our_shares_and_we_join_its() {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    for (threshold, count) in [(2_u8, 2_u8), (2, 5), (3, 5), (5, 9), (16, 32)] {
        let mut draw = || {
            let mut bytes = Zeroizing::new([0; LEN]);
            rng.fill_bytes(bytes.as_mut_slice());
            bytes
        };
        let coefficients: Vec<_> = (0..threshold).map(|_| draw()).collect();
        let ours: Vec<Point> = (1..=count).map(|x| shamir::point(&coefficients, x)).collect();
        let theirs: Vec<blahaj::Share> = ours
            .iter()
            .skip(usize::from(count - threshold))
            .map(|p| blahaj::Share::try_from([&[p.x], p.y.as_slice()].concat().as_slice()).unwrap())
            .collect();
        let joined = blahaj::Sharks(threshold).recover(&theirs).unwrap();
        assert_eq!(joined.as_slice(), coefficients[0].as_slice());

        let dealt: Vec<Point> = blahaj::Sharks(threshold)
            .dealer(coefficients[0].as_slice())
            .take(usize::from(threshold))
            .map(|share| {
                let bytes = Vec::from(&share);
                Point { x: bytes[0], y: Zeroizing::new(bytes[1..].try_into().unwrap()) }
            })
            .collect();
        let mut secret = [0; LEN];
        shamir::at_zero(&dealt, &mut secret);
        assert_eq!(secret.as_slice(), coefficients[0].as_slice());
    }
}

#[test]
fn a_share_is_typed_by_people() {
    let (_, shares) = split(2, 3, 1);
    let (one, two) = (shares[0].as_str(), shares[1].as_str());
    let sloppy = format!(
        "  {}\t\n",
        one.to_uppercase().replace('-', " ").replacen("PGVEIL SHARE 1", "PGVEIL-SHARE-1", 1)
    );
    let digits = two[SHARE..].replace('o', "0").replace('l', "1");
    let digits = format!("{}{digits}", &two[..SHARE]);
    recovery::combine([sloppy.as_str(), digits.as_str()]).unwrap();

    assert_eq!(refused(&[]), ShareError::TooFew { given: 0, needed: 2 });
    assert_eq!(refused(&[one]), ShareError::TooFew { given: 1, needed: 2 });
    assert_eq!(refused(&[one, one]), ShareError::Twice(2));
    let (_, others) = split(2, 3, 2);
    assert_eq!(refused(&[one, &others[1]]), ShareError::OtherSet(2));
    assert_eq!(refused(&[one, "pgveil-share-1 nonsense"]), ShareError::Mistyped(2));
    assert_eq!(refused(&["", two]), ShareError::Mistyped(1));
    // Each letter changed to its neighbour, each left out, each doubled, each pair exchanged.
    let letters: Vec<char> = one[SHARE..].chars().collect();
    let put = |letters: &[char]| format!("{}{}", &one[..SHARE], letters.iter().collect::<String>());
    let mut slips = 0;
    for at in (0..letters.len()).filter(|at| letters[*at] != '-') {
        let mut variants = Vec::new();
        let mut changed = letters.clone();
        changed[at] = if changed[at] == 'a' { 'b' } else { 'a' };
        variants.push(changed);
        let mut left_out = letters.clone();
        left_out.remove(at);
        variants.push(left_out);
        let mut doubled = letters.clone();
        doubled.insert(at, letters[at]);
        variants.push(doubled);
        if at + 1 < letters.len() && letters[at + 1] != '-' && letters[at + 1] != letters[at] {
            let mut exchanged = letters.clone();
            exchanged.swap(at, at + 1);
            variants.push(exchanged);
        }
        for variant in variants {
            assert_eq!(refused(&[&put(&variant), two]), ShareError::Mistyped(1), "{}", put(&variant));
            slips += 1;
        }
    }
    assert!(slips > 200);
}

/// Letters before the share itself: the prefix and a blank.
const SHARE: usize = recovery::SHARE_PREFIX.len() + 1;

#[test]
fn shares_of_another_keyring_do_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let (unlock, _) = split(2, 3, 1);
    file.add_stanza(&unlock, CHEAP, &mut seeded(9)).unwrap();
    let (_, others) = split(2, 3, 2);
    let unlock = recovery::combine(others.iter().take(2).map(String::as_str)).unwrap();
    assert!(matches!(
        KeyringFile::open(&path, &unlock).err(),
        Some(KeyringError::NoStanza("recovery shares"))
    ));
    for (threshold, shares) in [(0, 3), (1, 3), (4, 3), (2, 33), (2, 0)] {
        let split = recovery::split(Split { threshold, shares }, &mut seeded(1));
        assert!(
            matches!(split.err(), Some(KeyringError::Share(ShareError::Bounds))),
            "{threshold} of {shares}"
        );
    }
}

#[test]
fn every_byte_of_a_recovery_stanza_matters() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let (unlock, shares) = split(2, 2, 1);
    file.add_stanza(&unlock, CHEAP, &mut seeded(9)).unwrap();
    file.remove_stanza(0, &mut seeded(9)).unwrap();
    assert!(KeyringFile::open(&path, &root(1)).is_err(), "a removed stanza opens nothing");
    let unlock = recovery::combine(shares.iter().map(String::as_str)).unwrap();
    let good = fs::read(&path).unwrap();
    KeyringFile::open(&path, &unlock).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 6 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    for at in front..front + stanza {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(KeyringFile::open(&path, &unlock).is_err(), "byte {at} does not matter");
    }
}

#[test]
fn a_new_file_key_needs_no_custodian() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let mut reader = KeyringFile::open(&path, &root(1)).unwrap();
    let old = fs::read(&path).unwrap();
    let (unlock, shares) = split(2, 3, 1);
    file.add_stanza(&unlock, CHEAP, &mut seeded(9)).unwrap();
    file.add_stanza(&super::passphrase("second"), CHEAP, &mut seeded(8)).unwrap();
    let refused = file.rotate_root(&[root(1)], CHEAP, &mut seeded(10));
    assert!(
        matches!(refused, Err(KeyringError::StanzaNotGiven(_))),
        "a passphrase that was not given is not left behind"
    );
    file.rotate_root(&[root(1), super::passphrase("second")], CHEAP, &mut seeded(10)).unwrap();
    assert_eq!(file.stanzas().len(), 3);
    let combined = recovery::combine(shares[1..].iter().map(String::as_str)).unwrap();
    for unlock in [root(1), super::passphrase("second"), combined] {
        assert_eq!(KeyringFile::open(&path, &unlock).unwrap().keyring().generation(), 10);
    }
    assert!(matches!(reader.reload().err(), Some(KeyringError::Rewrapped)));
    assert_eq!(reader.keyring().generation(), 7, "who has the old file key goes on with what it has");
    fs::write(&path, old).unwrap();
    assert!(file.reload().is_err(), "the file of before is not believed");
}

/// As people would make one by the manual: base32 of the bytes and a check sum.
fn by_hand(threshold: u8, x: u8) -> String {
    let body = [&[1, 2, 3, 4, threshold, x][..], &[5; LEN]].concat();
    let sum = Sha256::new().chain_update(b"pgveil/v1/share\0").chain_update(&body).finalize();
    let bits: Vec<u8> =
        body.iter().chain(&sum[..4]).flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let five = |bits: &[u8]| (0..5).fold(0, |five, at| five << 1 | bits.get(at).copied().unwrap_or(0));
    let letters =
        bits.chunks(5).map(|bits| b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(five(bits))] as char);
    format!("pgveil-share-1 {}", letters.collect::<String>())
}

#[test]
fn a_share_that_is_none_is_refused_though_its_check_sum_is_right() {
    assert_eq!(refused(&[&by_hand(2, 1)]), ShareError::TooFew { given: 1, needed: 2 });
    for (threshold, x) in [(2, 0), (1, 1), (0, 1), (1, 0)] {
        assert_eq!(refused(&[&by_hand(threshold, x)]), ShareError::Mistyped(1), "{threshold} {x}");
    }
}

#[test]
fn a_share_is_seventeen_groups_of_four() {
    let (unlock, shares) = split(2, 3, 1);
    for share in &shares {
        let groups: Vec<&str> = share.strip_prefix("pgveil-share-1 ").unwrap().split('-').collect();
        assert!(groups.len() == 17 && groups.iter().all(|group| group.len() == 4), "{share}");
    }
    let dir = tempfile::tempdir().unwrap();
    let (_, mut file) = on_disk(dir.path());
    file.add_stanza(&unlock, CHEAP, &mut seeded(9)).unwrap();
    let label = file.stanzas().last().unwrap().label();
    let set = label.split_once("set ").and_then(|(_, rest)| rest.split_once(", 2 of 3")).unwrap().0;
    assert!(set.len() == 8 && set.bytes().all(|digit| digit.is_ascii_hexdigit()), "{label}");
}

#[test]
fn as_many_shares_as_are_admitted_and_no_more() {
    assert_eq!(split(2, MAX_SHARES, 1).1.len(), usize::from(MAX_SHARES));
    assert_eq!(split(MAX_SHARES, MAX_SHARES, 1).1.len(), usize::from(MAX_SHARES));
    for (threshold, shares) in [(2, MAX_SHARES + 1), (1, 3), (4, 3), (0, 0)] {
        let made = recovery::split(Split { threshold, shares }, &mut seeded(1));
        assert!(
            matches!(made.err(), Some(KeyringError::Share(ShareError::Bounds))),
            "{threshold} of {shares}"
        );
    }
}
