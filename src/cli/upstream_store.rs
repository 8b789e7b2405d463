//! Where the secrets for the server's side are kept: in the keyring, or, in a proxy without one, in
//! a file of mode 0600.

use super::Failure;
use super::keyring::KeyringPlace;
use crate::config::Config;
use crate::crypto::KeyringFile;
use crate::crypto::keyring::UpstreamSecret;
use crate::secret::Secret;
use crate::server::auth::scram_client::Pin;
use crate::server::auth::secrets::SecretsFile;
use crate::server::auth::users::StoreError;

/// The store that a configuration names.
pub enum UpstreamStore {
    /// `[keys]`
    Keyring {
        /// Where, and how it is opened.
        place: KeyringPlace,
        /// Open.
        file: Box<KeyringFile>,
    },
    /// `[auth] upstream_secrets`
    File(SecretsFile),
}

impl UpstreamStore {
    /// Opens the keyring if there is one.
    pub fn open(config: &Config) -> Result<UpstreamStore, Failure> {
        if config.keys.is_some() {
            let place = KeyringPlace::configured(&config.source.path, None)?;
            let file = Box::new(place.open()?);
            return Ok(UpstreamStore::Keyring { place, file });
        }
        let path = config.auth.upstream_secrets.clone();
        let path = path.unwrap_or_else(|| config.source.directory().join("users.secrets"));
        Ok(UpstreamStore::File(SecretsFile { path }))
    }

    /// Whose secrets it holds.
    pub fn users(&self) -> Result<Vec<String>, StoreError> {
        match self {
            UpstreamStore::Keyring { file, .. } => Ok(file.keyring().users().map(str::to_owned).collect()),
            UpstreamStore::File(file) => file.users(),
        }
    }

    /// Sets a user's secret, durably.
    pub fn set(&mut self, user: &str, password: &Secret<String>, pin: Option<&Pin>) -> Result<(), Failure> {
        match self {
            UpstreamStore::Keyring { place, file } => {
                let secret = UpstreamSecret {
                    secret: Secret::new(password.expose().clone().into_bytes()),
                    salt: pin.map(|pin| pin.salt.clone()).unwrap_or_default(),
                    iterations: pin.map_or(0, |pin| pin.iterations),
                };
                place.change(file, |keyring| Ok(Some(keyring.with_user(user, secret))))
            }
            UpstreamStore::File(file) => Ok(file.set(user, password, pin)?),
        }
    }

    /// Removes a user's secret, durably.
    pub fn remove(&mut self, user: &str) -> Result<(), Failure> {
        match self {
            UpstreamStore::Keyring { place, file } => {
                place.change(file, |keyring| Ok(Some(keyring.without_user(user))))
            }
            UpstreamStore::File(file) => Ok(file.remove(user)?),
        }
    }
}
