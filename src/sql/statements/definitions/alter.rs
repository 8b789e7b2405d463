//! ALTER TABLE on a protected relation: what it changes in the pinned shape, and what it may not.

use std::collections::BTreeSet;

use crate::catalog::change::Change;
use crate::catalog::guard;
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName, quoted};
use crate::policy::types::{fits, spelled};
use crate::sql::analysis::{Analysis, MadeOfQuery};
use crate::sql::ast::{
    AlterAction, AlterTable, ColumnDefinition, Expr, ExprKind, Ident, ObjectKind, ObjectName, Span, TypeName,
};
use crate::sql::casts::keeps_value;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::roles::PLAIN;
use crate::sql::scope::{Found, Item, Scope};
use crate::sql::statements::Outcome;
use crate::sql::statements::definitions::defaults::is_null;
use crate::sql::verdict::{Edit, Replacement};
use crate::types::Cast;

/// What is altered.
struct Target<'a> {
    /// Its shape, if it is pinned and outlives the session.
    pinned: Option<&'a Relation>,
    /// Its shape is known, if only for the session.
    known: bool,
    scope: Scope<'a>,
    span: Span,
}

impl Target<'_> {
    fn name(&self) -> Option<QualifiedName> {
        self.pinned.map(|relation| relation.name.clone())
    }
}

