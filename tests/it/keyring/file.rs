//! Writing, reading, changing; two writers; an older file put back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use pgveil::crypto::generations::Generations;
use pgveil::crypto::keyring::{ChangeError, KeyState, MAX_KEYS, UpstreamSecret};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::retire::Census;
use pgveil::crypto::{Form, Keyring, KeyringError, KeyringFile, Padding, Suite};
use pgveil::secret::Secret;

use super::{CHEAP, on_disk, rich, root};
use crate::format::{column, open, seal, seeded};

#[test]
fn what_is_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let (path, written) = on_disk(dir.path());
    let read = KeyringFile::open(&path, &root(1)).unwrap();
    let (before, after) = (written.keyring(), read.keyring());
    assert_eq!(after.realm(), before.realm());
    assert_eq!(after.generation(), 7);
    assert_eq!(after.active(), before.active());
    let states = |ring: &Keyring| -> Vec<_> {
        ring.keys().iter().map(|key| (key.id, key.state, key.created, key.check)).collect()
    };
    assert_eq!(states(after), states(before));
    assert_eq!(after.domains().collect::<Vec<_>>(), before.domains().collect::<Vec<_>>());
    assert_eq!(after.policy_digest(), Some(&[1; 32]));
    assert_eq!(after.pin_digest(), Some(&[2; 32]));
    let user = after.user("app").unwrap();
    assert_eq!(user.secret.expose(), b"upstream-secret");
    assert_eq!((user.salt.as_slice(), user.iterations), (&[7; 16][..], 4096));
    assert_eq!(after.mac("pin", b"bytes"), before.mac("pin", b"bytes"));
    for suite in [Suite::Randomized, Suite::Deterministic] {
        let pad = pgveil::crypto::Padding::Auto;
        let armour = seal(&column(before, "email", 1, suite, pad), b"ada@example.net");
        assert_eq!(open(&column(after, "email", 1, suite, pad), &armour).unwrap(), b"ada@example.net");
    }
}

/// Writing asserts that the body did not grow out of the room that was taken for it: what it leaves behind there
/// would be keys.
#[test]
fn the_fullest_keyring_does_not_grow_while_it_is_written() {
    let (mut keyring, mut draw) = (rich(1), seeded(9));
    for now in 0..u64::try_from(MAX_KEYS - keyring.keys().len()).unwrap() {
        let active = keyring.active().unwrap();
        keyring = keyring.with_compromised(active, now, &mut draw).unwrap();
    }
    for n in 0..100 {
        let name = format!("{n}{}", "x".repeat(100));
        keyring = keyring.with_domain(&name, Padding::Auto).unwrap().unwrap();
        keyring = keyring.open_window(&name, Form::Plain).unwrap();
    }
    assert!(matches!(keyring.with_new_key(9, &mut draw).err(), Some(ChangeError::TooManyKeys)));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keyring.pgveil");
    KeyringFile::create(&path, keyring, &root(1), CHEAP, &mut seeded(3)).unwrap();
    let read = KeyringFile::open(&path, &root(1)).unwrap();
    assert_eq!(read.keyring().keys().iter().filter(|key| key.compromised.is_some()).count(), MAX_KEYS - 2);
}

#[test]
fn many_users_and_many_tombs_have_their_room_too() {
    let dead = |mut keyring: Keyring, count: usize| {
        let mut draw = seeded(9);
        for _ in 0..count {
            keyring = keyring.with_new_key(1, &mut draw).unwrap();
            let id = keyring.keys().last().unwrap().id;
            let disabled = keyring.with_disabled(id).unwrap();
            keyring = disabled.with_destroyed(id, &Census::default(), 2).unwrap();
        }
        keyring
    };
    let used = |keyring: Keyring, [name, secret, salt]: [usize; 3]| {
        (0..200).fold(keyring, |keyring, n| {
            let secret = Secret::new(vec![b's'; secret]);
            let user = UpstreamSecret { secret, salt: vec![7; salt], iterations: 4096 };
            keyring.with_user(&format!("{n:0name$}"), user)
        })
    };
    let cases =
        [dead(rich(1), 200), used(rich(1), [60, 3, 3]), used(rich(1), [3, 60, 3]), used(rich(1), [3, 3, 60])];
    for keyring in cases.into_iter().chain([dead(used(rich(1), [3, 3, 3]), 200)]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keyring.pgveil");
        let (users, tombs) = (keyring.users().count(), keyring.tombstones().len());
        drop(KeyringFile::create(&path, keyring, &root(1), CHEAP, &mut seeded(3)).unwrap());
        let read = KeyringFile::open(&path, &root(1)).unwrap();
        assert_eq!((read.keyring().users().count(), read.keyring().tombstones().len()), (users, tombs));
    }
}

