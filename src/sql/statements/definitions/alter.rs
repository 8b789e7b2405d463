//! ALTER TABLE on a protected relation.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{AlterAction, AlterTable, ExprKind, Ident, ObjectKind, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::roles::PLAIN;
use crate::sql::scope::{Found, Item, Scope};
use crate::sql::statements::Outcome;

impl<'a> Analysis<'a> {
    pub(in crate::sql) fn alter_table(&mut self, alter: &AlterTable, span: Span) -> Checked<Outcome> {
        if alter.kind == ObjectKind::Index || alter.kind == ObjectKind::Sequence {
            return Ok(Outcome::NOTHING);
        }
        self.body = Some("a default or check");
        let meant = self.meant(&alter.table.name)?;
        let scope = match meant {
            Meant::Pinned(_) => {
                let source = self.source_of(&alter.table, meant)?;
                Scope { visible: source.items.clone(), sources: vec![source], ..Scope::default() }
            }
            Meant::Other(_) => Scope { visible: vec![Item::Rest(None)], ..Scope::default() },
        };
        let pinned = matches!(meant, Meant::Pinned(_));
        for action in &alter.actions {
            self.alteration(action, pinned, &scope, span)?;
        }
        Ok(Outcome::NOTHING)
    }

    fn alteration(&mut self, action: &AlterAction, pinned: bool, scope: &Scope, span: Span) -> Checked<()> {
        match action {
            AlterAction::AddColumn(column, _) => self.constraints(&column.constraints, None, scope),
            AlterAction::DropColumn(name, _) => self.unprotected(name, "dropping", scope, span),
            AlterAction::RenameColumn(name, _) => self.unprotected(name, "renaming", scope, span),
            AlterAction::ColumnType(name, _, using) => {
                self.unprotected(name, "changing the type", scope, span)?;
                match using {
                    Some(expr) => self.plain_expr(expr, Cause::IntoPlain, scope),
                    None => Ok(()),
                }
            }
            AlterAction::SetDefault(name, expr) => {
                if !matches!(expr.kind, ExprKind::Null) {
                    self.unprotected(name, "a default", scope, span)?;
                }
                self.plain_expr(expr, Cause::BodyOnProtected("a default"), scope)
            }
            AlterAction::SetExpression(name, expr) => {
                self.unprotected(name, "a generated value", scope, span)?;
                self.plain_expr(expr, Cause::BodyOnProtected("a generated column"), scope)
            }
            AlterAction::AddConstraint(constraint) => {
                self.constraints(std::slice::from_ref(constraint), None, scope)
            }
            AlterAction::Rename(_) | AlterAction::SetSchema(_) if pinned => {
                self.of_relation("renaming", span)
            }
            AlterAction::Inherit(_) | AlterAction::AttachPartition(..) if pinned => {
                self.of_relation("attaching a table", span)
            }
            AlterAction::Inherit(parent) => match self.meant(parent)? {
                Meant::Pinned(_) => self.of_relation("attaching a table", span),
                Meant::Other(_) => Ok(()),
            },
            AlterAction::AttachPartition(child, _) => match self.meant(child)? {
                Meant::Pinned(_) => self.of_relation("attaching a table", span),
                Meant::Other(_) => Ok(()),
            },
            AlterAction::Rename(_)
            | AlterAction::SetSchema(_)
            | AlterAction::DropDefault(_)
            | AlterAction::ColumnAttribute(_)
            | AlterAction::DropConstraint(_)
            | AlterAction::ValidateConstraint(_)
            | AlterAction::RenameConstraint(..)
            | AlterAction::NoInherit(_)
            | AlterAction::DetachPartition(_)
            | AlterAction::Other(_) => Ok(()),
        }
    }

    fn of_relation(&self, what: &'static str, span: Span) -> Checked<()> {
        Err(Objection::at(Cause::AlterProtected(what), span))
    }

    fn unprotected(&self, name: &Ident, what: &'static str, scope: &Scope, span: Span) -> Checked<()> {
        match scope.column_here(name.as_str()) {
            Found::Value(value) if value.class != PLAIN => {
                let id = self.roles.protected_in(value.class);
                let cause = Cause::AlterProtected(what);
                Err(id.map_or_else(
                    || Objection::at(cause.clone(), span),
                    |id| Objection::on(cause.clone(), span, id),
                ))
            }
            Found::Value(_) | Found::Twice | Found::Maybe | Found::No => Ok(()),
        }
    }
}
