//! Seals and opens the cells of one column.
//!
//! Everything that is the same for every cell (keys, associated data, the start of the nonce's
//! MAC) is computed once, in [`ColumnKeys::derive`]. A cell then costs one pass of the cipher, one
//! of base64 and, if deterministic, one MAC; nothing is allocated but room in the caller's buffer.
//! Knows no policy: the caller says domain, type tag, suite and padding.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::aead::{Aead, Cipher, NONCE_LEN};
use super::armour;
use super::derive::{DataKeySource, Place};
use super::domains::{Form, Window};
use super::envelope::{Envelope, EnvelopeRoom, HEADER_LEN, KeyId, MAX_PLAINTEXT, OVERHEAD, Suite};
use super::error::CryptoError;
use super::keyring::{KeyState, Keyring};
use super::mac::MacState;
use super::nonces::Nonces;
use super::padding::{self, Padding};

/// Bytes of the associated data: header and context.
const AAD_LEN: usize = HEADER_LEN + 32;

/// The keys of one column (one domain and type), under every readable key of the realm.
pub struct ColumnKeys {
    suite: Suite,
    padding: Padding,
    writes: Form,
    other: Option<Form>,
    /// The key of `writes`.
    sealing: Option<CellKey>,
    older: Vec<CellKey>,
    closed: Vec<(KeyId, CryptoError)>,
}

impl ColumnKeys {
    /// Derives the keys of a column. `type_tag` is the canonical type of docs/format.md section 2.
    ///
    /// For [`Suite::Deterministic`] the domain must be recorded in the keyring
    /// ([`Keyring::with_domain`]) with this very `padding`; it is written in the domain's own form.
    pub fn derive(
        keyring: &Keyring,
        domain: &str,
        type_tag: u16,
        suite: Suite,
        padding: Padding,
    ) -> Result<Self, CryptoError> {
        let place = Place { realm: keyring.realm(), domain, type_tag };
        let (writes, other) = match suite {
            Suite::Randomized => (Form::Sealed(keyring.active().ok_or(CryptoError::NoActiveKey)?), None),
            Suite::Deterministic => {
                let recorded = keyring.domain(domain).ok_or(CryptoError::DomainNotRecorded)?;
                if recorded.padding != padding {
                    return Err(CryptoError::PaddingDiffers);
                }
                (recorded.writes, recorded.window.map(Window::other))
            }
        };
        let mut sealing = None;
        let (mut older, mut closed) = (Vec::new(), Vec::new());
        for key in keyring.keys() {
            match key.state {
                KeyState::Disabled => closed.push((key.id, CryptoError::KeyDisabled(key.id))),
                KeyState::Pending | KeyState::Active | KeyState::DecryptOnly => {
                    let cell = CellKey::derive(suite, key.id, &place, key.material())?;
                    if writes == Form::Sealed(key.id) {
                        sealing = Some(cell);
                    } else {
                        older.push(cell);
                    }
                }
            }
        }
        let tombs = keyring.tombstones().iter();
        closed.extend(tombs.map(|tomb| (tomb.id, CryptoError::KeyDestroyed(tomb.id))));
        // REFUSES: a domain whose own key has been disabled cannot be sealed under another.
        if let (Form::Sealed(key), None) = (writes, &sealing) {
            return Err(CryptoError::KeyDisabled(key));
        }
        Ok(ColumnKeys { suite, padding, writes, other, sealing, older, closed })
    }

    /// The form that new values are stored in.
    pub fn writes(&self) -> Form {
        self.writes
    }

    /// The form that constants are matched in besides [`ColumnKeys::writes`], while the window of
    /// the domain is open.
    pub fn other(&self) -> Option<Form> {
        self.other
    }

    /// Appends the armour of `plaintext` (canonical, at most [`MAX_PLAINTEXT`] bytes) to `out`. On
    /// failure `out` is as before. `nonces` is not used by a deterministic column.
    ///
    /// # Errors
    /// REFUSES: a domain that writes plain: [`CryptoError::FormIsPlain`].
    pub fn seal_into(
        &self,
        plaintext: &[u8],
        nonces: &mut Nonces,
        out: &mut Vec<u8>,
    ) -> Result<(), CryptoError> {
        let key = self.sealing.as_ref().ok_or(CryptoError::FormIsPlain)?;
        self.seal_under(key, plaintext, nonces, out)
    }

    /// As [`ColumnKeys::seal_into`], in the form of [`ColumnKeys::other`]: for what is compared and
    /// not stored.
    ///
    /// # Errors
    /// [`CryptoError::FormIsPlain`] if there is no other form or it is plain.
    pub fn seal_other_into(
        &self,
        plaintext: &[u8],
        nonces: &mut Nonces,
        out: &mut Vec<u8>,
    ) -> Result<(), CryptoError> {
        let id = self.other.and_then(Form::key).ok_or(CryptoError::FormIsPlain)?;
        let key = self.older.iter().find(|key| key.id == id).ok_or(CryptoError::KeyDisabled(id))?;
        self.seal_under(key, plaintext, nonces, out)
    }

