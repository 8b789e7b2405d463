//! SCRAM-SHA-256: what both sides compute (RFC 5802, section 3; RFC 7677), and PostgreSQL's
//! verifier, `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.

use std::fmt;

use base64_simd::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::secret::Secret;

/// Iterations of a verifier that we make. PostgreSQL's default is 4,096.
pub const OUR_ITERATIONS: u32 = 4_096;
/// Iterations that we accept: fewer protect nothing, more would let the other side keep us busy.
pub const ITERATIONS: std::ops::RangeInclusive<u32> = 4_096..=1_000_000;
/// Bytes of a salt that we make, as PostgreSQL's.
pub const SALT_BYTES: usize = 16;
/// Bytes of a salt that we accept.
const MAX_SALT_BYTES: usize = 1_024;
/// The mechanism without channel binding.
pub const PLAIN: &str = "SCRAM-SHA-256";
/// The mechanism with it.
pub const PLUS: &str = "SCRAM-SHA-256-PLUS";

/// HMAC-SHA-256.
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC key may have any length; `Hmac` errs for none.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The password, stretched: SASLprep where it applies and the bytes as they are where it does not,
/// as PostgreSQL does (`pg_saslprep`), then PBKDF2.
pub fn salted_password(password: &str, salt: &[u8], iterations: u32) -> Secret<[u8; 32]> {
    let mut salted = Secret::new([0; 32]);
    let prepared = stringprep::saslprep(password);
    let bytes = prepared.as_deref().unwrap_or(password).as_bytes();
    pbkdf2::pbkdf2_hmac::<Sha256>(bytes, salt, iterations, salted.expose_mut());
    if let Ok(std::borrow::Cow::Owned(mut copy)) = prepared {
        copy.zeroize();
    }
    salted
}

/// What the holder of the password proves with.
pub fn client_key(salted: &Secret<[u8; 32]>) -> Secret<[u8; 32]> {
    Secret::new(hmac(salted.expose(), &[b"Client Key"]))
}

/// What the holder of the verifier proves with.
pub fn server_key(salted: &Secret<[u8; 32]>) -> Secret<[u8; 32]> {
    Secret::new(hmac(salted.expose(), &[b"Server Key"]))
}

/// What a client's password is checked against. Not a password, but an offline guess can be tried
/// on it: it is kept like one.
pub struct Verifier {
    /// PBKDF2 rounds.
    pub iterations: u32,
    /// Any bytes.
    pub salt: Vec<u8>,
    stored_key: [u8; 32],
    server_key: [u8; 32],
}

impl Verifier {
    /// Of a password.
    pub fn of(password: &str, salt: &[u8], iterations: u32) -> Verifier {
        let salted = salted_password(password, salt, iterations);
        Verifier {
            iterations,
            salt: salt.to_vec(),
            stored_key: Sha256::digest(client_key(&salted).expose()).into(),
            server_key: *server_key(&salted).expose(),
        }
    }

    /// That no password fits: for users who do not exist. `salt` must be the same each time.
    pub fn of_nobody(salt: &[u8], random: [u8; 32]) -> Verifier {
        Verifier { iterations: OUR_ITERATIONS, salt: salt.to_vec(), stored_key: random, server_key: random }
    }

    /// PostgreSQL's form; `None` if it is not that, or its numbers are out of bounds.
    pub fn parse(text: &str) -> Option<Verifier> {
        let rest = text.strip_prefix("SCRAM-SHA-256$")?;
        let (head, keys) = rest.split_once('$')?;
        let (iterations, salt) = head.split_once(':')?;
        let (stored, server) = keys.split_once(':')?;
        let iterations = iterations.parse().ok().filter(|i| ITERATIONS.contains(i))?;
        let salt = decode(salt).filter(|salt| !salt.is_empty() && salt.len() <= MAX_SALT_BYTES)?;
        let (stored_key, server_key) = (decode(stored)?.try_into().ok()?, decode(server)?.try_into().ok()?);
        Some(Verifier { iterations, salt, stored_key, server_key })
    }

    /// Whether this is the password.
    pub fn admits(&self, password: &str) -> bool {
        let salted = salted_password(password, &self.salt, self.iterations);
        let stored: [u8; 32] = Sha256::digest(client_key(&salted).expose()).into();
        stored.ct_eq(&self.stored_key).into()
    }

    /// Whether the proof over `auth_message` was made with the password (RFC 5802, section 3).
    pub fn admits_proof(&self, auth_message: &[u8], proof: &[u8; 32]) -> bool {
        let signature = hmac(&self.stored_key, &[auth_message]);
        let mut key = *proof;
        key.iter_mut().zip(signature).for_each(|(a, b)| *a ^= b);
        let stored: [u8; 32] = Sha256::digest(key).into();
        key.zeroize();
        stored.ct_eq(&self.stored_key).into()
    }

    /// Our proof that we hold the verifier.
    pub fn server_signature(&self, auth_message: &[u8]) -> [u8; 32] {
        hmac(&self.server_key, &[auth_message])
    }
}

impl fmt::Display for Verifier {
    /// As `ALTER ROLE … PASSWORD` takes it and `users.toml` holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (salt, stored, server) = (encode(&self.salt), encode(&self.stored_key), encode(&self.server_key));
        write!(f, "SCRAM-SHA-256${}:{salt}${stored}:{server}", self.iterations)
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.stored_key.zeroize();
        self.server_key.zeroize();
    }
}

/// Base64 as SCRAM uses it.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Base64 as SCRAM uses it; `None` if it is not.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode_to_vec(text).ok()
}

/// Attributes of a message, `a=value` with commas between; `None` if one has no such form.
pub fn attributes(message: &str) -> Option<Vec<(char, &str)>> {
    message
        .split(',')
        .map(|part| {
            let (name, value) = part.split_once('=')?;
            let mut letters = name.chars();
            let letter = letters.next().filter(char::is_ascii_alphabetic)?;
            letters.next().is_none().then_some((letter, value))
        })
        .collect()
}
