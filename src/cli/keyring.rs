//! The keyring of a configuration: opened, made and changed, for every verb that needs it.
//!
//! Every change raises `keys.min_generation` in the configuration, so that an older keyring put
//! back is noticed also on a machine that keeps no state. The state directory is systemd's
//! `$STATE_DIRECTORY`.

use std::path::{Path, PathBuf};

use super::prompt::Operator;
use super::{Exit, Failure};
use crate::config;
use crate::crypto::generations::Generations;
use crate::crypto::keyring::ChangeError;
use crate::crypto::nonces::fill_random;
use crate::crypto::recovery::ShareError;
use crate::crypto::unlock::{KdfCost, Unlock, UnlockReference};
use crate::crypto::{Keyring, KeyringError, KeyringFile};

/// Which keyring, what opens it, and what its generation must be.
#[derive(Clone)]
pub struct KeyringPlace {
    keyring: PathBuf,
    unlock: UnlockReference,
    generations: Generations,
    /// Whose `keys.min_generation` is raised.
    config: Option<PathBuf>,
}

impl KeyringPlace {
    /// The keyring of a configuration file.
    pub fn configured(config: &Path, accepted: Option<u64>) -> Result<Self, Failure> {
        let keys = config::load(config)?.keys.ok_or_else(|| {
            let file = config.display();
            Failure::said(Exit::Usage, format!("{file}: no [keys]; give --keyring and --unlock"))
        })?;
        let base = config.parent().unwrap_or(Path::new(""));
        let unlock = UnlockReference::parse(&keys.unlock, base)?;
        let generations = Generations { state_dir: state_dir(), min: keys.min_generation, accepted };
        Ok(KeyringPlace { keyring: keys.keyring, unlock, generations, config: Some(config.to_owned()) })
    }

    /// A keyring without a configuration; `unlock` is relative to the current directory.
    pub fn given(keyring: &Path, unlock: &str, accepted: Option<u64>) -> Result<Self, Failure> {
        let unlock = UnlockReference::parse(unlock, Path::new(""))?;
        let generations = Generations { state_dir: state_dir(), min: 0, accepted };
        Ok(KeyringPlace { keyring: keyring.to_owned(), unlock, generations, config: None })
    }

    /// Where the keyring is.
    pub fn path(&self) -> &Path {
        &self.keyring
    }

    /// Unlocks and opens it; an older generation than is known is refused.
    pub fn open(&self) -> Result<KeyringFile, Failure> {
        self.open_with(&self.unlock.fetch(&mut Operator { new: false })?)
    }

    /// As [`KeyringPlace::open`], with another secret than the configured one.
    pub fn open_with(&self, unlock: &Unlock) -> Result<KeyringFile, Failure> {
        let file = KeyringFile::open(&self.keyring, unlock)?;
        self.generations.admit(file.keyring())?;
        let place = self.clone();
        Ok(file.telling(Box::new(move |keyring| place.settle(keyring))))
    }

    /// What opens it, as configured, once more.
    pub fn unlock(&self) -> Result<Unlock, Failure> {
        Ok(self.unlock.fetch(&mut Operator { new: false })?)
    }

    /// Takes note of the generation of one that was read again.
    ///
    /// # Errors
    /// An older generation than is known.
    pub fn admit(&self, file: &KeyringFile) -> Result<(), Failure> {
        Ok(self.generations.admit(file.keyring())?)
    }

    /// Makes it, with one active key made at `now` (seconds since 1970-01-01 UTC), and its root key
    /// if that is to be in a file and is not there.
    pub fn make(&self, now: u64) -> Result<KeyringFile, Failure> {
        let unlock = self.unlock.fetch_or_make(&mut Operator { new: true }, &mut fill_random)?;
        let keyring = Keyring::new(now, &mut fill_random).map_err(KeyringError::from)?;
        let file = KeyringFile::create(&self.keyring, keyring, &unlock, KdfCost::DEFAULT, &mut fill_random)?;
        self.settle(file.keyring())?;
        Ok(file)
    }

