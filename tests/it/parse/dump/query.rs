//! Queries.

use pgveil::sql::ast::{
    Alias, Body, ColumnTyped, Cte, Distinct, ExprKind, FromItem, GroupItem, JoinCondition, JoinKind,
    LockWait, Locking, Persistence, Query, RelationRef, Select, SortDirection, SortKey, Target, With,
};

use super::expr::operator;
use super::{Dump, flag, ident, idents, list, node, object, optional};

impl Dump<'_> {
    pub(super) fn query(&self, query: &Query) -> String {
        let limit = query.limit.as_ref();
        node(
            "query",
            [
                self.with(query.with.as_ref()),
                self.body(&query.body),
                self.sort_keys(&query.order_by),
                self.maybe(limit.and_then(|l| l.count.as_ref()).filter(|c| c.kind != ExprKind::Null)),
                flag(limit.is_some_and(|l| l.with_ties), "ties"),
                self.maybe(query.offset.as_ref()),
                list(query.locking.iter().map(locking)),
            ],
        )
    }

    pub(super) fn with(&self, with: Option<&With>) -> String {
        optional(with.map(|w| {
            node("with", [flag(w.recursive, "recursive"), list(w.ctes.iter().map(|c| self.cte(c)))])
        }))
    }

    fn cte(&self, cte: &Cte) -> String {
        let materialized = match cte.materialized {
            None => "-",
            Some(true) => "mat",
            Some(false) => "notmat",
        };
        let search = cte
            .search
            .as_ref()
            .map(|s| node("search", [flag(s.breadth_first, "breadth"), idents(&s.by), ident(&s.sequence)]));
        let cycle =
            cte.cycle.as_ref().map(|c| node("cycle", [idents(&c.columns), ident(&c.mark), ident(&c.path)]));
        node(
            "cte",
            [
                ident(&cte.name),
                idents(&cte.columns),
                materialized.into(),
                self.statement(&cte.statement),
                optional(search),
                optional(cycle),
            ],
        )
    }

    fn body(&self, body: &Body) -> String {
        match body {
            Body::Select(select) => self.select(select),
            Body::Values(rows) => node("values", rows.iter().map(|row| self.exprs(row))),
            Body::Table(relation) => node(
                "select",
                [
                    "-".into(),
                    list([node("target", ["(star)".into(), "-".into()])]),
                    "-".into(),
                    list([self.relation(relation)]),
                    "-".into(),
                    "-".into(),
                    "-".into(),
                    "[]".into(),
                ],
            ),
            Body::SetOperation(op) => node(
                &format!("{:?}", op.operator).to_lowercase(),
                [flag(op.all, "all"), self.query(&op.left), self.query(&op.right)],
            ),
        }
    }

    fn select(&self, select: &Select) -> String {
        let distinct = match &select.distinct {
            Distinct::No => "-".into(),
            Distinct::Yes => "distinct".into(),
            Distinct::On(exprs) => node("on", [self.exprs(exprs)]),
        };
        let into = select.into.as_ref().map(|into| {
            node("into", [object(&into.name), flag(into.persistence != Persistence::Permanent, "temp")])
        });
        let group = select.group_by.as_ref().map(|g| {
            node("group", [flag(g.distinct, "distinct"), list(g.items.iter().map(|i| self.group_item(i)))])
        });
        node(
            "select",
            [
                distinct,
                self.targets(&select.targets),
                optional(into),
                list(select.from.iter().map(|f| self.from(f))),
                self.maybe(select.filter.as_ref()),
                optional(group),
                self.maybe(select.having.as_ref()),
                list(select.windows.iter().map(|w| node("named", [ident(&w.name), self.window(&w.spec)]))),
            ],
        )
    }

    pub(super) fn targets(&self, targets: &[Target]) -> String {
        list(
            targets
                .iter()
                .map(|t| node("target", [self.expr(&t.expr), optional(t.alias.as_ref().map(ident))])),
        )
    }

    fn group_item(&self, item: &GroupItem) -> String {
        match item {
            GroupItem::Expr(expr) => self.expr(expr),
            GroupItem::Empty => "(empty)".into(),
            GroupItem::Rollup(exprs) => node("rollup", [self.exprs(exprs)]),
            GroupItem::Cube(exprs) => node("cube", [self.exprs(exprs)]),
            GroupItem::Sets(items) => node("sets", items.iter().map(|i| self.group_item(i))),
        }
    }

    pub(super) fn sort_keys(&self, keys: &[SortKey]) -> String {
        list(keys.iter().map(|key| {
            let direction = match &key.direction {
                SortDirection::Default => "-".into(),
                SortDirection::Ascending => "asc".into(),
                SortDirection::Descending => "desc".into(),
                SortDirection::Using(op) => operator(op),
            };
            let nulls = key.nulls_first.map_or("-", |first| if first { "first" } else { "last" });
            node("key", [self.expr(&key.expr), direction, nulls.into()])
        }))
    }

    pub(super) fn relation(&self, relation: &RelationRef) -> String {
        node("rel", [object(&relation.name), flag(relation.only, "only"), alias(relation.alias.as_ref())])
    }

    pub(super) fn from(&self, item: &FromItem) -> String {
        match item {
            FromItem::Relation(r) => match &r.sample {
                None => self.relation(&r.relation),
                Some(sample) => node(
                    "sample",
                    [
                        self.relation(&r.relation),
                        object(&sample.method),
                        self.exprs(&sample.args),
                        self.maybe(sample.seed.as_ref()),
                    ],
                ),
            },
            FromItem::Function(f) => node(
                "func",
                [
                    flag(f.lateral, "lateral"),
                    flag(f.rows_from, "rows"),
                    flag(f.ordinality, "ord"),
                    list(
                        f.functions
                            .iter()
                            .map(|t| node("f", [self.expr(&t.call), self.typed(&t.definitions)])),
                    ),
                    alias(f.alias.as_ref()),
                    self.typed(&f.definitions),
                ],
            ),
            FromItem::Subquery(s) => {
                node("subq", [flag(s.lateral, "lateral"), self.query(&s.query), alias(s.alias.as_ref())])
            }
            FromItem::Join(join) => {
                let kind = if join.kind == JoinKind::Cross { JoinKind::Inner } else { join.kind };
                let condition = match &join.condition {
                    JoinCondition::None => "-".into(),
                    JoinCondition::On(expr) => node("on", [self.expr(expr)]),
                    JoinCondition::Using(columns, alias) => {
                        node("using", [idents(columns), optional(alias.as_ref().map(ident))])
                    }
                };
                node(
                    "join",
                    [
                        format!("{kind:?}").to_lowercase(),
                        flag(join.natural, "natural"),
                        self.from(&join.left),
                        self.from(&join.right),
                        condition,
                        alias(join.alias.as_ref()),
                    ],
                )
            }
            FromItem::SpecialTable(t) => {
                node("specialtable", [flag(t.lateral, "lateral"), alias(t.alias.as_ref())])
            }
        }
    }

    fn typed(&self, columns: &[ColumnTyped]) -> String {
        list(columns.iter().map(|c| node("c", [ident(&c.name), self.type_name(&c.type_name, false)])))
    }
}

pub(super) fn alias(alias: Option<&Alias>) -> String {
    optional(alias.map(|a| node("alias", [ident(&a.name), idents(&a.columns)])))
}

fn locking(locking: &Locking) -> String {
    let wait = match locking.wait {
        LockWait::Block => "-",
        LockWait::Nowait => "nowait",
        LockWait::SkipLocked => "skip",
    };
    node(
        "lock",
        [format!("{:?}", locking.strength).to_lowercase(), list(locking.of.iter().map(object)), wait.into()],
    )
}
