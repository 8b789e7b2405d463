//! Where the values of a deterministic domain are stored: tables and columns.
//!
//! Knows policy and catalog. Pure: asks no server.

use crate::catalog::model::{Catalog, Relation, RelationKind};
use crate::jobs::cells::Target;
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::{Mode, Policy, ProtectedColumn, column_name};
use crate::policy::types::stored_as;
use crate::types::StoredType;

/// The stored columns of one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Of the policy.
    pub domain: String,
    /// Tables that no other of the domain is a parent of: an UPDATE or LOCK of these reaches every
    /// partition and child. By name, so that two runs lock in the same order.
    pub tables: Vec<Table>,
    /// Tables that need a trigger of their own: `tables`, and what inherits from an ordinary one.
    /// Partitions get their parent's.
    pub triggered: Vec<Table>,
}

/// One table and its columns of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Schema and name.
    pub name: QualifiedName,
    /// In the table's order; never empty.
    pub columns: Vec<Stored>,
}

/// One column of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// In the policy.
    pub id: ColumnId,
    /// Its name.
    pub name: String,
    /// What the server holds.
    pub stored: StoredType,
}

impl Stored {
    /// As the other jobs name it.
    pub fn target(&self) -> Target {
        Target { id: self.id, name: self.name.clone(), stored: self.stored }
    }
}

/// Why there is nothing to move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The policy has no such domain.
    #[error("the policy has no deterministic column in the domain {0:?}")]
    NoSuchDomain(String),
    /// A column that is not as accepted.
    #[error("{0} is closed: `pgveil catalog diff` says why")]
    Closed(QualifiedName),
    /// A type that cannot hold an envelope.
    #[error("{0}.{1} is of a type that cannot hold an envelope: run `pgveil apply`")]
    Unfit(QualifiedName, String),
    /// A column with values of two declarations.
    #[error("{0} is redeclared (`was`), and holds values of two forms: first `pgveil encrypt --reseal`")]
    Redeclared(String),
    /// A part that is stored elsewhere.
    #[error("{0} is a foreign table: its rows cannot be rewritten together with the others")]
    Foreign(QualifiedName),
}

impl Shape {
    /// The shape of a domain. `catalog` carries the tags of `policy`.
    ///
    /// # Errors
    /// What cannot be moved as one.
    pub fn of(domain: &str, policy: &Policy, catalog: &Catalog) -> Result<Self, ShapeError> {
        let is_of_domain = |id: ColumnId| {
            policy.column(id).is_some_and(|c| c.domain == domain && c.mode == Mode::Deterministic)
        };
        let two = |column: &&ProtectedColumn| column.redeclared.is_some() && column.is_in_domain(domain);
        if let Some(column) = policy.columns.iter().find(two) {
            return Err(ShapeError::Redeclared(column_name(&column.relation, &column.column)));
        }
        if !policy.ids().any(|(id, _)| is_of_domain(id)) {
            return Err(ShapeError::NoSuchDomain(domain.to_owned()));
        }
        let mut members: Vec<(&Relation, Table)> = Vec::new();
        for relation in catalog.relations() {
            let tagged = relation.columns.iter().filter(|c| c.tag.is_some_and(is_of_domain));
            if tagged.clone().next().is_none() {
                continue;
            }
            match relation.kind {
                RelationKind::Table | RelationKind::Partitioned => {}
                RelationKind::Foreign => return Err(ShapeError::Foreign(relation.name.clone())),
                // They hold no values of their own, or are an obstacle that is named elsewhere.
                RelationKind::View
                | RelationKind::MaterializedView
                | RelationKind::Sequence
                | RelationKind::Composite => continue,
            }
            if !relation.open {
                return Err(ShapeError::Closed(relation.name.clone()));
            }
            let mut columns = Vec::new();
            for column in tagged {
                let Some((id, stored)) = column.tag.zip(stored_as(&column.type_name)) else {
                    return Err(ShapeError::Unfit(relation.name.clone(), column.name.clone()));
                };
                columns.push(Stored { id, name: column.name.clone(), stored });
            }
            members.push((relation, Table { name: relation.name.clone(), columns }));
        }
        members.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let parents_of = |relation: &Relation| -> Vec<&Relation> {
            let all = members.iter().map(|(member, _)| *member);
            all.filter(|member| relation.parents.contains(&member.name)).collect()
        };
        let tables = |wanted: &dyn Fn(&Relation) -> bool| -> Vec<Table> {
            members.iter().filter(|(r, _)| wanted(r)).map(|(_, table)| table.clone()).collect()
        };
        let top = |relation: &Relation| parents_of(relation).is_empty();
        let inherits = |relation: &Relation| {
            parents_of(relation).iter().any(|parent| parent.kind == RelationKind::Table)
        };
        Ok(Shape {
            domain: domain.to_owned(),
            tables: tables(&top),
            triggered: tables(&|relation| top(relation) || inherits(relation)),
        })
    }
}
