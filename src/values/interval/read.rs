//! Intervals as text: the server's own forms, SQL's and ISO 8601's (manual, 8.5.4).
//!
//! Reads a subset, each spelling with the server's meaning or not at all. Fractions follow
//! PostgreSQL 15; where older servers differ, they are not read.

use super::super::datetime::calendar::{DAY, SECOND};
use super::super::error::ValueError;
use super::super::scan::{sign, trimmed_start};
use super::super::settings::IntervalStyle;
use super::tokens::{Amount, Piece, SPELLING, amount, cut};
use super::{Interval, NAME};

const SYNTAX: ValueError = ValueError::DateTimeSyntax(NAME);

/// A unit of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// So many years.
    Years(i64),
    Month,
    Week,
    Day,
    /// So many microseconds.
    Micros(i64),
}

const HOUR: i64 = 3600 * SECOND;
const MINUTE: i64 = 60 * SECOND;

/// The server cuts words to ten characters before it looks them up.
fn unit(word: &str) -> Option<Unit> {
    let mut lower = [0u8; 10];
    let length = lower.iter_mut().zip(word.bytes()).map(|(at, b)| *at = b.to_ascii_lowercase()).count();
    Some(match std::str::from_utf8(lower.get(..length)?).ok()? {
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Years(1),
        "dec" | "decs" | "decade" | "decades" => Unit::Years(10),
        "c" | "cent" | "century" | "centuries" => Unit::Years(100),
        "mil" | "mils" | "millennia" | "millennium" => Unit::Years(1000),
        "mon" | "mons" | "month" | "months" => Unit::Month,
        "w" | "week" | "weeks" => Unit::Week,
        "d" | "day" | "days" => Unit::Day,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Micros(HOUR),
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Micros(MINUTE),
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Micros(SECOND),
        "ms" | "msec" | "msecs" | "msecond" | "mseconds" | "millisecon" => Unit::Micros(1000),
        "us" | "usec" | "usecs" | "usecond" | "useconds" | "microsecon" => Unit::Micros(1),
        _ => return None,
    })
}

/// Reads `text`, which has no blanks around it.
pub(super) fn interval(text: &[u8], style: IntervalStyle) -> Result<Interval, ValueError> {
    let read = match text {
        [b'P', rest @ ..] => iso_8601(rest),
        [b'@', rest @ ..] => words(trimmed_start(rest), style),
        _ => words(text, style),
    };
    match read {
        // The server skips most punctuation.
        Err(SYNTAX) if text.iter().any(u8::is_ascii_punctuation) => Err(SPELLING),
        read => read,
    }
}

/// What has been added up, before it must fit.
#[derive(Default, PartialEq)]
struct Sum {
    months: i64,
    days: i64,
    micros: i64,
}

impl Sum {
    fn add(&mut self, amount: Amount, unit: Unit) -> Result<(), ValueError> {
        let Amount { whole, fraction } = amount;
        match unit {
            Unit::Years(years) => {
                let months = fraction * (years * 12) as f64;
                if (months - months.round()).abs() > 1e-6 {
                    return Err(SPELLING);
                }
                self.months = plus(self.months, whole, years * 12)?;
                self.months = plus(self.months, months.round() as i64, 1)?;
            }
            Unit::Month => {
                self.months = plus(self.months, whole, 1)?;
                self.part_of_days(fraction * 30.0)?;
            }
            Unit::Week => {
                self.days = plus(self.days, whole, 7)?;
                self.part_of_days(fraction * 7.0)?;
            }
            Unit::Day => {
                self.days = plus(self.days, whole, 1)?;
                self.part_of_time(fraction * DAY as f64)?;
            }
            Unit::Micros(scale) => {
                self.micros = plus(self.micros, whole, scale)?;
                self.part_of_time(fraction * scale as f64)?;
            }
        }
        self.interval().map(drop)
    }

    fn part_of_days(&mut self, days: f64) -> Result<(), ValueError> {
        self.days = plus(self.days, days.trunc() as i64, 1)?;
        self.part_of_time(days.fract() * DAY as f64)
    }

    /// Rounds away from zero above one half.
    fn part_of_time(&mut self, micros: f64) -> Result<(), ValueError> {
        let up = if micros.fract().abs() > 0.5 { micros.signum() as i64 } else { 0 };
        self.micros = plus(self.micros, micros.trunc() as i64 + up, 1)?;
        Ok(())
    }

    fn interval(&self) -> Result<Interval, ValueError> {
        Ok(Interval {
            months: i32::try_from(self.months).map_err(|_| ValueError::DateTimeOverflow)?,
            days: i32::try_from(self.days).map_err(|_| ValueError::IntervalOverflow)?,
            micros: self.micros,
        })
    }

    /// Each total with a minus.
    fn made_negative(&self) -> Sum {
        let micros = self.micros.checked_abs().map_or(self.micros, |size| -size);
        Sum { months: -self.months.abs(), days: -self.days.abs(), micros }
    }

    fn negate(&mut self) -> Result<(), ValueError> {
        let micros = self.micros.checked_neg().ok_or(ValueError::IntervalOverflow)?;
        *self = Sum { months: -self.months, days: -self.days, micros };
        Ok(())
    }
}

fn plus(sum: i64, value: i64, scale: i64) -> Result<i64, ValueError> {
    value.checked_mul(scale).and_then(|v| sum.checked_add(v)).ok_or(ValueError::IntervalOverflow)
}

/// Which fields have been given: each only once. One bit for each kind of unit.
#[derive(Default)]
struct Seen(u32);

const TIME_BITS: u32 = 0b111 << 4;

