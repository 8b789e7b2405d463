//! The fields of one row, in order: which are changed, and by what.
//!
//! Knows the plan's fields and the cells. Does not know how a row is written.

use zeroize::Zeroizing;

use super::spoilt::Spoilt;
use crate::session::judge::Cells;
use crate::sql::verdict::CopyField;
use crate::wire::from_client::Format;

/// The plan's fields, and the cells that seal and open them.
pub(super) struct Fields<'a> {
    pub planned: &'a [CopyField],
    pub cells: &'a mut dyn Cells,
    /// Decoded and changed values of the field at hand.
    pub scratch: &'a mut Scratch,
}

/// Buffers that are kept from row to row.
#[derive(Default)]
pub(super) struct Scratch {
    /// A field without its quotes and escapes.
    pub plain: Zeroizing<Vec<u8>>,
    /// What it becomes.
    pub changed: Zeroizing<Vec<u8>>,
}

impl Fields<'_> {
    /// Whether the field at `index` is forwarded as it is.
    ///
    /// REFUSES: a field that the plan does not have.
    pub fn keeps(&self, index: usize) -> Result<bool, Spoilt> {
        match self.planned.get(index) {
            Some(CopyField::Keep) => Ok(true),
            Some(CopyField::Seal(_) | CopyField::Open(_)) => Ok(false),
            None => Err(Spoilt::Format("extra data after last expected column")),
        }
    }

    /// Seals or opens the value in `scratch.plain` into `scratch.changed`.
    pub fn change(&mut self, index: usize) -> Result<(), Spoilt> {
        let Scratch { plain, changed } = &mut *self.scratch;
        changed.clear();
        change(self.planned.get(index), self.cells, Format::Text, plain, changed)
    }

    /// Seals or opens a binary value into `out`.
    pub fn change_binary(&mut self, index: usize, value: &[u8], out: &mut Vec<u8>) -> Result<(), Spoilt> {
        change(self.planned.get(index), self.cells, Format::Binary, value, out)
    }

    /// `count` fields were found in a row.
    ///
    /// REFUSES: any other number than planned, since values would be in the wrong columns.
    pub fn check_count(&self, count: usize) -> Result<(), Spoilt> {
        match count.cmp(&self.planned.len()) {
            std::cmp::Ordering::Less => Err(Spoilt::Format("missing data for the last column")),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Spoilt::Format("extra data after last expected column")),
        }
    }
}

fn change(
    field: Option<&CopyField>,
    cells: &mut dyn Cells,
    format: Format,
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Spoilt> {
    match field {
        Some(CopyField::Seal(column)) => Ok(cells.seal_field(*column, format, value, out)?),
        Some(CopyField::Open(open)) => Ok(cells.open(open, format, value, out)?),
        Some(CopyField::Keep) | None => Err(Spoilt::Format("extra data after last expected column")),
    }
}
