//! The database's shape as an immutable value: what the operator pinned, joined with what the
//! server says of the rest.

use crate::catalog::lookup::Index;
use crate::names::{ColumnId, QualifiedName};
use crate::types::Oid;

/// Relations and functions, with the look-ups of [`crate::catalog::lookup`].
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub(in crate::catalog) relations: Vec<Relation>,
    pub(in crate::catalog) functions: Vec<Function>,
    pub(in crate::catalog) server_version: u32,
    /// lower and upper of an ASCII letter is not the ASCII letter of the other case.
    pub(in crate::catalog) dotless: bool,
    pub(in crate::catalog) index: Index,
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
    /// For views: the definition as pinned. For foreign tables: the values of their options, one a
    /// line, and their own name if no option gives another.
    pub definition: Option<String>,
    /// Sets of column positions that are unique together (primary key, unique constraints and
    /// unique indexes without a predicate or an expression).
    pub unique_keys: Vec<Vec<usize>>,
    /// What hangs on the relation: rules, triggers, row policies, checks, foreign keys, indexes.
    pub attachments: Vec<Attachment>,
}

impl Relation {
    /// A relation of which nothing is known but its name: no columns, not pinned, open.
    pub fn new(name: QualifiedName, kind: RelationKind) -> Self {
        Relation {
            name,
            oid: 0,
            kind,
            columns: Vec::new(),
            parents: Vec::new(),
            pinned: false,
            open: true,
            definition: None,
            unique_keys: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// The column of this name, with its position.
    pub fn column(&self, name: &str) -> Option<(usize, &Column)> {
        self.columns.iter().enumerate().find(|(_, c)| c.name == name)
    }

    /// Does any of its columns carry a tag?
    pub fn is_tagged(&self) -> bool {
        self.columns.iter().any(|c| c.tag.is_some())
    }
}

/// Something defined on a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// Its name, unique on the relation within its kind.
    pub name: String,
    /// As the server prints it, every name qualified.
    pub definition: String,
    /// `pg_constraint.convalidated`; true for what is no constraint.
    pub validated: bool,
}

/// What hangs on a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttachmentKind {
    /// `CREATE RULE`, other than a view's own.
    Rule,
    /// `CREATE TRIGGER`, other than internal ones.
    Trigger,
    /// `CREATE POLICY`.
    RowPolicy,
    /// A CHECK constraint.
    Check,
    /// A foreign key.
    ForeignKey,
    /// An index, that of a constraint too.
    Index,
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

impl RelationKind {
    /// Its columns are what a definition says, whatever they are called.
    pub fn is_defined(self) -> bool {
        match self {
            RelationKind::View | RelationKind::MaterializedView => true,
            RelationKind::Table
            | RelationKind::Partitioned
            | RelationKind::Foreign
            | RelationKind::Sequence
            | RelationKind::Composite => false,
        }
    }
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
    /// What a domain, or an array of one, is made over in the end, as `type_name` is written; empty for other
    /// types.
    pub base_type: String,
    /// `atttypmod`.
    pub typmod: i32,
    /// Collation, `None` for the database's default or a type without one.
    pub collation: Option<String>,
    /// That collation calls strings equal that differ in bytes.
    pub nondeterministic: bool,
    /// `GENERATED ALWAYS AS (…) STORED | VIRTUAL`.
    pub generated: bool,
    /// `GENERATED … AS IDENTITY`: 'a', 'd'.
    pub identity: Option<char>,
    /// Has a DEFAULT.
    pub has_default: bool,
    /// The DEFAULT or the generating expression as the server prints it, if it is known.
    pub expression: Option<String>,
    /// `NOT NULL`.
    pub not_null: bool,
    /// The tag that governs the values in this column: the column's own, that of the partition
    /// root or parent, or, in a view, that of the base column.
    pub tag: Option<ColumnId>,
}

impl Column {
    /// A nullable column without default, collation or tag.
    pub fn new(name: impl Into<String>, type_oid: Oid, type_name: impl Into<String>) -> Self {
        Column {
            name: name.into(),
            attnum: 0,
            type_oid,
            type_name: type_name.into(),
            base_type: String::new(),
            typmod: -1,
            collation: None,
            nondeterministic: false,
            generated: false,
            identity: None,
            has_default: false,
            expression: None,
            not_null: false,
            tag: None,
        }
    }
}

impl Column {
    /// The relation or composite type whose rows it would hold, by the name of its type.
    pub fn row_type(&self) -> Option<QualifiedName> {
        let own = if self.base_type.is_empty() { &self.type_name } else { &self.base_type };
        QualifiedName::parse(own.trim_end_matches("[]"))
    }
}

/// A function or procedure outside pg_catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Schema and name; overloads are several entries.
    pub name: QualifiedName,
    /// `pg_proc.oid`, 0 if not known.
    pub oid: Oid,
    /// `sql`, `plpgsql`, `c`, …; `sql` for an aggregate.
    pub language: String,
    /// `pg_get_function_identity_arguments`: tells overloads apart.
    pub arguments: String,
    /// `prosrc` or the SQL-standard body as text; for an aggregate, in language `sql`, the names of the
    /// functions that it calls.
    pub body: String,
    /// Returns a set or a composite of rows.
    pub returns_rows: bool,
    /// The extension that it belongs to.
    pub extension: Option<String>,
    /// Its body names something pinned, and stands under the operator's MAC.
    pub pinned: bool,
    /// False if the live server disagrees with the pin, or if it should be pinned and is not.
    pub open: bool,
}

impl Function {
    /// A function without arguments that returns no rows.
    pub fn new(name: QualifiedName, language: impl Into<String>, body: impl Into<String>) -> Self {
        Function {
            name,
            oid: 0,
            language: language.into(),
            arguments: String::new(),
            body: body.into(),
            returns_rows: false,
            extension: None,
            pinned: false,
            open: true,
        }
    }
}
