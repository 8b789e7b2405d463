//! Statements that are read only for what they name.

use super::cursor::{Cursor, Parsed};
use super::{ParseError, ParseErrorKind};
use crate::sql::ast::{ObjectKind, ObjectName, Other, StatementKind};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    /// A statement that begins with this keyword and has no tree of its own.
    pub(super) fn other(&mut self, keyword: K) -> Parsed<StatementKind> {
        let mut other = Other { command: keyword.as_str(), names: Vec::new(), exprs: Vec::new() };
        match keyword {
            K::Create | K::Alter => {
                if keyword == K::Create && self.holds_statements() {
                    return Err(ParseError { token: self.token(), kind: ParseErrorKind::LeftOut });
                }
            }
            K::Lock => other.names = self.lock()?,
            K::Vacuum | K::Analyze | K::Analyse => other.names = self.vacuum()?,
            K::Cluster | K::Reindex | K::Refresh => other.names.extend(self.last_name()),
            K::Comment | K::Security => other.names.extend(self.commented()),
            K::Grant | K::Revoke => other.names = self.granted(),
            K::Listen | K::Unlisten | K::Notify | K::Checkpoint | K::Load | K::Reassign | K::Import => {}
            _ => return Err(self.unexpected()),
        }
        self.skip_statement();
        Ok(StatementKind::Other(Box::new(other)))
    }

    /// Semicolons inside such a statement do not end it, or definitions stand in it: it must not be
    /// skipped.
    fn holds_statements(&self) -> bool {
        self.is_at(1, K::Function)
            || self.is_at(1, K::Rule)
            || (self.is_at(1, K::Schema) && self.has_elements())
    }

    /// `CREATE SCHEMA name CREATE TABLE …`.
    fn has_elements(&self) -> bool {
        let words = (2..).map(|ahead| self.peek_at(ahead));
        let mut words = words.take_while(|word| !matches!(word, TokenKind::Semicolon | TokenKind::Unknown));
        words.any(|word| matches!(word, TokenKind::Keyword(K::Create | K::Grant)))
    }

    fn lock(&mut self) -> Parsed<Vec<ObjectName>> {
        self.take(K::Lock)?;
        self.eat(K::Table);
        self.list(|p| p.relation().map(|relation| relation.name))
    }

    fn vacuum(&mut self) -> Parsed<Vec<ObjectName>> {
        self.bump();
        if self.is(TokenKind::Open) {
            self.skip_parens()?;
        }
        while self.eat_one_of(&[K::Full, K::Freeze, K::Verbose, K::Analyze, K::Analyse]).is_some() {}
        if self.at_end() || self.is(TokenKind::Semicolon) {
            return Ok(Vec::new());
        }
        self.list(|p| {
            let relation = p.relation()?;
            p.optional_column_names()?;
            Ok(relation.name)
        })
    }

    /// The dotted name that ends CLUSTER, REINDEX, REFRESH, or stands before its last clause.
    fn last_name(&mut self) -> Option<ObjectName> {
        self.bump();
        if self.is(TokenKind::Open) {
            self.skip_parens().ok()?;
        }
        const WORDS: &[K] = &[
            K::Verbose,
            K::Materialized,
            K::View,
            K::Concurrently,
            K::Table,
            K::Index,
            K::Schema,
            K::Database,
            K::System,
        ];
        while self.eat_one_of(WORDS).is_some() {}
        if self.at_column_name() { self.object_name().ok() } else { None }
    }

    /// `COMMENT ON kind name`, `SECURITY LABEL … ON kind name`: the name if it is a relation's or a
    /// column's.
    fn commented(&mut self) -> Option<ObjectName> {
        while !self.is(K::On) && !self.at_end() && !self.is(TokenKind::Semicolon) {
            self.bump();
        }
        self.eat(K::On);
        if self.eat(K::Column) {
            return self.object_name().ok();
        }
        if self.eat(K::Constraint) {
            self.label().ok()?;
            self.take(K::On).ok()?;
            self.eat(K::Domain);
            return self.object_name().ok();
        }
        match self.object_kind() {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Index
            | ObjectKind::Sequence => self.object_name().ok(),
            ObjectKind::Trigger | ObjectKind::Rule | ObjectKind::Policy => {
                self.label().ok()?;
                self.take(K::On).ok()?;
                self.object_name().ok()
            }
            ObjectKind::Schema
            | ObjectKind::Function
            | ObjectKind::Type
            | ObjectKind::Domain
            | ObjectKind::Other => None,
        }
    }

    /// `GRANT … ON [TABLE] a, b TO …`: the tables.
    fn granted(&mut self) -> Vec<ObjectName> {
        while !self.is(K::On) && !self.at_end() && !self.is(TokenKind::Semicolon) {
            self.bump();
        }
        self.eat(K::On);
        let table = self.eat(K::Table);
        let mut names = Vec::new();
        let mark = self.mark();
        while self.at_column_name() {
            match self.object_name() {
                Ok(name) => names.push(name),
                Err(_) => break,
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        // Without TABLE, a keyword such as SCHEMA may stand there: then the names are no tables'.
        if !table && !matches!(self.keyword(), Some(K::To | K::From)) {
            self.rewind(mark);
            names.clear();
        }
        names
    }
}
