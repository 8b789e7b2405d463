//! Views that stand in the way of a change of type: dropped and made again as they were, in the same
//! transaction.

use serde::Deserialize;

use super::senseless;
use crate::catalog::finding::Finding;
use crate::jobs::admin::{Admin, AdminError};
use crate::names::{QualifiedName, literal};

const VIEWS: &str = include_str!("views.sql");

/// Statements before and after the change, each without a final semicolon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// In order.
    pub before: Vec<String>,
    /// In order.
    pub after: Vec<String>,
}

#[derive(Deserialize)]
struct View {
    name: String,
    is_materialized: bool,
    definition: String,
    options: Option<String>,
    owner: String,
    is_populated: bool,
    statements: Vec<String>,
    /// What is not made again: triggers, rules, policies on the view.
    unmade: Vec<String>,
}

/// For a change of this column's type. `Err` holds what would be lost.
///
/// # Errors
/// The connection.
pub async fn around(
    admin: &Admin,
    relation: &QualifiedName,
    column: &str,
) -> Result<Result<Around, Box<Finding>>, AdminError> {
    let sql = VIEWS
        .replace("%SCHEMA%", &literal(&relation.schema))
        .replace("%TABLE%", &literal(&relation.name))
        .replace("%COLUMN%", &literal(column));
    let mut around = Around::default();
    // In order of dependence: what reads another view comes after it.
    for json in admin.texts(&sql).await? {
        let view: View = serde_json::from_str(&json).map_err(|error| senseless(&error))?;
        if let Some(what) = view.unmade.first() {
            let message = format!("the view {} stands in the way, and has {what}", view.name);
            let finding = Finding::closes(relation, "view-in-the-way", message).at(column);
            return Ok(Err(Box::new(finding.hint("drop it, run `pgveil apply`, and make it again"))));
        }
        let kind = if view.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        around.before.insert(0, format!("DROP {kind} {}", view.name));
        let options = view.options.map(|options| format!(" WITH ({options})")).unwrap_or_default();
        let data = match (view.is_materialized, view.is_populated) {
            (true, false) => " WITH NO DATA",
            (true, true) | (false, _) => "",
        };
        let body = view.definition.trim().trim_end_matches(';');
        around.after.push(format!("CREATE {kind} {}{options} AS {body}{data}", view.name));
        around.after.extend(view.statements);
        around.after.push(format!("ALTER {kind} {} OWNER TO {}", view.name, view.owner));
    }
    Ok(Ok(around))
}
