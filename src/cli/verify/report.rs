//! A proof as JSON, and as text for a person. Names of columns, counts and places; never a value.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::crypto::Keyring;
use crate::jobs::dump::SearchedFile;
use crate::jobs::verify::ColumnProof;
use crate::policy::edit;
use crate::policy::model::{Mode, Policy, column_name};

/// One object a column.
pub fn columns(policy: &Policy, proofs: &[ColumnProof], keyring: &Keyring) -> Value {
    let value = |proof: &ColumnProof| {
        let column = policy.column(proof.column)?;
        let keys: Vec<Value> = proof
            .census
            .counts
            .iter()
            .map(|(kept, count)| {
                let key = kept.key();
                let state = keyring.keys().iter().find(|held| Some(held.id) == key);
                json!({ "key": key.map(|key| key.to_string()), "state": state.map(|held| held.state.name()),
                        "values": count })
            })
            .collect();
        let faults: serde_json::Map<String, Value> =
            proof.faults.iter().map(|(fault, count)| (fault.name().to_owned(), json!(count))).collect();
        let found: Vec<Value> = proof
            .found
            .iter()
            .map(|found| {
                let place = found.place.map_or_else(|| "DEFAULT".to_owned(), |place| place.to_string());
                json!({ "relation": found.relation.to_string(), "ctid": place,
                        "fault": found.fault.name() })
            })
            .collect();
        Some(json!({
            "column": column_name(&column.relation, &column.column),
            "domain": column.domain,
            "mode": match column.mode {
                Mode::Randomized => "randomized",
                Mode::Deterministic => "deterministic",
            },
            "phase": edit::word(column.phase),
            "rows": proof.rows,
            "nulls": proof.nulls,
            "good": proof.good,
            "plaintext_admitted": proof.admitted,
            "keys": keys,
            "faults": faults,
            "found": found,
        }))
    };
    proofs.iter().filter_map(value).collect()
}

/// One object a file.
pub fn files(files: &[SearchedFile]) -> Value {
    let value = |file: &SearchedFile| {
        let hits: Vec<Value> = file
            .searched
            .told
            .iter()
            .map(|hit| json!({ "of": hit.owner, "spelling": hit.spelling.name(), "first_at": hit.at, "hits": hit.count }))
            .collect();
        json!({ "path": file.path.display().to_string(), "format": file.format, "bytes": file.searched.bytes,
                "hits": file.searched.hits, "found": hits })
    };
    files.iter().map(value).collect()
}

/// The same for a person.
pub fn text(content: &Value) -> String {
    let mut out = String::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for column in list(&content["columns"]) {
        let _written = writeln!(
            out,
            "{}  {}  {} rows: {} {}, {} NULL{}",
            word(&column["column"]),
            word(&column["phase"]),
            column["rows"],
            column["good"],
            if content["opened"] == true { "opened" } else { "with an envelope's head" },
            column["nulls"],
            match column["plaintext_admitted"].as_u64() {
                None | Some(0) => String::new(),
                Some(count) => format!(", {count} still plaintext"),
            }
        );
        for key in list(&column["keys"]) {
            let id = key["key"].as_str().unwrap_or("no key  ");
            let state = key["state"].as_str().unwrap_or("-");
            let _written = writeln!(out, "  {id}  {state:<13} {:>12}", key["values"].to_string());
        }
        for (fault, count) in column["faults"].as_object().into_iter().flatten() {
            let _written = writeln!(out, "  FOUND {count} {fault}");
        }
        for found in list(&column["found"]) {
            let place = (word(&found["relation"]), word(&found["ctid"]), word(&found["fault"]));
            let _written = writeln!(out, "    {} {}: {}", place.0, place.1, place.2);
        }
    }
    for closed in list(&content["closed"]) {
        let _written = writeln!(out, "FOUND {}: {}", word(&closed["relation"]), word(&closed["message"]));
    }
    for file in list(&content["searched"]) {
        let _written = writeln!(
            out,
            "{}  {} bytes, {} values searched for: {} hits",
            word(&file["path"]),
            file["bytes"],
            content["searched_for"],
            file["hits"]
        );
        for hit in list(&file["found"]) {
            let _written = writeln!(
                out,
                "  FOUND values of {} ({}) {} times, first at byte {}",
                word(&hit["of"]),
                word(&hit["spelling"]),
                hit["hits"],
                hit["first_at"]
            );
        }
    }
    let _written = writeln!(out, "{}", word(&content["verdict"]));
    out
}
