//! Expressions by operator precedence (gram.y's `%left`, `%right` and `%nonassoc` lines, lowest
//! first; manual, 4.1.6).

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Between, Expr, ExprKind, In, InList, IsTest, Like, LikeKind, Operation, Operator, Quantified,
    QuantifiedOver,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// Binding powers.
mod level {
    pub const LOWEST: u8 = 0;
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const IS: u8 = 4;
    pub const COMPARISON: u8 = 5;
    pub const PATTERN: u8 = 6;
    pub const OPERATOR: u8 = 8;
    pub const SUM: u8 = 9;
    pub const PRODUCT: u8 = 10;
    pub const POWER: u8 = 11;
    pub const AT: u8 = 12;
    pub const COLLATE: u8 = 13;
    pub const SIGN: u8 = 14;
    pub const CAST: u8 = 17;
}

/// Which expressions are allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    /// `a_expr`.
    Any,
    /// `b_expr`: no AND, OR, NOT, IN, LIKE, BETWEEN, IS NULL, COLLATE, AT TIME ZONE.
    Restricted,
}

/// An operator that stands after an operand.
#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    Is,
    IsNull(bool),
    Symbol,
    /// LIKE and its kin, BETWEEN, IN; NOT before it.
    Pattern(K, bool),
    AtTimeZone,
    Collate,
    Cast,
}

