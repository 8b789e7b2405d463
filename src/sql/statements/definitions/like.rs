//! CREATE TABLE … (LIKE a protected table).
//!
//! Knows what LIKE takes over: the columns, and what INCLUDING names. Does not know how guards are sent.

use crate::catalog::change::Change;
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::names::ColumnId;
use crate::policy::model::Phase;
use crate::policy::standing::Standing;
use crate::sql::analysis::{Analysis, MadeOfQuery};
use crate::sql::ast::{CreateTable, LikeTable, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::statements::Outcome;

impl<'a> Analysis<'a> {
    /// A temporary table with the columns of pinned ones, which bring their tags for the session, and for
    /// what its own checks say of them.
    pub(super) fn temporary_like(
        &mut self,
        table: &CreateTable,
        models: &[Meant<'a>],
        span: Span,
    ) -> Checked<Outcome> {
        let own: Vec<_> = table.columns.iter().map(|c| (c.name.token, vec![self.plain_column(c)])).collect();
        let mut parts = own;
        for (like, model) in table.like.iter().zip(models) {
            parts.push((like.name.span.start, self.model(model, span)?.columns.clone()));
        }
        let columns = in_order(parts);
        self.checked_new(table, &columns)?;
        self.made = Some(MadeOfQuery {
            name: table.name.name().into(),
            columns: Some(columns.iter().map(|c| (c.name.as_str().into(), self.tag(c))).collect()),
            unless_there: table.if_not_exists,
        });
        Ok(Outcome::NOTHING)
    }

    /// A table that outlives the session, where the operator has tagged its columns as those of its models.
    /// Whatever INCLUDING says, the guards are made right behind it.
    pub(super) fn tagged_like(
        &mut self,
        table: &CreateTable,
        models: &[Meant<'a>],
        span: Span,
    ) -> Checked<Outcome> {
        let refused = || Objection::at(Cause::AlterProtected("a table LIKE it"), span);
        self.not_tagged_otherwise(&table.name)?;
        let name = self.new_name(&table.name, None)?;
        // REFUSES: a table without tags, for values of one that has them; and guards for a table that may be
        // there with its own.
        let other = table.foreign || table.of_type.is_some() || table.if_not_exists;
        if other || !self.known.policy.names(&name) {
            return Err(refused());
        }
        let mut of_models = Vec::with_capacity(models.len());
        for model in models {
            of_models.push(self.model(model, span)?);
        }
        let is_written = |name: &str| table.columns.iter().any(|c| c.name.as_str() == name);
        let has = |name: &str| is_written(name) || of_models.iter().any(|model| model.column(name).is_some());
        let mut parts = Vec::new();
        for definition in &table.columns {
            let written = definition.name.as_str();
            self.no_column_tagged_otherwise(&name, written, has, span)?;
            let column = match self.tag_of_new(&name, written) {
                Some(id) => self.tagged_column(id, definition, &table.constraints)?,
                None => self.plain_column(definition),
            };
            parts.push((definition.name.token, vec![column]));
        }
        let mut guards = Vec::new();
        for (like, model) in table.like.iter().zip(&of_models) {
            let mut columns = Vec::with_capacity(model.columns.len());
            for column in &model.columns {
                self.no_column_tagged_otherwise(&name, &column.name, has, span)?;
                let tag = self.tag_of_new(&name, &column.name);
                let source = column.tag;
                let column = self.column_like(like, column, tag, span)?;
                if let Some(source) = source {
                    let stored = self.tagged(source, span)?.stored;
                    guards.push((column.clone(), stored, like.includes("constraints")));
                }
                columns.push(column);
            }
            parts.push((like.name.span.start, columns));
        }
        let columns = in_order(parts);
        self.checked_new(table, &columns)?;
        for (column, stored, copied) in &guards {
            self.guard_again(&name, column, *stored, *copied);
        }
        let kind = match table.partition_by.is_empty() {
            true => RelationKind::Table,
            false => RelationKind::Partitioned,
        };
        let mut made = Relation::new(name, kind);
        made.columns = columns;
        made.pinned = true;
        self.changes.push(Change::Made(Box::new(made)));
        Ok(Outcome::NOTHING)
    }

    /// One of the model's columns in the new table, where it carries `tag`.
    fn column_like(
        &mut self,
        like: &LikeTable,
        column: &Column,
        tag: Option<ColumnId>,
        span: Span,
    ) -> Checked<Column> {
        let (from, id) = match (column.tag, tag) {
            (None, None) => {
                let generated = column.generated && like.includes("generated");
                let has_default = column.has_default && like.includes("defaults");
                return Ok(Column { attnum: 0, generated, has_default, ..column.clone() });
            }
            (Some(from), Some(id)) => (self.tagged(from, span)?, id),
            // REFUSES: a column that would hold what is sealed without a tag, or be taken to.
            (Some(id), None) | (None, Some(id)) => {
                return Err(Objection::on(Cause::AlterProtected("a table LIKE it"), span, id));
            }
        };
        let tagged = self.tagged(id, span)?;
        let alike = tagged.domain == from.domain
            && tagged.mode == from.mode
            && tagged.redeclared.is_none()
            && from.redeclared.is_none()
            && (!tagged.declared || tagged.logical == from.logical);
        if !alike {
            return Err(Objection::on(Cause::CrossDomain, span, id));
        }
        // REFUSES: a DEFAULT in a form that is just changing, in a table that the change does not know.
        let settled = matches!(self.known.standings.of(from), Some(Standing::One(_)));
        if tagged.phase != Phase::Encrypted || from.phase != Phase::Encrypted || !settled {
            return Err(Objection::on(Cause::Transitional, span, id));
        }
        self.typed(id, tagged, from.logical.clone(), from.stored);
        let has_default = column.has_default && like.includes("defaults");
        Ok(Column { tag: Some(id), attnum: 0, has_default, ..column.clone() })
    }

    /// A table that LIKE names beside others.
    fn model(&self, model: &Meant<'a>, span: Span) -> Checked<&'a Relation> {
        match model {
            Meant::Pinned(relation) => Ok(relation),
            // REFUSES: columns of the other table stand in no pin.
            Meant::Other(_) => Err(Objection::at(Cause::AlterProtected("a table LIKE it and another"), span)),
        }
    }
}

/// Columns, and where their part of the text begins, as the table has them.
fn in_order(mut parts: Vec<(u32, Vec<Column>)>) -> Vec<Column> {
    parts.sort_by_key(|(token, _)| *token);
    parts.into_iter().flat_map(|(_, columns)| columns).collect()
}
