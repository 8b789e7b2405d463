//! What a host can do to a stored value, and that none of it opens.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use base64_simd::URL_SAFE_NO_PAD;
use pgveil::crypto::{ColumnKeys, CryptoError, Padding, Suite, armour};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::{SUITES, column, keyring, open, seal, seeded};

const PLAINTEXT: &[u8] = b"ada.lovelace@analytical.example";

fn envelope(armour: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(armour.strip_prefix("pgV1:").unwrap().strip_suffix('.').unwrap()).unwrap()
}

fn armoured(envelope: &[u8]) -> String {
    format!("pgV1:{}.", URL_SAFE_NO_PAD.encode_to_string(envelope))
}

#[test]
fn every_bit_of_an_envelope_matters() {
    let mut refused = 0;
    for suite in SUITES {
        let keys = column(&keyring(1), "email", 1, suite, Padding::Auto);
        let good = envelope(&seal(&keys, PLAINTEXT));
        assert_eq!(open(&keys, &armoured(&good)).unwrap(), PLAINTEXT);
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let error = open(&keys, &armoured(&bytes)).unwrap_err();
            // Bytes 2 to 5 are the key id: what they then name is no key of this realm.
            let unknown = matches!(error, CryptoError::KeyUnknown(_)) && (2..6).contains(&(bit / 8));
            assert!(unknown || error == CryptoError::Damaged, "bit {bit}: {error}");
            refused += 1;
        }
        for len in 0..good.len() {
            assert_eq!(open(&keys, &armoured(&good[..len])), Err(CryptoError::Damaged), "cut to {len}");
            refused += 1;
        }
    }
    assert_eq!(refused, 2 * (66 * 8 + 66));
}

