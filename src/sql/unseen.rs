//! Does a text name a relation, or call a function, that the catalog does not have?
//!
//! It may have been made since the catalog was read, and be a partition of something protected or a view
//! of it, or take what it is called with there. Asked of the tokens, where a relation's name stands behind
//! INTO, UPDATE, FROM, JOIN or COPY, and a function's before a parenthesis; a name too many costs a look
//! at the shape, and nothing else hangs on the answer.

use crate::catalog::lookup::Resolution;
use crate::sql::builtin::is_builtin;
use crate::sql::gate::has_protected;
use crate::sql::known::Known;
use crate::sql::lexer::{Keyword, Token, TokenKind, Tokens, identifier};

/// Whether it does. Names of WITH, and of temporary relations that this session has made, are known.
pub fn names_unseen(text: &[u8], tokens: &Tokens, known: &Known) -> bool {
    let search = |at| Search { text, tokens, known, at };
    has_protected(known) && (search(0).finds() || search(0).calls_unseen())
}

struct Search<'s> {
    text: &'s [u8],
    tokens: &'s Tokens,
    known: &'s Known<'s>,
    /// The token that is looked at.
    at: u32,
}

impl Search<'_> {
    fn finds(mut self) -> bool {
        let mut before = None;
        while let Some(kind) = self.kind() {
            self.step();
            let TokenKind::Keyword(keyword) = kind else {
                before = None;
                continue;
            };
            let lead = match keyword {
                Keyword::Into | Keyword::Copy | Keyword::Update => Some(Lead::Target),
                Keyword::Join => Some(Lead::Source),
                Keyword::From | Keyword::Using if before != Some(Keyword::Distinct) => Some(Lead::Source),
                _ => None,
            };
            before = Some(keyword);
            if lead.is_some_and(|lead| self.list_holds_unseen(lead)) {
                return true;
            }
        }
        false
    }

    /// Names with a comma between them, each with its alias.
    fn list_holds_unseen(&mut self, lead: Lead) -> bool {
        loop {
            while let Some(TokenKind::Keyword(Keyword::Only | Keyword::Lateral)) = self.kind() {
                self.step();
            }
            let Some((schema, name)) = self.name() else { return false };
            if !self.is_known(schema.as_deref(), &name, lead) {
                return true;
            }
            if let Some(TokenKind::Keyword(Keyword::As)) = self.kind() {
                self.step();
            }
            if matches!(self.kind(), Some(TokenKind::Ident | TokenKind::QuotedIdent)) {
                self.step();
            }
            match self.kind() {
                Some(TokenKind::Comma) => self.step(),
                _ => return false,
            }
        }
    }

    /// A name of at most three parts; the last two of them.
    fn name(&mut self) -> Option<(Option<String>, String)> {
        let mut parts: Vec<String> = Vec::new();
        loop {
            let part = self.part()?;
            parts.push(part);
            match self.kind() {
                Some(TokenKind::Dot) => self.step(),
                _ => break,
            }
        }
        let name = parts.pop()?;
        Some((parts.pop(), name))
    }

    fn part(&mut self) -> Option<String> {
        let at = self.at;
        let token = self.token()?;
        match token.kind {
            TokenKind::Ident | TokenKind::QuotedIdent | TokenKind::UnicodeIdent => {}
            TokenKind::Keyword(keyword) if !is_grammar(keyword) => {}
            _ => return None,
        }
        let word = identifier(self.text, self.tokens, at).ok()?.into_owned();
        self.step();
        Some(word)
    }

    fn is_known(&self, schema: Option<&str>, name: &str, lead: Lead) -> bool {
        let (catalog, names) = (self.known.catalog, self.known.names);
        if names.temporary.contains(name) || names.cursors.contains_key(name) {
            return true;
        }
        match catalog.resolve(schema, name, &names.search_path) {
            Resolution::Found(_) | Resolution::Ambiguous(_) => return true,
            Resolution::Unknown => {}
        }
        let common = || schema.is_none() && self.is_common(name);
        match lead {
            Lead::Target => common(),
            // `FROM generate_series(…)`, `extract(epoch FROM made)`.
            Lead::Source => self.kind() == Some(TokenKind::Open) || catalog.is_column_name(name) || common(),
        }
    }

    /// `name AS (`, `name (columns) AS (`, with MATERIALIZED or without.
    fn is_common(&self, name: &str) -> bool {
        let has_with = |token: &Token| token.kind == TokenKind::Keyword(Keyword::With);
        self.tokens.as_slice().iter().any(has_with)
            && self.tokens.as_slice().iter().enumerate().any(|(at, token)| {
                let is_name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent);
                is_name
                    && identifier(self.text, self.tokens, at as u32).is_ok_and(|own| own == name)
                    && self.begins_common(at as u32 + 1)
            })
    }

    fn begins_common(&self, mut at: u32) -> bool {
        let kind = |at: u32| self.tokens.get(at).map(|token| token.kind);
        if kind(at) == Some(TokenKind::Open) {
            while kind(at).is_some_and(|kind| kind != TokenKind::Close) {
                at += 1;
            }
            at += 1;
        }
        kind(at) == Some(TokenKind::Keyword(Keyword::As))
            && matches!(
                kind(at + 1),
                Some(
                    TokenKind::Open
                        | TokenKind::Keyword(Keyword::Not)
                        | TokenKind::Keyword(Keyword::Materialized)
                )
            )
    }

    /// Calls of functions that are not known. A name before a parenthesis is also that of a type, of an
    /// alias with its columns, or of a common table expression.
    fn calls_unseen(mut self) -> bool {
        let mut before = None;
        while let Some(kind) = self.kind() {
            let called = match kind {
                TokenKind::Ident | TokenKind::QuotedIdent | TokenKind::UnicodeIdent => self.name(),
                _ => None,
            };
            let Some((schema, name)) = called else {
                before = Some(kind);
                self.step();
                continue;
            };
            let calls = self.kind() == Some(TokenKind::Open) && !before.is_some_and(leads_to_no_call);
            if calls && !self.is_known_function(schema.as_deref(), &name) {
                return true;
            }
            before = Some(TokenKind::Ident);
        }
        false
    }

    fn is_known_function(&self, schema: Option<&str>, name: &str) -> bool {
        let fits = |of: &str| schema.is_none_or(|schema| schema == of);
        (fits("pg_catalog") && (is_builtin(name) || schema.is_some()))
            || self.known.catalog.functions_named(name).any(|function| fits(&function.name.schema))
            || self.known.names.doubted.contains(name)
            || self.is_known(schema, name, Lead::Target)
    }

    fn token(&self) -> Option<Token> {
        self.tokens.get(self.at)
    }

    fn kind(&self) -> Option<TokenKind> {
        self.token().map(|token| token.kind)
    }

    /// To the next token that is no comment.
    fn step(&mut self) {
        self.at += 1;
        while self.token().is_some_and(|token| token.kind.is_comment()) {
            self.at += 1;
        }
    }
}

