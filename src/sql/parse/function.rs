//! CREATE FUNCTION and CREATE PROCEDURE.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Body, ColumnTyped, CreateFunction, Distinct, Expr, FunctionBody, Parameter, ParameterMode, Query, Select,
    Statement, StatementKind, Target,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    pub(super) fn create_function(&mut self, replace: bool) -> Parsed<StatementKind> {
        let procedure = self.one_of(&[K::Function, K::Procedure])? == K::Procedure;
        let first = self.label()?;
        let name = self.dotted(first)?;
        self.take(TokenKind::Open)?;
        let parameters = if self.is(TokenKind::Close) { Vec::new() } else { self.list(Self::parameter)? };
        self.take(TokenKind::Close)?;
        let (mut returns, mut returns_table) = (None, Vec::new());
        if self.eat(K::Returns) {
            if self.is(K::Table) && self.is_at(1, TokenKind::Open) {
                self.bump();
                returns_table = self.list_in_parens(|p| {
                    let (name, type_name) = (p.type_name_word()?, p.function_type()?);
                    Ok(ColumnTyped { name, type_name, collation: None })
                })?;
            } else {
                returns = Some(self.function_type()?);
            }
        }
        let start = self.token();
        let (mut language, mut body) = (None, FunctionBody::Missing);
        while !self.at_end() && !self.is(TokenKind::Semicolon) {
            if self.eat(K::Language) {
                language = Some(self.word_or_string()?);
            } else if self.eat(K::As) {
                body = FunctionBody::Text(self.list(Self::string)?);
            } else if self.eat(K::Return) {
                body = FunctionBody::Return(self.expr()?);
            } else if self.eat_all(&[K::Begin, K::Atomic]) {
                body = FunctionBody::Atomic(self.atomic_body()?);
            } else {
                // Volatility, cost, SET …: no expressions.
                self.bump();
            }
        }
        let options = self.since(start);
        let function = CreateFunction {
            name,
            replace,
            procedure,
            parameters,
            returns,
            returns_table,
            language,
            body,
            options,
        };
        Ok(StatementKind::CreateFunction(Box::new(function)))
    }

    /// `func_arg_with_default`: mode and name in either order, both optional.
    fn parameter(&mut self) -> Parsed<Parameter> {
        let mut mode = self.parameter_mode();
        let named = super::cursor::is_type_or_function_name(self.peek())
            && !matches!(
                self.peek_at(1),
                TokenKind::Comma
                    | TokenKind::Close
                    | TokenKind::Dot
                    | TokenKind::Open
                    | TokenKind::OpenBracket
                    | TokenKind::Equals
                    | TokenKind::Percent
                    | TokenKind::Keyword(K::Default | K::Array | K::Precision)
            );
        let name = if named { Some(self.type_name_word()?) } else { None };
        if mode.is_none() {
            mode = self.parameter_mode();
        }
        let type_name = self.function_type()?;
        let default =
            if self.eat(K::Default) || self.eat(TokenKind::Equals) { Some(self.expr()?) } else { None };
        Ok(Parameter { name, mode: mode.unwrap_or(ParameterMode::In), type_name, default })
    }

    fn parameter_mode(&mut self) -> Option<ParameterMode> {
        let keyword = self.eat_one_of(&[K::In, K::Out, K::Inout, K::Variadic])?;
        Some(match keyword {
            K::Out => ParameterMode::Out,
            K::Inout => ParameterMode::InOut,
            K::Variadic => ParameterMode::Variadic,
            _ if self.eat(K::Out) => ParameterMode::InOut,
            _ => ParameterMode::In,
        })
    }

    /// `… ; … ; END`.
    fn atomic_body(&mut self) -> Parsed<Vec<Statement>> {
        let mut statements = Vec::new();
        loop {
            while self.eat(TokenKind::Semicolon) {}
            if self.eat(K::End) {
                return Ok(statements);
            }
            let statement = if self.is(K::Return) { self.atomic_return()? } else { self.statement()? };
            statements.push(statement);
            self.take(TokenKind::Semicolon)?;
        }
    }

    fn atomic_return(&mut self) -> Parsed<Statement> {
        let start = self.take(K::Return)?;
        let expr: Expr = self.expr()?;
        let span = self.since(start);
        let select = Select {
            distinct: Distinct::No,
            targets: vec![Target { expr, alias: None, span }],
            into: None,
            from: Vec::new(),
            filter: None,
            group_by: None,
            having: None,
            windows: Vec::new(),
            span,
        };
        let query = Query {
            with: None,
            body: Body::Select(Box::new(select)),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            locking: Vec::new(),
            span,
        };
        Ok(Statement { kind: StatementKind::Query(Box::new(query)), span })
    }
}
