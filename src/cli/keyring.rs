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
use crate::crypto::unlock::{KdfCost, UnlockReference};
use crate::crypto::{Keyring, KeyringError, KeyringFile};

/// Which keyring, what opens it, and what its generation must be.
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
        let unlock = self.unlock.fetch(&mut Operator { new: false })?;
        let file = KeyringFile::open(&self.keyring, &unlock)?;
        self.generations.admit(file.keyring())?;
        Ok(file)
    }

    /// Makes it, with one active key made at `now` (seconds since 1970-01-01 UTC), and its root key
    /// if that is to be in a file and is not there.
    pub fn make(&self, now: u64) -> Result<KeyringFile, Failure> {
        let unlock = self.unlock.fetch_or_make(&mut Operator { new: true }, &mut fill_random)?;
        let keyring = Keyring::new(now, &mut fill_random).map_err(KeyringError::from)?;
        let file = KeyringFile::create(&self.keyring, keyring, &unlock, KdfCost::DEFAULT, &mut fill_random)?;
        self.settle(&file)?;
        Ok(file)
    }

    /// Applies a change durably; with `None` there is nothing to do.
    pub fn change(
        &self,
        file: &mut KeyringFile,
        change: impl FnOnce(&Keyring) -> Result<Option<Keyring>, ChangeError>,
    ) -> Result<(), Failure> {
        file.change_if(change)?;
        self.settle(file)
    }

    fn settle(&self, file: &KeyringFile) -> Result<(), Failure> {
        let generation = file.keyring().generation();
        // Written just now, on top of one that the operator may have accepted although it was older.
        let generations = Generations { accepted: Some(generation), ..self.generations.clone() };
        generations.admit(file.keyring())?;
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

/// Sets `keys.min_generation`, leaving everything else in the file as it is.
fn raise_min_generation(config: &Path, generation: u64) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(config)?;
    let mut document: toml_edit::DocumentMut = text.parse()?;
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
            KeyringError::Reference(_) | KeyringError::AgeRecipient(_) => Exit::Usage,
            KeyringError::Change(_) | KeyringError::Exists(_) => Exit::Failed,
            KeyringError::Missing(_)
            | KeyringError::Io { .. }
            | KeyringError::Permissions { .. }
            | KeyringError::Shape(_)
            | KeyringError::Damaged
            | KeyringError::Content(_)
            | KeyringError::WrongRootKey
            | KeyringError::WrongPassphrase
            | KeyringError::NoStanza(_)
            | KeyringError::Keeper { .. }
            | KeyringError::AgeIdentity(_)
            | KeyringError::NoText(_)
            | KeyringError::KdfBounds(_)
            | KeyringError::RootKeyText(_)
            | KeyringError::NotInEnvironment(_)
            | KeyringError::Older { .. }
            | KeyringError::Memory(_)
            | KeyringError::Randomness(_) => Exit::Keys,
        };
        Failure::new(exit, error)
    }
}
