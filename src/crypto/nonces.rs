//! Nonces for randomized cells, drawn in bulk from a seeded CSPRNG.
//!
//! The operating system is asked once per session and not once per value (some 300 ns each). That
//! is enough because AES-GCM-SIV tolerates a repeated nonce: it would show only that two values are
//! equal (RFC 8452, section 9). State is owned by the caller; nothing here is shared.

use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng, TryRngCore};
use zeroize::Zeroizing;

use super::aead::NONCE_LEN;

/// A stream of nonces. One per session or worker.
pub struct Nonces(ChaCha20Rng);

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

impl Nonces {
    /// Seeded by the operating system.
    pub fn from_os() -> Result<Self, NoRandomness> {
        let mut seed = Zeroizing::new([0; 32]);
        fill_random(seed.as_mut_slice())?;
        Ok(Self::from_seed(&seed))
    }

    /// Seeded by the caller: for tests and simulations that must repeat.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Nonces(ChaCha20Rng::from_seed(*seed))
    }

    /// The next nonce.
    pub fn draw(&mut self) -> [u8; NONCE_LEN] {
        let mut nonce = [0; NONCE_LEN];
        self.0.fill_bytes(&mut nonce);
        nonce
    }
}

/// Fills `bytes` from the operating system: for keys, salts and key ids.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    OsRng.try_fill_bytes(bytes).map_err(|_| NoRandomness)
}
