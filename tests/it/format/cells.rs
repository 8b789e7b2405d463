//! Sealing and opening as a caller sees them.

use pgveil::crypto::envelope::MAX_PLAINTEXT;
use pgveil::crypto::{ColumnKeys, CryptoError, Form, Nonces, Padding, Suite, armour};

use super::{PADDINGS, SUITES, column, keyring, open, seal};

#[test]
fn every_length_comes_back_under_every_padding() {
    let keyring = keyring(1);
    for suite in SUITES {
        for padding in PADDINGS {
            let keys = column(&keyring, "email", 1, suite, padding);
            for len in (0..300).chain([1000, 4095, 4096, 70_000]) {
                let plaintext: Vec<u8> = (0..len).map(|i| (i * 7) as u8).collect();
                let armour = seal(&keys, &plaintext);
                assert_eq!(open(&keys, &armour).unwrap(), plaintext, "{suite:?} {padding:?} {len}");
            }
        }
    }
}

#[test]
fn trailing_zeros_and_marks_are_not_taken_for_padding() {
    let keyring = keyring(1);
    let keys = column(&keyring, "c", 15, Suite::Randomized, Padding::Block16);
    for plaintext in [&b"\x80"[..], b"\x80\0\0", b"\0", b"\0\0\x80\x80", &[0; 16], &[0x80; 16]] {
        assert_eq!(open(&keys, &seal(&keys, plaintext)).unwrap(), plaintext);
    }
}

#[test]
fn cells_are_appended_behind_what_is_there() {
    let keyring = keyring(1);
    for suite in SUITES {
        let keys = column(&keyring, "c", 1, suite, Padding::Auto);
        let mut nonces = Nonces::from_seed(&[3; 32]);
        let mut sealed = b"before".to_vec();
        keys.seal_into(b"one", &mut nonces, &mut sealed).unwrap();
        let first = sealed.len();
        keys.seal_into(b"two", &mut nonces, &mut sealed).unwrap();
        let mut opened = b"kept".to_vec();
        keys.open_into(&sealed[6..first], &mut opened).unwrap();
        keys.open_into(&sealed[first..], &mut opened).unwrap();
        assert_eq!(opened, b"keptonetwo");
        assert_eq!(keys.open_into(&sealed[6..first - 1], &mut opened), Err(CryptoError::Damaged));
        assert_eq!(opened, b"keptonetwo");
    }
}

#[test]
fn equal_values_are_equal_exactly_when_deterministic() {
    let keyring = keyring(1);
    let random = column(&keyring, "c", 1, Suite::Randomized, Padding::Auto);
    let fixed = column(&keyring, "c", 1, Suite::Deterministic, Padding::Auto);
    assert_ne!(seal(&random, b"same"), seal(&random, b"same"));
    assert_eq!(seal(&fixed, b"same"), seal(&fixed, b"same"));
    assert_ne!(seal(&fixed, b"same"), seal(&fixed, b"Same"));
    assert_ne!(seal(&fixed, b"a"), seal(&fixed, b"a\0"));
}

#[test]
fn the_longest_value_is_sealed_and_one_byte_more_is_not() {
    let keyring = keyring(1);
    let keys = column(&keyring, "c", 1, Suite::Randomized, Padding::Auto);
    let mut nonces = Nonces::from_seed(&[3; 32]);
    let (mut sealed, mut opened) = (Vec::new(), Vec::new());
    let value = vec![b'x'; MAX_PLAINTEXT + 1];
    keys.seal_into(&value[1..], &mut nonces, &mut sealed).unwrap();
    keys.open_into(&sealed, &mut opened).unwrap();
    assert!(opened == value[1..]);
    sealed.clear();
    let bytes = MAX_PLAINTEXT + 1;
    assert_eq!(keys.seal_into(&value, &mut nonces, &mut sealed), Err(CryptoError::TooLong { bytes }));
    assert!(sealed.is_empty());
}

