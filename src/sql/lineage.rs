//! Which protected column each column of a view shows, from the view's definition.

use crate::catalog::model::Catalog;
use crate::names::ColumnId;
use crate::policy::model::Policy;
use crate::policy::standing::Standings;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Statement, StatementKind};
use crate::sql::known::{Known, Protocol, SessionNames};
use crate::sql::lexer::{Tokens, lex};
use crate::sql::parse::parse;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::Kind;
use crate::sql::scope::{Item, Scope};

/// Every armoured value begins so (docs/format.md, section 1).
const ARMOUR: &str = "pgV1:";

/// The columns of a view: for each the protected column whose values it shows, or `None`.
/// `definition` is a SELECT as `pg_get_viewdef` prints it. Views that it reads must carry their tags
/// in `catalog` already.
///
/// # Errors
/// One sentence, if that cannot be told, or if the view compares a protected column with a constant
/// that is no envelope (it would show the wrong rows).
pub fn view_lineage(
    definition: &str,
    catalog: &Catalog,
    policy: &Policy,
) -> Result<Vec<Option<ColumnId>>, String> {
    let names = SessionNames::default();
    let standings = Standings::settled(policy);
    let known = Known {
        catalog,
        policy,
        standings: &standings,
        names: &names,
        declared: &[],
        protocol: Protocol::Simple,
    };
    lineage(definition, known).map_err(|objection| objection.into_refusal(policy).message)
}

fn lineage(definition: &str, known: Known) -> Checked<Vec<Option<ColumnId>>> {
    let unreadable = || Objection::whole(Cause::Unreadable);
    let mut tokens = Tokens::default();
    lex(definition.as_bytes(), true, &mut tokens).map_err(|_| unreadable())?;
    let statements = parse(definition.as_bytes(), &tokens).map_err(|_| unreadable())?;
    let [Statement { kind: StatementKind::Query(query), span }] = statements.as_slice() else {
        return Err(unreadable());
    };
    let mut analysis = Analysis::new(definition.as_bytes(), &tokens, known);
    let items = analysis.query(query, &Scope::default())?;
    let mut columns = Vec::with_capacity(items.len());
    for item in &items {
        let Item::Column(_, value) = item else {
            return Err(Objection::at(Cause::UnknownShape, *span));
        };
        analysis.settle(value);
        columns.push(match analysis.roles.kind(value.class) {
            Kind::Protected(id) => Some(id),
            Kind::Open | Kind::Plain(..) => None,
            Kind::Element(_) | Kind::Array(_) | Kind::Row(_) | Kind::Document(_) => {
                match analysis.roles.protected_in(value.class) {
                    Some(id) => return Err(Objection::on(Cause::Composite, *span, id)),
                    None => None,
                }
            }
        });
    }
    analysis.constants_are_envelopes(ARMOUR)?;
    Ok(columns)
}
