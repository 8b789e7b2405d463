//! `keys.unlock` of the configuration: which stanza opens the keyring, and where its secret is.
//!
//! Knows the spelling of every kind. A terminal and a way to a service come in as [`Means`].

use std::io;
use std::path::{Path, PathBuf};

use super::age::AgeKeeper;
use super::pkcs11::{TokenKeeper, TokenKey};
use super::vault::{Service, TransitKeeper, TransitKey};
use super::{SecretPlace, Unlock, kept, new_root_key, root};
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;
use crate::crypto::store::{sync_directory, write_private};
use crate::secret::Secret;

/// What fetching a secret needs of the world.
pub trait Means {
    /// Asks the operator for a passphrase.
    fn passphrase(&mut self) -> io::Result<Secret<Vec<u8>>>;

    /// A way to services whose certificate is of the authority in the file `ca`; of the system's
    /// authorities without one. An error is a sentence.
    fn service(&mut self, ca: Option<&Path>) -> Result<Box<dyn Service>, String>;
}

/// Where the operator's secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockReference {
    /// `file:…`, `env:…`, `credential:…`: a root key.
    Root(SecretPlace),
    /// `passphrase:file:…`, `passphrase:env:…`, `passphrase:credential:…`: the first line.
    Passphrase(SecretPlace),
    /// `passphrase:prompt`.
    PassphrasePrompt,
    /// `age:PATH`, `age:env:…`, `age:credential:…`: an identity file.
    Age(SecretPlace),
    /// `age-recipient:age1…`: to add a stanza for somebody else.
    AgeRecipient(String),
    /// `pkcs11:…`, RFC 7512.
    Pkcs11(TokenKey),
    /// `vault:https://…`.
    Vault(TransitKey),
}

impl UnlockReference {
    /// Parses a reference; a relative path is relative to `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, KeyringError> {
        let parsed = match text.split_once(':') {
            Some(("file" | "env" | "credential", _)) => SecretPlace::parse(text, base).map(Self::Root),
            Some(("passphrase", "prompt")) => Some(Self::PassphrasePrompt),
            Some(("passphrase", place)) => SecretPlace::parse(place, base).map(Self::Passphrase),
            Some(("age", place)) => identity_place(place, base).map(Self::Age),
            Some(("age-recipient", recipient)) => Some(Self::AgeRecipient(recipient.to_owned())),
            Some(("pkcs11", place)) => TokenKey::parse(place, base).map(Self::Pkcs11),
            Some(("vault", place)) => TransitKey::parse(place, base).map(Self::Vault),
            Some(_) | None => None,
        };
        parsed.ok_or_else(|| KeyringError::Reference(text.to_owned()))
    }

    /// Fetches the secret, or finds who keeps it. A file must be for its owner alone.
    pub fn fetch(&self, means: &mut dyn Means) -> Result<Unlock, KeyringError> {
        match self {
            Self::Root(place) => root::parse(place.read()?.expose(), &place.name()),
            Self::Passphrase(place) => Ok(Unlock::Passphrase(place.read_line()?)),
            Self::PassphrasePrompt => means.passphrase().map(Unlock::Passphrase).map_err(|source| {
                let doing = "ask for the passphrase";
                KeyringError::Io { path: PathBuf::from("terminal"), doing, source }
            }),
            Self::Age(place) => Ok(Unlock::Kept(Box::new(AgeKeeper::open(place)?))),
            Self::AgeRecipient(text) => Ok(Unlock::Kept(Box::new(AgeKeeper::recipient(text)?))),
            Self::Pkcs11(place) => Ok(Unlock::Kept(Box::new(TokenKeeper::open(place)?))),
            Self::Vault(place) => {
                let service = means.service(place.ca.as_deref());
                let service = service.map_err(|why| kept::failed("vault", why))?;
                Ok(Unlock::Kept(Box::new(TransitKeeper::open(place, service)?)))
            }
        }
    }

    /// As [`UnlockReference::fetch`]; a root-key file that is not there is made, durably.
    pub fn fetch_or_make(&self, means: &mut dyn Means, draw: Draw<'_>) -> Result<Unlock, KeyringError> {
        match (self, self.fetch(means)) {
            (Self::Root(SecretPlace::File(path)), Err(KeyringError::Missing(_))) => {
                let (key, text) = new_root_key(draw)?;
                write_private(path, text.expose().as_bytes())?;
                sync_directory(path)?;
                Ok(key)
            }
            (_, fetched) => fetched,
        }
    }
}

/// Without a word in front it is a path, as the manual shows it.
fn identity_place(text: &str, base: &Path) -> Option<SecretPlace> {
    let path = || Some(SecretPlace::File(base.join(text))).filter(|_| !text.is_empty());
    SecretPlace::parse(text, base).or_else(path)
}
