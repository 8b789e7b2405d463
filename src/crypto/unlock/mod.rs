//! What opens a keyring: stanzas, each of which wraps the file key in another way (docs/format.md,
//! section 3).
//!
//! - [`root`]: a root key; [`passphrase`]: Argon2id.
//! - [`kept`]: what somebody else keeps a key for: [`age`], [`pkcs11`], [`vault`], and the shares of
//!   [`super::recovery`].
//! - [`reference`]: how the configuration names one of these, and where its secret is.
//!
//! A stanza of a kind that is not known is kept as it is. Knows no keyring content, no socket and no
//! terminal: those come in as [`reference::Means`].

pub mod age;
pub mod kept;
pub mod passphrase;
pub mod pkcs11;
pub mod reference;
pub mod root;
pub mod secrets;
pub mod vault;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::aead::{Aead, Cipher, NONCE_LEN, TAG_LEN};
use super::derive::REALM_LEN;
use super::error::KeyringError;
use super::keyring::Draw;
use super::locked::{LockedKey, Region};
use super::reader::Reader;
use crate::secret::Secret;

pub use kept::Keeper;
pub use passphrase::KdfCost;
pub use reference::{Means, UnlockReference};
pub use root::{ROOT_KEY_PREFIX, new_root_key};
pub use secrets::SecretPlace;

/// Kinds of stanzas; the numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// A root key.
    Root = 1,
    /// A passphrase.
    Passphrase = 2,
    /// An age identity.
    Age = 3,
    /// A key in a PKCS#11 token.
    Pkcs11 = 4,
    /// A key of the Transit engine of Vault or OpenBao.
    Vault = 5,
    /// Shares of a recovery key.
    Recovery = 6,
}

impl Kind {
    /// Of a stored number.
    pub fn of(number: u16) -> Option<Kind> {
        [Kind::Root, Kind::Passphrase, Kind::Age, Kind::Pkcs11, Kind::Vault, Kind::Recovery]
            .into_iter()
            .find(|kind| kind.number() == number)
    }

    /// As stored.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// As the operator reads it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Root => "root key",
            Kind::Passphrase => "passphrase",
            Kind::Age => "age",
            Kind::Pkcs11 => "PKCS#11",
            Kind::Vault => "Vault",
            Kind::Recovery => "recovery shares",
        }
    }
}

/// One way to the file key, as it stands in the file.
#[derive(Clone)]
pub struct Stanza {
    /// A [`Kind`], or one of a later version.
    pub kind: u16,
    /// Of that kind.
    pub body: Vec<u8>,
}

impl Stanza {
    /// What it is, for the operator: never a secret.
    pub fn label(&self) -> String {
        match Kind::of(self.kind) {
            Some(kind @ (Kind::Root | Kind::Passphrase)) => kind.name().to_owned(),
            Some(kind @ (Kind::Age | Kind::Pkcs11 | Kind::Vault | Kind::Recovery)) => {
                let whose = kept::hint(self).unwrap_or_default();
                format!("{}: {whose}", kind.name())
            }
            None => format!("kind {}, which this version does not know", self.kind),
        }
    }
}

/// The operator's secret, or the way to who keeps it, in hand.
pub enum Unlock {
    /// A root key.
    Root(LockedKey),
    /// A passphrase, as typed.
    Passphrase(Secret<Vec<u8>>),
    /// Kept elsewhere.
    Kept(Box<dyn Keeper>),
}

impl Unlock {
    /// Of the stanzas that it opens.
    pub fn kind(&self) -> Kind {
        match self {
            Unlock::Root(_) => Kind::Root,
            Unlock::Passphrase(_) => Kind::Passphrase,
            Unlock::Kept(keeper) => keeper.kind(),
        }
    }
}

