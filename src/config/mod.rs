//! The operator's one file: [`written`] is exactly what stands in it, [`resolved`] is what it means,
//! validated, absolute and defaulted.
//!
//! Knows TOML, paths and the rules between settings. Leaves `[[column]]` and `[[function]]` to
//! `policy::load`, which reads them from [`resolved::Config::source`]. Opens no socket and reads no
//! secret until [`reference::SecretRef::read`] is called.

pub mod cluster;
pub mod duration;
pub mod metrics;
pub mod place;
pub mod reference;
pub mod resolved;
mod rules;
pub mod written;

use std::path::{Path, PathBuf};

pub use resolved::Config;

/// What is wrong with the file. The command line ends with exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read at all.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A line of it is wrong.
    #[error("{}:{line}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and the way out. Never the value of a secret.
        message: String,
    },
}

/// The text of the file and where it lies, for those who read a part of it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, absolute.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

impl Source {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Source, ConfigError> {
        let unreadable = |reason| ConfigError::Unreadable { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let path = std::path::absolute(path).map_err(unreadable)?;
        Ok(Source { path, text })
    }

    /// Relative paths in the file are relative to this directory.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// The error for byte `at` of the text.
    pub fn wrong(&self, at: usize, message: impl Into<String>) -> ConfigError {
        let before = self.text.as_bytes().iter().take(at);
        let line = before.filter(|b| **b == b'\n').count() + 1;
        ConfigError::Wrong { path: self.path.clone(), line, message: message.into() }
    }
}

/// Reads, checks and resolves a configuration file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    resolved::resolve(Source::read(path)?)
}
