//! Opens what stands inside a JSON document that the server made of protected values.
//!
//! Which places are opened says the plan's shape, never what a value looks like; a document of another
//! shape is an error. Knows no statement.

use zeroize::Zeroizing;

use super::column::Protector;
use super::error::ProtectError;
use super::open::{Opening, wipe_from};
use super::{Desk, Format};
use crate::names::ColumnId;
use crate::types::{Cast, Document, Extent, LogicalType, Shape, StoredType};
use crate::values::{DateStyle, Walk, as_json, unquoted};

/// `jsonb_send`'s version byte.
const JSONB_VERSION: u8 = 1;

/// What COALESCE may put in the place of a document.
const EMPTY: [&[u8]; 3] = [b"null", b"[]", b"{}"];

impl Protector {
    /// Appends the document with its protected values opened, in the format in which it came. On an
    /// error `out` is as it was, and no plaintext is left in its spare capacity.
    pub fn open_document(
        &self,
        document: &Document,
        format: Format,
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        // A document without a protected column is none of a plan.
        let Some(column) = document.shape.column() else {
            out.extend_from_slice(bytes);
            return Ok(());
        };
        if let Shape::Joined { columns, repeats } = &document.shape {
            return self.open_joined((columns, *repeats), bytes, desk, out);
        }
        let start = out.len();
        let versioned = document.binary && !document.written;
        let text = match (format, versioned, bytes.split_first()) {
            (Format::Binary, true, Some((&JSONB_VERSION, text))) => {
                out.push(JSONB_VERSION);
                Some(text)
            }
            (Format::Binary, true, _) => None,
            (Format::Binary, false, _) | (Format::Text, ..) => Some(bytes),
        };
        let opened = text.ok_or_else(|| ProtectError::damaged(column)).and_then(|text| {
            let mut place =
                Inside { protector: self, column, binary: document.binary, walk: Walk::new(text), desk, out };
            place.open(&document.shape)?;
            place.blanks();
            if place.walk.is_over() { Ok(()) } else { Err(ProtectError::damaged(column)) }
        });
        if opened.is_err() {
            wipe_from(out, start);
        }
        opened
    }
}

/// One document on its way.
struct Inside<'a> {
    protector: &'a Protector,
    /// What is said of a document that has not the shape of the plan.
    column: ColumnId,
    binary: bool,
    walk: Walk<'a>,
    desk: &'a mut Desk,
    out: &'a mut Vec<u8>,
}

impl Inside<'_> {
    fn damaged<T>(&self) -> Result<T, ProtectError> {
        Err(ProtectError::damaged(self.column))
    }

    fn blanks(&mut self) {
        let blanks = self.walk.blanks();
        self.out.extend_from_slice(blanks);
    }

    /// Copies this byte, if it comes next.
    fn copies(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.walk.take(byte);
        if found {
            self.out.push(byte);
        }
        found
    }

    fn open(&mut self, shape: &Shape) -> Result<(), ProtectError> {
        self.blanks();
        match shape {
            Shape::Keep => {
                let Ok(value) = self.walk.value() else { return self.damaged() };
                self.out.extend_from_slice(value);
                Ok(())
            }
            Shape::Value { column, extent, casts } => {
                let Ok(value) = self.walk.value() else { return self.damaged() };
                self.value(*column, *extent, casts, value)
            }
            Shape::Joined { columns, repeats } => {
                let Ok(value) = self.walk.value() else { return self.damaged() };
                if value == b"null" {
                    self.out.extend_from_slice(value);
                    return Ok(());
                }
                let (mut inside, mut text) = (Vec::new(), Zeroizing::new(Vec::new()));
                let damaged = || ProtectError::damaged(self.column);
                unquoted(value, &mut inside).map_err(|_| damaged())?;
                self.protector.open_joined((columns, *repeats), &inside, self.desk, &mut text)?;
                as_json(&LogicalType::Text, &text, self.binary, self.out).map_err(|_| damaged())
            }
            Shape::Members(members) => self.within(b'{', b'}', |place, _| {
                let key = place.key()?;
                match members.iter().find(|(name, _)| name.as_bytes() == key.as_slice()) {
                    Some((_, shape)) => place.open(shape),
                    None => place.damaged(),
                }
            }),
            Shape::Every(shape) => self.within(b'{', b'}', |place, _| {
                place.key()?;
                place.open(shape)
            }),
            Shape::Each(shape) => self.within(b'[', b']', |place, _| place.open(shape)),
            Shape::Items(items) => self.within(b'[', b']', |place, at| match items.get(at) {
                Some(shape) => place.open(shape),
                None => place.damaged(),
            }),
        }
    }

    /// What stands between brackets, one after the other.
    fn within(
        &mut self,
        open: u8,
        close: u8,
        mut one: impl FnMut(&mut Self, usize) -> Result<(), ProtectError>,
    ) -> Result<(), ProtectError> {
        if !self.copies(open) {
            return match self.walk.value() {
                Ok(value) if EMPTY.contains(&value) => {
                    self.out.extend_from_slice(value);
                    Ok(())
                }
                Ok(_) | Err(_) => self.damaged(),
            };
        }
        if self.copies(close) {
            return Ok(());
        }
        for at in 0.. {
            one(self, at)?;
            if self.copies(close) {
                return Ok(());
            }
            if !self.copies(b',') {
                break;
            }
        }
        self.damaged()
    }

    /// The name of a member, with the colon behind it.
    fn key(&mut self) -> Result<Vec<u8>, ProtectError> {
        self.blanks();
        let mut key = Vec::new();
        match self.walk.value() {
            Ok(value) if unquoted(value, &mut key).is_ok() => self.out.extend_from_slice(value),
            Ok(_) | Err(_) => return self.damaged(),
        }
        match self.copies(b':') {
            true => Ok(key),
            false => self.damaged(),
        }
    }

    fn value(
        &mut self,
        column: ColumnId,
        extent: Extent,
        casts: &[Cast],
        value: &[u8],
    ) -> Result<(), ProtectError> {
        if value == b"null" {
            self.out.extend_from_slice(value);
            return Ok(());
        }
        let damaged = || ProtectError::damaged(column);
        let guarded = self.protector.column(column)?;
        let mut inside = Vec::new();
        let stored = match guarded.stored {
            StoredType::Json | StoredType::Jsonb => value,
            StoredType::Text | StoredType::Varchar | StoredType::Bytea | StoredType::TextArray => {
                unquoted(value, &mut inside).map_err(|_| damaged())?;
                inside.as_slice()
            }
        };
        let text_element = LogicalType::Text;
        let shown = match (casts.last(), extent) {
            (Some(cast), _) => &cast.to,
            (None, Extent::Element) => &text_element,
            (None, Extent::Value | Extent::Array) => guarded.converter.logical(),
        };
        let mut text = Zeroizing::new(Vec::new());
        let how = Opening { column, extent, casts, beside: false };
        // Dates in a document are ISO, whatever DateStyle says.
        let style = self.desk.settings.date_style;
        if matches!(shown, LogicalType::Date | LogicalType::Timestamp(_) | LogicalType::Timestamptz(_)) {
            self.desk.settings.date_style = DateStyle::Iso;
        }
        let opened = self.protector.open(&how, Format::Text, stored, self.desk, &mut text);
        self.desk.settings.date_style = style;
        opened?;
        as_json(shown, &text, self.binary, self.out).map_err(|_| damaged())
    }
}
