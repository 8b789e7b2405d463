//! The pieces of an interval's text: numbers, times, words.

use super::super::datetime::calendar::SECOND;
use super::super::error::ValueError;
use super::super::scan::{digits, number, sign, trimmed_start};
use super::NAME;

pub(super) const SPELLING: ValueError = ValueError::Unsupported("this spelling of an interval");
const SYNTAX: ValueError = ValueError::DateTimeSyntax(NAME);

/// A number as the server splits it: both parts have the number's sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amount {
    pub whole: i64,
    pub fraction: f64,
}

/// One piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// `1`, `-2.5`
    Amount(Amount),
    /// `1-2`: months.
    YearMonth(i64),
    /// `04:05:06.7`: microseconds.
    Time(i64),
    /// `days`
    Word(&'a str),
}

/// A piece, whether a sign was written before it, and the rest of the text.
pub(super) struct Cut<'a> {
    pub piece: Piece<'a>,
    pub signed: bool,
    pub rest: &'a [u8],
}

/// The first piece of `text`, which has no blanks at its start.
pub(super) fn cut(text: &[u8]) -> Result<Cut<'_>, ValueError> {
    let (negative, unsigned) = sign(text);
    let signed = unsigned.len() != text.len();
    match unsigned {
        [b'.', ..] if signed => Err(SPELLING),
        [b'0'..=b'9' | b'.', ..] => {
            let (piece, rest) = numeric(negative, unsigned)?;
            Ok(Cut { piece, signed, rest })
        }
        [b'a'..=b'z' | b'A'..=b'Z', ..] if !signed => {
            let end = text.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
            let (word, rest) = text.split_at_checked(end).ok_or(SYNTAX)?;
            let word = std::str::from_utf8(word).map_err(|_| SYNTAX)?;
            if rest.first().is_some_and(|b| !super::super::scan::is_space(*b)) {
                return Err(SPELLING);
            }
            Ok(Cut { piece: Piece::Word(word), signed, rest })
        }
        [b' ', after @ ..] if signed && trimmed_start(after).first().is_some_and(u8::is_ascii_digit) => {
            Err(SPELLING)
        }
        _ => Err(SYNTAX),
    }
}

fn numeric(negative: bool, text: &[u8]) -> Result<(Piece<'_>, &[u8]), ValueError> {
    let signed = |n: i64| if negative { -n } else { n };
    let (first, rest) = digits(text);
    match rest {
        [b':', after @ ..] => {
            let (micros, rest) = time(whole(first)?, after)?;
            Ok((Piece::Time(signed(micros)), rest))
        }
        [b'-', after @ ..] if after.first().is_some_and(u8::is_ascii_digit) => {
            let (months, rest) = digits(after);
            let (years, months) = (whole(first)?, whole(months)?);
            let ended = rest.first().is_none_or(|b| super::super::scan::is_space(*b));
            if months > 11 {
                return Err(ValueError::IntervalOverflow);
            }
            let total = years.checked_mul(12).and_then(|y| y.checked_add(months));
            let total = total.ok_or(ValueError::IntervalOverflow)?;
            if ended { Ok((Piece::YearMonth(signed(total)), rest)) } else { Err(SPELLING) }
        }
        _ => {
            let (amount, rest) = amount(negative, text)?;
            Ok((Piece::Amount(amount), rest))
        }
    }
}

/// `1`, `1.5`, `.5`, `1.`
pub(super) fn amount(negative: bool, text: &[u8]) -> Result<(Amount, &[u8]), ValueError> {
    let (first, rest) = digits(text);
    let (places, rest) = match rest {
        [b'.', after @ ..] => digits(after),
        _ => (b"".as_slice(), rest),
    };
    if first.is_empty() && places.is_empty() {
        return Err(SYNTAX);
    }
    if places.is_empty() && first.len() + rest.len() != text.len() {
        return Err(SPELLING);
    }
    let size = if first.is_empty() { 0 } else { whole(first)? };
    let fraction = fraction(places)?;
    let amount = match negative {
        true => Amount { whole: -size, fraction: -fraction },
        false => Amount { whole: size, fraction },
    };
    Ok((amount, rest))
}

fn whole(figures: &[u8]) -> Result<i64, ValueError> {
    number(figures).ok_or(if figures.is_empty() { SYNTAX } else { ValueError::IntervalOverflow })
}

fn fraction(places: &[u8]) -> Result<f64, ValueError> {
    let text = std::str::from_utf8(places).map_err(|_| SYNTAX)?;
    if text.is_empty() { Ok(0.0) } else { format!("0.{text}").parse().map_err(|_| SYNTAX) }
}

/// After the hours: `mm` or `mm:ss.ffffff`.
fn time(hours: i64, text: &[u8]) -> Result<(i64, &[u8]), ValueError> {
    let (minutes, rest) = digits(text);
    let minutes = whole(minutes)?;
    let (mut seconds, mut micros, mut rest) = (0, 0, rest);
    match rest {
        [b'.', ..] => return Err(SPELLING),
        [b':', after @ ..] => {
            let (figures, after) = digits(after);
            (seconds, rest) = (whole(figures)?, after);
            if let [b'.', after @ ..] = rest {
                let (places, after) = digits(after);
                micros = (fraction(places)? * 1e6).round_ties_even() as i64;
                rest = after;
            }
        }
        _ => {}
    }
    if minutes > 59 || seconds > 60 {
        return Err(ValueError::IntervalOverflow);
    }
    let total = hours.checked_mul(3600).and_then(|h| h.checked_add(minutes * 60 + seconds));
    let total = total.and_then(|s| s.checked_mul(SECOND)).and_then(|m| m.checked_add(micros));
    Ok((total.ok_or(ValueError::IntervalOverflow)?, rest))
}
