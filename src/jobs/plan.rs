//! What tagging means for a database that is in use: who reads or assigns each tagged column on the
//! server, what it will cost, and what the host will still see.
//!
//! Knows the server's catalog and the tags. Changes nothing. What stands in the way of `apply` is a
//! finding that closes; everything else is a warning or a note.

pub mod cost;
pub mod readers;
pub mod views;

use std::collections::HashMap;

use crate::catalog::finding::Finding;
use crate::jobs::admin::{Admin, AdminError, StatementError};
use crate::names::{QualifiedName, literal, quoted};
use crate::policy::model::{Mode, Policy, ProtectedColumn, Tags};
use cost::Cost;
use readers::Reader;

/// What is known of one tagged column before anything is changed.
#[derive(Clone, Debug)]
pub struct Looked {
    /// `schema.table.column`.
    pub name: String,
    /// As tagged.
    pub mode: Mode,
    /// What the host will still see.
    pub reveals: &'static str,
    /// Size and time; `None` if the table is not there.
    pub cost: Option<Cost>,
    /// Everything on the server that reads or assigns it.
    pub readers: Vec<Reader>,
}

/// The whole look.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// In the order of the policy.
    pub columns: Vec<Looked>,
    /// What follows from it.
    pub findings: Vec<Finding>,
}

/// In a sentence that a manager understands.
pub fn reveals(mode: Mode) -> &'static str {
    match mode {
        Mode::Randomized => "the host sees whether there is a value, and roughly how long it is",
        Mode::Deterministic => {
            "the host sees whether there is a value, roughly how long it is, which rows hold the same one, \
             and how often"
        }
    }
}

/// Looks at every tagged column.
///
/// # Errors
/// The connection, or a catalog that makes no sense.
pub async fn look(admin: &Admin, tags: &Tags, policy: &Policy) -> Result<Look, AdminError> {
    if policy.columns.is_empty() {
        return Ok(Look::default());
    }
    let list: Vec<String> = policy.columns.iter().map(triple).collect();
    let list = list.join(", ");
    let mut readers: HashMap<String, Vec<Reader>> = HashMap::new();
    for (name, reader) in readers::read(admin, &list).await? {
        readers.entry(name).or_default().push(reader);
    }
    let costs = cost::read(admin, &list).await?;
    let mut look = Look::default();
    for (tag, column) in tags.columns.iter().zip(&policy.columns) {
        let name = tag.name();
        let readers = readers.remove(&name).unwrap_or_default();
        let cost = costs.get(&name).cloned();
        look.findings.extend(readers.iter().filter_map(|reader| reader.finding(tag, column)));
        look.findings.extend(cost.iter().flat_map(|cost| cost.findings(tag, column)));
        look.columns.push(Looked { name, mode: column.mode, reveals: reveals(column.mode), cost, readers });
    }
    Ok(look)
}

/// `('schema', 'table', 'column')`
fn triple(column: &ProtectedColumn) -> String {
    let QualifiedName { schema, name } = &column.relation;
    format!("({}, {}, {})", literal(schema), literal(name), literal(&column.column))
}

/// `schema.table.column` of three names of the catalog.
fn column_name(schema: &str, table: &str, column: &str) -> String {
    format!("{}.{}", QualifiedName::new(schema, table), quoted(column))
}

fn senseless(error: &serde_json::Error) -> StatementError {
    StatementError {
        sqlstate: String::new(),
        message: format!("the server's catalog makes no sense: {error}"),
    }
}
