//! CREATE TABLE and CREATE INDEX, and the constraints of tables.

use crate::catalog::change::Change;
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::Mode;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Constraint, ConstraintKind, CreateIndex, CreateTable, ExprKind, Ident, IndexElement, ObjectName,
    Persistence, Span, TypeName,
};
use crate::sql::judge::is_temporary_schema;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::roles::EqualTo;
use crate::sql::scope::{Item, Scope, Source, Value};
use crate::sql::statements::Outcome;

impl<'a> Analysis<'a> {
    /// A new table: where the operator tagged it, its columns become what they are stored as, and
    /// its shape is pinned from this text; so is that of a partition or child of a pinned one.
    pub(in crate::sql) fn create_table(&mut self, table: &CreateTable, span: Span) -> Checked<Outcome> {
        self.body = Some("a default or check");
        if table.foreign {
            self.not_for_protected(&table.name, true, span)?;
        }
        table.columns.iter().filter_map(|c| c.type_name.as_ref()).try_for_each(|t| self.no_row_type(t))?;
        table.of_type.iter().try_for_each(|name| self.no_row_type(&TypeName::named(name.clone())))?;
        let parents = self.pinned_parents(table, span)?;
        let temporary = table.persistence == Persistence::Temporary
            || table.name.schema().is_some_and(is_temporary_schema);
        let mut models = Vec::with_capacity(table.like.len());
        for model in &table.like {
            models.push(self.meant(&model.name)?);
        }
        if models.iter().any(|model| matches!(model, Meant::Pinned(_))) {
            if !parents.is_empty() {
                return Err(Objection::at(Cause::AlterProtected("a table LIKE it"), span));
            }
            return match temporary {
                true => self.temporary_like(table, &models, span),
                false => self.tagged_like(table, &models, span),
            };
        }
        let known = table.name.schema().is_none() && self.protected_schemas(table.name.name()).is_empty();
        if temporary && !parents.is_empty() {
            return Err(Objection::at(Cause::AlterProtected("a new partition or child"), span));
        }
        if !temporary {
            self.not_tagged_otherwise(&table.name)?;
        }
        if temporary || (known && parents.is_empty()) {
            return self.unprotected_table(table);
        }
        let near = parents.first().map(|parent| parent.name.schema.as_str());
        let name = self.new_name(&table.name, near)?;
        if parents.is_empty() && !self.known.policy.names(&name) {
            return self.unprotected_table(table).map(|outcome| {
                self.beside_protected(name, table);
                outcome
            });
        }
        self.protected_table(name, table, &parents, span)
    }

