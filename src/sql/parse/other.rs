//! Statements of which only the first word is read.

use super::cursor::{Cursor, Parsed};
use super::{ParseError, ParseErrorKind};
use crate::sql::ast::{Other, StatementKind};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    /// A statement that begins with this keyword and has no tree of its own.
    pub(super) fn other(&mut self, keyword: K) -> Parsed<StatementKind> {
        match keyword {
            K::Create if self.holds_statements() => {
                return Err(ParseError { token: self.token(), kind: ParseErrorKind::LeftOut });
            }
            K::Create
            | K::Alter
            | K::Lock
            | K::Vacuum
            | K::Analyze
            | K::Analyse
            | K::Cluster
            | K::Reindex
            | K::Refresh
            | K::Comment
            | K::Security
            | K::Grant
            | K::Revoke
            | K::Listen
            | K::Unlisten
            | K::Notify
            | K::Checkpoint
            | K::Load
            | K::Reassign
            | K::Import => {}
            _ => return Err(self.unexpected()),
        }
        let span = self.skip_statement();
        if !matches!(
            keyword,
            K::Create | K::Alter | K::Comment | K::Security | K::Notify | K::Load | K::Import
        ) {
            self.only_words(span)?;
        }
        Ok(StatementKind::Other(Other { command: keyword.as_str() }))
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
}
