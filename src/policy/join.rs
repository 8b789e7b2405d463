//! The pin and the live server made into one catalog: the pin says what everything protected looks
//! like, the server says the rest, and where the server contradicts the pin, the relation is closed.
//!
//! Knows policy, pin and live shape. Decides nothing from what the server says except to close.

use std::collections::{HashMap, HashSet};

use crate::catalog::drift;
use crate::catalog::fetch::Live;
use crate::catalog::finding::{FOREIGN, Finding, LETTER_CASE, MISSING_TABLE, ROW_TYPE};
use crate::catalog::guard;
use crate::catalog::model::{AttachmentKind, Catalog, Column, Function, Relation, RelationKind};
use crate::catalog::pin::{FIRST_VARIABLE_OID, Pin, PinnedColumn, PinnedFunction, PinnedRelation};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::check;
use crate::policy::model::{Policy, Tag, Tags};
use crate::policy::reach::{self, Lineage};
use crate::policy::types::{logical_of, stored_as, stored_for};
use crate::types::{LogicalType, StoredType};

/// Two thirds of an epoch, and what the operator should know of it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The tags with their types.
    pub policy: Policy,
    /// Every relation; `open` is false where a finding closes it.
    pub catalog: Catalog,
    /// Ordered by relation.
    pub findings: Vec<Finding>,
}

const ACCEPT: &str = "look at `pgveil catalog diff`, then run `pgveil catalog accept`";

/// Joins. The result decides every statement until the next join: at start, on a timer, and when a
/// reply of the server disagrees with what was expected.
pub fn join(tags: &Tags, pin: &Pin, live: &Live, lineage: Lineage<'_>) -> Joined {
    let accepted: HashMap<&QualifiedName, &PinnedRelation> =
        pin.relations.iter().map(|r| (&r.name, r)).collect();
    let types = |tag: &Tag| pinned_type(tag, accepted.get(&tag.relation).copied());
    let policy = tags.resolve(|tag| types(tag).unwrap_or((LogicalType::Text, StoredType::Text)));
    let mut findings = Vec::new();
    let mut relations = relations(tags, pin, live, &mut findings);
    let mut functions = functions(pin, live, &mut findings);
    findings.extend(reach::mark(&mut relations, &mut functions, &policy, lineage));
    let tag_names: Vec<String> = tags.columns.iter().map(Tag::name).collect();
    for relation in relations.iter().filter(|r| r.pinned) {
        match accepted.get(&relation.name) {
            Some(pinned) => stale_tags(relation, pinned, &tag_names, &mut findings),
            None if findings
                .iter()
                .any(|f| matches!(f.code, ROW_TYPE | FOREIGN) && f.shuts(&relation.name)) => {}
            None => findings.push(unpinned(relation)),
        }
    }
    for function in functions.iter_mut().filter(|f| f.pinned) {
        function.open &= pin.function(&function.name, &function.arguments).is_some();
    }
    let unknown: HashSet<ColumnId> = (0u32..)
        .map(ColumnId)
        .zip(&tags.columns)
        .filter(|(_, tag)| types(tag).is_none())
        .map(|(id, _)| id)
        .collect();
    findings.extend(check::check(&policy, &unknown, &relations, &live.server));
    for relation in &mut relations {
        // One that the policy means to name is no client's to write to either.
        relation.pinned |=
            findings.iter().any(|f| f.code == LETTER_CASE && f.relation.as_ref() == Some(&relation.name));
        relation.open &= !(relation.pinned && findings.iter().any(|finding| finding.shuts(&relation.name)));
    }
    findings.sort_by(|a, b| (&a.relation, &a.column, a.code).cmp(&(&b.relation, &b.column, b.code)));
    let catalog = Catalog::new(relations, functions, live.server.version).in_locale(&live.server.locale);
    Joined { policy, catalog, findings }
}

