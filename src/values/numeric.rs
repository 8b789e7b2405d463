//! numeric and numeric(p,s): the server's binary form, or for deterministic columns the value times
//! 10^s as i128, of which there is one for each value.
//!
//! Knows rounding to the declared scale and the limit of the precision. The digits are `decimal`'s.

use super::converter::Format;
use super::decimal::{Decimal, NAME, Number};
use super::error::ValueError;
use super::scan::{digits, sign, stored, trimmed};

/// `None` where nothing is declared.
pub(super) type Declared = Option<(u16, i16)>;

/// NaN among scaled values; no numeric of 38 digits comes near.
const NAN: i128 = i128::MIN;

/// Precision 38 is the most that an i128 holds.
const POWERS: u32 = 38;

/// How a value is made to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Rounded to the scale, 22003 above the precision.
    Round,
    /// For a comparison: a value that would have to be rounded cannot occur.
    Exact,
}

/// The binary form, with the display scale that was given.
pub(super) fn canonical(
    format: Format,
    bytes: &[u8],
    declared: Declared,
    fit: Fit,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let mut number = read(format, bytes)?;
    fitted(&mut number, declared, fit)?;
    number.write_binary(out);
    Ok(())
}

/// 16 bytes, big-endian.
pub(super) fn canonical_scaled(
    format: Format,
    bytes: &[u8],
    declared: (u16, i16),
    fit: Fit,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let usual = match format {
        Format::Text => plain(bytes, declared),
        Format::Binary => plain_binary(bytes, declared),
    };
    if let Some(value) = usual {
        out.extend_from_slice(&value.to_be_bytes());
        return Ok(());
    }
    let mut number = read(format, bytes)?;
    fitted(&mut number, Some(declared), fit)?;
    let value = match &number {
        Number::NaN => NAN,
        Number::Finite(value) => value.scaled(declared.1.into()).ok_or(ValueError::NumericOverflow)?,
        Number::Infinite(_) => return Err(ValueError::NumericOverflow),
    };
    out.extend_from_slice(&value.to_be_bytes());
    Ok(())
}

/// The usual spelling, `-12.30`, that fits without rounding; everything else takes the long way.
fn plain(bytes: &[u8], (precision, scale): (u16, i16)) -> Option<i128> {
    let (negative, size) = sign(bytes);
    let (whole, rest) = digits(size);
    let fraction = match rest {
        [] => rest,
        [b'.', fraction @ ..] if fraction.iter().all(u8::is_ascii_digit) => fraction,
        _ => return None,
    };
    let missing = usize::try_from(scale).ok()?.checked_sub(fraction.len())?;
    if whole.is_empty() || whole.len() + fraction.len() > 18 || whole.len() + missing + fraction.len() > 18 {
        return None;
    }
    let value = whole.iter().chain(fraction).fold(0i64, |sum, b| sum * 10 + i64::from(b - b'0'));
    let value = value * 10i64.checked_pow(missing as u32)?;
    let bound = 10i128.checked_pow(u32::from(precision).min(POWERS))?;
    let value = i128::from(if negative { -value } else { value });
    (value.abs() < bound).then_some(value)
}

/// The usual binary value, of at most four groups, that fits without rounding.
fn plain_binary(bytes: &[u8], (precision, scale): (u16, i16)) -> Option<i128> {
    let (&[n1, n2, w1, w2, s1, s2, d1, d2], groups) = bytes.split_first_chunk::<8>()?;
    let count = i32::from(u16::from_be_bytes([n1, n2]));
    let weight = i32::from(i16::from_be_bytes([w1, w2]));
    let (sign, shown) = (u16::from_be_bytes([s1, s2]), i32::from(u16::from_be_bytes([d1, d2])));
    let exact = (1..=4).contains(&count) && groups.len() == count as usize * 2;
    if !exact || sign & !0x4000 != 0 || shown > i32::from(scale) {
        return None;
    }
    let mut value = 0i64;
    for group in groups.chunks_exact(2) {
        let group = group.iter().fold(0i64, |n, b| n << 8 | i64::from(*b));
        value = if group > 9999 { return None } else { value * 10_000 + group };
    }
    // To as many places as are shown first: what lies beyond them is cut, and is not the usual value.
    let places = (weight + 1 - count) * 4 + shown;
    let power = 10i64.checked_pow(places.unsigned_abs())?;
    let at_shown = match places {
        0.. => value.checked_mul(power)?,
        _ if value % power == 0 => value / power,
        _ => return None,
    };
    let value = at_shown.checked_mul(10i64.checked_pow((i32::from(scale) - shown) as u32)?)?;
    let bound = 10i128.checked_pow(u32::from(precision).min(POWERS))?;
    let value = i128::from(if sign == 0 { value } else { -value });
    (value.abs() < bound).then_some(value)
}

/// A value of either format, not fitted to a declaration.
pub(super) fn read(format: Format, bytes: &[u8]) -> Result<Number, ValueError> {
    match format {
        Format::Text => Number::read(trimmed(bytes)),
        Format::Binary => Number::read_binary(bytes),
    }
}

/// `apply_typmod`.
pub(super) fn fitted(number: &mut Number, declared: Declared, fit: Fit) -> Result<(), ValueError> {
    let overflow = match fit {
        Fit::Round => ValueError::NumericOverflow,
        Fit::Exact => ValueError::CannotOccur,
    };
    let value = match (number, declared) {
        (Number::NaN, _) | (Number::Infinite(_), None) => return Ok(()),
        (Number::Infinite(_), Some(_)) => return Err(overflow),
        (Number::Finite(value), _) => value,
    };
    if !value.fits() {
        return Err(ValueError::OutOfRange(NAME));
    }
    if let Some((precision, scale)) = declared {
        let scale = i32::from(scale);
        match fit {
            Fit::Exact if value.scaled(scale).is_none() => return Err(ValueError::CannotOccur),
            Fit::Exact | Fit::Round => value.round(scale),
        }
        if value.whole_digits().is_some_and(|whole| whole > i32::from(precision) - scale) {
            return Err(overflow);
        }
    }
    Ok(())
}

/// From the binary form.
pub(super) fn shown(canonical: &[u8], format: Format, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let number = Number::read_binary(canonical).map_err(|_| ValueError::Damaged)?;
    match format {
        Format::Text => number.write_text(out),
        Format::Binary => out.extend_from_slice(canonical),
    }
    Ok(())
}

/// From the scaled form; the display scale is the declared one, as in a column.
pub(super) fn shown_scaled(
    canonical: &[u8],
    format: Format,
    scale: i16,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let number = match i128::from_be_bytes(stored(canonical)?) {
        NAN => Number::NaN,
        value => Number::Finite(Decimal::whole(value).shifted(scale.into())),
    };
    match format {
        Format::Text => number.write_text(out),
        Format::Binary => number.write_binary(out),
    }
    Ok(())
}

/// Is a canonical numeric a whole number?
pub(super) fn is_whole(canonical: &[u8]) -> Result<bool, ValueError> {
    match read(Format::Binary, canonical)? {
        Number::Finite(value) => Ok(value.scaled(0).is_some()),
        Number::NaN | Number::Infinite(_) => Ok(false),
    }
}
