//! The shape that the operator accepted: of every relation and function that the policy reaches, all
//! that decides how a value is sealed or opened.
//!
//! Knows shapes and the names of tags. Holds nothing that the server numbers as it likes (oids of
//! its own types, attnums): these are witnesses, which `join` takes from the live server.

use serde::{Deserialize, Deserializer};

use crate::catalog::model::{Column, Function, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName};
use crate::types::{LogicalType, Oid};

/// `FirstGenbkiObjectId` of PostgreSQL's `access/transam.h`: an oid below is the same everywhere.
pub const FIRST_VARIABLE_OID: Oid = 10_000;

/// What was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Layout of the file; 1.
    pub version: u32,
    /// Ordered by name.
    #[serde(default, rename = "relation")]
    pub relations: Vec<PinnedRelation>,
    /// Ordered by name and arguments.
    #[serde(default, rename = "function")]
    pub functions: Vec<PinnedFunction>,
}

/// A protected table, its partition or child, or a view or rule's relation that reaches one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedRelation {
    /// Schema and name.
    #[serde(deserialize_with = "one_name")]
    pub name: QualifiedName,
    /// What kind.
    #[serde(deserialize_with = "kind_word")]
    pub kind: RelationKind,
    /// Direct parents, in order.
    #[serde(default, deserialize_with = "names")]
    pub parents: Vec<QualifiedName>,
    /// All columns, in order.
    pub columns: Vec<PinnedColumn>,
    /// A view's, or what a foreign table stands for.
    #[serde(default)]
    pub definition: Option<String>,
    /// Name and definition, ordered by name.
    #[serde(default)]
    pub rules: Vec<(String, String)>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedColumn {
    /// As stored.
    pub name: String,
    /// `format_type`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Of a built-in type; 0 for one whose oid differs from database to database.
    #[serde(default)]
    pub oid: Oid,
    /// Other than the database's default.
    #[serde(default)]
    pub collation: Option<String>,
    /// See [`Column::nondeterministic`].
    #[serde(default)]
    pub nondeterministic: bool,
    /// See [`Column::generated`].
    #[serde(default)]
    pub generated: bool,
    /// See [`Column::identity`].
    #[serde(default)]
    pub identity: Option<char>,
    /// See [`Column::has_default`].
    #[serde(default, rename = "default")]
    pub has_default: bool,
    /// `schema.table.column` of the policy's tag that governs it.
    #[serde(default)]
    pub tag: Option<String>,
    /// The type that clients see, of a column that is tagged itself: its own before `apply` changed
    /// it, unless the policy declares one.
    #[serde(default, deserialize_with = "logical_word")]
    pub logical: Option<LogicalType>,
}

/// A function whose body names something pinned.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedFunction {
    /// Schema and name.
    #[serde(deserialize_with = "one_name")]
    pub name: QualifiedName,
    /// Tells overloads apart.
    pub arguments: String,
    /// `sql`, `plpgsql`, ….
    pub language: String,
    /// Its body.
    pub body: String,
    /// Returns rows.
    #[serde(default)]
    pub returns_rows: bool,
}

impl Pin {
    /// An empty one.
    pub fn empty() -> Self {
        Pin { version: 1, ..Pin::default() }
    }

    /// The pin of everything that is marked as pinned. `tag_name` names a tag as the policy does;
    /// `logical` says the type that clients see.
    pub fn of(
        relations: &[Relation],
        functions: &[Function],
        tag_name: impl Fn(ColumnId) -> Option<String>,
        logical: impl Fn(&QualifiedName, &Column) -> Option<LogicalType>,
    ) -> Self {
        let pinned = relations.iter().filter(|r| r.pinned);
        let mut relations: Vec<PinnedRelation> = pinned
            .map(|relation| {
                let mut pinned = PinnedRelation::shape(relation);
                for (slot, column) in pinned.columns.iter_mut().zip(&relation.columns) {
                    slot.tag = column.tag.and_then(&tag_name);
                    slot.logical = logical(&relation.name, column);
                }
                pinned
            })
            .collect();
        relations.sort_by(|a, b| a.name.cmp(&b.name));
        let mut functions: Vec<PinnedFunction> =
            functions.iter().filter(|f| f.pinned).map(PinnedFunction::shape).collect();
        functions.sort_by(|a, b| (&a.name, &a.arguments).cmp(&(&b.name, &b.arguments)));
        Pin { version: 1, relations, functions }
    }

