//! HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a state that is computed once per key, and HKDF
//! (RFC 5869) on top of it.
//!
//! Why not a crate's HMAC: the state after the first block is as good as the key, is used for
//! every deterministic cell, and must be wiped when the key goes; no crate in the tree does all of
//! that. The compression function is `sha2`'s, called on whole blocks: its buffered interface costs a
//! third of the time of a short message. `tests/it/format` checks all of this against the RFC
//! vectors, Wycheproof and the `hmac` and `hkdf` crates.

use sha2::digest::generic_array::GenericArray;
use sha2::{Digest, Sha256, compress256};
use zeroize::{Zeroize, Zeroizing, optimization_barrier};

/// Bytes of a SHA-256 block.
const BLOCK: usize = 64;
/// Bytes of a digest.
const DIGEST: usize = 32;
/// Bytes of the length of the message at the end of its last block (FIPS 180-4, 5.1.1).
const LENGTH: usize = 8;
/// Where it stands in that block.
const LENGTH_AT: usize = BLOCK - LENGTH;
/// A message that ends in so many bytes, padding included, is laid out in one piece.
const TAIL: usize = 4 * BLOCK;

/// FIPS 180-4, 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 under way: chaining value, the bytes of a block that is not full, all bytes so far.
struct Hash {
    state: [u32; 8],
    block: [u8; BLOCK],
    total: u64,
}

/// In a few wide stores that the barrier keeps: the derived way writes each byte by itself, which for
/// a short message takes as long as half a compression.
impl Zeroize for Hash {
    fn zeroize(&mut self) {
        *self = Hash { state: [0; 8], block: [0; BLOCK], total: 0 };
        optimization_barrier(self);
    }
}

impl Hash {
    const EMPTY: Hash = Hash { state: INITIAL, block: [0; BLOCK], total: 0 };

    /// Absorbs a first whole block, of which nothing is kept but the chaining value.
    fn begin(&mut self, block: &[u8; BLOCK]) {
        compress(&mut self.state, block);
        self.total = BLOCK as u64;
    }

    fn filled(&self) -> usize {
        (self.total % BLOCK as u64) as usize
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let filled = self.filled();
            let (now, later) = bytes.split_at_checked(BLOCK - filled).unwrap_or((bytes, &[]));
            if let Some(room) = self.block.get_mut(filled..filled + now.len()) {
                room.copy_from_slice(now);
            }
            self.total += now.len() as u64;
            if self.filled() == 0 {
                compress(&mut self.state, &self.block);
            }
            bytes = later;
        }
    }

    /// Writes the digest of what has been absorbed, followed by `parts`: laid out in one piece with its
    /// padding, without the bookkeeping of block after block. `None`, and nothing written, if that is too
    /// long for a [`Tail`].
    fn short(&self, parts: &[&[u8]], out: &mut [u8; DIGEST]) -> Option<()> {
        let filled = self.filled();
        let mut tail = Zeroizing::new(Tail { room: [0; TAIL], state: INITIAL });
        let Tail { room, state } = &mut *tail;
        // In its place only: what is moved there leaves a copy behind.
        *state = self.state;
        let (absorbed, mut free) = room.split_at_mut_checked(filled)?;
        absorbed.copy_from_slice(self.block.get(..filled)?);
        for part in parts {
            let (place, rest) = free.split_at_mut_checked(part.len())?;
            place.copy_from_slice(part);
            free = rest;
        }
        *free.first_mut()? = 0x80;
        let message = filled + parts.iter().map(|part| part.len()).sum::<usize>();
        let padded = (message + 1 + LENGTH).next_multiple_of(BLOCK);
        let bits = (self.total - filled as u64 + message as u64).wrapping_mul(8);
        let blocks = room.get_mut(..padded)?;
        *blocks.last_chunk_mut()? = bits.to_be_bytes();
        for block in blocks.chunks_exact(BLOCK) {
            compress256(state, std::slice::from_ref(GenericArray::from_slice(block)));
        }
        write_digest(state, out);
        Some(())
    }

    /// Writes the digest of what has been absorbed, followed by `parts`.
    fn digest(&self, parts: &[&[u8]], out: &mut [u8; DIGEST]) {
        if self.short(parts, out).is_none() {
            let mut hash = Zeroizing::new(Hash::EMPTY);
            hash.state = self.state;
            hash.block = self.block;
            hash.total = self.total;
            parts.iter().for_each(|part| hash.update(part));
            hash.finish(out);
        }
    }

    /// Pads (FIPS 180-4, 5.1.1) and writes the digest.
    fn finish(&mut self, out: &mut [u8; DIGEST]) {
        let bits = self.total.wrapping_mul(8).to_be_bytes();
        let filled = self.filled();
        if let Some((mark, rest)) = self.block.get_mut(filled..).and_then(<[u8]>::split_first_mut) {
            *mark = 0x80;
            rest.fill(0);
        }
        if filled >= LENGTH_AT {
            compress(&mut self.state, &self.block);
            self.block.fill(0);
        }
        if let Some(length) = self.block.last_chunk_mut() {
            *length = bits;
        }
        compress(&mut self.state, &self.block);
        write_digest(&self.state, out);
    }
}

/// The end of a short message, its padding included, and the chaining value.
struct Tail {
    room: [u8; TAIL],
    state: [u32; 8],
}

/// As [`Hash`].
impl Zeroize for Tail {
    fn zeroize(&mut self) {
        *self = Tail { room: [0; TAIL], state: [0; 8] };
        optimization_barrier(self);
    }
}

fn write_digest(state: &[u32; 8], out: &mut [u8; DIGEST]) {
    for (bytes, word) in out.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

fn compress(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    compress256(state, std::slice::from_ref(GenericArray::from_slice(block)));
}

/// A keyed HMAC-SHA-256, possibly with the start of a message already absorbed. It is filled where it lies and stays
/// there: a value that is moved leaves copies on the stack, which nobody wipes.
pub struct MacState(Box<Keyed>);

struct Keyed {
    inner: Hash,
    outer: Hash,
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
        let mut keyed = Box::new(Keyed { inner: Hash::EMPTY, outer: Hash::EMPTY });
        block.iter_mut().for_each(|b| *b ^= 0x36);
        keyed.inner.begin(&block);
        block.iter_mut().for_each(|b| *b ^= 0x36 ^ 0x5c);
        keyed.outer.begin(&block);
        block.zeroize();
        MacState(keyed)
    }

    /// Absorbs the start of every message to come.
    pub fn absorb(mut self, prefix: &[u8]) -> Self {
        self.0.inner.update(prefix);
        self
    }

    /// The MAC of what has been absorbed, followed by `parts`.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; DIGEST] {
        let mut out = [0; DIGEST];
        self.mac_into(parts, &mut out);
        out
    }

    /// As [`MacState::mac`], for a MAC that is itself a key: it is written to its place and nowhere
    /// else, since a value that is returned may leave copies on the stack.
    pub fn mac_into(&self, parts: &[&[u8]], out: &mut [u8; DIGEST]) {
        let mut digest = [0; DIGEST];
        self.0.inner.digest(parts, &mut digest);
        self.0.outer.digest(&[&digest], out);
        digest = [0; DIGEST];
        optimization_barrier(&digest);
    }
}

impl Drop for MacState {
    fn drop(&mut self) {
        self.0.inner.zeroize();
        self.0.outer.zeroize();
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
