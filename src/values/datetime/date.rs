//! date: i32 days from 2000-01-01, infinities at the ends.

use super::calendar::{Civil, END_DAY, FIRST_DAY};
use super::show;
use super::written::{Written, read};
use crate::values::converter::Format;
use crate::values::error::ValueError;
use crate::values::scan::{exact, stored, trimmed};
use crate::values::settings::TextSettings;

/// `date` in errors.
const NAME: &str = "date";
/// infinity
pub(in crate::values) const INFINITY: i32 = i32::MAX;
/// -infinity
pub(in crate::values) const NEGATIVE_INFINITY: i32 = i32::MIN;
/// 1970-01-01
const EPOCH: i32 = -10_957;

/// Text in the session's order, or 4 bytes.
pub(in crate::values) fn canonical(
    format: Format,
    bytes: &[u8],
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let days = match format {
        Format::Text => parse(bytes, settings)?,
        Format::Binary => in_range(i32::from_be_bytes(exact(bytes, NAME)?).into())?,
    };
    out.extend_from_slice(&days.to_be_bytes());
    Ok(())
}

/// A time and a zone beside the date are read and mean nothing, as on the server.
fn parse(bytes: &[u8], settings: &TextSettings) -> Result<i32, ValueError> {
    match read(trimmed(bytes), settings, NAME)? {
        Written::Infinity => Ok(INFINITY),
        Written::NegativeInfinity => Ok(NEGATIVE_INFINITY),
        Written::Epoch => Ok(EPOCH),
        Written::Parts(parts) => {
            let days = parts.date.ok_or(ValueError::DateTimeSyntax(NAME))?.days();
            if (FIRST_DAY..END_DAY).contains(&days) {
                Ok(days as i32)
            } else {
                Err(ValueError::DateTimeOverflow)
            }
        }
    }
}

/// Days as a date holds them, infinities included.
pub(in crate::values) fn in_range(days: i64) -> Result<i32, ValueError> {
    match i32::try_from(days) {
        Ok(INFINITY) => Ok(INFINITY),
        Ok(NEGATIVE_INFINITY) => Ok(NEGATIVE_INFINITY),
        Ok(near) if (FIRST_DAY..END_DAY).contains(&days) => Ok(near),
        Ok(_) | Err(_) => Err(ValueError::DateTimeOverflow),
    }
}

/// In the session's DateStyle, or 4 bytes.
pub(in crate::values) fn shown(
    canonical: &[u8],
    format: Format,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let days = i32::from_be_bytes(stored(canonical)?);
    match (format, days) {
        (Format::Binary, _) => out.extend_from_slice(canonical),
        (Format::Text, INFINITY) => out.extend_from_slice(b"infinity"),
        (Format::Text, NEGATIVE_INFINITY) => out.extend_from_slice(b"-infinity"),
        (Format::Text, days) => show::date(Civil::from_days(days.into()), settings, out),
    }
    Ok(())
}
