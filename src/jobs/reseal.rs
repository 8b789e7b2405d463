//! One stored cell becomes what it is to be: sealed, opened, or sealed anew.
//!
//! Knows what a walk is for and asks `protect`; knows no SQL. Every result is read back before it is
//! handed out: a value that would not open again is never written over one that does.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::Keyring;
use crate::jobs::cells::{Target, Wanted};
use crate::names::ColumnId;
use crate::policy::model::{Policy, Purpose};
use crate::policy::standing::Side;
use crate::protect::{Desk, Format, NoRandomness, Opening, ProtectError, Protector, Sealing, TextSettings};
use crate::types::Extent;

/// A column of the table at hand, and which of its cells are after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub target: Target,
    /// Its cells.
    pub wanted: Wanted,
}

/// What reads a cell and what writes it: the same keys for a change of phase or key, two
/// declarations for a change of those.
#[derive(Clone)]
pub struct Reseal {
    /// Reads what is stored.
    pub from: Arc<Protector>,
    /// Writes what shall be.
    pub to: Arc<Protector>,
    /// `from` and `to` declare the column differently, and only trying tells which a cell is of.
    pub redeclared: bool,
}

/// Why a cell is left as it is. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It does not open, or its value does not fit the column.
    #[error("{} ({})", .0.message, .0.sqlstate)]
    Cell(ProtectError),
    /// It opened, but what was made of it did not give the same value back.
    #[error("what was made of it does not give the same value back (XX000)")]
    NotTheSame,
    /// None of the stored type.
    #[error("not a value of the stored type (XX001)")]
    Form,
}

impl From<ProtectError> for Unfit {
    fn from(error: ProtectError) -> Self {
        Unfit::Cell(error)
    }
}

/// What one worker works on; wiped when dropped.
pub struct Bench {
    desk: Desk,
    opened: Zeroizing<Vec<u8>>,
    again: Zeroizing<Vec<u8>>,
}

impl Bench {
    /// With nonces of the operating system.
    ///
    /// # Errors
    /// If it gives none.
    pub fn new() -> Result<Self, NoRandomness> {
        let desk = Desk::from_os(TextSettings::default())?;
        Ok(Bench { desk, opened: Zeroizing::default(), again: Zeroizing::default() })
    }

    /// Opens a cell and forgets what it holds.
    ///
    /// # Errors
    /// A cell that does not open.
    pub fn opens(&mut self, protector: &Protector, column: ColumnId, stored: &[u8]) -> Result<(), Unfit> {
        self.opened.clear();
        let how = Opening { column, extent: Extent::Value, casts: &[], beside: false };
        Ok(protector.open(&how, Format::Text, stored, &mut self.desk, &mut self.opened)?)
    }

    /// What [`Bench::opens`] has read, as text.
    pub fn opened(&self) -> &[u8] {
        &self.opened
    }
}

impl Reseal {
    /// With the same declaration on both sides.
    pub fn with(protector: Arc<Protector>) -> Self {
        Reseal { from: Arc::clone(&protector), to: protector, redeclared: false }
    }

    /// From the older declarations of these columns to the present ones.
    pub fn of_redeclared(policy: &Policy, keyring: &Keyring) -> Self {
        let from = Arc::new(Protector::new(&policy.formerly(), keyring));
        let to = Arc::new(Protector::new(&policy.settled(), keyring));
        Reseal { from, to, redeclared: true }
    }

    /// The text that takes the place of `stored`, the cell as text; `None` if it is as it shall be.
    ///
    /// # Errors
    /// A cell that must be left as it is.
    pub fn turn(&self, order: &Order, stored: &[u8], bench: &mut Bench) -> Result<Option<Vec<u8>>, Unfit> {
        if !order.target.wants(stored, &order.wanted).map_err(|_| Unfit::Form)? {
            return Ok(None);
        }
        if self.redeclared {
            self.redeclare(order, stored, bench)
        } else {
            self.rewrite(order, stored, bench)
        }
    }

    fn rewrite(&self, order: &Order, stored: &[u8], bench: &mut Bench) -> Result<Option<Vec<u8>>, Unfit> {
        let how = Opening { column: order.target.id, extent: Extent::Value, casts: &[], beside: false };
        bench.opened.clear();
        self.from.open(&how, Format::Text, stored, &mut bench.desk, &mut bench.opened)?;
        self.written(order, bench).map(Some)
    }

    /// Padding is not bound: an envelope of another padding opens, and is told by its length.
    fn redeclare(&self, order: &Order, stored: &[u8], bench: &mut Bench) -> Result<Option<Vec<u8>>, Unfit> {
        let how = Opening { column: order.target.id, extent: Extent::Value, casts: &[], beside: false };
        bench.opened.clear();
        match self.to.open(&how, Format::Text, stored, &mut bench.desk, &mut bench.opened) {
            Ok(()) => {
                let written = self.written(order, bench)?;
                Ok((written.len() != stored.len()).then_some(written))
            }
            Err(_) => self.rewrite(order, stored, bench),
        }
    }

    /// `bench.opened`, sealed and read back.
    fn written(&self, order: &Order, bench: &mut Bench) -> Result<Vec<u8>, Unfit> {
        let Bench { desk, opened, again } = bench;
        let column = order.target.id;
        let store = Sealing {
            column,
            purpose: Purpose::Store,
            side: Side::Written,
            extent: Extent::Value,
            given: None,
            casts: &[],
            computed: &[],
        };
        let mut out = Vec::with_capacity(2 * opened.len() + 64);
        self.to.seal(&store, Format::Text, opened, desk, &mut out)?;
        again.clear();
        self.to.open(
            &Opening { column, extent: Extent::Value, casts: &[], beside: false },
            Format::Text,
            &out,
            desk,
            again,
        )?;
        if **again == **opened { Ok(out) } else { Err(Unfit::NotTheSame) }
    }
}
