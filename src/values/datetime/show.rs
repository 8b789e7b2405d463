//! Dates and times as text, in the four DateStyles (manual, 8.5.2).

use super::calendar::{Civil, DAY, SECOND};
use super::words::{MONTHS, WEEKDAYS};
use crate::values::settings::{DateOrder, DateStyle, TextSettings};

/// Appends a number of exactly two digits.
pub(in crate::values) fn two(value: i64, out: &mut Vec<u8>) {
    let (tens, ones) = ((value / 10 % 10) as u8, (value % 10) as u8);
    out.extend_from_slice(&[b'0' + tens, b'0' + ones]);
}

/// Appends a year: four digits or more, years before Christ counted from 1.
fn year(day: Civil, out: &mut Vec<u8>) {
    let year = if day.year > 0 { day.year } else { 1 - day.year };
    match year {
        0..10_000 => {
            two(year / 100, out);
            two(year % 100, out);
        }
        _ => out.extend_from_slice(itoa::Buffer::new().format(year).as_bytes()),
    }
}

fn before_christ(day: Civil, out: &mut Vec<u8>) {
    if day.year <= 0 {
        out.extend_from_slice(b" BC");
    }
}

/// A date alone.
pub(super) fn date(day: Civil, settings: &TextSettings, out: &mut Vec<u8>) {
    let separator = match settings.date_style {
        DateStyle::Postgres => b'-',
        DateStyle::Iso | DateStyle::Sql | DateStyle::German => b'/',
    };
    numeric_date(day, settings, separator, out);
    before_christ(day, out);
}

fn numeric_date(day: Civil, settings: &TextSettings, separator: u8, out: &mut Vec<u8>) {
    let (style, order) = (settings.date_style, settings.date_order);
    match style {
        DateStyle::Iso => {
            year(day, out);
            out.push(b'-');
            two(day.month, out);
            out.push(b'-');
            return two(day.day, out);
        }
        DateStyle::German => day_month(day.day, day.month, b'.', out),
        DateStyle::Sql | DateStyle::Postgres => match order {
            DateOrder::Dmy => day_month(day.day, day.month, separator, out),
            DateOrder::Mdy | DateOrder::Ymd => day_month(day.month, day.day, separator, out),
        },
    }
    year(day, out);
}

fn day_month(first: i64, second: i64, separator: u8, out: &mut Vec<u8>) {
    two(first, out);
    out.push(separator);
    two(second, out);
    out.push(separator);
}

/// `hh:mm:ss`, and as many places of a fraction as it has.
pub(super) fn time(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros / SECOND;
    two(seconds / 3600, out);
    out.push(b':');
    two(seconds / 60 % 60, out);
    out.push(b':');
    two(seconds % 60, out);
    fraction(micros % SECOND, out);
}

/// A point and microseconds without trailing zeros; nothing for 0.
pub(in crate::values) fn fraction(micros: i64, out: &mut Vec<u8>) {
    if micros == 0 {
        return;
    }
    out.push(b'.');
    two(micros / 10_000, out);
    two(micros / 100 % 100, out);
    two(micros % 100, out);
    while let Some(b'0') = out.last() {
        out.pop();
    }
}

/// `+hh`, with minutes and seconds where there are any.
pub(super) fn offset(east: i32, out: &mut Vec<u8>) {
    let size = i64::from(east.unsigned_abs());
    out.push(if east < 0 { b'-' } else { b'+' });
    two(size / 3600, out);
    if size % 3600 != 0 {
        out.push(b':');
        two(size / 60 % 60, out);
    }
    if size % 60 != 0 {
        out.push(b':');
        two(size % 60, out);
    }
}

/// A zone as it is shown after a timestamp.
pub(super) struct ShownZone<'a> {
    /// Seconds east of UTC: ISO.
    pub east: i32,
    /// The other styles.
    pub abbreviation: &'a [u8],
}

/// A timestamp, given in local microseconds.
pub(super) fn stamp(local: i64, zone: Option<&ShownZone<'_>>, settings: &TextSettings, out: &mut Vec<u8>) {
    let days = local.div_euclid(DAY);
    let (day, micros) = (Civil::from_days(days), local.rem_euclid(DAY));
    match settings.date_style {
        DateStyle::Postgres => {
            // 2000-01-01 was a Saturday.
            let weekday = WEEKDAYS.get((days + 6).rem_euclid(7) as usize).unwrap_or(&"");
            let month = MONTHS.get((day.month - 1) as usize).unwrap_or(&"");
            out.extend_from_slice(weekday.as_bytes());
            out.push(b' ');
            if settings.date_order == DateOrder::Dmy {
                two(day.day, out);
                out.push(b' ');
                out.extend_from_slice(month.as_bytes());
            } else {
                out.extend_from_slice(month.as_bytes());
                out.push(b' ');
                two(day.day, out);
            }
            out.push(b' ');
            time(micros, out);
            out.push(b' ');
            year(day, out);
        }
        DateStyle::Iso | DateStyle::Sql | DateStyle::German => {
            numeric_date(day, settings, b'/', out);
            out.push(b' ');
            time(micros, out);
        }
    }
    match (zone, settings.date_style) {
        (None, _) => {}
        (Some(zone), DateStyle::Iso) => offset(zone.east, out),
        (Some(zone), DateStyle::Sql | DateStyle::Postgres | DateStyle::German) => {
            out.push(b' ');
            out.extend_from_slice(zone.abbreviation);
        }
    }
    before_christ(day, out);
}
