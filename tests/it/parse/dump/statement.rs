//! Statements: those that hold queries in full, the others by their kind.

use pgveil::sql::ast::{
    AssignTarget, Assignment, ConflictTarget, CopyWhat, Filter, IndexElement, Insert, InsertSource, Merge,
    MergeAction, Returning, Statement, StatementKind, TableSource,
};

use super::{Dump, flag, ident, idents, list, node, object, optional};

impl Dump<'_> {
    pub(super) fn statement(&self, statement: &Statement) -> String {
        match &statement.kind {
            StatementKind::Query(query) => self.query(query),
            StatementKind::Insert(insert) => self.insert(insert),
            StatementKind::Update(update) => node(
                "update",
                [
                    self.with(update.with.as_ref()),
                    self.relation(&update.target),
                    self.assignments(&update.assignments),
                    list(update.from.iter().map(|f| self.from(f))),
                    self.filter(update.filter.as_ref()),
                    self.returning(update.returning.as_ref()),
                ],
            ),
            StatementKind::Delete(delete) => node(
                "delete",
                [
                    self.with(delete.with.as_ref()),
                    self.relation(&delete.target),
                    list(delete.using.iter().map(|f| self.from(f))),
                    self.filter(delete.filter.as_ref()),
                    self.returning(delete.returning.as_ref()),
                ],
            ),
            StatementKind::Merge(merge) => self.merge(merge),
            StatementKind::Copy(copy) => {
                let what = match &copy.what {
                    CopyWhat::Query(statement) => self.statement(statement),
                    CopyWhat::Relation { relation, columns } => node(
                        "rel",
                        [object(&relation.name), columns.as_ref().map_or("[]".into(), |c| idents(c))],
                    ),
                };
                let options = list(copy.options.iter().map(|o| super::word(&o.name)));
                node("copy", [what, flag(copy.from, "from"), options, self.maybe(copy.filter.as_ref())])
            }
            StatementKind::Prepare(p) => node(
                "prepare",
                [
                    ident(&p.name),
                    list(p.types.iter().map(|t| self.type_name(t, false))),
                    self.statement(&p.statement),
                ],
            ),
            StatementKind::Execute(e) => node("execute", [ident(&e.name), self.exprs(&e.args)]),
            StatementKind::Deallocate(name) => node("deallocate", [optional(name.as_ref().map(ident))]),
            StatementKind::Declare(d) => node("declare", [ident(&d.name), self.query(&d.query)]),
            StatementKind::Fetch(f) => node("fetch", [ident(&f.cursor), flag(f.only_move, "move")]),
            StatementKind::Close(name) => node("close", [optional(name.as_ref().map(ident))]),
            StatementKind::Explain(e) => node(
                "explain",
                [list(e.options.iter().map(|o| super::word(&o.name))), self.statement(&e.statement)],
            ),
            StatementKind::CreateTableAs(c) => {
                let source = match &c.source {
                    TableSource::Query(query) => self.query(query),
                    TableSource::Execute(e) => node("execute", [ident(&e.name), self.exprs(&e.args)]),
                };
                node(
                    "ctas",
                    [
                        flag(c.materialized_view, "matview"),
                        object(&c.name),
                        idents(&c.columns),
                        source,
                        flag(c.with_no_data, "nodata"),
                    ],
                )
            }
            StatementKind::CreateView(v) => node(
                "view",
                [flag(v.recursive, "recursive"), object(&v.name), idents(&v.columns), self.query(&v.query)],
            ),
            StatementKind::CreateIndex(i) => node(
                "index",
                [
                    object(&i.table.name),
                    flag(i.unique, "unique"),
                    list(i.elements.iter().map(|e| self.element(e))),
                    list(i.include.iter().map(|e| self.element(e))),
                    self.maybe(i.filter.as_ref()),
                ],
            ),
            StatementKind::CreateRule(r) => node(
                "rule",
                [
                    ident(&r.name),
                    object(&r.table),
                    self.maybe(r.filter.as_ref()),
                    list(r.actions.iter().map(|a| self.statement(a))),
                ],
            ),
            StatementKind::Policy(p) => node(
                "policy",
                [
                    ident(&p.name),
                    object(&p.table),
                    self.maybe(p.using.as_ref()),
                    self.maybe(p.check.as_ref()),
                ],
            ),
            StatementKind::CreateTrigger(t) => node(
                "trigger",
                [
                    ident(&t.name),
                    object(&t.table),
                    idents(&t.columns),
                    self.maybe(t.condition.as_ref()),
                    object(&t.function),
                ],
            ),
            StatementKind::Truncate(t) => {
                node("truncate", [list(t.relations.iter().map(|r| self.relation(r)))])
            }
            StatementKind::Call(call) => node("callstmt", [self.call(call)]),
            StatementKind::CreateTable(t) => node(
                "table",
                [
                    object(&t.name),
                    list(t.columns.iter().map(|c| {
                        let type_name = optional(c.type_name.as_ref().map(|n| self.type_name(n, false)));
                        node("c", [ident(&c.name), type_name])
                    })),
                    list(t.inherits.iter().chain(t.partition_of.iter()).map(object)),
                ],
            ),
            StatementKind::AlterTable(a) => {
                node("alter", [object(&a.table.name), a.actions.len().to_string()])
            }
            other => {
                let name = format!("{other:?}");
                let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
                node("other", [name.get(..end).unwrap_or_default().to_lowercase()])
            }
        }
    }

    fn insert(&self, insert: &Insert) -> String {
        let source = match &insert.source {
            InsertSource::Default => "default".into(),
            InsertSource::Query(query) => self.query(query),
        };
        let conflict = insert.on_conflict.as_ref().map(|c| {
            let target = match &c.target {
                ConflictTarget::Any => "-".into(),
                ConflictTarget::Constraint(name) => ident(name),
                ConflictTarget::Index(elements, filter) => node(
                    "infer",
                    [list(elements.iter().map(|e| self.element(e))), self.maybe(filter.as_ref())],
                ),
            };
            let update = c
                .update
                .as_ref()
                .map(|u| node("doupdate", [self.assignments(&u.assignments), self.maybe(u.filter.as_ref())]));
            node("conflict", [target, optional(update)])
        });
        node(
            "insert",
            [
                self.with(insert.with.as_ref()),
                self.relation(&insert.target),
                self.columns(insert.columns.as_deref()),
                optional(insert.overriding.map(|o| format!("{o:?}").to_lowercase())),
                source,
                optional(conflict),
                self.returning(insert.returning.as_ref()),
            ],
        )
    }

    fn merge(&self, merge: &Merge) -> String {
        let arms = merge.arms.iter().map(|arm| {
            let action = match &arm.action {
                MergeAction::Update(assignments) => node("update", [self.assignments(assignments)]),
                MergeAction::Delete => "delete".into(),
                MergeAction::Nothing => "nothing".into(),
                MergeAction::Insert(insert) => node(
                    "insert",
                    [
                        self.columns(insert.columns.as_deref()),
                        optional(insert.overriding.map(|o| format!("{o:?}").to_lowercase())),
                        insert.values.as_ref().map_or("-".into(), |v| self.exprs(v)),
                    ],
                ),
            };
            node(
                "arm",
                [format!("{:?}", arm.matched).to_lowercase(), self.maybe(arm.condition.as_ref()), action],
            )
        });
        node(
            "merge",
            [
                self.with(merge.with.as_ref()),
                self.relation(&merge.target),
                self.from(&merge.source),
                self.expr(&merge.on),
                list(arms),
                self.returning(merge.returning.as_ref()),
            ],
        )
    }

    fn columns(&self, columns: Option<&[AssignTarget]>) -> String {
        list(columns.unwrap_or_default().iter().map(|c| self.assign_target(c)))
    }

    fn assign_target(&self, target: &AssignTarget) -> String {
        node("to", [ident(&target.name), self.steps(&target.steps)])
    }

    fn assignments(&self, assignments: &[Assignment]) -> String {
        list(assignments.iter().map(|a| match a {
            Assignment::One(target, value) => node("set", [self.assign_target(target), self.expr(value)]),
            Assignment::Tuple(targets, value) => {
                node("sets", [list(targets.iter().map(|t| self.assign_target(t))), self.expr(value)])
            }
        }))
    }

    fn filter(&self, filter: Option<&Filter>) -> String {
        optional(filter.map(|f| match f {
            Filter::Expr(expr) => self.expr(expr),
            Filter::CurrentOf(cursor) => node("currentof", [ident(cursor)]),
        }))
    }

    fn returning(&self, returning: Option<&Returning>) -> String {
        optional(returning.map(|r| {
            node(
                "returning",
                [
                    optional(r.old.as_ref().map(ident)),
                    optional(r.new.as_ref().map(ident)),
                    self.targets(&r.targets),
                ],
            )
        }))
    }

    fn element(&self, element: &IndexElement) -> String {
        node(
            "elem",
            [
                self.expr(&element.expr),
                optional(element.collation.as_ref().map(object)),
                optional(element.operator_class.as_ref().map(object)),
            ],
        )
    }
}
