//! Connections that are reset after every number of bytes of an exchange, in both directions of both
//! legs: nobody hangs, and the ledger holds.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::ledger::{Ledger, SECRET};
use super::{POLICY, TABLES};
use crate::protected::place::setup;
use crate::support::{Proxy, Tap, database};

/// Longest that all cuts of one leg may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// Writers at a time.
const WRITERS: i64 = 8;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// What is done to one connection.
#[derive(Clone, Copy, Debug)]
struct Cut {
    way: Way,
    /// So many bytes pass.
    after: usize,
}

/// A relay that ends its connections one after the other as planned, and relays the rest whole.
struct Cutter {
    address: String,
    planned: Arc<Mutex<Vec<Cut>>>,
    /// Cuts that were made.
    made: Arc<AtomicUsize>,
    /// The longest that an uncut connection has had, in each direction.
    longest: Arc<[AtomicUsize; 2]>,
}

impl Cutter {
    fn start(upstream: &str) -> Cutter {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let cutter = Cutter {
            address: listener.local_addr().expect("an address").to_string(),
            planned: Arc::default(),
            made: Arc::default(),
            longest: Arc::default(),
        };
        let (planned, made, longest, upstream) =
            (cutter.planned.clone(), cutter.made.clone(), cutter.longest.clone(), upstream.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&upstream) else { continue };
                let cut = planned.lock().expect("plan").pop();
                for (way, from, to) in [(Way::Up, &client, &server), (Way::Down, &server, &client)] {
                    let (from, to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
                    let after = cut.filter(|cut| cut.way == way).map(|cut| cut.after);
                    let (made, longest) = (made.clone(), longest.clone());
                    std::thread::spawn(move || {
                        let passed = relay(from, to, after);
                        match after {
                            Some(_) => made.fetch_add(1, Ordering::Relaxed),
                            None => longest[way as usize].fetch_max(passed, Ordering::Relaxed),
                        };
                    });
                }
            }
        });
        cutter
    }

    fn plan(&self, cuts: Vec<Cut>) {
        *self.planned.lock().expect("plan") = cuts;
    }
}

/// Hands on what comes, up to so many bytes: then both ends are closed, every second time by a reset.
/// How many went on.
fn relay(mut from: TcpStream, mut to: TcpStream, after: Option<usize>) -> usize {
    let (mut passed, mut chunk) = (0, [0; 4096]);
    loop {
        let room = after.map_or(chunk.len(), |after| (after - passed).min(chunk.len()));
        if room == 0 {
            break;
        }
        match from.read(&mut chunk[..room]) {
            Ok(count @ 1..) if to.write_all(&chunk[..count]).is_ok() => passed += count,
            Ok(_) | Err(_) => break,
        }
    }
    let reset = after.is_some_and(|after| after % 2 == 0);
    for stream in [&from, &to] {
        if reset {
            // No orderly end: closing sends a reset. The relay of the other direction wakes up, and lets
            // go of its handles.
            let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
            let _ = stream.shutdown(std::net::Shutdown::Read);
        } else {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
    passed
}

/// Sessions of the application's on the server, and descriptors of pgveil's.
fn left(proxy: &Proxy, host: &mut crate::support::Client) -> (String, usize) {
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'app'";
    let open = std::fs::read_dir(format!("/proc/{}/fd", proxy.pid())).expect("the process").count();
    (host.value(sessions), open)
}

/// Every `stride`th byte of an exchange, on the client's leg and on the server's.
fn cut_at_every(label: &str, stride: usize) {
    let database = database(label);
    database.direct().run(TABLES);
    let tap = Tap::start(&database.server.address());
    let server_leg = Cutter::start(&tap.address);
    let proxy = Proxy::start(&setup(&server_leg.address, &database.url(), POLICY));
    let client_leg = Cutter::start(&proxy.address);
    let mut host = database.host();

    // The log-in and a few transactions, whole, to see how long they are.
    let measure = Ledger::begin(&database.url_at(&client_leg.address), 1);
    let deadline = Instant::now() + Duration::from_secs(30);
    while host.value("SELECT count(*) >= 10 FROM ledger") != "t" {
        assert!(Instant::now() < deadline, "no transactions");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut told = vec![measure.end()];
    // A direction is measured when it has ended, which may be after the client has.
    let ended = |cutter: &Cutter| cutter.longest.iter().all(|way| way.load(Ordering::Relaxed) > 0);
    while !ended(&client_leg) || !ended(&server_leg) {
        assert!(Instant::now() < deadline, "the measured connection does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    let before = left(&proxy, &mut host);

    for (turn, cutter) in [&client_leg, &server_leg].into_iter().enumerate() {
        // The log-in and the first transactions, prepared and by a literal.
        let longest = |way: Way| cutter.longest[way as usize].load(Ordering::Relaxed).min(2_400);
        let cuts: Vec<Cut> = [Way::Up, Way::Down]
            .into_iter()
            .flat_map(|way| (0..longest(way)).step_by(stride).map(move |after| Cut { way, after }))
            .collect();
        let count = cuts.len();
        assert!(count > 2_000 / stride, "the exchange is too short: {count} cuts");
        cutter.made.store(0, Ordering::Relaxed);
        cutter.plan(cuts);
        let first = 100 * (turn as i64 + 1);
        let ledger = Ledger::begin_at(&database.url_at(&client_leg.address), first, WRITERS);
        let deadline = Instant::now() + PATIENCE;
        while cutter.made.load(Ordering::Relaxed) < count {
            assert!(Instant::now() < deadline, "{} of {count} cuts", cutter.made.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(20));
        }
        told.push(ledger.end());
    }

    let rows = proxy.client(&database.login()).rows("SELECT id, email, note, plain FROM ledger");
    let all = told.into_iter().reduce(super::ledger::Told::with).expect("ledgers");
    eprintln!("{label}: {} done, {} open, {} sessions broken", all.done.len(), all.open.len(), all.broken);
    all.check(&rows);
    let deadline = Instant::now() + Duration::from_secs(20);
    while left(&proxy, &mut host) > before {
        assert!(Instant::now() < deadline, "left behind: {:?}, before {before:?}", left(&proxy, &mut host));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!tap.to_server.contains(SECRET.as_bytes()), "a plaintext went to the server");
    assert!(!proxy.log().contains("panicked"), "{}", proxy.log());
    assert!(!proxy.log().contains(SECRET));
}

#[test]
fn resets_in_the_middle_of_messages_lose_nothing() {
    cut_at_every("chaos_cut", 23);
}

#[test]
#[ignore = "minutes: cargo test --test e2e -- --ignored resets_at_every_byte"]
fn resets_at_every_byte_lose_nothing() {
    cut_at_every("chaos_every", 1);
}
