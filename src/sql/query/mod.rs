//! Queries: what columns each gives, and the roles that meet in it.

mod from;
mod joins;
mod select;
mod with;

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Body, Expr, ExprKind, LiteralKind, Query, SetOperation, SetOperator, SortKey, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Found, Item, Scope, Source, Value, are_pinned, find};

impl<'a> Analysis<'a> {
    /// The columns that a query gives.
    pub fn query(&mut self, query: &Query, outer: &Scope) -> Checked<Vec<Item>> {
        let first = self.sites.len();
        let items = self.untyped_query(query, outer)?;
        self.untyped_items_are_text(&items, first);
        Ok(items)
    }

    pub(super) fn untyped_items_are_text(&mut self, items: &[Item], first: usize) {
        for item in items {
            if let Item::Column(_, value) = item {
                self.untyped_is_text(value.class, first);
            }
        }
    }

    /// The columns of a query in whose list a constant waits for its type: INSERT gives it that of the
    /// column, UNION that of the other side.
    pub fn untyped_query(&mut self, query: &Query, outer: &Scope) -> Checked<Vec<Item>> {
        self.nested += 1;
        let items = self.query_within(query, outer);
        self.nested -= 1;
        items
    }

    fn query_within(&mut self, query: &Query, outer: &Scope) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &query.with {
            self.with(with, &mut scope)?;
        }
        let items = match &query.body {
            Body::Select(select) => self.select(select, query, &scope)?,
            Body::Values(rows) => {
                let items = self.values(rows, &scope)?;
                self.sorted_output(&query.order_by, &items)?;
                items
            }
            Body::Table(reference) => {
                let items = self.source(reference, &scope)?.items;
                self.spreads += u32::from(are_pinned(&items));
                self.sorted_output(&query.order_by, &items)?;
                items
            }
            Body::SetOperation(operation) => {
                let items = self.set_operation(operation, query.span, &scope)?;
                self.sorted_output(&query.order_by, &items)?;
                items
            }
        };
        let limit = query.limit.as_ref().and_then(|l| l.count.as_ref());
        for bound in limit.into_iter().chain(&query.offset) {
            self.plain_expr(bound, Cause::Mixed, &scope)?;
        }
        Ok(items)
    }

    /// VALUES: each column is one over all rows.
    fn values(&mut self, rows: &[Vec<Expr>], scope: &Scope) -> Checked<Vec<Item>> {
        if rows.iter().flatten().any(|expr| matches!(expr.kind, ExprKind::Star(_))) {
            return self.spread_values(rows, scope);
        }
        let width = rows.first().map_or(0, Vec::len);
        let first = self.sites.len();
        let columns: Vec<Value> = (0..width).map(|_| Value::of(self.roles.open())).collect();
        for row in rows {
            for (expr, column) in row.iter().zip(&columns) {
                let value = self.expr(expr, scope)?;
                self.flow(column, &value, expr.span)?;
            }
        }
        columns.iter().for_each(|column| self.untyped_is_text(column.class, first));
        let named = |(i, value)| Item::Column(format!("column{}", i + 1).into(), value);
        Ok(columns.into_iter().enumerate().map(named).collect())
    }

    /// VALUES with `t.*` in it: how many columns that makes nobody here counts, so that none of them may be
    /// protected.
    fn spread_values(&mut self, rows: &[Vec<Expr>], scope: &Scope) -> Checked<Vec<Item>> {
        for expr in rows.iter().flatten() {
            match &expr.kind {
                ExprKind::Star(parts) => {
                    let items = self.spread(parts, expr.span, scope)?;
                    self.all_items_plain(&items, Cause::UnknownShape, expr.span)?;
                }
                _ => self.plain_expr(expr, Cause::UnknownShape, scope)?,
            }
        }
        Ok(vec![Item::Rest(None)])
    }

    fn set_operation(&mut self, operation: &SetOperation, span: Span, scope: &Scope) -> Checked<Vec<Item>> {
        let (before, first) = (self.spreads, self.sites.len());
        let left = self.untyped_query(&operation.left, scope)?;
        let right = self.untyped_query(&operation.right, scope)?;
        self.ordered_since(before);
        let distinct = !(operation.all && operation.operator == SetOperator::Union);
        let items = self.unite_sides(left, &right, distinct, span)?;
        self.untyped_items_are_text(&items, first);
        Ok(items)
    }

    /// Two sides of a set operation, column by column.
    pub fn unite_sides(
        &mut self,
        left: Vec<Item>,
        right: &[Item],
        distinct: bool,
        span: Span,
    ) -> Checked<Vec<Item>> {
        let known = |items: &[Item]| items.iter().all(|i| matches!(i, Item::Column(..)));
        if !known(&left) || !known(right) {
            // The columns of one side cannot be counted, so that none can be matched with another.
            for side in [&left, &right.to_vec()] {
                self.all_items_plain(side, Cause::UnknownShape, span)?;
            }
            return Ok(vec![Item::Rest(None)]);
        }
        let mut out = Vec::with_capacity(left.len());
        for (a, b) in left.into_iter().zip(right) {
            let (Item::Column(name, x), Item::Column(_, y)) = (a, b) else { continue };
            let mut column = Value::of(self.roles.open());
            self.flow(&column, &x, span)?;
            self.flow(&column, y, span)?;
            column.exact = self.equally_exact([&x, y]);
            column.wide = self.widest([&x, y]);
            if distinct {
                self.group(&column, span)?;
            }
            out.push(Item::Column(name, column));
        }
        Ok(out)
    }

    /// None of these may be protected.
    pub fn all_items_plain(&mut self, items: &[Item], cause: Cause, span: Span) -> Checked<()> {
        for item in items {
            if let Item::Column(_, value) = item {
                self.plain(value, cause.clone(), span)?;
            }
        }
        Ok(())
    }

    /// ORDER BY over a result: by position, or by the name of a column.
    fn sorted_output(&mut self, keys: &[SortKey], items: &[Item]) -> Checked<()> {
        for key in keys {
            if !self.sorted_by_output(key, items)? {
                let mut scope = Scope { visible: items.to_vec(), ..Scope::default() };
                scope.sources.push(Source { name: "".into(), schema: None, items: Vec::new(), made: true });
                self.plain_expr(&key.expr, Cause::OrderBy, &scope)?;
            }
        }
        Ok(())
    }

    /// Does this key name a column of the result? If so it is not protected.
    pub fn sorted_by_output(&mut self, key: &SortKey, items: &[Item]) -> Checked<bool> {
        match self.output(&key.expr, items)? {
            Some(value) => self.plain(&value, Cause::OrderBy, key.expr.span).map(|()| true),
            None => Ok(false),
        }
    }

    /// The column of the result that a bare name or a position means (manual, SELECT, ORDER BY).
    /// Sorted or grouped, a constant without a type is text (findTargetlistEntrySQL92 and addTargetToGroupList
    /// of parse_clause.c).
    pub fn output(&mut self, expr: &Expr, items: &[Item]) -> Checked<Option<Value>> {
        let value = self.output_of(expr, items)?;
        if let Some(value) = &value {
            self.untyped_is_text(value.class, 0);
        }
        Ok(value)
    }

    fn output_of(&mut self, expr: &Expr, items: &[Item]) -> Checked<Option<Value>> {
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Integer) => {
                self.fixed.push(expr.span.start);
                let position = self.number(expr.span.start).and_then(|n| n.parse::<usize>().ok());
                self.at_position(position, items, expr.span).map(Some)
            }
            ExprKind::Column(parts) => match parts.as_slice() {
                [name] => Ok(match find(items, name.as_str()) {
                    Found::Value(value) => Some(value),
                    Found::Twice => self.same_twice(name.as_str(), items),
                    Found::Maybe | Found::No => None,
                }),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Two columns of one name: if any of them is protected, that one.
    fn same_twice(&self, name: &str, items: &[Item]) -> Option<Value> {
        let mut values = items.iter().filter_map(|item| match item {
            Item::Column(n, value) if **n == *name => Some(value),
            Item::Column(..) | Item::Rest(_) => None,
        });
        let first = values.clone().next();
        values.find(|v| self.roles.protected_in(v.class).is_some()).or(first).cloned()
    }

    /// REFUSES: a position behind the columns, or behind those that cannot be counted, if one of them is
    /// protected.
    fn at_position(&mut self, position: Option<usize>, items: &[Item], span: Span) -> Checked<Value> {
        let counted = items.iter().position(|i| matches!(i, Item::Rest(_))).unwrap_or(items.len());
        let index = position.and_then(|p| p.checked_sub(1));
        match index.filter(|&i| i < counted).and_then(|i| items.get(i)) {
            Some(Item::Column(_, value)) => Ok(value.clone()),
            _ => match self.protected_among(items) {
                Some(column) if counted < items.len() => {
                    Err(Objection::on(Cause::UnknownShape, span, column))
                }
                Some(column) => Err(Objection::on(Cause::NoPosition, span, column)),
                None => Ok(Value::plain()),
            },
        }
    }
}
