//! The tree of a statement: PostgreSQL's grammar (gram.y of 15 to 18) as compact types of our own.
//!
//! Every node carries the range of tokens it was read from, so that an edit is a splice of the
//! client's text and an error has a place. Names are folded and cut as the server stores them.
//! Constants are a token number, never a copied value. Knows the shape of SQL; does not know which
//! relations, columns, types or functions exist.

mod copy;
mod ddl;
mod dml;
mod expr;
mod query;
mod utility;

pub use copy::*;
pub use ddl::*;
pub use dml::*;
pub use expr::*;
pub use query::*;
pub use utility::*;

/// Tokens `start..end` of the lexer's array (comments are tokens too, and never stand at the edge of
/// a span).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

impl Span {
    /// As a range of token numbers, the form that [`crate::sql::verdict::Edit`] takes.
    pub fn range(self) -> std::ops::Range<u32> {
        self.start..self.end
    }
}

/// One identifier, folded (if it was not quoted), unescaped and cut to 63 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ident {
    /// As the server stores it.
    pub text: Box<str>,
    /// The token it was read from (`U&"…"` may be followed by `UESCAPE '…'`).
    pub token: u32,
}

impl Ident {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A name of one or more parts: `name`, `schema.name`, `catalog.schema.name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectName {
    /// At least one part, in the order written.
    pub parts: Vec<Ident>,
    /// All parts.
    pub span: Span,
}

impl ObjectName {
    /// The last part.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", Ident::as_str)
    }

    /// The part before the last, if there is one.
    pub fn schema(&self) -> Option<&str> {
        self.parts.len().checked_sub(2).and_then(|i| self.parts.get(i)).map(Ident::as_str)
    }
}

/// One statement of the client's text, without the semicolon.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// From its first to its last token.
    pub span: Span,
}

/// Every kind of statement. Those that neither name a column nor carry an expression of interest are
/// [`StatementKind::Other`].
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// SELECT, VALUES, TABLE, with everything that may surround them; `SELECT … INTO` too (see
    /// [`Select::into`]).
    Query(Box<Query>),
    /// INSERT.
    Insert(Box<Insert>),
    /// UPDATE.
    Update(Box<Update>),
    /// DELETE.
    Delete(Box<Delete>),
    /// MERGE.
    Merge(Box<Merge>),
    /// COPY.
    Copy(Box<Copy>),
    /// PREPARE name AS statement.
    Prepare(Box<Prepare>),
    /// EXECUTE name.
    Execute(Box<Execute>),
    /// DEALLOCATE; `None` is ALL.
    Deallocate(Option<Ident>),
    /// DECLARE cursor.
    Declare(Box<Declare>),
    /// FETCH and MOVE.
    Fetch(Box<Fetch>),
    /// CLOSE; `None` is ALL.
    Close(Option<Ident>),
    /// EXPLAIN of a statement.
    Explain(Box<Explain>),
    /// CREATE TABLE AS, CREATE MATERIALIZED VIEW.
    CreateTableAs(Box<CreateTableAs>),
    /// CREATE VIEW.
    CreateView(Box<CreateView>),
    /// CREATE TABLE, CREATE FOREIGN TABLE.
    CreateTable(Box<CreateTable>),
    /// CREATE INDEX.
    CreateIndex(Box<CreateIndex>),
    /// CREATE RULE.
    CreateRule(Box<CreateRule>),
    /// CREATE POLICY, ALTER POLICY.
    Policy(Box<RowPolicy>),
    /// CREATE TRIGGER.
    CreateTrigger(Box<CreateTrigger>),
    /// CREATE FUNCTION, CREATE PROCEDURE.
    CreateFunction(Box<CreateFunction>),
    /// CREATE STATISTICS.
    CreateStatistics(Box<CreateStatistics>),
    /// ALTER TABLE, INDEX, VIEW, MATERIALIZED VIEW, FOREIGN TABLE, SEQUENCE with its subcommands, and
    /// the RENAME and SET SCHEMA forms of those.
    AlterTable(Box<AlterTable>),
    /// CREATE DOMAIN, ALTER DOMAIN: their defaults and checks.
    Domain(Box<Domain>),
    /// CREATE PUBLICATION, ALTER PUBLICATION: tables, columns and row filters.
    Publication(Box<Publication>),
    /// DROP of anything.
    Drop(Box<Drop>),
    /// TRUNCATE.
    Truncate(Box<Truncate>),
    /// SET, RESET, SHOW.
    Setting(Box<Setting>),
    /// BEGIN, COMMIT, ROLLBACK, SAVEPOINT, two-phase commit.
    Transaction(Transaction),
    /// DISCARD.
    Discard(Discard),
    /// DO.
    Do(Box<Do>),
    /// CALL.
    Call(Box<FunctionCall>),
    /// Everything else: which command it is, which relations it names, and its tokens.
    Other(Other),
}