/// Wraps `file_key` for `unlock`. `cost` is for passphrases.
pub fn wrap(
    realm: &[u8; REALM_LEN],
    file_key: &LockedKey,
    unlock: &Unlock,
    cost: KdfCost,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    match unlock {
        Unlock::Root(key) => root::wrap(realm, file_key, key, draw),
        Unlock::Passphrase(text) => passphrase::wrap(realm, file_key, text.expose(), cost, draw),
        Unlock::Kept(keeper) => kept::wrap(realm, file_key, keeper.as_ref(), draw),
    }
}

/// The file key, from the first stanza that `unlock` opens.
pub fn unwrap(
    realm: &[u8; REALM_LEN],
    stanzas: &[Stanza],
    unlock: &Unlock,
    region: &Arc<Region>,
) -> Result<LockedKey, KeyringError> {
    let kind = unlock.kind();
    let mut wrong = match kind {
        Kind::Root => KeyringError::WrongRootKey,
        Kind::Passphrase => KeyringError::WrongPassphrase,
        Kind::Age | Kind::Pkcs11 | Kind::Vault | Kind::Recovery => KeyringError::NoStanza(kind.name()),
    };
    for stanza in stanzas.iter().filter(|stanza| stanza.kind == kind.number()) {
        match opened(realm, stanza, unlock, region) {
            Ok(Some(file_key)) => return Ok(file_key),
            Ok(None) => {}
            // Of several stanzas one may be of a keeper that is gone: the others are tried.
            Err(error) => wrong = error,
        }
    }
    Err(wrong)
}

/// Whether `unlock` opens this one stanza; `None` if it is for another secret.
pub fn opened(
    realm: &[u8; REALM_LEN],
    stanza: &Stanza,
    unlock: &Unlock,
    region: &Arc<Region>,
) -> Result<Option<LockedKey>, KeyringError> {
    match unlock {
        _ if stanza.kind != unlock.kind().number() => Ok(None),
        Unlock::Root(key) => root::open(realm, stanza, key, region),
        Unlock::Passphrase(text) => passphrase::open(realm, stanza, text.expose(), region),
        Unlock::Kept(keeper) => kept::open(realm, stanza, keeper.as_ref(), region),
    }
}

/// A stanza: `front`, then the file key sealed under `key`, both bound to the realm.
fn seal_wrapped(
    realm: &[u8; REALM_LEN],
    kind: Kind,
    front: Vec<u8>,
    key: &[u8; 32],
    file_key: &LockedKey,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    let aad = stanza_aad(realm, kind.number(), &front);
    let mut nonce = [0; NONCE_LEN];
    draw(&mut nonce)?;
    let mut wrapped = Zeroizing::new([0; 32]);
    wrapped.copy_from_slice(file_key.expose());
    let cipher = Cipher::new(key).map_err(|_| KeyringError::Damaged)?;
    let tag = cipher.seal(&nonce, &aad, wrapped.as_mut_slice()).map_err(|_| KeyringError::Damaged)?;
    let mut body = front;
    body.extend_from_slice(&nonce);
    body.extend_from_slice(wrapped.as_slice());
    body.extend_from_slice(&tag);
    Ok(Stanza { kind: kind.number(), body })
}

fn open_wrapped(
    mut rest: Reader<'_>,
    key: &[u8; 32],
    aad: &[u8],
    region: &Arc<Region>,
) -> Result<LockedKey, KeyringError> {
    let nonce: &[u8; NONCE_LEN] = rest.array()?;
    let wrapped: &[u8; 32] = rest.array()?;
    let tag: &[u8; TAG_LEN] = rest.array()?;
    rest.end()?;
    let cipher = Cipher::new(key).map_err(|_| KeyringError::Damaged)?;
    region.store(|slot| cipher.open(nonce, aad, wrapped, tag, slot).map_err(|_| KeyringError::Damaged))
}

/// Binds a stanza to its realm, its kind and everything in front of the wrapped key.
fn stanza_aad(realm: &[u8; REALM_LEN], kind: u16, front: &[u8]) -> Vec<u8> {
    [b"pgveil/v1/stanza".as_slice(), realm, &kind.to_be_bytes(), front].concat()
}
