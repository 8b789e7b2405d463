//! A deterministic domain moves from one form to another in a window, and the window is kept.

use std::fs;

use pgveil::crypto::domains::{Domain, Form, Window};
use pgveil::crypto::keyring::ChangeError;
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{ColumnKeys, CryptoError, KeyId, Keyring, KeyringFile, Nonces, Padding, Suite};

use super::{on_disk, rich, root};
use crate::format::seeded;

fn column(keyring: &Keyring) -> ColumnKeys {
    ColumnKeys::derive(keyring, "email", 1, Suite::Deterministic, Padding::Auto).unwrap()
}

fn both(keys: &ColumnKeys) -> (Result<Vec<u8>, CryptoError>, Result<Vec<u8>, CryptoError>) {
    let mut nonces = Nonces::from_os().unwrap();
    let (mut own, mut other) = (Vec::new(), Vec::new());
    let (first, second) = (
        keys.seal_into(b"ada@example.net", &mut nonces, &mut own),
        keys.seal_other_into(b"ada@example.net", &mut nonces, &mut other),
    );
    (first.map(|()| own), second.map(|()| other))
}

/// A keyring in which `email` is under the first key and the second is active.
fn promoted() -> (Keyring, KeyId, KeyId) {
    let keyring = rich(1);
    let (old, new) = (keyring.keys()[0].id, keyring.keys()[1].id);
    (keyring.with_promoted(new).unwrap(), old, new)
}

#[test]
fn a_domain_moves_from_key_to_key() {
    let (keyring, old, new) = promoted();
    assert_eq!(keyring.window("email"), None);
    let (before, none) = both(&column(&keyring));
    assert_eq!(none, Err(CryptoError::FormIsPlain), "without a window there is no other form");

    let open = keyring.open_window("email", Form::Sealed(new)).unwrap();
    assert_eq!(open.generation(), keyring.generation() + 1);
    let window = Window { from: Form::Sealed(old), to: Form::Sealed(new), moved: false };
    assert_eq!(open.window("email"), Some(window));
    assert_eq!(open.window("iban"), None);
    let keys = column(&open);
    assert_eq!((keys.writes(), keys.other()), (Form::Sealed(old), Some(Form::Sealed(new))));
    let (own, other) = both(&keys);
    assert_eq!(own, before, "writers keep the old form");

    let moved = open.move_domain("email").unwrap();
    assert_eq!(moved.window("email"), Some(Window { moved: true, ..window }));
    assert_eq!(both(&column(&moved)), (other.clone(), own.clone()), "the two forms have changed places");
    assert_eq!(moved.domain("iban").unwrap().writes, Form::Sealed(old), "other domains stay");

    let closed = moved.close_window("email").unwrap();
    assert_eq!(
        closed.domain("email"),
        Some(Domain { writes: Form::Sealed(new), padding: Padding::Auto, window: None })
    );
    assert_eq!(both(&column(&closed)), (other, Err(CryptoError::FormIsPlain)));
    let mut opened = Vec::new();
    column(&closed).open_into(&own.unwrap(), &mut opened).unwrap();
    assert_eq!(opened, b"ada@example.net", "what was sealed before still opens");
}

#[test]
fn a_domain_moves_from_plain_and_back() {
    let keyring = Keyring::new(1, &mut seeded(1)).unwrap();
    let key = keyring.active().unwrap();
    let plain = keyring.with_plain_domain("email", Padding::Auto).unwrap().unwrap();
    assert!(plain.with_plain_domain("email", Padding::Auto).unwrap().is_none());
    assert!(plain.with_domain("email", Padding::Auto).unwrap().is_none(), "recording moves nothing");
    assert_eq!(both(&column(&plain)), (Err(CryptoError::FormIsPlain), Err(CryptoError::FormIsPlain)));

    let open = plain.open_window("email", Form::Sealed(key)).unwrap();
    assert_eq!(column(&open).writes(), Form::Plain);
    let (own, other) = both(&column(&open));
    assert_eq!(own, Err(CryptoError::FormIsPlain));
    let moved = open.move_domain("email").unwrap();
    assert_eq!(both(&column(&moved)), (other, Err(CryptoError::FormIsPlain)));
    let sealed = moved.close_window("email").unwrap();
    assert_eq!(sealed.domain("email").unwrap().writes, Form::Sealed(key));

    let back = sealed.open_window("email", Form::Plain).unwrap();
    let given_up = back.close_window("email").unwrap();
    assert_eq!(given_up.domain("email").unwrap().writes, Form::Sealed(key), "not moved: the way back");
    let back = back.move_domain("email").unwrap().close_window("email").unwrap();
    assert_eq!(back.domain("email").unwrap().writes, Form::Plain);
}

