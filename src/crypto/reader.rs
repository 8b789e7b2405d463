//! Reads and writes the parts that a keyring is made of: big-endian numbers and length-prefixed bytes.
//!
//! Every read takes from the front or refuses. Knows no meaning of what it reads.

use std::sync::Arc;

use super::envelope::KeyId;
use super::error::KeyringError;
use super::locked::{LockedError, LockedKey, Region};

/// What is left to read. Every method takes from the front or refuses.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], KeyringError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(KeyringError::Shape("cut short"))?;
        self.0 = rest;
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, KeyringError> {
        self.array().map(|[byte]| *byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, KeyringError> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(super) fn u32(&mut self) -> Result<u32, KeyringError> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(super) fn u64(&mut self) -> Result<u64, KeyringError> {
        self.array().map(|bytes| u64::from_be_bytes(*bytes))
    }

    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], KeyringError> {
        let len = self.u32()? as usize;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(KeyringError::Shape("cut short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn name(&mut self) -> Result<String, KeyringError> {
        let bytes = self.prefixed()?;
        let name = std::str::from_utf8(bytes).map_err(|_| KeyringError::Content("a name"))?;
        Ok(name.to_owned())
    }

    pub(super) fn key_id(&mut self) -> Result<KeyId, KeyringError> {
        KeyId::new(self.u32()?).ok_or(KeyringError::Content("key id 0"))
    }

    pub(super) fn key(&mut self, region: &Arc<Region>) -> Result<LockedKey, KeyringError> {
        let bytes = self.array()?;
        let stored: Result<_, LockedError> = region.store(|slot| {
            *slot = *bytes;
            Ok(())
        });
        Ok(stored?)
    }

    pub(super) fn digest(&mut self) -> Result<Option<[u8; 32]>, KeyringError> {
        match self.prefixed()? {
            [] => Ok(None),
            bytes => bytes.try_into().map(Some).map_err(|_| KeyringError::Content("a digest")),
        }
    }

    /// What has been read so far of `whole`, which this reader began with.
    pub(super) fn read_of(&self, whole: &'a [u8]) -> &'a [u8] {
        whole.get(..whole.len().saturating_sub(self.0.len())).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn end(&self) -> Result<(), KeyringError> {
        match self.0 {
            [] => Ok(()),
            _ => Err(KeyringError::Shape("bytes behind the end")),
        }
    }
}

pub(super) fn put_len(out: &mut Vec<u8>, len: usize) {
    // MAX_FILE and MAX_KEYS keep every length far below 4 GiB.
    out.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
}

pub(super) fn put_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}
