//! Padding inside the AEAD, so that a stored value shows only a bucket of its length.
//!
//! ISO/IEC 7816-4: 0x80, then zeros. Self-delimiting, so opening needs no scheme and a scheme may
//! change for randomized columns at any time (docs/format.md, "Padding").

use super::error::CryptoError;

/// How far a plaintext is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// [`Padding::Block16`] up to [`AUTO_BLOCK_LIMIT`] bytes, [`Padding::Padme`] above.
    Auto,
    /// To a multiple of 16 bytes.
    Block16,
    /// To a multiple of 32 bytes.
    Block32,
    /// To a multiple of 64 bytes.
    Block64,
    /// PADMÉ (Nikitin et al., PETS 2019): at most 12 % more, O(log log n) bits of length shown.
    Padme,
    /// Only the 0x80 byte: for types of a fixed size.
    Unpadded,
}

/// Longest plaintext, in bytes, that [`Padding::Auto`] pads to blocks of 16.
pub const AUTO_BLOCK_LIMIT: usize = 256;

const MARK: u8 = 0x80;

impl Padding {
    /// Bytes after padding of a plaintext of `len` bytes; always more than `len`.
    pub fn padded_len(self, len: usize) -> usize {
        let marked = len + 1;
        match self {
            Padding::Auto if len <= AUTO_BLOCK_LIMIT => marked.next_multiple_of(16),
            Padding::Auto | Padding::Padme => padme(marked),
            Padding::Block16 => marked.next_multiple_of(16),
            Padding::Block32 => marked.next_multiple_of(32),
            Padding::Block64 => marked.next_multiple_of(64),
            Padding::Unpadded => marked,
        }
    }

    /// The byte that stands for it in a keyring file.
    pub fn code(self) -> u8 {
        match self {
            Padding::Auto => 0,
            Padding::Block16 => 1,
            Padding::Block32 => 2,
            Padding::Block64 => 3,
            Padding::Padme => 4,
            Padding::Unpadded => 5,
        }
    }

    /// The scheme of a keyring file's byte.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Auto, Self::Block16, Self::Block32, Self::Block64, Self::Padme, Self::Unpadded]
            .into_iter()
            .find(|scheme| scheme.code() == code)
    }
}

/// Rounds up so that of a length of e+1 bits only the upper log2(e)+1 may be other than zero.
fn padme(len: usize) -> usize {
    let Some(e) = len.checked_ilog2().filter(|e| *e > 0) else { return len };
    let zero_bits = e.saturating_sub(e.ilog2() + 1);
    len.next_multiple_of(1 << zero_bits)
}

/// Writes `plaintext`, the mark and zeros into `padded`, which must be longer than `plaintext`.
pub fn pad(plaintext: &[u8], padded: &mut [u8]) -> Result<(), CryptoError> {
    let too_long = CryptoError::TooLong { bytes: plaintext.len() };
    let (text, rest) = padded.split_at_mut_checked(plaintext.len()).ok_or(too_long)?;
    let (mark, zeros) = rest.split_first_mut().ok_or(too_long)?;
    text.copy_from_slice(plaintext);
    *mark = MARK;
    zeros.fill(0);
    Ok(())
}

/// Length of the plaintext in `padded`; `None` if no mark is there.
pub fn unpadded_len(padded: &[u8]) -> Option<usize> {
    let at = padded.iter().rposition(|byte| *byte != 0)?;
    (padded.get(at) == Some(&MARK)).then_some(at)
}
