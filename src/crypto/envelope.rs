//! The bytes of a stored value: suite, flags, key id, nonce, ciphertext, tag.
//!
//! Knows where each part lies (docs/format.md, section 1). Knows no key.

use std::fmt;

use super::aead::{NONCE_LEN, TAG_LEN};
use super::error::CryptoError;

/// Bytes of suite, flags and key id.
pub const HEADER_LEN: usize = 6;
/// Bytes that an envelope adds to a padded plaintext.
pub const OVERHEAD: usize = HEADER_LEN + NONCE_LEN + TAG_LEN;
/// Longest canonical plaintext, in bytes.
pub const MAX_PLAINTEXT: usize = 32 << 20;
/// Longest envelope that is looked at: the longest plaintext with the most generous padding.
pub const MAX_ENVELOPE: usize = OVERHEAD + MAX_PLAINTEXT + MAX_PLAINTEXT / 8;

/// How a cell is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// 0x01: a random nonce; equal values differ.
    Randomized,
    /// 0x02: the nonce is a function of the value; equal values are equal.
    Deterministic,
}

impl Suite {
    /// Its byte in an envelope.
    pub fn code(self) -> u8 {
        match self {
            Suite::Randomized => 0x01,
            Suite::Deterministic => 0x02,
        }
    }

    /// The suite of a byte of an envelope. 0x03 (per-person keys) and 0x10… are reserved.
    pub fn from_code(code: u8) -> Option<Self> {
        [Suite::Randomized, Suite::Deterministic].into_iter().find(|suite| suite.code() == code)
    }

    /// The header of every envelope of this suite under `key`; flags are 0.
    pub fn header(self, key: KeyId) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = key.0.to_be_bytes();
        [self.code(), 0, a, b, c, d]
    }
}

/// A data key's number: random, never 0, never used twice in a realm. Printed as 8 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(u32);

impl KeyId {
    /// `None` for 0.
    pub fn new(id: u32) -> Option<Self> {
        (id != 0).then_some(KeyId(id))
    }

    /// As a number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// From the 8 hex digits that [`KeyId`] prints.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
        digits.then(|| u32::from_str_radix(text, 16).ok()).flatten().and_then(KeyId::new)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A borrowed envelope, cut into its parts.
pub struct Envelope<'a> {
    /// Suite, flags, key id.
    pub header: &'a [u8; HEADER_LEN],
    /// See the suite.
    pub nonce: &'a [u8; NONCE_LEN],
    /// Of the padded plaintext; at least one byte.
    pub ciphertext: &'a [u8],
    /// Over ciphertext and associated data.
    pub tag: &'a [u8; TAG_LEN],
}

impl<'a> Envelope<'a> {
    /// Whether some envelope has so many bytes.
    pub fn may_have(len: usize) -> bool {
        len > OVERHEAD && len <= MAX_ENVELOPE
    }

    /// Cuts `bytes`; refuses what is too short or too long to be an envelope.
    pub fn cut(bytes: &'a [u8]) -> Result<Self, CryptoError> {
        if !Self::may_have(bytes.len()) {
            return Err(CryptoError::Damaged);
        }
        let (header, rest) = bytes.split_first_chunk().ok_or(CryptoError::Damaged)?;
        let (nonce, rest) = rest.split_first_chunk().ok_or(CryptoError::Damaged)?;
        let (ciphertext, tag) = rest.split_last_chunk().ok_or(CryptoError::Damaged)?;
        Ok(Envelope { header, nonce, ciphertext, tag })
    }

    /// Suite and key of a header; an unknown suite, a flag or key id 0 is damage.
    pub fn read_header(header: &[u8; HEADER_LEN]) -> Result<(Suite, KeyId), CryptoError> {
        let [suite, flags, a, b, c, d] = *header;
        let suite = Suite::from_code(suite).ok_or(CryptoError::Damaged)?;
        let key = KeyId::new(u32::from_be_bytes([a, b, c, d])).ok_or(CryptoError::Damaged)?;
        match flags {
            0 => Ok((suite, key)),
            _ => Err(CryptoError::Damaged),
        }
    }
}

/// A buffer to be filled with an envelope, cut into its parts.
pub struct EnvelopeRoom<'a> {
    /// See [`Envelope::header`].
    pub header: &'a mut [u8; HEADER_LEN],
    /// See [`Envelope::nonce`].
    pub nonce: &'a mut [u8; NONCE_LEN],
    /// The padded plaintext, encrypted in place.
    pub body: &'a mut [u8],
    /// See [`Envelope::tag`].
    pub tag: &'a mut [u8; TAG_LEN],
}

impl<'a> EnvelopeRoom<'a> {
    /// Cuts `bytes`, of [`OVERHEAD`] and the padded length.
    pub fn cut(bytes: &'a mut [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk_mut()?;
        let (nonce, rest) = rest.split_first_chunk_mut()?;
        let (body, tag) = rest.split_last_chunk_mut()?;
        Some(EnvelopeRoom { header, nonce, body, tag })
    }
}
