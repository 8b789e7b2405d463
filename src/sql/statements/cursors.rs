//! Statements about statements: PREPARE and EXECUTE, cursors, EXPLAIN.

use super::Outcome;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Declare, Execute, Explain, Expr, ExprKind, Fetch, Prepare, Span, TypeName};
use crate::sql::constants::{ANY_BPCHAR, Declared, SiteId};
use crate::sql::gate;
use crate::sql::known::Prepared;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::Scope;
use crate::sql::verdict::{Edit, Plan, Purpose, Replacement, Rows, Seal, Treat};
use crate::types::{Cast, Extent, LogicalType};

impl<'a> Analysis<'a> {
    /// The plan's rows are those that EXECUTE will give: PREPARE itself gives none.
    pub(super) fn prepare(&mut self, prepare: &Prepare, span: Span) -> Checked<Outcome> {
        let types: Vec<Declared> = prepare
            .types
            .iter()
            .map(|name| match self.evaluable(name, false) {
                // A length or precision is no part of a parameter's type (PrepareQuery of prepare.c).
                Some(Cast { to: LogicalType::Bpchar(_), array }) => {
                    Declared::Type(Cast { to: ANY_BPCHAR, array })
                }
                Some(Cast { to, array }) => Declared::Type(Cast { to: to.loose().unwrap_or(to), array }),
                None if is_bpchar(name) => {
                    Declared::Type(Cast { to: ANY_BPCHAR, array: !name.dimensions.is_empty() })
                }
                None => Declared::Strange,
            })
            .collect();
        prepare.types.iter().try_for_each(|to| self.no_row_type(to))?;
        self.declared = types;
        self.prepared_types = prepare.types.iter().map(|t| t.span).collect();
        let outcome = self.statement(&prepare.statement, &Scope::default())?;
        self.unite_parameters()?;
        self.as_rows(outcome, span)
    }

    fn as_rows(&mut self, outcome: Outcome, span: Span) -> Checked<Outcome> {
        match outcome {
            Outcome::Items(items) if items.is_empty() => Ok(Outcome::NOTHING),
            Outcome::Items(items) => Ok(Outcome::Rows(self.rows(&items, span)?)),
            other @ (Outcome::Rows(_) | Outcome::Copy(_)) => Ok(other),
        }
    }

    pub(super) fn execute(&mut self, execute: &Execute, span: Span) -> Checked<Outcome> {
        let names = self.known.names;
        match names.prepared.get(execute.name.as_str()) {
            // REFUSES: what it would run is not known.
            None => Err(Objection::at(Cause::UntrackedPrepared, span)),
            // REFUSES: what was right when it was prepared may be wrong or in the clear now.
            Some(Prepared::Stale) => Err(Objection::at(Cause::StalePrepared, span)),
            // REFUSES: what has been made since under a name in it may be protected.
            Some(Prepared::Clear(words)) if gate::are_watched(words, &self.known) => {
                Err(Objection::at(Cause::StalePrepared, span))
            }
            Some(Prepared::Clear(_)) => {
                self.all_plain(&execute.args, Cause::Mixed, span, &Scope::default())?;
                Ok(Outcome::NOTHING)
            }
            // REFUSES: a statement that would mean other relations now.
            Some(Prepared::Plan(plan)) if !self.known.means_the_same(plan) => {
                Err(Objection::at(Cause::StalePrepared, span))
            }
            Some(Prepared::Plan(plan)) => {
                self.touched = true;
                self.by_position |= plan.by_position;
                self.execute_args(&execute.args, plan, span)?;
                Ok(Outcome::Rows(plan.rows.clone()))
            }
        }
    }

    /// Arguments take the place of the parameters that the prepared statement's plan names.
    fn execute_args(&mut self, args: &[Expr], plan: &Plan, span: Span) -> Checked<()> {
        if plan.parameters == Some(0) {
            // The server takes any number of them, and looks at none.
            return args.iter().try_for_each(|arg| self.unused_arg(arg));
        }
        if let Some(extra) = plan.parameters.and_then(|count| args.get(usize::from(count))) {
            let what = "wrong number of parameters for prepared statement";
            return Err(Objection::at(Cause::WrongCount(what), extra.span));
        }
        if plan.params.is_empty() {
            return self.all_plain(args, Cause::Mixed, span, &Scope::default()).map(|_| ());
        }
        for (index, param) in plan.params.iter().enumerate() {
            let own = index < args.len();
            let Some(arg) = args.get(usize::from(param.client)) else { continue };
            match (&param.treat, own) {
                (Treat::Keep, true) => self.plain_expr(arg, Cause::Mixed, &Scope::default())?,
                (Treat::Seal(seal, _), true) => self.execute_arg(arg, seal).map(|_| ())?,
                (Treat::Null, _) => self.unused_arg(arg)?,
                (Treat::Seal(seal, _), false) => self.repeated_arg(arg, seal, span)?,
                (Treat::Keep, false) => {
                    let at = span.end.saturating_sub(1);
                    self.insert(at, ", ".into());
                    self.edits.push(Edit { tokens: at..at, with: Replacement::Repeat(arg.span.range()) });
                }
            }
        }
        Ok(())
    }

