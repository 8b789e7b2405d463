//! What opens a keyring: stanzas, each of which wraps the file key in another way.
//!
//! Version 1 has a root key (32 random bytes in a file of mode 0600, or in the environment) and a
//! passphrase (Argon2id, RFC 9106). Stanza kinds 3 (age), 4 (PKCS#11) and 5 (Vault) are reserved; a
//! stanza of a kind that is not known is kept as it is. Knows no keyring content.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64_simd::{AsOut, URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::aead::{Aead, Cipher, NONCE_LEN, TAG_LEN};
use super::derive::{self, KeyRoom, REALM_LEN};
use super::error::KeyringError;
use super::keyring::Draw;
use super::locked::{LockedKey, Region};
use super::reader::Reader;
use super::store::{read_private, sync_directory, write_private};
use crate::secret::Secret;

/// What the text of a root key begins with; 43 characters of base64url follow.
pub const ROOT_KEY_PREFIX: &str = "pgveil-root-1:";

const KIND_ROOT: u16 = 1;
const KIND_PASSPHRASE: u16 = 2;
/// Longest text that is read as a root key or passphrase, in bytes.
const MAX_SECRET_TEXT: usize = 4096;

/// One way to the file key, as it stands in the file.
pub struct Stanza {
    /// 1 root key, 2 passphrase; others are reserved.
    pub kind: u16,
    /// Of that kind.
    pub body: Vec<u8>,
}

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

/// The operator's secret, in hand.
pub enum Unlock {
    /// A root key.
    Root(LockedKey),
    /// A passphrase, as typed.
    Passphrase(Secret<Vec<u8>>),
}

/// Where the operator's secret is: `keys.unlock` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockReference {
    /// `file:PATH`: a root key.
    RootFile(PathBuf),
    /// `env:NAME`: a root key.
    RootEnv(String),
    /// `passphrase:file:PATH`: its first line.
    PassphraseFile(PathBuf),
    /// `passphrase:prompt`.
    PassphrasePrompt,
}

/// Asks the operator for a passphrase.
pub type Prompt<'a> = &'a mut dyn FnMut() -> std::io::Result<Secret<Vec<u8>>>;

impl UnlockReference {
    /// Parses a reference; a relative path is relative to `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, KeyringError> {
        let refused = || KeyringError::Reference(text.to_owned());
        let path = |path: &str| Some(base.join(path)).filter(|_| !path.is_empty()).ok_or_else(refused);
        match text.split_once(':') {
            Some(("file", rest)) => Ok(Self::RootFile(path(rest)?)),
            Some(("env", name)) if !name.is_empty() => Ok(Self::RootEnv(name.to_owned())),
            Some(("passphrase", "prompt")) => Ok(Self::PassphrasePrompt),
            Some(("passphrase", rest)) => match rest.split_once(':') {
                Some(("file", rest)) => Ok(Self::PassphraseFile(path(rest)?)),
                Some(_) | None => Err(refused()),
            },
            Some(_) | None => Err(refused()),
        }
    }

    /// Fetches the secret. A file must be for its owner alone.
    pub fn fetch(&self, prompt: Prompt<'_>) -> Result<Unlock, KeyringError> {
        match self {
            Self::RootFile(path) => {
                let text = Secret::new(read_private(path, MAX_SECRET_TEXT)?);
                parse_root(text.expose(), &path.display().to_string())
            }
            Self::RootEnv(name) => {
                let text = std::env::var(name).map_err(|_| KeyringError::NotInEnvironment(name.clone()))?;
                parse_root(Zeroizing::new(text).as_bytes(), name)
            }
            Self::PassphraseFile(path) => {
                let mut text = Secret::new(read_private(path, MAX_SECRET_TEXT)?);
                let line = text.expose().iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                let len = line.unwrap_or(text.expose().len());
                text.expose_mut().truncate(len);
                Ok(Unlock::Passphrase(text))
            }
            Self::PassphrasePrompt => prompt().map(Unlock::Passphrase).map_err(|source| {
                let doing = "ask for the passphrase";
                KeyringError::Io { path: PathBuf::from("terminal"), doing, source }
            }),
        }
    }
}

