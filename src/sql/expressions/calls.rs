//! Calls of functions, aggregates and window functions.

use std::ops::ControlFlow;

use super::functions::{Rule, rule};
use crate::catalog::model::Function;
use crate::policy::model::{DeclaredFunction, DeclaredValue, Mode};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Argument, CastForm, Expr, ExprKind, FunctionCall, Ident, LiteralKind, ObjectName, Over, SortKey, Span,
    Special, TypeName, WindowSpec,
};
use crate::sql::casts;
use crate::sql::constants::Declared;
use crate::sql::gate;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, EqualTo, Equality, Kind};
use crate::sql::scope::{Found, Scope, Value, find};
use crate::sql::verdict::Rows;
use crate::types::{Cast, LogicalType};

impl<'a> Analysis<'a> {
    /// The value of a call.
    pub(super) fn call(&mut self, call: &FunctionCall, span: Span, scope: &Scope) -> Checked<Value> {
        if let Some(value) = self.column_as_function(call, span, scope)? {
            return Ok(value);
        }
        if let Some((to, inner)) = self.called_cast(call) {
            let value = self.expr(inner, scope)?;
            if let (ExprKind::Param(_), "date") = (&inner.kind, call.name.name()) {
                self.given_to_date(&value);
            }
            return self.cast(value, &to, CastForm::Call, span);
        }
        if let Some(value) = self.document_call(call, span, scope)? {
            return Ok(value);
        }
        if let Some(value) = self.computed_constant(call, span, scope)? {
            return Ok(value);
        }
        let before = self.sites.len();
        let args = self.arguments(&call.args, scope)?;
        let stored = args.iter().all(|value| value.origin.is_some());
        let constants = self.sites.len() > before || (scope.is_made() && !stored);
        self.around(call, &args, span, scope)?;
        if let Some(value) = self.own_function(&call.name, in_order(call, &args), constants, false, span)? {
            return Ok(value);
        }
        // REFUSES: a function of the database under the name of one that is known here, too. Which of the
        // two takes the call hangs on the types of what the server sees.
        if !matches!(call.name.schema(), None | Some("pg_catalog")) || self.is_of_database(call) {
            let cause = Cause::Function(call.name.name().into());
            return self.plain_values(&args, cause, span);
        }
        if call.args.iter().any(|a| a.variadic || a.name.is_some()) {
            return self.plain_values(&args, Cause::Function(call.name.name().into()), span);
        }
        match self.joining_call(call, &args, span)? {
            Some(text) => Ok(text),
            None => self.builtin(call, &args, span),
        }
    }

    /// `email(t)` reads a column of t, where no function takes it (manual, 4.2.6 and 38.5.2).
    fn column_as_function(
        &mut self,
        call: &FunctionCall,
        span: Span,
        scope: &Scope,
    ) -> Checked<Option<Value>> {
        let ([arg], [name]) = (call.args.as_slice(), call.name.parts.as_slice()) else { return Ok(None) };
        let ExprKind::Column(parts) = &arg.value.kind else { return Ok(None) };
        let [row] = parts.as_slice() else { return Ok(None) };
        let is_column =
            scope.levels().any(|level| !matches!(level.column_here(row.as_str()), Found::No | Found::Maybe));
        let Some(source) = scope.source(None, row.as_str()).filter(|_| !is_column) else { return Ok(None) };
        let name = name.as_str();
        let taken = self.known.catalog.functions_named(name).next().is_some()
            || rule(name) != Rule::Plain(Cause::Function(name.into()));
        match find(&source.items, name) {
            Found::Value(value) if !taken && self.roles.protected_in(value.class).is_some() => {
                self.column_of(source, name, span).map(Some)
            }
            Found::Value(_) | Found::Twice | Found::Maybe | Found::No => Ok(None),
        }
    }

