//! What the server stored becomes what the client sees.

use crate::crypto::CryptoError;
use crate::names::ColumnId;
use crate::policy::model::{Mode, Phase};
use crate::types::{Cast, Extent, LogicalType, StoredType};
use crate::values::{ArrayBuilder, Converter, Format, TextSettings, ValueError, elements};

use super::Desk;
use super::cast::{self, CastError};
use super::column::{Beside, Former, Guarded, Protector};
use super::error::ProtectError;
use super::stored;

/// How one result cell is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Governs domain, mode, type and stored form.
    pub column: ColumnId,
    /// Whether the cell is a stored value, an array of them, or an element of one.
    pub extent: Extent,
    /// Innermost first.
    pub casts: &'a [Cast],
    /// Constants may stand among the values, sealed to be shown beside them.
    pub beside: bool,
}

impl Protector {
    /// Appends the opened value in `format`, which is also the format that the server sent it in. On
    /// an error `out` is as it was, and no plaintext is left in its spare capacity.
    pub fn open(
        &self,
        how: &Opening<'_>,
        format: Format,
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let column = self.column(how.column)?;
        let start = out.len();
        let cell = Cell { column, how, format };
        let done = if column.is_array(how.extent) {
            cell.open_array(bytes, desk, out)
        } else {
            cell.open(bytes, desk, out)
        };
        desk.tidy();
        if done.is_err() {
            wipe_from(out, start);
            desk.counts.unopened += 1;
        }
        done
    }
}

/// One result column of one statement.
struct Cell<'a> {
    column: &'a Guarded,
    how: &'a Opening<'a>,
    format: Format,
}

/// Why an array of stored values was not opened.
enum Failed {
    NotAnArray,
    Element(ProtectError),
}

impl From<ValueError> for Failed {
    fn from(_: ValueError) -> Self {
        Failed::NotAnArray
    }
}

