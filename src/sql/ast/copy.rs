//! COPY, with both option syntaxes brought to the newer one.

use super::{Expr, Ident, RelationRef, Span, Statement};

/// COPY.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// What is copied.
    pub what: CopyWhat,
    /// FROM (into the table), not TO.
    pub from: bool,
    /// The other end.
    pub end: CopyEnd,
    /// Options in the order written, names as in the newer syntax (`format`, `delimiter`, `null`,
    /// `header`, `quote`, `escape`, `force_quote`, `force_null`, `force_not_null`, `encoding`,
    /// `freeze`, `default`, `on_error` …).
    pub options: Vec<OptionItem>,
    /// WHERE, of COPY FROM.
    pub filter: Option<Expr>,
}

/// What is copied.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyWhat {
    /// A table.
    Relation {
        /// Which.
        relation: RelationRef,
        /// The column list, if written.
        columns: Option<Vec<Ident>>,
    },
    /// A query, INSERT, UPDATE, DELETE or MERGE in parentheses.
    Query(Box<Statement>),
}

/// The other end of a COPY.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyEnd {
    /// STDIN or STDOUT.
    Client,
    /// A file on the server.
    File,
    /// A program on the server.
    Program,
}

/// `name [value]` of a list of options (COPY, EXPLAIN, storage parameters …).
#[derive(Clone, Debug, PartialEq)]
pub struct OptionItem {
    /// Folded; `namespace.name` keeps its dot.
    pub name: Box<str>,
    /// Its value.
    pub value: OptionValue,
    /// Everything.
    pub span: Span,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// None given.
    None,
    /// A word, folded: `csv`, `true`, `on`; ANY other spelling of several words keeps its tokens only.
    Word(Box<str>),
    /// A string, by token.
    String(u32),
    /// A number, by token; the flag is a minus before it.
    Number(u32, bool),
    /// `*`.
    Star,
    /// `(a, b)`: words.
    List(Vec<Ident>),
    /// Anything else (a type name, an operator), by tokens.
    Tokens(Span),
}
