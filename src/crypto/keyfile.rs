//! The keyring file: how a [`Keyring`] is written and read (docs/format.md, section 3).
//!
//! ```text
//! header   magic || realm[16] || generation u64 || stanzas
//! body     nonce[12] || LP(AEAD of the keys, associated data = header)
//! mac      HMAC-SHA-256 over all before it
//! ```
//!
//! The MAC is verified before the body is opened. Knows bytes only: no path ([`super::store`]) and
//! no passphrase ([`super::unlock`]). Reading is strict: one keyring has one form, anything else is
//! refused, and nothing is given out in part.

use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::aead::{Aead, Cipher, NONCE_LEN, TAG_LEN};
use super::content;
use super::derive::{self, REALM_LEN};
use super::error::KeyringError;
use super::keyring::{Draw, Keyring};
use super::locked::{LockedKey, Region};
use super::reader::{Reader, put_len, put_prefixed};
use super::unlock::Stanza;

/// First bytes of the file; the digit is the version.
pub const MAGIC: &[u8; 17] = b"pgveil keyring 1\n";
/// Longest file that is read, in bytes: some 100,000 users.
pub const MAX_FILE: usize = 16 << 20;
/// Most stanzas of a file.
const MAX_STANZAS: u16 = 32;
/// Longest body of a stanza, in bytes.
const MAX_STANZA: usize = 64 << 10;
const MAC_LEN: usize = 32;

/// A file cut into its parts. Nothing in it is authenticated.
pub struct Parts<'a> {
    /// The realm that the file says it is of.
    pub realm: [u8; REALM_LEN],
    /// What may give the file key.
    pub stanzas: Vec<Stanza>,
    generation: u64,
    header: &'a [u8],
    nonce: &'a [u8; NONCE_LEN],
    sealed: &'a [u8],
    covered: &'a [u8],
    mac: &'a [u8; MAC_LEN],
}

impl<'a> Parts<'a> {
    /// Cuts `file`.
    pub fn cut(file: &'a [u8]) -> Result<Self, KeyringError> {
        if file.len() > MAX_FILE {
            return Err(KeyringError::Shape("too long"));
        }
        let mut rest = Reader(file);
        if rest.array()? != MAGIC {
            return Err(KeyringError::Shape("other first bytes"));
        }
        let realm = *rest.array()?;
        let generation = rest.u64()?;
        let count = rest.u16()?;
        if count == 0 || count > MAX_STANZAS {
            return Err(KeyringError::Shape("number of stanzas"));
        }
        let mut stanzas = Vec::new();
        for _ in 0..count {
            let kind = rest.u16()?;
            let body = rest.prefixed()?;
            if body.len() > MAX_STANZA {
                return Err(KeyringError::Shape("length of a stanza"));
            }
            stanzas.push(Stanza { kind, body: body.to_vec() });
        }
        let header = rest.read_of(file);
        let nonce = rest.array()?;
        let sealed = rest.prefixed()?;
        let covered = rest.read_of(file);
        let mac = rest.array()?;
        rest.end()?;
        Ok(Parts { realm, stanzas, generation, header, nonce, sealed, covered, mac })
    }

    /// Verifies and opens with the file key; keys go into `region`.
    pub fn open(&self, file_key: &LockedKey, region: &Arc<Region>) -> Result<Keyring, KeyringError> {
        let mac = derive::keyring_mac(&self.realm, file_key.expose());
        // ORDER: the MAC over the whole file comes first, so that nothing forged is even decrypted.
        if !bool::from(mac.mac(&[self.covered]).ct_eq(self.mac)) {
            return Err(KeyringError::Damaged);
        }
        let (sealed, tag) = self.sealed.split_last_chunk::<TAG_LEN>().ok_or(KeyringError::Damaged)?;
        let mut body = Zeroizing::new(vec![0; sealed.len()]);
        let cipher = body_cipher(&self.realm, file_key)?;
        cipher.open(self.nonce, self.header, sealed, tag, &mut body).map_err(|_| KeyringError::Damaged)?;
        content::read(self.realm, self.generation, &body, region)
    }
}

/// Writes `keyring` as a file with these stanzas.
pub fn write(
    keyring: &Keyring,
    stanzas: &[Stanza],
    file_key: &LockedKey,
    draw: Draw<'_>,
) -> Result<Vec<u8>, KeyringError> {
    let mut file = Vec::new();
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&keyring.realm);
    file.extend_from_slice(&keyring.generation.to_be_bytes());
    let count = u16::try_from(stanzas.len()).ok().filter(|count| (1..=MAX_STANZAS).contains(count));
    file.extend_from_slice(&count.ok_or(KeyringError::Shape("number of stanzas"))?.to_be_bytes());
    for stanza in stanzas {
        file.extend_from_slice(&stanza.kind.to_be_bytes());
        put_prefixed(&mut file, &stanza.body);
    }
    let mut nonce = [0; NONCE_LEN];
    draw(&mut nonce)?;
    let mut body = content::write(keyring);
    let cipher = body_cipher(&keyring.realm, file_key)?;
    let tag = cipher.seal(&nonce, &file, &mut body).map_err(|_| KeyringError::Damaged)?;
    file.extend_from_slice(&nonce);
    put_len(&mut file, body.len() + TAG_LEN);
    file.extend_from_slice(&body);
    file.extend_from_slice(&tag);
    let mac = derive::keyring_mac(&keyring.realm, file_key.expose()).mac(&[&file]);
    file.extend_from_slice(&mac);
    Ok(file)
}

fn body_cipher(realm: &[u8; REALM_LEN], file_key: &LockedKey) -> Result<Cipher, KeyringError> {
    let mut key = Zeroizing::new([0; 32]);
    derive::keyring_body(realm, file_key.expose(), &mut key);
    Cipher::new(&key).map_err(|_| KeyringError::Damaged)
}
