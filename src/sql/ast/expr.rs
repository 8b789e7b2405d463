//! Expressions: `a_expr`, `b_expr`, `c_expr` of gram.y.

use super::{Ident, ObjectName, Query, SortKey, Span, WindowSpec};

/// An expression. Parentheses are no node: the span of an expression leaves out the parentheses
/// around it, the span of the node above it takes them in.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its tokens, without parentheses around it.
    pub span: Span,
}

/// Every kind of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `a`, `a.b`, `a.b.c.d`; what the parts mean is for the resolver.
    Column(Vec<Ident>),
    /// `*` (no parts) or `a.*`, `a.b.*`.
    Star(Vec<Ident>),
    /// A constant of the client's text; its token is `span.start`.
    Literal(LiteralKind),
    /// `$n`.
    Param(u32),
    /// NULL.
    Null,
    /// TRUE, FALSE.
    Bool(bool),
    /// DEFAULT in VALUES or SET.
    Default,
    /// A prefix operator (`left` is `None`) or an infix operator.
    Operator(Box<Operation>),
    /// `a AND b AND c`, flat, as long as no parentheses group it.
    And(Vec<Expr>),
    /// `a OR b OR c`, flat.
    Or(Vec<Expr>),
    /// NOT.
    Not(Box<Expr>),
    /// `x = ANY (…)`, `x <> ALL (…)`, `x LIKE ANY (…)`.
    Quantified(Box<Quantified>),
    /// `x [NOT] IN (…)`.
    In(Box<In>),
    /// `x [NOT] BETWEEN [SYMMETRIC] a AND b`.
    Between(Box<Between>),
    /// LIKE, ILIKE, SIMILAR TO.
    Like(Box<Like>),
    /// `x IS [NOT] …`.
    Is(Box<Expr>, IsTest, bool),
    /// `a IS [NOT] DISTINCT FROM b`; the flag is NOT.
    IsDistinct(Box<[Expr; 2]>, bool),
    /// `x::t`, `CAST(x AS t)`, `t 'literal'`.
    Cast(Box<Cast>),
    /// `x COLLATE c`.
    Collate(Box<Expr>, ObjectName),
    /// `x AT TIME ZONE z`; `None` is AT LOCAL.
    AtTimeZone(Box<Expr>, Option<Box<Expr>>),
    /// `ARRAY[…]`, also an inner `[…]`.
    Array(Vec<Expr>),
    /// `ARRAY(SELECT …)`.
    ArrayQuery(Box<Query>),
    /// `x[1]`, `x[1:2]`, `(x).f`, `(x).*`, `$1.f`, `(SELECT …)[1]`.
    Indirection(Box<Expr>, Vec<Step>),
    /// `ROW(…)` (true) or `(a, b)` (false).
    Row(Vec<Expr>, bool),
    /// CASE.
    Case(Box<Case>),
    /// COALESCE.
    Coalesce(Vec<Expr>),
    /// NULLIF.
    Nullif(Box<[Expr; 2]>),
    /// GREATEST.
    Greatest(Vec<Expr>),
    /// LEAST.
    Least(Vec<Expr>),
    /// A function, aggregate or window function, and the keyword forms that stand for one.
    Call(Box<FunctionCall>),
    /// CURRENT_DATE, CURRENT_USER and the like.
    Session(SessionValue, Option<Box<Expr>>),
    /// GROUPING(…).
    Grouping(Vec<Expr>),
    /// `(SELECT …)` as a value.
    Subquery(Box<Query>),
    /// `EXISTS (SELECT …)`.
    Exists(Box<Query>),
    /// `(a, b) OVERLAPS (c, d)`: both rows.
    Overlaps(Box<[Expr; 2]>),
    /// `MERGE_ACTION()`.
    MergeAction,
    /// XMLELEMENT, XMLFOREST, JSON_OBJECT, JSON_VALUE …: special syntax whose arguments are all here,
    /// in order, with names where the syntax gives one.
    Special(Box<Special>),
}

