//! What is worth telling the operator about a relation, and whether it closes it.
//!
//! Knows names and sentences. Holds no value of any row.

use std::fmt;

use crate::names::{QualifiedName, quoted};

/// How much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Works, and is likely not what is wanted.
    Warning,
    /// Statements on the relation are refused until it is mended; on every protected relation if
    /// the finding names none.
    Closes,
}

/// The code of the finding that a tagged table is not there: a client may yet create it.
pub const MISSING_TABLE: &str = "missing-table";

/// The code of the finding that a column's type holds a row of something protected.
pub const ROW_TYPE: &str = "row-type";

/// The code of the finding that a foreign table stands for something protected.
pub const FOREIGN: &str = "foreign-table";

/// The code of the finding that a tag names nothing, but something of the same letters does exist.
pub const LETTER_CASE: &str = "letter-case";

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// A short stable name such as `column-order`, for JSON and for tests.
    pub code: &'static str,
    /// Where; `None` is the whole database.
    pub relation: Option<QualifiedName>,
    /// Where in the relation.
    pub column: Option<String>,
    /// One sentence without a full stop.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl Finding {
    /// Closes `relation`.
    pub fn closes(relation: &QualifiedName, code: &'static str, message: impl Into<String>) -> Self {
        Finding {
            weight: Weight::Closes,
            code,
            relation: Some(relation.clone()),
            column: None,
            message: message.into(),
            hint: None,
        }
    }

    /// Leaves `relation` open.
    pub fn warns(relation: &QualifiedName, code: &'static str, message: impl Into<String>) -> Self {
        Finding { weight: Weight::Warning, ..Finding::closes(relation, code, message) }
    }

    /// Says where in the relation.
    pub fn at(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Says the way out.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Does it close this relation?
    pub fn shuts(&self, relation: &QualifiedName) -> bool {
        self.weight == Weight::Closes && self.relation.as_ref().is_none_or(|name| name == relation)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.relation, &self.column) {
            (Some(relation), Some(column)) => write!(f, "{relation}.{}: ", quoted(column))?,
            (Some(relation), None) => write!(f, "{relation}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}
