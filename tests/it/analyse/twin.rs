//! What becomes of every statement that goes through pgveil and directly: tests/cases/twin.
//!
//! Each is judged with its constants in the text (`text:`), with parameters of unsaid types (`$:`) and of declared
//! ones (`$ declared:`, where it differs), the first also in other circumstances.

use std::fmt::Write as _;

use pgveil::sql::known::Protocol;

use super::recorded::{Session, compare, files};

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

/// All that is said of one case.
fn said(session: &Session, others: &[(&str, Session)], case: &[String]) -> String {
    let mut out = String::new();
    let (mut simple, mut unsaid, mut declared) = (session.clone(), session.clone(), session.clone());
    let mut others = others.to_vec();
    for statement in case {
        let (text, _) = spelt(statement, false);
        let _ = writeln!(out, "{statement}");
        let usual = simple.judged(&text, Protocol::Simple, &[]);
        let _ = writeln!(out, "  text: {usual}");
        for (name, other) in &mut others {
            let said = other.judged(&text, Protocol::Simple, &[]);
            if said != usual {
                let _ = writeln!(out, "  {name}: {said}");
            }
        }
        if !statement.contains('«') {
            continue;
        }
        let (text, types) = spelt(statement, true);
        let open = unsaid.judged(&text, Protocol::Extended, &[]);
        let closed = declared.judged(&text, Protocol::Extended, &types);
        let _ = writeln!(out, "  $: {open}");
        if closed != open {
            let _ = writeln!(out, "  $ declared: {closed}");
        }
    }
    out
}

#[test]
fn every_statement_sent_to_twins_is_judged_as_it_was() {
    let (session, others) = (Session::new("twin"), Session::others("twin"));
    let mut count = 0;
    for (name, text) in files("twin", "sql") {
        let said: Vec<String> = cases(&text).iter().map(|case| said(&session, &others, case)).collect();
        count += said.len();
        compare("twin", &name, &said);
    }
    assert!(count > 1_000, "there are cases");
}
