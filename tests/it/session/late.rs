//! Writers that come too late for their domain's move: which of them are sent again, and what waits meanwhile.

use super::messages::{
    bind, bind_complete, complete, describe_statement, execute, parse, parse_complete, query, ready, rows,
    sync,
};
use super::windows::{Realm, holds, said, stale, taken, told};

const LOOK_UP: &str = "SELECT id FROM customers WHERE email = 'ana@example.ro'";
const INSERT: &str = "INSERT INTO customers (id, email) VALUES (1, 'ana@example.ro')";

#[test]
fn what_only_reads_is_not_kept_for_a_second_attempt_and_nothing_waits_for_it() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    assert_eq!(realm.keys(&said(&mut machine, &[query(LOOK_UP)])), "on");
    assert_eq!(said(&mut machine, &[query("SELECT 1")]), query("SELECT 1"));
    machine.server(&[rows(&[("id", 0, 0, 23)]), complete("SELECT 0"), ready('I')].concat());
    machine.server(&[complete("SELECT 1"), ready('I')].concat());
    told(&mut machine);
    let batch = [parse("", LOOK_UP), bind("", "", &[]), execute(""), sync()];
    assert_eq!(realm.keys(&said(&mut machine, &batch)), "on");
    assert_eq!(said(&mut machine, &[query("SELECT 2")]), query("SELECT 2"));
}

#[test]
fn what_follows_waits_for_the_second_attempt_as_for_the_first() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    said(&mut machine, &[query(INSERT)]);
    assert_eq!(said(&mut machine, &[query("SELECT 1")]), b"");
    machine.server(&[stale(), ready('I')].concat());
    assert_eq!(realm.keys(&taken(&mut machine)), "n");
    assert_eq!(said(&mut machine, &[query("SELECT 2")]), b"");
    machine.server(&[complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(taken(&mut machine), [query("SELECT 1"), query("SELECT 2")].concat());
}

/// It read before the move what it stores after it.
#[test]
fn rows_that_the_server_copies_are_sent_again_too() {
    for text in [
        "INSERT INTO customers (email) SELECT email FROM customers WHERE id = 1",
        "UPDATE customers SET email = o.email FROM customers o WHERE o.id = 2",
    ] {
        let mut realm = Realm::new();
        realm.open();
        let mut machine = realm.session();
        let first = said(&mut machine, &[query(text)]);
        machine.server(&[stale(), ready('I')].concat());
        assert_eq!(taken(&mut machine), first, "{text}");
        machine.server(&[complete("INSERT 0 1"), ready('I')].concat());
        assert_eq!(told(&mut machine), [complete("INSERT 0 1"), ready('I')].concat());
    }
}

#[test]
fn a_statement_without_a_name_is_parsed_again() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let text = "INSERT INTO customers (id, email) VALUES ($1, $2)";
    let values = bind("", "", &[Some("1"), Some("ana@example.ro")]);
    assert_eq!(realm.keys(&said(&mut machine, &[parse("", text), values, execute(""), sync()])), "o");
    machine.server(&[parse_complete(), bind_complete(), stale(), ready('I')].concat());
    assert_eq!(told(&mut machine), [parse_complete(), bind_complete()].concat());
    let again = taken(&mut machine);
    assert!(holds(&again, b"INSERT") && realm.keys(&again) == "n", "the failed transaction took it away");
    machine.server(&[parse_complete(), bind_complete(), complete("INSERT 0 1"), ready('I')].concat());
    assert_eq!(told(&mut machine), [complete("INSERT 0 1"), ready('I')].concat());
}

/// A message that was not answered the first time is answered the second.
#[test]
fn what_was_not_answered_is_forwarded_from_the_second_attempt() {
    let mut realm = Realm::new();
    realm.open();
    let mut machine = realm.session();
    let text = "INSERT INTO customers (id, email) VALUES ($1, $2)";
    said(&mut machine, &[parse("s", text), sync()]);
    machine.server(&[parse_complete(), ready('I')].concat());
    told(&mut machine);
    let values = || bind("", "s", &[Some("1"), Some("ana@example.ro")]);
    let batch = [values(), execute(""), describe_statement("s"), sync()];
    said(&mut machine, &batch);
    machine.server(&[bind_complete(), stale(), ready('I')].concat());
    assert_eq!(told(&mut machine), bind_complete());
    taken(&mut machine);
    let described = [super::messages::params(&[23, 25]), super::messages::no_data()].concat();
    machine.server(&[bind_complete(), complete("INSERT 0 1"), described.clone(), ready('I')].concat());
    assert_eq!(told(&mut machine), [complete("INSERT 0 1"), described, ready('I')].concat());
}
