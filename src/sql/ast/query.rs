//! Queries: SELECT, VALUES, TABLE, set operations, and what stands in FROM.

use super::{Expr, Ident, ObjectName, Span, Special, Statement, TypeName};

/// A query with everything around its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// WITH.
    pub with: Option<With>,
    /// What gives the rows.
    pub body: Body,
    /// ORDER BY.
    pub order_by: Vec<SortKey>,
    /// LIMIT or FETCH FIRST.
    pub limit: Option<Limit>,
    /// OFFSET.
    pub offset: Option<Expr>,
    /// FOR UPDATE and the like.
    pub locking: Vec<Locking>,
    /// Its tokens, without parentheses around it.
    pub span: Span,
}

/// What gives the rows of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// SELECT.
    Select(Box<Select>),
    /// VALUES: rows of expressions, all of one length as the server checks.
    Values(Vec<Vec<Expr>>),
    /// `TABLE name`: every column of it.
    Table(RelationRef),
    /// UNION, INTERSECT, EXCEPT.
    SetOperation(Box<SetOperation>),
}

/// A set operation.
#[derive(Clone, Debug, PartialEq)]
pub struct SetOperation {
    /// Which.
    pub operator: SetOperator,
    /// ALL: duplicates are kept.
    pub all: bool,
    /// Left side; has an ORDER BY, LIMIT or WITH of its own only if it was in parentheses.
    pub left: Query,
    /// Right side.
    pub right: Query,
}

/// Which set operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SetOperator {
    Union,
    Intersect,
    Except,
}

/// A SELECT without what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// DISTINCT.
    pub distinct: Distinct,
    /// The select list; may be empty.
    pub targets: Vec<Target>,
    /// INTO: the statement creates a table.
    pub into: Option<IntoTable>,
    /// FROM, comma-separated.
    pub from: Vec<FromItem>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// GROUP BY.
    pub group_by: Option<GroupBy>,
    /// HAVING.
    pub having: Option<Expr>,
    /// WINDOW.
    pub windows: Vec<WindowDefinition>,
    /// Its tokens.
    pub span: Span,
}

/// DISTINCT.
#[derive(Clone, Debug, PartialEq)]
pub enum Distinct {
    /// Not given, or ALL.
    No,
    /// DISTINCT.
    Yes,
    /// DISTINCT ON (…).
    On(Vec<Expr>),
}

/// An item of a select list or of RETURNING.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The value; [`super::ExprKind::Star`] for `*`.
    pub expr: Expr,
    /// AS, or a bare label.
    pub alias: Option<Ident>,
    /// The value with the parentheses around it.
    pub span: Span,
}

/// SELECT … INTO.
#[derive(Clone, Debug, PartialEq)]
pub struct IntoTable {
    /// The table that is made.
    pub name: ObjectName,
    /// TEMP, UNLOGGED.
    pub persistence: Persistence,
    /// From INTO to the name.
    pub span: Span,
}

/// How long a relation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Persistence {
    Permanent,
    Temporary,
    Unlogged,
}

/// GROUP BY.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBy {
    /// DISTINCT.
    pub distinct: bool,
    /// In order.
    pub items: Vec<GroupItem>,
}

/// An item of GROUP BY.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupItem {
    /// An expression, a column's position or an output name.
    Expr(Expr),
    /// `()`.
    Empty,
    /// ROLLUP (…).
    Rollup(Vec<Expr>),
    /// CUBE (…).
    Cube(Vec<Expr>),
    /// GROUPING SETS (…).
    Sets(Vec<GroupItem>),
}

/// A key of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// By what.
    pub expr: Expr,
    /// ASC, DESC or USING.
    pub direction: SortDirection,
    /// NULLS FIRST (true) or LAST (false).
    pub nulls_first: Option<bool>,
}

/// Which way a sort goes.
#[derive(Clone, Debug, PartialEq)]
pub enum SortDirection {
    /// Not said.
    Default,
    /// ASC.
    Ascending,
    /// DESC.
    Descending,
    /// USING operator.
    Using(super::Operator),
}

/// LIMIT, FETCH.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// How many; `None` for LIMIT ALL and for FETCH FIRST ROW.
    pub count: Option<Expr>,
    /// FETCH … WITH TIES.
    pub with_ties: bool,
}

/// FOR UPDATE, FOR SHARE ….
#[derive(Clone, Debug, PartialEq)]
pub struct Locking {
    /// How strong.
    pub strength: LockStrength,
    /// OF these; empty for all.
    pub of: Vec<ObjectName>,
    /// NOWAIT, SKIP LOCKED.
    pub wait: LockWait,
}

/// How strong a row lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LockStrength {
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

/// What happens if a row is locked by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LockWait {
    Block,
    Nowait,
    SkipLocked,
}

/// WITH.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// RECURSIVE.
    pub recursive: bool,
    /// In order.
    pub ctes: Vec<Cte>,
    /// From WITH to the last of them.
    pub span: Span,
}

/// One common table expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// Its columns, if named.
    pub columns: Vec<Ident>,
    /// MATERIALIZED (true), NOT MATERIALIZED (false).
    pub materialized: Option<bool>,
    /// A query, INSERT, UPDATE, DELETE or MERGE.
    pub statement: Statement,
    /// SEARCH.
    pub search: Option<Search>,
    /// CYCLE.
    pub cycle: Option<Cycle>,
    /// Its tokens.
    pub span: Span,
}

