//! What becomes of every statement that is sent to carry a secret up (tests/cases/attack), of the ordinary ones of
//! tests/cases/protected, and of those that no server is sent (tests/cases/judged, and tests/cases/wide over a schema with more of everything); also in other
//! circumstances, where more or less is possible then. Each paragraph is a session; what goes straight to the server
//! is not heard of.

use std::fmt::Write as _;

use pgveil::sql::known::Protocol;

use super::recorded::{Session, compare, files};

/// The statement, how it is sent, and the types that its values declare; `None` of what pgveil is not sent.
fn sent(line: &str) -> Option<(String, Protocol, Vec<u32>)> {
    let (kind, rest) = line.split_once(' ')?;
    let rest = rest.replace("\\n", "\n");
    let mut parts = rest.split(" ;; ");
    let sql = parts.next().unwrap_or_default().to_owned();
    let declared = |part: &str| part.split_once(':').and_then(|(oid, _)| oid.parse().ok()).unwrap_or(0);
    match kind {
        ">" => Some((rest, Protocol::Simple, Vec::new())),
        "$" | "$b" => Some((sql, Protocol::Extended, parts.map(declared).collect())),
        "$n" => Some((sql, Protocol::Extended, Vec::new())),
        _ => None,
    }
}

fn said(session: &Session, others: &[(&str, Session)], case: &str) -> String {
    let (mut session, mut others, mut out) = (session.clone(), others.to_vec(), String::new());
    for line in case.lines() {
        let Some((text, protocol, declared)) = sent(line) else { continue };
        let usual = session.judged(&text, protocol, &declared);
        let _ = writeln!(out, "{line}\n    {usual}");
        for (name, other) in &mut others {
            let said = other.judged(&text, protocol, &declared);
            if said != usual {
                let _ = writeln!(out, "  {name}: {said}");
            }
        }
    }
    out
}

#[test]
fn every_statement_of_an_attack_is_judged_as_it_was() {
    for (recorded, cases, least) in
        [("attack", "attack", 50), ("attack", "protected", 1), ("attack", "judged", 5), ("wide", "wide", 5)]
    {
        let (session, others) = (Session::new(recorded), Session::others(recorded));
        let mut count = 0;
        for (name, text) in files(cases, "txt") {
            let paragraphs = text.split("\n\n").map(|case| said(&session, &others, case));
            let said: Vec<String> = paragraphs.filter(|said| !said.is_empty()).collect();
            count += said.len();
            compare(cases, &name, &said);
        }
        assert!(count >= least, "there are cases of {cases}");
    }
}
