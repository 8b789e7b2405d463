//! Single cells: what seals and opens them, asked by the session and implemented with keys elsewhere.
//!
//! Knows no key. Does not know in which message a cell stands.

use thiserror::Error;

use crate::names::ColumnId;
use crate::protect::Counts;
use crate::sql::verdict::{Document, Open, Seal};
use crate::types::{Oid, StoredType};
use crate::wire::from_client::Format;
use crate::wire::report::Report;

/// A cell that cannot be sealed or opened. No field holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{sqlstate}: {message}")]
pub struct CellError {
    /// Five characters.
    pub sqlstate: &'static str,
    /// One sentence.
    pub message: String,
    /// The way out, if there is one.
    pub hint: Option<&'static str>,
    /// Schema, table, column.
    pub column: Option<(String, String, String)>,
}

impl CellError {
    /// As an ErrorResponse of severity ERROR.
    pub fn report(self) -> Report {
        Report {
            hint: self.hint.map(str::to_owned),
            column: self.column,
            reason: "value",
            ..Report::error(self.sqlstate, self.message)
        }
    }
}

/// Type fields of RowDescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Type.
    pub oid: Oid,
    /// `pg_type.typlen`.
    pub typlen: i16,
    /// `atttypmod`, -1 for none.
    pub typmod: i32,
    /// A cast stands between it and its column: the server would name no column.
    pub cast: bool,
}

/// A constant on its way to the server.
#[derive(Clone, Copy, Debug)]
pub struct Constant<'a> {
    /// How the client wrote it.
    pub format: Format,
    /// The type that the client declared for it; 0 if none.
    pub declared: Oid,
    /// Its bytes.
    pub value: &'a [u8],
}

/// Seals and opens single cells. NULL never comes here. Both append to `out` and leave nothing of a
/// failed value in it.
pub trait Cells {
    /// Seals; the result is in text format unless `stored` is `bytea`, then raw bytes.
    fn seal(
        &mut self,
        seal: &Seal,
        stored: StoredType,
        constant: Constant<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), CellError>;

    /// Seals a field of a COPY stream in `format`; the result is what `column` stores, in the same
    /// format.
    fn seal_field(
        &mut self,
        column: ColumnId,
        format: Format,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError>;

    /// Opens `stored`, which came in `format`, into the value that the client sees, in the same
    /// format.
    fn open(
        &mut self,
        open: &Open,
        format: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError>;

    /// Opens the protected values inside a JSON document, which came in `format` and keeps it.
    fn open_document(
        &mut self,
        document: &Document,
        format: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError>;

    /// Others that open the same, for another thread; `None`: there are none.
    fn beside(&self) -> Option<Box<dyn Cells + Send>> {
        None
    }

    /// What was sealed and opened, where that is counted.
    fn counts(&mut self) -> Option<&mut Counts> {
        None
    }

    /// The type that the client sees.
    fn shown(&self, open: &Open) -> Shown;

    /// True if this is, on the live server, a protected column: a result column that the plan keeps
    /// must not name one.
    fn is_protected(&self, table: Oid, attnum: i16) -> bool;
}
