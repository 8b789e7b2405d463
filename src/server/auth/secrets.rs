//! The secrets with which we log in on the server, one per user and never a client's.
//!
//! [`UpstreamSecrets`] is the only type that knows where they lie: a file of mode 0600, or the
//! keyring.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::scram::{decode, encode, salted_password};
use super::scram_client::Pin;
use super::users::{StoreError, read_private, write_private};
use crate::crypto::{Keyring, KeyringFile};
use crate::secret::Secret;

/// A password stretched for one salt.
pub struct Salted(pub Secret<[u8; 32]>);

/// What we log in with as one user.
pub struct UpstreamSecret {
    /// The server-side password.
    pub password: Secret<String>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    pin: Option<Pin>,
    salted: Option<(Pin, Arc<Salted>)>,
}

impl UpstreamSecret {
    /// A secret; `pin` is what the server must ask with, if that is known already.
    pub fn new(password: Secret<String>, pin: Option<Pin>) -> UpstreamSecret {
        UpstreamSecret { password, known: Mutex::new(Known { pin, salted: None }) }
    }

    /// What the server must ask with.
    pub fn pinned(&self) -> Option<Pin> {
        self.known.lock().ok()?.pin.clone()
    }

    /// From now on the server must ask with this; the first one stays.
    pub fn pin(&self, pin: &Pin) {
        if let Ok(mut known) = self.known.lock() {
            known.pin.get_or_insert_with(|| pin.clone());
        }
    }

    /// The password stretched; once per salt and process.
    pub fn salted(&self, pin: &Pin) -> Arc<Salted> {
        let stretch = || Arc::new(Salted(salted_password(self.password.expose(), &pin.salt, pin.iterations)));
        let Ok(mut known) = self.known.lock() else {
            return stretch();
        };
        match &known.salted {
            Some((of, salted)) if of == pin => salted.clone(),
            Some(_) | None => {
                let salted = stretch();
                known.salted = Some((pin.clone(), salted.clone()));
                salted
            }
        }
    }
}

/// All of them.
#[derive(Default)]
pub struct UpstreamSecrets {
    by_user: BTreeMap<String, Arc<UpstreamSecret>>,
}

/// One entry of the file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    user: String,
    password: String,
    salt: Option<String>,
    iterations: Option<u32>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.password);
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    secret: Vec<Entry>,
}

impl UpstreamSecrets {
    /// From the file; none if there is no file. REFUSES: a file that others may read.
    pub fn load(path: &Path) -> Result<UpstreamSecrets, StoreError> {
        let file = read_file(path)?;
        let mut by_user = BTreeMap::new();
        for entry in &file.secret {
            let password = Secret::new(entry.password.clone());
            let pin = match (&entry.salt, entry.iterations) {
                (Some(salt), Some(iterations)) => {
                    let salt = decode(salt).ok_or_else(|| StoreError::wrong(path, "a salt is not base64"))?;
                    Some(Pin { salt, iterations })
                }
                (None, None) => None,
                (Some(_), None) | (None, Some(_)) => {
                    return Err(StoreError::wrong(path, "salt and iterations belong together"));
                }
            };
            by_user.insert(entry.user.clone(), Arc::new(UpstreamSecret::new(password, pin)));
        }
        Ok(UpstreamSecrets { by_user })
    }

    fn of_keyring(keyring: &Keyring) -> UpstreamSecrets {
        let entry = |name: &str| {
            let held = keyring.user(name)?;
            let password = String::from_utf8(held.secret.expose().clone()).ok()?;
            let pin =
                (held.iterations > 0).then(|| Pin { salt: held.salt.clone(), iterations: held.iterations });
            let secret = UpstreamSecret::new(Secret::new(password), pin);
            Some((name.to_owned(), Arc::new(secret)))
        };
        UpstreamSecrets { by_user: keyring.users().filter_map(entry).collect() }
    }

    /// Of one user.
    pub fn get(&self, user: &str) -> Option<Arc<UpstreamSecret>> {
        self.by_user.get(user).cloned()
    }
}

/// Where they lie.
pub enum SecretsPlace {
    /// No user has one (`relay`).
    Nowhere,
    /// A file of mode 0600.
    File(PathBuf),
    /// The keyring, open.
    Keyring(Arc<Mutex<KeyringFile>>),
}

impl SecretsPlace {
    /// Reads them, again if they were read before.
    pub fn read(&self) -> Result<UpstreamSecrets, StoreError> {
        match self {
            SecretsPlace::Nowhere => Ok(UpstreamSecrets::default()),
            SecretsPlace::File(path) => UpstreamSecrets::load(path),
            SecretsPlace::Keyring(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let path = file.path().to_owned();
                let keyring = file.reload().map_err(|error| StoreError::wrong(&path, error.to_string()))?;
                Ok(UpstreamSecrets::of_keyring(keyring))
            }
        }
    }
}

/// Changes to the file, each written at once.
pub struct SecretsFile {
    /// The file.
    pub path: PathBuf,
}

impl SecretsFile {
    /// Sets a user's secret.
    pub fn set(&self, user: &str, password: &Secret<String>, pin: Option<&Pin>) -> Result<(), StoreError> {
        let mut file = read_file(&self.path)?;
        file.secret.retain(|entry| entry.user != user);
        file.secret.push(Entry {
            user: user.to_owned(),
            password: password.expose().clone(),
            salt: pin.map(|pin| encode(&pin.salt)),
            iterations: pin.map(|pin| pin.iterations),
        });
        self.write(&file)
    }

    /// Whose secrets it holds.
    pub fn users(&self) -> Result<Vec<String>, StoreError> {
        Ok(read_file(&self.path)?.secret.iter().map(|entry| entry.user.clone()).collect())
    }

    /// Removes a user's secret.
    pub fn remove(&self, user: &str) -> Result<(), StoreError> {
        let mut file = read_file(&self.path)?;
        file.secret.retain(|entry| entry.user != user);
        self.write(&file)
    }

    fn write(&self, file: &File) -> Result<(), StoreError> {
        let text = toml::to_string(file).map_err(|_| StoreError::wrong(&self.path, "cannot be written"))?;
        let text = Secret::new(format!("# Written by `pgveil users`. Keep it private.\n\n{text}"));
        write_private(&self.path, text.expose().as_bytes())
    }
}

fn read_file(path: &Path) -> Result<File, StoreError> {
    let Some(text) = read_private(path)? else {
        return Ok(File::default());
    };
    // The fault's text could quote the file, so only its place is told.
    toml::from_str(text.expose()).map_err(|_| StoreError::wrong(path, "is no list of [[secret]] entries"))
}
