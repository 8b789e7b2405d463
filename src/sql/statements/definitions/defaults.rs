//! A constant DEFAULT of a protected column: sealed as a value that is stored.
//!
//! Knows that `encrypt`, `decrypt`, `rotate` and the census of `keys destroy` look into DEFAULTs, and that
//! they understand only a constant there. Does not know what else a definition says.

use crate::catalog::change::Change;
use crate::names::ColumnId;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Expr, ExprKind, Span};
use crate::sql::constants::Constant;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::Scope;
use crate::types::{LogicalType, StoredType};

impl Analysis<'_> {
    /// `DEFAULT expr` of a column whose values are sealed.
    pub(super) fn default_of(&mut self, id: ColumnId, expr: &Expr, span: Span) -> Checked<()> {
        if is_null(expr) {
            return Ok(());
        }
        let refused = |what| Objection::on(Cause::BodyOnProtected(what), span, id);
        if self.is_retyped(id) {
            // REFUSES: the constant would be sealed as what the policy still takes the column for.
            return Err(refused("a default of a type that the policy does not name"));
        }
        let value = self.expr(expr, &Scope::default())?;
        let site = value.site.and_then(|site| self.sites.get_mut(site));
        // REFUSES: what the server computes.
        let site = site
            .filter(|site| matches!(site.constant, Constant::Literal(_)))
            .ok_or_else(|| refused("a default that is no constant"))?;
        site.default = true;
        self.store(&value, Some(id), expr.span)
    }

    /// Does this definition make the column one of another form than the policy knows?
    fn is_retyped(&self, id: ColumnId) -> bool {
        let Some(tag) = self.known.policy.column(id) else { return true };
        let text = |logical: &LogicalType| matches!(logical, LogicalType::Text | LogicalType::Varchar(_));
        let string = |stored| matches!(stored, StoredType::Text | StoredType::Varchar);
        self.changes.iter().any(|change| {
            let Change::Typed { column, logical, stored } = change else { return false };
            let alike = tag.logical == *logical && tag.stored == *stored
                || text(&tag.logical) && text(logical) && string(tag.stored) && string(*stored);
            *column == id && !alike
        })
    }
}

/// NULL, under whatever casts.
pub(super) fn is_null(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null => true,
        ExprKind::Cast(cast) => is_null(&cast.expr),
        _ => false,
    }
}
