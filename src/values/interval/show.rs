//! Intervals as text in the four IntervalStyles (manual, table 8.18).

use std::io::Write;

use super::super::datetime::calendar::SECOND;
use super::super::datetime::show::{fraction, two};
use super::super::settings::IntervalStyle;
use super::Interval;

/// The fields that are shown, each with its own sign.
struct Fields {
    years: i64,
    months: i64,
    days: i64,
    hours: i64,
    minutes: i64,
    seconds: i64,
    micros: i64,
}

impl Fields {
    fn of(value: Interval) -> Self {
        let seconds = value.micros / SECOND;
        Fields {
            years: (value.months / 12).into(),
            months: (value.months % 12).into(),
            days: value.days.into(),
            hours: seconds / 3600,
            minutes: seconds / 60 % 60,
            seconds: seconds % 60,
            micros: value.micros % SECOND,
        }
    }
}

/// Appends the text.
pub(super) fn interval(value: Interval, style: IntervalStyle, out: &mut Vec<u8>) {
    let fields = Fields::of(value);
    match style {
        IntervalStyle::Postgres => postgres(value, &fields, out),
        IntervalStyle::PostgresVerbose => verbose(value, &fields, out),
        IntervalStyle::SqlStandard => sql_standard(value, &fields, out),
        IntervalStyle::Iso8601 => iso_8601(&fields, out),
    }
}

// Writing to a Vec cannot fail: the results of `write!` below are dropped.

/// `mm:ss.ffffff` after the hours, without signs.
fn minutes_and_seconds(fields: &Fields, out: &mut Vec<u8>) {
    two(fields.minutes.abs(), out);
    out.push(b':');
    two(fields.seconds.abs(), out);
    fraction(fields.micros.abs(), out);
}

/// Hours of two digits or more.
fn hours(value: i64, out: &mut Vec<u8>) {
    drop(write!(out, "{:02}:", value.unsigned_abs()));
}

fn postgres(value: Interval, fields: &Fields, out: &mut Vec<u8>) {
    let (mut empty, mut after_negative) = (true, false);
    for (amount, unit) in [(fields.years, "year"), (fields.months, "mon"), (fields.days, "day")] {
        if amount == 0 {
            continue;
        }
        let blank = if empty { "" } else { " " };
        let plus = if after_negative && amount > 0 { "+" } else { "" };
        let plural = if amount == 1 { "" } else { "s" };
        drop(write!(out, "{blank}{plus}{amount} {unit}{plural}"));
        (empty, after_negative) = (false, amount < 0);
    }
    if !empty && value.micros == 0 {
        return;
    }
    if !empty {
        out.push(b' ');
    }
    if value.micros < 0 {
        out.push(b'-');
    } else if after_negative {
        out.push(b'+');
    }
    hours(fields.hours, out);
    minutes_and_seconds(fields, out);
}

/// The first field's sign is the whole's; fields of the other sign get a minus.
fn verbose(value: Interval, fields: &Fields, out: &mut Vec<u8>) {
    out.push(b'@');
    let mut before: Option<bool> = None;
    let amounts = [
        (fields.years, "year"),
        (fields.months, "mon"),
        (fields.days, "day"),
        (fields.hours, "hour"),
        (fields.minutes, "min"),
    ];
    for (amount, unit) in amounts {
        if amount == 0 {
            continue;
        }
        let turned = *before.get_or_insert(amount < 0);
        let amount = if turned { -amount } else { amount };
        let plural = if amount == 1 { "" } else { "s" };
        drop(write!(out, " {amount} {unit}{plural}"));
    }
    if fields.seconds != 0 || fields.micros != 0 {
        let negative = value.micros < 0;
        let turned = *before.get_or_insert(negative);
        let minus = if turned != negative { "-" } else { "" };
        drop(write!(out, " {minus}{}", fields.seconds.abs()));
        fraction(fields.micros.abs(), out);
        let one = fields.seconds.abs() == 1 && fields.micros == 0;
        out.extend_from_slice(if one { b" sec" } else { b" secs" });
    }
    match before {
        None => out.extend_from_slice(b" 0"),
        Some(true) => out.extend_from_slice(b" ago"),
        Some(false) => {}
    }
}

fn sql_standard(value: Interval, fields: &Fields, out: &mut Vec<u8>) {
    let negative = value.months < 0 || value.days < 0 || value.micros < 0;
    let positive = value.months > 0 || value.days > 0 || value.micros > 0;
    let year_month = value.months != 0;
    let day_time = value.days != 0 || value.micros != 0;
    if !negative && !positive {
        return out.push(b'0');
    }
    let (years, months, days) =
        (fields.years.unsigned_abs(), fields.months.unsigned_abs(), fields.days.unsigned_abs());
    let one_sign = !(negative && positive) && !(year_month && day_time);
    if !one_sign {
        let sign = |minus: bool| if minus { '-' } else { '+' };
        let (a, b, c) = (sign(value.months < 0), sign(value.days < 0), sign(value.micros < 0));
        drop(write!(out, "{a}{years}-{months} {b}{days} {c}{}:", fields.hours.unsigned_abs()));
        return minutes_and_seconds(fields, out);
    }
    if negative {
        out.push(b'-');
    }
    if year_month {
        return drop(write!(out, "{years}-{months}"));
    }
    if value.days != 0 {
        drop(write!(out, "{days} "));
    }
    drop(write!(out, "{}:", fields.hours.unsigned_abs()));
    minutes_and_seconds(fields, out);
}

fn iso_8601(fields: &Fields, out: &mut Vec<u8>) {
    let start = out.len();
    out.push(b'P');
    let push = |amounts: &[(i64, char)], out: &mut Vec<u8>| {
        for (amount, unit) in amounts.iter().filter(|(amount, _)| *amount != 0) {
            drop(write!(out, "{amount}{unit}"));
        }
    };
    push(&[(fields.years, 'Y'), (fields.months, 'M'), (fields.days, 'D')], out);
    let seconds = fields.seconds != 0 || fields.micros != 0;
    if fields.hours != 0 || fields.minutes != 0 || seconds {
        out.push(b'T');
        push(&[(fields.hours, 'H'), (fields.minutes, 'M')], out);
    }
    if seconds {
        let minus = if fields.seconds < 0 || fields.micros < 0 { "-" } else { "" };
        drop(write!(out, "{minus}{}", fields.seconds.abs()));
        fraction(fields.micros.abs(), out);
        out.push(b'S');
    }
    if out.len() == start + 1 {
        out.extend_from_slice(b"T0S");
    }
}