impl Cursor<'_> {
    /// `a_expr`.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.nested(|p| p.climb(level::LOWEST, Grammar::Any))
    }

    /// `b_expr`.
    pub(super) fn restricted_expr(&mut self) -> Parsed<Expr> {
        self.nested(|p| p.climb(level::LOWEST, Grammar::Restricted))
    }

    /// An expression that goes on after `left`, whose first token is `start`.
    pub(super) fn expr_after(&mut self, left: Expr, start: u32) -> Parsed<Expr> {
        self.climb_after(left, start, level::LOWEST, Grammar::Any)
    }

    fn climb(&mut self, least: u8, grammar: Grammar) -> Parsed<Expr> {
        let start = self.token();
        let left = self.prefix(grammar)?;
        self.climb_after(left, start, least, grammar)
    }

    fn climb_after(&mut self, mut left: Expr, start: u32, least: u8, grammar: Grammar) -> Parsed<Expr> {
        // The level of the operator just read, if it must not be followed by another of its level.
        let mut alone = level::LOWEST;
        while let Some((infix, power)) = self.infix(grammar) {
            if power < least {
                break;
            }
            if power == alone && power != level::LOWEST {
                return Err(self.unexpected());
            }
            self.linked()?;
            let (kind, open_ended) = self.after_operand(left, infix, power, grammar)?;
            let nonassociative =
                matches!(power, level::IS | level::COMPARISON | level::PATTERN) && open_ended;
            alone = if nonassociative { power } else { level::LOWEST };
            left = Expr { kind, span: self.since(start) };
        }
        Ok(left)
    }

    /// A prefix operator with its operand, or a primary expression.
    fn prefix(&mut self, grammar: Grammar) -> Parsed<Expr> {
        let start = self.token();
        let power = match self.peek() {
            TokenKind::Keyword(K::Not) if grammar == Grammar::Any => {
                self.bump();
                let operand = self.operand(level::NOT, grammar)?;
                return Ok(Expr { kind: ExprKind::Not(Box::new(operand)), span: self.since(start) });
            }
            TokenKind::Plus | TokenKind::Minus => level::SIGN,
            TokenKind::Operator => level::OPERATOR + 1,
            TokenKind::Keyword(K::Operator) if self.is_at(1, TokenKind::Open) => level::OPERATOR + 1,
            _ => return self.primary(),
        };
        let operator = self.operator()?;
        let right = self.operand(power, grammar)?;
        let operation = Operation { operator, left: None, right };
        Ok(Expr { kind: ExprKind::Operator(Box::new(operation)), span: self.since(start) })
    }

    fn operand(&mut self, least: u8, grammar: Grammar) -> Parsed<Expr> {
        self.nested(|p| p.climb(least, grammar))
    }

    /// What operator stands here, and how strongly it binds.
    fn infix(&self, grammar: Grammar) -> Option<(Infix, u8)> {
        let any = grammar == Grammar::Any;
        // `SELECT a is, b and FROM t`: a keyword that no operand can follow is a label.
        if self.keyword().is_some_and(K::is_bare_label) && self.ends_target(1) {
            return None;
        }
        Some(match self.peek() {
            TokenKind::TypeCast => (Infix::Cast, level::CAST),
            TokenKind::Caret => (Infix::Symbol, level::POWER),
            TokenKind::Star | TokenKind::Slash | TokenKind::Percent => (Infix::Symbol, level::PRODUCT),
            TokenKind::Plus | TokenKind::Minus => (Infix::Symbol, level::SUM),
            TokenKind::Operator => (Infix::Symbol, level::OPERATOR),
            TokenKind::Less
            | TokenKind::Greater
            | TokenKind::Equals
            | TokenKind::LessEquals
            | TokenKind::GreaterEquals
            | TokenKind::NotEquals => (Infix::Symbol, level::COMPARISON),
            TokenKind::Keyword(K::Operator) if self.is_at(1, TokenKind::Open) => {
                (Infix::Symbol, level::OPERATOR)
            }
            TokenKind::Keyword(K::Is) => (Infix::Is, level::IS),
            TokenKind::Keyword(K::Isnull) if any => (Infix::IsNull(false), level::IS),
            TokenKind::Keyword(K::Notnull) if any => (Infix::IsNull(true), level::IS),
            TokenKind::Keyword(K::Or) if any => (Infix::Or, level::OR),
            TokenKind::Keyword(K::And) if any => (Infix::And, level::AND),
            TokenKind::Keyword(K::Collate) if any => (Infix::Collate, level::COLLATE),
            TokenKind::Keyword(K::At) if any && (self.is_at(1, K::Time) || self.is_at(1, K::Local)) => {
                (Infix::AtTimeZone, level::AT)
            }
            // SUBSTRING(a SIMILAR b ESCAPE c) has a SIMILAR of its own.
            TokenKind::Keyword(K::Similar) if !self.is_at(1, K::To) => return None,
            TokenKind::Keyword(k @ (K::Like | K::Ilike | K::Similar | K::Between | K::In)) if any => {
                (Infix::Pattern(k, false), level::PATTERN)
            }
            TokenKind::Keyword(K::Not) if any => match self.keyword_at(1)? {
                k @ (K::Like | K::Ilike | K::Similar | K::Between | K::In) => {
                    (Infix::Pattern(k, true), level::PATTERN)
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Reads an operator that stands after `left`, and what belongs to it. The flag says whether it
    /// ends in an operand.
    fn after_operand(
        &mut self,
        left: Expr,
        infix: Infix,
        power: u8,
        grammar: Grammar,
    ) -> Parsed<(ExprKind, bool)> {
        match infix {
            Infix::Or => self.chain(left, K::Or, power, ExprKind::Or).map(|kind| (kind, false)),
            Infix::And => self.chain(left, K::And, power, ExprKind::And).map(|kind| (kind, false)),
            Infix::Symbol => self.symbol(left, power, grammar),
            Infix::Is => self.is_test(left, grammar),
            Infix::IsNull(negated) => {
                self.bump();
                Ok((ExprKind::Is(Box::new(left), IsTest::Null, negated), false))
            }
            Infix::Pattern(keyword, negated) => self.pattern(left, keyword, negated),
            Infix::AtTimeZone => {
                self.bump();
                if self.eat(K::Local) {
                    return Ok((ExprKind::AtTimeZone(Box::new(left), None), false));
                }
                self.take_all(&[K::Time, K::Zone])?;
                let zone = self.operand(power + 1, grammar)?;
                Ok((ExprKind::AtTimeZone(Box::new(left), Some(Box::new(zone))), false))
            }
            Infix::Collate => {
                self.bump();
                let collation = self.object_name()?;
                Ok((ExprKind::Collate(Box::new(left), collation), false))
            }
            Infix::Cast => {
                self.bump();
                Ok((self.cast_to(left)?, false))
            }
        }
    }

    /// AND and OR, as long as they last.
    fn chain(
        &mut self,
        left: Expr,
        keyword: K,
        power: u8,
        kind: impl FnOnce(Vec<Expr>) -> ExprKind,
    ) -> Parsed<ExprKind> {
        let mut operands = vec![left];
        while self.is(keyword) && !self.ends_target(1) {
            self.bump();
            operands.push(self.operand(power + 1, Grammar::Any)?);
        }
        Ok(kind(operands))
    }

    /// An operator written in symbols, with its right side: an operand, or ANY or ALL of something.
    fn symbol(&mut self, left: Expr, power: u8, grammar: Grammar) -> Parsed<(ExprKind, bool)> {
        let operator = self.operator()?;
        if grammar == Grammar::Any && self.at_quantifier() {
            return Ok((self.quantified(left, operator)?, false));
        }
        let right = self.operand(power + 1, grammar)?;
        Ok((ExprKind::Operator(Box::new(Operation { operator, left: Some(left), right })), true))
    }

    /// An operator: symbols, or `OPERATOR(schema.symbols)`.
    pub(super) fn operator(&mut self) -> Parsed<Operator> {
        let start = self.token();
        if !self.eat(K::Operator) {
            let symbol = self.symbols()?;
            return Ok(Operator { symbol, schema: Vec::new(), span: self.since(start) });
        }
        self.take(TokenKind::Open)?;
        let mut schema = Vec::new();
        while self.at_column_name() {
            schema.push(self.column_name()?);
            self.take(TokenKind::Dot)?;
        }
        let symbol = self.symbols()?;
        self.take(TokenKind::Close)?;
        Ok(Operator { symbol, schema, span: self.since(start) })
    }

    fn symbols(&mut self) -> Parsed<Box<str>> {
        let symbol = match self.peek() {
            TokenKind::NotEquals => "<>",
            TokenKind::Plus => "+",
            TokenKind::Minus => "-",
            TokenKind::Star => "*",
            TokenKind::Slash => "/",
            TokenKind::Percent => "%",
            TokenKind::Caret => "^",
            TokenKind::Less => "<",
            TokenKind::Greater => ">",
            TokenKind::Equals => "=",
            TokenKind::LessEquals => "<=",
            TokenKind::GreaterEquals => ">=",
            TokenKind::Operator => {
                let token = self.tokens.get(self.bump());
                let bytes = token.map(|t| t.bytes(self.text)).unwrap_or_default();
                return Ok(String::from_utf8_lossy(bytes).into());
            }
            _ => return Err(self.unexpected()),
        };
        self.bump();
        Ok(symbol.into())
    }

    /// Does ANY, SOME or ALL stand here, before a parenthesis?
    fn at_quantifier(&self) -> bool {
        matches!(self.keyword(), Some(K::Any | K::Some | K::All)) && self.is_at(1, TokenKind::Open)
    }

    fn quantified(&mut self, left: Expr, operator: Operator) -> Parsed<ExprKind> {
        let all = self.is(K::All);
        self.bump();
        let right = match self.paren()? {
            super::primary::Paren::Query(query) => QuantifiedOver::Query(Box::new(query)),
            super::primary::Paren::Expr(expr) => QuantifiedOver::Array(expr),
            super::primary::Paren::Row(_) => return Err(self.unexpected()),
        };
        Ok(ExprKind::Quantified(Box::new(Quantified { left, operator, all, right })))
    }

    /// `IS [NOT] …`.
    fn is_test(&mut self, left: Expr, grammar: Grammar) -> Parsed<(ExprKind, bool)> {
        self.bump();
        let negated = self.eat(K::Not);
        if self.eat_all(&[K::Distinct, K::From]) {
            let right = self.operand(level::IS + 1, grammar)?;
            return Ok((ExprKind::IsDistinct(Box::new([left, right]), negated), true));
        }
        let any = grammar == Grammar::Any;
        let test = match self.keyword() {
            Some(K::Document) => IsTest::Document,
            Some(K::Null) if any => IsTest::Null,
            Some(K::True) if any => IsTest::True,
            Some(K::False) if any => IsTest::False,
            Some(K::Unknown) if any => IsTest::Unknown,
            Some(K::Normalized) if any => IsTest::Normalized,
            Some(K::Nfc | K::Nfd | K::Nfkc | K::Nfkd) if any && self.is_at(1, K::Normalized) => {
                self.bump();
                IsTest::Normalized
            }
            Some(K::Json) if any => IsTest::Json,
            _ => return Err(self.unexpected()),
        };
        self.bump();
        if test == IsTest::Json {
            self.json_predicate()?;
        }
        Ok((ExprKind::Is(Box::new(left), test, negated), false))
    }

    /// What may follow IS JSON.
    fn json_predicate(&mut self) -> Parsed<()> {
        self.eat_one_of(&[K::Value, K::Array, K::Object, K::Scalar]);
        if self.are(&[K::With, K::Unique]) || self.are(&[K::Without, K::Unique]) {
            self.bump();
            self.bump();
            self.eat(K::Keys);
        }
        Ok(())
    }

    /// LIKE, ILIKE, SIMILAR TO, BETWEEN, IN, each with NOT or without.
    fn pattern(&mut self, left: Expr, keyword: K, negated: bool) -> Parsed<(ExprKind, bool)> {
        let start = self.token();
        if negated {
            self.bump();
        }
        self.bump();
        let kind = match keyword {
            K::Between => return self.between(left, negated),
            K::In => return self.in_list(left, negated).map(|kind| (kind, false)),
            K::Ilike => LikeKind::Ilike,
            K::Similar => {
                self.take(K::To)?;
                LikeKind::Similar
            }
            _ => LikeKind::Like,
        };
        if kind != LikeKind::Similar && self.at_quantifier() {
            let symbol = match (kind, negated) {
                (LikeKind::Ilike, false) => "~~*",
                (LikeKind::Ilike, true) => "!~~*",
                (LikeKind::Like | LikeKind::Similar, false) => "~~",
                (LikeKind::Like | LikeKind::Similar, true) => "!~~",
            };
            let operator = Operator { symbol: symbol.into(), schema: Vec::new(), span: self.since(start) };
            return Ok((self.quantified(left, operator)?, false));
        }
        let pattern = self.operand(level::PATTERN + 1, Grammar::Any)?;
        let escape =
            if self.eat(K::Escape) { Some(self.operand(level::PATTERN + 1, Grammar::Any)?) } else { None };
        let like = Like { kind, negated, expr: left, pattern, escape };
        Ok((ExprKind::Like(Box::new(like)), true))
    }

    fn between(&mut self, left: Expr, negated: bool) -> Parsed<(ExprKind, bool)> {
        let symmetric = self.eat(K::Symmetric);
        if !symmetric {
            self.eat(K::Asymmetric);
        }
        let low = self.restricted_expr()?;
        self.take(K::And)?;
        let high = self.operand(level::PATTERN + 1, Grammar::Any)?;
        let between = Between { expr: left, negated, symmetric, low, high };
        Ok((ExprKind::Between(Box::new(between)), true))
    }

    fn in_list(&mut self, expr: Expr, negated: bool) -> Parsed<ExprKind> {
        let list = match self.paren()? {
            super::primary::Paren::Query(query) => InList::Query(Box::new(query)),
            super::primary::Paren::Expr(expr) => InList::Exprs(vec![expr]),
            super::primary::Paren::Row(exprs) => InList::Exprs(exprs),
        };
        Ok(ExprKind::In(Box::new(In { expr, negated, list })))
    }
}
