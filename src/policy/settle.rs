//! What a client's definitions left open is learnt from the server: how it prints a type, a view's
//! definition, a default.
//!
//! Knows the pin, the shape that the clients' own texts result in, and the live one. What decides
//! sealing (which columns there are, in which order, and what they carry) is the text's. Where the
//! server shows anything else, nothing is learnt, and `join` closes the relation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalog::constant::{begins_as_envelope, constant};
use crate::catalog::drift;
use crate::catalog::fetch::Live;
use crate::catalog::model::{Catalog, Relation};
use crate::catalog::pin::{Pin, PinnedRelation};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::{Policy, Tag, Tags};
use crate::policy::reach::Lineage;

/// The shape after definitions that clients have sent.
#[derive(Clone, Copy)]
pub struct Defined<'d> {
    /// What is tagged, as written.
    pub tags: &'d Tags,
    /// With the types of now.
    pub policy: &'d Policy,
    /// The shape that the texts result in.
    pub catalog: &'d Catalog,
    /// What is not as it was.
    pub touched: &'d BTreeSet<QualifiedName>,
}

/// The pin after these definitions.
pub fn settle(defined: Defined<'_>, was: &Pin, live: &Live, lineage: Lineage<'_>) -> Pin {
    let mut relations: BTreeMap<&QualifiedName, PinnedRelation> =
        was.relations.iter().map(|relation| (&relation.name, relation.clone())).collect();
    for name in defined.touched {
        match defined.catalog.relation(name).filter(|relation| relation.pinned) {
            Some(relation) => relations.insert(name, defined.pinned(relation)),
            None => relations.remove(name),
        };
    }
    let witnesses: HashMap<&QualifiedName, &Relation> = live.relations.iter().map(|r| (&r.name, r)).collect();
    for (name, pinned) in &mut relations {
        let Some(witness) = witnesses.get(*name) else { continue };
        let redefined = pinned.kind.is_defined() && pinned.definition != witness.definition;
        if defined.touched.contains(*name) || redefined {
            if let Some(learnt) = defined.learn(pinned, witness, lineage) {
                *pinned = learnt;
            }
        }
    }
    Pin {
        version: was.version,
        relations: relations.into_values().collect(),
        functions: was.functions.clone(),
    }
}

impl Defined<'_> {
    /// As the text has it.
    fn pinned(&self, relation: &Relation) -> PinnedRelation {
        let mut pinned = PinnedRelation::shape(relation);
        for (slot, column) in pinned.columns.iter_mut().zip(&relation.columns) {
            let Some((id, tag)) = column.tag.and_then(|id| Some((id, self.tags.columns.get(id.index())?)))
            else {
                continue;
            };
            slot.tag = Some(tag.name());
            if tag.declared.is_none() && tag.relation == relation.name {
                slot.logical = self.policy.column(id).map(|column| column.logical.clone());
            }
        }
        pinned
    }

    /// As the server has it, if that is what the text says.
    fn learn(&self, text: &PinnedRelation, live: &Relation, lineage: Lineage<'_>) -> Option<PinnedRelation> {
        let mut learnt = PinnedRelation::shape(live);
        let changes = drift::shape(text, &learnt);
        if !changes.iter().all(|change| self.may_be_learnt(text, live, change)) {
            return None;
        }
        for (slot, column) in learnt.columns.iter_mut().zip(&text.columns) {
            slot.tag.clone_from(&column.tag);
            slot.logical.clone_from(&column.logical);
        }
        if text.kind.is_defined() {
            let definition = live.definition.as_deref()?;
            let shown = lineage(definition, self.catalog, self.policy).ok()?;
            if shown.len() != learnt.columns.len() {
                return None;
            }
            for (slot, shown) in learnt.columns.iter_mut().zip(shown) {
                slot.tag = self.same(slot.tag.as_deref(), shown)?;
            }
        }
        Some(learnt)
    }

    fn may_be_learnt(&self, text: &PinnedRelation, live: &Relation, change: &drift::Change) -> bool {
        let column = change.column.as_deref();
        let is_plain = || {
            let pinned = column.and_then(|name| text.column(name));
            pinned.is_some_and(|column| column.tag.is_none())
        };
        let compares_bytes = || {
            let found = column.and_then(|name| live.column(name));
            found.is_some_and(|(_, column)| !column.nondeterministic)
        };
        // Of a protected column: none, or a sealed constant.
        let is_sealed = || {
            let found = column.and_then(|name| live.column(name));
            let value = found.and_then(|(_, column)| constant(column.expression.as_deref()?));
            found.is_some_and(|(_, column)| !column.has_default)
                || value.is_some_and(|value| begins_as_envelope(&value))
        };
        match change.code {
            "column-default" => is_plain() || is_sealed(),
            "column-identity" | "column-generated" => is_plain(),
            "column-type" => is_plain() || text.kind.is_defined(),
            "column-collation" => is_plain() || compares_bytes(),
            "definition" => text.kind.is_defined(),
            _ => false,
        }
    }

    /// The name of the tag that the server's definition gives, if it is the text's or one whose values
    /// are the same; `None` if it is not.
    fn same(&self, text: Option<&str>, shown: Option<ColumnId>) -> Option<Option<String>> {
        let Some(id) = shown else { return text.is_none().then_some(None) };
        let shown = self.tags.columns.get(id.index())?;
        let said = self.tags.columns.iter().find(|tag| Some(tag.name().as_str()) == text)?;
        let alike = |a: &Tag, b: &Tag| {
            let forms = |tag: &Tag| (tag.mode, tag.phase, tag.formerly.is_some());
            a.domain == b.domain && forms(a) == forms(b)
        };
        (shown.name() == said.name() || alike(shown, said)).then(|| Some(shown.name()))
    }
}
