//! Definitions: tables, views, indexes, rules, policies, triggers, functions, and their changes.

use super::{
    ColumnTyped, Execute, Expr, Ident, IndexElement, ObjectKind, ObjectName, OptionItem, Persistence, Query,
    RelationRef, Span, Statement, TypeName,
};

/// CREATE TABLE AS and CREATE MATERIALIZED VIEW.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTableAs {
    /// What is made.
    pub name: ObjectName,
    /// MATERIALIZED VIEW.
    pub materialized_view: bool,
    /// TEMP, UNLOGGED.
    pub persistence: Persistence,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Names of the columns.
    pub columns: Vec<Ident>,
    /// From what.
    pub source: TableSource,
    /// WITH NO DATA.
    pub with_no_data: bool,
}

/// What a CREATE TABLE AS is filled from.
#[derive(Clone, Debug, PartialEq)]
pub enum TableSource {
    /// A query.
    Query(Query),
    /// EXECUTE name.
    Execute(Execute),
}

/// CREATE VIEW.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// OR REPLACE.
    pub replace: bool,
    /// TEMP.
    pub persistence: Persistence,
    /// RECURSIVE.
    pub recursive: bool,
    /// Names of the columns.
    pub columns: Vec<Ident>,
    /// What it shows.
    pub query: Query,
}

/// CREATE TABLE and CREATE FOREIGN TABLE.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// FOREIGN TABLE.
    pub foreign: bool,
    /// TEMP, UNLOGGED.
    pub persistence: Persistence,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Columns, in order.
    pub columns: Vec<ColumnDefinition>,
    /// Constraints of the table.
    pub constraints: Vec<Constraint>,
    /// LIKE other table, in order.
    pub like: Vec<LikeTable>,
    /// INHERITS.
    pub inherits: Vec<ObjectName>,
    /// PARTITION OF.
    pub partition_of: Option<ObjectName>,
    /// OF type.
    pub of_type: Option<ObjectName>,
    /// Expressions of FOR VALUES.
    pub bounds: Vec<Expr>,
    /// PARTITION BY: columns and expressions.
    pub partition_by: Vec<IndexElement>,
}

/// LIKE other table.
#[derive(Clone, Debug, PartialEq)]
pub struct LikeTable {
    /// The other table.
    pub name: ObjectName,
    /// INCLUDING (true) or EXCLUDING what, in order.
    pub options: Vec<(bool, Ident)>,
}

impl LikeTable {
    /// Does the new table take this over, too?
    pub fn includes(&self, what: &str) -> bool {
        let mut options = self.options.iter().rev();
        let last = options.find(|(_, option)| [what, "all"].contains(&option.as_str()));
        last.is_some_and(|(including, _)| *including)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Ident,
    /// Its type; `None` in typed tables and partitions.
    pub type_name: Option<TypeName>,
    /// COLLATE.
    pub collation: Option<ObjectName>,
    /// DEFAULT, CHECK, REFERENCES ….
    pub constraints: Vec<Constraint>,
    /// Everything.
    pub span: Span,
}

/// A constraint, of a column or of a table; DEFAULT and GENERATED are here as in gram.y.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// CONSTRAINT name.
    pub name: Option<Ident>,
    /// Which.
    pub kind: ConstraintKind,
    /// Everything.
    pub span: Span,
}

/// Which constraint.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// NOT NULL.
    NotNull,
    /// NULL.
    Null,
    /// DEFAULT.
    Default(Expr),
    /// GENERATED ALWAYS AS (…) STORED or VIRTUAL.
    Generated(Expr),
    /// GENERATED … AS IDENTITY; the flag is ALWAYS.
    Identity(bool),
    /// CHECK.
    Check(Expr),
    /// UNIQUE; columns of a table constraint.
    Unique(Vec<Ident>),
    /// PRIMARY KEY.
    PrimaryKey(Vec<Ident>),
    /// UNIQUE or PRIMARY KEY USING INDEX.
    UsingIndex(Ident),
    /// REFERENCES table (columns).
    ForeignKey {
        /// Columns of this table (empty for a column's own constraint).
        columns: Vec<Ident>,
        /// The other table.
        table: ObjectName,
        /// Its columns, if written.
        referenced: Vec<Ident>,
    },
    /// EXCLUDE: elements with their operators, and WHERE.
    Exclude(Vec<IndexElement>, Option<Expr>),
    /// DEFERRABLE, STORAGE, COMPRESSION … that say nothing of values.
    Attribute,
}

/// CREATE INDEX.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// Its name.
    pub name: Option<Ident>,
    /// On which table.
    pub table: RelationRef,
    /// UNIQUE.
    pub unique: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// USING; `None` is btree.
    pub method: Option<Ident>,
    /// What is indexed.
    pub elements: Vec<IndexElement>,
    /// INCLUDE.
    pub include: Vec<IndexElement>,
    /// WHERE.
    pub filter: Option<Expr>,
}

/// CREATE RULE.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateRule {
    /// Its name.
    pub name: Ident,
    /// On which relation.
    pub table: ObjectName,
    /// WHERE.
    pub filter: Option<Expr>,
    /// What it does; empty is NOTHING.
    pub actions: Vec<Statement>,
}

