//! Which statement stands here, and the split of a text into statements.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{Query, Statement, StatementKind};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    /// All statements of the text, to its end.
    pub(super) fn statements(&mut self) -> Parsed<Vec<Statement>> {
        let mut statements = Vec::new();
        loop {
            while self.eat(TokenKind::Semicolon) {}
            if self.at_end() {
                return Ok(statements);
            }
            statements.push(self.statement()?);
            if !self.at_end() && !self.is(TokenKind::Semicolon) {
                return Err(self.unexpected());
            }
        }
    }

    /// One statement of any kind.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        self.nested(|p| {
            let start = p.token();
            let kind = p.statement_kind()?;
            Ok(Statement { kind, span: p.since(start) })
        })
    }

    /// A statement that PREPARE, a CTE or COPY may hold: a query or a change of data.
    pub(super) fn preparable(&mut self) -> Parsed<Statement> {
        let start = self.token();
        let kind = self.preparable_kind()?;
        Ok(Statement { kind, span: self.since(start) })
    }

    fn preparable_kind(&mut self) -> Parsed<StatementKind> {
        if !self.is(K::With) {
            return match self.data_change(None)? {
                Ok(kind) => Ok(kind),
                Err(_) => self.query().map(query_kind),
            };
        }
        let start = self.token();
        let with = self.with()?;
        match self.data_change(with)? {
            Ok(kind) => Ok(kind),
            Err(with) => self.query_with(with, start).map(query_kind),
        }
    }

    fn statement_kind(&mut self) -> Parsed<StatementKind> {
        let Some(keyword) = self.keyword() else {
            // Only a query in parentheses begins with no keyword.
            return self.query().map(query_kind);
        };
        match keyword {
            K::Select | K::Values | K::Table | K::With | K::Insert | K::Update | K::Delete | K::Merge => {
                self.preparable_kind()
            }
            K::Copy => self.copy().map(|copy| StatementKind::Copy(Box::new(copy))),
            K::Prepare if self.is_at(1, K::Transaction) => self.transaction(),
            K::Prepare => self.prepare(),
            K::Execute => self.execute().map(|execute| StatementKind::Execute(Box::new(execute))),
            K::Deallocate => self.deallocate(),
            K::Declare => self.declare(),
            K::Fetch | K::Move => self.fetch(),
            K::Close => self.close(),
            K::Explain => self.explain(),
            K::Create => self.create(),
            K::Alter => self.alter(),
            K::Drop => self.drop_statement(),
            K::Truncate => self.truncate(),
            K::Set | K::Reset | K::Show => self.setting(),
            K::Begin | K::Start | K::Commit | K::End | K::Rollback | K::Abort | K::Savepoint | K::Release => {
                self.transaction()
            }
            K::Discard => self.discard(),
            K::Do => self.do_block(),
            K::Call => self.call_statement(),
            _ => self.other(keyword),
        }
    }
}

fn query_kind(query: Query) -> StatementKind {
    StatementKind::Query(Box::new(query))
}
