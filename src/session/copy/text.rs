//! COPY's text format (manual, COPY, "Text Format"): lines of fields between delimiters, with
//! backslash escapes.
//!
//! Cuts where the server cuts: a backslash takes the next byte along, the null string is compared
//! before escapes are undone, `\.` ends the data wherever it stands.

use super::fields::Fields;
use super::lines::{Ending, Line};
use super::spoilt::Spoilt;
use super::way::Way;
use crate::wire::from_client::Format;

/// How a text stream is written.
pub(super) struct Text {
    way: Way,
    delimiter: u8,
    null: Box<[u8]>,
    ending: Ending,
    /// Bytes of the line at hand that have been looked at.
    scanned: usize,
}

impl Text {
    pub fn new(way: Way, delimiter: u8, null: &str) -> Self {
        let null = null.as_bytes().into();
        Text { way, delimiter, null, ending: Ending::default(), scanned: 0 }
    }

    /// The line at the front of `held`; `ended`: nothing will follow it.
    pub fn line(&mut self, held: &[u8], ended: bool) -> Result<Line, Spoilt> {
        loop {
            let rest = held.get(self.scanned..).unwrap_or(&[]);
            let Some(found) = memchr::memchr3(b'\n', b'\r', b'\\', rest) else {
                return Ok(self.tail(held.len(), held, ended));
            };
            let at = self.scanned + found;
            let rest = held.get(at..).unwrap_or(&[]);
            match rest {
                [b'\\'] => return Ok(self.tail(at, held, ended)),
                [b'\\', b'.', after @ ..] if self.way == Way::In => {
                    return match self.ending.after_marker(after) {
                        None if !ended => Ok(self.tail(at, held, ended)),
                        Some(0) => Err(Spoilt::Format("end-of-copy marker corrupt")),
                        Some(_) | None => Ok(Line::Last { text: at, whole: held.len() }),
                    };
                }
                [b'\\', ..] => self.scanned = at + 2,
                _ => {
                    return Ok(match self.ending.take(rest, ended)? {
                        None => self.tail(at, held, ended),
                        Some(bytes) => {
                            self.scanned = 0;
                            Line::Whole { text: at, whole: at + bytes }
                        }
                    });
                }
            }
        }
    }

    /// The line at the front of `bytes`, of which nothing has been looked at; whatever it is, the next
    /// one is looked at from its start.
    pub fn only_line(&mut self, bytes: &[u8]) -> Result<Line, Spoilt> {
        let before = self.ending;
        let line = self.line(bytes, false);
        self.scanned = 0;
        if !matches!(line, Ok(Line::Whole { .. })) {
            self.ending = before;
        }
        line
    }

    /// Bytes of a line's end.
    pub fn ending_bytes(&self) -> usize {
        self.ending.bytes()
    }

    /// A line that does not end in what is held: scanned again from `at` when more has come.
    fn tail(&mut self, at: usize, held: &[u8], ended: bool) -> Line {
        match ended && !held.is_empty() {
            true => {
                self.scanned = 0;
                Line::Whole { text: held.len(), whole: held.len() }
            }
            false => {
                self.scanned = at;
                Line::More
            }
        }
    }

    /// Appends the line, its fields changed.
    pub fn row(&self, line: &[u8], fields: &mut Fields<'_>, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        let (mut start, mut kept, mut index) = (0, 0, 0);
        loop {
            let cut = self.cut(line.get(start..).unwrap_or(&[]));
            if !fields.keeps(index)? && !self.is_null(cut.compared) {
                out.extend_from_slice(line.get(kept..start).unwrap_or(&[]));
                self.change(index, &cut, fields, out)?;
                kept = start + cut.raw.len();
            }
            index += 1;
            start += cut.raw.len();
            if line.get(start).is_none() {
                break;
            }
            start += 1;
        }
        out.extend_from_slice(line.get(kept..).unwrap_or(&[]));
        fields.check_count(index)
    }

