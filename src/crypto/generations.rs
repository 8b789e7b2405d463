//! The highest generation of a keyring that this machine has seen, so that an older file put back
//! in its place is noticed (docs/format.md, section 3).
//!
//! Knows one number per realm in the state directory. A machine without one relies on
//! `keys.min_generation` of the configuration, which every change raises.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::KeyringError;
use super::keyring::Keyring;
use super::store::{beside, failed, read_private, sync_directory, write_private};

/// What the operator demands of a keyring's generation.
#[derive(Clone, Debug, Default)]
pub struct Generations {
    /// Where the highest is remembered; `None` in a container.
    pub state_dir: Option<PathBuf>,
    /// `keys.min_generation`.
    pub min: u64,
    /// `--accept-generation`: the operator's word that this older one is meant.
    pub accepted: Option<u64>,
}

impl Generations {
    /// Admits `keyring` and remembers its generation.
    pub fn admit(&self, keyring: &Keyring) -> Result<(), KeyringError> {
        let found = keyring.generation();
        let state = self.state_dir.as_ref().map(|dir| dir.join(state_name(keyring)));
        let seen = state.as_deref().map_or(Ok(None), read_seen)?;
        let known = self.min.max(seen.unwrap_or(0));
        // REFUSES: an older generation, unless it is the one that the operator named.
        if found < known && self.accepted != Some(found) {
            return Err(KeyringError::Older { found, known });
        }
        match state {
            Some(state) if seen != Some(found) => remember(&state, found),
            Some(_) | None => Ok(()),
        }
    }
}

fn state_name(keyring: &Keyring) -> String {
    let hex: String = keyring.realm().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.generation")
}

fn read_seen(state: &Path) -> Result<Option<u64>, KeyringError> {
    match read_private(state, 64) {
        Ok(bytes) => {
            let number = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim_end().parse().ok());
            number.map(Some).ok_or(KeyringError::Content("the remembered generation is no number"))
        }
        Err(KeyringError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn remember(state: &Path, generation: u64) -> Result<(), KeyringError> {
    let temporary = beside(state, ".new");
    write_private(&temporary, format!("{generation}\n").as_bytes())?;
    fs::rename(&temporary, state).map_err(|source| failed(state, "replace", source))?;
    sync_directory(state)
}
