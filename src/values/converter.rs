//! The way in: a converter for one type, chosen once per statement and column.
//!
//! Knows which family a type belongs to, its tag, and what a mode admits. The bytes are the
//! families' business.

use super::error::{Unfit, ValueError};
use super::settings::TextSettings;
use super::text;
use crate::types::LogicalType;

/// The format code of a value in the protocol (manual, 55.7 Message Formats, Bind).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// 0: what the type's input function reads.
    Text,
    /// 1: what the type's receive function reads.
    Binary,
}

/// Converts cells of one type. Cheap to clone; holds no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converter {
    logical: LogicalType,
    deterministic: bool,
    matching: bool,
}

impl Converter {
    /// The converter for a column of this type. For `text[]` it converts the elements; see
    /// [`super::elements`] for the array around them.
    pub fn for_type(logical: &LogicalType, deterministic: bool) -> Result<Converter, Unfit> {
        if deterministic {
            admits_equality(logical)?;
        }
        Ok(Converter { logical: logical.clone(), deterministic, matching: false })
    }

    /// The same column, for a value that is only compared with it: lengths, ranges and precisions of
    /// the declaration are not errors then. What no row can hold gives [`ValueError::CannotOccur`].
    pub fn matching(&self) -> Converter {
        Converter { matching: true, ..self.clone() }
    }

    /// The type that it was made for.
    pub fn logical(&self) -> &LogicalType {
        &self.logical
    }

    /// The tag of docs/format.md, section 2: part of the key derivation and of the context.
    pub fn type_tag(&self) -> u16 {
        match &self.logical {
            LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Citext | LogicalType::TextArray => 1,
            LogicalType::Bpchar(_) => 2,
            LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => 3,
            LogicalType::Bool => 4,
            LogicalType::Numeric(_) if self.deterministic => 20,
            LogicalType::Numeric(_) => 5,
            LogicalType::Date => 6,
            LogicalType::Timestamp(_) => 7,
            LogicalType::Timestamptz(_) => 8,
            LogicalType::Time(_) => 9,
            LogicalType::Timetz(_) => 10,
            LogicalType::Interval => 11,
            LogicalType::Float4 => 12,
            LogicalType::Float8 => 13,
            LogicalType::Uuid => 14,
            LogicalType::Bytea => 15,
            LogicalType::Json => 16,
            LogicalType::Jsonb => 17,
            LogicalType::Inet | LogicalType::Cidr => 18,
        }
    }

    /// Length in bytes of every canonical plaintext of this type; `None` where it varies, and padding
    /// has something to hide.
    pub fn fixed_size(&self) -> Option<usize> {
        match &self.logical {
            LogicalType::Bool => Some(1),
            LogicalType::Date | LogicalType::Float4 => Some(4),
            LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => Some(8),
            LogicalType::Timestamp(_) | LogicalType::Timestamptz(_) => Some(8),
            LogicalType::Time(_) | LogicalType::Float8 => Some(8),
            LogicalType::Timetz(_) => Some(12),
            LogicalType::Interval | LogicalType::Uuid => Some(16),
            LogicalType::Numeric(_) if self.deterministic => Some(16),
            LogicalType::Numeric(_) => None,
            LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Citext => None,
            LogicalType::Bpchar(_) | LogicalType::TextArray | LogicalType::Bytea => None,
            LogicalType::Json | LogicalType::Jsonb => None,
            LogicalType::Inet | LogicalType::Cidr => None,
        }
    }

    /// Appends the canonical plaintext of a cell that came in `format`. On an error `out` is as it was
    /// in length; its spare capacity may hold a part of the value.
    pub fn canonical(
        &self,
        format: Format,
        bytes: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let start = out.len();
        let result = self.write_canonical(format, bytes, settings, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Appends what a client sees in `format` of a canonical plaintext. Errors as
    /// [`Converter::canonical`]; canonical bytes that are none of this type are
    /// [`ValueError::Damaged`].
    pub fn shown(
        &self,
        canonical: &[u8],
        format: Format,
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let start = out.len();
        let result = self.write_shown(canonical, format, settings, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    fn write_canonical(
        &self,
        _format: Format,
        bytes: &[u8],
        _settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        match &self.logical {
            LogicalType::Text | LogicalType::Citext => text::canonical(bytes, text::Limit::None, out),
            _ => Err(ValueError::Unsupported("this type")),
        }
    }

    fn write_shown(
        &self,
        canonical: &[u8],
        _format: Format,
        _settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        match &self.logical {
            LogicalType::Text | LogicalType::Citext => text::shown(canonical, None, out),
            _ => Err(ValueError::Unsupported("this type")),
        }
    }
}

/// Deterministic sealing compares bytes; these types do not, or have too few values to hide.
fn admits_equality(logical: &LogicalType) -> Result<(), Unfit> {
    match logical {
        LogicalType::Citext
        | LogicalType::Bool
        | LogicalType::Interval
        | LogicalType::Json
        | LogicalType::Jsonb => Err(Unfit::Deterministic(logical.to_string())),
        LogicalType::Numeric(Some((precision, _))) if *precision <= 38 => Ok(()),
        LogicalType::Numeric(_) => Err(Unfit::NumericPrecision),
        _ => Ok(()),
    }
}
