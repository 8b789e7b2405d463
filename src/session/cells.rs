//! The cells of one session: its own settings and buffers at the keys of one epoch.

use std::sync::Arc;

use super::epoch::Epoch;
use super::judge::{CellError, Cells, Constant, Shown};
use crate::names::ColumnId;
use crate::protect::{self, Counts, Desk, Opening, ProtectError, Sealing};
use crate::sql::verdict::{Document, Open, Seal};
use crate::types::{Extent, LogicalType, Oid, StoredType, oid};

use crate::wire::from_client::Format;

/// Seals and opens at one epoch.
pub struct EpochCells {
    /// Whose keys are used.
    pub epoch: Arc<Epoch>,
    /// The session's own.
    pub desk: Desk,
}

impl EpochCells {
    /// Appends the text form of a constant that came in `format`.
    pub fn seal_constant(
        &mut self,
        seal: &Seal,
        format: protect::Format,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let sealing = Sealing {
            column: seal.column,
            purpose: seal.purpose,
            extent: seal.extent,
            given: seal.given.as_ref(),
            casts: &seal.casts,
            computed: &seal.computed,
            side: seal.side,
        };
        let sealed = self.epoch.protector.seal(&sealing, format, value, &mut self.desk, out);
        sealed.map_err(|error| self.cell_error(error))
    }

    fn cell_error(&self, error: ProtectError) -> CellError {
        let column = self.epoch.policy.column(error.column);
        CellError {
            sqlstate: error.sqlstate,
            message: error.message,
            hint: error.hint,
            column: column.map(|c| (c.relation.schema.clone(), c.relation.name.clone(), c.column.clone())),
        }
    }

    fn logical<'a>(&'a self, open: &'a Open) -> Option<&'a LogicalType> {
        match open.casts.last() {
            Some(cast) => Some(&cast.to),
            None if open.extent == Extent::Element => Some(&LogicalType::Text),
            None => self.epoch.policy.column(open.column).map(|column| &column.logical),
        }
    }
}

impl Cells for EpochCells {
    fn seal(
        &mut self,
        seal: &Seal,
        _stored: StoredType,
        constant: Constant<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        self.seal_constant(seal, value_format(constant.format), constant.value, out)
    }

    fn seal_field(
        &mut self,
        column: ColumnId,
        format: Format,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let format = value_format(format);
        let sealed = self.epoch.protector.seal_field(column, format, value, &mut self.desk, out);
        sealed.map_err(|error| self.cell_error(error))
    }

    fn open(
        &mut self,
        open: &Open,
        format: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let opening =
            Opening { column: open.column, extent: open.extent, casts: &open.casts, beside: open.beside };
        let opened = self.epoch.protector.open(&opening, value_format(format), stored, &mut self.desk, out);
        opened.map_err(|error| self.cell_error(error))
    }

    fn open_document(
        &mut self,
        document: &Document,
        format: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let format = value_format(format);
        let opened = self.epoch.protector.open_document(document, format, stored, &mut self.desk, out);
        opened.map_err(|error| self.cell_error(error))
    }

    fn beside(&self) -> Option<Box<dyn Cells + Send>> {
        let desk = self.desk.beside().ok()?;
        Some(Box::new(EpochCells { epoch: Arc::clone(&self.epoch), desk }))
    }

    fn counts(&mut self) -> Option<&mut Counts> {
        Some(&mut self.desk.counts)
    }

    fn shown(&self, open: &Open) -> Shown {
        let logical = self.logical(open);
        let (oid, typlen, typmod) = match logical {
            Some(logical)
                if open.extent == Extent::Array || open.casts.last().is_some_and(|cast| cast.array) =>
            {
                (logical.array_oid(), -1, -1)
            }
            Some(logical) if open.lengthless => (logical.oid(), logical.typlen(), -1),
            Some(logical) => (logical.oid(), logical.typlen(), logical.typmod()),
            None => (oid::TEXT, -1, -1),
        };
        let own = self.epoch.policy.column(open.column).map(|column| &column.logical);
        let same = own.is_some_and(|own| own.oid() == oid && own.typmod() == typmod);
        Shown { oid, typlen, typmod, cast: !open.casts.is_empty() && !same }
    }

    fn is_protected(&self, table: Oid, attnum: i16) -> bool {
        self.epoch.catalog.tag_at(table, attnum).is_some()
    }
}

/// The wire's format code as `values` names it; the two layers do not know each other.
pub fn value_format(format: Format) -> protect::Format {
    match format {
        Format::Text => protect::Format::Text,
        Format::Binary => protect::Format::Binary,
    }
}
