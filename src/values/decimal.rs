//! A decimal number of any length, as numeric has them: digits, a point, and a display scale.
//!
//! Knows the text and the binary form of `numeric.c`, and rounding half away from zero. Does not know
//! precision and scale of a declaration; that is `numeric`.

use super::error::ValueError;
use super::scan::{digits, sign};

/// The type's name in errors.
pub(super) const NAME: &str = "numeric";
/// `NUMERIC_DSCALE_MAX`.
const MAX_SCALE: i32 = 16_383;
/// Decimal digits before the point that a weight of 32,767 allows.
const MAX_WHOLE: i32 = 131_072;
/// Exponents beyond are an error by themselves (`numeric_in`).
const MAX_EXPONENT: i64 = i32::MAX as i64 / 2;

/// `numeric`'s value.
#[derive(Debug)]
pub(super) enum Number {
    /// Finite.
    Finite(Decimal),
    /// NaN.
    NaN,
    /// Infinity or, if true, -Infinity (PostgreSQL 14).
    Infinite(bool),
}

/// 0.d₁d₂d₃… × 10^point.
#[derive(Debug)]
pub(super) struct Decimal {
    pub negative: bool,
    /// 0 to 9 each; the first is not 0; none at all for zero.
    digits: zeroize::Zeroizing<Vec<u8>>,
    /// Digits before the point; negative for zeros after it.
    point: i32,
    /// Digits shown after the point.
    pub scale: i32,
}

impl Decimal {
    /// A whole number.
    pub fn whole(value: i128) -> Decimal {
        let mut rest = value.unsigned_abs();
        let mut digits = Vec::with_capacity(40);
        while rest > 0 {
            digits.push((rest % 10) as u8);
            rest /= 10;
        }
        digits.reverse();
        let point = digits.len() as i32;
        Decimal { negative: value < 0, digits: digits.into(), point, scale: 0 }
    }

    /// The value divided by 10^`places`, shown with so many digits after the point.
    pub fn shifted(mut self, places: i32) -> Decimal {
        self.point -= places;
        self.scale = places.max(0);
        self
    }

    fn read(negative: bool, text: &[u8]) -> Result<Decimal, ValueError> {
        let syntax = ValueError::Syntax(NAME);
        let (whole, rest) = digits(text);
        let (fraction, rest) = match rest {
            [b'.', after @ ..] => digits(after),
            _ => (b"".as_slice(), rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(syntax);
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', after @ ..] => exponent(after)?,
            _ => return Err(syntax),
        };
        let mut value = Decimal {
            negative,
            digits: whole.iter().chain(fraction).map(|b| b - b'0').collect::<Vec<u8>>().into(),
            point: whole.len() as i32 + exponent,
            scale: (fraction.len() as i32 - exponent).max(0),
        };
        value.strip();
        Ok(value)
    }

    /// Zeros at the front go; no digits are zero, without a sign.
    fn strip(&mut self) {
        let zeros = self.digits.iter().take_while(|d| **d == 0).count();
        self.digits.drain(..zeros);
        self.point -= zeros as i32;
        if self.digits.iter().all(|d| *d == 0) {
            self.digits.clear();
            (self.negative, self.point) = (false, 0);
        }
    }

    /// Rounds half away from zero to so many digits after (negative: before) the point.
    pub fn round(&mut self, scale: i32) {
        self.scale = scale.max(0);
        let keep = i64::from(self.point) + i64::from(scale);
        if keep >= self.digits.len() as i64 {
            return;
        }
        let keep = usize::try_from(keep).ok();
        let up = keep.and_then(|k| self.digits.get(k)).is_some_and(|d| *d >= 5);
        self.digits.truncate(keep.unwrap_or(0));
        if up {
            self.carry(scale);
        }
        self.strip();
    }

    /// Adds one to the last digit.
    fn carry(&mut self, scale: i32) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point = if self.digits.len() == 1 { 1 - scale } else { self.point + 1 };
    }

    /// Cuts what lies beyond the display scale.
    fn truncate(&mut self) {
        let keep = usize::try_from(self.point + self.scale).unwrap_or(0);
        self.digits.truncate(keep);
        self.strip();
    }

    /// Digits before the point; 0 or less for a number below 1; `None` for zero.
    pub fn whole_digits(&self) -> Option<i32> {
        (!self.digits.is_empty()).then_some(self.point)
    }

