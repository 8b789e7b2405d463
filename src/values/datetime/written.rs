//! What a text says about a moment, before a type makes something of it.

use super::calendar::{Civil, DAY};
use super::iso;
use super::read;
use crate::values::error::ValueError;
use crate::values::settings::TextSettings;
use crate::values::zone::Zone;

/// A text that was read as date and time.
pub(super) enum Written {
    /// infinity
    Infinity,
    /// -infinity
    NegativeInfinity,
    /// 1970-01-01 00:00:00 UTC
    Epoch,
    /// Anything else.
    Parts(Parts),
}

/// What was given, each at most once.
#[derive(Default)]
pub(super) struct Parts {
    /// A day that exists.
    pub date: Option<Civil>,
    /// Microseconds from midnight, 0 to 24:00:01.
    pub time: Option<i64>,
    /// An offset or a zone.
    pub zone: Option<GivenZone>,
}

/// The zone of a text.
pub(super) enum GivenZone {
    /// Seconds east of UTC.
    East(i32),
    /// By its IANA name.
    Named(Box<Zone>),
}

/// Reads `text`, without blanks around it. `name` is the type, for errors.
pub(super) fn read(text: &[u8], settings: &TextSettings, name: &'static str) -> Result<Written, ValueError> {
    if let Some(parts) = iso::read(text)? {
        return Ok(Written::Parts(parts));
    }
    let text = std::str::from_utf8(text).map_err(|_| ValueError::DateTimeSyntax(name))?;
    match text.to_ascii_lowercase().as_str() {
        "infinity" => Ok(Written::Infinity),
        "-infinity" => Ok(Written::NegativeInfinity),
        "epoch" => Ok(Written::Epoch),
        "allballs" => {
            Ok(Written::Parts(Parts { time: Some(0), zone: Some(GivenZone::East(0)), ..Parts::default() }))
        }
        _ => read::parts(text, settings, name).map(Written::Parts),
    }
}

/// An offset in seconds east, checked as `DecodeTimezone` does.
pub(super) fn offset(negative: bool, hours: i64, minutes: i64, seconds: i64) -> Result<i32, ValueError> {
    if hours > 15 || minutes > 59 || seconds > 59 {
        return Err(ValueError::ZoneOverflow);
    }
    let size = (hours * 3600 + minutes * 60 + seconds) as i32;
    Ok(if negative { -size } else { size })
}

/// A time of day in microseconds, checked as `DecodeTime` does: 24:00 is the end of a day, and a
/// 60th second is the next minute's first.
pub(super) fn time_of_day(hour: i64, minute: i64, second: i64, micros: i64) -> Result<i64, ValueError> {
    let after_end = hour == 24 && (minute, second, micros) != (0, 0, 0);
    if hour > 24 || minute > 59 || second > 60 || after_end {
        return Err(ValueError::DateTimeOverflow);
    }
    let time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
    debug_assert!(time <= DAY + 2_000_000);
    Ok(time)
}

/// The digits after a decimal point as microseconds. The server rounds a binary fraction, half to
/// even.
pub(super) fn fraction(digits: &[u8]) -> Option<i64> {
    if digits.len() <= 6 {
        let value = digits.iter().fold(0i64, |sum, b| sum * 10 + i64::from(b - b'0'));
        return Some(value * 10i64.pow(6 - digits.len() as u32));
    }
    let text = std::str::from_utf8(digits).ok()?;
    let value: f64 = format!("0.{text}").parse().ok()?;
    Some((value * 1e6).round_ties_even() as i64)
}
