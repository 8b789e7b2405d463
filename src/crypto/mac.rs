//! HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a state that is computed once per key, and HKDF
//! (RFC 5869) on top of it.
//!
//! Why not a crate's HMAC: the state after the first block is as good as the key, is used for
//! every deterministic cell, and must be wiped when the key goes; no crate in the tree does all of
//! that. The hash itself is `sha2`. `tests/it/format` checks both against the RFC vectors,
//! Wycheproof and the `hmac` and `hkdf` crates.

use sha2::digest::Output;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a SHA-256 block.
const BLOCK: usize = 64;

/// A keyed HMAC-SHA-256, possibly with the start of a message already absorbed.
pub struct MacState {
    inner: Sha256,
    outer: Sha256,
}

impl MacState {
    /// Keyed with `key`, of any length.
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0u8; BLOCK];
        if key.len() > BLOCK {
            block.iter_mut().zip(Sha256::digest(key)).for_each(|(b, k)| *b = k);
        } else {
            block.iter_mut().zip(key).for_each(|(b, k)| *b = *k);
        }
        block.iter_mut().for_each(|b| *b ^= 0x36);
        let inner = Sha256::new_with_prefix(block);
        block.iter_mut().for_each(|b| *b ^= 0x36 ^ 0x5c);
        let outer = Sha256::new_with_prefix(block);
        block.zeroize();
        MacState { inner, outer }
    }

    /// Absorbs the start of every message to come.
    pub fn absorb(mut self, prefix: &[u8]) -> Self {
        self.inner.update(prefix);
        self
    }

    /// The MAC of what has been absorbed, followed by `parts`.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut out = [0; 32];
        self.mac_into(parts, &mut out);
        out
    }

    /// As [`MacState::mac`], for a MAC that is itself a key: it is written to its place and nowhere
    /// else, since a value that is returned may leave copies on the stack.
    pub fn mac_into(&self, parts: &[&[u8]], out: &mut [u8; 32]) {
        let mut inner = self.inner.clone();
        parts.iter().for_each(|part| inner.update(part));
        let mut digest = Zeroizing::new([0; 32]);
        inner.finalize_into_reset(Output::<Sha256>::from_mut_slice(digest.as_mut_slice()));
        let mut outer = self.outer.clone();
        outer.update(digest.as_slice());
        outer.finalize_into_reset(Output::<Sha256>::from_mut_slice(out));
    }
}

impl Drop for MacState {
    fn drop(&mut self) {
        self.inner.reset();
        self.outer.reset();
        // The stores above would otherwise be dead and could be left out.
        std::hint::black_box(self);
    }
}

/// HKDF-Extract: the pseudorandom key, ready to expand.
pub fn extract(salt: &[u8], ikm: &[u8]) -> MacState {
    let mut prk = Zeroizing::new([0; 32]);
    MacState::new(salt).mac_into(&[ikm], &mut prk);
    MacState::new(prk.as_slice())
}

/// HKDF-Expand of one block (32 bytes) under a pseudorandom key, written to its place.
pub fn expand(prk: &MacState, info: &[&[u8]; 4], out: &mut [u8; 32]) {
    let [a, b, c, d] = *info;
    prk.mac_into(&[a, b, c, d, &[1]], out);
}