    fn seal_under(
        &self,
        key: &CellKey,
        plaintext: &[u8],
        nonces: &mut Nonces,
        out: &mut Vec<u8>,
    ) -> Result<(), CryptoError> {
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(CryptoError::TooLong { bytes: plaintext.len() });
        }
        let start = out.len();
        let envelope_len = OVERHEAD + self.padding.padded_len(plaintext.len());
        let armour_len = armour::armoured_len(envelope_len);
        // The envelope is made behind the room of its armour, in the same buffer.
        out.resize(start + armour_len + envelope_len, 0);
        let sealed = out
            .get_mut(start..)
            .and_then(|room| room.split_at_mut_checked(armour_len))
            .ok_or(CryptoError::Damaged)
            .and_then(|(room, envelope)| {
                key.seal(plaintext, nonces, envelope)?;
                armour::write(envelope, room)
            });
        out.truncate(start + if sealed.is_ok() { armour_len } else { 0 });
        sealed
    }

    /// Appends the plaintext of `armour` to `out`. On failure `out` is as before and nothing
    /// decrypted is left in it.
    pub fn open_into(&self, armour: &[u8], out: &mut Vec<u8>) -> Result<(), CryptoError> {
        let body = armour::body(armour)?;
        let envelope_len = armour::envelope_len(body.len())?;
        if !Envelope::may_have(envelope_len) {
            return Err(CryptoError::Damaged);
        }
        let padded_len = envelope_len.saturating_sub(OVERHEAD);
        let start = out.len();
        // The envelope is decoded behind the room of its plaintext, in the same buffer.
        out.resize(start + padded_len + envelope_len, 0);
        let opened = out
            .get_mut(start..)
            .and_then(|room| room.split_at_mut_checked(padded_len))
            .ok_or(CryptoError::Damaged)
            .and_then(|(plaintext, envelope)| {
                armour::decode(body, envelope)?;
                let envelope = Envelope::cut(envelope)?;
                self.key_of(envelope.header)?.open(&envelope, plaintext)
            });
        out.truncate(start + opened.unwrap_or(0));
        opened.map(|_| ())
    }

    fn key_of(&self, header: &[u8; HEADER_LEN]) -> Result<&CellKey, CryptoError> {
        if let Some(key) = self.sealing.as_ref().filter(|key| key.header() == Some(header)) {
            return Ok(key);
        }
        let (suite, id) = Envelope::read_header(header)?;
        // REFUSES: the suite is the policy's word, not the envelope's.
        if suite != self.suite {
            return Err(CryptoError::Damaged);
        }
        if let Some(key) = self.older.iter().find(|key| key.id == id) {
            return Ok(key);
        }
        let closed = self.closed.iter().find(|(closed, _)| *closed == id);
        Err(closed.map_or(CryptoError::KeyUnknown(id), |(_, why)| *why))
    }
}

/// One key of one column.
struct CellKey {
    id: KeyId,
    aad: [u8; AAD_LEN],
    cipher: Cipher,
    /// Deterministic only: the nonce's MAC, with LP(aad) absorbed.
    nonce_mac: Option<MacState>,
}

impl CellKey {
    fn derive(suite: Suite, id: KeyId, place: &Place<'_>, data_key: &[u8; 32]) -> Result<Self, CryptoError> {
        let source = DataKeySource::new(place.realm, data_key);
        let mut aad = [0; AAD_LEN];
        let bound = suite.header(id).into_iter().chain(place.context());
        aad.iter_mut().zip(bound).for_each(|(to, from)| *to = from);
        let mut key = Zeroizing::new([0; 32]);
        let nonce_mac = match suite {
            Suite::Randomized => {
                source.randomized(place, &mut key);
                None
            }
            Suite::Deterministic => {
                source.deterministic(place, &mut key);
                let length = (AAD_LEN as u32).to_be_bytes();
                Some(source.deterministic_nonce(place).absorb(&length).absorb(&aad))
            }
        };
        let cipher = Cipher::new(&key).map_err(|_| CryptoError::Damaged)?;
        Ok(CellKey { id, aad, cipher, nonce_mac })
    }

    fn header(&self) -> Option<&[u8; HEADER_LEN]> {
        self.aad.first_chunk()
    }

    /// Fills `envelope`, of [`OVERHEAD`] and the padded length.
    fn seal(&self, plaintext: &[u8], nonces: &mut Nonces, envelope: &mut [u8]) -> Result<(), CryptoError> {
        let room = EnvelopeRoom::cut(envelope).ok_or(CryptoError::Damaged)?;
        padding::pad(plaintext, room.body)?;
        *room.header = *self.header().ok_or(CryptoError::Damaged)?;
        *room.nonce = match &self.nonce_mac {
            Some(mac) => derived_nonce(mac, room.body),
            None => nonces.draw(),
        };
        *room.tag = self.cipher.seal(room.nonce, &self.aad, room.body).map_err(|_| CryptoError::Damaged)?;
        Ok(())
    }

    /// Fills `plaintext`, as long as the ciphertext, and gives the length without padding. On
    /// failure `plaintext` is wiped.
    fn open(&self, envelope: &Envelope<'_>, plaintext: &mut [u8]) -> Result<usize, CryptoError> {
        self.cipher
            .open(envelope.nonce, &self.aad, envelope.ciphertext, envelope.tag, plaintext)
            .map_err(|_| CryptoError::Damaged)?;
        let genuine = match &self.nonce_mac {
            Some(mac) => derived_nonce(mac, plaintext).ct_eq(envelope.nonce).into(),
            None => true,
        };
        match padding::unpadded_len(plaintext) {
            Some(len) if genuine => Ok(len),
            Some(_) | None => {
                plaintext.zeroize();
                Err(CryptoError::Damaged)
            }
        }
    }
}

/// N = HMAC(K("det-nonce"), LP(AAD) || P), cut to the nonce's length.
fn derived_nonce(mac: &MacState, padded: &[u8]) -> [u8; NONCE_LEN] {
    let full = mac.mac(&[padded]);
    let mut nonce = [0; NONCE_LEN];
    nonce.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    nonce
}
