//! What is measured: the server itself, pgbouncer before it, pgveil before it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pgveil::cli::demo::postgres::{Installation, PrivatePostgres, Setup};

use crate::measure::{Cell, Sample, copy_out, pgbench, resident};

/// 1 M rows in pgbench_accounts.
const SCALE: &str = "10";

/// Everybody logs in with SCRAM; only connecting is affected, which is not measured.
pub const PASSWORD: &str = "bench";

/// A running proxy; dropping it ends it.
struct Proxy {
    name: &'static str,
    port: u16,
    process: Child,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// All of them, started.
pub struct Targets {
    // ORDER: fields are dropped in this order; proxies end before the server does.
    proxies: Vec<Proxy>,
    postgres: PrivatePostgres,
    pgbench: PathBuf,
    psql: PathBuf,
    _directory: tempfile::TempDir,
}

impl Targets {
    /// Starts a server with pgbench's tables, and the proxies. pgbouncer is left out if this
    /// machine has none.
    pub fn start() -> Targets {
        let installation = Installation::find().expect("PostgreSQL");
        let program = |name: &str| installation.program(name).unwrap_or_else(|| name.into());
        let setup = Setup {
            configuration: vec![("shared_buffers".into(), "256MB".into())],
            host_rules: vec!["host all all 127.0.0.1/32 scram-sha-256".into()],
            ..Setup::default()
        };
        let postgres = PrivatePostgres::start(&installation, &setup).expect("a private server");
        let port = postgres.port().to_string();
        let socket = postgres.socket_directory().to_string_lossy().into_owned();
        let at = ["-h", socket.as_str(), "-U", "postgres", "-p", port.as_str()];
        let password = format!("ALTER ROLE postgres PASSWORD '{PASSWORD}'");
        run(Command::new(program("psql")).args(at).args(["-qc", password.as_str()]));
        run(Command::new(program("psql")).args(at).args(["-qc", "CREATE DATABASE bench"]));
        run(Command::new(program("pgbench")).args(at).args(["-i", "-q", "-s", SCALE, "bench"]));
        run(Command::new(program("psql")).args(at).args(["-qd", "bench", "-c", "VACUUM FREEZE"]));
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let mut proxies = Vec::new();
        proxies.extend(pgbouncer(directory.path(), postgres.port()));
        proxies.push(pgveil(directory.path(), postgres.port()));
        let (pgbench, psql) = (program("pgbench"), program("psql"));
        Targets { proxies, postgres, pgbench, psql, _directory: directory }
    }

    /// `direct` first.
    pub fn names(&self) -> Vec<&'static str> {
        std::iter::once("direct").chain(self.proxies.iter().map(|proxy| proxy.name)).collect()
    }

    /// Port and process of each target, in the order of the names.
    fn all(&self) -> Vec<(u16, Option<u32>)> {
        let proxies = self.proxies.iter().map(|proxy| (proxy.port, Some(proxy.process.id())));
        std::iter::once((self.postgres.port(), None)).chain(proxies).collect()
    }

    /// One sample per target, in the order of the names; who comes first changes with the round.
    pub fn round(&self, cell: &Cell, round: usize) -> Vec<Sample> {
        turns(&self.all(), round, |(port, process)| pgbench(&self.pgbench, port, cell, process))
    }

    /// Seconds for COPY out of 1 M rows, per target.
    pub fn copy_round(&self, round: usize) -> Vec<f64> {
        turns(&self.all(), round, |(port, _)| copy_out(&self.psql, port))
    }

    /// KiB of each proxy's own memory per idle connection.
    pub fn idle_memory(&self, connections: usize) -> Vec<(&'static str, f64)> {
        let measure = |proxy: &Proxy| {
            // What it keeps from earlier rounds is no part of the figure: the first ones warm it up.
            let warm: Vec<_> = (0..4).map(|_| logged_in(proxy.port)).collect();
            let before = resident(proxy.process.id());
            let open: Vec<_> = (0..connections).map(|_| logged_in(proxy.port)).collect();
            std::thread::sleep(Duration::from_secs(2));
            let used = resident(proxy.process.id()) - before;
            drop((warm, open));
            (proxy.name, used / connections as f64)
        };
        self.proxies.iter().map(measure).collect()
    }
}

fn turns<T: Copy, R>(targets: &[T], round: usize, measure: impl Fn(T) -> R) -> Vec<R> {
    let count = targets.len();
    let mut results: Vec<(usize, R)> =
        (0..count).map(|turn| (turn + round) % count).map(|index| (index, measure(targets[index]))).collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("a program of PostgreSQL");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn pgbouncer(directory: &Path, server: u16) -> Option<Proxy> {
    let port = free_port();
    let file = directory.join("pgbouncer.ini");
    let text = format!(
        "[databases]\nbench = host=127.0.0.1 port={server} user=postgres password={PASSWORD} dbname=bench\n\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
         pool_mode = session\nmax_client_conn = 500\ndefault_pool_size = 190\n\
         ignore_startup_parameters = extra_float_digits\nlog_connections = 0\nlog_disconnections = 0\n"
    );
    fs::write(&file, text).expect("a file");
    let mut command = Command::new("pgbouncer");
    command.arg("-q").arg(&file);
    if is_root() {
        command.args(["-u", "postgres"]);
    }
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match spawned {
        Ok(process) => Some(ready(Proxy { name: "pgbouncer", port, process })),
        Err(error) => {
            eprintln!("without pgbouncer: {error}");
            None
        }
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn pgveil(directory: &Path, server: u16) -> Proxy {
    let port = free_port();
    let file = directory.join("pgveil.toml");
    let text = format!(
        "version = 1\n[listen]\naddress = \"127.0.0.1:{port}\"\n[upstream]\nhosts = [\"127.0.0.1:{server}\"]\n\
         sslmode = \"disable\"\n[auth]\nmode = \"relay\"\n"
    );
    fs::write(&file, text).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("permissions");
    let log = fs::File::create(directory.join("pgveil.log")).expect("a file");
    let binary = std::env::var_os("PGVEIL_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_pgveil").into());
    let process = Command::new(binary)
        .args(["serve", "-c"])
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("pgveil");
    ready(Proxy { name: "pgveil", port, process })
}

fn ready(proxy: Proxy) -> Proxy {
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", proxy.port)).is_ok() {
            return proxy;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{} does not listen", proxy.name)
}

/// A connection that has logged in (with whatever password is asked for) and is idle.
fn logged_in(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let body = b"\0\x03\0\0user\0postgres\0database\0bench\0\0";
    stream.write_all(&(body.len() as u32 + 4).to_be_bytes()).expect("a write");
    stream.write_all(body).expect("a write");
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).expect("a message");
        let [tag, length @ ..] = head;
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut body).expect("a message");
        match (tag, body.as_slice()) {
            (b'Z', _) => return stream,
            (b'R', [0, 0, 0, 3]) => stream.write_all(b"p\0\0\0\x0abench\0").expect("a write"),
            (b'E', _) => panic!("login: {}", String::from_utf8_lossy(&body)),
            _ => {}
        }
    }
}