#[test]
fn a_generation_that_is_known_is_not_taken_over_again() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut file) = on_disk(dir.path());
    let before = Arc::clone(file.keyring());
    assert!(Arc::ptr_eq(file.reload().unwrap(), &before));
    assert!(Arc::ptr_eq(&file.newest().unwrap(), &before));
}

#[test]
fn every_change_is_told_and_what_it_meets_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (_, file) = on_disk(dir.path());
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let mut file = file.telling(Box::new(move |keyring| {
        hears.lock().unwrap().push(keyring.generation());
        if keyring.generation() == 12 { Err(KeyringError::Damaged) } else { Ok(()) }
    }));
    file.change(|ring| ring.with_new_key(1, &mut fill_random)).unwrap();
    file.add_stanza(&root(2), CHEAP, &mut seeded(5)).unwrap();
    file.remove_stanza(1, &mut seeded(5)).unwrap();
    file.rotate_root(&[root(1)], CHEAP, &mut seeded(5)).unwrap();
    let refused = file.change(|ring| ring.with_new_key(1, &mut fill_random)).err();
    assert!(matches!(refused, Some(KeyringError::Damaged)));
    assert_eq!(*told.lock().unwrap(), [8, 9, 10, 11, 12]);
}

#[test]
fn the_file_is_private_and_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _file) = on_disk(dir.path());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&path).unwrap();
    let again = KeyringFile::create(&path, rich(2), &root(1), CHEAP, &mut seeded(3));
    assert!(matches!(again.err(), Some(KeyringError::Exists(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_mac_is_bound_to_realm_label_and_bytes() {
    let (one, other) = (rich(1), rich(5));
    let mac = one.mac("pin", b"bytes");
    assert!(one.verify_mac("pin", b"bytes", &mac));
    assert!(!one.verify_mac("pin", b"byte", &mac));
    assert!(!one.verify_mac("audit", b"bytes", &mac));
    assert!(!one.verify_mac("pin", b"bytes", &mac[..31]));
    assert!(!one.verify_mac("pin", b"bytes", &[]));
    assert!(!other.verify_mac("pin", b"bytes", &mac));
}

#[test]
fn changes_are_durable_and_seen_by_other_processes() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut writer) = on_disk(dir.path());
    let mut reader = KeyringFile::open(&path, &root(1)).unwrap();
    let id = writer.keyring().keys()[1].id;
    writer.change(|ring| ring.with_promoted(id)).unwrap();
    assert_eq!(writer.keyring().active(), Some(id));
    assert_ne!(reader.keyring().active(), Some(id));
    assert_eq!(reader.reload().unwrap().active(), Some(id));
    let other = KeyringFile::open(&path, &root(1)).unwrap();
    assert_eq!(other.keyring().generation(), 8);
    let states: Vec<_> = other.keyring().keys().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::DecryptOnly, KeyState::Active]);
}

#[test]
fn a_change_starts_from_what_another_process_wrote() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut first) = on_disk(dir.path());
    let mut second = KeyringFile::open(&path, &root(1)).unwrap();
    first.change(|ring| ring.with_new_key(1, &mut fill_random)).unwrap();
    second.change(|ring| ring.with_new_key(2, &mut fill_random)).unwrap();
    assert_eq!(second.keyring().keys().len(), 4);
    assert_eq!(first.reload().unwrap().keys().len(), 4);
}

#[test]
fn of_many_writers_at_once_none_loses_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _file) = on_disk(dir.path());
    let add = || {
        let mut file = KeyringFile::open(&path, &root(1)).unwrap();
        let mut done = 0;
        while done < 5 {
            match file.change(|ring| ring.with_new_key(3, &mut fill_random)).err() {
                None => done += 1,
                Some(KeyringError::Busy(_)) => std::thread::yield_now(),
                Some(error) => panic!("{error}"),
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(add))));
    let file = KeyringFile::open(&path, &root(1)).unwrap();
    assert_eq!(file.keyring().keys().len(), 22);
    assert_eq!(file.keyring().generation(), 27);
}

#[test]
fn a_change_waits_for_another_that_is_being_made() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut first) = on_disk(dir.path());
    let mut second = KeyringFile::open(&path, &root(1)).unwrap();
    let (begun, has_begun) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let slow = |ring: &Keyring| {
                begun.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(300));
                ring.with_new_key(1, &mut fill_random)
            };
            first.change(slow).unwrap();
        });
        has_begun.recv().unwrap();
        second.change(|ring| ring.with_new_key(2, &mut fill_random)).unwrap();
    });
    assert_eq!(second.keyring().keys().len(), 4);
}

