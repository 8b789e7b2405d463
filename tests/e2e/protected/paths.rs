//! A bare name under a search_path that gives it to another relation than the protected one: refused,
//! and so is a statement that was prepared before the path was changed.

use super::place::Place;
use crate::support::Client;

const TABLES: &str = "CREATE TABLE people (id int, email text);
    CREATE SCHEMA other; CREATE TABLE other.people (id int, email text);
    INSERT INTO other.people VALUES (1, 'not protected')";
const POLICY: &str = "[[column]]\nname = 'public.people.email'\n";
const SELECT: &str = "SELECT email FROM people WHERE id = 1";

/// What a statement prepared as `s` finds: its first cell, or the SQLSTATE.
fn prepared(client: &mut Client) -> String {
    client.bind("", "s", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    let answer = client.until_ready();
    if let Some(error) = answer.iter().find(|message| message.tag == b'E') {
        return error.sqlstate();
    }
    let row = answer.iter().find(|message| message.tag == b'D').expect("a row");
    let cell = row.cells().remove(0).expect("no NULL");
    String::from_utf8_lossy(&cell).into_owned()
}

#[test]
fn a_name_that_the_path_gives_to_another_relation_is_refused_also_when_it_was_prepared_before() {
    let place = Place::of("paths", TABLES, POLICY);
    let mut client = place.client();
    client.run("INSERT INTO people VALUES (1, 'kanarie')");
    client.parse("s", SELECT, &[]);
    client.sync();
    client.until_ready();
    assert_eq!((client.value(SELECT).as_str(), prepared(&mut client).as_str()), ("kanarie", "kanarie"));

    client.run("SET search_path = other, public");
    assert_eq!((client.fails(SELECT).0.as_str(), prepared(&mut client).as_str()), ("0A000", "0A000"));
    assert_eq!(client.value("SELECT email FROM public.people WHERE id = 1"), "kanarie");
    assert_eq!(client.value("SELECT email FROM other.people WHERE id = 1"), "not protected");

    // As the server undoes what was set, so does what the name means.
    client.run("SET search_path = public");
    assert_eq!(prepared(&mut client), "kanarie");
    client.run("BEGIN");
    client.run("SET LOCAL search_path = other");
    assert_eq!(prepared(&mut client), "0A000");
    client.run("ROLLBACK");
    assert_eq!(prepared(&mut client), "kanarie");
}
