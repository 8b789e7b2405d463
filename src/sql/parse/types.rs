//! Names of types: `Typename` and `func_type` of gram.y.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{Expr, Ident, ObjectName, TypeName};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// Does a type that the grammar spells itself begin with this keyword?
pub(super) fn begins_builtin(keyword: K) -> bool {
    matches!(
        keyword,
        K::Bit
            | K::Boolean
            | K::Char
            | K::Character
            | K::Dec
            | K::Decimal
            | K::Double
            | K::Float
            | K::Int
            | K::Integer
            | K::Bigint
            | K::Interval
            | K::National
            | K::Nchar
            | K::Numeric
            | K::Real
            | K::Smallint
            | K::Time
            | K::Timestamp
            | K::Varchar
            | K::Json
    )
}

impl Cursor<'_> {
    /// `Typename`: with array dimensions and SETOF.
    pub(super) fn type_name(&mut self) -> Parsed<TypeName> {
        let start = self.token();
        let set_of = self.eat(K::Setof);
        let mut name = self.simple_type()?;
        name.set_of = set_of;
        self.dimensions(&mut name)?;
        name.span = self.since(start);
        Ok(name)
    }

    /// `func_type`: also `table.column%TYPE`, which only a function's parameters and result may be.
    pub(super) fn function_type(&mut self) -> Parsed<TypeName> {
        let start = self.token();
        let mut name = self.type_name()?;
        if self.is(TokenKind::Percent) && self.is_at(1, K::Type) {
            self.bump();
            self.bump();
            name.percent_type = true;
            name.span = self.since(start);
        }
        Ok(name)
    }

    fn dimensions(&mut self, name: &mut TypeName) -> Parsed<()> {
        if self.eat(K::Array) {
            let size = if self.is(TokenKind::OpenBracket) { self.dimension()? } else { None };
            name.dimensions.push(size);
            return Ok(());
        }
        while self.is(TokenKind::OpenBracket) {
            let size = self.dimension()?;
            name.dimensions.push(size);
        }
        Ok(())
    }

    fn dimension(&mut self) -> Parsed<Option<u32>> {
        self.take(TokenKind::OpenBracket)?;
        let mut size = None;
        if self.is(TokenKind::Integer) {
            let token = self.tokens.get(self.bump());
            let digits = token.and_then(|t| std::str::from_utf8(t.bytes(self.text)).ok());
            size = digits.and_then(|d| d.parse().ok());
        }
        self.take(TokenKind::CloseBracket)?;
        Ok(size)
    }

    /// `SimpleTypename`: without array dimensions.
    pub(super) fn simple_type(&mut self) -> Parsed<TypeName> {
        let start = self.token();
        let builtin = match self.keyword() {
            Some(keyword) if begins_builtin(keyword) => self.builtin_type(keyword)?,
            _ => None,
        };
        if let Some(mut name) = builtin {
            name.span = self.since(start);
            return Ok(name);
        }
        let first = if self.is(K::Json) { self.label()? } else { self.type_name_word()? };
        let name = self.dotted(first)?;
        let modifiers = self.modifiers()?;
        Ok(TypeName { modifiers, builtin: false, span: self.since(start), ..TypeName::named(name) })
    }

    fn modifiers(&mut self) -> Parsed<Vec<Expr>> {
        if self.is(TokenKind::Open) { self.list_in_parens(Self::expr) } else { Ok(Vec::new()) }
    }

    /// A type that the grammar spells itself; `None` if the keyword is a plain name here.
    fn builtin_type(&mut self, keyword: K) -> Parsed<Option<TypeName>> {
        let start = self.token();
        if keyword == K::Json || (keyword == K::Double && !self.is_at(1, K::Precision)) {
            return Ok(None);
        }
        self.bump();
        let name = match keyword {
            K::Int | K::Integer => "int4",
            K::Smallint => "int2",
            K::Bigint => "int8",
            K::Real => "float4",
            K::Boolean => "bool",
            K::Dec | K::Decimal | K::Numeric => "numeric",
            K::Varchar => "varchar",
            K::Double => {
                self.bump();
                "float8"
            }
            K::Bit if self.eat(K::Varying) => "varbit",
            K::Bit => "bit",
            K::Char | K::Character | K::Nchar => self.character(),
            K::National => {
                if self.eat_one_of(&[K::Character, K::Char]).is_none() {
                    return Err(self.unexpected());
                }
                self.character()
            }
            K::Float => return self.float(start).map(Some),
            K::Interval => return self.interval(start).map(Some),
            K::Time => return self.time(start, "time", "timetz").map(Some),
            _ => return self.time(start, "timestamp", "timestamptz").map(Some),
        };
        let mut type_name = self.builtin(name, start);
        let takes_modifiers = matches!(name, "numeric" | "varchar" | "varbit" | "bit" | "bpchar");
        if takes_modifiers {
            type_name.modifiers = self.modifiers()?;
        }
        Ok(Some(type_name))
    }

    fn builtin(&self, name: &str, start: u32) -> TypeName {
        let span = self.since(start);
        let parts = vec![Ident { text: name.into(), token: start }];
        TypeName { builtin: true, ..TypeName::named(ObjectName { parts, span }) }
    }

    fn character(&mut self) -> &'static str {
        if self.eat(K::Varying) { "varchar" } else { "bpchar" }
    }

    /// FLOAT(p): up to 24 binary digits are float4.
    fn float(&mut self, start: u32) -> Parsed<TypeName> {
        let mut small = false;
        if self.is(TokenKind::Open) {
            let at = self.in_parens(|p| p.take(TokenKind::Integer))?;
            let digits = self.tokens.get(at).map(|t| t.bytes(self.text)).unwrap_or_default();
            small =
                std::str::from_utf8(digits).ok().and_then(|d| d.parse::<u32>().ok()).is_some_and(|n| n <= 24);
        }
        Ok(self.builtin(if small { "float4" } else { "float8" }, start))
    }

    fn time(&mut self, start: u32, without: &str, with: &str) -> Parsed<TypeName> {
        let modifiers = self.modifiers()?;
        let zoned = self.eat_all(&[K::With, K::Time, K::Zone]);
        if !zoned {
            self.eat_all(&[K::Without, K::Time, K::Zone]);
        }
        Ok(TypeName { modifiers, ..self.builtin(if zoned { with } else { without }, start) })
    }

    fn interval(&mut self, start: u32) -> Parsed<TypeName> {
        let modifiers = self.modifiers()?;
        let mut name = self.builtin("interval", start);
        if modifiers.is_empty() {
            self.interval_fields(&mut name)?;
        }
        name.modifiers = modifiers;
        Ok(name)
    }

    /// `YEAR TO MONTH` and the like, with the digits of seconds.
    pub(super) fn interval_fields(&mut self, name: &mut TypeName) -> Parsed<()> {
        const FIELDS: &[K] = &[K::Year, K::Month, K::Day, K::Hour, K::Minute, K::Second];
        let start = self.token();
        let Some(mut field) = self.eat_one_of(FIELDS) else { return Ok(()) };
        if self.is(K::To) && self.keyword_at(1).is_some_and(|k| FIELDS.contains(&k)) {
            self.bump();
            field = self.eat_one_of(FIELDS).unwrap_or(field);
        }
        if field == K::Second && self.is(TokenKind::Open) {
            self.skip_parens()?;
        }
        name.interval_fields = Some(self.since(start));
        Ok(())
    }
}
