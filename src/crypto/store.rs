//! A keyring file on disk: opened, changed and written so that a crash at any moment leaves either
//! the old or the new generation, whole.
//!
//! Knows paths and the order of system calls. Does not know the format ([`super::keyfile`]).

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::KeyringError;
use super::keyfile::{self, MAX_FILE, Parts};
use super::keyring::{ChangeError, Draw, Keyring};
use super::locked::{LockedKey, Region};
use super::nonces::fill_random;
use super::unlock::{self, KdfCost, Stanza, Unlock};

/// An opened keyring file: the keyring, and what is needed to write its next generation.
pub struct KeyringFile {
    path: PathBuf,
    region: Arc<Region>,
    file_key: LockedKey,
    stanzas: Vec<Stanza>,
    keyring: Arc<Keyring>,
}

impl KeyringFile {
    /// Writes a new file for `keyring`, to be opened by `unlock`; never overwrites one.
    pub fn create(
        path: &Path,
        keyring: Keyring,
        unlock: &Unlock,
        cost: KdfCost,
        draw: Draw<'_>,
    ) -> Result<Self, KeyringError> {
        let _lock = WriteLock::take(path)?;
        if path.try_exists().map_err(|source| failed(path, "look for", source))? {
            return Err(KeyringError::Exists(path.to_owned()));
        }
        let region = Arc::clone(&keyring.region);
        let file_key = region.store(|slot| draw(slot).map_err(KeyringError::from))?;
        let stanzas = vec![unlock::wrap(keyring.realm(), &file_key, unlock, cost, draw)?];
        let keyring = Arc::new(keyring);
        let mut file = KeyringFile { path: path.to_owned(), region, file_key, stanzas, keyring };
        let first = Arc::clone(&file.keyring);
        file.write(&first, draw)?;
        Ok(file)
    }

    /// Opens the file at `path`, which must be for its owner alone.
    pub fn open(path: &Path, unlock: &Unlock) -> Result<Self, KeyringError> {
        let bytes = read_private(path, MAX_FILE)?;
        let parts = Parts::cut(&bytes)?;
        let region = Region::new()?;
        let file_key = unlock::unwrap(&parts.realm, &parts.stanzas, unlock, &region)?;
        let keyring = Arc::new(parts.open(&file_key, &region)?);
        Ok(KeyringFile { path: path.to_owned(), region, file_key, stanzas: parts.stanzas, keyring })
    }

    /// The generation that was read or written last.
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file again, as another process may have written a newer generation.
    // REFUSES: an older generation than the one in memory, or another realm.
    pub fn reload(&mut self) -> Result<&Arc<Keyring>, KeyringError> {
        let bytes = read_private(&self.path, MAX_FILE)?;
        let parts = Parts::cut(&bytes)?;
        if parts.realm != *self.keyring.realm() {
            return Err(KeyringError::Content("another realm than before"));
        }
        let newer = parts.open(&self.file_key, &self.region)?;
        let (found, known) = (newer.generation(), self.keyring.generation());
        if found < known {
            return Err(KeyringError::Older { found, known });
        }
        if found > known {
            self.stanzas = parts.stanzas;
            self.keyring = Arc::new(newer);
        }
        Ok(&self.keyring)
    }

    /// Applies `change` to the newest generation and makes the result durable before it is given
    /// out. Only one process at a time may do so.
    pub fn change(
        &mut self,
        change: impl FnOnce(&Keyring) -> Result<Keyring, ChangeError>,
    ) -> Result<&Arc<Keyring>, KeyringError> {
        self.change_if(|keyring| change(keyring).map(Some))
    }

    /// As [`KeyringFile::change`]; with `None` from `change` there is nothing to do.
    pub fn change_if(
        &mut self,
        change: impl FnOnce(&Keyring) -> Result<Option<Keyring>, ChangeError>,
    ) -> Result<&Arc<Keyring>, KeyringError> {
        let _lock = WriteLock::take(&self.path)?;
        self.reload()?;
        if let Some(next) = change(&self.keyring)? {
            self.write(&Arc::new(next), &mut fill_random)?;
        }
        Ok(&self.keyring)
    }

    /// ORDER: temporary file, fsync, read back and opened, rename, fsync of the directory. Nothing
    /// is sealed under a key that could be lost.
    fn write(&mut self, next: &Arc<Keyring>, draw: Draw<'_>) -> Result<(), KeyringError> {
        let bytes = keyfile::write(next, &self.stanzas, &self.file_key, draw)?;
        let temporary = beside(&self.path, ".new");
        write_private(&temporary, &bytes)?;
        let back = read_private(&temporary, MAX_FILE)?;
        let reopened = Parts::cut(&back)?.open(&self.file_key, &self.region)?;
        if back != bytes || reopened.generation() != next.generation() {
            return Err(KeyringError::Damaged);
        }
        fs::rename(&temporary, &self.path).map_err(|source| failed(&self.path, "replace", source))?;
        sync_directory(&self.path)?;
        self.keyring = Arc::clone(next);
        Ok(())
    }
}

/// Held while a keyring is being changed; given back when the process ends, however it ends.
struct WriteLock {
    _held: File,
}

impl WriteLock {
    fn take(keyring: &Path) -> Result<Self, KeyringError> {
        let path = beside(keyring, ".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file = options.open(&path).map_err(|source| failed(&path, "open", source))?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _held: file }),
            Err(fs::TryLockError::WouldBlock) => Err(KeyringError::Busy(keyring.to_owned())),
            Err(fs::TryLockError::Error(source)) => Err(failed(&path, "lock", source)),
        }
    }
}

/// Reads a file that only its owner may read, of at most `limit` bytes.
pub fn read_private(path: &Path, limit: usize) -> Result<Vec<u8>, KeyringError> {
    let file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeyringError::Missing(path.to_owned()),
        _ => failed(path, "open", source),
    })?;
    let metadata = file.metadata().map_err(|source| failed(path, "inspect", source))?;
    let mode = metadata.permissions().mode() & 0o7777;
    // REFUSES: a file that group or others may read or write.
    if mode & 0o077 != 0 {
        return Err(KeyringError::Permissions { path: path.to_owned(), mode });
    }
    // Room for all of it at once, so that no copy of a secret stays behind.
    let expected = usize::try_from(metadata.len()).unwrap_or(limit).min(limit) + 1;
    let mut bytes = Vec::with_capacity(expected);
    let read = file.take(limit as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|source| failed(path, "read", source))?;
    match bytes.len() > limit {
        true => Err(KeyringError::Shape("too long")),
        false => Ok(bytes),
    }
}

/// Writes a new file of mode 0600, durably. One that is left over from a crash is replaced.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(source) if source.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(failed(path, "replace", source)),
    }
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    written().map_err(|source| failed(path, "write", source))
}

/// Makes the entry of `path` in its directory durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), KeyringError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(|source| failed(directory, "sync", source))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn failed(path: &Path, doing: &'static str, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), doing, source }
}
