//! What operators work on: `c_expr` of gram.y.

use super::cursor::{Cursor, Parsed, is_column_name, is_type_or_function_name};
use super::{ParseError, ParseErrorKind};
use crate::sql::ast::{
    Case, Cast, CastForm, Expr, ExprKind, LiteralKind, ObjectName, Query, SessionValue, Step, TypeName,
};
use crate::sql::lexer::{Keyword as K, TokenKind, fits_int4};

/// What a pair of parentheses holds.
pub(super) enum Paren {
    /// A query (in any number of parentheses).
    Query(Query),
    /// One expression.
    Expr(Expr),
    /// Two or more, separated by commas.
    Row(Vec<Expr>),
}

impl Cursor<'_> {
    /// `c_expr`, and the constants that begin with a type.
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let start = self.token();
        let kind = match self.peek() {
            TokenKind::Open => return self.paren_primary(),
            TokenKind::Param => {
                let param = ExprKind::Param(self.param_number()?);
                let base = Expr { kind: param, span: self.since(start) };
                return self.indirection(base, start);
            }
            TokenKind::Integer | TokenKind::Number => self.number(),
            TokenKind::BitString => self.constant(LiteralKind::Bits),
            TokenKind::HexString => self.constant(LiteralKind::HexBits),
            kind if kind.is_string() => {
                self.string()?;
                ExprKind::Literal(LiteralKind::String)
            }
            kind if kind.is_ident() => return self.name_primary(),
            TokenKind::Star => {
                self.bump();
                ExprKind::Star(Vec::new())
            }
            TokenKind::Keyword(keyword) => return self.keyword_primary(keyword),
            _ => return Err(self.unexpected()),
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn constant(&mut self, kind: LiteralKind) -> ExprKind {
        self.bump();
        ExprKind::Literal(kind)
    }

    fn number(&mut self) -> ExprKind {
        let token = self.tokens.get(self.bump());
        let small = token.is_some_and(|t| t.kind == TokenKind::Integer && fits_int4(t.bytes(self.text)));
        ExprKind::Literal(if small { LiteralKind::Integer } else { LiteralKind::Number })
    }

    fn param_number(&mut self) -> Parsed<u32> {
        let at = self.bump();
        let digits = self.tokens.get(at).and_then(|t| t.bytes(self.text).get(1..)).unwrap_or_default();
        let number = std::str::from_utf8(digits).ok().and_then(|d| d.parse().ok());
        number.ok_or(ParseError { token: at, kind: ParseErrorKind::Syntax })
    }

    /// Expressions that begin with a keyword.
    fn keyword_primary(&mut self, keyword: K) -> Parsed<Expr> {
        let start = self.token();
        let call = self.is_at(1, TokenKind::Open);
        let kind = match keyword {
            K::Null => self.word(ExprKind::Null),
            K::True => self.word(ExprKind::Bool(true)),
            K::False => self.word(ExprKind::Bool(false)),
            K::Default => self.word(ExprKind::Default),
            K::Case => self.case()?,
            K::Cast => self.cast_function()?,
            K::Array => self.array()?,
            K::Row if call => self.explicit_row()?,
            K::Exists if call => {
                self.bump();
                ExprKind::Exists(Box::new(self.query_in_parens()?))
            }
            K::Grouping if call => {
                self.bump();
                ExprKind::Grouping(self.list_in_parens(Self::expr)?)
            }
            K::Coalesce if call => {
                self.bump();
                ExprKind::Coalesce(self.list_in_parens(Self::expr)?)
            }
            K::Greatest if call => {
                self.bump();
                ExprKind::Greatest(self.list_in_parens(Self::expr)?)
            }
            K::Least if call => {
                self.bump();
                ExprKind::Least(self.list_in_parens(Self::expr)?)
            }
            K::Nullif if call => self.nullif()?,
            K::MergeAction if call && self.is_at(2, TokenKind::Close) => {
                self.bump();
                self.bump();
                self.word(ExprKind::MergeAction)
            }
            K::CurrentSchema if !call => self.word(ExprKind::Session(SessionValue::CurrentSchema, None)),
            _ => match session_value(keyword) {
                Some(value) => self.session(value)?,
                None => return self.other_keyword(keyword),
            },
        };
        let expr = Expr { kind, span: self.since(start) };
        if matches!(expr.kind, ExprKind::Row(..)) && self.is(K::Overlaps) {
            return self.overlaps(expr, start);
        }
        Ok(expr)
    }

    fn word(&mut self, kind: ExprKind) -> ExprKind {
        self.bump();
        kind
    }

    /// Keyword forms of functions, constants that begin with a type's keyword, and names.
    fn other_keyword(&mut self, keyword: K) -> Parsed<Expr> {
        let call = self.is_at(1, TokenKind::Open);
        if call && super::special::is_special(keyword, self) {
            return self.special_call();
        }
        if (call || keyword == K::Collation) && super::call::is_keyword_call(keyword, self) {
            return self.keyword_call(keyword);
        }
        if super::types::begins_builtin(keyword)
            && let Some(constant) = self.typed_constant()?
        {
            return Ok(constant);
        }
        self.name_primary()
    }

    /// `type 'constant'` with a type that the grammar spells itself; nothing is taken if no constant
    /// follows the type.
    fn typed_constant(&mut self) -> Parsed<Option<Expr>> {
        let (start, mark) = (self.token(), self.mark());
        let interval = self.is(K::Interval);
        let Ok(mut to) = self.simple_type() else {
            self.rewind(mark);
            return Ok(None);
        };
        if !self.peek().is_string() {
            self.rewind(mark);
            return Ok(None);
        }
        let expr = self.string_expr()?;
        if interval && to.modifiers.is_empty() {
            self.interval_fields(&mut to)?;
        }
        Ok(Some(self.prefix_cast(expr, to, start)))
    }

    fn string_expr(&mut self) -> Parsed<Expr> {
        let at = self.string()?;
        Ok(Expr { kind: ExprKind::Literal(LiteralKind::String), span: self.since(at) })
    }

    fn prefix_cast(&self, expr: Expr, to: TypeName, start: u32) -> Expr {
        let cast = Cast { expr, to, form: CastForm::Prefix };
        Expr { kind: ExprKind::Cast(Box::new(cast)), span: self.since(start) }
    }

    /// A column reference, a call, or a constant of a named type.
    fn name_primary(&mut self) -> Parsed<Expr> {
        let start = self.token();
        let kind = self.peek();
        let (column, function) = (is_column_name(kind), is_type_or_function_name(kind));
        if !column && !function {
            return Err(self.unexpected());
        }
        let first = self.label()?;
        let mut parts = vec![first];
        while self.is(TokenKind::Dot) {
            if self.is_at(1, TokenKind::Star) {
                self.bump();
                self.bump();
                return Ok(Expr { kind: ExprKind::Star(parts), span: self.since(start) });
            }
            self.bump();
            parts.push(self.label()?);
        }
        let dotted = parts.len() > 1;
        let may_call = if dotted { column } else { function };
        let name = ObjectName { parts, span: self.since(start) };
        if may_call && self.is(TokenKind::Open) {
            return self.call_or_constant(name, start);
        }
        if may_call && self.peek().is_string() {
            let to = TypeName::named(name);
            let expr = self.string_expr()?;
            return Ok(self.prefix_cast(expr, to, start));
        }
        if !column {
            return Err(self.unexpected());
        }
        let span = name.span;
        self.indirection(Expr { kind: ExprKind::Column(name.parts), span }, start)
    }

    /// `f(…)`, or `f(…) 'constant'`, where the name is a type with modifiers.
    fn call_or_constant(&mut self, name: ObjectName, start: u32) -> Parsed<Expr> {
        let call = self.call(name)?;
        let plain = call.over.is_none() && call.filter.is_none() && call.within_group.is_empty();
        if self.peek().is_string() && plain && !call.star {
            let modifiers = call.args.into_iter().map(|a| a.value).collect();
            let to = TypeName { span: self.since(start), modifiers, ..TypeName::named(call.name) };
            let expr = self.string_expr()?;
            return Ok(self.prefix_cast(expr, to, start));
        }
        Ok(Expr { kind: ExprKind::Call(Box::new(call)), span: self.since(start) })
    }

    /// Subscripts, fields and `.*` after a value.
    fn indirection(&mut self, base: Expr, start: u32) -> Parsed<Expr> {
        let steps = self.steps()?;
        if steps.is_empty() {
            return Ok(base);
        }
        let kind = ExprKind::Indirection(Box::new(base), steps);
        Ok(Expr { kind, span: self.since(start) })
    }

    /// `opt_indirection`.
    pub(super) fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            if self.eat(TokenKind::Dot) {
                if self.eat(TokenKind::Star) {
                    steps.push(Step::Star);
                    return Ok(steps);
                }
                steps.push(Step::Field(self.label()?));
            } else if self.eat(TokenKind::OpenBracket) {
                steps.push(self.subscript()?);
            } else {
                return Ok(steps);
            }
            self.linked()?;
        }
    }

    fn subscript(&mut self) -> Parsed<Step> {
        let low = if self.is(TokenKind::Colon) { None } else { Some(self.expr()?) };
        let step = if self.eat(TokenKind::Colon) {
            let high = if self.is(TokenKind::CloseBracket) { None } else { Some(self.expr()?) };
            Step::Slice(low, high)
        } else {
            Step::Index(low.ok_or_else(|| self.unexpected())?)
        };
        self.take(TokenKind::CloseBracket)?;
        Ok(step)
    }

    /// Something in parentheses, as an operand.
    fn paren_primary(&mut self) -> Parsed<Expr> {
        let start = self.token();
        let inner = self.paren()?;
        self.paren_operand(inner, start)
    }

    fn paren_operand(&mut self, inner: Paren, start: u32) -> Parsed<Expr> {
        let span = self.since(start);
        match inner {
            Paren::Query(query) => {
                let base = Expr { kind: ExprKind::Subquery(Box::new(query)), span };
                self.indirection(base, start)
            }
            Paren::Expr(expr) => self.indirection(expr, start),
            Paren::Row(fields) => {
                let row = Expr { kind: ExprKind::Row(fields, false), span };
                if self.is(K::Overlaps) { self.overlaps(row, start) } else { Ok(row) }
            }
        }
    }

    /// `( … )`: a query, an expression, or several.
    pub(super) fn paren(&mut self) -> Parsed<Paren> {
        self.nested(Self::paren_inner)
    }

    fn paren_inner(&mut self) -> Parsed<Paren> {
        self.take(TokenKind::Open)?;
        if self.at_query() {
            let query = self.query()?;
            self.take(TokenKind::Close)?;
            return Ok(Paren::Query(query));
        }
        let start = self.token();
        let first = if self.is(TokenKind::Open) {
            match self.paren()? {
                Paren::Query(query) if self.is(TokenKind::Close) || self.at_query_tail() => {
                    let query = self.query_after(query, start)?;
                    self.take(TokenKind::Close)?;
                    return Ok(Paren::Query(query));
                }
                inner => {
                    let left = self.paren_operand(inner, start)?;
                    self.expr_after(left, start)?
                }
            }
        } else {
            self.expr()?
        };
        if self.eat(TokenKind::Close) {
            return Ok(Paren::Expr(first));
        }
        let mut fields = vec![first];
        while self.eat(TokenKind::Comma) {
            fields.push(self.expr()?);
        }
        self.take(TokenKind::Close)?;
        if fields.len() < 2 { Err(self.unexpected()) } else { Ok(Paren::Row(fields)) }
    }

    fn overlaps(&mut self, left: Expr, start: u32) -> Parsed<Expr> {
        self.take(K::Overlaps)?;
        let at = self.token();
        let fields = if self.eat(K::Row) {
            if self.is_at(1, TokenKind::Close) {
                self.empty_parens()?
            } else {
                self.list_in_parens(Self::expr)?
            }
        } else {
            match self.paren()? {
                Paren::Row(fields) => fields,
                Paren::Query(_) | Paren::Expr(_) => return Err(self.unexpected()),
            }
        };
        let right = Expr { kind: ExprKind::Row(fields, false), span: self.since(at) };
        Ok(Expr { kind: ExprKind::Overlaps(Box::new([left, right])), span: self.since(start) })
    }

    fn empty_parens(&mut self) -> Parsed<Vec<Expr>> {
        self.take(TokenKind::Open)?;
        self.take(TokenKind::Close)?;
        Ok(Vec::new())
    }

    fn explicit_row(&mut self) -> Parsed<ExprKind> {
        self.bump();
        let fields = if self.is_at(1, TokenKind::Close) {
            self.empty_parens()?
        } else {
            self.list_in_parens(Self::expr)?
        };
        Ok(ExprKind::Row(fields, true))
    }

    fn case(&mut self) -> Parsed<ExprKind> {
        self.bump();
        let operand = if self.is(K::When) { None } else { Some(self.expr()?) };
        let mut arms = Vec::new();
        while self.eat(K::When) {
            let when = self.expr()?;
            self.take(K::Then)?;
            arms.push((when, self.expr()?));
        }
        let otherwise = if self.eat(K::Else) { Some(self.expr()?) } else { None };
        self.take(K::End)?;
        if arms.is_empty() {
            return Err(self.unexpected());
        }
        Ok(ExprKind::Case(Box::new(Case { operand, arms, otherwise })))
    }

    fn cast_function(&mut self) -> Parsed<ExprKind> {
        self.bump();
        self.take(TokenKind::Open)?;
        let expr = self.expr()?;
        self.take(K::As)?;
        let to = self.type_name()?;
        self.take(TokenKind::Close)?;
        Ok(ExprKind::Cast(Box::new(Cast { expr, to, form: CastForm::Function })))
    }

    /// `::type` after an operand.
    pub(super) fn cast_to(&mut self, expr: Expr) -> Parsed<ExprKind> {
        let to = self.type_name()?;
        Ok(ExprKind::Cast(Box::new(Cast { expr, to, form: CastForm::Colons })))
    }

    fn array(&mut self) -> Parsed<ExprKind> {
        self.bump();
        if self.is(TokenKind::Open) {
            return Ok(ExprKind::ArrayQuery(Box::new(self.query_in_parens()?)));
        }
        self.array_elements()
    }

    fn array_elements(&mut self) -> Parsed<ExprKind> {
        self.take(TokenKind::OpenBracket)?;
        let mut items = Vec::new();
        if !self.is(TokenKind::CloseBracket) {
            items = self.list(|p| {
                let start = p.token();
                if !p.is(TokenKind::OpenBracket) {
                    return p.expr();
                }
                let kind = p.nested(Self::array_elements)?;
                Ok(Expr { kind, span: p.since(start) })
            })?;
        }
        self.take(TokenKind::CloseBracket)?;
        Ok(ExprKind::Array(items))
    }

    fn nullif(&mut self) -> Parsed<ExprKind> {
        self.bump();
        self.take(TokenKind::Open)?;
        let first = self.expr()?;
        self.take(TokenKind::Comma)?;
        let second = self.expr()?;
        self.take(TokenKind::Close)?;
        Ok(ExprKind::Nullif(Box::new([first, second])))
    }

    fn session(&mut self, value: SessionValue) -> Parsed<ExprKind> {
        use SessionValue as S;
        self.bump();
        let takes_precision =
            matches!(value, S::CurrentTime | S::CurrentTimestamp | S::LocalTime | S::LocalTimestamp);
        let precision = if takes_precision && self.is(TokenKind::Open) {
            Some(Box::new(self.in_parens(Self::primary)?))
        } else {
            None
        };
        Ok(ExprKind::Session(value, precision))
    }
}

fn session_value(keyword: K) -> Option<SessionValue> {
    Some(match keyword {
        K::CurrentDate => SessionValue::CurrentDate,
        K::CurrentTime => SessionValue::CurrentTime,
        K::CurrentTimestamp => SessionValue::CurrentTimestamp,
        K::Localtime => SessionValue::LocalTime,
        K::Localtimestamp => SessionValue::LocalTimestamp,
        K::CurrentRole => SessionValue::CurrentRole,
        K::CurrentUser => SessionValue::CurrentUser,
        K::SessionUser => SessionValue::SessionUser,
        K::SystemUser => SessionValue::SystemUser,
        K::User => SessionValue::User,
        K::CurrentCatalog => SessionValue::CurrentCatalog,
        _ => return None,
    })
}
