//! What a keyring file protects: the plaintext of its body (docs/format.md, section 3).
//!
//! Reading is strict: one keyring has one form, and what no sequence of changes can lead to is
//! refused even though it is authentic. Knows no cipher and no file ([`super::keyfile`]).
//!
//! What came after the first release stands in sections behind the rest: a number, then the
//! length-prefixed content. A section that is empty is not there, so that a keyring that uses none of
//! them is the same bytes in every release; one that is not known is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::derive::REALM_LEN;
use super::domains::{Domain, Form, Window};
use super::envelope::KeyId;
use super::error::KeyringError;
use super::keyring::{DataKey, KeyState, Keyring, MAX_KEYS, Tombstone, UpstreamSecret};
use super::locked::Region;
use super::padding::Padding;
use super::reader::{Reader, put_len, put_prefixed};
use crate::secret::Secret;

/// Open windows of domains.
const SECTION_WINDOWS: u16 = 1;
/// Keys that others are thought to know.
const SECTION_COMPROMISED: u16 = 2;

/// The plaintext of the body. Its room is taken at once, so that no copy of a key stays behind in
/// memory that the vector has grown out of.
pub(super) fn write(keyring: &Keyring) -> Zeroizing<Vec<u8>> {
    let names = 2 * keyring.domains.keys().map(String::len).sum::<usize>() + 32 * keyring.domains.len();
    let user = |(name, user): (&String, &Arc<UpstreamSecret>)| {
        name.len() + user.secret.expose().len() + user.salt.len() + 32
    };
    let users = keyring.users.iter().map(user).sum::<usize>();
    let keys = 80 * keyring.keys.len() + 32 * keyring.tombstones.len();
    let room = 256 + names + users + keys;
    let mut body = Zeroizing::new(Vec::with_capacity(room));
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
        body.extend_from_slice(&form_code(domain.writes).to_be_bytes());
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
    put_section(&mut body, SECTION_WINDOWS, &windows_of(keyring));
    put_section(&mut body, SECTION_COMPROMISED, &compromised_of(keyring));
    debug_assert!(body.len() <= room, "the body has grown out of memory that held keys");
    body
}

pub(super) fn read(
    realm: [u8; REALM_LEN],
    generation: u64,
    body: &[u8],
    region: &Arc<Region>,
) -> Result<Keyring, KeyringError> {
    let mut rest = Reader(body);
    let attestation = Arc::new(rest.key(region)?);
    let mut keys = read_keys(&mut rest, &realm, region)?;
    if rest.u32()? != 0 {
        return Err(KeyringError::Content("index keys, which this version does not know"));
    }
    let mut tombstones = Vec::new();
    for _ in 0..rest.u32()? {
        let id = rest.key_id()?;
        tombstones.push(Tombstone { id, destroyed: rest.u64()?, check: *rest.array()? });
    }
    let mut domains = read_domains(&mut rest)?;
    let (policy_digest, pin_digest) = (rest.digest()?, rest.digest()?);
    let users = read_users(&mut rest)?;
    read_sections(&mut rest, &mut domains, &mut keys)?;
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

fn read_domains(rest: &mut Reader<'_>) -> Result<BTreeMap<String, Domain>, KeyringError> {
    let mut domains = BTreeMap::new();
    for _ in 0..rest.u32()? {
        let name = rest.name()?;
        let writes = form_of(rest.u32()?);
        let padding = Padding::from_code(rest.u8()?).ok_or(KeyringError::Content("padding"))?;
        in_order(&domains, &name)?;
        domains.insert(name, Domain { writes, padding, window: None });
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

/// ORDER: ascending, each at most once and never empty, so that one keyring has one form.
fn read_sections(
    rest: &mut Reader<'_>,
    domains: &mut BTreeMap<String, Domain>,
    keys: &mut [DataKey],
) -> Result<(), KeyringError> {
    let mut last = 0;
    while !rest.is_empty() {
        let section = rest.u16()?;
        let mut content = Reader(rest.prefixed()?);
        if section <= last || content.is_empty() {
            return Err(KeyringError::Content("order of sections"));
        }
        last = section;
        match section {
            SECTION_WINDOWS => read_windows(&mut content, domains)?,
            SECTION_COMPROMISED => read_compromised(&mut content, keys)?,
            _ => return Err(KeyringError::Content("a section that this version does not know")),
        }
        content.end()?;
    }
    Ok(())
}

fn put_section(body: &mut Vec<u8>, section: u16, content: &[u8]) {
    if !content.is_empty() {
        body.extend_from_slice(&section.to_be_bytes());
        put_prefixed(body, content);
    }
}

fn windows_of(keyring: &Keyring) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, domain) in &keyring.domains {
        if let Some(window) = domain.window {
            put_prefixed(&mut out, name.as_bytes());
            out.extend_from_slice(&form_code(window.from).to_be_bytes());
            out.extend_from_slice(&form_code(window.to).to_be_bytes());
            out.push(u8::from(window.moved));
        }
    }
    out
}

fn read_windows(
    content: &mut Reader<'_>,
    domains: &mut BTreeMap<String, Domain>,
) -> Result<(), KeyringError> {
    let mut last = None;
    while !content.is_empty() {
        let name = content.name()?;
        let (from, to) = (form_of(content.u32()?), form_of(content.u32()?));
        let moved = match content.u8()? {
            0 => false,
            1 => true,
            _ => return Err(KeyringError::Content("state of a window")),
        };
        if last.as_ref().is_some_and(|last| *last >= name) {
            return Err(KeyringError::Content("order of names"));
        }
        let missing = KeyringError::Content("a window of no domain");
        domains.get_mut(&name).ok_or(missing)?.window = Some(Window { from, to, moved });
        last = Some(name);
    }
    Ok(())
}

fn compromised_of(keyring: &Keyring) -> Vec<u8> {
    let mut out = Vec::new();
    for key in &keyring.keys {
        if let Some(since) = key.compromised {
            out.extend_from_slice(&key.id.get().to_be_bytes());
            out.extend_from_slice(&since.to_be_bytes());
        }
    }
    out
}

/// In the order of the keys.
fn read_compromised(content: &mut Reader<'_>, keys: &mut [DataKey]) -> Result<(), KeyringError> {
    let mut keys = keys.iter_mut();
    while !content.is_empty() {
        let (id, since) = (content.key_id()?, content.u64()?);
        let key = keys.find(|key| key.id == id);
        let key = key.ok_or(KeyringError::Content("a mark of no key"))?;
        if matches!(key.state, KeyState::Pending | KeyState::Active) {
            return Err(KeyringError::Content("a compromised key that seals"));
        }
        key.compromised = Some(since);
    }
    Ok(())
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
    let held = |form: Form| form.key().is_none_or(|id| keyring.keys.iter().any(|key| key.id == id));
    for domain in keyring.domains.values() {
        let window = domain.window;
        if !held(domain.writes) || window.is_some_and(|window| !held(window.other())) {
            return Err(KeyringError::Content("a domain whose key is not there"));
        }
        if window.is_some_and(|window| window.from == window.to || window.writes() != domain.writes) {
            return Err(KeyringError::Content("a window that does not fit its domain"));
        }
    }
    Ok(())
}

/// A key's id; 0, which no key has, for plain.
fn form_code(form: Form) -> u32 {
    form.key().map_or(0, KeyId::get)
}

fn form_of(code: u32) -> Form {
    KeyId::new(code).map_or(Form::Plain, Form::Sealed)
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
