//! A stanza whose key somebody else keeps: a token, a service, the holder of an identity
//! (docs/format.md, section 3).
//!
//! The keeper wraps a random key of the stanza, and that key wraps the file key. So every kind is
//! bound to its realm in the same way, and a keeper that lies is noticed: what it gives either
//! opens the stanza or is refused.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Kind, Stanza, open_wrapped, seal_wrapped, stanza_aad};
use crate::crypto::derive::{self, KeyRoom, REALM_LEN};
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;
use crate::crypto::locked::{LockedKey, Region};
use crate::crypto::reader::{Reader, put_prefixed};

/// Who wraps and unwraps 32 bytes with a key that does not leave it.
pub trait Keeper {
    /// Of its stanzas: one of age, PKCS#11, Vault, recovery.
    fn kind(&self) -> Kind;

    /// Which key of which keeper, for the operator. Stored in the clear.
    fn hint(&self) -> String;

    /// Wraps `key`.
    ///
    /// # Errors
    /// [`KeyringError::Keeper`] if the keeper cannot be reached or will not.
    fn wrap(&self, key: &[u8; 32], draw: Draw<'_>) -> Result<Vec<u8>, KeyringError>;

    /// Unwraps into `key`, which the caller wipes; `false` if this was wrapped for somebody else.
    ///
    /// # Errors
    /// [`KeyringError::Keeper`] if the keeper cannot be reached or will not.
    fn give_back(&self, wrapped: &[u8], key: KeyRoom<'_>) -> Result<bool, KeyringError>;
}

/// `error` of the keeper that `hint` names.
pub(in crate::crypto) fn failed(hint: &str, error: impl std::fmt::Display) -> KeyringError {
    KeyringError::Keeper { keeper: hint.to_owned(), why: error.to_string() }
}

pub(super) fn wrap(
    realm: &[u8; REALM_LEN],
    file_key: &LockedKey,
    keeper: &dyn Keeper,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    let mut kept = Zeroizing::new([0; 32]);
    draw(kept.as_mut_slice())?;
    let mut front = Vec::new();
    put_prefixed(&mut front, keeper.hint().as_bytes());
    put_prefixed(&mut front, &keeper.wrap(&kept, draw)?);
    let mut key = Zeroizing::new([0; 32]);
    derive::kept_wrap(realm, &kept, &mut key);
    seal_wrapped(realm, keeper.kind(), front, &key, file_key, draw)
}

pub(super) fn open(
    realm: &[u8; REALM_LEN],
    stanza: &Stanza,
    keeper: &dyn Keeper,
    region: &Arc<Region>,
) -> Result<Option<LockedKey>, KeyringError> {
    let mut rest = Reader(&stanza.body);
    rest.prefixed()?;
    let wrapped = rest.prefixed()?;
    let aad = stanza_aad(realm, stanza.kind, rest.read_of(&stanza.body));
    let (mut kept, mut key) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    if !keeper.give_back(wrapped, &mut kept)? {
        return Ok(None);
    }
    derive::kept_wrap(realm, &kept, &mut key);
    open_wrapped(rest, &key, &aad, region).map(Some)
}

/// The hint of such a stanza, as far as it can be shown.
pub(in crate::crypto) fn hint(stanza: &Stanza) -> Option<String> {
    let hint = Reader(&stanza.body).name().ok()?;
    Some(hint.chars().filter(|shown| !shown.is_control()).take(200).collect())
}

/// Copies what a keeper gave; `false` if it is no key.
pub(in crate::crypto) fn take(given: &[u8], key: KeyRoom<'_>) -> bool {
    let fits = given.len() == key.len();
    key.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
    fits
}
