//! A keyring file on disk: opened, changed and written so that a crash at any moment leaves either
//! the old or the new generation, whole.
//!
//! Knows paths and the order of system calls. Does not know the format ([`super::keyfile`]).

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::disk::{Disk, RealDisk};
use super::error::KeyringError;
use super::keyfile::{self, MAX_FILE, Parts};
use super::keyring::{ChangeError, Draw, Keyring};
use super::locked::{LockedKey, Region};
use super::nonces::fill_random;
use super::recovery;
use super::unlock::{self, KdfCost, Kind, Stanza, Unlock};

/// How long a change waits while another process makes one. That takes milliseconds; `serve` makes one for
/// every definition of its clients that touches a protected table.
const PATIENCE: Duration = Duration::from_secs(3);
/// The kernel's lock has no waiting with an end: it is asked for again.
const TRY_AGAIN: Duration = Duration::from_millis(5);

/// An opened keyring file: the keyring, and what is needed to write its next generation.
pub struct KeyringFile {
    path: PathBuf,
    region: Arc<Region>,
    file_key: LockedKey,
    stanzas: Vec<Stanza>,
    keyring: Arc<Keyring>,
    disk: Arc<dyn Disk>,
    after: Option<AfterChange>,
    patience: Duration,
}

/// Told of every generation that has become durable, whoever asked for it.
pub type AfterChange = Box<dyn Fn(&Keyring) -> Result<(), KeyringError> + Send + Sync>;

impl KeyringFile {
    /// Writes a new file for `keyring`, to be opened by `unlock`; never overwrites one.
    pub fn create(
        path: &Path,
        keyring: Keyring,
        unlock: &Unlock,
        cost: KdfCost,
        draw: Draw<'_>,
    ) -> Result<Self, KeyringError> {
        let _lock = WriteLock::take(path, PATIENCE)?;
        if path.try_exists().map_err(|source| failed(path, "look for", source))? {
            return Err(KeyringError::Exists(path.to_owned()));
        }
        let region = Arc::clone(&keyring.region);
        let file_key = region.store(|slot| draw(slot).map_err(KeyringError::from))?;
        let stanzas = vec![unlock::wrap(keyring.realm(), &file_key, unlock, cost, draw)?];
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let file = KeyringFile {
            path: path.to_owned(),
            region,
            file_key,
            stanzas,
            keyring: Arc::new(keyring),
            disk,
            after: None,
            patience: PATIENCE,
        };
        file.replace(&file.keyring, &file.stanzas, &file.file_key, draw)?;
        Ok(file)
    }

    /// Opens the file at `path`, which must be for its owner alone.
    pub fn open(path: &Path, unlock: &Unlock) -> Result<Self, KeyringError> {
        let bytes = read_private(path, MAX_FILE)?;
        let parts = Parts::cut(&bytes)?;
        let region = Region::new()?;
        let file_key = unlock::unwrap(&parts.realm, &parts.stanzas, unlock, &region)?;
        let keyring = Arc::new(parts.open(&file_key, &region)?);
        let (path, disk) = (path.to_owned(), Arc::new(RealDisk));
        let (after, patience) = (None, PATIENCE);
        Ok(KeyringFile { path, region, file_key, stanzas: parts.stanzas, keyring, disk, after, patience })
    }

    /// Writes to another disk from now on.
    pub fn on_disk(self, disk: Arc<dyn Disk>) -> Self {
        KeyringFile { disk, ..self }
    }

    /// Tells `after` of every change from now on.
    pub fn telling(self, after: AfterChange) -> Self {
        KeyringFile { after: Some(after), ..self }
    }

    /// The generation that was read or written last.
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What opens it.
    pub fn stanzas(&self) -> &[Stanza] {
        &self.stanzas
    }

    /// Reads the file again, as another process may have written a newer generation.
    ///
    /// # Errors
    /// REFUSES: an older generation than the one in memory, or another realm. After
    /// [`KeyringFile::rotate_root`] by another process: [`KeyringError::Rewrapped`].
    pub fn reload(&mut self) -> Result<&Arc<Keyring>, KeyringError> {
        if let Some((newer, stanzas)) = self.newer()? {
            self.stanzas = stanzas;
            self.keyring = Arc::new(newer);
        }
        Ok(&self.keyring)
    }

    /// What the file holds now, without taking it over.
    ///
    /// # Errors
    /// As [`KeyringFile::reload`].
    pub fn newest(&self) -> Result<Arc<Keyring>, KeyringError> {
        Ok(self.newer()?.map_or_else(|| Arc::clone(&self.keyring), |(newer, _)| Arc::new(newer)))
    }

