//! How many values one desk has sealed and opened: plain numbers of one session.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Envelopes made.
    pub sealed: ByMode,
    /// Envelopes opened.
    pub opened: ByMode,
    /// Result cells that did not open.
    pub unopened: u64,
}

impl Counts {
    /// Adds what was counted elsewhere, and takes it away there.
    pub fn add(&mut self, more: &mut Counts) {
        let Counts { sealed, opened, unopened } = std::mem::take(more);
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