    /// Nothing looks at it: NULL stands in its place.
    fn unused_arg(&mut self, arg: &Expr) -> Checked<()> {
        let (ExprKind::Literal(_) | ExprKind::Null | ExprKind::Bool(_)) = arg.kind else {
            return self.strange("an argument that no place of the statement uses", arg.span);
        };
        self.edits.push(Edit { tokens: arg.span.range(), with: Replacement::Text("NULL".into()) });
        Ok(())
    }

    fn execute_arg(&mut self, arg: &Expr, seal: &Seal) -> Checked<Option<SiteId>> {
        let value = self.expr(arg, &Scope::default())?;
        let (class, array) = match seal.extent {
            Extent::Value => (self.roles.protected(seal.column), false),
            Extent::Element => (self.roles.element_of(seal.column), false),
            Extent::Array => {
                let class = self.roles.protected(seal.column);
                (self.roles.array(class, arg.span)?, true)
            }
        };
        self.settle(&value);
        self.roles.adopt(value.class, class, arg.span)?;
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            let given = seal.given.clone().map(|to| match to {
                LogicalType::TextArray => Cast { to: LogicalType::Text, array: true },
                to => Cast { to, array },
            });
            // REFUSES: a cast, or another function, on what a function gives.
            if !site.computed.is_empty() && (given.is_some() || !seal.casts.is_empty()) {
                site.strange_cast = Some(arg.span);
            }
            site.computed.extend(seal.computed.iter().cloned());
            let own = given.is_none() && seal.casts.is_empty() && site.given.is_some();
            site.casts.extend(given.into_iter().chain(seal.casts.iter().cloned()));
            // An argument is assigned to the parameter's type, which is the column's (manual, EXECUTE).
            if let Some(column) = self.known.policy.column(seal.column).filter(|_| own) {
                let to = column.logical.loose().unwrap_or_else(|| column.logical.clone());
                site.casts.push(Cast { to, array });
            }
            site.stored = (seal.purpose == Purpose::Store).then_some(seal.column);
            site.purpose = Some(seal.purpose);
            site.side = Some(seal.side);
        }
        Ok(value.site)
    }

    /// A second sealed form of an argument goes behind the last one.
    fn repeated_arg(&mut self, arg: &Expr, seal: &Seal, span: Span) -> Checked<()> {
        let at = span.end.saturating_sub(1);
        self.insert(at, ", ".into());
        if matches!(arg.kind, ExprKind::Null) {
            self.insert(at, "NULL".into());
            return Ok(());
        }
        let site = self.execute_arg(arg, seal)?;
        match site.map(|id| self.repeat_sealed(id, at)).transpose()? {
            Some(true) => Ok(()),
            Some(false) | None => {
                self.strange("EXECUTE with an expression for a parameter that is used in two ways", arg.span)
            }
        }
    }

    /// The plan's rows are those that FETCH will give: DECLARE itself gives none.
    pub(super) fn declare(&mut self, declare: &Declare) -> Checked<Outcome> {
        let items = self.query(&declare.query, &Scope::default())?;
        self.unite_parameters()?;
        self.as_rows(Outcome::Items(items), declare.query.span)
    }

    pub(super) fn fetch(&mut self, fetch: &Fetch, span: Span) -> Checked<Outcome> {
        if fetch.only_move {
            return Ok(Outcome::NOTHING);
        }
        match self.known.names.cursors.get(fetch.cursor.as_str()) {
            Some(rows) => Ok(Outcome::Rows(rows.clone())),
            // REFUSES: a function may have opened it over a protected column.
            None if gate::may_open_cursors(&self.known) => Err(Objection::at(Cause::UntrackedCursor, span)),
            None => Ok(Outcome::Rows(Rows::Strange(fetch.cursor.as_str().into()))),
        }
    }

    /// EXPLAIN gives lines of text, whatever it explains; constants in it are sealed all the same.
    pub(super) fn explain(&mut self, explain: &Explain) -> Checked<Outcome> {
        self.statement(&explain.statement, &Scope::default())?;
        match self.changes.is_empty() {
            true => Ok(Outcome::Rows(Rows::Untouched)),
            false => self.strange("EXPLAIN of a definition", explain.statement.span),
        }
    }
}

/// bpchar without a length.
fn is_bpchar(name: &TypeName) -> bool {
    let own = matches!(name.name.schema(), None | Some("pg_catalog"));
    own && name.name.name() == "bpchar" && name.modifiers.is_empty() && name.dimensions.len() <= 1
}
