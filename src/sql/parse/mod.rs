//! PostgreSQL's grammar, from tokens to the tree of [`crate::sql::ast`]: recursive descent, with
//! operator precedence for expressions.
//!
//! One reading only: it works on the tokens of [`crate::sql::lexer`], so spans, tokens and tree cannot
//! disagree. What it does not know is an error, and never a guess. It may take a text that the server
//! refuses (the server then refuses it), but must not read a text otherwise than the server does;
//! `scripts/oracle` compares it with the server's own parser. docs/decisions/0001-parser.md says why
//! it is ours.

mod alter;
mod call;
mod copy;
mod create;
mod cursor;
mod dml;
mod expr;
mod from;
mod function;
mod other;
mod primary;
mod query;
mod setting;
mod special;
mod statement;
mod table;
mod types;
mod utility;

use super::ast::Statement;
use super::lexer::Tokens;
use cursor::Cursor;

/// A text that is no statement that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at token {token}")]
pub struct ParseError {
    /// The token that does not fit; the number of tokens if the end does not.
    pub token: u32,
    /// What is wrong.
    pub kind: ParseErrorKind,
}

/// Why a text is no statement that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// The grammar has no place for this token.
    #[error("syntax error")]
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`], or nested and chained higher than [`MAX_HEIGHT`].
    #[error("nested too deeply")]
    Depth,
    /// PostgreSQL has such a statement, and this grammar leaves it out.
    #[error("not read")]
    LeftOut,
    /// An identifier that stands for no name (bad escapes, not UTF-8).
    #[error("invalid identifier")]
    Name,
}

/// How many levels may be open at once.
pub const MAX_DEPTH: u32 = 200;

/// How high a tree may be. A level adds one, and so does each link of a chain (of operators, casts, joins, set
/// operations) to what it has on its left: all together, since the first link may be a chain in parentheses. Keeps
/// every walk over a tree within [`STACK`].
pub const MAX_HEIGHT: u32 = 700;

/// The stack of a thread that reads statements or views, bytes: a build without optimization takes half of it for the
/// highest tree. What is never touched costs nothing.
pub const STACK: usize = 8 << 20;

/// The statements of a text, as PostgreSQL would split it; empty ones are left out.
///
/// # Errors
/// [`ParseError`] if any part of the text is not understood: a server would run none of it either,
/// or it is newer than we are.
pub fn parse(text: &[u8], tokens: &Tokens) -> Result<Vec<Statement>, ParseError> {
    Cursor::new(text, tokens).statements()
}
