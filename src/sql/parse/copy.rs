//! COPY, and lists of options.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{Copy, CopyEnd, CopyWhat, Ident, OptionItem, OptionValue, RelationRef};
use crate::sql::lexer::{Keyword as K, TokenKind, string_value};

impl Cursor<'_> {
    pub(super) fn copy(&mut self) -> Parsed<Copy> {
        self.take(K::Copy)?;
        let mut options = Vec::new();
        let what = if self.is(TokenKind::Open) {
            let statement = self.nested(|p| p.in_parens(Self::preparable))?;
            CopyWhat::Query(Box::new(statement))
        } else {
            self.copy_word(&mut options, K::Binary, "format", Some("binary"))?;
            let start = self.token();
            let name = self.object_name()?;
            let relation = RelationRef { name, only: false, alias: None, span: self.since(start) };
            let columns = if self.is(TokenKind::Open) { Some(self.column_names()?) } else { None };
            CopyWhat::Relation { relation, columns }
        };
        let from = self.one_of(&[K::From, K::To])? == K::From;
        let end = self.copy_end()?;
        self.eat(K::Using);
        if self.is(K::Delimiters) {
            let at = self.bump();
            let value = OptionValue::String(self.string()?);
            options.push(OptionItem { name: "delimiter".into(), value, span: self.since(at) });
        }
        self.eat(K::With);
        if self.is(TokenKind::Open) {
            options.extend(self.option_list()?);
        } else {
            while self.old_copy_option(&mut options)? {}
        }
        let filter = if self.eat(K::Where) { Some(self.expr()?) } else { None };
        Ok(Copy { what, from, end, options, filter })
    }

    fn copy_end(&mut self) -> Parsed<CopyEnd> {
        if self.eat_one_of(&[K::Stdin, K::Stdout]).is_some() {
            return Ok(CopyEnd::Client);
        }
        let program = self.eat(K::Program);
        self.string()?;
        Ok(if program { CopyEnd::Program } else { CopyEnd::File })
    }

    /// A keyword that is an option by itself.
    fn copy_word(
        &mut self,
        options: &mut Vec<OptionItem>,
        keyword: K,
        name: &str,
        value: Option<&str>,
    ) -> Parsed<bool> {
        let start = self.token();
        if !self.eat(keyword) {
            return Ok(false);
        }
        let value = value.map_or(OptionValue::None, |v| OptionValue::Word(v.into()));
        options.push(OptionItem { name: name.into(), value, span: self.since(start) });
        Ok(true)
    }

    /// One option in the syntax of before 9.0.
    fn old_copy_option(&mut self, options: &mut Vec<OptionItem>) -> Parsed<bool> {
        if self.copy_word(options, K::Binary, "format", Some("binary"))?
            || self.copy_word(options, K::Csv, "format", Some("csv"))?
            || self.copy_word(options, K::Freeze, "freeze", None)?
            || self.copy_word(options, K::Header, "header", None)?
        {
            return Ok(true);
        }
        let start = self.token();
        if self.eat(K::Force) {
            let name = if self.eat(K::Quote) {
                "force_quote"
            } else if self.eat_all(&[K::Not, K::Null]) {
                "force_not_null"
            } else {
                self.take(K::Null)?;
                "force_null"
            };
            let value = if self.eat(TokenKind::Star) {
                OptionValue::Star
            } else {
                OptionValue::List(self.list(Self::column_name)?)
            };
            options.push(OptionItem { name: name.into(), value, span: self.since(start) });
            return Ok(true);
        }
        let Some(keyword) = self.eat_one_of(&[K::Delimiter, K::Null, K::Quote, K::Escape, K::Encoding])
        else {
            return Ok(false);
        };
        self.eat(K::As);
        let value = OptionValue::String(self.string()?);
        options.push(OptionItem { name: keyword.as_str().into(), value, span: self.since(start) });
        Ok(true)
    }

    /// `(name value, …)`.
    pub(super) fn option_list(&mut self) -> Parsed<Vec<OptionItem>> {
        self.list_in_parens(Self::option_item)
    }

    fn option_item(&mut self) -> Parsed<OptionItem> {
        let start = self.token();
        let mut name = self.label()?.text;
        if self.eat(TokenKind::Dot) {
            name = format!("{name}.{}", self.label()?.text).into();
        }
        self.eat(TokenKind::Equals);
        let value = self.option_value()?;
        Ok(OptionItem { name, value, span: self.since(start) })
    }

    fn option_value(&mut self) -> Parsed<OptionValue> {
        let start = self.token();
        let mark = self.mark();
        let value = match self.peek() {
            TokenKind::Comma | TokenKind::Close => return Ok(OptionValue::None),
            TokenKind::Star => {
                self.bump();
                OptionValue::Star
            }
            TokenKind::Open => OptionValue::List(self.list_in_parens(Self::option_word)?),
            TokenKind::Integer | TokenKind::Number => OptionValue::Number(self.bump(), false),
            TokenKind::Plus | TokenKind::Minus => {
                let negative = self.is(TokenKind::Minus);
                self.bump();
                OptionValue::Number(self.bump(), negative)
            }
            kind if kind.is_string() => OptionValue::String(self.string()?),
            _ => OptionValue::Word(self.label()?.text),
        };
        if matches!(self.peek(), TokenKind::Comma | TokenKind::Close) {
            return Ok(value);
        }
        self.rewind(mark);
        self.skip_to_delimiter();
        Ok(OptionValue::Tokens(self.since(start)))
    }

    /// A word of a list, which may be written as a string.
    fn option_word(&mut self) -> Parsed<Ident> {
        if !self.peek().is_string() {
            return self.label();
        }
        let token = self.string()?;
        let mut scratch = Vec::new();
        let value = string_value(self.text, self.tokens, token, &mut scratch).unwrap_or_default();
        Ok(Ident { text: String::from_utf8_lossy(value).into(), token })
    }
}