/// Which way a constant was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `'…'`, `E'…'`, `U&'…'`, `$tag$…$tag$`.
    String,
    /// `B'…'`.
    Bits,
    /// `X'…'`.
    HexBits,
    /// Digits that fit a 32-bit integer, in any base.
    Integer,
    /// Every other number.
    Number,
}

/// An operator, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The symbol, `!=` turned into `<>` as the server does.
    pub symbol: Box<str>,
    /// Of `OPERATOR(schema.op)`.
    pub schema: Vec<Ident>,
    /// Its tokens.
    pub span: Span,
}

/// An operator with its operands.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Which.
    pub operator: Operator,
    /// `None` for a prefix operator.
    pub left: Option<Expr>,
    /// The operand after it.
    pub right: Expr,
}

/// `left op ANY (right)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantified {
    /// The value.
    pub left: Expr,
    /// The operator; LIKE and ILIKE stand as `~~`, `!~~`, `~~*`, `!~~*`.
    pub operator: Operator,
    /// ALL, not ANY or SOME.
    pub all: bool,
    /// What it is compared with.
    pub right: QuantifiedOver,
}

/// The right side of ANY and ALL.
#[derive(Clone, Debug, PartialEq)]
pub enum QuantifiedOver {
    /// An array.
    Array(Expr),
    /// The rows of a query.
    Query(Box<Query>),
}

/// `expr [NOT] IN (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct In {
    /// The value.
    pub expr: Expr,
    /// NOT IN.
    pub negated: bool,
    /// What it is compared with.
    pub list: InList,
}

/// The right side of IN.
#[derive(Clone, Debug, PartialEq)]
pub enum InList {
    /// `(a, b, c)`.
    Exprs(Vec<Expr>),
    /// `(SELECT …)`.
    Query(Box<Query>),
}

/// BETWEEN.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The value.
    pub expr: Expr,
    /// NOT BETWEEN.
    pub negated: bool,
    /// SYMMETRIC.
    pub symmetric: bool,
    /// First bound.
    pub low: Expr,
    /// Second bound.
    pub high: Expr,
}

/// LIKE and its kin.
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// Which.
    pub kind: LikeKind,
    /// NOT.
    pub negated: bool,
    /// The value.
    pub expr: Expr,
    /// The pattern.
    pub pattern: Expr,
    /// ESCAPE.
    pub escape: Option<Expr>,
}

/// Which kind of pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikeKind {
    /// LIKE.
    Like,
    /// ILIKE.
    Ilike,
    /// SIMILAR TO.
    Similar,
}

/// What IS tests for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsTest {
    /// NULL, also ISNULL and NOTNULL.
    Null,
    /// TRUE.
    True,
    /// FALSE.
    False,
    /// UNKNOWN.
    Unknown,
    /// DOCUMENT.
    Document,
    /// [form] NORMALIZED.
    Normalized,
    /// JSON [VALUE | ARRAY | OBJECT | SCALAR] […].
    Json,
}

/// A cast.
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// What is cast.
    pub expr: Expr,
    /// To what.
    pub to: TypeName,
    /// How it was written.
    pub form: CastForm,
}

/// How a cast was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastForm {
    /// `x::t`.
    Colons,
    /// `CAST(x AS t)`, `TREAT(x AS t)` is a call and not this.
    Function,
    /// `t 'literal'`, `interval '1' day`.
    Prefix,
    /// `t(x)`, where `t` is the name of a type and of no function that takes it (manual, 4.2.9).
    Call,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeName {
    /// Its name; a built-in that the grammar spells itself (`int`, `character varying`, `timestamp
    /// with time zone` …) has one part, the name in pg_catalog (`int4`, `varchar`, `timestamptz`).
    pub name: ObjectName,
    /// The grammar's own spelling was used, so the name is pg_catalog's, whatever search_path says.
    pub builtin: bool,
    /// `(…)` after the name.
    pub modifiers: Vec<Expr>,
    /// Array dimensions, `Some(n)` where a size was given.
    pub dimensions: Vec<Option<u32>>,
    /// SETOF.
    pub set_of: bool,
    /// `table.column%TYPE`.
    pub percent_type: bool,
    /// Fields of an interval (`day to second`), as tokens.
    pub interval_fields: Option<Span>,
    /// Everything.
    pub span: Span,
}

