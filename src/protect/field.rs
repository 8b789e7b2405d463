//! A field of a COPY stream becomes what its column stores, in the stream's own format.

use zeroize::Zeroizing;

use super::column::Protector;
use super::error::ProtectError;
use super::seal::Sealing;
use super::{Desk, Format, stored};
use crate::names::ColumnId;
use crate::policy::model::Purpose;
use crate::policy::standing::Side;
use crate::types::{Extent, StoredType};

impl Protector {
    /// Appends the sealed field as the stored type's input (text) or receive function (binary) takes
    /// it. On an error `out` is as it was.
    pub fn seal_field(
        &self,
        column: ColumnId,
        format: Format,
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let how = Sealing {
            column,
            purpose: Purpose::Store,
            extent: Extent::Value,
            given: None,
            casts: &[],
            computed: &[],
            side: Side::Written,
        };
        let stored_in = self.column(column)?.stored;
        match (format, stored_in) {
            // As text and in binary format these are the same bytes.
            (Format::Text, _)
            | (Format::Binary, StoredType::Text | StoredType::Varchar | StoredType::Json) => {
                self.seal(&how, format, bytes, desk, out)
            }
            (Format::Binary, StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray) => {
                let mut text = Zeroizing::new(Vec::new());
                self.seal(&how, format, bytes, desk, &mut text)?;
                let start = out.len();
                let sent = stored::send(stored_in, &text, out);
                sent.map_err(|error| {
                    out.truncate(start);
                    ProtectError::value(column, &error)
                })
            }
        }
    }
}
