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

impl ByMode {
    pub(super) fn count(&mut self, mode: Mode) {
        match mode {
            Mode::Randomized => self.randomized += 1,
            Mode::Deterministic => self.deterministic += 1,
        }
    }
}
