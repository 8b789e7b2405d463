//! One PostgreSQL server per test process and a database per test.
//!
//! Roles: `postgres` (superuser, trusted from loopback), `app` (password [`APP_PASSWORD`], SCRAM over
//! TCP, owner of every test database). TLS is on, with [`Shared::authority`] as its issuer.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pgveil::cli::demo::postgres::{Installation, PrivatePostgres, Setup};

use super::client::{Client, Login};

/// The password of role `app`.
pub const APP_PASSWORD: &str = "app-password";

/// The shared server.
pub struct Shared {
    pub postgres: PrivatePostgres,
    pub installation: Installation,
    /// PEM of the certificate authority that signed the server's certificate (127.0.0.1, localhost).
    pub authority: String,
}

/// The server of this test process, started at the first call.
///
/// A static is never dropped; the watcher of [`PrivatePostgres`] stops the server when the process
/// ends.
pub fn server() -> &'static Shared {
    static SERVER: OnceLock<Shared> = OnceLock::new();
    SERVER.get_or_init(|| start(&[]))
}

/// A server of its own, for a test that kills parts of it: what it acknowledges is in its files. It
/// goes with the process too.
pub fn own_server() -> &'static Shared {
    Box::leak(Box::new(start(&[("synchronous_commit", "on")])))
}

fn start(more: &[(&str, &str)]) -> Shared {
    let installation = Installation::find().expect("PostgreSQL for the tests");
    let (authority, certificate, key) = certificates();
    let setup = Setup {
        configuration: configuration(&installation, more),
        host_rules: vec![
            "host all postgres 127.0.0.1/32 trust".into(),
            "host replication postgres 127.0.0.1/32 trust".into(),
            "host all all 127.0.0.1/32 scram-sha-256".into(),
            "host replication all 127.0.0.1/32 scram-sha-256".into(),
        ],
        tls: Some((certificate, key)),
        client_authority: Some(authority.clone()),
    };
    let postgres = PrivatePostgres::start(&installation, &setup).expect("a private server");
    let shared = Shared { postgres, installation, authority };
    let mut admin = shared.admin("postgres");
    admin.run(&format!("CREATE ROLE app LOGIN REPLICATION PASSWORD '{APP_PASSWORD}'"));
    admin.run(&format!("CREATE ROLE other LOGIN PASSWORD '{APP_PASSWORD}'"));
    shared
}

/// All that a test may want, and everything logged: what the host can see is part of the tests.
fn configuration(installation: &Installation, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut settings: Vec<(&str, String)> = vec![
        ("wal_level", "logical".into()),
        ("max_wal_senders", "10".into()),
        ("max_replication_slots", "10".into()),
        ("max_prepared_transactions", "20".into()),
        ("log_statement", "all".into()),
        ("log_connections", "off".into()),
        ("log_parameter_max_length", "-1".into()),
        ("log_parameter_max_length_on_error", "-1".into()),
        ("deadlock_timeout", "500ms".into()),
        // Tests run side by side, some of them with a crowd of clients.
        ("max_connections", "500".into()),
    ];
    if has_library(installation, "pg_stat_statements.so") {
        settings.push(("shared_preload_libraries", "pg_stat_statements".into()));
    }
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Minimal installations come without the contrib modules.
pub fn has_library(installation: &Installation, file: &str) -> bool {
    ["../lib", "../lib/postgresql"].iter().any(|lib| installation.bin.join(lib).join(file).is_file())
}

/// PEM texts: an authority, a certificate that it signed for `localhost` and 127.0.0.1, its key.
pub fn certificates() -> (String, String, String) {
    let (authority, issuer) = certificate_authority();
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params =
        rcgen::CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).expect("names");
    params.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    (authority, certificate.pem(), key.serialize_pem())
}

/// A certificate authority: its PEM text, and what signs with it.
pub fn certificate_authority() -> (String, rcgen::Issuer<'static, rcgen::KeyPair>) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "pgveil test authority");
    let certificate = params.self_signed(&key).expect("a certificate");
    (certificate.pem(), rcgen::Issuer::new(params, key))
}

