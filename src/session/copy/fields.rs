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
    /// Values of the field at hand that do not stand so in the stream.
    pub scratch: &'a mut Scratch,
}

/// Buffers that are kept from row to row.
#[derive(Default)]
pub(super) struct Scratch {
    /// A field without its quotes and escapes.
    pub plain: Zeroizing<Vec<u8>>,
    /// What it becomes, where that has to be quoted or escaped.
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

    /// Appends the value of the field at `index`, sealed or opened.
    pub fn change(
        &mut self,
        index: usize,
        format: Format,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Spoilt> {
        match self.planned.get(index) {
            Some(CopyField::Seal(column)) => Ok(self.cells.seal_field(*column, format, value, out)?),
            Some(CopyField::Open(open)) => Ok(self.cells.open(open, format, value, out)?),
            Some(CopyField::Keep) | None => Err(Spoilt::Format("extra data after last expected column")),
        }
    }

    /// As [`Fields::change`], of the text in `scratch.plain`.
    pub fn change_plain(&mut self, index: usize, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        let plain = std::mem::take(&mut self.scratch.plain);
        let changed = self.change(index, Format::Text, &plain, out);
        self.scratch.plain = plain;
        changed
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
