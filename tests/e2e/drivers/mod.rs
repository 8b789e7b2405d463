//! Small applications on real drivers and ORMs, each run twice: on a plain database, and through
//! pgveil on a protected one, both with TLS (verify-full) and SCRAM, with channel binding where the
//! driver has it. Every step must read the same; a step that pgveil has to refuse works on the plain
//! database and ends with 0A000 through pgveil.
//!
//! Knows no driver: an application prints one JSON line per step. One whose interpreter or packages
//! are not installed is left out and said so (`scripts/drivers` says what is missing, and installs it
//! with PGVEIL_ALL_DRIVERS=1).

mod stacks;
mod tokio_postgres_app;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::postgres::{APP_PASSWORD, certificates};
use crate::support::{Database, Proxy, ProxySetup, database};

const POLICY: &str = include_str!("policy.toml");
/// As the application's migrations create the tables.
const PLAIN: &str = include_str!("plain.sql");
/// The same with the columns of another logical type as text, in which they are stored.
const STORED: &str = include_str!("stored.sql");
/// What pgveil asks of its clients; the server knows another.
const CLIENT_PASSWORD: &str = "clients-own-password";
/// Seconds after which an application hangs: on a busy machine the longest takes one.
const LIMIT: &str = "300";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/drivers")
}

/// An interpreter with the packages of tests/requirements.txt; `None` only where the caller of the
/// tests has said that there is no Python here.
pub fn python() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("PGVEIL_TEST_PYTHON") {
        return Some(given.into());
    }
    if std::env::var_os("PGVEIL_WITHOUT_PYTHON").is_some() {
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/python");
    let made = Command::new(script).output().expect("scripts/python");
    assert!(made.status.success(), "no Python: {}", String::from_utf8_lossy(&made.stderr));
    Some(PathBuf::from(String::from_utf8_lossy(&made.stdout).trim()))
}

fn installed(python: &Path, module: &str) -> bool {
    let found = Command::new(python).args(["-c", &format!("import {module}")]).output().expect("Python");
    found.status.success()
}

/// One side of the comparison, as an application is told of it: libpq's variables.
struct Place {
    address: String,
    database: String,
    password: &'static str,
    /// File with the authority of whoever listens there.
    authority: PathBuf,
}

impl Place {
    fn url(&self) -> String {
        format!("postgresql://app:{}@{}/{}", self.password, self.address, self.database)
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let (host, port) = self.address.rsplit_once(':').expect("a port");
        vec![
            ("PGHOST", host.into()),
            ("PGPORT", port.into()),
            ("PGUSER", "app".into()),
            ("PGPASSWORD", self.password.into()),
            ("PGDATABASE", self.database.clone()),
            ("PGSSLMODE", "verify-full".into()),
            ("PGSSLROOTCERT", self.authority.display().to_string()),
            ("PGCHANNELBINDING", "require".into()),
        ]
    }
}

/// A plain database, and a protected one behind a proxy.
struct Sides {
    direct: Place,
    through: Place,
    _proxy: Proxy,
}

impl Sides {
    fn of(label: &str) -> Sides {
        let plain = database(&format!("{label}_plain"));
        plain.direct().run(PLAIN);
        let protected = database(&format!("{label}_protected"));
        protected.direct().run(STORED);
        let proxy = Proxy::start(&setup(&protected));
        let place = |address: &str, database: &Database, password, authority: &str| Place {
            address: address.into(),
            database: database.name.clone(),
            password,
            authority: proxy.directory.path().join(authority),
        };
        Sides {
            direct: place(&plain.server.address(), &plain, APP_PASSWORD, "server-ca.pem"),
            through: place(&proxy.address, &protected, CLIENT_PASSWORD, "ca.pem"),
            _proxy: proxy,
        }
    }
}

fn setup(protected: &Database) -> ProxySetup {
    let mut setup = ProxySetup::plain(&format!("localhost:{}", protected.server.postgres.port()));
    let (authority, certificate, key) = certificates();
    setup.listen = "tls_cert = \"proxy.crt\"\ntls_key = \"proxy.key\"".into();
    setup.sslmode = "verify-full".into();
    setup.upstream_more = "sslrootcert = \"server-ca.pem\"".into();
    setup.auth = "mode = \"scram\"\nusers = \"users.toml\"".into();
    setup.tables = format!(
        "[keys]\nkeyring = \"keyring.pgveil\"\nunlock = \"file:root.key\"\n\n[admin]\nurl = \"file:admin.dsn\"\n\n{POLICY}"
    );
    setup.files = [
        ("proxy.crt", certificate),
        ("proxy.key", key),
        ("ca.pem", authority),
        ("server-ca.pem", protected.server.authority.clone()),
        ("admin.dsn", protected.url()),
        ("clients.password", CLIENT_PASSWORD.into()),
        ("servers.password", APP_PASSWORD.into()),
    ]
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .into();
    let user = "users add app --password file:clients.password --upstream-password file:servers.password";
    setup.verbs = ["keys new", user, "policy accept", "apply"]
        .map(|verb| verb.split(' ').map(str::to_owned).collect())
        .into();
    setup
}

