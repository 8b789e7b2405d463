//! A cancel request must not overtake the statement that it is for while pgveil still has it: the server
//! would find nothing to cancel, and the statement would run to its end.

use std::io::Read;
use std::time::Duration;

use super::cancel_packet;
use crate::protected::place::setup;
use crate::support::{Client, Database, Proxy, Tap, database};

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nphase = 'encrypted'\n";

fn people(label: &str) -> Database {
    let database = database(label);
    database.direct().run("CREATE TABLE people (id int, email text, note text)");
    database
}

/// A look may take too long, and, as direct, a request is lost on a server that has not yet read the
/// statement.
const TRIES: usize = 5;

/// What one waits for stands before what takes long, so that nothing is written meanwhile.
#[test]
fn a_statement_that_waits_for_a_look_is_cancelled() {
    let database = people("cancel_look");
    let address = database.server.address();
    // Only who looks goes by the tap.
    let tap = Tap::start(&address);
    let admin = database.url().replace(&address, &tap.address);
    let proxy = Proxy::start(&setup(&address, &admin, POLICY));
    let mut client = proxy.client(&database.login());
    let cancelled = (0..TRIES).any(|_| is_cancelled(&proxy, &tap, &mut client));
    assert!(cancelled);
}

fn is_cancelled(proxy: &Proxy, tap: &Tap, client: &mut Client) -> bool {
    tap.hold();
    client.query("SELECT pg_sleep(4); INSERT INTO people VALUES (1, 'a@example.ro', 'n')");
    assert!(tap.has_held(1), "nobody looks");
    let mut request = Client::dial(&proxy.address).expect("a connection");
    request.send_raw(&cancel_packet(&client.key_data));
    request.stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a time limit");
    let early = request.stream.read(&mut [0]);
    tap.release();
    request.stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    assert!(early.is_err(), "carried out before the server has the statement");
    assert_eq!(request.stream.read(&mut [0]).expect("an orderly end"), 0);
    client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014")
}

/// Whoever asks for the end of a session that has none any more is not kept.
#[test]
fn a_request_for_a_session_that_ends_meanwhile_is_let_go() {
    let database = people("cancel_gone");
    let address = database.server.address();
    let tap = Tap::start(&address);
    let admin = database.url().replace(&address, &tap.address);
    let proxy = Proxy::start(&setup(&address, &admin, POLICY));
    let mut client = proxy.client(&database.login());
    let pid = client.value("SELECT pg_backend_pid()");
    tap.hold();
    client.query("INSERT INTO people VALUES (1, 'a@example.ro', 'n')");
    assert!(tap.has_held(1), "nobody looks");
    let mut request = Client::dial(&proxy.address).expect("a connection");
    request.send_raw(&cancel_packet(&client.key_data));
    database.host().run(&format!("SELECT pg_terminate_backend({pid})"));
    assert!(client.until_end().iter().any(|message| message.sqlstate() == "57P01"));
    assert!(request.read_or_end().is_none());
    tap.release();
}
