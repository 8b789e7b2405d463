//! INSERT, with ON CONFLICT.

use super::assign::Into;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Body, ConflictTarget, Expr, ExprKind, Insert, InsertSource, OnConflict, Query};
use crate::sql::refusal::Checked;
use crate::sql::relations::Meant;
use crate::sql::scope::{Item, Scope, Source};

impl<'a> Analysis<'a> {
    /// The columns that RETURNING gives.
    pub fn insert_into(&mut self, insert: &Insert, outer: &Scope) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &insert.with {
            self.with(with, &mut scope)?;
        }
        let meant = self.meant(&insert.target.name)?;
        let listed = insert.columns.as_ref().map(|list| self.listed(meant, list)).transpose()?;
        match &insert.source {
            InsertSource::Default => {}
            InsertSource::Query(query) => self.inserted(insert, meant, listed, query, &scope)?,
        }
        let target = self.source_of(&insert.target, meant)?;
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(conflict, meant, &target, &scope)?;
        }
        match &insert.returning {
            Some(returning) => self.returning(returning, &[target], &scope),
            None => Ok(Vec::new()),
        }
    }

    fn inserted(
        &mut self,
        insert: &Insert,
        meant: Meant<'a>,
        listed: Option<Vec<Into>>,
        query: &Query,
        scope: &Scope,
    ) -> Checked<()> {
        let at = insert.target.span.end;
        if let Some(rows) = plain_values(query) {
            let width = rows.iter().map(Vec::len).max().unwrap_or(0);
            let into = self.destination(meant, listed, Some(width), at);
            for row in rows {
                self.no_more_than(row.len(), &into, query.span)?;
                for (index, expr) in row.iter().enumerate() {
                    self.write(expr, into.get(index).copied().flatten(), scope)?;
                }
            }
            return Ok(());
        }
        let before = self.spreads;
        let items = self.untyped_query(query, scope)?;
        self.ordered_since(before);
        let counted = items.iter().all(|i| matches!(i, Item::Column(..)));
        let into = self.destination(meant, listed, counted.then_some(items.len()), at);
        self.write_items(&items, &into, query.span)
    }

    /// The columns in order; a list of our own where the client wrote none.
    fn destination(
        &mut self,
        meant: Meant<'a>,
        listed: Option<Vec<Into>>,
        width: Option<usize>,
        at: u32,
    ) -> Vec<Into> {
        match (listed, meant) {
            (Some(listed), _) => listed,
            (None, Meant::Pinned(relation)) => self.spliced(relation, width, at),
            (None, Meant::Other(_)) => Vec::new(),
        }
    }

    fn on_conflict(
        &mut self,
        conflict: &OnConflict,
        meant: Meant<'a>,
        target: &Source,
        scope: &Scope,
    ) -> Checked<()> {
        let mut inside = Scope::inside(scope);
        inside.visible.extend(target.items.iter().cloned());
        inside.sources.push(target.clone());
        if let ConflictTarget::Index(elements, filter) = &conflict.target {
            for element in elements {
                let value = self.expr(&element.expr, &inside)?;
                self.group(&value, element.expr.span)?;
            }
            if let Some(filter) = filter {
                self.condition(filter, &inside)?;
            }
        }
        let Some(update) = &conflict.update else { return Ok(()) };
        let items = self.items(meant);
        let without_origin = |item: Item| match item {
            Item::Column(name, mut value) => {
                value.origin = None;
                Item::Column(name, value)
            }
            rest @ Item::Rest(_) => rest,
        };
        let items: Vec<Item> = items.into_iter().map(without_origin).collect();
        // Both the table and `excluded` give bare names (manual, INSERT, ON CONFLICT); the server
        // calls one that both have ambiguous, so only the table's are looked for here.
        inside.sources.push(Source { name: "excluded".into(), schema: None, items, made: true });
        self.assignments(meant, &update.assignments, &inside)?;
        match &update.filter {
            Some(filter) => self.condition(filter, &inside),
            None => Ok(()),
        }
    }
}

/// `t.*` makes several values of one.
fn is_star(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Star(_))
}

/// The rows of a VALUES with nothing around it.
fn plain_values(query: &Query) -> Option<&[Vec<Expr>]> {
    let bare =
        query.with.is_none() && query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none();
    match &query.body {
        Body::Values(rows) if bare && !rows.iter().flatten().any(is_star) => Some(rows),
        Body::Values(_) | Body::Select(_) | Body::Table(_) | Body::SetOperation(_) => None,
    }
}
