//! The keys of a realm as an immutable value.
//!
//! Every change gives a new keyring, one generation later, that shares the unchanged keys. Knows
//! the states that a key goes through and what may follow what (docs/format.md, section 3). Knows
//! no file ([`super::store`]) and no passphrase ([`super::unlock`]). The time of a change and its
//! random bytes come in as arguments. No key leaves `crypto`.

use std::collections::BTreeMap;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::derive::{self, DataKeySource, REALM_LEN};
use super::domains::Domain;
use super::envelope::KeyId;
use super::locked::{LockedError, LockedKey, Region};
use crate::secret::Secret;

/// Most data keys of one keyring, tombstones not counted.
pub const MAX_KEYS: usize = 128;

/// A data key is to be rotated when it has sealed for this long, in seconds (docs/format.md, section 1).
pub const KEY_AGE: u64 = 365 * 86_400;
/// Or when this many values are under it.
pub const KEY_VALUES: u64 = 1 << 40;

/// State of a data key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Opens, never seals: not yet loaded by every proxy.
    Pending,
    /// Seals randomized cells; exactly one key does, or none before the first.
    Active,
    /// Opens, and seals only the deterministic domains that have not been rotated away from it.
    DecryptOnly,
    /// Neither opens nor seals; can be enabled again.
    Disabled,
}

impl KeyState {
    /// As in `keys list` and `--json`.
    pub fn name(self) -> &'static str {
        match self {
            KeyState::Pending => "pending",
            KeyState::Active => "active",
            KeyState::DecryptOnly => "decrypt-only",
            KeyState::Disabled => "disabled",
        }
    }
}

/// A data key. The material is shared between generations and never copied.
pub struct DataKey {
    /// Its number in envelopes.
    pub id: KeyId,
    /// What it may be used for.
    pub state: KeyState,
    /// When it was made, seconds since 1970-01-01 UTC.
    pub created: u64,
    /// Tells the key from another without being the key.
    pub check: [u8; 16],
    /// Since when others are thought to know it, seconds since 1970-01-01 UTC.
    pub compromised: Option<u64>,
    material: Arc<LockedKey>,
}

impl DataKey {
    pub(super) fn new(
        realm: &[u8; REALM_LEN],
        id: KeyId,
        state: KeyState,
        created: u64,
        material: LockedKey,
    ) -> Self {
        let check = DataKeySource::new(realm, material.expose()).check_value();
        DataKey { id, state, created, check, compromised: None, material: Arc::new(material) }
    }

    pub(super) fn material(&self) -> &[u8; 32] {
        self.material.expose()
    }

    /// Whether it seals and is to be rotated: too old at `now`, in seconds since 1970-01-01 UTC, or it has
    /// sealed half of what it may. Half, since `sealed` is the least that it can have been.
    pub fn is_due(&self, now: u64, sealed: u64) -> bool {
        let seals = self.state == KeyState::Active;
        seals && (now.saturating_sub(self.created) > KEY_AGE || sealed >= KEY_VALUES / 2)
    }

    fn shared(&self) -> DataKey {
        DataKey { material: Arc::clone(&self.material), ..*self }
    }
}

/// What remains of a destroyed key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Never used again.
    pub id: KeyId,
    /// When it was destroyed, seconds since 1970-01-01 UTC.
    pub destroyed: u64,
    /// [`DataKey::check`] of the key.
    pub check: [u8; 16],
}

/// What pgveil logs in upstream with, for one user.
pub struct UpstreamSecret {
    /// The password of the server's side.
    pub secret: Secret<Vec<u8>>,
    /// Pinned SCRAM salt; empty until the first login.
    pub salt: Vec<u8>,
    /// Pinned SCRAM iterations; 0 until the first login.
    pub iterations: u32,
}

