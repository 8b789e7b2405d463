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
/// Hashed, not expanded: the context that binds a cell to its place.
const CELL_CONTEXT: &[u8] = b"pgveil/v1/cell";

/// Bytes of a realm id.
pub const REALM_LEN: usize = 16;
/// A derived key, wiped on drop.
pub type DerivedKey = Zeroizing<[u8; 32]>;

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

    fn cell(&self, prk: &MacState, label: &[u8]) -> DerivedKey {
        let domain = self.domain.as_bytes();
        expand(prk, &[label, &length(domain), domain, &self.type_tag.to_be_bytes()])
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
    pub fn randomized(&self, place: &Place<'_>) -> DerivedKey {
        place.cell(&self.0, CELL_RANDOMIZED)
    }

    /// K("det-enc").
    pub fn deterministic(&self, place: &Place<'_>) -> DerivedKey {
        place.cell(&self.0, CELL_DETERMINISTIC)
    }

    /// K("det-nonce").
    pub fn deterministic_nonce(&self, place: &Place<'_>) -> DerivedKey {
        place.cell(&self.0, CELL_NONCE)
    }

    /// First 16 bytes of K("check"): says that a key is the one that an id stood for, without
    /// being the key.
    pub fn check_value(&self) -> [u8; 16] {
        let full = expand(&self.0, &[KEY_CHECK]);
        let mut check = [0; 16];
        check.iter_mut().zip(full.iter()).for_each(|(to, from)| *to = *from);
        check
    }
}

/// Keys of the keyring file's body and MAC.
pub fn keyring_file(realm: &[u8; REALM_LEN], file_key: &[u8; 32]) -> (DerivedKey, MacState) {
    let prk = extract(realm, file_key);
    let mac = expand(&prk, &[KEYRING_MAC]);
    (expand(&prk, &[KEYRING_BODY]), MacState::new(mac.as_slice()))
}

/// MAC state for things of this label that the realm vouches for.
pub fn attestation(realm: &[u8; REALM_LEN], attestation_key: &[u8; 32], label: &str) -> MacState {
    let prk = extract(realm, attestation_key);
    let key = expand(&prk, &[ATTEST, &length(label.as_bytes()), label.as_bytes()]);
    MacState::new(key.as_slice())
}

/// Wrapping key and public name of a root key.
pub fn root_wrap(realm: &[u8; REALM_LEN], root_key: &[u8; 32]) -> (DerivedKey, [u8; 8]) {
    let prk = extract(realm, root_key);
    let full = expand(&prk, &[ROOT_NAME]);
    let mut name = [0; 8];
    name.iter_mut().zip(full.iter()).for_each(|(to, from)| *to = *from);
    (expand(&prk, &[WRAP_ROOT]), name)
}

/// Wrapping key and commitment of a passphrase whose Argon2id output is `stretched`.
pub fn passphrase_wrap(realm: &[u8; REALM_LEN], stretched: &[u8; 32]) -> (DerivedKey, DerivedKey) {
    let prk = extract(realm, stretched);
    (expand(&prk, &[WRAP_PASSPHRASE]), expand(&prk, &[COMMIT_PASSPHRASE]))
}
