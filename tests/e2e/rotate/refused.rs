//! What keeps a domain from moving: nothing has changed afterwards, and it is said why.

use std::time::Duration;

use pgveil::crypto::domains::Form;
use pgveil::jobs::domain::rewrite::RewriteError;
use pgveil::jobs::domain::{DomainError, Order};

use super::place::{Place, people, policy, quiet};
use crate::support::database;

/// The move fails, and everything is as it was.
fn fails(place: &Place, to: Form) -> DomainError {
    let (form, before) = (place.settled(), place.opened());
    let error = place.to(to, &mut quiet).expect_err("a refusal");
    let keyring = place.open();
    if keyring.keyring().window("d").is_none() {
        assert_eq!(place.settled(), form);
    }
    assert_eq!(place.opened(), before);
    error
}

#[test]
fn a_prepared_transaction_stands_in_the_way() {
    let (_database, mut host, _directory, place) = people("prepared");
    host.run("BEGIN; INSERT INTO people VALUES (0, 'late'); PREPARE TRANSACTION 'pending'");
    let error = fails(&place, Form::Sealed(place.active()));
    assert!(matches!(error, DomainError::Prepared(1)), "{error}");
    host.run("COMMIT PREPARED 'pending'");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("now it goes");
}

#[test]
fn what_holds_an_envelope_is_named() {
    let (_database, mut host, _directory, place) = people("holders");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("encrypted");
    let sealed = host.value("SELECT email FROM people WHERE id = 7");
    host.run(&format!(
        "CREATE VIEW one AS SELECT id FROM people WHERE email <> '{sealed}';
         CREATE MATERIALIZED VIEW copied AS SELECT id, email FROM people;
         CREATE INDEX part ON people (id) WHERE email = '{sealed}';
         CREATE TABLE other (id int, email text DEFAULT '{sealed}');
         CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$SELECT count(*) FROM people WHERE email = '{sealed}'$$"
    ));
    let error = fails(&place, Form::Sealed(place.new_key()));
    let DomainError::Obstructed { obstacles } = &error else { panic!("{error}") };
    let said = error.to_string();
    assert_eq!(obstacles.len(), 5, "{said}");
    for name in ["public.one", "public.copied", "the index part", "default of column email", "public.f"] {
        assert!(said.contains(name), "{name} in {said}");
    }
    assert!(!said.contains(&sealed), "no value in it");
}

#[test]
fn what_compares_with_a_plain_constant_is_named() {
    let (_database, mut host, _directory, place) = people("compares");
    host.run(
        "CREATE INDEX harmless ON people (id) WHERE email IS NOT NULL;
         CREATE INDEX part ON people (id) WHERE email = 'p7';
         ALTER TABLE people ADD CONSTRAINT looks CHECK (email LIKE 'p%')",
    );
    let error = fails(&place, Form::Sealed(place.active()));
    let said = error.to_string();
    let DomainError::Obstructed { obstacles } = error else { panic!("{said}") };
    assert_eq!(obstacles.len(), 2, "{said}");
    host.run("DROP INDEX part; ALTER TABLE people DROP CONSTRAINT looks");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("now it goes");
}

#[test]
fn a_foreign_key_out_of_the_domain_is_named() {
    let (_database, mut host, _directory, place) = people("outside");
    host.run("CREATE TABLE loose (id int, email text REFERENCES people (email))");
    let error = fails(&place, Form::Sealed(place.active()));
    assert!(error.to_string().contains("outside the domain"), "{error}");
}

#[test]
fn a_foreign_key_without_an_index_is_named() {
    let database = database("unindexed");
    let mut host = database.host();
    host.run(
        "SET ROLE app; CREATE TABLE a (id int PRIMARY KEY, email text UNIQUE);
         CREATE TABLE b (id int PRIMARY KEY, email text REFERENCES a (email));
         CREATE INDEX part ON b (email) WHERE id > 3; CREATE INDEX other ON b (id, email);
         INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x')",
    );
    let directory = tempfile::tempdir().expect("a directory");
    let columns = ["public.a.email", "public.b.email"];
    let place = Place::new(&database.url(), policy(&columns, ""), directory.path());
    let error = fails(&place, Form::Sealed(place.active()));
    assert!(error.to_string().contains("has no index on its referring column"), "{error}");
    host.run("CREATE INDEX ON b (email, id)");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("now it goes");
}