/// Behind these stands no call: a type, an alias, a common table expression, a list of columns.
fn leads_to_no_call(before: TokenKind) -> bool {
    match before {
        TokenKind::Ident | TokenKind::QuotedIdent | TokenKind::UnicodeIdent => true,
        TokenKind::TypeCast | TokenKind::Close => true,
        TokenKind::Keyword(keyword) => matches!(
            keyword,
            Keyword::As
                | Keyword::With
                | Keyword::Recursive
                | Keyword::Exists
                | Keyword::Table
                | Keyword::Into
                | Keyword::Prepare
                | Keyword::Execute
        ),
        _ => false,
    }
}

/// What leads to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// INTO, UPDATE, COPY: nothing but a relation.
    Target,
    /// FROM, JOIN, USING: also a function, or a column.
    Source,
}

/// What stands behind a leading word without being a name.
fn is_grammar(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Cascade
            | Keyword::Nowait
            | Keyword::Of
            | Keyword::On
            | Keyword::Select
            | Keyword::Skip
            | Keyword::Set
            | Keyword::Stdin
            | Keyword::Stdout
            | Keyword::Values
            | Keyword::Restrict
            | Keyword::Rows
            | Keyword::Temp
            | Keyword::Temporary
            | Keyword::Unlogged
            | Keyword::Null
            | Keyword::Current
            | Keyword::Default
    )
}
