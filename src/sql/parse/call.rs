//! Calls of functions: ordinary ones, those with a syntax of their own, and windows.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Argument, CallSyntax, Expr, ExprKind, FunctionCall, Ident, ObjectName, Over, SortKey, WindowDefinition,
    WindowSpec,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// Is this the keyword form of a function, whose arguments are not a plain list?
pub(super) fn is_keyword_call(keyword: K, cursor: &Cursor<'_>) -> bool {
    match keyword {
        K::Collation => cursor.is_at(1, K::For),
        K::Extract | K::Normalize | K::Overlay | K::Position | K::Substring | K::Treat | K::Trim => true,
        _ => false,
    }
}

impl Cursor<'_> {
    /// `name(…)` with everything that may follow.
    pub(super) fn call(&mut self, name: ObjectName) -> Parsed<FunctionCall> {
        let mut call = empty(name, CallSyntax::Ordinary);
        self.take(TokenKind::Open)?;
        if self.is(TokenKind::Star) && self.is_at(1, TokenKind::Close) {
            self.bump();
            call.star = true;
        } else if !self.is(TokenKind::Close) {
            call.distinct = self.eat(K::Distinct);
            if !call.distinct {
                self.eat(K::All);
            }
            call.args = self.list(Self::argument)?;
            call.order_by = self.order_by()?;
        }
        self.take(TokenKind::Close)?;
        self.after_call(&mut call)?;
        Ok(call)
    }

    /// `func_arg_expr`.
    pub(super) fn argument(&mut self) -> Parsed<Argument> {
        let variadic = self.eat(K::Variadic);
        let named = self.is_at(1, TokenKind::EqualsGreater) || self.is_at(1, TokenKind::ColonEquals);
        let name = if named { Some(self.type_name_word()?) } else { None };
        if named {
            self.bump();
        }
        Ok(Argument { name, variadic, value: self.expr()? })
    }

    fn after_call(&mut self, call: &mut FunctionCall) -> Parsed<()> {
        if self.are(&[K::Within, K::Group]) {
            self.bump();
            self.bump();
            self.take(TokenKind::Open)?;
            call.within_group = self.order_by()?;
            self.take(TokenKind::Close)?;
        }
        call.filter = self.aggregate_filter()?;
        // IGNORE NULLS and RESPECT NULLS are no syntax of 15 to 18.
        call.over = self.over()?;
        Ok(())
    }

    pub(super) fn aggregate_filter(&mut self) -> Parsed<Option<Expr>> {
        if !(self.is(K::Filter) && self.is_at(1, TokenKind::Open)) {
            return Ok(None);
        }
        self.bump();
        self.in_parens(|p| {
            p.take(K::Where)?;
            p.expr().map(Some)
        })
    }

    pub(super) fn over(&mut self) -> Parsed<Option<Over>> {
        if !self.eat(K::Over) {
            return Ok(None);
        }
        if self.is(TokenKind::Open) {
            return Ok(Some(Over::Spec(Box::new(self.window_spec()?))));
        }
        self.column_name().map(|name| Some(Over::Name(name)))
    }

    /// WINDOW of a SELECT.
    pub(super) fn windows(&mut self) -> Parsed<Vec<WindowDefinition>> {
        if !self.eat(K::Window) {
            return Ok(Vec::new());
        }
        self.list(|p| {
            let name = p.column_name()?;
            p.take(K::As)?;
            Ok(WindowDefinition { name, spec: p.window_spec()? })
        })
    }

    fn window_spec(&mut self) -> Parsed<WindowSpec> {
        self.nested(|p| p.in_parens(Self::window_body))
    }

    fn window_body(&mut self) -> Parsed<WindowSpec> {
        let clause = matches!(self.keyword(), Some(K::Partition | K::Range | K::Rows | K::Groups));
        let base = if self.at_column_name() && !clause { Some(self.column_name()?) } else { None };
        let partition_by =
            if self.eat_all(&[K::Partition, K::By]) { self.list(Self::expr)? } else { Vec::new() };
        let order_by = self.order_by()?;
        let mut spec = WindowSpec { base, partition_by, order_by, frame_offsets: Vec::new(), frame: None };
        let start = self.token();
        if self.eat_one_of(&[K::Range, K::Rows, K::Groups]).is_some() {
            if self.eat(K::Between) {
                self.frame_bound(&mut spec.frame_offsets)?;
                self.take(K::And)?;
            }
            self.frame_bound(&mut spec.frame_offsets)?;
            self.frame_exclusion()?;
            spec.frame = Some(self.since(start));
        }
        Ok(spec)
    }

    fn frame_bound(&mut self, offsets: &mut Vec<Expr>) -> Parsed<()> {
        if self.eat_all(&[K::Current, K::Row]) {
            return Ok(());
        }
        if self.is(K::Unbounded) && matches!(self.keyword_at(1), Some(K::Preceding | K::Following)) {
            self.bump();
        } else {
            offsets.push(self.expr()?);
        }
        match self.eat_one_of(&[K::Preceding, K::Following]) {
            Some(_) => Ok(()),
            None => Err(self.unexpected()),
        }
    }

    fn frame_exclusion(&mut self) -> Parsed<()> {
        if !self.eat(K::Exclude) {
            return Ok(());
        }
        let known = self.eat_all(&[K::Current, K::Row])
            || self.eat(K::Group)
            || self.eat(K::Ties)
            || self.eat_all(&[K::No, K::Others]);
        if known { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A function whose arguments are separated by keywords.
    pub(super) fn keyword_call(&mut self, keyword: K) -> Parsed<Expr> {
        let start = self.bump();
        let written = Ident { text: keyword.as_str().into(), token: start };
        let name = ObjectName { parts: vec![written], span: self.since(start) };
        let mut call = empty(name, CallSyntax::Keyword);
        if keyword == K::Collation {
            self.take(K::For)?;
            rename(&mut call, "pg_collation_for");
        }
        self.take(TokenKind::Open)?;
        match keyword {
            K::Extract => self.extract_args(&mut call)?,
            K::Normalize => self.normalize_args(&mut call)?,
            K::Overlay => self.plain_or(&mut call, &[K::Placing, K::From, K::For])?,
            K::Substring => self.plain_or(&mut call, &[K::From, K::For, K::Similar, K::Escape])?,
            K::Position => self.position_args(&mut call)?,
            K::Trim => self.trim_args(&mut call)?,
            K::Treat => {
                call.args.push(positional(self.expr()?));
                self.take(K::As)?;
                call.name = self.type_name()?.name;
            }
            _ => call.args.push(positional(self.expr()?)),
        }
        self.take(TokenKind::Close)?;
        Ok(Expr { kind: ExprKind::Call(Box::new(call)), span: self.since(start) })
    }

    /// `field FROM source`; the field is no expression and is left out.
    fn extract_args(&mut self, call: &mut FunctionCall) -> Parsed<()> {
        if self.peek().is_string() {
            self.string().map(drop)?
        } else {
            self.label().map(drop)?
        }
        self.take(K::From)?;
        call.args.push(positional(self.expr()?));
        Ok(())
    }

    fn normalize_args(&mut self, call: &mut FunctionCall) -> Parsed<()> {
        call.args.push(positional(self.expr()?));
        if self.eat(TokenKind::Comma) && self.eat_one_of(&[K::Nfc, K::Nfd, K::Nfkc, K::Nfkd]).is_none() {
            return Err(self.unexpected());
        }
        Ok(())
    }

    /// Arguments separated by these keywords, or by commas, in which case the call is an ordinary one.
    fn plain_or(&mut self, call: &mut FunctionCall, separators: &[K]) -> Parsed<()> {
        if self.is(TokenKind::Close) {
            call.syntax = CallSyntax::Ordinary;
            return Ok(());
        }
        call.args.push(self.argument()?);
        if self.eat(TokenKind::Comma) {
            call.args.extend(self.list(Self::argument)?);
        }
        if self.is(TokenKind::Close) {
            call.syntax = CallSyntax::Ordinary;
            return Ok(());
        }
        while self.eat_one_of(separators).is_some() {
            call.args.push(positional(self.expr()?));
        }
        Ok(())
    }

    fn position_args(&mut self, call: &mut FunctionCall) -> Parsed<()> {
        call.args.push(positional(self.restricted_expr()?));
        self.take(K::In)?;
        call.args.push(positional(self.restricted_expr()?));
        Ok(())
    }

    fn trim_args(&mut self, call: &mut FunctionCall) -> Parsed<()> {
        rename(
            call,
            match self.eat_one_of(&[K::Both, K::Leading, K::Trailing]) {
                Some(K::Leading) => "ltrim",
                Some(K::Trailing) => "rtrim",
                _ => "btrim",
            },
        );
        if self.eat(K::From) {
            call.args.extend(self.list(Self::expr)?.into_iter().map(positional));
            return Ok(());
        }
        call.args.extend(self.list(Self::expr)?.into_iter().map(positional));
        if call.args.len() == 1 && self.eat(K::From) {
            call.args.extend(self.list(Self::expr)?.into_iter().map(positional));
        }
        Ok(())
    }

    /// ORDER BY, or nothing.
    pub(super) fn order_by(&mut self) -> Parsed<Vec<SortKey>> {
        if self.eat_all(&[K::Order, K::By]) { self.list(Self::sort_key) } else { Ok(Vec::new()) }
    }
}

fn positional(value: Expr) -> Argument {
    Argument { name: None, variadic: false, value }
}

/// The keyword stands for a function of another name.
fn rename(call: &mut FunctionCall, to: &str) {
    if let Some(name) = call.name.parts.last_mut() {
        name.text = to.into();
    }
}

fn empty(name: ObjectName, syntax: CallSyntax) -> FunctionCall {
    FunctionCall {
        name,
        syntax,
        args: Vec::new(),
        star: false,
        distinct: false,
        order_by: Vec::new(),
        within_group: Vec::new(),
        filter: None,
        over: None,
    }
}
