//! int2, int4, int8: canonically always 8 bytes, so that columns of different widths can be joined.

use super::converter::Format;
use super::error::ValueError;
use super::scan::{exact, number, sign, stored, trimmed};

/// A declared width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// int2
    Two,
    /// int4
    Four,
    /// int8
    Eight,
}

impl Width {
    pub(super) fn name(self) -> &'static str {
        match self {
            Width::Two => "smallint",
            Width::Four => "integer",
            Width::Eight => "bigint",
        }
    }

    fn holds(self, value: i64) -> bool {
        match self {
            Width::Two => i16::try_from(value).is_ok(),
            Width::Four => i32::try_from(value).is_ok(),
            Width::Eight => true,
        }
    }
}

/// The value, checked against the width.
pub(super) fn checked(value: i64, width: Width) -> Result<i64, ValueError> {
    if width.holds(value) { Ok(value) } else { Err(ValueError::OutOfRange(width.name())) }
}

/// Text, or binary of the declared width.
pub(super) fn canonical(
    format: Format,
    bytes: &[u8],
    width: Width,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let value = match format {
        Format::Text => parse(bytes, width)?,
        Format::Binary => match width {
            Width::Two => i16::from_be_bytes(exact(bytes, width.name())?).into(),
            Width::Four => i32::from_be_bytes(exact(bytes, width.name())?).into(),
            Width::Eight => i64::from_be_bytes(exact(bytes, width.name())?),
        },
    };
    out.extend_from_slice(&value.to_be_bytes());
    Ok(())
}

/// Decimal text, with a sign and blanks around it.
pub(super) fn parse(bytes: &[u8], width: Width) -> Result<i64, ValueError> {
    let (negative, digits) = sign(trimmed(bytes));
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ValueError::Syntax(width.name()));
    }
    let overflow = ValueError::OutOfRange(width.name());
    let value = match number(digits) {
        Some(value) if negative => -value,
        Some(value) => value,
        None if negative && is_minimum(digits) => i64::MIN,
        None => return Err(overflow),
    };
    checked(value, width)
}

fn is_minimum(digits: &[u8]) -> bool {
    let significant = digits.iter().position(|b| *b != b'0').and_then(|at| digits.get(at..));
    significant == Some(b"9223372036854775808")
}

/// Text or binary of the declared width.
pub(super) fn shown(
    canonical: &[u8],
    format: Format,
    width: Width,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let value = i64::from_be_bytes(stored(canonical)?);
    if !width.holds(value) {
        return Err(ValueError::Damaged);
    }
    match (format, width) {
        (Format::Text, _) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        (Format::Binary, Width::Two) => out.extend_from_slice(&(value as i16).to_be_bytes()),
        (Format::Binary, Width::Four) => out.extend_from_slice(&(value as i32).to_be_bytes()),
        (Format::Binary, Width::Eight) => out.extend_from_slice(&value.to_be_bytes()),
    }
    Ok(())
}
