//! In which form the values of a deterministic domain stand on the server: what the analysis must
//! know of keys, without knowing a key.
//!
//! Knows domains by name. Which key a form is sealed under, and when a window opens, is the keyring's
//! (docs/format.md, section 4).

use std::collections::BTreeMap;

use super::model::{Mode, Phase, Policy, ProtectedColumn};

/// The shape of one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// As the client sees it.
    Plain,
    /// An envelope.
    Sealed,
}

/// In which forms the values of a domain may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// All in one.
    One(Shape),
    /// All in one of two, and all change together in one transaction: a window is open.
    Window(Forms),
    /// Some in one, some in the other, row by row (`online = true`).
    Mixed(Forms),
}

impl Standing {
    /// What writers store now.
    pub fn written(self) -> Shape {
        match self {
            Standing::One(shape) => shape,
            Standing::Window(forms) | Standing::Mixed(forms) => forms.written,
        }
    }

    /// The shape of one side; `None` if the values have no such side.
    pub fn shape(self, side: Side) -> Option<Shape> {
        match (self, side) {
            (_, Side::Written) => Some(self.written()),
            (Standing::Window(forms) | Standing::Mixed(forms), Side::Other) => Some(forms.other),
            (Standing::One(_), Side::Other) | (_, Side::Either) => None,
        }
    }
}

/// Two forms of one domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Forms {
    /// What writers store now.
    pub written: Shape,
    /// What is matched besides.
    pub other: Shape,
    /// The move is made: `written` is the form to come, and `other` that of before.
    pub moved: bool,
}

impl Forms {
    /// A side that is an envelope.
    pub fn sealed(self) -> Option<Side> {
        match (self.written, self.other) {
            (Shape::Sealed, _) => Some(Side::Written),
            (Shape::Plain, Shape::Sealed) => Some(Side::Other),
            (Shape::Plain, Shape::Plain) => None,
        }
    }

    /// What is written once the move is made.
    pub fn to(self) -> Shape {
        if self.moved { self.written } else { self.other }
    }

    /// One of them is the value in the clear.
    pub fn has_plain(self) -> bool {
        self.written == Shape::Plain || self.other == Shape::Plain
    }
}

/// Which form of a constant is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// That which writers store now.
    #[default]
    Written,
    /// The other form of a domain that has two.
    Other,
    /// Both, for each element of an array that is compared with.
    Either,
}

/// The standing of every recorded deterministic domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings(BTreeMap<String, Standing>);

impl Standings {
    /// As if no domain had two forms: which column is which does not hang on it.
    pub fn settled(policy: &Policy) -> Self {
        let one = |column: &ProtectedColumn| (column.domain.clone(), Standing::One(Shape::Sealed));
        Standings(policy.columns.iter().map(one).collect())
    }

    /// Takes one over.
    pub fn set(&mut self, domain: &str, standing: Standing) {
        self.0.insert(domain.to_owned(), standing);
    }

    /// How the values of a column stand; `None` if nobody can say: then no constant may meet it. A
    /// randomized column has no forms that a statement could tell apart.
    pub fn of(&self, column: &ProtectedColumn) -> Option<Standing> {
        match (column.mode, column.phase) {
            (Mode::Randomized, _) => Some(Standing::One(Shape::Sealed)),
            (Mode::Deterministic, Phase::Plain) => Some(Standing::One(Shape::Plain)),
            (Mode::Deterministic, Phase::Encrypted) => {
                Some(self.0.get(&column.domain).copied().unwrap_or(Standing::One(Shape::Sealed)))
            }
            (Mode::Deterministic, Phase::Encrypting | Phase::Decrypting) => {
                self.0.get(&column.domain).copied()
            }
        }
    }

    /// Some domain may change its form at any moment.
    pub fn has_windows(&self) -> bool {
        self.0.values().any(|standing| matches!(standing, Standing::Window(_)))
    }

    /// A constant of this column that stands in a text of the time of `older` is the one that would
    /// stand there now: one that is `stored`, or one that is compared with.
    pub fn keeps(&self, older: &Standings, column: &ProtectedColumn, stored: bool) -> bool {
        match (self.0.get(&column.domain), older.0.get(&column.domain)) {
            // Both forms are compared with, whichever is written.
            (Some(Standing::Window(now)), Some(Standing::Window(then))) if !stored => {
                (now.written, now.other) == (then.written, then.other)
            }
            (now, then) => now == then,
        }
    }
}
