//! An age identity (age-encryption.org/v1, X25519): whoever holds it opens the keyring, and a
//! stanza for it is made with its public recipient alone.
//!
//! Knows identity files as `age-keygen` writes them. Knows no passphrase-encrypted identity and no
//! plugin: those want a terminal.

use std::io::Read;

use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use super::kept::{self, Keeper, take};
use super::{Kind, SecretPlace};
use crate::crypto::derive::KeyRoom;
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;

/// The identities of a file, or a recipient.
pub struct AgeKeeper {
    identities: Vec<Identity>,
    recipient: Recipient,
    kind: Kind,
    hint: String,
}

impl AgeKeeper {
    /// The identity file at `place`: lines of `AGE-SECRET-KEY-1…`, comments and empty lines.
    pub fn open(place: &SecretPlace) -> Result<Self, KeyringError> {
        let refused = || KeyringError::AgeIdentity(place.name());
        let text = place.read()?;
        let text = std::str::from_utf8(text.expose()).map_err(|_| refused())?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identities: Result<Vec<Identity>, _> = lines.map(str::parse).collect();
        let identities = identities.map_err(|_| refused())?;
        let recipient = identities.first().ok_or_else(refused)?.to_public();
        Ok(Self::of(identities, recipient, Kind::Age, None))
    }

    /// For a recipient, `age1…`: makes stanzas, opens none.
    pub fn recipient(text: &str) -> Result<Self, KeyringError> {
        let recipient = text.parse().map_err(|_| KeyringError::AgeRecipient(text.to_owned()))?;
        Ok(Self::of(Vec::new(), recipient, Kind::Age, None))
    }

    /// For one identity, as a stanza of another kind with its own hint.
    pub(in crate::crypto) fn of(
        identities: Vec<Identity>,
        recipient: Recipient,
        kind: Kind,
        hint: Option<String>,
    ) -> Self {
        let hint = hint.unwrap_or_else(|| recipient.to_string());
        AgeKeeper { identities, recipient, kind, hint }
    }
}

impl Keeper for AgeKeeper {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn hint(&self) -> String {
        self.hint.clone()
    }

    /// The randomness of age is the operating system's, not `draw`.
    fn wrap(&self, key: &[u8; 32], _draw: Draw<'_>) -> Result<Vec<u8>, KeyringError> {
        age::encrypt(&self.recipient, key).map_err(|error| kept::failed(&self.hint, error))
    }

    fn give_back(&self, wrapped: &[u8], key: KeyRoom<'_>) -> Result<bool, KeyringError> {
        let failed = |error: age::DecryptError| kept::failed(&self.hint, error);
        let identities = self.identities.iter().map(|identity| identity as &dyn age::Identity);
        let decryptor = age::Decryptor::new_buffered(wrapped).map_err(failed)?;
        let reader = match decryptor.decrypt(identities) {
            Ok(reader) => reader,
            Err(age::DecryptError::NoMatchingKeys) => return Ok(false),
            Err(error) => return Err(failed(error)),
        };
        let mut given = Zeroizing::new(Vec::with_capacity(64));
        reader.take(33).read_to_end(&mut given).map_err(|error| kept::failed(&self.hint, error))?;
        match take(&given, key) {
            true => Ok(true),
            false => Err(KeyringError::Damaged),
        }
    }
}
