//! What becomes of every statement that tests/e2e sends through pgveil and directly (tests/cases/twin), with the shape
//! that a server said then: tests/cases/twin/recorded, and the expected verdicts in plans. No server is asked.
//!
//! Each statement is judged with its constants in the text (`text:`), with parameters of unsaid types (`$:`) and of
//! declared ones (`$ declared:`, where it differs). Run with `UPDATE_CASES=1` to write what is said now; read the
//! difference before it is kept.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pgveil::catalog::fetch::{Part, Reader};
use pgveil::catalog::lockfile;
use pgveil::policy::join::{Joined, join};
use pgveil::policy::load;
use pgveil::policy::standing::Standings;
use pgveil::sql::explain::Explained;
use pgveil::sql::known::{Known, Protocol, SessionNames};
use pgveil::sql::lexer::Tokens;
use pgveil::sql::{TextVerdict, judge_text, view_lineage};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/twin")
}

/// Catalog and policy as they are served there.
fn recorded() -> Joined {
    let text = |file| std::fs::read_to_string(folder().join("recorded").join(file)).expect(file);
    let mut reader = Reader::default();
    for line in text("shape.txt").lines() {
        let (name, row) = line.split_once(' ').expect("a part and a row");
        let part = Part::ALL.into_iter().find(|part| format!("{part:?}") == name).expect("a part");
        reader.row(part, row).expect("a row");
    }
    let pin = lockfile::open(text("pgveil.lock").as_bytes(), |_, _| true).expect("a pin");
    let tags = load::tags("policy.toml", &text("policy.toml")).expect("a policy");
    let joined = join(&tags, &pin, &reader.finish().expect("a shape"), &view_lineage);
    assert_eq!(joined.findings, [], "all is open");
    joined
}

/// A statement in the notation of the files, with its constants in the text or as parameters; and the types of those.
fn spelt(statement: &str, parameters: bool) -> (String, Vec<u32>) {
    let (mut text, mut types, mut rest) = (String::new(), Vec::new(), statement);
    while let Some((before, after)) = rest.split_once('«') {
        let (hole, after) = after.split_once('»').expect("a closing »");
        let (ty, value) = hole.split_once(':').expect("type:value");
        types.push(oid(ty));
        text.push_str(before);
        match (parameters, value) {
            (true, _) => {
                let _ = write!(text, "${}", types.len());
            }
            (false, "\\N") => text.push_str("NULL"),
            (false, _) if ty.starts_with("int") && value.parse::<i64>().is_ok() => text.push_str(value),
            (false, _) => {
                let _ = write!(text, "'{}'", value.replace('\'', "''"));
            }
        }
        rest = after;
    }
    text.push_str(rest);
    (text, types)
}

/// `pg_type.oid`; 0, which a client sends for what it does not say, of others.
fn oid(ty: &str) -> u32 {
    match ty {
        "bool" => 16,
        "bytea" => 17,
        "int8" => 20,
        "int2" => 21,
        "int4" => 23,
        "text" => 25,
        "json" => 114,
        "float4" => 700,
        "float8" => 701,
        "inet" => 869,
        "int4[]" => 1007,
        "text[]" => 1009,
        "bpchar" => 1042,
        "varchar" => 1043,
        "date" => 1082,
        "time" => 1083,
        "timestamp" => 1114,
        "timestamptz" => 1184,
        "interval" => 1186,
        "numeric" => 1700,
        "uuid" => 2950,
        "jsonb" => 3802,
        _ => 0,
    }
}

/// Statements that one session runs one after the other: one, or all of a paragraph that is run `-- together`.
fn cases(file: &str) -> Vec<Vec<String>> {
    let mut cases = Vec::new();
    for paragraph in file.split("\n\n") {
        let (mut statements, mut together) = (Vec::<String>::new(), false);
        for line in paragraph.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("| ")) {
            match (line.starts_with("-- "), line.strip_prefix(' '), statements.last_mut()) {
                (true, ..) => together |= line == "-- together",
                (_, Some(more), Some(last)) => {
                    let _ = write!(last, "\n{more}");
                }
                _ => statements.push(line.into()),
            }
        }
        match together {
            true => cases.push(statements),
            false => cases.extend(statements.into_iter().map(|statement| vec![statement])),
        }
    }
    cases
}

