//! COPY's CSV format (manual, COPY, "CSV Format"): fields that may be quoted, lines that may go on
//! inside quotes.
//!
//! Cuts where the server cuts: one pass finds the end of the line by counting quotes, another cuts
//! the fields; a quote may open in the middle of a field.

use super::fields::Fields;
use super::lines::{Ending, Line};
use super::spoilt::Spoilt;
use super::way::Way;

/// What the options say.
pub(super) struct Options {
    pub delimiter: u8,
    pub null: Box<[u8]>,
    pub quote: u8,
    pub escape: u8,
    pub force_quote: Box<[u16]>,
    pub force_null: Box<[u16]>,
    pub force_not_null: Box<[u16]>,
}

/// How a CSV stream is written.
pub(super) struct Csv {
    way: Way,
    options: Options,
    /// There is one field a row.
    alone: bool,
    ending: Ending,
    /// Bytes of the line at hand that have been looked at.
    scanned: usize,
    quoted: bool,
    escaped: bool,
}

impl Csv {
    pub fn new(way: Way, options: Options, alone: bool) -> Self {
        Csv { way, options, alone, ending: Ending::default(), scanned: 0, quoted: false, escaped: false }
    }

    /// The line at the front of `held`; `ended`: nothing will follow it.
    pub fn line(&mut self, held: &[u8], ended: bool) -> Result<Line, Spoilt> {
        if let (0, Way::In, [b'\\', after @ ..]) = (self.scanned, self.way, held) {
            match (after, after.get(1..).map(|rest| self.ending.after_marker(rest))) {
                ([] | [b'.', ..], None | Some(None)) if !ended => return Ok(Line::More),
                ([b'.', ..], Some(Some(bytes @ 1..))) => {
                    return Ok(Line::Last { text: 0, whole: 2 + bytes });
                }
                _ => {}
            }
        }
        // An escape that is the quote is only a quote (the server's own rule).
        let escape = Some(self.options.escape).filter(|escape| *escape != self.options.quote);
        while let Some(byte) = self.next_sign(held, escape) {
            if matches!(byte, b'\n' | b'\r') && !self.quoted {
                let rest = held.get(self.scanned..).unwrap_or(&[]);
                let Some(bytes) = self.ending.take(rest, ended)? else { return Ok(Line::More) };
                let text = self.scanned;
                self.restart();
                return Ok(Line::Whole { text, whole: text + bytes });
            }
            let is_escape = escape == Some(byte);
            if self.quoted && is_escape {
                self.escaped = !self.escaped;
            }
            if byte == self.options.quote && !self.escaped {
                self.quoted = !self.quoted;
            }
            if !is_escape {
                self.escaped = false;
            }
            self.scanned += 1;
        }
        match ended && !held.is_empty() {
            true if self.quoted => Err(UNTERMINATED),
            true => {
                self.restart();
                Ok(Line::Whole { text: held.len(), whole: held.len() })
            }
            false => Ok(Line::More),
        }
    }

    /// The line at the front of `bytes`, of which nothing has been looked at; whatever it is, the next
    /// one is looked at from its start.
    pub fn only_line(&mut self, bytes: &[u8]) -> Result<Line, Spoilt> {
        let before = self.ending;
        let line = self.line(bytes, false);
        self.restart();
        if !matches!(line, Ok(Line::Whole { .. })) {
            self.ending = before;
        }
        line
    }

    /// Bytes of a line's end.
    pub fn ending_bytes(&self) -> usize {
        self.ending.bytes()
    }

    /// Goes on to the next byte that may end the line, or open or close quotes.
    fn next_sign(&mut self, held: &[u8], escape: Option<u8>) -> Option<u8> {
        let rest = held.get(self.scanned..).unwrap_or(&[]);
        let quote = self.options.quote;
        let found = match (self.quoted, escape) {
            (false, _) => memchr::memchr3(b'\n', b'\r', quote, rest),
            (true, _) if self.escaped => Some(0),
            (true, Some(escape)) => memchr::memchr2(quote, escape, rest),
            (true, None) => memchr::memchr(quote, rest),
        };
        self.scanned += found.unwrap_or(rest.len());
        held.get(self.scanned).copied()
    }

    fn restart(&mut self) {
        (self.scanned, self.quoted, self.escaped) = (0, false, false);
    }

    /// Appends the line, its fields changed.
    pub fn row(&self, line: &[u8], fields: &mut Fields<'_>, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        let (mut start, mut kept, mut index) = (0, 0, 0);
        loop {
            let keeps = fields.keeps(index)?;
            let plain = &mut fields.scratch.plain;
            plain.clear();
            let cut = self.cut(line.get(start..).unwrap_or(&[]), (!keeps).then_some(&mut **plain))?;
            if !keeps && !self.is_null(index, &cut, plain) {
                out.extend_from_slice(line.get(kept..start).unwrap_or(&[]));
                self.change(index, fields, out)?;
                kept = start + cut.bytes;
            }
            index += 1;
            start += cut.bytes;
            if line.get(start).is_none() {
                break;
            }
            start += 1;
        }
        out.extend_from_slice(line.get(kept..).unwrap_or(&[]));
        fields.check_count(index)
    }

