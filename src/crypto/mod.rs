//! Keys and ciphertext: what is stored in place of a value, and where the keys come from.
//!
//! Knows the stored format (`docs/format.md`, sections 1, 3 and 5) and nothing else: no SQL, no
//! PostgreSQL, no policy. A value is bytes, a column is a domain and a type tag.
//!
//! Top down:
//! - [`column`]: seals and opens the cells of one column; all that `protect` needs.
//! - [`keyring`]: the keys of a realm as an immutable value, [`domains`] those of its deterministic
//!   domains; [`keyfile`] is how it is written,
//!   [`unlock`] what opens it, [`recovery`] the custodians' shares ([`shamir`]), [`store`] how it is
//!   kept on disk ([`disk`]), [`generations`] why an older one is noticed, [`retire`] how a key ends.
//! - [`envelope`], [`armour`], [`padding`]: the bytes of a stored value.
//! - [`derive`]: every label under which a key is derived; [`mac`], [`aead`]: the primitives, each
//!   named in one file only.
//! - [`nonces`]: randomness for cells; [`locked`]: memory that holds keys.

pub mod aead;
pub mod armour;
pub mod column;
mod content;
pub mod derive;
pub mod disk;
pub mod domains;
pub mod envelope;
pub mod error;
pub mod evidence;
pub mod generations;
pub mod keyfile;
pub mod keyring;
pub mod locked;
pub mod mac;
pub mod nonces;
pub mod padding;
mod reader;
pub mod recovery;
pub mod retire;
pub mod shamir;
pub mod store;
pub mod unlock;

pub use column::ColumnKeys;
pub use domains::{Form, Window};
pub use envelope::{KeyId, Suite};
pub use error::{CryptoError, KeyringError};
pub use keyring::Keyring;
pub use nonces::Nonces;
pub use padding::Padding;
pub use store::KeyringFile;
