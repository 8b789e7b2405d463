//! What tagging changes in the database, as SQL, before any of it is run.
//!
//! Knows policy, shape, and what `apply` has asked about the rows. Pure: no connection.

use std::collections::{HashMap, HashSet};

use crate::catalog::finding::{Finding, MISSING_TABLE};
use crate::catalog::guard;
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName, quoted};
use crate::policy::model::{Phase, Policy, ProtectedColumn};
use crate::policy::types::{fits, spelled, stored_as, stored_for};
use crate::types::{LogicalType, StoredType};

/// One change, in a transaction of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The table that it locks.
    pub relation: QualifiedName,
    /// Complete SQL without a semicolon at its end.
    pub sql: String,
    /// Why, for a person.
    pub why: String,
    /// The column whose type it changes.
    pub retyped: Option<String>,
}

/// What the rows of the tagged tables are like.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Tables with no row at all, children counted.
    pub empty: HashMap<QualifiedName, bool>,
    /// Columns in which some stored value is no envelope.
    pub plaintext: HashMap<ColumnId, bool>,
    /// Columns whose table can be rewritten within the time that is allowed.
    pub quickly_rewritten: HashMap<ColumnId, bool>,
    /// Tables and columns with something in the way: nothing is changed for them.
    pub barred: HashSet<(QualifiedName, String)>,
}

/// The changes in order, and what stands in their way.
pub fn steps(policy: &Policy, relations: &[Relation], rows: &Rows) -> (Vec<Step>, Vec<Finding>) {
    let mut steps = Vec::new();
    let mut blocked = Vec::new();
    for (id, tag) in policy.ids() {
        let relation = relations.iter().find(|r| r.name == tag.relation);
        let Some(relation) = relation else {
            let finding = Finding::closes(&tag.relation, MISSING_TABLE, "there is no such table");
            blocked.push(finding.at(&tag.column).hint("create it first"));
            continue;
        };
        let Some((_, column)) = relation.column(&tag.column) else {
            blocked.push(
                Finding::closes(&tag.relation, "missing-column", "there is no such column").at(&tag.column),
            );
            continue;
        };
        let change = Change { id, tag, relation, column, rows };
        match change.steps() {
            Ok(more) => steps.extend(more),
            Err(finding) => blocked.push(*finding),
        }
    }
    (steps, blocked)
}

/// One tagged column that exists.
struct Change<'c> {
    id: ColumnId,
    tag: &'c ProtectedColumn,
    relation: &'c Relation,
    column: &'c Column,
    rows: &'c Rows,
}

