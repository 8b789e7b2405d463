//! Where a secret lies: `file:path`, `env:NAME` or `credential:NAME`. The configuration file itself never
//! holds one.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::secret::Secret;

/// A reference, not yet followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable, or the file that `NAME_FILE` names.
    Env(String),
    /// The file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec(5), LoadCredential=).
    Credential(String),
}

impl SecretRef {
    /// `file:…` (relative to `directory`), `env:NAME` or `credential:NAME`.
    pub fn parse(text: &str, directory: &Path) -> Result<SecretRef, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(SecretRef::File(directory.join(path))),
            Some(("env", name)) if !name.is_empty() => Ok(SecretRef::Env(name.to_owned())),
            Some(("credential", name))
                if !name.is_empty() && !name.contains('/') && !name.starts_with('.') =>
            {
                Ok(SecretRef::Credential(name.to_owned()))
            }
            // REFUSES: a secret written into the file itself; it is not repeated in the message.
            Some(_) | None => {
                Err("secrets are given as \"file:path\", \"env:NAME\" or \"credential:NAME\" only".to_owned())
            }
        }
    }

    /// The secret, without a line end after it.
    pub fn read(&self) -> Result<Secret<String>, String> {
        let mut text = match self {
            SecretRef::File(path) => read(path)?,
            SecretRef::Env(name) => match (std::env::var(name), std::env::var_os(format!("{name}_FILE"))) {
                (Ok(text), _) => text,
                (Err(_), Some(path)) => read(Path::new(&path))?,
                (Err(_), None) => {
                    return Err(format!("neither {name} nor {name}_FILE is in the environment"));
                }
            },
            SecretRef::Credential(name) => {
                let directory = std::env::var_os("CREDENTIALS_DIRECTORY");
                let missing = || format!("no CREDENTIALS_DIRECTORY in the environment: no credential {name}");
                read(&Path::new(&directory.ok_or_else(missing)?).join(name))?
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
            SecretRef::Credential(name) => write!(f, "credential:{name}"),
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