    /// Appends the value in `scratch.plain`, changed: towards the server always quoted, towards the
    /// client as the server would.
    fn change(&self, index: usize, fields: &mut Fields<'_>, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        let Options { quote, escape, .. } = self.options;
        let from = out.len();
        if self.way == Way::In {
            out.push(quote);
        }
        let at = out.len();
        fields.change_plain(index, out)?;
        let changed = out.get(at..).unwrap_or(&[]);
        let quotes = match self.way {
            Way::In => memchr::memchr2(quote, escape, changed).is_some(),
            Way::Out => self.wants_quotes(index, changed),
        };
        if quotes {
            let kept = &mut fields.scratch.changed;
            kept.clear();
            kept.extend_from_slice(changed);
            out.truncate(from);
            self.quote(kept, out);
        } else if self.way == Way::In {
            out.push(quote);
        }
        Ok(())
    }

    /// Whether the server would quote it.
    fn wants_quotes(&self, index: usize, value: &[u8]) -> bool {
        let Options { delimiter, quote, .. } = self.options;
        self.options.force_quote.iter().any(|at| usize::from(*at) == index)
            || *value == *self.options.null
            || (self.alone && value == b"\\.")
            || memchr::memchr2(delimiter, quote, value).is_some()
            || memchr::memchr2(b'\n', b'\r', value).is_some()
    }

    /// Whether the line gives these names.
    pub fn names(&self, line: &[u8], wanted: &[Box<str>]) -> Result<bool, Spoilt> {
        let mut rest = Some(line);
        let mut name = Vec::new();
        for wanted in wanted {
            let Some(from) = rest else { return Ok(false) };
            name.clear();
            let cut = self.cut(from, Some(&mut name))?;
            if cut.reads_null || name != wanted.as_bytes() {
                return Ok(false);
            }
            rest = from.get(cut.bytes + 1..);
        }
        Ok(rest.is_none())
    }

    /// Whether the server takes the field for NULL. Under FORCE_NOT_NULL it does not, and `plain`
    /// becomes the null string.
    fn is_null(&self, index: usize, cut: &Cut, plain: &mut Vec<u8>) -> bool {
        let forced = |list: &[u16]| list.iter().any(|at| usize::from(*at) == index);
        let reads_in = self.way == Way::In;
        if cut.reads_null && reads_in && forced(&self.options.force_not_null) {
            plain.clear();
            plain.extend_from_slice(&self.options.null);
            return false;
        }
        cut.reads_null || (reads_in && forced(&self.options.force_null) && **plain == *self.options.null)
    }

    /// Cuts the first field of `rest`; its value is appended to `plain`, if it is asked for.
    fn cut(&self, rest: &[u8], mut plain: Option<&mut Vec<u8>>) -> Result<Cut, Spoilt> {
        let Options { delimiter, quote, escape, .. } = self.options;
        let (mut at, mut quoted, mut saw_quote) = (0, false, false);
        let mut take = |bytes: &[u8]| {
            if let Some(plain) = &mut plain {
                plain.extend_from_slice(bytes);
            }
        };
        loop {
            let from = rest.get(at..).unwrap_or(&[]);
            let sign = if quoted {
                memchr::memchr2(quote, escape, from)
            } else {
                memchr::memchr2(delimiter, quote, from)
            };
            let (run, signed) = from.split_at_checked(sign.unwrap_or(from.len())).unwrap_or((from, &[]));
            take(run);
            at += run.len();
            match (quoted, signed) {
                (_, []) => break,
                (false, [byte, ..]) if *byte == delimiter => break,
                (false, _) => (quoted, saw_quote, at) = (true, true, at + 1),
                (true, [byte, next, ..]) if *byte == escape && (*next == escape || *next == quote) => {
                    take(&[*next]);
                    at += 2;
                }
                (true, [byte, ..]) if *byte == quote => (quoted, at) = (false, at + 1),
                (true, [byte, ..]) => {
                    take(&[*byte]);
                    at += 1;
                }
            }
        }
        if quoted {
            return Err(UNTERMINATED);
        }
        let reads_null = !saw_quote && rest.get(..at) == Some(&self.options.null);
        Ok(Cut { bytes: at, reads_null })
    }

    /// Writes a value between quotes.
    fn quote(&self, value: &[u8], out: &mut Vec<u8>) {
        let Options { quote, escape, .. } = self.options;
        out.push(quote);
        for &byte in value {
            if byte == quote || byte == escape {
                out.push(escape);
            }
            out.push(byte);
        }
        out.push(quote);
    }
}

const UNTERMINATED: Spoilt = Spoilt::Format("unterminated CSV quoted field");

/// One field.
struct Cut {
    /// What it takes in the line.
    bytes: usize,
    /// Unquoted, and the null string.
    reads_null: bool,
}