/// The pin of what the server shows now. What `was` pinned keeps the types that clients see: they
/// are those of before the column was widened.
pub fn take(tags: &Tags, was: &Pin, live: &Live, lineage: Lineage<'_>) -> Pin {
    let own = |relation: &QualifiedName, column: &str| {
        let relation = live.relations.iter().find(|r| r.name == *relation)?;
        let column = relation.column(column)?.1;
        logical_of(&column.type_name, column.typmod)
    };
    let logical = |tag: &Tag| {
        let pinned = was.relation(&tag.relation).and_then(|r| r.column(&tag.column));
        pinned.and_then(|c| c.logical.clone()).or_else(|| own(&tag.relation, &tag.column))
    };
    let policy = tags.resolve(|tag| {
        let logical = tag.declared.clone().or_else(|| logical(tag)).unwrap_or(LogicalType::Text);
        let stored = stored_for(&logical);
        (logical, stored)
    });
    let mut relations = live.relations.clone();
    let mut functions = live.functions.clone();
    // What is closed is pinned all the same: the operator accepts a shape, and mends it later.
    let _closed = reach::mark(&mut relations, &mut functions, &policy, lineage);
    let undeclared: HashMap<(&QualifiedName, &str), &Tag> = tags
        .columns
        .iter()
        .filter(|tag| tag.declared.is_none())
        .map(|tag| ((&tag.relation, tag.column.as_str()), tag))
        .collect();
    let tag_name = |id: ColumnId| tags.columns.get(id.index()).map(Tag::name);
    Pin::of(&relations, &functions, tag_name, |relation, column| {
        undeclared.get(&(relation, column.name.as_str())).and_then(|tag| logical(tag))
    })
}

/// What clients see and what the server holds, as far as policy and pin say it.
fn pinned_type(tag: &Tag, pinned: Option<&PinnedRelation>) -> Option<(LogicalType, StoredType)> {
    let column = pinned.and_then(|r| r.column(&tag.column));
    let logical = tag.declared.clone().or_else(|| column.and_then(|c| c.logical.clone()))?;
    let stored = column.and_then(|c| stored_as(&c.type_name)).unwrap_or_else(|| stored_for(&logical));
    Some((logical, stored))
}

fn relations(tags: &Tags, pin: &Pin, live: &Live, findings: &mut Vec<Finding>) -> Vec<Relation> {
    let by_name: HashMap<&QualifiedName, &Relation> = live.relations.iter().map(|r| (&r.name, r)).collect();
    let mut relations: Vec<Relation> = Vec::with_capacity(live.relations.len());
    for pinned in &pin.relations {
        let witness = by_name.get(&pinned.name).copied();
        findings.extend(drifted(pinned, witness));
        relations.push(from_pin(pinned, witness));
    }
    let mut known: HashSet<QualifiedName> = pin.relations.iter().map(|r| r.name.clone()).collect();
    // REFUSES: a relation that was protected under another name: its guard came with it. Nobody has
    // accepted it, so it is closed.
    let guarded = |r: &Relation| Relation { pinned: r.pinned || guard::stands_on(r), ..r.clone() };
    relations.extend(live.relations.iter().filter(|r| !known.contains(&r.name)).map(guarded));
    known.extend(live.relations.iter().map(|r| r.name.clone()));
    for tag in &tags.columns {
        if known.insert(tag.relation.clone()) {
            relations.push(Relation::new(tag.relation.clone(), RelationKind::Table));
        }
    }
    relations
}

fn drifted(pinned: &PinnedRelation, live: Option<&Relation>) -> Vec<Finding> {
    let Some(live) = live else {
        return vec![Finding::closes(&pinned.name, "gone", "the server has no such relation").hint(ACCEPT)];
    };
    let changes = drift::shape(pinned, &PinnedRelation::shape(live));
    let finding = |change: drift::Change| {
        let finding = Finding::closes(&pinned.name, change.code, change.message).hint(ACCEPT);
        Finding { column: change.column, ..finding }
    };
    changes.into_iter().map(finding).collect()
}

