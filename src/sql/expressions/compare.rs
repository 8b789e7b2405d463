//! Operators: equality for deterministic columns, and the refusals of all others.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Expr, ExprKind, In, InList, LiteralKind, ObjectName, Operation, Operator, Quantified, QuantifiedOver,
    Span,
};
use crate::sql::casts;
use crate::sql::constants::{Constant, SiteId};
use crate::sql::forms::{How, Matched};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{EqualTo, Kind};
use crate::sql::scope::{Item, Scope, Value};
use crate::sql::verdict::Literal;
use crate::types::{Cast, LogicalType};

impl Analysis<'_> {
    /// Equality of protected values is by bytes, which only these collations keep.
    pub(super) fn collate(
        &mut self,
        inner: &Expr,
        name: &ObjectName,
        span: Span,
        scope: &Scope,
    ) -> Checked<Value> {
        let value = self.expr(inner, scope)?;
        let builtin = matches!(name.schema(), None | Some("pg_catalog"));
        if builtin && matches!(name.name(), "C" | "POSIX" | "default" | "ucs_basic") {
            if let Some(id) = self.roles.protected_in(value.class)
                && self.known.policy.column(id).is_some_and(|column| !casts::has_collation(&column.logical))
            {
                return Err(Objection::on(Cause::TypeMismatch, span, id));
            }
            return Ok(Value { site: None, origin: None, ..value });
        }
        self.plain(&value, Cause::Collate, span)?;
        Ok(Value::of(value.class))
    }

    pub(super) fn operation(&mut self, operation: &Operation, span: Span, scope: &Scope) -> Checked<Value> {
        let operator = &operation.operator;
        let Some(left) = &operation.left else {
            if let Some(value) = self.signed(operator, &operation.right, span) {
                return Ok(value);
            }
            return self.all_plain([&operation.right], cause(operator), span, scope);
        };
        if let Some(value) = self.joined(operation, span) {
            return Ok(value);
        }
        match &*operator.symbol {
            "=" | "<>" | "!=" if builtin(operator) => {
                let unequal = &*operator.symbol != "=";
                let how = |tested| How::Operator { operator: operator.span, unequal, tested };
                self.equal([left, &operation.right], how, span, scope)
            }
            "@>" | "<@" | "&&" if builtin(operator) => {
                self.contained([left, &operation.right], cause(operator), span, scope)
            }
            "||" if builtin(operator) => self.put_together([left, &operation.right], span, scope),
            _ => self.all_plain([left, &operation.right], cause(operator), span, scope),
        }
    }

    /// `a || b`: text of protected values, or of none.
    fn put_together(&mut self, [a, b]: [&Expr; 2], span: Span, scope: &Scope) -> Checked<Value> {
        if let Some(text) = self.text_beside_constant([a, b], span, scope)? {
            return Ok(text);
        }
        let operands = [self.operand(a, scope)?, self.operand(b, scope)?];
        if let Some(text) = self.chained_text(&operands, span)? {
            return Ok(text);
        }
        if let Some(array) = self.arrays_put_together(&operands, span)? {
            return Ok(array);
        }
        operands.iter().try_for_each(|operand| self.plain(operand, Cause::Operator("||".into()), span))?;
        Ok(Value::plain())
    }

    /// Whether elements of one array are in another: they are compared for equality.
    fn contained(&mut self, [a, b]: [&Expr; 2], cause: Cause, span: Span, scope: &Scope) -> Checked<Value> {
        let (left, right) = (self.expr(a, scope)?, self.expr(b, scope)?);
        let is_array = |value: &Value| match self.roles.kind(value.class) {
            Kind::Protected(column) => self.roles.is_array(column),
            Kind::Array(_) => self.roles.protected_in(value.class).is_some(),
            Kind::Open | Kind::Plain(..) | Kind::Element(_) | Kind::Row(_) | Kind::Document(_) => false,
        };
        match is_array(&left) || is_array(&right) {
            true => self.compare(&left, &right, EqualTo::Values, span)?,
            false => {
                self.plain(&left, cause.clone(), span)?;
                self.plain(&right, cause, span)?;
            }
        }
        Ok(Value::plain())
    }

    /// `'a' || 'b'`: strings put together are one constant, of type text.
    fn joined(&mut self, operation: &Operation, span: Span) -> Option<Value> {
        if !operation.left.as_ref().is_some_and(|left| joins(&operation.operator, left, &operation.right)) {
            return None;
        }
        let literal = Literal { first: span.start, end: span.end, negated: false };
        let text = Cast { to: LogicalType::Text, array: false };
        Some(self.constant(Constant::Literal(literal), span, Some(text)))
    }

    /// `a = b` and its kin. `how` says it of the operand that is no constant, where the other is one.
    pub(super) fn equal(
        &mut self,
        [a, b]: [&Expr; 2],
        how: impl Fn(Span) -> How,
        span: Span,
        scope: &Scope,
    ) -> Checked<Value> {
        let (left, right) = (self.operand(a, scope)?, self.operand(b, scope)?);
        self.one_column(a, &left, b, &right)?;
        self.one_column(b, &right, a, &left)?;
        self.equally_wide([a, b], [&left, &right], span)?;
        // NULL is told from a value by no look at it.
        if matches!(a.kind, ExprKind::Null) || matches!(b.kind, ExprKind::Null) {
            self.settle(&left);
            self.settle(&right);
            return Ok(Value::plain());
        }
        match (self.direct(&left, a.span), self.direct(&right, b.span)) {
            (None, Some(site)) => self.matched.push(Matched { site, how: how(a.span) }),
            (Some(site), None) => self.matched.push(Matched { site, how: how(b.span) }),
            (None, None) | (Some(_), Some(_)) => {
                self.compare(&left, &right, EqualTo::Values, span)?;
                return Ok(Value::plain());
            }
        }
        self.compare(&left, &right, EqualTo::Constant, span)?;
        Ok(Value::plain())
    }

    /// REFUSES: a sub-query of several columns where one value is wanted, as the server does.
    fn one_column(&self, query: &Expr, many: &Value, other: &Expr, one: &Value) -> Checked<()> {
        let is_value = !matches!(other.kind, ExprKind::Row(..) | ExprKind::Subquery(_));
        let several = matches!(query.kind, ExprKind::Subquery(_))
            && matches!(self.roles.kind(many.class), Kind::Row(_));
        let protected = || self.roles.protected_in(many.class).or(self.roles.protected_in(one.class));
        match several && is_value && protected().is_some() {
            true => Err(Objection::at(Cause::WrongCount("subquery must return only one column"), query.span)),
            false => Ok(()),
        }
    }

    /// REFUSES: rows of two widths that are compared, as the server does.
    fn equally_wide(&self, [a, b]: [&Expr; 2], [left, right]: [&Value; 2], span: Span) -> Checked<()> {
        let (ExprKind::Row(..), ExprKind::Row(..)) = (&a.kind, &b.kind) else { return Ok(()) };
        let protected = || self.roles.protected_in(left.class).or(self.roles.protected_in(right.class));
        match (width(a), width(b), protected()) {
            (Some(a), Some(b), Some(column)) if a != b => {
                let what = "unequal number of entries in row expressions";
                Err(Objection::on(Cause::WrongCount(what), span, column))
            }
            (_, _, _) => Ok(()),
        }
    }

    /// REFUSES: a row, or one value, that is looked for among rows of another width, as the server does.
    fn as_wide(&self, expr: &Expr, left: &Value, items: &[Item], span: Span) -> Checked<()> {
        let counted = items.iter().all(|item| matches!(item, Item::Column(..)));
        let protected = || self.protected_among(items).or(self.roles.protected_in(left.class));
        match (width(expr).filter(|width| counted && *width != items.len()), protected()) {
            (Some(width), Some(column)) => {
                let what = match items.len() > width {
                    true => "subquery has too many columns",
                    false => "subquery has too few columns",
                };
                Err(Objection::on(Cause::WrongCount(what), span, column))
            }
            (_, _) => Ok(()),
        }
    }

    pub(super) fn quantified(&mut self, q: &Quantified, span: Span, scope: &Scope) -> Checked<Value> {
        let left = self.expr(&q.left, scope)?;
        let (mut with, mut spelt) = (EqualTo::Values, false);
        let right = match &q.right {
            QuantifiedOver::Array(array) => {
                let first = self.sites.len();
                let value = self.expr(array, scope)?;
                self.settle(&value);
                if let (Some(column), true) =
                    (self.roles.protected_in(left.class), self.is_scalar_constant(&value))
                {
                    return Err(Objection::on(Cause::WrongKind, array.span, column));
                }
                spelt = is_equality(&q.operator) && self.is_spelt(&left, &value, true);
                // `= ALL` and `<> ANY` say something else of an array that holds every value twice.
                if (&*q.operator.symbol == "=") != q.all && self.match_elements(array, &value, first) {
                    with = EqualTo::Constant;
                }
                Value::of(self.roles.element(value.class, span)?)
            }
            QuantifiedOver::Query(query) => {
                let items = self.query(query, scope)?;
                self.as_value(&items, span)?
            }
        };
        if spelt {
            self.roles.compare(left.class, right.class, with, span)?;
        } else if is_equality(&q.operator) {
            self.compare(&left, &right, with, span)?;
        } else {
            self.plain(&left, cause(&q.operator), span)?;
            self.plain(&right, cause(&q.operator), span)?;
        }
        Ok(Value::plain())
    }

    /// A constant whose own type, or that of its cast, is no array.
    fn is_scalar_constant(&self, value: &Value) -> bool {
        let site = value.site.and_then(|id| self.sites.get(id));
        let own = site.and_then(|site| site.casts.last().or(site.given.as_ref()));
        own.is_some_and(|own| !own.array && own.to != LogicalType::TextArray)
    }

    /// An array that is a constant, or made of nothing but constants.
    fn match_elements(&mut self, array: &Expr, value: &Value, first: usize) -> bool {
        if let Some(site) = self.direct(value, array.span) {
            self.matched.push(Matched { site, how: How::Elements });
            return true;
        }
        let ExprKind::Array(items) = &array.kind else { return false };
        let sites: Option<Vec<SiteId>> = items.iter().map(|item| self.site_at(item.span, first)).collect();
        let Some(sites) = sites else { return false };
        self.matched.extend(sites.into_iter().map(|site| Matched { site, how: How::Listed }));
        true
    }

    pub(super) fn in_list(&mut self, list: &In, span: Span, scope: &Scope) -> Checked<Value> {
        let left = self.expr(&list.expr, scope)?;
        let tested = self.direct(&left, list.expr.span).is_none();
        match &list.list {
            InList::Exprs(items) => {
                let mut constants = Vec::with_capacity(items.len());
                let mut united = vec![left.clone()];
                for item in items {
                    let value = self.expr(item, scope)?;
                    self.equally_wide([&list.expr, item], [&left, &value], item.span)?;
                    let site = self.direct(&value, item.span);
                    constants.extend(site);
                    united.extend(site.map(|_| value.clone()));
                    let with = match site {
                        Some(site) if tested => {
                            self.matched.push(Matched { site, how: How::Listed });
                            EqualTo::Constant
                        }
                        Some(_) | None => EqualTo::Values,
                    };
                    self.compare(&left, &value, with, item.span)?;
                }
                if constants.len() > 1 {
                    // Of several constants PostgreSQL makes an array, of the type that holds all of them.
                    let wide = self.widest(&united).map(|to| Cast { to, array: false });
                    for id in constants {
                        self.sites.as_column(id);
                        let open = self.sites.get_mut(id).filter(|site| site.casts.is_empty());
                        if let (Some(site), Some(wide)) = (open, &wide) {
                            site.given.get_or_insert_with(|| wide.clone());
                        }
                    }
                }
            }
            InList::Query(query) => {
                let items = self.query(query, scope)?;
                self.as_wide(&list.expr, &left, &items, query.span)?;
                let right = self.as_value(&items, span)?;
                self.compare(&left, &right, EqualTo::Values, span)?;
            }
        }
        Ok(Value::plain())
    }
}

