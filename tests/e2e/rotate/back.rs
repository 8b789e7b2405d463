//! A domain whose run was stopped turns back, as long as nothing was rewritten.

use pgveil::crypto::armour::census_prefix;
use pgveil::crypto::domains::Form;
use pgveil::crypto::{KeyId, Suite};
use pgveil::jobs::domain::back::turn_back;
use pgveil::jobs::domain::{DomainError, Site};

use super::place::{Place, connect, nobody, people, quiet, run};
use crate::support::Client;

fn back(place: &Place, phase: &str) -> Result<Form, DomainError> {
    run(async {
        let admin = connect(&place.url).await;
        let joined = place.joined(&admin, phase).await;
        let (mut keys, mut instances) = (place.open(), nobody());
        let mut site = Site {
            admin: &admin,
            keys: &mut keys,
            instances: &mut instances,
            policy: &joined.policy,
            catalog: &joined.catalog,
        };
        turn_back(&mut site, "d", &mut quiet).await
    })
}

/// As a run leaves it that is killed right after it has opened the window.
fn open_window(place: &Place, to: Form) {
    place.open().change(|keyring| keyring.open_window("d", to)).expect("an open window");
}

/// One value, as if a transaction had rewritten it.
fn rewrite_one(host: &mut Client, key: KeyId) {
    let header = census_prefix(Suite::Deterministic, key);
    host.run(&format!("UPDATE people SET email = '{header}' || substr(email, 14) WHERE id = 1"));
}

#[test]
fn an_open_window_is_closed_again_on_every_way() {
    let (_database, mut host, _directory, place) = people("back");
    let none = back(&place, "encrypting").expect_err("nothing is open");
    assert!(matches!(none, DomainError::NoWindow(_)), "{none}");
    let before = place.opened();

    let key = place.active();
    open_window(&place, Form::Sealed(key));
    assert_eq!(back(&place, "encrypting").expect("back"), Form::Plain);
    assert_eq!((place.settled(), place.opened()), (Form::Plain, before.clone()));

    place.to(Form::Sealed(key), &mut quiet).expect("encrypted");
    open_window(&place, Form::Sealed(place.new_key()));
    assert_eq!(back(&place, "encrypted").expect("back"), Form::Sealed(key));
    assert_eq!((place.settled(), place.opened()), (Form::Sealed(key), before.clone()));

    // A run to plaintext takes the guards away before it rewrites.
    open_window(&place, Form::Plain);
    host.run("ALTER TABLE people DROP CONSTRAINT pgveil_guard_email");
    assert_eq!(back(&place, "decrypting").expect("back"), Form::Sealed(key));
    assert_eq!((place.settled(), place.opened()), (Form::Sealed(key), before));
    let validated = "SELECT convalidated FROM pg_constraint WHERE conname = 'pgveil_guard_email'";
    assert_eq!(host.value(validated), "t");
}

#[test]
fn what_is_rewritten_goes_on_and_not_back() {
    let (_database, mut host, _directory, place) = people("back_late");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("encrypted");
    let key = place.new_key();
    open_window(&place, Form::Sealed(key));
    let kept = host.value("SELECT email FROM people WHERE id = 1");
    rewrite_one(&mut host, key);
    let late = back(&place, "encrypted").expect_err("a value has the new form");
    assert!(matches!(late, DomainError::Rewritten { .. }), "{late}");
    assert!(place.open().keyring().window("d").is_some(), "the window stays open");
    host.run(&format!("UPDATE people SET email = '{kept}' WHERE id = 1"));

    // Moved: writers use the new form already.
    place.open().change(|keyring| keyring.move_domain("d")).expect("moved");
    let late = back(&place, "encrypted").expect_err("it has moved");
    assert!(matches!(late, DomainError::Rewritten { .. }), "{late}");
}
