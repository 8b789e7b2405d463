//! A constant of the client becomes what the server stores or compares.

use crate::crypto::Form as KeyForm;
use crate::names::ColumnId;
use crate::policy::model::{Mode, Phase, Purpose};
use crate::policy::standing::{Shape, Side, Standing};
use crate::types::{Cast, Extent, LogicalType, StoredType, TextFunction};
use crate::values::{Format, TextSettings, ValueError, elements, function};
use zeroize::Zeroizing;

use super::Desk;
use super::cast::{self, CastError};
use super::column::{Beside, Guarded, Protector};
use super::error::ProtectError;
use super::stored::{self, NEVER, PREFIX};

/// How one constant is sealed.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// Governs domain, mode, type and stored form.
    pub column: ColumnId,
    /// Stored or matched.
    pub purpose: Purpose,
    /// Whether the constant is a value of the column, an array of them, or an element of one.
    pub extent: Extent,
    /// The type in which it comes; `None` as the first cast's, else the column's.
    pub given: Option<&'a LogicalType>,
    /// Innermost first.
    pub casts: &'a [Cast],
    /// Functions of text on what the casts give, innermost first.
    pub computed: &'a [TextFunction],
    /// Which form, where the domain stands in two.
    pub side: Side,
}

/// Why one value was not sealed.
enum Unsealed {
    /// It is equal to nothing in the column.
    Never,
    Because(ProtectError),
}

impl Protector {
    /// Appends the text form of the sealed constant, as the stored type reads it. On an error `out`
    /// is as it was.
    pub fn seal(
        &self,
        how: &Sealing<'_>,
        format: Format,
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let column = self.column(how.column)?;
        let start = out.len();
        let constant = Constant { column, how, format };
        let done = if column.is_array(how.extent) {
            constant.seal_array(bytes, desk, out)
        } else {
            constant.seal(bytes, how.side, desk, out)
        };
        desk.tidy();
        if done.is_err() {
            out.truncate(start);
        }
        done
    }
}

/// One place of a statement where a constant stands.
struct Constant<'a> {
    column: &'a Guarded,
    how: &'a Sealing<'a>,
    format: Format,
}

/// One form of a constant.
#[derive(Clone, Copy)]
struct Form {
    shape: Shape,
    /// Sealed under the key of the window's other side.
    other_key: bool,
}

/// Why an array of constants was not sealed.
enum Failed {
    Array(ValueError),
    Element(ProtectError),
}

impl From<ValueError> for Failed {
    fn from(error: ValueError) -> Self {
        Failed::Array(error)
    }
}