/// The steps that an application printed at one side.
fn steps(command: &[String], more: &[(&str, String)], place: &Place) -> Vec<Value> {
    let run = Command::new("timeout")
        .args(["--kill-after=5", LIMIT])
        .args(command)
        .envs(place.environment())
        .envs(more.iter().cloned())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the application");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{} at {}: {said}", command.join(" "), place.address);
    let lines = String::from_utf8(run.stdout).expect("UTF-8");
    lines.lines().map(|line| serde_json::from_str(line).expect("a step")).collect()
}

fn held(direct: &Value, through: &Value) -> bool {
    if direct["refused"] == true {
        let works = direct["step"] == through["step"] && direct["outcome"].get("value").is_some();
        return works && through["outcome"]["state"] == "0A000";
    }
    direct == through
}

/// Fails with every step that does not read the same, and says how many did.
fn compare(label: &str, direct: &[Value], through: &[Value]) {
    assert!(direct.len() > 20, "{label} ran");
    let differ: Vec<String> = direct
        .iter()
        .zip(through)
        .filter(|(direct, through)| !held(direct, through))
        .map(|(direct, through)| {
            format!("{}\n  direct  {}\n  through {}", direct["step"], direct["outcome"], through["outcome"])
        })
        .collect();
    assert!(differ.is_empty(), "{label}: {}", differ.join("\n"));
    assert_eq!(direct.len(), through.len(), "{label}: steps");
    let refused = direct.iter().filter(|step| step["refused"] == true).count();
    eprintln!("{label}: {} steps, {} the same, {refused} refused", direct.len(), direct.len() - refused);
}

/// Runs the application at both sides.
fn same(label: &str, command: impl Fn(&Place) -> Vec<String> + Sync, more: &[(&str, String)]) {
    let sides = Sides::of(&format!("drv_{label}"));
    let at = |place| steps(&command(place), more, place);
    let (direct, through) = std::thread::scope(|scope| {
        let direct = scope.spawn(|| at(&sides.direct));
        let through = at(&sides.through);
        (direct.join().expect("the direct side"), through)
    });
    compare(label, &direct, &through);
}

/// Runs a script in Python; `needs` are the modules without which it is left out.
fn in_python(label: &str, script: &str, arguments: &[&str], needs: &[&str]) {
    let Some(python) = python() else { return };
    if let Some(missing) = needs.iter().find(|module| !installed(&python, module)) {
        eprintln!("{label} is left out: no {missing} here");
        return;
    }
    let command = |place: &Place| {
        let mut words = vec![python.display().to_string(), here().join(script).display().to_string()];
        words.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        words.push(place.url());
        words
    };
    same(label, command, &[("PYTHONDONTWRITEBYTECODE", "1".into())]);
}

#[test]
fn psycopg() {
    in_python("psycopg", "psycopg_app.py", &[], &["psycopg"]);
}

#[test]
fn asyncpg() {
    in_python("asyncpg", "asyncpg_app.py", &[], &["asyncpg"]);
}

#[test]
fn pg8000() {
    in_python("pg8000", "pg8000_app.py", &[], &["pg8000"]);
}

#[test]
fn sqlalchemy_on_pg8000() {
    in_python("sqlalchemy_pg8000", "sqlalchemy_app.py", &["pg8000"], &["sqlalchemy", "greenlet", "pg8000"]);
}

#[test]
fn sqlalchemy_on_psycopg() {
    in_python("sqlalchemy", "sqlalchemy_app.py", &["psycopg"], &["sqlalchemy", "greenlet", "psycopg"]);
}

#[test]
fn sqlalchemy_on_psycopg2() {
    in_python(
        "sqlalchemy_psycopg2",
        "sqlalchemy_app.py",
        &["psycopg2"],
        &["sqlalchemy", "greenlet", "psycopg2"],
    );
}

#[test]
fn sqlalchemy_on_asyncpg() {
    in_python("sqlalchemy_async", "sqlalchemy_app.py", &["asyncpg"], &["sqlalchemy", "greenlet", "asyncpg"]);
}

#[test]
fn django() {
    in_python("django", "django_app.py", &[], &["django", "psycopg"]);
}

#[test]
fn orms_of_python() {
    let needs = ["peewee", "pony", "tortoise", "sqlmodel", "psycopg2", "psycopg", "asyncpg"];
    in_python("python_orms", "python_orms_app.py", &[], &needs);
}
