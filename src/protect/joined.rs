//! Opens text that the server put together of stored values: one envelope behind another.
//!
//! Of which columns the values may be says the plan. Which of them stands where is found by what opens:
//! an envelope is bound to its domain and type. Knows no statement.

use super::column::Protector;
use super::error::ProtectError;
use super::open::{Opening, wipe_from};
use super::{Desk, Format};
use crate::crypto::armour::TERMINATOR;
use crate::names::ColumnId;
use crate::types::Extent;

impl Protector {
    /// Appends the values one behind the other. On an error `out` is as it was, and no plaintext is left in
    /// its spare capacity.
    pub(super) fn open_joined(
        &self,
        columns: &[ColumnId],
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let start = out.len();
        let opened = self.open_each(columns, bytes, desk, out);
        if opened.is_err() {
            wipe_from(out, start);
        }
        opened
    }

    fn open_each(
        &self,
        columns: &[ColumnId],
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let mut next = 0;
        for piece in bytes.split_inclusive(|byte| *byte == TERMINATOR) {
            // Nearly always they stand in the order of the text.
            let turn = columns.iter().enumerate().cycle().skip(next).take(columns.len());
            let unopened = desk.counts.unopened;
            let mut failed = None;
            let mut found = None;
            for (at, &column) in turn {
                let how = Opening { column, extent: Extent::Value, casts: &[] };
                match self.open(&how, Format::Text, piece, desk, out) {
                    Ok(()) => {
                        found = Some(at);
                        break;
                    }
                    Err(error) => failed = worse(failed, error),
                }
            }
            match (found, failed) {
                (Some(at), _) => {
                    desk.counts.unopened = unopened;
                    next = (at + 1) % columns.len();
                }
                (None, Some(error)) => return Err(error),
                // A text without a column is none of a plan.
                (None, None) => return Err(ProtectError::damaged(ColumnId(0))),
            }
        }
        Ok(())
    }
}

/// That a key is missing says more than that an envelope is none of a column.
fn worse(before: Option<ProtectError>, error: ProtectError) -> Option<ProtectError> {
    match before {
        Some(before) if !before.is_damage() || error.is_damage() => Some(before),
        Some(_) | None => Some(error),
    }
}
