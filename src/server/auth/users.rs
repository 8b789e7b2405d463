//! `users.toml`: who may connect. Verifiers and certificate names; no password can be read from it,
//! but guesses can be tried on it, so it is private.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::scram::{SALT_BYTES, Verifier, hmac};
use super::{NoRandomness, random};
use crate::secret::Secret;

/// What is wrong with a file of users or secrets. Never holds what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system.
    #[error("{}: {reason}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Its contents or its mode.
    #[error("{}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl StoreError {
    pub(super) fn wrong(path: &Path, message: impl Into<String>) -> StoreError {
        StoreError::Wrong { path: path.to_owned(), message: message.into() }
    }
}

/// One entry, as written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The role's name, on both sides.
    pub name: String,
    /// `SCRAM-SHA-256$…`; absent if the user has a certificate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verifier: Option<String>,
    /// Common names of client certificates that are this user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    user: Vec<Entry>,
}

/// The users, for look-up.
pub struct Users {
    by_name: HashMap<String, Entry>,
    /// Makes the salt of users who do not exist.
    mock_key: [u8; 32],
}

impl Users {
    /// Reads the file. REFUSES: verifiers that do not parse, names that come twice.
    pub fn load(path: &Path) -> Result<Users, StoreError> {
        let mut by_name = HashMap::new();
        for entry in (UsersFile { path: path.to_owned() }).entries()? {
            if entry.verifier.as_deref().is_some_and(|text| Verifier::parse(text).is_none()) {
                let message = format!("the verifier of user {:?} is no SCRAM-SHA-256 verifier", entry.name);
                return Err(StoreError::wrong(path, message));
            }
            if let Some(twice) = by_name.insert(entry.name.clone(), entry) {
                return Err(StoreError::wrong(path, format!("user {:?} stands there twice", twice.name)));
            }
        }
        // The same file must give the same salts, or asking twice would tell who exists.
        let mut material = Sha256::new();
        let sorted: BTreeMap<_, _> = by_name.iter().collect();
        for (name, entry) in sorted {
            material.update(name);
            material.update(entry.verifier.as_deref().unwrap_or_default());
        }
        Ok(Users { by_name, mock_key: material.finalize().into() })
    }

    /// The verifier of a user; of nobody, with a salt that is always the same for that name, if there
    /// is none, so that the exchange does not tell whether the user exists.
    pub fn verifier(&self, name: &str) -> Result<Verifier, NoRandomness> {
        let known = self.by_name.get(name).and_then(|entry| entry.verifier.as_deref());
        match known.and_then(Verifier::parse) {
            Some(verifier) => Ok(verifier),
            None => {
                let salt = hmac(&self.mock_key, &[b"salt of nobody", name.as_bytes()]);
                let salt = salt.get(..SALT_BYTES).unwrap_or(&salt);
                Ok(Verifier::of_nobody(salt, random()?))
            }
        }
    }

    /// Whether a certificate of this common name is this user.
    pub fn certificate_is(&self, common_name: &str, user: &str) -> bool {
        let entry = self.by_name.get(user);
        entry.is_some_and(|entry| entry.certificates.iter().any(|name| name == common_name))
    }
}

/// Changes to the file, each written at once.
pub struct UsersFile {
    /// The file.
    pub path: PathBuf,
}

impl UsersFile {
    /// All entries; none if there is no file.
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let Some(text) = read_private(&self.path)? else {
            return Ok(Vec::new());
        };
        let file: File = toml::from_str(text.expose())
            .map_err(|_| StoreError::wrong(&self.path, "is no list of [[user]] entries"))?;
        Ok(file.user)
    }

    /// Adds an entry, or puts it in the place of the one of that name.
    pub fn set(&self, entry: Entry) -> Result<(), StoreError> {
        let mut user = self.entries()?;
        user.retain(|existing| existing.name != entry.name);
        user.push(entry);
        self.write(File { user })
    }

    /// Removes an entry; false if there is none.
    pub fn remove(&self, name: &str) -> Result<bool, StoreError> {
        let mut user = self.entries()?;
        let before = user.len();
        user.retain(|existing| existing.name != name);
        let removed = user.len() < before;
        if removed {
            self.write(File { user })?;
        }
        Ok(removed)
    }

    fn write(&self, mut file: File) -> Result<(), StoreError> {
        file.user.sort_by(|a, b| a.name.cmp(&b.name));
        let text = toml::to_string(&file).map_err(|_| StoreError::wrong(&self.path, "cannot be written"))?;
        let text = format!("# Written by `pgveil users`. Verifiers only, but keep it private.\n\n{text}");
        write_private(&self.path, text.as_bytes())
    }
}

/// The text of a file that nobody else may read; `None` if there is no file.
pub fn read_private(path: &Path) -> Result<Option<Secret<String>>, StoreError> {
    let io = |reason| StoreError::Io { path: path.to_owned(), reason };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
        Ok(metadata) if metadata.mode() & 0o027 != 0 => {
            // REFUSES: verifiers and secrets that others can read, or a group can change.
            let message = "others may read or change it; chmod 600 it";
            return Err(StoreError::wrong(path, message));
        }
        Ok(_) => {}
    }
    Ok(Some(Secret::new(fs::read_to_string(path).map_err(io)?)))
}

/// Writes a file of mode 0600, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let io = |reason| StoreError::Io { path: path.to_owned(), reason };
    let beside = path.with_extension("new");
    // A file left behind by an interrupted run is of no use to anybody.
    let _ = fs::remove_file(&beside);
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io)?;
    fs::rename(&beside, path).map_err(io)?;
    match path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        Some(directory) => fs::File::open(directory).and_then(|d| d.sync_all()).map_err(io),
        None => Ok(()),
    }
}
