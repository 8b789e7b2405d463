//! The server's half of SCRAM, towards our clients (RFC 5802, sections 5 and 7): messages in,
//! messages out, no socket.

use super::scram::{self, Verifier, attributes, decode, encode};
use crate::server::tls::EndPoint;

/// Bytes of our part of the nonce, before base64; as PostgreSQL's.
pub const NONCE_BYTES: usize = 18;

/// Why an exchange ends. None of it is said to the client but that it failed, or that the message
/// was malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The message does not have the form.
    #[error("malformed SCRAM message")]
    Malformed,
    /// An unknown mechanism, or one that does not fit the connection.
    #[error("unsuitable SASL mechanism")]
    Mechanism,
    /// The client was made to believe that we know no channel binding, or is bound to another
    /// certificate: somebody stands between.
    #[error("channel binding does not match")]
    Binding,
    /// Not the password.
    #[error("wrong password")]
    Proof,
}

/// The mechanisms that we offer, best first.
pub fn mechanisms(end_point: Option<&EndPoint>) -> &'static [&'static str] {
    match end_point {
        Some(_) => &[scram::PLUS, scram::PLAIN],
        None => &[scram::PLAIN],
    }
}

/// An exchange after the client's first message.
pub struct Exchange {
    verifier: Verifier,
    /// `gs2-header` and, with `p=`, the hash that the client must bind to.
    expected_binding: Vec<u8>,
    nonce: String,
    /// `client-first-message-bare , server-first-message`.
    spoken: String,
}

impl Exchange {
    /// Reads the client's first message and gives ours. `random` must be fresh.
    pub fn begin(
        mechanism: &str,
        first: &[u8],
        verifier: Verifier,
        end_point: Option<&EndPoint>,
        random: [u8; NONCE_BYTES],
    ) -> Result<(Exchange, String), Failed> {
        let first = std::str::from_utf8(first).map_err(|_| Failed::Malformed)?;
        let mut parts = first.splitn(3, ',');
        let (Some(flag), Some(authzid), Some(bare)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Failed::Malformed);
        };
        if !authzid.is_empty() {
            return Err(Failed::Malformed);
        }
        let mut expected_binding = format!("{flag},,").into_bytes();
        expected_binding.extend_from_slice(bound(mechanism, flag, end_point)?);
        let client_nonce = match attributes(bare).ok_or(Failed::Malformed)?.as_slice() {
            // The user is the one of the start-up packet, as in PostgreSQL.
            [('n', _), ('r', nonce), ..] if is_nonce(nonce) => *nonce,
            _ => return Err(Failed::Malformed),
        };
        let nonce = format!("{client_nonce}{}", encode(&random));
        let reply = format!("r={nonce},s={},i={}", encode(&verifier.salt), verifier.iterations);
        let spoken = format!("{bare},{reply}");
        Ok((Exchange { verifier, expected_binding, nonce, spoken }, reply))
    }

    /// Reads the client's final message; gives ours if the proof is right.
    pub fn finish(self, last: &[u8]) -> Result<String, Failed> {
        let last = std::str::from_utf8(last).map_err(|_| Failed::Malformed)?;
        let (without_proof, proof) = last.rsplit_once(",p=").ok_or(Failed::Malformed)?;
        let proof: [u8; 32] =
            decode(proof).and_then(|proof| proof.try_into().ok()).ok_or(Failed::Malformed)?;
        match attributes(without_proof).ok_or(Failed::Malformed)?.as_slice() {
            [('c', binding), ('r', nonce), ..] => {
                if *nonce != self.nonce {
                    return Err(Failed::Malformed);
                }
                if decode(binding).ok_or(Failed::Malformed)? != self.expected_binding {
                    return Err(Failed::Binding);
                }
            }
            _ => return Err(Failed::Malformed),
        }
        let auth_message = format!("{},{without_proof}", self.spoken);
        if !self.verifier.admits_proof(auth_message.as_bytes(), &proof) {
            return Err(Failed::Proof);
        }
        Ok(format!("v={}", encode(&self.verifier.server_signature(auth_message.as_bytes()))))
    }
}

/// What the client must repeat after the header. REFUSES: `y` where we offered PLUS (a downgrade),
/// a mechanism that does not agree with the flag, another binding than tls-server-end-point.
fn bound<'a>(mechanism: &str, flag: &str, end_point: Option<&'a EndPoint>) -> Result<&'a [u8], Failed> {
    match (mechanism, flag, end_point) {
        (scram::PLUS, "p=tls-server-end-point", Some(end_point)) => Ok(&end_point.0),
        (scram::PLAIN, "n", _) | (scram::PLAIN, "y", None) => Ok(&[]),
        (scram::PLAIN, "y", Some(_)) => Err(Failed::Binding),
        _ => Err(Failed::Mechanism),
    }
}

/// Printable ASCII without a comma (RFC 5802, section 7), of a sane length.
fn is_nonce(nonce: &str) -> bool {
    (1..=256).contains(&nonce.len()) && nonce.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b',')
}
