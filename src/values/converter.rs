//! The way in: a converter for one type, chosen once per statement and column.
//!
//! Knows which family a type belongs to, its tag, and what a mode admits. The bytes are the
//! families' business.

use super::datetime::{date, stamp, time};
use super::error::{Unfit, ValueError};
use super::float::{self, Precision};
use super::integer::{self, Width};
use super::numeric::{self, Fit};
use super::settings::TextSettings;
use super::text::{self, Limit};
use super::{boolean, bytea, inet, interval, json, uuid};
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

    /// The same column, for a value that is only compared with it: lengths and precisions of the
    /// declaration are not errors then. What no row can hold gives [`ValueError::CannotOccur`].
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

    /// Whether what a client sees in `format` is the canonical plaintext, byte for byte.
    pub fn shows_canonical(&self, format: Format) -> bool {
        match &self.logical {
            LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Citext => true,
            LogicalType::TextArray | LogicalType::Json => true,
            LogicalType::Jsonb => format == Format::Text,
            LogicalType::Bytea => format == Format::Binary,
            LogicalType::Bpchar(_) | LogicalType::Bool | LogicalType::Numeric(_) => false,
            LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => false,
            LogicalType::Date | LogicalType::Timestamp(_) | LogicalType::Timestamptz(_) => false,
            LogicalType::Time(_) | LogicalType::Timetz(_) | LogicalType::Interval => false,
            LogicalType::Float4 | LogicalType::Float8 | LogicalType::Uuid => false,
            LogicalType::Inet | LogicalType::Cidr => false,
        }
    }

    fn write_canonical(
        &self,
        format: Format,
        bytes: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let fit = if self.matching { Fit::Exact } else { Fit::Round };
        match &self.logical {
            LogicalType::Text | LogicalType::Citext | LogicalType::TextArray | LogicalType::Varchar(None) => {
                text::canonical(bytes, Limit::None, out)
            }
            LogicalType::Varchar(Some(_)) if self.matching => text::canonical(bytes, Limit::None, out),
            LogicalType::Varchar(Some(n)) => text::canonical(bytes, Limit::Varchar(*n), out),
            LogicalType::Bpchar(_) if self.matching => text::canonical(bytes, Limit::Blanks, out),
            LogicalType::Bpchar(n) => text::canonical(bytes, Limit::Bpchar(*n), out),
            LogicalType::Int2 => integer::canonical(format, bytes, Width::Two, out),
            LogicalType::Int4 => integer::canonical(format, bytes, Width::Four, out),
            LogicalType::Int8 => integer::canonical(format, bytes, Width::Eight, out),
            LogicalType::Bool => boolean::canonical(format, bytes, out),
            LogicalType::Numeric(Some(declared)) if self.deterministic => {
                numeric::canonical_scaled(format, bytes, *declared, fit, out)
            }
            LogicalType::Numeric(_) if self.matching => numeric::canonical(format, bytes, None, fit, out),
            LogicalType::Numeric(declared) => numeric::canonical(format, bytes, *declared, fit, out),
            LogicalType::Date => date::canonical(format, bytes, settings, out),
            LogicalType::Timestamp(digits) => {
                stamp::canonical(format, bytes, self.stamp(false, *digits), settings, out)
            }
            LogicalType::Timestamptz(digits) => {
                stamp::canonical(format, bytes, self.stamp(true, *digits), settings, out)
            }
            LogicalType::Time(digits) => {
                time::canonical(format, bytes, self.declared_digits(*digits), settings, out)
            }
            LogicalType::Timetz(digits) => {
                time::canonical_zoned(format, bytes, self.declared_digits(*digits), settings, out)
            }
            LogicalType::Interval => interval::canonical(format, bytes, settings, out),
            LogicalType::Float4 => {
                float::canonical(format, bytes, Precision::Single, self.deterministic, out)
            }
            LogicalType::Float8 => {
                float::canonical(format, bytes, Precision::Double, self.deterministic, out)
            }
            LogicalType::Uuid => uuid::canonical(format, bytes, out),
            LogicalType::Bytea => bytea::canonical(format, bytes, out),
            LogicalType::Json => json::canonical(bytes, out),
            LogicalType::Jsonb => match format {
                Format::Text => json::canonical_b(bytes, out),
                Format::Binary => json::canonical_b_binary(bytes, out),
            },
            LogicalType::Inet => inet::canonical(format, bytes, false, out),
            LogicalType::Cidr => inet::canonical(format, bytes, true, out),
        }
    }

    fn write_shown(
        &self,
        canonical: &[u8],
        format: Format,
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let digits = settings.extra_float_digits;
        match &self.logical {
            LogicalType::Text | LogicalType::Citext | LogicalType::TextArray | LogicalType::Varchar(_) => {
                text::shown(canonical, None, out)
            }
            LogicalType::Bpchar(n) => text::shown(canonical, Some(*n), out),
            LogicalType::Int2 => integer::shown(canonical, format, Width::Two, out),
            LogicalType::Int4 => integer::shown(canonical, format, Width::Four, out),
            LogicalType::Int8 => integer::shown(canonical, format, Width::Eight, out),
            LogicalType::Bool => boolean::shown(canonical, format, out),
            LogicalType::Numeric(Some((_, scale))) if self.deterministic => {
                numeric::shown_scaled(canonical, format, *scale, out)
            }
            LogicalType::Numeric(_) => numeric::shown(canonical, format, out),
            LogicalType::Date => date::shown(canonical, format, settings, out),
            LogicalType::Timestamp(_) => stamp::shown(canonical, format, false, settings, out),
            LogicalType::Timestamptz(_) => stamp::shown(canonical, format, true, settings, out),
            LogicalType::Time(_) => time::shown(canonical, format, out),
            LogicalType::Timetz(_) => time::shown_zoned(canonical, format, out),
            LogicalType::Interval => interval::shown(canonical, format, settings, out),
            LogicalType::Float4 => float::shown(canonical, format, Precision::Single, digits, out),
            LogicalType::Float8 => float::shown(canonical, format, Precision::Double, digits, out),
            LogicalType::Uuid => uuid::shown(canonical, format, out),
            LogicalType::Bytea => {
                bytea::shown(canonical, format, settings.bytea_output, out);
                Ok(())
            }
            LogicalType::Json => text::shown(canonical, None, out),
            LogicalType::Jsonb => match format {
                Format::Text => text::shown(canonical, None, out),
                Format::Binary => {
                    json::shown_b_binary(canonical, out);
                    Ok(())
                }
            },
            LogicalType::Inet => inet::shown(canonical, format, false, out),
            LogicalType::Cidr => inet::shown(canonical, format, true, out),
        }
    }

    fn declared_digits(&self, digits: Option<u8>) -> Option<u8> {
        if self.matching { None } else { digits }
    }

    fn stamp(&self, zoned: bool, digits: Option<u8>) -> stamp::Kind {
        stamp::Kind { zoned, digits: self.declared_digits(digits) }
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
