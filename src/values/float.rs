//! float4 and float8: IEEE 754; text as `float8in` reads it and, since PostgreSQL 12, as the
//! shortest digits that read back as the same value.
//!
//! Knows that the server never uses a decimal that lies exactly between two values, even where it
//! would read back right; the digits of `ryu` are checked for that.

use std::io::Write;

use super::converter::Format;
use super::error::ValueError;
use super::scan::{exact, sign, stored, trimmed};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// float4
    Single,
    /// float8
    Double,
}

impl Precision {
    pub(super) fn name(self) -> &'static str {
        match self {
            Precision::Single => "real",
            Precision::Double => "double precision",
        }
    }

    /// FLT_DIG and DBL_DIG.
    fn digits(self) -> i32 {
        match self {
            Precision::Single => 6,
            Precision::Double => 15,
        }
    }
}

/// With `equal`, what compares equal becomes the same bytes: one zero, one NaN.
pub(super) fn canonical(
    format: Format,
    bytes: &[u8],
    precision: Precision,
    equal: bool,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    match precision {
        Precision::Single => {
            let value = match format {
                Format::Text => parse::<f32>(bytes, precision, |v| v.is_infinite(), |v| v == 0.0)?,
                Format::Binary => f32::from_be_bytes(exact(bytes, precision.name())?),
            };
            push_single(value, equal, out);
        }
        Precision::Double => {
            let value = match format {
                Format::Text => parse_double(bytes)?,
                Format::Binary => f64::from_be_bytes(exact(bytes, precision.name())?),
            };
            push_double(value, equal, out);
        }
    }
    Ok(())
}

