//! What is written to which column: the targets of INSERT, UPDATE and MERGE.

use crate::catalog::model::Relation;
use crate::names::{ColumnId, quoted};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{AssignTarget, Assignment, Expr, ExprKind, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::roles::Kind;
use crate::sql::scope::{Item, Scope};

/// Where a value goes: to a column with this tag, or to a plain one.
pub(super) type Into = Option<ColumnId>;

impl<'a> Analysis<'a> {
    /// The columns of a written list.
    pub(super) fn listed(&mut self, meant: Meant<'a>, list: &[AssignTarget]) -> Checked<Vec<Into>> {
        list.iter().map(|target| self.assigned(meant, target)).collect()
    }

    /// One column that is assigned to.
    pub(super) fn assigned(&mut self, meant: Meant<'a>, target: &AssignTarget) -> Checked<Into> {
        for step in &target.steps {
            self.index_constants(step)?;
        }
        let Meant::Pinned(relation) = meant else { return Ok(None) };
        self.by_position |= relation.kind.is_defined();
        let Some((_, column)) = relation.column(target.name.as_str()) else {
            return Err(Objection::at(Cause::UndefinedColumn(target.name.text.clone()), target.span));
        };
        let tag = self.tag(column);
        match tag.filter(|_| !target.steps.is_empty()) {
            Some(id) => Err(Objection::on(Cause::Subscript, target.span, id)),
            None => Ok(tag),
        }
    }

    fn index_constants(&mut self, step: &crate::sql::ast::Step) -> Checked<()> {
        use crate::sql::ast::Step;
        let scope = Scope::default();
        let parts: Vec<&Expr> = match step {
            Step::Index(index) => vec![index],
            Step::Slice(a, b) => a.iter().chain(b).collect(),
            Step::Field(_) | Step::Star => Vec::new(),
        };
        parts.into_iter().try_for_each(|e| self.plain_expr(e, Cause::Subscript, &scope))
    }

    /// The first columns of a pinned relation, spliced in where the client wrote no list.
    pub(super) fn spliced(&mut self, relation: &'a Relation, width: Option<usize>, at: u32) -> Vec<Into> {
        self.by_position = true;
        let width = width.unwrap_or(relation.columns.len()).min(relation.columns.len());
        let columns = relation.columns.iter().take(width);
        let names: Vec<String> = columns.clone().map(|c| quoted(&c.name)).collect();
        self.insert(at, format!("({}) ", names.join(", ")));
        columns.map(|c| self.tag(c)).collect()
    }

    /// An expression into a column. DEFAULT is the server's own.
    pub(super) fn write(&mut self, expr: &Expr, into: Into, scope: &Scope) -> Checked<()> {
        if matches!(expr.kind, ExprKind::Default) {
            return Ok(());
        }
        let value = self.expr(expr, scope)?;
        if let (Some(column), ExprKind::Subquery(_), Kind::Row(_)) =
            (into, &expr.kind, self.roles.kind(value.class))
        {
            let what = "subquery must return only one column";
            return Err(Objection::on(Cause::WrongCount(what), expr.span, column));
        }
        self.store(&value, into, expr.span)
    }

    /// The columns of a query into columns, in order.
    pub(super) fn write_items(&mut self, items: &[Item], into: &[Into], span: Span) -> Checked<()> {
        if let Some(column) = into.iter().flatten().next()
            && items.iter().any(|i| matches!(i, Item::Rest(_)))
        {
            return Err(Objection::on(Cause::UnknownShape, span, *column));
        }
        self.no_more_than(items.len(), into, span)?;
        let mut into = into.iter().copied();
        for item in items {
            match item {
                Item::Column(_, value) => {
                    let into = into.next().flatten();
                    self.store(value, into, span)?;
                }
                Item::Rest(_) => {}
            }
        }
        Ok(())
    }

    /// REFUSES: more values than columns, where one of the columns is protected: the server would say
    /// no as well, but it would have read the value that is one too many.
    pub(super) fn no_more_than(&self, values: usize, into: &[Into], span: Span) -> Checked<()> {
        match into.iter().flatten().next() {
            Some(column) if values > into.len() => {
                let what = "INSERT has more expressions than target columns";
                Err(Objection::on(Cause::WrongCount(what), span, *column))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// SET of UPDATE, ON CONFLICT and MERGE.
    pub(super) fn assignments(
        &mut self,
        meant: Meant<'a>,
        list: &[Assignment],
        scope: &Scope,
    ) -> Checked<()> {
        for assignment in list {
            match assignment {
                Assignment::One(target, expr) => {
                    let into = self.assigned(meant, target)?;
                    self.write(expr, into, scope)?;
                }
                Assignment::Tuple(targets, expr) => {
                    let into = self.listed(meant, targets)?;
                    self.write_tuple(expr, &into, scope)?;
                }
            }
        }
        Ok(())
    }

    fn write_tuple(&mut self, expr: &Expr, into: &[Into], scope: &Scope) -> Checked<()> {
        match &expr.kind {
            ExprKind::Row(fields, _) if !fields.iter().any(|f| matches!(f.kind, ExprKind::Star(_))) => {
                if fields.len() != into.len() {
                    let what = "number of columns does not match number of values";
                    return Err(Objection::at(Cause::WrongCount(what), expr.span));
                }
                fields.iter().zip(into).try_for_each(|(field, into)| self.write(field, *into, scope))
            }
            ExprKind::Subquery(query) => {
                let before = self.spreads;
                let items = self.query(query, scope)?;
                self.ordered_since(before);
                self.write_items(&items, into, expr.span)
            }
            _ => {
                if let [one] = into {
                    return self.write(expr, *one, scope);
                }
                let value = self.expr(expr, scope)?;
                match self.roles.kind(value.class) {
                    Kind::Plain(..) if into.iter().all(Option::is_none) => Ok(()),
                    _ => match into.iter().flatten().next() {
                        Some(column) => Err(Objection::on(Cause::PlainInto, expr.span, *column)),
                        None => self.plain(&value, Cause::IntoPlain, expr.span),
                    },
                }
            }
        }
    }
}
