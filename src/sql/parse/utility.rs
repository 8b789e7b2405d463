//! The session's own statements: prepared ones, cursors, EXPLAIN, transactions, DISCARD, DO, CALL,
//! TRUNCATE, DROP.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Declare, Discard, Do, Drop, Execute, Explain, ExprKind, Fetch, ObjectKind, OptionItem, OptionValue,
    Prepare, StatementKind, Transaction, Truncate,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    pub(super) fn prepare(&mut self) -> Parsed<StatementKind> {
        self.take(K::Prepare)?;
        let name = self.column_name()?;
        let types = if self.is(TokenKind::Open) { self.list_in_parens(Self::type_name)? } else { Vec::new() };
        self.take(K::As)?;
        let statement = self.preparable()?;
        Ok(StatementKind::Prepare(Box::new(Prepare { name, types, statement })))
    }

    pub(super) fn execute(&mut self) -> Parsed<Execute> {
        self.take(K::Execute)?;
        let name = self.column_name()?;
        let args = if self.is(TokenKind::Open) { self.list_in_parens(Self::expr)? } else { Vec::new() };
        Ok(Execute { name, args })
    }

    pub(super) fn deallocate(&mut self) -> Parsed<StatementKind> {
        self.take(K::Deallocate)?;
        // `DEALLOCATE prepare` names a statement called prepare.
        if self.is(K::Prepare) && !matches!(self.peek_at(1), TokenKind::Semicolon | TokenKind::Unknown) {
            self.bump();
        }
        let name = if self.eat(K::All) { None } else { Some(self.column_name()?) };
        Ok(StatementKind::Deallocate(name))
    }

    pub(super) fn declare(&mut self) -> Parsed<StatementKind> {
        self.take(K::Declare)?;
        let name = self.column_name()?;
        let mut binary = false;
        loop {
            if self.eat(K::Binary) {
                binary = true;
            } else if self.eat_all(&[K::No, K::Scroll]) {
            } else if self.eat_one_of(&[K::Scroll, K::Insensitive, K::Asensitive]).is_none() {
                break;
            }
        }
        self.take(K::Cursor)?;
        let hold = self.eat_all(&[K::With, K::Hold]);
        if !hold {
            self.eat_all(&[K::Without, K::Hold]);
        }
        self.take(K::For)?;
        let query = self.query()?;
        Ok(StatementKind::Declare(Box::new(Declare { name, binary, hold, query })))
    }

    /// FETCH and MOVE: the cursor's name comes last, whatever directions stand before it.
    pub(super) fn fetch(&mut self) -> Parsed<StatementKind> {
        let only_move = self.one_of(&[K::Fetch, K::Move])? == K::Move;
        const WORDS: &[K] = &[
            K::Next,
            K::Prior,
            K::First,
            K::Last,
            K::Absolute,
            K::Relative,
            K::Forward,
            K::Backward,
            K::All,
            K::From,
            K::In,
        ];
        while !matches!(self.peek_at(1), TokenKind::Semicolon | TokenKind::Unknown) {
            let direction = matches!(self.peek(), TokenKind::Integer | TokenKind::Plus | TokenKind::Minus)
                || self.keyword().is_some_and(|k| WORDS.contains(&k));
            if !direction {
                break;
            }
            self.bump();
        }
        let cursor = self.column_name()?;
        Ok(StatementKind::Fetch(Box::new(Fetch { cursor, only_move })))
    }

    pub(super) fn close(&mut self) -> Parsed<StatementKind> {
        self.take(K::Close)?;
        let name = if self.eat(K::All) { None } else { Some(self.column_name()?) };
        Ok(StatementKind::Close(name))
    }

    pub(super) fn explain(&mut self) -> Parsed<StatementKind> {
        self.take(K::Explain)?;
        let query = matches!(
            self.peek_at(1),
            TokenKind::Open | TokenKind::Keyword(K::Select | K::Values | K::With | K::Table)
        );
        let mut options = Vec::new();
        if self.is(TokenKind::Open) && !query {
            options = self.option_list()?;
        } else {
            for keywords in [&[K::Analyze, K::Analyse][..], &[K::Verbose][..]] {
                let start = self.token();
                if let Some(keyword) = self.eat_one_of(keywords) {
                    let name = if keyword == K::Verbose { "verbose" } else { "analyze" };
                    let span = self.since(start);
                    options.push(OptionItem { name: name.into(), value: OptionValue::None, span });
                }
            }
        }
        let statement = self.statement()?;
        Ok(StatementKind::Explain(Box::new(Explain { options, statement })))
    }

    pub(super) fn transaction(&mut self) -> Parsed<StatementKind> {
        let first = self.bump_keyword()?;
        let transaction = match first {
            K::Begin | K::Start => {
                self.skip_statement();
                Transaction::Begin
            }
            K::Savepoint => Transaction::Savepoint(self.column_name()?),
            K::Release => {
                self.eat_savepoint();
                Transaction::Release(self.column_name()?)
            }
            K::Prepare => {
                self.take(K::Transaction)?;
                self.string()?;
                Transaction::PrepareTransaction
            }
            K::Commit | K::Rollback if self.is(K::Prepared) => {
                self.bump();
                self.string()?;
                Transaction::EndPrepared
            }
            K::Commit | K::End => {
                self.eat_one_of(&[K::Work, K::Transaction]);
                Transaction::Commit(self.chain_clause()?)
            }
            _ => {
                self.eat_one_of(&[K::Work, K::Transaction]);
                if first == K::Rollback && self.eat(K::To) {
                    self.eat_savepoint();
                    Transaction::RollbackTo(self.column_name()?)
                } else {
                    Transaction::Rollback(self.chain_clause()?)
                }
            }
        };
        Ok(StatementKind::Transaction(transaction))
    }

    fn bump_keyword(&mut self) -> Parsed<K> {
        let keyword = self.keyword().ok_or_else(|| self.unexpected())?;
        self.bump();
        Ok(keyword)
    }

    /// SAVEPOINT before a savepoint's name, which may itself be `savepoint`.
    fn eat_savepoint(&mut self) {
        if !matches!(self.peek_at(1), TokenKind::Semicolon | TokenKind::Unknown) {
            self.eat(K::Savepoint);
        }
    }

    fn chain_clause(&mut self) -> Parsed<bool> {
        if !self.eat(K::And) {
            return Ok(false);
        }
        let chain = !self.eat(K::No);
        self.take(K::Chain)?;
        Ok(chain)
    }

    pub(super) fn discard(&mut self) -> Parsed<StatementKind> {
        self.take(K::Discard)?;
        let which = match self.one_of(&[K::All, K::Plans, K::Sequences, K::Temp, K::Temporary])? {
            K::All => Discard::All,
            K::Plans => Discard::Plans,
            K::Sequences => Discard::Sequences,
            _ => Discard::Temporary,
        };
        Ok(StatementKind::Discard(which))
    }

    pub(super) fn do_block(&mut self) -> Parsed<StatementKind> {
        self.take(K::Do)?;
        let (mut body, mut language) = (Vec::new(), None);
        while !self.at_end() && !self.is(TokenKind::Semicolon) {
            if self.eat(K::Language) {
                language = Some(self.word_or_string()?);
            } else {
                body.push(self.string()?);
            }
        }
        Ok(StatementKind::Do(Box::new(Do { body, language })))
    }

    pub(super) fn call_statement(&mut self) -> Parsed<StatementKind> {
        self.take(K::Call)?;
        let at = self.unexpected();
        match self.primary()?.kind {
            ExprKind::Call(call) => Ok(StatementKind::Call(call)),
            _ => Err(at),
        }
    }

    pub(super) fn truncate(&mut self) -> Parsed<StatementKind> {
        self.take(K::Truncate)?;
        self.eat(K::Table);
        let relations = self.list(Self::relation)?;
        if self.eat_one_of(&[K::Continue, K::Restart]).is_some() {
            self.take(K::Identity)?;
        }
        self.eat_one_of(&[K::Cascade, K::Restrict]);
        Ok(StatementKind::Truncate(Box::new(Truncate { relations })))
    }

    pub(super) fn drop_statement(&mut self) -> Parsed<StatementKind> {
        self.take(K::Drop)?;
        let kind = self.object_kind();
        let listed = matches!(
            kind,
            ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Index
                | ObjectKind::Sequence
                | ObjectKind::Schema
                | ObjectKind::Type
                | ObjectKind::Domain
        );
        if kind == ObjectKind::Index {
            self.eat(K::Concurrently);
        }
        let if_exists = kind != ObjectKind::Other && self.if_exists();
        let mut drop = Drop { kind, names: Vec::new(), on: None, if_exists, cascade: false };
        if listed {
            let types = matches!(kind, ObjectKind::Type | ObjectKind::Domain);
            drop.names = self.list(|p| {
                let first = if types { p.label()? } else { p.column_name()? };
                p.dotted(first)
            })?;
        } else if matches!(kind, ObjectKind::Trigger | ObjectKind::Rule | ObjectKind::Policy) {
            drop.names.push(self.object_name()?);
            self.take(K::On)?;
            drop.on = Some(self.object_name()?);
        } else if kind == ObjectKind::Function {
            drop.names = self.list(|p| {
                let first = p.label()?;
                let name = p.dotted(first)?;
                if p.is(TokenKind::Open) {
                    p.skip_parens()?;
                }
                Ok(name)
            })?;
        }
        if kind == ObjectKind::Other {
            self.skip_statement();
        }
        drop.cascade = self.eat_one_of(&[K::Cascade, K::Restrict]) == Some(K::Cascade);
        Ok(StatementKind::Drop(Box::new(drop)))
    }

    /// The words that say what kind of object a DROP or ALTER is about.
    pub(super) fn object_kind(&mut self) -> ObjectKind {
        const KINDS: &[(&[K], ObjectKind)] = &[
            (&[K::Table], ObjectKind::Table),
            (&[K::Foreign, K::Table], ObjectKind::ForeignTable),
            (&[K::View], ObjectKind::View),
            (&[K::Materialized, K::View], ObjectKind::MaterializedView),
            (&[K::Index], ObjectKind::Index),
            (&[K::Sequence], ObjectKind::Sequence),
            (&[K::Schema], ObjectKind::Schema),
            (&[K::Trigger], ObjectKind::Trigger),
            (&[K::Rule], ObjectKind::Rule),
            (&[K::Policy], ObjectKind::Policy),
            (&[K::Function], ObjectKind::Function),
            (&[K::Procedure], ObjectKind::Function),
            (&[K::Routine], ObjectKind::Function),
            (&[K::Type], ObjectKind::Type),
            (&[K::Domain], ObjectKind::Domain),
        ];
        let found = KINDS.iter().find(|(words, _)| self.eat_all(words));
        found.map_or(ObjectKind::Other, |(_, kind)| *kind)
    }
}
