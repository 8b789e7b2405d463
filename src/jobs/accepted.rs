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
    let file = match present(path, keyring) {
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

/// The file of the pin that the keyring remembers: where a crash came between, that beside its place.
fn present(path: &Path, keyring: &Keyring) -> io::Result<Vec<u8>> {
    let found = fs::read(path);
    let is_it =
        |file: &io::Result<Vec<u8>>, digest| file.as_ref().is_ok_and(|f| lockfile::digest(f) == digest);
    match keyring.pin_digest() {
        Some(digest) if !is_it(&found, *digest) => {
            let next = fs::read(beside(path, digest));
            if is_it(&next, *digest) { next } else { found }
        }
        Some(_) | None => found,
    }
}

/// Where a pin is until the keyring remembers it: a name of its own for each.
fn beside(path: &Path, digest: &[u8; 32]) -> PathBuf {
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    path.with_extension(format!("lock.{name}"))
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

/// Accepts a pin. ORDER: the file beside its place, the keyring, the file in its place: a crash at any
/// moment leaves a keyring that remembers a file which is there.
///
/// # Errors
/// If either cannot be written.
pub fn accept_pin(pin: &Pin, path: &Path, keyring: &mut KeyringFile) -> Result<(), AcceptedError> {
    let file = lockfile::seal(pin, |body| keyring.keyring().mac(MAC_LABEL, body));
    let digest = lockfile::digest(&file);
    let failed = |why| AcceptedError::Io { path: path.to_owned(), why };
    let next = beside(path, &digest);
    if let Err(why) = write(&next, &file) {
        // Half a file may fill the disk; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&next);
        return Err(failed(why));
    }
    if keyring.keyring().pin_digest() != Some(&digest) {
        keyring.change(|keyring| Ok(keyring.with_pin_digest(digest)))?;
    }
    fs::rename(&next, path).and_then(|()| sync_directory(path)).map_err(failed)
}

/// Records each deterministic domain with its padding: plain while its phase says so, else under the
/// key that is active now. Later only the domain's own move changes it.
///
/// # Errors
/// A domain that is recorded with another padding; a keyring that cannot be written.
pub fn record_domains(policy: &Policy, keyring: &mut KeyringFile) -> Result<(), AcceptedError> {
    for column in policy.columns.iter().filter(|c| c.seals() == Mode::Deterministic) {
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

/// File, fsync, fsync of the directory.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_directory(path)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
