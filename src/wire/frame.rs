//! Frames: one tag byte, a length that counts itself, a body.

use super::read::Malformed;

/// Bytes of tag and length.
pub const HEAD_BYTES: usize = 5;

/// The longest frame that the protocol can express: the length is a signed 32-bit number.
pub const MAX_FRAME_BYTES: usize = i32::MAX as usize + 1;

/// Tag and size of the frame at the front of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The message type.
    pub tag: u8,
    /// Bytes of the whole frame, tag and length included.
    pub total: usize,
}

/// Reads the head of the first frame; `None` if fewer than five bytes are there. A length below
/// four or negative is malformed.
#[inline]
pub fn head(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    let Some(([tag, a, b, c, d], _)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return Ok(None);
    };
    let length = i32::from_be_bytes([*a, *b, *c, *d]);
    if length < 4 {
        return Err(Malformed("frame length of a"));
    }
    Ok(Some(Head { tag: *tag, total: length as usize + 1 }))
}

/// A frame cut out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The message type.
    pub tag: u8,
    /// Tag, length and body.
    pub whole: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Cuts the first frame; `None` if it has not arrived in full.
    pub fn cut(bytes: &'a [u8]) -> Result<Option<Frame<'a>>, Malformed> {
        let Some(head) = head(bytes)? else { return Ok(None) };
        Ok(bytes.get(..head.total).map(|whole| Frame { tag: head.tag, whole }))
    }

    /// What follows the length.
    pub fn body(&self) -> &'a [u8] {
        self.whole.get(HEAD_BYTES..).unwrap_or(&[])
    }
}

/// Tags of what a client sends.
#[allow(missing_docs)]
pub mod client {
    pub const BIND: u8 = b'B';
    pub const CLOSE: u8 = b'C';
    pub const COPY_DATA: u8 = b'd';
    pub const COPY_DONE: u8 = b'c';
    pub const COPY_FAIL: u8 = b'f';
    pub const DESCRIBE: u8 = b'D';
    pub const EXECUTE: u8 = b'E';
    pub const FLUSH: u8 = b'H';
    pub const FUNCTION_CALL: u8 = b'F';
    pub const PARSE: u8 = b'P';
    pub const PASSWORD: u8 = b'p';
    pub const QUERY: u8 = b'Q';
    pub const SYNC: u8 = b'S';
    pub const TERMINATE: u8 = b'X';
}

/// Tags of what a server sends.
#[allow(missing_docs)]
pub mod server {
    pub const AUTHENTICATION: u8 = b'R';
    pub const BACKEND_KEY_DATA: u8 = b'K';
    pub const BIND_COMPLETE: u8 = b'2';
    pub const CLOSE_COMPLETE: u8 = b'3';
    pub const COMMAND_COMPLETE: u8 = b'C';
    pub const COPY_BOTH_RESPONSE: u8 = b'W';
    pub const COPY_DATA: u8 = b'd';
    pub const COPY_DONE: u8 = b'c';
    pub const COPY_IN_RESPONSE: u8 = b'G';
    pub const COPY_OUT_RESPONSE: u8 = b'H';
    pub const DATA_ROW: u8 = b'D';
    pub const EMPTY_QUERY_RESPONSE: u8 = b'I';
    pub const ERROR_RESPONSE: u8 = b'E';
    pub const FUNCTION_CALL_RESPONSE: u8 = b'V';
    pub const NEGOTIATE_PROTOCOL_VERSION: u8 = b'v';
    pub const NO_DATA: u8 = b'n';
    pub const NOTICE_RESPONSE: u8 = b'N';
    pub const NOTIFICATION_RESPONSE: u8 = b'A';
    pub const PARAMETER_DESCRIPTION: u8 = b't';
    pub const PARAMETER_STATUS: u8 = b'S';
    pub const PARSE_COMPLETE: u8 = b'1';
    pub const PORTAL_SUSPENDED: u8 = b's';
    pub const READY_FOR_QUERY: u8 = b'Z';
    pub const ROW_DESCRIPTION: u8 = b'T';
}
