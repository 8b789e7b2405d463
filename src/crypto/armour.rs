//! The text form of an envelope: `pgV1:` || base64url without padding || `.`
//!
//! The same ASCII bytes in text, json and bytea columns. Mixed case in front and a terminator
//! behind make a trigger that lowers, uppers or cuts the value fail at the guard instead of
//! destroying it (docs/format.md, section 1). Strict: one envelope has exactly one armour.

use base64_simd::{AsOut, URL_SAFE_NO_PAD};

use super::envelope::{Envelope, HEADER_LEN, KeyId, Suite};
use super::error::CryptoError;

/// What every armour begins with.
pub const PREFIX: &[u8] = b"pgV1:";
/// What every armour ends with.
pub const TERMINATOR: u8 = b'.';
/// Characters of [`PREFIX`] and of the six header bytes behind it: enough to tell suite and key.
pub const CENSUS_LEN: usize = 13;

/// Characters of the armour of an envelope of `envelope_len` bytes.
pub fn armoured_len(envelope_len: usize) -> usize {
    PREFIX.len() + (envelope_len * 4).div_ceil(3) + 1
}

/// The base64 text of an armour.
pub fn body(armour: &[u8]) -> Result<&[u8], CryptoError> {
    let rest = armour.strip_prefix(PREFIX).ok_or(CryptoError::NotAnEnvelope)?;
    match rest.split_last() {
        Some((&TERMINATOR, body)) => Ok(body),
        // REFUSES: a value cut short, or with anything behind the terminator.
        Some(_) | None => Err(CryptoError::Damaged),
    }
}

/// Bytes of the envelope in a base64 text of `chars` characters.
pub fn envelope_len(chars: usize) -> Result<usize, CryptoError> {
    match chars % 4 {
        1 => Err(CryptoError::Damaged),
        _ => Ok(chars / 4 * 3 + (chars % 4).saturating_sub(1)),
    }
}

/// Decodes a base64 text into `envelope`, of exactly [`envelope_len`] bytes. Non-zero bits behind
/// the last byte are refused.
pub fn decode(body: &[u8], envelope: &mut [u8]) -> Result<(), CryptoError> {
    if envelope_len(body.len())? != envelope.len() {
        return Err(CryptoError::Damaged);
    }
    URL_SAFE_NO_PAD.decode(body, envelope.as_out()).map(|_| ()).map_err(|_| CryptoError::Damaged)
}

/// Writes the armour of `envelope` into `room`, of exactly [`armoured_len`] bytes.
pub fn write(envelope: &[u8], room: &mut [u8]) -> Result<(), CryptoError> {
    if room.len() != armoured_len(envelope.len()) {
        return Err(CryptoError::Damaged);
    }
    let (prefix, rest) = room.split_at_mut_checked(PREFIX.len()).ok_or(CryptoError::Damaged)?;
    let (terminator, body) = rest.split_last_mut().ok_or(CryptoError::Damaged)?;
    prefix.copy_from_slice(PREFIX);
    *terminator = TERMINATOR;
    let _ = URL_SAFE_NO_PAD.encode(envelope, body.as_out());
    Ok(())
}

/// Suite and key of an armour, read without a key: for a census of rows per key.
pub fn census(armour: &[u8]) -> Result<(Suite, KeyId), CryptoError> {
    let head = body(armour)?.get(..CENSUS_LEN - PREFIX.len()).ok_or(CryptoError::Damaged)?;
    let mut header = [0; HEADER_LEN];
    decode(head, &mut header)?;
    Envelope::read_header(&header)
}

/// The first [`CENSUS_LEN`] characters of every value of this suite under this key.
pub fn census_prefix(suite: Suite, key: KeyId) -> String {
    let mut text = String::with_capacity(CENSUS_LEN);
    text.push_str("pgV1:");
    URL_SAFE_NO_PAD.encode_append(suite.header(key), &mut text);
    text
}
