//! Borrowed views of what a server sends (manual, "Message Formats").

use super::Oid;
use super::from_client::{Format, Values};
use super::read::{Malformed, Reader};

/// Transaction status of ReadyForQuery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `I`: not in a transaction block.
    Idle,
    /// `T`: in one.
    InTransaction,
    /// `E`: in a failed one.
    Failed,
}

/// ReadyForQuery.
pub fn ready_for_query(body: &[u8]) -> Result<Status, Malformed> {
    match body {
        b"I" => Ok(Status::Idle),
        b"T" => Ok(Status::InTransaction),
        b"E" => Ok(Status::Failed),
        _ => Err(Malformed("ReadyForQuery")),
    }
}

/// CommandComplete: the tag without its NUL.
pub fn command_complete(body: &[u8]) -> Result<&[u8], Malformed> {
    let mut r = Reader::new(body, "CommandComplete");
    let tag = r.cstr()?;
    r.end().map(|()| tag)
}

/// ParameterStatus: name and value.
pub fn parameter_status(body: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut r = Reader::new(body, "ParameterStatus");
    let (name, value) = (r.cstr()?, r.cstr()?);
    r.end().map(|()| (name, value))
}

/// Shortest and longest secret of BackendKeyData and CancelRequest: four bytes in protocol 3.0, up to
/// 256 in 3.2.
pub const KEY_BYTES: std::ops::RangeInclusive<usize> = 4..=256;

/// BackendKeyData: process id and secret.
pub fn backend_key_data(body: &[u8]) -> Result<(i32, &[u8]), Malformed> {
    let mut r = Reader::new(body, "BackendKeyData");
    let pid = r.i32()?;
    let secret = r.rest();
    if KEY_BYTES.contains(&secret.len()) { Ok((pid, secret)) } else { Err(r.malformed()) }
}

/// NegotiateProtocolVersion: the newest minor version that the server speaks (as it writes it: the
/// whole version number, or the minor one alone) and the options that it does not know.
pub fn negotiate_protocol_version(body: &[u8]) -> Result<(i32, Vec<&[u8]>), Malformed> {
    let mut r = Reader::new(body, "NegotiateProtocolVersion");
    let newest = r.i32()?;
    let count = r.i32()?;
    let mut unknown = Vec::new();
    for _ in 0..count {
        unknown.push(r.cstr()?);
    }
    r.end().map(|()| (newest, unknown))
}

/// One column of a RowDescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name, without the NUL.
    pub name: &'a [u8],
    /// The table that it is a plain column of, or 0.
    pub table: Oid,
    /// Its attribute number there, or 0.
    pub attnum: i16,
    /// Type.
    pub oid: Oid,
    /// `pg_type.typlen`.
    pub typlen: i16,
    /// `pg_attribute.atttypmod`.
    pub typmod: i32,
    /// Format of the values to come; text where that is not known yet.
    pub format: Format,
}

/// RowDescription.
#[derive(Clone, Copy, Debug)]
pub struct RowDescription<'a> {
    /// Number of columns.
    pub count: u16,
    reader: Reader<'a>,
}

impl<'a> RowDescription<'a> {
    /// Checks the whole body.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body, "RowDescription");
        let count = r.u16()?;
        let view = RowDescription { count, reader: r };
        for _ in 0..count {
            Self::field(&mut r)?;
        }
        r.end().map(|()| view)
    }

    fn field(r: &mut Reader<'a>) -> Result<Field<'a>, Malformed> {
        Ok(Field {
            name: r.cstr()?,
            table: r.u32()?,
            attnum: r.i16()?,
            oid: r.u32()?,
            typlen: r.i16()?,
            typmod: r.i32()?,
            format: Format::from_code(r.i16()?).ok_or_else(|| r.malformed())?,
        })
    }

    /// The columns in order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut r = self.reader;
        (0..self.count).map_while(move |_| Self::field(&mut r).ok())
    }
}

/// ParameterDescription: the types in order.
pub fn parameter_description(body: &[u8]) -> Result<Vec<Oid>, Malformed> {
    let mut r = Reader::new(body, "ParameterDescription");
    let mut oids = Vec::new();
    for _ in 0..r.u16()? {
        oids.push(r.u32()?);
    }
    r.end().map(|()| oids)
}

/// DataRow.
#[derive(Clone, Copy, Debug)]
pub struct DataRow<'a> {
    /// Number of columns.
    pub count: u16,
    reader: Reader<'a>,
}

impl<'a> DataRow<'a> {
    /// Reads the count; the columns are checked as they are walked.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body, "DataRow");
        Ok(DataRow { count: reader.u16()?, reader })
    }

    /// A cursor at the first column's length.
    pub fn cursor(&self) -> Reader<'a> {
        self.reader
    }

    /// The columns in order, `None` for NULL; ends early if the row is malformed.
    pub fn values(&self) -> std::iter::Take<Values<'a>> {
        Values { reader: self.reader }.take(usize::from(self.count))
    }
}

/// CopyInResponse, CopyOutResponse and CopyBothResponse: overall format and that of each column.
pub fn copy_response(body: &[u8]) -> Result<(Format, Vec<Format>), Malformed> {
    let mut r = Reader::new(body, "CopyResponse");
    let overall = Format::from_code(i16::from(r.u8()?)).ok_or_else(|| r.malformed())?;
    let mut columns = Vec::new();
    for _ in 0..r.u16()? {
        columns.push(Format::from_code(r.i16()?).ok_or_else(|| r.malformed())?);
    }
    r.end().map(|()| (overall, columns))
}

/// ErrorResponse or NoticeResponse.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    /// Checks the whole body: fields, each a code and a string, then a NUL.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body, "ErrorResponse");
        let view = Fields { reader: r };
        while r.u8()? != 0 {
            r.cstr()?;
        }
        r.end().map(|()| view)
    }

    /// Code and text of each field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut r = self.reader;
        std::iter::from_fn(move || match r.u8() {
            Ok(code) if code != 0 => r.cstr().ok().map(|text| (code, text)),
            _ => None,
        })
    }

    /// The field with this code.
    pub fn get(&self, code: u8) -> Option<&'a [u8]> {
        self.iter().find(|(c, _)| *c == code).map(|(_, text)| text)
    }

    /// Five characters; empty if the server gave none.
    pub fn sqlstate(&self) -> &'a [u8] {
        self.get(b'C').unwrap_or(&[])
    }

    /// The connection ends after it: severity FATAL or PANIC (field V is never translated; S is what
    /// servers before 9.6 have).
    pub fn is_fatal(&self) -> bool {
        let severity = self.get(b'V').or_else(|| self.get(b'S')).unwrap_or(&[]);
        matches!(severity, b"FATAL" | b"PANIC")
    }
}