impl Change<'_> {
    fn steps(&self) -> Result<Vec<Step>, Box<Finding>> {
        match self.relation.kind {
            RelationKind::Table | RelationKind::Partitioned => {}
            RelationKind::View
            | RelationKind::MaterializedView
            | RelationKind::Foreign
            | RelationKind::Sequence
            | RelationKind::Composite => {
                return Err(self.blocked("unfit-relation", "only a table can be tagged"));
            }
        }
        if self.column.generated || self.column.identity.is_some() {
            return Err(self.blocked("generated", "the server makes its values, so pgveil cannot seal them"));
        }
        let stored = stored_as(&self.column.type_name).filter(|stored| fits(&self.tag.logical, *stored));
        let barred = self.rows.barred.contains(&(self.relation.name.clone(), self.column.name.clone()));
        match (self.tag.phase, stored) {
            (Phase::Encrypting | Phase::Encrypted, None) | (Phase::Encrypted, Some(_)) if barred => {
                Ok(Vec::new())
            }
            (Phase::Plain, _) => Ok(stored.and_then(|stored| self.drop_guard(stored)).into_iter().collect()),
            // `encrypt` has validated it: every value is an envelope, and every writer seals.
            (Phase::Encrypting, Some(stored)) if self.is_validated(stored) => Ok(Vec::new()),
            (Phase::Encrypting | Phase::Decrypting, Some(stored)) => {
                Ok(self.drop_guard(stored).into_iter().collect())
            }
            (Phase::Encrypting | Phase::Decrypting, None) => Ok(vec![self.widen()?]),
            (Phase::Encrypted, Some(stored)) => self.guard(stored),
            (Phase::Encrypted, None) => {
                let widen = self.widen()?;
                let stored = stored_for(&self.tag.logical);
                let mut steps = vec![widen];
                steps.extend(self.guard(stored)?);
                Ok(steps)
            }
        }
    }

    /// To the type that can hold an envelope. A text-like column keeps its values untouched; any other
    /// is rewritten as text under an exclusive lock, if that is done quickly and the phase admits
    /// plaintext.
    fn widen(&self) -> Result<Step, Box<Finding>> {
        let is_text_like = match &self.tag.logical {
            LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Bpchar(_) | LogicalType::Citext => {
                crate::policy::types::logical_of(&self.column.type_name, self.column.typmod)
                    .is_some_and(|own| own == self.tag.logical)
            }
            LogicalType::Int2
            | LogicalType::Int4
            | LogicalType::Int8
            | LogicalType::Bool
            | LogicalType::Numeric(_)
            | LogicalType::Date
            | LogicalType::Timestamp(_)
            | LogicalType::Timestamptz(_)
            | LogicalType::Time(_)
            | LogicalType::Timetz(_)
            | LogicalType::Interval
            | LogicalType::Float4
            | LogicalType::Float8
            | LogicalType::Uuid
            | LogicalType::Bytea
            | LogicalType::Json
            | LogicalType::Jsonb
            | LogicalType::Inet
            | LogicalType::Cidr
            | LogicalType::TextArray => false,
        };
        let empty = self.rows.empty.get(&self.relation.name).copied().unwrap_or(false);
        let (is, wanted) = (&self.column.type_name, spelled(stored_for(&self.tag.logical)));
        if !is_text_like && !empty {
            let message = format!("its type {is} must become {wanted}, and the table holds rows");
            if self.tag.phase == Phase::Encrypted {
                let hint = "set its phase to `encrypting`, then run `apply` and `encrypt`";
                return Err(Box::new(self.finding("not-empty", message).hint(hint)));
            }
            if !self.rows.quickly_rewritten.get(&self.id).copied().unwrap_or(false) {
                let hint = "run `apply --max-lock SECONDS` when the table may be locked for that long";
                return Err(Box::new(self.finding("not-empty", message).hint(hint)));
            }
            if self.column.has_default {
                let message = format!("its type {is} must become {wanted}, and it has a DEFAULT");
                return Err(Box::new(self.finding("default", message).hint("drop the DEFAULT")));
            }
        }
        let name = quoted(&self.column.name);
        // Without this the server would put the default collation in its place.
        let collate = self.column.collation.as_ref().map(|c| format!(" COLLATE {c}")).unwrap_or_default();
        let mut step = self.step(
            format!("ALTER COLUMN {name} TYPE {wanted}{collate} USING {name}::{wanted}"),
            format!("{is} cannot hold an envelope"),
        );
        step.retyped = Some(self.column.name.clone());
        Ok(step)
    }

    fn guard(&self, stored: StoredType) -> Result<Vec<Step>, Box<Finding>> {
        let name = quoted(&guard::name(&self.column.name));
        let validate =
            || self.step(format!("VALIDATE CONSTRAINT {name}"), "every stored value is an envelope".into());
        let empty = self.rows.empty.get(&self.relation.name).copied().unwrap_or(false);
        // What has not been asked is taken as plaintext.
        let plaintext = !empty && self.rows.plaintext.get(&self.id).copied().unwrap_or(true);
        match guard::find(self.relation, self.column, stored) {
            Some(guard) if guard.validated || plaintext => Ok(Vec::new()),
            Some(_) => Ok(vec![validate()]),
            None if plaintext => {
                let message = "its phase is `encrypted`, but stored values are plaintext";
                Err(Box::new(
                    self.finding("plaintext", message)
                        .hint("set its phase to `encrypting` and run `pgveil encrypt`"),
                ))
            }
            None => {
                let check = guard::predicate(self.column, stored);
                let add = format!("ADD CONSTRAINT {name} CHECK ({check}) NOT VALID");
                Ok(vec![self.step(add, "only envelopes may be stored".into()), validate()])
            }
        }
    }

    fn is_validated(&self, stored: StoredType) -> bool {
        guard::find(self.relation, self.column, stored).is_some_and(|guard| guard.validated)
    }

    /// A guard refuses every new version of a row that still holds plaintext.
    fn drop_guard(&self, stored: StoredType) -> Option<Step> {
        let guard = guard::find(self.relation, self.column, stored)?;
        let sql = format!("DROP CONSTRAINT {}", quoted(&guard.name));
        Some(self.step(sql, "plaintext must be admitted in this phase".into()))
    }

    fn step(&self, action: String, why: String) -> Step {
        let relation = self.relation.name.clone();
        Step { sql: format!("ALTER TABLE {relation} {action}"), relation, why, retyped: None }
    }

    fn finding(&self, code: &'static str, message: impl Into<String>) -> Finding {
        Finding::closes(&self.relation.name, code, message).at(&self.column.name)
    }

    fn blocked(&self, code: &'static str, message: impl Into<String>) -> Box<Finding> {
        Box::new(self.finding(code, message))
    }
}
