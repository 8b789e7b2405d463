//! The database's shape as an immutable value: what the operator pinned, joined with what the
//! server says of the rest.

use crate::names::{ColumnId, QualifiedName};
use crate::types::Oid;

/// Relations and functions by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Sorted by nothing in particular; look-ups go through `catalog::lookup`.
    pub relations: Vec<Relation>,
    /// Functions outside pg_catalog.
    pub functions: Vec<Function>,
    /// `server_version_num`, 0 if unknown.
    pub server_version: u32,
}

/// A table, view, materialised view, foreign table, partitioned table or sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Schema and name.
    pub name: QualifiedName,
    /// Oid on the live server; 0 if not known. A witness only, never a basis of sealing.
    pub oid: Oid,
    /// What kind of relation.
    pub kind: RelationKind,
    /// All columns in order, dropped ones left out.
    pub columns: Vec<Column>,
    /// Direct parents: the partitioned table, or the tables inherited from.
    pub parents: Vec<QualifiedName>,
    /// True if this shape is under the operator's MAC (`pgveil.lock`); such a relation is protected,
    /// a partition or child of a protected one, or a view whose lineage reaches one.
    pub pinned: bool,
    /// False if the live server disagrees with the pin: every statement on it is refused.
    pub open: bool,
    /// For views: the definition as pinned.
    pub definition: Option<String>,
    /// Sets of column positions that are unique together (primary key, unique constraints).
    pub unique_keys: Vec<Vec<usize>>,
}

/// `pg_class.relkind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// r
    Table,
    /// p
    Partitioned,
    /// v
    View,
    /// m
    MaterializedView,
    /// f
    Foreign,
    /// S
    Sequence,
    /// c
    Composite,
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name as stored.
    pub name: String,
    /// `attnum` on the live server, 1-based; 0 if not known. A witness only.
    pub attnum: i16,
    /// Stored type.
    pub type_oid: Oid,
    /// `format_type(atttypid, atttypmod)`.
    pub type_name: String,
    /// `atttypmod`.
    pub typmod: i32,
    /// Collation, `None` for the database's default or a type without one.
    pub collation: Option<String>,
    /// `GENERATED ALWAYS AS (…) STORED | VIRTUAL`.
    pub generated: bool,
    /// `GENERATED … AS IDENTITY`: 'a', 'd'.
    pub identity: Option<char>,
    /// Has a DEFAULT.
    pub has_default: bool,
    /// `NOT NULL`.
    pub not_null: bool,
    /// The tag that governs the values in this column: the column's own, that of the partition
    /// root or parent, or, in a view, that of the base column.
    pub tag: Option<ColumnId>,
}

/// A function or procedure outside pg_catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Schema and name; overloads are several entries.
    pub name: QualifiedName,
    /// `pg_proc.oid`, 0 if not known.
    pub oid: Oid,
    /// `sql`, `plpgsql`, `c`, ….
    pub language: String,
    /// `prosrc` or the SQL-standard body as text.
    pub body: String,
    /// Returns a set or a composite of rows.
    pub returns_rows: bool,
}
