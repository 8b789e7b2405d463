//! Connections as such: how fast they are made, and what one costs that does nothing.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::Plan;
use crate::client::{Client, Login};
use crate::group::Group;
use crate::measure::resident;
use crate::pgbench::{Load, Mode, Script};
use crate::targets::{PASSWORD, Place, Targets, Upstream};
use crate::tls::tls_session;
use crate::untouched::pgbench_cell;

/// A new connection for every look-up.
pub fn storm<'a>(targets: &'a Targets, plan: &Plan) -> Group<'a> {
    let load = Load { reconnects: true, ..Load::new(Script::SelectOnly, Mode::Simple, 8, plan.seconds) };
    let plain = targets.places(&["direct", "haproxy", "pgbouncer", "pgveil", "pgveil, scram"], "disable");
    let one = targets.places(&["direct", "pgveil"], "require");
    let both = targets.places(&["direct", "pgveil, TLS on"], "require");
    let both = both.into_iter().map(|place| match place.name {
        "direct" => place,
        _ => Place { name: "pgveil", ..place },
    });
    let cells = vec![
        pgbench_cell(targets, "without TLS", plain, &load),
        pgbench_cell(targets, "TLS to the client", one, &load),
        pgbench_cell(targets, "TLS on both legs", both.collect(), &load),
    ];
    Group {
        title: "A connection for every transaction",
        unit: "connections/s",
        against: &["direct", "haproxy"],
        cells,
    }
}

/// Memory of idle connections.
pub struct Idle {
    pub what: String,
    pub connections: usize,
    /// KiB of the proxy's own memory for each.
    pub kib: f64,
    /// Milliseconds for a login: among the first hundred, and among the last.
    pub login: (f64, f64),
}

/// Opens connections one after the other and lets them be.
fn idle<C>(what: &str, place: &Place, connections: usize, open: impl Fn(&Place) -> C) -> Idle {
    let process = place.process.expect("a proxy");
    // What it keeps from earlier rounds is no part of the figure: the first ones warm it up.
    let warm: Vec<C> = (0..4).map(|_| open(place)).collect();
    let before = resident(process);
    let mut times = Vec::with_capacity(connections);
    let held: Vec<C> = (0..connections)
        .map(|_| {
            let started = Instant::now();
            let connection = open(place);
            times.push(started.elapsed().as_secs_f64() * 1000.0);
            connection
        })
        .collect();
    // A connection that is quiet gives its buffers back after five seconds.
    std::thread::sleep(Duration::from_secs(7));
    let kib = (resident(process) - before) / connections as f64;
    drop((warm, held));
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len().max(1) as f64;
    let hundred = times.len().min(100);
    let login = (mean(&times[..hundred]), mean(&times[times.len() - hundred..]));
    Idle { what: what.into(), connections, kib, login }
}

fn logged_in(place: &Place) -> Client {
    let login = Login::with_password("postgres", "bench", PASSWORD);
    Client::connect(&format!("127.0.0.1:{}", place.port), &login)
        .unwrap_or_else(|error| panic!("{}: {error:?}", place.name))
}

/// Each proxy, with and without TLS to the client.
pub fn memory(targets: &mut Targets, plan: &Plan) -> Vec<Idle> {
    let mut lines = Vec::new();
    for place in targets.places(&["haproxy", "pgbouncer", "pgveil"], "disable") {
        lines.push(idle(place.name, &place, plan.idle, logged_in));
    }
    for place in targets.places(&["pgbouncer", "pgveil"], "require") {
        let name = format!("{}, TLS to the client", place.name);
        lines.push(idle(&name, &place, plan.idle, |place| tls_session(place.port)));
    }
    if !plan.fast {
        lines.push(held(targets));
    }
    lines
}

/// As many sessions as this process may have files open for, 10,000 at most, before a server that
/// only lets them in.
fn held(targets: &mut Targets) -> Idle {
    let port = doorman();
    let upstream = Upstream { port, sslmode: "disable", auth: "mode = \"relay\"\nusers = \"users.toml\"" };
    let verb = ["users", "add", "postgres", "--password", "env:BENCH_PASSWORD"];
    targets.start_pgveil("pgveil, many", &upstream, "", &[&verb]);
    let place = targets.place("pgveil, many").expect("pgveil");
    // Here a session is two sockets of this process: the client's, and that of the server.
    let connections = (open_files() / 2).saturating_sub(100).min(10_000);
    let line = idle(&format!("pgveil, {connections} at once"), &place, connections, logged_in);
    targets.stop("pgveil, many");
    line
}

/// The soft limit of open files (proc(5), limits).
fn open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(3).and_then(|word| word.parse().ok()).unwrap_or(1024)
}

/// A server that lets everybody in and then says nothing.
fn doorman() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let mut held: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming().flatten() {
            held.extend(let_in(stream).ok());
        }
    });
    port
}

fn let_in(mut stream: TcpStream) -> std::io::Result<TcpStream> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut packet = vec![0; u32::from_be_bytes(length).saturating_sub(4) as usize];
    stream.read_exact(&mut packet)?;
    let settings: [(&str, &str); 4] = [
        ("client_encoding", "UTF8"),
        ("server_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("server_version", "15.0"),
    ];
    let mut greeting = b"R\0\0\0\x08\0\0\0\0".to_vec();
    for (name, value) in settings {
        greeting.push(b'S');
        greeting.extend((name.len() as u32 + value.len() as u32 + 6).to_be_bytes());
        greeting.extend([name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat());
    }
    greeting.extend(b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x02Z\0\0\0\x05I");
    stream.write_all(&greeting)?;
    Ok(stream)
}