/// Appends a float4's canonical bytes.
pub(super) fn push_single(value: f32, equal: bool, out: &mut Vec<u8>) {
    let value = match value {
        v if equal && v == 0.0 => 0.0,
        v if equal && v.is_nan() => f32::NAN,
        v => v,
    };
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends a float8's canonical bytes.
pub(super) fn push_double(value: f64, equal: bool, out: &mut Vec<u8>) {
    let value = match value {
        v if equal && v == 0.0 => 0.0,
        v if equal && v.is_nan() => f64::NAN,
        v => v,
    };
    out.extend_from_slice(&value.to_be_bytes());
}

/// A float8 as text.
pub(super) fn parse_double(bytes: &[u8]) -> Result<f64, ValueError> {
    parse::<f64>(bytes, Precision::Double, |v| v.is_infinite(), |v| v == 0.0)
}

fn parse<F: std::str::FromStr + Copy>(
    bytes: &[u8],
    precision: Precision,
    infinite: fn(F) -> bool,
    zero: fn(F) -> bool,
) -> Result<F, ValueError> {
    let syntax = || ValueError::Syntax(precision.name());
    let text = std::str::from_utf8(trimmed(bytes)).map_err(|_| syntax())?;
    let (_, size) = sign(text.as_bytes());
    match size {
        [b'0', b'x' | b'X', ..] => return Err(ValueError::Unsupported("a hexadecimal float")),
        [b'0'..=b'9' | b'.', ..] => {}
        _ if is_word(size) => return text.parse().map_err(|_| syntax()),
        _ => return Err(syntax()),
    }
    let value: F = text.parse().map_err(|_| syntax())?;
    let nonzero =
        size.iter().take_while(|b| !b.eq_ignore_ascii_case(&b'e')).any(|b| (b'1'..=b'9').contains(b));
    if infinite(value) || (zero(value) && nonzero) {
        return Err(ValueError::OutOfRange(precision.name()));
    }
    Ok(value)
}

fn is_word(word: &[u8]) -> bool {
    [b"nan".as_slice(), b"inf", b"infinity"].iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// Text as extra_float_digits says, or the bytes.
pub(super) fn shown(
    canonical: &[u8],
    format: Format,
    precision: Precision,
    extra_digits: i8,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let (value, single) = match precision {
        Precision::Single => {
            let value = f32::from_be_bytes(stored(canonical)?);
            (f64::from(value), Some(value))
        }
        Precision::Double => (f64::from_be_bytes(stored(canonical)?), None),
    };
    match format {
        Format::Binary => out.extend_from_slice(canonical),
        Format::Text if value.is_nan() => out.extend_from_slice(b"NaN"),
        Format::Text if value.is_infinite() && value > 0.0 => out.extend_from_slice(b"Infinity"),
        Format::Text if value.is_infinite() => out.extend_from_slice(b"-Infinity"),
        Format::Text if extra_digits > 0 => shortest(value, single, out),
        Format::Text => rounded(value, (precision.digits() + i32::from(extra_digits)).max(1), out),
    }
    Ok(())
}

/// A decimal: `digits` (without zeros at either end, at most 17) times a power of ten, scientific:
/// one digit stands before the point.
struct Decimal {
    digits: [u8; 20],
    length: usize,
    exponent: i32,
}

impl Decimal {
    /// From any Rust or ryu spelling of a finite number.
    fn read(text: &[u8]) -> Decimal {
        let (mantissa, power) = match text.iter().position(|b| *b == b'e') {
            Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or(b"")),
            None => (text, b"".as_slice()),
        };
        let (negative, power) = sign(power);
        let power = power.iter().fold(0i32, |n, b| n * 10 + i32::from(b - b'0'));
        let mut decimal =
            Decimal { digits: [0; 20], length: 0, exponent: if negative { -power } else { power } - 1 };
        let (mut after_point, mut significant) = (false, 0);
        for b in mantissa.iter().filter(|b| **b != b'-') {
            match b {
                b'.' => after_point = true,
                b'0' if decimal.length == 0 => decimal.exponent -= i32::from(after_point),
                b => {
                    if let Some(place) = decimal.digits.get_mut(decimal.length) {
                        (*place, decimal.length) = (*b, decimal.length + 1);
                        significant = if *b == b'0' { significant } else { decimal.length };
                    }
                    decimal.exponent += i32::from(!after_point);
                }
            }
        }
        decimal.length = significant;
        decimal
    }

    fn digits(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    /// Fixed notation for exponents from -4 to below `switch`, otherwise scientific with an exponent
    /// of at least two digits: C's %g.
    fn write(&self, switch: i32, out: &mut Vec<u8>) {
        let digits = self.digits();
        if !(-4..switch).contains(&self.exponent) {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((b"0", b""));
            out.extend_from_slice(first);
            if !rest.is_empty() {
                out.push(b'.');
                out.extend_from_slice(rest);
            }
            let sign = if self.exponent < 0 { '-' } else { '+' };
            // Writing to a Vec cannot fail.
            let _ = write!(out, "e{sign}{:02}", self.exponent.unsigned_abs());
        } else if self.exponent < 0 {
            out.extend_from_slice(b"0.");
            out.extend(std::iter::repeat_n(b'0', self.exponent.unsigned_abs() as usize - 1));
            out.extend_from_slice(digits);
        } else {
            let whole = self.exponent as usize + 1;
            out.extend(digits.iter().copied().chain(std::iter::repeat(b'0')).take(whole));
            if let Some(fraction) = digits.get(whole..).filter(|f| !f.is_empty()) {
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
        }
    }

    /// Whether the decimal is exactly `odd * 2^power`, both positive.
    fn is_exactly(&self, odd: u64, power: i32) -> bool {
        let tens = self.exponent - (self.length as i32 - 1);
        let value = self.digits().iter().fold(0u128, |n, b| n * 10 + u128::from(b - b'0'));
        let twos = value.trailing_zeros() as i32;
        // value * 10^tens = (value / 2^twos) * 5^tens * 2^(twos + tens)
        let (odd, fives) = (u128::from(odd), 5u128.checked_pow(tens.unsigned_abs()));
        let Some(fives) = fives else { return false };
        let equal = match tens {
            0.. => (value >> twos).checked_mul(fives) == Some(odd),
            _ => odd.checked_mul(fives) == Some(value >> twos),
        };
        equal && twos + tens == power
    }
}

fn shortest(value: f64, single: Option<f32>, out: &mut Vec<u8>) {
    if value.is_sign_negative() {
        out.push(b'-');
    }
    if value == 0.0 {
        return out.push(b'0');
    }
    let mut buffer = ryu::Buffer::new();
    let decimal = match single {
        Some(single) => Decimal::read(buffer.format_finite(single.abs()).as_bytes()),
        None => Decimal::read(buffer.format_finite(value.abs()).as_bytes()),
    };
    let (mantissa, power) = match single {
        Some(single) => parts(u64::from(single.abs().to_bits()), 23, 127),
        None => parts(value.abs().to_bits(), 52, 1023),
    };
    let between = |d: &Decimal| {
        let below = if mantissa.is_power_of_two() {
            (mantissa * 4 - 1, power - 2)
        } else {
            (mantissa * 2 - 1, power - 1)
        };
        d.is_exactly(mantissa * 2 + 1, power - 1) || d.is_exactly(below.0, below.1)
    };
    let switch = if single.is_some() { 6 } else { 15 };
    if !between(&decimal) {
        return decimal.write(switch, out);
    }
    for digits in decimal.length..20 {
        let text = format!("{:.*e}", digits, value.abs());
        let reads_back = match single {
            Some(single) => text.parse() == Ok(single.abs()),
            None => text.parse() == Ok(value.abs()),
        };
        let longer = Decimal::read(text.as_bytes());
        if reads_back && !between(&longer) {
            return longer.write(switch, out);
        }
    }
}

/// Mantissa and power of two of a positive finite value.
fn parts(bits: u64, mantissa_bits: u32, bias: i32) -> (u64, i32) {
    let mantissa = bits & ((1 << mantissa_bits) - 1);
    let exponent = (bits >> mantissa_bits) as i32;
    let shift = bias + mantissa_bits as i32;
    match exponent {
        0 => (mantissa, 1 - shift),
        _ => (mantissa | 1 << mantissa_bits, exponent - shift),
    }
}

/// `%.{digits}g`.
fn rounded(value: f64, digits: i32, out: &mut Vec<u8>) {
    if value.is_sign_negative() {
        out.push(b'-');
    }
    if value == 0.0 {
        return out.push(b'0');
    }
    let text = format!("{:.*e}", digits as usize - 1, value.abs());
    Decimal::read(text.as_bytes()).write(digits, out);
}

/// A float8 as the 15 digits that a cast to numeric keeps, or a float4 with 6.
pub(super) fn for_numeric(value: f64, precision: Precision, out: &mut Vec<u8>) {
    rounded(value, precision.digits(), out);
}