    /// The pinned ones among what it inherits from.
    fn pinned_parents(&mut self, table: &CreateTable, span: Span) -> Checked<Vec<&'a Relation>> {
        let mut pinned = Vec::new();
        let mut others = false;
        for parent in table.inherits.iter().chain(&table.partition_of) {
            match self.meant(parent)? {
                Meant::Pinned(relation) => pinned.push(relation),
                Meant::Other(_) => others = true,
            }
        }
        match others && !pinned.is_empty() {
            // REFUSES: columns of the other parent stand in no pin.
            true => Err(Objection::at(Cause::AlterProtected("a child of it and of another table"), span)),
            false => Ok(pinned),
        }
    }

    fn unprotected_table(&mut self, table: &CreateTable) -> Checked<Outcome> {
        let scope = Scope { visible: vec![Item::Rest(None)], ..Scope::default() };
        for column in &table.columns {
            self.constraints(&column.constraints, None, &scope)?;
        }
        self.constraints(&table.constraints, None, &scope)?;
        Ok(Outcome::NOTHING)
    }

    /// A table that is not protected, under the bare name of one that is: from now on there is one.
    fn beside_protected(&mut self, name: QualifiedName, table: &CreateTable) {
        if self.known.catalog.relation(&name).is_none() {
            let mut relation = Relation::new(name, RelationKind::Table);
            relation.columns = table.columns.iter().map(|column| self.plain_column(column)).collect();
            self.changes.push(Change::Made(Box::new(relation)));
        }
    }

    fn protected_table(
        &mut self,
        name: QualifiedName,
        table: &CreateTable,
        parents: &[&Relation],
        span: Span,
    ) -> Checked<Outcome> {
        // REFUSES: columns that this text does not show.
        if table.foreign || table.of_type.is_some() || !table.like.is_empty() {
            return Err(Objection::at(Cause::AlterProtected("a table of this form"), span));
        }
        let mut columns: Vec<Column> = Vec::new();
        for column in parents.iter().flat_map(|parent| &parent.columns) {
            if columns.iter().all(|known| known.name != column.name) {
                columns.push(Column { attnum: 0, ..column.clone() });
            }
        }
        for definition in &table.columns {
            let has = |name: &str| table.columns.iter().any(|column| column.name.as_str() == name);
            self.no_column_tagged_otherwise(&name, definition.name.as_str(), has, span)?;
            let inherited = columns.iter().find(|c| c.name == definition.name.as_str()).cloned();
            let tag = inherited
                .as_ref()
                .and_then(|c| c.tag)
                .or_else(|| self.tag_of_new(&name, definition.name.as_str()));
            let column = match (tag, definition.type_name.is_some(), &inherited) {
                (Some(id), true, None) => self.tagged_column(id, definition, &table.constraints)?,
                (Some(id), true, Some(inherited)) => self.inherited_column(id, definition, inherited)?,
                (_, _, Some(inherited)) => inherited.clone(),
                (_, _, None) => self.plain_column(definition),
            };
            match columns.iter_mut().find(|c| c.name == column.name) {
                Some(known) => *known = column,
                None => columns.push(column),
            }
        }
        self.checked_new(table, &columns)?;
        let was = self.known.catalog.relation(&name).filter(|r| r.pinned);
        if table.if_not_exists && was.is_some_and(|r| r.open || r.oid != 0) {
            // The server leaves what is there as it is, and so does the pin.
            self.changes.clear();
            return Ok(Outcome::NOTHING);
        }
        let kind = match table.partition_by.is_empty() {
            true => RelationKind::Table,
            false => RelationKind::Partitioned,
        };
        let mut made = Relation::new(name, kind);
        made.columns = columns;
        made.parents = parents.iter().map(|parent| parent.name.clone()).collect();
        made.pinned = true;
        self.changes.push(Change::Made(Box::new(made)));
        Ok(Outcome::NOTHING)
    }

    /// What a new table with these columns says of them.
    pub(super) fn checked_new(&mut self, table: &CreateTable, columns: &[Column]) -> Checked<()> {
        let scope = self.scope_of_new(columns, table.name.name());
        for definition in &table.columns {
            let column = columns.iter().find(|c| c.name == definition.name.as_str());
            let tag = column.and_then(|c| c.tag).filter(|id| self.seals(*id));
            self.constraints(&definition.constraints, tag, &scope)?;
        }
        self.constraints(&table.constraints, None, &scope)?;
        for element in &table.partition_by {
            self.plain_expr(&element.expr, Cause::IndexOnProtected, &scope)?;
        }
        Ok(())
    }

    /// The columns of a table that is being made.
    pub(super) fn scope_of_new(&mut self, columns: &[Column], name: &str) -> Scope<'static> {
        let items: Vec<Item> = columns
            .iter()
            .map(|column| {
                let value = match self.tag(column) {
                    Some(tag) => Value::of(self.roles.protected(tag)),
                    None => Value::plain(),
                };
                Item::Column(column.name.as_str().into(), value)
            })
            .collect();
        let source = Source { name: name.into(), schema: None, items: items.clone(), made: false };
        Scope { visible: items, sources: vec![source], ..Scope::default() }
    }

    /// Constraints of a column (with its tag) or of a table.
    pub(in crate::sql) fn constraints(
        &mut self,
        list: &[Constraint],
        tag: Option<ColumnId>,
        scope: &Scope,
    ) -> Checked<()> {
        for constraint in list {
            if self.is_guard(constraint, tag, scope) {
                continue;
            }
            match &constraint.kind {
                ConstraintKind::Default(expr) => match tag {
                    Some(id) => self.default_of(id, expr, constraint.span)?,
                    None => self.plain_expr(expr, Cause::BodyOnProtected("a default or check"), scope)?,
                },
                ConstraintKind::Generated(expr) | ConstraintKind::Check(expr) => {
                    if let Some(id) = tag {
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
                    let key = ForeignKey { columns, table, referenced, span: constraint.span };
                    self.foreign_key(&key, tag, scope)?;
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

    /// Is it the guard of a protected column in scope, or of the column that carries this tag?
    fn is_guard(&self, constraint: &Constraint, tag: Option<ColumnId>, scope: &Scope) -> bool {
        let of_tag = tag.and_then(|id| self.known.policy.column(id)).map(|c| c.column.as_str());
        let in_scope = scope.visible.iter().filter_map(|item| match item {
            Item::Column(name, value) => self.roles.protected_in(value.class).map(|_| &**name),
            Item::Rest(_) => None,
        });
        of_tag.into_iter().chain(in_scope).any(|column| self.is_guard_of(constraint, column))
    }

    /// Both ends are of one domain, or neither is protected. `tag` is that of the column whose own
    /// constraint it is.
    fn foreign_key(&mut self, key: &ForeignKey<'_>, tag: Option<ColumnId>, scope: &Scope) -> Checked<()> {
        let span = key.span;
        let other = self.table_scope(key.table)?;
        if key.columns.is_empty() {
            let own = match tag {
                Some(id) => Value::of(self.roles.protected(id)),
                None => Value::plain(),
            };
            if key.referenced.is_empty() {
                return self.plain(&own, Cause::IndexOnProtected, span);
            }
            for name in key.referenced {
                let value = self.bare(name.as_str(), span, &other)?;
                match tag {
                    Some(_) => self.compare(&own, &value, EqualTo::Values, span)?,
                    None => self.plain(&value, Cause::Mixed, span)?,
                }
            }
        }
        for (index, column) in key.columns.iter().enumerate() {
            let a = self.bare(column.as_str(), span, scope)?;
            match key.referenced.get(index) {
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
        // What an expression does with a protected column is nothing to compute in the application here.
        let value = self.expr(&element.expr, scope).map_err(|why| match (&why.cause, why.column) {
            (Cause::Function(_) | Cause::Operator(_), Some(id)) => {
                Objection::on(Cause::IndexOnProtected, span, id)
            }
            _ => why,
        })?;
        let Some(id) = self.roles.protected_in(value.class) else { return Ok(()) };
        let bare = matches!(element.expr.kind, ExprKind::Column(_));
        let plain = element.operator_class.as_ref().is_none_or(|class| sorts_text(class));
        match bare && plain && element.collation.is_none() && matches!(method, "btree" | "hash") {
            true => self.indexable(id, span),
            false => Err(Objection::on(Cause::IndexOnProtected, span, id)),
        }
    }
}

/// An operator class that puts text in order and finds what is equal: envelopes are text as any other.
/// Frameworks make such an index beside each unique one, for LIKE; nobody uses it here.
fn sorts_text(class: &ObjectName) -> bool {
    matches!(class.name(), "text_ops" | "varchar_ops" | "text_pattern_ops" | "varchar_pattern_ops")
}

/// REFERENCES, of a column or of a table.
struct ForeignKey<'k> {
    columns: &'k [Ident],
    table: &'k ObjectName,
    referenced: &'k [Ident],
    span: Span,
}
