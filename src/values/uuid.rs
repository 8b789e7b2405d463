//! uuid: 16 bytes.

use super::converter::Format;
use super::error::ValueError;
use super::scan::{exact, stored};

/// Every spelling of `string_to_uuid`: hexadecimal, a hyphen after any four digits, braces around it.
pub(super) fn canonical(format: Format, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let value = match format {
        Format::Text => parse(bytes).ok_or(ValueError::Syntax("uuid"))?,
        Format::Binary => exact::<16>(bytes, "uuid")?,
    };
    out.extend_from_slice(&value);
    Ok(())
}

fn parse(bytes: &[u8]) -> Option<[u8; 16]> {
    let mut rest = match bytes {
        [b'{', inner @ .., b'}'] => inner,
        _ => bytes,
    };
    let mut value = [0u8; 16];
    for (at, byte) in value.iter_mut().enumerate() {
        let [high, low, after @ ..] = rest else { return None };
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        rest = match after {
            [b'-', after @ ..] if at % 2 == 1 && at < 15 => after,
            _ => after,
        };
    }
    rest.is_empty().then_some(value)
}

/// The value of one hexadecimal digit.
pub(super) fn hex_digit(b: u8) -> Option<u8> {
    match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    }
}

/// Appends a byte as two lower-case hexadecimal digits.
pub(super) fn push_hex(byte: u8, out: &mut Vec<u8>) {
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' + n - 10 };
    out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
}

/// 8-4-4-4-12 in lower case, or the bytes.
pub(super) fn shown(canonical: &[u8], format: Format, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let value = stored::<16>(canonical)?;
    match format {
        Format::Binary => out.extend_from_slice(&value),
        Format::Text => {
            for (at, byte) in value.into_iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    out.push(b'-');
                }
                push_hex(byte, out);
            }
        }
    }
    Ok(())
}
