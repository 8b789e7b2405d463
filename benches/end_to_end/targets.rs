//! The processes that are measured: the server itself and what stands before it, all on loopback.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pgveil::cli::demo::postgres::{Installation, PrivatePostgres, Setup};

/// 1 M rows in pgbench_accounts.
const SCALE: &str = "10";
/// Everybody logs in with SCRAM.
pub const PASSWORD: &str = "bench";

/// Where a client connects.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: &'static str,
    pub port: u16,
    /// The proxy, if it is one.
    pub process: Option<u32>,
    /// libpq's.
    pub sslmode: &'static str,
}

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

/// A server with pgbench's tables, and the proxies.
pub struct Targets {
    // ORDER: fields are dropped in this order; proxies end before the server does.
    proxies: Vec<Proxy>,
    postgres: PrivatePostgres,
    installation: Installation,
    directory: tempfile::TempDir,
}

impl Targets {
    /// Starts the server and fills it; no proxy yet.
    pub fn start() -> Targets {
        let installation = Installation::find().expect("PostgreSQL");
        let certificate =
            rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let (pem, key) = (certificate.cert.pem(), certificate.signing_key.serialize_pem());
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let setup = Setup {
            configuration: vec![
                setting("shared_buffers", "512MB"),
                setting("max_connections", "1300"),
                setting("max_wal_size", "8GB"),
                setting("autovacuum", "off"),
            ],
            host_rules: vec!["host all all 127.0.0.1/32 scram-sha-256".into()],
            tls: Some((pem.clone(), key.clone())),
            ..Setup::default()
        };
        let postgres = PrivatePostgres::start(&installation, &setup).expect("a private server");
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let targets = Targets { proxies: Vec::new(), postgres, installation, directory };
        targets.write("server.crt", &pem, 0o644);
        targets.write("server.key", &key, 0o600);
        // pgbouncer runs as another user than we may be.
        targets.write("bouncer.key", &key, if is_root() { 0o644 } else { 0o600 });
        targets.on_host("postgres", &format!("ALTER ROLE postgres PASSWORD '{PASSWORD}'"));
        targets.on_host("postgres", "CREATE DATABASE bench");
        let mut fill = targets.host_program("pgbench");
        run(fill.args(["-i", "-q", "-s", SCALE, "bench"]));
        targets.on_host("bench", "VACUUM FREEZE");
        targets
    }

    /// A client program of the server's installation.
    pub fn program(&self, name: &str) -> PathBuf {
        self.installation.program(name).unwrap_or_else(|| name.into())
    }

    /// For files that live as long as the targets.
    pub fn scratch(&self) -> &Path {
        self.directory.path()
    }

    pub fn server_port(&self) -> u16 {
        self.postgres.port()
    }

    fn host_program(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        command.arg("-h").arg(self.postgres.socket_directory());
        command.args(["-U", "postgres", "-p", &self.postgres.port().to_string()]);
        command
    }