/// Why a keyring cannot be changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The keyring holds no such key.
    #[error("key {0} is not in the keyring")]
    NoSuchKey(KeyId),
    /// The state of the key does not allow it.
    #[error("key {key} is {from}, which does not allow this: {rule}")]
    State {
        /// The key.
        key: KeyId,
        /// Its state.
        from: &'static str,
        /// What would be allowed.
        rule: &'static str,
    },
    /// Values of a deterministic domain are written or compared under the key.
    #[error("key {key} belongs to the deterministic domain {domain:?}: rotate that domain first")]
    SealsDomain {
        /// The key.
        key: KeyId,
        /// A domain of the policy; not a value.
        domain: String,
    },
    /// The key is marked as known to others.
    #[error("key {0} is compromised, and seals nothing any more")]
    Compromised(KeyId),
    /// A census has found values under the key.
    #[error("key {key} cannot be destroyed: the census counted {count} values under it")]
    StillUsed {
        /// The key.
        key: KeyId,
        /// How many.
        count: u64,
    },
    /// The keyring has recorded no such domain.
    #[error("the deterministic domain {0:?} is not recorded in the keyring")]
    NoSuchDomain(String),
    /// The window of the domain does not allow it.
    #[error("the deterministic domain {domain:?}: {rule}")]
    Window {
        /// A domain of the policy; not a value.
        domain: String,
        /// What stands against it.
        rule: &'static str,
    },
    /// The domain has another padding.
    #[error("the domain {0:?} is recorded with another padding, which only a rotation changes")]
    DomainPadding(String),
    /// There is no key to seal with.
    #[error("the keyring has no active key")]
    NoActiveKey,
    /// [`MAX_KEYS`] reached.
    #[error("a keyring holds at most {MAX_KEYS} keys")]
    TooManyKeys,
    /// Id drawn that is in use; draw again.
    #[error("no free key id was drawn")]
    NoFreeId,
    /// The operating system gave no memory.
    #[error("no memory for keys: {0}")]
    Memory(#[from] LockedError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Randomness(#[from] super::nonces::NoRandomness),
}

/// The keys of one realm: one database.
pub struct Keyring {
    pub(super) realm: [u8; REALM_LEN],
    pub(super) generation: u64,
    pub(super) region: Arc<Region>,
    pub(super) attestation: Arc<LockedKey>,
    pub(super) keys: Vec<DataKey>,
    pub(super) tombstones: Vec<Tombstone>,
    pub(super) domains: BTreeMap<String, Domain>,
    pub(super) policy_digest: Option<[u8; 32]>,
    pub(super) pin_digest: Option<[u8; 32]>,
    pub(super) users: BTreeMap<String, Arc<UpstreamSecret>>,
}

/// Source of random bytes: [`super::nonces::fill_random`], or a seeded one in tests.
pub type Draw<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), super::nonces::NoRandomness>;

impl Keyring {
    /// A new realm, generation 1, with one active key made at `now` (seconds since 1970-01-01 UTC).
    pub fn new(now: u64, draw: Draw<'_>) -> Result<Self, ChangeError> {
        let region = Region::new()?;
        let mut realm = [0; REALM_LEN];
        draw(&mut realm)?;
        let attestation = Arc::new(region.store(|slot| draw(slot).map_err(ChangeError::from))?);
        let empty = Keyring {
            realm,
            generation: 1,
            region,
            attestation,
            keys: Vec::new(),
            tombstones: Vec::new(),
            domains: BTreeMap::new(),
            policy_digest: None,
            pin_digest: None,
            users: BTreeMap::new(),
        };
        let key = empty.draw_key(KeyState::Active, now, draw)?;
        Ok(Keyring { keys: vec![key], ..empty })
    }

    /// The realm: random, public, part of every derived key.
    pub fn realm(&self) -> &[u8; REALM_LEN] {
        &self.realm
    }

    /// Grows by one with every change.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// All keys that have not been destroyed, oldest first.
    pub fn keys(&self) -> &[DataKey] {
        &self.keys
    }

    /// What remains of destroyed keys.
    pub fn tombstones(&self) -> &[Tombstone] {
        &self.tombstones
    }

    /// The key that seals randomized cells.
    pub fn active(&self) -> Option<KeyId> {
        self.keys.iter().find(|key| key.state == KeyState::Active).map(|key| key.id)
    }

    /// A recorded deterministic domain.
    pub fn domain(&self, domain: &str) -> Option<Domain> {
        self.domains.get(domain).copied()
    }

    /// All recorded deterministic domains, by name.
    pub fn domains(&self) -> impl Iterator<Item = (&str, Domain)> {
        self.domains.iter().map(|(name, domain)| (name.as_str(), *domain))
    }

    /// SHA-256 of the policy that the operator accepted.
    pub fn policy_digest(&self) -> Option<&[u8; 32]> {
        self.policy_digest.as_ref()
    }

    /// SHA-256 of the pinned catalog that the operator accepted.
    pub fn pin_digest(&self) -> Option<&[u8; 32]> {
        self.pin_digest.as_ref()
    }

    /// What pgveil logs in upstream with for this user.
    pub fn user(&self, name: &str) -> Option<&UpstreamSecret> {
        self.users.get(name).map(Arc::as_ref)
    }

