//! Arrays around cells: cutting a one-dimensional array into its elements, and building one.
//!
//! Knows the text form (manual, 8.15.6) and the binary form of `array_send`. Does not know what the
//! elements mean. Arrays of more dimensions, or that do not begin at 1, are not supported.

use super::converter::Format;
use super::error::ValueError;
use crate::types::Oid;

const DIMENSIONS: ValueError = ValueError::Unsupported("an array of several dimensions or with bounds");

/// Calls `each` for every element of a one-dimensional array, `None` for NULL. In text format the
/// element is given without quotes and escapes. In binary format the elements must be of one of the
/// types `admitted`; an empty `admitted` takes any.
pub fn elements<E: From<ValueError>>(
    format: Format,
    bytes: &[u8],
    admitted: &[Oid],
    each: impl FnMut(Option<&[u8]>) -> Result<(), E>,
) -> Result<(), E> {
    match format {
        Format::Text => text_elements(bytes, each),
        Format::Binary => binary_elements(bytes, admitted, each),
    }
}

fn binary_elements<E: From<ValueError>>(
    bytes: &[u8],
    admitted: &[Oid],
    mut each: impl FnMut(Option<&[u8]>) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = bytes;
    let (dimensions, flags, element) = (int(&mut rest)?, int(&mut rest)?, int(&mut rest)? as Oid);
    if !(0..=6).contains(&dimensions) || !(0..=1).contains(&flags) {
        return Err(ValueError::Binary("array").into());
    }
    if !admitted.is_empty() && !admitted.contains(&element) {
        return Err(ValueError::ElementType.into());
    }
    let count = match dimensions {
        0 => 0,
        1 => {
            let (count, first) = (int(&mut rest)?, int(&mut rest)?);
            if count > 0 && first != 1 {
                return Err(DIMENSIONS.into());
            }
            count
        }
        _ => return Err(DIMENSIONS.into()),
    };
    for _ in 0..count {
        let length = int(&mut rest)?;
        if length == -1 {
            each(None)?;
            continue;
        }
        let length = usize::try_from(length).map_err(|_| ValueError::Short)?;
        let (value, after) = rest.split_at_checked(length).ok_or(ValueError::Short)?;
        rest = after;
        each(Some(value))?;
    }
    if rest.is_empty() { Ok(()) } else { Err(ValueError::Binary("array").into()) }
}

fn int(rest: &mut &[u8]) -> Result<i32, ValueError> {
    let (head, after) = rest.split_first_chunk::<4>().ok_or(ValueError::Short)?;
    *rest = after;
    Ok(i32::from_be_bytes(*head))
}

/// `array_isspace`.
fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b, rest @ ..] = bytes
        && is_space(*b)
    {
        bytes = rest;
    }
    bytes
}

fn text_elements<E: From<ValueError>>(
    bytes: &[u8],
    mut each: impl FnMut(Option<&[u8]>) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = match trimmed(bytes) {
        [b'{', rest @ ..] => trimmed(rest),
        [b'[', ..] => return Err(DIMENSIONS.into()),
        _ => return Err(ValueError::ArraySyntax.into()),
    };
    let mut scratch = zeroize::Zeroizing::new(Vec::new());
    if let [b'}', after @ ..] = rest {
        rest = after;
    } else {
        loop {
            scratch.clear();
            let quoted;
            (quoted, rest) = one_element(rest, &mut scratch)?;
            let null = !quoted && scratch.eq_ignore_ascii_case(b"null");
            each((!null).then_some(scratch.as_slice()))?;
            match rest {
                [b',', after @ ..] => rest = trimmed(after),
                [b'}', after @ ..] => {
                    rest = after;
                    break;
                }
                _ => return Err(ValueError::ArraySyntax.into()),
            }
        }
    }
    if trimmed(rest).is_empty() { Ok(()) } else { Err(ValueError::ArraySyntax.into()) }
}

