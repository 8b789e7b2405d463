//! A JSON document, taken apart and put together where values stand in it.
//!
//! Knows how PostgreSQL writes a value of each type into JSON (`datum_to_json` of json.c,
//! `datum_to_jsonb` of jsonb.c). Builds no tree, and does not know what any value is for.

use super::error::ValueError;
use super::json::{self, Reader};
use crate::types::LogicalType;

/// Reads a document from left to right. What is read is checked; blanks between are left out.
#[derive(Debug)]
pub struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    /// From its first byte.
    pub fn new(text: &'a [u8]) -> Self {
        Walk { rest: text }
    }

    /// The blanks that come next.
    pub fn blanks(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        let (blanks, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        blanks
    }

    /// Takes this byte, if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            Some(_) | None => false,
        }
    }

    /// A whole value as it stands.
    ///
    /// # Errors
    /// Nothing that is one comes next.
    pub fn value(&mut self) -> Result<&'a [u8], ValueError> {
        let (value, rest) = Reader::value_of(self.rest)?;
        self.rest = rest;
        Ok(value)
    }

    /// Is nothing left?
    pub fn is_over(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Appends what a JSON string says.
///
/// # Errors
/// It is none. `out` may have grown.
pub fn unquoted(string: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    Reader::string_of(string, out)
}

/// Appends a value of a type, given as PostgreSQL shows it (dates in style ISO), as it stands in json;
/// with `binary`, in jsonb.
///
/// # Errors
/// It is no value of the type. `out` may have grown.
pub fn as_json(
    logical: &LogicalType,
    shown: &[u8],
    binary: bool,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    use LogicalType as T;
    match logical {
        T::Bool => out.extend_from_slice(if shown == b"t" { b"true" } else { b"false" }),
        T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8 => match json::is_number(shown) {
            true if binary => return json::canonical_b(shown, out),
            true => out.extend_from_slice(shown),
            // NaN and the infinities.
            false => json::write_string(shown, out),
        },
        T::Json if binary => return json::canonical_b(shown, out),
        T::Json | T::Jsonb => out.extend_from_slice(shown),
        T::Timestamp(_) | T::Timestamptz(_) => xsd(shown, out),
        T::Text
        | T::Varchar(_)
        | T::Citext
        | T::Bpchar(_)
        | T::Date
        | T::Time(_)
        | T::Timetz(_)
        | T::Interval
        | T::Uuid
        | T::Bytea
        | T::Inet
        | T::Cidr
        | T::TextArray => json::write_string(shown, out),
    }
    Ok(())
}

/// `2024-02-03 04:05:06+00` as `"2024-02-03T04:05:06+00:00"` (`JsonEncodeDateTime`, USE_XSD_DATES).
fn xsd(shown: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    match shown.iter().position(|b| *b == b' ').and_then(|at| shown.split_at_checked(at)) {
        Some((date, rest)) => {
            let time = rest.strip_prefix(b" ").unwrap_or(rest);
            let era = time.iter().position(|b| *b == b' ').unwrap_or(time.len());
            let (time, era) = time.split_at(era);
            let zone = time.iter().position(|b| matches!(b, b'+' | b'-')).unwrap_or(time.len());
            let (time, zone) = time.split_at(zone);
            out.extend_from_slice(date);
            out.push(b'T');
            out.extend_from_slice(time);
            out.extend_from_slice(zone);
            if !zone.is_empty() && !zone.contains(&b':') {
                out.extend_from_slice(b":00");
            }
            out.extend_from_slice(era);
        }
        None => out.extend_from_slice(shown),
    }
    out.push(b'"');
}