impl Seen {
    fn claim(&mut self, bits: u32) -> Result<(), ValueError> {
        if self.0 & bits != 0 {
            return Err(SYNTAX);
        }
        self.0 |= bits;
        Ok(())
    }
}

fn bits(unit: Unit, amount: Amount) -> u32 {
    match unit {
        Unit::Years(1) => 1,
        Unit::Years(scale) => 1 << (20 + scale.ilog10()),
        Unit::Month => 1 << 1,
        Unit::Week => 1 << 2,
        Unit::Day => 1 << 3,
        Unit::Micros(HOUR) => 1 << 4,
        Unit::Micros(MINUTE) => 1 << 5,
        Unit::Micros(SECOND) if amount.fraction == 0.0 => 1 << 6,
        Unit::Micros(SECOND) => 0b111 << 6,
        Unit::Micros(1000) => 1 << 7,
        Unit::Micros(_) => 1 << 8,
    }
}

/// The fields of a text, with their own signs and with a minus each.
#[derive(Default)]
struct Totals {
    signed: Sum,
    negative: Sum,
    seen: Seen,
}

impl Totals {
    fn add(&mut self, amount: Amount, unit: Unit, bits: u32) -> Result<(), ValueError> {
        self.seen.claim(bits)?;
        self.signed.add(amount, unit)?;
        let negative = Amount { whole: -amount.whole.abs(), fraction: -amount.fraction.abs() };
        self.negative.add(negative, unit)
    }

    fn add_whole(&mut self, whole: i64, unit: Unit, bits: u32) -> Result<(), ValueError> {
        self.add(Amount { whole, fraction: 0.0 }, unit, bits)
    }

    /// In SQL's style a sign at the front that is the only one is meant for all fields. PostgreSQL 15
    /// gives it to each field, older servers to each total.
    fn sum(self, text: &[u8], signs: u32, style: IntervalStyle) -> Result<Sum, ValueError> {
        let first_only = text.first() == Some(&b'-') && signs == 1;
        if !first_only || style != IntervalStyle::SqlStandard {
            return Ok(self.signed);
        }
        if self.signed.made_negative() == self.negative { Ok(self.negative) } else { Err(SPELLING) }
    }
}

/// `1 year 2 mons -3 days 04:05:06`, `1-2 3 4:05:06`, `@ 1 day ago`.
fn words(text: &[u8], style: IntervalStyle) -> Result<Interval, ValueError> {
    let (mut totals, mut signs, mut ago, mut rest) = (Totals::default(), 0, false, text);
    while !rest.is_empty() {
        let piece = cut(rest)?;
        signs += u32::from(piece.signed);
        rest = trimmed_start(piece.rest);
        match piece.piece {
            Piece::Time(micros) => totals.add_whole(micros, Unit::Micros(1), TIME_BITS)?,
            Piece::YearMonth(months) => totals.add_whole(months, Unit::Month, 0b11)?,
            Piece::Amount(amount) => {
                let unit;
                (unit, rest) = unit_of(rest)?;
                totals.add(amount, unit, bits(unit, amount))?;
            }
            Piece::Word(word) if word.eq_ignore_ascii_case("ago") && rest.is_empty() => ago = true,
            Piece::Word(word) if is_known(word) => return Err(SPELLING),
            Piece::Word(_) => return Err(SYNTAX),
        }
    }
    if totals.seen.0 == 0 {
        return Err(SYNTAX);
    }
    let mut sum = totals.sum(text, signs, style)?;
    if ago {
        sum.negate()?;
    }
    sum.interval()
}

fn is_known(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    unit(&word).is_some() || matches!(word.as_str(), "ago" | "infinity" | "timezone" | "quarter" | "qtr")
}

/// The unit after an amount: a word; days before a time; seconds at the end.
fn unit_of(rest: &[u8]) -> Result<(Unit, &[u8]), ValueError> {
    if rest.is_empty() {
        return Ok((Unit::Micros(SECOND), rest));
    }
    let next = cut(rest)?;
    match next.piece {
        Piece::Word(word) => match unit(word) {
            Some(unit) => Ok((unit, trimmed_start(next.rest))),
            None => Err(if is_known(word) { SPELLING } else { SYNTAX }),
        },
        Piece::Time(_) => Ok((Unit::Day, rest)),
        Piece::Amount(_) | Piece::YearMonth(_) => Err(SPELLING),
    }
}

/// `1Y2M3W4DT5H6M7.8S` after the P.
fn iso_8601(text: &[u8]) -> Result<Interval, ValueError> {
    let (mut sum, mut rest, mut in_time, mut empty) = (Sum::default(), text, false, true);
    while !rest.is_empty() {
        if let [b'T', after @ ..] = rest
            && !in_time
        {
            (rest, in_time) = (after, true);
            continue;
        }
        if let [b'+', ..] | [b'-', b'.', ..] = rest {
            return Err(SPELLING);
        }
        let (negative, unsigned) = sign(rest);
        let (amount, after) = amount(negative, unsigned)?;
        let unit = match (after, in_time) {
            ([b'Y', ..], false) => Unit::Years(1),
            ([b'M', ..], false) => Unit::Month,
            ([b'W', ..], false) => Unit::Week,
            ([b'D', ..], false) => Unit::Day,
            ([b'H', ..], true) => Unit::Micros(HOUR),
            ([b'M', ..], true) => Unit::Micros(MINUTE),
            ([b'S', ..], true) => Unit::Micros(SECOND),
            ([] | [b'-' | b':' | b'e' | b'E' | b'T', ..], _) => return Err(SPELLING),
            (_, _) => return Err(SYNTAX),
        };
        sum.add(amount, unit)?;
        (rest, empty) = (after.get(1..).unwrap_or_default(), false);
    }
    if empty { Err(SYNTAX) } else { sum.interval() }
}
