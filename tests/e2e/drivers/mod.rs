//! Small applications on real drivers and ORMs, each run twice: on a plain database, and through
//! pgveil on a protected one. Every step must read the same; a step that pgveil has to refuse works
//! on the plain database and ends with 0A000 through pgveil.
//!
//! Knows no driver: an application prints one JSON line per step (`trace.py`). An application whose
//! packages are not installed is left out and said so; psycopg is always there.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Proxy, ProxySetup, database};

const POLICY: &str = include_str!("policy.toml");
/// As the application's migrations create the tables.
const PLAIN: &str = include_str!("plain.sql");
/// The same with the columns of another logical type as text, in which they are stored.
const STORED: &str = include_str!("stored.sql");

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

/// The steps that an application printed.
fn steps(python: &Path, script: &str, arguments: &[&str], url: &str) -> Vec<Value> {
    let run = Command::new(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(here().join(script))
        .args(arguments)
        .arg(url.replace("postgres://", "postgresql://"))
        .output()
        .expect("the application");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{script}: {said}");
    let lines = String::from_utf8(run.stdout).expect("UTF-8");
    lines.lines().map(|line| serde_json::from_str(line).expect("a step")).collect()
}

fn held(direct: &Value, through: &Value) -> bool {
    if direct["refused"] == true {
        return direct["outcome"].get("value").is_some() && through["outcome"]["state"] == "0A000";
    }
    direct == through
}

/// Runs the application on both sides; `needs` is the module without which it is left out.
fn same(label: &str, script: &str, arguments: &[&str], needs: &[&str]) {
    let Some(python) = python() else { return };
    if let Some(missing) = needs.iter().find(|module| !installed(&python, module)) {
        eprintln!("{script} is left out: no {missing} here");
        return;
    }
    let plain = database(&format!("{label}_plain"));
    plain.direct().run(PLAIN);
    let protected = database(&format!("{label}_protected"));
    protected.direct().run(STORED);

    let mut setup = ProxySetup::plain(&protected.server.address());
    setup.tables = format!(
        "[keys]\nkeyring = \"keyring.pgveil\"\nunlock = \"file:root.key\"\n\n[admin]\nurl = \"file:admin.dsn\"\n\n{POLICY}"
    );
    setup.files = vec![("admin.dsn".into(), protected.url().into_bytes())];
    let verbs: [&[&str]; 3] = [&["keys", "new"], &["policy", "accept"], &["apply"]];
    setup.verbs = verbs.iter().map(|verb| verb.iter().map(|word| (*word).to_owned()).collect()).collect();
    let proxy = Proxy::start(&setup);

    let direct = steps(&python, script, arguments, &plain.url());
    let through = steps(&python, script, arguments, &protected.url_at(&proxy.address));
    assert_eq!(direct.len(), through.len(), "steps");
    assert!(direct.len() > 20, "{script} ran");
    let differ: Vec<String> = direct
        .iter()
        .zip(&through)
        .filter(|(direct, through)| !held(direct, through))
        .map(|(direct, through)| {
            format!("{}\n  direct  {}\n  through {}", direct["step"], direct["outcome"], through["outcome"])
        })
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn psycopg() {
    same("drv_psycopg", "psycopg_app.py", &[], &["psycopg"]);
}

#[test]
fn asyncpg() {
    same("drv_asyncpg", "asyncpg_app.py", &[], &["asyncpg"]);
}

#[test]
fn sqlalchemy_on_psycopg() {
    same("drv_sqlalchemy", "sqlalchemy_app.py", &["psycopg"], &["sqlalchemy", "greenlet", "psycopg"]);
}

#[test]
fn sqlalchemy_on_asyncpg() {
    same("drv_sqlalchemy_async", "sqlalchemy_app.py", &["asyncpg"], &["sqlalchemy", "greenlet", "asyncpg"]);
}

#[test]
fn django() {
    same("drv_django", "django_app.py", &[], &["django", "psycopg"]);
}
