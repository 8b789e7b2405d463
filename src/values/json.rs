//! json: checked and kept as sent; jsonb: written anew exactly as `jsonb_out` does.
//!
//! Knows RFC 8259 as `jsonapi.c` reads it, and the order, spacing and number form of jsonb. Does not
//! build a tree for json.

use std::io::Write;

use super::decimal::Number;
use super::error::ValueError;
use super::text;
use super::uuid::hex_digit;

/// Nesting that is read. The server's own limit hangs on max_stack_depth, and is several thousand.
const MAX_DEPTH: u32 = 1_000;

/// The binary form of jsonb is its text after this byte.
const JSONB_VERSION: u8 = 1;

/// json: as sent, if it is well formed.
pub(super) fn canonical(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let text = text::valid(bytes)?;
    let mut reader = Reader { rest: text.as_bytes(), depth: 0 };
    reader.check_value()?;
    reader.end()?;
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// jsonb in text format: normalised.
pub(super) fn canonical_b(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let text = text::valid(bytes)?;
    let mut reader = Reader { rest: text.as_bytes(), depth: 0 };
    reader.write_value(out)?;
    reader.end()
}

/// jsonb in binary format.
pub(super) fn canonical_b_binary(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    match bytes {
        [JSONB_VERSION, text @ ..] => canonical_b(text, out),
        [_, ..] => Err(ValueError::Unsupported("this version of jsonb's binary format")),
        [] => Err(ValueError::Short),
    }
}

/// jsonb in binary format.
pub(super) fn shown_b_binary(canonical: &[u8], out: &mut Vec<u8>) {
    out.push(JSONB_VERSION);
    out.extend_from_slice(canonical);
}

/// Is this a number as JSON writes one, and nothing else?
pub(super) fn is_number(text: &[u8]) -> bool {
    number(text).is_some_and(|(_, rest)| rest.is_empty())
}

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    depth: u32,
}

/// What follows a member or an element.
enum Next {
    Another,
    End,
}

impl<'a> Reader<'a> {
    /// The value at the start of `text` without blanks before it, and what follows.
    pub(super) fn value_of(text: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), ValueError> {
        let mut reader = Reader { rest: text, depth: 0 };
        reader.check_value()?;
        let length = text.len() - reader.rest.len();
        text.split_at_checked(length).ok_or(ValueError::Syntax("json"))
    }

    /// Appends what a string says that is all of `text`.
    pub(super) fn string_of(text: &'a [u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
        let mut reader = Reader { rest: text, depth: 0 };
        reader.string(Some(out))?;
        reader.end()
    }

    fn syntax(&self) -> ValueError {
        ValueError::Syntax("json")
    }

