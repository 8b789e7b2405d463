//! Signs before numbers.

use super::{compare, scalar};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{CastForm, Expr, ExprKind, LiteralKind, Operator, Span};
use crate::sql::casts;
use crate::sql::scope::Value;
use crate::sql::verdict::Literal;

impl Analysis<'_> {
    /// Signs before a number are part of the number, and so are casts to a number between them.
    pub(super) fn signed(&mut self, operator: &Operator, right: &Expr, span: Span) -> Option<Value> {
        let mut negated = sign(operator)?;
        let mut casts = Vec::new();
        let mut inner = right;
        let kind = loop {
            match &inner.kind {
                ExprKind::Literal(kind @ (LiteralKind::Integer | LiteralKind::Number)) => break *kind,
                ExprKind::Operator(operation) if operation.left.is_none() => {
                    negated ^= sign(&operation.operator)?;
                    inner = &operation.right;
                }
                ExprKind::Cast(cast) if cast.form != CastForm::Prefix => {
                    let to = self.evaluable(&cast.to, false).filter(casts::is_signed)?;
                    // What a sign gives has no precision of its own.
                    casts.extend(to.to.loose().map(scalar));
                    casts.push(to);
                    inner = &cast.expr;
                }
                _ => return None,
            }
        };
        let literal = Literal::at(inner.span.start, negated);
        // REFUSES: `-32768::int2`, whose cast comes before the sign: 32768 is none. So are all that round to it.
        if negated && !casts.is_empty() {
            self.fixed.push(inner.span.start);
            let number = self.number(inner.span.start)?;
            if casts.iter().any(|cast| casts::is_one_too_many(&number, cast)) {
                return None;
            }
        }
        let value = self.literal_at(kind, literal, span);
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            site.casts.extend(casts.into_iter().rev());
        }
        Some(value)
    }
}

/// Is it a sign, and a minus?
fn sign(operator: &Operator) -> Option<bool> {
    match &*operator.symbol {
        "-" if compare::builtin(operator) => Some(true),
        "+" if compare::builtin(operator) => Some(false),
        _ => None,
    }
}