#[test]
fn only_what_has_no_prefix_is_not_an_envelope() {
    let keyring = keyring(1);
    let keys = column(&keyring, "c", 1, Suite::Randomized, Padding::Auto);
    for plain in ["", "pgV1", "pgv1:abc.", "PGV1:abc.", " pgV1:", "ada@example.net"] {
        assert_eq!(open(&keys, plain), Err(CryptoError::NotAnEnvelope), "{plain}");
    }
    let good = seal(&keys, b"value");
    for bad in ["pgV1:", "pgV1:.", "pgV1:AQA.", "pgV1:=.", &format!("{good}."), &good[..good.len() - 1]] {
        assert_eq!(open(&keys, bad), Err(CryptoError::Damaged), "{bad}");
    }
}

#[test]
fn keys_that_do_not_open_say_why() {
    let first = keyring(1);
    let second = first.with_new_key(1_700_000_001, &mut super::seeded(9)).unwrap();
    let old = first.active().unwrap();
    let new = second.keys()[1].id;
    let sealed_old = seal(&column(&first, "c", 1, Suite::Randomized, Padding::Auto), b"value");

    let derive = |keyring| ColumnKeys::derive(keyring, "c", 1, Suite::Randomized, Padding::Auto).unwrap();
    assert_eq!(derive(&second).writes(), Form::Sealed(old), "a pending key never seals");
    let promoted = second.with_promoted(new).unwrap();
    let keys = derive(&promoted);
    assert_eq!(keys.writes(), Form::Sealed(new));
    assert_eq!(open(&keys, &sealed_old).unwrap(), b"value");
    let sealed_new = seal(&keys, b"value");
    assert_eq!(open(&derive(&second), &sealed_new).unwrap(), b"value", "a pending key opens");
    assert_eq!(open(&derive(&first), &sealed_new), Err(CryptoError::KeyUnknown(new)));

    let disabled = promoted.with_disabled(old).unwrap();
    assert_eq!(open(&derive(&disabled), &sealed_old), Err(CryptoError::KeyDisabled(old)));
    let enabled = disabled.with_enabled(old).unwrap();
    assert_eq!(open(&derive(&enabled), &sealed_old).unwrap(), b"value");
    assert_eq!(enabled.generation(), 5);
}

#[test]
fn a_deterministic_domain_keeps_its_key_and_padding() {
    let first = keyring(1);
    let derive = |keyring: &_, pad| ColumnKeys::derive(keyring, "email", 1, Suite::Deterministic, pad);
    assert_eq!(derive(&first, Padding::Auto).err(), Some(CryptoError::DomainNotRecorded));
    let recorded = first.with_domain("email", Padding::Auto).unwrap().unwrap();
    let before = seal(&derive(&recorded, Padding::Auto).unwrap(), b"ada@example.net");
    assert_eq!(derive(&recorded, Padding::Padme).err(), Some(CryptoError::PaddingDiffers));
    assert!(recorded.with_domain("email", Padding::Padme).is_err());
    assert!(recorded.with_domain("email", Padding::Auto).unwrap().is_none());

    let added = recorded.with_new_key(1, &mut super::seeded(9)).unwrap();
    let promoted = added.with_promoted(added.keys()[1].id).unwrap();
    let after = derive(&promoted, Padding::Auto).unwrap();
    assert_eq!(seal(&after, b"ada@example.net"), before, "promotion does not move a domain");
    assert!(promoted.with_disabled(first.active().unwrap()).is_err(), "its key cannot be disabled");
}

#[test]
fn a_census_reads_suite_and_key_without_a_key() {
    let keyring = keyring(1);
    for suite in SUITES {
        let keys = column(&keyring, "c", 1, suite, Padding::Auto);
        let armour = seal(&keys, b"value");
        assert_eq!(armour::census(armour.as_bytes()), Ok((suite, keys.writes().key().unwrap())));
        assert_eq!(armour[..armour::CENSUS_LEN], armour::census_prefix(suite, keys.writes().key().unwrap()));
    }
}
