//! `pgveil scan` on three schemas of the kind that firms have: what it finds, what it leaves alone,
//! and that it never says a value.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Database, database};

/// One schema, loaded, with a configuration that points to it.
struct Scanned {
    database: Database,
    directory: tempfile::TempDir,
    personal: Vec<String>,
}

fn load(label: &str, sql: &str) -> Scanned {
    let database = database(label);
    let mut direct = database.direct();
    direct.run(include_str!("schemas/made_up.sql"));
    direct.run(sql);
    direct.run("ANALYZE");
    let directory = tempfile::tempdir().expect("a directory");
    let scanned = Scanned { personal: marked(sql), database, directory };
    scanned.configure("");
    scanned
}

impl Scanned {
    fn configuration(&self) -> PathBuf {
        self.directory.path().join("pgveil.toml")
    }

    fn configure(&self, policy: &str) {
        let url = self.database.host_url();
        fs::write(self.directory.path().join("admin.url"), url).expect("written");
        let text = format!(
            "version = 1\n[listen]\naddress = \"127.0.0.1:0\"\n[upstream]\nhosts = [\"127.0.0.1:5432\"]\n\
             sslmode = \"disable\"\n[auth]\nmode = \"relay\"\n[admin]\nurl = \"file:admin.url\"\n{policy}"
        );
        fs::write(self.configuration(), text).expect("written");
    }

    fn scan(&self, arguments: &[&str]) -> Output {
        let configuration = self.configuration();
        Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .args(["scan", "-c", configuration.to_str().expect("a path")])
            .args(arguments)
            .output()
            .expect("run")
    }

    /// The columns that are found, with the exit code checked.
    fn found(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.scan(&[arguments, &["--json"]].concat());
        let json: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
        let findings = json["findings"].as_array().expect("findings");
        assert_eq!(output.status.code(), Some(if findings.is_empty() { 0 } else { 2 }));
        findings.iter().map(|f| f["column"].as_str().expect("a name").to_owned()).collect()
    }
}

/// The columns whose line ends with the mark.
fn marked(sql: &str) -> Vec<String> {
    let mut table = String::new();
    let mut columns = Vec::new();
    for line in sql.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] | ["CREATE", "MATERIALIZED", "VIEW", name, ..] => {
                table = (*name).to_owned();
            }
            [.., "--", "!"] => {
                let alias = words.iter().position(|word| *word == "AS").and_then(|at| words.get(at + 1));
                let column = alias.or(words.first()).expect("a column").trim_end_matches(',');
                columns.push(format!("public.{table}.{column}"));
            }
            _ => {}
        }
    }
    columns
}

struct Score {
    recall: f64,
    precision: f64,
    missed: Vec<String>,
    wrong: Vec<String>,
}

fn score(scanned: &Scanned, arguments: &[&str]) -> Score {
    let found = scanned.found(arguments);
    let hits = found.iter().filter(|name| scanned.personal.contains(name)).count() as f64;
    Score {
        recall: hits / scanned.personal.len() as f64,
        precision: hits / found.len() as f64,
        missed: scanned.personal.iter().filter(|name| !found.contains(name)).cloned().collect(),
        wrong: found.iter().filter(|name| !scanned.personal.contains(name)).cloned().collect(),
    }
}

fn holds(label: &str, sql: &str) {
    let scanned = load(label, sql);
    let score = score(&scanned, &[]);
    println!("{label}: recall {:.3}, precision {:.3}", score.recall, score.precision);
    assert!(
        score.recall >= 0.95 && score.precision >= 0.9,
        "missed {:?}, wrong {:?}",
        score.missed,
        score.wrong
    );
}

#[test]
fn a_romanian_erp() {
    holds("scan_erp_ro", include_str!("schemas/erp_ro.sql"));
}

#[test]
fn a_german_shop() {
    holds("scan_shop_de", include_str!("schemas/shop_de.sql"));
}

#[test]
fn an_english_product() {
    holds("scan_saas_en", include_str!("schemas/saas_en.sql"));
}

#[test]
fn no_form_of_the_result_holds_a_value_and_nothing_is_changed() {
    let scanned = load("scan_values", include_str!("schemas/saas_en.sql"));
    let rows = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables";
    let before = scanned.database.host().value(rows);
    for form in [&[][..], &["--json"], &["--toml"], &["--sarif"], &["--from-stats"], &["--dry-run"]] {
        let output = scanned.scan(form);
        assert_eq!(output.status.code(), Some(2), "{form:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("text").to_lowercase();
        for value in
            ["popescu", "@company", "baker", "$2a$", "192.168", "203.0.113", "+44", "prefers", "smtp"]
        {
            assert!(!said.contains(value), "{form:?} says {value}");
        }
    }
    assert_eq!(scanned.database.host().value(rows), before);
}

#[test]
fn what_is_tagged_or_ignored_with_a_reason_is_not_found_again() {
    let scanned = load("scan_tagged", include_str!("schemas/shop_de.sql"));
    let toml = scanned.scan(&["--toml"]);
    let pasted = String::from_utf8(toml.stdout).expect("text");
    scanned.configure(&pasted);
    assert_eq!(scanned.found(&[]), Vec::<String>::new());
    assert!(pasted.contains("mode   = \"deterministic\"  # a unique index stands on it"), "{pasted}");

    scanned.configure("");
    let ignore = scanned.directory.path().join("pgveil.ignore.toml");
    let entries: String = scanned
        .found(&[])
        .iter()
        .map(|name| format!("[[ignore]]\ncolumn = '{name}'\nreason = 'looked at'\n"))
        .collect();
    fs::write(&ignore, entries).expect("written");
    assert_eq!(scanned.found(&[]), Vec::<String>::new());
    fs::write(&ignore, "[[ignore]]\ncolumn = 'public.x.y'\nreason = ' '\n").expect("written");
    assert_eq!(scanned.scan(&[]).status.code(), Some(3));
    fs::write(&ignore, "[[ignore]]\ncolumn = 'public.x.y'\nreasons = 'x'\n").expect("written");
    assert_eq!(scanned.scan(&[]).status.code(), Some(3));
}

#[test]
fn names_alone_and_statistics_find_most() {
    let scanned = load("scan_names", include_str!("schemas/erp_ro.sql"));
    let names = score(&scanned, &["--names-only"]);
    let statistics = score(&scanned, &["--from-stats"]);
    println!(
        "names {:.3} {:.3}, statistics {:.3} {:.3}",
        names.recall, names.precision, statistics.recall, statistics.precision
    );
    assert!(names.recall >= 0.8, "missed {:?}", names.missed);
    assert!(statistics.recall >= 0.9, "missed {:?}", statistics.missed);
}

#[test]
fn a_table_that_cannot_be_read_is_named_and_the_others_are_scanned() {
    let scanned = load("scan_skipped", include_str!("schemas/shop_de.sql"));
    scanned.database.direct().run(
        "CREATE FUNCTION fails(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE EXCEPTION ''no''; END'; \
         CREATE TABLE hidden (email text); INSERT INTO hidden VALUES ('x'); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; \
         ALTER TABLE hidden FORCE ROW LEVEL SECURITY; CREATE POLICY p ON hidden USING (fails(email) = '')",
    );
    let all = scanned.found(&[]);
    assert!(all.contains(&"public.hidden.email".to_owned()), "by its name");
    assert!(all.contains(&"public.\"Kunden\".\"EMailAdresse\"".to_owned()));
}
