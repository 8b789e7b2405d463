//! WITH: each common table expression in turn, recursive ones from their first part.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Body, Cte, Query, SetOperation, SetOperator, StatementKind, With};
use crate::sql::refusal::{Cause, Checked};
use crate::sql::scope::{CteShape, Item, Scope, Value};

impl<'a> Analysis<'a> {
    /// Adds what WITH defines to the scope.
    pub fn with(&mut self, with: &With, scope: &mut Scope) -> Checked<()> {
        for (index, cte) in with.ctes.iter().enumerate() {
            let known = scope.ctes.len();
            if with.recursive {
                // ORDER: all names of a WITH RECURSIVE are in sight from its first word on.
                let unknown = with.ctes.iter().skip(index);
                scope.ctes.extend(unknown.map(|c| CteShape { name: c.name.as_str().into(), items: None }));
            }
            let items = match &cte.statement.kind {
                StatementKind::Query(query) if with.recursive => self.recursive(cte, query, scope)?,
                StatementKind::Query(query) => self.query(query, scope)?,
                StatementKind::Insert(insert) => self.insert_into(insert, scope)?,
                StatementKind::Update(update) => self.update(update, scope)?,
                StatementKind::Delete(delete) => self.delete(delete, scope)?,
                StatementKind::Merge(merge) => self.merge(merge, scope)?,
                _ => return self.strange("this statement in WITH", cte.span),
            };
            let items = self.renamed(items, cte.columns.iter().map(|c| c.as_str()), cte.span)?;
            let items = self.with_search(cte, items, scope)?;
            scope.ctes.truncate(known);
            scope.ctes.push(CteShape { name: cte.name.as_str().into(), items: Some(items) });
        }
        Ok(())
    }

    /// Columns that SEARCH and CYCLE add; what they look at is sorted and compared.
    fn with_search(&mut self, cte: &Cte, mut items: Vec<Item>, scope: &Scope) -> Checked<Vec<Item>> {
        let mut added = Vec::new();
        let mut looked_at = Vec::new();
        if let Some(search) = &cte.search {
            looked_at.extend(&search.by);
            added.push(search.sequence.as_str());
        }
        if let Some(cycle) = &cte.cycle {
            looked_at.extend(&cycle.columns);
            added.extend([cycle.mark.as_str(), cycle.path.as_str()]);
            for value in cycle.values.iter().flat_map(|pair| pair.iter()) {
                self.plain_expr(value, Cause::Mixed, scope)?;
            }
        }
        let inside = Scope { visible: items.clone(), ..Scope::default() };
        for name in looked_at {
            if let crate::sql::scope::Found::Value(value) = inside.column_here(name.as_str()) {
                self.plain(&value, Cause::OrderBy, cte.span)?;
            }
        }
        items.extend(added.into_iter().map(|name| Item::Column(name.into(), Value::plain())));
        Ok(items)
    }

    /// The part that does not refer to itself gives the shape; the other must agree with it.
    fn recursive(&mut self, cte: &Cte, query: &Query, scope: &mut Scope) -> Checked<Vec<Item>> {
        let Body::SetOperation(union) = &query.body else {
            return self.query(query, scope);
        };
        if union.operator != SetOperator::Union || !query.order_by.is_empty() {
            return self.query(query, scope);
        }
        let mut inner = query.with.iter().flat_map(|with| &with.ctes);
        // A definition inside that has the name takes the place of the recursive reference.
        if inner.any(|inner| inner.name.as_str() == cte.name.as_str()) {
            return self.query(query, scope);
        }
        let outside = scope.ctes.len();
        // What is defined inside is in sight of both parts.
        if let Some(with) = &query.with {
            self.with(with, scope)?;
        }
        let shape = self.recursive_parts(cte, query, union, scope);
        scope.ctes.truncate(outside);
        shape
    }

    fn recursive_parts(
        &mut self,
        cte: &Cte,
        query: &Query,
        union: &SetOperation,
        scope: &mut Scope,
    ) -> Checked<Vec<Item>> {
        let before = self.spreads;
        let first = self.query(&union.left, scope)?;
        let mut shape = Vec::with_capacity(first.len());
        for item in first {
            shape.push(match item {
                Item::Column(name, value) => {
                    self.settle(&value);
                    let Value { exact, text, wide, .. } = value;
                    Item::Column(name, Value { exact, text, wide, ..Value::of(value.class) })
                }
                rest @ Item::Rest(_) => rest,
            });
        }
        let shape = self.renamed(shape, cte.columns.iter().map(|c| c.as_str()), cte.span)?;
        scope.ctes.push(CteShape { name: cte.name.as_str().into(), items: Some(shape.clone()) });
        let second = self.query(&union.right, scope);
        scope.ctes.pop();
        let items = self.unite_sides(shape, &second?, !union.all, cte.span)?;
        self.ordered_since(before);
        for bound in query.limit.as_ref().and_then(|l| l.count.as_ref()).into_iter().chain(&query.offset) {
            self.plain_expr(bound, Cause::Mixed, scope)?;
        }
        Ok(items)
    }
}
