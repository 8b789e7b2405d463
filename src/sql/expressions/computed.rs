//! Functions of text over nothing but a constant: `lower($1)`, `trim('…')`.
//!
//! Where such a constant meets something protected, they are evaluated before it is sealed; elsewhere they
//! stay as they are. Only where the database's collation has no say (of letters outside ASCII: `values`).

use zeroize::Zeroizing;

use super::compare::{is_concatenation, is_text};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Expr, ExprKind, FunctionCall, LiteralKind, Span};
use crate::sql::casts;
use crate::sql::constants::Constant;
use crate::sql::lexer::{Keyword, TokenKind};
use crate::sql::refusal::{Cause, Checked};
use crate::sql::scope::{Scope, Value};
use crate::sql::verdict::Literal;
use crate::types::{Cast, LogicalType, Piece, TextFunction};

impl Analysis<'_> {
    /// `None`: it is another call, or not over a constant alone.
    pub(super) fn computed_constant(
        &mut self,
        call: &FunctionCall,
        span: Span,
        scope: &Scope,
    ) -> Checked<Option<Value>> {
        if is_concat_of_strings(call) && !self.is_of_database(call) {
            let literal = Literal { first: span.start, end: span.end, negated: false };
            let text = Cast { to: LogicalType::Text, array: false };
            return Ok(Some(self.constant(Constant::Literal(literal), span, Some(text))));
        }
        let (mut functions, mut inner) = (Vec::new(), call);
        let constant = loop {
            let own = matches!(inner.name.schema(), None | Some("pg_catalog"));
            let (Some(function), [arg]) = (text_function(inner).filter(|_| own), inner.args.as_slice())
            else {
                return Ok(None);
            };
            // REFUSES: letters that the database maps otherwise than ASCII does.
            let cases = matches!(function, TextFunction::Lower | TextFunction::Upper);
            if self.is_of_database(inner) || (cases && self.known.catalog.is_dotless()) {
                return Ok(None);
            }
            functions.push(function);
            match &arg.value.kind {
                ExprKind::Call(next) => inner = next,
                _ if is_constant(&arg.value) || is_text(&arg.value) || is_put_together(&arg.value) => {
                    break &arg.value;
                }
                _ => return Ok(None),
            }
        };
        let value = self.expr(constant, scope)?;
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            let given = site.casts.last().or(site.given.as_ref());
            if given.is_some_and(|given| !matches!(given.to, LogicalType::Text | LogicalType::Varchar(_))) {
                site.strange_cast = Some(span);
            }
            if site.casts.is_empty() {
                site.given.get_or_insert(Cast { to: LogicalType::Text, array: false });
            }
            site.computed.extend(functions.into_iter().rev());
            site.span = span;
        }
        Ok(Some(value))
    }
}

impl Analysis<'_> {
    /// `'…' || $1`, `lower('…') || '…'`: text beside a constant is put to it before it is sealed.
    pub(super) fn text_beside_constant(
        &mut self,
        [a, b]: [&Expr; 2],
        span: Span,
        scope: &Scope,
    ) -> Checked<Option<Value>> {
        let Some((constant, text, is_before)) = constant_and_text(a, b) else { return Ok(None) };
        let value = self.expr(constant, scope)?;
        let Some(site) = value.site.and_then(|id| self.sites.get(id)) else {
            self.plain(&value, Cause::Operator("||".into()), span)?;
            return Ok(Some(Value::plain()));
        };
        let given = site.casts.last().or(site.given.as_ref());
        let is_text = given.is_none_or(casts::is_text) && site.strange_cast.is_none();
        let mut whole = Zeroizing::new(String::new());
        // The string behind UESCAPE is no part of the text.
        let mut escapes = false;
        for token in text.span.range() {
            let kind = self.tokens.get(token).map(|token| token.kind);
            escapes |= kind == Some(TokenKind::Keyword(Keyword::Uescape));
            if !kind.is_some_and(TokenKind::is_string) || std::mem::take(&mut escapes) {
                continue;
            }
            match self.string(token).map(Zeroizing::new) {
                Some(piece) => whole.push_str(&piece),
                None => return self.strange("this text", text.span).map(Some),
            }
        }
        let piece = Piece::new(whole);
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            if !is_text {
                site.strange_cast = Some(span);
            }
            if site.casts.is_empty() {
                site.given.get_or_insert(Cast { to: LogicalType::Text, array: false });
            }
            site.computed.push(match is_before {
                true => TextFunction::Prepend(piece),
                false => TextFunction::Append(piece),
            });
            site.span = span;
        }
        Ok(Some(value))
    }
}

