//! Expressions: the role of each, and what the operators and functions in it admit.
//!
//! What has no rule does not admit a protected operand.

mod arrays;
pub(in crate::sql) mod calls;
mod compare;
mod computed;
mod functions;
mod signs;

pub(in crate::sql) use calls::{hit, is_called_cast};
pub(in crate::sql) use computed::{is_computed, is_put_together};
pub(in crate::sql) use functions::runs_text;

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Case, Cast, Expr, ExprKind, IsTest, LiteralKind, SessionValue, Span, Step};
use crate::sql::constants::{Constant, Declared, SiteId};
use crate::sql::forms::{Compared, How, Matched};
use crate::sql::lexer::{self, TokenKind};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{EqualTo, Kind, PLAIN};
use crate::sql::row_types::names_row;
use crate::sql::scope::{Item, Scope, Value, are_pinned};
use crate::sql::shape::INT8_DIGITS;
use crate::sql::verdict::Literal;
use crate::types;
use crate::types::LogicalType;

/// SYSTEM_USER is a keyword since version 16.
const SYSTEM_USER_SINCE: u32 = 160_000;

impl<'a> Analysis<'a> {
    /// The value of an expression.
    pub fn expr(&mut self, expr: &Expr, scope: &Scope) -> Checked<Value> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Column(parts) => self.column(parts, span, scope),
            ExprKind::Star(_) => self.strange("* in this place", span),
            ExprKind::Literal(kind) => Ok(self.literal(*kind, span)),
            ExprKind::Param(number) => Ok(self.param(*number, span)),
            ExprKind::Null => Ok(Value::of(self.roles.open())),
            ExprKind::Bool(_) => Ok(self.constant(
                Constant::Literal(Literal::at(span.start, false)),
                span,
                Some(scalar(LogicalType::Bool)),
            )),
            ExprKind::Default => self.strange("DEFAULT in this place", span),
            ExprKind::Operator(operation) => self.operation(operation, span, scope),
            ExprKind::And(list) | ExprKind::Or(list) => {
                list.iter().try_for_each(|e| self.condition(e, scope))?;
                Ok(Value::plain())
            }
            ExprKind::Not(inner) => self.condition(inner, scope).map(|()| Value::plain()),
            ExprKind::Quantified(q) => self.quantified(q, span, scope),
            ExprKind::In(list) => self.in_list(list, span, scope),
            ExprKind::Between(b) => self.all_plain([&b.expr, &b.low, &b.high], Cause::Range, span, scope),
            ExprKind::Like(like) => {
                let operands = [Some(&like.expr), Some(&like.pattern), like.escape.as_ref()];
                self.all_plain(operands.into_iter().flatten(), Cause::Pattern, span, scope)
            }
            ExprKind::Is(inner, test, _) => self.is_test(inner, *test, span, scope),
            ExprKind::IsDistinct(pair, negated) => {
                let [a, b] = &**pair;
                let how = |tested| How::Distinct { negated: *negated, tested };
                self.equal([a, b], how, span, scope)
            }
            ExprKind::Cast(cast) => self.cast_expr(cast, span, scope),
            ExprKind::Collate(inner, collation) => self.collate(inner, collation, span, scope),
            ExprKind::AtTimeZone(inner, zone) => {
                let operands = [Some(&**inner), zone.as_deref()];
                self.all_plain(
                    operands.into_iter().flatten(),
                    Cause::Operator("AT TIME ZONE".into()),
                    span,
                    scope,
                )
            }
            ExprKind::Array(items) => self.array(items, span, scope),
            ExprKind::ArrayQuery(query) => {
                let items = self.query(query, scope)?;
                let value = self.single(&items, span)?;
                self.settle(&value);
                Ok(Value::of(self.roles.array(value.class, span)?))
            }
            ExprKind::Indirection(inner, steps) => self.indirection(inner, steps, span, scope),
            ExprKind::Row(items, _) => self.row(items, span, scope),
            ExprKind::Case(case) => self.case(case, span, scope),
            ExprKind::Coalesce(items) => self.coalesce(items, span, scope),
            ExprKind::Nullif(pair) => self.nullif(pair, span, scope),
            ExprKind::Greatest(items) | ExprKind::Least(items) => {
                self.all_plain(items, Cause::Extremes, span, scope)
            }
            ExprKind::Call(call) => self.call(call, span, scope),
            ExprKind::Session(value, precision) => {
                self.session_value(*value, precision.as_deref(), span, scope)
            }
            ExprKind::Grouping(items) => {
                items.iter().try_for_each(|e| self.expr(e, scope).map(|_| ()))?;
                Ok(Value::plain())
            }
            ExprKind::Subquery(query) => {
                let items = self.query(query, scope)?;
                self.as_value(&items, span)
            }
            ExprKind::Exists(query) => self.query(query, scope).map(|_| Value::plain()),
            ExprKind::Overlaps(pair) => {
                self.all_plain(pair.iter(), Cause::Operator("OVERLAPS".into()), span, scope)
            }
            ExprKind::MergeAction => Ok(Value::plain()),
            ExprKind::Special(special) => self.special(special, span, scope),
        }
    }

    /// What an operator, a cast or a function is applied to: `t.*` is the row there, and not its columns.
    pub(in crate::sql) fn operand(&mut self, expr: &Expr, scope: &Scope) -> Checked<Value> {
        let ExprKind::Star(parts) = &expr.kind else { return self.expr(expr, scope) };
        let found = match parts.as_slice() {
            [name] => scope.source(None, name.as_str()),
            [schema, name] | [_, schema, name] => scope.source(Some(schema.as_str()), name.as_str()),
            _ => return self.strange("* in this place", expr.span),
        };
        let missing = || parts.last().map_or("", |name| name.as_str()).into();
        let source = found.ok_or_else(|| Objection::at(Cause::MissingFrom(missing()), expr.span))?;
        self.whole_row(source, expr.span)
    }

    /// A condition: nothing protected may be its truth.
    pub fn condition(&mut self, expr: &Expr, scope: &Scope) -> Checked<()> {
        let value = self.expr(expr, scope)?;
        self.plain(&value, Cause::Condition, expr.span)
    }

    /// An expression that admits nothing protected.
    pub fn plain_expr(&mut self, expr: &Expr, cause: Cause, scope: &Scope) -> Checked<()> {
        let value = self.expr(expr, scope)?;
        self.plain(&value, cause, expr.span)
    }

    /// Operands none of which may be protected; the result is not, either.
    pub fn all_plain<'e>(
        &mut self,
        operands: impl IntoIterator<Item = &'e Expr>,
        cause: Cause,
        span: Span,
        scope: &Scope,
    ) -> Checked<Value> {
        for operand in operands {
            let value = self.operand(operand, scope)?;
            self.plain(&value, cause.clone(), span)?;
        }
        Ok(Value::plain())
    }

    pub fn constant(&mut self, constant: Constant, span: Span, given: Option<types::Cast>) -> Value {
        let class = self.roles.open();
        let site = self.sites.add(constant, span, given, class);
        Value { site: Some(site), ..Value::of(class) }
    }

    /// A literal; a number has a type of its own, a string has none (manual, 10.1).
    fn literal(&mut self, kind: LiteralKind, span: Span) -> Value {
        self.literal_at(kind, Literal::at(span.start, false), span)
    }

    /// A literal at a token, with what belongs to it around.
    fn literal_at(&mut self, kind: LiteralKind, literal: Literal, span: Span) -> Value {
        let token = literal.first;
        let (constant, given) = match kind {
            LiteralKind::String => (Constant::Literal(literal), None),
            LiteralKind::Bits | LiteralKind::HexBits => (Constant::Bits, None),
            LiteralKind::Integer => (Constant::Literal(literal), Some(self.integer(token))),
            // Too long for int4, it may be one for int8 (make_const of parse_node.c).
            LiteralKind::Number if self.tokens.get(token).is_some_and(|t| t.kind == TokenKind::Integer) => {
                (Constant::Literal(literal), Some(self.integer(token)))
            }
            LiteralKind::Number => (Constant::Literal(literal), Some(scalar(LogicalType::Numeric(None)))),
        };
        self.constant(constant, span, given)
    }

    /// The type of a whole number by its size, as the shape of a text keeps it apart (manual, 4.1.2.6).
    fn integer(&self, token: u32) -> types::Cast {
        let digits = self.tokens.get(token).map_or(&[][..], |token| token.bytes(self.text));
        scalar(match digits.len() {
            _ if lexer::fits_int4(digits) => LogicalType::Int4,
            ..=INT8_DIGITS => LogicalType::Int8,
            _ => LogicalType::Numeric(None),
        })
    }

    fn param(&mut self, number: u32, span: Span) -> Value {
        let at = number.checked_sub(1).map(|n| n as usize);
        let (given, strange) = match at.and_then(|n| self.declared.get(n)) {
            Some(Declared::Type(given)) => (Some(given.clone()), false),
            Some(Declared::Strange) => (None, true),
            Some(Declared::Open) | None => (None, false),
        };
        let value = self.constant(Constant::Param { number, token: span.start }, span, given);
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)).filter(|_| strange) {
            site.strange_cast = Some(span);
        }
        value
    }

    fn is_test(&mut self, inner: &Expr, test: IsTest, span: Span, scope: &Scope) -> Checked<Value> {
        let value = self.operand(inner, scope)?;
        match test {
            IsTest::Null => {}
            IsTest::True | IsTest::False | IsTest::Unknown => self.plain(&value, Cause::Condition, span)?,
            IsTest::Document | IsTest::Normalized | IsTest::Json => {
                self.plain(&value, Cause::Operator("IS".into()), span)?;
            }
        }
        Ok(Value::plain())
    }

    fn cast_expr(&mut self, cast: &Cast, span: Span, scope: &Scope) -> Checked<Value> {
        for modifier in &cast.to.modifiers {
            if !matches!(modifier.kind, ExprKind::Literal(_) | ExprKind::Column(_)) {
                return self.strange("this type modifier", modifier.span);
            }
        }
        // REFUSES: a row given as text, whose fields nobody has looked at.
        if !cast.to.builtin && names_row(cast.to.name.name(), &self.known) {
            return self.strange("a cast to the row type of a protected relation", span);
        }
        let value = match &cast.expr.kind {
            // Its elements are cast one by one (transformTypeCast of parse_expr.c), and not text before.
            ExprKind::Array(items) => {
                let all = self.united(items, cast.expr.span, scope)?;
                Value::of(self.roles.array(all.class, span)?)
            }
            _ => self.operand(&cast.expr, scope)?,
        };
        self.cast(value, &cast.to, cast.form, span)
    }

    fn array(&mut self, items: &[Expr], span: Span, scope: &Scope) -> Checked<Value> {
        let first = self.sites.len();
        let all = self.united(items, span, scope)?;
        self.untyped_is_text(all.class, first);
        Ok(Value::of(self.roles.array(all.class, span)?))
    }

    /// COALESCE, ARRAY, the arms of a CASE: all one.
    fn united(&mut self, items: &[Expr], span: Span, scope: &Scope) -> Checked<Value> {
        let values: Vec<Value> = items.iter().map(|item| self.expr(item, scope)).collect::<Checked<_>>()?;
        self.one_of(&values, span)
    }

    /// One of these values, whichever.
    fn one_of(&mut self, values: &[Value], span: Span) -> Checked<Value> {
        let mut all = Value::of(self.roles.open());
        for value in values {
            // What the column itself is compared with elsewhere says nothing of what stands beside it here.
            let class = match self.roles.kind(value.class) {
                Kind::Protected(id) if value.site.is_none() && value.casts.is_empty() => {
                    self.roles.protected(id)
                }
                _ => value.class,
            };
            self.flow(&all, &Value { class, ..value.clone() }, span)?;
        }
        let alike = values.windows(2).all(|pair| matches!(pair, [a, b] if a.text == b.text));
        all.exact = alike && self.equally_exact(values);
        all.wide = self.widest(values);
        all.text = values.iter().find_map(|value| self.is_text(value)).unwrap_or(false);
        Ok(all)
    }

    /// Is it text to the server, and not varchar? `None` of a constant without a type.
    fn is_text(&self, value: &Value) -> Option<bool> {
        let is_text = |cast: &types::Cast| cast.to == LogicalType::Text && !cast.array;
        match value.site.and_then(|id| self.sites.get(id)) {
            Some(site) => site.casts.last().or(site.given.as_ref()).map(is_text),
            None => match value.casts.last() {
                Some(id) => Some(self.pending.get(id.0 as usize)?.to.as_ref().is_some_and(is_text)),
                None => Some(value.text),
            },
        }
    }

    fn coalesce(&mut self, items: &[Expr], span: Span, scope: &Scope) -> Checked<Value> {
        let first = self.sites.len();
        let values: Vec<Value> = items.iter().map(|item| self.expr(item, scope)).collect::<Checked<_>>()?;
        if let Some(text) = self.either_text(&values, span)? {
            return Ok(text);
        }
        let all = self.one_of(&values, span)?;
        self.untyped_is_text(all.class, first);
        Ok(all)
    }

    fn nullif(&mut self, pair: &[Expr; 2], span: Span, scope: &Scope) -> Checked<Value> {
        if let Some(value) = self.null_if_empty(pair, span, scope)? {
            return Ok(value);
        }
        let [a, b] = pair;
        let sites = self.sites.len();
        let first = self.expr(a, scope)?;
        let second = self.expr(b, scope)?;
        self.compare(&first, &second, EqualTo::Values, span)?;
        self.untyped_is_text(first.class, sites);
        // The result is of the type that `=` takes, and varchar has none of its own.
        Ok(Value { exact: first.exact, text: true, ..Value::of(first.class) })
    }

    fn case(&mut self, case: &Case, span: Span, scope: &Scope) -> Checked<Value> {
        let operand = case.operand.as_ref().map(|e| self.expr(e, scope)).transpose()?;
        let mut arms = Vec::new();
        let first = self.sites.len();
        let mut values = Vec::new();
        for (when, then) in &case.arms {
            match &operand {
                Some(operand) => arms.push(self.case_arm(operand, when, case, scope)?),
                None => self.condition(when, scope)?,
            }
            values.push(self.expr(then, scope)?);
        }
        if let Some(otherwise) = &case.otherwise {
            values.push(self.expr(otherwise, scope)?);
        }
        if let Some(operand) = &case.operand {
            let is_name = matches!(operand.kind, ExprKind::Column(_));
            self.cases.push(Compared { operand: operand.span, is_name, arms });
        }
        if let Some(text) = self.either_text(&values, span)? {
            return Ok(text);
        }
        // The type of ELSE is looked at first.
        if case.otherwise.is_some() {
            values.rotate_right(1);
        }
        let mut all = self.one_of(&values, span)?;
        self.untyped_is_text(all.class, first);
        // Without ELSE there is a NULL, which has no length.
        all.exact &= case.otherwise.is_some();
        Ok(all)
    }

    /// What an arm compares the operand with.
    fn case_arm(
        &mut self,
        operand: &Value,
        when: &Expr,
        case: &Case,
        scope: &Scope,
    ) -> Checked<(Span, Option<SiteId>)> {
        let value = self.expr(when, scope)?;
        let tested = case.operand.as_ref().filter(|e| self.direct(operand, e.span).is_none());
        let site = tested.and_then(|tested| Some((tested.span, self.direct(&value, when.span)?)));
        let with = match site {
            Some((tested, site)) => {
                self.matched.push(Matched { site, how: How::Arm(tested) });
                EqualTo::Constant
            }
            None => EqualTo::Values,
        };
        self.compare(operand, &value, with, when.span)?;
        Ok((when.span, site.map(|(_, site)| site)))
    }

    /// `ROW(…)`, with `t.*` inside spread out.
    fn row(&mut self, items: &[Expr], span: Span, scope: &Scope) -> Checked<Value> {
        let mut fields = Vec::with_capacity(items.len());
        for item in items {
            let ExprKind::Star(parts) = &item.kind else {
                let value = self.expr(item, scope)?;
                self.settle(&value);
                fields.push(value.class);
                continue;
            };
            let spread = self.spread(parts, item.span, scope)?;
            if let Some(column) = self.protected_among(&spread) {
                return Err(Objection::on(Cause::WholeRow, item.span, column));
            }
            fields.push(PLAIN);
        }
        Ok(Value::of(self.roles.row(fields, span)?))
    }

    /// `(t).f` reads a column; `x[1]` an element; anything else a part of a plain value.
    fn indirection(&mut self, inner: &Expr, steps: &[Step], span: Span, scope: &Scope) -> Checked<Value> {
        if let (ExprKind::Column(parts), [Step::Field(field)]) = (&inner.kind, steps)
            && let [name] = parts.as_slice()
            && let Some(source) = scope.source(None, name.as_str())
            && scope
                .levels()
                .all(|level| matches!(level.column_here(name.as_str()), crate::sql::scope::Found::No))
        {
            return self.column_of(source, field.as_str(), span);
        }
        let before = self.sites.len();
        let mut value = self.expr(inner, scope)?;
        let constants = self.sites.len() > before || (scope.is_made() && value.origin.is_none());
        for step in steps {
            if let Step::Field(field) = step {
                self.called_as_field(field.as_str(), constants, span)?;
            }
            let (indexes, element): (Vec<&Expr>, bool) = match step {
                Step::Index(index) => (vec![index], true),
                Step::Slice(a, b) => (a.iter().chain(b.iter()).collect(), false),
                Step::Field(_) | Step::Star => (Vec::new(), false),
            };
            for index in indexes {
                self.plain_expr(index, Cause::Subscript, scope)?;
            }
            let holds_elements = match self.roles.kind(value.class) {
                Kind::Array(_) | Kind::Open => true,
                Kind::Protected(column) => self.roles.is_array(column),
                Kind::Plain(..) | Kind::Element(_) | Kind::Row(_) | Kind::Document(_) => false,
            };
            if element && holds_elements {
                self.settle(&value);
                value = Value::of(self.roles.element(value.class, span)?);
            } else {
                let cause = match (self.roles.kind(value.class), step) {
                    (Kind::Protected(column), _) if self.is_composed(column) => Cause::Subscript,
                    (Kind::Protected(_), Step::Field(_) | Step::Star) => Cause::WrongKind,
                    (Kind::Protected(_), Step::Index(_) | Step::Slice(..)) => Cause::TypeMismatch,
                    _ => Cause::Subscript,
                };
                self.plain(&value, cause, span)?;
                value = Value::plain();
            }
        }
        Ok(value)
    }

    fn session_value(
        &mut self,
        value: SessionValue,
        precision: Option<&Expr>,
        span: Span,
        scope: &Scope,
    ) -> Checked<Value> {
        let version = self.known.catalog.server_version();
        if value == SessionValue::SystemUser && version < SYSTEM_USER_SINCE {
            return self.bare("system_user", span, scope);
        }
        if let Some(precision) = precision {
            self.plain_expr(precision, Cause::Mixed, scope)?;
        }
        Ok(Value::plain())
    }

    /// The one column of a subquery.
    pub fn single(&mut self, items: &[Item], span: Span) -> Checked<Value> {
        match items {
            [Item::Column(_, value)] => Ok(Value { origin: None, site: None, ..value.clone() }),
            [Item::Rest(_)] => Ok(Value::plain()),
            _ => self.as_value(items, span),
        }
    }

    /// A subquery as a value: its column, or a row of its columns.
    pub fn as_value(&mut self, items: &[Item], span: Span) -> Checked<Value> {
        match items {
            [Item::Column(_, value)] => Ok(Value { origin: None, site: None, ..value.clone() }),
            [Item::Rest(_)] => Ok(Value::plain()),
            many => {
                self.by_position |= are_pinned(many);
                let mut fields = Vec::with_capacity(many.len());
                for item in many {
                    match item {
                        Item::Column(_, value) => {
                            self.settle(value);
                            fields.push(value.class);
                        }
                        Item::Rest(_) => match self.protected_among(many) {
                            Some(column) => return Err(Objection::on(Cause::WholeRow, span, column)),
                            None => return Ok(Value::plain()),
                        },
                    }
                }
                Ok(Value::of(self.roles.row(fields, span)?))
            }
        }
    }
}

fn scalar(to: LogicalType) -> types::Cast {
    types::Cast { to, array: false }
}