    /// Runs SQL as the server's owner.
    pub fn on_host(&self, database: &str, sql: &str) {
        run(self.host_program("psql").args(["-Xq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]));
    }

    /// Writes a file into the scratch directory.
    pub fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("permissions");
        path
    }

    /// The server itself.
    pub fn direct(&self) -> Place {
        Place { name: "direct", port: self.postgres.port(), process: None, sslmode: "disable" }
    }

    /// A proxy that was started, without TLS on the client's leg.
    pub fn place(&self, name: &str) -> Option<Place> {
        let proxy = self.proxies.iter().find(|proxy| proxy.name == name)?;
        let process = Some(proxy.process.id());
        Some(Place { name: proxy.name, port: proxy.port, process, sslmode: "disable" })
    }

    /// The server, HAProxy, pgbouncer and pgveil, those of them that are here, each under `sslmode`.
    pub fn places(&self, names: &[&str], sslmode: &'static str) -> Vec<Place> {
        let one = |name: &&str| if *name == "direct" { Some(self.direct()) } else { self.place(name) };
        names.iter().filter_map(one).map(|place| Place { sslmode, ..place }).collect()
    }

    /// pgbouncer in session mode: like pgveil, one server connection per client connection. Clients
    /// need not log in, since it would reuse the server's connections anyway.
    pub fn start_pgbouncer(&mut self, name: &'static str, server_tls: &str) {
        let (port, place) = (free_port(), self.directory.path().display());
        let text = format!(
            "[databases]\nbench = host=127.0.0.1 port={} user=postgres password={PASSWORD} dbname=bench\n\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = session\nmax_client_conn = 2000\ndefault_pool_size = 1100\n\
             ignore_startup_parameters = extra_float_digits\nlog_connections = 0\nlog_disconnections = 0\n\
             client_tls_sslmode = allow\nclient_tls_cert_file = {place}/server.crt\n\
             client_tls_key_file = {place}/bouncer.key\nserver_tls_sslmode = {server_tls}\n",
            self.postgres.port()
        );
        let file = self.write(&format!("{name}.ini"), &text, 0o644);
        let mut command = Command::new("pgbouncer");
        command.arg("-q").arg(&file);
        if is_root() {
            command.args(["-u", "postgres"]);
        }
        self.start_proxy(name, port, &mut command);
    }

    /// HAProxy in TCP mode: bytes from one socket to the other, the floor of any relay.
    pub fn start_haproxy(&mut self, name: &'static str) {
        let port = free_port();
        let text = format!(
            "global\n  maxconn 4000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  \
             timeout server 1h\nlisten pg\n  bind 127.0.0.1:{port}\n  server pg 127.0.0.1:{}\n",
            self.postgres.port()
        );
        let file = self.write("haproxy.cfg", &text, 0o644);
        self.start_proxy(name, port, Command::new("haproxy").arg("-q").arg("-f").arg(&file));
    }

    /// The binary under test, before the database `bench`. `more` are further tables of its file.
    pub fn start_pgveil(
        &mut self,
        name: &'static str,
        upstream: &Upstream<'_>,
        more: &str,
        verbs: &[&[&str]],
    ) {
        self.prepare_pgveil(name, upstream, more, verbs, "bench");
        self.serve(name);
    }

    /// Writes its file and runs verbs; `database` is the one that they see.
    pub fn prepare_pgveil(
        &self,
        name: &str,
        upstream: &Upstream<'_>,
        more: &str,
        verbs: &[&[&str]],
        database: &str,
    ) {
        let place = self.directory.path().display();
        let Upstream { port, sslmode, auth } = *upstream;
        let text = format!(
            "version = 1\n[listen]\naddress = \"127.0.0.1:{}\"\ntls_cert = \"{place}/server.crt\"\n\
             tls_key = \"{place}/server.key\"\n[upstream]\nhosts = [\"127.0.0.1:{port}\"]\n\
             sslmode = \"{sslmode}\"\n[auth]\n{auth}\n[limits]\nconnections = 20000\n\
             pending_connections = 20000\n{more}\n",
            free_port()
        );
        let file = self.write(&format!("{name}/pgveil.toml"), &text, 0o600);
        let server = self.postgres.port();
        let url = format!("postgresql://postgres:{PASSWORD}@127.0.0.1:{server}/{database}");
        self.write(&format!("{name}/admin.dsn"), &url, 0o600);
        let directory = file.parent().expect("a directory");
        for verb in verbs {
            run(pgveil(directory).args(*verb).env("BENCH_PASSWORD", PASSWORD));
        }
    }

    /// Starts one that was prepared; returns when it accepts connections.
    pub fn serve(&mut self, name: &'static str) {
        let directory = self.directory.path().join(name);
        let text = fs::read_to_string(directory.join("pgveil.toml")).expect("a file");
        let port = text.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
        let log = fs::File::create(directory.join("log")).expect("a file");
        self.start_proxy(name, port.expect("a port"), pgveil(&directory).arg("serve").stderr(log));
    }

    fn start_proxy(&mut self, name: &'static str, port: u16, command: &mut Command) {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        match command.spawn() {
            Ok(process) => self.proxies.push(ready(Proxy { name, port, process })),
            Err(error) => eprintln!("without {name}: {error}"),
        }
    }

    /// Ends one.
    pub fn stop(&mut self, name: &str) {
        self.proxies.retain(|proxy| proxy.name != name);
    }
}

/// The server's side of a pgveil.
pub struct Upstream<'a> {
    pub port: u16,
    pub sslmode: &'a str,
    /// Lines of `[auth]`.
    pub auth: &'a str,
}

fn pgveil(directory: &Path) -> Command {
    let binary = std::env::var_os("PGVEIL_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_pgveil").into());
    let mut command = Command::new(fs::canonicalize(binary).expect("the pgveil binary"));
    command.current_dir(directory);
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("a program");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn ready(mut proxy: Proxy) -> Proxy {
    for _ in 0..400 {
        if TcpStream::connect(("127.0.0.1", proxy.port)).is_ok() {
            return proxy;
        }
        if let Ok(Some(status)) = proxy.process.try_wait() {
            panic!("{} ended: {status}", proxy.name);
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{} does not listen", proxy.name)
}
