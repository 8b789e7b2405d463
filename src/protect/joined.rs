//! Opens text that the server put together of stored values: one envelope behind another.
//!
//! Of which columns the values are, and in which order, says the plan. Knows no statement.

use super::column::Protector;
use super::error::ProtectError;
use super::open::{Opening, wipe_from};
use super::{Desk, Format};
use crate::crypto::armour::TERMINATOR;
use crate::names::ColumnId;
use crate::types::Extent;

impl Protector {
    /// Appends the values one behind the other. On an error `out` is as it was, and no plaintext is left in
    /// its spare capacity. `plan` is the columns, and whether they may come again.
    ///
    /// REFUSES: a value before one of a column that stands before its own. An envelope is bound to its domain
    /// and type; where a NULL left one out is the server's word.
    pub(super) fn open_joined(
        &self,
        plan: (&[ColumnId], bool),
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let start = out.len();
        let mut next = 0;
        for piece in bytes.split_inclusive(|byte| *byte == TERMINATOR) {
            match self.open_piece(plan, next, piece, desk, out) {
                Ok(found) => next = found + 1,
                Err(error) => {
                    wipe_from(out, start);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Which of the columns, from the one that is next on, it was of.
    fn open_piece(
        &self,
        (columns, repeats): (&[ColumnId], bool),
        next: usize,
        piece: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<usize, ProtectError> {
        let unopened = desk.counts.unopened;
        let again = if repeats { next } else { 0 };
        let turn = columns.iter().enumerate().skip(next).chain(columns.iter().enumerate().take(again));
        let mut failed = None;
        for (at, &column) in turn {
            let how = Opening { column, extent: Extent::Value, casts: &[], beside: false };
            match self.open(&how, Format::Text, piece, desk, out) {
                Ok(()) => {
                    desk.counts.unopened = unopened;
                    return Ok(at);
                }
                Err(error) => failed = worse(failed, error),
            }
        }
        // More values than columns are none of a plan.
        Err(failed.unwrap_or_else(|| ProtectError::damaged(columns.last().copied().unwrap_or(ColumnId(0)))))
    }
}

/// That a key is missing says more than that an envelope is none of a column.
fn worse(before: Option<ProtectError>, error: ProtectError) -> Option<ProtectError> {
    match before {
        Some(before) if !before.is_damage() || error.is_damage() => Some(before),
        Some(_) | None => Some(error),
    }
}