/// CREATE POLICY and ALTER POLICY (row security).
#[derive(Clone, Debug, PartialEq)]
pub struct RowPolicy {
    /// Its name.
    pub name: Ident,
    /// On which table.
    pub table: ObjectName,
    /// USING.
    pub using: Option<Expr>,
    /// WITH CHECK.
    pub check: Option<Expr>,
}

/// CREATE TRIGGER.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// Its name.
    pub name: Ident,
    /// INSTEAD OF.
    pub instead: bool,
    /// On which relation.
    pub table: ObjectName,
    /// UPDATE OF these.
    pub columns: Vec<Ident>,
    /// WHEN.
    pub condition: Option<Expr>,
    /// EXECUTE FUNCTION.
    pub function: ObjectName,
    /// Its arguments, by token.
    pub args: Span,
}

/// CREATE FUNCTION and CREATE PROCEDURE.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateFunction {
    /// Its name.
    pub name: ObjectName,
    /// OR REPLACE.
    pub replace: bool,
    /// PROCEDURE.
    pub procedure: bool,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// RETURNS.
    pub returns: Option<TypeName>,
    /// RETURNS TABLE.
    pub returns_table: Vec<ColumnTyped>,
    /// LANGUAGE, folded.
    pub language: Option<Box<str>>,
    /// The body.
    pub body: FunctionBody,
    /// SET and the other options, as tokens.
    pub options: Span,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Option<Ident>,
    /// OUT, INOUT, VARIADIC or IN.
    pub mode: ParameterMode,
    /// Its type.
    pub type_name: TypeName,
    /// DEFAULT.
    pub default: Option<Expr>,
}

/// Which way a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ParameterMode {
    In,
    Out,
    InOut,
    Variadic,
}

/// The body of a function.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionBody {
    /// AS 'text' (or 'object file', 'symbol'), by token.
    Text(Vec<u32>),
    /// RETURN expression.
    Return(Expr),
    /// BEGIN ATOMIC … END; a RETURN inside is a query of one column without FROM.
    Atomic(Vec<Statement>),
    /// None written.
    Missing,
}

/// CREATE STATISTICS.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateStatistics {
    /// Columns and expressions.
    pub exprs: Vec<Expr>,
    /// FROM.
    pub from: Vec<super::FromItem>,
}

/// ALTER TABLE and its kin.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// TABLE, INDEX, VIEW, MATERIALIZED VIEW, FOREIGN TABLE, SEQUENCE.
    pub kind: ObjectKind,
    /// Which.
    pub table: RelationRef,
    /// IF EXISTS.
    pub if_exists: bool,
    /// What is changed, in order.
    pub actions: Vec<AlterAction>,
}

/// One subcommand of ALTER TABLE.
#[derive(Clone, Debug, PartialEq)]
pub enum AlterAction {
    /// ADD COLUMN; the flag is IF NOT EXISTS.
    AddColumn(ColumnDefinition, bool),
    /// DROP COLUMN; the flag is IF EXISTS.
    DropColumn(Ident, bool),
    /// ALTER COLUMN SET DEFAULT.
    SetDefault(Ident, Expr),
    /// ALTER COLUMN DROP DEFAULT.
    DropDefault(Ident),
    /// ALTER COLUMN TYPE … USING ….
    ColumnType(Ident, TypeName, Option<Expr>),
    /// ALTER COLUMN SET EXPRESSION AS (…), since 17.
    SetExpression(Ident, Expr),
    /// ALTER COLUMN SET or DROP NOT NULL, STATISTICS, STORAGE, identity …: says nothing of values.
    ColumnAttribute(Ident),
    /// ADD a constraint.
    AddConstraint(Constraint),
    /// DROP CONSTRAINT name.
    DropConstraint(Ident),
    /// VALIDATE CONSTRAINT name.
    ValidateConstraint(Ident),
    /// RENAME COLUMN old TO new.
    RenameColumn(Ident, Ident),
    /// RENAME CONSTRAINT.
    RenameConstraint(Ident, Ident),
    /// RENAME TO.
    Rename(Ident),
    /// SET SCHEMA.
    SetSchema(Ident),
    /// INHERIT parent.
    Inherit(ObjectName),
    /// NO INHERIT parent.
    NoInherit(ObjectName),
    /// ATTACH PARTITION, with the expressions of its bounds.
    AttachPartition(ObjectName, Vec<Expr>),
    /// DETACH PARTITION.
    DetachPartition(ObjectName),
    /// REPLICA IDENTITY, OWNER TO, SET (…), ENABLE TRIGGER, row security, CLUSTER …, by tokens.
    Other(Span),
}

/// CREATE DOMAIN and ALTER DOMAIN.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// Its name.
    pub name: ObjectName,
    /// CREATE.
    pub create: bool,
    /// Its type, of CREATE.
    pub type_name: Option<TypeName>,
    /// DEFAULT and CHECK.
    pub constraints: Vec<Constraint>,
}

/// CREATE PUBLICATION and ALTER PUBLICATION.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// Its tables.
    pub tables: Vec<PublishedTable>,
    /// FOR ALL TABLES or TABLES IN SCHEMA.
    pub wholesale: bool,
    /// WITH (…).
    pub options: Vec<OptionItem>,
}

/// A table of a publication.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedTable {
    /// Which.
    pub table: RelationRef,
    /// Its columns, if listed.
    pub columns: Vec<Ident>,
    /// WHERE.
    pub filter: Option<Expr>,
}
