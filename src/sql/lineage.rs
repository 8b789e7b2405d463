//! Whose values a view's columns carry.
//!
//! The same analysis as of a statement, with constants left alone: they are the server's already. A
//! definition that the analysis does not understand has no lineage, and its view stays closed.

use crate::catalog::model::Catalog;
use crate::names::ColumnId;
use crate::policy::model::Policy;
use crate::sql::analysis::Analysis;
use crate::sql::ast::StatementKind;
use crate::sql::known::{Known, Protocol, SessionNames};
use crate::sql::lexer::{Tokens, lex};
use crate::sql::parse::parse;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::Kind;
use crate::sql::scope::{Item, Scope};

/// The protected column behind each column of the query `definition`, as the server prints a view.
/// Views that it reads must carry their tags in `catalog` already.
///
/// # Errors
/// One sentence, if a column cannot be traced.
pub fn view_lineage(
    definition: &str,
    catalog: &Catalog,
    policy: &Policy,
) -> Result<Vec<Option<ColumnId>>, String> {
    let text = definition.as_bytes();
    let mut tokens = Tokens::default();
    lex(text, true, &mut tokens).map_err(|_| "the definition cannot be read")?;
    let statements = parse(text, &tokens).map_err(|_| "the definition cannot be parsed")?;
    let [statement] = statements.as_slice() else { return Err("the definition is not one query".into()) };
    let StatementKind::Query(query) = &statement.kind else {
        return Err("the definition is no query".into());
    };
    let names = SessionNames::default();
    let known = Known { catalog, policy, names: &names, declared: &[], protocol: Protocol::Extended };
    let mut analysis = Analysis::new(text, &tokens, statement.span, known);
    analysis.definition = true;
    let traced = analysis.query(query, &Scope::default()).and_then(|items| {
        // Checks every cast and constant of the definition.
        analysis.rows(&items, statement.span)?;
        items.iter().map(|item| carried(&analysis, item)).collect()
    });
    traced.map_err(|objection| objection.into_refusal(policy).message)
}

fn carried(analysis: &Analysis<'_>, item: &Item) -> Checked<Option<ColumnId>> {
    let span = analysis.span;
    match item {
        Item::Column(_, value) => match analysis.roles.kind(value.class) {
            Kind::Protected(column) => Ok(Some(column)),
            Kind::Open | Kind::Plain(..) => Ok(None),
            Kind::Array(_) | Kind::Row(_) => match analysis.roles.protected_in(value.class) {
                Some(column) => Err(Objection::on(Cause::Composite, span, column)),
                None => Ok(None),
            },
        },
        Item::Rest(_) => Err(Objection::at(Cause::UnknownShape, span)),
    }
}
