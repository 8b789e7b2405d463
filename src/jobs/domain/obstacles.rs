//! What else on the server holds values of a domain, or decides by them, and cannot be rewritten
//! together with the rows: it is named, and the move refused.
//!
//! Knows the catalog and what an envelope looks like in a definition. Pure.

use std::collections::HashSet;
use std::fmt;

use super::shape::Shape;
use crate::catalog::constant::constant;
use crate::catalog::guard;
use crate::catalog::model::{Attachment, AttachmentKind, Catalog, Relation, RelationKind};
use crate::crypto::armour::{CENSUS_LEN, PREFIX, census_prefix};
use crate::crypto::domains::Form;
use crate::crypto::{Keyring, Suite};
use crate::names::{ColumnId, QualifiedName, quoted};
use crate::policy::check::references;
use crate::policy::model::Policy;
use crate::policy::reach::mentions;
use crate::policy::types::stored_as;

/// One thing in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The relation, or the function.
    pub name: QualifiedName,
    /// What of it: "the index i", "its definition", …
    pub what: String,
    /// Why it is in the way.
    pub why: &'static str,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.name, self.what, self.why)
    }
}

const HOLDS: &str =
    "holds an envelope under the key that the domain leaves: drop it, and make it again afterwards";
const COPY: &str = "holds copies of the values: drop it, and make it again afterwards";
const COMPARES: &str =
    "compares the column with a constant: drop it, and make it again through pgveil afterwards";
const UNINDEXED: &str = "has no index on its referring column, so the server would look through the table \
                         once for every value while it is locked: make one first";
const OUTSIDE: &str = "ties the column to one outside the domain";

/// All of them.
pub fn all(policy: &Policy, catalog: &Catalog, shape: &Shape, keyring: &Keyring, to: Form) -> Vec<Obstacle> {
    let ids: HashSet<ColumnId> =
        shape.tables.iter().flat_map(|table| table.columns.iter().map(|column| column.id)).collect();
    let from = keyring.domain(&shape.domain).map(|domain| domain.writes);
    let search = Search {
        policy,
        catalog,
        ids,
        heads: heads(keyring, from, to),
        from_or_to_plain: from == Some(Form::Plain) || to == Form::Plain,
    };
    let mut found = Vec::new();
    for relation in catalog.relations() {
        search.relation(relation, &mut found);
    }
    for function in catalog.functions().iter().filter(|function| search.holds(&function.body)) {
        let what = "its body".to_owned();
        found.push(Obstacle { name: function.name.clone(), what, why: HOLDS });
    }
    found
}

/// What the armours that the move leaves behind begin with. An envelope of another domain under the
/// same key begins so too: rather one refusal too many.
fn heads(keyring: &Keyring, from: Option<Form>, to: Form) -> Vec<String> {
    let target = to.key();
    let keys = keyring.keys().iter().map(|key| key.id).filter(|key| Some(*key) != target);
    match from {
        Some(Form::Sealed(_)) => keys.map(|key| census_prefix(Suite::Deterministic, key)).collect(),
        Some(Form::Plain) | None => Vec::new(),
    }
}

struct Search<'s> {
    policy: &'s Policy,
    catalog: &'s Catalog,
    ids: HashSet<ColumnId>,
    heads: Vec<String>,
    /// Plain constants cannot be told from any other text; what could hold one is in the way.
    from_or_to_plain: bool,
}

