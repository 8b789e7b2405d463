//! How many values one desk has sealed and opened: plain numbers of one session.

use crate::crypto::KeyId;
use crate::policy::model::Mode;

/// Values by the mode of their column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByMode {
    /// In randomized columns.
    pub randomized: u64,
    /// In deterministic columns, constants that are compared included.
    pub deterministic: u64,
}

/// Since the counts were last taken. Each element of an array, and each form of a constant that is
/// matched in two, is a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Envelopes made.
    pub sealed: ByMode,
    /// Envelopes opened.
    pub opened: ByMode,
    /// Result cells that did not open.
    pub unopened: u64,
    /// [`Counts::sealed`], by key.
    pub uses: Uses,
}

/// Values sealed under each key. Under one, but for deterministic domains that a rotation has not reached:
/// that one is counted in place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    first: Option<(KeyId, u64)>,
    others: Vec<(KeyId, u64)>,
}

impl Uses {
    /// So many more under `key`.
    pub fn add(&mut self, key: KeyId, values: u64) {
        let (first, count) = self.first.get_or_insert((key, 0));
        if *first == key {
            *count += values;
        } else if let Some((_, count)) = self.others.iter_mut().find(|(other, _)| *other == key) {
            *count += values;
        } else {
            self.others.push((key, values));
        }
    }

    /// Each key once.
    pub fn each(&self) -> impl Iterator<Item = (KeyId, u64)> {
        self.first.iter().chain(&self.others).copied()
    }
}

impl Counts {
    /// Adds what was counted elsewhere, and takes it away there.
    pub fn add(&mut self, more: &mut Counts) {
        let Counts { sealed, opened, unopened, uses } = std::mem::take(more);
        uses.each().for_each(|(key, values)| self.uses.add(key, values));
        self.sealed.add(sealed);
        self.opened.add(opened);
        self.unopened += unopened;
    }
}

impl ByMode {
    fn add(&mut self, more: ByMode) {
        self.randomized += more.randomized;
        self.deterministic += more.deterministic;
    }

    pub(super) fn count(&mut self, mode: Mode) {
        match mode {
            Mode::Randomized => self.randomized += 1,
            Mode::Deterministic => self.deterministic += 1,
        }
    }
}
