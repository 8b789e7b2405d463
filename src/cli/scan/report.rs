//! A scan's result for a person, for a program, and for the policy file. Counts and shapes; no value.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Result;
use super::suggest::suggest;
use crate::names::quoted;
use crate::policy::model::Mode;
use crate::scan::Finding;

/// Said with every result.
const LIMIT: &str =
    "No scan finds everything: a column that is not listed may hold personal data all the same.";

/// `schema.table.column` of a finding.
pub fn name(result: &Result, finding: &Finding) -> String {
    result
        .read
        .places
        .get(finding.column)
        .map(|place| format!("{}.{}", place.relation, quoted(&place.column)))
        .unwrap_or_default()
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Randomized => "randomized",
        Mode::Deterministic => "deterministic",
    }
}

/// One block a finding.
pub fn table(result: &Result) -> String {
    let mut out = String::new();
    let width = result.findings.iter().map(|f| name(result, f).chars().count()).max().unwrap_or(0);
    for finding in &result.findings {
        let suggestion = suggest(&result.read, finding);
        let shown = suggestion.as_ref().map_or("its type cannot be tagged".to_owned(), |suggestion| {
            format!("{} ({})", mode(suggestion.mode), suggestion.why)
        });
        let name = name(result, finding);
        let _written =
            writeln!(out, "{:>3}  {name:width$}  {:13}{shown}", finding.score, finding.kind.label());
        for evidence in &finding.evidence {
            let _written = writeln!(out, "     {:width$}  · {}", "", evidence.said);
        }
    }
    out
}

/// What is said on stderr after any form.
pub fn remarks(result: &Result) -> Vec<String> {
    let read = &result.read;
    let mut lines: Vec<String> =
        read.skipped.iter().map(|(relation, why)| format!("{relation}: not sampled, {why}")).collect();
    lines.push(format!(
        "{} columns, {} rows sampled: {} new findings, {} tagged already, {} ignored. {LIMIT}",
        read.places.len(),
        read.rows,
        result.findings.len(),
        result.tagged,
        result.ignored,
    ));
    lines
}

/// Stable: `schema_version` changes when a field's meaning does.
pub fn json(result: &Result) -> Value {
    let finding = |finding: &Finding| {
        let place = result.read.places.get(finding.column);
        let evidence: Vec<Value> = finding
            .evidence
            .iter()
            .map(|e| json!({ "kind": e.kind.label(), "weight": e.weight.round(), "said": e.said }))
            .collect();
        let suggestion = suggest(&result.read, finding)
            .map(|s| json!({ "mode": mode(s.mode), "domain": s.domain, "why": s.why }));
        json!({
            "column": name(result, finding),
            "type": place.map(|place| &place.type_name),
            "kind": finding.kind.label(),
            "score": finding.score,
            "evidence": evidence,
            "suggestion": suggestion,
        })
    };
    let skipped: Vec<Value> = result
        .read
        .skipped
        .iter()
        .map(|(relation, why)| json!({ "relation": relation.to_string(), "why": why }))
        .collect();
    json!({
        "schema_version": 1,
        "findings": result.findings.iter().map(finding).collect::<Vec<_>>(),
        "tagged": result.tagged,
        "ignored": result.ignored,
        "columns": result.read.places.len(),
        "rows": result.read.rows,
        "skipped": skipped,
        "limit": LIMIT,
    })
}

/// To paste into the configuration. The phase is the first: nothing changes by tagging alone.
pub fn toml(result: &Result) -> String {
    let mut out = String::new();
    for finding in &result.findings {
        let name = name(result, finding);
        let _written = writeln!(out, "# {}, {} of 100", finding.kind.label(), finding.score);
        let Some(suggestion) = suggest(&result.read, finding) else {
            let _written = writeln!(out, "# {name}: a column of this type cannot be tagged\n");
            continue;
        };
        let _written = writeln!(
            out,
            "[[column]]\nname   = {}\nmode   = \"{}\"  # {}\ndomain = {}\nphase  = \"plain\"\n",
            toml::Value::String(name),
            mode(suggestion.mode),
            suggestion.why,
            toml::Value::String(suggestion.domain),
        );
    }
    out
}
