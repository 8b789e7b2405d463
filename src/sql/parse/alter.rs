//! ALTER TABLE and its kin.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    AlterAction, AlterTable, ColumnDefinition, Constraint, Domain, Ident, ObjectKind, StatementKind,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    pub(super) fn alter(&mut self) -> Parsed<StatementKind> {
        let mark = self.mark();
        self.take(K::Alter)?;
        match self.keyword() {
            Some(K::Publication) => return self.publication(),
            Some(K::Policy) => {
                if !self.alters_policy_name() {
                    return self.row_policy();
                }
            }
            Some(K::Domain) => return self.alter_domain(),
            _ => {}
        }
        let kind = self.object_kind();
        let relation = matches!(
            kind,
            ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Index
                | ObjectKind::Sequence
                | ObjectKind::Schema
        );
        if !relation || self.are(&[K::All, K::In]) {
            self.rewind(mark);
            return self.other(K::Alter);
        }
        let if_exists = self.if_exists();
        let table = self.relation()?;
        let actions = self.list(|p| p.alter_action(kind))?;
        Ok(StatementKind::AlterTable(Box::new(AlterTable { kind, table, if_exists, actions })))
    }

    /// `ALTER POLICY [IF EXISTS] name ON table RENAME TO …`: no expressions. Takes nothing.
    fn alters_policy_name(&mut self) -> bool {
        let mark = self.mark();
        self.bump();
        self.if_exists();
        let table = self.column_name().is_ok() && self.eat(K::On) && self.object_name().is_ok();
        let renames = table && self.is(K::Rename);
        self.rewind(mark);
        renames
    }

    fn alter_action(&mut self, kind: ObjectKind) -> Parsed<AlterAction> {
        let start = self.token();
        match self.keyword() {
            Some(K::Add) if kind != ObjectKind::Sequence => self.alter_add(),
            Some(K::Drop) => self.alter_drop(),
            Some(K::Alter) => self.alter_column(),
            Some(K::Rename) => self.alter_rename(),
            Some(K::Validate) => {
                self.take_all(&[K::Validate, K::Constraint])?;
                self.column_name().map(AlterAction::ValidateConstraint)
            }
            Some(K::Set) if self.is_at(1, K::Schema) => {
                self.take_all(&[K::Set, K::Schema])?;
                self.column_name().map(AlterAction::SetSchema)
            }
            Some(K::Inherit) => {
                self.bump();
                self.object_name().map(AlterAction::Inherit)
            }
            Some(K::No) if self.is_at(1, K::Inherit) => {
                self.take_all(&[K::No, K::Inherit])?;
                self.object_name().map(AlterAction::NoInherit)
            }
            Some(K::Attach) => {
                self.take_all(&[K::Attach, K::Partition])?;
                let child = self.object_name()?;
                let bounds = if kind == ObjectKind::Index { Vec::new() } else { self.partition_bound()? };
                Ok(AlterAction::AttachPartition(child, bounds))
            }
            Some(K::Detach) => {
                self.take_all(&[K::Detach, K::Partition])?;
                let child = self.object_name()?;
                self.eat_one_of(&[K::Concurrently, K::Finalize]);
                Ok(AlterAction::DetachPartition(child))
            }
            // What begins with no word is no action, and must not pass as one.
            None => Err(self.unexpected()),
            Some(_) => {
                let span = self.skip_to_delimiter();
                self.only_words(span)?;
                Ok(AlterAction::Other(self.since(start)))
            }
        }
    }

    fn alter_add(&mut self) -> Parsed<AlterAction> {
        self.take(K::Add)?;
        if self.at_table_constraint() {
            return self.table_constraint().map(AlterAction::AddConstraint);
        }
        self.eat(K::Column);
        let if_not_exists = self.if_not_exists();
        Ok(AlterAction::AddColumn(self.column_definition()?, if_not_exists))
    }

    fn alter_drop(&mut self) -> Parsed<AlterAction> {
        self.take(K::Drop)?;
        let constraint = self.eat(K::Constraint);
        if !constraint {
            self.eat(K::Column);
        }
        let if_exists = self.if_exists();
        let name = self.column_name()?;
        self.eat_one_of(&[K::Cascade, K::Restrict]);
        Ok(if constraint {
            AlterAction::DropConstraint(name)
        } else {
            AlterAction::DropColumn(name, if_exists)
        })
    }

    fn alter_column(&mut self) -> Parsed<AlterAction> {
        let start = self.take(K::Alter)?;
        if self.is(K::Constraint) {
            self.skip_to_delimiter();
            return Ok(AlterAction::Other(self.since(start)));
        }
        self.eat(K::Column);
        if self.is(TokenKind::Integer) {
            // A column of an index, by number.
            self.skip_to_delimiter();
            return Ok(AlterAction::Other(self.since(start)));
        }
        let name = self.column_name()?;
        if self.eat_all(&[K::Set, K::Default]) {
            return Ok(AlterAction::SetDefault(name, self.expr()?));
        }
        if self.eat_all(&[K::Drop, K::Default]) {
            return Ok(AlterAction::DropDefault(name));
        }
        if self.eat_all(&[K::Set, K::Expression, K::As]) {
            return Ok(AlterAction::SetExpression(name, self.in_parens(Self::expr)?));
        }
        if self.are(&[K::Set, K::Data]) || self.is(K::Type) {
            self.eat_all(&[K::Set, K::Data]);
            return self.alter_type(name);
        }
        match self.keyword() {
            Some(K::Set | K::Drop | K::Reset | K::Add | K::Restart | K::Options) => {
                let span = self.skip_to_delimiter();
                self.only_words(span)?;
            }
            _ => return Err(self.unexpected()),
        }
        Ok(AlterAction::ColumnAttribute(name))
    }

    fn alter_type(&mut self, name: Ident) -> Parsed<AlterAction> {
        self.take(K::Type)?;
        let to = self.type_name()?;
        if self.eat(K::Collate) {
            self.object_name()?;
        }
        let using = if self.eat(K::Using) { Some(self.expr()?) } else { None };
        Ok(AlterAction::ColumnType(name, to, using))
    }

    fn alter_rename(&mut self) -> Parsed<AlterAction> {
        self.take(K::Rename)?;
        if self.eat(K::To) {
            return self.column_name().map(AlterAction::Rename);
        }
        let constraint = self.eat(K::Constraint);
        if !constraint {
            self.eat(K::Column);
        }
        let old = self.column_name()?;
        self.take(K::To)?;
        let new = self.column_name()?;
        Ok(if constraint {
            AlterAction::RenameConstraint(old, new)
        } else {
            AlterAction::RenameColumn(old, new)
        })
    }

    fn alter_domain(&mut self) -> Parsed<StatementKind> {
        self.take(K::Domain)?;
        let start = self.token();
        let name = self.object_name()?;
        let label = name.parts.first().cloned().ok_or_else(|| self.unexpected())?;
        let constraints = if self.eat_all(&[K::Set, K::Default]) {
            let kind = crate::sql::ast::ConstraintKind::Default(self.expr()?);
            vec![Constraint { name: None, kind, span: self.since(start) }]
        } else if self.eat(K::Add) {
            self.domain_constraints(label, start)?
        } else {
            self.skip_statement();
            Vec::new()
        };
        Ok(StatementKind::Domain(Box::new(Domain { name, create: false, type_name: None, constraints })))
    }

    /// Constraints of a domain are those of a column.
    pub(super) fn domain_constraints(&mut self, label: Ident, start: u32) -> Parsed<Vec<Constraint>> {
        let mut column = ColumnDefinition {
            name: label,
            type_name: None,
            collation: None,
            constraints: Vec::new(),
            span: self.since(start),
        };
        self.column_constraints(&mut column)?;
        Ok(column.constraints)
    }
}
