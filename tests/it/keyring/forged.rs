//! Bodies that only who has the file key can write, and that no sequence of changes leads to: authentic, and refused.

use pgveil::crypto::aead::{Aead, Cipher, NONCE_LEN, TAG_LEN};
use pgveil::crypto::derive::{self, DataKeySource, REALM_LEN};
use pgveil::crypto::keyfile::Parts;
use pgveil::crypto::keyring::MAX_KEYS;
use pgveil::crypto::locked::{LockedKey, Region};
use pgveil::crypto::{Form, KeyId, Keyring, KeyringError, KeyringFile, unlock};

use super::{CHEAP, rich, root};
use crate::format::seeded;

/// A keyring file, its key, and the plaintext of its body.
struct Forge {
    realm: [u8; REALM_LEN],
    key: LockedKey,
    header: Vec<u8>,
    body: Vec<u8>,
}

impl Forge {
    fn of(keyring: Keyring) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        drop(KeyringFile::create(&path, keyring, &root(1), CHEAP, &mut seeded(3)).unwrap());
        let file = std::fs::read(path).unwrap();
        let parts = Parts::cut(&file).unwrap();
        let region = Region::new().unwrap();
        let key = unlock::unwrap(&parts.realm, &parts.stanzas, &root(1), &region).unwrap();
        let stanzas: usize = parts.stanzas.iter().map(|stanza| 2 + 4 + stanza.body.len()).sum();
        let (header, rest) = file.split_at(17 + REALM_LEN + 8 + 2 + stanzas);
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().unwrap();
        let (sealed, tag) = rest[4..rest.len() - 32].split_last_chunk::<TAG_LEN>().unwrap();
        let mut body = vec![0; sealed.len()];
        let cipher = cipher(&parts.realm, &key);
        cipher.open(nonce, header, sealed, tag, &mut body).unwrap();
        Forge { realm: parts.realm, key, header: header.to_vec(), body }
    }

    /// The file with this body, read.
    fn read(&self, body: &[u8]) -> Result<Keyring, KeyringError> {
        let (nonce, mut sealed) = ([5; NONCE_LEN], body.to_vec());
        let tag = cipher(&self.realm, &self.key).seal(&nonce, &self.header, &mut sealed).unwrap();
        let len = u32::try_from(sealed.len() + TAG_LEN).unwrap().to_be_bytes();
        let mut file = [&self.header, &nonce[..], &len, &sealed, &tag].concat();
        let mac = derive::keyring_mac(&self.realm, self.key.expose()).mac(&[&file]);
        file.extend_from_slice(&mac);
        Parts::cut(&file).unwrap().open(&self.key, &Region::new().unwrap())
    }

    #[track_caller]
    fn refuses(&self, body: &[u8], why: &str) {
        match self.read(body).err().expect("authentic, and admitted") {
            KeyringError::Content(said) | KeyringError::Shape(said) => assert_eq!(said, why),
            other => panic!("{other}"),
        }
    }

    /// The body with something behind it.
    fn and(&self, parts: &[Vec<u8>]) -> Vec<u8> {
        [&self.body[..], &parts.concat()].concat()
    }

    /// A data key as it stands in the body.
    fn data_key(&self, id: u32, state: u8) -> Vec<u8> {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&id.to_be_bytes());
        let check = DataKeySource::new(&self.realm, &key).check_value();
        [&id.to_be_bytes()[..], &[state], &[0; 8], &check, &key].concat()
    }
}

