//! Casts between dates, timestamps, times of day and intervals.

use super::calendar::{DAY, SECOND};
use super::time::to_digits;
use super::{date, stamp};
use crate::types::LogicalType;
use crate::values::error::ValueError;
use crate::values::interval::Interval;
use crate::values::scan::stored;
use crate::values::settings::TextSettings;

/// Whether the server has such a cast and it is made here.
pub(in crate::values) fn is_cast(from: &LogicalType, to: &LogicalType) -> bool {
    use LogicalType as T;
    matches!(
        (from, to),
        (T::Date, T::Timestamp(_) | T::Timestamptz(_))
            | (T::Timestamp(_), T::Date | T::Time(_) | T::Timestamp(_) | T::Timestamptz(_))
            | (T::Timestamptz(_), T::Date | T::Time(_) | T::Timetz(_) | T::Timestamp(_) | T::Timestamptz(_))
            | (T::Time(_), T::Time(_) | T::Timetz(_) | T::Interval)
            | (T::Timetz(_), T::Time(_) | T::Timetz(_))
            | (T::Interval, T::Time(_))
    )
}

/// An operand, in the terms in which the results are made.
enum Operand {
    /// Microseconds from 2000-01-01 00:00 local; infinities as in a timestamp.
    Local(i64),
    /// Microseconds from 2000-01-01 00:00 UTC; infinities as in a timestamptz.
    Utc(i64),
    /// Microseconds from midnight.
    Time(i64),
    /// The same, and seconds west of UTC.
    ZonedTime(i64, i32),
}

const UNKNOWN_DAY: ValueError = ValueError::Unsupported("a time of day in the zone of today");
const NO_TIME: ValueError = ValueError::Unsupported("the time of day of an infinite timestamp");

/// Appends the result of a cast that [`is_cast`] knows.
pub(in crate::values) fn cast(
    canonical: &[u8],
    from: &LogicalType,
    to: &LogicalType,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let operand = operand(canonical, from)?;
    match to {
        LogicalType::Date => write_date(operand, settings, out),
        LogicalType::Timestamp(digits) => {
            let micros = match operand {
                Operand::Utc(utc) => local_of(utc, settings)?,
                Operand::Local(local) => local,
                Operand::Time(_) | Operand::ZonedTime(_, _) => return Err(ValueError::Damaged),
            };
            write_stamp(micros, *digits, out)
        }
        LogicalType::Timestamptz(digits) => {
            let micros = match operand {
                Operand::Utc(utc) => utc,
                Operand::Local(local) if is_infinite(local) => local,
                Operand::Local(local) => stamp::from_local(local, settings)?,
                Operand::Time(_) | Operand::ZonedTime(_, _) => return Err(ValueError::Damaged),
            };
            write_stamp(micros, *digits, out)
        }
        LogicalType::Time(digits) => {
            let (micros, _) = time_of(operand, settings)?;
            out.extend_from_slice(&to_digits(micros, *digits)?.to_be_bytes());
            Ok(())
        }
        LogicalType::Timetz(digits) => {
            let (micros, west) = time_of(operand, settings)?;
            out.extend_from_slice(&to_digits(micros, *digits)?.to_be_bytes());
            out.extend_from_slice(&west.ok_or(UNKNOWN_DAY)?.to_be_bytes());
            Ok(())
        }
        LogicalType::Interval => {
            let (micros, _) = time_of(operand, settings)?;
            Interval { micros, ..Interval::default() }.write(out);
            Ok(())
        }
        _ => Err(ValueError::Damaged),
    }
}

fn operand(canonical: &[u8], from: &LogicalType) -> Result<Operand, ValueError> {
    Ok(match from {
        LogicalType::Date => Operand::Local(match i32::from_be_bytes(stored(canonical)?) {
            date::INFINITY => stamp::INFINITY,
            date::NEGATIVE_INFINITY => stamp::NEGATIVE_INFINITY,
            days => i64::from(days).checked_mul(DAY).ok_or(ValueError::DateTimeOverflow)?,
        }),
        LogicalType::Timestamp(_) => Operand::Local(i64::from_be_bytes(stored(canonical)?)),
        LogicalType::Timestamptz(_) => Operand::Utc(i64::from_be_bytes(stored(canonical)?)),
        LogicalType::Time(_) => Operand::Time(i64::from_be_bytes(stored(canonical)?)),
        LogicalType::Timetz(_) => {
            let [a, b, c, d, e, f, g, h, zone @ ..] = stored::<12>(canonical)?;
            let micros = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
            Operand::ZonedTime(micros, i32::from_be_bytes(zone))
        }
        LogicalType::Interval => Operand::Time(Interval::stored(canonical)?.micros.rem_euclid(DAY)),
        _ => return Err(ValueError::Damaged),
    })
}

fn is_infinite(micros: i64) -> bool {
    matches!(micros, stamp::INFINITY | stamp::NEGATIVE_INFINITY)
}

fn local_of(utc: i64, settings: &TextSettings) -> Result<i64, ValueError> {
    if is_infinite(utc) { Ok(utc) } else { stamp::to_local(utc, settings) }
}

fn write_stamp(micros: i64, digits: Option<u8>, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let micros = stamp::to_digits(stamp::in_range(micros)?, digits)?;
    out.extend_from_slice(&micros.to_be_bytes());
    Ok(())
}

fn write_date(operand: Operand, settings: &TextSettings, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let local = match operand {
        Operand::Local(local) => local,
        Operand::Utc(utc) => local_of(utc, settings)?,
        Operand::Time(_) | Operand::ZonedTime(_, _) => return Err(ValueError::Damaged),
    };
    let days = match local {
        stamp::INFINITY => date::INFINITY,
        stamp::NEGATIVE_INFINITY => date::NEGATIVE_INFINITY,
        local => date::in_range(local.div_euclid(DAY))?,
    };
    out.extend_from_slice(&days.to_be_bytes());
    Ok(())
}

/// The time of day, and seconds west of UTC where they are known.
fn time_of(operand: Operand, settings: &TextSettings) -> Result<(i64, Option<i32>), ValueError> {
    Ok(match operand {
        Operand::Local(micros) | Operand::Utc(micros) if is_infinite(micros) => return Err(NO_TIME),
        Operand::Local(local) => (local.rem_euclid(DAY), None),
        Operand::Utc(utc) => {
            let local = stamp::to_local(utc, settings)?;
            (local.rem_euclid(DAY), Some(((utc - local) / SECOND) as i32))
        }
        Operand::Time(micros) => (micros, settings.time_zone.fixed().map(|east| -east)),
        Operand::ZonedTime(micros, west) => (micros, Some(west)),
    })
}
