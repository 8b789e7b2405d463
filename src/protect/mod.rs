//! Seals and opens one cell: the only place where policy, values and crypto meet.
//!
//! Knows which converter and which keys a protected column has, what its phase asks for, and how an
//! envelope looks in the type that the server stores it in. Does not know statements, messages or
//! sessions. [`Protector`] is the way in; one is made per epoch and shared.

mod cast;
mod column;
mod counts;
mod document;
mod error;
mod field;
mod joined;
mod open;
mod seal;
mod stored;

pub use column::{Protector, UnfitColumn, padding_of, suite_of};
pub use counts::{ByMode, Counts, Uses};
pub use error::ProtectError;
pub use open::Opening;
pub use seal::Sealing;
pub use stored::PREFIX as ARMOUR;

use crate::crypto::Nonces;
pub use crate::crypto::nonces::NoRandomness;
pub use crate::values::{Format, TextSettings};
use zeroize::Zeroizing;

/// What one session or one worker brings along to seal and open: the settings under which its text
/// is read and shown, a stream of nonces, and buffers that are wiped when dropped.
pub struct Desk {
    /// Followed from what the client sent.
    pub settings: TextSettings,
    /// The server has said that a domain with an open window has moved already: what is stored in it
    /// takes the new form, unless that is the plain one (docs/format.md, section 4). Believed for a
    /// second attempt only, and no further than the epoch.
    pub ahead: bool,
    /// What was done at this desk since they were last taken.
    pub counts: Counts,
    nonces: Nonces,
    plaintext: Zeroizing<Vec<u8>>,
    other: Zeroizing<Vec<u8>>,
}

/// A buffer larger than this, in bytes, is wiped and given back after use.
const KEPT_BUFFER: usize = 16 * 1024;

impl Desk {
    /// With nonces seeded by the operating system.
    pub fn from_os(settings: TextSettings) -> Result<Self, NoRandomness> {
        Ok(Self::new(settings, Nonces::from_os()?))
    }

    /// With the caller's nonces.
    pub fn new(settings: TextSettings, nonces: Nonces) -> Self {
        let (plaintext, other) = (Zeroizing::default(), Zeroizing::default());
        Desk { settings, ahead: false, counts: Counts::default(), nonces, plaintext, other }
    }

    /// Another for the same session, to be used at the same time by another thread.
    pub fn beside(&self) -> Result<Self, NoRandomness> {
        Ok(Desk { ahead: self.ahead, ..Self::from_os(self.settings.clone())? })
    }

    /// Drops what a large value has left.
    fn tidy(&mut self) {
        for buffer in [&mut self.plaintext, &mut self.other] {
            if buffer.capacity() > KEPT_BUFFER {
                *buffer = Zeroizing::default();
            }
        }
    }
}
