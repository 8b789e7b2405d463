//! The short way for what drivers send: `1999-01-08`, `1999-01-08 +02`, `1999-01-08 04:05:06.789+02`,
//! `04:05:06`.
//!
//! Reads only what has one meaning under every DateStyle; gives `None` for everything else.

use super::calendar::Civil;
use super::written::{GivenZone, Parts, fraction, offset, time_of_day};
use crate::values::error::ValueError;

/// Date and time, or one of them.
#[inline]
pub(super) fn read(text: &[u8]) -> Result<Option<Parts>, ValueError> {
    let (date, rest) = match text {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] => {
            let year = two(y1, y2).and_then(|c| Some(c * 100 + two(y3, y4)?));
            let (Some(year), Some(month), Some(day)) = (year, two(m1, m2), two(d1, d2)) else {
                return Ok(None);
            };
            if year == 0 {
                return Ok(None);
            }
            (Some(Civil { year, month, day }), rest)
        }
        _ => (None, text),
    };
    let rest = match (rest, &date) {
        ([], Some(_)) => return Ok(Some(Parts { date: checked(date)?, ..Parts::default() })),
        // As pgjdbc writes a java.sql.Date.
        ([b' ', sign @ (b'+' | b'-'), figures @ ..], Some(_)) => {
            let Some(zone) = offset_of(*sign, figures)? else { return Ok(None) };
            return Ok(Some(Parts { date: checked(date)?, time: None, zone: Some(zone) }));
        }
        ([b' ' | b'T', rest @ ..], Some(_)) => rest,
        (_, Some(_)) => return Ok(None),
        (_, None) => rest,
    };
    let Some((time, zone)) = time_and_zone(rest)? else { return Ok(None) };
    Ok(Some(Parts { date: checked(date)?, time: Some(time), zone }))
}

fn checked(date: Option<Civil>) -> Result<Option<Civil>, ValueError> {
    date.map(Civil::checked).transpose()
}

#[inline]
fn two(a: &u8, b: &u8) -> Option<i64> {
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))
}

#[inline]
fn six_digits(six: [&u8; 6], after: &[u8]) -> bool {
    six.iter().all(|b| b.is_ascii_digit()) && !after.first().is_some_and(u8::is_ascii_digit)
}

/// `hh:mm:ss[.ffffff][zone]`
#[inline]
fn time_and_zone(text: &[u8]) -> Result<Option<(i64, Option<GivenZone>)>, ValueError> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text else { return Ok(None) };
    let (Some(hour), Some(minute), Some(second)) = (two(h1, h2), two(m1, m2), two(s1, s2)) else {
        return Ok(None);
    };
    let (micros, rest) = match rest {
        [b'.', a, b, c, d, e, f, rest @ ..] if six_digits([a, b, c, d, e, f], rest) => {
            match (two(a, b), two(c, d), two(e, f)) {
                (Some(high), Some(middle), Some(low)) => ((high * 100 + middle) * 100 + low, rest),
                _ => return Ok(None),
            }
        }
        [b'.', rest @ ..] => {
            let (digits, rest) = crate::values::scan::digits(rest);
            match fraction(digits) {
                Some(micros) if !digits.is_empty() => (micros, rest),
                _ => return Ok(None),
            }
        }
        _ => (0, rest),
    };
    let Some(zone) = zone(rest)? else { return Ok(None) };
    Ok(Some((time_of_day(hour, minute, second, micros)?, zone)))
}

/// Nothing, `Z`, `±hh`, `±hh:mm`; the outer `None` is any other.
#[inline]
fn zone(text: &[u8]) -> Result<Option<Option<GivenZone>>, ValueError> {
    match text {
        [] => Ok(Some(None)),
        [b'Z'] => Ok(Some(Some(GivenZone::East(0)))),
        [sign @ (b'+' | b'-'), figures @ ..] => Ok(offset_of(*sign, figures)?.map(Some)),
        _ => Ok(None),
    }
}

/// `hh` or `hh:mm` after its sign; `None` is any other.
#[inline]
fn offset_of(sign: u8, figures: &[u8]) -> Result<Option<GivenZone>, ValueError> {
    let (hours, minutes) = match figures {
        [h1, h2] => (two(h1, h2), Some(0)),
        [h1, h2, b':', m1, m2] => (two(h1, h2), two(m1, m2)),
        _ => return Ok(None),
    };
    let (Some(hours), Some(minutes)) = (hours, minutes) else { return Ok(None) };
    Ok(Some(GivenZone::East(offset(sign == b'-', hours, minutes, 0)?)))
}
