//! What a definition changes in the shape, as the client's own text says it.
//!
//! Knows shapes, and what must never come of a change: a column whose values are sealed is never left
//! open under the same name without its tag. Does not know SQL, who may define what, or what the
//! server says of it.

use std::collections::BTreeSet;

use crate::catalog::model::{Catalog, Column, Relation};
use crate::names::{ColumnId, QualifiedName};
use crate::types::{LogicalType, StoredType};

/// One change. Names are qualified: nothing is left for a search_path.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// CREATE TABLE, VIEW, MATERIALIZED VIEW, with the tags that the columns carry.
    Made(Box<Relation>),
    /// DROP of a relation.
    Gone {
        /// Which.
        relation: QualifiedName,
        /// CASCADE: the views that read it are gone with it.
        cascade: bool,
    },
    /// DROP SCHEMA.
    SchemaGone(String),
    /// ADD COLUMN.
    ColumnAdded {
        /// To which relation, and to its partitions and children.
        relation: QualifiedName,
        /// At the end.
        column: Box<Column>,
    },
    /// DROP COLUMN.
    ColumnGone {
        /// Of which relation, and of its partitions and children.
        relation: QualifiedName,
        /// Its name.
        column: String,
    },
    /// RENAME COLUMN.
    ColumnRenamed {
        /// Of which relation, and of its partitions and children.
        relation: QualifiedName,
        /// Its name.
        from: String,
        /// Its new one.
        to: String,
    },
    /// Its type, default or identity is another; which one is learnt from the server.
    Altered(QualifiedName),
    /// DETACH PARTITION, NO INHERIT.
    Detached {
        /// The relation that goes on.
        parent: QualifiedName,
        /// Closed from now on if it holds sealed values.
        child: QualifiedName,
    },
    /// What a tagged column holds from now on.
    Typed {
        /// Which.
        column: ColumnId,
        /// What clients see.
        logical: LogicalType,
        /// What the server holds.
        stored: StoredType,
    },
}

/// A shape after some changes.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The shape.
    pub catalog: Catalog,
    /// Every relation that is not as it was, or is there no more.
    pub touched: BTreeSet<QualifiedName>,
}

impl Catalog {
    /// The shape after these changes. `named` says whether the operator tagged columns of the relation
    /// itself, so that its name alone keeps it from being taken for an unprotected one.
    pub fn after(&self, changes: &[Change], named: impl Fn(&QualifiedName) -> bool) -> Changed {
        let mut shape = Shape { relations: self.relations.clone(), touched: BTreeSet::new() };
        changes.iter().for_each(|change| shape.apply(change, &named));
        let made = Catalog::new(shape.relations, self.functions.clone(), self.server_version);
        let catalog = Catalog { dotless: self.dotless, ..made };
        Changed { catalog, touched: shape.touched }
    }
}

struct Shape {
    relations: Vec<Relation>,
    touched: BTreeSet<QualifiedName>,
}

impl Shape {
    fn apply(&mut self, change: &Change, named: &impl Fn(&QualifiedName) -> bool) {
        match change {
            Change::Made(relation) => self.make(relation),
            Change::Gone { relation, cascade } => self.drop(relation, *cascade, named),
            Change::SchemaGone(schema) => {
                let inside = |r: &&Relation| r.name.schema == *schema && r.pinned;
                let names: Vec<_> = self.relations.iter().filter(inside).map(|r| r.name.clone()).collect();
                names.iter().for_each(|name| self.drop(name, true, named));
            }
            Change::ColumnAdded { relation, column } => self.on_family(relation, |relation| {
                if relation.column(&column.name).is_none() {
                    relation.columns.push(Column::clone(column));
                }
            }),
            Change::ColumnGone { relation, column } => {
                self.on_family(relation, |relation| relation.columns.retain(|c| c.name != *column));
            }
            Change::ColumnRenamed { relation, from, to } => self.on_family(relation, |relation| {
                if let Some(column) = relation.columns.iter_mut().find(|c| c.name == *from) {
                    column.name.clone_from(to);
                }
            }),
            Change::Altered(relation) => self.on_family(relation, |_| ()),
            Change::Detached { parent, child } => self.on(child, |relation| {
                relation.parents.retain(|name| name != parent);
                relation.open &= !relation.is_tagged() || !relation.parents.is_empty();
            }),
            Change::Typed { .. } => {}
        }
    }

    fn on(&mut self, name: &QualifiedName, change: impl FnOnce(&mut Relation)) {
        if let Some(relation) = self.relations.iter_mut().find(|r| r.name == *name && r.pinned) {
            self.touched.insert(name.clone());
            change(relation);
        }
    }

    /// On the relation and all that inherit from it.
    fn on_family(&mut self, name: &QualifiedName, change: impl Fn(&mut Relation)) {
        for member in self.family(name) {
            self.on(&member, &change);
        }
    }

    /// The relation, and all that inherit from it.
    fn family(&self, name: &QualifiedName) -> Vec<QualifiedName> {
        let mut family = vec![name.clone()];
        let mut at = 0;
        while let Some(parent) = family.get(at).cloned() {
            let children = self.relations.iter().filter(|r| r.parents.contains(&parent));
            let new: Vec<_> = children.map(|r| r.name.clone()).filter(|n| !family.contains(n)).collect();
            family.extend(new);
            at += 1;
        }
        family
    }

    fn make(&mut self, new: &Relation) {
        let mut new = new.clone();
        if let Some(old) = self.relations.iter().find(|r| r.name == new.name && r.pinned) {
            // REFUSES: a name under which values were sealed, made again so that they would not be.
            new.pinned = true;
            new.open &= keeps_tags(old, &new);
        }
        self.touched.insert(new.name.clone());
        self.relations.retain(|r| r.name != new.name);
        self.relations.push(new);
    }

    fn drop(&mut self, name: &QualifiedName, cascade: bool, named: &impl Fn(&QualifiedName) -> bool) {
        let mut gone = self.family(name);
        if cascade {
            gone.extend(self.readers(&gone));
        }
        for name in gone {
            let Some(at) = self.relations.iter().position(|r| r.name == name && r.pinned) else { continue };
            self.touched.insert(name.clone());
            let kept = self.relations.get(at).is_some_and(Relation::is_tagged) && !named(&name);
            match self.relations.get_mut(at).filter(|_| kept) {
                // REFUSES: what is made next under this name is not taken for a relation without tags.
                Some(relation) => relation.open = false,
                None => {
                    self.relations.remove(at);
                }
            }
        }
    }

    /// Views that read one of these, and the views that read those.
    fn readers(&self, of: &[QualifiedName]) -> Vec<QualifiedName> {
        let mut words: Vec<String> = of.iter().map(|name| name.name.clone()).collect();
        let mut readers: Vec<QualifiedName> = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at).cloned() {
            for view in self.relations.iter().filter(|r| r.pinned && r.kind.is_defined()) {
                let reads = view.definition.as_deref().is_some_and(|text| text.contains(&word));
                if reads && !readers.contains(&view.name) {
                    words.push(view.name.name.clone());
                    readers.push(view.name.clone());
                }
            }
            at += 1;
        }
        readers
    }
}

/// Does every column that was tagged and is still there carry a tag?
pub fn keeps_tags(old: &Relation, new: &Relation) -> bool {
    let tagged = old.columns.iter().filter(|column| column.tag.is_some());
    tagged.filter_map(|column| new.column(&column.name)).all(|(_, column)| column.tag.is_some())
}
