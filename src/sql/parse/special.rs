//! XML and SQL/JSON functions: every expression, type and query inside is read; the words between
//! them are known but not kept.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{Argument, Expr, ExprKind, Special};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// Is this one of them? The keyword stands before a parenthesis.
pub(super) fn is_special(keyword: K, _cursor: &Cursor<'_>) -> bool {
    matches!(
        keyword,
        K::Xmlconcat
            | K::Xmlelement
            | K::Xmlexists
            | K::Xmlforest
            | K::Xmlparse
            | K::Xmlpi
            | K::Xmlroot
            | K::Xmlserialize
            | K::Json
            | K::JsonArray
            | K::JsonArrayagg
            | K::JsonExists
            | K::JsonObject
            | K::JsonObjectagg
            | K::JsonQuery
            | K::JsonScalar
            | K::JsonSerialize
            | K::JsonValue
    )
}

impl Cursor<'_> {
    /// `keyword( … )` with FILTER and OVER if they follow.
    pub(super) fn special_call(&mut self) -> Parsed<Expr> {
        let start = self.token();
        let mut special = self.nested(Self::special_body)?;
        special.filter = self.aggregate_filter()?;
        special.over = self.over()?;
        Ok(Expr { kind: ExprKind::Special(Box::new(special)), span: self.since(start) })
    }

    fn special_body(&mut self) -> Parsed<Special> {
        let name = self.label()?;
        let mut special = Special {
            name,
            args: Vec::new(),
            types: Vec::new(),
            query: None,
            order_by: Vec::new(),
            filter: None,
            over: None,
        };
        self.take(TokenKind::Open)?;
        if matches!(special.name.as_str(), "xmlelement" | "xmlpi") {
            self.take(K::Name)?;
            self.label()?;
        }
        if self.at_query() {
            special.query = Some(Box::new(self.query()?));
        }
        while !self.is(TokenKind::Close) {
            self.special_item(&mut special)?;
        }
        self.bump();
        Ok(special)
    }

    /// One expression with the label before or after it, or words that hold none.
    pub(super) fn special_item(&mut self, special: &mut Special) -> Parsed<()> {
        if self.eat(TokenKind::Comma) || self.special_words()? {
            return Ok(());
        }
        if self.eat(K::Returning) {
            special.types.push(self.type_name()?);
            return Ok(());
        }
        if self.are(&[K::Order, K::By]) {
            special.order_by = self.order_by()?;
            return Ok(());
        }
        if self.eat(K::Xmlattributes) || self.eat(K::Xmlnamespaces) {
            self.take(TokenKind::Open)?;
            while !self.is(TokenKind::Close) {
                self.special_item(special)?;
            }
            self.bump();
            return Ok(());
        }
        if self.is(K::Default) {
            self.bump();
        }
        let mut argument = self.argument()?;
        if self.eat(K::As) {
            if self.is(TokenKind::Open) {
                return Err(self.unexpected());
            }
            // A label in XMLFOREST and PASSING, a type in XMLSERIALIZE.
            if special.name.as_str() == "xmlserialize" {
                special.types.push(self.type_name()?);
            } else {
                argument.name = Some(self.label()?);
            }
        }
        special.args.push(argument);
        if self.eat(TokenKind::Colon) || self.eat(K::Value) {
            special.args.push(Argument { name: None, variadic: false, value: self.expr()? });
        }
        Ok(())
    }

    /// Takes one group of words that holds no expression; false if none stands here.
    fn special_words(&mut self) -> Parsed<bool> {
        if self.eat(K::On) {
            let known = self.eat_one_of(&[K::Null, K::Empty, K::Error]).is_some();
            return if known { Ok(true) } else { Err(self.unexpected()) };
        }
        const BEFORE_ON: &[K] = &[K::Null, K::Absent, K::Error, K::True, K::False, K::Unknown, K::Empty];
        if self.keyword().is_some_and(|k| BEFORE_ON.contains(&k)) && self.is_at(1, K::On) {
            self.bump();
            return Ok(true);
        }
        if self.is(K::Empty) && matches!(self.keyword_at(1), Some(K::Array | K::Object)) {
            self.bump();
            self.bump();
            return Ok(true);
        }
        if self.eat_all(&[K::Format, K::Json]) {
            if self.eat(K::Encoding) {
                self.label()?;
            }
            return Ok(true);
        }
        if self.eat_all(&[K::By, K::Ref]) || self.eat_all(&[K::By, K::Value]) || self.eat(K::Passing) {
            return Ok(true);
        }
        Ok(self.special_options())
    }

    /// Options of the JSON query functions and of the XML ones.
    fn special_options(&mut self) -> bool {
        if matches!(self.keyword(), Some(K::With | K::Without)) {
            let unique = self.is_at(1, K::Unique);
            self.bump();
            if unique {
                self.bump();
                self.eat(K::Keys);
                return true;
            }
            self.eat_one_of(&[K::Conditional, K::Unconditional]);
            self.eat(K::Array);
            return self.eat(K::Wrapper);
        }
        if matches!(self.keyword(), Some(K::Keep | K::Omit)) && self.is_at(1, K::Quotes) {
            self.bump();
            self.bump();
            self.eat_all(&[K::On, K::Scalar, K::String]);
            return true;
        }
        let xml_words: &[&[K]] = &[
            &[K::Preserve, K::Whitespace],
            &[K::Strip, K::Whitespace],
            &[K::Version, K::No, K::Value],
            &[K::Standalone, K::Yes],
            &[K::Standalone, K::No, K::Value],
            &[K::Standalone, K::No],
            &[K::No, K::Indent],
        ];
        if xml_words.iter().any(|words| self.eat_all(words)) {
            return true;
        }
        // `DOCUMENT x`, `CONTENT x`, `VERSION x`: the expression comes next.
        let before_expr = matches!(self.keyword(), Some(K::Document | K::Content | K::Version))
            && !matches!(
                self.peek_at(1),
                TokenKind::Comma | TokenKind::Close | TokenKind::Dot | TokenKind::TypeCast
            );
        if before_expr {
            self.bump();
            return true;
        }
        self.eat(K::Indent)
    }
}
