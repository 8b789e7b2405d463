//! bytea: the bytes; in text, hex or escape form (manual, 8.4).

use super::converter::Format;
use super::error::ValueError;
use super::settings::ByteaOutput;
use super::uuid::{hex_digit, push_hex};

/// Hex after `\x`, escape form otherwise.
pub(super) fn canonical(format: Format, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    match (format, bytes) {
        (Format::Binary, _) => {
            out.extend_from_slice(bytes);
            Ok(())
        }
        (Format::Text, [b'\\', b'x', digits @ ..]) => unhex(digits, out),
        (Format::Text, _) => unescape(bytes, out),
    }
}

/// Pairs of digits, blanks between pairs.
fn unhex(mut rest: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    loop {
        rest = match rest {
            [] => return Ok(()),
            [b' ' | b'\n' | b'\t' | b'\r', after @ ..] => after,
            [high, low, after @ ..] => {
                let high = hex_digit(*high).ok_or(ValueError::Hexadecimal)?;
                out.push(high << 4 | hex_digit(*low).ok_or(ValueError::Hexadecimal)?);
                after
            }
            [_] => return Err(ValueError::Hexadecimal),
        }
    }
}

/// `\\` and `\ooo`; every other byte stands for itself.
fn unescape(mut rest: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    loop {
        rest = match rest {
            [] => return Ok(()),
            [b'\\', b'\\', after @ ..] => {
                out.push(b'\\');
                after
            }
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                out.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                after
            }
            [b'\\', ..] => return Err(ValueError::Syntax("bytea")),
            [b, after @ ..] => {
                out.push(*b);
                after
            }
        }
    }
}

/// As bytea_output says, or the bytes.
pub(super) fn shown(canonical: &[u8], format: Format, output: ByteaOutput, out: &mut Vec<u8>) {
    match (format, output) {
        (Format::Binary, _) => out.extend_from_slice(canonical),
        (Format::Text, ByteaOutput::Hex) => {
            out.extend_from_slice(b"\\x");
            out.reserve(canonical.len() * 2);
            canonical.iter().for_each(|b| push_hex(*b, out));
        }
        (Format::Text, ByteaOutput::Escape) => {
            for b in canonical {
                match b {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    0x20..=0x7e => out.push(*b),
                    _ => {
                        out.extend_from_slice(&[b'\\', b'0' + (b >> 6), b'0' + (b >> 3 & 7), b'0' + (b & 7)])
                    }
                }
            }
        }
    }
}