#[test]
fn a_trigger_that_changes_what_is_sent_undoes_it_all() {
    let (_database, mut host, _directory, place) = people("meddler");
    host.run(
        "CREATE FUNCTION lowered() RETURNS trigger LANGUAGE plpgsql AS
             $$BEGIN NEW.email := lower(NEW.email); RETURN NEW; END$$;
         CREATE TRIGGER meddle BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION lowered()",
    );
    let error = fails(&place, Form::Sealed(place.active()));
    assert!(
        matches!(error, DomainError::Rewrite(RewriteError::Differs(_) | RewriteError::Statement(_))),
        "{error}"
    );
    host.run(
        "DROP TRIGGER meddle ON people; CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS
             $$BEGIN IF NEW.id = 9 THEN RETURN NULL; END IF; RETURN NEW; END$$;
         CREATE TRIGGER meddle BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION kept()",
    );
    let error = place.to(Form::Sealed(place.active()), &mut quiet).expect_err("one row is left");
    assert!(matches!(error, DomainError::Rewrite(RewriteError::Differs(_))), "{error}");
    host.run("DROP TRIGGER meddle ON people");
    // The window is open; the same command goes on.
    place.to(Form::Sealed(place.active()), &mut quiet).expect("now it goes");
    place.settled();
}

#[test]
fn plaintext_that_looks_sealed_undoes_it_all() {
    let (_database, mut host, _directory, place) = people("lookalike");
    host.run("UPDATE people SET email = 'pgV1:not-an-envelope' WHERE id = 3");
    let error = place.to(Form::Sealed(place.active()), &mut quiet).expect_err("a refusal");
    assert!(matches!(error, DomainError::Rewrite(RewriteError::Value(_))), "{error}");
    assert!(!error.to_string().contains("not-an-envelope"), "no value in it");
    host.run("UPDATE people SET email = 'p3' WHERE id = 3");
    place.to(Form::Sealed(place.active()), &mut quiet).expect("now it goes");
    // And back: a value that would be taken for an envelope once it stands there plain.
    place.settled();
}

#[test]
fn values_that_would_become_one_are_refused() {
    let database = database("merge");
    let mut host = database.host();
    host.run(
        "SET ROLE app; CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE); INSERT INTO t VALUES (1, '1'), (2, '01')",
    );
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::new(&database.url(), policy(&["public.t.v"], "type = 'int4'"), directory.path());
    let error = place.to(Form::Sealed(place.active()), &mut quiet).expect_err("a refusal");
    let DomainError::Rewrite(RewriteError::Statement(why)) = &error else { panic!("{error}") };
    assert_eq!(why.sqlstate, "23505");
}

#[test]
fn a_lock_that_would_last_too_long_is_refused() {
    let (_database, mut host, _directory, place) = people("long");
    host.run("INSERT INTO people SELECT i, 'p' || i FROM generate_series(51, 3000) i");
    let to = Form::Sealed(place.active());
    let order = Order { to, max_lock: Some(Duration::from_millis(1)) };
    let error = place.carry_out(order, "encrypting", &mut quiet).expect_err("a refusal");
    assert!(matches!(error, DomainError::TooLong { .. }), "{error}");
    assert_eq!(place.settled(), Form::Plain);
}

#[test]
fn a_table_that_is_in_use_is_waited_for() {
    let (_database, mut host, _directory, place) = people("busy");
    host.run("BEGIN; UPDATE people SET email = 'changed' WHERE id = 1");
    let mut waits = 0;
    let done = place.to(Form::Sealed(place.active()), &mut |event| {
        if let pgveil::jobs::domain::Event::Busy { .. } = event {
            waits += 1;
            if waits == 1 {
                host.run("COMMIT");
            }
        }
    });
    done.expect("moved in the end");
    assert!(waits > 0, "it gave way and tried again");
    assert_eq!(host.value("SELECT count(*) FROM people WHERE email ^@ 'pgV1:'"), "50");
    let expected: Vec<_> =
        (1..=50).map(|i| Some(if i == 1 { "changed".into() } else { format!("p{i}") })).collect();
    assert_eq!(place.opened()["public.people.email"], expected);
}

#[test]
fn readers_are_not_blocked_and_a_stale_writer_is_stopped() {
    let (database, mut host, _directory, place) = people("fence");
    let first = place.active();
    place.to(Form::Sealed(first), &mut quiet).expect("encrypted");
    let stale = host.value("SELECT email FROM people WHERE id = 1");
    let to = Form::Sealed(place.new_key());
    let mut reader = database.direct();
    let mut writer = database.direct();
    let mut read = 0;
    let moved = place.to(to, &mut |event| {
        use pgveil::jobs::domain::{Event, Stage};
        match event {
            Event::Passed(Stage::Locked | Stage::Fenced | Stage::Mapped | Stage::Rewritten) => {
                assert_eq!(reader.value("SELECT count(*) FROM people"), "50");
                read += 1;
            }
            Event::Passed(Stage::Committed) => {
                let (state, said) = writer.fails(&format!("INSERT INTO people VALUES (100, '{stale}')"));
                assert_eq!((state.as_str(), said.contains("pgveil_stale_key")), ("42703", true), "{said}");
                let (state, _) = writer.fails(&format!("UPDATE people SET email = '{stale}' WHERE id = 2"));
                assert_eq!(state, "42703");
                // Other columns are not held up.
                writer.run("UPDATE people SET id = 1000 WHERE id = 50");
            }
            _ => {}
        }
    });
    moved.expect("moved");
    assert_eq!(read, 4);
    place.settled();
}
