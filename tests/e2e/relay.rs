//! Through the proxy with an empty policy everything reads as without it; and how the proxy ends.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::client::{framed, startup_packet};
use crate::support::{Database, Proxy, ProxySetup, Tap, database};

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

fn proxy(database: &Database, limits: &str) -> Proxy {
    let mut setup = ProxySetup::plain(&database.server.address());
    setup.tables = format!("[limits]\n{limits}\n");
    Proxy::start(&setup)
}

/// Resident memory of the proxy in KiB.
fn resident(proxy: &Proxy) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", proxy.pid())).expect("status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

/// A reader that stops reading stops the server, not our memory.
#[test]
fn a_slow_reader_costs_a_fixed_amount() {
    let database = database("slow");
    let proxy = proxy(&database, "");
    let mut client = proxy.client(&database.login());
    client.value("SELECT 1");
    let before = resident(&proxy);
    client.query("SELECT repeat('x', 1000) FROM generate_series(1, 300000)");
    std::thread::sleep(Duration::from_secs(2));
    let grown = resident(&proxy).saturating_sub(before);
    assert!(grown < 4_096, "{grown} KiB for a client that does not read");
    let rows = client.until_ready().iter().filter(|message| message.tag == b'D').count();
    assert_eq!(rows, 300_000);
}

/// The same towards a server that does not read.
#[test]
fn a_slow_server_costs_a_fixed_amount() {
    let database = database("slow_server");
    let proxy = proxy(&database, "");
    let mut client = proxy.client(&database.login());
    client.run("CREATE TABLE t (a text)");
    let mut locker = database.host();
    locker.run("BEGIN");
    locker.run("LOCK TABLE t IN EXCLUSIVE MODE");
    let before = resident(&proxy);
    client.stream.set_write_timeout(Some(Duration::from_secs(1))).expect("a timeout");
    // The INSERT waits for the lock; the server reads nothing more.
    let insert = b"Q\0\0\0\x1bINSERT INTO t VALUES (1)\0";
    let mut flood = insert.to_vec();
    let filler = format!("SELECT '{}'\0", "y".repeat(100_000));
    for _ in 0..600 {
        flood.extend(crate::support::client::framed(b'Q', filler.as_bytes()));
    }
    let written = std::io::Write::write_all(&mut client.stream, &flood);
    assert!(written.is_err(), "60 MB went somewhere");
    let grown = resident(&proxy).saturating_sub(before);
    assert!(grown < 4_096, "{grown} KiB for a server that does not read");
}

#[test]
fn an_idle_connection_is_small() {
    let database = database("idle");
    let proxy = proxy(&database, "");
    let mut clients: Vec<_> = (0..4).map(|_| proxy.client(&database.login())).collect();
    let before = resident(&proxy);
    clients.extend((0..60).map(|_| proxy.client(&database.login())));
    for client in &mut clients {
        client.run("SELECT repeat('x', 100000)");
    }
    std::thread::sleep(Duration::from_secs(11));
    let each = resident(&proxy).saturating_sub(before) / 60;
    println!("{each} KiB per idle connection");
    assert!(each <= 64, "{each} KiB per idle connection");
    assert_eq!(clients[30].value("SELECT 1"), "1");
}

#[test]
fn half_closed_clients_get_their_answers() {
    let database = database("half");
    let proxy = proxy(&database, "");
    let mut client = proxy.client(&database.login());
    client.query("SELECT pg_sleep(0.3)");
    client.query("SELECT 'the last answer'");
    client.stream.shutdown(std::net::Shutdown::Write).expect("half closed");
    let messages = client.until_end();
    assert_eq!(messages.iter().filter(|message| message.tag == b'Z').count(), 2);
}

/// What a client sends before it has been let in waits until it is.
#[test]
fn what_comes_with_the_password_is_answered() {
    let database = database("early");
    let proxy = proxy(&database, "");
    let login = database.login();
    let mut client = crate::support::Client::dial(&proxy.address).expect("a connection");
    let password = [login.password.as_deref().unwrap_or_default().as_bytes(), b"\0"].concat();
    let said = [
        startup_packet(&login.parameters),
        framed(b'p', &password),
        framed(b'Q', b"SELECT 'an early question'\0"),
    ];
    client.send_raw(&said.concat());
    let asks = client.read();
    assert_eq!((asks.tag, asks.body.as_slice()), (b'R', [0, 0, 0, 3].as_slice()));
    // Of the greeting, and of the question.
    let answers = [client.until_ready(), client.until_ready()].concat();
    let row = answers.iter().find(|message| message.tag == b'D').expect("a row");
    assert_eq!(row.cells(), [Some(b"an early question".to_vec())]);
}

#[test]
fn a_lost_server_is_08006() {
    let database = database("lost");
    let proxy = proxy(&database, "");
    let mut client = proxy.client(&database.login());
    let pid = client.value("SELECT pg_backend_pid()");
    database.host().run(&format!("SELECT pg_terminate_backend({pid})"));
    let messages = client.until_end();
    // The server says why; nothing of ours is added.
    assert_eq!(messages.last().expect("a last word").sqlstate(), "57P01");
    assert_eq!(messages.iter().filter(|message| message.tag == b'E').count(), 1);
}

