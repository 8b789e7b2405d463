//! SELECT: its scope, its list, and what is grouped and sorted.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Body, Distinct, Expr, ExprKind, GroupItem, Ident, Query, Select, SortKey, Span, Step, Target,
};
use crate::sql::expressions::{is_called_cast, is_computed, is_put_together};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Found, Item, Scope, are_pinned};

impl<'a> Analysis<'a> {
    pub(super) fn select(&mut self, select: &Select, query: &Query, outer: &Scope) -> Checked<Vec<Item>> {
        let first = self.sites.len();
        let scope = self.from(&select.from, outer)?;
        if let Some(filter) = &select.filter {
            self.condition(filter, &scope)?;
        }
        let items = self.targets(&select.targets, &scope)?;
        if let Some(group_by) = &select.group_by {
            for item in &group_by.items {
                self.grouped(item, &items, &scope)?;
            }
        }
        if let Some(having) = &select.having {
            self.condition(having, &scope)?;
        }
        for window in &select.windows {
            self.window(&window.spec, &scope)?;
        }
        for key in &query.order_by {
            if self.only_groups(key, select, query) {
                continue;
            }
            if !self.sorted_by_output(key, &items)? {
                self.plain_expr(&key.expr, Cause::OrderBy, &scope)?;
            }
        }
        self.distinct(&select.distinct, &items, select.span, &scope)?;
        if matches!(select.distinct, Distinct::Yes) {
            self.untyped_items_are_text(&items, first);
        }
        Ok(items)
    }

    /// A key of DISTINCT ON has to stand in ORDER BY as well, where it brings its rows together. In what order
    /// they stand then is nobody's business where the query is part of another that takes all rows of it.
    fn only_groups(&self, key: &SortKey, select: &Select, query: &Query) -> bool {
        let Distinct::On(exprs) = &select.distinct else { return false };
        let whole = query.limit.is_none() && query.offset.is_none();
        self.nested > 1 && whole && exprs.iter().any(|expr| is_same_column(expr, &key.expr))
    }

    fn distinct(&mut self, distinct: &Distinct, items: &[Item], span: Span, scope: &Scope) -> Checked<()> {
        match distinct {
            Distinct::No => Ok(()),
            Distinct::Yes => items.iter().try_for_each(|item| match item {
                Item::Column(_, value) => self.group(value, span),
                Item::Rest(_) => Ok(()),
            }),
            Distinct::On(exprs) => exprs.iter().try_for_each(|e| {
                let value = match self.output(e, items)? {
                    Some(value) => value,
                    None => self.expr(e, scope)?,
                };
                self.group(&value, e.span)
            }),
        }
    }

    fn grouped(&mut self, item: &GroupItem, items: &[Item], scope: &Scope) -> Checked<()> {
        match item {
            GroupItem::Empty => Ok(()),
            GroupItem::Expr(expr) => self.grouped_by(expr, items, scope),
            GroupItem::Rollup(exprs) | GroupItem::Cube(exprs) => {
                exprs.iter().try_for_each(|e| self.grouped_by(e, items, scope))
            }
            GroupItem::Sets(sets) => sets.iter().try_for_each(|i| self.grouped(i, items, scope)),
        }
    }

    /// GROUP BY takes a column of the input before one of the result (manual, SELECT, GROUP BY).
    fn grouped_by(&mut self, expr: &Expr, items: &[Item], scope: &Scope) -> Checked<()> {
        let input = match &expr.kind {
            ExprKind::Column(parts) => match parts.as_slice() {
                [name] => !matches!(scope.column_here(name.as_str()), Found::No | Found::Maybe),
                _ => true,
            },
            _ => false,
        };
        if !input && let Some(value) = self.output(expr, items)? {
            return self.group(&value, expr.span);
        }
        let value = self.expr(expr, scope)?;
        self.group(&value, expr.span)
    }

    /// A select list, or that of RETURNING.
    pub fn targets(&mut self, targets: &[Target], scope: &Scope) -> Checked<Vec<Item>> {
        let mut items = Vec::with_capacity(targets.len());
        for target in targets {
            match &target.expr.kind {
                ExprKind::Star(parts) => items.extend(self.spread(parts, target.expr.span, scope)?),
                ExprKind::Indirection(inner, steps) if is_row(inner, steps, scope) => {
                    if let ExprKind::Column(parts) = &inner.kind {
                        items.extend(self.spread(parts, target.expr.span, scope)?);
                    }
                }
                // `(composite).*` is as many columns as its type has, which nobody here knows.
                ExprKind::Indirection(_, steps) if matches!(steps.last(), Some(Step::Star)) => {
                    self.expr(&target.expr, scope)?;
                    items.push(Item::Rest(None));
                }
                _ => {
                    let value = self.expr(&target.expr, scope)?;
                    let name = match &target.alias {
                        Some(alias) => alias.as_str().into(),
                        None => output_name(&target.expr),
                    };
                    if target.alias.is_none() && is_called_after_cast(&target.expr) {
                        self.called_after_cast.push((value.class, target.span.end, name.clone()));
                    }
                    items.push(Item::Column(name, value));
                }
            }
        }
        Ok(items)
    }