/// How many values an expression stands for, in a comparison; `None`: `t.*` is among them.
fn width(expr: &Expr) -> Option<usize> {
    match &expr.kind {
        ExprKind::Row(items, _) => {
            let star = items.iter().any(|item| matches!(item.kind, ExprKind::Star(_)));
            (!star).then_some(items.len())
        }
        _ => Some(1),
    }
}

/// The server's own operator, not one that a schema on the search_path may hold.
pub(super) fn builtin(operator: &Operator) -> bool {
    match operator.schema.as_slice() {
        [] => true,
        [schema] => schema.as_str() == "pg_catalog",
        _ => false,
    }
}

/// `||` of the server's own.
pub(super) fn is_concatenation(operator: &Operator) -> bool {
    builtin(operator) && &*operator.symbol == "||"
}

/// Is this `||` of strings?
fn joins(operator: &Operator, left: &Expr, right: &Expr) -> bool {
    is_concatenation(operator) && is_text(left) && is_text(right)
}

/// A string that stands in the text, under no cast but to text.
pub(super) fn is_text(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::String) => true,
        ExprKind::Cast(cast) => {
            let to = casts::evaluable(&cast.to, false, |_| None);
            matches!(to, Some(Cast { to: LogicalType::Text | LogicalType::Varchar(None), array: false }))
                && is_text(&cast.expr)
        }
        ExprKind::Operator(inner) => {
            inner.left.as_ref().is_some_and(|left| joins(&inner.operator, left, &inner.right))
        }
        _ => false,
    }
}

fn is_equality(operator: &Operator) -> bool {
    builtin(operator) && matches!(&*operator.symbol, "=" | "<>" | "!=")
}

/// What to say of a protected operand.
fn cause(operator: &Operator) -> Cause {
    match &*operator.symbol {
        "<" | ">" | "<=" | ">=" | "~<~" | "~>~" | "~<=~" | "~>=~" => Cause::Range,
        "~" | "!~" | "~*" | "!~*" | "~~" | "!~~" | "~~*" | "!~~*" | "^@" => Cause::Pattern,
        other => Cause::Operator(other.into()),
    }
}
