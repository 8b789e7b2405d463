//! Small readers that several families share: blanks, digits, fixed-width integers.

use super::error::ValueError;

/// `isspace` in the C locale.
pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

/// Without blanks at both ends.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    let mut bytes = trimmed_start(bytes);
    while let [rest @ .., b] = bytes
        && is_space(*b)
    {
        bytes = rest;
    }
    bytes
}

/// Without blanks at the start.
pub(super) fn trimmed_start(mut bytes: &[u8]) -> &[u8] {
    while let [b, rest @ ..] = bytes
        && is_space(*b)
    {
        bytes = rest;
    }
    bytes
}

/// A sign, if there is one, and the rest; true is negative.
pub(super) fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    }
}

/// The decimal digits at the start, and the rest.
pub(super) fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| !b.is_ascii_digit()).unwrap_or(bytes.len());
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

/// The value of decimal digits; `None` if there are none or they do not fit.
pub(super) fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0i64, |sum, b| {
        let digit = b.is_ascii_digit().then(|| i64::from(b - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// Exactly `N` bytes of a value in binary format.
pub(super) fn exact<const N: usize>(bytes: &[u8], name: &'static str) -> Result<[u8; N], ValueError> {
    match bytes.first_chunk::<N>() {
        Some(chunk) if bytes.len() == N => Ok(*chunk),
        Some(_) => Err(ValueError::Binary(name)),
        None => Err(ValueError::Short),
    }
}

/// Exactly `N` bytes of a canonical plaintext.
pub(super) fn stored<const N: usize>(bytes: &[u8]) -> Result<[u8; N], ValueError> {
    bytes.try_into().map_err(|_| ValueError::Damaged)
}