/// The constant that is put together, what stands beside it, and whether that is before it.
fn constant_and_text<'e>(a: &'e Expr, b: &'e Expr) -> Option<(&'e Expr, &'e Expr, bool)> {
    match (is_text(a), is_text(b)) {
        (true, false) => is_over_constant(b).then_some((b, a, true)),
        (false, true) => is_over_constant(a).then_some((a, b, false)),
        (true, true) | (false, false) => None,
    }
}

/// Is it text beside a constant that is more than a string?
pub(in crate::sql) fn is_put_together(expr: &Expr) -> bool {
    let ExprKind::Operator(operation) = &expr.kind else { return false };
    let left = operation.left.as_ref().filter(|_| is_concatenation(&operation.operator));
    left.is_some_and(|left| constant_and_text(left, &operation.right).is_some())
}

/// A parameter or a string, text beside one, or a function of either.
fn is_over_constant(expr: &Expr) -> bool {
    match &expr.kind {
        _ if is_constant(expr) || is_text(expr) => true,
        ExprKind::Call(call) => {
            text_function(call).is_some()
                && matches!(call.args.as_slice(), [arg] if is_over_constant(&arg.value))
        }
        _ => is_put_together(expr),
    }
}

/// Could it be a call that is evaluated, and so not be in the text that goes up?
pub(in crate::sql) fn is_computed(call: &FunctionCall) -> bool {
    let own = matches!(call.name.schema(), None | Some("pg_catalog"));
    (own && text_function(call).is_some()) || is_concat_of_strings(call)
}

/// `concat('a', 'b')`: as `'a' || 'b'`, but that a NULL is left out (manual, 9.4).
fn is_concat_of_strings(call: &FunctionCall) -> bool {
    let mut args = call.args.iter().map(|arg| &arg.value);
    matches!(call.name.schema(), None | Some("pg_catalog"))
        && call.name.name() == "concat"
        && has_nothing_around(call)
        && args.clone().all(|arg| is_text(arg) || matches!(arg.kind, ExprKind::Null))
        && args.any(is_text)
}

/// No ORDER BY, FILTER, OVER, VARIADIC or names.
fn has_nothing_around(call: &FunctionCall) -> bool {
    !call.distinct
        && call.order_by.is_empty()
        && call.within_group.is_empty()
        && call.filter.is_none()
        && call.over.is_none()
        && call.args.iter().all(|arg| !arg.variadic && arg.name.is_none())
}

impl Analysis<'_> {
    /// `NULLIF(constant, '')`, as forms are stored that were left empty: evaluated too, since what is
    /// sealed could be compared with nothing. `None`: another NULLIF.
    pub(super) fn null_if_empty(
        &mut self,
        [a, b]: &[Expr; 2],
        span: Span,
        scope: &Scope,
    ) -> Checked<Option<Value>> {
        let called = matches!(a.kind, ExprKind::Call(_));
        if !(called || is_constant(a) || is_put_together(a))
            || !matches!(b.kind, ExprKind::Literal(LiteralKind::String))
        {
            return Ok(None);
        }
        let text = self.tokens.get(b.span.start).map_or(&[][..], |token| token.bytes(self.text));
        if text != b"''" || b.span.end - b.span.start != 1 {
            return Ok(None);
        }
        let value = match &a.kind {
            ExprKind::Call(call) => match self.computed_constant(call, a.span, scope)? {
                Some(value) => value,
                None => return Ok(None),
            },
            _ => self.expr(a, scope)?,
        };
        self.fixed.push(b.span.start);
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            if site.casts.is_empty() {
                let given = site.given.get_or_insert(Cast { to: LogicalType::Text, array: false });
                if !casts::is_text(given) {
                    site.strange_cast = Some(span);
                }
            }
            site.computed.push(TextFunction::NullIfEmpty);
            site.span = span;
        }
        Ok(Some(value))
    }
}

/// A function of text that is evaluated, called with one argument and nothing around it.
fn text_function(call: &FunctionCall) -> Option<TextFunction> {
    let function = match call.name.name() {
        "lower" => TextFunction::Lower,
        "upper" => TextFunction::Upper,
        "ltrim" => TextFunction::Ltrim,
        "rtrim" => TextFunction::Rtrim,
        "btrim" => TextFunction::Btrim,
        _ => return None,
    };
    has_nothing_around(call).then_some(function)
}

/// A string or a parameter, under no casts but to text.
fn is_constant(expr: &Expr) -> bool {
    let mut inner = expr;
    loop {
        match &inner.kind {
            ExprKind::Literal(LiteralKind::String) | ExprKind::Param(_) => return true,
            ExprKind::Cast(cast) => {
                let to = casts::evaluable(&cast.to, false, |_| None);
                if !to.is_some_and(|to| casts::is_text(&to)) {
                    return false;
                }
                inner = &cast.expr;
            }
            _ => return false,
        }
    }
}
