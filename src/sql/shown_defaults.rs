//! Queries of the server's own catalogs that may show a DEFAULT.
//!
//! A framework that reads there what a column holds when no value is given puts it into its own forms and
//! sends it as a value: an envelope would be sealed once more. Knows the names under which PostgreSQL
//! shows DEFAULTs, and those that the catalog has; opens nothing.

use std::sync::Arc;

use crate::catalog::constant::{begins_as_envelope, printed};
use crate::sql::ast::{Statement, StatementKind};
use crate::sql::gate::has_protected;
use crate::sql::known::Known;
use crate::sql::lexer::{Tokens, identifier};
use crate::sql::refusal::{Cause, Objection};
use crate::sql::verdict::{Plan, Rows, SealedDefault, Verdict};

/// Functions, catalogs and columns that show a DEFAULT (manual, 9.26.5, 53.6 and 37.17).
const SHOW: [&str; 5] = ["pg_get_expr", "pg_attrdef", "adbin", "column_default", "information_schema"];

/// May a text ask for a DEFAULT?
pub fn are_asked_for(text: &[u8], tokens: &Tokens, known: &Known) -> bool {
    let count = tokens.as_slice().len() as u32;
    let shows = |index| identifier(text, tokens, index).is_ok_and(|name| SHOW.contains(&&*name));
    has_protected(known) && (0..count).any(shows)
}

/// The plan of a query that touches nothing protected and may show a DEFAULT; what it shows has to be as
/// the server has it now.
pub fn shown(statement: &Statement, verdict: &Verdict, known: &Known) -> Option<Verdict> {
    let Verdict::Clear(_) = verdict else { return None };
    // What is put in is written in the usual encoding.
    let usual = known.names.reads_as_usual();
    let (is_opened, is_prepared) = match &statement.kind {
        StatementKind::Query(_) if usual => (true, false),
        // pg_dump asks so for domains and partitions.
        StatementKind::Prepare(prepare) if matches!(prepare.statement.kind, StatementKind::Query(_)) => {
            (usual, true)
        }
        StatementKind::Copy(copy) if !copy.from => (false, false),
        StatementKind::Declare(_) => (false, false),
        _ => return None,
    };
    let mut defaults = Vec::new();
    for column in known.catalog.relations().iter().flat_map(|relation| &relation.columns) {
        let (Some(id), Some(expression)) = (column.tag, column.expression.as_deref()) else { continue };
        if let Some((printed, stored)) = printed(expression).filter(|(_, stored)| begins_as_envelope(stored))
        {
            defaults.push(SealedDefault { printed: printed.into(), stored: stored.into(), column: id });
        }
    }
    if is_prepared && (defaults.is_empty() || !is_opened) {
        return None;
    }
    if !is_opened {
        // REFUSES: rows in which an envelope would stand as if it were the DEFAULT.
        let objection = Objection::at(Cause::NotUnderstood("reading DEFAULTs this way"), statement.span);
        return (!defaults.is_empty())
            .then(|| Verdict::Refuse(Box::new(objection.into_refusal(known.policy))));
    }
    let rows = Rows::Definitions(Arc::from(defaults));
    Some(Verdict::Plan(Arc::new(Plan { rows, by_position: !is_prepared, ..Plan::default() })))
}
