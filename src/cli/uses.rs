//! How many values each key has sealed for clients, beyond the end of a process: a small file beside the
//! keyring, of all `serve` of this machine that read it.
//!
//! Holds key ids and numbers, and nothing secret. Jobs are not counted: what they seal is what is stored,
//! and a census counts that. What was sealed in the last [`INTERVAL`] before a process was killed is
//! missing, so the numbers are the least that can be.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::crypto::KeyId;
use crate::observe::metrics::Metrics;

/// Between two writings.
const INTERVAL: Duration = Duration::from_secs(60);

/// What the file holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Values by the key's id, 8 hex digits.
    sealed: BTreeMap<String, u64>,
}

/// Values that were sealed, by key.
#[derive(Clone, Debug, Default)]
pub struct Uses(BTreeMap<String, u64>);

impl Uses {
    /// What was counted for the keyring at `path`; nothing if there is no file.
    ///
    /// # Errors
    /// A file that cannot be read, or holds something else.
    pub fn beside(keyring: &Path) -> io::Result<Self> {
        match fs::read(path_beside(keyring, ".uses")) {
            Ok(bytes) => Ok(Uses(serde_json::from_slice::<Written>(&bytes)?.sealed)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Uses::default()),
            Err(error) => Err(error),
        }
    }

    /// Values sealed under `key`, at least.
    pub fn of(&self, key: KeyId) -> u64 {
        self.0.get(&key.to_string()).copied().unwrap_or(0)
    }
}

/// Adds what this process counts to the file.
pub struct Ledger {
    keyring: PathBuf,
    metrics: Arc<Metrics>,
    /// What of the process's own counts is in the file.
    settled: BTreeMap<u32, u64>,
    tried: Instant,
    complained: bool,
}

impl Ledger {
    /// For the keyring at this path.
    pub fn new(keyring: &Path, metrics: &Arc<Metrics>) -> Self {
        let (keyring, metrics) = (keyring.to_owned(), Arc::clone(metrics));
        Ledger { keyring, metrics, settled: BTreeMap::new(), tried: Instant::now(), complained: false }
    }

    /// Writes, if it is time.
    pub fn attend(&mut self) {
        if self.tried.elapsed() >= INTERVAL {
            self.settle();
        }
    }

    /// Writes now. What cannot be written (a keyring that is mounted read-only) is counted on in memory and
    /// by `pgveil_key_values_sealed_total`, and said once.
    pub fn settle(&mut self) {
        self.tried = Instant::now();
        let counted = self.metrics.uses();
        let more = |(key, values): (&u32, &u64)| {
            let more = values.saturating_sub(self.settled.get(key).copied().unwrap_or(0));
            Some((KeyId::new(*key)?, more)).filter(|(_, more)| *more > 0)
        };
        let more: Vec<(KeyId, u64)> = counted.iter().filter_map(more).collect();
        if more.is_empty() {
            return;
        }
        match add(&self.keyring, &more) {
            Ok(()) => self.settled = counted,
            Err(error) if !self.complained => {
                self.complained = true;
                tracing::warn!(%error, "how much the keys have sealed cannot be stored beside the keyring");
            }
            Err(_) => {}
        }
    }
}

/// Under a lock of its own: nobody who changes the keyring waits for it.
fn add(keyring: &Path, more: &[(KeyId, u64)]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    let lock = options.open(path_beside(keyring, ".uses.lock"))?;
    lock.lock()?;
    let mut uses = Uses::beside(keyring)?;
    for (key, values) in more {
        let sum = uses.0.entry(key.to_string()).or_default();
        *sum = sum.saturating_add(*values);
    }
    let (new, place) = (path_beside(keyring, ".uses.new"), path_beside(keyring, ".uses"));
    let mut file = options.truncate(true).open(&new)?;
    file.write_all(&serde_json::to_vec(&Written { sealed: uses.0 })?)?;
    file.sync_all()?;
    fs::rename(new, place)
}

fn path_beside(keyring: &Path, suffix: &str) -> PathBuf {
    let mut name = keyring.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
