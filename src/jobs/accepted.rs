//! What the operator has accepted: the policy and the pinned shape, remembered by the keyring.
//!
//! Knows the pin's file and the keyring. The keyring holds the digest of both, so that neither can be
//! put back to an older state, and authenticates the file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::catalog::lockfile::{self, LockError, MAC_LABEL};
use crate::catalog::pin::Pin;
use crate::crypto::keyring::ChangeError;
use crate::crypto::{Keyring, KeyringError, KeyringFile};
use crate::policy::canonical;
use crate::policy::model::{Mode, Phase, Policy, Tags};
use crate::protect::padding_of;
use crate::values::Converter;

/// Why policy or pin are not taken as accepted. Each ends `serve` with exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum AcceptedError {
    /// No policy was ever accepted, or another one.
    #[error("the policy is not the one that was accepted: look at it, then run `pgveil policy accept`")]
    Policy,
    /// The file is gone, though a shape was accepted.
    #[error("{path} is missing, though a catalog was accepted: restore it, or run `pgveil catalog accept`")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Authentic, but not what was accepted last.
    #[error("{path} is not the catalog that was accepted last: restore it, or run `pgveil catalog accept`")]
    Older {
        /// Where it is.
        path: PathBuf,
    },
    /// Not authentic or not readable.
    #[error("{path}: {why}")]
    Lock {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        why: LockError,
    },
    /// The file system.
    #[error("{path}: {why}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What happened.
        why: io::Error,
    },
    /// The keyring cannot be changed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

/// The pin's place: beside the configuration.
pub fn pin_path(config: &Path) -> PathBuf {
    config.with_file_name("pgveil.lock")
}

/// REFUSES: a policy that was not accepted.
///
/// # Errors
/// [`AcceptedError::Policy`].
pub fn policy(tags: &Tags, keyring: &Keyring) -> Result<(), AcceptedError> {
    let accepted = keyring.policy_digest() == Some(&canonical::digest(tags));
    accepted.then_some(()).ok_or(AcceptedError::Policy)
}

/// The accepted pin; the empty one if none was ever accepted.
///
/// # Errors
/// REFUSES: a file that is missing, changed, or older than what the keyring remembers.
pub fn pin(path: &Path, keyring: &Keyring) -> Result<Pin, AcceptedError> {
    let at = || path.to_owned();
    let file = match fs::read(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            return match keyring.pin_digest() {
                None => Ok(Pin::empty()),
                Some(_) => Err(AcceptedError::Missing { path: at() }),
            };
        }
        Err(why) => return Err(AcceptedError::Io { path: at(), why }),
    };
    let verify = |body: &[u8], mac: &[u8; 32]| keyring.verify_mac(MAC_LABEL, body, mac);
    let pin = lockfile::open(&file, verify).map_err(|why| AcceptedError::Lock { path: at(), why })?;
    match keyring.pin_digest() {
        Some(digest) if *digest == lockfile::digest(&file) => Ok(pin),
        Some(_) | None => Err(AcceptedError::Older { path: at() }),
    }
}

/// Accepts a policy.
///
/// # Errors
/// If the keyring cannot be written.
pub fn accept_policy(tags: &Tags, keyring: &mut KeyringFile) -> Result<(), AcceptedError> {
    let digest = canonical::digest(tags);
    if keyring.keyring().policy_digest() != Some(&digest) {
        keyring.change(|keyring| Ok(keyring.with_policy_digest(digest)))?;
    }
    Ok(())
}

/// Accepts a pin. ORDER: the file, then the keyring: a crash between leaves a file that is not
/// believed, never one that was not accepted.
///
/// # Errors
/// If either cannot be written.
pub fn accept_pin(pin: &Pin, path: &Path, keyring: &mut KeyringFile) -> Result<(), AcceptedError> {
    let file = lockfile::seal(pin, |body| keyring.keyring().mac(MAC_LABEL, body));
    let digest = lockfile::digest(&file);
    write(path, &file).map_err(|why| AcceptedError::Io { path: path.to_owned(), why })?;
    if keyring.keyring().pin_digest() != Some(&digest) {
        keyring.change(|keyring| Ok(keyring.with_pin_digest(digest)))?;
    }
    Ok(())
}

/// Records each deterministic domain with its padding: plain while its phase says so, else under the
/// key that is active now. Later only the domain's own move changes it.
///
/// # Errors
/// A domain that is recorded with another padding; a keyring that cannot be written.
pub fn record_domains(policy: &Policy, keyring: &mut KeyringFile) -> Result<(), AcceptedError> {
    for column in policy.columns.iter().filter(|c| c.mode == Mode::Deterministic) {
        // A type that cannot be deterministic closes its table; there is nothing to record.
        let Ok(converter) = Converter::for_type(&column.logical, true) else { continue };
        let padding = padding_of(column, &converter);
        let recorded = keyring.keyring().domain(&column.domain);
        if recorded.is_none_or(|domain| domain.padding != padding) {
            keyring.change(|keyring| {
                let next = match column.phase {
                    // Stored plain until the whole domain moves (docs/format.md, section 4).
                    Phase::Plain | Phase::Encrypting if !column.online => {
                        keyring.with_plain_domain(&column.domain, padding)?
                    }
                    Phase::Plain | Phase::Encrypting | Phase::Encrypted | Phase::Decrypting => {
                        keyring.with_domain(&column.domain, padding)?
                    }
                };
                next.map_or_else(|| Err(ChangeError::DomainPadding(column.domain.clone())), Ok)
            })?;
        }
    }
    Ok(())
}

/// Temporary file, fsync, rename, fsync of the directory.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("lock.new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
