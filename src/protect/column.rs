//! One protected column, ready to seal and open; and all of them.

use crate::crypto::{ColumnKeys, CryptoError, Form, Keyring, Padding, Suite};
use crate::names::ColumnId;
use crate::policy::model::{Mode, Pad, Phase, Policy, ProtectedColumn};
use crate::policy::standing::{Forms, Shape, Standing, Standings};
use crate::types::{Extent, StoredType};
use crate::values::{Converter, Unfit};

use super::error::ProtectError;

/// Every protected column of one epoch, with keys derived and converters chosen. Immutable; shared
/// by all sessions.
pub struct Protector {
    columns: Vec<Option<Guarded>>,
    unfit: Vec<UnfitColumn>,
}

/// A column that cannot be protected as the policy says.
#[derive(Debug, thiserror::Error)]
#[error("{relation}.{column}: {why}")]
pub struct UnfitColumn {
    /// The table, as SQL text.
    pub relation: String,
    /// The column's name.
    pub column: String,
    /// What is wrong.
    pub why: UnfitReason,
}

/// What is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum UnfitReason {
    /// Its type.
    #[error(transparent)]
    Type(#[from] Unfit),
    /// Its keys.
    #[error(transparent)]
    Keys(#[from] CryptoError),
    /// The keyring says that its values are plain, and the policy that every one is an envelope.
    #[error("its domain is stored plain, but its phase is \"encrypted\"")]
    Plain,
}

pub(super) struct Guarded {
    pub(super) converter: Converter,
    pub(super) matching: Converter,
    pub(super) keys: ColumnKeys,
    pub(super) standing: Standing,
    pub(super) phase: Phase,
    pub(super) mode: Mode,
    pub(super) stored: StoredType,
    pub(super) max_bytes: usize,
    pub(super) former: Option<Former>,
    pub(super) beside: Option<Beside>,
}

/// Constants that stand beside the column's values in a result ([`Purpose::Beside`]). Their keys are of a
/// domain of their own, so that none of them is ever taken for a stored value, nor one for them.
///
/// [`Purpose::Beside`]: crate::policy::model::Purpose::Beside
pub(super) struct Beside {
    pub(super) converter: Converter,
    pub(super) keys: ColumnKeys,
}

/// Behind the name of the column's domain. No domain of a policy has a NUL in it.
const BESIDE: &str = "\0beside";

impl Beside {
    fn of(column: &ProtectedColumn, keyring: &Keyring) -> Result<Option<Self>, UnfitReason> {
        let Some(logical) = column.logical.beside().filter(|_| column.phase == Phase::Encrypted) else {
            return Ok(None);
        };
        let converter = Converter::for_type(&logical, false)?;
        let domain = format!("{}{BESIDE}", column.domain);
        let suite = Suite::Randomized;
        let keys = ColumnKeys::derive(keyring, &domain, converter.type_tag(), suite, Padding::Auto)?;
        Ok(Some(Beside { converter, keys }))
    }
}

/// How a redeclared column opens what is of its older declaration.
pub(super) struct Former {
    pub(super) converter: Converter,
    pub(super) keys: ColumnKeys,
}

impl Former {
    fn of(column: &ProtectedColumn, keyring: &Keyring) -> Result<Option<Self>, UnfitReason> {
        if column.redeclared.is_none() {
            return Ok(None);
        }
        let was = column.formerly();
        let converter = Converter::for_type(&was.logical, was.mode == Mode::Deterministic)?;
        // What it was padded to is not asked: nothing is sealed so any more.
        let recorded = keyring.domain(&was.domain).filter(|_| was.mode == Mode::Deterministic);
        let padding = recorded.map_or_else(|| padding_of(&was, &converter), |domain| domain.padding);
        let suite = suite_of(was.mode);
        let keys = ColumnKeys::derive(keyring, &was.domain, converter.type_tag(), suite, padding)?;
        Ok(Some(Former { converter, keys }))
    }
}

impl Protector {
    /// Derives the keys of every column of `policy`; the only costly step (microseconds a column and
    /// key). A column that cannot be protected as declared is neither sealed nor opened; others are.
    pub fn new(policy: &Policy, keyring: &Keyring) -> Self {
        let mut unfit = Vec::new();
        let columns = policy.columns.iter().map(|column| match Guarded::new(column, keyring) {
            Ok(guarded) => Some(guarded),
            Err(why) => {
                let relation = column.relation.to_string();
                unfit.push(UnfitColumn { relation, column: column.column.clone(), why });
                None
            }
        });
        Protector { columns: columns.collect(), unfit }
    }

    /// Columns that are neither sealed nor opened, and why.
    pub fn unfit(&self) -> &[UnfitColumn] {
        &self.unfit
    }

    /// In which forms the deterministic domains stand: what the analysis of statements goes by.
    pub fn standings(&self, policy: &Policy) -> Standings {
        let mut standings = Standings::default();
        for (column, guarded) in policy.columns.iter().zip(&self.columns) {
            if let (Mode::Deterministic, Some(guarded)) = (column.mode, guarded) {
                standings.set(&column.domain, guarded.standing);
            }
        }
        standings
    }

    pub(super) fn column(&self, id: ColumnId) -> Result<&Guarded, ProtectError> {
        match self.columns.get(id.index()) {
            Some(Some(column)) => Ok(column),
            Some(None) => Err(ProtectError::unprotectable(id)),
            None => Err(ProtectError::foreign_plan(id)),
        }
    }
}

impl Guarded {
    /// Are there several stored cells in it?
    pub(super) fn is_array(&self, extent: Extent) -> bool {
        match extent {
            Extent::Value => self.stored == StoredType::TextArray,
            Extent::Array => true,
            Extent::Element => false,
        }
    }

    fn new(column: &ProtectedColumn, keyring: &Keyring) -> Result<Self, UnfitReason> {
        let (former, beside) = (Former::of(column, keyring)?, Beside::of(column, keyring)?);
        let column = &column.settled();
        let deterministic = column.mode == Mode::Deterministic;
        let converter = Converter::for_type(&column.logical, deterministic)?;
        let keys = ColumnKeys::derive(
            keyring,
            &column.domain,
            converter.type_tag(),
            suite_of(column.mode),
            padding_of(column, &converter),
        )?;
        let moved = keyring.window(&column.domain).is_some_and(|window| window.moved);
        let standing = standing_of(column, &keys, moved);
        // REFUSES: to write in the clear what the policy calls encrypted.
        if column.phase == Phase::Encrypted && standing.written() == Shape::Plain {
            return Err(UnfitReason::Plain);
        }
        Ok(Guarded {
            standing,
            matching: converter.matching(),
            converter,
            keys,
            phase: column.phase,
            mode: column.mode,
            stored: column.stored,
            max_bytes: column.max_bytes.map_or(usize::MAX, |bytes| bytes as usize),
            former,
            beside,
        })
    }
}

/// In which forms the values of a column stand, and which of them is written.
fn standing_of(column: &ProtectedColumn, keys: &ColumnKeys, moved: bool) -> Standing {
    let shape = |form| match form {
        Form::Plain => Shape::Plain,
        Form::Sealed(_) => Shape::Sealed,
    };
    let (sealed_first, plain_first) = (
        Forms { written: Shape::Sealed, other: Shape::Plain, moved: false },
        Forms { written: Shape::Plain, other: Shape::Sealed, moved: false },
    );
    match (column.mode, column.phase) {
        (Mode::Randomized, Phase::Plain | Phase::Decrypting) => Standing::One(Shape::Plain),
        (Mode::Randomized, Phase::Encrypting | Phase::Encrypted) => Standing::One(Shape::Sealed),
        (Mode::Deterministic, Phase::Plain) => Standing::One(Shape::Plain),
        (Mode::Deterministic, Phase::Encrypting) if column.online => Standing::Mixed(sealed_first),
        (Mode::Deterministic, Phase::Decrypting) if column.online => Standing::Mixed(plain_first),
        (Mode::Deterministic, Phase::Encrypting | Phase::Encrypted | Phase::Decrypting) => {
            let written = shape(keys.writes());
            match keys.other().map(shape) {
                // Nothing plain is left, so nothing plain is looked for.
                Some(Shape::Plain) if column.phase == Phase::Encrypted => Standing::One(written),
                Some(other) => Standing::Window(Forms { written, other, moved }),
                None => Standing::One(written),
            }
        }
    }
}

/// The suite of a mode.
pub fn suite_of(mode: Mode) -> Suite {
    match mode {
        Mode::Randomized => Suite::Randomized,
        Mode::Deterministic => Suite::Deterministic,
    }
}

/// The padding of a column: as declared, else what the format says for its type.
pub fn padding_of(column: &ProtectedColumn, converter: &Converter) -> Padding {
    match column.pad {
        Some(Pad::Block16) => Padding::Block16,
        Some(Pad::Block32) => Padding::Block32,
        Some(Pad::Block64) => Padding::Block64,
        Some(Pad::Padme) => Padding::Padme,
        Some(Pad::None) => Padding::Unpadded,
        None if converter.fixed_size().is_some() => Padding::Unpadded,
        None => Padding::Auto,
    }
}
