//! Borrowed views of what a client sends (manual, "Message Formats").

use super::Oid;
use super::read::{Malformed, Reader};

/// Text or binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Format code 0.
    Text,
    /// Format code 1.
    Binary,
}

impl Format {
    /// The protocol's code.
    pub fn code(self) -> i16 {
        match self {
            Format::Text => 0,
            Format::Binary => 1,
        }
    }

    /// `None` for a code that the protocol does not have.
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Format::Text),
            1 => Some(Format::Binary),
            _ => None,
        }
    }
}

/// Query: the text without its NUL.
pub fn query(body: &[u8]) -> Result<&[u8], Malformed> {
    let mut r = Reader::new(body, "Query");
    let text = r.cstr()?;
    r.end().map(|()| text)
}

/// Parse.
#[derive(Clone, Copy, Debug)]
pub struct Parse<'a> {
    /// Statement name, empty for the unnamed one.
    pub name: &'a [u8],
    /// The statement's text, without its NUL.
    pub text: &'a [u8],
    declared: &'a [u8],
}

impl<'a> Parse<'a> {
    /// Checks the whole body.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body, "Parse");
        let (name, text) = (r.cstr()?, r.cstr()?);
        let count = usize::from(r.u16()?);
        let declared = r.bytes(count * 4)?;
        r.end()?;
        Ok(Parse { name, text, declared })
    }

    /// Declared parameter types, 0 for unspecified.
    pub fn declared(&self) -> impl ExactSizeIterator<Item = Oid> + 'a {
        self.declared.chunks_exact(4).map(|c| c.iter().fold(0, |oid, b| oid << 8 | Oid::from(*b)))
    }
}

/// Format codes as they stand in Bind: none (all text), one (for all), or one each.
#[derive(Clone, Copy, Debug)]
pub struct Formats<'a> {
    codes: &'a [u8],
}

impl<'a> Formats<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        let count = usize::from(r.u16()?);
        Ok(Formats { codes: r.bytes(count * 2)? })
    }

    /// The first code that stands for no format, as the server's message has it.
    pub fn unknown(&self) -> Option<i16> {
        let mut codes = self.codes.chunks_exact(2).filter_map(|code| code.try_into().ok());
        codes.find_map(|code| Some(i16::from_be_bytes(code)).filter(|code| !matches!(code, 0 | 1)))
    }

    /// How many codes were given.
    pub fn count(&self) -> usize {
        self.codes.len() / 2
    }

    /// The code that governs the value at `index`; text for one that is unknown.
    #[inline]
    pub fn of(&self, index: usize) -> Format {
        let at = match self.codes {
            [] => return Format::Text,
            [_, code] => Some(code),
            codes => codes.get(index * 2 + 1),
        };
        match at {
            Some(1) => Format::Binary,
            _ => Format::Text,
        }
    }

    /// The codes as they came, two bytes each.
    pub fn raw(&self) -> &'a [u8] {
        self.codes
    }
}

/// Bind.
#[derive(Clone, Copy, Debug)]
pub struct Bind<'a> {
    /// Portal name, empty for the unnamed one.
    pub portal: &'a [u8],
    /// Statement name.
    pub statement: &'a [u8],
    /// Formats of the parameters: none, one, or as many as there are.
    pub param_formats: Formats<'a>,
    /// Number of parameters.
    pub param_count: u16,
    values: &'a [u8],
    /// Formats of the result's columns.
    pub result_formats: Formats<'a>,
}

impl<'a> Bind<'a> {
    /// Checks the whole body: every value's length. What the formats say is not looked at: see
    /// [`Formats::unknown`] and [`Bind::has_odd_formats`].
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body, "Bind");
        let (portal, statement) = (r.cstr()?, r.cstr()?);
        let param_formats = Formats::read(&mut r)?;
        let param_count = r.u16()?;
        let from = r.rest();
        for _ in 0..param_count {
            r.value()?;
        }
        let values = from.get(..from.len() - r.rest().len()).unwrap_or(&[]);
        let result_formats = Formats::read(&mut r)?;
        r.end()?;
        Ok(Bind { portal, statement, param_formats, param_count, values, result_formats })
    }

    /// The names alone, from a body that may be incomplete; `None` if they have not arrived.
    pub fn names(body: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let mut r = Reader::new(body, "Bind");
        Some((r.cstr().ok()?, r.cstr().ok()?))
    }

    /// Are the formats of parameters neither none, nor one, nor as many as there are?
    pub fn has_odd_formats(&self) -> bool {
        self.param_formats.count() > 1 && self.param_formats.count() != usize::from(self.param_count)
    }

    /// The parameters as they came, each with its length.
    pub fn raw_values(&self) -> &'a [u8] {
        self.values
    }

    /// The parameters in order; `None` is NULL.
    pub fn values(&self) -> Values<'a> {
        Values { reader: Reader::new(self.values, "Bind") }
    }
}

/// Iterates over length-prefixed values whose lengths have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    pub(super) reader: Reader<'a>,
}

impl<'a> Iterator for Values<'a> {
    type Item = Option<&'a [u8]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.rest().is_empty() { None } else { self.reader.value().ok() }
    }
}

/// What Describe and Close name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A prepared statement.
    Statement(&'a [u8]),
    /// A portal.
    Portal(&'a [u8]),
}

/// Describe or Close.
pub fn target<'a>(body: &'a [u8], message: &'static str) -> Result<Target<'a>, Malformed> {
    let mut r = Reader::new(body, message);
    let kind = r.u8()?;
    let name = r.cstr()?;
    r.end()?;
    match kind {
        b'S' => Ok(Target::Statement(name)),
        b'P' => Ok(Target::Portal(name)),
        _ => Err(Malformed(message)),
    }
}

/// Execute.
#[derive(Clone, Copy, Debug)]
pub struct Execute<'a> {
    /// Portal name.
    pub portal: &'a [u8],
    /// Most rows to return; 0 or less is no limit.
    pub max_rows: i32,
}

impl<'a> Execute<'a> {
    /// Checks the whole body.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body, "Execute");
        let portal = r.cstr()?;
        let max_rows = r.i32()?;
        r.end()?;
        Ok(Execute { portal, max_rows })
    }
}

/// The function's oid of a FunctionCall.
pub fn function_call(body: &[u8]) -> Result<Oid, Malformed> {
    let mut r = Reader::new(body, "FunctionCall");
    let oid = r.u32()?;
    Formats::read(&mut r)?;
    for _ in 0..r.u16()? {
        r.value()?;
    }
    r.i16()?;
    r.end()?;
    Ok(oid)
}