impl Cell<'_> {
    fn open_array(&self, bytes: &[u8], desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), ProtectError> {
        let shown = self.how.casts.last().map_or(self.column.converter.logical(), |cast| &cast.to);
        let element_oid = match shown {
            LogicalType::TextArray => LogicalType::Text.oid(),
            other => other.oid(),
        };
        let mut value = zeroize::Zeroizing::new(Vec::new());
        let mut array = ArrayBuilder::new(self.format, element_oid, out);
        let opened = elements(self.format, bytes, &[], |stored| {
            let Some(stored) = stored else {
                array.push(None);
                return Ok(());
            };
            value.clear();
            self.open(stored, desk, &mut value).map_err(Failed::Element)?;
            array.push(Some(&value));
            Ok(())
        });
        match opened {
            Ok(()) => {
                array.finish();
                Ok(())
            }
            Err(Failed::NotAnArray) => Err(ProtectError::damaged(self.how.column)),
            Err(Failed::Element(error)) => Err(error),
        }
    }

    fn open(&self, bytes: &[u8], desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), ProtectError> {
        if self.is_shown_as_stored() {
            match (self.column.keys.open_into(bytes, out), self.column.phase) {
                (Ok(()), _) => {
                    desk.counts.opened.count(self.column.mode);
                    return Ok(());
                }
                (Err(CryptoError::NotAnEnvelope), Phase::Encrypting | Phase::Decrypting) => {}
                // It may be of the older declaration.
                (Err(_), _) if self.column.former.is_some() || self.beside().is_some() => {}
                (Err(error), _) => return Err(ProtectError::crypto(self.how.column, error)),
            }
        }
        let mut room = std::mem::take(&mut *desk.other);
        desk.plaintext.clear();
        let read = match stored::bare(self.column.stored, self.format, bytes, &mut room) {
            Some(stored) => self.plaintext_of(stored, bytes, desk),
            None => Err(ProtectError::damaged(self.how.column)),
        };
        let beside = self.beside().filter(|_| read.is_err());
        let constant = beside.zip(stored::bare(self.column.stored, self.format, bytes, &mut room));
        if let Some((beside, stored)) = constant
            && beside.keys.open_into(stored, &mut desk.plaintext).is_ok()
        {
            *desk.other = room;
            desk.counts.opened.count(Mode::Randomized);
            return self.show_beside(beside, desk, out).map_err(|error| self.not_shown(error));
        }
        *desk.other = room;
        read?;
        self.show(desk, out).map_err(|error| self.not_shown(error))
    }

    fn not_shown(&self, error: CastError) -> ProtectError {
        match error {
            CastError::Value(ValueError::Damaged) => ProtectError::damaged(self.how.column),
            CastError::Value(error) => ProtectError::value(self.how.column, &error),
            CastError::Unfit(unfit) => ProtectError::unfit(self.how.column, &unfit),
        }
    }

    fn beside(&self) -> Option<&Beside> {
        self.column.beside.as_ref().filter(|_| self.how.beside)
    }

    /// Appends the constant in `desk.plaintext` as the client sees it. Of char(n) it is text with its blanks,
    /// which a cast leaves behind (manual, 8.3).
    fn show_beside(&self, beside: &Beside, desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), CastError> {
        if self.how.casts.is_empty() {
            return Ok(beside.converter.shown(&desk.plaintext, self.format, &desk.settings, out)?);
        }
        if matches!(self.column.converter.logical(), LogicalType::Bpchar(_)) {
            let blanks = desk.plaintext.iter().rev().take_while(|byte| **byte == b' ').count();
            let kept = desk.plaintext.len().saturating_sub(blanks);
            desk.plaintext.truncate(kept);
        }
        cast::shown(beside.converter.logical(), self.how.casts, self.format, desk, out)
    }

    /// The armour stands in the cell with nothing around it, and its plaintext is what the client sees:
    /// it is opened where it goes.
    fn is_shown_as_stored(&self) -> bool {
        let bare = match self.column.stored {
            StoredType::Text | StoredType::Varchar | StoredType::TextArray => true,
            StoredType::Json | StoredType::Jsonb | StoredType::Bytea => false,
        };
        bare && self.how.casts.is_empty() && self.column.converter.shows_canonical(self.format)
    }

    /// Leaves the canonical plaintext of a stored cell in `desk.plaintext`; `sent` is the cell as it
    /// came, `stored` what the stored type holds.
    fn plaintext_of(&self, stored: &[u8], sent: &[u8], desk: &mut Desk) -> Result<(), ProtectError> {
        // A bytea has a binary form of its own; of all others the plaintext is written as text.
        let (format, plain) = match self.column.stored {
            StoredType::Bytea => (self.format, sent),
            StoredType::Text
            | StoredType::Varchar
            | StoredType::Json
            | StoredType::Jsonb
            | StoredType::TextArray => (Format::Text, stored),
        };
        match (self.column.keys.open_into(stored, &mut desk.plaintext), self.column.phase) {
            (Ok(()), _) => {
                desk.counts.opened.count(self.column.mode);
                Ok(())
            }
            // Not yet sealed, or no longer: written by the server's own text output, so ISO.
            (Err(CryptoError::NotAnEnvelope), Phase::Encrypting | Phase::Decrypting) => self
                .column
                .matching
                .canonical(format, plain, &TextSettings::default(), &mut desk.plaintext)
                .map_err(|_| ProtectError::damaged(self.how.column)),
            (Err(error), _) => match &self.column.former {
                None => Err(ProtectError::crypto(self.how.column, error)),
                Some(former) => self.of_former(former, error, stored, desk),
            },
        }
    }

    /// A value of the older declaration, in the canonical form of the present one. `error` is why it
    /// is not of the present one.
    fn of_former(
        &self,
        former: &Former,
        error: CryptoError,
        stored: &[u8],
        desk: &mut Desk,
    ) -> Result<(), ProtectError> {
        desk.plaintext.clear();
        former.keys.open_into(stored, &mut desk.plaintext).map_err(|older| {
            // A key that is closed says more than that the other declaration does not fit.
            let why = if matches!(older, CryptoError::Damaged) { error } else { older };
            ProtectError::crypto(self.how.column, why)
        })?;
        desk.counts.opened.count(self.column.mode);
        let (settings, mut text) = (TextSettings::default(), zeroize::Zeroizing::new(Vec::new()));
        let shown = former.converter.shown(&desk.plaintext, Format::Text, &settings, &mut text);
        desk.plaintext.clear();
        shown
            .and_then(|()| {
                let matching = &self.column.matching;
                matching.canonical(Format::Text, &text, &settings, &mut desk.plaintext)
            })
            .map_err(|_| ProtectError::damaged(self.how.column))
    }

    /// Appends the plaintext in `desk.plaintext` as the client sees it.
    fn show(&self, desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), CastError> {
        let converter = &self.column.converter;
        if self.how.casts.is_empty() {
            return Ok(converter.shown(&desk.plaintext, self.format, &desk.settings, out)?);
        }
        let Desk { settings, plaintext, other, .. } = desk;
        match converter.logical() {
            // The canonical form of a deterministic numeric is its own: it goes by way of its text.
            LogicalType::Numeric(_) => {
                other.clear();
                converter.shown(plaintext, Format::Text, settings, other)?;
                plaintext.clear();
                let neutral = LogicalType::Numeric(None);
                Converter::for_type(&neutral, false)?.canonical(Format::Text, other, settings, plaintext)?;
                cast::shown(&neutral, self.how.casts, self.format, desk, out)
            }
            // A cast of an array is one of each element.
            LogicalType::TextArray => cast::shown(&LogicalType::Text, self.how.casts, self.format, desk, out),
            logical => cast::shown(logical, self.how.casts, self.format, desk, out),
        }
    }
}

/// Cuts `out` back to `start` and overwrites what stood behind it.
pub(super) fn wipe_from(out: &mut Vec<u8>, start: usize) {
    if let Some(tail) = out.get_mut(start..) {
        zeroize::Zeroize::zeroize(tail);
    }
    out.truncate(start);
}