impl<'a> Analysis<'a> {
    pub(in crate::sql) fn alter_table(&mut self, alter: &AlterTable, span: Span) -> Checked<Outcome> {
        self.not_after_protected(alter)?;
        match alter.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView => {}
            ObjectKind::Index | ObjectKind::Sequence => return self.under_another_kind(alter, span),
            ObjectKind::Schema
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
            | ObjectKind::Function
            | ObjectKind::Type
            | ObjectKind::Domain
            | ObjectKind::Other => return Ok(Outcome::NOTHING),
        }
        self.body = Some("a default or check");
        self.not_for_protected(&alter.table.name, false, span)?;
        let meant = self.meant(&alter.table.name)?;
        let target = match meant {
            Meant::Pinned(relation) => {
                let source = self.source_of(&alter.table, meant)?;
                let scope =
                    Scope { visible: source.items.clone(), sources: vec![source], ..Scope::default() };
                let pinned = (relation.name.schema != "pg_temp").then_some(relation);
                Target { pinned, known: true, scope, span }
            }
            Meant::Other(_) => {
                let scope = Scope { visible: vec![Item::Rest(None)], ..Scope::default() };
                Target { pinned: None, known: false, scope, span }
            }
        };
        for action in &alter.actions {
            self.alteration(action, &target)?;
        }
        if let (Meant::Pinned(relation), None) = (meant, target.pinned) {
            self.made = Some(altered(relation, &alter.actions));
        }
        Ok(Outcome::NOTHING)
    }

    // REFUSES: ALTER INDEX of what is a table or a view: the server renames it all the same.
    fn under_another_kind(&self, alter: &AlterTable, span: Span) -> Checked<Outcome> {
        let bare = alter.table.name.name();
        let own = self.known.names.temporary.get(bare).is_some_and(Relation::is_tagged);
        let renames = alter.actions.iter().any(|action| matches!(action, AlterAction::Rename(_)));
        match renames && (own || !self.protected_schemas(bare).is_empty()) {
            true => self.of_relation("renaming", span).map(|()| Outcome::NOTHING),
            false => Ok(Outcome::NOTHING),
        }
    }

    // REFUSES: a relation that takes the name of a protected one: a temporary one would hide it.
    fn not_after_protected(&self, alter: &AlterTable) -> Checked<()> {
        let taken = |action: &AlterAction| match action {
            AlterAction::Rename(to) if !self.protected_schemas(to.as_str()).is_empty() => Some(to.clone()),
            _ => None,
        };
        match (alter.kind, alter.actions.iter().find_map(taken)) {
            (
                ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Index
                | ObjectKind::Sequence,
                Some(name),
            ) => Err(Objection::at(
                Cause::AmbiguousRelation(name.as_str().into()),
                Span { start: name.token, end: name.token + 1 },
            )),
            _ => Ok(()),
        }
    }

    fn alteration(&mut self, action: &AlterAction, target: &Target<'a>) -> Checked<()> {
        let (scope, span) = (&target.scope, target.span);
        match action {
            AlterAction::AddColumn(column, _) => self.add_column(column, target),
            AlterAction::DropColumn(name, _) => {
                self.unprotected(name, "dropping", target)?;
                self.change(target, |relation| Change::ColumnGone { relation, column: name.as_str().into() })
            }
            AlterAction::RenameColumn(from, to) => self.rename_column(from, to, target),
            AlterAction::ColumnType(name, to, using) => self.column_type(name, to, using.as_ref(), target),
            AlterAction::SetDefault(name, expr) => {
                match self.stored_column(name, target) {
                    Some((id, _)) => self.default_of(id, expr, span)?,
                    None => {
                        if !is_null(expr) {
                            self.unprotected(name, "a default", target)?;
                        }
                        self.plain_expr(expr, Cause::BodyOnProtected("a default"), scope)?;
                    }
                }
                self.change(target, Change::Altered)
            }
            AlterAction::SetExpression(name, expr) => {
                self.unprotected(name, "a generated value", target)?;
                self.plain_expr(expr, Cause::BodyOnProtected("a generated column"), scope)?;
                self.change(target, Change::Altered)
            }
            AlterAction::DropDefault(_) | AlterAction::ColumnAttribute(_) => {
                self.change(target, Change::Altered)
            }
            AlterAction::AddConstraint(constraint) => {
                self.constraints(std::slice::from_ref(constraint), None, scope)
            }
            AlterAction::DropConstraint(name) => self.drop_constraint(name, target),
            AlterAction::RenameConstraint(name, _) => self.drop_constraint(name, target),
            AlterAction::Rename(_) | AlterAction::SetSchema(_) if target.known => {
                self.of_relation("renaming", span)
            }
            AlterAction::Inherit(_) if target.known => self.of_relation("attaching a table", span),
            AlterAction::Inherit(parent) => match self.meant(parent)? {
                Meant::Pinned(_) => self.of_relation("attaching a table", span),
                Meant::Other(_) => Ok(()),
            },
            AlterAction::AttachPartition(child, bounds) => {
                bounds
                    .iter()
                    .try_for_each(|bound| self.plain_expr(bound, Cause::Mixed, &Scope::default()))?;
                self.attach(child, target)
            }
            AlterAction::NoInherit(parent) => match (self.meant(parent)?, target.name()) {
                (Meant::Pinned(parent), Some(child)) => {
                    self.changes.push(Change::Detached { parent: parent.name.clone(), child });
                    Ok(())
                }
                (Meant::Pinned(_) | Meant::Other(_), _) => Ok(()),
            },
            AlterAction::DetachPartition(child) => match (self.meant(child)?, target.name()) {
                (Meant::Pinned(child), Some(parent)) => {
                    self.changes.push(Change::Detached { parent, child: child.name.clone() });
                    Ok(())
                }
                (Meant::Pinned(_) | Meant::Other(_), _) => Ok(()),
            },
            AlterAction::Rename(_)
            | AlterAction::SetSchema(_)
            | AlterAction::ValidateConstraint(_)
            | AlterAction::Other(_) => Ok(()),
        }
    }

    fn change(&mut self, target: &Target<'a>, change: impl FnOnce(QualifiedName) -> Change) -> Checked<()> {
        self.changes.extend(target.name().map(change));
        Ok(())
    }

    fn add_column(&mut self, definition: &ColumnDefinition, target: &Target<'a>) -> Checked<()> {
        definition.type_name.iter().try_for_each(|to| self.no_row_type(to))?;
        let Some(relation) = target.pinned else {
            return self.constraints(&definition.constraints, None, &target.scope);
        };
        self.not_tagged_in_other_letters(relation, &definition.name, target.span)?;
        let tag = self.tag_of_new(&relation.name, definition.name.as_str());
        let exists = relation.column(definition.name.as_str()).is_some();
        let before = self.changes.len();
        let column = match tag {
            Some(id) => self.tagged_column(id, definition, &[])?,
            None => self.plain_column(definition),
        };
        let sealed = tag.filter(|id| self.seals(*id));
        self.constraints(&definition.constraints, sealed, &target.scope)?;
        if exists {
            // The server says so, or leaves it as it is (IF NOT EXISTS), and so does the pin.
            self.changes.truncate(before);
            return Ok(());
        }
        let column = Box::new(column);
        self.change(target, |relation| Change::ColumnAdded { relation, column })
    }

    fn not_tagged_in_other_letters(&self, relation: &Relation, column: &Ident, span: Span) -> Checked<()> {
        let has = |name: &str| relation.column(name).is_some();
        self.no_column_tagged_otherwise(&relation.name, column.as_str(), has, span)
    }

    fn rename_column(&mut self, from: &Ident, to: &Ident, target: &Target<'a>) -> Checked<()> {
        self.unprotected(from, "renaming", target)?;
        let Some(relation) = target.pinned else { return Ok(()) };
        self.not_tagged_in_other_letters(relation, to, target.span)?;
        if let Some(id) = self.tag_of_new(&relation.name, to.as_str()) {
            // REFUSES: values that are not sealed under the name of a column whose values are.
            return Err(Objection::on(Cause::AlterProtected("renaming another column"), target.span, id));
        }
        let (from, to) = (from.as_str().to_owned(), to.as_str().to_owned());
        self.change(target, |relation| Change::ColumnRenamed { relation, from, to })
    }

    fn column_type(
        &mut self,
        name: &Ident,
        to: &TypeName,
        using: Option<&Expr>,
        target: &Target<'a>,
    ) -> Checked<()> {
        self.no_row_type(to)?;
        if let Some((id, relation)) = self.sealed_column(name, target) {
            return self.longer_type(id, relation, name, (to, using), target.span);
        }
        self.unprotected(name, "changing the type", target)?;
        if let Some(expr) = using {
            self.plain_expr(expr, Cause::IntoPlain, &target.scope)?;
        }
        self.change(target, Change::Altered)
    }

    /// The protected column of this name, of a pinned table.
    fn stored_column(&self, name: &Ident, target: &Target<'a>) -> Option<(ColumnId, &'a Relation)> {
        let relation = target.pinned?;
        let tag = relation.column(name.as_str()).and_then(|(_, column)| self.tag(column))?;
        let table = matches!(relation.kind, RelationKind::Table | RelationKind::Partitioned);
        table.then_some((tag, relation))
    }

    /// The same of a table that the operator tagged itself.
    fn sealed_column(&self, name: &Ident, target: &Target<'a>) -> Option<(ColumnId, &'a Relation)> {
        let own = |(tag, relation): &(ColumnId, &Relation)| {
            self.known.policy.column(*tag).is_some_and(|c| c.relation == relation.name)
        };
        self.stored_column(name, target).filter(own)
    }

    /// A type that admits every value of the one before: the stored type stays as it is, and clients
    /// see another one from now on.
    fn longer_type(
        &mut self,
        id: ColumnId,
        relation: &Relation,
        name: &Ident,
        (to, using): (&TypeName, Option<&Expr>),
        span: Span,
    ) -> Checked<()> {
        let refused = |what| Objection::on(Cause::AlterProtected(what), span, id);
        let Some(tag) = self.known.policy.column(id) else { return Err(refused("changing the type")) };
        let written = self.written_type(to).ok_or_else(|| refused("changing the type"))?;
        let cast = Cast { to: written.clone(), array: false };
        let keeps = keeps_value(&tag.logical, &cast, false) && fits(&written, tag.stored);
        let converts = using.is_none_or(|expr| match &expr.kind {
            ExprKind::Cast(cast) => {
                let bare = matches!(&cast.expr.kind, ExprKind::Column(parts)
                    if matches!(parts.as_slice(), [part] if part.as_str() == name.as_str()));
                bare && self.written_type(&cast.to).as_ref() == Some(&written)
            }
            _ => false,
        });
        if !keeps || !converts || tag.declared && tag.logical != written {
            return Err(refused("changing the type"));
        }
        let stored = spelled(tag.stored);
        let with = Replacement::Text(stored.into());
        self.edits.push(Edit { tokens: to.span.range(), with });
        if let Some(expr) = using {
            self.remove(self.before(expr.span.start)..expr.span.end);
        }
        self.changes.push(Change::Typed { column: id, logical: written, stored: tag.stored });
        self.changes.push(Change::Altered(relation.name.clone()));
        Ok(())
    }

    // REFUSES: the loss of the guard, without which a session that goes round pgveil stores plaintext.
    fn drop_constraint(&mut self, name: &Ident, target: &Target<'a>) -> Checked<()> {
        let columns = target.pinned.map(|relation| relation.columns.as_slice()).unwrap_or_default();
        let guarded = columns.iter().find(|c| guard::name(&c.name) == name.as_str());
        match guarded.and_then(|column| self.tag(column)) {
            Some(id) => Err(Objection::on(Cause::AlterProtected("going without the guard"), target.span, id)),
            None => Ok(()),
        }
    }

    /// The server admits as a partition only a table that has the same columns and the same CHECKs,
    /// so also the guard.
    fn attach(&mut self, child: &ObjectName, target: &Target<'a>) -> Checked<()> {
        let Some(parent) = target.pinned else {
            return match self.meant(child)? {
                Meant::Pinned(_) => self.of_relation("attaching a table", target.span),
                Meant::Other(_) => Ok(()),
            };
        };
        let pinned = !self.protected_schemas(child.name()).is_empty() || child.schema().is_some();
        let name = match pinned {
            true => self.new_name(child, None)?,
            false => match self.meant(child)? {
                Meant::Other(Some(relation)) => {
                    self.insert(child.span.start, format!("{}.", quoted(&relation.name.schema)));
                    relation.name.clone()
                }
                Meant::Pinned(_) | Meant::Other(None) => self.new_name(child, Some(&parent.name.schema))?,
            },
        };
        let was = self.known.catalog.relation(&name).filter(|relation| relation.pinned);
        if self.known.policy.names(&name) || was.is_some_and(|was| !is_of_family(was, parent)) {
            // REFUSES: a table with tags of its own under another parent.
            return self.of_relation("attaching a protected table", target.span);
        }
        let mut made = Relation::new(name, RelationKind::Table);
        let column = |column: &Column| Column { attnum: 0, ..column.clone() };
        // What was a part of it before has its own order of columns.
        let names =
            |relation: &Relation| relation.columns.iter().map(|c| c.name.clone()).collect::<BTreeSet<_>>();
        let shape = was.filter(|was| names(was) == names(parent)).unwrap_or(parent);
        made.columns = shape.columns.iter().map(column).collect();
        made.parents = vec![parent.name.clone()];
        made.pinned = true;
        self.changes.push(Change::Made(Box::new(made)));
        Ok(())
    }

    fn of_relation(&self, what: &'static str, span: Span) -> Checked<()> {
        Err(Objection::at(Cause::AlterProtected(what), span))
    }

    fn unprotected(&self, name: &Ident, what: &'static str, target: &Target<'a>) -> Checked<()> {
        match target.scope.column_here(name.as_str()) {
            Found::Value(value) if value.class != PLAIN => {
                let id = self.roles.protected_in(value.class);
                let cause = Cause::AlterProtected(what);
                Err(id.map_or_else(
                    || Objection::at(cause.clone(), target.span),
                    |id| Objection::on(cause.clone(), target.span, id),
                ))
            }
            Found::Value(_) | Found::Twice | Found::Maybe | Found::No => Ok(()),
        }
    }
}

