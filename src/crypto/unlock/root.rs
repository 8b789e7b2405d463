//! A root key: 32 random bytes, as text in a file, a variable or a credential, and its stanza
//! (docs/format.md, section 3).

use std::sync::Arc;

use base64_simd::{AsOut, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Kind, Stanza, Unlock, open_wrapped, seal_wrapped, stanza_aad};
use crate::crypto::derive::{self, REALM_LEN};
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;
use crate::crypto::locked::{LockedKey, Region};
use crate::crypto::reader::Reader;
use crate::secret::Secret;

/// What the text of a root key begins with; 43 characters of base64url follow.
pub const ROOT_KEY_PREFIX: &str = "pgveil-root-1:";

/// Reads the text of a root key, which came `from` there.
pub(super) fn parse(text: &[u8], from: &str) -> Result<Unlock, KeyringError> {
    let refused = || KeyringError::RootKeyText(from.to_owned());
    let body = text.trim_ascii_end().strip_prefix(ROOT_KEY_PREFIX.as_bytes()).ok_or_else(refused)?;
    if body.len() != 43 {
        return Err(refused());
    }
    let region = Region::new()?;
    let key = region.store(|slot| {
        let decoded = URL_SAFE_NO_PAD.decode(body, slot.as_mut_slice().as_out());
        decoded.map(|_| ()).map_err(|_| refused())
    })?;
    Ok(Unlock::Root(key))
}

/// A new root key and its text, for a file of mode 0600.
pub fn new_root_key(draw: Draw<'_>) -> Result<(Unlock, Secret<String>), KeyringError> {
    let key = Region::new()?.store(|slot| draw(slot).map_err(KeyringError::from))?;
    let mut text = String::with_capacity(ROOT_KEY_PREFIX.len() + 44);
    text.push_str(ROOT_KEY_PREFIX);
    URL_SAFE_NO_PAD.encode_append(key.expose(), &mut text);
    text.push('\n');
    Ok((Unlock::Root(key), Secret::new(text)))
}

/// Wraps `file_key` for a root key.
pub(super) fn wrap(
    realm: &[u8; REALM_LEN],
    file_key: &LockedKey,
    root: &LockedKey,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    let mut key = Zeroizing::new([0; 32]);
    let name = derive::root_wrap(realm, root.expose(), &mut key);
    seal_wrapped(realm, Kind::Root, name.to_vec(), &key, file_key, draw)
}

/// The file key; `None` if the stanza is for another root key.
pub(super) fn open(
    realm: &[u8; REALM_LEN],
    stanza: &Stanza,
    root: &LockedKey,
    region: &Arc<Region>,
) -> Result<Option<LockedKey>, KeyringError> {
    let mut rest = Reader(&stanza.body);
    let name: &[u8; 8] = rest.array()?;
    let mut key = Zeroizing::new([0; 32]);
    let ours = derive::root_wrap(realm, root.expose(), &mut key);
    if *name != ours {
        return Ok(None);
    }
    let aad = stanza_aad(realm, stanza.kind, name);
    open_wrapped(rest, &key, &aad, region).map(Some)
}
