//! The place in the tokens: look ahead, take, and the names that the grammar allows where.

use super::{MAX_DEPTH, MAX_HEIGHT, ParseError, ParseErrorKind};
use crate::sql::ast::{Ident, ObjectName, Span};
use crate::sql::lexer::{Category, Keyword, TokenKind, Tokens, identifier};

pub(super) type Parsed<T> = Result<T, ParseError>;

/// What may stand at a place: a token of a kind, or a keyword.
impl From<Keyword> for TokenKind {
    fn from(keyword: Keyword) -> Self {
        TokenKind::Keyword(keyword)
    }
}

/// A parser's place in a text.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) tokens: &'a Tokens,
    /// Numbers of the tokens that are no comments.
    significant: Vec<u32>,
    /// Position in `significant`.
    at: usize,
    /// Levels that are open.
    depth: u32,
    /// How high the tree is that was read in the innermost of them.
    height: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8], tokens: &'a Tokens) -> Self {
        let list = tokens.as_slice().iter().enumerate();
        let significant = list.filter(|(_, t)| !t.kind.is_comment()).map(|(i, _)| i as u32).collect();
        Cursor { text, tokens, significant, at: 0, depth: 0, height: 0 }
    }

    /// The kind of the token `ahead` places on; [`TokenKind::Unknown`], which fits nowhere, at the end.
    pub(super) fn peek_at(&self, ahead: usize) -> TokenKind {
        let index = self.significant.get(self.at + ahead);
        index.and_then(|&i| self.tokens.get(i)).map_or(TokenKind::Unknown, |t| t.kind)
    }

    pub(super) fn peek(&self) -> TokenKind {
        self.peek_at(0)
    }

    /// The keyword that stands here.
    pub(super) fn keyword(&self) -> Option<Keyword> {
        self.keyword_at(0)
    }

    pub(super) fn keyword_at(&self, ahead: usize) -> Option<Keyword> {
        match self.peek_at(ahead) {
            TokenKind::Keyword(keyword) => Some(keyword),
            _ => None,
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.significant.len()
    }

    pub(super) fn is(&self, kind: impl Into<TokenKind>) -> bool {
        self.peek() == kind.into()
    }

    pub(super) fn is_at(&self, ahead: usize, kind: impl Into<TokenKind>) -> bool {
        self.peek_at(ahead) == kind.into()
    }

    /// Do these keywords stand here, in this order?
    pub(super) fn are(&self, keywords: &[Keyword]) -> bool {
        keywords.iter().enumerate().all(|(i, &k)| self.is_at(i, k))
    }

    /// Goes one token on and gives the number of the token taken.
    pub(super) fn bump(&mut self) -> u32 {
        let token = self.token();
        self.at += 1;
        token
    }

    pub(super) fn eat(&mut self, kind: impl Into<TokenKind>) -> bool {
        let found = self.is(kind);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes these keywords if all stand here.
    pub(super) fn eat_all(&mut self, keywords: &[Keyword]) -> bool {
        let found = self.are(keywords);
        if found {
            self.at += keywords.len();
        }
        found
    }

    /// Takes one of these keywords.
    pub(super) fn eat_one_of(&mut self, keywords: &[Keyword]) -> Option<Keyword> {
        let found = self.keyword().filter(|k| keywords.contains(k))?;
        self.at += 1;
        Some(found)
    }

    pub(super) fn take(&mut self, kind: impl Into<TokenKind>) -> Parsed<u32> {
        let kind = kind.into();
        if self.peek() == kind { Ok(self.bump()) } else { Err(self.unexpected()) }
    }

    pub(super) fn take_all(&mut self, keywords: &[Keyword]) -> Parsed<()> {
        keywords.iter().try_for_each(|&k| self.take(k).map(drop))
    }

    pub(super) fn unexpected(&self) -> ParseError {
        ParseError { token: self.token(), kind: ParseErrorKind::Syntax }
    }

    /// The number of the token here; the number of tokens at the end.
    pub(super) fn token(&self) -> u32 {
        self.significant.get(self.at).copied().unwrap_or(self.tokens.len())
    }

    /// From token `start` to the last token taken; empty at `start` if none was taken since.
    pub(super) fn since(&self, start: u32) -> Span {
        let last = self.at.checked_sub(1).and_then(|i| self.significant.get(i));
        Span { start, end: last.map_or(start, |&i| (i + 1).max(start)) }
    }

    /// A place to come back to.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    pub(super) fn rewind(&mut self, mark: usize) {
        self.at = mark;
    }

    /// One level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let beside = std::mem::take(&mut self.height);
        let result = read(self);
        self.depth -= 1;
        let grown = self.linked();
        self.height = self.height.max(beside);
        result.and_then(|read| grown.map(|()| read))
    }

    /// What was read on this level becomes the left side of something: the tree grows by one.
    pub(super) fn linked(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > MAX_HEIGHT { Err(self.too_deep()) } else { Ok(()) }
    }

    fn too_deep(&self) -> ParseError {
        ParseError { token: self.token(), kind: ParseErrorKind::Depth }
    }

    /// `(` something `)`.
    pub(super) fn in_parens<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.take(TokenKind::Open)?;
        let inner = read(self)?;
        self.take(TokenKind::Close)?;
        Ok(inner)
    }

    /// One or more, separated by commas.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![read(self)?];
        while self.eat(TokenKind::Comma) {
            items.push(read(self)?);
        }
        Ok(items)
    }

    /// `(a, b, …)`.
    pub(super) fn list_in_parens<T>(&mut self, read: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.in_parens(|p| p.list(read))
    }

    /// Takes everything up to the next comma or closing bracket of this level, or the statement's end.
    pub(super) fn skip_to_delimiter(&mut self) -> Span {
        let start = self.token();
        let mut open = 0u32;
        while !self.at_end() {
            match self.peek() {
                TokenKind::Open | TokenKind::OpenBracket => open += 1,
                TokenKind::Close | TokenKind::CloseBracket if open == 0 => break,
                TokenKind::Close | TokenKind::CloseBracket => open -= 1,
                TokenKind::Comma if open == 0 => break,
                TokenKind::Semicolon => break,
                _ => {}
            }
            self.bump();
        }
        self.since(start)
    }

    /// `( … )` with anything inside.
    pub(super) fn skip_parens(&mut self) -> Parsed<Span> {
        let start = self.take(TokenKind::Open)?;
        while !self.is(TokenKind::Close) {
            self.skip_to_delimiter();
            if !self.eat(TokenKind::Comma) && !self.is(TokenKind::Close) {
                return Err(self.unexpected());
            }
        }
        self.bump();
        Ok(self.since(start))
    }

    /// Takes everything up to the end of the statement; a rule's action ends at its parenthesis.
    pub(super) fn skip_statement(&mut self) -> Span {
        let start = self.token();
        self.skip_to_delimiter();
        while self.eat(TokenKind::Comma) {
            self.skip_to_delimiter();
        }
        self.since(start)
    }

    /// Nothing in quotes stands here but inside parentheses: what is skipped must have no room for a value.
    pub(super) fn only_words(&self, span: Span) -> Parsed<()> {
        let mut open = 0u32;
        for token in span.range() {
            match self.tokens.get(token).map(|token| token.kind) {
                Some(TokenKind::Open) => open += 1,
                Some(TokenKind::Close) => open = open.saturating_sub(1),
                Some(kind) if open == 0 && kind.is_string() => {
                    return Err(ParseError { token, kind: ParseErrorKind::Syntax });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes the token here as a name, whatever keyword it may be.
    fn name_here(&mut self) -> Parsed<Ident> {
        let token = self.bump();
        let text = identifier(self.text, self.tokens, token)
            .map_err(|_| ParseError { token, kind: ParseErrorKind::Name })?;
        let unicode = self.tokens.get(token).is_some_and(|t| t.kind == TokenKind::UnicodeIdent);
        if unicode && self.eat(Keyword::Uescape) {
            self.bump();
        }
        Ok(Ident { text: text.into_owned().into_boxed_str(), token })
    }

    fn name_if(&mut self, allowed: impl Fn(TokenKind) -> bool) -> Parsed<Ident> {
        if allowed(self.peek()) { self.name_here() } else { Err(self.unexpected()) }
    }

    /// A name of a column, table, cursor, constraint … (ColId).
    pub(super) fn column_name(&mut self) -> Parsed<Ident> {
        self.name_if(is_column_name)
    }

    /// A name of a function or type without schema (type_function_name).
    pub(super) fn type_name_word(&mut self) -> Parsed<Ident> {
        self.name_if(is_type_or_function_name)
    }

    /// Any word at all (ColLabel): after AS, after a dot.
    pub(super) fn label(&mut self) -> Parsed<Ident> {
        self.name_if(|kind| kind.is_ident() || matches!(kind, TokenKind::Keyword(_)))
    }

    /// A label without AS, if one stands here (BareColLabel).
    pub(super) fn bare_label(&mut self) -> Parsed<Option<Ident>> {
        let here = match self.peek() {
            TokenKind::Keyword(keyword) => keyword.is_bare_label(),
            kind => kind.is_ident(),
        };
        if here { self.name_here().map(Some) } else { Ok(None) }
    }

    /// Does a column or table name stand here?
    pub(super) fn at_column_name(&self) -> bool {
        is_column_name(self.peek())
    }

    /// A dotted name that begins with a ColId (qualified_name, any_name).
    pub(super) fn object_name(&mut self) -> Parsed<ObjectName> {
        let first = self.column_name()?;
        self.dotted(first)
    }

    /// The rest of a dotted name.
    pub(super) fn dotted(&mut self, first: Ident) -> Parsed<ObjectName> {
        let start = first.token;
        let mut parts = vec![first];
        while self.is(TokenKind::Dot) && !self.is_at(1, TokenKind::Star) {
            self.bump();
            parts.push(self.label()?);
        }
        Ok(ObjectName { parts, span: self.since(start) })
    }

    /// `(a, b)` of column names.
    pub(super) fn column_names(&mut self) -> Parsed<Vec<Ident>> {
        self.list_in_parens(Self::column_name)
    }

    /// `(a, b)` of column names, or nothing.
    pub(super) fn optional_column_names(&mut self) -> Parsed<Vec<Ident>> {
        if self.is(TokenKind::Open) { self.column_names() } else { Ok(Vec::new()) }
    }

    /// IF NOT EXISTS.
    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat_all(&[Keyword::If, Keyword::Not, Keyword::Exists])
    }

    /// IF EXISTS.
    pub(super) fn if_exists(&mut self) -> bool {
        self.eat_all(&[Keyword::If, Keyword::Exists])
    }

    /// A string constant; gives its token.
    pub(super) fn string(&mut self) -> Parsed<u32> {
        if !self.peek().is_string() {
            return Err(self.unexpected());
        }
        let unicode = self.is(TokenKind::UnicodeString);
        let token = self.bump();
        if unicode && self.eat(Keyword::Uescape) {
            if !self.peek().is_string() {
                return Err(self.unexpected());
            }
            self.bump();
        }
        Ok(token)
    }
}

/// IDENT, unreserved keyword or column-name keyword.
pub(super) fn is_column_name(kind: TokenKind) -> bool {
    match kind {
        TokenKind::Keyword(keyword) => {
            matches!(keyword.category(), Category::Unreserved | Category::ColumnName)
        }
        kind => kind.is_ident(),
    }
}

/// IDENT, unreserved keyword or type-or-function keyword.
pub(super) fn is_type_or_function_name(kind: TokenKind) -> bool {
    match kind {
        TokenKind::Keyword(keyword) => {
            matches!(keyword.category(), Category::Unreserved | Category::TypeOrFunction)
        }
        kind => kind.is_ident(),
    }
}
