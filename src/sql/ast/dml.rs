//! INSERT, UPDATE, DELETE, MERGE.

use super::{Expr, FromItem, Ident, ObjectName, Query, RelationRef, SortDirection, Span, Step, Target, With};

/// INSERT.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// WITH.
    pub with: Option<With>,
    /// The table and its alias.
    pub target: RelationRef,
    /// The column list, if written.
    pub columns: Option<Vec<AssignTarget>>,
    /// OVERRIDING.
    pub overriding: Option<Overriding>,
    /// Where the rows come from.
    pub source: InsertSource,
    /// ON CONFLICT.
    pub on_conflict: Option<OnConflict>,
    /// RETURNING.
    pub returning: Option<Returning>,
}

/// OVERRIDING … VALUE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Overriding {
    User,
    System,
}

/// Where inserted rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertSource {
    /// DEFAULT VALUES.
    Default,
    /// VALUES or any query; DEFAULT may stand in the rows of a VALUES.
    Query(Box<Query>),
}

/// A column that is assigned to, with subscripts and fields after it.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignTarget {
    /// The column.
    pub name: Ident,
    /// `[1]`, `.f`; anything here means only a part of the column is assigned.
    pub steps: Vec<Step>,
    /// Its tokens.
    pub span: Span,
}

/// ON CONFLICT.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// Which conflict.
    pub target: ConflictTarget,
    /// DO UPDATE; `None` is DO NOTHING.
    pub update: Option<ConflictUpdate>,
    /// Everything.
    pub span: Span,
}

/// Which conflict is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictTarget {
    /// Any.
    Any,
    /// `(elements) WHERE predicate`.
    Index(Vec<IndexElement>, Option<Expr>),
    /// ON CONSTRAINT name.
    Constraint(Ident),
}

/// DO UPDATE SET … WHERE ….
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictUpdate {
    /// SET.
    pub assignments: Vec<Assignment>,
    /// WHERE.
    pub filter: Option<Expr>,
}

/// A column or expression of an index or of a conflict target.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexElement {
    /// A bare name is a [`super::ExprKind::Column`] of one part.
    pub expr: Expr,
    /// COLLATE.
    pub collation: Option<ObjectName>,
    /// Operator class, with whatever options it has.
    pub operator_class: Option<ObjectName>,
    /// ASC, DESC.
    pub direction: SortDirection,
    /// NULLS FIRST (true) or LAST (false).
    pub nulls_first: Option<bool>,
}

/// One assignment of SET.
#[derive(Clone, Debug, PartialEq)]
pub enum Assignment {
    /// `a = x`.
    One(AssignTarget, Expr),
    /// `(a, b) = (x, y)`, `(a, b) = ROW(x, y)`, `(a, b) = (SELECT …)`, `(a, b) = f()`.
    Tuple(Vec<AssignTarget>, Expr),
}

/// UPDATE.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// WITH.
    pub with: Option<With>,
    /// The table and its alias.
    pub target: RelationRef,
    /// SET.
    pub assignments: Vec<Assignment>,
    /// FROM.
    pub from: Vec<FromItem>,
    /// WHERE.
    pub filter: Option<Filter>,
    /// RETURNING.
    pub returning: Option<Returning>,
}

/// WHERE of an UPDATE or DELETE.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// A condition.
    Expr(Expr),
    /// CURRENT OF cursor.
    CurrentOf(Ident),
}

/// DELETE.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// WITH.
    pub with: Option<With>,
    /// The table and its alias.
    pub target: RelationRef,
    /// USING.
    pub using: Vec<FromItem>,
    /// WHERE.
    pub filter: Option<Filter>,
    /// RETURNING.
    pub returning: Option<Returning>,
}

/// RETURNING.
#[derive(Clone, Debug, PartialEq)]
pub struct Returning {
    /// WITH (OLD AS name), since 18.
    pub old: Option<Ident>,
    /// WITH (NEW AS name), since 18.
    pub new: Option<Ident>,
    /// What is returned.
    pub targets: Vec<Target>,
    /// Everything.
    pub span: Span,
}

/// MERGE.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// WITH.
    pub with: Option<With>,
    /// The table and its alias.
    pub target: RelationRef,
    /// USING.
    pub source: FromItem,
    /// ON.
    pub on: Expr,
    /// WHEN, in order.
    pub arms: Vec<MergeArm>,
    /// RETURNING, since 17.
    pub returning: Option<Returning>,
}

/// WHEN of a MERGE.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeArm {
    /// For which rows.
    pub matched: MergeMatch,
    /// AND condition.
    pub condition: Option<Expr>,
    /// What is done.
    pub action: MergeAction,
}

/// Which rows an arm of MERGE is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MergeMatch {
    Matched,
    NotMatchedBySource,
    NotMatchedByTarget,
}

/// What an arm of MERGE does.
#[derive(Clone, Debug, PartialEq)]
pub enum MergeAction {
    /// UPDATE SET.
    Update(Vec<Assignment>),
    /// DELETE.
    Delete,
    /// INSERT.
    Insert(MergeInsert),
    /// DO NOTHING.
    Nothing,
}

/// INSERT of a MERGE.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeInsert {
    /// The column list, if written.
    pub columns: Option<Vec<AssignTarget>>,
    /// OVERRIDING.
    pub overriding: Option<Overriding>,
    /// `None` is DEFAULT VALUES.
    pub values: Option<Vec<Expr>>,
    /// The VALUES keyword, or DEFAULT of DEFAULT VALUES: a column list may be spliced in before it
    /// (before OVERRIDING, if there is one, whose first token this then is).
    pub before_values: u32,
}
