//! What the server says of the schema of cases, as files: `recorded` in tests/cases/twin and tests/cases/attack. With
//! them tests/it knows, without a server, what becomes of every statement of the cases.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use pgveil::catalog::fetch::{BEGIN, END, Part};
use serde_json::Value;

use crate::support::{Database, Proxy};

/// Relations of the system that cases name.
const SYSTEM: [(&str, &str); 3] =
    [("pg_catalog", "pg_class"), ("pg_catalog", "pg_prepared_statements"), ("information_schema", "tables")];
/// Where oids of what the schema made begin in the file.
const FIRST: u64 = 20_000;
/// The version whose answers are recorded: those of others differ in what the system has.
const MAJOR: u32 = 15;

/// The rows of all parts, one a line behind the part's name, with oids that are the same every time.
fn shape(database: &Database) -> String {
    let mut asks = database.host();
    asks.run(BEGIN);
    let mut oids: HashMap<u64, u64> = HashMap::new();
    let mut lines = String::new();
    for part in Part::ALL {
        let sql = part.sql().replace("$1::text[]", "NULL::text[]");
        for row in asks.rows(&sql) {
            let mut row: Value = serde_json::from_str(row[0].as_deref().expect("JSON")).expect("JSON");
            if part == Part::Relations {
                let (schema, name) = (row["schema"].as_str(), row["name"].as_str());
                let system = SYSTEM.iter().any(|s| (Some(s.0), Some(s.1)) == (schema, name));
                if !matches!(schema, Some("public" | "other" | "third")) && !system {
                    continue;
                }
                let next = FIRST + oids.len() as u64;
                oids.insert(row["oid"].as_u64().expect("an oid"), next);
            }
            for of in ["oid", "relation"] {
                let Some(oid) = row.get(of).and_then(Value::as_u64) else { continue };
                row[of] = Value::from(oids.get(&oid).copied().unwrap_or_default());
            }
            if matches!(row.get("relation").and_then(Value::as_u64), Some(0)) {
                continue;
            }
            if part == Part::Server {
                row["version"] = Value::from(MAJOR * 10_000);
                row["database"] = Value::from("recorded");
                row["locale"] = Value::from("C");
            }
            let _ = writeln!(lines, "{part:?} {row}");
        }
    }
    asks.run(END);
    lines
}

/// Compares what the server says now with the files of tests/cases/`cases`, or writes them with `UPDATE_CASES=1`.
pub fn check(cases: &str, database: &Database, proxy: &Proxy, policy: &str) {
    if database.major() != MAJOR {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(cases).join("recorded");
    let now = shape(database);
    if std::env::var_os("UPDATE_CASES").is_some() {
        let lock = fs::read(proxy.configuration().with_file_name("pgveil.lock")).expect("the pin");
        fs::create_dir_all(&folder).expect("the folder");
        fs::write(folder.join("shape.txt"), &now).expect("written");
        fs::write(folder.join("policy.toml"), policy).expect("written");
        fs::write(folder.join("pgveil.lock"), lock).expect("written");
        return;
    }
    let text = |file| fs::read_to_string(folder.join(file)).expect(file);
    let advice = "is another: run with UPDATE_CASES=1, and look at the difference";
    assert!(text("shape.txt") == now, "the shape {advice}");
    assert!(text("policy.toml") == policy, "the policy {advice}");
}
