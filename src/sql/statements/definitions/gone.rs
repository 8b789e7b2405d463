//! DROP of relations and schemas, and ALTER SCHEMA: what is pinned in them goes, or stays where it is.

use crate::catalog::change::Change;
use crate::catalog::lookup::Resolution;
use crate::names::{QualifiedName, quoted};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{AlterAction, Drop, ObjectKind, Statement, StatementKind};
use crate::sql::gate;
use crate::sql::known::Known;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::statements::Outcome;

impl Analysis<'_> {
    pub(in crate::sql) fn drop_relations(&mut self, drop: &Drop) -> Checked<Outcome> {
        match drop.kind {
            ObjectKind::Table
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::ForeignTable => {}
            ObjectKind::Index
            | ObjectKind::Sequence
            | ObjectKind::Schema
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
            | ObjectKind::Function
            | ObjectKind::Type
            | ObjectKind::Domain
            | ObjectKind::Other => return Ok(Outcome::NOTHING),
        }
        for name in &drop.names {
            let bare = name.name();
            let relation = match name.schema() {
                Some(schema) => QualifiedName::new(schema, bare),
                // The client's own temporary one hides every other.
                None if self.known.names.temporary.contains(bare) => continue,
                None => match self.protected_schemas(bare).as_slice() {
                    [] => continue,
                    [only] => {
                        self.insert(name.span.start, format!("{}.", quoted(only)));
                        QualifiedName::new(only, bare)
                    }
                    _ => {
                        let path = &self.known.names.search_path;
                        let relation = match self.known.catalog.resolve(None, bare, path) {
                            Resolution::Found(relation) if self.are_tagged_alike(bare) => &relation.name,
                            Resolution::Found(_) | Resolution::Ambiguous(_) | Resolution::Unknown => {
                                let cause = Cause::AmbiguousRelation(bare.into());
                                return Err(Objection::at(cause, name.span));
                            }
                        };
                        self.insert(name.span.start, format!("{}.", quoted(&relation.schema)));
                        relation.clone()
                    }
                },
            };
            if self.known.catalog.relation(&relation).is_some_and(|r| r.pinned) {
                self.changes.push(Change::Gone { relation, cascade: drop.cascade });
            }
        }
        Ok(Outcome::NOTHING)
    }
}

/// What a statement does to whole schemas, whose names are nobody's secret and so are not watched.
pub(in crate::sql) fn of_schemas(statement: &Statement, known: &Known) -> Checked<Vec<Change>> {
    let pinned = |schema: &str| known.catalog.relations().iter().any(|r| r.pinned && r.name.schema == schema);
    if !gate::has_protected(known) {
        return Ok(Vec::new());
    }
    match &statement.kind {
        StatementKind::Drop(drop) if drop.kind == ObjectKind::Schema => {
            let names = drop.names.iter().map(|name| name.name()).filter(|name| pinned(name));
            Ok(names.map(|name| Change::SchemaGone(name.to_owned())).collect())
        }
        StatementKind::AlterTable(alter) if alter.kind == ObjectKind::Schema => {
            let renames = alter.actions.iter().any(|action| matches!(action, AlterAction::Rename(_)));
            let schema = alter.table.name.name();
            let tagged = known.policy.columns.iter().any(|c| c.relation.schema == schema);
            // REFUSES: the policy names what is in it by the schema's name.
            match renames && (tagged || pinned(schema)) {
                true => Err(Objection::at(Cause::AlterProtected("renaming its schema"), statement.span)),
                false => Ok(Vec::new()),
            }
        }
        _ => Ok(Vec::new()),
    }
}
