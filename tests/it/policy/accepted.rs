//! What the keyring remembers of policy and pin: nothing else is served.

use std::fs;
use std::path::Path;

use pgveil::catalog::fetch::Live;
use pgveil::catalog::lockfile::LockError;
use pgveil::catalog::pin::Pin;
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::unlock::{KdfCost, new_root_key};
use pgveil::crypto::{Keyring, KeyringFile, Padding};
use pgveil::jobs::accepted::{self, AcceptedError};
use pgveil::policy::join::{join, take};
use pgveil::policy::model::Tags;

use super::shape::{guarded, lineage, live, table, tags};

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n";

fn keyring(directory: &Path) -> KeyringFile {
    let (unlock, _) = new_root_key(&mut fill_random).expect("a root key");
    let keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
    KeyringFile::create(&directory.join("k"), keyring, &unlock, KdfCost::DEFAULT, &mut fill_random)
        .expect("a file")
}

fn server() -> Live {
    live(vec![guarded(table("public.people", &[("email", "text")]), "email")])
}

fn pin_of(tags: &Tags) -> Pin {
    take(tags, &Pin::empty(), &server(), &lineage)
}

#[test]
fn only_the_accepted_policy_is_served() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut file = keyring(directory.path());
    let (one, other) = (tags(POLICY), tags(&POLICY.replace("deterministic", "randomized")));
    assert!(matches!(accepted::policy(&one, file.keyring()), Err(AcceptedError::Policy)));
    accepted::accept_policy(&one, &mut file).expect("accepted");
    accepted::policy(&one, file.keyring()).expect("the accepted one");
    assert!(matches!(accepted::policy(&other, file.keyring()), Err(AcceptedError::Policy)));
    assert!(matches!(accepted::policy(&Tags::default(), file.keyring()), Err(AcceptedError::Policy)));
    let generation = file.keyring().generation();
    accepted::accept_policy(&one, &mut file).expect("again");
    assert_eq!(file.keyring().generation(), generation, "nothing changed, nothing written");
}

#[test]
fn only_the_pin_that_was_accepted_last_is_believed() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut file = keyring(directory.path());
    let path = accepted::pin_path(&directory.path().join("pgveil.toml"));
    assert_eq!(accepted::pin(&path, file.keyring()).expect("none yet"), Pin::empty());

    let pin = pin_of(&tags(POLICY));
    accepted::accept_pin(&Pin::empty(), &path, &mut file).expect("accepted");
    let older = fs::read(&path).expect("written");
    accepted::accept_pin(&pin, &path, &mut file).expect("accepted");
    assert_eq!(accepted::pin(&path, file.keyring()).expect("the accepted one"), pin);

    // An older file that this very keyring has authenticated.
    let newer = fs::read(&path).expect("written");
    fs::write(&path, &older).expect("put back");
    assert!(matches!(accepted::pin(&path, file.keyring()), Err(AcceptedError::Older { .. })));
    // One byte.
    let mut changed = newer.clone();
    changed[200] ^= 1;
    fs::write(&path, &changed).expect("tampered");
    let refused = accepted::pin(&path, file.keyring());
    assert!(matches!(refused, Err(AcceptedError::Lock { why: LockError::NotAuthentic, .. })));
    // Gone.
    fs::remove_file(&path).expect("removed");
    assert!(matches!(accepted::pin(&path, file.keyring()), Err(AcceptedError::Missing { .. })));
    // Another keyring's.
    fs::write(&path, &newer).expect("put back");
    let other = tempfile::tempdir().expect("a directory");
    let mut other = keyring(other.path());
    assert!(matches!(accepted::pin(&path, other.keyring()), Err(AcceptedError::Lock { .. })));
    accepted::accept_policy(&tags(POLICY), &mut other).expect("accepted");
    assert!(matches!(accepted::pin(&path, other.keyring()), Err(AcceptedError::Lock { .. })));
    assert_eq!(accepted::pin(&path, file.keyring()).expect("the accepted one"), pin);
}

#[test]
fn a_deterministic_domain_is_recorded_once_with_its_padding() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut file = keyring(directory.path());
    let policy = |text: &str| {
        let tags = tags(text);
        join(&tags, &pin_of(&tags), &server(), &lineage).policy
    };
    accepted::record_domains(&policy(POLICY), &mut file).expect("recorded");
    let domain = file.keyring().domain("email").expect("recorded");
    assert_eq!((domain.writes.key(), domain.padding), (file.keyring().active(), Padding::Auto));
    let generation = file.keyring().generation();
    accepted::record_domains(&policy(POLICY), &mut file).expect("again");
    assert_eq!(file.keyring().generation(), generation);
    let other = policy(&format!("{POLICY}pad = 'none'\n"));
    assert!(matches!(accepted::record_domains(&other, &mut file), Err(AcceptedError::Keyring(_))));
    assert_eq!(file.keyring().domain("email").expect("still").padding, Padding::Auto);
}
