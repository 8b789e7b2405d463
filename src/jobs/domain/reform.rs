//! One stored value of a domain, from the form that it has to the form that the domain moves to.
//!
//! Knows `protect`, and which phase makes it read and write which form. Every value made is read
//! back before it is used. No value is in any error.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::Keyring;
use crate::crypto::domains::Form;
use crate::crypto::keyring::ChangeError;
use crate::names::ColumnId;
use crate::policy::model::{Phase, Policy, Purpose};
use crate::policy::standing::Side;
use crate::protect::{Desk, Format, NoRandomness, Opening, ProtectError, Protector, Sealing, TextSettings};
use crate::types::Extent;

/// Reads both forms of a window, writes the new one. Shared by all threads.
pub struct Reform {
    column: ColumnId,
    from: Protector,
    to: Protector,
}

/// Why a value cannot be moved. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// It does not open or does not fit.
    #[error("{} ({})", .0.message, .0.sqlstate)]
    Cell(ProtectError),
    /// What was made of it does not give it back.
    #[error("what was made of it does not give the same value back")]
    NotTheSame,
    /// Not text, or the operating system gave no randomness.
    #[error("{0}")]
    Machine(&'static str),
}

impl From<ProtectError> for Unmoved {
    fn from(error: ProtectError) -> Self {
        Unmoved::Cell(error)
    }
}

impl From<NoRandomness> for Unmoved {
    fn from(_: NoRandomness) -> Self {
        Unmoved::Machine("the operating system gave no randomness")
    }
}

impl Reform {
    /// For the values of `column`'s domain, whose open window `keyring` holds.
    ///
    /// # Errors
    /// A keyring without that window.
    pub fn new(policy: &Policy, column: ColumnId, keyring: &Keyring) -> Result<Self, ChangeError> {
        let domain = policy.column(column).map(|column| column.domain.as_str()).unwrap_or_default();
        let made;
        let moved = match keyring.window(domain) {
            Some(window) if window.moved => keyring,
            Some(_) | None => {
                made = keyring.move_domain(domain)?;
                &made
            }
        };
        let forms = moved.window(domain).map(|window| (window.from, window.to));
        let in_phase = |phase: Phase, keyring: &Keyring| {
            let mut policy = policy.clone();
            let own = policy.columns.iter_mut().skip(column.index()).take(1);
            own.for_each(|own| own.phase = phase);
            Protector::new(&policy, keyring)
        };
        // In the phase `encrypted` what is no envelope does not open.
        let from = match forms {
            Some((Form::Plain, _)) => in_phase(Phase::Encrypting, keyring),
            Some((Form::Sealed(_), _)) | None => in_phase(Phase::Encrypted, keyring),
        };
        let to = match forms {
            Some((_, Form::Plain)) => in_phase(Phase::Decrypting, moved),
            Some((_, Form::Sealed(_))) | None => in_phase(Phase::Encrypted, moved),
        };
        Ok(Reform { column, from, to })
    }

    /// The new form of each, in order.
    ///
    /// # Errors
    /// At the first that cannot be moved.
    pub fn all(&self, stored: Vec<String>) -> Result<Vec<(String, String)>, Unmoved> {
        let mut desk = Desk::from_os(TextSettings::default())?;
        let (mut opened, mut again) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
        let open = Opening { column: self.column, extent: Extent::Value, casts: &[], beside: false };
        let column = self.column;
        let store = Sealing {
            column,
            purpose: Purpose::Store,
            side: Side::Written,
            extent: Extent::Value,
            given: None,
            casts: &[],
            computed: &[],
        };
        let mut moved = Vec::with_capacity(stored.len());
        for old in stored {
            opened.clear();
            self.from.open(&open, Format::Text, old.as_bytes(), &mut desk, &mut opened)?;
            let mut new = Vec::with_capacity(old.len() + 64);
            self.to.seal(&store, Format::Text, &opened, &mut desk, &mut new)?;
            again.clear();
            self.to.open(&open, Format::Text, &new, &mut desk, &mut again)?;
            if *again != *opened {
                return Err(Unmoved::NotTheSame);
            }
            let new = String::from_utf8(new).map_err(|_| Unmoved::Machine("a value that is no UTF-8"))?;
            moved.push((old, new));
        }
        Ok(moved)
    }

    /// As [`Reform::all`], split over threads.
    ///
    /// # Errors
    /// At the first that cannot be moved.
    pub async fn spread(self: &Arc<Self>, mut stored: Vec<String>) -> Result<Vec<(String, String)>, Unmoved> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = stored.len().div_ceil(threads).max(1);
        let mut parts = Vec::new();
        while !stored.is_empty() {
            let part = stored.split_off(stored.len().saturating_sub(share));
            let reform = Arc::clone(self);
            parts.push(tokio::task::spawn_blocking(move || reform.all(part)));
        }
        let mut moved = Vec::new();
        for part in parts {
            moved.extend(part.await.map_err(|_| Unmoved::Machine("a thread of the worker ended"))??);
        }
        Ok(moved)
    }
}