    /// The pinned relation of this name.
    pub fn relation(&self, name: &QualifiedName) -> Option<&PinnedRelation> {
        self.relations.iter().find(|r| r.name == *name)
    }

    /// The pinned function of this name and these arguments.
    pub fn function(&self, name: &QualifiedName, arguments: &str) -> Option<&PinnedFunction> {
        self.functions.iter().find(|f| f.name == *name && f.arguments == arguments)
    }
}

impl PinnedRelation {
    /// The shape alone, without tags.
    pub fn shape(relation: &Relation) -> Self {
        let column = |column: &Column| PinnedColumn {
            name: column.name.clone(),
            type_name: column.type_name.clone(),
            oid: if column.type_oid < FIRST_VARIABLE_OID { column.type_oid } else { 0 },
            collation: column.collation.clone(),
            nondeterministic: column.nondeterministic,
            generated: column.generated,
            identity: column.identity,
            has_default: column.has_default,
            tag: None,
            logical: None,
        };
        let rules = relation.attachments.iter().filter(|a| a.kind == super::model::AttachmentKind::Rule);
        let mut rules: Vec<(String, String)> =
            rules.map(|rule| (rule.name.clone(), rule.definition.clone())).collect();
        rules.sort();
        PinnedRelation {
            name: relation.name.clone(),
            kind: relation.kind,
            parents: relation.parents.clone(),
            columns: relation.columns.iter().map(column).collect(),
            definition: relation.definition.clone(),
            rules,
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&PinnedColumn> {
        self.columns.iter().find(|c| c.name == name)
    }
}

impl PinnedFunction {
    fn shape(function: &Function) -> Self {
        PinnedFunction {
            name: function.name.clone(),
            arguments: function.arguments.clone(),
            language: function.language.clone(),
            body: function.body.clone(),
            returns_rows: function.returns_rows,
        }
    }
}

/// The words of the file for kinds of relations.
pub const KINDS: [(&str, RelationKind); 7] = [
    ("table", RelationKind::Table),
    ("partitioned table", RelationKind::Partitioned),
    ("view", RelationKind::View),
    ("materialized view", RelationKind::MaterializedView),
    ("foreign table", RelationKind::Foreign),
    ("sequence", RelationKind::Sequence),
    ("composite type", RelationKind::Composite),
];

fn kind_word<'de, D: Deserializer<'de>>(from: D) -> Result<RelationKind, D::Error> {
    let word = String::deserialize(from)?;
    let kind = KINDS.iter().find(|(w, _)| *w == word).map(|(_, kind)| *kind);
    kind.ok_or_else(|| serde::de::Error::custom("unknown kind of relation"))
}

fn logical_word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<LogicalType>, D::Error> {
    let word = String::deserialize(from)?;
    let logical = LogicalType::parse(&word);
    logical.map(Some).ok_or_else(|| serde::de::Error::custom("unknown logical type"))
}

fn parsed<E: serde::de::Error>(name: &str) -> Result<QualifiedName, E> {
    QualifiedName::parse(name).ok_or_else(|| E::custom("not a qualified name"))
}

fn one_name<'de, D: Deserializer<'de>>(from: D) -> Result<QualifiedName, D::Error> {
    parsed(&String::deserialize(from)?)
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<QualifiedName>, D::Error> {
    Vec::<String>::deserialize(from)?.iter().map(|name| parsed(name)).collect()
}