    /// Appends the field, changed. Nearly always it stands in the stream as it is, and so does what it
    /// becomes: then nothing is copied.
    fn change(
        &self,
        index: usize,
        cut: &Cut<'_>,
        fields: &mut Fields<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Spoilt> {
        let from = out.len();
        if cut.is_escaped {
            fields.scratch.plain.clear();
            self.unescape(cut.raw, &mut fields.scratch.plain);
            fields.change_plain(index, out)?;
        } else {
            fields.change(index, Format::Text, cut.raw, out)?;
        }
        let changed = out.get(from..).unwrap_or(&[]);
        if self.may_need_escapes(changed) || (self.way == Way::In && self.is_null(changed)) {
            let kept = &mut fields.scratch.changed;
            kept.clear();
            kept.extend_from_slice(changed);
            out.truncate(from);
            self.write(kept, out);
        }
        Ok(())
    }

    /// Whether anything of it is written otherwise than as it is; true for a few bytes too many. One
    /// loop without a way out of it, which the compiler makes one of vectors.
    fn may_need_escapes(&self, value: &[u8]) -> bool {
        let special = |byte: u8| (byte < b' ') | (byte == b'\\') | (byte == self.delimiter);
        value.iter().fold(false, |found, byte| found | special(*byte))
    }

    /// Whether the line gives these names.
    pub fn names(&self, line: &[u8], wanted: &[Box<str>]) -> bool {
        let mut rest = Some(line);
        let mut name = Vec::new();
        for wanted in wanted {
            let Some(from) = rest else { return false };
            let cut = self.cut(from);
            name.clear();
            self.unescape(cut.raw, &mut name);
            if self.is_null(cut.compared) || name != wanted.as_bytes() {
                return false;
            }
            rest = from.get(cut.raw.len() + 1..);
        }
        rest.is_none()
    }

    fn is_null(&self, compared: &[u8]) -> bool {
        *compared == *self.null
    }

    /// The first field of `rest`.
    fn cut<'l>(&self, rest: &'l [u8]) -> Cut<'l> {
        let (mut at, mut is_escaped) = (0, false);
        while let Some(found) = memchr::memchr2(self.delimiter, b'\\', rest.get(at..).unwrap_or(&[])) {
            at += found;
            let here = rest.get(at..).unwrap_or(&[]);
            match here {
                [b'\\'] => {
                    return Cut { raw: rest, compared: rest.get(..at).unwrap_or(&[]), is_escaped: true };
                }
                [b'\\', escaped @ ..] => {
                    is_escaped = true;
                    at += 1 + unescaped(escaped).1;
                }
                _ => {
                    let raw = rest.get(..at).unwrap_or(&[]);
                    return Cut { raw, compared: raw, is_escaped };
                }
            }
        }
        Cut { raw: rest, compared: rest, is_escaped }
    }

    fn unescape(&self, raw: &[u8], out: &mut Vec<u8>) {
        let mut rest = raw;
        while let Some(found) = memchr::memchr(b'\\', rest) {
            let (before, from) = rest.split_at(found);
            out.extend_from_slice(before);
            rest = match from {
                [_, escaped @ ..] if !escaped.is_empty() => {
                    let (byte, taken) = unescaped(escaped);
                    out.push(byte);
                    escaped.get(taken..).unwrap_or(&[])
                }
                _ => &[],
            };
        }
        out.extend_from_slice(rest);
    }

    /// Writes a value as the server does. Towards the server it must also not read as NULL.
    fn write(&self, value: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        for &byte in value {
            let letter = match byte {
                0x08 => b'b',
                0x0c => b'f',
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                0x0b => b'v',
                b'\\' => b'\\',
                _ if byte == self.delimiter => byte,
                _ => {
                    out.push(byte);
                    continue;
                }
            };
            out.extend_from_slice(&[b'\\', letter]);
        }
        if self.way == Way::In && out.get(start..).is_some_and(|written| self.is_null(written)) {
            out.truncate(start);
            for byte in value {
                out.extend_from_slice(format!("\\{byte:03o}").as_bytes());
            }
        }
    }
}

/// One field.
struct Cut<'l> {
    /// As it stands in the line.
    raw: &'l [u8],
    /// What of it is compared with the null string: without a backslash that ends the line.
    compared: &'l [u8],
    /// A backslash stands in it.
    is_escaped: bool,
}

/// The byte that an escape stands for, and how many bytes behind the backslash it takes.
fn unescaped(escaped: &[u8]) -> (u8, usize) {
    let digits = |from: &[u8], radix: u32, most: usize| {
        let value = |byte: &u8| char::from(*byte).to_digit(radix);
        let run = from.iter().take(most).map_while(value);
        run.fold((0, 0), |(sum, count), digit| (sum * radix + digit, count + 1))
    };
    match escaped {
        [b'0'..=b'7', ..] => {
            let (sum, count) = digits(escaped, 8, 3);
            (sum.to_le_bytes().first().copied().unwrap_or(0), count)
        }
        [b'x', hex @ ..] => match digits(hex, 16, 2) {
            (_, 0) => (b'x', 1),
            (sum, count) => (sum.to_le_bytes().first().copied().unwrap_or(0), count + 1),
        },
        [b'b', ..] => (0x08, 1),
        [b'f', ..] => (0x0c, 1),
        [b'n', ..] => (b'\n', 1),
        [b'r', ..] => (b'\r', 1),
        [b't', ..] => (b'\t', 1),
        [b'v', ..] => (0x0b, 1),
        [other, ..] => (*other, 1),
        [] => (b'\\', 0),
    }
}