/// SEARCH … SET.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// BREADTH FIRST, not DEPTH FIRST.
    pub breadth_first: bool,
    /// BY these.
    pub by: Vec<Ident>,
    /// The column that is added.
    pub sequence: Ident,
}

/// CYCLE … SET … USING.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// These columns.
    pub columns: Vec<Ident>,
    /// The column that marks a cycle.
    pub mark: Ident,
    /// TO value DEFAULT value.
    pub values: Option<Box<[Expr; 2]>>,
    /// The column that holds the path.
    pub path: Ident,
}

/// A relation as a statement names it.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationRef {
    /// Its name.
    pub name: ObjectName,
    /// ONLY: without its children.
    pub only: bool,
    /// Alias, with names of columns.
    pub alias: Option<Alias>,
    /// Everything.
    pub span: Span,
}

/// `AS name (a, b)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: Ident,
    /// Names for the first columns.
    pub columns: Vec<Ident>,
}

/// An item of FROM.
#[derive(Clone, Debug, PartialEq)]
pub enum FromItem {
    /// A relation (or a CTE).
    Relation(Box<FromRelation>),
    /// A function, or ROWS FROM.
    Function(Box<FromFunction>),
    /// `(SELECT …)`.
    Subquery(Box<FromSubquery>),
    /// A join.
    Join(Box<Join>),
    /// XMLTABLE, JSON_TABLE.
    SpecialTable(Box<FromSpecial>),
}

/// A relation in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct FromRelation {
    /// Which.
    pub relation: RelationRef,
    /// TABLESAMPLE.
    pub sample: Option<TableSample>,
}

/// TABLESAMPLE method (args) REPEATABLE (seed).
#[derive(Clone, Debug, PartialEq)]
pub struct TableSample {
    /// Which method.
    pub method: ObjectName,
    /// Its arguments.
    pub args: Vec<Expr>,
    /// REPEATABLE.
    pub seed: Option<Expr>,
}

/// Functions in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct FromFunction {
    /// LATERAL was written (functions are lateral anyway).
    pub lateral: bool,
    /// One, or those of ROWS FROM.
    pub functions: Vec<TableFunction>,
    /// ROWS FROM was written.
    pub rows_from: bool,
    /// WITH ORDINALITY.
    pub ordinality: bool,
    /// Alias name, if any.
    pub alias: Option<Alias>,
    /// `AS [name] (a int, b text)`.
    pub definitions: Vec<ColumnTyped>,
    /// Everything.
    pub span: Span,
}

/// One function in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFunction {
    /// A call, or another expression that the grammar takes as one (COALESCE, CURRENT_DATE …).
    pub call: Expr,
    /// `AS (a int)` inside ROWS FROM.
    pub definitions: Vec<ColumnTyped>,
}

/// A column with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnTyped {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub type_name: TypeName,
    /// COLLATE.
    pub collation: Option<ObjectName>,
}

/// A subquery in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct FromSubquery {
    /// LATERAL.
    pub lateral: bool,
    /// The query.
    pub query: Query,
    /// Alias; may be missing since 16.
    pub alias: Option<Alias>,
    /// Everything.
    pub span: Span,
}

/// A join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which.
    pub kind: JoinKind,
    /// NATURAL.
    pub natural: bool,
    /// Left side.
    pub left: FromItem,
    /// Right side.
    pub right: FromItem,
    /// ON, USING.
    pub condition: JoinCondition,
    /// `(a JOIN b …) AS name (…)`.
    pub alias: Option<Alias>,
    /// Everything.
    pub span: Span,
}

/// Which join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

/// How the sides of a join are matched.
#[derive(Clone, Debug, PartialEq)]
pub enum JoinCondition {
    /// CROSS or NATURAL.
    None,
    /// ON.
    On(Expr),
    /// USING (columns) [AS alias].
    Using(Vec<Ident>, Option<Ident>),
}

/// XMLTABLE or JSON_TABLE in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct FromSpecial {
    /// LATERAL.
    pub lateral: bool,
    /// Its name and every expression inside, in order.
    pub special: Special,
    /// Names of the columns that it gives, in order, nested ones in place.
    pub columns: Vec<Ident>,
    /// Alias.
    pub alias: Option<Alias>,
    /// Everything.
    pub span: Span,
}

/// WINDOW name AS (…).
#[derive(Clone, Debug, PartialEq)]
pub struct WindowDefinition {
    /// Its name.
    pub name: Ident,
    /// What it is.
    pub spec: WindowSpec,
}

/// A window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSpec {
    /// The window that it builds on.
    pub base: Option<Ident>,
    /// PARTITION BY.
    pub partition_by: Vec<Expr>,
    /// ORDER BY.
    pub order_by: Vec<SortKey>,
    /// Offsets of the frame (`n PRECEDING`), in order.
    pub frame_offsets: Vec<Expr>,
    /// RANGE, ROWS, GROUPS …, as tokens.
    pub frame: Option<Span>,
}
