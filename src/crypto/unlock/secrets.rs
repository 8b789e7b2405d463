//! Where a small secret lies: a private file, an environment variable, a credential of systemd.
//!
//! `env:NAME` also takes the file that `NAME_FILE` names, as containers do. Knows nothing of what
//! the secret is for.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::crypto::error::KeyringError;
use crate::crypto::store::read_private;
use crate::secret::Secret;

/// Longest text that is read as a secret, in bytes.
const MAX_SECRET_TEXT: usize = 4096;

/// A place of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// `file:PATH`, mode 0600 or 0400.
    File(PathBuf),
    /// `env:NAME`, or the file that `NAME_FILE` names.
    Env(String),
    /// `credential:NAME`: the file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec(5),
    /// LoadCredential=).
    Credential(String),
}

impl SecretPlace {
    /// Parses a place; a relative path is relative to `base`. `None`: it is none.
    pub fn parse(text: &str, base: &Path) -> Option<Self> {
        match text.split_once(':')? {
            ("file", path) if !path.is_empty() => Some(Self::File(base.join(path))),
            ("env", name) if !name.is_empty() => Some(Self::Env(name.to_owned())),
            ("credential", name) if is_file_name(name) => Some(Self::Credential(name.to_owned())),
            _ => None,
        }
    }

    /// Where it is, for a message.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Env(name) | Self::Credential(name) => name.clone(),
        }
    }

    /// Reads it, as it stands there.
    pub fn read(&self) -> Result<Secret<Vec<u8>>, KeyringError> {
        match self {
            Self::File(path) => Ok(Secret::new(read_private(path, MAX_SECRET_TEXT)?)),
            Self::Env(name) => match (std::env::var(name), std::env::var_os(format!("{name}_FILE"))) {
                (Ok(text), _) => Ok(Secret::new(Zeroizing::new(text).as_bytes().to_vec())),
                (Err(_), Some(path)) => Ok(Secret::new(read_private(Path::new(&path), MAX_SECRET_TEXT)?)),
                (Err(_), None) => Err(KeyringError::NotInEnvironment(name.clone())),
            },
            Self::Credential(name) => {
                let directory = std::env::var_os("CREDENTIALS_DIRECTORY");
                let missing = || KeyringError::NoCredentials(name.clone());
                let path = PathBuf::from(directory.ok_or_else(missing)?).join(name);
                Ok(Secret::new(read_private(&path, MAX_SECRET_TEXT)?))
            }
        }
    }

    /// Reads its first line.
    pub fn read_line(&self) -> Result<Secret<Vec<u8>>, KeyringError> {
        let mut text = self.read()?;
        let line = text.expose().iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let len = line.unwrap_or(text.expose().len());
        text.expose_mut().truncate(len);
        Ok(text)
    }

    /// Reads its first line as text.
    pub fn read_text(&self) -> Result<Secret<String>, KeyringError> {
        let line = self.read_line()?;
        let text = std::str::from_utf8(line.expose()).map_err(|_| KeyringError::NoText(self.name()))?;
        Ok(Secret::new(text.to_owned()))
    }
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('/') && name != "." && name != ".."
}
