//! Signatures over what a realm testifies: Ed25519 (RFC 8032) under a key of the realm.
//!
//! Knows bytes, not what they say. The key is derived from the realm's attestation key, so it lives
//! as long as the realm and needs no place of its own; an auditor holds only the public half.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

use super::keyring::Keyring;

/// The label under which the seed is derived.
const SEED: &str = "evidence-signing-key";

/// Bytes of a public key.
pub const PUBLIC_LEN: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;

/// The key pair could not be made: the cryptographic library refused its own seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be made")]
pub struct NoSigningKey;

/// Signs in the name of a realm.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The realm's.
    ///
    /// # Errors
    /// If the library refuses.
    pub fn of(keyring: &Keyring) -> Result<Self, NoSigningKey> {
        let seed = Zeroizing::new(keyring.mac(SEED, &[]));
        Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map(Signer).map_err(|_| NoSigningKey)
    }

    /// The half that is published.
    ///
    /// # Errors
    /// If the library gives another length.
    pub fn public(&self) -> Result<[u8; PUBLIC_LEN], NoSigningKey> {
        self.0.public_key().as_ref().try_into().map_err(|_| NoSigningKey)
    }

    /// Over these bytes.
    ///
    /// # Errors
    /// If the library gives another length.
    pub fn sign(&self, bytes: &[u8]) -> Result<[u8; SIGNATURE_LEN], NoSigningKey> {
        self.0.sign(bytes).as_ref().try_into().map_err(|_| NoSigningKey)
    }
}

/// Whether the holder of this public key's other half has signed exactly these bytes.
pub fn is_signed(public: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(bytes, signature).is_ok()
}
