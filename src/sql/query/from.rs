//! FROM: relations, subqueries, functions; what each adds to the scope.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    Alias, Expr, ExprKind, FromFunction, FromItem, FromRelation, FromSpecial, FromSubquery, Span,
    TableFunction,
};
use crate::sql::refusal::{Cause, Checked};
use crate::sql::roles::PLAIN;
use crate::sql::scope::{Item, Scope, Source, Value};

/// What one item of FROM adds: names for `a.b`, and columns for bare names and `*`.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub sources: Vec<Source>,
    pub visible: Vec<Item>,
}

impl Joined {
    /// A column is none of the constants that it is made of: a cast on it stands elsewhere.
    pub fn of(mut source: Source) -> Self {
        source.items.iter_mut().for_each(Item::leave_site);
        Joined { visible: source.items.clone(), sources: vec![source] }
    }
}

impl<'a> Analysis<'a> {
    /// The scope of a FROM list. Items further left are in the sight of LATERAL ones.
    pub fn from<'p>(&mut self, from: &[FromItem], outer: &'p Scope<'p>) -> Checked<Scope<'p>> {
        let mut scope = Scope::inside(outer);
        for item in from {
            let joined = self.from_item(item, &scope)?;
            scope.sources.extend(joined.sources);
            scope.visible.extend(joined.visible);
        }
        Ok(scope)
    }

    /// One item; `left` holds what stands to its left.
    pub(super) fn from_item(&mut self, item: &FromItem, left: &Scope) -> Checked<Joined> {
        match item {
            FromItem::Relation(relation) => self.from_relation(relation, left),
            FromItem::Subquery(subquery) => self.from_subquery(subquery, left),
            FromItem::Function(function) => self.from_function(function, left),
            FromItem::Join(join) => self.join(join, left),
            FromItem::SpecialTable(special) => self.from_special(special, left),
        }
    }

    fn from_relation(&mut self, from: &FromRelation, left: &Scope) -> Checked<Joined> {
        let source = self.source(&from.relation, left)?;
        if let Some(sample) = &from.sample {
            for expr in sample.args.iter().chain(&sample.seed) {
                self.plain_expr(expr, Cause::Mixed, left)?;
            }
        }
        Ok(Joined::of(source))
    }

    /// Only a LATERAL one sees what stands to its left.
    fn from_subquery(&mut self, from: &FromSubquery, left: &Scope) -> Checked<Joined> {
        let items = if from.lateral {
            self.query(&from.query, left)?
        } else {
            let without = Scope { outer: left.outer, ctes: left.ctes.clone(), ..Scope::default() };
            self.query(&from.query, &without)?
        };
        Ok(Joined::of(self.aliased(items, from.alias.as_ref(), from.span)?))
    }

    fn from_function(&mut self, from: &FromFunction, left: &Scope) -> Checked<Joined> {
        let single = from.functions.len() == 1;
        let mut items = Vec::new();
        for function in &from.functions {
            items.extend(self.table_function(function, from, single, left)?);
        }
        if from.ordinality {
            items.push(Item::Column("ordinality".into(), Value::plain()));
        }
        let mut source = self.aliased(items, from.alias.as_ref(), from.span)?;
        if from.alias.is_none()
            && let Some(TableFunction { call: Expr { kind: ExprKind::Call(call), .. }, .. }) =
                from.functions.first()
        {
            source.name = call.name.name().into();
        }
        Ok(Joined::of(source))
    }

    /// What one function of FROM gives. A function of one column gives that the alias's name.
    fn table_function(
        &mut self,
        function: &TableFunction,
        from: &FromFunction,
        single: bool,
        left: &Scope,
    ) -> Checked<Vec<Item>> {
        let span = function.call.span;
        if let Some(columns) = self.unnested(&function.call, left)? {
            return Ok(columns);
        }
        let value = self.called_in_from(&function.call, left)?;
        let definitions = match function.definitions.is_empty() {
            true => &from.definitions,
            false => &function.definitions,
        };
        self.no_row_types(definitions)?;
        if !definitions.is_empty() {
            self.plain(&value, Cause::Function("record".into()), span)?;
            let plain =
                |d: &crate::sql::ast::ColumnTyped| Item::Column(d.name.as_str().into(), Value::plain());
            return Ok(definitions.iter().map(plain).collect());
        }
        if value.class == PLAIN {
            return Ok(vec![Item::Rest(None)]);
        }
        let name = match (&from.alias, &function.call.kind) {
            (Some(alias), _) if single => alias.name.as_str(),
            (_, ExprKind::Call(call)) => call.name.name(),
            _ => "",
        };
        Ok(vec![Item::Column(name.into(), value)])
    }

    /// unnest of several arrays gives a column for each (manual, 9.19).
    fn unnested(&mut self, call: &Expr, left: &Scope) -> Checked<Option<Vec<Item>>> {
        let ExprKind::Call(function) = &call.kind else { return Ok(None) };
        let own = matches!(function.name.schema(), None | Some("pg_catalog"));
        if !own || function.name.name() != "unnest" || function.args.len() < 2 {
            return Ok(None);
        }
        self.own_function(&function.name, None, true, true, call.span)?;
        let mut columns = Vec::with_capacity(function.args.len());
        for arg in &function.args {
            let array = self.expr(&arg.value, left)?;
            self.settle(&array);
            let element = self.roles.element(array.class, call.span)?;
            columns.push(Item::Column("unnest".into(), Value::of(element)));
        }
        Ok(Some(columns))
    }

    /// A function's result as rows.
    fn called_in_from(&mut self, call: &Expr, left: &Scope) -> Checked<Value> {
        if let ExprKind::Call(function) = &call.kind
            && self.declared_function(&function.name).is_none()
        {
            self.own_function(&function.name, None, false, true, call.span)?;
        }
        self.expr(call, left)
    }

    fn from_special(&mut self, from: &FromSpecial, left: &Scope) -> Checked<Joined> {
        self.special(&from.special, from.span, left)?;
        let items = from.columns.iter().map(|c| Item::Column(c.as_str().into(), Value::plain())).collect();
        Ok(Joined::of(self.aliased(items, from.alias.as_ref(), from.span)?))
    }

    fn aliased(&mut self, items: Vec<Item>, alias: Option<&Alias>, span: Span) -> Checked<Source> {
        let Some(alias) = alias else {
            return Ok(Source { name: "".into(), schema: None, items, made: true });
        };
        let items = self.renamed(items, alias.columns.iter().map(|c| c.as_str()), span)?;
        Ok(Source { name: alias.name.as_str().into(), schema: None, items, made: true })
    }
}
