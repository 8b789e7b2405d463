//! One thread has all sessions: whoever always has more to move leaves the others their turn.

use std::io::Write;
use std::sync::mpsc::TryRecvError;

use super::place::Place;
use crate::support::client::framed;

const TABLES: &str = "CREATE TABLE people (id int, email text)";
const POLICY: &str = "[limits]\nthreads = 1\n[[column]]\nname = 'public.people.email'\n";

/// After a refusal pgveil itself discards what comes until Sync, so nothing but the bound of a turn holds
/// a session back that is sent such messages faster than it can look at them.
#[test]
fn a_flood_that_never_ends_leaves_others_their_turn() {
    let place = Place::of("turns", TABLES, POLICY);
    let mut flood = place.client();
    flood.parse("", "SELECT email FROM people ORDER BY email", &[]);
    flood.flush();
    assert_eq!(flood.read_until(b'E').last().expect("a refusal").sqlstate(), "0A000");
    let messages = framed(b'H', b"").repeat(50_000);
    let mut socket = flood.stream.try_clone().expect("the same socket");
    std::thread::scope(|scope| {
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            while is_done.try_recv() == Err(TryRecvError::Empty) {
                socket.write_all(&messages).expect("read on the other side");
            }
        });
        let mut other = place.client();
        (0..100).for_each(|n| assert_eq!(other.value(&format!("SELECT {n} + 1")), (n + 1).to_string()));
        done.send(()).expect("the flood goes on");
    });
    flood.sync();
    assert_eq!(flood.until_ready().last().expect("an end").tag, b'Z');
}
