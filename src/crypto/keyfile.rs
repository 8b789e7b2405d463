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

use std::collections::BTreeMap;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::aead::{Aead, Cipher, NONCE_LEN, TAG_LEN};
use super::derive::{self, REALM_LEN};
use super::envelope::KeyId;
use super::error::KeyringError;
use super::keyring::{DataKey, DomainKey, Draw, KeyState, Keyring, MAX_KEYS, Tombstone, UpstreamSecret};
use super::locked::{LockedError, LockedKey, Region};
use super::padding::Padding;
use super::unlock::Stanza;
use crate::secret::Secret;

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
        read_body(self.realm, self.generation, &body, region)
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
    let mut body = body_of(keyring);
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

/// The plaintext of the body. Its room is taken at once, so that no copy of a key stays behind in
/// memory that the vector has grown out of.
fn body_of(keyring: &Keyring) -> Zeroizing<Vec<u8>> {
    let names = keyring.domains.keys().map(String::len).sum::<usize>() + 16 * keyring.domains.len();
    let user = |(name, user): (&String, &Arc<UpstreamSecret>)| {
        name.len() + user.secret.expose().len() + user.salt.len() + 32
    };
    let users = keyring.users.iter().map(user).sum::<usize>();
    let keys = 64 * keyring.keys.len() + 32 * keyring.tombstones.len();
    let mut body = Zeroizing::new(Vec::with_capacity(256 + names + users + keys));
    body.extend_from_slice(keyring.attestation.expose());
    put_len(&mut body, keyring.keys.len());
    for key in &keyring.keys {
        body.extend_from_slice(&key.id.get().to_be_bytes());
        body.push(state_code(key.state));
        body.extend_from_slice(&key.created.to_be_bytes());
        body.extend_from_slice(&key.check);
        body.extend_from_slice(key.material());
    }
    // Index keys: reserved for search tokens, none in version 1.
    put_len(&mut body, 0);
    put_len(&mut body, keyring.tombstones.len());
    for tomb in &keyring.tombstones {
        body.extend_from_slice(&tomb.id.get().to_be_bytes());
        body.extend_from_slice(&tomb.destroyed.to_be_bytes());
        body.extend_from_slice(&tomb.check);
    }
    put_len(&mut body, keyring.domains.len());
    for (name, domain) in &keyring.domains {
        put_prefixed(&mut body, name.as_bytes());
        body.extend_from_slice(&domain.key.get().to_be_bytes());
        body.push(domain.padding.code());
    }
    for digest in [&keyring.policy_digest, &keyring.pin_digest] {
        put_prefixed(&mut body, digest.as_ref().map_or(&[][..], |digest| digest));
    }
    put_len(&mut body, keyring.users.len());
    for (name, user) in &keyring.users {
        put_prefixed(&mut body, name.as_bytes());
        put_prefixed(&mut body, user.secret.expose());
        put_prefixed(&mut body, &user.salt);
        body.extend_from_slice(&user.iterations.to_be_bytes());
    }
    body
}

fn read_body(
    realm: [u8; REALM_LEN],
    generation: u64,
    body: &[u8],
    region: &Arc<Region>,
) -> Result<Keyring, KeyringError> {
    let mut rest = Reader(body);
    let attestation = Arc::new(rest.key(region)?);
    let keys = read_keys(&mut rest, &realm, region)?;
    if rest.u32()? != 0 {
        return Err(KeyringError::Content("index keys, which this version does not know"));
    }
    let mut tombstones = Vec::new();
    for _ in 0..rest.u32()? {
        let id = rest.key_id()?;
        tombstones.push(Tombstone { id, destroyed: rest.u64()?, check: *rest.array()? });
    }
    let domains = read_domains(&mut rest)?;
    let (policy_digest, pin_digest) = (rest.digest()?, rest.digest()?);
    let users = read_users(&mut rest)?;
    rest.end()?;
    let region = Arc::clone(region);
    let keyring = Keyring {
        realm,
        generation,
        region,
        attestation,
        keys,
        tombstones,
        domains,
        policy_digest,
        pin_digest,
        users,
    };
    agree(&keyring)?;
    Ok(keyring)
}

