//! What one session has done, in numbers, since somebody last took them.
//!
//! Plain memory: to count is to add. Holds names of reasons out of the program's own text, and no
//! word of the client or the server.

use super::judge::Treatment;
use crate::protect::Counts;
use crate::wire::report::Report;

/// Counts of one session.
#[derive(Debug, Default)]
pub struct Tally {
    /// Statements sent that touch nothing protected. A Query that is clear as a whole is one, an
    /// Execute is one.
    pub clear: u64,
    /// Statements sent as a plan says.
    pub planned: u64,
    /// The reason of each refusal ([`Report::reason`]).
    pub refused: Vec<&'static str>,
    /// Values sealed and opened.
    pub cells: Counts,
    /// Texts whose verdict was known.
    pub known: u64,
    /// Texts that were analysed.
    pub analysed: u64,
}

impl Tally {
    /// A statement that is sent, or refused.
    pub(super) fn statement(&mut self, treatment: &Treatment) {
        match treatment {
            Treatment::Clear(_) => self.clear += 1,
            Treatment::Plan(_) => self.planned += 1,
            Treatment::Refuse(report) => self.refusal(report),
        }
    }

    pub(super) fn refusal(&mut self, report: &Report) {
        self.refused.push(report.reason);
    }
}