#[test]
fn every_character_of_an_armour_matters() {
    let mut refused = 0;
    for suite in SUITES {
        let keys = column(&keyring(1), "email", 1, suite, Padding::Auto);
        let good = seal(&keys, PLAINTEXT);
        for at in 0..good.len() {
            for byte in 0..=255u8 {
                let mut bytes = good.clone().into_bytes();
                if bytes[at] == byte {
                    continue;
                }
                bytes[at] = byte;
                let mut out = Vec::new();
                assert!(keys.open_into(&bytes, &mut out).is_err(), "{at} {byte}");
                assert!(out.is_empty());
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 2 * 94 * 255);
}

#[test]
fn one_envelope_has_one_armour() {
    // 1, 2 and 3 bytes over: with the last character's spare bits set it must not open.
    for len in [8, 9, 10] {
        let keys = column(&keyring(1), "c", 15, Suite::Randomized, Padding::Unpadded);
        let good = seal(&keys, &vec![7; len]);
        let alphabet = URL_SAFE_NO_PAD.charset();
        let at = good.len() - 2;
        let spellings = alphabet.iter().filter(|character| {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = **character;
            keys.open_into(&bytes, &mut Vec::new()).is_ok()
        });
        assert_eq!(spellings.count(), 1, "{len}");
    }
}

/// A cell opens where it was sealed and nowhere else.
#[test]
fn nothing_opens_elsewhere() {
    let (one, other) = (keyring(1), keyring(2));
    let second_key = one.with_new_key(1, &mut seeded(9)).unwrap();
    let promoted = second_key.with_promoted(second_key.keys()[1].id).unwrap();
    let mut places: Vec<(String, ColumnKeys)> = Vec::new();
    for (ring, name) in [(&one, "realm 1"), (&other, "realm 2"), (&promoted, "realm 1, new key")] {
        for domain in ["email", "emai", "email\0", "public.customers.email"] {
            for tag in [1u16, 2, 15, 256] {
                for suite in SUITES {
                    let label = format!("{name} {domain:?} {tag} {suite:?}");
                    places.push((label, column(ring, domain, tag, suite, Padding::Auto)));
                }
            }
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for (from, sealing) in &places {
        let armour = seal(sealing, PLAINTEXT);
        for (to, opening) in &places {
            // The new key's keyring still reads what the old key of the same place has sealed.
            let same = to.replace(", new key", "") == from.replace(", new key", "");
            let knows = sealing.writes() == opening.writes() || to.contains("new key");
            match open(opening, &armour) {
                Ok(plaintext) => {
                    assert!(same && knows, "{from} opened as {to}");
                    assert_eq!(plaintext, PLAINTEXT);
                    opened += 1;
                }
                Err(_) => {
                    assert!(!(same && knows), "{from} did not open as {to}");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(opened + refused, 96 * 96);
    assert!((96..=160).contains(&opened), "{opened} opened, {refused} refused");
}

/// The server's CHECK constraint (docs/format.md, section 1).
fn passes_the_guard(stored: &str) -> bool {
    stored.starts_with("pgV1:") && stored.ends_with('.') && stored.chars().count() >= 53
}

#[test]
fn a_value_that_a_trigger_has_changed_fails_at_the_guard() {
    for suite in SUITES {
        for (len, padding) in
            [(0, Padding::Unpadded), (0, Padding::Auto), (40, Padding::Auto), (700, Padding::Auto)]
        {
            let keys = column(&keyring(1), "email", 1, suite, padding);
            let good = seal(&keys, &vec![b'q'; len]);
            assert!(passes_the_guard(&good), "{} characters", good.len());
            assert!(!passes_the_guard(&good.to_lowercase()));
            assert!(!passes_the_guard(&good.to_uppercase()));
            assert!(!passes_the_guard(&good.chars().rev().collect::<String>()));
            assert!(!passes_the_guard(&format!(" {good}")) && !passes_the_guard(&format!("{good} ")));
            for cut in 0..good.len() {
                assert!(!passes_the_guard(&good[..cut]), "left({cut})");
                assert!(cut == 0 || !passes_the_guard(&good[cut..]), "substr({cut})");
            }
        }
    }
}

/// Body of a fuzz target: any bytes are opened or refused, and a refusal leaves nothing.
fn fuzz_open(keys: &[ColumnKeys], stored: &[u8]) {
    for keys in keys {
        let mut out = b"kept".to_vec();
        if keys.open_into(stored, &mut out).is_err() {
            assert_eq!(out, b"kept");
        }
    }
    let _ = armour::census(stored);
}

#[test]
fn random_and_mutated_values_are_refused_and_leave_nothing() {
    let ring = keyring(1);
    let keys = SUITES.map(|suite| column(&ring, "email", 1, suite, Padding::Auto));
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let good = seal(&keys[0], PLAINTEXT).into_bytes();
    for round in 0..20_000usize {
        let mut bytes = vec![0; rng.next_u32() as usize % 200];
        rng.fill_bytes(&mut bytes);
        match round % 4 {
            0 => {}
            1 => bytes.splice(..0, *b"pgV1:").for_each(drop),
            2 => bytes = armoured(&bytes).into_bytes(),
            _ => {
                bytes = good.clone();
                let at = rng.next_u32() as usize % bytes.len();
                let until = (at + rng.next_u32() as usize % 8).min(bytes.len());
                rng.fill_bytes(&mut bytes[at..until]);
            }
        }
        fuzz_open(&keys, &bytes);
    }
}

/// What is in the room of a buffer beyond its length: read as another process would read it.
fn room_of(out: &Vec<u8>, len: usize) -> Vec<u8> {
    assert!(out.capacity() >= len);
    let mut memory = File::open("/proc/self/mem").unwrap();
    memory.seek(SeekFrom::Start(out.as_ptr() as u64)).unwrap();
    let mut bytes = vec![0xee; len];
    memory.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn nothing_decrypted_is_left_behind_a_failure() {
    let keys = column(&keyring(1), "email", 1, Suite::Randomized, Padding::Auto);
    let good = seal(&keys, PLAINTEXT);
    let mut out = Vec::with_capacity(4096);
    keys.open_into(good.as_bytes(), &mut out).unwrap();
    out.clear();
    assert_eq!(room_of(&out, PLAINTEXT.len()), PLAINTEXT, "the room is what we think it is");

    let mut damaged = envelope(&good);
    *damaged.last_mut().unwrap() ^= 1;
    assert!(keys.open_into(armoured(&damaged).as_bytes(), &mut out).is_err());
    assert_eq!(room_of(&out, 32), [0; 32]);

    // Authentic, and refused only after decryption: nonce not derived, padding without its mark.
    for (keys, armour) in super::vectors::forged() {
        let mut out = Vec::with_capacity(4096);
        assert_eq!(keys.open_into(armour.as_bytes(), &mut out), Err(CryptoError::Damaged));
        let padded = envelope(&armour).len() - 34;
        assert_eq!(room_of(&out, padded), vec![0; padded]);
    }
}