impl Constant<'_> {
    fn seal_array(&self, bytes: &[u8], desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), ProtectError> {
        out.push(b'{');
        let mut first = true;
        let sealed = elements(self.format, bytes, &[], |element| {
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            match element {
                None => out.extend_from_slice(b"NULL"),
                Some(element) => self.seal_element(element, desk, out)?,
            }
            Ok(())
        });
        sealed.map_err(|failed| match failed {
            Failed::Array(error) => ProtectError::value(self.how.column, &error),
            Failed::Element(error) => error,
        })?;
        out.push(b'}');
        Ok(())
    }

    fn seal_element(&self, element: &[u8], desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), Failed> {
        match self.how.side {
            Side::Written | Side::Other => self.seal_one(element, self.how.side, desk, out),
            Side::Either => {
                self.seal_one(element, Side::Written, desk, out)?;
                out.push(b',');
                self.seal_one(element, Side::Other, desk, out)
            }
        }
    }

    fn seal_one(&self, element: &[u8], side: Side, desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), Failed> {
        let start = out.len();
        self.seal(element, side, desk, out).map_err(Failed::Element)?;
        // An armour needs no quotes in an array; the JSON string around one does, and so does the
        // plaintext of a column on its way.
        let json = matches!(self.column.stored, StoredType::Json | StoredType::Jsonb);
        if json || self.form(side, desk).shape == Shape::Plain {
            let plain = out.split_off(start);
            out.push(b'"');
            for byte in plain {
                if matches!(byte, b'"' | b'\\') {
                    out.push(b'\\');
                }
                out.push(byte);
            }
            out.push(b'"');
        }
        Ok(())
    }

    /// The form that is meant.
    fn form(&self, side: Side, desk: &Desk) -> Form {
        let standing = self.column.standing;
        let stores = self.how.purpose == Purpose::Store;
        match (standing, side) {
            // A stale writer's second attempt; never one that would store plaintext.
            (Standing::Window(forms), Side::Written)
                if desk.ahead && stores && !forms.moved && forms.to() == Shape::Sealed =>
            {
                Form { shape: Shape::Sealed, other_key: true }
            }
            (Standing::Window(forms), Side::Other) => Form { shape: forms.other, other_key: true },
            (Standing::Mixed(forms), Side::Other) => Form { shape: forms.other, other_key: false },
            (Standing::One(_), Side::Other) | (_, Side::Written | Side::Either) => {
                Form { shape: standing.written(), other_key: false }
            }
        }
    }

    fn seal(&self, bytes: &[u8], side: Side, desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), ProtectError> {
        if let (Purpose::Beside, Some(beside)) = (self.how.purpose, &self.column.beside) {
            return self.seal_beside(beside, bytes, desk, out);
        }
        let form = self.form(side, desk);
        let armoured = form.shape == Shape::Sealed;
        if armoured {
            stored::around(self.column.stored, out);
        }
        match self.canonical(bytes, desk).and_then(|()| self.write(form, desk, out)) {
            Ok(()) => {}
            Err(Unsealed::Never) => out.extend_from_slice(NEVER),
            Err(Unsealed::Because(error)) => return Err(error),
        }
        if armoured {
            stored::around(self.column.stored, out);
        }
        Ok(())
    }

    /// In the form in which it came, which is not that of the column.
    fn seal_beside(
        &self,
        beside: &Beside,
        bytes: &[u8],
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> Result<(), ProtectError> {
        let Sealing { column, given, casts, .. } = *self.how;
        // What comes as char(n) without a length is as long as it came.
        let given = given.filter(|given| !matches!(given, LogicalType::Bpchar(_)));
        let target = (beside.converter.logical(), Purpose::Show);
        cast::evaluate(given, casts, target, (self.format, bytes), desk).map_err(|error| match error {
            CastError::Value(ValueError::CannotOccur) => ProtectError::shown_changed(column),
            CastError::Value(error) => ProtectError::value(column, &error),
            CastError::Unfit(unfit) => ProtectError::unfit(column, &unfit),
        })?;
        for function in self.how.computed {
            function::apply(function, &mut desk.other).map_err(|_| ProtectError::collated(column))?;
        }
        let Desk { settings, plaintext, other, nonces, counts, .. } = desk;
        plaintext.clear();
        let read = beside.converter.canonical(Format::Text, other, settings, plaintext);
        read.map_err(|error| ProtectError::value(column, &error))?;
        let sealed = beside.keys.seal_into(plaintext, nonces, out);
        counts.sealed.count(Mode::Randomized);
        beside.keys.writes().key().into_iter().for_each(|key| counts.uses.add(key, 1));
        sealed.map_err(|error| ProtectError::crypto(column, error))
    }

    /// Leaves the canonical plaintext in `desk.plaintext`.
    fn canonical(&self, bytes: &[u8], desk: &mut Desk) -> Result<(), Unsealed> {
        let Sealing { column, purpose, given, casts, computed, .. } = *self.how;
        let converter = match purpose {
            Purpose::Store => &self.column.converter,
            Purpose::Spelt => return self.canonical_of_text(bytes, desk),
            Purpose::Match | Purpose::Show | Purpose::Beside => &self.column.matching,
        };
        let unsealed = |error: CastError| match (error, purpose) {
            (CastError::Value(ValueError::CannotOccur), Purpose::Match) => Unsealed::Never,
            (CastError::Value(ValueError::CannotOccur), Purpose::Show | Purpose::Beside) => {
                Unsealed::Because(ProtectError::shown_changed(column))
            }
            (CastError::Value(error), _) => Unsealed::Because(ProtectError::value(column, &error)),
            (CastError::Unfit(unfit), _) => Unsealed::Because(ProtectError::unfit(column, &unfit)),
        };
        if computed.is_empty() && casts.is_empty() && given.is_none_or(|given| given == converter.logical()) {
            desk.plaintext.clear();
            let read = converter.canonical(self.format, bytes, &desk.settings, &mut desk.plaintext);
            read.map_err(|error| unsealed(error.into()))?;
        } else {
            cast::evaluate(given, casts, (converter.logical(), purpose), (self.format, bytes), desk)
                .map_err(unsealed)?;
            for function in computed {
                function::apply(function, &mut desk.other)
                    .map_err(|_| Unsealed::Because(ProtectError::collated(column)))?;
            }
            let Desk { settings, plaintext, other, .. } = &mut *desk;
            plaintext.clear();
            let read = converter.canonical(Format::Text, other, settings, plaintext);
            read.map_err(|error| unsealed(error.into()))?;
        }
        match purpose {
            _ if desk.plaintext.len() <= self.column.max_bytes => Ok(()),
            Purpose::Store | Purpose::Show | Purpose::Beside => {
                Err(Unsealed::Because(ProtectError::too_large(column)))
            }
            Purpose::Match | Purpose::Spelt => Err(Unsealed::Never),
        }
    }

    /// Of a constant that is compared with the text of values.
    fn canonical_of_text(&self, bytes: &[u8], desk: &mut Desk) -> Result<(), Unsealed> {
        let Sealing { column, given, casts, .. } = *self.how;
        let because = |error: CastError| {
            Unsealed::Because(match error {
                CastError::Value(error) => ProtectError::value(column, &error),
                CastError::Unfit(unfit) => ProtectError::unfit(column, &unfit),
            })
        };
        let target = (&LogicalType::Text, Purpose::Spelt);
        cast::evaluate(given, casts, target, (self.format, bytes), desk).map_err(because)?;
        for function in self.how.computed {
            function::apply(function, &mut desk.other)
                .map_err(|_| Unsealed::Because(ProtectError::collated(column)))?;
        }
        let Desk { settings, plaintext, other, .. } = desk;
        plaintext.clear();
        match self.column.matching.canonical(Format::Text, other, settings, plaintext) {
            Ok(()) => {}
            // REFUSES: a spelling that pgveil does not read, and the server may write.
            Err(error @ ValueError::Unsupported(_)) => return Err(because(error.into())),
            Err(_) => return Err(Unsealed::Never),
        }
        let mut spelt = Zeroizing::new(Vec::new());
        cast::spelt(&self.column.converter, plaintext, settings, &mut spelt).map_err(because)?;
        if *spelt == **other { Ok(()) } else { Err(Unsealed::Never) }
    }

    /// Appends what the form asks for.
    fn write(&self, form: Form, desk: &mut Desk, out: &mut Vec<u8>) -> Result<(), Unsealed> {
        let because = |error| Err(Unsealed::Because(error));
        let id = self.how.column;
        let keys = &self.column.keys;
        match form.shape {
            // REFUSES: the analysis leaves a column in this phase alone.
            _ if self.column.phase == Phase::Plain => because(ProtectError::foreign_plan(id)),
            Shape::Sealed => {
                let (under, sealed) = match form.other_key {
                    false => (keys.writes().key(), keys.seal_into(&desk.plaintext, &mut desk.nonces, out)),
                    true => (
                        keys.other().and_then(KeyForm::key),
                        keys.seal_other_into(&desk.plaintext, &mut desk.nonces, out),
                    ),
                };
                desk.counts.sealed.count(self.column.mode);
                under.into_iter().for_each(|key| desk.counts.uses.add(key, 1));
                sealed.or_else(|error| because(ProtectError::crypto(id, error)))
            }
            Shape::Plain => {
                let start = out.len();
                let iso = TextSettings::default();
                if let Err(error) = self.column.converter.shown(&desk.plaintext, Format::Text, &iso, out) {
                    return because(ProtectError::value(id, &error));
                }
                // REFUSES: it would be taken for an envelope when it is read.
                if out.get(start..).is_some_and(|text| text.starts_with(PREFIX)) {
                    out.truncate(start);
                    return match self.how.purpose {
                        Purpose::Store | Purpose::Show | Purpose::Beside => {
                            because(ProtectError::looks_sealed(id))
                        }
                        Purpose::Match | Purpose::Spelt => Err(Unsealed::Never),
                    };
                }
                Ok(())
            }
        }
    }
}
