//! What can go wrong: with one cell, and with a keyring. No variant can hold a value or a key.

use std::path::PathBuf;

use super::envelope::KeyId;
use super::keyring::ChangeError;
use super::locked::LockedError;
use super::nonces::NoRandomness;

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
    /// The form asked for is the plain one, which nothing is sealed in.
    #[error("the deterministic domain is stored plain")]
    FormIsPlain,
    /// A deterministic domain changes its padding only by rotation: equal values would differ.
    #[error("the padding of the deterministic domain differs from the one recorded in the keyring")]
    PaddingDiffers,
}

/// What can go wrong with a keyring file. Names files and reasons, never key material. Nothing is
/// loaded in part: with any of these there is no keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// There is no such file.
    #[error("{}: no such file", .0.display())]
    Missing(PathBuf),
    /// There is one already.
    #[error("{}: already exists, and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The operating system refused.
    #[error("{}: cannot {doing}: {source}", path.display())]
    Io {
        /// Of the file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The disk would not take it. What was there before is still there.
    #[error("{}: cannot be written, and is as it was", path.display())]
    NotWritten {
        /// Of the file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Others than the owner may read a file that holds a secret.
    #[error("{}: mode {mode:04o} lets others in; it must be 0600 or 0400", path.display())]
    Permissions {
        /// Of the file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not the shape of a keyring; nothing has been authenticated yet.
    #[error("not a keyring of version 1: {0}")]
    Shape(&'static str),
    /// The right key, but the content is not what was written.
    #[error("the keyring is damaged: its authentication code does not match")]
    Damaged,
    /// The content is authentic and contradicts itself.
    #[error("the keyring contradicts itself: {0}")]
    Content(&'static str),
    /// No stanza of the keyring is for the root key that was given.
    #[error("wrong root key for this keyring")]
    WrongRootKey,
    /// No passphrase stanza opens.
    #[error("wrong passphrase for this keyring")]
    WrongPassphrase,
    /// No stanza is of this kind, or none is for this secret.
    #[error("no stanza of this keyring ({0}) is for the secret that was given")]
    NoStanza(&'static str),
    /// Who keeps a key elsewhere cannot be reached or will not.
    #[error("{keeper}: {why}")]
    Keeper {
        /// Which key of whom; no secret.
        keeper: String,
        /// In the keeper's own words.
        why: String,
    },
    /// Another process has given the file a new file key.
    #[error("the keyring has a new file key: it must be unlocked again")]
    Rewrapped,
    /// A stanza cannot be made anew without its secret.
    #[error("{0}: its secret is needed for a new file key; give it with --also, or remove the stanza first")]
    StanzaNotGiven(String),
    /// There are fewer; counted from 1, as they are listed.
    #[error("the keyring has no stanza {0}")]
    NoSuchStanza(usize),
    /// Nothing would open the keyring any more.
    #[error("the last stanza of a keyring is not removed")]
    LastStanza,
    /// Shares do not fit.
    #[error(transparent)]
    Share(#[from] super::recovery::ShareError),
    /// Not an identity file of age.
    #[error("{0}: not an age identity file (expected lines of AGE-SECRET-KEY-1…, not encrypted)")]
    AgeIdentity(String),
    /// Not a recipient of age.
    #[error("{0:?}: not an age recipient (expected age1…)")]
    AgeRecipient(String),
    /// A secret that is to be text and is not.
    #[error("{0}: not UTF-8")]
    NoText(String),
    /// Parameters that would take this machine down, or would protect nothing.
    #[error("the keyring asks for Argon2id with {0}, which is out of bounds")]
    KdfBounds(&'static str),
    /// Not the text form of a root key.
    #[error("{0}: not a root key (expected {prefix}… in one line)", prefix = super::unlock::ROOT_KEY_PREFIX)]
    RootKeyText(String),
    /// Not a way of unlocking.
    #[error(
        "unlock = {0:?}: expected file:PATH, env:NAME, credential:NAME, passphrase:file:PATH, \
         passphrase:prompt, age:PATH, pkcs11:token=…;object=…?module-path=…&pin-source=file:PATH or \
         vault:https://HOST:PORT/MOUNT/KEY?token=file:PATH"
    )]
    Reference(String),
    /// An environment variable is not set.
    #[error("neither {0} nor {0}_FILE is in the environment")]
    NotInEnvironment(String),
    /// No credential can be there.
    #[error(
        "no CREDENTIALS_DIRECTORY in the environment, so no credential {0}: systemd sets it for the service \
             (LoadCredential=)"
    )]
    NoCredentials(String),
    /// An older generation than one that was seen before: a restored or replayed file.
    #[error(
        "keyring of generation {found}, but {known} is known: an older file was put back \
         (--accept-generation {found} accepts it)"
    )]
    Older {
        /// Of the file.
        found: u64,
        /// Highest seen, or demanded by the configuration.
        known: u64,
    },
    /// Another process is changing the keyring.
    #[error("{}: another process is changing this keyring", .0.display())]
    Busy(PathBuf),
    /// The change is not allowed.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The operating system gave no memory for keys.
    #[error("no memory for keys: {0}")]
    Memory(#[from] LockedError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}
