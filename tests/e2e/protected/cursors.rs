//! Cursors that functions open, and those that Bind names.

use super::place::Place;
use crate::support::{Client, Message};

/// A function of the owner's that gives a cursor, as CallableStatement of JDBC calls them.
const LISTING: &str = "CREATE FUNCTION listing() RETURNS refcursor LANGUAGE plpgsql AS \
    $$ DECLARE c refcursor; BEGIN OPEN c FOR SELECT id, body FROM plain ORDER BY id; RETURN c; END $$";

/// What FETCH gives through Parse, Bind, Describe and Execute: rows, or the SQLSTATE.
fn fetched(client: &mut Client, sql: &str) -> Vec<String> {
    client.parse("", sql, &[]);
    client.bind("", "", &[], &[], &[]);
    client.describe('P', "");
    client.execute("", 0);
    client.sync();
    let said = client.until_ready();
    let of = |message: &Message| match message.tag {
        b'D' => Some(message.line()),
        b'E' => Some(message.sqlstate()),
        _ => None,
    };
    said.iter().filter_map(of).collect()
}

#[test]
fn a_cursor_that_a_function_opens_is_read_where_none_can_be_over_anything_protected() {
    let place = Place::new("cursors_of_functions", LISTING);
    let mut client = place.client();
    client.run("INSERT INTO people (id, email) VALUES (1, 'kanarie@example.org')");
    client.run("INSERT INTO plain (id, body) VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    for _ in 0..2 {
        client.run("BEGIN");
        let name = client.value("SELECT listing()");
        assert_eq!(
            client.rows(&format!("FETCH 1 FROM \"{name}\"")),
            [[Some("1".into()), Some("one".into())]]
        );
        assert_eq!(fetched(&mut client, &format!("FETCH ALL IN \"{name}\"")).len(), 2);
        client.run("COMMIT");
        // What the server says of one that is closed.
        assert_eq!(client.fails(&format!("FETCH ALL IN \"{name}\"")).0, "34000");
        assert_eq!(fetched(&mut client, "FETCH ALL IN never"), ["34000"]);
    }
    // The text of another encoding is nobody's concern here.
    client.run("SET client_encoding = 'LATIN1'");
    client.run("BEGIN");
    let name = client.value("SELECT listing()");
    assert_eq!(client.rows(&format!("FETCH ALL IN \"{name}\"")).len(), 3);
    client.run("ROLLBACK");
}

#[test]
fn no_cursor_is_read_where_a_function_may_have_opened_it_over_something_protected() {
    for body in ["OPEN c FOR SELECT id, email FROM people", "OPEN c FOR EXECUTE 'SELECT * FROM peo' || 'ple'"]
    {
        let function = format!(
            "{LISTING}; CREATE FUNCTION sly() RETURNS refcursor LANGUAGE plpgsql AS \
             $$ DECLARE c refcursor; BEGIN {body}; RETURN c; END $$"
        );
        let place = Place::new("cursors_sly", &function);
        let mut client = place.client();
        client.run("BEGIN");
        let name = client.value("SELECT listing()");
        assert_eq!(client.fails(&format!("FETCH ALL IN \"{name}\"")).0, "0A000", "{body}");
        client.run("ROLLBACK");
    }
}

/// SQL finds the portals of the protocol by their names, too; pgveil did not see what that one is of.
#[test]
fn a_portal_that_bind_has_named_gives_fetch_nothing_sealed() {
    let place = Place::new("cursors_portals", "");
    let mut client = place.client();
    client.run("INSERT INTO people (id, email, name) VALUES (1, 'kanarie@example.org', 'Kanarie')");
    let sealed = [
        "SELECT email FROM people",
        "SELECT COALESCE(email, 'nobody@example.org') FROM people",
        "SELECT json_build_object('a', email) FROM people",
        "SELECT email || ' ' || name FROM people",
    ];
    for sql in sealed {
        let mut client = place.client();
        client.run("BEGIN");
        client.parse("", sql, &[]);
        client.bind("open", "", &[], &[], &[]);
        client.query("FETCH ALL FROM open");
        client.send(b'X', b"");
        let said = client.until_end();
        let sealed = said.iter().find(|message| message.bytes().windows(5).any(|part| part == b"pgV1:"));
        assert!(sealed.is_none(), "{sql}: {said:?}");
        assert!(said.iter().any(|message| message.tag == b'E'), "{sql}: {said:?}");
        assert!(said.iter().any(|message| message.tag == b'2'), "{sql}: {said:?}");
    }
}
