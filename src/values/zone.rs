//! Time zones: the offset from UTC at an instant, or at a local time as the server would read it.
//!
//! Knows the IANA data bundled with the program and the fixed offsets that `SET TIME ZONE` makes.
//! Does not know dates. A zone that is not known stays a value of its own, and whatever needs it is
//! refused.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::error::ValueError;

/// Seconds from 1970-01-01 to 2000-01-01.
const EPOCH_2000: i64 = 946_684_800;
/// 400 Gregorian years in seconds: after so long the calendar, weekdays included, repeats.
const CYCLE: i64 = 146_097 * 86_400;
/// 9000-01-01 in seconds from 2000: beyond, rules are looked up in an equal year of an earlier cycle.
const FAR: i64 = 220_898_664_000;
/// The largest offset that the server reads, in seconds (`MAX_TZDISP_HOUR`, 15:59:59).
const MAX_OFFSET: i32 = 16 * 3600 - 1;

/// The TimeZone of a session.
#[derive(Clone, Debug)]
pub struct Zone(Rule);

#[derive(Clone, Debug)]
enum Rule {
    Fixed { east: i32, abbreviation: Box<str> },
    Named(TimeZone),
    Unknown,
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Zone(Rule::Fixed { east: 0, abbreviation: "UTC".into() })
    }

    /// As `SET TimeZone` and ParameterStatus spell it: an IANA name in any case, hours east of UTC
    /// (`-3.5`), or the POSIX form without daylight saving (`<+02>-02`, where the sign is west).
    pub fn session(text: &str) -> Self {
        if text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("Etc/UTC") {
            return Zone::utc();
        }
        let rule = Self::named(text)
            .map(Rule::Named)
            .or_else(|| hours_east(text))
            .or_else(|| posix(text))
            .unwrap_or(Rule::Unknown);
        Zone(rule)
    }

    /// An IANA name; names that the server keeps for itself or that jiff made up are not among them.
    fn named(text: &str) -> Option<TimeZone> {
        let known = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
        if !known || text.is_empty() || text.eq_ignore_ascii_case("Etc/Unknown") {
            return None;
        }
        TimeZoneDatabase::bundled().get(text).ok()
    }

    /// As [`Zone::session`] for a name inside a date, where only IANA names are certain.
    pub(super) fn in_text(text: &str) -> Option<Self> {
        Self::named(text).map(|zone| Zone(Rule::Named(zone)))
    }

    /// Whether the offset is the same at all times.
    pub(super) fn fixed(&self) -> Option<i32> {
        match &self.0 {
            Rule::Fixed { east, .. } => Some(*east),
            Rule::Named(zone) => zone.to_fixed_offset().ok().map(Offset::seconds),
            Rule::Unknown => None,
        }
    }

    /// Seconds east of UTC at an instant, in seconds from 1970-01-01 UTC; `None` for a zone that is
    /// not known.
    pub fn east_at(&self, unix: i64) -> Option<i32> {
        self.offset_at(unix - EPOCH_2000).ok()
    }

    /// Seconds east of UTC at an instant, given in seconds from 2000-01-01 UTC.
    pub(super) fn offset_at(&self, utc: i64) -> Result<i32, ValueError> {
        match &self.0 {
            Rule::Fixed { east, .. } => Ok(*east),
            Rule::Named(zone) => Ok(zone.to_offset(timestamp(utc)?).seconds()),
            Rule::Unknown => Err(UNKNOWN),
        }
    }

    /// Seconds east of UTC at a local time, given in seconds from 2000-01-01 00:00 local. In a gap the
    /// offset before it holds, in a fold the offset after it, as in `DetermineTimeZoneOffset`.
    pub(super) fn offset_of_local(&self, local: i64) -> Result<i32, ValueError> {
        match &self.0 {
            Rule::Fixed { east, .. } => Ok(*east),
            Rule::Named(zone) => {
                let local = Offset::UTC.to_datetime(timestamp(local)?);
                Ok(match zone.to_ambiguous_timestamp(local).offset() {
                    AmbiguousOffset::Unambiguous { offset } => offset.seconds(),
                    AmbiguousOffset::Gap { before, .. } => before.seconds(),
                    AmbiguousOffset::Fold { after, .. } => after.seconds(),
                })
            }
            Rule::Unknown => Err(UNKNOWN),
        }
    }

    /// Appends the abbreviation in use at an instant, as DateStyles other than ISO show it.
    pub(super) fn abbreviation_at(&self, utc: i64, out: &mut Vec<u8>) -> Result<(), ValueError> {
        match &self.0 {
            Rule::Fixed { abbreviation, .. } => out.extend(abbreviation.bytes().take(MAX_ABBREVIATION)),
            Rule::Named(zone) => {
                let info = zone.to_offset_info(timestamp(utc)?);
                out.extend(info.abbreviation().bytes().take(MAX_ABBREVIATION));
            }
            Rule::Unknown => return Err(UNKNOWN),
        }
        Ok(())
    }

    /// Whether this zone itself has ever used the abbreviation for another offset than `east`: then
    /// its meaning depends on the server's version, and is not certain.
    pub(super) fn contradicts(&self, abbreviation: &str, east: i32) -> bool {
        let other = |found: &str, offset: i32| found.eq_ignore_ascii_case(abbreviation) && offset != east;
        match &self.0 {
            Rule::Fixed { east, abbreviation } => other(abbreviation, *east),
            Rule::Named(zone) => zone
                .preceding(Timestamp::constant(FAR_ENOUGH, 0))
                .any(|change| other(change.abbreviation(), change.offset().seconds())),
            Rule::Unknown => true,
        }
    }
}

