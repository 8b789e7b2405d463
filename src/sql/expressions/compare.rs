//! Operators: equality for deterministic columns, and the refusals of all others.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Expr, In, InList, Operation, Operator, Quantified, QuantifiedOver, Span};
use crate::sql::refusal::{Cause, Checked};
use crate::sql::scope::{Scope, Value};

impl Analysis<'_> {
    pub(super) fn operation(&mut self, operation: &Operation, span: Span, scope: &Scope) -> Checked<Value> {
        let operator = &operation.operator;
        let Some(left) = &operation.left else {
            if let Some(value) =
                self.signed(&operator.symbol, &operation.right, span).filter(|_| builtin(operator))
            {
                return Ok(value);
            }
            return self.all_plain([&operation.right], cause(operator), span, scope);
        };
        match is_equality(operator) {
            true => self.equal(left, &operation.right, span, scope),
            false => self.all_plain([left, &operation.right], cause(operator), span, scope),
        }
    }

    /// `a = b` and its kin.
    pub(super) fn equal(&mut self, a: &Expr, b: &Expr, span: Span, scope: &Scope) -> Checked<Value> {
        let (a, b) = (self.expr(a, scope)?, self.expr(b, scope)?);
        self.compare(&a, &b, span)?;
        Ok(Value::plain())
    }

    pub(super) fn quantified(&mut self, q: &Quantified, span: Span, scope: &Scope) -> Checked<Value> {
        let left = self.expr(&q.left, scope)?;
        let right = match &q.right {
            QuantifiedOver::Array(array) => {
                let array = self.expr(array, scope)?;
                self.settle(&array);
                Value::of(self.roles.element(array.class, span)?)
            }
            QuantifiedOver::Query(query) => {
                let items = self.query(query, scope)?;
                self.as_value(&items, span)?
            }
        };
        if is_equality(&q.operator) {
            self.compare(&left, &right, span)?;
        } else {
            self.plain(&left, cause(&q.operator), span)?;
            self.plain(&right, cause(&q.operator), span)?;
        }
        Ok(Value::plain())
    }

    pub(super) fn in_list(&mut self, list: &In, span: Span, scope: &Scope) -> Checked<Value> {
        let left = self.expr(&list.expr, scope)?;
        match &list.list {
            InList::Exprs(items) => {
                for item in items {
                    let value = self.expr(item, scope)?;
                    self.compare(&left, &value, item.span)?;
                }
            }
            InList::Query(query) => {
                let items = self.query(query, scope)?;
                let right = self.as_value(&items, span)?;
                self.compare(&left, &right, span)?;
            }
        }
        Ok(Value::plain())
    }
}

/// The server's own operator, not one that a schema on the search_path may hold.
fn builtin(operator: &Operator) -> bool {
    match operator.schema.as_slice() {
        [] => true,
        [schema] => schema.as_str() == "pg_catalog",
        _ => false,
    }
}

fn is_equality(operator: &Operator) -> bool {
    builtin(operator) && matches!(&*operator.symbol, "=" | "<>" | "!=")
}

/// What to say of a protected operand.
fn cause(operator: &Operator) -> Cause {
    match &*operator.symbol {
        "<" | ">" | "<=" | ">=" | "~<~" | "~>~" | "~<=~" | "~>=~" => Cause::Range,
        "~" | "!~" | "~*" | "!~*" | "~~" | "!~~" | "~~*" | "!~~*" | "^@" => Cause::Pattern,
        other => Cause::Operator(other.into()),
    }
}