fn read_keys(
    rest: &mut Reader<'_>,
    realm: &[u8; REALM_LEN],
    region: &Arc<Region>,
) -> Result<Vec<DataKey>, KeyringError> {
    let mut keys = Vec::new();
    for _ in 0..rest.u32()? {
        if keys.len() >= MAX_KEYS {
            return Err(KeyringError::Content("too many keys"));
        }
        let id = rest.key_id()?;
        let state = state_of(rest.u8()?).ok_or(KeyringError::Content("state of a key"))?;
        let created = rest.u64()?;
        let check: [u8; 16] = *rest.array()?;
        let key = DataKey::new(realm, id, state, created, rest.key(region)?);
        if key.check != check {
            return Err(KeyringError::Content("a key that is not the one its check value names"));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn read_domains(rest: &mut Reader<'_>) -> Result<BTreeMap<String, DomainKey>, KeyringError> {
    let mut domains = BTreeMap::new();
    for _ in 0..rest.u32()? {
        let name = rest.name()?;
        let key = rest.key_id()?;
        let padding = Padding::from_code(rest.u8()?).ok_or(KeyringError::Content("padding"))?;
        in_order(&domains, &name)?;
        domains.insert(name, DomainKey { key, padding });
    }
    Ok(domains)
}

fn read_users(rest: &mut Reader<'_>) -> Result<BTreeMap<String, Arc<UpstreamSecret>>, KeyringError> {
    let mut users = BTreeMap::new();
    for _ in 0..rest.u32()? {
        let name = rest.name()?;
        let secret = Secret::new(rest.prefixed()?.to_vec());
        let salt = rest.prefixed()?.to_vec();
        let iterations = rest.u32()?;
        in_order(&users, &name)?;
        users.insert(name, Arc::new(UpstreamSecret { secret, salt, iterations }));
    }
    Ok(users)
}

/// REFUSES: names out of order or twice, so that one keyring has one form.
fn in_order<V>(known: &BTreeMap<String, V>, name: &str) -> Result<(), KeyringError> {
    match known.last_key_value() {
        Some((last, _)) if last.as_str() >= name => Err(KeyringError::Content("order of names")),
        Some(_) | None => Ok(()),
    }
}

/// What no sequence of changes can lead to is refused even though it is authentic.
fn agree(keyring: &Keyring) -> Result<(), KeyringError> {
    let mut ids: Vec<KeyId> = keyring.keys.iter().map(|key| key.id).collect();
    ids.extend(keyring.tombstones.iter().map(|tomb| tomb.id));
    let total = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() != total {
        return Err(KeyringError::Content("a key id used twice"));
    }
    if keyring.keys.iter().filter(|key| key.state == KeyState::Active).count() > 1 {
        return Err(KeyringError::Content("two active keys"));
    }
    let held = |id| keyring.keys.iter().any(|key| key.id == id);
    match keyring.domains.values().all(|domain| held(domain.key)) {
        true => Ok(()),
        false => Err(KeyringError::Content("a domain whose key is not there")),
    }
}

fn state_code(state: KeyState) -> u8 {
    match state {
        KeyState::Pending => 1,
        KeyState::Active => 2,
        KeyState::DecryptOnly => 3,
        KeyState::Disabled => 4,
    }
}

fn state_of(code: u8) -> Option<KeyState> {
    [KeyState::Pending, KeyState::Active, KeyState::DecryptOnly, KeyState::Disabled]
        .into_iter()
        .find(|state| state_code(*state) == code)
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    // MAX_FILE and MAX_KEYS keep every length far below 4 GiB.
    out.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// What is left to read. Every method takes from the front or refuses.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], KeyringError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(KeyringError::Shape("cut short"))?;
        self.0 = rest;
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, KeyringError> {
        self.array().map(|[byte]| *byte)
    }

    fn u16(&mut self) -> Result<u16, KeyringError> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(super) fn u32(&mut self) -> Result<u32, KeyringError> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    fn u64(&mut self) -> Result<u64, KeyringError> {
        self.array().map(|bytes| u64::from_be_bytes(*bytes))
    }

    fn prefixed(&mut self) -> Result<&'a [u8], KeyringError> {
        let len = self.u32()? as usize;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(KeyringError::Shape("cut short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn name(&mut self) -> Result<String, KeyringError> {
        let bytes = self.prefixed()?;
        let name = std::str::from_utf8(bytes).map_err(|_| KeyringError::Content("a name"))?;
        Ok(name.to_owned())
    }

    fn key_id(&mut self) -> Result<KeyId, KeyringError> {
        KeyId::new(self.u32()?).ok_or(KeyringError::Content("key id 0"))
    }

    fn key(&mut self, region: &Arc<Region>) -> Result<LockedKey, KeyringError> {
        let bytes = self.array()?;
        let stored: Result<_, LockedError> = region.store(|slot| {
            *slot = *bytes;
            Ok(())
        });
        Ok(stored?)
    }

    fn digest(&mut self) -> Result<Option<[u8; 32]>, KeyringError> {
        match self.prefixed()? {
            [] => Ok(None),
            bytes => bytes.try_into().map(Some).map_err(|_| KeyringError::Content("a digest")),
        }
    }

    /// What has been read so far of `whole`, which this reader began with.
    fn read_of(&self, whole: &'a [u8]) -> &'a [u8] {
        whole.get(..whole.len().saturating_sub(self.0.len())).unwrap_or_default()
    }

    pub(super) fn end(&self) -> Result<(), KeyringError> {
        match self.0 {
            [] => Ok(()),
            _ => Err(KeyringError::Shape("bytes behind the end")),
        }
    }
}
