//! The stored cells of a table, read in one stream past the proxy.
//!
//! Knows COPY in binary format (manual, COPY, "Binary Format") and cuts it within bounds: the server
//! is not trusted to keep to it. Reads; never writes. One query a table, not one a page.

use std::pin::pin;

use bytes::Bytes;
use futures_util::StreamExt;

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Target;
use crate::jobs::leaves::Leaf;
use crate::names::QualifiedName;

/// What a stream of binary COPY begins with.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Longest tuple in bytes: what the server itself can send in one message.
const MAX_TUPLE: usize = 1 << 30;

/// What every connection that reads runs under.
pub const SETTINGS: &str = "RESET ALL; SET search_path = pg_catalog; SET DateStyle = ISO; SET IntervalStyle = postgres; \
     SET bytea_output = hex; SET extra_float_digits = 1; SET TimeZone = 'UTC'; SET statement_timeout = 0; \
     SET idle_in_transaction_session_timeout = 0; SET row_security = off; SET synchronize_seqscans = off";

/// Why a stream was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// The server's refusal, or a lost connection.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Bytes that COPY does not send.
    #[error("{0}: the server's COPY stream cannot be read")]
    Stream(QualifiedName),
}

impl From<tokio_postgres::Error> for ReadingError {
    fn from(error: tokio_postgres::Error) -> Self {
        ReadingError::Statement(error.into())
    }
}

/// What is read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// The table.
    pub leaf: &'a Leaf,
    /// The columns, in the order of the cells.
    pub targets: &'a [Target],
    /// A condition on the row `t`; none for all.
    pub condition: Option<String>,
    /// Blocks, the second excluded; none for all.
    pub blocks: Option<(i64, i64)>,
}

/// Where a row lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of the table's file.
    pub block: u32,
    /// Of the block.
    pub item: u16,
}

impl std::fmt::Display for Place {
    /// As the server prints a ctid.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({},{})", self.block, self.item)
    }
}

impl Reading<'_> {
    fn query(&self) -> String {
        let mut shown = vec!["t.ctid".to_owned()];
        shown.extend(self.targets.iter().map(|target| target.text("t")));
        let mut conditions: Vec<String> = self.condition.iter().cloned().collect();
        if let Some((first, end)) = self.blocks {
            conditions.push(format!("t.ctid >= '({first},0)'::tid AND t.ctid < '({end},0)'::tid"));
        }
        let filter = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        format!(
            "COPY (SELECT {} FROM ONLY {} AS t{filter}) TO STDOUT (FORMAT binary)",
            shown.join(", "),
            self.leaf.name
        )
    }

    /// Calls `each` with every row: where it lies, and its cells as text. Gives the number of rows.
    ///
    /// # Errors
    /// The server's refusal; a stream that is none.
    pub async fn each(
        &self,
        admin: &Admin,
        mut each: impl FnMut(Place, &[Option<&[u8]>]),
    ) -> Result<u64, ReadingError> {
        let wrong = || ReadingError::Stream(self.leaf.name.clone());
        let mut stream = pin!(admin.client().copy_out(&self.query()).await?);
        let mut tuples = Tuples::default();
        let mut rows = 0;
        while let Some(chunk) = stream.next().await {
            tuples.take(chunk?);
            while let Some(tuple) = tuples.next().map_err(|Unreadable| wrong())? {
                let mut fields = Vec::with_capacity(1 + self.targets.len());
                cut(tuple, &mut fields).map_err(|Unreadable| wrong())?;
                let [Some(place), cells @ ..] = fields.as_slice() else { return Err(wrong()) };
                let place = place_of(place).filter(|_| cells.len() == self.targets.len());
                each(place.ok_or_else(wrong)?, cells);
                rows += 1;
            }
        }
        // REFUSES: a stream without its end could have been cut anywhere.
        if tuples.ended { Ok(rows) } else { Err(wrong()) }
    }
}

/// Bytes that COPY does not send.
struct Unreadable;

/// Cuts tuples out of chunks that need not begin or end with one.
#[derive(Default)]
struct Tuples {
    held: Vec<u8>,
    at: usize,
    headed: bool,
    ended: bool,
}

impl Tuples {
    fn take(&mut self, chunk: Bytes) {
        self.held.drain(..self.at);
        self.at = 0;
        self.held.extend_from_slice(&chunk);
    }

    /// The next whole tuple: its count of fields and the fields.
    fn next(&mut self) -> Result<Option<&[u8]>, Unreadable> {
        if !self.headed && !self.header()? {
            return Ok(None);
        }
        let rest = self.held.get(self.at..).unwrap_or_default();
        if self.ended {
            return if rest.is_empty() { Ok(None) } else { Err(Unreadable) };
        }
        let Some((count, _)) = rest.split_first_chunk::<2>() else { return Ok(None) };
        let count = i16::from_be_bytes(*count);
        if count == -1 {
            self.ended = true;
            self.at += 2;
            return if rest.len() == 2 { Ok(None) } else { Err(Unreadable) };
        }
        let mut length = 2;
        for _ in 0..usize::try_from(count).map_err(|_| Unreadable)? {
            let Some((field, _)) = rest.get(length..).and_then(|rest| rest.split_first_chunk::<4>()) else {
                return Ok(None);
            };
            length += 4 + usize::try_from(i32::from_be_bytes(*field).max(0)).map_err(|_| Unreadable)?;
            if length > MAX_TUPLE {
                return Err(Unreadable);
            }
        }
        let Some(tuple) = self.held.get(self.at..self.at + length) else { return Ok(None) };
        self.at += length;
        Ok(Some(tuple))
    }

    /// Signature, flags, length of the extension; no flag and no extension is known.
    fn header(&mut self) -> Result<bool, Unreadable> {
        let Some(header) = self.held.get(..SIGNATURE.len() + 8) else { return Ok(false) };
        if !header.starts_with(SIGNATURE) || header.iter().skip(SIGNATURE.len()).any(|byte| *byte != 0) {
            return Err(Unreadable);
        }
        self.headed = true;
        self.at = header.len();
        Ok(true)
    }
}

fn cut<'t>(tuple: &'t [u8], fields: &mut Vec<Option<&'t [u8]>>) -> Result<(), Unreadable> {
    let (_, mut rest) = tuple.split_first_chunk::<2>().ok_or(Unreadable)?;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(Unreadable)?;
        match i32::from_be_bytes(*length) {
            -1 => {
                fields.push(None);
                rest = after;
            }
            length => {
                let length = usize::try_from(length).map_err(|_| Unreadable)?;
                let (field, after) = after.split_at_checked(length).ok_or(Unreadable)?;
                fields.push(Some(field));
                rest = after;
            }
        }
    }
    Ok(())
}

/// `tidsend`: block and item.
fn place_of(bytes: &[u8]) -> Option<Place> {
    let (block, item) = bytes.split_first_chunk::<4>()?;
    let item: [u8; 2] = item.try_into().ok()?;
    Some(Place { block: u32::from_be_bytes(*block), item: u16::from_be_bytes(item) })
}