impl TypeName {
    /// A type by nothing but its name.
    pub fn named(name: ObjectName) -> Self {
        TypeName {
            span: name.span,
            name,
            builtin: false,
            modifiers: Vec::new(),
            dimensions: Vec::new(),
            set_of: false,
            percent_type: false,
            interval_fields: None,
        }
    }
}

/// One step of an indirection.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `.f`
    Field(Ident),
    /// `.*`
    Star,
    /// `[i]`
    Index(Expr),
    /// `[a:b]`, either may be missing.
    Slice(Option<Expr>, Option<Expr>),
}

/// CASE.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// `CASE operand WHEN …`.
    pub operand: Option<Expr>,
    /// WHEN (condition or value to compare with the operand) THEN result.
    pub arms: Vec<(Expr, Expr)>,
    /// ELSE.
    pub otherwise: Option<Expr>,
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCall {
    /// The function; for keyword forms the name of the function that the server calls (`extract`,
    /// `overlay`, `position`, `substring`, `btrim` …).
    pub name: ObjectName,
    /// How the arguments are written.
    pub syntax: CallSyntax,
    /// In the order written (the server's order may differ in keyword forms, e.g. POSITION).
    pub args: Vec<Argument>,
    /// `f(*)`.
    pub star: bool,
    /// DISTINCT.
    pub distinct: bool,
    /// ORDER BY inside the parentheses.
    pub order_by: Vec<SortKey>,
    /// WITHIN GROUP (ORDER BY …).
    pub within_group: Vec<SortKey>,
    /// FILTER (WHERE …).
    pub filter: Option<Expr>,
    /// OVER.
    pub over: Option<Over>,
}

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallSyntax {
    /// `f(a, b)`.
    Ordinary,
    /// EXTRACT, SUBSTRING … FROM, TRIM, OVERLAY, POSITION, NORMALIZE, TREAT, COLLATION FOR: the name
    /// is pg_catalog's whatever search_path says, and no argument list can be rewritten in place.
    Keyword,
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// `name => value`, `name := value`.
    pub name: Option<Ident>,
    /// VARIADIC.
    pub variadic: bool,
    /// The value.
    pub value: Expr,
}

/// OVER.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// A window of the WINDOW clause.
    Name(Ident),
    /// `(…)`.
    Spec(Box<WindowSpec>),
}

/// A value of the session, written as a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SessionValue {
    CurrentDate,
    CurrentTime,
    CurrentTimestamp,
    LocalTime,
    LocalTimestamp,
    CurrentRole,
    CurrentUser,
    SessionUser,
    /// A keyword since 16; an ordinary column name before.
    SystemUser,
    User,
    CurrentCatalog,
    CurrentSchema,
}

/// XML and SQL/JSON syntax, read far enough that every expression in it is at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Special {
    /// The keyword in lower case: `xmlelement`, `json_value` ….
    pub name: Ident,
    /// Every expression inside, in order; a name where `AS label` or `label VALUE` gives one.
    pub args: Vec<Argument>,
    /// Types named inside (RETURNING, AS).
    pub types: Vec<TypeName>,
    /// A query inside (`JSON_ARRAY(SELECT …)`).
    pub query: Option<Box<Query>>,
    /// ORDER BY inside an aggregate form.
    pub order_by: Vec<SortKey>,
    /// FILTER (WHERE …) of an aggregate form.
    pub filter: Option<Expr>,
    /// OVER of an aggregate form.
    pub over: Option<Over>,
}
