//! A cursor over the body of one frame that never reads beyond it.

use thiserror::Error;

/// A message whose counts and lengths do not fit its frame; the client hears 08P01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("malformed {0} message")]
pub struct Malformed(pub &'static str);

/// Reads big-endian fields of one message body.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    message: &'static str,
}

impl<'a> Reader<'a> {
    /// Over `body`; `message` names the message in errors.
    pub fn new(body: &'a [u8], message: &'static str) -> Self {
        Reader { rest: body, message }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The error of this message.
    pub fn malformed(&self) -> Malformed {
        Malformed(self.message)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed(self.message))?;
        self.rest = rest;
        Ok(*head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[b]| b)
    }

    /// Two bytes, unsigned (counts: the protocol's Int16 goes to 65,535 there).
    pub fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    /// Two bytes, signed.
    pub fn i16(&mut self) -> Result<i16, Malformed> {
        self.array().map(i16::from_be_bytes)
    }

    /// Four bytes, unsigned.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// Four bytes, signed.
    pub fn i32(&mut self) -> Result<i32, Malformed> {
        self.array().map(i32::from_be_bytes)
    }

    /// `n` bytes.
    pub fn bytes(&mut self, n: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or(Malformed(self.message))?;
        self.rest = rest;
        Ok(head)
    }

    /// A NUL-terminated string, without its NUL.
    pub fn cstr(&mut self) -> Result<&'a [u8], Malformed> {
        let end = memchr::memchr(0, self.rest).ok_or(Malformed(self.message))?;
        let text = self.bytes(end)?;
        self.u8()?;
        Ok(text)
    }

    /// A length and as many bytes; `None` for length -1, SQL's NULL. Other negative lengths are
    /// malformed.
    pub fn value(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        match self.i32()? {
            -1 => Ok(None),
            n => match usize::try_from(n) {
                Ok(n) => self.bytes(n).map(Some),
                Err(_) => Err(self.malformed()),
            },
        }
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }
}
