//! A key in a PKCS#11 token (an HSM): a non-extractable AES key that never leaves it wraps the
//! stanza's key with AES-GCM (PKCS#11 v2.40, section 2.12.3 of the current mechanisms).
//!
//! Knows PKCS#11 URIs (RFC 7512). The token is needed to unlock and to add a stanza; a proxy that
//! runs goes on without it.

use std::path::{Path, PathBuf};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use super::kept::{self, Keeper, take};
use super::{Kind, SecretPlace};
use crate::crypto::derive::KeyRoom;
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;

/// Bytes of the initialisation vector, in front of what is wrapped.
const IV: usize = 12;
/// Bits of the tag, behind it.
const TAG_BITS: u64 = 128;

/// `pkcs11:token=LABEL;object=LABEL?module-path=PATH&pin-source=PLACE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    token: Option<String>,
    serial: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    module: PathBuf,
    pin: SecretPlace,
}

impl TokenKey {
    /// Parses what follows `pkcs11:`; a relative path is relative to `base`. `None`: it is none, or
    /// names no key, no module or no place of the PIN. REFUSES: `pin-value`, a secret in the open.
    pub fn parse(text: &str, base: &Path) -> Option<Self> {
        let (path, query) = text.split_once('?')?;
        let mut key = TokenKey {
            token: None,
            serial: None,
            object: None,
            id: None,
            module: PathBuf::new(),
            pin: SecretPlace::File(PathBuf::new()),
        };
        for part in path.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let text = || String::from_utf8(decoded(value)?).ok();
            match name {
                "token" => key.token = Some(text()?),
                "serial" => key.serial = Some(text()?),
                "object" => key.object = Some(text()?),
                "id" => key.id = Some(decoded(value)?),
                "type" if value == "secret-key" => {}
                _ => return None,
            }
        }
        let (mut module, mut pin) = (None, None);
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let text = String::from_utf8(decoded(value)?).ok()?;
            match name {
                "module-path" => module = Some(base.join(text)),
                "pin-source" => pin = Some(SecretPlace::parse(&text, base)?),
                _ => return None,
            }
        }
        (key.module, key.pin) = (module?, pin?);
        let named =
            (key.token.is_some() || key.serial.is_some()) && (key.object.is_some() || key.id.is_some());
        named.then_some(key)
    }

    /// Which key, without where the PIN is.
    fn hint(&self) -> String {
        let text = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}={value}"));
        let id = self.id.as_ref().map(|id| id.iter().map(|byte| format!("%{byte:02x}")).collect());
        let parts = [
            text("token", &self.token),
            text("serial", &self.serial),
            text("object", &self.object),
            text("id", &id),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(";")
    }
}

/// RFC 3986 percent-encoding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'%' {
            let (hex, behind) = behind.split_first_chunk::<2>()?;
            let hex =
                std::str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|d| d.is_ascii_hexdigit()))?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    Some(bytes)
}

/// A session with the token, logged in, and the key's handle.
pub struct TokenKeeper {
    // ORDER: dropped before the library is left.
    session: Session,
    key: ObjectHandle,
    hint: String,
}

impl TokenKeeper {
    /// Loads the module, finds the token, logs in, finds the key.
    ///
    /// # Errors
    /// REFUSES: a key that could leave the token.
    pub fn open(place: &TokenKey) -> Result<Self, KeyringError> {
        let hint = place.hint();
        let failed = |error: Error| kept::failed(&hint, error);
        let library = Pkcs11::new(&place.module).map_err(|error| {
            kept::failed(&hint, format_args!("module {}: {error}", place.module.display()))
        })?;
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Another keeper of this process has done it.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed(error)),
        }
        let slot = slot_of(&library, place, &hint)?;
        let session = library.open_ro_session(slot).map_err(failed)?;
        let pin = place.pin.read_text()?;
        match session.login(UserType::User, Some(&AuthPin::from(pin.expose().clone()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(failed(error)),
        }
        let key = key_of(&session, place, &hint)?;
        Ok(TokenKeeper { session, key, hint })
    }

    fn failed(&self, error: Error) -> KeyringError {
        kept::failed(&self.hint, error)
    }
}

fn slot_of(library: &Pkcs11, place: &TokenKey, hint: &str) -> Result<Slot, KeyringError> {
    let failed = |error: Error| kept::failed(hint, error);
    let mut found = None;
    for slot in library.get_slots_with_initialized_token().map_err(failed)? {
        let token = library.get_token_info(slot).map_err(failed)?;
        let fits = |wanted: &Option<String>, is: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == is.trim_end())
        };
        if fits(&place.token, token.label()) && fits(&place.serial, token.serial_number()) {
            // REFUSES: two tokens that answer to the name.
            if found.replace(slot).is_some() {
                return Err(kept::failed(hint, "two tokens have this name: give the serial"));
            }
        }
    }
    found.ok_or_else(|| kept::failed(hint, "no such token is there"))
}

fn key_of(session: &Session, place: &TokenKey, hint: &str) -> Result<ObjectHandle, KeyringError> {
    let failed = |error: Error| kept::failed(hint, error);
    let mut wanted = vec![Attribute::Class(ObjectClass::SECRET_KEY), Attribute::KeyType(KeyType::AES)];
    wanted.extend(place.object.as_ref().map(|label| Attribute::Label(label.as_bytes().to_vec())));
    wanted.extend(place.id.as_ref().map(|id| Attribute::Id(id.clone())));
    let found = session.find_objects(&wanted).map_err(failed)?;
    let key = match found.as_slice() {
        [key] => *key,
        [] => return Err(kept::failed(hint, "the token has no such AES key")),
        _ => return Err(kept::failed(hint, "the token has several such keys: give the id")),
    };
    let asked = [AttributeType::Extractable, AttributeType::Sensitive];
    let is = session.get_attributes(key, &asked).map_err(failed)?;
    let stays = is.contains(&Attribute::Extractable(false)) && is.contains(&Attribute::Sensitive(true));
    // REFUSES: a key that could leave the token is no better than a file.
    match stays {
        true => Ok(key),
        false => Err(kept::failed(
            hint,
            "the key can be taken out of the token: make one that is sensitive and not extractable",
        )),
    }
}

impl Keeper for TokenKeeper {
    fn kind(&self) -> Kind {
        Kind::Pkcs11
    }

    fn hint(&self) -> String {
        self.hint.clone()
    }

    fn wrap(&self, key: &[u8; 32], draw: Draw<'_>) -> Result<Vec<u8>, KeyringError> {
        let mut iv = [0; IV];
        draw(&mut iv)?;
        let mut wrapped = iv.to_vec();
        let params = GcmParams::new(&mut iv, &[], TAG_BITS.into()).map_err(|error| self.failed(error))?;
        let sealed = self.session.encrypt(&Mechanism::AesGcm(params), self.key, key);
        wrapped.extend_from_slice(&sealed.map_err(|error| self.failed(error))?);
        Ok(wrapped)
    }

    fn give_back(&self, wrapped: &[u8], key: KeyRoom<'_>) -> Result<bool, KeyringError> {
        let (iv, sealed) = wrapped.split_first_chunk::<IV>().ok_or(KeyringError::Damaged)?;
        let mut iv = *iv;
        let params = GcmParams::new(&mut iv, &[], TAG_BITS.into()).map_err(|error| self.failed(error))?;
        let given = self.session.decrypt(&Mechanism::AesGcm(params), self.key, sealed);
        let given = Zeroizing::new(given.map_err(|error| self.failed(error))?);
        match take(&given, key) {
            true => Ok(true),
            false => Err(KeyringError::Damaged),
        }
    }
}
