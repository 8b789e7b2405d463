//! bool: one byte.

use super::converter::Format;
use super::error::ValueError;
use super::scan::{exact, stored, trimmed};

/// Every spelling of `boolin`; in binary format any byte but 0 is true.
pub(super) fn canonical(format: Format, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let value = match format {
        Format::Text => parse(bytes).ok_or(ValueError::Syntax("boolean"))?,
        Format::Binary => exact::<1>(bytes, "boolean")? != [0],
    };
    out.push(u8::from(value));
    Ok(())
}

/// Any prefix of the words, as long as it is the prefix of one only.
fn parse(bytes: &[u8]) -> Option<bool> {
    let word = trimmed(bytes);
    let begins = |whole: &[u8], least: usize| {
        word.len() >= least && whole.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word))
    };
    if begins(b"true", 1) || begins(b"yes", 1) || begins(b"on", 2) || word == b"1" {
        Some(true)
    } else if begins(b"false", 1) || begins(b"no", 1) || begins(b"off", 2) || word == b"0" {
        Some(false)
    } else {
        None
    }
}

/// `t` or `f`, or one byte.
pub(super) fn shown(canonical: &[u8], format: Format, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let [value] = stored::<1>(canonical)?;
    out.push(match (format, value) {
        (Format::Text, 0) => b'f',
        (Format::Text, 1) => b't',
        (Format::Binary, 0 | 1) => value,
        (Format::Text | Format::Binary, _) => return Err(ValueError::Damaged),
    });
    Ok(())
}
