//! CREATE TABLE, VIEW, INDEX, and tables made of queries.

use crate::names::ColumnId;
use crate::policy::model::Mode;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Constraint, ConstraintKind, CreateIndex, CreateTable, CreateTableAs, CreateView, ExprKind, Ident,
    IndexElement, ObjectName, Persistence, Span, TableSource,
};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::roles::{EqualTo, Kind};
use crate::sql::scope::{Item, Scope};
use crate::sql::statements::Outcome;
use crate::sql::verdict::Rows;

impl<'a> Analysis<'a> {
    /// A table made of a query's rows: the protected column that would be lost in it, if any. A
    /// temporary table inherits the tags for the session.
    pub fn made_table(
        &mut self,
        name: &ObjectName,
        persistence: Persistence,
        items: &[Item],
    ) -> Option<ColumnId> {
        let temporary = persistence == Persistence::Temporary || name.schema() == Some("pg_temp");
        if !temporary {
            return self.protected_among(items);
        }
        let mut shape = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Column(column, value) => {
                    self.settle(value);
                    let tag = match self.roles.kind(value.class) {
                        Kind::Protected(id) => Some(id),
                        _ => match self.roles.protected_in(value.class) {
                            Some(id) => return Some(id),
                            None => None,
                        },
                    };
                    shape.push((column.clone(), tag));
                }
                Item::Rest(_) => match self.protected_among(items) {
                    Some(id) => return Some(id),
                    None => return None,
                },
            }
        }
        self.made = Some((name.name().into(), shape));
        None
    }

    pub(in crate::sql) fn create_table_as(&mut self, create: &CreateTableAs, span: Span) -> Checked<Outcome> {
        let items = match &create.source {
            TableSource::Query(query) => self.query(query, &Scope::default())?,
            TableSource::Execute(execute) => {
                let outcome = self.execute(execute, span)?;
                let opened = matches!(&outcome, Outcome::Rows(Rows::Columns(c))
                    if c.iter().any(|c| matches!(c, crate::sql::verdict::OutColumn::Open(_))));
                return match opened {
                    true => Err(Objection::at(Cause::TableFromProtected, span)),
                    false => Ok(Outcome::NOTHING),
                };
            }
        };
        let items = self.renamed(items, create.columns.iter().map(|c| c.as_str()), span)?;
        if create.materialized_view {
            self.body = Some("a materialised view");
        }
        match self.made_table(&create.name, create.persistence, &items) {
            Some(column) => Err(Objection::on(Cause::TableFromProtected, create.name.span, column)),
            None => Ok(Outcome::NOTHING),
        }
    }

    /// A view that shows nothing protected may be made by anybody; one that does has to be pinned.
    pub(in crate::sql) fn create_view(&mut self, view: &CreateView, _span: Span) -> Checked<Outcome> {
        let items = self.query(&view.query, &Scope::default())?;
        let items = self.renamed(items, view.columns.iter().map(|c| c.as_str()), view.query.span)?;
        if view.persistence != Persistence::Temporary {
            self.body = Some("a view");
        }
        let pinned = self.known.catalog.pinned_named(view.name.name()).next().is_some();
        match self.made_table(&view.name, view.persistence, &items) {
            Some(column) => Err(Objection::on(Cause::ViewOverProtected, view.name.span, column)),
            None if pinned && view.persistence != Persistence::Temporary => {
                Err(Objection::at(Cause::ViewOverProtected, view.name.span))
            }
            None => Ok(Outcome::NOTHING),
        }
    }

    /// A new table holds no values yet; what it inherits from a pinned one would not be pinned.
    pub(in crate::sql) fn create_table(&mut self, table: &CreateTable, span: Span) -> Checked<Outcome> {
        self.body = Some("a default or check");
        for parent in table.inherits.iter().chain(&table.partition_of) {
            if let Meant::Pinned(_) = self.meant(parent)? {
                return Err(Objection::at(Cause::AlterProtected("a new partition or child"), span));
            }
        }
        for model in &table.like {
            if let Meant::Pinned(_) = self.meant(model)? {
                return Err(Objection::at(Cause::AlterProtected("a table LIKE it"), span));
            }
        }
        let scope = Scope { visible: vec![Item::Rest(None)], ..Scope::default() };
        for column in &table.columns {
            let tag = self.policy_tag(&table.name, column.name.as_str());
            self.constraints(&column.constraints, tag, &scope)?;
        }
        for constraint in &table.constraints {
            if let ConstraintKind::Check(_) = constraint.kind
                && self.known.policy.columns.iter().any(|c| c.relation.name == table.name.name())
            {
                return Err(Objection::at(Cause::BodyOnProtected("a CHECK constraint"), constraint.span));
            }
        }
        self.constraints(&table.constraints, None, &scope)?;
        Ok(Outcome::NOTHING)
    }

    /// The tag of a column that does not exist yet.
    fn policy_tag(&self, table: &ObjectName, column: &str) -> Option<ColumnId> {
        let fits = |c: &crate::policy::model::ProtectedColumn| {
            c.relation.name == table.name()
                && c.column == column
                && table.schema().is_none_or(|s| s == c.relation.schema)
        };
        self.known.policy.ids().find(|(_, c)| fits(c)).map(|(id, _)| id)
    }

    /// Constraints of a column (with its tag) or of a table.
    pub(in crate::sql) fn constraints(
        &mut self,
        list: &[Constraint],
        tag: Option<ColumnId>,
        scope: &Scope,
    ) -> Checked<()> {
        for constraint in list {
            match &constraint.kind {
                ConstraintKind::Default(expr)
                | ConstraintKind::Generated(expr)
                | ConstraintKind::Check(expr) => {
                    if let (Some(id), false) = (tag, matches!(expr.kind, ExprKind::Null)) {
                        let cause = Cause::BodyOnProtected("a default or check");
                        return Err(Objection::on(cause, constraint.span, id));
                    }
                    self.plain_expr(expr, Cause::BodyOnProtected("a default or check"), scope)?;
                }
                ConstraintKind::Unique(columns) | ConstraintKind::PrimaryKey(columns) => {
                    if let Some(id) = tag {
                        self.indexable(id, constraint.span)?;
                    }
                    self.indexable_columns(columns, scope, constraint.span)?;
                }
                ConstraintKind::ForeignKey { columns, table, referenced } => {
                    self.foreign_key(columns, table, referenced, scope, constraint.span)?;
                }
                ConstraintKind::Exclude(elements, filter) => {
                    for element in elements {
                        self.plain_expr(&element.expr, Cause::IndexOnProtected, scope)?;
                    }
                    if let Some(filter) = filter {
                        self.condition(filter, scope)?;
                    }
                }
                ConstraintKind::NotNull
                | ConstraintKind::Null
                | ConstraintKind::Identity(_)
                | ConstraintKind::UsingIndex(_)
                | ConstraintKind::Attribute => {}
            }
        }
        Ok(())
    }

    fn indexable(&self, id: ColumnId, span: Span) -> Checked<()> {
        match self.known.policy.column(id).map(|c| c.mode) {
            Some(Mode::Deterministic) => Ok(()),
            Some(Mode::Randomized) | None => Err(Objection::on(Cause::IndexOnProtected, span, id)),
        }
    }

    fn indexable_columns(&mut self, columns: &[Ident], scope: &Scope, span: Span) -> Checked<()> {
        for column in columns {
            let value = self.bare(column.as_str(), span, scope)?;
            if let Some(id) = self.roles.protected_in(value.class) {
                self.indexable(id, span)?;
            }
        }
        Ok(())
    }

    /// Both ends are of one domain, or neither is protected.
    fn foreign_key(
        &mut self,
        columns: &[Ident],
        table: &ObjectName,
        referenced: &[Ident],
        scope: &Scope,
        span: Span,
    ) -> Checked<()> {
        let other = self.table_scope(table)?;
        if columns.is_empty() {
            // A column's own constraint: the new column carries no tag.
            for name in referenced {
                let value = self.bare(name.as_str(), span, &other)?;
                self.plain(&value, Cause::IndexOnProtected, span)?;
            }
        }
        for (index, column) in columns.iter().enumerate() {
            let a = self.bare(column.as_str(), span, scope)?;
            match referenced.get(index) {
                Some(name) => {
                    let b = self.bare(name.as_str(), span, &other)?;
                    self.compare(&a, &b, EqualTo::Values, span)?;
                }
                None => self.plain(&a, Cause::IndexOnProtected, span)?,
            }
        }
        Ok(())
    }

    pub(in crate::sql) fn create_index(&mut self, index: &CreateIndex) -> Checked<Outcome> {
        self.body = Some("an index");
        let scope = self.table_scope(&index.table.name)?;
        let method = index.method.as_ref().map_or("btree", |m| m.as_str());
        for element in index.elements.iter().chain(&index.include) {
            self.index_element(element, method, &scope)?;
        }
        if let Some(filter) = &index.filter {
            self.condition(filter, &scope)?;
        }
        Ok(Outcome::NOTHING)
    }

    fn index_element(&mut self, element: &IndexElement, method: &str, scope: &Scope) -> Checked<()> {
        let span = element.expr.span;
        let value = self.expr(&element.expr, scope)?;
        let Some(id) = self.roles.protected_in(value.class) else { return Ok(()) };
        let bare = matches!(element.expr.kind, ExprKind::Column(_));
        let plain = element.collation.is_none() && element.operator_class.is_none();
        match bare && plain && matches!(method, "btree" | "hash") {
            true => self.indexable(id, span),
            false => Err(Objection::on(Cause::IndexOnProtected, span, id)),
        }
    }
}