    /// A generation after the one that is loaded, if the file has one.
    fn newer(&self) -> Result<Option<(Keyring, Vec<Stanza>)>, KeyringError> {
        let bytes = read_private(&self.path, MAX_FILE)?;
        let parts = Parts::cut(&bytes)?;
        if parts.realm != *self.keyring.realm() {
            return Err(KeyringError::Content("another realm than before"));
        }
        let same =
            |known: &[Stanza]| parts.stanzas.iter().any(|new| known.iter().any(|old| old.body == new.body));
        let newer = match parts.open(&self.file_key, &self.region) {
            Err(KeyringError::Damaged) if !same(&self.stanzas) => return Err(KeyringError::Rewrapped),
            opened => opened?,
        };
        let (found, known) = (newer.generation(), self.keyring.generation());
        if found < known {
            return Err(KeyringError::Older { found, known });
        }
        Ok((found > known).then_some((newer, parts.stanzas)))
    }

    /// A change finds another under way at once, and waits for none: for who has clients that wait.
    pub fn waits_for_nobody(&mut self) {
        self.patience = Duration::ZERO;
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
        let _lock = WriteLock::take(&self.path, self.patience)?;
        self.reload()?;
        if let Some(next) = change(&self.keyring)? {
            self.replace(&next, &self.stanzas, &self.file_key, &mut fill_random)?;
            self.keyring = Arc::new(next);
            self.tell()?;
        }
        Ok(&self.keyring)
    }

    /// One more way to open it. The file key stays, and so do all keys.
    pub fn add_stanza(&mut self, unlock: &Unlock, cost: KdfCost, draw: Draw<'_>) -> Result<(), KeyringError> {
        let _lock = WriteLock::take(&self.path, self.patience)?;
        self.reload()?;
        let mut stanzas = self.stanzas.clone();
        stanzas.push(unlock::wrap(self.keyring.realm(), &self.file_key, unlock, cost, draw)?);
        self.rewrap(stanzas, draw)
    }

    /// One way less to open it; `index` is as in [`KeyringFile::stanzas`]. Who has kept an older file
    /// and its secret still knows the file key: see [`KeyringFile::rotate_root`].
    ///
    /// # Errors
    /// REFUSES: the last one, and an index that there is not; another process' change in between.
    pub fn remove_stanza(&mut self, index: usize, draw: Draw<'_>) -> Result<(), KeyringError> {
        let _lock = WriteLock::take(&self.path, self.patience)?;
        let seen = self.keyring.generation();
        if self.reload()?.generation() != seen {
            return Err(KeyringError::Busy(self.path.clone()));
        }
        let mut stanzas = self.stanzas.clone();
        if index >= stanzas.len() {
            return Err(KeyringError::NoSuchStanza(index + 1));
        }
        if stanzas.len() == 1 {
            return Err(KeyringError::LastStanza);
        }
        stanzas.remove(index);
        self.rewrap(stanzas, draw)
    }

    /// A new file key. Every stanza is made anew: with the one of `unlocks` that opens it, or,
    /// for an age recipient or a recovery key, with its public half.
    ///
    /// # Errors
    /// REFUSES: to leave a stanza behind whose secret is not at hand.
    pub fn rotate_root(
        &mut self,
        unlocks: &[Unlock],
        cost: KdfCost,
        draw: Draw<'_>,
    ) -> Result<(), KeyringError> {
        let _lock = WriteLock::take(&self.path, self.patience)?;
        self.reload()?;
        let realm = *self.keyring.realm();
        let file_key = self.region.store(|slot| draw(slot).map_err(KeyringError::from))?;
        let mut stanzas = Vec::with_capacity(self.stanzas.len());
        for stanza in &self.stanzas {
            let opens = |unlock: &&Unlock| {
                let opened = unlock::opened(&realm, stanza, unlock, &self.region);
                opened.is_ok_and(|key| key.is_some_and(|key| key.expose() == self.file_key.expose()))
            };
            stanzas.push(match (unlocks.iter().find(opens), Kind::of(stanza.kind)) {
                (Some(unlock), _) => unlock::wrap(&realm, &file_key, unlock, cost, draw)?,
                (None, Some(Kind::Age | Kind::Recovery)) => {
                    unlock::wrap(&realm, &file_key, &recovery::wrapper(stanza)?, cost, draw)?
                }
                (None, Some(Kind::Root | Kind::Passphrase | Kind::Pkcs11 | Kind::Vault) | None) => {
                    return Err(KeyringError::StanzaNotGiven(stanza.label()));
                }
            });
        }
        let next = self.keyring.next();
        self.replace(&next, &stanzas, &file_key, draw)?;
        (self.keyring, self.stanzas, self.file_key) = (Arc::new(next), stanzas, file_key);
        self.tell()
    }