impl Search<'_> {
    fn relation(&self, relation: &Relation, found: &mut Vec<Obstacle>) {
        let obstacle = |what: String, why| Obstacle { name: relation.name.clone(), what, why };
        let own: HashSet<String> = relation
            .columns
            .iter()
            .filter(|column| column.tag.is_some_and(|tag| self.ids.contains(&tag)))
            .map(|column| column.name.to_lowercase())
            .collect();
        if relation.kind == RelationKind::MaterializedView && !own.is_empty() {
            found.push(obstacle("the materialised view".into(), COPY));
        }
        if relation.definition.as_deref().is_some_and(|definition| self.holds(definition)) {
            found.push(obstacle("its definition".into(), HOLDS));
        }
        for column in &relation.columns {
            // A constant there moves with the rows.
            let moves = |expression: &str| {
                column.tag.is_some_and(|tag| self.ids.contains(&tag)) && constant(expression).is_some()
            };
            if column.expression.as_deref().is_some_and(|e| self.holds(e) && !moves(e)) {
                found.push(obstacle(format!("the default of column {}", column.name), HOLDS));
            }
        }
        let guards: HashSet<&str> = relation
            .columns
            .iter()
            .filter_map(|column| guard::find(relation, column, stored_as(&column.type_name)?))
            .map(|guard| guard.name.as_str())
            .collect();
        for attachment in &relation.attachments {
            let what = || format!("the {} {}", word(attachment.kind), attachment.name);
            if self.holds(&attachment.definition) {
                found.push(obstacle(what(), HOLDS));
            } else if self.crosses(relation, attachment) {
                found.push(obstacle(what(), OUTSIDE));
            } else if self.is_unindexed(relation, attachment) {
                found.push(obstacle(what(), UNINDEXED));
            } else if self.from_or_to_plain
                && !guards.contains(attachment.name.as_str())
                && compares(attachment, &own)
            {
                found.push(obstacle(what(), COMPARES));
            }
        }
    }

    /// Whether a text holds an envelope that the move would leave behind.
    fn holds(&self, text: &str) -> bool {
        let prefix = String::from_utf8_lossy(PREFIX);
        text.match_indices(&*prefix).any(|(at, _)| {
            let head = text.get(at..at + CENSUS_LEN);
            head.is_some_and(|head| self.heads.iter().any(|known| known == head))
        })
    }

    /// A foreign key inside the domain whose check on the referring side would be a walk of the
    /// table, once for every value that moves: the lock would last for rows times values.
    fn is_unindexed(&self, relation: &Relation, attachment: &Attachment) -> bool {
        if attachment.kind != AttachmentKind::ForeignKey {
            return false;
        }
        let Some((_, pairs)) = references(&attachment.definition) else { return false };
        let moves = |column: &str| {
            let tag = relation.column(column).and_then(|(_, column)| column.tag);
            tag.is_some_and(|tag| self.ids.contains(&tag))
        };
        let indexed = |column: &str| relation.attachments.iter().any(|index| is_index_on(index, column));
        pairs.iter().any(|(own, _)| moves(own)) && !pairs.iter().any(|(own, _)| indexed(own))
    }

    /// A foreign key of which one end moves and the other does not.
    fn crosses(&self, relation: &Relation, attachment: &Attachment) -> bool {
        if attachment.kind != AttachmentKind::ForeignKey {
            return false;
        }
        let Some((target, pairs)) = references(&attachment.definition) else { return false };
        let partner = self.catalog.relations().iter().find(|relation| relation.name == target);
        let moves = |relation: Option<&Relation>, column: &str| {
            let tag = relation.and_then(|relation| relation.column(column)).and_then(|(_, c)| c.tag);
            tag.is_some_and(|tag| self.ids.contains(&tag) && self.policy.column(tag).is_some())
        };
        pairs.iter().any(|(own, theirs)| moves(Some(relation), own) != moves(partner, theirs))
    }
}

/// The whole of the table by this column first, or by it alone.
fn is_index_on(index: &Attachment, column: &str) -> bool {
    let listed = index.definition.split_once(" USING btree (").map(|(_, listed)| listed);
    let rest = listed.and_then(|listed| listed.strip_prefix(quoted(column).as_str()));
    index.kind == AttachmentKind::Index
        && !index.definition.contains(" WHERE ")
        && rest.is_some_and(|rest| rest.starts_with([',', ')', ' ']))
}

fn word(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Rule => "rule",
        AttachmentKind::Trigger => "trigger",
        AttachmentKind::RowPolicy => "row policy",
        AttachmentKind::Check => "CHECK",
        AttachmentKind::ForeignKey => "foreign key",
        AttachmentKind::Index => "index",
    }
}

/// A condition on the column that is more than `IS [NOT] NULL`.
fn compares(attachment: &Attachment, own: &HashSet<String>) -> bool {
    let definition = attachment.definition.as_str();
    let condition = match attachment.kind {
        AttachmentKind::Index => definition.split_once(" WHERE ").map(|(_, condition)| condition),
        AttachmentKind::Check | AttachmentKind::RowPolicy | AttachmentKind::Rule => Some(definition),
        AttachmentKind::Trigger => definition
            .split_once(" WHEN ")
            .map(|(_, rest)| rest.rsplit_once(" EXECUTE ").map_or(rest, |(condition, _)| condition)),
        AttachmentKind::ForeignKey => None,
    };
    let Some(condition) = condition else { return false };
    let mut condition = condition.to_lowercase();
    for name in own {
        for null in ["is not null", "is null"] {
            condition = condition.replace(&format!("{name} {null}"), "");
            condition = condition.replace(&format!("\"{name}\" {null}"), "");
        }
    }
    mentions(&condition, own)
}
