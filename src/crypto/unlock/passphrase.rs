//! A passphrase stanza: Argon2id (RFC 9106) and a commitment to what it gives (docs/format.md,
//! section 3).
//!
//! Knows the cost and its bounds. Does not know where the passphrase came from.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Kind, Stanza, open_wrapped, seal_wrapped, stanza_aad};
use crate::crypto::derive::{self, KeyRoom, REALM_LEN};
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;
use crate::crypto::locked::{LockedKey, Region};
use crate::crypto::reader::Reader;

/// Cost of Argon2id. Bounded, since a forged file could ask for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Parallel lanes.
    pub lanes: u32,
}

impl KdfCost {
    /// The second recommended option of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes.
    pub const DEFAULT: KdfCost = KdfCost { memory_kib: 64 << 10, passes: 3, lanes: 4 };

    /// From 19 MiB (the least that is still worth calling protection) to 1 GiB.
    fn check(self) -> Result<Self, KeyringError> {
        match self {
            _ if !(19 << 10..=1 << 20).contains(&self.memory_kib) => {
                Err(KeyringError::KdfBounds("a memory that is not 19 MiB to 1 GiB"))
            }
            _ if !(2..=16).contains(&self.passes) => {
                Err(KeyringError::KdfBounds("a number of passes that is not 2 to 16"))
            }
            _ if !(1..=16).contains(&self.lanes) => {
                Err(KeyringError::KdfBounds("a number of lanes that is not 1 to 16"))
            }
            _ => Ok(self),
        }
    }
}

/// Wraps `file_key` for a passphrase.
pub(super) fn wrap(
    realm: &[u8; REALM_LEN],
    file_key: &LockedKey,
    passphrase: &[u8],
    cost: KdfCost,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    let mut salt = [0; 16];
    draw(&mut salt)?;
    let mut key = Zeroizing::new([0; 32]);
    let commitment = stretched(realm, passphrase, &salt, cost, &mut key)?;
    let mut body = salt.to_vec();
    for part in [cost.memory_kib, cost.passes, cost.lanes] {
        body.extend_from_slice(&part.to_be_bytes());
    }
    body.extend_from_slice(&commitment);
    seal_wrapped(realm, Kind::Passphrase, body, &key, file_key, draw)
}

/// The file key; `None` if the stanza is for another passphrase.
pub(super) fn open(
    realm: &[u8; REALM_LEN],
    stanza: &Stanza,
    passphrase: &[u8],
    region: &Arc<Region>,
) -> Result<Option<LockedKey>, KeyringError> {
    let mut rest = Reader(&stanza.body);
    let salt: &[u8; 16] = rest.array()?;
    let cost = KdfCost { memory_kib: rest.u32()?, passes: rest.u32()?, lanes: rest.u32()? };
    let mut key = Zeroizing::new([0; 32]);
    let commitment = stretched(realm, passphrase, salt, cost, &mut key)?;
    let committed: &[u8; 32] = rest.array()?;
    // ORDER: the commitment comes before the cipher, which does not commit to its key: a stanza
    // that opens under two passphrases would tell which of them was typed.
    if !bool::from(commitment.ct_eq(committed.as_slice())) {
        return Ok(None);
    }
    let aad = stanza_aad(realm, stanza.kind, rest.read_of(&stanza.body));
    open_wrapped(rest, &key, &aad, region).map(Some)
}

/// The wrapping key of a passphrase, after Argon2id; gives its commitment. The cost is checked first.
fn stretched(
    realm: &[u8; REALM_LEN],
    passphrase: &[u8],
    salt: &[u8; 16],
    cost: KdfCost,
    key: KeyRoom<'_>,
) -> Result<[u8; 32], KeyringError> {
    let cost = cost.check()?;
    let refused = |_| KeyringError::KdfBounds("parameters that Argon2id does not admit");
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(refused)?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, out.as_mut_slice())
        .map_err(refused)?;
    Ok(derive::passphrase_wrap(realm, &out, key))
}
