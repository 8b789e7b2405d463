//! COPY's binary format (manual, COPY, "Binary Format"): a header, rows of counted fields, a trailer.
//!
//! Knows lengths. Does not know values.

use super::fields::Fields;
use super::spoilt::Spoilt;
use crate::wire::from_client::Format;
use crate::wire::write;

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// Signature, flags, length of the header's extension.
const HEADER_BYTES: usize = 19;
/// Bit 16: oids are in the data; beyond it: critical to whoever reads.
const CRITICAL: u32 = 0xffff_0000;

/// How far a binary stream has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Header,
    /// Bytes of the header's extension that are still to come; nobody reads them.
    Extension(usize),
    Rows,
    /// Behind the trailer.
    End,
}

impl Binary {
    /// Appends the header or one row from the front of `held`, changed, and says how long it was;
    /// `None` if more must come.
    pub fn take(
        &mut self,
        held: &[u8],
        ended: bool,
        fields: &mut Fields<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<usize>, Spoilt> {
        match *self {
            Binary::Header => self.header(held, ended, out),
            Binary::Extension(1..) if ended && held.is_empty() => {
                Err(Spoilt::Format("invalid COPY file header (wrong length)"))
            }
            Binary::Extension(left) => {
                let taken = left.min(held.len());
                *self = if taken == left { Binary::Rows } else { Binary::Extension(left - taken) };
                Ok((taken > 0 || left == 0).then_some(taken))
            }
            Binary::Rows => self.row(held, ended, fields, out),
            Binary::End if held.is_empty() => Ok(None),
            Binary::End => Err(Spoilt::Format("received copy data after EOF marker")),
        }
    }

    fn header(&mut self, held: &[u8], ended: bool, out: &mut Vec<u8>) -> Result<Option<usize>, Spoilt> {
        let known = SIGNATURE.iter().zip(held).all(|(a, b)| a == b);
        if !known || (ended && held.len() < SIGNATURE.len()) {
            return Err(Spoilt::Format("COPY file signature not recognized"));
        }
        let Some(header) = held.get(..HEADER_BYTES) else {
            return if ended { Err(Spoilt::Format("invalid COPY file header")) } else { Ok(None) };
        };
        let mut rest = header.get(SIGNATURE.len()..).unwrap_or(&[]);
        let flags = int(&mut rest).unwrap_or(-1);
        if flags.cast_unsigned() & CRITICAL != 0 {
            return Err(Spoilt::Format("unrecognized critical flags in COPY file header"));
        }
        let length = int(&mut rest).and_then(|length| usize::try_from(length).ok());
        let length = length.ok_or(Spoilt::Format("invalid COPY file header (missing length)"))?;
        // The extension is not forwarded: the server would only skip it.
        out.extend_from_slice(SIGNATURE);
        out.extend_from_slice(&flags.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        *self = Binary::Extension(length);
        Ok(Some(HEADER_BYTES))
    }

    fn row(
        &mut self,
        held: &[u8],
        ended: bool,
        fields: &mut Fields<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<usize>, Spoilt> {
        let Some(([a, b], mut rest)) = held.split_first_chunk::<2>() else {
            return match (ended, held) {
                (true, [_]) => Err(UNEXPECTED_END),
                (_, _) => Ok(None),
            };
        };
        let count = i16::from_be_bytes([*a, *b]);
        if count == -1 {
            out.extend_from_slice(&[*a, *b]);
            *self = Binary::End;
            return Ok(Some(2));
        }
        let count = usize::try_from(count).map_err(|_| WRONG_COUNT)?;
        fields.check_count(count).map_err(|_| WRONG_COUNT)?;
        let mut end = rest;
        for _ in 0..count {
            let Some((_, after)) = value(end)? else {
                return if ended { Err(UNEXPECTED_END) } else { Ok(None) };
            };
            end = after;
        }
        out.extend_from_slice(&[*a, *b]);
        for index in 0..count {
            let Some((value, after)) = value(rest)? else { return Err(UNEXPECTED_END) };
            rest = after;
            match value {
                None => out.extend_from_slice(&(-1i32).to_be_bytes()),
                Some(value) => {
                    let at = write::begin(out);
                    match fields.keeps(index)? {
                        true => out.extend_from_slice(value),
                        false => fields.change(index, Format::Binary, value, out)?,
                    }
                    write::finish(out, at, false);
                }
            }
        }
        Ok(Some(held.len() - end.len()))
    }
}

const UNEXPECTED_END: Spoilt = Spoilt::Format("unexpected EOF in COPY data");
const WRONG_COUNT: Spoilt = Spoilt::Format("row field count is not what the statement expects");

fn int(rest: &mut &[u8]) -> Option<i32> {
    let (bytes, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(i32::from_be_bytes(*bytes))
}

/// A field and what follows it.
type Valued<'a> = (Option<&'a [u8]>, &'a [u8]);

/// The field at the front of `rest` (`None`: NULL); `None` if it has not arrived in full.
fn value(mut rest: &[u8]) -> Result<Option<Valued<'_>>, Spoilt> {
    match int(&mut rest) {
        None => Ok(None),
        Some(-1) => Ok(Some((None, rest))),
        Some(length) => {
            let length = usize::try_from(length).map_err(|_| Spoilt::Format("invalid field size"))?;
            Ok(rest.split_at_checked(length).map(|(value, after)| (Some(value), after)))
        }
    }
}
