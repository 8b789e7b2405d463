//! Findings as a tree for a person, or as JSON for a program.
//!
//! Knows how they are shown. Does not know where they come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Exit;
use crate::catalog::finding::{Finding, Weight};
use crate::catalog::model::Catalog;

/// The tree: every pinned relation, open or closed, and why.
pub fn tree(catalog: &Catalog, findings: &[Finding]) -> String {
    let mut branches: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for relation in catalog.relations().iter().filter(|r| r.pinned) {
        branches.entry(relation.name.to_string()).or_default();
    }
    for finding in findings {
        let branch = finding.relation.as_ref().map_or("the database".to_owned(), ToString::to_string);
        branches.entry(branch).or_default().push(finding);
    }
    let mut out = String::from("protected relations\n");
    let last = branches.len().saturating_sub(1);
    for (i, (name, findings)) in branches.iter().enumerate() {
        let heaviest = findings.iter().map(|f| f.weight).max();
        let (fork, stem) = if i == last { ("└─", "   ") } else { ("├─", "│  ") };
        let _written = writeln!(out, "{fork} {name}: {}", state(heaviest));
        for (j, finding) in findings.iter().enumerate() {
            let fork = if j + 1 == findings.len() { "└─" } else { "├─" };
            let place = finding.column.as_ref().map(|c| format!("{c}: ")).unwrap_or_default();
            let hint = finding.hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
            let _written = writeln!(out, "{stem}{fork} {place}{}{hint}", finding.message);
        }
    }
    out
}

fn state(weight: Option<Weight>) -> &'static str {
    match weight {
        None | Some(Weight::Note) => "in order",
        Some(Weight::Warning) => "open, with a warning",
        Some(Weight::Closes) => "CLOSED: statements on it are refused",
    }
}

/// Every finding as an object.
pub fn values(findings: &[Finding]) -> Value {
    let value = |finding: &Finding| {
        json!({
            "weight": match finding.weight {
                Weight::Note => "note",
                Weight::Warning => "warning",
                Weight::Closes => "closes",
            },
            "code": finding.code,
            "relation": finding.relation.as_ref().map(ToString::to_string),
            "column": finding.column,
            "message": finding.message,
            "hint": finding.hint,
        })
    };
    findings.iter().map(value).collect()
}

/// 2 if anything is closed.
pub fn exit(findings: &[Finding]) -> Exit {
    if findings.iter().any(|finding| finding.weight == Weight::Closes) { Exit::Findings } else { Exit::Done }
}
