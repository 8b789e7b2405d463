//! Through the proxy with an empty policy everything reads as without it.

use crate::support::{Tap, database};

#[test]
fn private_server_answers_and_the_tap_records() {
    let database = database("harness");
    let tap = Tap::start(&database.server.address());
    let mut client = crate::support::Client::connect(&tap.address, &database.login()).expect("login");
    assert_eq!(client.value("SELECT 'seen on ' || 'the wire'"), "seen on the wire");
    assert!(tap.to_server.contains(b"SELECT 'seen on ' ||"));
    assert!(tap.to_client.contains(b"seen on the wire"));
    assert_eq!(client.fails("SELECT nothing").0, "42703");
}
