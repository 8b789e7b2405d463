//! One file per kind of statement.

mod assign;
mod copy;
mod cursors;
pub(in crate::sql) mod definitions;
mod delete;
mod insert;
mod merge;
mod returning;
mod update;

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Body, Query, Statement, StatementKind, Transaction};
use crate::sql::constants::Constant;
use crate::sql::known::Protocol;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Item, Scope};
use crate::sql::verdict::{CopyPlan, Plan, Rows};

/// What a statement comes to.
pub(in crate::sql) enum Outcome {
    /// Rows of these columns; empty for a statement that gives none.
    Items(Vec<Item>),
    /// Rows that an earlier statement determined.
    Rows(Rows),
    /// A COPY stream.
    Copy(CopyPlan),
}

impl Outcome {
    /// A statement without a result.
    pub const NOTHING: Outcome = Outcome::Items(Vec::new());
}

impl<'a> Analysis<'a> {
    /// Walks over a statement.
    pub fn judge(&mut self, statement: &Statement) -> Checked<(Rows, Option<CopyPlan>)> {
        let bindable = match self.known.protocol {
            Protocol::Simple | Protocol::Pipeline => true,
            Protocol::Batch | Protocol::Extended => false,
        };
        self.binds = bindable && takes_parameters(&statement.kind);
        let outcome = self.statement(statement, &Scope::default())?;
        // A `$1` of the client's own has no value in a Query, and must not find one.
        let own = self.sites.iter().any(|site| matches!(site.constant, Constant::Param { .. }));
        self.binds &= !own;
        self.unite_parameters()?;
        match outcome {
            Outcome::Items(items) if items.is_empty() => Ok((Rows::Untouched, None)),
            Outcome::Items(items) => Ok((self.rows(&items, statement.span)?, None)),
            Outcome::Rows(rows) => Ok((rows, None)),
            Outcome::Copy(copy) => Ok((Rows::Untouched, Some(copy))),
        }
    }

    /// The plan of what was walked over; `None` if nothing is left to do.
    pub fn into_plan(self, (rows, copy): (Rows, Option<CopyPlan>)) -> Checked<Option<Plan>> {
        let plan = Plan { copy, ..self.plan(rows)? };
        let nothing = plan.edits.is_empty()
            && plan.params.is_empty()
            && plan.rows == Rows::Untouched
            && plan.copy.is_none()
            && !plan.by_position
            && plan.behind.is_none()
            // What was read of a constant decides for it alone, and not for every text of its shape.
            && plan.fixed_literals.is_empty();
        Ok((!nothing).then_some(plan))
    }

    /// Any statement.
    pub fn statement(&mut self, statement: &Statement, scope: &Scope) -> Checked<Outcome> {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Query(query) => self.top_query(query, scope),
            StatementKind::Insert(insert) => self.insert_into(insert, scope).map(Outcome::Items),
            StatementKind::Update(update) => self.update(update, scope).map(Outcome::Items),
            StatementKind::Delete(delete) => self.delete(delete, scope).map(Outcome::Items),
            StatementKind::Merge(merge) => self.merge(merge, scope).map(Outcome::Items),
            StatementKind::Copy(copy) => self.copy(copy, span, scope),
            StatementKind::Prepare(prepare) => self.prepare(prepare, span),
            StatementKind::Execute(execute) => self.execute(execute, span),
            StatementKind::Declare(declare) => self.declare(declare),
            StatementKind::Fetch(fetch) => self.fetch(fetch, span),
            StatementKind::Explain(explain) => self.explain(explain),
            StatementKind::CreateTableAs(create) => self.create_table_as(create, span),
            StatementKind::CreateView(view) => self.create_view(view, span),
            StatementKind::CreateTable(table) => self.create_table(table, span),
            StatementKind::CreateIndex(index) => self.create_index(index),
            StatementKind::CreateRule(rule) => self.create_rule(rule, span),
            StatementKind::Policy(policy) => self.row_policy(policy, span),
            StatementKind::CreateTrigger(trigger) => self.create_trigger(trigger, span),
            StatementKind::CreateFunction(function) => self.create_function(function, span),
            StatementKind::CreateStatistics(statistics) => self.create_statistics(statistics, span),
            StatementKind::AlterTable(alter) => self.alter_table(alter, span),
            StatementKind::Domain(domain) => self.domain_definition(domain),
            StatementKind::Publication(publication) => self.publication(publication),
            StatementKind::Drop(drop) => self.drop_relations(drop),
            StatementKind::Do(block) => self.do_block(block, span),
            StatementKind::Call(call) => self.call_procedure(call, span, scope),
            StatementKind::Other(other) => self.other(other, span),
            StatementKind::Deallocate(_)
            | StatementKind::Close(_)
            | StatementKind::Truncate(_)
            | StatementKind::Setting(_)
            | StatementKind::Transaction(_)
            | StatementKind::Discard(_) => Ok(Outcome::NOTHING),
        }
    }

    fn top_query(&mut self, query: &Query, scope: &Scope) -> Checked<Outcome> {
        let items = self.query(query, scope)?;
        let Some(into) = selected_into(query) else { return Ok(Outcome::Items(items)) };
        match self.made_table(&into.name, into.persistence, false, &items)? {
            Some(column) => Err(Objection::on(Cause::TableFromProtected, into.span, column)),
            None => Ok(Outcome::NOTHING),
        }
    }
}

/// May it have parameters? What DECLARE and EXPLAIN hold is analysed with them
/// (transformDeclareCursorStmt and transformExplainStmt of analyze.c).
fn takes_parameters(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Query(query) => selected_into(query).is_none(),
        StatementKind::Declare(declare) => selected_into(&declare.query).is_none(),
        StatementKind::Insert(_)
        | StatementKind::Update(_)
        | StatementKind::Delete(_)
        | StatementKind::Merge(_) => true,
        StatementKind::Explain(explain) => match &explain.statement.kind {
            // What it declares has no parameters of its own.
            StatementKind::Declare(_) | StatementKind::Explain(_) => false,
            inner => takes_parameters(inner),
        },
        _ => false,
    }
}

/// Does it do the same in a Query with others and in a pipeline of the extended protocol? What wants a
/// transaction block does not: the block that such a Query makes by itself is none there.
pub(in crate::sql) fn goes_in_a_pipeline(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Declare(_) | StatementKind::Explain(_) => false,
        StatementKind::Transaction(transaction) => match transaction {
            Transaction::Begin | Transaction::Commit(_) | Transaction::Rollback(_) => true,
            Transaction::Savepoint(_) | Transaction::Release(_) | Transaction::RollbackTo(_) => true,
            Transaction::PrepareTransaction | Transaction::EndPrepared => false,
        },
        StatementKind::Setting(setting) => !setting.local && &*setting.name != "transaction",
        other => takes_parameters(other),
    }
}

/// The table that SELECT … INTO makes: INTO may stand in the first SELECT of a set operation.
pub(in crate::sql) fn selected_into(query: &Query) -> Option<&crate::sql::ast::IntoTable> {
    match &query.body {
        Body::Select(select) => select.into.as_ref(),
        Body::SetOperation(operation) => selected_into(&operation.left),
        Body::Values(_) | Body::Table(_) => None,
    }
}