/// A temporary relation with the columns that it has after these actions.
fn altered(relation: &Relation, actions: &[AlterAction]) -> MadeOfQuery {
    let own = relation.columns.iter().map(|column| (column.name.as_str().into(), column.tag));
    let mut columns: Vec<(Box<str>, Option<ColumnId>)> = own.collect();
    for action in actions {
        match action {
            AlterAction::AddColumn(column, _) => {
                if columns.iter().all(|(name, _)| **name != *column.name.as_str()) {
                    columns.push((column.name.as_str().into(), None));
                }
            }
            AlterAction::DropColumn(gone, _) => columns.retain(|(name, _)| **name != *gone.as_str()),
            AlterAction::RenameColumn(from, to) => {
                if let Some((name, _)) = columns.iter_mut().find(|(name, _)| **name == *from.as_str()) {
                    *name = to.as_str().into();
                }
            }
            AlterAction::ColumnType(..)
            | AlterAction::SetDefault(..)
            | AlterAction::SetExpression(..)
            | AlterAction::DropDefault(_)
            | AlterAction::ColumnAttribute(_)
            | AlterAction::AddConstraint(_)
            | AlterAction::DropConstraint(_)
            | AlterAction::RenameConstraint(..)
            | AlterAction::ValidateConstraint(_)
            | AlterAction::Rename(_)
            | AlterAction::SetSchema(_)
            | AlterAction::Inherit(_)
            | AlterAction::NoInherit(_)
            | AlterAction::AttachPartition(..)
            | AlterAction::DetachPartition(_)
            | AlterAction::Other(_) => {}
        }
    }
    MadeOfQuery { name: relation.name.name.as_str().into(), columns: Some(columns), unless_there: false }
}

/// Does every tagged column carry what it carries in the parent?
fn is_of_family(child: &Relation, parent: &Relation) -> bool {
    child
        .columns
        .iter()
        .filter(|column| column.tag.is_some())
        .all(|column| parent.column(&column.name).is_some_and(|(_, above)| above.tag == column.tag))
}