impl UnlockReference {
    /// As [`UnlockReference::fetch`]; a root-key file that is not there is made, durably.
    pub fn fetch_or_make(&self, prompt: Prompt<'_>, draw: Draw<'_>) -> Result<Unlock, KeyringError> {
        match (self, self.fetch(prompt)) {
            (Self::RootFile(path), Err(KeyringError::Missing(_))) => {
                let (key, text) = new_root_key(draw)?;
                write_private(path, text.expose().as_bytes())?;
                sync_directory(path)?;
                Ok(key)
            }
            (_, fetched) => fetched,
        }
    }
}

fn parse_root(text: &[u8], from: &str) -> Result<Unlock, KeyringError> {
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

/// Wraps `file_key` for `unlock`. `cost` is for passphrases.
pub fn wrap(
    realm: &[u8; REALM_LEN],
    file_key: &LockedKey,
    unlock: &Unlock,
    cost: KdfCost,
    draw: Draw<'_>,
) -> Result<Stanza, KeyringError> {
    let mut body = Vec::new();
    let mut key = Zeroizing::new([0; 32]);
    let kind = match unlock {
        Unlock::Root(root) => {
            let name = derive::root_wrap(realm, root.expose(), &mut key);
            body.extend_from_slice(&name);
            KIND_ROOT
        }
        Unlock::Passphrase(passphrase) => {
            let mut salt = [0; 16];
            draw(&mut salt)?;
            let commitment = stretched(realm, passphrase.expose(), &salt, cost, &mut key)?;
            body.extend_from_slice(&salt);
            for part in [cost.memory_kib, cost.passes, cost.lanes] {
                body.extend_from_slice(&part.to_be_bytes());
            }
            body.extend_from_slice(&commitment);
            KIND_PASSPHRASE
        }
    };
    let aad = stanza_aad(realm, kind, &body);
    let mut nonce = [0; NONCE_LEN];
    draw(&mut nonce)?;
    let mut wrapped = Zeroizing::new([0; 32]);
    wrapped.copy_from_slice(file_key.expose());
    let cipher = Cipher::new(&key).map_err(|_| KeyringError::Damaged)?;
    let tag = cipher.seal(&nonce, &aad, wrapped.as_mut_slice()).map_err(|_| KeyringError::Damaged)?;
    body.extend_from_slice(&nonce);
    body.extend_from_slice(wrapped.as_slice());
    body.extend_from_slice(&tag);
    Ok(Stanza { kind, body })
}

/// The file key, from the first stanza that `unlock` opens.
pub fn unwrap(
    realm: &[u8; REALM_LEN],
    stanzas: &[Stanza],
    unlock: &Unlock,
    region: &Arc<Region>,
) -> Result<LockedKey, KeyringError> {
    let (kind, wrong) = match unlock {
        Unlock::Root(_) => (KIND_ROOT, KeyringError::WrongRootKey),
        Unlock::Passphrase(_) => (KIND_PASSPHRASE, KeyringError::WrongPassphrase),
    };
    for stanza in stanzas.iter().filter(|stanza| stanza.kind == kind) {
        let opened = match unlock {
            Unlock::Root(root) => open_root(realm, stanza, root, region)?,
            Unlock::Passphrase(text) => open_passphrase(realm, stanza, text.expose(), region)?,
        };
        if let Some(file_key) = opened {
            return Ok(file_key);
        }
    }
    Err(wrong)
}

fn open_root(
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

fn open_passphrase(
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
    let bound = stanza.body.len().saturating_sub(rest.0.len());
    let bound = stanza.body.get(..bound).unwrap_or_default();
    let aad = stanza_aad(realm, stanza.kind, bound);
    open_wrapped(rest, &key, &aad, region).map(Some)
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