#[test]
fn what_another_process_wrote_is_read_without_being_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let (path, first) = on_disk(dir.path());
    let mut second = KeyringFile::open(&path, &root(1)).unwrap();
    second.change(|ring| Ok(ring.with_pin_digest([7; 32]))).unwrap();
    assert_eq!(first.newest().unwrap().pin_digest(), Some(&[7; 32]));
    assert_ne!(first.keyring().pin_digest(), Some(&[7; 32]));
}

#[test]
fn a_refused_change_leaves_the_file_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let before = fs::read(&path).unwrap();
    let active = file.keyring().active().unwrap();
    assert!(file.change(|ring| ring.with_disabled(active)).is_err());
    assert!(file.change(|ring| ring.with_promoted(active)).is_err());
    assert!(file.change(|ring| ring.with_enabled(active)).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_temporary_file_left_by_a_crash_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    fs::write(dir.path().join("keyring.pgveil.new"), b"half a keyr").unwrap();
    assert_eq!(KeyringFile::open(&path, &root(1)).unwrap().keyring().generation(), 7);
    file.change(|ring| ring.with_new_key(1, &mut fill_random)).unwrap();
    assert_eq!(KeyringFile::open(&path, &root(1)).unwrap().keyring().generation(), 8);
    assert!(!dir.path().join("keyring.pgveil.new").exists());
}

#[test]
fn an_older_file_put_back_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let old = fs::read(&path).unwrap();
    let state = tempfile::tempdir().unwrap();
    let watch = Generations { state_dir: Some(state.path().to_owned()), min: 0, accepted: None };
    watch.admit(file.keyring()).unwrap();
    file.change(|ring| ring.with_new_key(1, &mut fill_random)).unwrap();
    watch.admit(file.keyring()).unwrap();
    fs::write(&path, old).unwrap();
    assert!(matches!(file.reload().err(), Some(KeyringError::Older { found: 7, known: 8 })));
    let restored = KeyringFile::open(&path, &root(1)).unwrap();
    let refused = watch.admit(restored.keyring());
    assert!(matches!(refused, Err(KeyringError::Older { found: 7, known: 8 })));
    let wrong = Generations { accepted: Some(6), ..watch.clone() };
    assert!(wrong.admit(restored.keyring()).is_err(), "another generation was accepted");
    Generations { accepted: Some(7), ..watch.clone() }.admit(restored.keyring()).unwrap();
    watch.admit(restored.keyring()).unwrap();
}

#[test]
fn a_machine_without_a_state_directory_goes_by_the_configuration() {
    let keyring = rich(1);
    let watch = |min, accepted| Generations { state_dir: None, min, accepted }.admit(&keyring);
    assert!(watch(7, None).is_ok());
    assert!(matches!(watch(8, None), Err(KeyringError::Older { found: 7, known: 8 })));
    assert!(watch(8, Some(7)).is_ok());
}

#[test]
fn a_remembered_generation_that_cannot_be_read_is_no_permission() {
    let state = tempfile::tempdir().unwrap();
    let keyring = rich(1);
    let watch = Generations { state_dir: Some(state.path().to_owned()), min: 0, accepted: None };
    watch.admit(&keyring).unwrap();
    let file = fs::read_dir(state.path()).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, b"nonsense").unwrap();
    assert!(watch.admit(&keyring).is_err());
}

#[test]
fn a_way_to_open_that_is_not_there_is_not_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut file) = on_disk(dir.path());
    for there in [1, 2] {
        for index in [there, there + 1] {
            let removed = file.remove_stanza(index, &mut seeded(4)).err();
            assert!(matches!(removed, Some(KeyringError::NoSuchStanza(number)) if number == index + 1));
        }
        assert_eq!(file.stanzas().len(), there);
        file.add_stanza(&root(2), CHEAP, &mut seeded(5)).unwrap();
    }
}

#[test]
fn who_has_clients_that_wait_does_not_wait_for_another_change() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let lock = format!("{}.lock", path.display());
    let held = fs::File::options().create(true).truncate(false).write(true).open(lock).unwrap();
    held.lock().unwrap();
    file.waits_for_nobody();
    // Three seconds is how long others wait.
    let begun = std::time::Instant::now();
    let changed = file.change(|keyring| keyring.with_new_key(1, &mut seeded(6)));
    assert!(matches!(changed.err(), Some(KeyringError::Busy(_))));
    assert!(begun.elapsed() < std::time::Duration::from_millis(2900));
}
