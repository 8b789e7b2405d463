//! From plain to sealed, from key to key, and back to plain: 2 × 20,000 rows joined by a foreign key
//! on the column itself.

use pgveil::crypto::domains::Form;
use pgveil::jobs::domain::{Event, Outcome, Stage};

use super::place::{Place, policy, quiet, stages};
use crate::support::database;

const ROWS: usize = 20_000;

#[test]
fn a_domain_moves_there_and_back() {
    let database = database("move");
    let mut host = database.host();
    host.run(
        "SET ROLE app; CREATE TABLE customers (id int PRIMARY KEY, email text UNIQUE, note text);
         CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL REFERENCES customers (email),
             deferred text REFERENCES customers (email) DEFERRABLE INITIALLY DEFERRED);
         CREATE INDEX ON orders (customer); CREATE INDEX ON orders (deferred)",
    );
    host.run(&format!(
        "INSERT INTO customers SELECT i, 'person.' || i || '@example.net', 'n' FROM generate_series(1, {ROWS}) i"
    ));
    host.run("INSERT INTO customers VALUES (0, NULL, 'no address'), (-1, '', 'empty'), (-2, E'a\\\\b\\t\"ă', 'odd')");
    host.run(&format!(
        "INSERT INTO orders SELECT i, 'person.' || (i * 7 % {ROWS} + 1) || '@example.net',
         CASE WHEN i % 3 = 0 THEN 'person.' || i || '@example.net' END FROM generate_series(1, {ROWS}) i"
    ));
    let directory = tempfile::tempdir().expect("a directory");
    let columns = ["public.customers.email", "public.orders.customer", "public.orders.deferred"];
    let place = Place::new(&database.url(), policy(&columns, ""), directory.path());
    let before = place.opened();
    let plain = |host: &mut crate::support::Client| {
        host.value("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM customers c")
            + &host.value("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o")
    };
    let at_first = plain(&mut host);

    let first = place.active();
    let mut seen = Vec::new();
    let moved = place.to(Form::Sealed(first), &mut stages(&mut seen)).expect("encrypted");
    let without_decrypting: Vec<Stage> =
        Stage::ALL.into_iter().filter(|stage| *stage != Stage::Unguarded).collect();
    assert_eq!(seen, without_decrypting);
    let Outcome::Moved(Some(done)) = moved else { panic!("{moved:?}") };
    assert_eq!(done.rows, [ROWS as u64 + 2, ROWS as u64], "a row with NULL alone stays as it is");
    assert_eq!(done.values, ROWS as u64 + 2);
    assert_eq!(place.settled(), Form::Sealed(first));
    assert_eq!(place.opened(), before);
    // The guard is there, and admits nothing plain.
    let (state, _) = host.fails("UPDATE customers SET email = 'plain' WHERE id = 1");
    assert_eq!(state, "23514");

    let second = place.new_key();
    let mut expected = None;
    let moved = place.to(Form::Sealed(second), &mut |event| {
        if let Event::Expected(estimate) = event {
            expected = Some(estimate);
        }
    });
    let Ok(Outcome::Moved(Some(done))) = moved else { panic!("{moved:?}") };
    let expected = expected.expect("an estimate first");
    assert_eq!(expected.rows, 2 * ROWS as u64 + 2);
    println!(
        "2 x {ROWS}: expected {:?}, locked {:?}, of that {:?} for the map",
        expected.lock, done.locked, done.mapping
    );
    assert_eq!(place.settled(), Form::Sealed(second));
    assert_eq!(place.opened(), before);
    let joined = "SELECT count(*) FROM customers JOIN orders ON customer = email";
    assert_eq!(host.value(joined), ROWS.to_string());

    // There is nothing left to do.
    assert!(matches!(place.to(Form::Sealed(second), &mut quiet), Ok(Outcome::Nothing)));

    let moved = place.to(Form::Plain, &mut quiet);
    assert!(matches!(moved, Ok(Outcome::Moved(Some(_)))), "{moved:?}");
    assert_eq!(place.settled(), Form::Plain);
    assert_eq!(plain(&mut host), at_first, "byte for byte as it was");
}
