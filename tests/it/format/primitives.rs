//! The primitives against the RFCs' own vectors, Wycheproof, and each other.

use hmac::{Hmac, Mac};
use pgveil::crypto::aead::{Aead, AeadFault, Native, Portable};
use pgveil::crypto::mac::{self, MacState, extract};
use pgveil::crypto::padding::{Padding, pad, unpadded_len};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use sha2::Sha256;

use super::PADDINGS;

fn expand(prk: &MacState, info: [&[u8]; 2]) -> [u8; 32] {
    let mut out = [0; 32];
    mac::expand(prk, &[info[0], info[1], b"", b""], &mut out);
    out
}

fn seal<A: Aead>(key: &[u8], nonce: &[u8], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let cipher = A::new(key.try_into().unwrap()).unwrap();
    let mut out = plaintext.to_vec();
    let tag = cipher.seal(nonce.try_into().unwrap(), aad, &mut out).unwrap();
    out.extend_from_slice(&tag);
    out
}

fn open<A: Aead>(key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFault> {
    let cipher = A::new(key.try_into().unwrap()).unwrap();
    let (ciphertext, tag) = sealed.split_last_chunk().unwrap();
    let mut out = vec![0xaa; ciphertext.len()];
    let opened = cipher.open(nonce.try_into().unwrap(), aad, ciphertext, tag, &mut out);
    if opened.is_err() {
        assert!(out.iter().all(|byte| *byte == 0), "unauthenticated bytes were left behind");
    }
    opened.map(|()| out)
}

#[test]
fn rfc_8452_appendix_c() {
    let vectors = include_str!("../../vectors/rfc8452.txt");
    let mut count = 0;
    for line in vectors.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<Vec<u8>> =
            line.split(' ').map(|field| hex::decode(field.trim_matches('-')).unwrap()).collect();
        let [key, nonce, aad, plaintext, result] = fields.as_slice() else { panic!("{line}") };
        assert_eq!(seal::<Native>(key, nonce, aad, plaintext), *result);
        assert_eq!(seal::<Portable>(key, nonce, aad, plaintext), *result);
        assert_eq!(open::<Native>(key, nonce, aad, result), Ok(plaintext.clone()));
        assert_eq!(open::<Portable>(key, nonce, aad, result), Ok(plaintext.clone()));
        count += 1;
    }
    assert_eq!(count, 26);
}

#[test]
fn wycheproof_aead() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcmSiv).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups.iter().filter(|group| group.key_size == 256 && group.nonce_size == 96) {
        for test in &group.tests {
            let sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let (key, nonce, aad) = (test.key.as_slice(), test.nonce.as_slice(), test.aad.as_slice());
            let opened =
                [open::<Native>(key, nonce, aad, &sealed), open::<Portable>(key, nonce, aad, &sealed)];
            if test.result.must_fail() {
                assert_eq!(opened, [Err(AeadFault), Err(AeadFault)], "{}", test.tc_id);
                invalid += 1;
            } else {
                assert_eq!(opened, [Ok(test.pt.to_vec()), Ok(test.pt.to_vec())], "{}", test.tc_id);
                assert_eq!(seal::<Native>(key, nonce, aad, &test.pt), sealed);
                assert_eq!(seal::<Portable>(key, nonce, aad, &test.pt), sealed);
                valid += 1;
            }
        }
    }
    assert!(valid >= 40 && invalid >= 30, "{valid} valid, {invalid} invalid");
}

#[test]
fn the_two_ciphers_agree() {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let lengths = (0..300).chain([1023, 1024, 1025, 4096, 65_537]);
    for len in lengths {
        let (mut key, mut nonce, mut aad, mut plaintext) = ([0; 32], [0; 12], [0; 38], vec![0; len]);
        rng.fill_bytes(&mut key);
        rng.fill_bytes(&mut nonce);
        rng.fill_bytes(&mut aad);
        rng.fill_bytes(&mut plaintext);
        let aad = &aad[..len % 39];
        let sealed = seal::<Native>(&key, &nonce, aad, &plaintext);
        assert_eq!(sealed, seal::<Portable>(&key, &nonce, aad, &plaintext), "{len}");
        assert_eq!(open::<Portable>(&key, &nonce, aad, &sealed), Ok(plaintext.clone()));
        assert_eq!(open::<Native>(&key, &nonce, aad, &sealed), Ok(plaintext));
        let mut bad = sealed;
        let at = rng.next_u32() as usize % bad.len();
        bad[at] ^= 1 << (len % 8);
        assert_eq!(open::<Native>(&key, &nonce, aad, &bad), Err(AeadFault));
        assert_eq!(open::<Portable>(&key, &nonce, aad, &bad), Err(AeadFault));
    }
}

#[test]
fn rfc_4231_hmac() {
    let long = vec![0xaa; 131];
    let counted: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 6] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (
            &long,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &long,
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, message, expected) in cases {
        assert_eq!(hex::encode(MacState::new(key).mac(&[message])), expected);
        for cut in 0..message.len() {
            let (front, back) = message.split_at(cut);
            assert_eq!(hex::encode(MacState::new(key).absorb(front).mac(&[back])), expected);
            assert_eq!(hex::encode(MacState::new(key).mac(&[front, back])), expected);
        }
    }
}