    /// `*` and `t.*`.
    pub fn spread(&mut self, parts: &[Ident], span: Span, scope: &Scope) -> Checked<Vec<Item>> {
        let (schema, name) = match parts {
            [] => {
                self.spreads += u32::from(are_pinned(&scope.visible));
                return Ok(scope.visible.clone());
            }
            [name] => (None, name),
            [schema, name] | [_, schema, name] => (Some(schema.as_str()), name),
            _ => return self.strange("this reference", span),
        };
        match scope.source(schema, name.as_str()) {
            Some(source) => {
                self.spreads += u32::from(are_pinned(&source.items));
                Ok(source.items.clone())
            }
            None => Err(Objection::at(Cause::MissingFrom(name.as_str().into()), span)),
        }
    }
}

/// Do both name a column in the same words?
fn is_same_column(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Column(a), ExprKind::Column(b)) => {
            a.iter().map(Ident::as_str).eq(b.iter().map(Ident::as_str))
        }
        _ => false,
    }
}

/// Is it `(t).*`, where `t` is a relation and no column?
fn is_row(inner: &Expr, steps: &[Step], scope: &Scope) -> bool {
    let (ExprKind::Column(parts), [Step::Star]) = (&inner.kind, steps) else { return false };
    let [name] = parts.as_slice() else { return false };
    scope.source(None, name.as_str()).is_some()
        && scope.levels().all(|level| matches!(level.column_here(name.as_str()), Found::No))
}

/// The name that the server gives a column without an alias (FigureColname of parse_target.c).
pub(in crate::sql) fn output_name(expr: &Expr) -> Box<str> {
    figured(expr).map_or_else(|| "?column?".into(), |(name, _)| name)
}

/// Is the column called after a cast, after the type of a literal, or after a function that is evaluated? A
/// sealed one has another.
fn is_called_after_cast(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Case(case) => case.otherwise.as_ref().is_some_and(|otherwise| {
            matches!(otherwise.kind, ExprKind::Call(_) | ExprKind::Case(_) | ExprKind::Cast(_))
                && matches!(figured(otherwise), Some((_, true)))
                && is_called_after_cast(otherwise)
        }),
        ExprKind::Call(call) => is_called_cast(call) || is_computed(call),
        ExprKind::Operator(_) => is_put_together(expr),
        ExprKind::Cast(cast) if matches!(cast.expr.kind, ExprKind::Call(_)) => {
            is_called_after_cast(&cast.expr)
        }
        _ => matches!(figured(expr), Some((_, false))),
    }
}

/// The name, and whether it is a strong one, which a cast around it does not replace.
fn figured(expr: &Expr) -> Option<(Box<str>, bool)> {
    let strong = |name: &str| Some((Box::from(name), true));
    let weak = |name: &str| Some((Box::from(name), false));
    match &expr.kind {
        ExprKind::Column(parts) => parts.last().and_then(|p| strong(p.as_str())),
        ExprKind::Indirection(inner, steps) => {
            let field = steps.iter().rev().find_map(|step| match step {
                crate::sql::ast::Step::Field(name) => Some(name),
                _ => None,
            });
            field.map_or_else(|| figured(inner), |name| strong(name.as_str()))
        }
        ExprKind::Call(call) => strong(call.name.name()),
        ExprKind::Nullif(_) => strong("nullif"),
        ExprKind::Coalesce(_) => strong("coalesce"),
        ExprKind::Greatest(_) => strong("greatest"),
        ExprKind::Least(_) => strong("least"),
        ExprKind::Grouping(_) => strong("grouping"),
        ExprKind::Array(_) | ExprKind::ArrayQuery(_) => strong("array"),
        ExprKind::Row(..) => strong("row"),
        ExprKind::Exists(_) => strong("exists"),
        ExprKind::Bool(_) => weak("bool"),
        ExprKind::Case(case) => {
            let otherwise = case.otherwise.as_ref().and_then(figured).filter(|(_, strong)| *strong);
            otherwise.or_else(|| weak("case"))
        }
        ExprKind::Cast(cast) => {
            let inner = figured(&cast.expr).filter(|(_, strong)| *strong);
            inner.or_else(|| weak(cast.to.name.name()))
        }
        ExprKind::Collate(inner, _) => figured(inner),
        ExprKind::AtTimeZone(..) => strong("timezone"),
        ExprKind::MergeAction => strong("merge_action"),
        ExprKind::Special(special) => strong(special.name.as_str()),
        ExprKind::Session(value, _) => strong(session_name(*value)),
        ExprKind::Subquery(query) => figured_query(query),
        ExprKind::Overlaps(_) => strong("overlaps"),
        _ => None,
    }
}

/// The name of the first column of what a query gives.
fn figured_query(query: &Query) -> Option<(Box<str>, bool)> {
    match &query.body {
        Body::Select(select) => match select.targets.first() {
            Some(Target { alias: Some(alias), .. }) => Some((alias.as_str().into(), true)),
            Some(target) => figured(&target.expr),
            None => None,
        },
        Body::Values(_) => Some(("column1".into(), true)),
        Body::SetOperation(operation) => figured_query(&operation.left),
        Body::Table(_) => None,
    }
}

fn session_name(value: crate::sql::ast::SessionValue) -> &'static str {
    use crate::sql::ast::SessionValue as S;
    match value {
        S::CurrentDate => "current_date",
        S::CurrentTime => "current_time",
        S::CurrentTimestamp => "current_timestamp",
        S::LocalTime => "localtime",
        S::LocalTimestamp => "localtimestamp",
        S::CurrentRole => "current_role",
        S::CurrentUser => "current_user",
        S::SessionUser => "session_user",
        S::SystemUser => "system_user",
        S::User => "user",
        S::CurrentCatalog => "current_catalog",
        S::CurrentSchema => "current_schema",
    }
}