#[test]
fn steps_out_of_order_are_refused() {
    let (keyring, old, new) = promoted();
    let keyring = keyring.with_new_key(2, &mut seeded(9)).unwrap();
    let pending = keyring.keys()[2].id;
    let nobody = KeyId::new(1).unwrap();
    assert!(matches!(
        keyring.open_window("email", Form::Sealed(old)).err(),
        Some(ChangeError::Window { .. })
    ));
    assert!(matches!(
        keyring.open_window("email", Form::Sealed(pending)).err(),
        Some(ChangeError::State { .. })
    ));
    assert!(matches!(
        keyring.open_window("email", Form::Sealed(nobody)).err(),
        Some(ChangeError::NoSuchKey(_))
    ));
    assert!(matches!(keyring.open_window("none", Form::Plain).err(), Some(ChangeError::NoSuchDomain(_))));
    assert!(matches!(keyring.move_domain("email").err(), Some(ChangeError::Window { .. })));
    assert!(matches!(keyring.close_window("email").err(), Some(ChangeError::Window { .. })));
    let open = keyring.open_window("email", Form::Sealed(new)).unwrap();
    assert!(matches!(open.open_window("email", Form::Plain).err(), Some(ChangeError::Window { .. })));
    let moved = open.move_domain("email").unwrap();
    assert!(matches!(moved.move_domain("email").err(), Some(ChangeError::Window { .. })));
    // Both ends of a window are in use, whichever is written.
    for keyring in [&open, &moved] {
        assert!(matches!(keyring.with_disabled(old).err(), Some(ChangeError::SealsDomain { .. })));
    }
}

#[test]
fn a_window_is_kept_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let (old, new) = (file.keyring().keys()[0].id, file.keyring().keys()[1].id);
    let without = fs::metadata(&path).unwrap().len();
    file.change(|ring| ring.with_promoted(new)).unwrap();
    file.change(|ring| ring.open_window("iban", Form::Sealed(new))).unwrap();
    file.change(|ring| ring.open_window("email", Form::Plain)).unwrap();
    file.change(|ring| ring.move_domain("email")).unwrap();
    let read = KeyringFile::open(&path, &root(1)).unwrap();
    let window = Window { from: Form::Sealed(old), to: Form::Plain, moved: true };
    assert_eq!(read.keyring().window("email"), Some(window));
    assert_eq!(read.keyring().domain("email").unwrap().writes, Form::Plain);
    let window = Window { from: Form::Sealed(old), to: Form::Sealed(new), moved: false };
    assert_eq!(read.keyring().window("iban"), Some(window));
    for domain in ["email", "iban"] {
        file.change(|ring| ring.close_window(domain)).unwrap();
    }
    assert_eq!(fs::metadata(&path).unwrap().len(), without, "a closed window leaves nothing behind");
    file.change(|ring| ring.with_new_key(3, &mut fill_random)).unwrap();
}

#[test]
fn a_domain_uses_the_keys_of_its_forms_and_no_other() {
    let (keyring, old, new) = promoted();
    let uses = |keyring: &Keyring| [old, new].map(|key| keyring.domain("email").unwrap().uses(key));
    assert_eq!(uses(&keyring), [true, false]);
    let open = keyring.open_window("email", Form::Sealed(new)).unwrap();
    assert_eq!(uses(&open), [true, true], "while its window is open it needs both");
    let closed = open.move_domain("email").unwrap().close_window("email").unwrap();
    assert_eq!(uses(&closed), [false, true]);
    let plain = closed.open_window("email", Form::Plain).unwrap().move_domain("email").unwrap();
    assert_eq!(uses(&plain), [false, true]);
    assert_eq!(uses(&plain.close_window("email").unwrap()), [false, false]);
}

#[test]
fn several_domains_are_recorded_in_one_generation_and_forgotten_one_by_one() {
    let keyring = rich(1);
    let asked = [("email", Padding::Auto), ("phone", Padding::Block16), ("street", Padding::Padme)];
    let more = keyring.with_domains(asked).unwrap().unwrap();
    assert_eq!(more.generation(), keyring.generation() + 1);
    let names: Vec<&str> = more.domains().map(|(name, _)| name).collect();
    assert_eq!(names, ["email", "iban", "phone", "street"]);
    assert_eq!(more.domain("phone").unwrap().padding, Padding::Block16);
    assert!(more.with_domains(asked).unwrap().is_none(), "all are recorded");
    let other = more.with_domains([("phone", Padding::Padme)]).err();
    assert!(matches!(other, Some(ChangeError::DomainPadding(_))));

    let fewer = more.without_domain("phone").unwrap().unwrap();
    assert_eq!(fewer.generation(), more.generation() + 1);
    assert_eq!(fewer.domain("phone"), None);
    assert!(fewer.domain("street").is_some());
    assert!(fewer.without_domain("phone").unwrap().is_none());
    let open = fewer.open_window("street", Form::Plain).unwrap();
    assert!(matches!(open.without_domain("street").err(), Some(ChangeError::Window { .. })));
}
