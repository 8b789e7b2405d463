//! What can go wrong with one cell. No variant can hold a value.

use super::envelope::KeyId;

/// Why a cell was neither sealed nor opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The bytes do not begin as an armoured envelope does: in a transitional phase, plaintext.
    #[error("not an envelope")]
    NotAnEnvelope,
    /// Begins as an envelope and is none of this column: changed, cut, moved from another column,
    /// type or realm, of another mode, or forged. Deliberately one error for all of them.
    #[error("envelope damaged, or not of this column")]
    Damaged,
    /// The envelope names a key that the keyring has never held.
    #[error("key {0} is not in the keyring")]
    KeyUnknown(KeyId),
    /// The envelope names a key that the operator has disabled.
    #[error("key {0} is disabled")]
    KeyDisabled(KeyId),
    /// The envelope names a key that has been destroyed.
    #[error("key {0} has been destroyed")]
    KeyDestroyed(KeyId),
    /// A plaintext of `bytes` bytes, above [`super::envelope::MAX_PLAINTEXT`].
    #[error("value of {bytes} bytes is above the format's limit")]
    TooLong {
        /// Length of the canonical plaintext.
        bytes: usize,
    },
    /// The keyring has no active key to seal with.
    #[error("the keyring has no active key")]
    NoActiveKey,
    /// A deterministic domain that the keyring has not recorded has no key of its own yet.
    #[error("the deterministic domain is not recorded in the keyring")]
    DomainNotRecorded,
    /// A deterministic domain changes its padding only by rotation: equal values would differ.
    #[error("the padding of the deterministic domain differs from the one recorded in the keyring")]
    PaddingDiffers,
}