    fn skip_blanks(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn end(&mut self) -> Result<(), ValueError> {
        self.skip_blanks();
        if self.rest.is_empty() { Ok(()) } else { Err(self.syntax()) }
    }

    /// Takes `byte` after blanks, if it is there.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        match self.rest {
            [b, rest @ ..] if *b == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn require(&mut self, byte: u8) -> Result<(), ValueError> {
        if self.take(byte) { Ok(()) } else { Err(self.syntax()) }
    }

    fn enter(&mut self) -> Result<(), ValueError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(ValueError::Depth) } else { Ok(()) }
    }

    fn next(&mut self, close: u8) -> Result<Next, ValueError> {
        if self.take(b',') {
            return Ok(Next::Another);
        }
        self.require(close)?;
        self.depth -= 1;
        Ok(Next::End)
    }

    fn check_value(&mut self) -> Result<(), ValueError> {
        self.skip_blanks();
        match self.rest {
            [b'"', ..] => self.string(None),
            [b'{', rest @ ..] => {
                self.rest = rest;
                self.check_members()
            }
            [b'[', rest @ ..] => {
                self.rest = rest;
                self.check_elements()
            }
            _ => self.scalar().map(drop),
        }
    }

    fn check_members(&mut self) -> Result<(), ValueError> {
        self.enter()?;
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.skip_blanks();
            self.string(None)?;
            self.require(b':')?;
            self.check_value()?;
            if let Next::End = self.next(b'}')? {
                return Ok(());
            }
        }
    }

    fn check_elements(&mut self) -> Result<(), ValueError> {
        self.enter()?;
        if self.take(b']') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.check_value()?;
            if let Next::End = self.next(b']')? {
                return Ok(());
            }
        }
    }

    fn write_value(&mut self, out: &mut Vec<u8>) -> Result<(), ValueError> {
        self.skip_blanks();
        match self.rest {
            [b'"', ..] => {
                let mut value = Vec::new();
                self.string(Some(&mut value))?;
                write_string(&value, out);
                Ok(())
            }
            [b'{', rest @ ..] => {
                self.rest = rest;
                self.write_members(out)
            }
            [b'[', rest @ ..] => {
                self.rest = rest;
                self.write_elements(out)
            }
            _ => match self.scalar()? {
                Scalar::Word(word) => {
                    out.extend_from_slice(word);
                    Ok(())
                }
                Scalar::Number(number) => write_number(number, out),
            },
        }
    }

    fn write_elements(&mut self, out: &mut Vec<u8>) -> Result<(), ValueError> {
        self.enter()?;
        out.push(b'[');
        if self.take(b']') {
            self.depth -= 1;
        } else {
            loop {
                self.write_value(out)?;
                match self.next(b']')? {
                    Next::Another => out.extend_from_slice(b", "),
                    Next::End => break,
                }
            }
        }
        out.push(b']');
        Ok(())
    }

    fn write_members(&mut self, out: &mut Vec<u8>) -> Result<(), ValueError> {
        self.enter()?;
        let mut members: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        if self.take(b'}') {
            self.depth -= 1;
        } else {
            loop {
                let (mut key, mut value) = (Vec::new(), Vec::new());
                self.skip_blanks();
                self.string(Some(&mut key))?;
                self.require(b':')?;
                self.write_value(&mut value)?;
                members.push((key, value));
                if let Next::End = self.next(b'}')? {
                    break;
                }
            }
        }
        write_members(members, out);
        Ok(())
    }

    /// Reads a string; with `into`, its decoded bytes are appended there.
    fn string(&mut self, mut into: Option<&mut Vec<u8>>) -> Result<(), ValueError> {
        let [b'"', rest @ ..] = self.rest else { return Err(self.syntax()) };
        self.rest = rest;
        loop {
            let special = self.rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
            let (plain, rest) = special.and_then(|at| self.rest.split_at_checked(at)).ok_or(self.syntax())?;
            if let Some(into) = &mut into {
                into.extend_from_slice(plain);
            }
            match rest {
                [b'"', after @ ..] => {
                    self.rest = after;
                    return Ok(());
                }
                [b'\\', after @ ..] => {
                    self.rest = after;
                    self.escape(into.as_deref_mut())?;
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn escape(&mut self, into: Option<&mut Vec<u8>>) -> Result<(), ValueError> {
        let [kind, rest @ ..] = self.rest else { return Err(self.syntax()) };
        self.rest = rest;
        let byte = match kind {
            b'"' | b'\\' | b'/' => *kind,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.unicode_escape(into),
            _ => return Err(self.syntax()),
        };
        if let Some(into) = into {
            into.push(byte);
        }
        Ok(())
    }

    /// Half pairs and NUL are errors only where the string is decoded, that is in jsonb.
    fn unicode_escape(&mut self, into: Option<&mut Vec<u8>>) -> Result<(), ValueError> {
        let first = self.four_digits()?;
        let Some(into) = into else { return Ok(()) };
        let code = match first {
            0 => return Err(ValueError::UnicodeEscape),
            0xd800..=0xdbff => {
                let [b'\\', b'u', rest @ ..] = self.rest else { return Err(self.syntax()) };
                self.rest = rest;
                match self.four_digits()? {
                    second @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => return Err(self.syntax()),
                }
            }
            _ => first,
        };
        let character = char::from_u32(code).ok_or(self.syntax())?;
        into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u32, ValueError> {
        let (digits, rest) = self.rest.split_first_chunk::<4>().ok_or(self.syntax())?;
        self.rest = rest;
        digits.iter().try_fold(0, |n, b| Some(n << 4 | u32::from(hex_digit(*b)?))).ok_or(self.syntax())
    }

    fn scalar(&mut self) -> Result<Scalar<'a>, ValueError> {
        for word in [b"true".as_slice(), b"false", b"null"] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(Scalar::Word(word));
            }
        }
        let (number, rest) = number(self.rest).ok_or(self.syntax())?;
        self.rest = rest;
        Ok(Scalar::Number(number))
    }
}

enum Scalar<'a> {
    Word(&'static [u8]),
    Number(&'a [u8]),
}

/// A number at the start of `text`, and the rest.
fn number(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let some_digits = |rest| match super::scan::digits(rest) {
        ([], _) => None,
        (_, rest) => Some(rest),
    };
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    rest = match rest {
        [b'0', rest @ ..] => rest,
        _ => some_digits(rest)?,
    };
    if let [b'.', after @ ..] = rest {
        rest = some_digits(after)?;
    }
    if let [b'e' | b'E', after @ ..] = rest {
        rest = some_digits(super::scan::sign(after).1)?;
    }
    text.split_at_checked(text.len() - rest.len())
}

fn write_number(text: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let number = Number::read(text)?;
    if !number.fits() {
        return Err(ValueError::OutOfRange("numeric"));
    }
    number.write_text(out);
    Ok(())
}

/// Shorter keys first, then by bytes; of equal keys the last one given.
fn write_members(mut members: Vec<(Vec<u8>, Vec<u8>)>, out: &mut Vec<u8>) {
    members.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    out.push(b'{');
    let mut first = true;
    let mut members = members.iter().peekable();
    while let Some((key, value)) = members.next() {
        if members.peek().is_some_and(|(next, _)| next == key) {
            continue;
        }
        if !first {
            out.extend_from_slice(b", ");
        }
        first = false;
        write_string(key, out);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
    }
    out.push(b'}');
}

/// `escape_json`.
pub(super) fn write_string(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            // Writing to a Vec cannot fail.
            0..=0x1f => drop(write!(out, "\\u{byte:04x}")),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}
