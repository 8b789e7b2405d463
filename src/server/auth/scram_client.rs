//! The client's half of SCRAM, towards the server, which may lie: every check that a client can
//! make (RFC 5802, section 5; RFC 7677, section 4). Messages in, messages out, no socket.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::scram::{self, attributes, decode, encode};
use crate::secret::Secret;
use crate::server::tls::EndPoint;

/// Bytes of our nonce before base64; as libpq's.
pub const NONCE_BYTES: usize = 18;
/// Longest nonce of a server, as characters: 10 times PostgreSQL's.
const MAX_NONCE_CHARS: usize = 512;
/// Longest salt.
const MAX_SALT_BYTES: usize = 1_024;

/// How the server lied, or we cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// The message does not have the form.
    #[error("the server sent a malformed SCRAM message")]
    Malformed,
    /// Its nonce does not begin with ours, or adds nothing.
    #[error("the server's SCRAM nonce does not extend ours")]
    Nonce,
    /// Below 4,096 or above 1,000,000.
    #[error("the server asks for an iteration count out of bounds")]
    Iterations,
    /// Salt or iterations are not those that are pinned for this user.
    #[error("the server's SCRAM salt or iteration count is not the one pinned for this user")]
    Pin,
    /// It does not know the verifier of our password.
    #[error("the server could not prove that it knows this user")]
    Signature,
    /// It says that our proof is wrong (`e=`).
    #[error("the server refused the SCRAM proof")]
    Refused,
}

/// Salt and iterations of a role on the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pin {
    /// Any bytes.
    pub salt: Vec<u8>,
    /// PBKDF2 rounds.
    pub iterations: u32,
}

/// An exchange after our first message.
pub struct Exchange {
    /// `gs2-header`, and the certificate's hash with PLUS.
    binding: Vec<u8>,
    nonce: String,
}

/// After the server's first message; needs the stretched password.
pub struct Asked {
    /// With which the password is to be stretched.
    pub pin: Pin,
    /// `client-first-message-bare , server-first-message , client-final-message-without-proof`.
    auth_message: String,
    without_proof: String,
}

/// After our proof.
pub struct Proven {
    expected: [u8; 32],
}

impl Exchange {
    /// Our first message. `offered_plus`: over TLS the server offered no PLUS though we could have
    /// used it, which the flag `y` tells it under the proof.
    pub fn begin(
        end_point: Option<&EndPoint>,
        uses_plus: bool,
        random: [u8; NONCE_BYTES],
    ) -> (Exchange, String) {
        let header = match (end_point, uses_plus) {
            (Some(_), true) => "p=tls-server-end-point,,",
            (Some(_), false) => "y,,",
            (None, _) => "n,,",
        };
        let nonce = encode(&random);
        let mut binding = header.as_bytes().to_vec();
        if let (Some(end_point), true) = (end_point, uses_plus) {
            binding.extend_from_slice(&end_point.0);
        }
        let first = format!("{header}n=,r={nonce}");
        (Exchange { binding, nonce }, first)
    }

    /// Reads the server's first message. `pinned` is what it must say for this user.
    pub fn asked(self, first: &[u8], pinned: Option<&Pin>) -> Result<Asked, Lie> {
        let first = std::str::from_utf8(first).map_err(|_| Lie::Malformed)?;
        let (nonce, salt, iterations) = match attributes(first).ok_or(Lie::Malformed)?.as_slice() {
            [('r', nonce), ('s', salt), ('i', iterations)] => (*nonce, *salt, *iterations),
            _ => return Err(Lie::Malformed),
        };
        let adds = nonce.strip_prefix(&self.nonce).ok_or(Lie::Nonce)?;
        if adds.is_empty() || nonce.len() > MAX_NONCE_CHARS {
            return Err(Lie::Nonce);
        }
        let iterations: u32 = iterations.parse().map_err(|_| Lie::Iterations)?;
        if !scram::ITERATIONS.contains(&iterations) {
            return Err(Lie::Iterations);
        }
        let salt = decode(salt)
            .filter(|salt| !salt.is_empty() && salt.len() <= MAX_SALT_BYTES)
            .ok_or(Lie::Malformed)?;
        let pin = Pin { salt, iterations };
        if pinned.is_some_and(|pinned| *pinned != pin) {
            return Err(Lie::Pin);
        }
        let without_proof = format!("c={},r={nonce}", encode(&self.binding));
        let auth_message = format!("n=,r={},{first},{without_proof}", self.nonce);
        Ok(Asked { pin, auth_message, without_proof })
    }
}

impl Asked {
    /// Our final message.
    pub fn prove(self, salted: &Secret<[u8; 32]>) -> (Proven, String) {
        let client_key = scram::client_key(salted);
        let stored_key: [u8; 32] = Sha256::digest(client_key.expose()).into();
        let signature = scram::hmac(&stored_key, &[self.auth_message.as_bytes()]);
        let mut proof = *client_key.expose();
        proof.iter_mut().zip(signature).for_each(|(a, b)| *a ^= b);
        let expected = scram::hmac(scram::server_key(salted).expose(), &[self.auth_message.as_bytes()]);
        (Proven { expected }, format!("{},p={}", self.without_proof, encode(&proof)))
    }
}

impl Proven {
    /// Reads the server's final message: only who holds the verifier can have signed it.
    pub fn finish(self, last: &[u8]) -> Result<(), Lie> {
        let last = std::str::from_utf8(last).map_err(|_| Lie::Malformed)?;
        match attributes(last).ok_or(Lie::Malformed)?.as_slice() {
            [('v', signature), ..] => {
                let signature = decode(signature).ok_or(Lie::Malformed)?;
                // REFUSES: a server that let us in without knowing the password's verifier.
                if bool::from(signature.as_slice().ct_eq(&self.expected)) {
                    Ok(())
                } else {
                    Err(Lie::Signature)
                }
            }
            [('e', _), ..] => Err(Lie::Refused),
            _ => Err(Lie::Malformed),
        }
    }
}
