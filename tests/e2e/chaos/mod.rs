//! Processes that are killed under load, and a ledger of what clients were told: nothing that was
//! acknowledged is lost or wrong, nothing is there by halves, nothing is stored in plaintext.

mod cut;
mod ledger;

use std::process::Command;
use std::time::Duration;

use crate::protected::place::setup;
use crate::support::{Database, Proxy, Tap, own_server};
use ledger::Ledger;

const TABLES: &str = "CREATE TABLE ledger (id bigint PRIMARY KEY, email text UNIQUE, note text, plain text)";

const POLICY: &str = "[[column]]
name = 'public.ledger.email'
mode = 'deterministic'
[[column]]
name = 'public.ledger.note'
";

/// What is done to whom, in turns.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// `kill -9` of pgveil, which is started again.
    Proxy,
    /// pgveil stands still, and goes on.
    ProxyStops,
    /// `kill -9` of a server process: the server ends all the others and recovers.
    Server,
    /// The host ends all sessions.
    Sessions,
}

const BLOWS: [Blow; 10] = [
    Blow::Proxy,
    Blow::Server,
    Blow::ProxyStops,
    Blow::Proxy,
    Blow::Sessions,
    Blow::Server,
    Blow::Proxy,
    Blow::ProxyStops,
    Blow::Sessions,
    Blow::Proxy,
];

fn strike(blow: Blow, proxy: &mut Proxy, database: &Database) {
    match blow {
        Blow::Proxy => proxy.kill_and_start_again(),
        Blow::ProxyStops => {
            proxy.signal("STOP");
            std::thread::sleep(Duration::from_millis(300));
            proxy.signal("CONT");
        }
        Blow::Server => {
            let pid = "SELECT coalesce((SELECT pid FROM pg_stat_activity WHERE usename = 'app' LIMIT 1), 0)";
            let pid = database.host().value(pid);
            if pid != "0" {
                // It may have ended by itself by now.
                let _ = Command::new("kill").args(["-9", &pid]).status();
            }
        }
        Blow::Sessions => {
            database
                .host()
                .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
        }
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_processes_are_killed_under_load() {
    let database = own_server().database("chaos");
    database.direct().run(TABLES);
    let tap = Tap::start(&database.server.address());
    let mut proxy = Proxy::start(&setup(&tap.address, &database.url(), POLICY));
    let ledger = Ledger::begin(&database.url_at(&proxy.address), 4);
    for blow in BLOWS {
        std::thread::sleep(Duration::from_millis(700));
        strike(blow, &mut proxy, &database);
    }
    std::thread::sleep(Duration::from_millis(1_500));
    let told = ledger.end();
    assert!(told.done.len() > 50, "only {} transactions were done: {:?}", told.done.len(), told.errors);
    assert!(told.broken >= BLOWS.len() / 2, "only {} sessions were broken", told.broken);

    let mut client = proxy.client(&database.login());
    let rows = client.rows("SELECT id, email, note, plain FROM ledger");
    told.check(&rows);
    let stored = "SELECT count(*) FROM ledger WHERE email NOT LIKE 'pgV1:%.' OR note NOT LIKE 'pgV1:%.'";
    assert_eq!(database.host().value(stored), "0");
    assert!(!tap.to_server.contains(ledger::SECRET.as_bytes()), "a plaintext went to the server");
    assert!(tap.to_server.contains(b"pgV1:"), "the tap hears nothing");
    assert!(!proxy.log().contains("panicked"), "{}", proxy.log());
    assert!(!proxy.log().contains(ledger::SECRET));
}