/// `MAXTZLEN`.
const MAX_ABBREVIATION: usize = 10;
/// 2040-01-01 in Unix seconds: later rules only repeat.
const FAR_ENOUGH: i64 = 2_208_988_800;
const UNKNOWN: ValueError = ValueError::Unsupported("the session's TimeZone");

fn timestamp(from_2000: i64) -> Result<Timestamp, ValueError> {
    let seconds = match from_2000 {
        near if near < FAR => near,
        far => far - ((far - FAR) / CYCLE + 1) * CYCLE,
    };
    Timestamp::from_second(seconds + EPOCH_2000).map_err(|_| ValueError::DateTimeOverflow)
}

/// `SET TIME ZONE -3.5`: shown afterwards as `<-03:30>+03:30`.
fn hours_east(text: &str) -> Option<Rule> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let hours: f64 = plain.then(|| text.parse().ok())??;
    let east = (hours * 3600.0) as i32;
    if !(-MAX_OFFSET..=MAX_OFFSET).contains(&east) {
        return None;
    }
    let size = east.unsigned_abs();
    let mut abbreviation = format!("{}{:02}", if east < 0 { '-' } else { '+' }, size / 3600);
    if size % 3600 != 0 {
        abbreviation.push_str(&format!(":{:02}", size / 60 % 60));
    }
    if size % 60 != 0 {
        abbreviation.push_str(&format!(":{:02}", size % 60));
    }
    Some(Rule::Fixed { east, abbreviation: abbreviation.into() })
}

/// `<+02>-02` or `ABC+3:30`: an abbreviation, which may be empty (`+05:30`), and the offset west (`tzparse` of
/// src/timezone/localtime.c).
fn posix(text: &str) -> Option<Rule> {
    let (abbreviation, offset) = match text.strip_prefix('<') {
        Some(rest) => rest.split_once('>')?,
        None => text.split_at_checked(text.find(|c: char| !c.is_ascii_alphabetic())?)?,
    };
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("-", rest) => (1, rest),
        ("+", rest) => (-1, rest),
        (_, _) => (-1, offset),
    };
    let mut parts = digits.splitn(3, ':');
    let mut part = |max: i32| match parts.next() {
        None => Some(0),
        Some(p) if (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()) => {
            p.parse::<i32>().ok().filter(|n| *n <= max)
        }
        Some(_) => None,
    };
    let east = sign * (part(15)? * 3600 + part(59)? * 60 + part(59)?);
    Some(Rule::Fixed { east, abbreviation: abbreviation.into() })
}