fn cipher(realm: &[u8; REALM_LEN], key: &LockedKey) -> Cipher {
    let mut body_key = [0; 32];
    derive::keyring_body(realm, key.expose(), &mut body_key);
    Cipher::new(&body_key).unwrap()
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn section(number: u16, content: &[Vec<u8>]) -> Vec<u8> {
    [&number.to_be_bytes()[..], &prefixed(&content.concat())].concat()
}

fn window(domain: &str, from: u32, to: u32, moved: u8) -> Vec<u8> {
    [&prefixed(domain.as_bytes())[..], &from.to_be_bytes(), &to.to_be_bytes(), &[moved]].concat()
}

fn mark(key: u32) -> Vec<u8> {
    [&key.to_be_bytes()[..], &9_u64.to_be_bytes()].concat()
}

/// Four keys: two decrypt-only, one active, one pending; `email` and `iban` are written under the first.
fn forge() -> (Forge, [u32; 4]) {
    let keyring = rich(1);
    let keyring = keyring.with_promoted(keyring.keys()[1].id).unwrap();
    let keyring = keyring.with_new_key(5, &mut seeded(20)).unwrap();
    let keyring = keyring.with_promoted(keyring.keys()[2].id).unwrap();
    let keyring = keyring.with_new_key(6, &mut seeded(21)).unwrap();
    let ids = [0, 1, 2, 3].map(|at| keyring.keys()[at].id.get());
    (Forge::of(keyring), ids)
}

#[test]
fn sections_come_in_order_once_and_hold_something() {
    let (forge, [first, second, third, _]) = forge();
    assert!(forge.read(&forge.body).is_ok());
    let windows = || section(1, &[window("email", first, third, 0)]);
    let marks = || section(2, &[mark(second)]);
    assert!(forge.read(&forge.and(&[windows(), marks()])).is_ok());
    let order = "order of sections";
    forge.refuses(&forge.and(&[marks(), windows()]), order);
    forge.refuses(&forge.and(&[windows(), windows()]), order);
    forge.refuses(&forge.and(&[marks(), marks()]), order);
    forge.refuses(&forge.and(&[section(1, &[])]), order);
    forge.refuses(&forge.and(&[section(2, &[])]), order);
    forge.refuses(&forge.and(&[section(0, &[mark(second)])]), order);
    forge.refuses(&forge.and(&[section(3, &[mark(second)])]), "a section that this version does not know");
    forge.refuses(&forge.and(&[vec![0]]), "cut short");
    forge.refuses(&forge.and(&[windows(), vec![0]]), "cut short");
}

#[test]
fn a_window_fits_its_domain() {
    let (forge, [first, second, third, _]) = forge();
    let read = |windows: &[Vec<u8>]| forge.read(&forge.and(&[section(1, windows)]));
    let refuses = |windows: &[Vec<u8>], why| forge.refuses(&forge.and(&[section(1, windows)]), why);
    let both = read(&[window("email", first, 0, 0), window("iban", second, first, 1)]).unwrap();
    let open = both.window("iban").unwrap();
    assert_eq!((open.from.key(), open.to.key(), open.moved), (KeyId::new(second), KeyId::new(first), true));
    assert_eq!(both.window("email").unwrap().to, Form::Plain);

    let order = "order of names";
    refuses(&[window("iban", first, third, 0), window("email", first, third, 0)], order);
    refuses(&[window("email", first, third, 0), window("email", first, third, 0)], order);
    refuses(&[window("phone", first, third, 0)], "a window of no domain");
    refuses(&[window("email", first, third, 2)], "state of a window");
    let fits = "a window that does not fit its domain";
    refuses(&[window("email", first, first, 0)], fits);
    refuses(&[window("email", first, third, 1)], fits);
    refuses(&[window("email", second, third, 0)], fits);
    refuses(&[window("email", 0, third, 0)], fits);
    let free = first ^ second ^ third ^ 1;
    refuses(&[window("email", first, free, 0)], "a domain whose key is not there");
    let cut = window("email", first, third, 0);
    refuses(&[cut[..cut.len() - 1].to_vec()], "cut short");
}

#[test]
fn a_mark_is_of_a_key_that_does_not_seal() {
    let (forge, [first, second, third, fourth]) = forge();
    let refuses = |marks: &[Vec<u8>], why| forge.refuses(&forge.and(&[section(2, marks)]), why);
    let read = forge.read(&forge.and(&[section(2, &[mark(first), mark(second)])])).unwrap();
    let marked: Vec<_> = read.keys().iter().map(|key| key.compromised).collect();
    assert_eq!(marked, [Some(9), Some(9), None, None]);
    refuses(&[mark(second), mark(first)], "a mark of no key");
    refuses(&[mark(second), mark(second)], "a mark of no key");
    refuses(&[mark(first ^ second ^ 1)], "a mark of no key");
    refuses(&[mark(0)], "key id 0");
    refuses(&[mark(third)], "a compromised key that seals");
    refuses(&[mark(fourth)], "a compromised key that seals");
}

#[test]
fn users_digests_and_keys_are_as_they_are_written() {
    let (forge, _) = forge();
    // Behind the domains: two digests of 4 + 32 bytes, a count, and one user.
    let user = |name: &[u8]| [prefixed(name), prefixed(b"upstream-secret"), prefixed(&[7; 16])].concat();
    let user = |name: &[u8]| [&user(name)[..], &4096_u32.to_be_bytes()].concat();
    let (front, behind) = forge.body.split_at(forge.body.len() - 4 - user(b"app").len());
    assert_eq!(behind, [&1_u32.to_be_bytes()[..], &user(b"app")].concat());
    let users = |names: &[&[u8]]| {
        let count = u32::try_from(names.len()).unwrap().to_be_bytes();
        [front, &count, &names.iter().map(|name| user(name)).collect::<Vec<_>>().concat()].concat()
    };
    let read = forge.read(&users(&[b"app", b"backup"])).unwrap();
    assert_eq!(read.users().collect::<Vec<_>>(), ["app", "backup"]);
    forge.refuses(&users(&[b"backup", b"app"]), "order of names");
    forge.refuses(&users(&[b"app", b"app"]), "order of names");
    forge.refuses(&users(&[b"\xff"]), "a name");

    let (front, digests) = front.split_at(front.len() - 2 * 36);
    assert_eq!(digests, [prefixed(&[1; 32]), prefixed(&[2; 32])].concat());
    let digests = |one: &[u8], other: &[u8]| [front, &prefixed(one), &prefixed(other), behind].concat();
    let read = forge.read(&digests(&[], &[3; 32])).unwrap();
    assert_eq!((read.policy_digest(), read.pin_digest()), (None, Some(&[3; 32])));
    forge.refuses(&digests(&[1; 31], &[]), "a digest");
    forge.refuses(&digests(&[], &[1; 33]), "a digest");
}

#[test]
fn a_keyring_has_so_many_keys_and_each_its_check_value() {
    let (forge, _) = forge();
    // Behind the attestation key: a count, and four keys of 4 + 1 + 8 + 16 + 32 bytes.
    let (front, keys) = (&forge.body[..32], &forge.body[36..36 + 4 * 61]);
    let behind = &forge.body[36 + 4 * 61..];
    let with = |more: &[Vec<u8>]| {
        let count = u32::try_from(4 + more.len()).unwrap().to_be_bytes();
        [front, &count, keys, &more.concat(), behind].concat()
    };
    let more = |count: usize| -> Vec<_> {
        (1..=count).map(|id| forge.data_key(u32::try_from(id).unwrap(), 4)).collect()
    };
    assert_eq!(forge.read(&with(&more(MAX_KEYS - 4))).unwrap().keys().len(), MAX_KEYS);
    forge.refuses(&with(&more(MAX_KEYS - 3)), "too many keys");
    forge.refuses(&with(&[forge.data_key(1, 2)]), "two active keys");
    for state in [0, 5, 255] {
        forge.refuses(&with(&[forge.data_key(1, state)]), "state of a key");
    }
    let mut other = forge.data_key(1, 4);
    other[13] ^= 1;
    forge.refuses(&with(&[other]), "a key that is not the one its check value names");
}
