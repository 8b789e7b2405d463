//! AES-256-GCM-SIV (RFC 8452): the only file that names the cipher.
//!
//! Two implementations behind one trait. [`Native`] (aws-lc-rs) is the default; [`Portable`] (the
//! `aes-gcm-siv` crate, pure Rust) is the cross-check of the tests and, with the cargo feature
//! `portable-aead`, the one that is used. Knows no header, no nonce policy and no padding.
//!
//! aws-lc allocates a key's schedule on its own heap and cleanses it when the key is dropped.

use aes_gcm_siv::aead::{AeadInPlace, KeyInit};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroize;

/// Bytes of a key.
pub const KEY_LEN: usize = 32;
/// Bytes of a nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes of a tag.
pub const TAG_LEN: usize = 16;

/// The cipher refused. Nothing more is known, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AeadFault;

/// One key of the cipher, expanded.
pub trait Aead: Sized + Send + Sync {
    /// Expands `key`.
    fn new(key: &[u8; KEY_LEN]) -> Result<Self, AeadFault>;

    /// Encrypts `data` in place and gives its tag. On failure `data` is wiped.
    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], data: &mut [u8]) -> Result<[u8; TAG_LEN], AeadFault>;

    /// Decrypts `ciphertext` into `plaintext`, which must be as long. On failure `plaintext` is
    /// wiped: no unauthenticated byte leaves.
    fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
        plaintext: &mut [u8],
    ) -> Result<(), AeadFault>;
}

/// The implementation that this build uses.
#[cfg(not(feature = "portable-aead"))]
pub type Cipher = Native;
/// The implementation that this build uses.
#[cfg(feature = "portable-aead")]
pub type Cipher = Portable;

/// aws-lc-rs.
pub struct Native(LessSafeKey);

impl Aead for Native {
    fn new(key: &[u8; KEY_LEN]) -> Result<Self, AeadFault> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key).map_err(|_| AeadFault)?;
        Ok(Native(LessSafeKey::new(key)))
    }

    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], data: &mut [u8]) -> Result<[u8; TAG_LEN], AeadFault> {
        let mut tag = [0; TAG_LEN];
        let nonce = Nonce::assume_unique_for_key(*nonce);
        match self.0.seal_in_place_scatter(nonce, Aad::from(aad), data, &[], &mut tag) {
            Ok(()) => Ok(tag),
            Err(_) => {
                data.zeroize();
                Err(AeadFault)
            }
        }
    }

    fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
        plaintext: &mut [u8],
    ) -> Result<(), AeadFault> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0.open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, plaintext).map_err(|_| {
            plaintext.zeroize();
            AeadFault
        })
    }
}

/// The `aes-gcm-siv` crate.
pub struct Portable(aes_gcm_siv::Aes256GcmSiv);

impl Aead for Portable {
    fn new(key: &[u8; KEY_LEN]) -> Result<Self, AeadFault> {
        Ok(Portable(aes_gcm_siv::Aes256GcmSiv::new(key.into())))
    }

    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], data: &mut [u8]) -> Result<[u8; TAG_LEN], AeadFault> {
        match self.0.encrypt_in_place_detached(nonce.into(), aad, data) {
            Ok(tag) => Ok(tag.into()),
            Err(_) => {
                data.zeroize();
                Err(AeadFault)
            }
        }
    }

    fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
        plaintext: &mut [u8],
    ) -> Result<(), AeadFault> {
        if plaintext.len() != ciphertext.len() {
            plaintext.zeroize();
            return Err(AeadFault);
        }
        plaintext.copy_from_slice(ciphertext);
        self.0.decrypt_in_place_detached(nonce.into(), aad, plaintext, tag.into()).map_err(|_| {
            plaintext.zeroize();
            AeadFault
        })
    }
}
