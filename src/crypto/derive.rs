//! Every derived key and every label, side by side, so that no two can be the same.
//!
//! `docs/format.md`, sections 1 and 3. A label ends with a zero byte and what follows it is
//! length-prefixed, so no two inputs of HKDF are equal for different uses.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::mac::{MacState, expand, extract};

/// Key of a randomized cell; IKM is a data key.
const CELL_RANDOMIZED: &[u8] = b"pgveil/v1/enc\0";
/// Key of a deterministic cell; IKM is a data key.
const CELL_DETERMINISTIC: &[u8] = b"pgveil/v1/det-enc\0";
/// Key of the nonce of a deterministic cell; IKM is a data key.
const CELL_NONCE: &[u8] = b"pgveil/v1/det-nonce\0";
/// Check value of a data key, which outlives it in the tombstone; IKM is a data key.
const KEY_CHECK: &[u8] = b"pgveil/v1/check\0";
/// Key of the keyring file's body; IKM is the file key.
const KEYRING_BODY: &[u8] = b"pgveil/v1/keyring-body\0";
/// Key of the keyring file's trailing MAC; IKM is the file key.
const KEYRING_MAC: &[u8] = b"pgveil/v1/keyring-mac\0";
/// MAC of what lies beside the keyring (the pinned catalog, …); IKM is the attestation key.
const ATTEST: &[u8] = b"pgveil/v1/attest\0";
/// Key that wraps the file key in a root-key stanza; IKM is the root key.
const WRAP_ROOT: &[u8] = b"pgveil/v1/wrap-root\0";
/// Public name of a root key; IKM is the root key.
const ROOT_NAME: &[u8] = b"pgveil/v1/root-name\0";
/// Key that wraps the file key in a passphrase stanza; IKM is Argon2id's output.
const WRAP_PASSPHRASE: &[u8] = b"pgveil/v1/wrap-passphrase\0";
/// Commitment of a passphrase stanza; IKM is Argon2id's output.
const COMMIT_PASSPHRASE: &[u8] = b"pgveil/v1/commit-passphrase\0";
/// Key that wraps the file key in the stanza of a keeper; IKM is the stanza's key, which the keeper
/// wraps.
const WRAP_KEPT: &[u8] = b"pgveil/v1/wrap-kept\0";
/// Hashed, not expanded: the context that binds a cell to its place.
const CELL_CONTEXT: &[u8] = b"pgveil/v1/cell";

/// Bytes of a realm id.
pub const REALM_LEN: usize = 16;
/// Where a derived key is written; the caller wipes it. Never returned: see
/// [`MacState::mac_into`].
pub type KeyRoom<'a> = &'a mut [u8; 32];

/// Length prefix of LP(x): u32, big-endian. Nothing that we prefix comes near 4 GiB.
fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// Where a cell belongs: the place that its keys are derived for and its envelope is bound to.
pub struct Place<'a> {
    /// The realm of the keyring.
    pub realm: &'a [u8; REALM_LEN],
    /// Columns of one domain share keys.
    pub domain: &'a str,
    /// Canonical type, docs/format.md section 2.
    pub type_tag: u16,
}

impl Place<'_> {
    /// SHA-256 of the place: the constant part of a cell's associated data. The row binding is
    /// empty in version 1.
    pub fn context(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(CELL_CONTEXT);
        hash.update(length(self.realm));
        hash.update(self.realm);
        hash.update(length(self.domain.as_bytes()));
        hash.update(self.domain.as_bytes());
        hash.update(self.type_tag.to_be_bytes());
        hash.update(length(&[]));
        hash.finalize().into()
    }

    fn cell(&self, prk: &MacState, label: &[u8], key: KeyRoom<'_>) {
        let domain = self.domain.as_bytes();
        expand(prk, &[label, &length(domain), domain, &self.type_tag.to_be_bytes()], key);
    }
}

/// A data key, extracted with its realm: what the keys of cells are expanded from.
pub struct DataKeySource(MacState);

impl DataKeySource {
    /// PRK = HKDF-Extract(realm, data key).
    pub fn new(realm: &[u8; REALM_LEN], data_key: &[u8; 32]) -> Self {
        DataKeySource(extract(realm, data_key))
    }

    /// K("enc").
    pub fn randomized(&self, place: &Place<'_>, key: KeyRoom<'_>) {
        place.cell(&self.0, CELL_RANDOMIZED, key);
    }

    /// K("det-enc").
    pub fn deterministic(&self, place: &Place<'_>, key: KeyRoom<'_>) {
        place.cell(&self.0, CELL_DETERMINISTIC, key);
    }

    /// K("det-nonce"), as the MAC that it keys.
    pub fn deterministic_nonce(&self, place: &Place<'_>) -> MacState {
        let mut key = Zeroizing::new([0; 32]);
        place.cell(&self.0, CELL_NONCE, &mut key);
        MacState::new(key.as_slice())
    }

    /// First 16 bytes of K("check"): says that a key is the one that an id stood for, without
    /// being the key.
    pub fn check_value(&self) -> [u8; 16] {
        first(&bare(&self.0, KEY_CHECK))
    }
}

/// Key of the keyring file's body.
pub fn keyring_body(realm: &[u8; REALM_LEN], file_key: &[u8; 32], key: KeyRoom<'_>) {
    bare_key(&extract(realm, file_key), KEYRING_BODY, key);
}

/// MAC of the keyring file.
pub fn keyring_mac(realm: &[u8; REALM_LEN], file_key: &[u8; 32]) -> MacState {
    let mut key = Zeroizing::new([0; 32]);
    bare_key(&extract(realm, file_key), KEYRING_MAC, &mut key);
    MacState::new(key.as_slice())
}

/// MAC of things of this label that the realm vouches for.
pub fn attestation(realm: &[u8; REALM_LEN], attestation_key: &[u8; 32], label: &str) -> MacState {
    let prk = extract(realm, attestation_key);
    let mut key = Zeroizing::new([0; 32]);
    expand(&prk, &[ATTEST, &length(label.as_bytes()), label.as_bytes(), &[]], &mut key);
    MacState::new(key.as_slice())
}

/// Wrapping key of a root key; gives the root key's public name.
pub fn root_wrap(realm: &[u8; REALM_LEN], root_key: &[u8; 32], key: KeyRoom<'_>) -> [u8; 8] {
    let prk = extract(realm, root_key);
    bare_key(&prk, WRAP_ROOT, key);
    first(&bare(&prk, ROOT_NAME))
}

/// Wrapping key of a passphrase whose Argon2id output is `stretched`; gives its commitment.
pub fn passphrase_wrap(realm: &[u8; REALM_LEN], stretched: &[u8; 32], key: KeyRoom<'_>) -> [u8; 32] {
    let prk = extract(realm, stretched);
    bare_key(&prk, WRAP_PASSPHRASE, key);
    bare(&prk, COMMIT_PASSPHRASE)
}

/// Wrapping key of a stanza whose own key, `kept`, somebody else wraps.
pub fn kept_wrap(realm: &[u8; REALM_LEN], kept: &[u8; 32], key: KeyRoom<'_>) {
    bare_key(&extract(realm, kept), WRAP_KEPT, key);
}

fn bare_key(prk: &MacState, label: &[u8], key: KeyRoom<'_>) {
    expand(prk, &[label, &[], &[], &[]], key);
}

/// For what is no key: names, check values, commitments.
fn bare(prk: &MacState, label: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    bare_key(prk, label, &mut out);
    out
}

fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}
