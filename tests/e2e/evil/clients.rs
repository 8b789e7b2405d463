//! Clients that mean harm: others are served meanwhile, and nothing grows without bound.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::protected::place::{Place, TABLES, policy, setup};
use crate::support::{Client, Proxy, Tap, database};

/// Resident memory of a process, in KiB (`proc(5)`, VmRSS).
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Answers soon: nobody else's doing is felt.
#[track_caller]
fn is_served(client: &mut Client) {
    let begun = Instant::now();
    assert_eq!(client.value("SELECT count(*) FROM people WHERE email = 'kanarie'"), "0");
    assert!(begun.elapsed() < Duration::from_secs(5), "served after {:?}", begun.elapsed());
}

#[test]
fn garbage_and_silence_disturb_nobody() {
    let database = database("evil_garbage");
    database.direct().run(TABLES);
    let tap = Tap::start(&database.server.address());
    let mut setup = setup(&tap.address, &database.url(), &policy());
    let limits = "[limits]\nauthentication_timeout = '2s'\npending_connections = 60\n";
    setup.tables = format!("{limits}{}", setup.tables);
    let proxy = Proxy::start(&setup);
    let mut honest = proxy.client(&database.login());
    let before = resident(proxy.pid());
    let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut open = Vec::new();
    for n in 0..150 {
        let mut stream = Client::dial(&proxy.address).expect("a connection").stream;
        // Whole noise, a length without its packet, a byte of a packet, nothing at all.
        let _ = match n % 4 {
            0 => stream.write_all(&noise[n..]),
            1 => stream.write_all(&[0x7f, 0xff, 0xff, 0xff]),
            2 => stream.write_all(&[0]),
            _ => Ok(()),
        };
        if n % 3 > 0 {
            open.push(stream);
        }
    }
    is_served(&mut honest);
    // The places of those that never log in are given back, though they keep their sockets open.
    let deadline = Instant::now() + Duration::from_secs(15);
    let mut late = loop {
        match proxy.connect(&database.login()) {
            Ok(client) => break client,
            Err(_) => assert!(Instant::now() < deadline, "nobody gets in any more"),
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    is_served(&mut late);
    let grown = resident(proxy.pid()).saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB more");
    assert!(!proxy.log().contains("panicked"));
}

#[test]
fn a_client_that_vanishes_in_a_message_leaves_nothing_behind() {
    let place = Place::new("evil_vanish", "");
    let mut honest = place.client();
    // Connections of pgveil's own come and go; a client that is gone would leave its transaction.
    let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND state LIKE 'idle in transaction%'";
    for cut in [1, 4, 5, 9, 30] {
        let mut client = place.client();
        client.run("BEGIN");
        client.run("INSERT INTO orders (id, email) VALUES (1, 'kanarie')");
        let body = [&b"\0\0\0\0\0\x01\0\0\0\x40"[..], &[b'k'; 64]].concat();
        let whole = crate::support::client::framed(b'B', &body);
        client.send_raw(&whole[..cut]);
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while honest.value(count) != "0" {
        let sessions =
            "SELECT pid, state, wait_event, query FROM pg_stat_activity WHERE datname = current_database()";
        assert!(Instant::now() < deadline, "sessions of clients that are gone: {:?}", honest.rows(sessions));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(honest.value("SELECT count(*) FROM orders"), "0");
}

#[test]
fn statements_that_are_never_closed_cost_little_and_end_with_the_session() {
    const STATEMENTS: usize = 4_000;
    let place = Place::new("evil_parses", "");
    let mut honest = place.client();
    let mut flood = place.client();
    let before = resident(place.proxy.pid());
    for round in 0..STATEMENTS / 100 {
        for n in 0..100 {
            let sql = format!("SELECT id AS c{round}_{n} FROM people WHERE email = $1");
            flood.parse(&format!("s{round}_{n}"), &sql, &[]);
        }
        flood.sync();
        flood.until_ready();
    }
    is_served(&mut honest);
    let grown = resident(place.proxy.pid()).saturating_sub(before);
    // Text, plan and the shape that is remembered of each.
    assert!(grown < STATEMENTS as u64 * 12, "{grown} KiB for {STATEMENTS} statements");
    drop(flood);
    is_served(&mut honest);
}

#[test]
fn floods_without_sync_are_held_back_by_their_own_answers() {
    let place = Place::new("evil_flood", "");
    let mut honest = place.client();
    let before = resident(place.proxy.pid());
    let mut flood = place.client();
    flood.stream.set_write_timeout(Some(Duration::from_secs(2))).expect("a time limit");
    // Nothing is ever read of the answers: writing stalls, and nothing is piled up for the reader.
    let query = crate::support::client::framed(b'Q', b"SELECT repeat('x', 100000)\0");
    let mut sent = 0u64;
    let deadline = Instant::now() + Duration::from_secs(4);
    while Instant::now() < deadline {
        match flood.stream.write(&query.repeat(200)) {
            Ok(count) => sent += count as u64,
            Err(_) => break,
        }
    }
    is_served(&mut honest);
    let grown = resident(place.proxy.pid()).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more after {sent} bytes of questions");
}

/// Connections that come and go, ten at a time: silent, with half a start-up packet, with a log-in that
/// nobody ends, with a wrong password.
#[test]
fn ten_thousand_connects_disturb_nobody_and_leave_nothing() {
    const CONNECTS: usize = 10_000;
    let place = Place::new("evil_connects", "");
    let mut honest = place.client();
    let open = || std::fs::read_dir(format!("/proc/{}/fd", place.proxy.pid())).expect("the process").count();
    let login = place.database.login();
    let startup = crate::support::client::startup_packet(&login.parameters);
    let (before, at_rest) = (resident(place.proxy.pid()), open());
    for round in 0..CONNECTS / 10 {
        let mut streams: Vec<_> = (0..10).filter_map(|_| Client::dial(&place.proxy.address).ok()).collect();
        for (n, client) in streams.iter_mut().enumerate() {
            let _ = match n % 4 {
                0 => Ok(()),
                1 => client.stream.write_all(&startup[..startup.len() / 2]),
                2 => client.stream.write_all(&startup),
                _ => client
                    .stream
                    .write_all(&[&startup[..], &crate::support::client::framed(b'p', b"wrong\0")].concat()),
            };
        }
        if round % 100 == 0 {
            is_served(&mut honest);
        }
    }
    is_served(&mut honest);
    let deadline = Instant::now() + Duration::from_secs(20);
    while open() > at_rest + 2 {
        assert!(Instant::now() < deadline, "{} descriptors, {at_rest} before", open());
        std::thread::sleep(Duration::from_millis(50));
    }
    let grown = resident(place.proxy.pid()).saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB more");
    assert!(!place.proxy.log().contains("panicked"));
}

#[test]
fn cancels_that_guess_are_slow_and_hit_nobody() {
    let place = Place::new("evil_cancels", "");
    let mut working = place.client();
    working.query("SELECT pg_sleep(3), 'done'");
    let own = working.key_data.clone();
    for n in 0..200u32 {
        let mut packet = vec![0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e];
        packet.extend_from_slice(&own[..4]);
        packet.extend_from_slice(&n.to_be_bytes());
        let mut stream = Client::dial(&place.proxy.address).expect("a connection").stream;
        let _ = stream.write_all(&packet);
    }
    let answer = working.until_ready();
    assert!(answer.iter().any(|m| m.tag == b'D') && answer.iter().all(|m| m.tag != b'E'));
    is_served(&mut place.client());
}

#[test]
fn messages_beyond_the_limit_cost_no_memory() {
    let database = database("evil_huge");
    database.direct().run(TABLES);
    let mut setup = setup(&database.server.address(), &database.url(), &policy());
    setup.tables = format!("[limits]\nmessage = 1048576\n{}", setup.tables);
    let proxy = Proxy::start(&setup);
    let mut honest = proxy.client(&database.login());
    let before = resident(proxy.pid());
    for (tag, sqlstate) in
        [(b'Q', "54000"), (b'P', "54000"), (b'B', "54000"), (b'F', "54000"), (b'D', "08P01"), (b'S', "08P01")]
    {
        let mut client = proxy.client(&database.login());
        client.send_raw(&[&[tag, 0x3f, 0xff, 0xff, 0xff][..], &[b'k'; 8192]].concat());
        let last = client.until_end().pop().expect("a last word");
        assert_eq!((last.tag, last.sqlstate().as_str()), (b'E', sqlstate), "{}", last.line());
    }
    is_served(&mut honest);
    let grown = resident(proxy.pid()).saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more");
}

/// Each level is a chain, and its first link the next level: what is refused by its nesting alone may be higher than a
/// stack, which would end the process and all sessions with it.
#[test]
fn trees_as_high_as_can_be_written_end_one_statement_and_no_process() {
    let place = Place::new("evil_trees", "");
    let mut honest = place.client();
    let mut client = place.client();
    for (open, links, close) in
        [("(", " + 1", ")"), ("(", "::int", ")"), ("(", "[1]", ")"), ("coalesce(", "::text", ", '')")]
    {
        for (levels, length) in [(1, 100_000), (30, 650), (60, 450), (150, 450), (199, 690)] {
            let ends = format!("{}{close}", links.repeat(length)).repeat(levels);
            let sql = format!("SELECT id FROM people WHERE email = {}'1'{ends}", open.repeat(levels));
            client.query(&sql);
            assert_eq!(
                client.until_ready().iter().filter(|answer| answer.tag == b'E').count(),
                1,
                "{open}{links}"
            );
        }
    }
    // The highest that is read, on the stack of the thread that moves its bytes.
    client.query(&format!("SELECT id FROM people WHERE email = 'x' AND id = 0{}", " + 1".repeat(690)));
    assert!(client.until_ready().iter().all(|answer| answer.tag != b'E'));
    let joins = |levels: usize| {
        let chain = format!("{})", " CROSS JOIN people".repeat(690)).repeat(levels);
        format!("SELECT count(*) FROM {}people{chain}", "(".repeat(levels))
    };
    // A row that would hold itself, and one that holds each value 2^40 times.
    let doubled: String =
        (1..=40).map(|n| format!(", q{n} AS (SELECT ROW(n, n) AS n FROM q{})", n - 1)).collect();
    let rows = [
        "WITH q AS (SELECT email, NULL AS n FROM people) SELECT n FROM q UNION ALL SELECT ROW(n) FROM q"
            .to_owned(),
        format!("WITH q0 AS (SELECT email AS n FROM people){doubled} SELECT n = n FROM q40"),
    ];
    for sql in [2, 8, 60].map(joins).into_iter().chain(rows) {
        client.query(&sql);
        assert_eq!(client.until_ready().iter().filter(|answer| answer.tag == b'E').count(), 1);
    }
    is_served(&mut honest);
    is_served(&mut client);
}
