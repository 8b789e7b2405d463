//! A cancel request must never reach the statement after the one that it was meant for. A client
//! knows that it has been carried out when its connection is closed (manual 55.2.8); whoever closes
//! earlier lets the request loose on whatever the client sends next.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{cancel, cancel_packet, wait_until_it_runs};
use crate::support::{Client, Login, Proxy, ProxySetup, Tap, database};

/// Sessions that cancel at the same time.
const SESSIONS: u64 = 6;
/// A statement that is to be cancelled takes up to so many microseconds, and its request comes as late.
const LONGEST: u64 = 60_000;
/// Threads that do nothing but take the processor from the others.
const BURNERS: usize = 3;

/// What came of all rounds of all sessions.
#[derive(Debug, Default)]
struct Outcome {
    /// Statements that their request ended.
    cancelled: u32,
    /// Statements behind one, which somebody else's request ended.
    following: u32,
}

/// Knuth's generator (TAOCP 3.3.4), for moments that are the same in each run.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

fn was_cancelled(client: &mut Client) -> bool {
    client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014")
}

fn cancel_often(address: &str, login: &Login, rounds: u32, mut seed: u64) -> Outcome {
    let mut client = Client::connect(address, login).expect("a session");
    let key = client.key_data.clone();
    let mut outcome = Outcome::default();
    for _ in 0..rounds {
        client.query(&format!("SELECT pg_sleep({}e-6)", next(&mut seed) % LONGEST));
        std::thread::sleep(Duration::from_micros(next(&mut seed) % LONGEST));
        cancel(address, &key);
        outcome.cancelled += u32::from(was_cancelled(&mut client));
        client.query("SELECT pg_sleep(0.002)");
        outcome.following += u32::from(was_cancelled(&mut client));
    }
    outcome
}

fn under_load(address: &str, login: &Login, rounds: u32) -> Outcome {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..BURNERS {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let sessions: Vec<_> = (0..SESSIONS)
            .map(|seed| scope.spawn(move || cancel_often(address, login, rounds, seed)))
            .collect();
        let mut all = Outcome::default();
        for session in sessions {
            let one = session.join().expect("a session");
            all.cancelled += one.cancelled;
            all.following += one.following;
        }
        over.store(true, Ordering::Relaxed);
        all
    })
}

/// How many requests found their statement, through pgveil.
fn hold_against_direct(label: &str, rounds: u32) -> u32 {
    let database = database(label);
    let login = database.login();
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let direct = under_load(&database.server.address(), &login, rounds);
    let through = under_load(&proxy.address, &login, rounds);
    eprintln!("direct {direct:?}, through {through:?}");
    assert!(through.following <= direct.following, "direct {direct:?}, through {through:?}");
    through.cancelled
}

#[test]
fn the_following_statement_is_not_cancelled_more_often_than_direct() {
    hold_against_direct("cancel_next", 50);
}

#[test]
#[ignore = "minutes: cargo test --test e2e -- --ignored thousands_of_cancels"]
fn thousands_of_cancels_never_reach_the_following_statement() {
    assert!(hold_against_direct("cancel_thousands", 1_000) > 0, "no request came in time");
}

/// The same without chance: as long as the server has not closed, neither does pgveil.
#[test]
fn a_cancel_connection_is_open_until_the_server_has_closed_its_own() {
    let database = database("cancel_open");
    let tap = Tap::start(&database.server.address());
    let proxy = Proxy::start(&ProxySetup::plain(&tap.address));
    let mut client = proxy.client(&database.login());
    client.query("SELECT pg_sleep(60) /* held */");
    wait_until_it_runs(&mut database.host(), "/* held */");
    // What the tap holds back has not reached the server.
    tap.hold();
    let mut request = Client::dial(&proxy.address).expect("a connection");
    request.send_raw(&cancel_packet(&client.key_data));
    assert!(tap.has_held(16), "the request did not come to the tap");
    request.stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a time limit");
    let early = request.stream.read(&mut [0]);
    assert!(early.is_err(), "closed before the server has seen the request");
    tap.release();
    request.stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    assert_eq!(request.stream.read(&mut [0]).expect("an orderly end"), 0);
    assert!(was_cancelled(&mut client));
}

/// Drivers cancel in bursts (a pool that gives up, a dashboard that is closed): no request with a
/// right key is dropped, whatever `cancels` says of guesses.
#[test]
fn a_burst_of_right_requests_is_carried_out_whole() {
    let database = database("cancel_burst");
    let mut setup = ProxySetup::plain(&database.server.address());
    setup.tables = "[limits]\ncancels = 2\n".into();
    let proxy = Proxy::start(&setup);
    let mut clients: Vec<Client> = (0..20).map(|_| proxy.client(&database.login())).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.query(&format!("SELECT pg_sleep(60) /* burst{number}. */"));
        wait_until_it_runs(&mut database.host(), &format!("/* burst{number}. */"));
    }
    std::thread::scope(|scope| {
        for client in &clients {
            // Twice: a session's own requests wait for each other.
            for _ in 0..2 {
                scope.spawn(|| cancel(&proxy.address, &client.key_data));
            }
        }
    });
    for client in &mut clients {
        assert!(was_cancelled(client));
        assert_eq!(client.value("SELECT 1"), "1");
    }
}