#[test]
fn idle_sessions_end_after_the_limit() {
    let database = database("idle_limit");
    let proxy = proxy(&database, "idle_timeout = \"6s\"");
    let mut client = proxy.client(&database.login());
    let begun = Instant::now();
    let messages = client.until_end();
    assert_eq!(messages.last().expect("a last word").sqlstate(), "57P05");
    assert!(begun.elapsed() > Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn sigterm_drains() {
    let database = database("drain");
    let mut proxy = proxy(&database, "drain_timeout = \"20s\"");
    let mut idle = proxy.client(&database.login());
    let mut busy = proxy.client(&database.login());
    busy.run("BEGIN");
    proxy.signal("TERM");
    assert_eq!(idle.until_end().last().expect("a last word").sqlstate(), "57P01");
    match proxy.connect(&database.login()) {
        Err(crate::support::client::ConnectError::Refused(report)) => assert_eq!(report.sqlstate(), "57P03"),
        Err(crate::support::client::ConnectError::Io(error)) => panic!("no word: {error}"),
        Ok(_) => panic!("a session during shutdown"),
    }
    // The transaction goes on to its end.
    assert_eq!(busy.value("SELECT 2"), "2");
    busy.run("COMMIT");
    assert_eq!(busy.until_end().last().expect("a last word").sqlstate(), "57P01");
    assert_eq!(proxy.wait(Duration::from_secs(5)), Some(0));
}

#[test]
fn the_drain_has_a_deadline() {
    let database = database("deadline");
    let mut proxy = proxy(&database, "drain_timeout = \"1s\"");
    let mut busy = proxy.client(&database.login());
    busy.run("BEGIN");
    proxy.signal("TERM");
    assert_eq!(busy.until_end().last().expect("a last word").sqlstate(), "57P01");
    assert_eq!(proxy.wait(Duration::from_secs(5)), Some(0));
}

#[test]
fn hosts_are_tried_in_order() {
    let database = database("hosts");
    let mut setup = ProxySetup::plain("127.0.0.1:1");
    setup.upstream = format!("127.0.0.1:1\", \"{}", database.server.address());
    setup.upstream_more = "target_session_attrs = \"read-write\"".into();
    let proxy = Proxy::start(&setup);
    assert_eq!(proxy.client(&database.login()).value("SELECT 1"), "1");
    setup.upstream_more = "target_session_attrs = \"standby\"".into();
    let none = Proxy::start(&setup);
    assert!(none.connect(&database.login()).is_err());
    setup.upstream_more = "target_session_attrs = \"prefer-standby\"".into();
    let fallback = Proxy::start(&setup);
    assert_eq!(fallback.client(&database.login()).value("SELECT 1"), "1");
}

#[test]
fn pgbench_and_pg_dump_run_unchanged() {
    let database = database("tools");
    let proxy = proxy(&database, "");
    let (_, port) = proxy.address.rsplit_once(':').expect("a port");
    let run = |tool: &str, arguments: &[&str]| {
        let path = database.server.installation.program(tool)?;
        let output = Command::new(path)
            .args(["-h", "127.0.0.1", "-p", port, "-U", "app"])
            .args(arguments)
            .env("PGPASSWORD", crate::support::postgres::APP_PASSWORD)
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
        Some(output.stdout)
    };
    for mode in ["simple", "extended", "prepared"] {
        run("pgbench", &["-i", "-q", "-s", "1", &database.name]);
        run("pgbench", &["-c", "4", "-j", "2", "-t", "50", "-M", mode, &database.name]);
    }
    if let Some(dump) = run("pg_dump", &["-d", &database.name]) {
        assert!(String::from_utf8_lossy(&dump).contains("pgbench_accounts"));
    }
}

/// A peer that has vanished without a word is noticed on both sides: each socket has the timer of
/// keepalives (2 in the column `tr` of /proc/net/tcp) and is probed after a minute.
#[test]
fn sockets_of_both_sides_are_kept_alive() {
    let database = database("keepalive");
    let proxy = proxy(&database, "");
    let client = proxy.client(&database.login());
    let port = |address: &str| address.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let own = client.stream.local_addr().expect("an address").port();
    let to_client = (port(&proxy.address).expect("a port"), own);
    let from_server = port(&database.server.address()).expect("a port");
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let timers = timers(&proxy);
        let of_client = timers.iter().find(|(ends, _)| *ends == to_client);
        let of_server = timers.iter().find(|((_, remote), _)| *remote == from_server);
        let kept = |timer: Option<&(_, (u8, u64))>| {
            timer.is_some_and(|(_, (kind, ticks))| *kind == 2 && *ticks <= 60 * 100)
        };
        if kept(of_client) && kept(of_server) {
            return;
        }
        // What was sent last may not be acknowledged yet: that has a timer of its own.
        assert!(Instant::now() < deadline, "{of_client:?} {of_server:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Of the proxy's TCP sockets: local and remote port, and the running timer: its kind, and what is left
/// of it in hundredths of a second (proc(5), /proc/net/tcp).
fn timers(proxy: &Proxy) -> Vec<((u16, u16), (u8, u64))> {
    let held = std::fs::read_dir(format!("/proc/{}/fd", proxy.pid())).expect("descriptors");
    let held: Vec<String> = held
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok()?.to_str().map(str::to_owned))
        .collect();
    let table = std::fs::read_to_string("/proc/net/tcp").expect("/proc/net/tcp");
    let of_line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, local, remote, _, _, timer, _, _, _, inode, ..] = words[..] else { return None };
        let port = |end: &str| u16::from_str_radix(end.rsplit(':').next()?, 16).ok();
        let (kind, left) = timer.split_once(':')?;
        let timer = (u8::from_str_radix(kind, 16).ok()?, u64::from_str_radix(left, 16).ok()?);
        let is_held = held.contains(&format!("socket:[{inode}]"));
        is_held.then_some(((port(local)?, port(remote)?), timer))
    };
    table.lines().filter_map(of_line).collect()
}
