//! The applications of other languages, and one that is a package of its own.
//!
//! What a stack needs and where it is, `scripts/drivers` knows.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{here, in_python, same};

/// The directory, class path or the like that a stack's drivers are in; `None`, and said so, if they
/// are not here.
fn drivers(stack: &str) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/drivers");
    let found = Command::new(script).arg(stack).output().expect("scripts/drivers");
    if !found.status.success() {
        let said = String::from_utf8_lossy(&found.stderr);
        eprintln!("{stack} is left out: {}", said.lines().last().unwrap_or_default());
        return None;
    }
    Some(String::from_utf8_lossy(&found.stdout).trim().to_owned())
}

fn words(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn script(name: &str) -> String {
    here().join(name).display().to_string()
}

/// Compiles into a directory that goes with the test.
fn compiled(program: &str, arguments: &[&str], environment: &[(&str, &str)]) {
    let made =
        Command::new(program).args(arguments).envs(environment.iter().copied()).output().expect(program);
    assert!(made.status.success(), "{program}: {}", String::from_utf8_lossy(&made.stderr));
}

fn in_node(label: &str, name: &str) {
    let Some(modules) = drivers("node") else { return };
    same(label, |_| words(&["node", &script(name)]), &[("PGVEIL_NODE_MODULES", modules)]);
}

#[test]
fn node_postgres() {
    in_node("node_pg", "node_pg_app.mjs");
}

#[test]
fn postgres_js() {
    in_node("postgres_js", "postgres_js_app.mjs");
}

#[test]
fn orms_of_node() {
    in_node("node_orms", "node_orms_app.mjs");
}

#[test]
fn models_of_node() {
    in_node("node_models", "node_models_app.mjs");
}

#[test]
fn pgjdbc() {
    let Some(jar) = drivers("java") else { return };
    let classes = tempfile::tempdir().expect("a directory");
    let into = classes.path().display().to_string();
    compiled("javac", &["-cp", &jar, "-d", &into, &script("JdbcApp.java")], &[]);
    let path = format!("{jar}:{into}");
    same("pgjdbc", |_| words(&["java", "-XX:TieredStopAtLevel=1", "-cp", &path, "JdbcApp"]), &[]);
}

#[test]
fn php() {
    let Some(program) = drivers("php") else { return };
    same("php", |_| words(&[&program, &script("pdo_app.php")]), &[]);
}

#[test]
fn ruby() {
    let Some(program) = drivers("ruby") else { return };
    same("ruby", |_| words(&[&program, &script("rails_app.rb")]), &[]);
}

#[test]
fn go() {
    let Some(sources) = drivers("go") else { return };
    let built = tempfile::tempdir().expect("a directory");
    let program = built.path().join("app").display().to_string();
    let cache: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go-cache");
    let cache = cache.display().to_string();
    let environment = [("GO111MODULE", "off"), ("GOPATH", sources.as_str()), ("GOCACHE", cache.as_str())];
    compiled("go", &["build", "-o", &program, &script("go/app.go")], &environment);
    same("go", |_| words(&[&program]), &[]);
}

#[test]
fn hibernate() {
    let Some(path) = drivers("hibernate") else { return };
    let classes = tempfile::tempdir().expect("a directory");
    let into = classes.path().display().to_string();
    compiled("javac", &["-nowarn", "-cp", &path, "-d", &into, &script("HibernateApp.java")], &[]);
    let path = format!("{path}:{into}");
    // Its byte code is of a time before modules.
    let opened = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    same(
        "hibernate",
        |_| words(&["java", "-XX:TieredStopAtLevel=1", opened, "-cp", &path, "HibernateApp"]),
        &[],
    );
}

#[test]
fn orms_of_php() {
    let Some(program) = drivers("php-orms") else { return };
    same("php_orms", |_| words(&[&program, &script("eloquent_app.php")]), &[]);
}

#[test]
fn prisma() {
    let Some(place) = drivers("prisma") else { return };
    same("prisma", |_| words(&["node", &script("prisma_app.mjs")]), &[("PGVEIL_PRISMA", place)]);
}

#[test]
fn perl() {
    let Some(program) = drivers("perl") else { return };
    same("perl", |_| words(&[&program, &script("dbi_app.pl")]), &[]);
}

#[test]
fn orm_of_perl() {
    let Some(program) = drivers("perl-orm") else { return };
    same("dbix_class", |_| words(&[&program, &script("dbix_class_app.pl")]), &[]);
}

#[test]
fn r() {
    let Some(program) = drivers("r") else { return };
    let command = |_: &super::Place| words(&[&program, "--vanilla", &script("r_app.R")]);
    same("r", command, &[("LC_ALL", "C.UTF-8".into())]);
}

#[test]
fn odbc() {
    if drivers("odbc").is_some() {
        in_python("odbc", "odbc_app.py", &[], &["pyodbc"]);
    }
}

#[test]
fn libpqxx() {
    let Some(compiler) = drivers("libpqxx") else { return };
    let built = tempfile::tempdir().expect("a directory");
    let program = built.path().join("app").display().to_string();
    let source = script("libpqxx_app.cpp");
    compiled(&compiler, &["-std=c++17", "-O0", "-w", "-o", &program, &source, "-lpqxx", "-lpq"], &[]);
    same("libpqxx", |_| words(&[&program]), &[]);
}

#[test]
fn haskell() {
    let Some(compiler) = drivers("haskell") else { return };
    let built = tempfile::tempdir().expect("a directory");
    let (into, program) = (built.path().display().to_string(), built.path().join("app"));
    let program = program.display().to_string();
    let source = script("postgres_simple_app.hs");
    compiled(&compiler, &["-O0", "-v0", "-outputdir", &into, "-o", &program, &source], &[]);
    same("haskell", |_| words(&[&program]), &[]);
}

#[test]
fn sqlx() {
    let Some(program) = drivers("sqlx") else { return };
    same("sqlx", |_| words(&[&program]), &[]);
}

#[test]
fn diesel() {
    let Some(program) = drivers("diesel") else { return };
    same("diesel", |_| words(&[&program]), &[]);
}