    fn rewrap(&mut self, stanzas: Vec<Stanza>, draw: Draw<'_>) -> Result<(), KeyringError> {
        let next = self.keyring.next();
        self.replace(&next, &stanzas, &self.file_key, draw)?;
        (self.keyring, self.stanzas) = (Arc::new(next), stanzas);
        self.tell()
    }

    fn tell(&self) -> Result<(), KeyringError> {
        self.after.as_ref().map_or(Ok(()), |after| after(&self.keyring))
    }

    /// ORDER: temporary file, fsync, read back and opened, rename, fsync of the directory. Nothing
    /// is sealed under a key that could be lost.
    fn replace(
        &self,
        next: &Keyring,
        stanzas: &[Stanza],
        file_key: &LockedKey,
        draw: Draw<'_>,
    ) -> Result<(), KeyringError> {
        let bytes = keyfile::write(next, stanzas, file_key, draw)?;
        let temporary = beside(&self.path, ".new");
        let unwritten = |source| KeyringError::NotWritten { path: self.path.clone(), source };
        let disk = &self.disk;
        disk.remove(&temporary).map_err(unwritten)?;
        let written = disk.create(&temporary, &bytes).and_then(|()| disk.sync(&temporary));
        if let Err(error) = written {
            // Half a file may fill the disk; that it cannot be removed changes nothing.
            let _ = disk.remove(&temporary);
            return Err(unwritten(error));
        }
        let back = read_private(&temporary, MAX_FILE)?;
        let reopened = Parts::cut(&back)?.open(file_key, &self.region)?;
        if back != bytes || reopened.generation() != next.generation() {
            return Err(KeyringError::Damaged);
        }
        disk.rename(&temporary, &self.path).map_err(unwritten)?;
        disk.sync_directory(directory_of(&self.path)).map_err(unwritten)
    }
}

/// Held while a keyring is being changed; given back when the process ends, however it ends.
struct WriteLock {
    held: File,
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child that is just being started and has not
        // closed its copy yet. An error leaves it to the end of the process.
        let _ = self.held.unlock();
    }
}

impl WriteLock {
    fn take(keyring: &Path, patience: Duration) -> Result<Self, KeyringError> {
        let path = beside(keyring, ".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file = options.open(&path).map_err(|source| failed(&path, "open", source))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(WriteLock { held: file }),
                Err(fs::TryLockError::WouldBlock) if begun.elapsed() < patience => thread::sleep(TRY_AGAIN),
                Err(fs::TryLockError::WouldBlock) => return Err(KeyringError::Busy(keyring.to_owned())),
                Err(fs::TryLockError::Error(source)) => return Err(failed(&path, "lock", source)),
            }
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
    // REFUSES: a file that others may read or write.
    if !is_ours_alone(&metadata).map_err(|source| failed(path, "tell who may read", source))? {
        let mode = metadata.permissions().mode() & 0o7777;
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

/// Whether a file of this mode and owner is for `reader` alone. A file of root's that somebody else reads
/// may be readable by its group, which is how he reads it: systemd hands out credentials so, and Kubernetes
/// the secrets of a pod with `fsGroup`. The rule is PostgreSQL's own for private keys (manual, 34.19.1
/// and 19.9.1).
pub fn is_private(mode: u32, owner: u32, reader: u32) -> bool {
    let barred = if owner == 0 && reader != 0 { 0o037 } else { 0o077 };
    mode & barred == 0
}

/// Whether a file is for this process alone, by [`is_private`].
pub fn is_ours_alone(file: &Metadata) -> io::Result<bool> {
    let mode = file.permissions().mode();
    // What not even root may leave to a group is nobody else's, whoever asks.
    Ok(is_private(mode, file.uid(), 0) || is_private(mode, file.uid(), own_user()?))
}

/// The user that files are opened as: who owns the directory of this process in /proc.
fn own_user() -> io::Result<u32> {
    Ok(fs::metadata("/proc/self")?.uid())
}

/// Writes a new file of mode 0600, durably. One that is left over from a crash is replaced.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let disk = RealDisk;
    let written = disk.remove(path).and_then(|()| disk.create(path, bytes)).and_then(|()| disk.sync(path));
    written.map_err(|source| KeyringError::NotWritten { path: path.to_owned(), source })
}

/// Makes the entry of `path` in its directory durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), KeyringError> {
    let synced = RealDisk.sync_directory(directory_of(path));
    synced.map_err(|source| KeyringError::NotWritten { path: path.to_owned(), source })
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn failed(path: &Path, doing: &'static str, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), doing, source }
}