/// The shape is the pin's; oids, attnums and what hangs on the relation are the server's.
fn from_pin(pinned: &PinnedRelation, live: Option<&Relation>) -> Relation {
    let column = |column: &PinnedColumn| {
        let witness = live.and_then(|r| r.column(&column.name)).map(|(_, c)| c);
        let builtin = column.oid < FIRST_VARIABLE_OID && column.oid != 0;
        Column {
            attnum: witness.map_or(0, |c| c.attnum),
            typmod: witness.map_or(-1, |c| c.typmod),
            base_type: witness.map_or_else(String::new, |c| c.base_type.clone()),
            collation: column.collation.clone(),
            nondeterministic: column.nondeterministic,
            generated: column.generated,
            identity: column.identity,
            has_default: column.has_default,
            expression: witness.and_then(|c| c.expression.clone()),
            not_null: witness.is_some_and(|c| c.not_null),
            ..Column::new(
                &column.name,
                if builtin { column.oid } else { witness.map_or(0, |c| c.type_oid) },
                &column.type_name,
            )
        }
    };
    let mut attachments: Vec<_> = live.map(|r| r.attachments.clone()).unwrap_or_default();
    attachments.retain(|a| a.kind != AttachmentKind::Rule);
    attachments.extend(pinned.rules.iter().map(|(name, definition)| crate::catalog::model::Attachment {
        kind: AttachmentKind::Rule,
        name: name.clone(),
        definition: definition.clone(),
        validated: true,
    }));
    Relation {
        oid: live.map_or(0, |r| r.oid),
        columns: pinned.columns.iter().map(column).collect(),
        parents: pinned.parents.clone(),
        pinned: true,
        definition: pinned.definition.clone(),
        unique_keys: live.map(|r| r.unique_keys.clone()).unwrap_or_default(),
        attachments,
        ..Relation::new(pinned.name.clone(), pinned.kind)
    }
}

fn functions(pin: &Pin, live: &Live, findings: &mut Vec<Finding>) -> Vec<Function> {
    let of_pin = |function: &Function| pin.function(&function.name, &function.arguments);
    let mut functions: Vec<Function> =
        live.functions.iter().filter(|f| of_pin(f).is_none()).cloned().collect();
    for pinned in &pin.functions {
        let same = |f: &&Function| f.name == pinned.name && f.arguments == pinned.arguments;
        let witness = live.functions.iter().find(same);
        let function = function_from_pin(pinned, witness);
        if !function.open {
            let message = format!("function {}({}) is not as it was accepted", pinned.name, pinned.arguments);
            let finding = Finding::warns(&pinned.name, "function", message);
            findings.push(finding.hint(ACCEPT));
        }
        functions.push(function);
    }
    functions
}

fn function_from_pin(pinned: &PinnedFunction, live: Option<&Function>) -> Function {
    let agrees = |f: &Function| {
        f.body == pinned.body && f.language == pinned.language && f.returns_rows == pinned.returns_rows
    };
    Function {
        oid: live.map_or(0, |f| f.oid),
        arguments: pinned.arguments.clone(),
        returns_rows: pinned.returns_rows,
        pinned: true,
        open: live.is_some_and(agrees),
        ..Function::new(pinned.name.clone(), &pinned.language, &pinned.body)
    }
}

/// REFUSES: a relation whose accepted map of columns is not what policy and definition give now;
/// the policy has changed since.
fn stale_tags(relation: &Relation, pinned: &PinnedRelation, names: &[String], findings: &mut Vec<Finding>) {
    for (column, pinned) in relation.columns.iter().zip(&pinned.columns) {
        let now = column.tag.and_then(|id| names.get(id.index()));
        if now != pinned.tag.as_ref() {
            let message = "what it carries has changed since the catalog was accepted";
            findings.push(Finding::closes(&relation.name, "tag", message).at(&column.name).hint(ACCEPT));
        }
    }
}

fn unpinned(relation: &Relation) -> Finding {
    let message = match (relation.oid, relation.parents.first(), &relation.definition) {
        (0, _, _) => return Finding::closes(&relation.name, MISSING_TABLE, "there is no such table"),
        (_, Some(parent), _) => format!("it has become a part or child of {parent}, and is not accepted"),
        (_, None, None) if !relation.is_tagged() => {
            "it has the guard of a protected column, and no tag".into()
        }
        (_, None, Some(_)) => "it reads something protected, and is not accepted".into(),
        (_, None, None) => "it is protected, and its shape is not accepted".into(),
    };
    Finding::closes(&relation.name, "not-accepted", message).hint(ACCEPT)
}