/// Reads one element into `value`; gives whether it was quoted or escaped (then it is not NULL), and
/// what follows it.
fn one_element<'a>(bytes: &'a [u8], value: &mut Vec<u8>) -> Result<(bool, &'a [u8]), ValueError> {
    match bytes {
        [b'"', rest @ ..] => Ok((true, trimmed(quoted_element(rest, value)?))),
        [b'{', ..] => Err(DIMENSIONS),
        _ => bare_element(bytes, value),
    }
}

fn quoted_element<'a>(mut rest: &'a [u8], value: &mut Vec<u8>) -> Result<&'a [u8], ValueError> {
    loop {
        match rest {
            [b'"', after @ ..] => return Ok(after),
            [b'\\', b, after @ ..] | [b, after @ ..] => {
                value.push(*b);
                rest = after;
            }
            [] => return Err(ValueError::ArraySyntax),
        }
    }
}

fn bare_element<'a>(mut rest: &'a [u8], value: &mut Vec<u8>) -> Result<(bool, &'a [u8]), ValueError> {
    let (mut escaped, mut kept) = (false, 0);
    loop {
        match rest {
            [b',' | b'}', ..] => break,
            [b'"' | b'{', ..] | [] | [b'\\'] => return Err(ValueError::ArraySyntax),
            [b'\\', b, after @ ..] => {
                value.push(*b);
                (escaped, kept, rest) = (true, value.len(), after);
            }
            [b, after @ ..] => {
                value.push(*b);
                if !is_space(*b) {
                    kept = value.len();
                }
                rest = after;
            }
        }
    }
    value.truncate(kept);
    if kept == 0 { Err(ValueError::ArraySyntax) } else { Ok((escaped, rest)) }
}

/// Builds a one-dimensional array at the end of a buffer. In binary format each element must already
/// be in binary format, in text format in text format.
pub struct ArrayBuilder<'a> {
    format: Format,
    out: &'a mut Vec<u8>,
    start: usize,
    count: i32,
    nulls: bool,
}

impl<'a> ArrayBuilder<'a> {
    /// Begins an array of elements of the type `element`, appended to `out`.
    pub fn new(format: Format, element: Oid, out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        match format {
            Format::Text => out.push(b'{'),
            Format::Binary => {
                out.extend_from_slice(&[0; 8]);
                out.extend_from_slice(&element.to_be_bytes());
                out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
            }
        }
        ArrayBuilder { format, out, start, count: 0, nulls: false }
    }

    /// Appends one element, `None` for NULL.
    pub fn push(&mut self, element: Option<&[u8]>) {
        match (self.format, element) {
            (Format::Text, _) if self.count > 0 => self.out.push(b','),
            (Format::Text | Format::Binary, _) => {}
        }
        match (self.format, element) {
            (Format::Text, None) => self.out.extend_from_slice(b"NULL"),
            (Format::Text, Some(value)) => push_text(value, self.out),
            (Format::Binary, None) => self.out.extend_from_slice(&(-1i32).to_be_bytes()),
            (Format::Binary, Some(value)) => {
                self.out.extend_from_slice(&(value.len() as u32).to_be_bytes());
                self.out.extend_from_slice(value);
            }
        }
        self.nulls |= element.is_none();
        self.count += 1;
    }

    /// Ends the array.
    pub fn finish(self) {
        match self.format {
            Format::Text => self.out.push(b'}'),
            Format::Binary if self.count == 0 => self.out.truncate(self.start + 12),
            Format::Binary => {
                let head = self.out.iter_mut().skip(self.start);
                let flags = i32::from(self.nulls).to_be_bytes();
                let known = [1i32.to_be_bytes(), flags].concat();
                head.zip(known).for_each(|(at, b)| *at = b);
                let count = self.out.iter_mut().skip(self.start + 12);
                count.zip(self.count.to_be_bytes()).for_each(|(at, b)| *at = b);
            }
        }
    }
}

/// Quotes where `array_out` does.
fn push_text(value: &[u8], out: &mut Vec<u8>) {
    let special = |b: &u8| is_space(*b) || b",{}\"\\".contains(b);
    if !value.is_empty() && !value.eq_ignore_ascii_case(b"null") && !value.iter().any(special) {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    for b in value {
        if matches!(b, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*b);
    }
    out.push(b'"');
}
