//! How a key ends: disabled, marked as compromised, destroyed.
//!
//! Knows the states of a key and a census that somebody else has taken. Knows no server: that the
//! census is true, and that no proxy reads with the key any more, is the caller's to see to.

use std::collections::BTreeMap;

use super::envelope::KeyId;
use super::keyring::{ChangeError, Draw, KeyState, Keyring, Tombstone};

/// How many stored values are sealed under each key: the result of a walk over every protected
/// column that pgveil itself has made. A key that is not in it is under none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Values per key.
    pub counted: BTreeMap<KeyId, u64>,
}

impl Keyring {
    /// `id` no longer opens anything.
    pub fn with_disabled(&self, id: KeyId) -> Result<Self, ChangeError> {
        match self.key(id)?.state {
            KeyState::Pending | KeyState::DecryptOnly => {}
            state @ (KeyState::Active | KeyState::Disabled) => {
                let rule = "only a pending or decrypt-only key is disabled";
                return Err(ChangeError::State { key: id, from: state.name(), rule });
            }
        }
        if let Some((domain, _)) = self.domains.iter().find(|(_, domain)| domain.uses(id)) {
            return Err(ChangeError::SealsDomain { key: id, domain: domain.clone() });
        }
        Ok(self.with_state(id, KeyState::Disabled))
    }

    /// `id`, disabled before, opens again.
    pub fn with_enabled(&self, id: KeyId) -> Result<Self, ChangeError> {
        match self.key(id)?.state {
            KeyState::Disabled => Ok(self.with_state(id, KeyState::DecryptOnly)),
            state @ (KeyState::Pending | KeyState::Active | KeyState::DecryptOnly) => {
                let rule = "only a disabled key is enabled";
                Err(ChangeError::State { key: id, from: state.name(), rule })
            }
        }
    }

    /// `id` is known to others: it seals nothing new from now on, and opens what is there until that
    /// has been rotated. If it is the active key, a new one takes its place at once: a proxy that
    /// has not loaded it yet fails closed until it has.
    pub fn with_compromised(&self, id: KeyId, now: u64, draw: Draw<'_>) -> Result<Self, ChangeError> {
        let state = self.key(id)?.state;
        let mut next = self.next();
        if state == KeyState::Active {
            let successor = self.draw_key(KeyState::Active, now, draw)?;
            next.keys.push(successor);
        }
        for key in next.keys.iter_mut().filter(|key| key.id == id) {
            key.compromised = key.compromised.or(Some(now));
            key.state = match state {
                KeyState::Active | KeyState::DecryptOnly => KeyState::DecryptOnly,
                KeyState::Pending | KeyState::Disabled => KeyState::Disabled,
            };
        }
        Ok(next)
    }

    /// `id` is gone for ever: a tombstone says that it was there. `now` is in seconds since
    /// 1970-01-01 UTC. Copies of older generations still hold it.
    ///
    /// # Errors
    /// REFUSES: a key that is not disabled, and one under which the census has found a value.
    pub fn with_destroyed(&self, id: KeyId, census: &Census, now: u64) -> Result<Self, ChangeError> {
        let key = self.key(id)?;
        match key.state {
            KeyState::Disabled => {}
            state @ (KeyState::Pending | KeyState::Active | KeyState::DecryptOnly) => {
                let rule = "only a disabled key is destroyed";
                return Err(ChangeError::State { key: id, from: state.name(), rule });
            }
        }
        match census.counted.get(&id) {
            Some(0) | None => {}
            Some(count) => return Err(ChangeError::StillUsed { key: id, count: *count }),
        }
        let tombstone = Tombstone { id, destroyed: now, check: key.check };
        let mut next = self.next();
        next.keys.retain(|key| key.id != id);
        next.tombstones.push(tombstone);
        Ok(next)
    }

    fn with_state(&self, id: KeyId, state: KeyState) -> Self {
        let mut next = self.next();
        next.keys.iter_mut().filter(|key| key.id == id).for_each(|key| key.state = state);
        next
    }
}
