//! The keyring as a job changes it: durable before anything depends on it.

use std::sync::Arc;
use std::time::Duration;

use crate::crypto::keyring::ChangeError;
use crate::crypto::{Keyring, KeyringError, KeyringFile};

/// A keyring that a job may change.
pub trait Keys {
    /// The generation that was read or written last.
    fn keyring(&self) -> Arc<Keyring>;

    /// Applies `change` to the newest generation and makes the result durable before it returns.
    ///
    /// # Errors
    /// A change that is not allowed, or a file that cannot be written.
    fn change(
        &mut self,
        change: &dyn Fn(&Keyring) -> Result<Keyring, ChangeError>,
    ) -> Result<Arc<Keyring>, KeyringError>;
}

impl Keys for KeyringFile {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(KeyringFile::keyring(self))
    }

    fn change(
        &mut self,
        change: &dyn Fn(&Keyring) -> Result<Keyring, ChangeError>,
    ) -> Result<Arc<Keyring>, KeyringError> {
        KeyringFile::change(self, change).cloned()
    }
}

/// How often a keyring that another process is writing is tried, and the pause between.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// As [`Keys::change`]; one that is being written by another process is waited for.
pub(super) async fn change(
    keys: &mut dyn Keys,
    change: &dyn Fn(&Keyring) -> Result<Keyring, ChangeError>,
) -> Result<Arc<Keyring>, KeyringError> {
    for _ in 1..TRIES {
        match keys.change(change) {
            Err(KeyringError::Busy(_)) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    keys.change(change)
}
