//! timestamp and timestamptz: i64 microseconds from 2000-01-01 (for timestamptz, UTC), infinities at
//! the ends.

use super::calendar::{DAY, END_STAMP, FIRST_STAMP, SECOND};
use super::show::{self, ShownZone};
use super::time::rounded;
use super::written::{GivenZone, Parts, Written, read};
use crate::values::converter::Format;
use crate::values::error::ValueError;
use crate::values::scan::{exact, stored, trimmed};
use crate::values::settings::TextSettings;

/// infinity
pub(in crate::values) const INFINITY: i64 = i64::MAX;
/// -infinity
pub(in crate::values) const NEGATIVE_INFINITY: i64 = i64::MIN;
/// 1970-01-01 00:00:00
const EPOCH: i64 = -946_684_800 * SECOND;

/// Which of the two, and the declared fractional digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::values) struct Kind {
    pub zoned: bool,
    pub digits: Option<u8>,
}

impl Kind {
    fn name(self) -> &'static str {
        if self.zoned { "timestamp with time zone" } else { "timestamp" }
    }
}

/// Text in the session's order and zone, or 8 bytes.
pub(in crate::values) fn canonical(
    format: Format,
    bytes: &[u8],
    kind: Kind,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let micros = match format {
        Format::Text => parse(bytes, kind, settings)?,
        Format::Binary => in_range(i64::from_be_bytes(exact(bytes, kind.name())?))?,
    };
    out.extend_from_slice(&to_digits(micros, kind.digits)?.to_be_bytes());
    Ok(())
}

/// Rounded to the declared digits; an infinity stays one.
pub(in crate::values) fn to_digits(micros: i64, digits: Option<u8>) -> Result<i64, ValueError> {
    match (micros, digits) {
        (INFINITY | NEGATIVE_INFINITY, _) | (_, None) => Ok(micros),
        (_, Some(digits)) => rounded(micros, digits).ok_or(ValueError::DateTimeOverflow),
    }
}

fn parse(bytes: &[u8], kind: Kind, settings: &TextSettings) -> Result<i64, ValueError> {
    let parts = match read(trimmed(bytes), settings, kind.name())? {
        Written::Infinity => return Ok(INFINITY),
        Written::NegativeInfinity => return Ok(NEGATIVE_INFINITY),
        Written::Epoch => return Ok(EPOCH),
        Written::Parts(parts) => parts,
    };
    let day = parts.date.ok_or(ValueError::DateTimeSyntax(kind.name()))?;
    let midnight = day.days().checked_mul(DAY);
    let local = midnight.and_then(|m| m.checked_add(parts.time.unwrap_or(0)));
    let local = local.ok_or(ValueError::DateTimeOverflow)?;
    let moment = if kind.zoned { to_utc(local, &parts, settings)? } else { local };
    if finite(moment) { Ok(moment) } else { Err(ValueError::DateTimeOverflow) }
}

fn to_utc(local: i64, parts: &Parts, settings: &TextSettings) -> Result<i64, ValueError> {
    let seconds = local.div_euclid(SECOND);
    let east = match &parts.zone {
        Some(GivenZone::East(east)) => *east,
        Some(GivenZone::Named(zone)) => zone.offset_of_local(seconds)?,
        None => settings.time_zone.offset_of_local(seconds)?,
    };
    local.checked_sub(i64::from(east) * SECOND).ok_or(ValueError::DateTimeOverflow)
}

fn finite(micros: i64) -> bool {
    (FIRST_STAMP..END_STAMP).contains(&micros)
}

/// Microseconds as a timestamp holds them, infinities included.
pub(in crate::values) fn in_range(micros: i64) -> Result<i64, ValueError> {
    match micros {
        INFINITY | NEGATIVE_INFINITY => Ok(micros),
        near if finite(near) => Ok(near),
        _ => Err(ValueError::DateTimeOverflow),
    }
}

/// The local time of an instant in the session's zone.
pub(in crate::values) fn to_local(utc: i64, settings: &TextSettings) -> Result<i64, ValueError> {
    let east = settings.time_zone.offset_at(utc.div_euclid(SECOND))?;
    utc.checked_add(i64::from(east) * SECOND).ok_or(ValueError::DateTimeOverflow)
}

/// The instant of a local time in the session's zone.
pub(in crate::values) fn from_local(local: i64, settings: &TextSettings) -> Result<i64, ValueError> {
    in_range(to_utc(local, &Parts::default(), settings)?)
}

/// In the session's DateStyle and zone, or 8 bytes.
pub(in crate::values) fn shown(
    canonical: &[u8],
    format: Format,
    zoned: bool,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let micros = i64::from_be_bytes(stored(canonical)?);
    match (format, micros) {
        (Format::Binary, _) => out.extend_from_slice(canonical),
        (Format::Text, INFINITY) => out.extend_from_slice(b"infinity"),
        (Format::Text, NEGATIVE_INFINITY) => out.extend_from_slice(b"-infinity"),
        (Format::Text, utc) if zoned => {
            let local = to_local(utc, settings)?;
            let (seconds, mut abbreviation) = (utc.div_euclid(SECOND), Vec::new());
            if settings.date_style != crate::values::settings::DateStyle::Iso {
                settings.time_zone.abbreviation_at(seconds, &mut abbreviation)?;
            }
            let east = ((local - utc) / SECOND) as i32;
            show::stamp(local, Some(&ShownZone { east, abbreviation: &abbreviation }), settings, out);
        }
        (Format::Text, local) => show::stamp(local, None, settings, out),
    }
    Ok(())
}