    /// The value times 10^`places`, if that is whole and fits.
    pub fn scaled(&self, places: i32) -> Option<i128> {
        let zeros = places + self.point - self.digits.len() as i32;
        let mut value = self
            .digits
            .iter()
            .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(*digit)))?;
        if value != 0 {
            let power = 10i128.checked_pow(zeros.unsigned_abs())?;
            value = match zeros {
                0.. => value.checked_mul(power)?,
                _ if value % power == 0 => value / power,
                _ => return None,
            };
        }
        Some(if self.negative { -value } else { value })
    }

    /// Whether `make_result` would hold it.
    pub fn fits(&self) -> bool {
        self.point <= MAX_WHOLE && self.scale <= MAX_SCALE
    }

    /// As `numeric_out` shows it.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
        let digit = |at: i32| {
            let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at));
            b'0' + digit.copied().unwrap_or(0)
        };
        if self.point <= 0 {
            out.push(b'0');
        }
        out.extend((0..self.point).map(digit));
        if self.scale > 0 {
            out.push(b'.');
            out.extend((self.point..self.point + self.scale).map(digit));
        }
    }

    /// As `numeric_send` writes it: groups of four digits.
    pub fn write_binary(&self, out: &mut Vec<u8>) {
        let groups_before = (self.point + 3).div_euclid(4);
        let lead = (groups_before * 4 - self.point) as usize;
        let groups = (lead + self.digits.len()).div_ceil(4);
        let sign: u16 = if self.negative { 0x4000 } else { 0 };
        let weight = if self.digits.is_empty() { 0 } else { groups_before - 1 };
        let start = out.len();
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(weight as i16).to_be_bytes());
        out.extend_from_slice(&sign.to_be_bytes());
        out.extend_from_slice(&(self.scale as u16).to_be_bytes());
        let mut digits = std::iter::repeat_n(0, lead)
            .chain(self.digits.iter().copied())
            .chain(std::iter::repeat(0))
            .map(u16::from);
        let mut next = || digits.next().unwrap_or(0);
        let (mut written, mut kept) = (0u16, 0u16);
        for _ in 0..groups {
            let group = ((next() * 10 + next()) * 10 + next()) * 10 + next();
            out.extend_from_slice(&group.to_be_bytes());
            written += 1;
            kept = if group == 0 { kept } else { written };
        }
        out.truncate(start + 8 + usize::from(kept) * 2);
        out.iter_mut().skip(start).zip(kept.to_be_bytes()).for_each(|(at, b)| *at = b);
    }

    fn read_binary(negative: bool, weight: i16, scale: u16, groups: &[u8]) -> Result<Decimal, ValueError> {
        let mut digits = Vec::with_capacity(groups.len() * 2);
        for group in groups.chunks_exact(2) {
            let group = group.iter().fold(0u16, |n, b| n << 8 | u16::from(*b));
            if group > 9999 {
                return Err(ValueError::Binary(NAME));
            }
            digits.extend([group / 1000, group / 100 % 10, group / 10 % 10, group % 10].map(|d| d as u8));
        }
        let point = (i32::from(weight) + 1) * 4;
        let mut value = Decimal { negative, digits: digits.into(), point, scale: scale.into() };
        value.strip();
        value.truncate();
        Ok(value)
    }
}

fn exponent(text: &[u8]) -> Result<i32, ValueError> {
    if text.first().is_some_and(|b| super::scan::is_space(*b)) {
        // PostgreSQL 15 skips blanks here, later servers do not.
        return Err(ValueError::Unsupported("a blank inside a number"));
    }
    let (negative, size) = sign(text);
    if size.is_empty() || !size.iter().all(u8::is_ascii_digit) {
        return Err(ValueError::Syntax(NAME));
    }
    let size = super::scan::number(size).filter(|n| *n < MAX_EXPONENT).ok_or(ValueError::OutOfRange(NAME))?;
    Ok(if negative { -(size as i32) } else { size as i32 })
}

impl Number {
    /// Text without blanks around it.
    pub fn read(text: &[u8]) -> Result<Number, ValueError> {
        let (negative, size) = sign(text);
        if size.first().is_some_and(|b| b.is_ascii_digit() || *b == b'.') {
            return Decimal::read(negative, size).map(Number::Finite);
        }
        if text.eq_ignore_ascii_case(b"nan") {
            return Ok(Number::NaN);
        }
        if size.eq_ignore_ascii_case(b"infinity") || size.eq_ignore_ascii_case(b"inf") {
            return Ok(Number::Infinite(negative));
        }
        Err(ValueError::Syntax(NAME))
    }

    /// The binary form of `numeric_recv`.
    pub fn read_binary(bytes: &[u8]) -> Result<Number, ValueError> {
        let (head, groups) = bytes.split_first_chunk::<8>().ok_or(ValueError::Short)?;
        let [n1, n2, w1, w2, s1, s2, d1, d2] = *head;
        let length = usize::from(u16::from_be_bytes([n1, n2])) * 2;
        let (sign, scale) = (u16::from_be_bytes([s1, s2]), u16::from_be_bytes([d1, d2]));
        if i32::from(scale) > MAX_SCALE || groups.len() > length {
            return Err(ValueError::Binary(NAME));
        }
        if groups.len() < length {
            return Err(ValueError::Short);
        }
        let weight = i16::from_be_bytes([w1, w2]);
        match sign {
            0x0000 | 0x4000 => Decimal::read_binary(sign != 0, weight, scale, groups).map(Number::Finite),
            0xc000 => Ok(Number::NaN),
            0xd000 => Ok(Number::Infinite(false)),
            0xf000 => Ok(Number::Infinite(true)),
            _ => Err(ValueError::Binary(NAME)),
        }
    }

    /// Whether `make_result` would hold it.
    pub fn fits(&self) -> bool {
        match self {
            Number::Finite(value) => value.fits(),
            Number::NaN | Number::Infinite(_) => true,
        }
    }

    /// As `numeric_out` shows it.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match self {
            Number::Finite(value) => value.write_text(out),
            Number::NaN => out.extend_from_slice(b"NaN"),
            Number::Infinite(false) => out.extend_from_slice(b"Infinity"),
            Number::Infinite(true) => out.extend_from_slice(b"-Infinity"),
        }
    }

    /// As `numeric_send` writes it.
    pub fn write_binary(&self, out: &mut Vec<u8>) {
        match self {
            Number::Finite(value) => value.write_binary(out),
            Number::NaN => out.extend_from_slice(&[0, 0, 0, 0, 0xc0, 0, 0, 0]),
            Number::Infinite(false) => out.extend_from_slice(&[0, 0, 0, 0, 0xd0, 0, 0, 0x20]),
            Number::Infinite(true) => out.extend_from_slice(&[0, 0, 0, 0, 0xf0, 0, 0, 0x20]),
        }
    }
}
