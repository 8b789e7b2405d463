//! time and timetz: i64 microseconds from midnight; timetz with i32 seconds west of UTC.

use super::calendar::{DAY, SECOND};
use super::show;
use super::written::{GivenZone, Parts, Written, read};
use crate::values::converter::Format;
use crate::values::error::ValueError;
use crate::values::scan::{exact, stored, trimmed};
use crate::values::settings::TextSettings;
use crate::values::zone::Zone;

/// `time` in errors.
const NAME: &str = "time";
/// `timetz` in errors.
const NAME_ZONED: &str = "time with time zone";
/// `TZDISP_LIMIT`: 16 hours, in seconds.
const ZONE_LIMIT: i32 = 16 * 3600;

/// Rounds to so many digits of a second, half away from zero; `None` beyond 64 bits.
pub(in crate::values) fn rounded(micros: i64, digits: u8) -> Option<i64> {
    let unit = 10i64.pow(6u32.saturating_sub(digits.into()));
    let size = micros.checked_abs()?.checked_add(unit / 2)? / unit * unit;
    Some(if micros < 0 { -size } else { size })
}

/// Rounded to the declared digits.
pub(super) fn to_digits(micros: i64, digits: Option<u8>) -> Result<i64, ValueError> {
    match digits {
        None => Ok(micros),
        Some(digits) => rounded(micros, digits).ok_or(ValueError::DateTimeOverflow),
    }
}

fn in_day(micros: i64) -> Result<i64, ValueError> {
    if (0..=DAY).contains(&micros) { Ok(micros) } else { Err(ValueError::DateTimeOverflow) }
}

/// Text, or 8 bytes. A date and a zone beside the time mean nothing.
pub(in crate::values) fn canonical(
    format: Format,
    bytes: &[u8],
    digits: Option<u8>,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let micros = match format {
        Format::Text => {
            let parts = parse(bytes, settings, NAME)?;
            if let Some(GivenZone::Named(zone)) = &parts.zone {
                named_offset(zone, &parts)?;
            }
            in_day(parts.time.unwrap_or(0))?
        }
        Format::Binary => in_day(i64::from_be_bytes(exact(bytes, NAME)?))?,
    };
    out.extend_from_slice(&to_digits(micros, digits)?.to_be_bytes());
    Ok(())
}

fn parse(bytes: &[u8], settings: &TextSettings, name: &'static str) -> Result<Parts, ValueError> {
    match read(trimmed(bytes), settings, name)? {
        // After other dates, the server takes the time or the zone for something else.
        Written::Parts(parts) if parts.date.is_some() && !after_iso_date(trimmed(bytes)) => {
            Err(ValueError::Unsupported("a time of day after this spelling of a date"))
        }
        Written::Parts(parts) if parts.time.is_some() => Ok(parts),
        Written::Parts(_) | Written::Infinity | Written::NegativeInfinity | Written::Epoch => {
            Err(ValueError::DateTimeSyntax(name))
        }
    }
}

fn after_iso_date(text: &[u8]) -> bool {
    matches!(text, [_, _, _, _, b'-', _, _, b'-', _, _, b' ', ..])
}

/// The offset of a zone at the text's own date; without a date it must be the same at all times.
fn named_offset(zone: &Zone, parts: &Parts) -> Result<i32, ValueError> {
    match (zone.fixed(), parts.date) {
        (Some(east), _) => Ok(east),
        (None, Some(date)) => {
            let local = date.days() * 86_400 + parts.time.unwrap_or(0) / SECOND;
            zone.offset_of_local(local)
        }
        (None, None) => Err(ValueError::Unsupported("a time of day in a zone with daylight saving")),
    }
}

/// timetz: text, or 8 and 4 bytes.
pub(in crate::values) fn canonical_zoned(
    format: Format,
    bytes: &[u8],
    digits: Option<u8>,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let (micros, west) = match format {
        Format::Text => {
            let parts = parse(bytes, settings, NAME_ZONED)?;
            let east = match &parts.zone {
                Some(GivenZone::East(east)) => *east,
                Some(GivenZone::Named(zone)) => named_offset(zone, &parts)?,
                None => named_offset(&settings.time_zone, &parts)?,
            };
            (in_day(parts.time.unwrap_or(0))?, -east)
        }
        Format::Binary => {
            let [a, b, c, d, e, f, g, h, zone @ ..] = exact::<12>(bytes, NAME_ZONED)?;
            let micros = in_day(i64::from_be_bytes([a, b, c, d, e, f, g, h]))?;
            let west = i32::from_be_bytes(zone);
            if west <= -ZONE_LIMIT || west >= ZONE_LIMIT {
                return Err(ValueError::ZoneOverflow);
            }
            (micros, west)
        }
    };
    out.extend_from_slice(&to_digits(micros, digits)?.to_be_bytes());
    out.extend_from_slice(&west.to_be_bytes());
    Ok(())
}

/// `hh:mm:ss`, or 8 bytes.
pub(in crate::values) fn shown(
    canonical: &[u8],
    format: Format,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let micros = i64::from_be_bytes(stored(canonical)?);
    match format {
        Format::Binary => out.extend_from_slice(canonical),
        Format::Text => show::time(in_day(micros).map_err(|_| ValueError::Damaged)?, out),
    }
    Ok(())
}

/// `hh:mm:ss+hh`, or 12 bytes.
pub(in crate::values) fn shown_zoned(
    canonical: &[u8],
    format: Format,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let [a, b, c, d, e, f, g, h, zone @ ..] = stored::<12>(canonical)?;
    match format {
        Format::Binary => out.extend_from_slice(canonical),
        Format::Text => {
            let micros = in_day(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
            show::time(micros.map_err(|_| ValueError::Damaged)?, out);
            show::offset(i32::from_be_bytes(zone).saturating_neg(), out);
        }
    }
    Ok(())
}
