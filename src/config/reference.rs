//! Where a secret lies: `file:path` or `env:NAME`. The configuration file itself never holds one.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::secret::Secret;

/// A reference, not yet followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

impl SecretRef {
    /// `file:…` (relative to `directory`) or `env:NAME`.
    pub fn parse(text: &str, directory: &Path) -> Result<SecretRef, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(SecretRef::File(directory.join(path))),
            Some(("env", name)) if !name.is_empty() => Ok(SecretRef::Env(name.to_owned())),
            // REFUSES: a secret written into the file itself; it is not repeated in the message.
            Some(_) | None => Err("secrets are given as \"file:path\" or \"env:NAME\" only".to_owned()),
        }
    }

    /// The secret, without a line end after it.
    pub fn read(&self) -> Result<Secret<String>, String> {
        let mut text = match self {
            SecretRef::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?,
            SecretRef::Env(name) => {
                std::env::var(name).map_err(|_| format!("environment variable {name} is not set"))?
            }
        };
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
        Ok(Secret::new(text))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretRef::File(path) => write!(f, "file:{}", path.display()),
            SecretRef::Env(name) => write!(f, "env:{name}"),
        }
    }
}