#[test]
fn wycheproof_hmac() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let ours = MacState::new(&test.key).mac(&[&test.msg]);
        let right = ours.starts_with(&test.tag) && !test.tag.is_empty();
        assert_eq!(right, !test.result.must_fail(), "{}", test.tc_id);
        count += 1;
    }
    assert!(count >= 170, "{count}");
}

#[test]
fn hmac_and_hkdf_agree_with_the_crates() {
    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    for len in 0..200 {
        let (mut key, mut message) = (vec![0; len], vec![0; len * 3 % 311]);
        rng.fill_bytes(&mut key);
        rng.fill_bytes(&mut message);
        let mut theirs = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
        theirs.update(&message);
        assert_eq!(MacState::new(&key).mac(&[&message]), theirs.finalize().into_bytes()[..]);
        let mut okm = [0; 32];
        hkdf::Hkdf::<Sha256>::new(Some(&message), &key).expand(&message, &mut okm).unwrap();
        assert_eq!(expand(&extract(&message, &key), [&message, b""]), okm);
    }
}

#[test]
fn hmac_is_the_same_wherever_the_message_is_cut() {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let (mut key, mut message) = ([0; 32], vec![0; 400]);
    rng.fill_bytes(&mut key);
    rng.fill_bytes(&mut message);
    let keyed = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
    for absorbed in 0..=130 {
        let state = MacState::new(&key).absorb(&message[..absorbed]);
        for end in absorbed..message.len() {
            let mut theirs = keyed.clone();
            theirs.update(&message[..end]);
            let (front, back) = message[absorbed..end].split_at((end - absorbed) / 3);
            let ours = state.mac(&[front, back]);
            assert_eq!(ours, theirs.finalize().into_bytes()[..], "{absorbed} of {end}");
        }
    }
}

#[test]
fn rfc_5869_hkdf() {
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
    let cases = [
        (
            vec![0x0b; 22],
            range(0, 0x0c),
            range(0xf0, 0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        ),
        (
            range(0, 0x4f),
            range(0x60, 0xaf),
            range(0xb0, 0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
        ),
        (vec![0x0b; 22], vec![], vec![], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
    ];
    for (ikm, salt, info, okm) in cases {
        let prk = extract(&salt, &ikm);
        assert_eq!(hex::encode(expand(&prk, [&info, b""])), okm);
        let (front, back) = info.split_at(info.len() / 3);
        assert_eq!(hex::encode(expand(&prk, [front, back])), okm);
    }
}

#[test]
fn wycheproof_hkdf() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        if test.result.must_fail() {
            continue; // Lengths that we cannot ask for.
        }
        let ours = expand(&extract(&test.salt, &test.ikm), [&test.info, b""]);
        let len = test.okm.len().min(32);
        assert_eq!(ours[..len], test.okm[..len], "{}", test.tc_id);
        count += 1;
    }
    assert!(count >= 70, "{count}");
}

#[test]
fn rfc_9106_argon2id() {
    let params = argon2::ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let argon2 =
        argon2::Argon2::new_with_secret(&[3; 8], argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .unwrap();
    let mut out = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut out).unwrap();
    assert_eq!(hex::encode(out), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

#[test]
fn padded_lengths() {
    let len = |padding: Padding, len| padding.padded_len(len);
    assert_eq!([0, 1, 14, 15, 16, 31].map(|n| len(Padding::Block16, n)), [16, 16, 16, 16, 32, 32]);
    assert_eq!([0, 31, 32, 63].map(|n| len(Padding::Block32, n)), [32, 32, 64, 64]);
    assert_eq!([0, 63, 64].map(|n| len(Padding::Block64, n)), [64, 64, 128]);
    assert_eq!([0, 1, 8, 100].map(|n| len(Padding::Unpadded, n)), [1, 2, 9, 101]);
    assert_eq!([255, 256, 257, 300].map(|n| len(Padding::Auto, n)), [256, 272, 272, 304]);
    // PADMÉ of 1, 8, 9, 100, 1000, 10^6 bytes (the mark included), by the paper's formula.
    assert_eq!([0, 7, 8, 99, 999].map(|n| len(Padding::Padme, n)), [1, 8, 10, 104, 1024]);
    assert_eq!(len(Padding::Padme, 999_999), 1_015_808);
    for padding in PADDINGS {
        assert_eq!(Padding::from_code(padding.code()), Some(padding));
        let mut last = 0;
        for n in 0..5000 {
            let padded = len(padding, n);
            assert!(padded > n && padded >= last, "{padding:?} {n}: grows with the value");
            let over = padded * 100 > (n + 1) * 112 && matches!(padding, Padding::Padme) && n > 64;
            assert!(!over, "PADMÉ adds at most 12 %: {n}");
            last = padded;
        }
    }
    assert_eq!(Padding::from_code(6), None);
}

#[test]
fn padding_without_its_mark_is_refused() {
    for bad in [&b""[..], b"\0", b"\0\0\0", b"a", b"a\0", b"\x80a", b"\x81\0"] {
        assert_eq!(unpadded_len(bad), None, "{bad:?}");
    }
    assert_eq!(unpadded_len(b"\x80"), Some(0));
    assert_eq!(unpadded_len(b"\x80\x80\0"), Some(1));
    assert!(pad(b"abc", &mut [0; 3]).is_err());
    assert!(pad(b"abc", &mut [0; 2]).is_err());
    assert!(pad(b"", &mut []).is_err());
}