    /// `date('…')`: the name of a type with one argument is a cast to it (manual, 4.2.9), unless the
    /// database has a function of the name.
    fn called_cast<'e>(&self, call: &'e FunctionCall) -> Option<(TypeName, &'e Expr)> {
        let (name, known) = (&call.name, &self.known);
        let taken = known.catalog.functions_named(name.name()).next().is_some()
            || known.names.doubted.contains(name.name())
            || self.declared_function(name).is_some();
        let arg = call.args.first().filter(|_| !taken && is_called_cast(call))?;
        // A parameter of no type is given to one of the functions of the name, unless that is a type of text
        // (func_get_detail of parse_func.c).
        let resolved = match arg.value.kind {
            ExprKind::Param(number) => {
                self.is_declared(number) || matches!(name.name(), "date" | "text" | "varchar")
            }
            _ => true,
        };
        resolved.then(|| (TypeName::named(name.clone()), &arg.value))
    }

    fn is_declared(&self, number: u32) -> bool {
        let at = number.checked_sub(1).and_then(|n| self.declared.get(n as usize));
        matches!(at, Some(Declared::Type(_) | Declared::Strange))
    }

    /// Of the functions date(timestamp) and date(timestamptz) the server takes the second.
    fn given_to_date(&mut self, value: &Value) {
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            site.given.get_or_insert(Cast { to: LogicalType::Timestamptz(None), array: false });
        }
    }

    pub(in crate::sql) fn arguments(&mut self, args: &[Argument], scope: &Scope) -> Checked<Vec<Value>> {
        args.iter().map(|a| self.operand(&a.value, scope)).collect()
    }

    fn builtin(&mut self, call: &FunctionCall, args: &[Value], span: Span) -> Checked<Value> {
        let name = call.name.name();
        match rule(name) {
            Rule::Counts => Ok(Value::plain()),
            Rule::Carries => self.carried(args, name, span),
            Rule::Gathers => match args {
                [value] => {
                    self.settle(value);
                    Ok(Value::of(self.roles.array(value.class, span)?))
                }
                _ => self.plain_values(args, Cause::Function(name.into()), span),
            },
            Rule::Spreads => match args {
                [array] => {
                    self.settle(array);
                    let element = self.roles.element(array.class, span).map_err(|mut objection| {
                        if objection.cause == Cause::Subscript {
                            objection.cause = Cause::NoFunction(name.into());
                        }
                        objection
                    })?;
                    Ok(Value::of(element))
                }
                _ => self.plain_values(args, Cause::Function(name.into()), span),
            },
            Rule::Arrays => self.array_call(name, args, span),
            Rule::Measures => self.measured(args, name, span),
            Rule::RunsText => self.runs_text(call, args, span),
            Rule::Sets => self.sets(call, args, span),
            Rule::Plain(cause) => self.plain_values(args, cause, span),
        }
    }

    pub(super) fn plain_values(&mut self, args: &[Value], cause: Cause, span: Span) -> Checked<Value> {
        args.iter().try_for_each(|v| self.plain(v, cause.clone(), span))?;
        Ok(Value::plain())
    }

    fn carried(&mut self, args: &[Value], name: &str, span: Span) -> Checked<Value> {
        let Some((first, rest)) = args.split_first() else { return Ok(Value::plain()) };
        for (index, value) in rest.iter().enumerate() {
            match (index, name) {
                (1, "lag" | "lead") => self.flow(first, value, span)?,
                _ => self.plain(value, Cause::Function(name.into()), span)?,
            }
        }
        self.settle(first);
        Ok(Value::of(first.class))
    }

    fn measured(&mut self, args: &[Value], name: &str, span: Span) -> Checked<Value> {
        let Some((first, rest)) = args.split_first() else { return Ok(Value::plain()) };
        self.plain_values(rest, Cause::Function(name.into()), span)?;
        let array = match self.roles.kind(first.class) {
            Kind::Array(_) => true,
            Kind::Protected(id) => {
                let tagged = self.known.policy.column(id);
                tagged.is_some_and(|c| c.logical == LogicalType::TextArray)
            }
            Kind::Open | Kind::Plain(..) | Kind::Element(_) | Kind::Row(_) | Kind::Document(_) => false,
        };
        match array {
            true => Ok(Value::plain()),
            false => self.plain_values(std::slice::from_ref(first), Cause::Function(name.into()), span),
        }
    }

    /// REFUSES: text that is no constant, or that names something protected.
    fn runs_text(&mut self, call: &FunctionCall, args: &[Value], span: Span) -> Checked<Value> {
        let dynamic = || Objection::at(Cause::DynamicSql, span);
        let name = call.name.name();
        // Of three arguments none is a query (manual, 9.13).
        if name == "ts_rewrite" && args.len() == 3 {
            return self.plain_values(args, Cause::Function(name.into()), span);
        }
        if name.starts_with("schema_to") || name.starts_with("database_to") {
            return Err(dynamic());
        }
        if name.starts_with("cursor_to") {
            // REFUSES: rows within a document, of a cursor that shows something sealed or was never seen.
            let literal = |kind: &ExprKind| matches!(kind, ExprKind::Literal(LiteralKind::String));
            let first = call.args.first().filter(|arg| literal(&arg.value.kind));
            let cursor = first.and_then(|arg| self.string(arg.value.span.start));
            let rows = cursor.and_then(|cursor| self.known.names.cursors.get(&*cursor));
            return match rows {
                Some(Rows::Untouched) => self.plain_values(args, Cause::DynamicSql, span),
                _ => Err(dynamic()),
            };
        }
        for (arg, value) in call.args.iter().zip(args) {
            match arg.value.kind {
                ExprKind::Literal(LiteralKind::String) => {
                    let text = self.string(arg.value.span.start).ok_or_else(dynamic)?;
                    if gate::text_names_protected(text.as_bytes(), &self.known) {
                        return Err(dynamic());
                    }
                }
                ExprKind::Literal(_) | ExprKind::Bool(_) | ExprKind::Null => {}
                _ => return Err(dynamic()),
            }
            self.plain(value, Cause::DynamicSql, span)?;
        }
        Ok(Value::plain())
    }

    /// set_config: what it sets must be readable from the text if it changes how text is read.
    fn sets(&mut self, call: &FunctionCall, args: &[Value], span: Span) -> Checked<Value> {
        for (arg, value) in call.args.iter().zip(args) {
            if let ExprKind::Literal(LiteralKind::String) = arg.value.kind {
                self.fixed.push(arg.value.span.start);
            }
            self.plain(value, Cause::Function("set_config".into()), span)?;
        }
        Ok(Value::plain())
    }

    /// DISTINCT, ORDER BY, FILTER, WITHIN GROUP and OVER of a call.
    pub(in crate::sql) fn around(
        &mut self,
        call: &FunctionCall,
        args: &[Value],
        span: Span,
        scope: &Scope,
    ) -> Checked<()> {
        if call.distinct {
            args.iter().try_for_each(|v| self.group(v, span))?;
        }
        self.sorted(&call.order_by, scope)?;
        self.sorted(&call.within_group, scope)?;
        if let Some(filter) = &call.filter {
            self.condition(filter, scope)?;
        }
        match &call.over {
            Some(Over::Spec(spec)) => self.window(spec, scope),
            Some(Over::Name(_)) | None => Ok(()),
        }
    }

    /// PARTITION BY brings equal values together; ORDER BY sorts.
    pub(in crate::sql) fn window(&mut self, spec: &WindowSpec, scope: &Scope) -> Checked<()> {
        for expr in &spec.partition_by {
            let value = self.expr(expr, scope)?;
            self.group(&value, expr.span)?;
        }
        self.sorted(&spec.order_by, scope)?;
        spec.frame_offsets.iter().try_for_each(|e| self.plain_expr(e, Cause::Range, scope))
    }

    /// Sort keys that are expressions, not output names.
    pub(in crate::sql) fn sorted(&mut self, keys: &[SortKey], scope: &Scope) -> Checked<()> {
        keys.iter().try_for_each(|key| self.plain_expr(&key.expr, Cause::OrderBy, scope))
    }

    /// XML and SQL/JSON syntax: nothing protected goes in.
    pub(in crate::sql) fn special(&mut self, special: &Special, span: Span, scope: &Scope) -> Checked<Value> {
        let cause = || Cause::Function(special.name.as_str().into());
        for arg in &special.args {
            let value = self.expr(&arg.value, scope)?;
            self.plain(&value, cause(), span)?;
        }
        self.sorted(&special.order_by, scope)?;
        if let Some(filter) = &special.filter {
            self.condition(filter, scope)?;
        }
        if let Some(Over::Spec(spec)) = &special.over {
            self.window(spec, scope)?;
        }
        if let Some(query) = &special.query {
            let items = self.query(query, scope)?;
            let value = self.as_value(&items, span)?;
            self.plain(&value, cause(), span)?;
        }
        Ok(Value::plain())
    }

    /// `x.f` calls the function f with x (manual, 38.5.2). `constants`: x may hold one of the client's.
    pub(in crate::sql) fn called_as_field(
        &mut self,
        field: &str,
        constants: bool,
        span: Span,
    ) -> Checked<()> {
        let name = ObjectName { parts: vec![Ident { text: field.into(), token: span.start }], span };
        self.own_function(&name, None, constants, false, span).map(|_| ())
    }

    /// A function outside pg_catalog: declared by the operator, judged by its body, or refused. `constants`:
    /// among its arguments may be one of the client's, in the text or carried by a column that the
    /// statement makes. `args`: all of them, by position, or nothing if they are not. `None`: no such function is
    /// known, so that the name is the server's own.
    pub(in crate::sql) fn own_function(
        &mut self,
        name: &ObjectName,
        args: Option<&[Value]>,
        constants: bool,
        rows: bool,
        span: Span,
    ) -> Checked<Option<Value>> {
        if let Some(declared) = self.declared_function(name) {
            // REFUSES: arguments of which nobody knows whose domain they are.
            let args = args
                .ok_or(Objection::at(Cause::NotUnderstood("calling a declared function this way"), span))?;
            return self.declared_call(declared, args, span).map(Some);
        }
        let known = self.known;
        let schema = name.schema();
        // REFUSES: made in this session, and nobody can say what it does with its arguments.
        if known.names.doubted.contains(name.name()) {
            return Err(Objection::at(Cause::UndeclaredFunction(name.name().into()), span));
        }
        let mut candidates = known.catalog.functions_named(name.name());
        let opaque = |f: &&Function| schema.is_none_or(|s| s == f.name.schema) && gate::is_opaque(f, &known);
        match candidates.find(opaque) {
            // REFUSES: its body could take what it is given to a protected column, or bring one back.
            Some(f) if constants || rows || f.returns_rows => {
                Err(Objection::at(Cause::UndeclaredFunction(name.name().into()), span))
            }
            Some(_) | None => Ok(None),
        }
    }

    pub(in crate::sql) fn declared_function(&self, name: &ObjectName) -> Option<&'a DeclaredFunction> {
        let policy = self.known.policy;
        policy.functions.iter().find(|f| {
            f.name.name == name.name() && name.schema().is_none_or(|schema| schema == f.name.schema)
        })
    }

    fn declared_call(&mut self, declared: &DeclaredFunction, args: &[Value], span: Span) -> Checked<Value> {
        let cause = || Cause::Function(declared.name.name.as_str().into());
        // REFUSES: another function of the name.
        if args.len() > declared.args.len() {
            return Err(Objection::at(Cause::UndeclaredFunction(declared.name.name.as_str().into()), span));
        }
        for (value, wanted) in args.iter().zip(&declared.args) {
            match self.domain(wanted, span)? {
                Some(class) => {
                    self.flow(value, &class, span)?;
                    self.roles.hold(value.class);
                    self.may_compare(value.class, span)?;
                }
                None => self.plain(value, cause(), span)?,
            }
        }
        Ok(self.domain(&declared.returns, span)?.unwrap_or_else(Value::plain))
    }

    // REFUSES: one form of a value where the function may look for it among others.
    fn may_compare(&mut self, class: Class, span: Span) -> Checked<()> {
        let column = self.roles.protected_in(class).and_then(|id| self.known.policy.column(id));
        match column.is_some_and(|column| column.mode == Mode::Deterministic) {
            true => {
                let equality = Equality { cause: Cause::Equality, span, with: EqualTo::Values };
                self.roles.require_equality(class, equality)
            }
            false => Ok(()),
        }
    }

    /// A fresh value of a declared domain; `None` for plain.
    fn domain(&mut self, value: &DeclaredValue, span: Span) -> Checked<Option<Value>> {
        let DeclaredValue::Domain(domain) = value else { return Ok(None) };
        let column = self.known.policy.ids().find(|(_, c)| c.domain == *domain);
        match column {
            Some((id, _)) => {
                self.touched = true;
                Ok(Some(Value::of(self.roles.protected(id))))
            }
            None => self.strange("a function declared with an unknown domain", span),
        }
    }
}

/// The arguments, where the first is the function's first and so on.
pub(in crate::sql) fn in_order<'v>(call: &FunctionCall, args: &'v [Value]) -> Option<&'v [Value]> {
    call.args.iter().all(|arg| !arg.variadic && arg.name.is_none()).then_some(args)
}

/// Is the call written like one of a type's name?
pub(in crate::sql) fn is_called_cast(call: &FunctionCall) -> bool {
    let [arg] = call.args.as_slice() else { return false };
    let bare = !arg.variadic
        && arg.name.is_none()
        && !call.distinct
        && call.order_by.is_empty()
        && call.within_group.is_empty()
        && call.filter.is_none()
        && call.over.is_none();
    let own = matches!(call.name.schema(), None | Some("pg_catalog"));
    bare && own && casts::is_type_function(call.name.name())
}

/// Ends a search for a name at the first hit.
pub(in crate::sql) fn hit(found: bool) -> ControlFlow<()> {
    if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}