/// What is said of the text, and what of it the session remembers.
fn judged(
    joined: &Joined,
    names: &mut SessionNames,
    text: &str,
    protocol: Protocol,
    declared: &[u32],
) -> String {
    let standings = Standings::settled(&joined.policy);
    let before = names.clone();
    let known = Known {
        catalog: &joined.catalog,
        policy: &joined.policy,
        standings: &standings,
        names: &before,
        declared,
        protocol,
    };
    let mut tokens = Tokens::default();
    let verdict = judge_text(text.as_bytes(), &mut tokens, &known);
    let explained = |span| Explained {
        text: text.as_bytes(),
        tokens: &tokens,
        span,
        policy: known.policy,
        standings: known.standings,
    };
    match verdict {
        TextVerdict::Clear(_) => "clear".into(),
        TextVerdict::Refuse(refusal) => explained(Default::default())
            .lines(&pgveil::sql::verdict::Verdict::Refuse(refusal))
            .join("\n    "),
        TextVerdict::Statements(statements) => {
            let mut lines = Vec::new();
            for (span, judged) in &statements {
                lines.extend(explained(*span).lines(&judged.verdict));
                lines.extend(explained(*span).changes(&judged.changes));
                for effect in &judged.effects {
                    lines.push(format!("then: {effect:?}"));
                    names.apply(effect, &judged.verdict);
                }
                lines.extend(judged.settings.iter().map(|effect| format!("then: {effect:?}")));
            }
            lines.join("\n    ")
        }
    }
}

/// All that is said of one case.
fn said(joined: &Joined, case: &[String]) -> String {
    let mut out = String::new();
    let (mut simple, mut unsaid, mut declared) =
        (SessionNames::default(), SessionNames::default(), SessionNames::default());
    for statement in case {
        let (text, _) = spelt(statement, false);
        let _ = writeln!(out, "{statement}");
        let _ = writeln!(out, "  text: {}", judged(joined, &mut simple, &text, Protocol::Simple, &[]));
        if !statement.contains('«') {
            continue;
        }
        let (text, types) = spelt(statement, true);
        let open = judged(joined, &mut unsaid, &text, Protocol::Extended, &[]);
        let closed = judged(joined, &mut declared, &text, Protocol::Extended, &types);
        let _ = writeln!(out, "  $: {open}");
        if closed != open {
            let _ = writeln!(out, "  $ declared: {closed}");
        }
    }
    out
}

#[test]
fn every_statement_sent_to_twins_is_judged_as_it_was() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let joined = recorded();
    let (mut count, mut wrong) = (0, String::new());
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("tests/cases/twin")
        .map(|entry| entry.expect("entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "sql"));
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case file");
        let plans = folder().join("plans").join(path.file_name().expect("a name")).with_extension("txt");
        let said: Vec<String> = cases(&text).iter().map(|case| said(&joined, case)).collect();
        count += said.len();
        if update {
            std::fs::write(plans, said.join("\n")).expect("write the plans");
            continue;
        }
        let expected = std::fs::read_to_string(&plans).expect("the plans");
        let expected: Vec<&str> = expected.trim_end().split("\n\n").map(str::trim_end).collect();
        if said.len() != expected.len() {
            let _ = writeln!(wrong, "{}: {} cases, {} plans", path.display(), said.len(), expected.len());
        }
        for (said, expected) in
            said.iter().zip(expected).filter(|(said, expected)| said.trim_end() != *expected)
        {
            let _ = write!(wrong, "said     {said}expected {expected}\n\n");
        }
    }
    assert!(count > 1_000, "there are cases");
    assert!(wrong.is_empty(), "{wrong}");
}
