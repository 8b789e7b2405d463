//! A key of the Transit engine of HashiCorp Vault or OpenBao: the service wraps and unwraps, the key
//! stays there (API of both: "Encrypt data" and "Decrypt data" of the Transit secrets engine).
//!
//! Knows paths and JSON. The way there comes in as a [`Service`]: TLS is not this layer's.

use std::path::{Path, PathBuf};

use base64_simd::STANDARD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::kept::{self, Keeper, take};
use super::{Kind, SecretPlace};
use crate::crypto::derive::KeyRoom;
use crate::crypto::error::KeyringError;
use crate::crypto::keyring::Draw;
use crate::secret::Secret;

/// A POST over HTTPS with a verified certificate.
pub trait Service {
    /// Posts JSON; gives status and body (at most 1 MiB). An error is a sentence without secrets.
    fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<(u16, Vec<u8>), String>;
}

/// `vault:https://HOST:PORT/MOUNT/KEY?token=PLACE&ca=FILE&namespace=NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitKey {
    /// `https://HOST:PORT`.
    address: String,
    mount: String,
    key: String,
    token: SecretPlace,
    /// The authority of the service's certificate; `None`: the system's.
    pub ca: Option<PathBuf>,
    namespace: Option<String>,
}

impl TransitKey {
    /// Parses what follows `vault:`; a relative path is relative to `base`. The token is in
    /// `VAULT_TOKEN` unless said otherwise. REFUSES: anything but https.
    pub fn parse(text: &str, base: &Path) -> Option<Self> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (host, path) = place.strip_prefix("https://")?.split_once('/')?;
        let (mount, key) = path.rsplit_once('/')?;
        let plain = |text: &str| {
            !text.is_empty() && !text.contains(['@', '#', '%', ' ', '\\']) && !text.contains("..")
        };
        if !(plain(host) && plain(mount) && plain(key)) {
            return None;
        }
        let mut transit = TransitKey {
            address: format!("https://{host}"),
            mount: mount.to_owned(),
            key: key.to_owned(),
            token: SecretPlace::Env("VAULT_TOKEN".to_owned()),
            ca: None,
            namespace: None,
        };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "token" => transit.token = SecretPlace::parse(value, base)?,
                "ca" => transit.ca = Some(base.join(value)),
                "namespace" => transit.namespace = Some(value.to_owned()),
                _ => return None,
            }
        }
        Some(transit)
    }
}

/// The service, and the token that it admits us with.
pub struct TransitKeeper {
    place: TransitKey,
    token: Secret<String>,
    service: Box<dyn Service>,
}

impl TransitKeeper {
    /// Reads the token. The service is asked when there is something to wrap or unwrap.
    pub fn open(place: &TransitKey, service: Box<dyn Service>) -> Result<Self, KeyringError> {
        Ok(TransitKeeper { place: place.clone(), token: place.token.read_text()?, service })
    }

    /// Posts to `verb`; gives the field of the answer's data.
    fn ask(&self, verb: &str, body: &Value, field: &str) -> Result<Answer, KeyringError> {
        let place = &self.place;
        let url = format!("{}/v1/{}/{verb}/{}", place.address, place.mount, place.key);
        let mut headers = vec![("X-Vault-Token", self.token.expose().as_str()), ("X-Vault-Request", "true")];
        headers.extend(place.namespace.as_deref().map(|name| ("X-Vault-Namespace", name)));
        let body = Zeroizing::new(body.to_string());
        let answered = self.service.post(&url, &headers, body.as_bytes());
        let (status, answer) = answered.map_err(|why| kept::failed(&self.hint(), why))?;
        let answer = Zeroizing::new(answer);
        if status != 200 {
            let told = serde_json::from_slice::<Value>(&answer).ok();
            return Ok(Answer::Refused { status, errors: told.map(errors_of).unwrap_or_default() });
        }
        let mut answer: Value = serde_json::from_slice(&answer)
            .map_err(|_| kept::failed(&self.hint(), "the answer is no JSON"))?;
        match answer.pointer_mut(&format!("/data/{field}")).map(Value::take) {
            Some(Value::String(text)) => Ok(Answer::Field(Zeroizing::new(text))),
            Some(_) | None => Err(kept::failed(&self.hint(), format_args!("the answer has no {field}"))),
        }
    }

    fn refused(&self, status: u16, errors: &str) -> KeyringError {
        kept::failed(&self.hint(), format_args!("the service answered {status} {errors}"))
    }
}

enum Answer {
    Field(Zeroizing<String>),
    Refused { status: u16, errors: String },
}

/// The sentences of an error answer, cut short. They are the service's own, without our data.
fn errors_of(answer: Value) -> String {
    let errors =
        answer.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let text = errors.collect::<Vec<_>>().join("; ");
    text.chars().filter(|shown| !shown.is_control()).take(200).collect()
}

impl Keeper for TransitKeeper {
    fn kind(&self) -> Kind {
        Kind::Vault
    }

    fn hint(&self) -> String {
        format!("{}/{}/{}", self.place.address, self.place.mount, self.place.key)
    }

    fn wrap(&self, key: &[u8; 32], _draw: Draw<'_>) -> Result<Vec<u8>, KeyringError> {
        let plaintext = Zeroizing::new(STANDARD.encode_to_string(key));
        match self.ask("encrypt", &json!({ "plaintext": plaintext.as_str() }), "ciphertext")? {
            Answer::Field(ciphertext) => Ok(ciphertext.as_bytes().to_vec()),
            Answer::Refused { status, errors } => Err(self.refused(status, &errors)),
        }
    }

    fn give_back(&self, wrapped: &[u8], key: KeyRoom<'_>) -> Result<bool, KeyringError> {
        let ciphertext = std::str::from_utf8(wrapped).map_err(|_| KeyringError::Damaged)?;
        match self.ask("decrypt", &json!({ "ciphertext": ciphertext }), "plaintext")? {
            Answer::Field(plaintext) => {
                let given = STANDARD.decode_to_vec(plaintext.as_bytes());
                let given = Zeroizing::new(given.map_err(|_| KeyringError::Damaged)?);
                match take(&given, key) {
                    true => Ok(true),
                    false => Err(KeyringError::Damaged),
                }
            }
            Answer::Refused { status, errors } => Err(self.refused(status, &errors)),
        }
    }
}
