//! Numbers and parameters: where they end.

use super::chars::{self, DIGIT, IDENT, IDENT_START};
use super::{LexError, LexErrorKind, TokenKind};

/// The end and kind of the number that begins at `at` (a digit, or a point before a digit).
pub(super) fn scan(text: &[u8], at: usize) -> Result<(usize, TokenKind), LexError> {
    let byte = |i: usize| text.get(i).copied().unwrap_or(0);
    let junk = || LexError { at: at as u32, kind: LexErrorKind::NumberJunk };
    let mut kind = TokenKind::Integer;
    let mut end = match (byte(at), byte(at + 1)) {
        (b'0', b'x' | b'X') => based(text, at + 2, |b| b.is_ascii_hexdigit()),
        (b'0', b'o' | b'O') => based(text, at + 2, |b| matches!(b, b'0'..=b'7')),
        (b'0', b'b' | b'B') => based(text, at + 2, |b| matches!(b, b'0' | b'1')),
        _ => None,
    };
    if end.is_none() {
        let mut e = digits(text, at);
        // `1..10` is an integer and two points.
        if byte(e) == b'.' && byte(e + 1) != b'.' {
            kind = TokenKind::Number;
            e = digits(text, e + 1);
        }
        if matches!(byte(e), b'e' | b'E') {
            let sign = usize::from(matches!(byte(e + 1), b'+' | b'-'));
            if !chars::is(byte(e + 1 + sign), DIGIT) {
                return Err(junk());
            }
            kind = TokenKind::Number;
            e = digits(text, e + 1 + sign);
        }
        end = Some(e);
    }
    let end = end.ok_or_else(junk)?;
    if chars::is(byte(end), IDENT_START) { Err(junk()) } else { Ok((end, kind)) }
}

/// The end of the parameter that begins at `at`; a digit follows its dollar.
pub(super) fn param(text: &[u8], at: usize) -> Result<usize, LexError> {
    let end = chars::skip(text, at + 1, DIGIT);
    let number =
        text.get(at + 1..end).and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| d.parse::<i32>().ok());
    if text.get(end).is_some_and(|&b| chars::is(b, IDENT_START)) {
        return Err(LexError { at: at as u32, kind: LexErrorKind::NumberJunk });
    }
    if number.is_none() {
        return Err(LexError { at: at as u32, kind: LexErrorKind::BigParameter });
    }
    Ok(end)
}

/// Decimal digits, one underscore between two of them allowed.
fn digits(text: &[u8], at: usize) -> usize {
    let mut end = chars::skip(text, at, DIGIT);
    while end > at && text.get(end) == Some(&b'_') && text.get(end + 1).is_some_and(|&b| chars::is(b, DIGIT))
    {
        end = chars::skip(text, end + 1, DIGIT);
    }
    end
}

/// Digits of another base, each with at most one underscore before it; `None` if there is none.
fn based(text: &[u8], at: usize, digit: impl Fn(u8) -> bool) -> Option<usize> {
    let mut end = at;
    loop {
        let under = usize::from(text.get(end) == Some(&b'_'));
        if text.get(end + under).is_some_and(|&b| digit(b)) {
            end += under + 1;
        } else {
            return (end > at).then_some(end);
        }
    }
}

/// Does an integer token (any base, underscores allowed) fit `int4`? The grammar reads it as an
/// integer then, and as a numeric constant otherwise.
pub fn fits_int4(token: &[u8]) -> bool {
    let (base, digits) = match token {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest),
        _ => (10, token),
    };
    if base == 10 && token.len() < 10 && token.iter().all(|&b| chars::is(b, IDENT)) {
        return true;
    }
    let mut value = 0u64;
    for digit in digits.iter().filter(|&&b| b != b'_').map(|&b| char::from(b).to_digit(base)) {
        value = match digit {
            Some(d) => value.saturating_mul(u64::from(base)).saturating_add(u64::from(d)),
            None => return false,
        };
    }
    value <= i32::MAX as u64
}
