//! The stored format: `docs/format.md`, section 1, and the primitives beneath it.

mod cells;
mod primitives;
mod tamper;
mod vectors;

pub use vectors::published;

use pgveil::crypto::nonces::NoRandomness;
use pgveil::crypto::{ColumnKeys, Keyring, Nonces, Padding, Suite};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// A source of "random" bytes that repeats, for keyrings in tests.
pub fn seeded(seed: u8) -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    move |bytes| {
        rng.fill_bytes(bytes);
        Ok(())
    }
}

/// A keyring that is the same for the same seed, with one active key.
pub fn keyring(seed: u8) -> Keyring {
    Keyring::new(1_700_000_000, &mut seeded(seed)).unwrap()
}

/// The keys of a column; a deterministic domain is recorded first.
pub fn column(keyring: &Keyring, domain: &str, tag: u16, suite: Suite, padding: Padding) -> ColumnKeys {
    let recorded = keyring.with_domain(domain, padding).unwrap();
    let keyring = match suite {
        Suite::Deterministic => recorded.as_ref().unwrap_or(keyring),
        Suite::Randomized => keyring,
    };
    ColumnKeys::derive(keyring, domain, tag, suite, padding).unwrap()
}

/// Sealed, as a string: armour is ASCII.
pub fn seal(keys: &ColumnKeys, plaintext: &[u8]) -> String {
    let mut out = Vec::new();
    keys.seal_into(plaintext, &mut Nonces::from_os().unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Opened, or why not.
pub fn open(keys: &ColumnKeys, armour: &str) -> Result<Vec<u8>, pgveil::crypto::CryptoError> {
    let mut out = Vec::new();
    let result = keys.open_into(armour.as_bytes(), &mut out);
    assert!(result.is_ok() || out.is_empty(), "a failed opening leaves nothing");
    result.map(|()| out)
}

/// Both suites: what holds for one nearly always holds for the other.
pub const SUITES: [Suite; 2] = [Suite::Randomized, Suite::Deterministic];

/// Every padding scheme.
pub const PADDINGS: [Padding; 6] =
    [Padding::Auto, Padding::Block16, Padding::Block32, Padding::Block64, Padding::Padme, Padding::Unpadded];
