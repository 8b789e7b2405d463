//! docs/sql-support.md is made of the cases; docs/errors.md has an entry for every reason.

use std::fmt::Write as _;
use std::path::Path;

use super::cases::{Paragraph, files, said};

fn documents() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// One line a statement: what becomes of it.
fn fate(said: &[String]) -> String {
    let refused = said.iter().find_map(|l| l.strip_prefix("refuse "));
    if let Some(refused) = refused {
        let reason = refused.split_whitespace().next().unwrap_or_default();
        return format!("refused: [{reason}](errors.md#{reason})");
    }
    if said.iter().all(|l| l == "clear") {
        return "forwarded as it is".into();
    }
    let count = |word: &str| said.iter().map(|l| l.matches(word).count()).sum::<usize>();
    let (sealed, opened) = (count("sealed"), count("opened"));
    let mut words = Vec::new();
    if sealed > 0 {
        words.push(format!("{sealed} sealed"));
    }
    if opened > 0 {
        words.push(format!("{opened} opened"));
    }
    if words.is_empty() { "works".into() } else { format!("works: {}", words.join(", ")) }
}

fn support() -> String {
    let mut out = String::from(
        "# SQL support\n\n\
         Made from the cases of `tests/cases/analyse` (the database is `schema.txt` there); a test \
         fails when this page is stale.\n",
    );
    for (_, paragraphs) in files() {
        for paragraph in paragraphs {
            match paragraph {
                Paragraph::Remark(text) => {
                    let heading = text.trim_start_matches('#').trim();
                    let _ = write!(out, "\n## {heading}\n\n| statement | |\n|---|---|\n");
                }
                Paragraph::Case(case) => {
                    let fate = fate(&said(&case));
                    let statement = case.statement.replace('\n', " ").replace('|', "\\|");
                    let _ = writeln!(out, "| `` {statement} `` | {fate} |");
                }
            }
        }
    }
    out
}

#[test]
fn sql_support_is_not_stale() {
    let path = documents().join("sql-support.md");
    let now = support();
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, &now).expect("write docs/sql-support.md");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == now, "docs/sql-support.md is stale: run the tests with UPDATE_CASES=1");
}

#[test]
fn every_reason_has_an_entry() {
    let text = std::fs::read_to_string(documents().join("errors.md")).expect("docs/errors.md");
    let missing: Vec<&str> = pgveil::sql::REASONS
        .iter()
        .map(|reason| reason.0)
        .filter(|reason| !text.lines().any(|line| line == format!("### {reason}")))
        .collect();
    assert!(missing.is_empty(), "reasons without an entry in docs/errors.md: {missing:?}");
}
