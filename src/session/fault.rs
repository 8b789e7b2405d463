//! Why a session ends before its time, and what the client is told.

use thiserror::Error;

use crate::wire::read::Malformed;
use crate::wire::report::{Report, Severity};
use crate::wire::sqlstate;

/// Ends the session. What the client is told has already been written when this is returned; this is
/// for the log and holds no value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The client sent what the protocol does not allow.
    #[error("client: {0}")]
    Client(Malformed),
    /// The client sent a message that the protocol does not allow at this place.
    #[error("client: message {0:#04x} out of place")]
    ClientOutOfPlace(u8),
    /// A message is longer than the limit, in bytes.
    #[error("message of {bytes} bytes is beyond the limit of {limit}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The server sent what the protocol does not allow.
    #[error("server: {0}")]
    Server(Malformed),
    /// The server sent a message that nobody owes.
    #[error("server: message {0:#04x} that nobody owes")]
    NotOwed(u8),
    /// The server ran what it had to reject.
    #[error("server: a refused statement was not rejected")]
    RefusedButRun,
    /// What the server says of a result contradicts the plan.
    #[error("server: {0}")]
    Contradiction(&'static str),
    /// A stored value did not open; the report says which column.
    #[error("a stored value did not open ({})", .0.sqlstate)]
    NotOpened(Box<Report>),
    /// The judge ended it.
    #[error("closed by the judge ({})", .0.sqlstate)]
    Judge(Box<Report>),
}

impl Fault {
    /// The SQLSTATE that the client is told.
    pub fn sqlstate(&self) -> &'static str {
        self.report().sqlstate
    }

    /// What the client is told: FATAL always, since the session ends.
    pub fn report(&self) -> Report {
        match self {
            Fault::Client(_) | Fault::ClientOutOfPlace(_) | Fault::Server(_) | Fault::NotOwed(_) => {
                Report::fatal(sqlstate::PROTOCOL_VIOLATION, self.to_string())
            }
            Fault::TooLarge { .. } => Report::fatal(sqlstate::LIMIT_EXCEEDED, self.to_string()),
            Fault::RefusedButRun => Report::fatal(sqlstate::PROTOCOL_VIOLATION, self.to_string()),
            Fault::Contradiction(_) => Report::fatal(sqlstate::FEATURE_NOT_SUPPORTED, self.to_string())
                .hint("The database may have changed. Run \"pgveil catalog diff\"."),
            Fault::NotOpened(report) | Fault::Judge(report) => {
                Report { severity: Severity::Fatal, ..Report::clone(report) }
            }
        }
    }
}