impl Shared {
    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.postgres.port())
    }

    /// A superuser's connection.
    pub fn admin(&self, database: &str) -> Client {
        Client::connect(&self.address(), &Login::trusted("postgres", database))
            .expect("superuser's connection")
    }

    /// Kills one of its processes, so that it starts anew as after a crash (commits that were not yet
    /// flushed are lost), and waits until it serves again. Only for [`own_server`].
    pub fn crash(&self) {
        let (mut killed, mut witness) = (self.admin("postgres"), self.admin("postgres"));
        let pid = killed.value("SELECT pg_backend_pid()");
        Command::new("kill").args(["-9", &pid]).status().expect("kill");
        // ORDER: when another process was ended too, newcomers are turned away until it has recovered.
        witness.until_end();
        let deadline = Instant::now() + Duration::from_secs(30);
        while Client::connect(&self.address(), &Login::trusted("postgres", "postgres")).is_err() {
            assert!(Instant::now() < deadline, "the server does not come back");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that the server has logged so far.
    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.postgres.log_file()).expect("the server's log")
    }

    /// A new database for one test, owned by role `app`.
    pub fn database(&'static self, label: &str) -> Database {
        self.database_with(label, "")
    }

    /// The same, with options of CREATE DATABASE.
    pub fn database_with(&'static self, label: &str, options: &str) -> Database {
        static SERIAL: AtomicU32 = AtomicU32::new(0);
        let name = format!("{label}_{}", SERIAL.fetch_add(1, Ordering::Relaxed));
        self.admin("postgres").run(&format!("CREATE DATABASE {name} OWNER app {options}"));
        Database { name, server: self }
    }
}

/// A database of its own for the calling test; `label` is a lower-case identifier.
pub fn database(label: &str) -> Database {
    server().database(label)
}

/// One test's database. It goes with the server.
pub struct Database {
    pub name: String,
    pub server: &'static Shared,
}

impl Database {
    /// A superuser's connection straight to the server: what the host sees.
    pub fn host(&self) -> Client {
        self.server.admin(&self.name)
    }

    /// The application's credentials.
    pub fn login(&self) -> Login {
        Login::with_password("app", &self.name, APP_PASSWORD)
    }

    /// The application's connection straight to the server.
    pub fn direct(&self) -> Client {
        Client::connect(&self.server.address(), &self.login()).expect("direct connection")
    }

    /// Connection string for libpq, straight to the server as the application.
    pub fn url(&self) -> String {
        self.url_at(&self.server.address())
    }

    /// Connection string for libpq, straight to the server as superuser.
    pub fn host_url(&self) -> String {
        format!("postgres://postgres@{}/{}", self.server.address(), self.name)
    }

    /// The same database through somebody who listens on `address`.
    pub fn url_at(&self, address: &str) -> String {
        format!("postgres://app:{APP_PASSWORD}@{address}/{}", self.name)
    }

    /// Runs a program of the installation (`psql`, `pg_dump` …) with these arguments.
    /// Returns exit success, stdout, stderr.
    pub fn program(&self, name: &str, arguments: &[&str]) -> (bool, String, String) {
        let path = self.server.installation.program(name).unwrap_or_else(|| name.into());
        let output = Command::new(path)
            .args(arguments)
            .env("PGCONNECT_TIMEOUT", "20")
            .env("PSQLRC", "/dev/null")
            .env("LC_ALL", "C")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("a program of PostgreSQL");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    }

    /// The server's major version.
    pub fn major(&self) -> u32 {
        let number = self.host().value("SHOW server_version_num");
        number.parse::<u32>().expect("a number") / 10_000
    }

    /// Whether `pg_dump` is there, and not older than the server, which it would refuse to read. Installations
    /// of the server alone (`scripts/postgres`) have none; a test without it says so and ends.
    pub fn can_be_dumped(&self) -> bool {
        let path = self.server.installation.program("pg_dump").unwrap_or_else(|| "pg_dump".into());
        let said =
            Command::new(path).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let version = said.split_whitespace().nth(2).and_then(|version| version.split('.').next());
        let fits =
            version.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= self.major());
        if !fits {
            eprintln!("left out: pg_dump {said:?} for a server {}", self.major());
        }
        fits
    }

    /// psql's unaligned output for one command string at the given address.
    pub fn psql_at(&self, address: &str, sql: &str) -> String {
        let url = self.url_at(address);
        let (good, out, err) =
            self.program("psql", &["-X", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql, &url]);
        assert!(good, "psql failed: {err}");
        out
    }
}
