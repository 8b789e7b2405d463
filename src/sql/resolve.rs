//! What a column reference means.

use crate::names::ColumnId;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Ident, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::Class;
use crate::sql::scope::{Found, Item, Scope, Source, Value, are_pinned, find, is_system_column, renamed};

impl Analysis<'_> {
    /// `a`, `a.b`, `a.b.c`, `a.b.c.d`.
    pub fn column(&mut self, parts: &[Ident], span: Span, scope: &Scope) -> Checked<Value> {
        match parts {
            [name] => self.bare(name.as_str(), span, scope),
            [source, name] => self.qualified_column(None, source.as_str(), name.as_str(), span, scope),
            [schema, source, name] | [_, schema, source, name] => {
                self.qualified_column(Some(schema.as_str()), source.as_str(), name.as_str(), span, scope)
            }
            _ => self.strange("this column reference", span),
        }
    }

    /// A bare name: the innermost level that has it. Where an unpinned relation further in could
    /// take it, the outer one must not be protected.
    pub fn bare(&mut self, name: &str, span: Span, scope: &Scope) -> Checked<Value> {
        let mut maybe = false;
        let mut any_source = false;
        for level in scope.levels() {
            any_source |= !level.sources.is_empty();
            match level.column_here(name) {
                Found::Value(value) if maybe => {
                    // REFUSES: the server's catalog would decide which of the two it is.
                    self.plain(&value, Cause::UnqualifiedColumn(name.into()), span)?;
                    return Ok(Value::plain());
                }
                Found::Value(value) => return Ok(value),
                Found::Twice if maybe => return self.further_in(name, level, span),
                Found::Twice => return Err(Objection::at(Cause::AmbiguousColumn(name.into()), span)),
                Found::Maybe => maybe = true,
                Found::No => {}
            }
        }
        if any_source && is_system_column(name) {
            return Ok(Value::plain());
        }
        if let Some(source) = scope.source(None, name) {
            return self.whole_row(source, span);
        }
        match maybe {
            true => Ok(Value::plain()),
            false => Err(Objection::at(Cause::UndefinedColumn(name.into()), span)),
        }
    }

    /// A bare name that several columns of an outer level have, and perhaps an unpinned relation further
    /// in: there the server takes it from that one, or says that it is ambiguous.
    fn further_in(&mut self, name: &str, level: &Scope, span: Span) -> Checked<Value> {
        for item in &level.visible {
            match item {
                // REFUSES: the server's catalog would decide whether a protected one is meant.
                Item::Column(own, value) if **own == *name => {
                    self.plain(value, Cause::UnqualifiedColumn(name.into()), span)?;
                }
                Item::Column(..) | Item::Rest(_) => {}
            }
        }
        Ok(Value::plain())
    }

    fn qualified_column(
        &mut self,
        schema: Option<&str>,
        source: &str,
        name: &str,
        span: Span,
        scope: &Scope,
    ) -> Checked<Value> {
        let Some(found) = scope.source(schema, source) else {
            return Err(Objection::at(Cause::MissingFrom(source.into()), span));
        };
        self.column_of(found, name, span)
    }

    /// A column of one relation; `t.f` may also be the function f applied to the row.
    pub fn column_of(&mut self, source: &Source, name: &str, span: Span) -> Checked<Value> {
        match find(&source.items, name) {
            Found::Value(value) => Ok(value),
            Found::Twice => Err(Objection::at(Cause::AmbiguousColumn(name.into()), span)),
            Found::Maybe if self.protected_among(&source.items).is_none() => {
                self.called_as_field(name, source.made, span).map(|()| Value::plain())
            }
            Found::No | Found::Maybe if is_system_column(name) => Ok(Value::plain()),
            Found::Maybe => self.called_as_field(name, source.made, span).map(|()| Value::plain()),
            Found::No => match self.protected_among(&source.items) {
                Some(column) => Err(Objection::on(Cause::UndefinedColumn(name.into()), span, column)),
                None => Err(Objection::at(Cause::UndefinedColumn(name.into()), span)),
            },
        }
    }

    /// A protected column among items, by what is known now.
    pub fn protected_among(&self, items: &[Item]) -> Option<ColumnId> {
        items.iter().find_map(|item| match item {
            Item::Column(_, value) => self.roles.protected_in(value.class),
            Item::Rest(_) => None,
        })
    }

    /// The items under new names. REFUSES: names that reach through an unpinned relation to something
    /// protected, since the server's catalog would decide which is which.
    pub fn renamed<'n>(
        &mut self,
        items: Vec<Item>,
        names: impl IntoIterator<Item = &'n str>,
        span: Span,
    ) -> Checked<Vec<Item>> {
        let mut names = names.into_iter().peekable();
        // Names of the client's own for columns in the server's order.
        self.by_position |= names.peek().is_some() && are_pinned(&items);
        let (items, behind) = renamed(items, names);
        for value in &behind {
            self.plain(value, Cause::UnknownShape, span)?;
        }
        Ok(items)
    }

    /// A relation's name as a value: all its columns in one.
    pub fn whole_row(&mut self, source: &Source, span: Span) -> Checked<Value> {
        self.by_position |= are_pinned(&source.items);
        let mut fields: Vec<Class> = Vec::with_capacity(source.items.len());
        let mut open_ended = false;
        for item in &source.items {
            match item {
                Item::Column(_, value) => {
                    self.settle(value);
                    fields.push(value.class);
                }
                Item::Rest(_) => open_ended = true,
            }
        }
        if let Some(column) = self.protected_among(&source.items).filter(|_| open_ended) {
            return Err(Objection::on(Cause::WholeRow, span, column));
        }
        if open_ended {
            for field in fields {
                self.roles.require_plain(field, Cause::WholeRow, span)?;
            }
            return Ok(Value::plain());
        }
        let row = self.roles.row(fields, span)?;
        self.remember_row(row, source);
        Ok(Value::of(row))
    }
}
