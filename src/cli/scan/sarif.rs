//! A scan's result as SARIF 2.1.0 (OASIS), which code hosts show beside the code.

use std::path::Path;

use serde_json::{Value, json};

use super::Result;
use super::report::name;
use crate::scan::Finding;

/// One run. The place of each result is the policy file, in which the tag is missing.
pub fn document(result: &Result, policy: &Path) -> Value {
    let one = |finding: &Finding| {
        let name = name(result, finding);
        let kind = finding.kind.label();
        json!({
            "ruleId": format!("personal-data/{kind}"),
            "level": if finding.score >= 75 { "error" } else { "warning" },
            "message": { "text": format!("{name} looks like {kind} and is not tagged") },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": policy.display().to_string() },
                    "region": { "startLine": 1 },
                },
                "logicalLocations": [{ "fullyQualifiedName": name, "kind": "member" }],
            }],
            "partialFingerprints": { "column/v1": name },
            "rank": finding.score,
        })
    };
    let mut rules: Vec<&str> = result.findings.iter().map(|finding| finding.kind.label()).collect();
    rules.sort_unstable();
    rules.dedup();
    let rule = |kind: &str| {
        json!({
            "id": format!("personal-data/{kind}"),
            "shortDescription": { "text": format!("A column that looks like {kind} and is not tagged") },
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pgveil scan",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            } },
            "results": result.findings.iter().map(one).collect::<Vec<_>>(),
        }],
    })
}