    /// Applies a change durably; with `None` there is nothing to do.
    pub fn change(
        &self,
        file: &mut KeyringFile,
        change: impl FnOnce(&Keyring) -> Result<Option<Keyring>, ChangeError>,
    ) -> Result<(), Failure> {
        file.change_if(change)?;
        Ok(self.settle(file.keyring())?)
    }

    /// From now on an older generation is refused.
    fn settle(&self, keyring: &Keyring) -> Result<(), KeyringError> {
        let generation = keyring.generation();
        // Written just now, on top of one that the operator may have accepted although it was older.
        let generations = Generations { accepted: Some(generation), ..self.generations.clone() };
        generations.admit(keyring)?;
        self.raise(generation);
        Ok(())
    }

    /// The change itself is durable by now, so a configuration that cannot be written is a warning.
    fn raise(&self, generation: u64) {
        let Some(config) = &self.config else { return };
        if let Err(error) = raise_min_generation(config, generation) {
            let file = config.display();
            eprintln!("pgveil: {file}: set keys.min_generation = {generation} by hand: {error}");
        }
    }
}

/// A secret named on the command line; a path is relative to the current directory. A root-key file
/// that is not there is made.
pub fn another(reference: &str) -> Result<Unlock, Failure> {
    let reference = UnlockReference::parse(reference, Path::new(""))?;
    Ok(reference.fetch_or_make(&mut Operator { new: true }, &mut fill_random)?)
}

/// As [`another`], of what is there.
pub fn known(reference: &str) -> Result<Unlock, Failure> {
    let reference = UnlockReference::parse(reference, Path::new(""))?;
    Ok(reference.fetch(&mut Operator { new: false })?)
}

/// Sets `keys.min_generation`, leaving everything else in the file as it is.
fn raise_min_generation(config: &Path, generation: u64) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(config)?;
    let mut document: toml_edit::DocumentMut = text.parse()?;
    let known = document.get("keys").and_then(|keys| keys.get("min_generation"));
    if known.and_then(toml_edit::Item::as_integer) == Some(i64::try_from(generation)?) {
        return Ok(());
    }
    document["keys"]["min_generation"] = toml_edit::value(i64::try_from(generation)?);
    let mut temporary = config.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, document.to_string())?;
    std::fs::set_permissions(&temporary, std::fs::metadata(config)?.permissions())?;
    std::fs::File::open(&temporary)?.sync_all()?;
    std::fs::rename(&temporary, config)?;
    Ok(())
}

fn state_dir() -> Option<PathBuf> {
    std::env::var_os("STATE_DIRECTORY").map(PathBuf::from)
}

impl From<KeyringError> for Failure {
    fn from(error: KeyringError) -> Failure {
        let exit = match &error {
            KeyringError::Busy(_) => Exit::Locked,
            KeyringError::Reference(_)
            | KeyringError::AgeRecipient(_)
            | KeyringError::Share(ShareError::Bounds) => Exit::Usage,
            KeyringError::Change(_)
            | KeyringError::Exists(_)
            | KeyringError::NotWritten { .. }
            | KeyringError::NoSuchStanza(_)
            | KeyringError::LastStanza => Exit::Failed,
            KeyringError::Missing(_)
            | KeyringError::Io { .. }
            | KeyringError::Permissions { .. }
            | KeyringError::Shape(_)
            | KeyringError::Damaged
            | KeyringError::Content(_)
            | KeyringError::WrongRootKey
            | KeyringError::WrongPassphrase
            | KeyringError::NoStanza(_)
            | KeyringError::Rewrapped
            | KeyringError::StanzaNotGiven(_)
            | KeyringError::Share(_)
            | KeyringError::Keeper { .. }
            | KeyringError::AgeIdentity(_)
            | KeyringError::NoText(_)
            | KeyringError::KdfBounds(_)
            | KeyringError::RootKeyText(_)
            | KeyringError::NotInEnvironment(_)
            | KeyringError::NoCredentials(_)
            | KeyringError::Older { .. }
            | KeyringError::Memory(_)
            | KeyringError::Randomness(_) => Exit::Keys,
        };
        Failure::new(exit, error)
    }
}