    /// Users with an upstream secret, by name.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// The realm's MAC over `bytes`, as a thing of this `label` ("pin", "audit", …): a MAC under
    /// one label says nothing under another.
    pub fn mac(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        derive::attestation(&self.realm, self.attestation.expose(), label).mac(&[bytes])
    }

    /// Whether `mac` is [`Keyring::mac`] of the same; in constant time.
    pub fn verify_mac(&self, label: &str, bytes: &[u8], mac: &[u8]) -> bool {
        self.mac(label, bytes).ct_eq(mac).into()
    }

    /// With a new pending key.
    pub fn with_new_key(&self, now: u64, draw: Draw<'_>) -> Result<Self, ChangeError> {
        let key = self.draw_key(KeyState::Pending, now, draw)?;
        let mut next = self.next();
        next.keys.push(key);
        Ok(next)
    }

    /// `id` becomes the active key, the active one decrypt-only. Deterministic domains keep theirs.
    pub fn with_promoted(&self, id: KeyId) -> Result<Self, ChangeError> {
        let key = self.key(id)?;
        if key.compromised.is_some() {
            return Err(ChangeError::Compromised(id));
        }
        match key.state {
            KeyState::Pending | KeyState::DecryptOnly => {}
            state @ (KeyState::Active | KeyState::Disabled) => {
                let rule = "only a pending or decrypt-only key is promoted";
                return Err(ChangeError::State { key: id, from: state.name(), rule });
            }
        }
        let mut next = self.next();
        for key in &mut next.keys {
            match key.state {
                _ if key.id == id => key.state = KeyState::Active,
                KeyState::Active => key.state = KeyState::DecryptOnly,
                KeyState::Pending | KeyState::DecryptOnly | KeyState::Disabled => {}
            }
        }
        Ok(next)
    }

    /// With the digest of an accepted policy.
    pub fn with_policy_digest(&self, digest: [u8; 32]) -> Self {
        Keyring { policy_digest: Some(digest), ..self.next() }
    }

    /// With the digest of an accepted catalog.
    pub fn with_pin_digest(&self, digest: [u8; 32]) -> Self {
        Keyring { pin_digest: Some(digest), ..self.next() }
    }

    /// With an upstream secret, replacing the user's former one.
    pub fn with_user(&self, name: &str, secret: UpstreamSecret) -> Self {
        let mut next = self.next();
        next.users.insert(name.to_owned(), Arc::new(secret));
        next
    }

    /// Without the user's upstream secret.
    pub fn without_user(&self, name: &str) -> Self {
        let mut next = self.next();
        next.users.remove(name);
        next
    }

    pub(super) fn key(&self, id: KeyId) -> Result<&DataKey, ChangeError> {
        self.keys.iter().find(|key| key.id == id).ok_or(ChangeError::NoSuchKey(id))
    }

    /// The same content, one generation later.
    pub(super) fn next(&self) -> Self {
        Keyring {
            realm: self.realm,
            generation: self.generation.saturating_add(1),
            region: Arc::clone(&self.region),
            attestation: Arc::clone(&self.attestation),
            keys: self.keys.iter().map(DataKey::shared).collect(),
            tombstones: self.tombstones.clone(),
            domains: self.domains.clone(),
            policy_digest: self.policy_digest,
            pin_digest: self.pin_digest,
            users: self.users.clone(),
        }
    }

    pub(super) fn draw_key(&self, state: KeyState, now: u64, draw: Draw<'_>) -> Result<DataKey, ChangeError> {
        if self.keys.len() >= MAX_KEYS {
            return Err(ChangeError::TooManyKeys);
        }
        let id = self.draw_id(draw)?;
        let material = self.region.store(|slot| draw(slot).map_err(ChangeError::from))?;
        Ok(DataKey::new(&self.realm, id, state, now, material))
    }

    fn draw_id(&self, draw: Draw<'_>) -> Result<KeyId, ChangeError> {
        // 16 draws fail together only if the source of randomness is broken.
        for _ in 0..16 {
            let mut bytes = [0; 4];
            draw(&mut bytes)?;
            let free = |id: &KeyId| {
                self.keys.iter().all(|key| key.id != *id) && self.tombstones.iter().all(|tomb| tomb.id != *id)
            };
            if let Some(id) = KeyId::new(u32::from_be_bytes(bytes)).filter(free) {
                return Ok(id);
            }
        }
        Err(ChangeError::NoFreeId)
    }
}
